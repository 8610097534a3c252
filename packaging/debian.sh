# The package for Debian and its relatives. Sourced by scripts/package.

# make_deb BUILT: has debhelper pack these files, and beside them a package with the symbols, into dist/.
make_deb() {
    local name=postgresql-$pg_major-midi-pipeline made=$packages/deb
    local stage=$made/stage
    local debian=$stage/debian script
    local content=$stage/content
    rm -rf "$made"
    mkdir -p "$stage"
    cp -R "$root/packaging/debian" "$debian"
    sed -e "s/@PG@/$pg_major/g" -e "s/@SOURCES@/$(sources_hash)/" "$debian/control.in" >"$debian/control"
    for script in preinst postinst prerm; do
        sed "s/@PG@/$pg_major/g" "$debian/$script" >"$debian/$name.$script"
        rm "$debian/$script"
    done
    cp "$root/CHANGELOG.md" "$stage"
    put_files "$1" midi_pipeline.so "$content/usr/lib/postgresql/$pg_major/lib"
    put_files "$1" 'midi_pipeline--*.sql' "$content/usr/share/postgresql/$pg_major/extension"
    put_files "$1" midi_pipeline.control "$content/usr/share/postgresql/$pg_major/extension"
    mkdir -p "$content/usr/share/doc/$name"
    third_parties >"$content/usr/share/doc/$name/third-party"
    say "Packing $name"
    (cd "$stage" && dh binary >&2)
    mv "$made/$name"*.deb "$dist/"
}

# put_files FROM PATTERN FOLDER
put_files() {
    mkdir -p "$3"
    find "$1" -name "$2" -exec install -m 644 -t "$3" {} +
}

# What the library contains of others, with the licences' texts, each once.
third_parties() {
    local name version licence folder text hash texts=() all found
    local -A seen=()
    all=$(crates)
    echo 'The standard library of Rust: MIT OR Apache-2.0'
    while read -r name version licence; do
        folder=$(printf '%s\n' "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$name-$version" | head -n1)
        found=$(find "$folder" \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' \) -type f | sort)
        printf '%s %s: %s\n' "$name" "$version" "$licence"
        [ -n "$found" ] || continue
        while IFS= read -r text; do
            hash=$(sha256sum <"$text")
            [ -n "${seen[$hash]:-}" ] || texts+=("$text")
            seen[$hash]=yes
        done <<<"$found"
    done <<<"$all"
    for text in "${texts[@]}"; do
        printf '\n%s\n\n' "---- ${text#*/registry/src/*/}"
        cat "$text"
    done
}

# The crates of others that the library is made of: name, version and licence. Ours have a folder behind the version.
crates() {
    cargo tree --manifest-path "$root/Cargo.toml" --locked --edges normal,no-proc-macro --prefix none \
        --no-default-features --features "pg$pg_major" --format $'{p}\t{l}' |
        sed -nE 's/ \(\*\)$//; s/^([^ ]+) v([^ \t]+)\t(.*)$/\1 \2 \3/p' | sort -u
}

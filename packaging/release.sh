# What a release has beside the packages. Sourced by scripts/package.

# The sources as PGXN takes them.
make_archive() {
    local name=midi_pipeline-$version
    if ! is_clone; then
        say "These sources are no clone of the repository, of which the archive for PGXN is made: it is left out"
        return
    fi
    ! has_changes || say "There are changes that are not committed: the archive is without them"
    git -C "$root" archive --format zip --prefix "$name/" -o "$dist/$name.zip" HEAD
}

# A bill of materials in the format CycloneDX. The program writes one beside each manifest, so it gets sources of its own.
make_bill() {
    local sources=$packages/sources bill
    rm -rf "$sources"
    copy_sources "$sources"
    say "Listing what the library is made of"
    cargo cyclonedx --manifest-path "$sources/Cargo.toml" --format json --spec-version 1.5 --no-build-deps \
        --no-default-features --features "pg$pg_major" --override-filename bill --quiet
    bill=$dist/midi_pipeline-$version.cdx.json
    # Folders of this machine are nobody's business. They stand there as in addresses, with %20 for a space.
    jq --arg sources "$sources" '($sources | split("/") | map(@uri) | join("/")) as $folder
        | walk(if type == "string" then split("file://" + $folder) | join("file://.") else . end)' \
        "$sources/bill.json" >"$bill"
    jq -e '[.components[] | select(.licenses == null)] == []' "$bill" >/dev/null || die "$bill has components without a licence"
}

# Makes the release once more from a clone in another folder, and compares all files.
make_again() {
    local elsewhere file
    is_clone || die "these sources are no clone of the repository, of which another one could be made"
    ! has_changes || die "there are changes that are not committed, and a clone has none of them"
    elsewhere=$(mktemp -d)
    chmod 755 "$elsewhere"
    git -c advice.detachedHead=false clone --quiet "$root" "$elsewhere/again"
    PG_CONFIG=$system_pg_config "$elsewhere/again/scripts/package"
    for file in "$elsewhere"/again/dist/*; do
        [ "${file##*/}" = SHA256SUMS ] || cmp "$dist/${file##*/}" "$file" || die "two builds differ; the second is in $elsewhere"
    done
    rm -rf "$elsewhere"
    say "Both builds are the same"
}

# Installs what was built into a server's folders while servers run. Sourced after lib.sh.

# build_package: builds the extension and sets built to the folder that holds its files.
build_package() {
    built=$root/target/package
    rm -rf "$built"
    say "Building the extension for $("$pg_config" --version)"
    (cd "$root" && cargo pgrx package --pg-config "$pgrx_pg_config" --out-dir "$built" >&2) || die "the extension was not built"
}

# put_into_place BUILT PG_CONFIG: each file is replaced by renaming a complete one. So a server finds either the old or the
# new file, and a server that has loaded the old one keeps it. The control file comes last, because CREATE EXTENSION looks
# for it.
put_into_place() {
    local from=$1 libraries extension file
    libraries=$("$2" --pkglibdir)
    extension=$("$2" --sharedir)/extension
    find "$from" -name midi_pipeline.so | grep -q . || die "there is no midi_pipeline.so in $from"
    while IFS= read -r -d '' file; do put_file "$file" "$libraries" 755; done \
        < <(find "$from" -name midi_pipeline.so -print0)
    while IFS= read -r -d '' file; do put_file "$file" "$extension" 644; done \
        < <(find "$from" -name 'midi_pipeline--*.sql' -print0)
    put_file "$(find "$from" -name midi_pipeline.control)" "$extension" 644
}

put_file() {
    local name=${1##*/} as=()
    [ -w "$2" ] || as=(as_root)
    "${as[@]}" install -m "$3" "$1" "$2/.$name.new" && "${as[@]}" sync "$2/.$name.new" &&
        "${as[@]}" mv -fT "$2/.$name.new" "$2/$name" || die "could not install $name in $2"
}

# tell_running LIBRARY: prints which servers still use a library that was replaced, and what to do about each.
tell_running() {
    local library="$1 (deleted)" maps pid folder postmaster
    local -A sessions=()
    for maps in /proc/[0-9]*/maps; do
        # A process may end in the meantime, or belong to another user.
        as_root grep -qsF "$library" "$maps" || continue
        pid=${maps#/proc/} pid=${pid%/maps}
        folder=$(as_root readlink "/proc/$pid/cwd") || continue
        sessions[$folder]+="$pid "
    done
    for folder in "${!sessions[@]}"; do
        postmaster=$(as_root head -n1 "$folder/postmaster.pid" 2>/dev/null) || continue
        if [[ " ${sessions[$folder]}" = *" $postmaster "* ]]; then
            printf '%s\n' "The server in $folder (process $postmaster) still uses the library that it loaded at its start." \
                "    Restart it: pg_ctl restart -D $(printf %q "$folder")"
        else
            printf '%s\n' "The server in $folder has $(wc -w <<<"${sessions[$folder]}") sessions that still use the library that they loaded." \
                "    New sessions use the new one."
        fi
    done
}

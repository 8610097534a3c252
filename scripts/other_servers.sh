# Servers of other versions than the system's, in a cache of the project's own: the system stays as it is. Sourced after
# lib.sh.

# get_pinned_server MAJOR: prints the pg_config of the server that scripts/servers/MAJOR.txt pins by version and hashes. It
# comes from the wheel of a Python package, which is unpacked whole unless it is there.
get_pinned_server() {
    local pins=$root/scripts/servers/$1.txt folder found
    [ -f "$pins" ] || die "no server of PostgreSQL $1 is pinned in scripts/servers"
    folder=$server_cache/postgres-$1-$(sha256sum <"$pins" | head -c 12)
    locked "$server_cache/lock" get_wheel "$pins" "$folder"
    found=$(find "$folder" -path '*/pginstall/bin/pg_config')
    pg_config_serves "$found" && [ "$(pg_major_of "$found")" = "$1" ] ||
        die "$folder has no PostgreSQL $1 with its headers: remove it and run this again"
    echo "$found"
}

# get_wheel PINS FOLDER
get_wheel() {
    [ ! -d "$2" ] || return 0
    say "Getting ${2##*/}"
    # Whatever Python is here: nothing of the wheel runs in it.
    make_whole "$2" python3 -m pip install --quiet --no-deps --no-compile --require-hashes --requirement "$1" \
        --only-binary :all: --platform "manylinux_2_28_$(uname -m)" --implementation cp --python-version 3.11 --target >&2
}

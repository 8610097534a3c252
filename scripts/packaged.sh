# A package of the extension instead of a build. Sourced after lib.sh.

dist=$root/dist

# use_package: does what scripts/setup, use_postgres and install_extension do, by a package in dist/ and a server without
# headers. Fails where no package fits: it has to be made of these sources, for this architecture and an installed
# PostgreSQL, or for one that apt can install where none is.
use_package() { locked "$root/target/lock" use_fitting_package; }

use_fitting_package() {
    local package version
    command -v dpkg-deb >/dev/null || return 1
    for version in $(versions_here); do
        package=$(fitting_package "$version") || continue
        pg_major=$version
        system_pg_config=${PG_CONFIG:-/usr/lib/postgresql/$pg_major/bin/pg_config}
        [ -x "$system_pg_config" ] || "$root/scripts/setup" --server "$pg_major" || continue
        say "Using ${package#"$root/"}"
        choose_copy "$system_pg_config"
        pg_config=$(copy_server "$system_pg_config" "$copy") || exit
        pg_bin=$("$pg_config" --bindir)
        make_whole "$servers/unpacked" dpkg-deb -x "$package"
        put_into_place "$servers/unpacked" "$pg_config"
        return
    done
    return 1
}

# The versions of PostgreSQL that come into question: the chosen one, or those installed, or all.
versions_here() {
    local major installed=()
    if [ -n "${PG_CONFIG:-}" ]; then
        pg_major_of "$PG_CONFIG"
        return
    fi
    for major in 18 17 16 15; do
        [ ! -x "/usr/lib/postgresql/$major/bin/postgres" ] || installed+=("$major")
    done
    [ ${#installed[@]} -gt 0 ] || installed=(18 17 16 15)
    echo "${installed[@]}"
}

fitting_package() {
    local package libc
    for package in "$dist/postgresql-$1-midi-pipeline"_*_"$(dpkg --print-architecture)".deb; do
        [ -e "$package" ] || continue
        libc=$(dpkg-deb -f "$package" Depends | sed -nE 's/.*libc6 \(>= ([^)]*)\).*/\1/p')
        if [ "$(dpkg-deb -f "$package" Sources-Hash)" != "$(sources_hash)" ]; then
            say "${package#"$root/"} is not made of these sources"
        elif dpkg --compare-versions "$(dpkg-query -W -f '${Version}' libc6)" ge "$libc"; then
            echo "$package"
            return
        fi
    done
    return 1
}

# What a package says that it is made of.
sources_hash() { sources_state | cut -d' ' -f1; }

# What the scripts share. Sourced, never run.
#
# A failed command ends a script, also within $(...). It does not within a function whose status is asked for, by if, &&
# or ||: functions that are called so say `|| return` or `|| die` themselves.
set -euo pipefail
shopt -s inherit_errexit

say() { printf '\n== %s\n' "$*" >&2; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Some services start programs without it.
[ -n "${HOME:-}" ] || HOME=$(getent passwd "$EUID" | cut -d: -f6) || die "set HOME: user $EUID has no home"
export HOME
# Where rustup and cargo put their programs, for a shell whose PATH lacks it.
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
# The caller's variables may refer to another cluster, or to another server to build for.
unset PGHOST PGPORT PGUSER PGDATABASE PGDATA PGOPTIONS PGSERVICE PGRX_PG_CONFIG_PATH
# With it, a server's error messages show stack frames to users.
unset RUST_BACKTRACE

# Where servers of other versions are kept.
server_cache=${XDG_CACHE_HOME:-$HOME/.cache}/midi_pipeline

source "$root/scripts/whole.sh"
source "$root/scripts/servers.sh"
source "$root/scripts/place.sh"

is_root() { [ "$EUID" -eq 0 ]; }

as_root() {
    if is_root; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: $*"
    fi
}

# Debian's pg_config also exists where only the client library is installed. Here the server and its headers are needed.
pg_config_serves() {
    command -v "$1" >/dev/null &&
        [ -f "$("$1" --includedir-server)/postgres.h" ] && [ -x "$("$1" --bindir)/postgres" ]
}

# Sets pg_config to $PG_CONFIG, or else to the first that serves.
find_pg_config() {
    local candidate
    for candidate in "${PG_CONFIG:-pg_config}" /usr/lib/postgresql/{18,17,16,15}/bin/pg_config; do
        if pg_config_serves "$candidate"; then
            pg_config=$(command -v "$candidate")
            return
        elif [ -n "${PG_CONFIG:-}" ]; then
            die "$PG_CONFIG belongs to a PostgreSQL without a server or without its headers (postgresql-server-dev)"
        fi
    done
    return 1
}

# To be called after scripts/setup: sets everything that depends on the installed PostgreSQL. From here on a private copy
# of it is used for building, installing and running; system_pg_config is that of the original.
use_postgres() {
    find_pg_config || die "no PostgreSQL with its headers: run scripts/setup"
    system_pg_config=$pg_config
    pg_major=$(pg_major_of "$pg_config")
    locked "$root/target/lock" use_private_servers
    pg_bin=$("$pg_config" --bindir)
}

pg_major_of() { "$1" --version | sed -E 's/^PostgreSQL ([0-9]+).*/\1/'; }

# The user that servers run as: PostgreSQL refuses root.
server_user() { if is_root; then echo postgres; else id -un; fi; }

# A hash of what is installed in the private copy, to compare with what these sources make.
installed_state() {
    cat "$("$pg_config" --pkglibdir)/midi_pipeline.so" \
        "$("$pg_config" --sharedir)"/extension/midi_pipeline{.control,--*.sql} 2>/dev/null | sha256sum
}

sources_state() {
    (cd "$root" && find Cargo.toml Cargo.lock midi_pipeline.control build.rs src sql crates \( -path '*/fuzz' -o -path crates/testkit \) -prune \
        -o -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
}

# Builds the extension and installs it in the private copy, unless these sources are installed there already.
install_extension() { locked "$root/target/lock" install_in_copy; }

install_in_copy() {
    local stamp=$copy/installed state
    state="$(sources_state) $("$pg_config" --version)"
    if [ "$state $(installed_state)" = "$(cat "$stamp" 2>/dev/null)" ]; then
        return
    fi
    build_package
    put_into_place "$built" "$pg_config"
    echo "$state $(installed_state)" >"$stamp"
}

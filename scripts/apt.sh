# Packages of Debian and its relatives. Sourced after lib.sh.

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The lists of packages may be old, or not there at all, as in images of containers.
renew_lists() {
    [ -z "${lists_renewed:-}" ] || return 0
    lists_renewed=yes
    say "Renewing apt's lists of packages"
    # Where it fails it says so, and what needs the lists says what it lacks.
    as_root apt-get update >&2 || true
}

# by_lists COMMAND...: a command that takes packages by the lists; once more after renewing them where it fails.
by_lists() {
    "$@" >&2 && return
    renew_lists
    "$@" >&2
}

apt_install() {
    say "Installing $*"
    by_lists as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# install_missing PACKAGE...
install_missing() {
    local package missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# apt_has PACKAGE [VERSION]: whether apt's lists have it, in this version or a newer one.
apt_has() {
    local candidate
    candidate=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
    [[ $candidate = *[0-9]* ]] && dpkg --compare-versions "$candidate" ge "${2:-0}"
}

# apt_offers PACKAGE: whether apt can install it.
apt_offers() {
    command -v apt-get >/dev/null || return
    apt_has "$1" && return
    renew_lists
    apt_has "$1"
}

# Debian's packages create and start a cluster when a server is installed. None is needed here.
without_main_cluster() (
    drop_in=/etc/postgresql-common/createcluster.d/midi_pipeline.conf
    as_root mkdir -p "${drop_in%/*}"
    trap 'as_root rm -f "$drop_in"' EXIT
    echo 'create_main_cluster = false' | as_root tee "$drop_in" >/dev/null
    "$@"
)

# Debian starts what it installs. Here nothing but the program is wanted.
without_services() (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod +x "$policy"
    fi
    "$@"
)

# A private cluster in a folder: reached by a Unix socket that only its owner and root can get at, and by no network.
# Sourced after lib.sh and use_postgres.

# start_cluster FOLDER READS...: makes the cluster unless it is there, and starts it unless it runs. READS are what the
# server has to be able to read. Sets socket_folder.
start_cluster() {
    cluster=$1
    choose_server_rights "$(dirname "$cluster")" "${@:2}"
    make_private_folder "$cluster"
    if [ ! -e "$cluster/data/PG_VERSION" ]; then
        say "Making a cluster in $cluster"
        as_server "$pg_bin/initdb" --pgdata "$cluster/data" --username "$(id -un)" --auth trust \
            --encoding UTF8 --no-locale --no-sync >"$cluster/log" 2>&1 || die "initdb: $(cat "$cluster/log")"
    elif [ "$(cat "$cluster/data/PG_VERSION")" != "$pg_major" ]; then
        die "the cluster in $cluster is of PostgreSQL $(cat "$cluster/data/PG_VERSION"), and this is $pg_major"
    fi
    choose_socket_folder
    cluster_answers && return
    # Not pg_ctl, which hands the folder's name to a shell.
    as_server setsid "$pg_bin/postgres" -D "$cluster/data" -c listen_addresses= -k "$socket_folder" \
        </dev/null >>"$cluster/log" 2>&1 &
    for _ in {1..300}; do
        cluster_answers && return
        sleep 0.1
    done
    die "the server does not start: $(tail -n 5 "$cluster/log")"
}

stop_cluster() {
    local pid
    pid=$(head -n1 "$1/data/postmaster.pid" 2>/dev/null) || return 0
    # The file outlives a killed server, and its number may by then be another process's.
    [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ] || return 0
    kill -INT "$pid"
    while [ -e "/proc/$pid" ]; do sleep 0.1; done
}

cluster_answers() { "$pg_bin/pg_isready" --quiet --host "$socket_folder" --dbname postgres; }

# The command line by which the server's user may do what it has to.
server_prefix=()

as_server() { (cd / && "${server_prefix[@]}" "$@"); }

# As root the server runs as postgres, which cannot read everything root can, /root to begin with. So it is lent the one
# right to: only root can get at this cluster, and gains nothing by it. Where a container has no such right to lend,
# the server does without, or if it must, with dac_override, which containers have more often.
choose_server_rights() {
    server_prefix=()
    is_root || return 0
    local as_postgres=(setpriv --reuid postgres --regid postgres --init-groups) right
    for right in dac_read_search '' dac_override; do
        server_prefix=("${as_postgres[@]}" ${right:+--inh-caps +$right --ambient-caps +$right})
        as_server ls -f -- "$@" >/dev/null 2>&1 && return
    done
    die "the user postgres, whom the server runs as, cannot enter all of: $*
Root cannot lend it the right to here. Run this from a folder that everyone may enter, on music that everyone may read."
}

make_private_folder() {
    mkdir -p "$1"
    chmod 700 "$1"
    ! is_root || chown postgres: "$1"
}

# The socket lies in the cluster's folder, unless that has a name too long for one (107 bytes in all), or one that
# PostgreSQL or its clients would take for several.
choose_socket_folder() {
    local LC_ALL=C
    socket_folder=$cluster
    if [ ${#cluster} -gt 90 ] || [[ $cluster = *[!A-Za-z0-9\ _./+-]* ]]; then
        socket_folder=$(cat "$cluster/socket_folder" 2>/dev/null) && [ -d "$socket_folder" ] && return
        stop_cluster "$cluster"
        socket_folder=$(mktemp -d)
        make_private_folder "$socket_folder"
        echo "$socket_folder" >"$cluster/socket_folder"
    fi
}

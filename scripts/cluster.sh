# A private cluster in a folder. It accepts connections only through a Unix socket that its owner and root can use.
# Sourced after lib.sh and use_postgres.

# require_version_of CLUSTER: stops where another version of PostgreSQL has made it than the one that is to run it.
require_version_of() {
    local made_by
    [ -e "$1/data/PG_VERSION" ] || return 0
    made_by=$(cat "$1/data/PG_VERSION")
    [ "$made_by" = "$pg_major" ] || die "PostgreSQL $made_by has made the cluster in $1, and this is PostgreSQL $pg_major.
To go on with it, install PostgreSQL $made_by, or set PG_CONFIG to its pg_config: apt's package is postgresql-$made_by, and \
postgresql-server-dev-$made_by to build the extension.
To make a new one by PostgreSQL $pg_major, move that folder away."
}

# start_cluster FOLDER READS...: creates the cluster unless it exists, and starts it unless it runs. READS are the folders
# that the server must be able to read. Sets socket_folder.
start_cluster() {
    cluster=$1
    require_version_of "$cluster"
    choose_server_rights "$(dirname "$cluster")" "${@:2}"
    make_private_folder "$cluster"
    if [ ! -e "$cluster/data/PG_VERSION" ]; then
        say "Creating a cluster in $cluster"
        as_server "$pg_bin/initdb" --pgdata "$cluster/data" --username "$(id -un)" --auth trust \
            --encoding UTF8 --no-locale --no-sync >"$cluster/log" 2>&1 || die "initdb: $(cat "$cluster/log")"
    fi
    choose_socket_folder
    cluster_answers && return
    # Not by pg_ctl, which passes the folder's name to a shell.
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
    # The file remains if a server is killed, and its process ID may by then belong to another process.
    [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ] || return 0
    kill -INT "$pid"
    while [ -e "/proc/$pid" ]; do sleep 0.1; done
}

cluster_answers() { "$pg_bin/pg_isready" --quiet --host "$socket_folder" --dbname postgres; }

# The command that runs another command as the server's user, with the rights that it needs.
server_prefix=()

as_server() { (cd / && "${server_prefix[@]}" "$@"); }

# If the caller is root, the server runs as postgres, which cannot read all that root can, for example /root. So it gets
# the capability dac_read_search; only root can connect to this cluster, and root can read everything anyway. A container
# may lack this capability. Then the server runs without it, or with dac_override, which more containers have.
choose_server_rights() {
    server_prefix=()
    is_root || return 0
    local as_postgres=(setpriv --reuid postgres --regid postgres --init-groups) right
    for right in dac_read_search '' dac_override; do
        server_prefix=("${as_postgres[@]}" ${right:+--inh-caps +$right --ambient-caps +$right})
        as_server ls -f -- "$@" >/dev/null 2>&1 && return
    done
    die "the user postgres, as which the server runs, cannot read all of: $*
Run this in a folder that everyone may enter, on music that everyone may read."
}

make_private_folder() {
    mkdir -p "$1"
    chmod 700 "$1"
    ! is_root || chown postgres: "$1"
}

# The socket is in the cluster's folder, unless the path would be too long for a socket (107 bytes), or has characters
# that PostgreSQL or its clients would take for separators.
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

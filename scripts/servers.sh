# Private copies of the server's tree, in which the extension is built, installed and tested, so that the system's
# PostgreSQL, and whatever runs from it, stays as it is: a server that has a library mapped crashes when the file
# is overwritten. A PostgreSQL finds its libraries and its share folder relative to its programs, so a copy of all three in
# the same relation is a server of its own. Sourced by lib.sh.

# The programs that tests and scripts use. Others are not copied, since their folder may have all of the system's.
server_programs=(clusterdb createdb createuser dropdb initdb pg_basebackup pg_config pg_controldata pg_ctl pg_dump
    pg_dumpall pg_isready pg_resetwal pg_restore pg_upgrade postgres psql vacuumdb)

# Sets servers: the folder of the copies. It lies in target/, or where the user that servers run as cannot enter that,
# among the temporary files.
choose_servers_folder() {
    servers=$root/target/servers
    mkdir -p "$servers"
    if is_root && ! setpriv --reuid postgres --regid postgres --init-groups test -x "$servers" 2>/dev/null; then
        servers=${TMPDIR:-/tmp}/midi_pipeline-servers-$(cksum <<<"$root" | cut -d' ' -f1)
        mkdir -p -m 755 "$servers"
        [ -O "$servers" ] || die "$servers belongs to another user"
    fi
}

# copy_server PG_CONFIG COPY: makes the folder COPY the copy of a server, unless it is one, and prints its pg_config.
copy_server() {
    local original=$1 copy=$2 programs libraries share state
    programs=$("$original" --bindir) && libraries=$("$original" --pkglibdir) && share=$("$original" --sharedir) &&
        state=$("$original" --version &&
            find "$libraries" "$share" "$programs/postgres" -type f ! -name 'midi_pipeline*' -printf '%p %s %T@\n' | sort) ||
        die "$original does not tell where its server is"
    [ "$state" = "$(cat "$copy/copied" 2>/dev/null)" ] || make_whole "$copy" fill_copy
    printf '%s\n' "$copy$programs/pg_config"
}

# fill_copy FOLDER: for copy_server, whose variables it uses.
fill_copy() {
    local what folder
    mkdir -p "$1$programs" || return
    for what in "${server_programs[@]}"; do
        [ ! -e "$programs/$what" ] || cp -L "$programs/$what" "$1$programs/" || return
    done
    # A wheel has the libraries of its programs in a folder beside the package.
    for folder in "$libraries" "$share" "${programs%/*/*/*}"/*.libs; do
        [ ! -d "$folder" ] || { mkdir -p "$1$folder" && cp -a "$folder/." "$1$folder/"; } || return
    done
    rm -f "$1$libraries/midi_pipeline.so" "$1$share/extension/midi_pipeline"{.control,--*.sql} || return
    for what in --includedir --pkgincludedir --includedir-server; do
        folder=$("$original" "$what") || return
        # A server may be there without its headers.
        [ ! -d "$folder" ] || [ -e "$1$folder" ] || { mkdir -p "$1${folder%/*}" && ln -s "$folder" "$1$folder"; } || return
    done
    printf '%s\n' "$state" >"$1/copied"
}

# choose_copy PG_CONFIG: sets copy to the folder of this server's copy. Another server of the same version, such as one in the
# project's cache, has another folder.
choose_copy() {
    choose_servers_folder
    copy=$servers/pg$pg_major
    [[ $("$1" --bindir) = /usr/lib/postgresql/* ]] || copy+=-$(cksum <<<"$("$1" --bindir)" | cut -d' ' -f1)
}

# Sets pg_config to that of the copy in which the extension is installed, pgrx_pg_config to that of a second copy, in which
# cargo pgrx test overwrites files, and PGRX_HOME to a folder that tells cargo pgrx of the second copy only.
use_private_servers() {
    choose_copy "$pg_config"
    pgrx_pg_config=$(copy_server "$pg_config" "$copy-pgrx") || exit
    pg_config=$(copy_server "$pg_config" "$copy") || exit
    ln -sfn "$pg_config" "$root/target/servers/pg_config" || exit
    export PGRX_HOME=${copy%/*}/pgrx-${copy##*/}
    mkdir -p "$PGRX_HOME" || exit
    local home="[configs]
pg$pg_major = \"$pgrx_pg_config\""
    # Written only if it differs, because cargo builds pgrx again when the file changes.
    [ "$home" = "$(cat "$PGRX_HOME/config.toml" 2>/dev/null)" ] || printf '%s\n' "$home" >"$PGRX_HOME/config.toml" || exit
}

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
    local original=$1 copy=$2 programs libraries share state what folder
    programs=$("$original" --bindir)
    libraries=$("$original" --pkglibdir)
    share=$("$original" --sharedir)
    state=$("$original" --version
        find "$libraries" "$share" "$programs/postgres" -type f ! -name 'midi_pipeline*' -printf '%p %s %T@\n' | sort)
    if [ "$state" != "$(cat "$copy/copied" 2>/dev/null)" ]; then
        rm -rf "$copy" "$copy.new"
        mkdir -p "$copy.new$programs"
        for what in "${server_programs[@]}"; do
            [ ! -e "$programs/$what" ] || cp -L "$programs/$what" "$copy.new$programs/"
        done
        # A wheel has the libraries of its programs in a folder beside the package.
        for folder in "$libraries" "$share" "${programs%/*/*/*}"/*.libs; do
            [ -d "$folder" ] || continue
            mkdir -p "$copy.new$folder"
            cp -a "$folder/." "$copy.new$folder/"
        done
        rm -f "$copy.new$libraries/midi_pipeline.so" "$copy.new$share/extension/midi_pipeline"{.control,--*.sql}
        for what in --includedir --pkgincludedir --includedir-server; do
            folder=$("$original" "$what")
            [ -e "$copy.new$folder" ] || { mkdir -p "$copy.new${folder%/*}" && ln -s "$folder" "$copy.new$folder"; }
        done
        printf '%s\n' "$state" >"$copy.new/copied"
        mv "$copy.new" "$copy"
    fi
    printf '%s\n' "$copy$programs/pg_config"
}

# Sets pg_config to that of the copy in which the extension is installed, pgrx_pg_config to that of a second copy, in which
# cargo pgrx test overwrites files, and PGRX_HOME to a folder that tells cargo pgrx of the second copy only.
use_private_servers() {
    choose_servers_folder
    pgrx_pg_config=$(copy_server "$pg_config" "$servers/pg$pg_major-pgrx")
    pg_config=$(copy_server "$pg_config" "$servers/pg$pg_major")
    ln -sfn "$pg_config" "$root/target/servers/pg_config"
    export PGRX_HOME=$servers/pgrx-pg$pg_major
    mkdir -p "$PGRX_HOME"
    local home="[configs]
pg$pg_major = \"$pgrx_pg_config\""
    # Written only if it differs, because cargo builds pgrx again when the file changes.
    [ "$home" = "$(cat "$PGRX_HOME/config.toml" 2>/dev/null)" ] || printf '%s\n' "$home" >"$PGRX_HOME/config.toml"
}

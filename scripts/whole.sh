# Folders that are whole or not there, and locks. Sourced by lib.sh.

# make_whole FOLDER COMMAND...: makes or replaces the folder by COMMAND FOLDER.new. It gets its name when it is whole.
# Commands that are functions say `|| return` where they fail.
make_whole() {
    local folder=$1
    rm -rf "$folder.new" && mkdir -p "${folder%/*}" &&
        "${@:2}" "$folder.new" &&
        rm -rf "$folder" && mv -T "$folder.new" "$folder" && return
    rm -rf "$folder.new"
    die "could not make $folder"
}

# locked FILE COMMAND...: runs the command while no other script holds the lock FILE. Not in a shell of its own, so that
# functions can set variables.
locked() {
    local lock status
    mkdir -p "${1%/*}"
    exec {lock}>"$1"
    if ! flock --nonblock "$lock"; then
        say "Waiting for another script that works in ${1%/*}"
        flock "$lock"
    fi
    "${@:2}"
    status=$?
    exec {lock}>&-
    return "$status"
}

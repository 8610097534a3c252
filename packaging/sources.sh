# The sources that a package is made of: a clone, or a folder from an archive, without git. Sourced by scripts/package.

is_clone() { [ "$(git -C "$root" rev-parse --show-toplevel 2>/dev/null)" = "$root" ]; }

# Whether what is committed is not all.
has_changes() { ! git -C "$root" diff --quiet HEAD; }

# The date of the sources. An archive gives all files that of the commit.
source_date() {
    if is_clone; then
        git -C "$root" log -1 --format=%ct
    else
        date -r "$root/META.json" +%s
    fi
}

# The files below the folder, without what is built there, each ended by a NUL.
source_files() {
    if is_clone; then
        (cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
            # A file may be removed and not yet in a commit.
            [ ! -e "$file" ] || printf '%s\0' "$file"
        done)
    else
        local ignored prune=(-path ./.git)
        while read -r ignored; do prune+=(-o -path ".$ignored"); done <"$root/.gitignore"
        (cd "$root" && find . \( "${prune[@]}" \) -prune -o -type f -printf '%P\0' | sort -z)
    fi
}

# copy_sources FOLDER: copies them into a new folder.
copy_sources() {
    mkdir -p "$1"
    source_files | tar -C "$root" --null -T - -c | tar -C "$1" -x
}

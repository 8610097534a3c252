# The library as packages have it. Sourced by scripts/package.

# Whatever folders the sources and the crates lie in, the library knows them by these names.
remapped() {
    printf '%s=%s\n' "$root" /midi_pipeline "${CARGO_HOME:-$HOME/.cargo}" /cargo
}

# What tells a C compiler so, in quotes: a folder may have a space in its name.
c_flags() {
    local pair
    remapped | while IFS= read -r pair; do printf "'-ffile-prefix-map=%s' " "${pair//\'/\'\\\'\'}"; done
}

# build_library FOLDER: builds the extension and leaves its files in FOLDER. Two builds give the same library.
build_library() {
    local folder=$1 pair flags=() for_c IFS
    for_c=$(c_flags)
    while IFS= read -r pair; do flags+=("--remap-path-prefix=$pair"); done < <(remapped)
    # cargo pgrx says so in a setting that these flags replace: its descriptions of functions lie in sections of their own.
    flags+=(-Clink-arg=-Wl,--no-gc-sections)
    # All processors since about 2009. What gains from more looks at run time which vectors there are.
    [ "$(uname -m)" != x86_64 ] || flags+=(-Ctarget-cpu=x86-64-v2)
    rm -rf "$folder"
    # A target is named so that build scripts and macros, which run here alone, are built without these flags.
    IFS=$'\x1f'
    (cd "$root" && CARGO_ENCODED_RUSTFLAGS="${flags[*]}" CFLAGS=$for_c CC_SHELL_ESCAPED_FLAGS=1 \
        CARGO_TARGET_DIR=$packages cargo pgrx package --pg-config "$pgrx_pg_config" \
        --target "$(rustc -vV | sed -n 's/^host: //p')" --out-dir "$folder" >&2)
}

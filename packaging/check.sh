# Checks of what is in dist/. Sourced by scripts/package.

# The Debians whose own PostgreSQL is of the versions that packages are for.
declare -A suites=([15]=bookworm [17]=trixie)

check_release() {
    local package
    (cd "$dist" && sha256sum --check --quiet SHA256SUMS) || die "the files in dist/ are not those of SHA256SUMS"
    for package in "$dist"/postgresql-*-midi-pipeline_*.deb; do
        [ -e "$package" ] || die "there is no package in dist/: run scripts/package"
        say "Checking ${package##*/}"
        lintian --fail-on error --allow-root "$package" >&2 || die "lintian finds errors"
        check_image "$package"
        check_in_bare_system "$package"
    done
}

# The image of the extension alone has its files, where they belong, and no others.
check_image() {
    local image=$packages/image
    rm -rf "$image"
    "$root/packaging/docker/layout" "$1" "$image"
    diff <(find "$image" -type f -printf '%P\n' | sed -E 's/--.*\.sql$/--X.sql/; s/postgresql-[0-9]+-//' | sort -u) - <<'END' ||
lib/midi_pipeline.so
licenses/midi-pipeline/copyright
licenses/midi-pipeline/third-party.gz
share/extension/midi_pipeline--X.sql
share/extension/midi_pipeline.control
END
        die "the image of the extension is laid out wrongly"
}

# In a folder with nothing but the base system of the Debian that has this PostgreSQL, the package gives answers within a
# minute, and scripts/try shows its first rows within two.
check_in_bare_system() {
    local package=$1 major archive bare=$packages/bare
    major=$(dpkg-deb -f "$package" Package | tr -dc 0-9)
    if [ -z "${suites[$major]:-}" ]; then
        say "No Debian has PostgreSQL $major: it is not installed in a bare one"
        return
    fi
    archive=$(debian_archive)
    [ -n "$archive" ] || die "apt knows no archive of Debian's, to make a bare system of"
    say "Making a bare ${suites[$major]}"
    as_root rm -rf "$bare"
    mkdir -p "$bare"
    as_root debootstrap --variant=minbase "${suites[$major]}" "$bare/try" "$archive" >&2
    copy_sources "$bare/sources"
    mkdir "$bare/sources/dist"
    cp "$package" "$bare/sources/dist"
    as_root cp -R "$bare/sources" "$bare/try/midi_pipeline"
    as_root cp -a "$bare/try" "$bare/install"
    within 60 in_bare install /midi_pipeline/packaging/bare.sh "$major"
    # An update and a removal say what is left to do, and what the package has brought goes with it.
    says 'ALTER EXTENSION midi_pipeline UPDATE;' dpkg -i "/midi_pipeline/dist/${package##*/}"
    says 'DROP EXTENSION midi_pipeline;' dpkg -P "postgresql-$major-midi-pipeline"
    [ -z "$(find "$bare/install/usr" -name '*midi*pipeline*')" ] || die "the package leaves files behind"
    within 120 in_bare try bash -c 'cd /srv && /midi_pipeline/scripts/try'
    as_root rm -rf "$bare"
}

# in_bare SYSTEM COMMAND...: runs the command there, with processes of its own, which end with it.
in_bare() {
    as_root unshare --mount --pid --fork --kill-child bash -c \
        'mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/dev/shm" && exec chroot "$0" "$@"' "$bare/$1" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "${@:2}"
}

# says WORDS COMMAND...: the command, in the system where the package was installed, says that too.
says() {
    local said
    said=$(in_bare install "${@:2}" 2>&1) || die "$said"
    [[ $said = *"$1"* ]] || die "'${*:2}' does not say '$1', but: $said"
}

within() {
    local limit=$1 began=$SECONDS
    "${@:2}" >&2 || die "it failed in a bare system"
    say "It took $((SECONDS - began)) seconds"
    [ $((SECONDS - began)) -lt "$limit" ] || die "it is to take less than $limit"
}

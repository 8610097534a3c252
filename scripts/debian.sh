# Another Debian in a folder of the project's cache, to test on the PostgreSQL that it has: the system stays as it is. Sourced
# after lib.sh.

source "$root/scripts/apt.sh"

debian_folder() { echo "$server_cache/debian-$1-$(dpkg --print-architecture)"; }

# Prints why there can be no Debian in a folder. Fails where there can be.
why_no_debian() {
    if ! command -v dpkg >/dev/null; then
        echo "this is no Debian"
    elif ! is_root; then
        echo "it needs root"
    elif ! unshare --mount --propagation private mount -t tmpfs tmpfs /mnt 2>/dev/null; then
        echo "mounts are not allowed here"
    elif [ -z "$(debian_archive)" ]; then
        echo "apt knows no archive of Debian"
    else
        return 1
    fi
}

# Where this machine's apt takes Debian's packages from.
debian_archive() {
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | sort -u | head -n1
}

# make_debian RELEASE: makes the folder unless it is there.
make_debian() { locked "$server_cache/lock" make_debian_in "$(debian_folder "$1")" "$1"; }

make_debian_in() { [ -d "$1" ] || make_whole "$1" bootstrap "$2"; }

# bootstrap RELEASE FOLDER. debootstrap is unpacked for that and not installed.
bootstrap() {
    local tool
    say "Making a folder with Debian $1"
    tool=$(mktemp -d) &&
        (cd "$tool" && by_lists apt-get download debootstrap && dpkg-deb -x debootstrap_*.deb .) &&
        DEBOOTSTRAP_DIR=$tool/usr/share/debootstrap "$tool/usr/sbin/debootstrap" --variant=minbase "$1" "$2" \
            "$(debian_archive)" >&2 &&
        rm -rf "$tool" || return
    # Packages are fetched as on this machine, and start no server.
    apt-config dump | grep -E '^Acquire::(Check|https?::|Retries)' >"$2/etc/apt/apt.conf.d/90outside" || true
    printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d" && chmod 755 "$2/usr/sbin/policy-rc.d"
}

# in_debian RELEASE COMMAND...: runs a command of the project in the folder, with this machine's Rust and the sources as
# they are. The mounts end with the command.
in_debian() {
    unshare --mount --propagation private bash -c \
        'source "$1/scripts/lib.sh" && source "$root/scripts/debian.sh" && enter_debian "${@:2}"' bash "$root" "$@"
}

enter_debian() {
    local folder inside=/midi_pipeline cargo=${CARGO_HOME:-$HOME/.cargo} rustup=${RUSTUP_HOME:-$HOME/.rustup} what
    folder=$(debian_folder "$1")
    for what in /proc /sys /dev "$cargo" "$rustup"; do
        [ ! -d "$what" ] || bind "$what" "$folder$what"
    done
    bind "$root" "$folder$inside"
    # What is built there runs nowhere else.
    mkdir -p "$folder/var/lib/midi_pipeline" "$root/target"
    bind "$folder/var/lib/midi_pipeline" "$folder$inside/target"
    cp -L /etc/resolv.conf /etc/hosts "$folder/etc/"
    # Who stands between this machine and the world is trusted there, too.
    mkdir -p "$folder/usr/local/share/ca-certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -L -t "$folder/usr/local/share/ca-certificates" {} + || true
    [ ! -x "$folder/usr/sbin/update-ca-certificates" ] || chroot "$folder" update-ca-certificates >&2
    # Not what the caller's variables name in this system.
    exec chroot "$folder" env -u TMPDIR -u PG_CONFIG -u PGRX_HOME -u OLDER_PG_CONFIG LANG=C.UTF-8 \
        CARGO_HOME="$cargo" RUSTUP_HOME="$rustup" \
        PATH="$cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        bash -c 'cd "$0" && exec "$@"' "$inside" "${@:2}" </dev/null
}

bind() { mkdir -p "$2" && mount --rbind "$1" "$2"; }

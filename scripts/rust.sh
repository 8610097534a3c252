# The Rust that building and testing take. Sourced by scripts/setup, after apt.sh.

# rust_wanted NAME: a version in Cargo.toml: rust-version, or rust-version-of-tests.
rust_wanted() { sed -nE "s/^$1 = \"(.*)\"/\1/p" "$root/Cargo.toml"; }

rust_is_new_enough() {
    local has
    has=$(rustc --version 2>/dev/null | cut -d' ' -f2) && command -v cargo >/dev/null || return 1
    [ "$(printf '%s\n' "$1" "$has" | sort -V | head -n1)" = "$1" ]
}

# Prints the command that gets this Rust or a newer one on this system. Debian updates rustc-web for its browsers.
rust_command() {
    if command -v rustup >/dev/null; then
        echo 'rustup update stable && rustup default stable'
    elif apt_has rustc-web "$1" && apt_has cargo-web "$1"; then
        echo 'sudo apt-get install -y rustc-web cargo-web'
    elif apt_has rustc "$1" && apt_has cargo "$1"; then
        echo 'sudo apt-get install -y rustc cargo'
    elif apt_has rustup; then
        echo 'sudo apt-get install -y rustup && rustup default stable'
    elif command -v dnf >/dev/null; then
        echo 'sudo dnf install -y rust cargo'
    elif command -v pacman >/dev/null; then
        echo 'sudo pacman -S --noconfirm rust'
    elif command -v apk >/dev/null; then
        echo 'sudo apk add rust cargo'
    else
        echo "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    fi
}

# install_rust VERSION WHAT: a Rust that is missing is installed where apt has it. One that somebody has installed is theirs
# to replace.
install_rust() {
    local how
    rust_is_new_enough "$1" && return
    # What apt has decides, as far as it may be asked.
    if command -v apt-get >/dev/null && { is_root || command -v sudo >/dev/null; }; then renew_lists; fi
    how=$(rust_command "$1")
    if ! command -v rustc >/dev/null && [[ $how = 'sudo apt-get install -y'* ]]; then
        say "Installing Rust: $how"
        bash -c "$how" >&2 && rust_is_new_enough "$1" && return
    fi
    die "$2 takes Rust $1 or newer, and there is $(rustc --version 2>/dev/null || echo none). This mends it:
    $how
Then run this again."
}

# install_cargo_tool NAME VERSION: the command `cargo NAME`, in this version. It is not optimized, which takes longer than what
# it does here.
install_cargo_tool() {
    [[ $(cargo "$1" --version 2>/dev/null) != *" $2" ]] || return 0
    say "Installing cargo-$1 $2 (some minutes)"
    cargo install --locked --debug --version "=$2" "cargo-$1"
}

# The version that Cargo.toml names.
install_cargo_pgrx() {
    install_cargo_tool pgrx "$(sed -nE 's/^pgrx = \{ version = "=([^"]*)".*/\1/p' "$root/Cargo.toml")"
}

# The checks of format and style, which a Rust may come without.
install_rust_tools() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    say "Installing rustfmt and clippy"
    if command -v rustup >/dev/null; then
        rustup component add rustfmt clippy >&2
    elif is_installed cargo-web; then
        apt_install rustfmt-web rust-web-clippy
    else
        apt_install rustfmt rust-clippy
    fi
}

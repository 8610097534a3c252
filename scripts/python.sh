# Environments of Python in target/. Sourced after lib.sh.

# make_environment FOLDER: an environment of Python in FOLDER, unless there is one that works: an update of Python breaks it.
# Its pip is called as `FOLDER/bin/python -m pip`, because the programs in it know the folder by the name it was made with.
make_environment() {
    "$1/bin/python" -m pip --version >/dev/null 2>&1 || "${PYTHON:-python3}" -m venv --clear "$1"
}

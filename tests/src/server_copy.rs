//! A copy of a server's files, in which tests may install what they like.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use midi_testkit::cluster::{pg_config, succeed};
use midi_testkit::folder::Folder;

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Copies the server of this `pg_config`, without the extension, into a folder. Returns the copy's `pg_config`.
pub fn make(original: &Path, copy: &Path) -> PathBuf {
    let made = succeed(
        Command::new("bash")
            .arg("-c")
            .arg("source scripts/lib.sh && copy_server \"$1\" \"$2\"")
            .arg("bash")
            .args([original, copy])
            .current_dir(root()),
    );
    String::from_utf8(made.stdout).expect("a plain name").trim().into()
}

/// The answer of a server's `pg_config`.
pub fn ask(pg_config: &Path, what: &str) -> PathBuf {
    let answer = succeed(Command::new(pg_config).arg(what)).stdout;
    PathBuf::from(String::from_utf8(answer).expect("a plain name").trim())
}

/// The `pg_config` of the tests' server.
pub fn of_tests() -> PathBuf {
    pg_config("--bindir").join("pg_config")
}

/// A copy of a server with the extension, which also has former versions of it.
pub struct Released {
    // Removed with it.
    _folder: Folder,
    programs: PathBuf,
    /// The folder of its extensions' files.
    pub extensions: PathBuf,
}

impl Released {
    /// Makes a copy of the server of this `pg_config`.
    pub fn of(original: &Path) -> Self {
        let folder = Folder::new();
        let copy = make(original, &folder.path().join("server"));
        let extensions = |of: &Path| ask(of, "--sharedir").join("extension");
        copy_extension(&ask(original, "--pkglibdir"), &ask(&copy, "--pkglibdir"));
        copy_extension(&extensions(original), &extensions(&copy));
        copy_extension(&root().join("sql"), &extensions(&copy));
        Self { _folder: folder, programs: ask(&copy, "--bindir"), extensions: extensions(&copy) }
    }

    /// The folder of its programs.
    pub fn programs(&self) -> PathBuf {
        self.programs.clone()
    }
}

/// Copies the extension's files from one folder to another.
fn copy_extension(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("midi_pipeline") {
            fs::copy(entry.path(), to.join(name)).expect("a copy");
        }
    }
}

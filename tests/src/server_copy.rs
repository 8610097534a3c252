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

/// Copies the tests' server, without the extension, into a folder. Returns the copy's `pg_config`.
pub fn make(copy: &Path) -> PathBuf {
    let program = pg_config("--bindir").join("pg_config");
    let made = succeed(
        Command::new("bash")
            .arg("-c")
            .arg("source scripts/lib.sh && copy_server \"$1\" \"$2\"")
            .arg("bash")
            .args([&program, copy])
            .current_dir(root()),
    );
    String::from_utf8(made.stdout).expect("a plain name").trim().into()
}

/// A copy of the tests' server with the extension, which also has former versions of it.
pub struct Released {
    // Removed with it.
    _folder: Folder,
    programs: PathBuf,
    /// The folder of its extensions' files.
    pub extensions: PathBuf,
}

impl Released {
    /// Makes the copy.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let folder = Folder::new();
        let of_copy = make(&folder.path().join("server"));
        let ask = |what: &str| {
            let answer = succeed(Command::new(&of_copy).arg(what)).stdout;
            PathBuf::from(String::from_utf8(answer).expect("a plain name").trim())
        };
        let extensions = ask("--sharedir").join("extension");
        for (from, to) in [
            (pg_config("--pkglibdir"), ask("--pkglibdir")),
            (pg_config("--sharedir").join("extension"), extensions.clone()),
            (root().join("sql"), extensions.clone()),
        ] {
            copy_extension(&from, &to);
        }
        Self { _folder: folder, programs: ask("--bindir"), extensions }
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

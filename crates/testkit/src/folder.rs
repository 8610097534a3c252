//! Folders of music for a server to read.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, process};

use tempfile::{Builder, TempDir};

use crate::{corpus, demo, smf};

/// A temporary folder that every user may enter and read.
pub struct Folder(TempDir);

impl Folder {
    /// An empty folder.
    pub fn new() -> Self {
        Self::new_in(&env::temp_dir())
    }

    /// An empty folder in another one. Its name is digits only: words in a path describe its music.
    pub fn new_in(parent: &Path) -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let seconds =
            SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock of today").as_secs();
        let name =
            format!("{seconds}-{}-{}", process::id(), FOLDERS.fetch_add(1, Ordering::Relaxed));
        let folder = Builder::new()
            .prefix(&name)
            .rand_bytes(0)
            .tempdir_in(parent)
            .expect("a temporary folder");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
        Self(folder)
    }

    /// A folder of pieces with different notes, named by their numbers.
    pub fn numbered(pieces: u32, notes: u32) -> Self {
        let folder = Self::new();
        for number in 0..pieces {
            folder.write(format!("{number}.mid"), &smf::numbered(number, notes));
        }
        folder
    }

    /// The first pieces of the benchmark's corpus.
    pub fn corpus(pieces: u32) -> Self {
        let folder = Self::new();
        for piece in (0..pieces).map(|number| corpus::piece(1, number)) {
            folder.write(piece.path, &piece.bytes);
        }
        folder
    }

    /// The project's own pieces.
    pub fn demo() -> Self {
        let folder = Self::new();
        for (path, bytes) in demo::pieces() {
            folder.write(path, &bytes);
        }
        folder
    }

    /// Writes a file, and creates the folders above it.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("the file lies in the folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Its path, as a query's parameter.
    pub fn as_str(&self) -> &str {
        self.path().to_str().expect("a temporary folder has a plain name")
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

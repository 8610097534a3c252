//! A small disk, to be filled.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::folder::Folder;

/// A file system of a few megabytes, unmounted when it is dropped.
pub struct SmallDisk(Folder);

impl SmallDisk {
    /// Mounts one of that many megabytes. `None`, and a line on standard error, if this process may not mount.
    pub fn mount(megabytes: u32) -> Option<Self> {
        let folder = Folder::new();
        let options = format!("size={megabytes}m,mode=0777");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            // Not eprintln, whose output the test harness captures.
            let reason = "skipped: only a process that may mount a tmpfs can fill a disk";
            writeln!(io::stderr(), "{reason}").expect("standard error");
            return None;
        }
        Some(Self(folder))
    }

    /// A folder on it.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path().join(name);
        std::fs::create_dir(&folder).expect("it has room");
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

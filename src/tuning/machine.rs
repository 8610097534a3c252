//! What machine the server runs on, as Linux tells.

use std::fs;
use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What is assumed where the system does not tell.
const SOME_MEMORY: u64 = 4 << 30;

/// The machine, or the container's part of it.
pub(crate) struct Machine {
    /// Bytes of memory.
    pub(crate) memory: u64,
    /// Processor cores.
    pub(crate) cores: usize,
    /// Whether the disk of the data folder is a hard disk; `None` where that cannot be told.
    pub(crate) disk_turns: Option<bool>,
}

impl Machine {
    /// Looks at the machine, and at the disk that holds `data`.
    pub(crate) fn look(data: &Path) -> Self {
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
        let limits =
            limits.iter().filter_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok());
        Self {
            memory: limits.chain(installed_memory()).min().unwrap_or(SOME_MEMORY),
            cores: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            disk_turns: disk_turns(data),
        }
    }
}

fn installed_memory() -> Option<u64> {
    let memory = fs::read_to_string("/proc/meminfo").ok()?;
    let line = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn disk_turns(data: &Path) -> Option<bool> {
    let device = fs::metadata(data).ok()?.dev();
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let block = format!("/sys/dev/block/{major}:{minor}");
    // A partition has no queue of its own, but its disk has.
    let queue = ["queue", "../queue"]
        .into_iter()
        .find_map(|queue| fs::read_to_string(format!("{block}/{queue}/rotational")).ok())?;
    Some(queue.trim() == "1")
}

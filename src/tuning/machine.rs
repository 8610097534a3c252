//! The machine that the server runs on, as Linux describes it.

use std::fs;
use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The memory that is assumed if the system does not report it.
const SOME_MEMORY: u64 = 4 << 30;

/// The machine, or the container's part of it.
pub(crate) struct Machine {
    /// Bytes of memory.
    pub(crate) memory: u64,
    /// Processor cores.
    pub(crate) cores: usize,
    /// Whether the data directory is on a hard disk; `None` if that is unknown.
    pub(crate) is_hard_disk: Option<bool>,
}

impl Machine {
    /// Inspects the machine, and the disk of the directory `data`.
    pub(crate) fn inspect(data: &Path) -> Self {
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
        let limits =
            limits.iter().filter_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok());
        Self {
            memory: limits.chain(installed_memory()).min().unwrap_or(SOME_MEMORY),
            cores: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            is_hard_disk: is_hard_disk(data),
        }
    }
}

fn installed_memory() -> Option<u64> {
    let memory = fs::read_to_string("/proc/meminfo").ok()?;
    let line = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn is_hard_disk(data: &Path) -> Option<bool> {
    let device = fs::metadata(data).ok()?.dev();
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let block = format!("/sys/dev/block/{major}:{minor}");
    // A partition has no queue of its own; its disk has one.
    let queue = ["queue", "../queue"]
        .into_iter()
        .find_map(|queue| fs::read_to_string(format!("{block}/{queue}/rotational")).ok())?;
    Some(queue.trim() == "1")
}

//! Recommended settings of the server, for the machine and the size of the library. Nothing is changed.
//!
//! The rules are those of PostgreSQL's documentation ("Resource Consumption", "Write Ahead Log", "Query
//! Planning"), adapted to imports and to the library's queries.

mod machine;

pub(crate) use machine::Machine;

const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// More memory than this does not make building an index faster.
const MAX_MAINTENANCE: u64 = 2 * GB;

/// One setting's advice.
pub(crate) struct Advice {
    pub(crate) setting: &'static str,
    pub(crate) advised: String,
    pub(crate) why: String,
}

/// What is known of the server.
pub(crate) struct Server {
    /// `max_connections`.
    pub(crate) connections: u64,
    /// Bytes of the library's tables and their indexes.
    pub(crate) library: u64,
}

/// The recommendation for every setting that matters for a library.
pub(crate) fn advise(machine: &Machine, server: &Server) -> Vec<Advice> {
    let mut advice = memory(machine, server);
    advice.extend(writing(server));
    advice.extend(processes(machine));
    advice.extend(disk(machine, server));
    advice
}

fn memory(machine: &Machine, server: &Server) -> Vec<Advice> {
    let (memory, library) = (machine.memory, server.library);
    // More than the library's size would stay unused; the factor is for its growth during an import.
    let shared = (memory / 4).min((library * 2).max(GB)).max(128 * MB);
    let work = (memory / 4 / server.connections.max(1)).clamp(4 * MB, 256 * MB);
    let maintenance = (memory / 16).clamp(64 * MB, MAX_MAINTENANCE);
    vec![
        Advice {
            setting: "shared_buffers",
            advised: bytes(shared),
            why: format!(
                "A quarter of the memory ({}), or less if the library ({}) is small. Requires a restart.",
                bytes(memory),
                bytes(library)
            ),
        },
        Advice {
            setting: "effective_cache_size",
            advised: bytes(memory / 4 * 3),
            why: "Includes the operating system's cache. The planner then prefers indexes."
                .to_owned(),
        },
        Advice {
            setting: "work_mem",
            advised: bytes(work),
            why: format!(
                "For sorts and hashes. Each of {} connections may use it several times.",
                server.connections
            ),
        },
        Advice {
            setting: "maintenance_work_mem",
            advised: bytes(maintenance),
            why: "For building indexes, which defer_indexes does at the end of an import."
                .to_owned(),
        },
    ]
}

fn writing(server: &Server) -> Vec<Advice> {
    let wal = server.library.clamp(4 * GB, 16 * GB);
    vec![
        Advice {
            setting: "max_wal_size",
            advised: bytes(wal),
            why: "An import writes a lot of WAL. With a smaller value, checkpoints are frequent, and \
                  full pages are logged after each of them."
                .to_owned(),
        },
        Advice {
            setting: "checkpoint_timeout",
            advised: "15min".to_owned(),
            why: "Fewer checkpoints during a long import. Recovery after a crash takes longer."
                .to_owned(),
        },
        Advice {
            setting: "wal_compression",
            advised: "on".to_owned(),
            why: "Insertions into indexes log many full pages, which compress well."
                .to_owned(),
        },
    ]
}

fn processes(machine: &Machine) -> Vec<Advice> {
    let cores = machine.cores as u64;
    vec![
        Advice {
            setting: "max_worker_processes",
            advised: (cores + 8).to_string(),
            why: format!(
                "Jobs, the launcher and parallel queries share them. The machine has {cores} \
                 cores. Requires a restart."
            ),
        },
        Advice {
            setting: "max_parallel_workers_per_gather",
            advised: (cores / 2).clamp(1, 4).to_string(),
            why: "For queries that read the whole library.".to_owned(),
        },
        Advice {
            setting: "max_parallel_maintenance_workers",
            advised: (cores / 2).clamp(1, 4).to_string(),
            why: "For building B-tree indexes.".to_owned(),
        },
    ]
}

fn disk(machine: &Machine, server: &Server) -> Vec<Advice> {
    let is_cached = server.library < machine.memory / 2;
    let (page_cost, concurrency, kind) = match machine.is_hard_disk {
        Some(true) if is_cached => {
            ("2", "2", "The data is on a hard disk, but the library fits in memory.")
        }
        Some(true) => ("4", "2", "The data is on a hard disk, where random reads are slow."),
        Some(false) => ("1.1", "200", "The data is not on a hard disk, so random reads are fast."),
        None => ("1.1", "200", "The kind of disk is unknown. Most are not hard disks."),
    };
    vec![
        Advice { setting: "random_page_cost", advised: page_cost.to_owned(), why: kind.to_owned() },
        Advice {
            setting: "effective_io_concurrency",
            advised: concurrency.to_owned(),
            why: format!("{kind} This is the number of concurrent reads."),
        },
    ]
}

/// A size in PostgreSQL's notation, rounded down to a number that is easy to read.
fn bytes(size: u64) -> String {
    if size >= 4 * GB { format!("{}GB", size / GB) } else { format!("{}MB", size / MB) }
}

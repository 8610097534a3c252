//! Advice on the server's settings, from the machine and the size of the library. Reads, never
//! writes.
//!
//! Rules of thumb of PostgreSQL's own documentation ("Resource Consumption", "Write Ahead Log",
//! "Query Planning"), with what an import and the library's queries add to them.

mod machine;

pub(crate) use machine::Machine;

const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// More memory than this makes no index any faster.
const MAX_MAINTENANCE: u64 = 2 * GB;

/// One setting's advice.
pub(crate) struct Advice {
    pub(crate) setting: &'static str,
    pub(crate) advised: String,
    pub(crate) why: String,
}

/// What the server says of itself.
pub(crate) struct Server {
    /// `max_connections`.
    pub(crate) connections: u64,
    /// Bytes of the library's tables and their indexes.
    pub(crate) library: u64,
}

/// The advice for every setting that matters to a library of music.
pub(crate) fn advise(machine: &Machine, server: &Server) -> Vec<Advice> {
    let mut advice = memory(machine, server);
    advice.extend(writing(server));
    advice.extend(processes(machine));
    advice.extend(disk(machine, server));
    advice
}

fn memory(machine: &Machine, server: &Server) -> Vec<Advice> {
    let (memory, library) = (machine.memory, server.library);
    // More than the library holds would stay empty; it grows while it is imported.
    let shared = (memory / 4).min((library * 2).max(GB)).max(128 * MB);
    let work = (memory / 4 / server.connections.max(1)).clamp(4 * MB, 256 * MB);
    let maintenance = (memory / 16).clamp(64 * MB, MAX_MAINTENANCE);
    vec![
        Advice {
            setting: "shared_buffers",
            advised: bytes(shared),
            why: format!(
                "A quarter of the {} of memory, unless the library ({}) needs less. Takes a restart.",
                bytes(memory),
                bytes(library)
            ),
        },
        Advice {
            setting: "effective_cache_size",
            advised: bytes(memory / 4 * 3),
            why: "What the system's cache holds as well; the planner trusts indexes the more."
                .to_owned(),
        },
        Advice {
            setting: "work_mem",
            advised: bytes(work),
            why: format!(
                "Sorts and hashes of queries; {} connections may each need it, several times.",
                server.connections
            ),
        },
        Advice {
            setting: "maintenance_work_mem",
            advised: bytes(maintenance),
            why: "Building indexes, which is what defer_indexes puts off to the end of an import."
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
            why: "An import writes fast; with less, checkpoints follow each other and every page \
                  is logged whole again and again."
                .to_owned(),
        },
        Advice {
            setting: "checkpoint_timeout",
            advised: "15min".to_owned(),
            why:
                "Fewer checkpoints in a long import; the price is a longer recovery after a crash."
                    .to_owned(),
        },
        Advice {
            setting: "wal_compression",
            advised: "on".to_owned(),
            why:
                "Pages of an index that grows at random places are logged whole; they shrink well."
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
                "Jobs, the launcher and parallel queries share these; the machine has {cores} \
                 cores. Takes a restart."
            ),
        },
        Advice {
            setting: "max_parallel_workers_per_gather",
            advised: (cores / 2).clamp(1, 4).to_string(),
            why: "Queries that read the whole library.".to_owned(),
        },
        Advice {
            setting: "max_parallel_maintenance_workers",
            advised: (cores / 2).clamp(1, 4).to_string(),
            why: "Building B-trees.".to_owned(),
        },
    ]
}

fn disk(machine: &Machine, server: &Server) -> Vec<Advice> {
    let is_cached = server.library < machine.memory / 2;
    let (page_cost, concurrency, kind) = match machine.disk_turns {
        Some(true) if is_cached => ("2", "2", "The disk turns, but the library fits in memory."),
        Some(true) => ("4", "2", "The disk turns: jumping about costs time."),
        Some(false) => ("1.1", "200", "The disk does not turn: jumping about costs little."),
        None => ("1.1", "200", "What disk there is cannot be told; most do not turn any more."),
    };
    vec![
        Advice { setting: "random_page_cost", advised: page_cost.to_owned(), why: kind.to_owned() },
        Advice {
            setting: "effective_io_concurrency",
            advised: concurrency.to_owned(),
            why: format!("{kind} So many reads may be under way at a time."),
        },
    ]
}

/// A size as PostgreSQL writes it, rounded down to a number that is easy to read.
fn bytes(size: u64) -> String {
    if size >= 4 * GB { format!("{}GB", size / GB) } else { format!("{}MB", size / MB) }
}

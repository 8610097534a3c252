//! A library that is distributed by Citus, and the same on one machine. Citus is in no package that the other tests need, so
//! what is tested with it runs where `CITUS_PG_CONFIG` names a server that has it, and has this extension.

use std::env;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};

use fastrand::Rng;
use midi_testkit::archives::zip;
use midi_testkit::cluster::{Cluster, DATABASE, SUPERUSER};
use midi_testkit::corpus::{Piece as Generated, piece};
use midi_testkit::demo;
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use midi_testkit::variants::{KINDS, Piece};
use postgres::Client;

use crate::server_copy::ask;

/// The variable that names the `pg_config` of a server with Citus.
const VARIABLE: &str = "CITUS_PG_CONFIG";

/// The nodes that have the shards.
const NODES: usize = 2;

/// How the rows of files can lie: on all nodes, or beside their music.
pub const SHAPES: [&str; 2] = ["midi_distribute()", "midi_distribute(replicate_files => false)"];

/// The database whose library is on one machine.
const WHOLE: &str = "whole";

/// Settings of a server with Citus. Few connections are enough for a few shards.
const SETTINGS: [&str; 4] = [
    "shared_preload_libraries = 'citus,midi_pipeline'",
    "citus.node_conninfo = 'sslmode=prefer'",
    "citus.max_adaptive_executor_pool_size = 2",
    "max_worker_processes = 16",
];

/// Imports the folder @folder@, of which a part is only cataloged, and makes what differs from library to library the same.
const IMPORT: &str = "
    SET midi_pipeline.keep_content = on;
    SET midi_pipeline.parts = on;
    SELECT midi_import('@folder@/heard');
    SELECT midi_catalog('@folder@/cataloged');
    SELECT midi_create_indexes('search');
    UPDATE midi_files SET imported_at = '2024-05-06 07:08', analyzed_at = '2024-05-06 07:08';
    ANALYZE";

/// Three servers with Citus, of which the first is the coordinator, and knows the others.
pub struct Nodes {
    /// The one that is asked.
    pub coordinator: Cluster,
    /// Those that hold the shards.
    pub others: Vec<Cluster>,
}

impl Nodes {
    /// Servers with an empty library, or one that `prepare` makes before the others are known; `None` where there is no
    /// server with Citus, which it says.
    pub fn start(prepare: impl FnOnce(&Cluster)) -> Option<Self> {
        let nodes = Self::start_unknown()?;
        prepare(&nodes.coordinator);
        nodes.know_the_coordinator();
        nodes.others.iter().for_each(|node| nodes.add(node));
        Some(nodes)
    }

    /// The same servers, which do not know each other.
    pub fn start_unknown() -> Option<Self> {
        let programs = programs()?;
        let coordinator = server(&programs);
        Some(Self { coordinator, others: (0..NODES).map(|_| server(&programs)).collect() })
    }

    /// The coordinator, and the others.
    pub fn all(&self) -> [&Cluster; 1 + NODES] {
        std::array::from_fn(|at| at.checked_sub(1).map_or(&self.coordinator, |at| &self.others[at]))
    }

    /// Tells the first server that it is the coordinator, by the name that the others are to use.
    pub fn know_the_coordinator(&self) {
        let name = Self::name(&self.coordinator);
        let known = format!("SELECT citus_set_coordinator_host('{name}', 5432)");
        self.coordinator.connect().batch_execute(&known).expect("a coordinator");
    }

    /// Adds a server to those that the coordinator knows.
    pub fn add(&self, node: &Cluster) {
        let add = format!("SELECT citus_add_node('{}', 5432)", Self::name(node));
        self.coordinator.connect().batch_execute(&add).expect("a node");
    }

    /// By what the others reach a server.
    pub fn name(node: &Cluster) -> String {
        node.socket_folder().display().to_string()
    }
}

/// Three servers, of which the first has the library twice: distributed over the others, and in a database by itself.
pub struct Distributed {
    nodes: Nodes,
    folder: Folder,
}

impl Distributed {
    /// Libraries of generated pieces, one distributed by a call; `None` where there is no server with Citus, which it says.
    pub fn start(distribute: &str) -> Option<Self> {
        let folder = pieces();
        let nodes = Nodes::start(|coordinator| {
            coordinator.connect().batch_execute(&format!("CREATE DATABASE {WHOLE}")).unwrap();
            let mut whole = coordinator.connect_to(WHOLE, SUPERUSER);
            whole.batch_execute("CREATE EXTENSION midi_pipeline").expect("the extension");
            let import = IMPORT.replace("@folder@", folder.as_str());
            for library in [&mut whole, &mut coordinator.connect()] {
                library.batch_execute(&import).expect("an import");
            }
        })?;
        let distribute = format!("SELECT {distribute}; ANALYZE");
        nodes.coordinator.connect().batch_execute(&distribute).expect("a distributed library");
        Some(Self { nodes, folder })
    }

    /// The servers.
    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// The folder that was imported.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// A connection to the distributed library.
    pub fn connect(&self) -> Client {
        self.nodes.coordinator.connect()
    }

    /// A connection to the library on one machine.
    pub fn connect_to_whole(&self) -> Client {
        self.nodes.coordinator.connect_to(WHOLE, SUPERUSER)
    }
}

/// The number that a statement returns.
pub fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error:?}")).get(0)
}

/// Three servers with an empty library, distributed by a call.
pub fn distributed(distribute: &str) -> Option<Nodes> {
    let nodes = Nodes::start(|_| ())?;
    let distribute = format!("SELECT {distribute}");
    nodes.coordinator.connect().batch_execute(&distribute).expect("distributed");
    Some(nodes)
}

/// The folder of the programs of the server with Citus.
fn programs() -> Option<PathBuf> {
    let programs = env::var_os(VARIABLE).map(|pg_config| ask(Path::new(&pg_config), "--bindir"));
    if programs.is_none() {
        let line = format!(
            "skipped as a whole: a distributed library: {VARIABLE} names no server with Citus\n"
        );
        // Not eprintln, whose output the test harness captures.
        stderr().write_all(line.as_bytes()).expect("standard error");
    }
    programs
}

fn server(programs: &Path) -> Cluster {
    let cluster = Cluster::start_from(programs.to_path_buf());
    // By what it reaches itself.
    let name = format!("citus.local_hostname = '{}'", Nodes::name(&cluster));
    let cluster = cluster.with(&[&SETTINGS[..], &[&name]].concat());
    let created = cluster.connect_to(DATABASE, SUPERUSER).batch_execute("CREATE EXTENSION citus");
    created.expect("Citus");
    cluster
}

/// Pieces with copies, variants, archives and damage, and some to be cataloged.
fn pieces() -> Folder {
    let (folder, mut rng) = (Folder::new(), Rng::with_seed(1));
    for (name, bytes) in demo::pieces() {
        folder.write(format!("heard/rock/live/moonlight/{name}"), &bytes);
    }
    for number in 0..90 {
        let Generated { path, bytes } = piece(1, number);
        folder.write(format!("heard/{path}"), &bytes);
        let (kind, change) = KINDS[number as usize % KINDS.len()];
        let original = Piece::read(&bytes).expect("a well-formed file");
        if let Some(variant) = original.changed(change, &mut rng).filter(|_| number < 40) {
            folder.write(format!("heard/{kind}/{number}.mid"), &variant.write());
        }
        if number % 9 == 0 {
            folder.write(format!("heard/copies/{number}.mid"), &bytes);
            folder.write(format!("heard/damaged/{number}.mid"), &bytes[..bytes.len() / 2]);
        }
    }
    for Generated { path, bytes } in (100..110).map(|number| piece(1, number)) {
        folder.write(format!("cataloged/{path}"), &bytes);
    }
    folder.write("heard/archive.zip", &zip(&[("member.mid", smf::numbered(9, 80))]));
    folder.write("heard/none.mid", b"no music");
    folder
}

//! A temporary PostgreSQL cluster: created by `initdb` in a temporary folder, reachable only by a Unix socket there, stopped
//! and removed when it is dropped.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};
use std::{env, thread};

use postgres::{Client, Config, NoTls};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

/// The superuser of every cluster.
pub const SUPERUSER: &str = "postgres";
/// The database that has the extension.
pub const DATABASE: &str = "music";

/// The setting with which a server has the launcher.
pub const PRELOADED: &str = "shared_preload_libraries = 'midi_pipeline'";

/// Only part of the socket's name, but PGPORT could change it.
const PORT: &str = "5432";

/// How long a server may take to answer or to stop.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A running cluster whose database [`DATABASE`] has the extension.
pub struct Cluster {
    server: Child,
    folder: TempDir,
    /// The folder of its programs.
    programs: PathBuf,
}

impl Cluster {
    /// A new cluster of the server in which the extension is installed.
    pub fn start() -> Self {
        Self::start_from(pg_config("--bindir"))
    }

    /// A new cluster of the server whose programs are in a folder.
    pub fn start_from(programs: PathBuf) -> Self {
        let folder = initialized(&programs, &[]);
        let server = spawn(&programs, &folder);
        let cluster = Self { server, folder, programs };
        cluster.wait_until_ready();
        let mut client = cluster.connect_to("postgres", SUPERUSER);
        client.batch_execute(&format!("CREATE DATABASE {DATABASE}")).expect("a database");
        cluster.connect().batch_execute("CREATE EXTENSION midi_pipeline").expect("the extension");
        cluster
    }

    /// This cluster, stopped and made one of the server whose programs are in a folder, by `pg_upgrade --link`.
    pub fn upgraded_to(mut self, programs: PathBuf) -> Self {
        self.stop();
        // From 18 on they are the default, and both clusters have to have them.
        let help = succeed(as_server(&programs.join("initdb")).arg("--help")).stdout;
        let without = "--no-data-checksums";
        let has_option = String::from_utf8_lossy(&help).contains(without);
        let options: &[&str] = if has_option { &[without] } else { &[] };
        let folder = initialized(&programs, options);
        let mut upgrade = as_server(&programs.join("pg_upgrade"));
        upgrade.arg("--old-bindir").arg(&self.programs).arg("--new-bindir").arg(&programs);
        upgrade.arg("--old-datadir").arg(self.data()).arg("--new-datadir").arg(data(&folder));
        upgrade.arg("--socketdir").arg(folder.path()).args(["--username", SUPERUSER, "--link"]);
        // It says why it failed in a log below the new cluster's data.
        let output = upgrade.current_dir(folder.path()).output().expect("pg_upgrade runs");
        assert!(
            output.status.success(),
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            errors_below(&data(&folder).join("pg_upgrade_output.d"))
        );
        let server = spawn(&programs, &folder);
        let upgraded = Self { server, folder, programs };
        upgraded.wait_until_ready();
        upgraded
    }

    /// A new standby of this cluster.
    pub fn standby(&self) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        give_to_server(folder.path());
        let mut copy = as_server(&self.programs.join("pg_basebackup"));
        copy.arg("--pgdata").arg(data(&folder)).args(["--write-recovery-conf", "--no-sync"]);
        copy.args(["--checkpoint=fast", "--username", SUPERUSER, "--port", PORT]);
        copy.arg("--host").arg(self.folder.path());
        succeed(&mut copy);
        let programs = self.programs.clone();
        let server = spawn(&programs, &folder);
        let standby = Self { server, folder, programs };
        standby.wait_until_ready();
        standby
    }

    /// A connection of the superuser.
    pub fn connect(&self) -> Client {
        self.connect_to(DATABASE, SUPERUSER)
    }

    /// A connection of a role.
    pub fn connect_as(&self, role: &str) -> Client {
        self.connect_to(DATABASE, role)
    }

    /// A connection to a database.
    pub fn connect_to(&self, database: &str, role: &str) -> Client {
        self.try_connect(database, role).expect("a connection")
    }

    /// A connection of a role, opened with options for the server, such as `-c name=value`.
    pub fn connect_with(&self, role: &str, options: &str) -> Client {
        let mut config = self.config(DATABASE, role);
        config.options(options).connect(NoTls).expect("a connection")
    }

    /// A superuser's connection that hands the messages of notices to `notice`.
    pub fn connect_noticing(&self, notice: impl Fn(&str) + Send + Sync + 'static) -> Client {
        let mut config = self.config(DATABASE, SUPERUSER);
        config.notice_callback(move |error| notice(error.message()));
        config.connect(NoTls).expect("a connection")
    }

    /// Stops the server at once, as a power failure would, and waits until it is gone.
    pub fn kill(&mut self) {
        // QUIT is PostgreSQL's immediate shutdown: no checkpoint, recovery at the next start.
        self.end(Signal::QUIT);
    }

    /// Kills the postmaster and waits until the server's other processes have noticed and are gone.
    pub fn kill_postmaster(&mut self) {
        self.end(Signal::KILL);
        let shared = self.folder.path().to_str().expect("a plain name").to_owned();
        wait_until("the server's processes are gone", || {
            // Threads as well: one that ends later than its process's first holds the shared memory as long.
            let threads = |process: fs::DirEntry| {
                fs::read_dir(process.path().join("task")).into_iter().flatten().flatten()
            };
            !fs::read_dir("/proc").expect("/proc").flatten().flat_map(threads).any(|thread| {
                fs::read_link(thread.path().join("cwd"))
                    .is_ok_and(|folder| folder.starts_with(&shared))
            })
        });
    }

    /// Shuts the server down (fast shutdown).
    pub fn stop(&mut self) {
        self.end(Signal::INT);
    }

    fn end(&mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.server), signal).expect("the server runs");
        self.server.wait().expect("the server's end");
    }

    /// This cluster, restarted with settings.
    pub fn with(mut self, settings: &[&str]) -> Self {
        self.stop();
        settings.iter().for_each(|setting| self.configure(setting));
        self.restart();
        self
    }

    /// Adds settings for the next start of the server.
    pub fn configure(&self, settings: &str) {
        let path = data(&self.folder).join("postgresql.auto.conf");
        let mut file = fs::OpenOptions::new().append(true).open(path).expect("the settings");
        writeln!(file, "{settings}").expect("room for them");
    }

    /// Waits until the server takes connections, after it has recovered from a crash.
    fn wait_until_ready(&self) {
        let start = Instant::now();
        while let Err(error) = self.try_connect("postgres", SUPERUSER) {
            let log = self.log();
            assert!(start.elapsed() < TIMEOUT, "the server does not answer: {error}\n{log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the server, one of whose processes was killed, has ended the session of `client` with all
    /// others and recovered. Returns a new session.
    pub fn reconnect_after_crash(&self, client: &mut Client) -> Client {
        wait_until("the server has noticed", || {
            client.is_closed() || client.simple_query("").is_err()
        });
        self.wait_until_ready();
        self.connect()
    }

    /// What the server has logged since it was started.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Starts the server again after [`Cluster::kill`].
    pub fn restart(&mut self) {
        self.server = spawn(&self.programs, &self.folder);
        self.wait_until_ready();
    }

    /// The folder of the server's socket, which is the host to connect to.
    pub fn socket_folder(&self) -> &Path {
        self.folder.path()
    }

    /// The server's data folder.
    pub fn data(&self) -> PathBuf {
        data(&self.folder)
    }

    /// Starts the server again and waits until it accepts connections, without connecting.
    pub fn restart_without_connecting(&mut self) {
        self.server = spawn(&self.programs, &self.folder);
        wait_until("the server is ready", || self.log().contains("ready to accept connections"));
    }

    /// The number of the server's processes whose titles contain a text.
    pub fn processes(&self, title: &str) -> usize {
        let shared = self.folder.path().to_str().expect("a plain name").to_owned();
        let processes = fs::read_dir("/proc").expect("/proc").flatten();
        let is_one = |process: &fs::DirEntry| {
            let of_this = fs::read_link(process.path().join("cwd"));
            let shown = fs::read(process.path().join("cmdline")).unwrap_or_default();
            of_this.is_ok_and(|folder| folder.starts_with(&shared))
                && String::from_utf8_lossy(&shown).contains(title)
        };
        processes.filter(is_one).count()
    }

    /// The server's major version.
    pub fn version(&self) -> i32 {
        let sql = "SELECT current_setting('server_version_num')::int / 10000";
        self.connect().query_one(sql, &[]).expect("a version").get(0)
    }

    /// Makes a folder that of the server's user.
    pub fn give(&self, folder: &Path) {
        give_to_server(folder);
    }

    /// A client program of PostgreSQL, set to connect to this cluster as the superuser.
    pub fn program(&self, name: &str) -> Command {
        let mut program = Command::new(self.programs.join(name));
        program.env("PGHOST", self.folder.path()).env("PGPORT", PORT).env("PGUSER", SUPERUSER);
        program
    }

    fn try_connect(&self, database: &str, role: &str) -> Result<Client, postgres::Error> {
        self.config(database, role).connect(NoTls)
    }

    fn config(&self, database: &str, role: &str) -> Config {
        let mut config = Config::new();
        config.host_path(self.folder.path()).dbname(database).user(role);
        config
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if matches!(self.server.try_wait(), Ok(None)) {
            self.kill();
        }
    }
}

/// Runs a program, which must succeed, and returns its output.
pub fn succeed(program: &mut Command) -> Output {
    let output = program.output().unwrap_or_else(|error| panic!("{program:?}: {error}"));
    assert!(
        output.status.success(),
        "{program:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The SQLSTATE of a result; "" for success.
pub fn sqlstate<T>(result: &Result<T, postgres::Error>) -> &str {
    match result {
        Ok(_) => "",
        Err(error) => error.code().expect("the server answers").code(),
    }
}

/// Waits until a condition holds.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < TIMEOUT, "timed out waiting until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Kills a process (SIGKILL), as the system does when memory runs out.
pub fn kill_hard(pid: i32) {
    let pid = Pid::from_raw(pid).expect("a process number");
    kill_process(pid, Signal::KILL).expect("the process runs");
}

/// Limits the address space of a server's process.
pub fn limit_address_space(pid: i32, bytes: u64) {
    let mut limit = as_server(Path::new("prlimit"));
    succeed(limit.arg("--pid").arg(pid.to_string()).arg(format!("--as={bytes}:")));
}

/// The process that serves a connection.
pub fn backend_pid(client: &mut Client) -> i32 {
    client.query_one("SELECT pg_backend_pid()", &[]).expect("a process number").get(0)
}

/// The lines with errors in the logs below a folder.
fn errors_below(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let lines = entries.map(|entry| match entry.path() {
        path if path.is_dir() => errors_below(&path),
        path => {
            let log = fs::read_to_string(path).unwrap_or_default();
            let errors = log.lines().filter(|line| line.to_lowercase().contains("error"));
            errors.map(|line| format!("{line}\n")).collect()
        }
    });
    lines.collect()
}

/// A folder with the data of a new cluster.
fn initialized(programs: &Path, options: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    give_to_server(folder.path());
    let mut initdb = as_server(&programs.join("initdb"));
    initdb.arg("--pgdata").arg(data(&folder)).args(["--username", SUPERUSER]);
    initdb.args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]).args(options);
    succeed(&mut initdb);
    folder
}

fn spawn(programs: &Path, folder: &TempDir) -> Child {
    let log = File::create(folder.path().join("log")).expect("a log file");
    let mut server = as_server(&programs.join("postgres"));
    server.arg("-D").arg(data(folder)).arg("-k").arg(folder.path()).args(["-p", PORT]);
    // Some servers are started with it; clients must not see backtraces even then.
    server.env("RUST_BACKTRACE", "1");
    server.args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=20"]);
    server.stderr(log).spawn().expect("the server starts")
}

/// A server program, run as a user that PostgreSQL accepts (not root), which ends when the test that runs it ends.
pub fn as_server(path: &Path) -> Command {
    let mut program = Command::new("setpriv");
    program.args(["--pdeathsig", "INT"]);
    if geteuid().is_root() {
        program.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups"]);
    }
    program.arg(path).env("LC_ALL", "C").current_dir("/");
    program
}

/// Gives a folder to the user that the server runs as.
fn give_to_server(folder: &Path) {
    if geteuid().is_root() {
        let id = succeed(Command::new("id").args(["-u", "postgres"])).stdout;
        let id = String::from_utf8_lossy(&id).trim().parse().expect("a user number");
        chown(folder, Some(id), None).expect("root may give files away");
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700)).expect("the folder is ours");
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

/// The answer of pg_config: of the one that PG_CONFIG names, or else of the private copy that scripts/test has made.
pub fn pg_config(what: &str) -> PathBuf {
    let copy = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/servers/pg_config").into();
    let pg_config = env::var_os("PG_CONFIG").unwrap_or_else(copy);
    assert!(
        Path::new(&pg_config).exists(),
        "{} is not there: run scripts/test, which makes a server and installs the extension in it",
        pg_config.display()
    );
    let output = succeed(Command::new(pg_config).arg(what)).stdout;
    PathBuf::from(String::from_utf8_lossy(&output).trim())
}

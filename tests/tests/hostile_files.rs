//! Folders with whatever a file system can hold, hostile ones among them. The import ends, and every file found is in
//! exactly one recorded state.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use midi_pipeline_tests::jobs;
use midi_testkit::cluster::{Cluster, backend_pid};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;
use rustix::fs::{CWD, FileType, Mode, OFlags, makedev, mkdirat, mknodat, openat};

/// What `midi_import` counted.
#[derive(Debug, PartialEq, Default, Clone, Copy)]
struct Counts {
    found: i64,
    imported: i64,
    duplicate: i64,
    unchanged: i64,
    failed: i64,
    skipped: i64,
    vanished: i64,
}

impl Counts {
    fn sum(&self) -> i64 {
        self.imported + self.duplicate + self.unchanged + self.failed + self.skipped + self.vanished
    }
}

fn import(client: &mut Client, folder: &Folder) -> Counts {
    let row = client
        .query_one(
            "SELECT found, imported, duplicate, unchanged, failed, skipped, vanished
             FROM midi_import($1::text)",
            &[&folder.as_str()],
        )
        .expect("no file ends an import");
    let [found, imported, duplicate, unchanged, failed, skipped, vanished] =
        [0, 1, 2, 3, 4, 5, 6].map(|column| row.get(column));
    let counts = Counts { found, imported, duplicate, unchanged, failed, skipped, vanished };
    assert_eq!(counts.sum(), found, "every file is in exactly one state");
    counts
}

/// What the tables hold after a first import.
fn recorded(client: &mut Client) -> Counts {
    let row = client
        .query_one(
            "SELECT count(*),
                    count(*) FILTER (WHERE state = 'imported'),
                    count(*) FILTER (WHERE state = 'duplicate'),
                    count(*) FILTER (WHERE state = 'failed'),
                    count(*) FILTER (WHERE state = 'skipped'),
                    count(*) FILTER (WHERE state = 'vanished'),
                    count(*) FILTER (WHERE (state IN ('failed', 'skipped')) <> (error IS NOT NULL))
             FROM midi_files",
            &[],
        )
        .unwrap();
    let [found, imported, duplicate, failed, skipped, vanished, without_reason] =
        [0, 1, 2, 3, 4, 5, 6].map(|column| row.get(column));
    assert_eq!(without_reason, 0, "files that failed or were skipped have a reason, and no others");
    Counts { found, imported, duplicate, unchanged: 0, failed, skipped, vanished }
}

fn names(client: &mut Client, state: &str) -> Vec<String> {
    client
        .query("SELECT filename FROM midi_files WHERE state = $1 ORDER BY 1", &[&state])
        .unwrap()
        .into_iter()
        .map(|row| row.get(0))
        .collect()
}

#[test]
fn special_files_are_skipped_without_blocking() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let piece = folder.write("piece.mid", &smf::numbered(1, 8));
    let path = |name: &str| folder.path().join(name);
    let mode = Mode::from_raw_mode(0o644);
    mknodat(CWD, path("fifo.mid"), FileType::Fifo, mode, 0).unwrap();
    let _socket = UnixListener::bind(path("socket.mid")).unwrap();
    symlink("loop-b.mid", path("loop-a.mid")).unwrap();
    symlink("loop-a.mid", path("loop-b.mid")).unwrap();
    symlink(&piece, path("link.mid")).unwrap();
    symlink(folder.path(), path("up")).unwrap();
    let mut skipped = vec!["fifo.mid", "link.mid", "loop-a.mid", "loop-b.mid", "socket.mid"];
    // The zero device, which only root may create.
    if mknodat(CWD, path("device.mid"), FileType::CharacterDevice, mode, makedev(1, 5)).is_ok() {
        skipped.insert(0, "device.mid");
    }
    let mut client = cluster.connect();
    client.batch_execute("SET statement_timeout = '10s'").unwrap();
    let counts = import(&mut client, &folder);
    assert_eq!((counts.imported, counts.skipped), (1, skipped.len() as i64));
    assert_eq!(recorded(&mut client), counts);
    assert_eq!(names(&mut client, "skipped"), skipped);
}

#[test]
fn unreadable_files_fail_with_the_reason_and_are_retried() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("open.mid", &smf::numbered(1, 8));
    let file = folder.write("closed.mid", &smf::numbered(2, 8));
    let inside = folder.write("closed/inside.mid", &smf::numbered(3, 8));
    let directory = inside.parent().unwrap();
    let set_modes = |of_file, of_directory| {
        fs::set_permissions(&file, Permissions::from_mode(of_file)).unwrap();
        fs::set_permissions(directory, Permissions::from_mode(of_directory)).unwrap();
    };
    set_modes(0, 0);
    let mut client = cluster.connect();
    let counts = import(&mut client, &folder);
    assert_eq!((counts.imported, counts.failed), (1, 2));
    assert_eq!(recorded(&mut client), counts);
    assert_eq!(names(&mut client, "failed"), ["closed", "closed.mid"]);
    set_modes(0o644, 0o755);
    let counts = import(&mut client, &folder);
    assert_eq!((counts.imported, counts.unchanged, counts.failed), (2, 1, 0), "{counts:?}");
}

#[test]
fn file_names_of_any_bytes_are_kept() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let kept =
        ["a'b.mid", "a\"b\".mid", "a\nb.mid", "a\\b.mid", "été 音楽 🎹.mid", " .mid", "$1;--.mid"];
    for (number, name) in (0..).zip(kept) {
        folder.write(name, &smf::numbered(number, 8));
    }
    let not_utf8: [&[u8]; 3] = [b"\xff.mid", b"\xfe.mid", b"\xc3\x28\\.mid"];
    for (number, name) in (100..).zip(not_utf8) {
        folder.write(OsStr::from_bytes(name), &smf::numbered(number, 8));
    }
    let mut client = cluster.connect();
    let counts = import(&mut client, &folder);
    assert_eq!(counts.imported, (kept.len() + not_utf8.len()) as i64);
    assert_eq!(recorded(&mut client), counts);
    let names = names(&mut client, "imported");
    for name in kept {
        assert!(names.iter().any(|kept| kept == name), "{name:?} is not in {names:?}");
    }
    let again = import(&mut client, &folder);
    assert_eq!(again.unchanged, counts.imported, "every name leads to its file again");
}

#[test]
fn a_path_longer_than_path_max_is_imported() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let name = "d".repeat(250);
    let flags = OFlags::DIRECTORY | OFlags::RDONLY;
    let mode = Mode::from_raw_mode(0o755);
    let mut directory = openat(CWD, folder.path(), flags, Mode::empty()).unwrap();
    for _ in 0..20 {
        mkdirat(&directory, name.as_str(), mode).unwrap();
        directory = openat(&directory, name.as_str(), flags, Mode::empty()).unwrap();
    }
    let flags = OFlags::CREATE | OFlags::WRONLY;
    let file = openat(&directory, "deep.mid", flags, Mode::from_raw_mode(0o644)).unwrap();
    File::from(file).write_all(&smf::numbered(1, 8)).unwrap();
    let mut client = cluster.connect();
    let counts = import(&mut client, &folder);
    assert_eq!((counts.found, counts.imported), (1, 1));
    assert_eq!(recorded(&mut client), counts);
    assert_eq!(import(&mut client, &folder).unchanged, 1);
}

#[test]
fn vanished_files_are_recorded_and_may_come_back() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(10, 8));
    let mut client = cluster.connect();
    import(&mut client, &folder);
    let gone = folder.path().join("3.mid");
    fs::remove_file(&gone).unwrap();
    let counts = import(&mut client, &folder);
    assert_eq!((counts.found, counts.unchanged, counts.vanished), (10, 9, 1));
    assert_eq!(names(&mut client, "vanished"), ["3.mid"]);
    folder.write("3.mid", &smf::numbered(3, 8));
    assert_eq!(import(&mut client, &folder).vanished, 0);
    assert_eq!(names(&mut client, "vanished"), [""; 0]);
}

/// Imports a folder while each of its files is deleted and made anew, again and again. Returns how many files the import
/// found, and how many it recorded.
fn import_while_files_come_and_go(
    folder: &Folder,
    import: impl FnOnce(&mut Client) -> i64,
) -> (i64, i64) {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    for number in 0..4_000 {
        folder.write(format!("{number}.mid"), &smf::numbered(number, 40));
    }
    let done = AtomicBool::new(false);
    let found = thread::scope(|scope| {
        scope.spawn(|| {
            // Not for ever, since a listing of a tmpfs may last as long as that.
            let changes = (0..4_000).cycle().take(100_000);
            for number in changes.take_while(|_| !done.load(Ordering::Relaxed)) {
                let path = folder.path().join(format!("{number}.mid"));
                let _ = fs::remove_file(&path);
                fs::write(&path, &smf::numbered(number, 40)[..20]).unwrap();
            }
        });
        let found = import(&mut client);
        done.store(true, Ordering::Relaxed);
        found
    });
    let recorded = client.query_one("SELECT count(*) FROM midi_files", &[]).unwrap().get(0);
    (found, recorded)
}

#[test]
fn files_created_and_deleted_during_an_import_do_no_harm() {
    let mut places = vec![env::temp_dir()];
    // A tmpfs where there is one: it lists a file once more that was made anew after it was listed.
    places.extend(Some(PathBuf::from("/dev/shm")).filter(|place| place.is_dir()));
    for place in places {
        let folder = Folder::new_in(&place);
        let (found, recorded) =
            import_while_files_come_and_go(&folder, |client| import(client, &folder).found);
        assert_eq!(recorded, found, "in {}", place.display());
        let (found, recorded) = import_while_files_come_and_go(&folder, |client| {
            let job = jobs::start(client, folder.as_str(), 2);
            assert_eq!(jobs::wait(client, job), "finished");
            let sql = "SELECT found FROM midi_import_progress WHERE job = $1";
            client.query_one(sql, &[&job]).unwrap().get(0)
        });
        assert_eq!(recorded, found, "by a job, in {}", place.display());
    }
}

const SWAPPED_DIRECTORIES: usize = 8;
const FILES_IN_EACH: u32 = 150;

/// Makes one of four changes in a folder: a directory becomes a link to one outside, and itself again; two directories
/// change places; a file becomes a link to one outside, and a file again; a file becomes a directory, and a file again.
/// Any step may fail, since the one before it may have.
fn swap(folder: &Path, outside: &Path, round: usize) {
    let directory = |number: usize| folder.join(format!("{}", number % SWAPPED_DIRECTORIES));
    let (one, other, aside) = (directory(round), directory(round * 3 + 1), folder.join("aside"));
    let file_name = format!("{}.mid", round % FILES_IN_EACH as usize);
    match round % 4 {
        0 => {
            let _ = fs::rename(&one, &aside);
            let _ = symlink(outside, &one);
            thread::yield_now();
            let _ = fs::remove_file(&one);
            let _ = fs::rename(&aside, &one);
        }
        1 => {
            let _ = fs::rename(&one, &aside);
            let _ = fs::rename(&other, &one);
            let _ = fs::rename(&aside, &other);
        }
        2 => {
            let file = one.join(file_name);
            let kept = fs::read(&file).unwrap_or_default();
            let _ = fs::remove_file(&file);
            let _ = symlink(outside.join("0.mid"), &file);
            thread::yield_now();
            let _ = fs::remove_file(&file);
            let _ = fs::write(&file, kept);
        }
        _ => {
            let file = other.join(file_name);
            let kept = fs::read(&file).unwrap_or_default();
            let _ = fs::remove_file(&file);
            let _ = symlink(outside.join("deep"), &file);
            let _ = fs::remove_file(&file);
            let _ = fs::create_dir(&file);
            let _ = fs::remove_dir(&file);
            let _ = fs::write(&file, kept);
        }
    }
}

#[test]
fn renames_and_swapped_links_during_an_import_lead_nowhere_else() {
    let (cluster, folder, outside) = (Cluster::start(), Folder::new(), Folder::new());
    let secret = smf::numbered(9_999, 8);
    outside.write("0.mid", &secret);
    outside.write("deep/0.mid", &secret);
    for number in 0..SWAPPED_DIRECTORIES as u32 {
        for file in 0..FILES_IN_EACH {
            let piece = smf::numbered(number * FILES_IN_EACH + file, 8);
            folder.write(format!("{number}/{file}.mid"), &piece);
        }
    }
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 50").unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let rounds = (0..).take_while(|_| !done.load(Ordering::Relaxed));
            rounds.for_each(|round| swap(folder.path(), outside.path(), round));
        });
        let rounds = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..6 {
                client
                    .batch_execute("TRUNCATE midi_files, musical_metadata, musical_search")
                    .unwrap();
                let counts = import(&mut client, &folder);
                assert_eq!(recorded(&mut client).found, counts.found, "{counts:?}");
                let sql = "SELECT count(*) FROM midi_files WHERE content_hash = sha256($1)";
                let leaked: i64 = client.query_one(sql, &[&secret]).unwrap().get(0);
                assert_eq!(leaked, 0, "a link was followed");
                let again = import(&mut client, &folder);
                assert!(again.found >= 1);
            }
        }));
        done.store(true, Ordering::Relaxed);
        rounds.unwrap();
    });
}

/// Takes minutes and a million inodes: see CONTRIBUTING.md.
#[test]
#[ignore = "takes minutes: cargo test -p midi_pipeline_tests --test hostile_files -- --ignored"]
fn a_directory_of_a_million_files_is_imported_completely_and_can_be_cancelled() {
    const FILES: i64 = 1_000_000;
    let (cluster, folder) = (Cluster::start(), Folder::new());
    for number in 0..FILES {
        File::create(folder.path().join(format!("{number}.mid"))).unwrap();
    }
    let mut client = cluster.connect();
    client.batch_execute("SET statement_timeout = '2s'").unwrap();
    let begun = Instant::now();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).expect_err("a timeout");
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(3), "the cancelled import went on for {took:?}");
    client.batch_execute("SET statement_timeout = 0").unwrap();
    let counts = import(&mut client, &folder);
    // They are empty, so that none is music.
    assert_eq!((counts.found, counts.failed), (FILES, FILES));
    assert_eq!(recorded(&mut client), counts);
    assert_eq!(import(&mut client, &folder).unchanged, FILES);
    let status = fs::read_to_string(format!("/proc/{}/status", backend_pid(&mut client))).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 400 << 10, "the backend took {peak} kB");
}

#[test]
fn a_directory_of_a_hundred_thousand_entries_is_imported_completely() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(20_000, 4));
    for number in 0..80_000 {
        std::fs::File::create(folder.path().join(format!("{number}.txt"))).unwrap();
    }
    let mut client = cluster.connect();
    let counts = import(&mut client, &folder);
    assert_eq!((counts.found, counts.imported), (20_000, 20_000));
    assert_eq!(recorded(&mut client), counts);
    assert_eq!(import(&mut client, &folder).unchanged, 20_000);
}

//! `midi_deepen`: a job that adds what listening tells of the pieces that are only cataloged, wherever their files are.

use std::fs;
use std::time::{Duration, SystemTime};

use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{state, wait, wait_until_left, wait_until_under_way, workers};
use midi_testkit::archives::zip;
use midi_testkit::cluster::{Cluster, kill_hard, sqlstate};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// Every row of what is known of contents, in which two libraries of the same files are equal.
const MUSIC: &str =
    "SELECT string_agg(concat_ws('|', m::text, s::text), E'\n' ORDER BY m.content_hash)
                     FROM musical_metadata m LEFT JOIN musical_search s USING (content_hash)";

/// The rows of files but for when they were written.
const FILES: &str =
    "SELECT string_agg((to_jsonb(f) - 'id' - 'imported_at' - 'analyzed_at')::text, E'\n' ORDER BY id)
     FROM midi_files f";

fn text(client: &mut Client, sql: &str) -> String {
    client.query_one(sql, &[]).expect(sql).get::<_, Option<String>>(0).unwrap_or_default()
}

fn deepen(client: &mut Client, workers: i32) -> i64 {
    client.query_one("SELECT midi_deepen($1)", &[&workers]).expect("a job").get(0)
}

/// Completes the library, and returns what became of the files: found, imported, duplicate, unchanged, failed, skipped,
/// vanished.
fn complete(client: &mut Client) -> [i64; 7] {
    let job = deepen(client, 1);
    assert_eq!(wait(client, job), "finished");
    counts(client, job)
}

fn counts(client: &mut Client, job: i64) -> [i64; 7] {
    let sql = "SELECT found, imported, duplicate, unchanged, failed, skipped, vanished
               FROM midi_import_progress WHERE job = $1 AND source IS NULL AND done = found";
    let row = client.query_one(sql, &[&job]).expect("a job without a source that is done");
    [0, 1, 2, 3, 4, 5, 6].map(|column| row.get(column))
}

fn catalog(client: &mut Client, source: &str) {
    client.execute("SELECT midi_catalog($1)", &[&source]).expect("a catalogue");
}

/// The files of which only the catalogue entry is known.
fn cataloged(client: &mut Client) -> String {
    let names = "SELECT string_agg(COALESCE(archive_member, filename), ' ' ORDER BY filename)
                 FROM midi_library WHERE depth = 'catalog'";
    text(client, names)
}

#[test]
fn all_that_is_cataloged_becomes_what_a_full_import_gives() {
    let (cluster, folder, other) = (Cluster::start(), Folder::numbered(5, 8), Folder::new());
    other.write("copy.mid", &smf::numbered(0, 8));
    other.write(r"back\x41 slash.mid", &smf::numbered(7, 8));
    let members = [("one.mid", smf::numbered(5, 8)), ("two.mid", smf::numbered(6, 8))];
    other.write("a.zip", &zip(&members));
    let mut client = cluster.connect();
    for folder in [&folder, &other] {
        import(&mut client, folder.as_str());
    }
    let (music, files) = (text(&mut client, MUSIC), text(&mut client, FILES));
    client.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
    for folder in [&folder, &other] {
        catalog(&mut client, folder.as_str());
    }
    // The depth is that of the job, whatever is set.
    client.batch_execute("SET midi_pipeline.depth = catalog").unwrap();
    assert_eq!(complete(&mut client), [9, 8, 1, 0, 0, 0, 0]);
    assert!(text(&mut client, MUSIC) == music);
    assert_eq!(text(&mut client, FILES), files);
    assert_eq!(complete(&mut client), [0; 7]);
}

#[test]
fn what_was_modified_last_comes_first() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let start = SystemTime::now() - Duration::from_secs(10_000);
    for number in 0..200 {
        let path = folder.write(format!("{number}.mid"), &smf::numbered(number, 8));
        let modified = start + Duration::from_secs(u64::from(number * 77 % 200));
        fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
    }
    let mut client = cluster.connect();
    catalog(&mut client, folder.as_str());
    client.batch_execute("SET midi_pipeline.batch_size = 10").unwrap();
    assert_eq!(complete(&mut client), [200, 200, 0, 0, 0, 0, 0]);
    // Each batch is a transaction, which gives its rows one time.
    let sql = "SELECT string_agg(DISTINCT (rank - 1) / 10 || ' ' || batch, ',') FROM (
                   SELECT dense_rank() OVER (ORDER BY analyzed_at) - 1 AS batch,
                          row_number() OVER (ORDER BY modified_at DESC) AS rank FROM midi_files) AS f
               WHERE (rank - 1) / 10 <> batch";
    assert_eq!(text(&mut client, sql), "");
}

#[test]
fn files_that_are_not_as_recorded_stay_as_they_are_for_an_import_to_find() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1, 8));
    let names = ["gone.mid", "changed.mid", "text.mid", "link.mid", "folder.mid"];
    for (number, name) in (10..).zip(names) {
        folder.write(name, &smf::numbered(number, 8));
    }
    let member = |name, number| (name, smf::numbered(number, 8));
    folder.write("gone.zip", &zip(&[member("a.mid", 20)]));
    folder.write("changed.zip", &zip(&[member("b.mid", 21), member("c.mid", 22)]));
    folder.write("damaged.zip", &zip(&[member("d.mid", 23)]));
    let mut client = cluster.connect();
    catalog(&mut client, folder.as_str());
    let before = text(&mut client, FILES);
    let path = |name: &str| folder.path().join(name);
    for name in ["gone.mid", "gone.zip", "link.mid", "folder.mid"] {
        fs::remove_file(path(name)).unwrap();
    }
    folder.write("changed.mid", &smf::numbered(30, 8));
    folder.write("text.mid", b"a shopping list");
    std::os::unix::fs::symlink(path("0.mid"), path("link.mid")).unwrap();
    fs::create_dir(path("folder.mid")).unwrap();
    folder.write("changed.zip", &zip(&[member("b.mid", 21), member("new.mid", 24)]));
    folder.write("damaged.zip", b"PK\x03\x04 no more");
    assert_eq!(complete(&mut client), [9, 1, 0, 0, 8, 0, 0]);
    assert_eq!(text(&mut client, FILES), before);
    let told = "SELECT count(*)::text FROM midi_import_errors";
    assert_eq!(text(&mut client, told), "0");
    assert_eq!(import(&mut client, folder.as_str()), [11, 3, 0, 1, 2, 1, 4]);
}

#[test]
fn pieces_that_a_client_has_sent_are_counted_and_recorded_once() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(2, 8));
    let mut client = cluster.connect();
    let send = |client: &mut Client, name: &str, number| {
        let sql = "SELECT midi_import($1, $2, 'catalog')";
        client.execute(sql, &[&name, &smf::numbered(number, 8)]).expect("a piece");
    };
    catalog(&mut client, folder.as_str());
    send(&mut client, "of a client", 5);
    // A path of the client's, and the music of a file that can be read.
    send(&mut client, "/etc/passwd", 6);
    send(&mut client, "copy", 0);
    for found in [4, 2] {
        assert_eq!(complete(&mut client), [found, found - 2, 0, 0, 0, 2, 0]);
        let told = "SELECT string_agg(kind || ' ' || path, ', ' ORDER BY path COLLATE \"C\")
                    FROM midi_import_errors";
        assert_eq!(text(&mut client, told), "no_file /etc/passwd, no_file of a client");
    }
    assert_eq!(cataloged(&mut client), "of a client passwd");
}

#[test]
fn it_is_cancelled_and_continued_like_an_import() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1200, 60));
    let mut client = cluster.connect();
    catalog(&mut client, folder.as_str());
    client
        .batch_execute("SET midi_pipeline.batch_size = 20; SET midi_pipeline.threads = 1")
        .unwrap();
    let job = deepen(&mut client, 1);
    wait_until_under_way(&mut client, job);
    client.execute("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    wait_until_left(&mut client, job);
    assert_eq!(state(&mut client, job), "cancelled");
    let left = "SELECT count(*)::text FROM musical_metadata WHERE depth = 'catalog'";
    let left: i64 = text(&mut client, left).parse().unwrap();
    assert!((1..1200).contains(&left), "{left}");

    client
        .batch_execute("SET midi_pipeline.batch_size = 20; SET midi_pipeline.threads = 1")
        .unwrap();
    let job = deepen(&mut client, 2);
    wait_until_under_way(&mut client, job);
    kill_hard(workers(&mut client, job)[0]);
    let mut client = cluster.reconnect_after_crash(&mut client);
    assert_eq!(wait(&mut client, job), "finished");
    let [found, imported, ..] = counts(&mut client, job);
    assert_eq!([found, imported], [left; 2]);
    assert_eq!(cataloged(&mut client), "");
}

#[test]
fn only_what_is_in_the_allowed_directories_is_read() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("in/1.mid", &smf::numbered(1, 8));
    folder.write("in/2.mid", &smf::numbered(2, 8));
    folder.write("inner/3.mid", &smf::numbered(3, 8));
    let mut client = cluster.connect();
    catalog(&mut client, folder.as_str());
    // A row as no import writes it, of which the name leads out to the same content.
    let copy = folder.write("inner/2.mid", &smf::numbered(2, 8));
    let escaped = copy.to_str().unwrap().replace('/', r"\x2f");
    let forged = format!("{}/in/{escaped}", folder.as_str());
    let sql = "UPDATE midi_files SET path = $1, path_digest = sha256(convert_to($1, 'UTF8'))
               WHERE filename = '2.mid'";
    client.execute(sql, &[&forged]).unwrap();
    let allowed = format!("SET midi_pipeline.allowed_directories = '\"{}/in\"'", folder.as_str());
    client.batch_execute(&allowed).unwrap();
    assert_eq!(complete(&mut client), [3, 1, 0, 0, 0, 2, 0]);
    client.batch_execute("SET midi_pipeline.allowed_directories = '/nowhere'").unwrap();
    assert_eq!(complete(&mut client), [2, 0, 0, 0, 0, 2, 0]);
    client.batch_execute("SET midi_pipeline.allowed_directories = ''").unwrap();
    assert_eq!(complete(&mut client), [2, 2, 0, 0, 0, 0, 0]);
}

#[test]
fn it_has_the_rights_of_its_caller() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(2, 8));
    let mut client = cluster.connect();
    catalog(&mut client, folder.as_str());
    client
        .batch_execute(
            "CREATE ROLE nobody LOGIN;
             CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             GRANT EXECUTE ON FUNCTION midi_deepen TO nobody;
             ALTER TABLE midi_files ENABLE ROW LEVEL SECURITY;
             CREATE POLICY one ON midi_files USING (filename = '1.mid')",
        )
        .unwrap();
    let refused = cluster.connect_as("nobody").execute("SELECT midi_deepen()", &[]);
    assert_eq!(sqlstate(&refused), "42501");
    let mut reader = cluster.connect_as("reader");
    assert_eq!(complete(&mut reader), [1, 1, 0, 0, 0, 0, 0]);
    assert_eq!(cataloged(&mut client), "0.mid");
    client.batch_execute("REVOKE UPDATE ON musical_metadata FROM pg_read_server_files").unwrap();
    client
        .batch_execute(
            "DROP POLICY one ON midi_files; CREATE POLICY all_of_it ON midi_files USING (true)",
        )
        .unwrap();
    assert_eq!(sqlstate(&reader.execute("SELECT midi_deepen()", &[])), "42501");
    assert_eq!(cataloged(&mut client), "0.mid");
}

#[test]
fn whoever_may_write_rows_of_files_learns_nothing_of_other_files_by_it() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("secret.mid", &smf::numbered(1, 8));
    folder.write("secret.txt", b"nobody's business");
    folder.write("secret.zip", &zip(&[("a.mid", smf::numbered(2, 8))]));
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE sender LOGIN;
             GRANT SELECT, INSERT, UPDATE ON midi_files, musical_metadata, musical_search TO sender;
             GRANT SELECT, INSERT ON midi_import_errors TO sender",
        )
        .unwrap();
    let mut sender = cluster.connect_as("sender");
    let sql = "SELECT midi_import('mine', $1, 'catalog')";
    sender.execute(sql, &[&smf::numbered(3, 8)]).unwrap();
    let names =
        ["secret.mid", "secret.txt", "secret.zip", "none.mid", "none.zip", "none/a.mid", "."];
    for name in names {
        let path = format!("{}/{name}", folder.as_str());
        let sql = "INSERT INTO midi_files
                       (path, archive_member, path_digest, archive_digest, filename, state, modified_at, content_hash)
                   SELECT $1, CASE WHEN z THEN 'a.mid' END,
                          sha256(convert_to($1, 'UTF8') || CASE WHEN z THEN '\\x00612e6d6964'::bytea ELSE '' END),
                          CASE WHEN z THEN sha256(convert_to($1, 'UTF8')) END, 'a.mid', 'imported', now(), content_hash
                   FROM midi_files, (SELECT $1 LIKE '%.zip' AS z) AS kind WHERE path = 'mine'";
        sender.execute(sql, &[&path]).expect(name);
    }
    let before = text(&mut client, FILES);
    let music = text(&mut client, MUSIC);
    complete(&mut client);
    assert_eq!(text(&mut sender, FILES), before);
    assert!(text(&mut sender, MUSIC) == music);
    let told = "SELECT string_agg(path, ',') FROM midi_import_errors";
    assert_eq!(text(&mut sender, told), "");
}

#[test]
fn rows_of_any_values_are_passed_over() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(2, 8));
    let mut client = cluster.connect();
    catalog(&mut client, folder.as_str());
    let paths = [
        "''",
        "'.'",
        "'/'",
        "'//'",
        "'a'",
        "'/..'",
        "'/dev/null'",
        r"'/\x00'",
        r"'\x2f'",
        "repeat('/a', 100000)",
        "repeat('é', 100000)",
    ];
    let values = [
        "NULL, now()",
        "-1, now()",
        "9223372036854775807, '294000-01-01'",
        "0, '-infinity'",
        "0, 'infinity'",
        "0, '4713-01-01 BC'",
    ];
    for path in paths {
        for value in values {
            let sql = format!(
                "INSERT INTO midi_files
                     (path, path_digest, filename, state, size_bytes, modified_at, content_hash)
                 SELECT {path}, sha256(convert_to({path} || $${value}$$, 'UTF8')), 'a', 'imported',
                        {value}, content_hash
                 FROM musical_metadata LIMIT 1"
            );
            client.batch_execute(&sql).expect(&sql);
        }
    }
    let job = deepen(&mut client, 1);
    assert_eq!(wait(&mut client, job), "finished");
    let sql = "SELECT count(*)::text FROM midi_library WHERE filename <> 'a' AND depth = 'full'";
    assert_eq!(text(&mut client, sql), "2");
}

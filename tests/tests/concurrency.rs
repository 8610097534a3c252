//! Concurrent imports.

use std::thread;

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::error::SqlState;

const PIECES: u32 = 1_500;
const COPIES: u32 = 100;

#[test]
fn two_concurrent_imports_of_a_folder_import_every_file_once() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(PIECES, 20));
    for number in 0..COPIES {
        folder.write(format!("copies/{number}.mid"), &smf::numbered(number, 20));
    }
    let imports = thread::scope(|scope| {
        let import = || {
            let mut client = cluster.connect();
            let row = client
                .query_one(
                    "SELECT found, imported, duplicate, unchanged, failed + skipped + vanished
                     FROM midi_import($1::text)",
                    &[&folder.as_str()],
                )
                .expect("neither import disturbs the other");
            [0, 1, 2, 3, 4].map(|column| row.get::<_, i64>(column))
        };
        [scope.spawn(import), scope.spawn(import)].map(|import| import.join().unwrap())
    });
    let all = i64::from(PIECES + COPIES);
    for [found, imported, duplicate, unchanged, other] in imports {
        assert_eq!(found, all);
        assert_eq!(imported + duplicate + unchanged, all);
        assert_eq!(other, 0);
    }
    let [imported, duplicate, unchanged] =
        [1, 2, 3].map(|column: usize| imports[0][column] + imports[1][column]);
    assert_eq!((imported, duplicate), (i64::from(PIECES), i64::from(COPIES)));
    assert_eq!(unchanged, all, "no file is read twice");
    let row = cluster
        .connect()
        .query_one(
            "SELECT (SELECT count(*) FROM midi_files),
                    (SELECT count(DISTINCT path) FROM midi_files),
                    (SELECT count(*) FROM musical_metadata)",
            &[],
        )
        .unwrap();
    assert_eq!([0, 1, 2].map(|column| row.get::<_, i64>(column)), [all, all, i64::from(PIECES)]);
}

/// A transaction with one snapshot does not see what another imports meanwhile: the import succeeds or fails with a
/// serialization error, and no file is lost or recorded twice.
#[test]
fn imports_at_other_isolation_levels_import_every_file_or_ask_to_be_retried() {
    const FILES: u32 = 600;
    let (cluster, folder) = (Cluster::start(), Folder::numbered(FILES, 20));
    let mut watcher = cluster.connect();
    watcher
        .batch_execute("ALTER DATABASE music SET default_transaction_isolation = 'serializable'")
        .unwrap();
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        watcher.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
        let import = || {
            let mut client = cluster.connect();
            client.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}; SELECT 1")).unwrap();
            let sql = "SELECT found, imported + unchanged + duplicate FROM midi_import($1::text)";
            let found = client.query_one(sql, &[&folder.as_str()]).and_then(|row| {
                client.batch_execute("COMMIT")?;
                Ok([row.get::<_, i64>(0), row.get::<_, i64>(1)])
            });
            match found {
                Ok(counts) => assert_eq!(counts, [i64::from(FILES); 2]),
                Err(error) => {
                    assert_eq!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE), "{error}");
                }
            }
        };
        let job = start(&mut cluster.connect(), folder.as_str(), 1);
        thread::scope(|scope| {
            scope.spawn(import);
            scope.spawn(import);
        });
        let mut client = cluster.connect();
        client.batch_execute("SET default_transaction_isolation = 'read committed'").unwrap();
        assert_eq!(wait(&mut client, job), "finished", "a job retries by itself");
        let row = client
            .query_one(
                "SELECT (SELECT count(*) FROM midi_files), (SELECT count(*) FROM musical_metadata),
                        (SELECT count(*) FROM midi_library),
                        (SELECT found FROM midi_import_progress WHERE job = $1)",
                &[&job],
            )
            .unwrap();
        assert_eq!(
            [0, 1, 2, 3].map(|column| row.get::<_, i64>(column)),
            [i64::from(FILES); 4],
            "{level}"
        );
    }
}

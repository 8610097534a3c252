//! midi_forget: what it takes out of the library, of which roles, and beside imports.

use std::fs;

use midi_pipeline_tests::contents::count;
use midi_pipeline_tests::imports::import;
use midi_testkit::archives::zip;
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;
use postgres::error::SqlState;

/// Five pieces in two folders whose names begin alike, a file that is none, an archive of two, and a copy.
fn write_library(folder: &Folder) {
    for number in 0..3 {
        folder.write(format!("a/deep/{number}.mid"), &smf::numbered(number, 8));
    }
    folder.write("a/bad.mid", b"no music");
    for number in 3..5 {
        folder.write(format!("ab/{number}.mid"), &smf::numbered(number, 8));
    }
    folder.write("ab/copy.mid", &smf::numbered(0, 8));
    let members = [("x.mid", smf::numbered(6, 8)), ("y.mid", smf::numbered(7, 8))];
    folder.write("c.zip", &zip(&members));
}

/// Rows of midi_files and of midi_import_errors that are forgotten.
fn forget(client: &mut Client, source: &str) -> [i64; 2] {
    let row = client.query_one("SELECT * FROM midi_forget($1)", &[&source]).expect(source);
    [row.get(0), row.get(1)]
}

fn files(client: &mut Client) -> i64 {
    count(client, "SELECT count(*) FROM midi_files")
}

#[test]
fn a_source_that_is_gone_is_forgotten_with_all_below_it_and_nothing_else() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    write_library(&folder);
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    let send = "SELECT midi_import('loops/a', $1), midi_import('loops', $1), midi_import('', $1)";
    client.execute(send, &[&smf::numbered(9, 8)]).unwrap();
    assert_eq!(files(&mut client), 13);
    let music = count(&mut client, "SELECT count(*) FROM musical_metadata");
    fs::remove_dir_all(folder.path()).unwrap();

    let path = |name: &str| format!("{}/{name}", folder.as_str());
    assert_eq!(forget(&mut client, &path("a//./")), [4, 1], "a folder, however it is written");
    assert_eq!(forget(&mut client, &path("a")), [0, 0], "once");
    assert_eq!(forget(&mut client, &path("ab/3.mid")), [1, 0], "a file");
    assert_eq!(forget(&mut client, &path("c.zip")), [3, 0], "an archive with its members");
    assert_eq!(forget(&mut client, ""), [1, 0], "a name without letters is not all names");
    assert_eq!(forget(&mut client, "loops/"), [2, 0], "names that a client has given");
    assert_eq!(forget(&mut client, &path("..")), [0, 0], "no path has links or dots");
    assert_eq!(files(&mut client), 2);
    assert_eq!(forget(&mut client, "/"), [2, 0], "all of the server");
    assert_eq!(count(&mut client, "SELECT count(*) FROM musical_metadata"), music, "music stays");
}

#[test]
fn what_is_forgotten_comes_back_with_the_next_import_and_needs_no_analysis() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    write_library(&folder);
    let mut client = cluster.connect();
    let [found, imported, ..] = import(&mut client, folder.as_str());
    assert_eq!(forget(&mut client, folder.as_str()), [10, 1]);
    let again = import(&mut client, folder.as_str());
    assert_eq!(again[0], found);
    assert_eq!(again[1], 0, "nothing is analyzed");
    assert_eq!(
        count(&mut client, "SELECT count(DISTINCT content_hash) FROM midi_library"),
        imported
    );
}

#[test]
fn more_than_one_page_is_forgotten_at_once() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client
        .batch_execute(
            "INSERT INTO midi_files (path, path_digest, filename, state)
             SELECT p, sha256(p::bytea), 'a.mid', 'failed'
             FROM generate_series(1, 25000) AS n, format('/m/%s/a.mid', n) AS p;
             INSERT INTO midi_import_errors (path, kind, reason, at)
             SELECT path, 'no_notes', 'no notes', now() FROM midi_files",
        )
        .unwrap();
    assert_eq!(forget(&mut client, "/m"), [25_000, 25_000]);
    assert_eq!(files(&mut client), 0);
}

#[test]
fn a_role_needs_the_rights_of_the_tables_alone_and_gets_no_others() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    write_library(&folder);
    let mut owner = cluster.connect();
    import(&mut owner, folder.as_str());
    owner
        .batch_execute(
            "CREATE ROLE nobody LOGIN; CREATE ROLE tidy LOGIN; GRANT CREATE ON SCHEMA public TO tidy;
             GRANT SELECT, DELETE ON midi_files, midi_import_errors TO tidy;
             ALTER TABLE midi_files ENABLE ROW LEVEL SECURITY;
             CREATE POLICY own ON midi_files USING (path NOT LIKE '%/deep/%')",
        )
        .unwrap();
    let mut tidy = cluster.connect_as("tidy");
    // A problem of a file that row security hides, and one of which it is not known.
    owner
        .batch_execute(
            "INSERT INTO midi_import_errors (path, kind, reason, at)
             SELECT path || suffix, 'no_notes', 'no notes', now()
             FROM midi_files, unnest('{\"\",/none}'::text[]) AS suffix WHERE path LIKE '%/deep/0.mid'",
        )
        .unwrap();
    assert_eq!(forget(&mut tidy, folder.as_str()), [7, 1], "row security hides the others");
    assert_eq!(files(&mut owner), 3);
    assert_eq!(count(&mut owner, "SELECT count(*) FROM midi_import_errors"), 2);

    // Who may not forget does not wait for an import either.
    let mut importing = owner.transaction().unwrap();
    importing.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let mut nobody = cluster.connect_as("nobody");
    nobody.batch_execute("SET lock_timeout = '10s'").unwrap();
    let error = nobody.query("SELECT midi_forget('/')", &[]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{error:?}");
    tidy.batch_execute("SET lock_timeout = '100ms'").unwrap();
    let error = tidy.query("SELECT midi_forget('/')", &[]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::LOCK_NOT_AVAILABLE), "{error:?}");
    importing.rollback().unwrap();

    // Nor is code of others run with the rights of the caller.
    owner.batch_execute("GRANT TRIGGER ON midi_files TO tidy").unwrap();
    tidy.batch_execute(
        "CREATE FUNCTION rise() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN ALTER ROLE tidy SUPERUSER; RETURN OLD; END';
         CREATE TRIGGER rise BEFORE DELETE ON midi_files FOR EACH ROW EXECUTE FUNCTION rise()",
    )
    .unwrap();
    for call in ["midi_forget('/')", "midi_prune('0')"] {
        let error = owner.query(&format!("SELECT {call}"), &[]).unwrap_err();
        let unfit = Some(&SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE);
        assert_eq!(error.code(), unfit, "{call}: {error:?}");
    }
}

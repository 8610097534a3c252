//! All that writes to a library does so where it is distributed.

use std::fs;

use midi_pipeline_tests::citus::{Nodes, SHAPES, distributed, number};
use midi_pipeline_tests::jobs::wait;
use midi_testkit::archives::zip;
use midi_testkit::cluster::{Cluster, sqlstate, wait_until};
use midi_testkit::corpus;
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// What an import says that it did.
fn import(client: &mut Client, folder: &Folder) -> [i64; 6] {
    let sql = "SELECT imported, duplicate, unchanged, failed, vanished, found FROM midi_import($1)";
    let row = client.query_one(sql, &[&folder.as_str()]).expect("an import");
    [0, 1, 2, 3, 4, 5].map(|column| row.get(column))
}

/// Files that change, are damaged, mended and vanish, where their rows lie by their content.
#[test]
fn rows_of_files_move_with_their_content() {
    let Some(nodes) = distributed(SHAPES[1]) else { return };
    let folder = Folder::corpus(30);
    let paths: Vec<_> = (0..30).map(|number| corpus::piece(1, number)).collect();
    let of = |number: usize| folder.path().join(&paths[number].path).display().to_string();
    folder.write("damaged.mid", b"no music");
    let [mut client, mut elsewhere] = [&nodes.coordinator, &nodes.others[0]].map(Cluster::connect);
    assert_eq!(import(&mut client, &folder), [30, 0, 0, 1, 0, 31]);
    assert_eq!(import(&mut elsewhere, &folder), [0, 0, 31, 0, 0, 31]);
    let row = |client: &mut Client, path: &str| {
        let sql =
            "SELECT id, state, content_hash = sha256(pg_read_binary_file(path)), imported_at::text
                   FROM midi_files WHERE path = $1";
        let row = client.query_one(sql, &[&path]).unwrap_or_else(|error| panic!("{path}: {error}"));
        (
            row.get::<_, i64>(0),
            row.get::<_, String>(1),
            row.get::<_, bool>(2),
            row.get::<_, String>(3),
        )
    };
    let before: Vec<_> = (0..4).map(|number| row(&mut client, &of(number))).collect();
    folder.write(&paths[0].path, &corpus::piece(1, 100).bytes);
    folder.write(&paths[1].path, &paths[2].bytes);
    folder.write(&paths[3].path, b"no music any more");
    folder.write("damaged.mid", &corpus::piece(1, 101).bytes);
    assert_eq!(import(&mut elsewhere, &folder), [2, 1, 27, 1, 0, 31]);
    let after: Vec<_> = (0..4).map(|number| row(&mut client, &of(number))).collect();
    for (number, state) in ["imported", "duplicate", "imported", "failed"].into_iter().enumerate() {
        let (id, _, _, imported_at) = &before[number];
        assert_eq!(after[number], (*id, state.to_owned(), true, imported_at.clone()), "{number}");
    }
    for (sql, expected) in [
        ("SELECT count(*) FROM midi_files", 31),
        ("SELECT count(DISTINCT id) FROM midi_files", 31),
        ("SELECT count(*) FROM midi_library", 30),
        ("SELECT music FROM midi_prune('1 day')", 3),
        ("SELECT count(*) FROM musical_metadata", 29),
    ] {
        assert_eq!(number(&mut client, sql), expected, "{sql}");
    }
    fs::remove_file(of(4)).expect("a file");
    assert_eq!(import(&mut client, &folder), [0, 0, 30, 0, 1, 31]);
    assert_eq!(number(&mut client, "SELECT files FROM midi_forget('/')"), 31);
    assert_eq!(number(&mut client, "SELECT count(*) FROM midi_files"), 0);
}

/// Two nodes that have read different contents of a file leave two rows of it, of which the next import leaves one.
#[test]
fn of_several_rows_of_a_file_one_is_left() {
    let Some(nodes) = distributed(SHAPES[1]) else { return };
    let folder = Folder::corpus(5);
    folder.write(
        "a.zip",
        &zip(&[("member.mid", smf::numbered(9, 80)), ("other.mid", smf::numbered(8, 80))]),
    );
    let mut client = nodes.coordinator.connect();
    assert_eq!(import(&mut client, &folder), [7, 0, 0, 0, 0, 7]);
    let again = "
        CREATE TEMPORARY TABLE again AS SELECT * FROM midi_files;
        INSERT INTO midi_files (path, archive_member, path_digest, archive_digest, filename, size_bytes, modified_at,
            content_hash, state)
        SELECT path, archive_member, path_digest, archive_digest, filename, size_bytes, modified_at,
            sha256(path_digest), 'failed'
        FROM again";
    client.batch_execute(again).expect("rows");
    assert_eq!(number(&mut client, "SELECT count(*) FROM midi_files"), 16);
    import(&mut client, &folder);
    let sql = "SELECT count(*) FROM midi_files";
    assert_eq!(number(&mut client, sql), 8);
    assert_eq!(number(&mut client, "SELECT count(*) FROM midi_library"), 7);
    assert_eq!(import(&mut client, &folder), [0, 0, 7, 0, 0, 7]);
}

/// Pieces that are cataloged and then heard, sent by clients, kept with their parts, pruned and forgotten.
#[test]
fn all_ways_of_writing_work() {
    SHAPES
        .iter()
        .filter_map(|shape| distributed(shape))
        .for_each(|nodes| write_in_all_ways(&nodes));
}

/// Checks what statements return.
fn expect(client: &mut Client, rows: &[(&str, i64)]) {
    for (sql, expected) in rows {
        assert_eq!(number(client, &format!("SELECT {sql}")), *expected, "{sql}");
    }
}

fn write_in_all_ways(nodes: &Nodes) {
    let folder = Folder::corpus(20);
    let [mut client, mut elsewhere] = [&nodes.coordinator, &nodes.others[1]].map(Cluster::connect);
    let source = folder.as_str();
    client.execute("SELECT midi_catalog($1)", &[&source]).expect("a catalogue");
    let send = "SELECT failed FROM midi_import($1, $2, depth => $3, keep => true, parts => true)";
    let mut send = |name: &str, bytes: &[u8], depth: &str| -> i64 {
        elsewhere.query_one(send, &[&name, &bytes, &depth]).expect("a piece").get(0)
    };
    let [one, other] = [1, 2].map(|number| smf::numbered(number, 40));
    assert_eq!(send("sent/cataloged", &smf::numbered(3, 40), "catalog"), 0);
    assert_eq!(send("sent/mended", b"no music", "full"), 1);
    assert_eq!(send("sent/mended", &one, "full"), 0);
    assert_eq!(send("sent/changed", &one, "full"), 0);
    assert_eq!(send("sent/changed", &other, "full"), 0);
    expect(
        &mut client,
        &[
            ("count(*) FROM midi_files", 23),
            ("count(DISTINCT id) FROM midi_files", 23),
            ("count(*) FROM midi_library WHERE depth = 'catalog'", 21),
            ("count(*) FROM midi_contents", 3),
            ("count(DISTINCT content_hash) FROM midi_parts_library", 2),
            (
                "length(midi_content((SELECT id FROM midi_files WHERE path = 'sent/changed')))::bigint",
                other.len() as i64,
            ),
        ],
    );
    let deepen = |client: &mut Client| {
        let job = client.query_one("SELECT midi_deepen()", &[]).expect("a job").get(0);
        assert_eq!(wait(client, job), "finished");
    };
    deepen(&mut client);
    // What a client has sent is told of once.
    deepen(&mut client);
    expect(
        &mut client,
        &[
            ("count(*) FROM midi_library WHERE depth = 'catalog'", 1),
            ("count(*) FROM midi_import_errors WHERE path = 'sent/cataloged'", 1),
            ("music FROM midi_prune('0')", 0),
        ],
    );
    for sql in [
        "ALTER TABLE midi_files ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY shown ON midi_files USING (path <> 'sent/changed')",
        "CREATE ROLE keeper LOGIN",
        "GRANT SELECT, DELETE ON midi_files, midi_import_errors TO keeper",
    ] {
        client.batch_execute(sql).expect(sql);
    }
    let mut keeper = nodes.coordinator.connect_as("keeper");
    expect(&mut keeper, &[("files FROM midi_forget('sent')", 2)]);
    expect(
        &mut client,
        &[
            ("count(*) FROM midi_files WHERE path ~ '^sent'", 1),
            ("count(*) FROM midi_import_errors WHERE path ~ '^sent'", 0),
            ("music FROM midi_prune('0')", 2),
        ],
    );
}

#[test]
fn who_imports_where_rows_move_has_the_right_to_delete_them() {
    let Some(nodes) = distributed(SHAPES[1]) else { return };
    let mut client = nodes.coordinator.connect();
    for sql in [
        "CREATE ROLE sender LOGIN",
        "GRANT SELECT, INSERT, UPDATE ON midi_files, musical_metadata, musical_search TO sender",
        "GRANT INSERT ON midi_import_errors TO sender",
    ] {
        client.batch_execute(sql).expect(sql);
    }
    let mut sender = nodes.coordinator.connect_as("sender");
    let mut send = |number| {
        let sql = "SELECT imported FROM midi_import('a', $1)";
        sender.query_one(sql, &[&smf::numbered(number, 40)])
    };
    assert_eq!(sqlstate(&send(1)), "42501");
    client.batch_execute("GRANT DELETE ON midi_files TO sender").expect("a right");
    for number in [1, 2, 1] {
        send(number).expect("a piece");
    }
    assert_eq!(number(&mut client, "SELECT count(*) FROM midi_files"), 1);
}

#[test]
fn what_a_session_has_set_holds_on_all_nodes() {
    for shape in SHAPES {
        let Some(nodes) = distributed(shape) else { return };
        let folder = Folder::numbered(30, 8);
        let mut client = nodes.coordinator.connect();
        client
            .batch_execute(
                "SET midi_pipeline.keep_content = on; SET midi_pipeline.parts = on;
                 SET midi_pipeline.allowed_directories = '/no/music/is/here'",
            )
            .expect("settings");
        let start = format!("SELECT midi_import_on_nodes('{}')", folder.as_str());
        let refused = client.batch_execute(&start).expect_err("outside");
        assert!(
            refused.as_db_error().is_some_and(|e| e.message().contains("allowed")),
            "{refused:?}"
        );
        client.batch_execute("RESET midi_pipeline.allowed_directories").expect("no limit");
        client.batch_execute(&start).expect("jobs");
        wait_until("all have finished", || {
            number(&mut client, "SELECT count(*) FROM midi_node_imports() WHERE state = 'finished'")
                == 3
        });
        for table in ["midi_contents", "musical_metadata"] {
            assert_eq!(
                number(&mut client, &format!("SELECT count(*) FROM {table}")),
                30,
                "{table}"
            );
        }
        let parts = "SELECT count(DISTINCT content_hash) FROM midi_parts_library";
        assert_eq!(number(&mut client, parts), 30);
    }
}

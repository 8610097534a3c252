//! What a node needs to take part: its tables, keys, numbers, columns and rights, also where it is added later.

use midi_pipeline_tests::citus::{Nodes, SHAPES, number};
use midi_testkit::cluster::sqlstate;
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

fn import(client: &mut Client, folder: &Folder) -> i64 {
    let sql = "SELECT imported FROM midi_import($1)";
    client.query_one(sql, &[&folder.as_str()]).expect("an import").get(0)
}

#[test]
fn a_node_that_is_added_takes_part() {
    for shape in SHAPES {
        let Some(nodes) = Nodes::start_unknown() else { return };
        let mut coordinator = nodes.coordinator.connect();
        nodes.know_the_coordinator();
        nodes.add(&nodes.others[0]);
        coordinator.batch_execute(&format!("SELECT {shape}")).expect("distributed");
        let [first, second] = [10, 20].map(|pieces| Folder::numbered(pieces, 8));
        assert_eq!(import(&mut coordinator, &first), 10);
        coordinator
            .batch_execute(
                "CREATE ROLE reader LOGIN;
                 GRANT SELECT ON midi_files, musical_metadata, musical_search, midi_library TO reader;
                 ALTER TABLE midi_files ADD note text DEFAULT 'a note'",
            )
            .expect("a column and a role");

        nodes.add(&nodes.others[1]);
        let mut added = nodes.others[1].connect();
        let start = format!("SELECT midi_import_start('{}')", second.as_str());
        for call in ["SELECT midi_import('a piece', 'no music')", &start] {
            let refused = added.batch_execute(call).expect_err(call);
            let error = refused.as_db_error().expect("an error of the server");
            assert_eq!(error.code().code(), "55000", "{call}: {error:?}");
            assert!(
                error.hint().is_some_and(|hint| hint.contains("midi_distribute()")),
                "{error:?}"
            );
        }
        for call in [
            "replicate_reference_tables('block_writes')",
            "midi_distribute()",
            "rebalance_table_shards(shard_transfer_mode => 'block_writes')",
        ] {
            coordinator.batch_execute(&format!("SELECT {call}")).expect(call);
        }
        // Half of them are known.
        assert_eq!(import(&mut nodes.others[1].connect(), &second), 10);
        assert_eq!(import(&mut coordinator, &second), 0);
        for (sql, expected) in [
            ("SELECT count(*) FROM midi_library", 30),
            ("SELECT count(DISTINCT id) FROM midi_files", 30),
            ("SELECT count(*) FROM midi_files WHERE id > 2::bigint << 48", 20),
        ] {
            assert_eq!(number(&mut coordinator, sql), expected, "{sql}");
        }
        let mut reader = nodes.others[1].connect_as("reader");
        assert_eq!(number(&mut reader, "SELECT count(*) FROM midi_library"), 30);
        assert_eq!(number(&mut reader, "SELECT count(note) FROM midi_files"), 30);
    }
}

#[test]
fn columns_and_rights_that_were_given_before_are_on_all_nodes() {
    for shape in SHAPES {
        let Some(nodes) = Nodes::start(|coordinator| {
            let given = "CREATE ROLE reader LOGIN; CREATE ROLE \"narrow one\" LOGIN;
                GRANT SELECT ON midi_files, musical_metadata, musical_search, midi_library TO reader;
                GRANT SELECT (id, filename) ON midi_files TO \"narrow one\" WITH GRANT OPTION;
                ALTER TABLE midi_files ADD \"my note\" varchar(9);
                GRANT SELECT ON musical_metadata TO \"narrow one\";
                ALTER TABLE musical_metadata ENABLE ROW LEVEL SECURITY;
                CREATE POLICY of_reader ON musical_metadata USING (current_user = 'reader')";
            coordinator.connect().batch_execute(given).expect("roles");
        }) else {
            return;
        };
        let mut coordinator = nodes.coordinator.connect();
        coordinator.batch_execute(&format!("SELECT {shape}")).expect("distributed");
        let piece = smf::numbered(1, 8);
        coordinator.execute("SELECT midi_import('a piece', $1)", &[&piece]).expect("a piece");
        coordinator.batch_execute("UPDATE midi_files SET \"my note\" = 'a note'").expect("a note");
        for node in nodes.all() {
            let [mut reader, mut narrow] =
                ["reader", "narrow one"].map(|role| node.connect_as(role));
            assert_eq!(number(&mut reader, "SELECT count(*) FROM midi_library"), 1);
            assert_eq!(number(&mut reader, "SELECT count(\"my note\") FROM midi_files"), 1);
            assert_eq!(number(&mut narrow, "SELECT count(filename) FROM midi_files"), 1);
            // A policy is on the shards, which are asked as the role that asks.
            assert_eq!(number(&mut narrow, "SELECT count(*) FROM musical_metadata"), 0);
            assert_eq!(sqlstate(&narrow.query("SELECT path FROM midi_files", &[])), "42501");
        }
    }
}

#[test]
fn what_is_in_the_way_is_named() {
    let Some(nodes) = Nodes::start(|coordinator| {
        let piece = smf::numbered(1, 8);
        let mut client = coordinator.connect();
        client.execute("SELECT midi_import('a piece', $1)", &[&piece]).expect("a piece");
        let function =
            "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";
        client.batch_execute(function).expect("a function");
    }) else {
        return;
    };
    let mut client = nodes.coordinator.connect();
    for (made, shapes, name, removed) in [
        (
            "CREATE TABLE mine (file bigint CONSTRAINT \"of mine\" REFERENCES midi_files (id))",
            &SHAPES[..],
            "foreign key \"of mine\" of table public.mine",
            "DROP TABLE mine",
        ),
        (
            "CREATE TRIGGER seen AFTER INSERT ON musical_metadata FOR EACH ROW EXECUTE FUNCTION see()",
            &SHAPES,
            "trigger seen of table public.musical_metadata",
            "DROP TRIGGER seen ON musical_metadata",
        ),
        (
            "CREATE UNIQUE INDEX once ON midi_files (filename)",
            &SHAPES[1..],
            "unique index public.once of table public.midi_files",
            "DROP INDEX once",
        ),
    ] {
        client.batch_execute(made).expect(made);
        for shape in shapes {
            let refused = client.batch_execute(&format!("SELECT {shape}")).expect_err(name);
            let error = refused.as_db_error().expect("an error of the server");
            assert_eq!(error.code().code(), "55000", "{error:?}");
            assert!(error.message().contains(name), "{name}: {error:?}");
        }
        client.batch_execute(removed).expect(removed);
    }
    client.batch_execute(&format!("SELECT {}", SHAPES[1])).expect("nothing is in the way");
    assert_eq!(number(&mut client, "SELECT count(*) FROM midi_library"), 1);
}

//! Libraries on two servers, searched together as docs/federation.md has it: what is found is what one library with all files
//! finds.

use std::collections::BTreeSet;
use std::fs;

use midi_pipeline_tests::extensions::offers;
use midi_testkit::cluster::{Cluster, SUPERUSER};
use midi_testkit::folder::Folder;
use postgres::Client;

/// What of a library may be read by others, and how it is searched together with another.
const FEDERATE: &str = "
    CREATE EXTENSION postgres_fdw;
    CREATE EXTENSION dblink;
    CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw
        OPTIONS (host '@host@', dbname 'music', extensions 'midi_pipeline', async_capable 'true');
    CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user 'guest');
    CREATE SCHEMA other;
    IMPORT FOREIGN SCHEMA public LIMIT TO (midi_library, midi_library_music) FROM SERVER other INTO other;
    CREATE VIEW libraries AS
        SELECT l.* FROM midi_library_music l UNION ALL SELECT o.* FROM other.midi_library_music o;
    CREATE FUNCTION search_libraries(query text) RETURNS SETOF bytea LANGUAGE sql AS $$
        SELECT content_hash FROM midi_search(query)
        UNION ALL
        SELECT o.* FROM dblink('other', format('SELECT content_hash FROM midi_search(%L)', query)) AS o (content_hash bytea)
    $$";

/// Two servers with some files each, of which some are in both; and a database with all of them on the first.
struct Libraries {
    here: Cluster,
    other: Cluster,
}

impl Libraries {
    fn start() -> Option<Self> {
        let (here, other) = (Cluster::start(), Cluster::start());
        if !["postgres_fdw", "dblink"].iter().all(|name| offers(&here, name, "1.1")) {
            return None;
        }
        let pieces = Folder::demo();
        for number in 1..30 {
            pieces.write(format!("{number}.mid"), &midi_testkit::smf::numbered(number, 16));
        }
        let mut names: Vec<_> = fs::read_dir(pieces.path())
            .expect("the pieces")
            .map(|entry| entry.expect("a piece").path())
            .filter(|path| path.is_file())
            .collect();
        names.sort();
        let import = |client: &mut Client, is_of: &dyn Fn(usize) -> bool| {
            client.batch_execute("SET midi_pipeline.parts = on").unwrap();
            for (_, path) in names.iter().enumerate().filter(|(number, _)| is_of(*number)) {
                client.execute("SELECT midi_import($1::text)", &[&path.to_str()]).expect("a piece");
            }
        };
        import(&mut here.connect(), &|number| number % 3 > 0);
        let mut client = other.connect();
        import(&mut client, &|number| number % 3 < 2);
        client
            .batch_execute(
                "CREATE ROLE guest LOGIN;
                 GRANT SELECT ON midi_library, midi_library_music, midi_parts_library TO guest",
            )
            .unwrap();
        here.connect().batch_execute("CREATE DATABASE whole").unwrap();
        let mut whole = here.connect_to("whole", SUPERUSER);
        whole.batch_execute("CREATE EXTENSION midi_pipeline").unwrap();
        import(&mut whole, &|_| true);
        let host = other.socket_folder().display().to_string();
        here.connect().batch_execute(&FEDERATE.replace("@host@", &host)).expect("a federation");
        Some(Self { here, other })
    }
}

fn hashes(client: &mut Client, sql: &str) -> BTreeSet<Vec<u8>> {
    let rows = client.query(sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn what_two_libraries_find_is_what_one_with_all_files_finds() {
    let Some(libraries) = Libraries::start() else { return };
    let mut here = libraries.here.connect();
    let mut whole = libraries.here.connect_to("whole", SUPERUSER);
    for condition in [
        "true",
        "key_signature IN ('D major', 'A minor', 'C major')",
        "bpm BETWEEN 80 AND 130 AND note_count > 10",
        "melody @~ 'E4 E4 F4 G4 G4 F4 E4 D4'",
        "harmony @~ 'I V'",
        "has_drums",
    ] {
        let found =
            hashes(&mut here, &format!("SELECT content_hash FROM libraries WHERE {condition}"));
        let all = format!("SELECT content_hash FROM midi_library_music WHERE {condition}");
        assert!(!found.is_empty(), "{condition}");
        assert_eq!(found, hashes(&mut whole, &all), "{condition}");
    }
    for query in [
        "",
        "key:D,Am,C",
        "bpm:80..130 notes:>10",
        "ode",
        "melody:\"E4 E4 F4 G4 G4 F4 E4 D4\"",
        "progression:\"I V\"",
        "part:bass",
        "-key:D sort:-notes",
    ] {
        let found = hashes(&mut here, &format!("SELECT * FROM search_libraries($${query}$$)"));
        let all = format!("SELECT content_hash FROM midi_search($${query}$$)");
        assert!(!found.is_empty(), "{query}");
        assert_eq!(found, hashes(&mut whole, &all), "{query}");
    }
}

#[test]
fn conditions_and_orders_are_worked_out_where_the_rows_are() {
    let Some(libraries) = Libraries::start() else { return };
    let mut here = libraries.here.connect();
    for (sql, sent) in [
        ("key_signature = 'D major' AND bpm > 100", "WHERE ((bpm > "),
        ("instruments && '{0,1}'", "(instruments && "),
        (
            "true ORDER BY embedding <-> array_fill(0.1::real, ARRAY[66]) LIMIT 3",
            "OPERATOR(public.<->)",
        ),
    ] {
        let sql = format!(
            "EXPLAIN (VERBOSE, COSTS OFF) SELECT filename FROM other.midi_library_music WHERE {sql}"
        );
        let plan = here.query(&sql, &[]).expect(&sql);
        let plan: String = plan.iter().map(|row| row.get::<_, String>(0) + "\n").collect();
        assert!(plan.contains(sent) && !plan.contains("Filter:"), "{plan}");
    }
    // The nearest of both, in one order.
    let nearest = "SELECT string_agg(encode(content_hash, 'hex'), ' ') FROM (
                       SELECT content_hash FROM @from@ WHERE embedding IS NOT NULL GROUP BY content_hash, embedding
                       ORDER BY embedding <-> (SELECT embedding FROM midi_library_music
                                               WHERE filename = 'Ode to Joy.mid' LIMIT 1), content_hash
                       LIMIT 12) AS nearest";
    let of = |client: &mut Client, from: &str| -> String {
        client.query_one(&nearest.replace("@from@", from), &[]).unwrap().get(0)
    };
    let mut whole = libraries.here.connect_to("whole", SUPERUSER);
    let all = of(&mut whole, "midi_library_music");
    assert_eq!(of(&mut here, "libraries"), all);
    // The nearest of each, as many as there are files: some of their music is the same.
    let each = "(WITH asked AS (SELECT embedding FROM midi_library_music WHERE filename = 'Ode to Joy.mid' LIMIT 1)
         SELECT * FROM (
             (SELECT content_hash, embedding, embedding <-> (SELECT embedding FROM asked) AS distance
              FROM midi_library_music ORDER BY distance LIMIT 40)
             UNION ALL
             (SELECT content_hash, embedding, embedding <-> (SELECT embedding FROM asked) AS distance
              FROM other.midi_library_music ORDER BY distance LIMIT 40)) AS nearest
         ORDER BY distance LIMIT 80) AS of_each";
    assert_eq!(of(&mut here, each), all);
    let plan = |client: &mut Client, from: &str| -> String {
        let plan = client.query(&format!("EXPLAIN (VERBOSE) SELECT * FROM {from}"), &[]).unwrap();
        plan.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
    };
    let plan = plan(&mut here, each);
    let sent = plan.lines().find(|line| line.contains("Remote SQL")).unwrap_or_default();
    assert!(sent.contains("ORDER BY (embedding OPERATOR(public.<->) $1"), "{plan}");
    assert!(sent.contains("LIMIT 40"), "{plan}");
}

#[test]
fn a_role_without_paths_is_searched_by_the_columns_that_it_may_read() {
    let Some(libraries) = Libraries::start() else { return };
    let mut other = libraries.other.connect();
    other
        .batch_execute(
            "REVOKE SELECT ON midi_library_music FROM guest;
             DO $$ BEGIN
                 EXECUTE (SELECT format('GRANT SELECT (%s) ON midi_library_music TO guest',
                                        string_agg(quote_ident(attname), ', '))
                          FROM pg_attribute
                          WHERE attrelid = 'midi_library_music'::regclass AND attnum > 0 AND NOT attisdropped
                            AND attname !~ 'path|^archive_|^error$');
             END $$",
        )
        .unwrap();
    let mut here = libraries.here.connect();
    let all = "SELECT * FROM other.midi_library_music WHERE bpm > 0";
    here.query(all, &[]).expect_err("no role without paths may read whole rows");
    here.batch_execute(
        "DROP VIEW libraries;
         ALTER FOREIGN TABLE other.midi_library_music DROP COLUMN path, DROP COLUMN archive_member",
    )
    .unwrap();
    assert!(!here.query(all, &[]).expect("the other columns").is_empty());
}

//! Schemas and roles may have any name: everything works as it does in `public`.

use std::time::Duration;

use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::Client;

/// Names with characters that mean something in SQL, in format strings, in patterns, or in the extension's own SQL.
const NAMES: [&str; 5] = [
    r#"it's "Odd" \ $1"#,
    "@schema@",
    "@extension@ @library@ @condition@",
    "{library} {} %1$I %s",
    "Ωμέγα-SELECT x WITH (y) WHERE (z)",
];

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Calls of everything that uses a table, type, function or index of the library; `@` stands for its schema.
const CALLS: [&str; 29] = [
    "SELECT * FROM @.midi_search('bpm:60..200 -tag:rock moonlite sort:-complexity')",
    "SELECT * FROM @.midi_search('tag:waltz key:C instrument:piano drums:no -joy')",
    "SELECT * FROM @.midi_search('text:gently name:Ode \"ode to joy\" progression:\"ii V I vi\"')",
    "SELECT * FROM @.midi_find_melody('E4 E4 F4 G4 G4 F4 E4 D4')",
    "SELECT * FROM @.midi_find_melody('{64,64,65,67,67,65,64,62}'::int[])",
    "SELECT * FROM @.midi_find_progression('ii V I')",
    "SELECT * FROM @.midi_similar(1)",
    "SELECT * FROM @.midi_compatible(1)",
    "SELECT * FROM @.midi_search('melody:\"E4 E4 F4 G4 G4 F4 E4 D4\"')",
    "SELECT * FROM @.midi_library_music WHERE @.midi_has_tune(melody, 'E E F G G F') AND @.midi_has_progression(harmony, 'I V')",
    "SELECT * FROM @.midi_library_tags",
    "SELECT * FROM @.midi_library_instruments",
    "SELECT * FROM @.midi_library_chord_types",
    "SELECT * FROM @.midi_duplicates",
    "SELECT * FROM @.midi_duplicate_pairs()",
    "SELECT * FROM @.midi_duplicates_of(1)",
    "SELECT * FROM @.midi_name_disagreements",
    "SELECT @.midi_library_report()",
    "SELECT * FROM @.midi_import_progress",
    "SELECT * FROM @.midi_import_workers",
    "SELECT * FROM @.midi_pipeline_status",
    "SELECT * FROM @.midi_index_profiles",
    "SELECT * FROM @.midi_schedules",
    "SELECT * FROM @.midi_tuning_advice()",
    "SELECT * FROM @.midi_import_errors",
    "SELECT (@.midi_analyze(content)).bpm, @.midi_analyze(content)::jsonb FROM piece",
    "SELECT s.* FROM piece, @.midi_similar_to(content) AS s",
    "SELECT m.* FROM piece, @.midi_find_melody(content) AS m",
    "SELECT c.* FROM piece, @.midi_compatible(content) AS c",
];

fn count(client: &mut Client, sql: &str) -> usize {
    client.query(sql, &[]).expect(sql).len()
}

/// Runs a job to its end.
fn job(client: &mut Client, schema: &str, source: &str, defer: bool) {
    let sql = format!("SELECT {schema}.midi_import_start($1, defer_indexes => $2)");
    let job: i64 = client.query_one(&sql, &[&source, &defer]).expect(&sql).get(0);
    let sql = format!("SELECT {schema}.midi_import_wait($1, '1 min')");
    let state: String = client.query_one(&sql, &[&job]).expect(&sql).get(0);
    assert_eq!(state, "finished", "{schema}");
}

#[test]
fn everything_works_in_a_schema_and_as_a_role_of_any_name() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    client.batch_execute("DROP EXTENSION midi_pipeline").unwrap();
    let piece = std::fs::read(folder.path().join("Ode to Joy.mid")).unwrap();
    for name in NAMES {
        let schema = quoted(name);
        client
            .batch_execute(&format!(
                "CREATE SCHEMA {schema}; CREATE EXTENSION midi_pipeline SCHEMA {schema};
                 CREATE ROLE {schema} LOGIN IN ROLE pg_read_server_files;
                 GRANT USAGE ON SCHEMA {schema} TO PUBLIC;
                 SELECT {schema}.midi_create_indexes('all');"
            ))
            .expect(name);
        let built = format!("SELECT FROM {schema}.midi_index_profiles WHERE state = 'built'");
        let indexes = count(&mut client, &built);
        assert!(indexes > 20, "{name}: {indexes} indexes");
        client.batch_execute("SET standard_conforming_strings = off").unwrap();
        job(&mut client, &schema, folder.as_str(), true);
        client.batch_execute("SET standard_conforming_strings = on").unwrap();
        assert_eq!(count(&mut client, &built), indexes, "{name}");

        let mut role = cluster.connect_as(name);
        let sql = format!("SELECT imported, unchanged FROM {schema}.midi_import($1::text)");
        let row = role.query_one(&sql, &[&folder.as_str()]).expect(&sql);
        assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (0, 9), "{name}");
        job(&mut role, &schema, folder.as_str(), false);
        let sql = format!("SELECT {schema}.midi_schedule($2, $1, every => '1 day')");
        role.query_one(&sql, &[&folder.as_str(), &name]).expect(&sql);
        assert_eq!(count(&mut role, &format!("TABLE {schema}.midi_schedules")), 1, "{name}");
        let sql = format!("SELECT {schema}.midi_unschedule($1)");
        assert!(role.query_one(&sql, &[&name]).expect(&sql).get::<_, bool>(0), "{name}");
        role.batch_execute("CREATE TEMP TABLE piece (content bytea)").unwrap();
        role.execute("INSERT INTO piece VALUES ($1)", &[&piece]).unwrap();
        for call in CALLS {
            let call = call.replace('@', &schema);
            role.query(&call, &[]).expect(&call);
        }
        // The statement that is shown can be run.
        let sql = format!("SELECT {schema}.midi_search_sql('moonlite bpm:60..200')");
        let shown: String = role.query_one(&sql, &[]).expect(&sql).get(0);
        role.query(&shown, &[]).expect(&shown);

        drop(role);
        std::thread::sleep(Duration::from_millis(50));
        client
            .batch_execute(&format!(
                "SELECT {schema}.midi_drop_indexes('default');
                 DROP SCHEMA {schema} CASCADE; DROP ROLE {schema};"
            ))
            .expect(name);
    }
}

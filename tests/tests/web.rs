//! The schema in examples/postgrest, from which PostgREST and pg_graphql make interfaces for the web: what its directives say
//! is there, and it shows what the role may see and nothing else. docs/web.md has the calls that PostgREST makes.

use std::fs;
use std::path::Path;

use midi_pipeline_tests::imports::import;
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

const WEB: &str = "api_anonymous";

/// A library with kept contents and the schema.
fn library() -> (Cluster, Client) {
    let (cluster, music) = (Cluster::start(), Folder::demo());
    let mut owner = cluster.connect();
    owner.batch_execute("SET midi_pipeline.keep_content = on").expect("a setting");
    import(&mut owner, music.as_str());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the project");
    let schema =
        fs::read_to_string(root.join("examples/postgrest/schema.sql")).expect("the schema");
    owner.batch_execute(&schema).expect("the schema");
    (cluster, owner)
}

/// A session as these servers have it.
fn session(owner: &mut Client) {
    let sql = format!("SET search_path = api; SET ROLE {WEB}");
    owner.batch_execute(&sql).expect("a role");
}

fn count(client: &mut Client, from: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {from}");
    client.query_one(&sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}")).get(0)
}

#[test]
fn directives_are_json_and_name_columns_that_identify_rows() {
    let (_cluster, mut owner) = library();
    let sql = r"
        SELECT c.oid::regclass::text,
               (SELECT string_agg(quote_ident(key), ', ')
                FROM jsonb_array_elements_text(
                    (regexp_match(obj_description(c.oid), '@graphql\((.+)\)'))[1]::jsonb -> 'primary_key_columns') AS key)
        FROM pg_class c WHERE c.relnamespace = 'api'::regnamespace AND c.relkind = 'v'";
    let views = owner.query(sql, &[]).expect("directives");
    assert!(!views.is_empty(), "no view");
    for view in views {
        let (name, key): (String, String) = (view.get(0), view.get(1));
        let distinct = format!("(SELECT DISTINCT {key} FROM {name}) AS d");
        assert_eq!(count(&mut owner, &name), count(&mut owner, &distinct));
    }
    let sql = r"
        SELECT (regexp_match(obj_description('api'::regnamespace), '@graphql\((.+)\)'))[1]::jsonb ->> 'inflect_names'";
    assert_eq!(owner.query_one(sql, &[]).expect("a directive").get::<_, String>(0), "true");
}

#[test]
fn functions_can_be_told_apart_by_name_and_return_rows_of_views_or_values() {
    let (_cluster, mut owner) = library();
    let functions = "pg_proc WHERE pronamespace = 'api'::regnamespace";
    let names =
        "(SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'api'::regnamespace) AS n";
    assert_eq!(count(&mut owner, functions), count(&mut owner, names));
    assert_eq!(count(&mut owner, &format!("{functions} AND prorettype = 'record'::regtype")), 0);
}

#[test]
fn the_role_finds_what_row_level_security_leaves_and_sees_no_path() {
    let (_cluster, mut owner) = library();
    let finds = [
        "pieces",
        "search(query := 'Greensleeves')",
        "find_melody(melody := 'C5 D5 E5 E5 E5 D5 B4 G4')",
        "similar_pieces(id := (SELECT id FROM pieces WHERE filename LIKE 'Ode%y.mid'))",
    ];
    let hidden = |find: &str| format!("{find} WHERE filename = 'Greensleeves.mid'");
    session(&mut owner);
    for find in finds {
        assert_eq!(count(&mut owner, &hidden(find)), 1, "{find}");
    }
    let paths =
        "information_schema.columns WHERE table_schema = 'api' AND column_name LIKE '%path%'";
    assert_eq!(count(&mut owner, paths), 0);

    owner
        .batch_execute(
            "RESET ROLE; RESET search_path;
             ALTER TABLE midi_files ENABLE ROW LEVEL SECURITY;
             CREATE POLICY others ON midi_files USING (filename <> 'Greensleeves.mid')",
        )
        .expect("a policy");
    session(&mut owner);
    for find in finds {
        assert_eq!(count(&mut owner, &hidden(find)), 0, "{find}");
    }
}

#[test]
fn the_role_changes_nothing_and_reads_no_file_of_the_server() {
    let (cluster, mut owner) = library();
    session(&mut owner);
    assert_eq!(count(&mut owner, "search('melody:\"C5 D5 E5 E5 E5 D5 B4 G4\"')"), 2);
    for sql in [
        "DELETE FROM public.midi_files",
        "SELECT public.midi_analyze('/etc/passwd')",
        "SELECT public.midi_import('/etc')",
        "SELECT * FROM public.midi_import_errors",
        "SELECT search('path:/tmp')",
        "SELECT search('folder:tmp')",
        "SELECT search('sort:path')",
    ] {
        let error = owner.batch_execute(sql).expect_err(sql);
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}: {error}");
    }
    let mut request = cluster.connect_as("api_authenticator");
    request.batch_execute(&format!("SET ROLE {WEB}")).expect("a role");
    let limit: String = request.query_one("SHOW statement_timeout", &[]).expect("a limit").get(0);
    assert_eq!(limit, "5s");
    let page = "SELECT page(id := id)::text FROM pieces WHERE filename = 'Greensleeves.mid'";
    assert!(owner.query_one(page, &[]).expect("a page").get::<_, String>(0).contains("<html"));
}

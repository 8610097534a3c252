//! Every function of the extension is called by every kind of role: only the intended roles may call it, and no role gains
//! rights by it.
//!
//! A new function fails this test until it has a case here.

use std::collections::BTreeSet;

use midi_testkit::cluster::{Cluster, sqlstate};
use midi_testkit::folder::Folder;
use postgres::Client;

/// Which roles may call a function.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Every role.
    Open,
    /// Roles that may read the server's files.
    Files,
    /// The same, if the owner of the job tables has the caller's rights.
    Jobs,
    /// Roles that may read the server's files and write the library, if its owner has the caller's rights.
    Import,
    /// Roles that may read the library.
    Library,
    /// Roles that may write the library, if its owner has the caller's rights.
    Content,
    /// Roles that may take files out of the library, if its owner has the caller's rights.
    Forget,
    /// Roles that may take all out of the library, its kept contents too, if its owner has the caller's rights.
    Prune,
    /// The owner of the library's tables.
    Indexes,
    /// The same, if it is a superuser, which it is not.
    Nodes,
    /// Roles that may read the server's files, in such a library.
    ImportOnNodes,
    /// The role of the job. There is no such job in these calls.
    NoJob,
    /// Roles that may read the server's files or its statistics, by GRANT.
    Machine,
    /// No role: it cannot be called.
    Trigger,
    /// Only the server: no SQL has a value of its argument's type.
    Server,
}

use Kind::*;

/// Each function by its signature, with a call: `:path` is a file of the library, `:file_id` its id, `:content` its bytes.
const CASES: [(&str, Kind, &str); 142] = [
    ("midi_analyze(bigint)", Library, "midi_analyze(:file_id)"),
    ("midi_analyze(bytea)", Open, "midi_analyze(:content)"),
    ("midi_analyze(text)", Files, "midi_analyze(:path)"),
    ("midi_beats(bigint)", Library, "midi_beats(:file_id)"),
    ("midi_beats(bytea)", Open, "midi_beats(:content)"),
    ("midi_beats(text)", Files, "midi_beats(:path)"),
    ("midi_catalog(text)", Import, "midi_catalog(:path)"),
    ("midi_chords(bigint)", Library, "midi_chords(:file_id)"),
    ("midi_chords(bytea)", Open, "midi_chords(:content)"),
    ("midi_chords(text)", Files, "midi_chords(:path)"),
    ("midi_compatible(bigint,integer)", Library, "midi_compatible(1)"),
    ("midi_compatible(bytea,integer)", Library, "midi_compatible(:content)"),
    ("midi_content(bigint)", Library, "midi_content(:file_id)"),
    ("midi_convert(bigint,integer,integer)", Library, "midi_convert(:file_id, 0)"),
    ("midi_convert(bytea,integer,integer)", Open, "midi_convert(:content, 0)"),
    ("midi_convert(text,integer,integer)", Files, "midi_convert(:path, 0)"),
    ("midi_create_indexes(text)", Indexes, "midi_create_indexes('default')"),
    ("midi_deepen(integer,boolean)", Jobs, "midi_deepen()"),
    ("midi_damage(text[])", Open, "midi_damage('{a}')"),
    ("midi_distance(real[],real[])", Open, "midi_distance('{1}', '{2}')"),
    ("midi_drop_indexes(text)", Indexes, "midi_drop_indexes('search')"),
    ("midi_duplicate_pairs(real)", Library, "midi_duplicate_pairs()"),
    ("midi_duplicates_of(bigint,real)", Library, "midi_duplicates_of(1)"),
    ("midi_events(bigint)", Library, "midi_events(:file_id)"),
    ("midi_events(bytea)", Open, "midi_events(:content)"),
    ("midi_events(text)", Files, "midi_events(:path)"),
    ("midi_feature_catalog()", Open, "midi_feature_catalog()"),
    ("midi_features(bigint)", Library, "midi_features(:file_id)"),
    ("midi_features(bytea)", Open, "midi_features(:content)"),
    ("midi_features(text)", Files, "midi_features(:path)"),
    ("midi_find_melody(bytea,integer)", Library, "midi_find_melody(:content)"),
    (
        "midi_find_melody(integer[],integer)",
        Library,
        "midi_find_melody('{60,62,64,65,67,69}'::int[])",
    ),
    ("midi_find_melody(text,integer)", Library, "midi_find_melody('C4 D4 E4 F4 G4 A4')"),
    ("midi_find_progression(text,integer)", Library, "midi_find_progression('ii V I')"),
    ("midi_fingerprint_bands(integer[])", Open, "midi_fingerprint_bands('{1}')"),
    (
        "midi_fingerprint_similarity(integer[],integer[])",
        Open,
        "midi_fingerprint_similarity('{1}', '{1}')",
    ),
    ("midi_forget(text)", Forget, "midi_forget(:path)"),
    (
        "midi_from_events(integer,bigint,text,smallint,jsonb,integer)",
        Open,
        "midi_from_events(0, 0, 'end_of_track', NULL, '{}', 480)",
    ),
    (
        "midi_from_events_add(internal,integer,bigint,text,smallint,jsonb,integer)",
        Server,
        "midi_from_events_add(NULL, 0, 0, 'end_of_track', NULL, '{}', 480)",
    ),
    ("midi_from_events_file(internal)", Server, "midi_from_events_file(NULL)"),
    (
        "midi_from_notes(integer,integer,integer,integer,integer,bigint,bigint,integer,double precision)",
        Open,
        "midi_from_notes(0, 0, 0, 60, 80, 0, 480, 480, 120)",
    ),
    (
        "midi_from_notes_add(internal,integer,integer,integer,integer,integer,bigint,bigint,integer,double precision)",
        Server,
        "midi_from_notes_add(NULL, 0, 0, 0, 60, 80, 0, 480, 480, 120)",
    ),
    ("midi_from_notes_file(internal)", Server, "midi_from_notes_file(NULL)"),
    ("midi_guard()", Trigger, "midi_guard()"),
    ("midi_header(bigint)", Library, "midi_header(:file_id)"),
    (
        "midi_has_progression(midi_harmony_index,text)",
        Open,
        "midi_has_progression(ROW('{ii,V,I}', NULL)::midi_harmony_index, 'V I')",
    ),
    (
        "midi_has_progression(text[],bytea,text)",
        Open,
        "midi_has_progression('{ii,V,I}', NULL, 'V I')",
    ),
    ("midi_has_tune(integer[],bytea,text)", Open, "midi_has_tune('{1}', '', 'C D E F G A')"),
    (
        "midi_has_tune(midi_melody_index,text)",
        Open,
        "midi_has_tune(ROW('{1}', '')::midi_melody_index, 'C D E F G A')",
    ),
    ("midi_header(bytea)", Open, "midi_header(:content)"),
    ("midi_header(text)", Files, "midi_header(:path)"),
    ("midi_import(text)", Import, "midi_import(:path)"),
    (
        "midi_import(text,bytea,text,boolean,boolean)",
        Content,
        "midi_import('a', :content, keep => true, parts => true)",
    ),
    ("midi_distribute(integer,boolean)", Nodes, "midi_distribute()"),
    ("midi_import_cancel(bigint)", NoJob, "midi_import_cancel(-1)"),
    (
        "midi_import_on_nodes(text,integer,text[],text)",
        ImportOnNodes,
        "midi_import_on_nodes(:path)",
    ),
    (
        "midi_import_part(text,integer,integer,integer,text,jsonb)",
        Jobs,
        "midi_import_part(:path, 1, 1)",
    ),
    ("midi_import_start(text,integer,boolean,text)", Jobs, "midi_import_start(:path)"),
    ("midi_import_wait(bigint,interval)", NoJob, "midi_import_wait(-1)"),
    ("midi_keep_parts(bigint,integer[])", Library, "midi_keep_parts(:file_id, '{1}')"),
    ("midi_keep_parts(bytea,integer[])", Open, "midi_keep_parts(:content, '{1}')"),
    ("midi_keep_parts(text,integer[])", Files, "midi_keep_parts(:path, '{1}')"),
    ("midi_keys(bigint)", Library, "midi_keys(:file_id)"),
    ("midi_keys(bytea)", Open, "midi_keys(:content)"),
    ("midi_keys(text)", Files, "midi_keys(:path)"),
    ("midi_library_report()", Library, "midi_library_report()"),
    ("midi_launcher()", Open, "midi_launcher()"),
    ("midi_lyrics(bigint)", Library, "midi_lyrics(:file_id)"),
    ("midi_lyrics(bytea)", Open, "midi_lyrics(:content)"),
    ("midi_lyrics(text)", Files, "midi_lyrics(:path)"),
    ("midi_melody(bigint)", Library, "midi_melody(:file_id)"),
    ("midi_melody(bytea)", Open, "midi_melody(:content)"),
    ("midi_melody(text)", Files, "midi_melody(:path)"),
    ("midi_merge(bytea[])", Open, "midi_merge(ARRAY[:content])"),
    ("midi_node_imports()", Open, "midi_node_imports()"),
    ("midi_notes(bigint)", Library, "midi_notes(:file_id)"),
    ("midi_notes(bytea)", Open, "midi_notes(:content)"),
    ("midi_notes(text)", Files, "midi_notes(:path)"),
    ("midi_page(bigint)", Library, "midi_page(:file_id)"),
    ("midi_page(bytea)", Open, "midi_page(:content)"),
    ("midi_page(text)", Files, "midi_page(:path)"),
    (
        "midi_piano_roll(bigint,integer,integer,integer,integer,text)",
        Library,
        "midi_piano_roll(:file_id)",
    ),
    (
        "midi_piano_roll(bytea,integer,integer,integer,integer,text)",
        Open,
        "midi_piano_roll(:content)",
    ),
    ("midi_piano_roll(text,integer,integer,integer,integer,text)", Files, "midi_piano_roll(:path)"),
    ("midi_parts(bytea)", Open, "midi_parts(:content)"),
    ("midi_parts(text)", Files, "midi_parts(:path)"),
    ("midi_parts(bigint)", Library, "midi_parts(:file_id)"),
    ("midi_pipeline_version()", Open, "midi_pipeline_version()"),
    ("midi_placements()", Open, "midi_placements()"),
    ("midi_postings_handler(internal)", Server, "midi_postings_handler(NULL)"),
    ("midi_progression_grams(text[])", Open, "midi_progression_grams('{ii,V,I}')"),
    (
        "midi_progression_position(text[],bytea,text,boolean)",
        Open,
        "midi_progression_position('{ii,V,I}', NULL, 'V I')",
    ),
    ("midi_progression_runs(text,boolean)", Open, "midi_progression_runs('ii V I', false)"),
    ("midi_prune(interval)", Prune, "midi_prune('0')"),
    (
        "midi_quantize(bigint,text,double precision,double precision)",
        Library,
        "midi_quantize(:file_id)",
    ),
    (
        "midi_quantize(bytea,text,double precision,double precision)",
        Open,
        "midi_quantize(:content)",
    ),
    ("midi_quantize(text,text,double precision,double precision)", Files, "midi_quantize(:path)"),
    ("midi_reanalyze(text)", Import, "midi_reanalyze(:path)"),
    ("midi_repair(bigint)", Library, "midi_repair(:file_id)"),
    ("midi_repair(bytea)", Open, "midi_repair(:content)"),
    ("midi_repair(text)", Files, "midi_repair(:path)"),
    (
        "midi_schedule(text,text,interval,text,integer,text)",
        Jobs,
        "midi_schedule('x', :path, every => '1 day')",
    ),
    ("midi_search(text,integer)", Library, "midi_search('bpm:120')"),
    ("midi_search_count(text)", Library, "midi_search_count('bpm:120')"),
    // It shows a statement without running it.
    ("midi_search_sql(text,integer)", Open, "midi_search_sql('bpm:120')"),
    ("midi_sections(bigint)", Library, "midi_sections(:file_id)"),
    ("midi_sections(bytea)", Open, "midi_sections(:content)"),
    ("midi_sections(text)", Files, "midi_sections(:path)"),
    ("midi_set_tempo(bigint,double precision,boolean)", Library, "midi_set_tempo(:file_id, 90)"),
    ("midi_set_tempo(bytea,double precision,boolean)", Open, "midi_set_tempo(:content, 90)"),
    ("midi_set_tempo(text,double precision,boolean)", Files, "midi_set_tempo(:path, 90)"),
    ("midi_set_text(bigint,text,text,integer)", Library, "midi_set_text(:file_id, 'title', 'A')"),
    ("midi_set_text(bytea,text,text,integer)", Open, "midi_set_text(:content, 'title', 'A')"),
    ("midi_set_text(text,text,text,integer)", Files, "midi_set_text(:path, 'title', 'A')"),
    ("midi_similar(bigint,integer)", Library, "midi_similar(1)"),
    ("midi_similar_to(bytea,integer)", Library, "midi_similar_to(:content)"),
    ("midi_split(bigint)", Library, "midi_split(:file_id)"),
    ("midi_split(bytea)", Open, "midi_split(:content)"),
    ("midi_split(text)", Files, "midi_split(:path)"),
    ("midi_tempo_map(bigint)", Library, "midi_tempo_map(:file_id)"),
    ("midi_tempo_map(bytea)", Open, "midi_tempo_map(:content)"),
    ("midi_tempo_map(text)", Files, "midi_tempo_map(:path)"),
    ("midi_to_jsonb(midi_analysis)", Open, "midi_to_jsonb(NULL)"),
    ("midi_tracks(bigint)", Library, "midi_tracks(:file_id)"),
    ("midi_tracks(bytea)", Open, "midi_tracks(:content)"),
    ("midi_tracks(text)", Files, "midi_tracks(:path)"),
    ("midi_transpose(bigint,integer,boolean)", Library, "midi_transpose(:file_id, 2)"),
    ("midi_transpose(bigint,text,boolean)", Library, "midi_transpose(:file_id, 'Am')"),
    ("midi_transpose(bytea,integer,boolean)", Open, "midi_transpose(:content, 2)"),
    ("midi_transpose(bytea,text,boolean)", Open, "midi_transpose(:content, 'Am')"),
    ("midi_transpose(text,integer,boolean)", Files, "midi_transpose(:path, 2)"),
    ("midi_transpose(text,text,boolean)", Files, "midi_transpose(:path, 'Am')"),
    ("midi_trim(bigint,integer,integer)", Library, "midi_trim(:file_id, 1)"),
    ("midi_trim(bytea,integer,integer)", Open, "midi_trim(:content, 1)"),
    ("midi_trim(text,integer,integer)", Files, "midi_trim(:path, 1)"),
    ("midi_tuning_advice()", Machine, "midi_tuning_advice()"),
    ("midi_unschedule(text)", Open, "midi_unschedule('none')"),
    ("midi_tune_grams(text)", Open, "midi_tune_grams('C D E F G A')"),
    ("midi_tune_support(internal)", Server, "midi_tune_support(NULL)"),
    ("midi_vectors_handler(internal)", Server, "midi_vectors_handler(NULL)"),
    ("midi_words(text[])", Open, "midi_words('{a}')"),
    ("midi_words_query(text,boolean)", Open, "midi_words_query('a')"),
];

const OK: &str = "";
const REFUSED: &str = "42501";
/// The tables are not as the extension created them.
const UNFIT: &str = "55000";

const ROLES: [&str; 5] = ["nobody", "reader", "writer", "granted", "keeper"];

/// The expected result when a role calls such a function.
fn expected(role: &str, kind: Kind) -> &'static str {
    match (role, kind) {
        (_, Open) => OK,
        (_, NoJob) => "42704",
        ("reader", ImportOnNodes) => UNFIT,
        (_, Server) => "42883",
        ("reader", Files | Jobs | Import | Library | Content | Forget | Machine) => OK,
        // GRANT ALL includes the tables and every function, but these check membership themselves.
        ("granted", Library | Content | Forget | Prune | Machine) => OK,
        ("granted", Trigger) => "0A000",
        // The owner of the tables may not read files, and does not own the functions.
        ("keeper", Library | Content | Forget | Prune | Indexes) => OK,
        _ => REFUSED,
    }
}

fn sweep(cluster: &Cluster, folder: &Folder, role: &str, expected: impl Fn(Kind) -> &'static str) {
    let path = folder.path().join("Ode to Joy.mid");
    let content = std::fs::read(&path).unwrap();
    let path = path.to_str().unwrap();
    let id = "SELECT id FROM midi_files WHERE path = $1";
    let id: i64 = cluster.connect().query_one(id, &[&path]).unwrap().get(0);
    let mut client = cluster.connect_as(role);
    let mut wrong = Vec::new();
    for (_, kind, call) in &CASES {
        let sql = format!("SELECT {call}");
        let mut transaction = client.transaction().unwrap();
        let result = if sql.contains(":path") {
            transaction.query(&sql.replace(":path", "$1::text"), &[&path])
        } else if sql.contains(":file_id") {
            transaction.query(&sql.replace(":file_id", "$1::bigint"), &[&id])
        } else if sql.contains(":content") {
            transaction.query(&sql.replace(":content", "$1::bytea"), &[&content])
        } else {
            transaction.query(&sql, &[])
        };
        let code = sqlstate(&result);
        // Earlier minor versions refuse the argument, and later ones the call.
        let is_refused_argument = matches!(kind, Server) && code == "0A000";
        if code != expected(*kind) && !is_refused_argument {
            wrong.push(format!("{role}: {sql}: {code:?} for {:?}: {result:?}", expected(*kind)));
        }
        // Whoever is refused is told what to ask for. PostgreSQL itself refuses what is granted and what nobody calls.
        let is_told = result
            .as_ref()
            .is_err_and(|error| error.as_db_error().is_some_and(|error| error.hint().is_some()));
        if code == REFUSED && !matches!(kind, Machine | Trigger) && !is_told {
            wrong.push(format!("{role}: {sql}: no hint: {result:?}"));
        }
        drop(transaction);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The attributes of all roles other than the bootstrap superuser.
fn rights(client: &mut Client) -> Vec<String> {
    let sql = "SELECT r::text FROM pg_roles r WHERE rolname IN
                   ('nobody', 'reader', 'writer', 'granted', 'keeper')
               UNION ALL SELECT m::text FROM pg_auth_members m ORDER BY 1";
    client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn every_function_can_be_called_by_its_intended_roles_only() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE nobody LOGIN;
             CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE writer LOGIN IN ROLE pg_write_all_data;
             CREATE ROLE granted LOGIN;
             CREATE ROLE keeper LOGIN;
             GRANT ALL ON ALL TABLES IN SCHEMA public TO granted;
             GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO granted;
             GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO granted;
             GRANT ALL ON SCHEMA public TO granted, keeper;",
        )
        .unwrap();
    let sql = "SELECT p.oid::regprocedure::text FROM pg_proc p
               JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
               JOIN pg_extension e ON e.oid = d.refobjid AND d.deptype = 'e'
               WHERE e.extname = 'midi_pipeline'";
    let there: BTreeSet<String> =
        client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    let cases: BTreeSet<String> =
        CASES.iter().map(|(signature, ..)| (*signature).to_owned()).collect();
    assert_eq!(there, cases, "each function has its case");

    // The content of a file is for the roles that may read the table where it is kept.
    client.batch_execute("SET midi_pipeline.keep_content = on").unwrap();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let before = rights(&mut client);
    for role in &ROLES[..4] {
        sweep(&cluster, &folder, role, |kind| expected(role, kind));
    }
    client
        .batch_execute(
            "DO $$
             DECLARE
                 relation regclass;
             BEGIN
                 FOR relation IN
                     SELECT objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                     JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'v')
                     WHERE d.classid = 'pg_class'::regclass AND e.extname = 'midi_pipeline'
                 LOOP
                     EXECUTE format('ALTER TABLE %s OWNER TO keeper', relation);
                 END LOOP;
             END $$",
        )
        .unwrap();
    for role in ROLES {
        sweep(&cluster, &folder, role, |kind| match (role, kind) {
            // The owner could act as the reader, or as any role that writes to its tables.
            ("reader", Jobs) => REFUSED,
            ("reader", Import | Content | Forget) => UNFIT,
            ("granted", Content | Forget | Prune) => UNFIT,
            _ => expected(role, kind),
        });
    }
    assert_eq!(rights(&mut client), before);
}

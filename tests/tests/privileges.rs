//! Which roles may have the server read files, and which files.

use std::fs;
use std::os::unix::fs::symlink;

use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use midi_testkit::smf::{self, Track};
use postgres::Client;
use postgres::error::{DbError, SqlState};

const PATH_FORMS: [&str; 21] = [
    "SELECT midi_analyze($1::text)",
    "SELECT midi_notes($1::text)",
    "SELECT midi_events($1::text)",
    "SELECT midi_header($1::text)",
    "SELECT midi_repair($1::text)",
    "SELECT midi_split($1::text)",
    "SELECT midi_tracks($1::text)",
    "SELECT midi_tempo_map($1::text)",
    "SELECT midi_keys($1::text)",
    "SELECT midi_chords($1::text)",
    "SELECT midi_beats($1::text)",
    "SELECT midi_sections($1::text)",
    "SELECT midi_parts($1::text)",
    "SELECT midi_melody($1::text)",
    "SELECT midi_lyrics($1::text)",
    "SELECT midi_features($1::text)",
    "SELECT midi_import($1::text)",
    "SELECT midi_catalog($1::text)",
    "SELECT midi_reanalyze($1::text)",
    "SELECT midi_import_start($1::text)",
    "SELECT midi_schedule('a schedule', $1::text, every => '1 hour')",
];

const CONTENT_FORMS: [&str; 24] = [
    "SELECT midi_analyze($1::bytea)",
    "SELECT midi_notes($1::bytea)",
    "SELECT midi_events($1::bytea)",
    "SELECT midi_header($1::bytea)",
    "SELECT midi_repair($1::bytea)",
    "SELECT midi_convert($1::bytea, 0)",
    "SELECT midi_set_text($1::bytea, 'title', 'A')",
    "SELECT midi_transpose($1::bytea, 2)",
    "SELECT midi_set_tempo($1::bytea, 90)",
    "SELECT midi_quantize($1::bytea)",
    "SELECT midi_trim($1::bytea, 1)",
    "SELECT midi_split($1::bytea)",
    "SELECT midi_keep_parts($1::bytea, '{1}')",
    "SELECT midi_merge(ARRAY[$1::bytea])",
    "SELECT midi_tracks($1::bytea)",
    "SELECT midi_tempo_map($1::bytea)",
    "SELECT midi_keys($1::bytea)",
    "SELECT midi_chords($1::bytea)",
    "SELECT midi_beats($1::bytea)",
    "SELECT midi_sections($1::bytea)",
    "SELECT midi_parts($1::bytea)",
    "SELECT midi_melody($1::bytea)",
    "SELECT midi_lyrics($1::bytea)",
    "SELECT midi_features($1::bytea)",
];

/// A cluster with a role without any privilege, `listener`, and one that may read files, `reader`.
fn cluster() -> Cluster {
    let cluster = Cluster::start();
    cluster
        .connect()
        .batch_execute(
            "CREATE ROLE listener LOGIN;
             CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;",
        )
        .expect("roles");
    cluster
}

fn refusal(client: &mut Client, sql: &str, path: &str) -> DbError {
    let error = client.execute(sql, &[&path]).expect_err("this role may not");
    error.as_db_error().expect("the server answers").clone()
}

/// Every field of an error.
fn fields(error: &DbError) -> (String, String, Option<String>, Option<String>) {
    let [detail, hint] = [error.detail(), error.hint()].map(|text| text.map(str::to_owned));
    (error.code().code().to_owned(), error.message().to_owned(), detail, hint)
}

#[test]
fn a_role_without_rights_can_neither_read_files_nor_learn_which_exist() {
    let (cluster, folder) = (cluster(), Folder::new());
    let there = folder.write("there.mid", &smf::numbered(1, 8));
    let (there, missing) = (there.to_str().unwrap(), "/no/such/file.mid");
    let mut listener = cluster.connect_as("listener");
    for sql in PATH_FORMS {
        let error = refusal(&mut listener, sql, there);
        assert_eq!(*error.code(), SqlState::INSUFFICIENT_PRIVILEGE, "{sql}");
        assert_eq!(fields(&error), fields(&refusal(&mut listener, sql, missing)), "{sql}");
    }
}

#[test]
fn execute_alone_is_not_enough_to_read_files() {
    let (cluster, folder) = (cluster(), Folder::new());
    let there = folder.write("there.mid", &smf::numbered(1, 8));
    cluster
        .connect()
        .batch_execute(
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO listener;
             GRANT ALL ON ALL TABLES IN SCHEMA public TO listener;",
        )
        .unwrap();
    let mut listener = cluster.connect_as("listener");
    for sql in PATH_FORMS {
        let error = refusal(&mut listener, sql, there.to_str().unwrap());
        assert_eq!(*error.code(), SqlState::INSUFFICIENT_PRIVILEGE, "{sql}");
        let missing = refusal(&mut listener, sql, "/no/such/file.mid");
        assert_eq!(fields(&error), fields(&missing), "{sql}");
    }
}

const LYRIC: u8 = 5;

/// Music for which every analysis has a result.
fn music() -> Vec<u8> {
    let bars = "C3+C4+E4+G4q C3+C4+E4+C5 F3+C4+F4+A4 F3+C4+F4+C5 | \
                G3+B3+D4+B4 G3+B3+F4+D5 C3+C4+E4+C5h |";
    let piano = Track::new("Piano", 0).tempo(100).meter(4, 4).meta(LYRIC, b"La");
    smf::file(&[piano.play(80, &format!("{bars} {bars} {bars}"))])
}

#[test]
fn a_member_of_pg_read_server_files_can_read_files() {
    let (cluster, folder) = (cluster(), Folder::new());
    let there = folder.write("there.mid", &music());
    let mut reader = cluster.connect_as("reader");
    for sql in PATH_FORMS {
        let rows = reader.query(sql, &[&there.to_str().unwrap()]).expect(sql);
        assert!(!rows.is_empty(), "{sql}");
    }
}

#[test]
fn everyone_may_analyze_content() {
    let cluster = cluster();
    let mut listener = cluster.connect_as("listener");
    let piece = music();
    for sql in CONTENT_FORMS {
        let rows = listener.query(sql, &[&piece]).expect(sql);
        assert!(!rows.is_empty(), "{sql}");
    }
}

#[test]
fn importing_content_needs_rights_on_the_tables_and_no_more() {
    let cluster = cluster();
    let piece = smf::numbered(1, 8);
    let sql = "SELECT imported FROM midi_import('a piece', $1::bytea)";
    let mut listener = cluster.connect_as("listener");
    let error = listener.query_one(sql, &[&piece]).expect_err("no rights yet");
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    cluster
        .connect()
        .batch_execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE
                ON midi_files, musical_metadata, musical_search, midi_import_errors TO listener",
        )
        .unwrap();
    let imported: i64 = listener.query_one(sql, &[&piece]).expect("rights").get(0);
    assert_eq!(imported, 1);
}

/// What a role asks for, one hint after the other, until a statement on a piece runs; each is granted.
fn asked(cluster: &Cluster, role: &str, sql: &str) -> Vec<String> {
    let (mut client, mut connection) = (cluster.connect(), cluster.connect_as(role));
    let mut asked = Vec::new();
    let parameters: &[&(dyn postgres::types::ToSql + Sync)] =
        if sql.contains("$1") { &[&music()] } else { &[] };
    while let Err(error) = connection.query(sql, parameters) {
        let error = error.as_db_error().expect("the server answers");
        assert_eq!(*error.code(), SqlState::INSUFFICIENT_PRIVILEGE, "{sql}: {error:?}");
        let hint =
            error.hint().and_then(|hint| hint.strip_prefix("Ask the owner of the library for "));
        let grant = hint.and_then(|hint| hint.split_once(" to this role")).map(|(grant, _)| grant);
        let grant = grant.unwrap_or_else(|| panic!("{sql}: no right is named: {error:?}"));
        assert!(!asked.contains(&grant.to_owned()), "{grant}");
        client.batch_execute(&format!("{grant} TO {role}")).unwrap();
        asked.push(grant.to_owned());
    }
    asked
}

#[test]
fn what_an_import_asks_for_is_enough() {
    let cluster = cluster();
    let sql = "SELECT imported FROM midi_import('a piece', $1::bytea, keep => true, parts => true)";
    // The music, problems, contents and parts.
    let all = asked(&cluster, "listener", sql);
    assert_eq!(all.len(), 4, "{all:?}");
    // Parts that are there are renewed with their music.
    cluster
        .connect()
        .batch_execute(
            "UPDATE musical_metadata SET analyzer_version = 0;
             CREATE ROLE renewer LOGIN;
             ALTER ROLE renewer SET midi_pipeline.reanalyze = on",
        )
        .unwrap();
    let all = asked(&cluster, "renewer", "SELECT imported FROM midi_import('a piece', $1::bytea)");
    assert!(all.len() == 3 && all[2].ends_with("midi_parts_library"), "{all:?}");
}

/// Calls of functions that read or write the library.
const LIBRARY_CALLS: [&str; 11] = [
    "SELECT count(*) FROM midi_search('key:C tag:rock melody:\"E4 D4 C4 D4 E4 E4\" part:bass waltz')",
    "SELECT count(*) FROM midi_compatible(1)",
    "SELECT count(*) FROM midi_find_melody('E4 D4 C4 D4 E4 E4')",
    "SELECT count(*) FROM midi_find_progression('I V7 I')",
    "SELECT count(*) FROM midi_similar(1)",
    "SELECT count(*) FROM midi_similar_to($1::bytea)",
    "SELECT count(*) FROM midi_duplicate_pairs()",
    "SELECT count(*) FROM midi_duplicates_of(1)",
    "SELECT length(midi_content(1))",
    "SELECT count(*) FROM midi_notes(1)",
    "SELECT imported FROM midi_import('another piece', $1::bytea)",
];

#[test]
fn a_role_with_rights_to_some_columns_is_told_which_it_lacks() {
    let cluster = cluster();
    let mut client = cluster.connect();
    client.execute("SELECT midi_import('a piece', $1, keep => true)", &[&music()]).unwrap();
    for (number, sql) in LIBRARY_CALLS.iter().enumerate() {
        for (depth, granted) in [
            "SELECT ON midi_contents",
            "SELECT (id), UPDATE (id), INSERT (id) ON midi_files",
            "SELECT (content_hash) ON musical_metadata, musical_search, midi_library, midi_parts_library",
        ]
        .iter()
        .enumerate()
        {
            let role = format!("partial_{number}_{depth}");
            client
                .batch_execute(&format!(
                    "CREATE ROLE {role} LOGIN; GRANT SELECT ON midi_contents TO {role}; GRANT {granted} TO {role}"
                ))
                .unwrap();
            let all = asked(&cluster, &role, sql);
            assert!(!all.is_empty(), "{sql}");
        }
    }
}

#[test]
fn the_library_is_not_shown_to_everyone() {
    let cluster = cluster();
    let mut listener = cluster.connect_as("listener");
    for relation in [
        "midi_files",
        "musical_metadata",
        "musical_search",
        "midi_contents",
        "midi_parts_library",
        "midi_import_errors",
        "midi_library",
        "midi_library_music",
        "midi_library_tags",
        "midi_library_instruments",
        "midi_library_chord_types",
        "midi_name_disagreements",
        "midi_import_jobs",
        "midi_import_chunks",
    ] {
        let error = listener.query(&format!("SELECT FROM {relation}"), &[]).expect_err(relation);
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{relation}");
    }
}

#[test]
fn row_security_of_the_tables_does_not_bind_through_the_views() {
    let cluster = cluster();
    let mut client = cluster.connect();
    client.execute("SELECT midi_import('a piece', $1::bytea)", &[&music()]).unwrap();
    client
        .batch_execute(
            "ALTER TABLE midi_files ENABLE ROW LEVEL SECURITY;
             GRANT SELECT ON midi_files, midi_library TO listener;",
        )
        .unwrap();
    let mut listener = cluster.connect_as("listener");
    let mut count = |relation: &str| -> i64 {
        listener.query_one(&format!("SELECT count(*) FROM {relation}"), &[]).unwrap().get(0)
    };
    assert_eq!([count("midi_files"), count("midi_library")], [0, 1]);
}

#[test]
fn allowed_directories_apply_to_superusers_and_cannot_be_left_by_links_or_dots() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let inside = folder.write("allowed/inside.mid", &smf::numbered(1, 8));
    let outside = folder.write("outside.mid", &smf::numbered(2, 8));
    folder.write("allowed-too-similar/file.mid", &smf::numbered(3, 8));
    symlink(&outside, folder.path().join("allowed/link.mid")).unwrap();
    symlink(folder.path(), folder.path().join("allowed/up")).unwrap();
    symlink(&inside, folder.path().join("link to inside.mid")).unwrap();
    let mut client = cluster.connect();
    let set = format!("SET midi_pipeline.allowed_directories = '\"{}/allowed\"'", folder.as_str());
    client.batch_execute(&set).unwrap();
    for path in ["allowed/inside.mid", "allowed/../allowed/inside.mid", "link to inside.mid"] {
        let path = format!("{}/{path}", folder.as_str());
        client.execute("SELECT midi_analyze($1::text)", &[&path]).expect(&path);
    }
    for path in [
        "outside.mid",
        "allowed/../outside.mid",
        "allowed/link.mid",
        "allowed/up/outside.mid",
        "allowed-too-similar/file.mid",
    ] {
        let path = format!("{}/{path}", folder.as_str());
        for sql in PATH_FORMS {
            let error = refusal(&mut client, sql, &path);
            assert_eq!(*error.code(), SqlState::INSUFFICIENT_PRIVILEGE, "{sql} {path}");
        }
    }
}

#[test]
fn outside_the_allowed_directories_a_missing_file_looks_like_one_that_is_there() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("allowed/inside.mid", &smf::numbered(1, 8));
    let secret = folder.write("secret/file.mid", &smf::numbered(2, 8));
    let mut client = cluster.connect();
    let set = format!("SET midi_pipeline.allowed_directories = '\"{}/allowed\"'", folder.as_str());
    client.batch_execute(&set).unwrap();
    let path = secret.to_str().unwrap();
    let there = PATH_FORMS.map(|sql| fields(&refusal(&mut client, sql, path)));
    fs::remove_file(&secret).unwrap();
    let file_gone = PATH_FORMS.map(|sql| fields(&refusal(&mut client, sql, path)));
    fs::remove_dir(secret.parent().unwrap()).unwrap();
    let folder_gone = PATH_FORMS.map(|sql| fields(&refusal(&mut client, sql, path)));
    assert_eq!(there, file_gone);
    assert_eq!(there, folder_gone);
}

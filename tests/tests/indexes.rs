//! The indexes of the profiles: each is used by the query that it serves, and by midi_search.

use midi_pipeline_tests::extensions::offers_contrib;
use midi_pipeline_tests::synthetic;
use midi_testkit::cluster::{Cluster, wait_until};
use postgres::Client;
use postgres::error::SqlState;

const ROWS: u32 = 50_000;

/// Queries, and the parts of their plans that show the use of an index.
const SEARCHES: [(&str, &[&str]); 25] = [
    ("key:Am bpm:118..119", &["musical_metadata_key_bpm_idx"]),
    ("bpm:120", &["musical_metadata_bpm_idx"]),
    ("bpm:>199", &["musical_metadata_bpm_idx"]),
    ("instrument:40", &["musical_metadata_instruments_idx"]),
    ("tag:polka", &["midi_files_tags_idx", "musical_metadata_tags_idx"]),
    ("tag:polka -tag:waltz drums:yes", &["midi_files_tags_idx", "musical_metadata_tags_idx"]),
    ("chord:minmaj7", &["musical_metadata_chord_types_idx"]),
    ("progression:\"#iv bIII bvi\"", &["musical_metadata_progression_idx"]),
    ("progression:\"#iv bIII bvi iv I\"", &["musical_metadata_progression_idx"]),
    ("progression:\"bvi ? bvi bIII bvi\"", &["musical_metadata_progression_idx"]),
    ("melody:\"E4 D4 C4 D4 E4 E4 G4 F4 A4 C5\"", &["musical_search_melody_ngrams_idx"]),
    (
        "melody:\"E4 D4 C4 D4 E4 E4 G4 F4 A4 C5\" drums:yes sort:-bpm",
        &["musical_search_melody_ngrams_idx"],
    ),
    ("meter:7/8 sort:bpm", &["musical_metadata_bpm_idx"]),
    ("duration:1:00..1:01", &["musical_metadata_duration_idx"]),
    ("bars:12", &["musical_metadata_bars_idx"]),
    ("notes:4000..4005", &["musical_metadata_notes_idx"]),
    ("complexity:>99.9", &["musical_metadata_complexity_idx"]),
    ("sort:-complexity", &["musical_metadata_complexity_idx"]),
    ("drums:yes sort:-notes", &["musical_metadata_notes_idx"]),
    ("bpm:>60 sort:-bpm", &["musical_metadata_bpm_idx"]),
    ("part:bass loop:4 key:Am", &["midi_parts_library_role_idx"]),
    ("name:oonlight", &["midi_files_filename_trgm_idx"]),
    ("text:gently", &["musical_metadata_words_idx"]),
    ("\"moonlight sonata\"", &["midi_files_words_idx", "musical_metadata_words_idx"]),
    (
        "moonlite",
        &["midi_files_words_idx", "musical_metadata_words_idx", "midi_files_filename_trgm_idx"],
    ),
];

fn plan(client: &mut Client, query: &str) -> String {
    let rows = client.query(&format!("EXPLAIN (COSTS OFF) {query}"), &[]).expect(query);
    rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
}

fn outcomes(client: &mut Client, call: &str) -> Vec<(String, String)> {
    let sql = format!("SELECT index_name, outcome FROM {call}");
    let rows = client.query(&sql, &[]).expect(call);
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[test]
fn every_index_is_used_by_its_query_and_every_search_uses_its_indexes() {
    let cluster = Cluster::start();
    if !offers_contrib(&cluster) {
        return;
    }
    synthetic::fill(&cluster, ROWS);
    let mut client = cluster.connect();
    let mut wanting = Vec::new();
    for profile in ["default", "search", "all"] {
        let call = format!("midi_create_indexes('{profile}')");
        let made = outcomes(&mut client, &call);
        assert!(made.iter().all(|(_, outcome)| outcome == "created" || outcome == "exists"));
        let sql = "SELECT index_name, serves, state FROM midi_index_profiles WHERE profile = $1";
        let indexes = client.query(sql, &[&profile]).unwrap();
        assert!(indexes.len() > 2);
        for index in &indexes {
            let [name, query, state] = [0, 1, 2].map(|column| index.get::<_, String>(column));
            assert_eq!(state, "built", "{name}");
            let plan = plan(&mut client, &query);
            if !plan.contains(&format!(" {name}")) {
                wanting.push(format!("{name}: {query}\n{plan}"));
            }
        }
    }
    client.batch_execute("SELECT * FROM midi_drop_indexes('all')").unwrap();
    for (query, indexes) in SEARCHES {
        let sql: String = client.query_one("SELECT midi_search_sql($1)", &[&query]).unwrap().get(0);
        let plan = plan(&mut client, &sql);
        if !indexes.iter().all(|index| plan.contains(&format!(" {index}"))) {
            wanting.push(format!("{query}\n{sql}\n{plan}"));
        }
        // The statement that is shown is the one that runs.
        let [shown, found] = [sql, format!("SELECT * FROM midi_search($${query}$$)")].map(|sql| {
            let sql = format!("SELECT array_agg(file_id) FROM ({sql}) AS found");
            client.query_one(&sql, &[]).expect(&sql).get::<_, Option<Vec<i64>>>(0)
        });
        assert_eq!(shown, found, "{query}");
        if found.is_none() {
            wanting.push(format!("{query} finds nothing"));
        }
    }
    assert!(wanting.is_empty(), "{}", wanting.join("\n"));
}

/// How often an index has been scanned.
fn scans(client: &mut Client, index: &str) -> i64 {
    let sql = "SELECT pg_stat_get_numscans($1::text::regclass)";
    client.query_one(sql, &[&index]).unwrap().get(0)
}

fn is_answered_by(client: &mut Client, call: &str, index: &str) {
    let before = scans(client, index);
    client.execute(&format!("SELECT * FROM {call}"), &[]).expect(call);
    // A session reports its statistics with some delay.
    wait_until(&format!("{call} is answered by {index}"), || {
        client.batch_execute("SELECT pg_sleep(0.05)").unwrap();
        scans(client, index) > before
    });
}

/// PostgreSQL counts a comparison of two arrays as one operator, so that it would rather make some hundred thousand of them
/// than scan an index some hundred times. A shard of a library on several machines is as small.
#[test]
fn arrays_are_looked_up_in_their_index_in_a_small_library_too() {
    let cluster = Cluster::start();
    synthetic::fill(&cluster, 500);
    let mut client = cluster.connect();
    client.batch_execute("SELECT midi_create_indexes('search')").unwrap();
    for (call, index) in [
        ("midi_find_melody('E4 D4 C4 D4 E4 E4 G4')", "musical_search_melody_ngrams_idx"),
        ("midi_duplicates_of(475)", "musical_search_fingerprint_idx"),
        ("midi_duplicates WHERE file_id = 475", "musical_search_fingerprint_idx"),
        ("midi_duplicates", "musical_search_fingerprint_idx"),
    ] {
        is_answered_by(&mut client, call, index);
    }
}

#[test]
fn searches_use_their_index_whatever_number_of_rows_the_planner_expects() {
    let cluster = Cluster::start();
    synthetic::fill(&cluster, ROWS);
    let mut client = cluster.connect();
    client.batch_execute("SELECT midi_create_indexes('search')").unwrap();
    for (call, index) in [
        ("midi_find_progression('#iv bIII bvi')", "musical_metadata_progression_idx"),
        ("midi_find_progression('ii7 V7 Imaj7')", "musical_metadata_progression_idx"),
        ("midi_find_progression('bvi bIII ? #iv iv')", "musical_metadata_progression_idx"),
        ("midi_find_progression('i bVII bVI V')", "musical_metadata_progression_idx"),
        ("midi_similar(4711)", "musical_search_embedding_idx"),
        ("midi_compatible(4711)", "musical_metadata_key_bpm_idx"),
    ] {
        is_answered_by(&mut client, call, index);
    }
    let near = "SELECT count(*) FROM midi_duplicates WHERE kind = 'near'";
    let all: i64 = client.query_one(near, &[]).unwrap().get(0);
    assert!(all >= i64::from(ROWS / 50), "{all} pairs");
    let one =
        "SELECT array_agg(other_file_id) = '{4749}' FROM midi_duplicates WHERE file_id = 4750";
    assert!(client.query_one(one, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn the_planner_knows_the_values_of_the_expressions_of_new_indexes() {
    let cluster = Cluster::start();
    if !offers_contrib(&cluster) {
        return;
    }
    synthetic::fill(&cluster, 2_000);
    let mut client = cluster.connect();
    client.batch_execute("SELECT midi_create_indexes('all')").unwrap();
    let expressions = "
        SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
            SELECT FROM pg_statistic s WHERE s.starelid = i.indexrelid))
        FROM midi_index_profiles p JOIN pg_index i ON i.indexrelid = p.index_name::regclass
        WHERE indexprs IS NOT NULL";
    let row = client.query_one(expressions, &[]).unwrap();
    let [all, unknown] = [0, 1].map(|column| row.get::<_, i64>(column));
    assert!(all > 4 && unknown == 0, "{unknown} of {all}");
}

#[test]
fn index_profiles_can_be_created_and_dropped_repeatedly() {
    let cluster = Cluster::start();
    if !offers_contrib(&cluster) {
        return;
    }
    let mut client = cluster.connect();
    let states = |client: &mut Client| -> String {
        let sql = "SELECT string_agg(DISTINCT profile, ' ' ORDER BY profile) || ' of ' || count(*)
                   FROM midi_index_profiles WHERE state = 'built'";
        client.query_one(sql, &[]).unwrap().get(0)
    };
    let default = states(&mut client);
    assert!(default.starts_with("default of "), "{default}");
    let made = outcomes(&mut client, "midi_create_indexes()");
    assert_eq!(made.iter().filter(|(_, outcome)| outcome == "created").count(), 17);
    let search = states(&mut client);
    assert!(search.starts_with("default search of "), "{search}");
    let again = outcomes(&mut client, "midi_create_indexes('search')");
    assert!(again.iter().all(|(_, outcome)| outcome == "exists"), "{again:?}");
    client.execute("SELECT midi_create_indexes('all')", &[]).unwrap();
    assert!(states(&mut client).starts_with("all default search of "));
    client.execute("SELECT midi_drop_indexes('all')", &[]).unwrap();
    assert_eq!(states(&mut client), search);
    client.execute("SELECT midi_drop_indexes('search')", &[]).unwrap();
    assert_eq!(states(&mut client), default);
    let error = client.execute("SELECT midi_create_indexes('every')", &[]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE));
}

#[test]
fn an_index_left_invalid_by_a_concurrent_build_is_created_again() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client
        .batch_execute(
            "SELECT midi_create_indexes('search');
             UPDATE pg_index SET indisvalid = false
             WHERE indexrelid = 'musical_metadata_bars_idx'::regclass",
        )
        .unwrap();
    let made = outcomes(&mut client, "midi_create_indexes('search')");
    let created: Vec<_> = made.into_iter().filter(|(_, outcome)| outcome == "created").collect();
    assert_eq!(created, [("musical_metadata_bars_idx".to_owned(), "created".to_owned())]);
}

#[test]
fn only_the_owner_creates_indexes_and_those_that_need_a_superuser_are_skipped_with_a_notice() {
    let cluster = Cluster::start();
    if !offers_contrib(&cluster) {
        return;
    }
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE keeper LOGIN;
             ALTER TABLE midi_files OWNER TO keeper;
             ALTER TABLE musical_metadata OWNER TO keeper;
             ALTER TABLE musical_search OWNER TO keeper;
             ALTER TABLE midi_parts_library OWNER TO keeper;
             GRANT CREATE ON SCHEMA public TO keeper;",
        )
        .unwrap();
    for call in ["midi_create_indexes()", "midi_drop_indexes('search')"] {
        let error = cluster
            .connect_as("reader")
            .execute(&format!("SELECT {call}"), &[])
            .expect_err("it is not the owner");
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{call}");
    }
    let mut keeper = cluster.connect_as("keeper");
    let skipped = |client: &mut Client| -> Vec<String> {
        let sql = "SELECT index_name || ': ' || reason FROM midi_create_indexes('all')
                   WHERE outcome = 'skipped' ORDER BY 1";
        client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(
        skipped(&mut keeper),
        [
            "midi_files_filename_trgm_idx: a superuser has to create the extension pg_trgm first",
            "musical_metadata_counts_idx: a superuser has to create the extension bloom first",
        ]
    );
    // pg_trgm is a trusted extension: roles that may create objects in the database may create them.
    client.batch_execute("GRANT CREATE ON DATABASE music TO keeper").unwrap();
    assert_eq!(
        skipped(&mut keeper),
        ["musical_metadata_counts_idx: a superuser has to create the extension bloom first"]
    );
}

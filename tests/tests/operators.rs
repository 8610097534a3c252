//! The operators `@~` and `<->` in conditions and orders: they find what the searches find, however the statement is planned,
//! and use the indexes.

use std::collections::BTreeSet;

use midi_pipeline_tests::synthetic;
use midi_testkit::cluster::Cluster;
use postgres::Client;
use postgres::error::SqlState;

/// Fewer than the results that the searches give at most.
const ROWS: u32 = 900;

/// What the planner is told to use.
const PLANS: [&str; 5] = [
    "RESET ALL",
    "SET enable_bitmapscan = off; SET enable_indexscan = off",
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan",
    "SET enable_nestloop = off; SET enable_material = off; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
     SET min_parallel_table_scan_size = 0",
];

fn files(client: &mut Client, sql: &str, asked: &str) -> BTreeSet<i64> {
    let rows = client.query(sql, &[&asked]).unwrap_or_else(|error| panic!("{asked}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

fn plan(client: &mut Client, sql: &str) -> String {
    let rows = client.query(&format!("EXPLAIN (COSTS OFF) {sql}"), &[]).expect(sql);
    rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
}

fn library(rows: u32) -> (Cluster, Client) {
    let cluster = Cluster::start();
    synthetic::fill(&cluster, rows);
    let client = cluster.connect();
    (cluster, client)
}

/// Tunes that pieces of the library have, transposed; of most, one note is another, left out or added. And some that hardly
/// any has.
fn tunes(client: &mut Client) -> Vec<String> {
    let sql =
        "SELECT substring(melody_lines FROM 3 FOR get_byte(melody_lines, 0)) FROM musical_search
               ORDER BY content_hash LIMIT 24";
    let lines = client.query(sql, &[]).unwrap();
    let lines = lines.iter().map(|row| row.get::<_, Vec<u8>>(0)).enumerate();
    let changed = lines.map(|(number, line)| {
        let length = 6 + number * 5 % 19;
        let at = number * 7 % length;
        let first = number % (line.len() - length);
        let mut tune: Vec<u8> = line[first..first + length].iter().map(|pitch| pitch - 5).collect();
        match number % 4 {
            0 => tune[at] += 1 + (number % 3) as u8,
            1 if length > 6 => drop(tune.remove(at)),
            2 => tune.insert(at, 60),
            _ => {}
        }
        tune
    });
    let other = [vec![60, 61, 60, 61, 60, 61], vec![72; 9], (40..70).collect()];
    let written = |tune: Vec<u8>| tune.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
    changed.chain(other).map(written).collect()
}

#[test]
fn any_of_many_tunes_is_what_each_finds() {
    let (_cluster, mut client) = library(8);
    let few = tunes(&mut client);
    // More than are kept, in turns.
    let many: Vec<_> =
        (0..60).map(|low| format!("{} 90 70 91 69 {low}", low + 20)).chain(few).collect();
    let any = "SELECT file_id FROM midi_library_music WHERE melody @~ ANY ($1)";
    let found: BTreeSet<i64> =
        client.query(any, &[&many]).unwrap().iter().map(|row| row.get(0)).collect();
    let one = "SELECT file_id FROM midi_library_music WHERE melody @~ $1";
    let each: BTreeSet<i64> = many.iter().flat_map(|tune| files(&mut client, one, tune)).collect();
    assert!(!found.is_empty());
    assert_eq!(found, each);
}

#[test]
fn a_melody_is_found_by_the_operator_and_by_the_searches_with_and_without_indexes() {
    let (_cluster, mut client) = library(ROWS);
    let tunes = tunes(&mut client);
    let mut found = 0;
    for profile in ["default", "search"] {
        client.query("SELECT midi_create_indexes($1)", &[&profile]).unwrap();
        for tune in &tunes {
            client.batch_execute("RESET ALL").unwrap();
            let search = "SELECT file_id FROM midi_find_melody($1, 1000)";
            let expected = files(&mut client, search, tune);
            found += expected.len();
            let line = "SELECT file_id FROM midi_search(format('melody:\"%s\"', $1::text), 1000)";
            assert_eq!(files(&mut client, line, tune), expected, "{profile}, {tune}");
            for settings in PLANS {
                client.batch_execute(settings).unwrap();
                let condition = "SELECT file_id FROM midi_library_music WHERE melody @~ $1";
                let with = files(&mut client, condition, tune);
                assert_eq!(with, expected, "{profile}, {tune}, {settings}");
            }
            client.batch_execute("RESET ALL").unwrap();
            let others =
                "SELECT file_id FROM midi_search(format('-melody:\"%s\"', $1::text), 10000)";
            let others = files(&mut client, others, tune);
            let all: i64 =
                client.query_one("SELECT count(*) FROM midi_library", &[]).unwrap().get(0);
            assert!(others.is_disjoint(&expected));
            assert_eq!(others.len() + expected.len(), all as usize, "{tune}");
        }
    }
    assert!(found > 2 * tunes.len(), "{found}");
}

#[test]
fn a_progression_is_found_by_the_operator_and_by_the_search_with_and_without_indexes() {
    let (_cluster, mut client) = library(ROWS);
    let progressions = [
        "I V vi IV",
        "ii V I",
        "ii7 V7 I",
        "Imaj7 ? IV",
        "i bVII",
        "iv",
        "V7",
        "#iv bvi ? I",
        "I ? ? ? bvi",
        "bIII biii bvi",
        "I V vi IV I V vi IV I V vi IV I V vi IV IV I V vi IV I V I",
    ];
    let mut found = 0;
    for profile in ["default", "search"] {
        client.query("SELECT midi_create_indexes($1)", &[&profile]).unwrap();
        for progression in progressions {
            client.batch_execute("RESET ALL").unwrap();
            let search = "SELECT file_id FROM midi_find_progression($1, 10000) WHERE score = 1";
            let expected = files(&mut client, search, progression);
            found += expected.len();
            let line =
                "SELECT file_id FROM midi_search(format('progression:\"%s\"', $1::text), 10000)";
            assert_eq!(files(&mut client, line, progression), expected, "{profile}, {progression}");
            for settings in PLANS {
                client.batch_execute(settings).unwrap();
                for condition in [
                    "SELECT file_id FROM midi_library_music WHERE harmony @~ $1",
                    "SELECT file_id FROM midi_library
                     WHERE midi_has_progression(chord_progression, chord_moments, $1)",
                ] {
                    let with = files(&mut client, condition, progression);
                    assert_eq!(with, expected, "{profile}, {progression}, {settings}");
                }
            }
        }
    }
    assert!(found > 2 * progressions.len(), "{found}");
}

#[test]
fn conditions_of_several_kinds_are_one_plan_with_the_indexes() {
    let (_cluster, mut client) = library(30_000);
    client.batch_execute("SELECT midi_create_indexes('search')").unwrap();
    let like = "(SELECT embedding FROM midi_library_music WHERE file_id = 7)";
    for (sql, indexes) in [
        (
            "SELECT file_id FROM midi_library_music
             WHERE key_signature = 'A minor' AND time_signature_numerator = 3
               AND melody @~ 'E4 D4 C4 D4 E4 E4 E4 D4 D4 D4 E4 G4'"
                .to_owned(),
            &["musical_search_melody_ngrams_idx"][..],
        ),
        (
            "SELECT file_id FROM midi_library_music WHERE harmony @~ '#iv bIII bvi iv7' AND bpm > 100".to_owned(),
            &["musical_metadata_progression_idx"],
        ),
        (
            "SELECT file_id FROM midi_library
             WHERE midi_has_progression(chord_progression, chord_moments, '#iv bIII bvi iv7')"
                .to_owned(),
            &["musical_metadata_progression_idx"],
        ),
        (
            format!("SELECT file_id FROM midi_library_music ORDER BY embedding <-> {like} LIMIT 20"),
            &["Order By: (embedding <->", "musical_search_embedding_idx"],
        ),
        (
            format!(
                "SELECT file_id FROM midi_library_music WHERE has_drums AND embedding <-> {like} < 0.8
                 ORDER BY embedding <-> {like} LIMIT 20"
            ),
            &["Order By: (embedding <->", "musical_search_embedding_idx"],
        ),
        (
            "SELECT file_id FROM midi_library_music, (VALUES ('E4 D4 C4 D4 E4 E4 E4 D4'), ('C D E F G A B')) AS t (tune)
             WHERE melody @~ tune"
                .to_owned(),
            &["melody_ngrams && midi_tune_grams("],
        ),
    ] {
        let plan = plan(&mut client, &sql);
        assert!(indexes.iter().all(|index| plan.contains(index)), "{sql}\n{plan}");
    }
    // The nearest are those of midi_similar, which leaves out the file itself.
    let nearest = "SELECT array_agg(distance ORDER BY distance) FROM (
                       SELECT embedding <-> (SELECT embedding FROM midi_library_music WHERE file_id = 7) AS distance
                       FROM midi_library_music WHERE file_id <> 7 ORDER BY 1 LIMIT 20) AS near";
    let similar = "SELECT array_agg(distance ORDER BY distance) FROM midi_similar(7, 20)";
    let [near, similar] =
        [nearest, similar].map(|sql| client.query_one(sql, &[]).unwrap().get::<_, Vec<f64>>(0));
    assert_eq!(near, similar);
}

/// How many rows the planner expects of the index on n-grams for a tune.
fn expected_of_index(client: &mut Client, tune: &str) -> f64 {
    let sql = format!(
        "EXPLAIN SELECT FROM musical_search WHERE midi_has_tune(melody_ngrams, melody_lines, '{tune}')"
    );
    let plan = client.query(&sql, &[]).expect("a plan");
    let mut lines = plan.iter().map(|row| row.get::<_, String>(0));
    let line = lines.find(|line| line.contains("Bitmap Index Scan")).expect("the index is used");
    let rows = line.split("rows=").nth(1).and_then(|rest| rest.split(' ').next());
    rows.and_then(|rows| rows.parse().ok()).expect("a number")
}

#[test]
fn the_index_on_melodies_is_expected_to_find_more_for_short_tunes() {
    let (_cluster, mut client) = library(ROWS);
    client.query("SELECT midi_create_indexes('search')", &[]).unwrap();
    client.batch_execute("SET enable_seqscan = off").unwrap();
    let [short, long] = ["60 62 64 65 67 69", "60 62 64 65 67 69 71 72 74 76"]
        .map(|tune| expected_of_index(&mut client, tune));
    assert!(short > long * 100.0, "{short} {long}");
}

#[test]
fn what_is_no_melody_and_no_progression_is_refused() {
    let (_cluster, mut client) = library(100);
    for (sql, sqlstate, words) in [
        (
            "melody @~ 'E4 D4 H9 D4 E4 E4'",
            SqlState::INVALID_PARAMETER_VALUE,
            "\"H9\" is not a note",
        ),
        ("melody @~ 'E4 D4'", SqlState::INVALID_PARAMETER_VALUE, "at least 6"),
        ("harmony @~ 'ii X I'", SqlState::INVALID_PARAMETER_VALUE, "\"X\" is not a degree"),
    ] {
        let sql = format!("SELECT count(*) FROM midi_library_music WHERE {sql}");
        let error = client.query(&sql, &[]).expect_err(&sql);
        let error = error.as_db_error().expect("an error of the server");
        assert_eq!(*error.code(), sqlstate, "{sql}");
        assert!(error.message().contains(words) && error.hint().is_some(), "{error:?}");
    }
    // NULL is no tune, and a piece without lines has none.
    let none = "SELECT count(*) FROM midi_library_music
                WHERE melody @~ NULL OR harmony @~ NULL
                   OR ROW(NULL, NULL)::midi_melody_index @~ 'E4 D4 C4 D4 E4 E4' OR midi_has_tune('{}', '', 'E D C D E E')";
    assert_eq!(client.query_one(none, &[]).unwrap().get::<_, i64>(0), 0);
}

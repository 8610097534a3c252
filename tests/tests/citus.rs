//! A library that is distributed by Citus answers as the same library on one machine does, row for row.

use std::{env, fs};

use midi_pipeline_tests::citus::{Distributed, Nodes, SHAPES};
use midi_pipeline_tests::documents::{Document, psql, searches};
use midi_pipeline_tests::server_copy::root;
use midi_testkit::cluster::DATABASE;
use midi_testkit::folder::Folder;
use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// Every view, with an order where it has none.
const VIEWS: [&str; 8] = [
    "SELECT * FROM midi_library ORDER BY file_id",
    "SELECT * FROM midi_library_music ORDER BY file_id",
    "SELECT * FROM midi_library_tags ORDER BY file_id, tag",
    "SELECT * FROM midi_library_instruments ORDER BY file_id, program",
    "SELECT * FROM midi_library_chord_types ORDER BY file_id, chord_type",
    "SELECT * FROM midi_name_disagreements ORDER BY file_id",
    "SELECT * FROM midi_duplicates ORDER BY file_id, other_file_id",
    "SELECT * FROM midi_duplicates WHERE file_id BETWEEN 20 AND 30 ORDER BY file_id, other_file_id",
];

/// Searches by functions. Those that end where they have found enough are asked for more than there is.
const SEARCHES: [&str; 27] = [
    "SELECT count(*) FROM midi_find_progression('I7 IV7', 400)",
    "SELECT count(*) FROM midi_find_progression('ii7 V7 I', 5)",
    "SELECT count(*) FROM midi_library l
     WHERE NOT EXISTS (SELECT 1 FROM midi_parts_library p WHERE p.content_hash = l.content_hash)",
    "SELECT * FROM midi_duplicate_pairs() ORDER BY file_id, other_file_id",
    "SELECT * FROM midi_duplicate_pairs(0.6) ORDER BY file_id, other_file_id",
    "SELECT * FROM midi_find_melody('E4 E4 F4 G4 G4 F4 E4 D4')",
    "SELECT * FROM midi_find_melody('C4 D4 E4 C4 C4 D4 E4 C4 E4 F4 G4', 1000)",
    "SELECT * FROM midi_find_melody(
         (SELECT array_agg(pitch::int ORDER BY note_no) FROM midi_melody(9) WHERE note_no <= 8), 1000)",
    "SELECT * FROM midi_find_melody(midi_content(7), 50)",
    "SELECT * FROM midi_find_progression('I V', 10000)",
    "SELECT * FROM midi_find_progression('I IV V', 10000)",
    "SELECT * FROM midi_find_progression('ii V I', 10000)",
    "SELECT * FROM midi_find_progression('I7 IV7', 10000)",
    "SELECT * FROM midi_similar(3, 1000)",
    "SELECT * FROM midi_similar(9, 1000)",
    "SELECT * FROM midi_similar_to(midi_content(11), 1000)",
    "SELECT * FROM midi_compatible(40)",
    "SELECT * FROM midi_compatible(25, 1000)",
    "SELECT * FROM midi_compatible(midi_content(20), 1000)",
    "SELECT file_id FROM midi_library_music WHERE melody @~ 'E4 E4 F4 G4 G4 F4 E4 D4' ORDER BY 1",
    "SELECT file_id FROM midi_library_music
     WHERE melody @~ ANY ('{E4 E4 F4 G4 G4 F4 E4 D4,C4 D4 E4 C4 C4 D4 E4 C4}') ORDER BY 1",
    "SELECT file_id FROM midi_library_music WHERE harmony @~ 'I IV V' ORDER BY 1",
    "SELECT file_id FROM midi_library_music WHERE embedding IS NOT NULL
     ORDER BY embedding <-> (SELECT embedding FROM midi_library_music WHERE file_id = 5 LIMIT 1), file_id LIMIT 20",
    // It says when it was made.
    "SELECT regexp_replace(midi_library_report(), 'as of [^<]*', '')",
    "SELECT * FROM midi_duplicates_of(1)",
    "SELECT * FROM midi_duplicates_of(25, 0.6)",
    "SELECT key_signature, count(*), sum(note_count) FROM midi_library GROUP BY 1 ORDER BY 1",
];

/// What is known of a file by its number.
const OF_FILES: [&str; 8] = [
    "SELECT midi_content(9)",
    "SELECT midi_page(9)",
    "SELECT midi_piano_roll(9)",
    "SELECT * FROM midi_notes(9)",
    "SELECT * FROM midi_chords(9)",
    "SELECT * FROM midi_melody(9)",
    "SELECT * FROM midi_parts(9)",
    "SELECT * FROM midi_lyrics(9)",
];

/// Lines of search that the documentation has no examples of.
const LINES: [&str; 8] = [
    "",
    "-tag:rock sort:-bpm,name",
    "-progression:\"I IV V\"",
    "-part:bass",
    "part:bass notes:>50 -part:melody",
    "no-such-word",
    "tag:no-such-tag",
    "key:C key:D",
];

/// The rows of a statement, as text, or the message of its error.
fn rows(client: &mut Client, sql: &str) -> Result<Vec<Vec<Option<String>>>, String> {
    let messages = client.simple_query(sql).map_err(|error| {
        error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
    })?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let texts =
        |row: SimpleQueryRow| (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect();
    Ok(rows.map(texts).collect())
}

/// All statements that are compared.
fn statements() -> Vec<String> {
    let lines = searches().into_iter().chain(LINES.map(str::to_owned));
    let of_line = |line: String| {
        let line = line.replace('\'', "''");
        [
            format!("SELECT * FROM midi_search('{line}', 7)"),
            format!("SELECT * FROM midi_search('{line}', 100000)"),
            format!("SELECT midi_search_count('{line}')"),
        ]
    };
    let all = [&VIEWS[..], &SEARCHES[..], &OF_FILES[..]].concat();
    all.into_iter().map(str::to_owned).chain(lines.flat_map(of_line)).collect()
}

#[test]
fn a_distributed_library_answers_as_one_machine_does() {
    answers_as_one_machine(SHAPES[0]);
}

#[test]
fn a_library_whose_files_lie_beside_their_music_answers_as_one_machine_does() {
    answers_as_one_machine(SHAPES[1]);
}

fn answers_as_one_machine(shape: &str) {
    let Some(library) = Distributed::start(shape) else { return };
    let (mut distributed, mut whole) = (library.connect(), library.connect_to_whole());
    let (mut found_nothing, mut wrong) = (Vec::new(), Vec::new());
    for sql in statements() {
        let expected = rows(&mut whole, &sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        match rows(&mut distributed, &sql) {
            Err(error) => wrong.push(format!("{sql}: {error}")),
            Ok(answer) if answer != expected => {
                let differing = answer.iter().zip(&expected).find(|(one, other)| one != other);
                let [answer, expected] = [answer.len(), expected.len()];
                wrong.push(format!("{sql}: {answer} rows, not {expected}; {differing:?}"));
            }
            Ok(_) if expected.is_empty() => found_nothing.push(sql),
            Ok(_) => (),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(found_nothing.len() < 15, "{found_nothing:#?}");
}

#[test]
fn the_documentation_shows_what_happens() {
    let Some(nodes) = Nodes::start_unknown() else { return };
    let path = root().join("docs/scale-out.md");
    let text = fs::read_to_string(&path).expect("a document is UTF-8");
    let mut document = Document::parse(&text);
    let folder = Folder::demo();
    let [node_1, node_2] = [0, 1].map(|number| nodes.others[number].socket_folder());
    let variables = [
        ("folder", folder.path()),
        ("coordinator", nodes.coordinator.socket_folder()),
        ("node_1", node_1),
        ("node_2", node_2),
    ];
    let update = env::var_os("UPDATE_DOCS").is_some();
    for example in document.examples() {
        let output = psql(&nodes.coordinator, DATABASE, &variables, &example.sql);
        let Some(shown) = &mut example.output else { continue };
        if update {
            *shown = output;
        } else {
            assert_eq!(*shown, output, "line {}", example.line);
        }
    }
    if update {
        fs::write(path, document.text()).expect("a document can be written");
    }
}

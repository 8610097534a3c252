//! From a query to its statement.

mod errors;
mod hints;
mod words;

use proptest::prelude::*;

use super::error::{Error, ErrorKind};
use super::fields::{FIELDS, most_similar};
use super::plan::read;
use super::run::literal;
use super::statement::{Parameter, Schemas, Statement};

/// The statement for a query.
fn statement<'a>(
    query: &str,
    schemas: &'a Schemas,
    all_heard: bool,
) -> Result<Statement<'a>, Error> {
    Statement::new(&read(query)?, 10, schemas, all_heard)
}

fn schemas(trigrams: bool) -> Schemas {
    let trigrams = trigrams.then(|| "public".to_owned());
    Schemas { library: "music".to_owned(), trigrams, columns: "l.*".to_owned() }
}

/// The conditions of a query's statement, with its values written out.
fn conditions(query: &str) -> String {
    let schemas = schemas(false);
    let statement = statement(query, &schemas, true).unwrap();
    let sql = statement.write(|_, parameter| literal(parameter));
    let start = sql.find("\nWHERE ").map_or(sql.len(), |at| at + 7);
    sql[start..].split("\nORDER BY ").next().unwrap_or_default().to_owned()
}

/// What a query sorts by: the keys, and their order.
fn order(query: &str) -> String {
    let schemas = schemas(false);
    let sql = statement(query, &schemas, true).unwrap().write(|_, p| literal(p));
    let columns = sql.split("SELECT l.file_id").nth(1).unwrap();
    let columns = columns.split("\nFROM").next().unwrap();
    // The rows that are found, and the same rows with all columns.
    let [_, found, all] = sql.split("\nORDER BY ").collect::<Vec<_>>()[..] else {
        panic!("{sql}");
    };
    let found = found.split("\nLIMIT").next().unwrap();
    assert_eq!(found, all);
    format!(
        "{}{found}",
        columns.strip_prefix(", ").map(|keys| format!("{keys}: ")).unwrap_or_default()
    )
}

fn error(query: &str) -> (usize, ErrorKind, String, String) {
    let schemas = schemas(true);
    let Err(error) = statement(query, &schemas, true).map(drop) else {
        panic!("{query} is accepted");
    };
    (error.column(query), error.kind, error.message, error.hint)
}

#[test]
fn a_number_means_all_numbers_that_round_to_it() {
    for (query, sql) in [
        ("bpm:120", "(l.bpm >= 119.5 AND l.bpm < 120.5)"),
        ("bpm:120..130", "(l.bpm >= 119.5 AND l.bpm < 130.5)"),
        ("bpm:120.5", "(l.bpm >= 120.45 AND l.bpm < 120.55)"),
        ("bpm:>120", "(l.bpm >= 120.5)"),
        ("bpm:>=120", "(l.bpm >= 119.5)"),
        ("bpm:<120", "(l.bpm < 119.5)"),
        ("bpm:<=120", "(l.bpm < 120.5)"),
        ("bpm:120..", "(l.bpm >= 119.5)"),
        ("bpm:..120", "(l.bpm < 120.5)"),
        ("bars:8", "(l.bar_count = 8)"),
        ("bars:8..12", "(l.bar_count >= 8 AND l.bar_count < 13)"),
        ("bars:>8", "(l.bar_count >= 9)"),
        ("duration:1:30..2:00", "(l.duration_s >= 89.5 AND l.duration_s < 120.5)"),
        ("duration:<1:00:00", "(l.duration_s < 3599.5)"),
        ("-bars:8,16", "(l.bar_count = 8 OR l.bar_count = 16) IS NOT TRUE"),
    ] {
        assert_eq!(conditions(query), sql, "{query}");
    }
}

#[test]
fn names_become_the_values_of_the_columns() {
    for (query, sql) in [
        ("key:C,Am", "(l.key_signature = ANY (ARRAY['C major', 'A minor']))"),
        ("key:\"A minor\"", "(l.key_signature = ANY (ARRAY['A minor']))"),
        ("KEY:gb", "(l.key_signature = ANY (ARRAY['F# major']))"),
        ("drums:yes", "(l.has_drums IS TRUE)"),
        ("instrument:violin,41", "(l.instruments && '{40,41}'::smallint[])"),
        ("instrument:bass", "(l.instruments && '{32,33,34,35,36,37,38,39,43,87}'::smallint[])"),
        ("instrument:bongos", "(l.drum_notes && '{60,61}'::smallint[])"),
        (
            "instrument:viola,agogo",
            "(l.instruments && '{41,113}'::smallint[] OR l.drum_notes && '{67,68}'::smallint[])",
        ),
        ("key:\"A flat\"", "(l.key_signature = ANY (ARRAY['Ab major']))"),
        ("form:ABAC", "(pg_catalog.replace(l.form, $$'$$, '') = 'ABAC')"),
        ("chord:maj7,m7", "(l.chord_types && ARRAY['maj7', 'min7'])"),
        ("meter:3/4", "(l.time_signature_numerator = 3 AND l.time_signature_denominator = 4)"),
        (
            "progression:\"ii V I\"",
            "((music.midi_progression_grams(l.chord_progression) @> ARRAY['ii V I']))",
        ),
        (
            "progression:I-V7-V-vi-IV",
            "((music.midi_progression_grams(l.chord_progression) @> ARRAY['I V vi', 'V vi IV']) AND \
             music.midi_progression_position(l.chord_progression, l.chord_moments, 'I-V7-V-vi-IV', false) \
             IS NOT NULL)",
        ),
        (
            "progression:i-bVII",
            "((music.midi_progression_grams(l.chord_progression) @> ARRAY['i bVII'] OR \
             music.midi_progression_grams(l.chord_progression) @> ARRAY['i VII']))",
        ),
        (
            "melody:\"E4 D4 C4 D4 E4 E4\"",
            "(l.file_id IN (
      SELECT t.file_id FROM music.midi_library_music t
      WHERE t.melody OPERATOR(music.@~) 'E4 D4 C4 D4 E4 E4'))",
        ),
        ("name:100%_a", "(l.filename ILIKE E'%100\\\\%\\\\_a%')"),
        ("tempo:90..", "(l.bpm >= 89.5)"),
        ("path:/a/b", "(concat_ws('/', l.path, l.archive_member) ILIKE '%/a/b%')"),
        ("folder:jazz/1959/", "(concat_ws('/', l.path, l.archive_member) ILIKE '%jazz/1959%/%')"),
    ] {
        assert_eq!(conditions(query), sql, "{query}");
    }
    assert!(conditions("tag:Rock").contains("t.music_tags && ARRAY['rock']"));
    assert_eq!(
        conditions("-tag:rock"),
        "(l.name_tags && ARRAY['rock'] OR l.music_tags && ARRAY['rock']) IS NOT TRUE"
    );
    assert_eq!(conditions("  "), "");
}

#[test]
fn what_follows_a_part_describes_the_part() {
    let part = |conditions: &str| {
        format!(
            "(l.content_hash IN (
      SELECT p.content_hash FROM music.midi_parts_library p
      WHERE p.role = ANY ({conditions}))"
        )
    };
    for (query, sql) in [
        ("part:bass", part("ARRAY['bass'])")),
        ("part:Pad,chords", part("ARRAY['pad', 'chords'])")),
        ("part:bass loop:4", part("ARRAY['bass']) AND (p.loop_bars = 4)")),
        (
            "loop:8 part:bass key:Am loop:4",
            format!(
                "(l.loop_bars = 8)\n  AND {}\n  AND (l.key_signature = ANY (ARRAY['A minor']))",
                part("ARRAY['bass']) AND (p.loop_bars = 4)")
            ),
        ),
        (
            "part:bass lowest:28..40 -bars:1,2",
            part(
                "ARRAY['bass']) AND (p.pitch_min >= 28 AND p.pitch_min < 41) \
                 AND (p.bars = 1 OR p.bars = 2) IS NOT TRUE",
            ),
        ),
        (
            "part:bass loop:4 part:drums loop:1",
            format!(
                "{}\n  AND {}",
                part("ARRAY['bass']) AND (p.loop_bars = 4)"),
                part("ARRAY['drums']) AND (p.loop_bars = 1)")
            ),
        ),
        (
            "-part:drums loop:4",
            format!("{} IS NOT TRUE\n  AND (l.loop_bars = 4)", part("ARRAY['drums'])")),
        ),
    ] {
        assert_eq!(conditions(query), sql, "{query}");
    }
    // The piece may have no loop.
    assert_eq!(
        order("part:bass loop:4 sort:-loop"),
        "l.loop_bars AS key_1: key_1 DESC NULLS LAST, file_id"
    );
}

#[test]
fn the_documents_list_all_groups_of_instruments() {
    let document = include_str!("../../../docs/search-line.md");
    for (names, programs) in midi_analysis::instrument_groups() {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let range = |range: &std::ops::RangeInclusive<u8>| match (range.start(), range.end()) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        };
        let programs: Vec<_> = programs.iter().map(range).collect();
        let line = format!("| {} | {} |", names.join(", "), programs.join(", "));
        assert!(document.contains(&line), "docs/search-line.md lacks {line}");
    }
}

#[test]
fn every_kind_of_damage_is_documented() {
    let document = include_str!("../../../docs/search-line.md");
    for kind in midi_analysis::damage_kinds() {
        assert!(document.contains(&format!("`{kind}`")), "docs/search-line.md has no {kind}");
    }
}

#[test]
fn every_field_accepts_its_example() {
    for field in &FIELDS {
        assert!(field.example.starts_with(&format!("{}:", field.name)));
        let schemas = schemas(true);
        assert!(statement(field.example, &schemas, true).is_ok(), "{}", field.example);
    }
}

#[test]
fn results_come_in_the_order_asked_for() {
    assert_eq!(order("bpm:120"), "file_id");
    assert_eq!(order("sort:-complexity"), "l.complexity AS key_1: key_1 DESC, file_id");
    assert_eq!(order("-sort:bpm"), "l.bpm AS key_1: key_1 DESC NULLS LAST, file_id");
    assert_eq!(order("bpm:>90 sort:-bpm"), "l.bpm AS key_1: key_1 DESC, file_id");
    assert_eq!(order("sort:-bpm bpm:>90"), "l.bpm AS key_1: key_1 DESC, file_id");
    assert_eq!(order("-bpm:>90 sort:-bpm"), "l.bpm AS key_1: key_1 DESC NULLS LAST, file_id");
    assert_eq!(
        order("moonlight sort:key,-notes"),
        "l.key_signature AS key_1, l.note_count AS key_2: key_1, key_2 DESC, file_id"
    );
    let by_rank = order("moonlight");
    assert!(by_rank.starts_with("ts_rank(") && by_rank.ends_with(" AS key_1: key_1 DESC, file_id"));
    assert_eq!(order("-moonlight"), "file_id");
}

#[test]
fn pieces_that_are_only_cataloged_come_after_those_with_a_value() {
    let order = |query| {
        let schemas = schemas(false);
        let statement = statement(query, &schemas, false).unwrap();
        let sql = statement.write(|_, p| literal(p));
        (statement.asks_for_heard, sql.contains("DESC NULLS LAST"))
    };
    assert_eq!(order("sort:-complexity"), (true, true));
    assert_eq!(order("complexity:>1 sort:-complexity"), (true, false));
    assert_eq!(order("sort:-sections"), (true, true));
    assert_eq!(order("sort:-notes"), (false, false));
    assert_eq!(order("tag:rock duration:>60 sort:name"), (false, false));
}

#[test]
fn a_misspelt_word_is_found_only_with_trigrams() {
    let sql = |trigrams| {
        let schemas = schemas(trigrams);
        statement("moonlite", &schemas, true).unwrap().write(|_, p| literal(p))
    };
    assert!(sql(true).contains("w.filename OPERATOR(public.%>) 'moonlite'"));
    assert!(!sql(false).contains('%'));
}

#[test]
fn a_query_that_would_take_too_long_to_plan_is_refused() {
    assert_eq!(error(&"a ".repeat(33)).0, 65);
    assert_eq!(error(&format!("key:{}C", "C,".repeat(100))).0, 1);
}

#[test]
fn a_word_is_compared_with_names_of_about_its_length() {
    assert_eq!(most_similar("instrumnet", ["bpm", "instrument"].into_iter()), Some("instrument"));
    assert_eq!(most_similar("Pinao", ["Piano", "Piano Grand Electric"].into_iter()), Some("Piano"));
    assert_eq!(most_similar(&"b".repeat(5_000_000), ["bpm"; 1_000].into_iter()), None);
    // The longest word that is compared.
    assert_eq!(most_similar(&"b".repeat(100), ["bpm"].into_iter()), None);
}

#[test]
fn a_message_repeats_no_more_than_the_start_of_a_long_value() {
    let (column, kind, message, _) = error(&format!("instrument:{}", "é".repeat(4_000)));
    assert_eq!((column, kind), (12, ErrorKind::Value));
    assert_eq!(message, format!("instrument \"{}…\" does not exist", "é".repeat(200)));
    let (_, kind, ..) = error(&"é".repeat(5_001));
    assert_eq!(kind, ErrorKind::Length);
}

/// Lines that resemble queries.
fn lines() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("bpm:".to_owned()),
        Just("key:".to_owned()),
        Just("progression:".to_owned()),
        Just("instrument:".to_owned()),
        Just("duration:".to_owned()),
        Just("part:bass loop:".to_owned()),
        Just("sort:".to_owned()),
        Just("..".to_owned()),
        Just("\"".to_owned()),
        Just("'; DROP TABLE midi_files; --".to_owned()),
        Just("{library}$1{}".to_owned()),
        "[-,:<>= 0-9a-zA-Z/#♭.]{0,6}",
        any::<String>(),
    ];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_line_gives_a_statement_or_an_error_with_its_place(line in lines()) {
        let schemas = schemas(true);
        match statement(&line, &schemas, true) {
            Ok(statement) => {
                let numbered = statement.write(|number, _| format!("${}", number + 1));
                // Text from the user is in the values alone.
                prop_assert!(!numbered.contains('\'') || !numbered.contains("DROP"));
                prop_assert!(numbered.is_ascii());
            }
            Err(Error { at, .. }) => prop_assert!(at <= line.len() && line.is_char_boundary(at)),
        }
    }

    #[test]
    fn a_literal_ends_where_its_text_does(text in any::<String>()) {
        let literal = literal(&Parameter::Text(text.clone()));
        let escaped = literal.starts_with('E');
        let mut chars = literal[usize::from(escaped) + 1..].chars().peekable();
        let mut read = String::new();
        loop {
            match chars.next().expect("it is closed") {
                '\'' if chars.next_if_eq(&'\'').is_some() => read.push('\''),
                '\'' => break,
                '\\' if escaped => read.push(chars.next().unwrap()),
                other => read.push(other),
            }
        }
        prop_assert_eq!(chars.next(), None);
        prop_assert_eq!(read, text);
    }
}

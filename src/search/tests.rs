//! The language, from a line to its statement.

use proptest::prelude::*;

use super::fields::{FIELDS, nearest};
use super::run::literal;
use super::statement::{Parameter, Places, Statement};
use super::{Kind, Problem};

fn places(trigrams: bool) -> Places {
    Places { library: "music".to_owned(), trigrams: trigrams.then(|| "public".to_owned()) }
}

/// The conditions of a query's statement, with its values written out.
fn conditions(query: &str) -> String {
    let places = places(false);
    let statement = Statement::new(query, 10, &places).unwrap();
    let sql = statement.write(|_, parameter| literal(parameter));
    let start = sql.find("\nWHERE ").map_or(sql.len(), |at| at + 7);
    sql[start..].split("\nORDER BY ").next().unwrap_or_default().to_owned()
}

fn order(query: &str) -> String {
    let places = places(false);
    let sql = Statement::new(query, 10, &places).unwrap().write(|_, p| literal(p));
    let order = sql.split("\nORDER BY ").nth(1).unwrap();
    order.split("\nLIMIT").next().unwrap().to_owned()
}

fn problem(query: &str) -> (usize, Kind, String, String) {
    let places = places(true);
    let Err(problem) = Statement::new(query, 10, &places).map(drop) else {
        panic!("{query} is understood");
    };
    (problem.column(query), problem.kind, problem.message, problem.hint)
}

#[test]
fn a_number_stands_for_all_that_is_rounded_to_it() {
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
fn names_become_what_the_columns_hold() {
    for (query, sql) in [
        ("key:C,Am", "(l.key_signature = ANY (ARRAY['C major', 'A minor']))"),
        ("key:\"A minor\"", "(l.key_signature = ANY (ARRAY['A minor']))"),
        ("KEY:gb", "(l.key_signature = ANY (ARRAY['F# major']))"),
        ("drums:yes", "(l.has_drums IS TRUE)"),
        ("instrument:violin,41", "(l.instruments && '{40,41}'::smallint[])"),
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
        ("name:100%_a", "(l.filename ILIKE E'%100\\\\%\\\\_a%')"),
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
fn every_field_is_understood_as_its_example_is_written() {
    for field in &FIELDS {
        assert!(field.example.starts_with(&format!("{}:", field.name)));
        let places = places(true);
        assert!(Statement::new(field.example, 10, &places).is_ok(), "{}", field.example);
    }
}

#[test]
fn results_come_in_the_order_asked_for() {
    assert_eq!(order("bpm:120"), "l.file_id");
    assert_eq!(order("sort:-complexity"), "l.complexity DESC, l.file_id");
    assert_eq!(order("-sort:bpm"), "l.bpm DESC NULLS LAST, l.file_id");
    assert_eq!(order("bpm:>90 sort:-bpm"), "l.bpm DESC, l.file_id");
    assert_eq!(order("-bpm:>90 sort:-bpm"), "l.bpm DESC NULLS LAST, l.file_id");
    assert_eq!(order("moonlight sort:key,-notes"), "l.key_signature, l.note_count DESC, l.file_id");
    assert!(order("moonlight").starts_with("ts_rank("));
    assert_eq!(order("-moonlight"), "l.file_id");
}

#[test]
fn a_misspelt_word_is_looked_for_only_where_there_are_trigrams() {
    let sql = |trigrams| {
        let places = places(trigrams);
        Statement::new("moonlite", 10, &places).unwrap().write(|_, p| literal(p))
    };
    assert!(sql(true).contains("w.filename OPERATOR(public.%>) 'moonlite'"));
    assert!(!sql(false).contains('%'));
}

#[test]
fn a_mistake_is_told_with_its_column_and_what_to_do() {
    for (query, column, kind, message, hint) in [
        ("bmp:120", 1, Kind::Value, "there is no field \"bmp\"", "Did you mean \"bpm\"?"),
        ("é -keys:C", 4, Kind::Value, "there is no field \"keys\"", "Did you mean \"key\"?"),
        ("bpm:fast", 5, Kind::Value, "\"fast\" is not a number", "Give a number."),
        ("bpm:1e5", 5, Kind::Value, "\"1e5\" is not a number", ""),
        ("bars:1.5", 6, Kind::Value, "\"1.5\" is not a whole number", ""),
        ("bars:1,99999999999", 8, Kind::Value, "\"99999999999\" is not a whole number", ""),
        ("bpm:130..120", 5, Kind::Value, "the range ends before it begins", "smaller"),
        ("key:>C", 6, Kind::Value, "only numbers can be compared", ""),
        ("key:H", 5, Kind::Value, "\"H\" is not a key", ""),
        ("chord:maj77", 7, Kind::Value, "no quality of chords", "Did you mean \"maj7\"?"),
        ("instrument:trumpt", 12, Kind::Value, "no instrument \"trumpt\"", "\"Trumpet\"?"),
        ("progression:\"ii X I\"", 17, Kind::Value, "\"X\" is no degree", "roman"),
        ("é progression:I-?-V/V", 19, Kind::Value, "\"V/V\" is no degree", "II for V/V"),
        ("progression:?", 13, Kind::Value, "no chord is named", "I ? IV V"),
        ("sort:-tag", 7, Kind::Value, "\"tag\" is nothing to sort by", ""),
        ("meter:3", 7, Kind::Value, "\"3\" is not a meter", ""),
        ("drums:perhaps", 7, Kind::Value, "is not yes or no", ""),
        ("***", 1, Kind::Value, "is not a word", ""),
        ("moon \"light", 6, Kind::Syntax, "the quote is not closed", ""),
        ("\"\"", 1, Kind::Syntax, "the quotes are empty", ""),
        ("bpm:", 5, Kind::Syntax, "a value is missing", ""),
        ("bpm:>", 6, Kind::Syntax, "a value is missing", ""),
        ("bpm:..", 7, Kind::Syntax, "a value is missing", ""),
        ("key:C,", 7, Kind::Syntax, "a value is missing", ""),
        ("moon -", 7, Kind::Syntax, "a word is missing", ""),
        ("\"moon\"light", 7, Kind::Syntax, "a space is missing", ""),
    ] {
        let (found, of_kind, said, advice) = problem(query);
        assert_eq!((found, of_kind), (column, kind), "{query}: {said}");
        assert!(said.contains(message) && advice.contains(hint), "{query}: {said}; {advice}");
    }
}

#[test]
fn what_would_take_too_long_to_plan_is_refused() {
    assert_eq!(problem(&"a ".repeat(33)).0, 65);
    assert_eq!(problem(&format!("key:{}C", "C,".repeat(100))).0, 1);
}

/// Lines that come near to queries.
#[test]
fn a_word_is_compared_with_names_of_about_its_length() {
    assert_eq!(nearest("instrumnet", ["bpm", "instrument"].into_iter()), Some("instrument"));
    assert_eq!(nearest("Pinao", ["Piano", "Piano Grand Electric"].into_iter()), Some("Piano"));
    assert_eq!(nearest(&"b".repeat(5_000_000), ["bpm"; 1_000].into_iter()), None);
    // As long as it can be, and not alike for all that.
    assert_eq!(nearest(&"b".repeat(100), ["bpm"].into_iter()), None);
}

#[test]
fn what_was_written_is_repeated_in_part() {
    let (column, kind, message, _) = problem(&format!("instrument:{}", "é".repeat(4_000)));
    assert_eq!((column, kind), (12, Kind::Value));
    assert_eq!(message, format!("there is no instrument \"{}…\"", "é".repeat(200)));
    let (_, kind, ..) = problem(&"é".repeat(5_001));
    assert_eq!(kind, Kind::Length);
}

fn lines() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("bpm:".to_owned()),
        Just("key:".to_owned()),
        Just("progression:".to_owned()),
        Just("instrument:".to_owned()),
        Just("duration:".to_owned()),
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
    fn any_line_gives_a_statement_or_says_where_it_cannot(line in lines()) {
        let places = places(true);
        match Statement::new(&line, 10, &places) {
            Ok(statement) => {
                let numbered = statement.write(|number, _| format!("${}", number + 1));
                // What a user writes is in no part of the statement but the values.
                prop_assert!(!numbered.contains('\'') || !numbered.contains("DROP"));
                prop_assert!(numbered.is_ascii());
            }
            Err(Problem { at, .. }) => prop_assert!(at <= line.len() && line.is_char_boundary(at)),
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

//! What hints and notices tell to write is read, and says what was meant.

use super::super::grammar::{Term, TermKind};
use super::super::meant;
use super::*;

/// Fields with values that they have.
const VALUES: [(&str, &[&str]); 15] = [
    ("bpm", &["120", "97.5", "80"]),
    ("chord", &["maj7", "m7b5", "dim"]),
    ("damage", &["track cut short", "tempo of 0"]),
    ("drums", &["yes", "no"]),
    ("duration", &["90", "1:30", "2:00"]),
    ("form", &["AABA", "AB"]),
    ("instrument", &["piano", "alto sax", "electric guitar"]),
    ("key", &["C", "A minor", "F# minor", "8A"]),
    ("melody", &["E4 D4 C4 D4 E4 E4", "60 62 64 65 67 69"]),
    ("meter", &["3/4", "6/8"]),
    ("notes", &["500", "1000"]),
    ("part", &["bass", "counter-melody"]),
    ("progression", &["ii V I", "I-V", "vi"]),
    ("tag", &["rock", "hip hop", "jazz"]),
    ("text", &["love", "moon"]),
];

/// A condition that is written as elsewhere, and as it is meant.
#[derive(Clone, Debug)]
struct Miswritten {
    said: String,
    meant: String,
}

fn miswritten() -> impl Strategy<Value = Miswritten> {
    let values = proptest::collection::vec(any::<prop::sample::Index>(), 1..4);
    (0..VALUES.len(), values, any::<bool>(), 0..5usize).prop_map(|(field, values, negated, how)| {
        let (field, known) = VALUES[field];
        let mut values: Vec<_> =
            values.iter().map(|value| known[value.index(known.len())]).collect();
        values.dedup();
        let quoted = |value: &&str| match value.contains(' ') {
            true => format!("\"{value}\""),
            false => value.to_string(),
        };
        let all: Vec<_> = values.iter().map(quoted).collect();
        let (all, bare) = (all.join(","), values.join(","));
        let minus = if negated { "-" } else { "" };
        let (said, excludes) = match how {
            0 => (format!("{minus}{field}:{bare}"), negated),
            1 => (format!("{minus}{field}={bare}"), negated),
            2 => (format!("{minus}!{field}:{all}"), true),
            3 => (format!("{minus}{field}!={bare}"), true),
            _ => (format!("{minus}{field}:-{}", values.join(",!")), true),
        };
        let meant = format!("{}{field}:{all}", if excludes { "-" } else { "" });
        Miswritten { said, meant }
    })
}

/// Lines in which conditions are written as elsewhere.
fn lines_of_users() -> impl Strategy<Value = String> {
    const SIGNS: [&str; 15] =
        ["", " ", ",", "=", ">=", "=>", "-", "!", "~", "\"", "..", "<", ":", ".", "#"];
    const WORDS: [&str; 45] = [
        "to", "or", "and", "AND", "min", "s", "000", "1", "90", "2", "500", "desc", "asc", "C",
        "Am", "minor", "major", "piano", "electric", "guitar", "bass", "rock", "jazz,", "hip",
        "hop", "I", "V", "ii", "E4", "E", "maj", "7", "A", "B", "3/4", "0/0", "bmp", "xyzzy",
        "yes", "hat", "1:30", "track", "cut", "short", "drums",
    ];
    let fields: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
    let part = prop_oneof![
        3 => prop::sample::select(fields.clone()).prop_map(|field| format!("{field}:")),
        1 => prop::sample::select(fields).prop_map(str::to_owned),
        3 => prop::sample::select(&SIGNS[..]).prop_map(str::to_owned),
        6 => prop::sample::select(&WORDS[..]).prop_map(|word| format!("{word} ")),
        3 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(part, 1..10).prop_map(|parts| parts.concat())
}

/// The conditions in a text for users: what begins with a field, up to the next space that is not in quotes.
fn told(text: &str) -> Vec<String> {
    let (mut told, mut word, mut in_quotes) = (Vec::new(), String::new(), false);
    for c in text.chars().chain([' ']) {
        in_quotes ^= c == '"';
        if !c.is_whitespace() || in_quotes && word.contains(':') {
            word.push(c);
            continue;
        }
        let condition =
            word.trim_start_matches('(').trim_end_matches(['.', ',', ':', ';', '?', ')']);
        let name = condition.trim_start_matches('-').split(':').next().unwrap_or_default();
        if condition.contains(':') && FIELDS.iter().any(|field| field.name == name) {
            told.push(condition.to_owned());
        }
        word.clear();
    }
    told
}

fn is_accepted(query: &str) -> bool {
    statement(query, &schemas(true), true).is_ok()
}

#[test]
fn conditions_are_found_in_texts_for_users() {
    assert_eq!(
        told("Write -key:\"A minor\",C or notes:100. As in bpm:120..130, not foo:1."),
        ["-key:\"A minor\",C", "notes:100", "bpm:120..130"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn what_a_hint_tells_to_write_is_accepted(line in prop_oneof![lines_of_users(), lines()]) {
        match read(&line) {
            Err(error) => {
                // Of a message that repeats the user's text nothing is told.
                for condition in told(&error.hint).iter().chain(&error.meant) {
                    prop_assert!(is_accepted(condition), "{line}: {}: {condition}", error.hint);
                }
                prop_assert!(error.meant.iter().all(|meant| error.hint.contains(meant)));
            }
            Ok(terms) if statement(&line, &schemas(true), true).is_ok() => words_are_told_once(&terms)?,
            Ok(_) => {}
        }
    }

    #[test]
    fn what_a_hint_tells_to_write_says_the_same(Miswritten { said, meant } in miswritten()) {
        if let Err(error) = read(&said) && !error.meant.is_empty() {
            let wanted = conditions(&meant);
            let found = error.meant.iter().any(|written| conditions(written) == wanted);
            prop_assert!(found, "{said}: {} instead of {meant}", error.hint);
        }
    }
}

/// Words that are meant as conditions are told once, and the conditions are accepted.
fn words_are_told_once(terms: &[Term<'_>]) -> Result<(), TestCaseError> {
    let all: Vec<_> = meant::surely(terms).into_iter().chain(meant::all(terms)).collect();
    for (number, term) in terms.iter().enumerate() {
        prop_assert!(all.iter().filter(|meant| meant.has(number)).count() < 2);
        let is_word = matches!(term.kind, TermKind::Words(text) if !text.quoted && !term.negated);
        prop_assert!(is_word || !all.iter().any(|meant| meant.has(number)));
    }
    let mut words: Vec<_> = all.iter().map(|meant| meant.words.to_lowercase()).collect();
    words.sort();
    words.dedup();
    prop_assert_eq!(words.len(), all.len());
    for condition in all.iter().flat_map(|meant| &meant.conditions) {
        prop_assert!(is_accepted(condition), "{}", condition);
    }
    Ok(())
}

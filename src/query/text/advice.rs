//! What may be wrong with a query that finds less than it was meant to.

use midi_analysis::{MelodyQuery, drums_named, program_name, programs_named};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::completed::{is_value, quoted};
use super::fields::{self, FIELDS, Field, Kind, most_similar};
use super::grammar::{Term, TermKind};
use super::unquoted::word;
use super::values;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::rights;
use crate::text::shown;

/// Words that join conditions in other languages.
const CONNECTIVES: [&str; 3] = ["AND", "OR", "NOT"];

/// Names that files of the library have: @names@ is an array of them. Every so manieth file is read, at most some ten
/// thousand.
const NAMES: &str = "
    SELECT DISTINCT name
    FROM (SELECT (SELECT l.file_id FROM @library@.midi_library l ORDER BY l.file_id LIMIT 1),
                 (SELECT l.file_id FROM @library@.midi_library l ORDER BY l.file_id DESC LIMIT 1)) AS ends (low, high),
    LATERAL generate_series(low, high, greatest(1, (high - low) / 10000)) AS id
    JOIN @library@.midi_library l ON l.file_id = id,
    LATERAL unnest(@names@) AS name
    WHERE length(name) <= 100
    LIMIT 20000";

/// Names about which a client is told at most.
const MOST: usize = 5;

/// A kind of names that a query may ask for.
#[derive(Clone, Copy)]
struct Names {
    /// What one is called.
    noun: &'static str,
    /// Those of a file `l`, as an SQL array.
    of_file: &'static str,
    /// What it reads beyond the columns of the condition.
    reads: Option<&'static str>,
    /// The query that lists all.
    list: &'static str,
    /// Whether a name that the library has is what is asked for.
    is_meant: fn(asked: &str, name: &str) -> bool,
}

const TAGS: Names = Names {
    noun: "tag",
    of_file: "l.name_tags || l.music_tags",
    reads: None,
    list: "SELECT tag, count(*) FROM midi_library, unnest(name_tags || music_tags) AS tag GROUP BY tag",
    is_meant: |asked, name| asked.to_lowercase() == name,
};
const INSTRUMENTS: Names = Names {
    noun: "instrument",
    // Drums by their pitches.
    of_file: "l.instrument_names || l.drum_notes::text[]",
    reads: Some("instrument_names"),
    list: "SELECT instrument, count(*) FROM midi_library, unnest(instrument_names) AS instrument GROUP BY instrument",
    is_meant: |asked, name| {
        programs_named(asked).into_iter().any(|program| program_name(program) == Some(name))
            || name.parse().is_ok_and(|pitch| drums_named(asked).contains(&pitch))
    },
};
const FOLDERS: Names = Names {
    noun: "folder",
    // All before the last stroke.
    of_file: "string_to_array(regexp_replace(concat_ws('/', l.path, l.archive_member), '/?[^/]*$', ''), '/')",
    reads: None,
    list: "SELECT DISTINCT regexp_replace(path, '[^/]*$', '') FROM midi_library",
    is_meant: |asked, name| name.to_lowercase().contains(&asked.to_lowercase()),
};
/// Words of texts may be anything, so that only a word much like one of a name is told.
const WORDS: Names = Names {
    noun: "word",
    of_file: "regexp_split_to_array(lower(l.filename), '[^[:alnum:]]+')",
    reads: None,
    list: "",
    is_meant: |asked, name| name.starts_with(&asked.to_lowercase()),
};

/// Fields of which a piece has one value.
const SINGLE: [Kind; 3] = [Kind::Key, Kind::Meter, Kind::Form];

/// The notice about a word that a query looks for in names and texts, and that was meant to join its conditions. In small
/// letters it stands between two of them.
pub(super) fn connectives(terms: &[Term<'_>]) -> Option<ErrorReport> {
    let is_condition = |number: Option<usize>| {
        let term = number.and_then(|number| terms.get(number));
        term.is_some_and(|term| matches!(term.kind, TermKind::Field { .. }))
    };
    let found = terms.iter().enumerate().find_map(|(number, term)| match term.kind {
        TermKind::Words(text) if !text.quoted => {
            let joins = is_condition(number.checked_sub(1)) && is_condition(Some(number + 1));
            let is_one = CONNECTIVES
                .iter()
                .any(|word| *word == text.text || joins && word.eq_ignore_ascii_case(text.text));
            is_one.then_some(text.text)
        }
        _ => None,
    });
    found.map(error::searched_for_connective)
}

/// Notices about what a query asks for, and the library does not seem to have, or has elsewhere. `search_path` must be pinned.
///
/// # Errors
/// Those of SPI.
pub(super) fn of_nothing_found(
    client: &SpiClient<'_>,
    terms: &[Term<'_>],
    schema: &Schema,
) -> SpiResult<Vec<ErrorReport>> {
    let mut notices: Vec<_> = asked_twice(terms).map(error::asks_for_both).into_iter().collect();
    for words in terms.split(|term| word(term).is_none()).filter(|words| !words.is_empty()) {
        let words: Vec<_> = words.iter().filter_map(word).map(|word| word.text).collect();
        let words = words.join(" ");
        let conditions = conditions_of(&words);
        if !conditions.is_empty() {
            notices.push(error::searched_for_words(&words, &conditions));
        }
    }
    notices.extend(unknown_names(client, terms, schema, notices.is_empty())?);
    Ok(notices)
}

/// The field of which a query asks for two values at once, if a piece has but one.
fn asked_twice(terms: &[Term<'_>]) -> Option<&'static str> {
    let fields = terms.iter().filter(|term| !term.negated).filter_map(|term| match &term.kind {
        TermKind::Field { name, .. } => Field::named(name.text, name.at).ok(),
        TermKind::Words(_) => None,
    });
    let mut single = fields.filter(|field| SINGLE.contains(&field.kind)).map(|field| field.name);
    let mut seen = Vec::new();
    single.find(|name| {
        let again = seen.contains(name);
        seen.push(*name);
        again
    })
}

/// The conditions that words are, if their field is put before them.
fn conditions_of(words: &str) -> Vec<String> {
    let is_meant = |kind| match kind {
        Kind::Melody => MelodyQuery::from_text(words).is_ok(),
        // A single numeral is a word, and so are some forms.
        Kind::Progression => words.contains(' ') && is_value(kind, words),
        Kind::Form => false,
        _ => is_value(kind, words),
    };
    let fields = FIELDS.iter().filter(|field| is_meant(field.kind));
    fields.map(|field| format!("{}:{}", field.name, shown(&quoted(words)))).collect()
}

/// Notices about names in a query that the library does not seem to have. A word that is all of the query is in no name and no
/// text, which is told unless something better is.
fn unknown_names(
    client: &SpiClient<'_>,
    terms: &[Term<'_>],
    schema: &Schema,
    tell_of_word: bool,
) -> SpiResult<Vec<ErrorReport>> {
    let only = if let [term] = terms { word(term) } else { None };
    let asked: Vec<_> = terms.iter().filter(|term| !term.negated).flat_map(names_asked).collect();
    let mut notices = Vec::new();
    for kind in [TAGS, INSTRUMENTS, FOLDERS, WORDS] {
        let asked = asked.iter().filter(|(of, _)| of.noun == kind.noun);
        let asked: Vec<&str> = asked.map(|(_, name)| *name).take(MOST).collect();
        let may_read = |column: &str| rights::may_read_column(schema, c"midi_library", column);
        if asked.is_empty() || !kind.reads.is_none_or(may_read) {
            continue;
        }
        let sql = fill(NAMES, &[("names", kind.of_file), ("library", schema.quoted())]);
        let there = spi::select(client, &sql, None, &[], |row| row.get::<String>(1))?;
        let there: Vec<String> = there.into_iter().flatten().collect();
        for name in asked {
            if there.iter().any(|other| (kind.is_meant)(name, other)) {
                continue;
            }
            let similar = most_similar(name, there.iter().map(String::as_str));
            if only.is_some() {
                let notice = || error::no_such_word(name, similar, &fields::names());
                notices.extend(tell_of_word.then(notice));
            } else if similar.is_some() || !kind.list.is_empty() {
                notices.push(error::not_in_library(kind.noun, name, similar, kind.list));
            }
        }
    }
    Ok(notices)
}

/// The names that a term asks for.
fn names_asked<'a>(term: &Term<'a>) -> Vec<(Names, &'a str)> {
    let (field, values) = match &term.kind {
        TermKind::Words(text) if text.quoted => return Vec::new(),
        TermKind::Words(text) => return vec![(WORDS, text.text)],
        TermKind::Field { name, values } => (Field::named(name.text, name.at), values),
    };
    let kind = match field.map(|field| field.kind) {
        Ok(Kind::Tag) => TAGS,
        Ok(Kind::Instrument) => INSTRUMENTS,
        Ok(Kind::Folder) => FOLDERS,
        _ => return Vec::new(),
    };
    let texts = values.iter().filter_map(|value| values::plain(value).ok());
    let last = |text: &'a str| match kind.noun {
        "folder" => text.trim_matches('/').rsplit('/').next().unwrap_or(text),
        _ => text,
    };
    texts.map(|text| (kind, last(text.text))).collect()
}

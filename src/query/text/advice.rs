//! What may be wrong with a query that finds less than it was meant to.

use std::ffi::CStr;
use std::rc::Rc;

use midi_analysis::{drums_named, program_name, programs_named};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::fields::{self, Field, Kind, most_similar};
use super::grammar::{Term, TermKind, Text};
use super::meant::{self, Meant};
use super::unquoted::word;
use super::values;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::rights;

const LIBRARY: &CStr = c"midi_library";

/// Names that files of the library have: @names@ is an array of them. Some ten thousand files are read, which are any ones,
/// since they are the first by the hashes of their contents.
const NAMES: &str = "
    SELECT DISTINCT name
    FROM (SELECT @names@ AS names FROM @library@.midi_library l ORDER BY l.content_hash LIMIT 10000) AS of_files,
    LATERAL unnest(names) AS name
    WHERE length(name) <= 100
    LIMIT 20000";

/// Terms, and names of a term, about which a client is told at most.
const MOST: usize = 5;

/// A kind of names that a query may ask for.
#[derive(Clone, Copy)]
struct Names {
    /// What one is called.
    noun: &'static str,
    /// Those of a file `l`, as an SQL array.
    of_file: &'static str,
    /// The columns that it reads.
    reads: &'static [&'static str],
    /// The query that lists all, if that helps.
    list: Option<&'static str>,
    /// Whether a name that the library has is what is asked for.
    is_meant: fn(asked: &str, name: &str) -> bool,
}

const TAGS: Names = Names {
    noun: "tag",
    of_file: "l.name_tags || l.music_tags",
    reads: &["name_tags", "music_tags"],
    list: Some(
        "SELECT tag, count(*) FROM @library@, unnest(name_tags || music_tags) AS tag GROUP BY tag",
    ),
    is_meant: |asked, name| asked.to_lowercase() == name,
};
const INSTRUMENTS: Names = Names {
    noun: "instrument",
    // Drums by their pitches.
    of_file: "l.instrument_names || l.drum_notes::text[]",
    reads: &["instrument_names", "drum_notes"],
    list: Some(
        "SELECT instrument, count(*) FROM @library@, unnest(instrument_names) AS instrument GROUP BY instrument",
    ),
    is_meant: |asked, name| {
        programs_named(asked).into_iter().any(|program| program_name(program) == Some(name))
            || name.parse().is_ok_and(|pitch| drums_named(asked).contains(&pitch))
    },
};
const FOLDERS: Names = Names {
    noun: "folder",
    // All before the last stroke.
    of_file: "string_to_array(regexp_replace(concat_ws('/', l.path, l.archive_member), '/?[^/]*$', ''), '/')",
    reads: &["path", "archive_member"],
    list: Some(
        "SELECT DISTINCT regexp_replace(concat_ws('/', path, archive_member), '[^/]*$', '') FROM @library@",
    ),
    is_meant: contains,
};
const PATHS: Names = Names {
    noun: "path",
    of_file: "string_to_array(concat_ws('/', l.path, l.archive_member), '/')",
    list: None,
    ..FOLDERS
};
const NAME_PARTS: Names = Names {
    noun: "name",
    of_file: "regexp_split_to_array(lower(l.filename), '[^[:alnum:]]+')",
    reads: &["filename"],
    list: None,
    // What is asked for may be parts of several words.
    is_meant: |_, _| false,
};

fn contains(asked: &str, name: &str) -> bool {
    name.to_lowercase().contains(&asked.to_lowercase())
}

/// Fields of which a piece has one value.
const SINGLE: [Kind; 3] = [Kind::Key, Kind::Meter, Kind::Form];

/// Notices about words that a query looks for in names and texts, and that are something else by all likelihood.
pub(super) fn of_words(terms: &[Term<'_>]) -> Vec<ErrorReport> {
    let connective = meant::connective(terms, false).map(error::searched_for_connective);
    connective.into_iter().chain(meant::surely(terms).iter().map(of_meant)).collect()
}

fn of_meant(Meant { words, conditions, .. }: &Meant) -> ErrorReport {
    error::searched_for_words(words, conditions)
}

/// Notices about what a query asks for, and the library does not seem to have, or has elsewhere: each word, phrase or name
/// that finds nothing by itself is told. `search_path` must be pinned; `finds` tells whether a term alone finds anything.
///
/// # Errors
/// Those of SPI.
pub(super) fn of_nothing_found(
    client: &SpiClient<'_>,
    terms: &[Term<'_>],
    schema: &Schema,
    finds: impl Fn(&Term<'_>) -> Result<bool, ErrorReport>,
) -> Result<Vec<ErrorReport>, ErrorReport> {
    let mut notices: Vec<_> = asked_twice(terms).map(error::asks_for_both).into_iter().collect();
    if meant::connective(terms, false).is_none() {
        notices.extend(meant::connective(terms, true).map(error::searched_for_connective));
    }
    let (told, meant) = (meant::surely(terms), meant::all(terms));
    notices.extend(meant.iter().map(of_meant));
    let is_word = |(number, term): &(usize, &Term<'_>)| {
        let is_meant = told.iter().chain(&meant).any(|meant| meant.has(*number));
        is_meant || word(term).is_some_and(|word| meant::is_connective(word.text))
    };
    let mut advice =
        Advice { client, schema, is_all: terms.len() == 1, names: Vec::new(), told: Vec::new() };
    for (_, term) in asked(terms).into_iter().filter(|asked| !is_word(asked)).take(MOST) {
        notices.extend(advice.of_term(term, &finds)?);
    }
    Ok(notices)
}

/// The different terms that ask for words or names, with their numbers.
fn asked<'t, 'q>(terms: &'t [Term<'q>]) -> Vec<(usize, &'t Term<'q>)> {
    let mut asked: Vec<(usize, &Term<'_>)> = Vec::new();
    for (number, term) in terms.iter().enumerate().filter(|(_, term)| !term.negated) {
        let kind = field_of(term).map(|field| field.kind);
        let is_name = kind.is_none_or(|kind| kind == Kind::Text || Names::of(kind).is_some());
        let written = term.to_string().to_lowercase();
        let is_asked = asked.iter().any(|(_, other)| other.to_string().to_lowercase() == written);
        if is_name && !is_asked {
            asked.push((number, term));
        }
    }
    asked
}

fn field_of(term: &Term<'_>) -> Option<&'static Field> {
    match &term.kind {
        TermKind::Field { name, .. } => Field::known(name.text),
        TermKind::Words(_) => None,
    }
}

/// What is told of terms.
struct Advice<'a> {
    client: &'a SpiClient<'a>,
    schema: &'a Schema,
    /// Whether there is but one term.
    is_all: bool,
    /// The names of the library that were read, with their kinds.
    names: Vec<(&'static str, Rc<[String]>)>,
    /// The names that were told of, with their kinds.
    told: Vec<(&'static str, String)>,
}

impl Advice<'_> {
    /// Notices about a term with names that the library does not seem to have, or that finds nothing by itself.
    fn of_term(
        &mut self,
        term: &Term<'_>,
        finds: impl Fn(&Term<'_>) -> Result<bool, ErrorReport>,
    ) -> Result<Vec<ErrorReport>, ErrorReport> {
        let kind = field_of(term).and_then(|field| Names::of(field.kind));
        let is_listed = kind.is_some_and(|kind| kind.noun != NAME_PARTS.noun);
        let listed = if is_listed { self.unknown_names(term)? } else { None };
        let mut notices = wildcards(term);
        if listed.is_some() && notices.is_empty() || finds(term)? {
            return Ok(listed.unwrap_or_default());
        }
        if let Some(word) = word(term) {
            notices.push(self.unknown_word(word.text).map_err(error::statement)?);
        }
        let unknown = if is_listed { listed } else { self.unknown_names(term)? };
        let is_told = unknown.is_some() || !notices.is_empty();
        notices.extend(unknown.unwrap_or_default());
        notices.extend((!is_told).then(|| error::finds_nothing(&term.to_string())));
        Ok(notices)
    }

    /// The names of a kind, which are none where the current role may not know them.
    fn names(&mut self, kind: Names) -> SpiResult<Rc<[String]>> {
        if let Some((_, names)) = self.names.iter().find(|(noun, _)| *noun == kind.noun) {
            return Ok(names.clone());
        }
        let may_read = |column: &&str| rights::may_read_column(self.schema, LIBRARY, column);
        let mut names = Vec::new();
        if kind.reads.iter().chain(&["content_hash"]).all(may_read) {
            let sql = fill(NAMES, &[("names", kind.of_file), ("library", self.schema.quoted())]);
            names = spi::select(self.client, &sql, None, &[], |row| row.get::<String>(1))?;
        }
        let names: Rc<[String]> = names.into_iter().flatten().collect();
        self.names.push((kind.noun, names.clone()));
        Ok(names)
    }

    /// Notices about names in a condition that the library does not seem to have; `None` if it seems to have them all, or may
    /// have.
    fn unknown_names(&mut self, term: &Term<'_>) -> Result<Option<Vec<ErrorReport>>, ErrorReport> {
        let Some((kind, asked)) = names_asked(term) else { return Ok(None) };
        let there = self.names(kind).map_err(error::statement)?;
        let library = self.schema.shown(LIBRARY);
        let list = kind.list.map(|list| fill(list, &[("library", &*library)]));
        let is_unknown = |name: &&str| !there.iter().any(|other| (kind.is_meant)(name, other));
        let unknown: Vec<_> = asked.into_iter().filter(is_unknown).take(MOST).collect();
        let mut notices = Vec::new();
        for name in &unknown {
            let told = (kind.noun, name.to_lowercase());
            if !self.told.contains(&told) {
                let similar = most_similar(name, there.iter().map(String::as_str));
                notices.push(error::not_in_library(kind.noun, name, similar, list.as_deref()));
                self.told.push(told);
            }
        }
        Ok((!unknown.is_empty()).then_some(notices))
    }

    /// The notice about a word that finds nothing.
    fn unknown_word(&mut self, word: &str) -> SpiResult<ErrorReport> {
        let folders = self.names(FOLDERS)?;
        let is_folder = folders.iter().any(|folder| folder.to_lowercase() == word.to_lowercase());
        let folder = Field::known("folder").filter(|_| is_folder);
        if let Some(condition) = folder.and_then(|folder| meant::written(folder, word)) {
            return Ok(error::searched_for_words(word, &[condition]));
        }
        let names = self.names(NAME_PARTS)?;
        let similar = most_similar(word, names.iter().map(String::as_str));
        Ok(error::no_such_word(word, similar, self.is_all.then(fields::names).as_deref()))
    }
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

/// Notices about values in which a star was meant to stand for any text.
fn wildcards(term: &Term<'_>) -> Vec<ErrorReport> {
    let (Some(field), TermKind::Field { values, .. }) = (field_of(term), &term.kind) else {
        return Vec::new();
    };
    let is_text =
        matches!(field.kind, Kind::Name | Kind::Path | Kind::Folder | Kind::Tag | Kind::Text);
    let texts = values.iter().filter_map(|value| values::plain(value).ok());
    let texts = texts.filter(|text| is_text && text.text.contains('*')).take(MOST);
    let notice = |text: Text<'_>| {
        // Stars within a value stand for what cannot be written.
        let condition = Some(text.text.trim_matches(['*', ' '])).filter(|text| !text.contains('*'));
        let condition = condition.and_then(|text| meant::written(field, text));
        let condition = condition.unwrap_or_else(|| field.example.to_owned());
        let is_whole = matches!(field.kind, Kind::Tag | Kind::Text);
        error::wildcard(text.text, &condition, is_whole)
    };
    texts.map(notice).collect()
}

impl Names {
    /// The kind of names that a field asks for.
    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Tag => Some(TAGS),
            Kind::Instrument => Some(INSTRUMENTS),
            Kind::Folder => Some(FOLDERS),
            Kind::Path => Some(PATHS),
            Kind::Name => Some(NAME_PARTS),
            _ => None,
        }
    }
}

/// The names that a condition asks for, and their kind.
fn names_asked<'a>(term: &Term<'a>) -> Option<(Names, Vec<&'a str>)> {
    let TermKind::Field { values, .. } = &term.kind else { return None };
    let kind = Names::of(field_of(term)?.kind)?;
    let texts = values.iter().filter_map(|value| values::plain(value).ok()).map(|text| text.text);
    let is_path = matches!(kind.noun, "folder" | "path");
    let parts = texts.flat_map(|text| text.split(move |c| is_path && c == '/'));
    Some((kind, parts.filter(|part| !part.is_empty() && !part.contains('*')).collect()))
}

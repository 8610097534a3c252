//! What a search is given.

use midi_analysis::{MelodyQueryError, ProgressionError};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::shown;

/// The number of results that a search is to return.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it is negative or more than `most`.
pub(crate) fn check_max_results(asked: i32, most: i32) -> Result<usize, ErrorReport> {
    if (0..=most).contains(&asked) {
        return Ok(asked as usize);
    }
    Err(ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("{asked} is outside the valid range for max_results (0 .. {most})"),
        "search",
    )
    .set_hint(format!("Set max_results to a number from 0 to {most}.")))
}

/// Checks the lowest similarity of duplicates.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it is not above 0, or above 1.
pub(crate) fn check_min_similarity(asked: f32) -> Result<(), ErrorReport> {
    if asked > 0.0 && asked <= 1.0 {
        return Ok(());
    }
    Err(ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("{asked} is outside the valid range for min_similarity (above 0, up to 1)"),
        "search",
    )
    .set_hint(
        "Set min_similarity to a number above 0 and up to 1; 0.25 or more is the same music.",
    ))
}

/// The notice that so many pieces, or `more`, cannot be found by what is heard.
pub(crate) fn only_cataloged(count: i64, more: bool) -> ErrorReport {
    let pieces = match (count, more) {
        (1, false) => "1 piece is".to_owned(),
        (_, false) => format!("{count} pieces are"),
        (_, true) => format!("more than {count} pieces are"),
    };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("{pieces} only cataloged, so that what this search asks for is not known of them"),
        "search",
    )
    .set_hint(
        "Start the job that completes them: SELECT midi_deepen(). Or import some of their folders again at depth full.",
    )
}

/// The notice that a search has more than the `most` results that were asked for, and how to get at them.
pub(crate) fn more_results(most: usize, how: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("more files match than the {most} of max_results"),
        "search",
    )
    .set_hint(how)
}

/// The notice that a search takes a word that joins conditions elsewhere for one to find.
pub(crate) fn searched_for_connective(word: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("{word} is searched for as a word"),
        "search",
    )
    .set_hint(
        "All conditions have to hold. Commas separate alternatives, as in key:C,Am, and a minus sign excludes, as in \
         -tag:rock.",
    )
}

/// The notice that words are searched for that a condition on the music understands.
pub(crate) fn searched_for_words(words: &str, conditions: &[String]) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("\"{}\" is searched for in names and texts", shown(words)),
        "search",
    )
    .set_hint(format!("As a condition it is written {}.", conditions.join(" or ")))
}

/// The notice that a star in a value is a star in a name. `condition` has none; `is_whole`: it finds whole tags or words.
pub(crate) fn wildcard(value: &str, condition: &str, is_whole: bool) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("\"{}\" stands for a name with a star in it", shown(value)),
        "search",
    )
    .set_hint(match is_whole {
        true => format!(
            "{condition} finds it as a whole. Of a word without a field, the beginning is enough."
        ),
        false => format!("A part is enough: {condition} finds all that have it in them."),
    })
}

/// The notice that a condition or phrase finds nothing by itself.
pub(crate) fn finds_nothing(condition: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("nothing in the library has {}", shown(condition)),
        "search",
    )
    .set_hint("All conditions have to hold, and this one finds nothing by itself.")
}

/// The notice that no name and no text has a word. `fields` are those of conditions, where they may be what is missing.
pub(crate) fn no_such_word(word: &str, similar: Option<&str>, fields: Option<&str>) -> ErrorReport {
    let similar = similar.map(|similar| format!("Did you mean \"{}\"?", shown(similar)));
    let fields = fields.map(|fields| {
        format!("What the music has is found by conditions such as bpm:120..130. Their fields are {fields}.")
    });
    let mut hint: Vec<String> = similar.into_iter().chain(fields).collect();
    if hint.is_empty() {
        hint.push(
            "All words of a search have to be in the name or the texts of a file.".to_owned(),
        );
    }
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("no name and no text has a word like \"{}\"", shown(word)),
        "search",
    )
    .set_hint(hint.join(" "))
}

/// The notice that a piece has one value of a field that a search asks for twice.
pub(crate) fn asks_for_both(field: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("no piece has two values of {field}"),
        "search",
    )
    .set_hint("All conditions have to hold. Commas separate alternatives, as in key:C,Am.")
}

/// The notice that a search has found nothing, and that the library does not seem to have this name. `list` is a query
/// that lists those that it has, if there is one.
pub(crate) fn not_in_library(
    noun: &str,
    name: &str,
    similar: Option<&str>,
    list: Option<&str>,
) -> ErrorReport {
    let similar = similar.map(|similar| format!("Did you mean \"{}\"?", shown(similar)));
    let list = list.map(|list| format!("All are listed by {list}."));
    let mut hint: Vec<String> = similar.into_iter().chain(list).collect();
    if hint.is_empty() {
        hint.push("A part of it is enough, in any case.".to_owned());
    }
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("the library does not seem to have the {noun} \"{}\"", shown(name)),
        "search",
    )
    .set_hint(hint.join(" "))
}

/// The notice that a piece has nothing by which others are found.
pub(crate) fn nothing_to_compare() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        "nothing is known of this piece with which others could be compared",
        "search",
    )
    .set_hint("It is only cataloged, could not be analyzed, or has drums alone or no key. Its row of midi_files says more.")
}

/// The value of an argument that may not be NULL.
///
/// # Errors
/// `ERRCODE_NULL_VALUE_NOT_ALLOWED` if it is.
pub(crate) fn given<T>(argument: Option<T>, name: &str) -> Result<T, ErrorReport> {
    argument.ok_or_else(|| {
        ErrorReport::new(
            PgSqlErrorCode::ERRCODE_NULL_VALUE_NOT_ALLOWED,
            format!("{name} is NULL"),
            "search",
        )
        .set_hint(
            "A subquery that finds no row gives NULL. An argument with a default may be left out.",
        )
    })
}

/// The notice that no parts can be found, because none are stored.
pub(crate) fn no_parts() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        "no parts are stored, so that none are found",
        "search",
    )
    .set_hint("Import with SET midi_pipeline.parts = on. Files that are in the library are analyzed again for their parts.")
}

/// The error for a melody that could not be read.
pub(crate) fn melody(error: &MelodyQueryError) -> ErrorReport {
    let position = match error.position {
        None => String::new(),
        Some(position) => format!(" at position {position}"),
    };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("could not read the melody{position}: {}", error.reason),
        "find",
    )
    .set_hint(
        "Give 6 to 64 notes, as names such as 'E4 D4 C4 D4 E4 E4' or 'E D C D E E', or as MIDI pitches such \
         as '64 62 60 62 64 64'.",
    )
}

/// The error for a text that is not a chord progression.
pub(crate) fn progression(error: &ProgressionError, text: &str) -> ErrorReport {
    let character = text.char_indices().take_while(|(at, _)| *at < error.offset).count() + 1;
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("{}, at character {character} of the progression", error.reason),
        "progression",
    )
    .set_hint(&error.hint)
}

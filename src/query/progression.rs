//! Music with a given progression of chords.
//!
//! An index finds the pieces with its runs of chords; `midi_progression_position` finds which of these
//! contain the progression, and where. All matches have the same score, so the statement ends after
//! `max_results` rows. If there are fewer, a second statement looks for loops through a rotation of the
//! progression.

use ahash::AHashMap;
use midi_analysis::{ChordMoment, Progression, chord_moment};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::guc;
use crate::pg::role;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::pg::table::Table;

/// A file, its path, the score, and the second, bar and key of the first occurrence.
pub(crate) type Row = (i64, String, f64, Option<f64>, Option<i32>, Option<String>);

/// A file that contains the progression.
struct Match {
    file: i64,
    score: f64,
    /// Where it first occurs.
    moment: Option<ChordMoment>,
}

/// Maximum of max_results.
const MAX_RESULTS: i32 = 10_000;
/// Scores of the progression as given, and of a loop through a rotation of it.
const AS_GIVEN: f64 = 1.0;
const ROTATED: f64 = 0.5;

/// $1 is the progression, $2 whether a rotation of it counts, $3 the files already found, $4 the number
/// of further files. @grams@ are the conditions on the runs of chords, with parameters from $5 on.
///
/// The planner assumes that nearly all rows meet the condition on the position, and would rather scan
/// the table in order until it has enough rows than use the index. MATERIALIZED prevents that: it then
/// estimates the conditions on the runs alone. Rows are still computed only as far as LIMIT needs them.
/// A progression that is a single run has no other condition, so it needs no MATERIALIZED.
const STATEMENT: &str = "
    WITH candidates AS @materialized@ (
        SELECT m.content_hash, m.chord_progression, (
            SELECT s.chord_moments FROM @library@.musical_search s
            WHERE s.content_hash = m.content_hash) AS chord_moments
        FROM @music@ m
        WHERE @grams@),
    positions AS @materialized@ (
        SELECT c.content_hash, c.chord_moments, @library@.midi_progression_position(
            c.chord_progression, c.chord_moments, $1, $2) AS position
        FROM candidates c)
    SELECT f.id, p.chord_moments, p.position
    FROM positions p
    JOIN @library@.midi_files f ON f.content_hash = p.content_hash
    WHERE p.position IS NOT NULL
      AND f.state IN ('imported', 'duplicate')
      AND f.id <> ALL ($3)
    LIMIT $4";

/// The first rows of the table. Ten for each result contain what every tenth piece has, and to find that in the index
/// would mean to list all those pieces first.
const FIRST: &str =
    "(SELECT content_hash, chord_progression FROM @library@.musical_metadata LIMIT 10 * $4)";
/// Number of results up to which the first rows are read: a search in them takes some milliseconds.
const FEW: usize = 50;
/// All rows.
const ALL: &str = "@library@.musical_metadata";

/// The paths of the files $1.
const PATHS: &str = "SELECT id, path FROM @library@.midi_files WHERE id = ANY ($1)";
/// Number of paths to look up at once: each may be long.
const AT_ONCE: usize = 64;

/// Adds the files that contain a progression, first those that contain it as given.
///
/// # Errors
/// If the text is not a progression, or `max_results` is out of range; those of the statement, such as a
/// missing privilege.
pub(crate) fn find(
    text: &str,
    max_results: i32,
    schema: &Schema,
    rows: &mut Table<'_, Row>,
) -> Result<(), ErrorReport> {
    let results = error::check_max_results(max_results, MAX_RESULTS)?;
    let progression = Progression::parse(text).map_err(|error| error::progression(&error, text))?;
    let rotations: Vec<_> = progression.rotations().iter().flat_map(Progression::grams).collect();
    let mut found = Vec::new();
    for (score, grams) in [(AS_GIVEN, progression.grams()), (ROTATED, rotations)] {
        let missing = results - found.len();
        if missing > 0 && !grams.is_empty() {
            let is_one_gram = score == AS_GIVEN && progression.is_one_gram();
            let search = Search { text, score, grams, is_one_gram, missing };
            let mut more = search.run(&found, schema)?;
            more.sort_by_key(|found| found.file);
            found.extend(more);
        }
    }
    found.chunks(AT_ONCE).try_for_each(|found| add(found, schema, rows))
}

/// Adds the files found, with their paths.
fn add(found: &[Match], schema: &Schema, rows: &mut Table<'_, Row>) -> Result<(), ErrorReport> {
    let sql = fill(PATHS, &[("library", schema.quoted())]);
    let files: Vec<i64> = found.iter().map(|found| found.file).collect();
    let paths = role::with_pinned_path(|| {
        Spi::connect(|client| {
            spi::select(client, &sql, None, &[files.into()], |row| {
                Ok(row.get::<i64>(1)?.zip(row.get::<String>(2)?))
            })
        })
    });
    let mut paths: AHashMap<_, _> =
        paths.map_err(error::statement)?.into_iter().flatten().collect();
    for Match { file, score, moment } in found {
        let Some(path) = paths.remove(file) else { continue };
        let start = moment.as_ref().map(|moment| moment.start_s);
        let bar = moment.as_ref().and_then(|moment| moment.bar).map(|bar| bar as i32);
        let key = moment.as_ref().map(|moment| moment.key.to_string());
        rows.put((*file, path, *score, start, bar, key));
    }
    Ok(())
}

/// One execution of the statement.
struct Search<'a> {
    text: &'a str,
    score: f64,
    /// Sets of runs of chords; a piece has to contain one of the sets.
    grams: Vec<Vec<String>>,
    /// Whether the progression is a single run.
    is_one_gram: bool,
    /// Number of files to find.
    missing: usize,
}

impl Search<'_> {
    /// The files that contain the progression, without those already found.
    fn run(&self, found: &[Match], schema: &Schema) -> Result<Vec<Match>, ErrorReport> {
        if self.missing <= FEW {
            let first = self.run_on(FIRST, found, schema)?;
            if first.len() == self.missing {
                return Ok(first);
            }
        }
        self.run_on(ALL, found, schema)
    }

    /// Those with music among these rows.
    fn run_on(
        &self,
        music: &str,
        found: &[Match],
        schema: &Schema,
    ) -> Result<Vec<Match>, ErrorReport> {
        let condition = |number: usize| {
            format!("@library@.midi_progression_grams(m.chord_progression) @> ${}", number + 5)
        };
        let conditions: Vec<_> = (0..self.grams.len()).map(condition).collect();
        let library = ("library", schema.quoted());
        let materialized = if self.is_one_gram { "NOT MATERIALIZED" } else { "MATERIALIZED" };
        let grams = fill(&conditions.join(" OR "), &[library]);
        let music = fill(music, &[library]);
        let parts =
            [("music", &*music), ("grams", &grams), ("materialized", materialized), library];
        let sql = fill(STATEMENT, &parts);
        let known: Vec<i64> = found.iter().map(|found| found.file).collect();
        let rotated = self.score < AS_GIVEN;
        let mut arguments: Vec<DatumWithOid<'_>> =
            vec![self.text.into(), rotated.into(), known.into(), (self.missing as i64).into()];
        arguments.extend(self.grams.iter().map(|grams| grams.clone().into()));
        let rows = role::with_pinned_path(|| {
            Spi::connect(|client| {
                let read = |row: &spi::Row<'_>| {
                    let moments = row.bytes(2)?;
                    let position: Option<i32> = row.get(3)?;
                    let moment = moments.zip(position).and_then(|(moments, position)| {
                        chord_moment(moments, usize::try_from(position - 1).ok()?)
                    });
                    let score = self.score;
                    Ok(row.get(1)?.map(|file| Match { file, score, moment }))
                };
                guc::with_settings(|settings| {
                    // The planner knows how many rows have the runs, not how few of them are read.
                    settings.set(c"jit", c"off");
                    spi::select(client, &sql, None, &arguments, read)
                })
            })
        });
        rows.map(|rows| rows.into_iter().flatten().collect()).map_err(error::statement)
    }
}

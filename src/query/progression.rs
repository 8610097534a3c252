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
use pgrx::spi::{SpiClient, SpiResult};

use super::notice;
use super::path::path_of;
use crate::pg::caller::Schema;
use crate::pg::guc;
use crate::pg::role;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::pg::table::Table;
use crate::{error, rights};

/// A file, its path, the score, and the second, bar and key of the first occurrence.
pub(crate) type Row = (i64, Option<String>, f64, Option<f64>, Option<i32>, Option<String>);

/// A file that contains the progression.
struct Match {
    file: i64,
    score: f64,
    /// The number of the chord, from 1, with which it first occurs.
    position: i32,
}

/// Maximum of max_results.
const MAX_RESULTS: i32 = 10_000;
/// Scores of the progression as given, and of a loop through a rotation of it.
const AS_GIVEN: f64 = 1.0;
const ROTATED: f64 = 0.5;

/// $1 is the progression, $2 whether a rotation of it counts, $3 the files already found, $4 the number
/// of further files. @condition@ is on the runs of chords, with parameters from $5 on.
///
/// The planner assumes that nearly all rows meet the condition on the position, and would rather scan
/// the table in order until it has enough rows than use the index. MATERIALIZED prevents that: it then
/// estimates the conditions on the runs alone. Rows are still computed only as far as LIMIT needs them.
/// A progression that is a single run has no other condition, so it needs no MATERIALIZED.
const STATEMENT: &str = "
    WITH candidates AS @materialized@ (
        SELECT m.content_hash, @library@.midi_progression_position(
            m.chord_progression, @moments@, $1, $2) AS position
        FROM @music@ m
        WHERE @condition@)
    SELECT f.id, c.position
    FROM candidates c
    JOIN @library@.midi_files f ON f.content_hash = c.content_hash
    WHERE c.position IS NOT NULL
      AND f.state IN ('imported', 'duplicate')
      AND f.id <> ALL ($3)
    LIMIT $4";

/// The moments of a piece. Only additions to numerals need them here, and to look them up takes longer than to compare the
/// degrees.
const MOMENTS: &str = "(
            SELECT s.chord_moments FROM @library@.musical_search s
            WHERE s.content_hash = m.content_hash)";

/// The first $5 rows of the table; and with their moments, which are joined before: where the library is in shards, nothing
/// can be looked up for rows that have come together.
const FIRST: &str =
    "(SELECT content_hash, chord_progression FROM @library@.musical_metadata LIMIT $5)";
const FIRST_WITH_MOMENTS: &str = "(
            SELECT d.content_hash, d.chord_progression, s.chord_moments
            FROM @library@.musical_metadata d
            LEFT JOIN @library@.musical_search s ON s.content_hash = d.content_hash
            LIMIT $5)";
/// Number of first rows for each result that is missing: they contain what every tenth piece has, and to find that in the
/// index would mean to list all those pieces first.
const FOR_EACH: usize = 10;
/// Number of first rows that are read at most.
const MOST_FIRST: usize = 4_000;
/// All rows.
const ALL: &str = "@library@.musical_metadata";

/// The paths of the files $1, and the moments of their music.
const PLACES: &str = "
    SELECT f.id, @path@, s.chord_moments
    FROM @library@.midi_files f
    JOIN @library@.musical_search s ON s.content_hash = f.content_hash
    WHERE f.id = ANY ($1)";
/// The paths alone.
const PATHS: &str = "
    SELECT f.id, @path@, NULL::bytea
    FROM @library@.midi_files f
    WHERE f.id = ANY ($1)";
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
    rights::require_reading_of(schema, &rights::PROGRESSION)?;
    let rotations: Vec<_> = progression.rotations().iter().flat_map(Progression::grams).collect();
    let mut found = Vec::new();
    // One more tells whether there are more.
    let wanted = results + usize::from(results > 0);
    for (score, grams) in [(AS_GIVEN, progression.grams()), (ROTATED, rotations)] {
        let missing = wanted - found.len();
        if missing > 0 && !grams.is_empty() {
            let search = Search { text, progression: &progression, score, grams, missing };
            let mut more = search.run(&found, schema)?;
            more.sort_by_key(|found| found.file);
            found.extend(more);
        }
    }
    let more = notice::how_to_get_more(
        results,
        MAX_RESULTS,
        "midi_search finds all by progression:\"...\".",
    );
    notice::more_matches(found.len(), results, more);
    found.truncate(results);
    found.chunks(AT_ONCE).try_for_each(|found| add(found, schema, rows))
}

/// Adds the files found, with their paths.
fn add(found: &[Match], schema: &Schema, rows: &mut Table<'_, Row>) -> Result<(), ErrorReport> {
    let places = role::with_pinned_path(|| Spi::connect(|client| places(client, found, schema)));
    let mut places = places.map_err(error::statement)?;
    for Match { file, score, .. } in found {
        let Some((path, moment)) = places.remove(file) else { continue };
        let start = moment.as_ref().map(|moment| moment.start_s);
        let bar = moment.as_ref().and_then(|moment| moment.bar).map(|bar| bar as i32);
        let key = moment.as_ref().map(|moment| moment.key.to_string());
        rows.put((*file, path, *score, start, bar, key));
    }
    Ok(())
}

/// The path of a file, and the chord at which the progression begins.
type Place = (Option<String>, Option<ChordMoment>);

/// The places of the files found. A file whose moments were deleted, or are hidden, has its path.
fn places(
    client: &SpiClient<'_>,
    found: &[Match],
    schema: &Schema,
) -> SpiResult<AHashMap<i64, Place>> {
    let mut places = AHashMap::with_capacity(found.len());
    for sql in [PLACES, PATHS] {
        let missing: Vec<i64> = found
            .iter()
            .map(|found| found.file)
            .filter(|file| !places.contains_key(file))
            .collect();
        if !missing.is_empty() {
            places.extend(places_by(client, sql, missing, found, schema)?);
        }
    }
    Ok(places)
}

/// The places of some files by one of the statements for them.
fn places_by(
    client: &SpiClient<'_>,
    sql: &str,
    files: Vec<i64>,
    found: &[Match],
    schema: &Schema,
) -> SpiResult<Vec<(i64, Place)>> {
    let path = path_of(schema, c"midi_files", "f.path");
    let sql = fill(sql, &[("path", path), ("library", schema.quoted())]);
    let positions: AHashMap<_, _> =
        found.iter().map(|found| (found.file, found.position)).collect();
    let rows = spi::select(client, &sql, None, &[files.into()], |row| {
        let Some(file) = row.get::<i64>(1)? else { return Ok(None) };
        let position = positions.get(&file).and_then(|position| usize::try_from(position - 1).ok());
        let moment =
            row.bytes(3)?.zip(position).and_then(|(moments, at)| chord_moment(moments, at));
        Ok(Some((file, (row.get::<String>(2)?, moment))))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// A search for a progression, or for its rotations.
struct Search<'a> {
    text: &'a str,
    progression: &'a Progression,
    score: f64,
    /// Sets of runs of chords; a piece has to contain one of the sets.
    grams: Vec<Vec<String>>,
    /// Number of files to find.
    missing: usize,
}

impl Search<'_> {
    /// The files that contain the progression, without those already found.
    ///
    /// How many of the first rows contain it tells whether it is found sooner in more of them or by the index.
    fn run(&self, found: &[Match], schema: &Schema) -> Result<Vec<Match>, ErrorReport> {
        let mut rows = FOR_EACH * self.missing;
        while rows <= MOST_FIRST {
            let first = self.run_on(Some(rows), found, schema)?;
            if first.len() == self.missing {
                return Ok(first);
            }
            // Half more than those that have it if it is evenly spread.
            rows = rows * self.missing * 3 / (2 * first.len().max(1));
        }
        self.run_on(None, found, schema)
    }

    /// Those with music among the first rows, or all.
    fn run_on(
        &self,
        first: Option<usize>,
        found: &[Match],
        schema: &Schema,
    ) -> Result<Vec<Match>, ErrorReport> {
        let known: Vec<i64> = found.iter().map(|found| found.file).collect();
        let rotated = self.score < AS_GIVEN;
        let mut arguments: Vec<DatumWithOid<'_>> =
            vec![self.text.into(), rotated.into(), known.into(), (self.missing as i64).into()];
        let has_additions = self.progression.has_additions();
        let (music, moments, condition) = match first {
            Some(rows) => {
                arguments.push((rows as i64).into());
                let (music, moments) = if has_additions {
                    (FIRST_WITH_MOMENTS, "m.chord_moments")
                } else {
                    (FIRST, "NULL")
                };
                (music, moments, "true".to_owned())
            }
            None => {
                arguments.extend(self.grams.iter().map(|grams| grams.clone().into()));
                (ALL, if has_additions { MOMENTS } else { "NULL" }, self.condition())
            }
        };
        let is_one_gram = !rotated && self.progression.is_one_gram();
        let materialized =
            if first.is_none() && is_one_gram { "NOT MATERIALIZED" } else { "MATERIALIZED" };
        let library = ("library", schema.quoted());
        let [music, moments, condition] =
            [music, moments, &condition].map(|part| fill(part, &[library]));
        let parts = [
            ("materialized", materialized),
            ("moments", &*moments),
            ("music", &*music),
            ("condition", &*condition),
            library,
        ];
        let sql = fill(STATEMENT, &parts);
        let score = self.score;
        let read = |row: &spi::Row<'_>| {
            let place = row.get(1)?.zip(row.get(2)?);
            Ok(place.map(|(file, position)| Match { file, score, position }))
        };
        let rows = role::with_pinned_path(|| {
            Spi::connect(|client| {
                guc::with_settings(|settings| {
                    // The planner knows how many rows have the runs, not how few of them are read.
                    settings.set(c"jit", c"off");
                    spi::select(client, &sql, None, &arguments, read)
                })
            })
        });
        rows.map(|rows| rows.into_iter().flatten().collect()).map_err(error::statement)
    }

    /// That a piece has one of the sets of runs.
    fn condition(&self) -> String {
        let has = |number: usize| {
            format!("@library@.midi_progression_grams(m.chord_progression) @> ${}", number + 5)
        };
        (0..self.grams.len()).map(has).collect::<Vec<_>>().join(" OR ")
    }
}

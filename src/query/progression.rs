//! The pieces that have a progression, and where.
//!
//! The index tells which pieces have its runs of chords, `midi_progression_position` which of these
//! have it and where. A statement ends with the first `max_results` rows: all that have it are as
//! good, so that none further on would be better. Only where they are fewer are those looked for
//! that go round in a rotation of it.

use ahash::AHashMap;
use midi_analysis::{ChordMoment, Progression, chord_moment};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::role;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::pg::table::Table;

/// A file, its path, score, and second, bar and key of the first place.
pub(crate) type Row = (i64, String, f64, Option<f64>, Option<i32>, Option<String>);

/// A file that has it, with what score, and when it first sounds.
struct Found {
    file: i64,
    score: f64,
    moment: Option<ChordMoment>,
}

/// Most pieces that one call gives.
const MOST: i32 = 10_000;
/// Scores of a progression as it is asked for, and of a loop that is entered elsewhere.
const AS_ASKED: f64 = 1.0;
const ROTATED: f64 = 0.5;

/// $1 the progression, $2 whether it may be rotated, $3 files that are found already, $4 how many
/// more; @grams@ are conditions on the runs of chords, from $5 on. Only these are for the planner to
/// weigh: it would take the other condition to be met by nearly all, and read the table in order
/// until it has enough. So the candidates and their places are MATERIALIZED, which is done no further
/// than they are asked for, unless the runs are all there is to it.
const STATEMENT: &str = "
    WITH candidates AS @materialized@ (
        SELECT m.content_hash, m.chord_progression, m.chord_moments
        FROM @library@.musical_metadata m
        WHERE @grams@),
    places AS @materialized@ (
        SELECT c.content_hash, c.chord_moments, @library@.midi_progression_position(
            c.chord_progression, c.chord_moments, $1, $2) AS position
        FROM candidates c)
    SELECT f.id, p.chord_moments, p.position
    FROM places p
    JOIN @library@.midi_files f ON f.content_hash = p.content_hash
    WHERE p.position IS NOT NULL
      AND f.state IN ('imported', 'duplicate')
      AND f.id <> ALL ($3)
    LIMIT $4";

/// The paths of the files $1.
const PATHS: &str = "SELECT id, path FROM @library@.midi_files WHERE id = ANY ($1)";
/// Files whose paths are looked up at once: a path may be long.
const AT_ONCE: usize = 64;

/// Adds the pieces that have a progression, those first that have it as it is written.
///
/// # Errors
/// A text that is none; a number of results that is none; those of the statement, such as a missing
/// privilege.
pub(crate) fn find(
    text: &str,
    max_results: i32,
    schema: &Schema,
    rows: &mut Table<'static, Row>,
) -> Result<(), ErrorReport> {
    let results = error::check_max_results(max_results, MOST)?;
    let progression =
        Progression::parse(text).map_err(|problem| error::progression(&problem, text))?;
    let rotations: Vec<_> = progression.rotations().iter().flat_map(Progression::grams).collect();
    let mut found = Vec::new();
    for (score, grams) in [(AS_ASKED, progression.grams()), (ROTATED, rotations)] {
        let wanting = results - found.len();
        if wanting > 0 && !grams.is_empty() {
            let is_one_gram = score == AS_ASKED && progression.is_one_gram();
            let more = Wanted { text, score, grams, is_one_gram, wanting };
            let mut more = more.find(&found, schema)?;
            more.sort_by_key(|found| found.file);
            found.extend(more);
        }
    }
    found.chunks(AT_ONCE).try_for_each(|found| add(found, schema, rows))
}

/// Adds what was found, with the paths of the files.
fn add(
    found: &[Found],
    schema: &Schema,
    rows: &mut Table<'static, Row>,
) -> Result<(), ErrorReport> {
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
    for Found { file, score, moment } in found {
        let Some(path) = paths.remove(file) else { continue };
        let start = moment.as_ref().map(|moment| moment.start_s);
        let bar = moment.as_ref().and_then(|moment| moment.bar);
        let key = moment.as_ref().map(|moment| moment.key.clone());
        rows.put((*file, path, *score, start, bar, key));
    }
    Ok(())
}

/// What one statement looks for.
struct Wanted<'a> {
    text: &'a str,
    score: f64,
    /// Runs of chords, all of one of which a piece has.
    grams: Vec<Vec<String>>,
    /// Whether that is all there is to it.
    is_one_gram: bool,
    wanting: usize,
}

impl Wanted<'_> {
    /// The pieces that have it but for those that are found already.
    fn find(&self, found: &[Found], schema: &Schema) -> Result<Vec<Found>, ErrorReport> {
        let condition = |number: usize| {
            format!("@library@.midi_progression_grams(m.chord_progression) @> ${}", number + 5)
        };
        let conditions: Vec<_> = (0..self.grams.len()).map(condition).collect();
        let library = ("library", schema.quoted());
        let materialized = if self.is_one_gram { "NOT MATERIALIZED" } else { "MATERIALIZED" };
        let grams = fill(&conditions.join(" OR "), &[library]);
        let sql = fill(STATEMENT, &[("grams", &grams), ("materialized", materialized), library]);
        let known: Vec<i64> = found.iter().map(|found| found.file).collect();
        let rotated = self.score < AS_ASKED;
        let mut arguments: Vec<DatumWithOid<'_>> =
            vec![self.text.into(), rotated.into(), known.into(), (self.wanting as i64).into()];
        arguments.extend(self.grams.iter().map(|grams| grams.clone().into()));
        let rows = role::with_pinned_path(|| {
            Spi::connect(|client| {
                spi::select(client, &sql, None, &arguments, |row| {
                    let moments = row.bytes(2)?;
                    let position: Option<i32> = row.get(3)?;
                    let moment = moments.zip(position).and_then(|(moments, position)| {
                        chord_moment(moments, usize::try_from(position - 1).ok()?)
                    });
                    let score = self.score;
                    Ok(row.get(1)?.map(|file| Found { file, score, moment }))
                })
            })
        });
        rows.map(|rows| rows.into_iter().flatten().collect()).map_err(error::statement)
    }
}

//! Music that can be played together with a piece: in its key or one next to it, and at its tempo, double or half of it.
//!
//! What fits is a list of keys and ranges of tempos. For each of them the index on both gives the nearest tempos, upward
//! and downward, so that as few rows are read as can be among the results, however many pieces fit. It reads the view
//! `midi_library`, which whoever may search by a line of text may read.

use midi_analysis::{Analysis, Camelot, Counterpart, Key};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::path::path_of;
use super::{cataloged, notice};
use crate::distribution::is_distributed;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;
use crate::pg::table::Table;
use crate::pg::{guc, role, spi};
use crate::{error, rights};

/// A file with its key, tempo and relation to the piece; see `midi_compatible`.
pub(crate) type Row = (
    i64,
    Option<String>,
    String,
    Option<String>,
    Option<String>,
    f64,
    String,
    String,
    Option<i32>,
    i32,
    f64,
    f64,
);

/// Maximum of max_results.
const MAX_RESULTS: i32 = 10_000;

/// The columns of `midi_library` that are read, but for the path, which is left out where it may not be.
const COLUMNS: [&str; 7] =
    ["file_id", "filename", "key_signature", "pitch_min", "bpm", "content_hash", "depth"];

/// What is asked of the file $1.
const ASKED: &str = "
    SELECT l.key_signature, l.pitch_min IS NOT NULL, l.bpm, l.content_hash
    FROM @library@.midi_library l WHERE l.file_id = $1";

/// The $4 best files for the counterparts $5 to $12 of a piece without pitched notes ($1) or with some, whose content
/// is $2. A tempo is changed by at most the ratio $3. @near@ is a list of [`NEAR`].
const STATEMENT: &str = "
    SELECT l.file_id, @path@, l.filename, l.key_signature, best.camelot, l.bpm, best.relation, best.bpm_relation,
           best.camelot_distance, best.semitones, best.ratio, best.distance
    FROM (
        SELECT fit.*, near.file_id, fit.bpm / near.bpm AS ratio,
               fit.least_distance + abs(ln(fit.bpm / near.bpm)) / ln($3) AS distance
        FROM unnest($5, $6, $7, $8, $9, $10, $11, $12) AS fit
            (key, camelot, relation, camelot_distance, semitones, bpm, bpm_relation, least_distance)
        CROSS JOIN LATERAL (@near@) AS near
        ORDER BY distance, file_id
        LIMIT $4) AS best
    JOIN @library@.midi_library l USING (file_id)
    ORDER BY best.distance, l.file_id";

/// The same of a distributed library, whose shards cannot each look for the nearest of every counterpart. All that fits is
/// compared, on each shard by itself.
const DISTRIBUTED: &str = "
    SELECT l.file_id, @path@, l.filename, l.key_signature, fit.camelot, l.bpm, fit.relation, fit.bpm_relation,
           fit.camelot_distance, fit.semitones, fit.bpm / l.bpm AS ratio,
           fit.least_distance + abs(ln(fit.bpm / l.bpm)) / ln($3) AS distance
    FROM unnest($5, $6, $7, $8, $9, $10, $11, $12) AS fit
        (key, camelot, relation, camelot_distance, semitones, bpm, bpm_relation, least_distance)
    JOIN @library@.midi_library l
      ON l.bpm >= fit.bpm / $3 AND l.bpm <= fit.bpm * $3 AND l.content_hash <> $2
     AND (l.key_signature = fit.key
          OR fit.key IS NULL AND l.key_signature IS NULL AND (l.pitch_min IS NULL OR $1))
    ORDER BY distance, l.file_id
    LIMIT $4";

/// The files of a counterpart nearest to its tempo, in one direction. They have one key or none, but the planner needs it
/// in the order to see that the index is in the order of the tempo where there is none.
const NEAR: &str = "
            (SELECT l.file_id, l.bpm FROM @library@.midi_library l
             WHERE @key@ AND @tempo@ AND l.content_hash <> $2
             ORDER BY l.key_signature @order@, l.bpm @order@ LIMIT $4)";

/// With a key, and without; drums go with music whose key is not known.
const KEYS: [&str; 2] = [
    "l.key_signature = fit.key",
    "fit.key IS NULL AND l.key_signature IS NULL AND (l.pitch_min IS NULL OR $1)",
];

/// Upward and downward: the condition and the order.
const TEMPOS: [(&str, &str); 2] = [
    ("l.bpm >= fit.bpm AND l.bpm <= fit.bpm * $3", "ASC"),
    ("l.bpm < fit.bpm AND l.bpm >= fit.bpm / $3", "DESC"),
];

/// A piece to which other music is to fit.
pub(crate) struct Asked {
    key: Option<Key>,
    /// Whether it has other notes than drums.
    is_pitched: bool,
    bpm: Option<f64>,
    content_hash: Vec<u8>,
}

impl Asked {
    /// A file of the library.
    ///
    /// # Errors
    /// If it does not exist, or its content is not in the library; those of the statement, such as a missing privilege.
    pub(crate) fn of_file(schema: &Schema, file: i64) -> Result<Self, ErrorReport> {
        require_rights(schema)?;
        let sql = fill(ASKED, &[("library", schema.quoted())]);
        let read = |row: &spi::Row<'_>| {
            Ok(Self {
                key: row.text(1)?.and_then(|name| name.parse().ok()),
                is_pitched: row.get(2)?.unwrap_or_default(),
                bpm: row.get(3)?,
                content_hash: row.bytes(4)?.unwrap_or_default().to_vec(),
            })
        };
        let rows = role::with_pinned_path(|| {
            Spi::connect(|client| spi::select(client, &sql, Some(1), &[file.into()], read))
        });
        let found = rows.map_err(error::statement)?.into_iter().next();
        found.ok_or_else(|| error::no_such_file(file))
    }

    /// A piece with this analysis and this SHA-256 of its content.
    pub(crate) fn of_analysis(analysis: &Analysis, content_hash: &[u8]) -> Self {
        Self {
            key: analysis.key.estimated,
            is_pitched: analysis.pitch.is_some(),
            bpm: analysis.rhythm.bpm,
            content_hash: content_hash.to_vec(),
        }
    }

    /// What fits it; nothing without a tempo.
    fn counterparts(&self) -> Vec<Counterpart> {
        let of = |bpm| Counterpart::of(self.key, self.is_pitched, bpm);
        self.bpm.map(of).unwrap_or_default()
    }
}

/// Checks that the current role may read what is asked of a piece and told of those that fit.
fn require_rights(schema: &Schema) -> Result<(), ErrorReport> {
    rights::require_reading(schema, &[c"midi_library"])?;
    rights::require_columns(schema, c"midi_library", &COLUMNS)
}

/// Adds the files that fit, the best first, and tells of the pieces of which it cannot be known.
///
/// # Errors
/// If `max_results` is out of range; those of the statements, such as a missing privilege.
pub(crate) fn find(
    asked: &Asked,
    max_results: i32,
    schema: &Schema,
    rows: &mut Table<'_, Row>,
) -> Result<(), ErrorReport> {
    let most = error::check_max_results(max_results, MAX_RESULTS)?;
    if asked.bpm.is_none() {
        notice::nothing_to_compare();
    }
    require_rights(schema)?;
    let found = role::with_pinned_path(|| {
        guc::with_settings(|settings| {
            // The planner cannot know how few rows have both the key and the tempo.
            settings.set(c"jit", c"off");
            Spi::connect(|client| {
                let sql = statement(schema, is_distributed(client, schema)?);
                rows.fill(client, &sql, &arguments(asked, most as i64 + 1), most as u64)
            })
        })
    })
    .map_err(error::statement)?;
    let more =
        notice::how_to_get_more(most, MAX_RESULTS, "midi_search finds all by key: and bpm:.");
    notice::more_matches(found as usize, most, more);
    cataloged::tell_among(schema, cataloged::FILES)
}

fn statement(schema: &Schema, distributed: bool) -> String {
    let library = ("library", schema.quoted());
    let near = |key: &'static str| {
        TEMPOS.map(|(tempo, order)| {
            fill(NEAR, &[("key", key), ("tempo", tempo), ("order", order), library])
        })
    };
    let near = KEYS.map(near).concat().join(" UNION ALL ");
    let path = path_of(schema, c"midi_library", "l.path");
    let statement = if distributed { DISTRIBUTED } else { STATEMENT };
    fill(statement, &[("near", &near), ("path", path), library])
}

fn arguments(asked: &Asked, most: i64) -> [DatumWithOid<'static>; 12] {
    let fitting = asked.counterparts();
    let fitting = fitting.as_slice();
    [
        (asked.key.is_none() && !asked.is_pitched).into(),
        asked.content_hash.clone().into(),
        Counterpart::LARGEST_CHANGE.into(),
        most.into(),
        column(fitting, |music| music.key.map(|key| key.to_string())),
        column(fitting, |music| music.key.map(|key| Camelot::of(key).to_string())),
        column(fitting, |music| music.key_relation.name()),
        column(fitting, |music| music.camelot_distance.map(i32::from)),
        column(fitting, |music| i32::from(music.key_relation.semitones())),
        column(fitting, |music| music.bpm),
        column(fitting, |music| music.bpm_relation.name()),
        column(fitting, Counterpart::least_distance),
    ]
}

/// A value of each counterpart, as an array.
fn column<T>(fitting: &[Counterpart], value: impl Fn(&Counterpart) -> T) -> DatumWithOid<'static>
where
    Vec<T>: IntoDatum,
{
    fitting.iter().map(value).collect::<Vec<_>>().into()
}

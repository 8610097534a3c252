//! Damaged files by kind.

use midi_analysis::damage_kind;
use pgrx::spi::SpiResult;

use super::library::{Library, count};
use crate::render::report::facts::{Count, Damage, Files};

/// The files that were repaired, in each row, and the files by repair. A file has one warning of each kind, whose number and
/// place are in parentheses.
const REPAIRS: &str = "
    WITH repaired AS MATERIALIZED (
        SELECT m.warnings
        FROM @files@
        WHERE m.warnings <> '{}'
    )
    SELECT left(split_part(warning, ' (', 1), 100) AS kind, count(*), (SELECT count(*) FROM repaired)
    FROM repaired CROSS JOIN LATERAL unnest(warnings) AS warning
    GROUP BY kind
    ORDER BY 2 DESC, kind
    LIMIT 12";

/// The files that failed, by the kind of their problem. A file's problems of the past have other reasons than its row.
const FAILURES: &str = "
    WITH failed AS MATERIALIZED (
        SELECT f.id, f.path, f.archive_member, f.error FROM @library@.midi_files f WHERE f.state = 'failed'
    ), known AS MATERIALIZED (
        SELECT DISTINCT f.id, e.kind
        FROM failed f
        JOIN @library@.midi_import_errors e
          ON e.path = f.path AND e.archive_member IS NOT DISTINCT FROM f.archive_member AND e.reason = f.error
    )
    SELECT left(COALESCE(replace(k.kind, '_', ' '), 'not recorded'), 100) AS kind, count(DISTINCT f.id)
    FROM failed f
    LEFT JOIN known k ON k.id = f.id
    GROUP BY 1
    ORDER BY 2 DESC, 1
    LIMIT 12";

pub(super) fn damage(library: &Library<'_>, files: &Files) -> SpiResult<Damage> {
    let mut damage = Damage::default();
    damage.repairs = library.select(REPAIRS, &[], |row| {
        damage.repaired = row.get(3)?.unwrap_or_default();
        let counted = count(row)?;
        Ok(Count { name: damage_kind(&counted.name).to_owned(), ..counted })
    })?;
    if files.in_state("failed") > 0 {
        damage.failures = library.select(FAILURES, &[], count)?;
    }
    Ok(damage)
}

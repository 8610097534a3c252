//! Names that disagree with the music.

use pgrx::spi::SpiResult;

use super::library::Library;
use crate::render::report::facts::{Count, Files, Named, Names};

/// The relations of keys and of tempos, with the number of files in each; then a few files. The view says how they are
/// related, and the tables which of its rows the caller may see, and what else is shown.
const NAMES: &str = "
    WITH disagreeing AS MATERIALIZED (
        SELECT f.id, left(f.filename, 200) AS filename, d.key_relation, d.bpm_relation,
               left(f.name_key, 40) AS name_key, left(m.key_signature, 40) AS key, f.name_bpm::float8, m.bpm,
               CASE WHEN d.key_relation = 'other' THEN m.key_confidence ELSE 0 END AS surprise
        FROM @files@
        JOIN @library@.midi_name_disagreements d ON d.file_id = f.id
        WHERE f.name_key IS NOT NULL OR f.name_bpm IS NOT NULL
    )
    SELECT 'key', key_relation, count(*), NULL, NULL, NULL, NULL::float8, NULL::float8
    FROM disagreeing WHERE key_relation IS NOT NULL GROUP BY key_relation
    UNION ALL
    SELECT 'tempo', bpm_relation, count(*), NULL, NULL, NULL, NULL, NULL
    FROM disagreeing WHERE bpm_relation IS NOT NULL GROUP BY bpm_relation
    UNION ALL
    (SELECT 'file', NULL, NULL, filename, CASE WHEN key_relation IS NOT NULL THEN name_key END, key,
            CASE WHEN bpm_relation IS NOT NULL THEN name_bpm END, bpm
     FROM disagreeing ORDER BY surprise DESC NULLS LAST, id LIMIT 10)";

pub(super) fn names(library: &Library<'_>, files: &Files) -> SpiResult<Names> {
    let mut names = Names::default();
    if files.with_key + files.with_tempo == 0 {
        return Ok(names);
    }
    library.select(NAMES, &[], |row| {
        let relation = || -> SpiResult<Count> {
            Ok(Count {
                name: row.get(2)?.unwrap_or_default(),
                files: row.get(3)?.unwrap_or_default(),
            })
        };
        match row.get::<String>(1)?.unwrap_or_default().as_str() {
            "key" => names.keys.push(relation()?),
            "tempo" => names.tempos.push(relation()?),
            _ => names.files.push(Named {
                filename: row.get(4)?.unwrap_or_default(),
                keys: row.get(5)?.zip(row.get(6)?),
                tempos: row.get(7)?.zip(row.get(8)?),
            }),
        }
        Ok(())
    })?;
    for relations in [&mut names.keys, &mut names.tempos] {
        relations.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.name.cmp(&b.name)));
    }
    Ok(names)
}

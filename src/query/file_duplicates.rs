//! The files with the same music as one file.
//!
//! Its fingerprint is looked up first and given to the search as a value. So an index answers, and in a library on several
//! machines each shard compares its own pieces with it.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::path::path_of;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;
use crate::pg::table::Table;
use crate::pg::{role, spi};
use crate::{error, rights};

/// A file, its path, the kind, and the similarity.
pub(crate) type Duplicate = (i64, Option<String>, String, f32);

/// The content of the file $1, and the fingerprint of its music.
const FILE: &str = "
    SELECT f.content_hash, s.fingerprint
    FROM @schema@.midi_files f
    LEFT JOIN (@schema@.musical_metadata m JOIN @schema@.musical_search s ON s.content_hash = m.content_hash)
        ON m.content_hash = f.content_hash
    WHERE f.id = $1";

/// The other files than $1 with the content $2.
const EXACT: &str = "
    SELECT f.id, @path@, 'exact'::text, 1::real
    FROM @schema@.midi_files f
    WHERE f.content_hash = $2 AND f.id <> $1 AND f.state IN ('imported', 'duplicate')
    ORDER BY f.id";

/// The files with other contents than $1 whose similarity to the fingerprint $2 is $3 or more.
const NEAR: &str = "
    SELECT f.id, @path@, 'near'::text, @schema@.midi_fingerprint_similarity(s.fingerprint, $2) AS similarity
    FROM @schema@.musical_search s
    JOIN @schema@.musical_metadata m ON m.content_hash = s.content_hash
    JOIN @schema@.midi_files f ON f.content_hash = s.content_hash
    WHERE @schema@.midi_fingerprint_bands(s.fingerprint) && @schema@.midi_fingerprint_bands($2)
      AND @schema@.midi_fingerprint_similarity(s.fingerprint, $2) >= $3
      AND s.content_hash <> $1
      AND f.state IN ('imported', 'duplicate')
    ORDER BY similarity DESC, f.id";

/// Adds the duplicates of a file whose similarity is `least` or more, the most similar first.
///
/// # Errors
/// If the file does not exist, or `least` is no similarity; those of the statements, such as a missing privilege.
pub(crate) fn of_file(
    file: i64,
    least: f32,
    schema: &Schema,
    rows: &mut Table<'_, Duplicate>,
) -> Result<(), ErrorReport> {
    error::check_min_similarity(least)?;
    rights::require_reading_of(schema, &rights::FINGERPRINT)?;
    let path = path_of(schema, c"midi_files", "f.path");
    let [of_file, exact, near] =
        [FILE, EXACT, NEAR].map(|sql| fill(sql, &[("path", path), ("schema", schema.quoted())]));
    let search = || {
        Spi::connect(|client| {
            let found = spi::select(client, &of_file, Some(1), &[file.into()], |row| {
                Ok((row.bytes(1)?.map(<[u8]>::to_vec), row.get::<Vec<Option<i32>>>(2)?))
            })?;
            let Some((content, fingerprint)) = found.into_iter().next() else { return Ok(false) };
            let content = || content.as_deref().into();
            rows.fill(client, &exact, &[file.into(), content()], u64::MAX)?;
            let arguments = [content(), fingerprint.into(), least.into()];
            rows.fill(client, &near, &arguments, u64::MAX)?;
            Ok(true)
        })
    };
    match role::with_pinned_path(search).map_err(error::statement)? {
        true => Ok(()),
        false => Err(error::no_such_file(file)),
    }
}

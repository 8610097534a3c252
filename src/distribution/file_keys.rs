//! By what rows of `midi_files` are unique, on each node. Where they lie beside their music, an index can tell only among
//! the rows of one content.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::citus;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::guc;
use crate::pg::sql::{fill, literal};

/// Gives the table other keys, if it has not those. It has no rows, or lies on this node alone. On another node it may be known
/// as distributed already, so that no change of its rows is planned there.
const KEYS: &str = "
    DO $keys$ BEGIN
        IF (SELECT i.indnkeyatts FROM pg_index i WHERE i.indexrelid = @index@::regclass) <> @columns@ THEN
            SET LOCAL citus.enable_ddl_propagation = off;
            SET LOCAL lock_timeout = '10s';
            IF @filled@ AND @columns@ = 2 THEN
                UPDATE @table@ SET content_hash = path_digest WHERE content_hash IS NULL;
            END IF;
            ALTER TABLE @table@ DROP CONSTRAINT midi_files_pkey;
            ALTER TABLE @table@ ALTER COLUMN content_hash DROP NOT NULL, ADD PRIMARY KEY (id@more@);
            DROP INDEX @unique@;
            CREATE UNIQUE INDEX midi_files_path_digest_idx ON @table@ (path_digest@more@);
            COMMENT ON INDEX @unique@ IS 'Look up a file by its path, in imports';
        END IF;
    END $keys$";

/// Gives the table on each node the keys that it needs.
///
/// # Errors
/// Where a node cannot have them; those of the statements.
pub(super) fn align(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    beside_music: bool,
) -> Result<(), ErrorReport> {
    let [table, index] = ["midi_files", "midi_files_path_digest_idx"].map(|name| schema.dot(name));
    let (columns, more) = if beside_music { ("2", ", content_hash") } else { ("1", "") };
    let keys = |filled: &str| {
        let parts = [
            ("table", &*table),
            ("unique", &*index),
            ("index", &*literal(&index)),
            ("columns", columns),
            ("more", more),
            ("filled", filled),
        ];
        fill(KEYS, &parts)
    };
    citus::change_others(client, &keys("false"))?;
    // What it sets is undone.
    guc::with_settings(|_| client.update(&*keys("true"), None, &[]).map(drop))
        .map_err(error::statement)
}

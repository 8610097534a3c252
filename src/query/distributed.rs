//! Whether the library is distributed by Citus. Its tables are in shards then: a statement runs on each of them, and what
//! Citus sends is all that the shards know, not settings. Nearly all statements are the same for both; the few that are not
//! ask here.

use pgrx::spi::{SpiClient, SpiResult};

use crate::pg::caller::Schema;
use crate::pg::{catalog, spi};

/// Whether the table $1 has shards, by the hash of a column.
const HAS_SHARDS: &str = "
    SELECT true FROM pg_catalog.pg_dist_partition p
    WHERE p.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) $1
      AND p.partmethod::pg_catalog.text OPERATOR(pg_catalog.=) 'h'";

/// Whether the music of the library is in shards.
///
/// # Errors
/// Those of SPI.
pub(super) fn is_distributed(client: &SpiClient<'_>, schema: &Schema) -> SpiResult<bool> {
    if catalog::extension(c"citus").is_none() {
        return Ok(false);
    }
    let music = schema.table(c"musical_metadata");
    let found = spi::select(client, HAS_SHARDS, Some(1), &[music.into()], |_| Ok(()))?;
    Ok(!found.is_empty())
}

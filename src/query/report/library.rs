//! The library that is reported on.

use pgrx::datum::DatumWithOid;
use pgrx::spi::{SpiClient, SpiResult};

use crate::pg::caller::Schema;
use crate::pg::spi::{self, Row};
use crate::pg::sql::fill;
use crate::render::report::facts::Count;

/// Its tables, and the connection by which they are read.
pub(super) struct Library<'a> {
    pub(super) client: &'a SpiClient<'a>,
    pub(super) schema: &'a Schema,
}

/// Files with their music.
const FILES: &str =
    "@library@.midi_files f JOIN @library@.musical_metadata m ON m.content_hash = f.content_hash
    AND f.state IN ('imported', 'duplicate')";

impl Library<'_> {
    /// Runs a statement, in which `@library@` is the schema of the tables and `@files@` the join of `midi_files f` and
    /// `musical_metadata m` for the files in the library.
    ///
    /// # Errors
    /// Those of SPI and of `read`.
    pub(super) fn select<T: Send>(
        &self,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        read: impl FnMut(&Row<'_>) -> SpiResult<T> + Send,
    ) -> SpiResult<Vec<T>> {
        let library = ("library", self.schema.quoted());
        let files = fill(FILES, &[library]);
        // Without a limit, which would exclude parallel workers.
        spi::select(self.client, &fill(sql, &[library, ("files", &files)]), None, arguments, read)
    }
}

/// A row of a name and a number of files.
pub(super) fn count(row: &Row<'_>) -> SpiResult<Count> {
    Ok(Count { name: row.get(1)?.unwrap_or_default(), files: row.get(2)?.unwrap_or_default() })
}

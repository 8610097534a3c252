//! The job store: the tables of jobs and schedules, which are read and written with the rights of the
//! extension's owner.

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::{guard, tables};
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::spi::{self, Row};
use crate::pg::sql::fill;
use crate::pg::{lock, role};

/// The job store of this database.
pub(crate) struct JobStore {
    schema: Schema,
    owner: Oid,
}

/// Runs `work` with the job store of this database.
///
/// # Errors
/// Where the extension is not installed; otherwise those of `work`.
pub(crate) fn with_store<T>(
    work: impl FnOnce(&mut SpiClient<'_>, &JobStore) -> Result<T, ErrorReport>,
) -> Result<T, ErrorReport> {
    Spi::connect_mut(|client| {
        let store = JobStore::find(client).map_err(error::statement)?;
        work(client, &store.ok_or_else(error::not_installed)?)
    })
}

impl JobStore {
    /// The job store of this database, which cannot be dropped until the transaction ends; `None` where
    /// the extension is not installed (any more).
    pub(crate) fn find(client: &mut SpiClient<'_>) -> SpiResult<Option<Self>> {
        if !lock::hold_extension(c"midi_pipeline") {
            return Ok(None);
        }
        let found = tables::find(client)?;
        Ok(found.map(|(schema, owner)| Self { schema, owner }))
    }

    /// The owner of the extension's tables.
    pub(crate) fn owner(&self) -> Oid {
        self.owner
    }

    /// The extension's schema.
    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(crate) fn run(
        &self,
        client: &mut SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
    ) -> SpiResult<()> {
        self.all(client, sql, arguments, |_| Ok(Some(()))).map(drop)
    }

    /// Runs a statement. Returns its last row as `read` converts it.
    pub(crate) fn one<T: Send>(
        &self,
        client: &mut SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        read: impl FnMut(&Row<'_>) -> SpiResult<Option<T>> + Send,
    ) -> SpiResult<Option<T>> {
        Ok(self.all(client, sql, arguments, read)?.pop())
    }

    /// Runs a statement with the owner's rights. Returns its rows as `read` converts them, without those
    /// that it converts to `None`.
    pub(crate) fn all<T: Send>(
        &self,
        client: &mut SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        read: impl FnMut(&Row<'_>) -> SpiResult<Option<T>> + Send,
    ) -> SpiResult<Vec<T>> {
        let sql = fill(sql, &[("schema", self.schema.quoted())]);
        let rows = role::with_rights_of(self.owner, || {
            guard::writing(|| spi::update_latest(client, &sql, None, arguments, read))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }
}

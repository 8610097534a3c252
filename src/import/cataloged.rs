//! The files whose music is only cataloged, wherever they are, batch by batch: the last modified first.

use std::iter::Peekable;
use std::path::Path;
use std::vec;

use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::datums::unix_micros;
use super::entry::{Candidate, Disposition, Entry};
use super::foreign_code;
use super::listing::{batch_after, next_batch};
use super::location::Location;
use super::problem::Problem;
use super::statements::{PAGE_CATALOGED, SKIP_SENT};
use crate::archive::Kind;
use crate::error;
use crate::files::{self, Allowed};
use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql::fill;

/// The files whose music is only cataloged.
pub(crate) struct Cataloged {
    allowed: Allowed,
    batch_size: usize,
    /// When the last file of the page was modified, and its id.
    last: (Option<TimestampWithTimeZone>, i64),
    page: Peekable<vec::IntoIter<Entry>>,
    /// How many files are listed.
    listed: usize,
    /// How many files are outside the allowed directories.
    outside: i64,
}

/// A file whose music is only cataloged.
struct Row {
    id: i64,
    path: String,
    size: i64,
    modified: TimestampWithTimeZone,
}

impl Cataloged {
    /// Those in the allowed directories. A batch has at most `batch_size` files, and the first ones have fewer.
    pub(crate) fn new(allowed: Allowed, batch_size: usize) -> Self {
        let page = Vec::new().into_iter().peekable();
        Self { allowed, batch_size, last: (None, i64::MAX), page, listed: 0, outside: 0 }
    }

    /// The next files, each member of an archive as its archive; an empty batch at the end.
    ///
    /// # Errors
    /// Those of the statement, and where it would run code of other roles.
    pub(crate) fn next_batch(
        &mut self,
        client: &mut SpiClient<'_>,
        schema: &Schema,
    ) -> Result<Vec<Entry>, ErrorReport> {
        while self.page.peek().is_none() {
            foreign_code::refuse(schema)?;
            let mut rows = self.next_page(client, schema).map_err(error::statement)?;
            let Some(last) = rows.last() else { return Ok(Vec::new()) };
            self.last = (Some(last.modified), last.id);
            let count = rows.len();
            rows.retain(|row| self.allowed.contains(&Path::new("/").join(files::path(&row.path))));
            self.outside += (count - rows.len()) as i64;
            self.page =
                rows.into_iter().map(Row::into_entry).collect::<Vec<_>>().into_iter().peekable();
        }
        let batch = next_batch(&mut self.page, batch_after(self.listed).min(self.batch_size));
        self.listed += batch.len();
        Ok(batch)
    }

    fn next_page(&self, client: &mut SpiClient<'_>, schema: &Schema) -> SpiResult<Vec<Row>> {
        let sql = fill(PAGE_CATALOGED, &[("schema", schema.quoted())]);
        let (modified, id) = self.last;
        let rows = spi::update(client, &sql, None, &[modified.into(), id.into()], |row| {
            let file = row.get(1)?.zip(row.get(2)?).zip(row.get(4)?);
            let size = row.get(3)?.unwrap_or(0);
            Ok(file.map(|((id, path), modified)| Row { id, path, size, modified }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Counts, once all batches are listed, the files that are not: those outside the allowed directories, and pieces
    /// that a client has sent. Each of the latter is recorded in `midi_import_errors`, once.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn skipped(
        &self,
        client: &mut SpiClient<'_>,
        schema: &Schema,
        job: i64,
    ) -> Result<i64, ErrorReport> {
        foreign_code::refuse(schema)?;
        let sql = fill(SKIP_SENT, &[("schema", schema.quoted())]);
        let Problem { kind, reason } = Problem::no_file();
        let arguments = [job.into(), kind.into_owned().into(), reason.into()];
        let counts = spi::update(client, &sql, None, &arguments, |row| row.get::<i64>(1));
        let sent = counts.map_err(error::statement)?.into_iter().flatten().sum::<i64>();
        Ok(self.outside + sent)
    }
}

impl Row {
    fn into_entry(self) -> Entry {
        let relative = files::path(&self.path);
        let archive = Kind::of(self.path.as_bytes());
        let (size, modified) = (self.size.max(0) as u64, unix_micros(self.modified));
        let candidate = Candidate { relative, size, modified, archive };
        Entry { location: Location::file(self.path), disposition: Disposition::Read(candidate) }
    }
}

//! What functions of one family have in common: the columns of their results, and the two forms of
//! each function that looks at one piece of music.
//!
//! pgrx reads the columns of a result off the text of a signature, where no type alias may stand. So
//! macros write the signatures.

use std::borrow::Cow;

use midi_analysis::Limits;
use pgrx::pg_sys::panic::ErrorReport;

use crate::pg::caller::Caller;
use crate::pg::interrupts;
use crate::pg::table::{Columns, Table};
use crate::{access, error, settings};

/// Defines functions whose results have the same columns. Each is written as a function is, without
/// the type of its result.
macro_rules! returning {
    ($columns:tt: $(#[pg_extern $attributes:tt] fn $name:ident $arguments:tt $body:tt)+) => {
        $(
            #[pg_extern $attributes]
            fn $name $arguments -> Result<TableIterator<'static, $columns>, ErrorReport> $body
        )+
    };
}

/// Defines both forms of a function on one piece of music: `content`, which is open to everyone and
/// IMMUTABLE, and `path`, which reads a file of the server. It returns a set with the given columns, or
/// one value of the given type. The body gets the piece as a [`Source`], and a reference to the
/// [`Caller`].
macro_rules! two_forms {
    (
        $sql_name:tt as $content:ident, $path:ident
        returns ($($columns:tt)+): |$source:ident, $caller:ident| $body:expr
    ) => {
        two_forms! { @define $sql_name $content $path [] [TableIterator<'static, ($($columns)+)>]
            $source $caller $body }
    };
    (
        $sql_name:tt as $content:ident, $path:ident requires $required:tt
        returns $value:ident: |$source:ident, $caller:ident| $body:expr
    ) => {
        two_forms! { @define $sql_name $content $path [, requires = $required] [$value]
            $source $caller $body }
    };
    (
        @define $sql_name:tt $content:ident $path:ident [$($attributes:tt)*] [$($result:tt)+]
        $source:ident $caller:ident $body:expr
    ) => {
        #[pg_extern(name = $sql_name, immutable, strict, parallel_safe $($attributes)*)]
        fn $content(content: &[u8], caller: Caller<'_>) -> Result<$($result)+, ErrorReport> {
            let ($source, $caller) = (Source::Content(content), &caller);
            $body
        }

        #[pg_extern(name = $sql_name, volatile, strict, parallel_restricted $($attributes)*)]
        fn $path(path: &str, caller: Caller<'_>) -> Result<$($result)+, ErrorReport> {
            let ($source, $caller) = (Source::Path(path), &caller);
            $body
        }
    };
}

/// What the core's readers have in common.
type CoreReader<T> = fn(&[u8], &Limits, &dyn Fn() -> bool) -> Result<T, midi_analysis::Error>;

/// What those have in common that give their rows one by one.
type RowReader<R> =
    fn(&[u8], &Limits, &dyn Fn() -> bool, &mut dyn FnMut(R)) -> Result<(), midi_analysis::Error>;

/// Where a piece of music comes from.
pub(super) enum Source<'a> {
    /// The bytes of its MIDI file.
    Content(&'a [u8]),
    /// The path of its MIDI file on the server.
    Path(&'a str),
}

impl Source<'_> {
    /// What the core makes of the piece.
    ///
    /// # Errors
    /// Those of [`access::read`] for a path; those of the core.
    pub(super) fn read<T>(&self, read: CoreReader<T>) -> Result<T, ErrorReport> {
        read(&self.bytes()?, &settings::limits(), &interrupts::poll)
            .map_err(|error| self.error(&error))
    }

    /// Calls `each` with each row that the core gives.
    ///
    /// # Errors
    /// As those of [`Source::read`].
    pub(super) fn for_each<R>(
        &self,
        read: RowReader<R>,
        mut each: impl FnMut(R),
    ) -> Result<(), ErrorReport> {
        read(&self.bytes()?, &settings::limits(), &interrupts::poll, &mut each)
            .map_err(|error| self.error(&error))
    }

    /// The result of a function: the list that the core gives, a row each.
    ///
    /// # Errors
    /// Those of [`Source::read`] and of [`Table::new`].
    pub(super) fn list<R, Row: Columns>(
        &self,
        caller: &Caller<'_>,
        read: CoreReader<Vec<R>>,
        columns: impl Fn(R) -> Row,
    ) -> Result<Table<'static, Row>, ErrorReport> {
        let rows = self.read(read)?;
        Ok(Table::new(caller)?.filled(rows.into_iter().map(columns)))
    }

    /// The result of a function whose rows may be too many to hold at once.
    ///
    /// # Errors
    /// Those of [`Source::read`] and of [`Table::new`].
    pub(super) fn stream<R, Row: Columns>(
        &self,
        caller: &Caller<'_>,
        read: RowReader<R>,
        columns: impl Fn(R) -> Row,
    ) -> Result<Table<'static, Row>, ErrorReport> {
        let mut table = Table::new(caller)?;
        self.for_each(read, |row| table.put(columns(row)))?;
        Ok(table)
    }

    fn bytes(&self) -> Result<Cow<'_, [u8]>, ErrorReport> {
        match self {
            Self::Content(content) => Ok(Cow::Borrowed(content)),
            Self::Path(path) => access::read(path, settings::limits().max_bytes).map(Cow::Owned),
        }
    }

    fn error(&self, error: &midi_analysis::Error) -> ErrorReport {
        match self {
            Self::Content(_) => error::content(error, None),
            Self::Path(path) => error::content(error, Some(path)),
        }
    }
}

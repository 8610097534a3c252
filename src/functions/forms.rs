//! Macros that define several SQL functions with the same result, and the piece of music that a function
//! is called with.
//!
//! pgrx takes the columns of a result from the text of the signature and does not resolve type aliases,
//! so functions share columns by a macro that writes their signatures.

use std::borrow::Cow;

use midi_analysis::write::File;
use midi_analysis::{Error, Options, Piece};
use pgrx::pg_sys::panic::ErrorReport;

use crate::content::{self, Content};
use crate::pg::bytea::Bytea;
use crate::pg::caller::{Caller, Schema};
use crate::pg::interrupts;
use crate::pg::table::{Columns, Table};
use crate::{access, error, settings};

/// Defines functions that return a set with the same columns. Each is written like a function, but
/// without the type of the result.
macro_rules! returning {
    ($columns:tt: $(#[pg_extern $attributes:tt] fn $name:ident $arguments:tt $body:tt)+) => {
        $(
            #[pg_extern $attributes]
            fn $name<'call> $arguments -> Result<TableIterator<'call, $columns>, ErrorReport> $body
        )+
    };
}

/// Defines the three forms of a function on one piece of music: with the parameter `content`, which is
/// IMMUTABLE and may be called by everyone; with the parameter `path`, which reads a file of the server; and
/// with the parameter `file_id`, for a file of the library. The function returns a set with the given columns,
/// or one value of the given type. The body gets the piece as a [`Source`], and a reference to the [`Caller`].
/// Further parameters follow the piece, each with a comma. A function that returns an `optional` value may be
/// called with NULL for these; it gives NULL of a piece that is NULL, as all do.
macro_rules! three_forms {
    (
        $sql_name:tt as $content:ident, $path:ident, $file:ident
        returns ($($columns:tt)+): |$source:ident, $caller:ident| $body:expr
    ) => {
        three_forms! { @define $sql_name $content $path $file [] [] [TableIterator<'call, ($($columns)+)>]
            $source $caller $body }
    };
    (
        $sql_name:tt as $content:ident, $path:ident, $file:ident requires $required:tt
        returns $value:ident: |$source:ident, $caller:ident| $body:expr
    ) => {
        three_forms! { @define $sql_name $content $path $file [] [, requires = $required] [$value<'call>]
            $source $caller $body }
    };
    (
        $sql_name:tt as $content:ident, $path:ident, $file:ident ($($parameters:tt)*)
        returns value $value:ident: |$source:ident, $caller:ident| $body:expr
    ) => {
        three_forms! { @define $sql_name $content $path $file [$($parameters)*] [] [$value]
            $source $caller $body }
    };
    (
        @define $sql_name:tt $content:ident $path:ident $file:ident [$($parameters:tt)*] [$($attributes:tt)*]
        [$($result:tt)+] $source:ident $caller:ident $body:expr
    ) => {
        #[pg_extern(name = $sql_name, immutable, strict, parallel_safe $($attributes)*)]
        fn $content<'call>(
            content: &[u8],
            $($parameters)*
            caller: Caller<'call>,
        ) -> Result<$($result)+, ErrorReport> {
            let ($source, $caller) = (Source::Content(content), &caller);
            $body
        }

        #[pg_extern(name = $sql_name, volatile, strict, parallel_restricted $($attributes)*)]
        fn $path<'call>(
            path: &str,
            $($parameters)*
            caller: Caller<'call>,
        ) -> Result<$($result)+, ErrorReport> {
            let ($source, $caller) = (Source::Path(path), &caller);
            $body
        }

        // A literal of unknown type stays a path: PostgreSQL prefers text.
        #[pg_extern(name = $sql_name, volatile, strict, parallel_restricted $($attributes)*)]
        fn $file<'call>(
            file_id: i64,
            $($parameters)*
            caller: Caller<'call>,
        ) -> Result<$($result)+, ErrorReport> {
            let ($source, $caller) = (Source::File(file_id, caller.schema()), &caller);
            $body
        }
    };
    (
        $sql_name:tt as $content:ident, $path:ident, $file:ident ($($parameters:tt)*)
        returns optional $value:ident: |$source:ident| $body:expr
    ) => {
        #[pg_extern(name = $sql_name, immutable, parallel_safe)]
        fn $content(
            content: Option<&[u8]>,
            $($parameters)*
        ) -> Result<Option<$value>, ErrorReport> {
            let Some(content) = content else { return Ok(None) };
            let $source = Source::Content(content);
            $body
        }

        #[pg_extern(name = $sql_name, volatile, parallel_restricted)]
        fn $path(
            path: Option<&str>,
            $($parameters)*
        ) -> Result<Option<$value>, ErrorReport> {
            let Some(path) = path else { return Ok(None) };
            let $source = Source::Path(path);
            $body
        }

        #[pg_extern(name = $sql_name, volatile, parallel_restricted)]
        fn $file<'call>(
            file_id: Option<i64>,
            $($parameters)*
            caller: Caller<'call>,
        ) -> Result<Option<$value>, ErrorReport> {
            let Some(file_id) = file_id else { return Ok(None) };
            let $source = Source::File(file_id, caller.schema());
            $body
        }
    };
}

/// The argument of a function on one piece of music.
pub(super) enum Source<'a> {
    /// The bytes of its MIDI file.
    Content(&'a [u8]),
    /// The path of its MIDI file on the server.
    Path(&'a str),
    /// The id of its file in the library, which is in this schema.
    File(i64, Schema),
}

/// The bytes of a MIDI file, and its name, if it has one.
type Loaded<'a> = (Cow<'a, [u8]>, Option<Cow<'a, str>>);

impl Source<'_> {
    /// Reads the piece, and returns the result of `describe`.
    ///
    /// # Errors
    /// Those of [`access::read`] for a path and of [`content::of_file`] for a file; those of the core.
    pub(super) fn read<T>(
        &self,
        describe: impl FnOnce(&Piece<'_>) -> Result<T, Error>,
    ) -> Result<T, ErrorReport> {
        let (bytes, name) = self.load()?;
        let name = name.as_deref();
        let options = Options::default()
            .limits(settings::limits())
            .interrupted(&interrupts::poll)
            .name(name.unwrap_or_default());
        let piece = Piece::read(&bytes, &options);
        piece.and_then(|piece| describe(&piece)).map_err(|error| error::content(&error, name))
    }

    /// The result of a function with one row for each element of a list.
    ///
    /// # Errors
    /// Those of [`Source::read`] and of [`Table::new`].
    pub(super) fn list<'call, R, Row: Columns>(
        &self,
        caller: &Caller<'call>,
        describe: impl FnOnce(&Piece<'_>) -> Result<Vec<R>, Error>,
        columns: impl Fn(R) -> Row,
    ) -> Result<Table<'call, Row>, ErrorReport> {
        let rows = self.read(describe)?;
        Ok(Table::new(caller)?.filled(rows.into_iter().map(columns)))
    }

    /// The result of a function whose rows may not fit into memory: `write` adds them one by one.
    ///
    /// # Errors
    /// Those of [`Source::read`] and of [`Table::new`].
    pub(super) fn stream<'call, Row: Columns>(
        &self,
        caller: &Caller<'call>,
        write: impl FnOnce(&Piece<'_>, &mut Table<'call, Row>) -> Result<(), Error>,
    ) -> Result<Table<'call, Row>, ErrorReport> {
        let mut table = Table::new(caller)?;
        self.read(|piece| write(piece, &mut table))?;
        Ok(table)
    }

    /// The bytes of the file after a change.
    ///
    /// # Errors
    /// Those of [`Source::read`]; those of the change.
    pub(super) fn write(
        &self,
        change: impl FnOnce(&mut File<'_>, &Options<'_>) -> Result<(), Error>,
    ) -> Result<Bytea, ErrorReport> {
        let options = Options::default().interrupted(&interrupts::poll);
        self.edit(|_, file| change(file, &options)).map(|(bytes, ())| bytes)
    }

    /// The bytes of the file after a change that depends on the music, and what the change returns.
    ///
    /// # Errors
    /// Those of [`Source::read`]; those of the change.
    pub(super) fn edit<T>(
        &self,
        change: impl FnOnce(&Piece<'_>, &mut File<'_>) -> Result<T, Error>,
    ) -> Result<(Bytea, T), ErrorReport> {
        let options = Options::default().interrupted(&interrupts::poll);
        self.read(|piece| {
            let mut file = File::of(piece)?;
            let done = change(piece, &mut file)?;
            Ok((Bytea(file.to_bytes(&options)?), done))
        })
    }

    fn load(&self) -> Result<Loaded<'_>, ErrorReport> {
        Ok(match self {
            Self::Content(content) => (Cow::Borrowed(content), None),
            Self::Path(path) => {
                let bytes = access::read(path, settings::limits().max_bytes)?;
                (Cow::Owned(bytes), Some(Cow::Borrowed(path)))
            }
            Self::File(id, schema) => {
                let Content { bytes, name } = content::of_file(schema, *id)?;
                (Cow::Owned(bytes), Some(Cow::Owned(name)))
            }
        })
    }
}

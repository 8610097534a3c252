//! Helpers of the tests: a small piece of music, a folder, and the fields of an error.

use std::path::{Path, PathBuf};

use midi_testkit::smf::bytes::{file, line, tempo};
use pgrx::prelude::*;

/// A format 0 file: one track, 480 ticks a quarter, these pitches as quarter notes at 120 bpm.
pub(super) fn piece(pitches: &[u8]) -> Vec<u8> {
    const QUARTER: u16 = 480;
    let events = [tempo(0, 120.0), line(0, pitches, QUARTER.into())].concat();
    file(0, QUARTER, &[events])
}

/// Content as a constant of SQL.
pub(super) fn literal(content: &[u8]) -> String {
    format!("'\\x{}'::bytea", hex::encode(content))
}

/// Whether this PostgreSQL lacks an extension, as one without contrib does. If so, says in its log that what follows in
/// the test is skipped.
pub(super) fn lacks(extension: &str) -> bool {
    let sql = "SELECT count(*) = 0 FROM pg_available_extensions WHERE name = $1";
    let lacks = Spi::get_one_with_args(sql, &[extension.into()]).unwrap().unwrap();
    if lacks {
        pgrx::log!("skipped: this PostgreSQL has no {extension}");
    }
    lacks
}

/// A folder that is removed at the end of the test.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("midi_pipeline {} {name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(super) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Imports the folder and returns the counts: imported, duplicate, unchanged, failed, skipped,
    /// vanished; `found` is their sum.
    pub(super) fn import(&self) -> [i64; 6] {
        counts("SELECT * FROM midi_import($1)", &[self.0.to_str().unwrap().into()])
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The counts that a call of `midi_import` returns.
pub(super) fn counts(sql: &str, arguments: &[pgrx::datum::DatumWithOid<'_>]) -> [i64; 6] {
    Spi::connect_mut(|client| {
        let table = client.update(sql, Some(1), arguments).unwrap().first();
        let count = |ordinal| table.get::<i64>(ordinal).unwrap().unwrap();
        let counts = [2, 3, 4, 5, 6, 7].map(count);
        assert_eq!(count(1), counts.iter().sum::<i64>(), "found is the sum of the outcomes");
        counts
    })
}

/// An error as a client sees it.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) sqlstate: String,
    pub(super) message: String,
    pub(super) hint: String,
}

/// Runs a statement as `role` (or as the superuser that runs the tests) and returns its error.
pub(super) fn refusal(role: Option<&str>, sql: &str) -> Option<Refusal> {
    Spi::run(
        "CREATE OR REPLACE FUNCTION pg_temp.attempt(role text, statement text,
             OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql AS $$
         BEGIN
             IF role IS NOT NULL THEN
                 EXECUTE format('SET LOCAL ROLE %I', role);
             END IF;
             EXECUTE statement;
             RESET ROLE;
         EXCEPTION WHEN OTHERS THEN
             GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE,
                 message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
         END $$",
    )
    .unwrap();
    let (sqlstate, message, hint) = Spi::connect_mut(|client| {
        client
            .update("SELECT * FROM pg_temp.attempt($1, $2)", Some(1), &[role.into(), sql.into()])
            .unwrap()
            .first()
            .get_three::<String, String, String>()
            .unwrap()
    });
    sqlstate.map(|sqlstate| Refusal {
        sqlstate,
        message: message.unwrap_or_default(),
        hint: hint.unwrap_or_default(),
    })
}

/// The boolean that a query returns.
pub(super) fn holds(sql: &str) -> bool {
    Spi::get_one::<bool>(sql).unwrap().unwrap()
}

/// The text that a query returns.
pub(super) fn text(sql: &str) -> Option<String> {
    Spi::get_one::<String>(sql).unwrap()
}

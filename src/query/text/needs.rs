//! What a query reads. The rights to it are checked before it runs, because PostgreSQL refuses a view without saying
//! which column of it is read.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;

use super::error::Error;
use super::fields::{Field, Kind};
use super::grammar::{Term, TermKind};
use super::plan::sort_columns_of;
use crate::error;
use crate::pg::caller::Schema;
use crate::rights;

const LIBRARY: &CStr = c"midi_library";
const PARTS: &CStr = c"midi_parts_library";
/// It came with version 0.2.0 of the SQL objects, as the column `damage` of the library did.
const MUSIC: &CStr = c"midi_library_music";

/// Columns with texts of the file.
const TEXTS: [&str; 6] = ["track_names", "markers", "lyrics", "title", "artist", "copyright"];

/// Columns of `midi_library` and of relations beside it.
pub(super) struct Needs(Vec<(&'static CStr, Vec<&'static str>)>);

impl Needs {
    /// What these terms need. Conditions on a part need its relation alone.
    ///
    /// # Errors
    /// If the query is not valid.
    pub(super) fn of(terms: &[Term<'_>]) -> Result<Self, Error> {
        let mut needs = Self(vec![(LIBRARY, vec!["file_id"])]);
        let mut in_part = false;
        for term in terms {
            let (field, values) = match &term.kind {
                TermKind::Words(_) => {
                    needs.add(LIBRARY, &["filename"]);
                    needs.add(LIBRARY, &TEXTS);
                    continue;
                }
                TermKind::Field { name, values } => (Field::named(name.text, name.at)?, values),
            };
            if let Some(column) = field.column_of_part().filter(|_| in_part) {
                needs.add(PARTS, &[column]);
                continue;
            }
            in_part |= field.kind == Kind::Part && !term.negated;
            needs.add(LIBRARY, field.columns());
            match field.kind {
                Kind::Melody => needs.add(MUSIC, &["file_id", "melody"]),
                Kind::Part => needs.add(PARTS, &["content_hash", "role"]),
                Kind::Sort => {
                    let sorted = sort_columns_of(values, term.negated)?;
                    sorted.iter().for_each(|(_, column)| needs.add(LIBRARY, &[column.name]));
                }
                _ => {}
            }
        }
        Ok(needs)
    }

    fn add(&mut self, relation: &'static CStr, columns: &[&'static str]) {
        let place = self.0.iter().position(|(other, _)| *other == relation);
        let place = place.unwrap_or_else(|| {
            self.0.push((relation, Vec::new()));
            self.0.len() - 1
        });
        let known = &mut self.0[place].1;
        for column in columns {
            if !known.contains(column) {
                known.push(column);
            }
        }
    }

    /// Checks that the SQL objects have it, which may be of an older version than this library.
    ///
    /// # Errors
    /// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE`.
    pub(super) fn require_objects(&self, schema: &Schema) -> Result<(), ErrorReport> {
        let is_newer = |(relation, columns): &(&CStr, Vec<&str>)| {
            *relation == MUSIC || columns.contains(&"damage")
        };
        if self.0.iter().any(is_newer) && !schema.has_column(LIBRARY, c"damage") {
            return Err(error::older_objects());
        }
        Ok(())
    }

    /// Checks that the current role may read it.
    ///
    /// # Errors
    /// `ERRCODE_INSUFFICIENT_PRIVILEGE`; those of [`require_objects`](Self::require_objects).
    pub(super) fn require(&self, schema: &Schema) -> Result<(), ErrorReport> {
        self.require_objects(schema)?;
        rights::require_reading(schema, &[LIBRARY])?;
        self.0
            .iter()
            .try_for_each(|(relation, columns)| rights::require_columns(schema, relation, columns))
    }
}

impl Field {
    /// The columns of `midi_library` that its conditions read.
    fn columns(&'static self) -> &'static [&'static str] {
        match &self.kind {
            Kind::Integer(column)
            | Kind::Real(column)
            | Kind::Time(column)
            | Kind::Boolean(column) => std::slice::from_ref(column),
            Kind::Key => &["key_signature"],
            Kind::Meter => &["time_signature_numerator", "time_signature_denominator"],
            Kind::Tag => &["name_tags", "music_tags"],
            Kind::Instrument => &["instruments", "drum_notes"],
            Kind::Chord => &["chord_types"],
            Kind::Progression => &["chord_progression", "chord_moments"],
            Kind::Name => &["filename"],
            Kind::Path | Kind::Folder => &["path", "archive_member"],
            Kind::Text => &TEXTS,
            Kind::Form => &["form"],
            Kind::Damage => &["warnings", "damage"],
            Kind::Part => &["content_hash"],
            Kind::Melody | Kind::Sort => &[],
        }
    }
}

//! What takes a file, a folder or an archive out of the library. Nothing of the file system is needed, where the source may
//! be gone: what is recorded counts.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{INT8ARRAYOID, TEXTARRAYOID, TEXTOID};
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::foreign_code;
use super::removal::{delete, ids, require_rights};
use super::statements::prepare;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::lock;
use crate::pg::spi::Argument;

/// The rows of `midi_files` with one of the paths $1, or with a path that begins with $2.
const FILES: &str = "
    SELECT f.id FROM @schema@.midi_files f
    WHERE f.path OPERATOR(pg_catalog.=) ANY ($1) OR pg_catalog.starts_with(f.path, $2)";

/// Deletes the rows of `midi_files` with the ids $1, and counts them.
const DELETE_FILES: &str = "
    WITH deleted AS (
        DELETE FROM @schema@.midi_files f WHERE f.id OPERATOR(pg_catalog.=) ANY ($1) RETURNING f.id)
    SELECT pg_catalog.count(*) FROM deleted";

/// The same for `midi_import_errors`, as far as the current role sees the files: where row security may hide some, a problem
/// without a file may be that of a hidden one. $3 is the table of files.
const PROBLEMS: &str = "
    WITH seen AS MATERIALIZED (
        SELECT f.path, f.archive_member FROM @schema@.midi_files f
        WHERE pg_catalog.row_security_active($3::pg_catalog.regclass)
          AND (f.path OPERATOR(pg_catalog.=) ANY ($1) OR pg_catalog.starts_with(f.path, $2)))
    SELECT e.id FROM @schema@.midi_import_errors e
    WHERE (e.path OPERATOR(pg_catalog.=) ANY ($1) OR pg_catalog.starts_with(e.path, $2))
      AND (NOT pg_catalog.row_security_active($3::pg_catalog.regclass)
           OR EXISTS (
               SELECT FROM seen s
               WHERE s.path OPERATOR(pg_catalog.=) e.path
                 AND COALESCE(s.archive_member, '') OPERATOR(pg_catalog.=) COALESCE(e.archive_member, '')))";

/// The same for `midi_import_errors`.
const DELETE_PROBLEMS: &str = "
    WITH deleted AS (
        DELETE FROM @schema@.midi_import_errors e WHERE e.id OPERATOR(pg_catalog.=) ANY ($1) RETURNING e.id)
    SELECT pg_catalog.count(*) FROM deleted";

/// What was taken out of the library.
pub(crate) struct Forgotten {
    /// Rows of `midi_files`.
    pub(crate) files: i64,
    /// Rows of `midi_import_errors`.
    pub(crate) problems: i64,
}

/// Removes what is recorded of a source, and of all below it. The music stays.
///
/// # Errors
/// Where the statements would run code of other roles; those of the statements, such as a missing privilege.
pub(crate) fn forget(source: &str, schema: &Schema) -> Result<Forgotten, ErrorReport> {
    require_rights(schema, &[c"midi_files", c"midi_import_errors"])?;
    let place = Place::of(source);
    Spi::connect_mut(|client| {
        // Imports lock the rows of a path in another order.
        lock::hold_off_all_imports();
        foreign_code::refuse(schema)?;
        let remove = |client: &mut SpiClient<'_>| {
            // Of a file that is gone it is not known whether the role has seen it.
            let problems = remove(client, schema, &place, [PROBLEMS, DELETE_PROBLEMS])?;
            let files = remove(client, schema, &place, [FILES, DELETE_FILES])?;
            Ok(Forgotten { files, problems })
        };
        remove(client).map_err(error::statement)
    })
}

fn remove(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    place: &Place,
    [select, delete_them]: [&str; 2],
) -> SpiResult<i64> {
    let select = prepare(client, select, schema, &[TEXTARRAYOID, TEXTOID, TEXTOID])?;
    let files = schema.dot("midi_files");
    let arguments = [place.paths.clone().into(), place.below.clone().into(), files.into()];
    let ids = ids(client, &select, arguments)?;
    let delete_them = prepare(client, delete_them, schema, &[INT8ARRAYOID])?;
    let [count] = delete(client, &delete_them, &ids, |ids| Argument::from(ids.to_vec()))?;
    Ok(count)
}

/// A source, as paths are recorded.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// The path itself, or the name under which a client has sent a piece.
    paths: Vec<String>,
    /// How the paths below it begin; `None` if none do.
    below: Option<String>,
}

impl Place {
    /// A path as imports record it, without empty components and `.`; what is `..` or a link is known to the file system
    /// alone.
    fn of(source: &str) -> Self {
        let path = if source.starts_with('/') {
            let components = source.split('/').filter(|name| !name.is_empty() && *name != ".");
            components.fold(String::new(), |path, name| path + "/" + name)
        } else {
            source.trim_end_matches('/').to_owned()
        };
        let is_nothing = path.is_empty() && !source.starts_with('/');
        let below = (!is_nothing).then(|| format!("{path}/"));
        let mut paths = vec![source.to_owned()];
        if !path.is_empty() && path != source {
            paths.push(path);
        }
        Self { paths, below }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_source_is_a_path_and_what_is_below_it_and_nothing_is_not_the_root() {
        for (source, paths, below) in [
            ("/m/a.mid", &["/m/a.mid"][..], Some("/m/a.mid/")),
            ("//m/./a/", &["//m/./a/", "/m/a"], Some("/m/a/")),
            ("/", &["/"], Some("/")),
            ("/m/../a", &["/m/../a"], Some("/m/../a/")),
            ("a.mid", &["a.mid"], Some("a.mid/")),
            ("loops//", &["loops//", "loops"], Some("loops/")),
            ("", &[""], None),
        ] {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let place = Place { paths, below: below.map(str::to_owned) };
            assert_eq!(Place::of(source), place, "{source}");
        }
    }
}

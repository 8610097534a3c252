//! Executing a query, with the privileges of the caller.

use std::ffi::CStr;

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::error::{Error, ErrorKind};
use super::statement::{Parameter, Schemas, Statement};
use crate::error;
use crate::pg::caller::{Caller, Schema};
use crate::pg::guc;
use crate::pg::role;
use crate::pg::row::Composite;
use crate::pg::spi;
use crate::pg::sql;
use crate::pg::table::{RowOf, RowSet};
use crate::query::cataloged;

/// The schema of pg_trgm, if the current role may use it.
const TRIGRAMS: &str = "
    SELECT n.nspname::text
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE')";

/// The view that is searched.
const VIEW: &str = "midi_library";

/// Whether the current role may read the relation of the name $1.
const MAY_READ: &str = "SELECT has_table_privilege($1, 'SELECT')";

/// Whether parts of any piece are stored.
const HAS_PARTS: &str = "SELECT EXISTS (SELECT FROM @library@.midi_parts_library)";

/// Settings with which a statement is planned. It takes milliseconds, which compiling it would, too. And most pages are in
/// memory, where a page costs little, in any order, but each time: by the server's settings the planner would expect that
/// only the first visit costs, and read half a table in the order of an index.
const PLANNING: [(&CStr, &CStr); 4] = [
    (c"jit", c"off"),
    (c"seq_page_cost", c"0.5"),
    (c"random_page_cost", c"0.5"),
    (c"effective_cache_size", c"1MB"),
];

/// The view `midi_library`.
pub(crate) enum Library {}

impl Composite for Library {
    const NAME: &'static str = VIEW;
}

/// The rows of `midi_library` that match a query.
///
/// # Errors
/// If the query is not valid, or the caller may not read the library.
pub(crate) fn find<'call>(
    query: &str,
    max_results: i32,
    caller: &Caller<'call>,
) -> Result<RowSet<'call, RowOf<Library>>, ErrorReport> {
    let mut rows = RowSet::new(caller)?;
    let count = |client: &SpiClient<'_>, schema: &Schema| {
        cataloged::count(client, schema, cataloged::FILES)
    };
    with_statement(query, max_results, &caller.schema(), count, |client, statement, cataloged| {
        let arguments: Vec<DatumWithOid<'_>> = statement.parameters.iter().map(argument).collect();
        let sql = statement.write(|number, _| format!("${}", number + 1));
        guc::with_settings(|settings| {
            PLANNING.iter().for_each(|(name, value)| settings.set(name, value));
            rows.fill(client, &sql, &arguments)
        })
        .map_err(error::statement)?;
        cataloged::tell_of(cataloged);
        if statement.asks_for_parts
            && !has_parts(client, &caller.schema()).map_err(error::statement)?
        {
            error::no_parts().report(PgLogLevel::NOTICE);
        }
        Ok(())
    })?;
    Ok(rows)
}

fn has_parts(client: &SpiClient<'_>, schema: &Schema) -> SpiResult<bool> {
    let sql = sql::fill(HAS_PARTS, &[("library", schema.quoted())]);
    let found = spi::select(client, &sql, Some(1), &[], |row| row.get::<bool>(1))?;
    Ok(found.contains(&Some(true)))
}

fn argument(parameter: &Parameter) -> DatumWithOid<'_> {
    match parameter {
        Parameter::Integer(value) => (*value).into(),
        Parameter::Real(value) => (*value).into(),
        Parameter::Text(value) => value.as_str().into(),
        Parameter::Texts(values) => values.clone().into(),
        Parameter::Programs(values) => values.clone().into(),
    }
}

/// The statement that [`find`] executes, with the values as literals.
///
/// # Errors
/// Those of [`find`].
pub(crate) fn show(query: &str, max_results: i32, schema: &Schema) -> Result<String, ErrorReport> {
    // It may be called by roles that may not read the library.
    let count = |client: &SpiClient<'_>, schema: &Schema| {
        let may = spi::select(client, MAY_READ, Some(1), &[schema.dot(VIEW).into()], |row| {
            row.get::<bool>(1)
        })?;
        if may.contains(&Some(true)) {
            cataloged::count(client, schema, cataloged::FILES)
        } else {
            Ok(0)
        }
    };
    with_statement(query, max_results, schema, count, |_, statement, _| {
        Ok(statement.write(|_, parameter| literal(parameter)))
    })
}

/// Does `work` with the statement of a query, and with the number of pieces whose values it asks for in vain, because
/// they are only cataloged; `count` counts these.
fn with_statement<T>(
    query: &str,
    max_results: i32,
    schema: &Schema,
    count: impl FnOnce(&SpiClient<'_>, &Schema) -> SpiResult<i64>,
    work: impl FnOnce(&SpiClient<'_>, Statement<'_>, i64) -> Result<T, ErrorReport>,
) -> Result<T, ErrorReport> {
    error::check_max_results(max_results, i32::MAX)?;
    role::with_pinned_path(|| {
        Spi::connect(|client| {
            let trigrams = spi::select(client, TRIGRAMS, Some(1), &[], |row| row.get::<String>(1));
            let trigrams = trigrams.map_err(error::statement)?.into_iter().flatten().next();
            let trigrams = trigrams.map(|schema| sql::name(&schema));
            let schemas = Schemas { library: schema.quoted().to_owned(), trigrams };
            let plan = |all_heard| {
                Statement::new(query, max_results.into(), &schemas, all_heard)
                    .map_err(|error| report(&error, query))
            };
            let statement = plan(true)?;
            if !statement.asks_for_heard {
                return work(client, statement, 0);
            }
            let cataloged = count(client, schema).map_err(error::statement)?;
            work(client, if cataloged == 0 { statement } else { plan(false)? }, cataloged)
        })
    })
}

fn report(error: &Error, query: &str) -> ErrorReport {
    let code = match error.kind {
        ErrorKind::Syntax => PgSqlErrorCode::ERRCODE_SYNTAX_ERROR,
        ErrorKind::Value => PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        ErrorKind::Length => PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
    };
    let message = format!("{}, at column {} of the query", error.message, error.column(query));
    ErrorReport::new(code, message, "query").set_hint(&error.hint)
}

/// A value as an SQL literal.
pub(super) fn literal(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Integer(value) => value.to_string(),
        // Rust writes the shortest text that reads back as the same number, without an exponent.
        Parameter::Real(value) => value.to_string(),
        Parameter::Text(value) => sql::literal(value),
        Parameter::Texts(values) => {
            let values: Vec<_> = values.iter().map(|value| sql::literal(value)).collect();
            format!("ARRAY[{}]", values.join(", "))
        }
        Parameter::Programs(values) => {
            let values: Vec<_> = values.iter().map(i16::to_string).collect();
            format!("'{{{}}}'::smallint[]", values.join(","))
        }
    }
}

//! Executing a query, with the privileges of the caller.

use std::ffi::CStr;

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::advice;
use super::error::{Error, ErrorKind};
use super::grammar::Term;
use super::needs::Needs;
use super::plan;
use super::statement::{Parameter, Schemas, Statement};
use crate::error;
use crate::pg::caller::{Caller, Schema};
use crate::pg::guc;
use crate::pg::relation;
use crate::pg::role;
use crate::pg::row::Composite;
use crate::pg::spi;
use crate::pg::sql;
use crate::pg::table::{RowOf, RowSet};
use crate::query::cataloged;
use crate::query::notice::{self, Once};
use crate::rights;

/// The schema of pg_trgm, if the current role may use it.
const TRIGRAMS: &str = "
    SELECT n.nspname::text
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE')";

/// The view that is searched.
const VIEW: &str = "midi_library";

/// The columns of the view $1 for a role that may not read all of them: NULL for those that it may not, if it may read some.
const COLUMNS: &str = "
    SELECT string_agg(
        CASE WHEN has_column_privilege(a.attrelid, a.attnum, 'SELECT') THEN format('l.%I', a.attname)
             ELSE format('NULL::%s AS %I', format_type(a.atttypid, a.atttypmod), a.attname) END,
        ', ' ORDER BY a.attnum)
    FROM pg_attribute a
    WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
      AND has_any_column_privilege(a.attrelid, 'SELECT')";

/// Whether parts of any piece are stored.
const HAS_PARTS: &str = "SELECT EXISTS (SELECT 1 FROM @library@.midi_parts_library)";

/// Settings with which a statement is planned. It takes milliseconds, which compiling it would, too. And most pages are in
/// memory, where a page costs little, in any order, but each time: by the server's settings the planner would expect that
/// only the first visit costs, and read half a table in the order of an index.
const PLANNING: [(&CStr, &CStr); 4] = [
    (c"jit", c"off"),
    (c"seq_page_cost", c"0.5"),
    (c"random_page_cost", c"0.5"),
    (c"effective_cache_size", c"1MB"),
];

/// What words are taken for; that nothing was found; that no parts are stored.
static WORDS: Once = Once::new();
static NOTHING: Once = Once::new();
static PARTS: Once = Once::new();

/// The view `midi_library`.
pub(crate) enum Library {}

impl Composite for Library {
    const NAME: &'static str = VIEW;
}

/// The rows of `midi_library` that match a query. One more is asked for, to tell the client if there is more.
///
/// # Errors
/// If the query is not valid, or the caller may not read the library.
pub(crate) fn find<'call>(
    query: &str,
    max_results: i32,
    caller: &Caller<'call>,
) -> Result<RowSet<'call, RowOf<Library>>, ErrorReport> {
    let most = error::check_max_results(max_results, i32::MAX)?;
    let (mut rows, schema) = (RowSet::new(caller)?, caller.schema());
    let rows_of = Wanted::Rows(most as i64 + 1);
    let terms = read_allowed(query, &schema)?;
    let plan = Plan { query, terms: &terms, wanted: rows_of };
    with_statement(&plan, &schema, |client, statement, cataloged| {
        WORDS.tell(advice::of_words(&terms));
        let found =
            run(&statement, |sql, arguments| rows.fill(client, sql, arguments, most as u64))?;
        tell(client, &statement, cataloged, &schema)?;
        notice::more_matches(
            found as usize,
            most,
            "midi_search_count(query) counts them, and a larger max_results returns more.",
        );
        if most > 0 && found == 0 {
            tell_of_nothing(client, &terms, &schema, statement.schemas)?;
        }
        Ok(())
    })?;
    Ok(rows)
}

/// The number of rows of `midi_library` that match a query.
///
/// # Errors
/// Those of [`find`].
pub(crate) fn count(query: &str, schema: &Schema) -> Result<i64, ErrorReport> {
    let terms = read_allowed(query, schema)?;
    let plan = Plan { query, terms: &terms, wanted: Wanted::Count };
    with_statement(&plan, schema, |client, statement, cataloged| {
        WORDS.tell(advice::of_words(&terms));
        let counts = run(&statement, |sql, arguments| {
            spi::select(client, sql, Some(1), arguments, |row| row.get::<i64>(1))
        })?;
        tell(client, &statement, cataloged, schema)?;
        let count = counts.into_iter().flatten().next().unwrap_or_default();
        if count == 0 {
            tell_of_nothing(client, &terms, schema, statement.schemas)?;
        }
        Ok(count)
    })
}

/// Runs a statement by `work`, which is given its text and arguments.
fn run<T>(
    statement: &Statement<'_>,
    work: impl FnOnce(&str, &[DatumWithOid<'_>]) -> SpiResult<T>,
) -> Result<T, ErrorReport> {
    let arguments: Vec<DatumWithOid<'_>> = statement.parameters.iter().map(argument).collect();
    let sql = statement.write(|number, _| format!("${}", number + 1));
    planned(|| work(&sql, &arguments)).map_err(error::statement)
}

/// Does `work` with the settings for planning.
fn planned<T>(work: impl FnOnce() -> T) -> T {
    guc::with_settings(|settings| {
        PLANNING.iter().for_each(|(name, value)| settings.set(name, value));
        work()
    })
}

/// Tells the client what a statement asks for in vain.
fn tell(
    client: &SpiClient<'_>,
    statement: &Statement<'_>,
    cataloged: i64,
    schema: &Schema,
) -> Result<(), ErrorReport> {
    cataloged::tell_of(cataloged);
    if statement.asks_for_parts && !PARTS.is_told() {
        let has_parts = has_parts(client, schema).map_err(error::statement)?;
        PARTS.tell((!has_parts).then(error::no_parts));
    }
    Ok(())
}

/// Tells the client why a query may have found nothing.
fn tell_of_nothing(
    client: &SpiClient<'_>,
    terms: &[Term<'_>],
    schema: &Schema,
    schemas: &Schemas,
) -> Result<(), ErrorReport> {
    if NOTHING.is_told() {
        return Ok(());
    }
    let finds = |term: &Term<'_>| {
        let statement = Statement::new(std::slice::from_ref(term), 1, schemas, true);
        let statement = statement.expect("a term of a valid query is one");
        let found = run(&statement, |sql, arguments| {
            spi::select(client, sql, Some(1), arguments, |_| Ok(()))
        })?;
        Ok(!found.is_empty())
    };
    NOTHING.tell(planned(|| advice::of_nothing_found(client, terms, schema, finds))?);
    Ok(())
}

fn has_parts(client: &SpiClient<'_>, schema: &Schema) -> SpiResult<bool> {
    let sql = sql::fill(HAS_PARTS, &[("library", schema.quoted())]);
    let found = spi::select(client, &sql, Some(1), &[], |row| row.get::<bool>(1))?;
    Ok(found.contains(&Some(true)))
}

/// The number of pieces that are only cataloged; `None` if the current role may not know.
fn cataloged_files(client: &SpiClient<'_>, schema: &Schema) -> SpiResult<Option<i64>> {
    let may_know = rights::may_read_column(schema, c"midi_library", "depth");
    may_know.then(|| cataloged::count(client, schema, cataloged::FILES)).transpose()
}

fn argument(parameter: &Parameter) -> DatumWithOid<'_> {
    match parameter {
        Parameter::Integer(value) => (*value).into(),
        Parameter::Real(value) => (*value).into(),
        Parameter::Text(value) => value.as_str().into(),
        Parameter::Texts(values) => values.clone().into(),
        Parameter::Smallints(values) => values.clone().into(),
    }
}

/// The statement that finds the results of a query, with the values as literals.
///
/// # Errors
/// Those of [`find`].
pub(crate) fn show(query: &str, max_results: i32, schema: &Schema) -> Result<String, ErrorReport> {
    error::check_max_results(max_results, i32::MAX)?;
    let terms = read(query)?;
    needs(query, &terms)?.require_objects(schema)?;
    let plan = Plan { query, terms: &terms, wanted: Wanted::Rows(max_results.into()) };
    with_statement(&plan, schema, |_, statement, _| {
        Ok(statement.write(|_, parameter| literal(parameter)))
    })
}

/// A query that was read, and what is wanted of it.
struct Plan<'q> {
    query: &'q str,
    terms: &'q [Term<'q>],
    wanted: Wanted,
}

enum Wanted {
    /// So many rows at most.
    Rows(i64),
    Count,
}

/// Does `work` with the statement for a query, and with the number of pieces whose values it asks for in vain, because they
/// are only cataloged.
fn with_statement<T>(
    plan: &Plan<'_>,
    schema: &Schema,
    work: impl FnOnce(&SpiClient<'_>, Statement<'_>, i64) -> Result<T, ErrorReport>,
) -> Result<T, ErrorReport> {
    role::with_pinned_path(|| {
        Spi::connect(|client| {
            let schemas = schemas(client, schema).map_err(error::statement)?;
            let statement = |all_heard| {
                let statement = match plan.wanted {
                    Wanted::Rows(most) => Statement::new(plan.terms, most, &schemas, all_heard),
                    Wanted::Count => Statement::count(plan.terms, &schemas),
                };
                statement.map_err(|error| report(&error, plan.query))
            };
            let planned = statement(true)?;
            if !planned.asks_for_heard {
                return work(client, planned, 0);
            }
            let cataloged = cataloged_files(client, schema).map_err(error::statement)?;
            let all_heard = cataloged == Some(0);
            work(
                client,
                if all_heard { planned } else { statement(false)? },
                cataloged.unwrap_or_default(),
            )
        })
    })
}

/// The terms of a query, which is read once.
fn read(query: &str) -> Result<Vec<Term<'_>>, ErrorReport> {
    plan::read(query).map_err(|error| report(&error, query))
}

/// The terms of a query, after a check of the rights to what it reads.
fn read_allowed<'q>(query: &'q str, schema: &Schema) -> Result<Vec<Term<'q>>, ErrorReport> {
    let terms = read(query)?;
    needs(query, &terms)?.require(schema)?;
    Ok(terms)
}

fn needs(query: &str, terms: &[Term<'_>]) -> Result<Needs, ErrorReport> {
    Needs::of(terms).map_err(|error| report(&error, query))
}

fn schemas(client: &SpiClient<'_>, schema: &Schema) -> SpiResult<Schemas> {
    let first = |sql, arguments: &[DatumWithOid<'_>]| -> SpiResult<Option<String>> {
        let rows = spi::select(client, sql, Some(1), arguments, |row| row.get::<String>(1))?;
        Ok(rows.into_iter().flatten().next())
    };
    // Most roles may read all columns, or none, and need no list.
    let readable = match relation::may_read(schema.table(c"midi_library")) {
        true => None,
        false => first(COLUMNS, &[schema.dot(VIEW).into()])?,
    };
    Ok(Schemas {
        library: schema.quoted().to_owned(),
        trigrams: first(TRIGRAMS, &[])?.map(|schema| sql::name(&schema)),
        columns: readable.unwrap_or_else(|| "l.*".to_owned()),
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
        Parameter::Smallints(values) => {
            let values: Vec<_> = values.iter().map(i16::to_string).collect();
            format!("'{{{}}}'::smallint[]", values.join(","))
        }
    }
}

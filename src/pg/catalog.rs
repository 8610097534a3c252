//! Look-ups in PostgreSQL's catalogs of objects that may not exist.
//!
//! A running statement holds no lock on the functions and schemas that it names, so another session may drop them.
//! Then PostgreSQL's look-ups return NULL or the OID 0, of which each function here makes `None` or an ERROR. No other
//! file calls the functions of PostgreSQL that return such values.

use std::ffi::{CStr, c_char};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::prelude::*;
use pgrx::{PgMemoryContexts, PgTupleDesc};

use super::require::require_transaction;

/// The schema of a function, and its name, quoted where SQL needs it.
///
/// Raises `ERRCODE_INVALID_SCHEMA_NAME` if the function or its schema does not exist any more.
pub(crate) fn schema_of(function: Oid) -> (Oid, String) {
    require_transaction();
    // SAFETY: look-ups by OID in the catalog caches, which return 0 and NULL for objects that do not exist.
    let (oid, name) = unsafe {
        let oid = pg_sys::get_func_namespace(function);
        (oid, pg_sys::get_namespace_name(oid))
    };
    if name.is_null() {
        raise(does_not_exist(
            PgSqlErrorCode::ERRCODE_INVALID_SCHEMA_NAME,
            "the schema of this function",
        ));
    }
    // SAFETY: the name is not null and ends in NUL, and so does the quoted one.
    (oid, unsafe { text(pg_sys::quote_identifier(name)) })
}

/// The descriptor of the composite type of this name in a schema, as a copy that the caller owns.
///
/// Raises `ERRCODE_UNDEFINED_OBJECT` if there is none.
pub(crate) fn row_descriptor(schema: Oid, name: &CStr) -> PgTupleDesc<'static> {
    require_transaction();
    // SAFETY: a look-up in a catalog cache, whose keys live through the call. It returns 0 for a type that does not
    // exist.
    let oid = unsafe {
        pg_sys::GetSysCacheOid(
            pg_sys::SysCacheIdentifier::TYPENAMENSP as _,
            pg_sys::Anum_pg_type_oid as _,
            pg_sys::Datum::from(name.as_ptr()),
            pg_sys::Datum::from(schema),
            pg_sys::Datum::null(),
            pg_sys::Datum::null(),
        )
    };
    let missing = || {
        let what = format!("the type {}", name.to_string_lossy());
        does_not_exist(PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT, &what)
    };
    let oid = found(oid).unwrap_or_else(|| raise(missing()));
    // SAFETY: it raises an ERROR for a type that is not composite, and otherwise returns a copy.
    unsafe { owned(pg_sys::lookup_rowtype_tupdesc_copy(oid, -1)) }
}

/// The descriptor of the rows that a function is declared to return, as a copy that the caller owns.
///
/// Raises `ERRCODE_UNDEFINED_OBJECT` if the function returns no composite type that exists.
///
/// # Safety
/// The call must be in progress.
pub(crate) unsafe fn result_descriptor(call: pg_sys::FunctionCallInfo) -> PgTupleDesc<'static> {
    let mut descriptor = std::ptr::null_mut();
    // SAFETY: by the contract of this function.
    let class =
        unsafe { pg_sys::get_call_result_type(call, std::ptr::null_mut(), &mut descriptor) };
    if class != pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE || descriptor.is_null() {
        let code = PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT;
        raise(does_not_exist(code, "the row type that this function returns"));
    }
    // SAFETY: for a named composite type the descriptor is a copy.
    unsafe { owned(descriptor) }
}

/// The same descriptor in memory that is freed when it is dropped, and not with the current memory context,
/// which it may outlive.
///
/// # Safety
/// It must be a copy that nothing else refers to.
unsafe fn owned(descriptor: pg_sys::TupleDesc) -> PgTupleDesc<'static> {
    // SAFETY: by the contract, the descriptor can be copied and freed. The top context exists during the whole
    // process.
    unsafe {
        let copy = PgMemoryContexts::TopMemoryContext
            .switch_to(|_| pg_sys::CreateTupleDescCopy(descriptor));
        pg_sys::pfree(descriptor.cast());
        PgTupleDesc::from_pg_is_copy(copy)
    }
}

/// The type of arrays of a type.
///
/// Raises `ERRCODE_UNDEFINED_OBJECT` if there is none.
pub(crate) fn array_of(element: Oid) -> Oid {
    require_transaction();
    // SAFETY: a look-up by OID, which returns 0 for a type that does not exist.
    let array = unsafe { pg_sys::get_array_type(element) };
    let missing =
        || does_not_exist(PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT, "the type of arrays of rows");
    found(array).unwrap_or_else(|| raise(missing()))
}

/// The table of this name in a schema.
///
/// Raises `ERRCODE_UNDEFINED_TABLE` if there is none.
pub(crate) fn table(schema: Oid, name: &CStr) -> Oid {
    require_transaction();
    // SAFETY: a look-up in a catalog cache, which returns 0 for a table that does not exist.
    let oid = unsafe { pg_sys::get_relname_relid(name.as_ptr(), schema) };
    let missing = || {
        let what = format!("the table {}", name.to_string_lossy());
        does_not_exist(PgSqlErrorCode::ERRCODE_UNDEFINED_TABLE, &what)
    };
    found(oid).unwrap_or_else(|| raise(missing()))
}

/// The function of this name with one argument of this type, in the schema of another function; `None` if there is none.
pub(crate) fn function_beside(other: Oid, name: &CStr, argument: Oid) -> Option<Oid> {
    require_transaction();
    // SAFETY: look-ups in catalog caches, whose keys live through the call. They return 0 for what does not exist.
    found(unsafe {
        pg_sys::GetSysCacheOid(
            pg_sys::SysCacheIdentifier::PROCNAMEARGSNSP as _,
            pg_sys::Anum_pg_proc_oid as _,
            pg_sys::Datum::from(name.as_ptr()),
            pg_sys::Datum::from(pg_sys::buildoidvector(&argument, 1)),
            pg_sys::Datum::from(pg_sys::get_func_namespace(other)),
            pg_sys::Datum::null(),
        )
    })
}

/// Whether a table has a column of this name.
pub(crate) fn has_column(table: Oid, name: &CStr) -> bool {
    require_transaction();
    // SAFETY: a look-up in a catalog cache; the name lives through the call.
    let number = unsafe { pg_sys::get_attnum(table, name.as_ptr()) };
    i32::from(number) != pg_sys::InvalidAttrNumber as i32
}

/// The extension of this name, if it exists.
pub(crate) fn extension(name: &CStr) -> Option<Oid> {
    require_transaction();
    // SAFETY: a look-up in a catalog, which returns 0 for an extension that does not exist.
    found(unsafe { pg_sys::get_extension_oid(name.as_ptr(), true) })
}

fn found(oid: Oid) -> Option<Oid> {
    (oid != pg_sys::InvalidOid).then_some(oid)
}

/// # Safety
/// The string must end in NUL.
unsafe fn text(string: *const c_char) -> String {
    // SAFETY: by the contract of this function.
    unsafe { CStr::from_ptr(string) }.to_string_lossy().into_owned()
}

fn does_not_exist(code: PgSqlErrorCode, what: &str) -> ErrorReport {
    ErrorReport::new(code, format!("{what} does not exist any more"), "catalog")
        .set_detail("It was dropped during the call.")
        .set_hint("Call the function again. If the extension was dropped, run CREATE EXTENSION midi_pipeline.")
}

fn raise(error: ErrorReport) -> ! {
    error.report(PgLogLevel::ERROR);
    unreachable!("an ERROR does not return")
}

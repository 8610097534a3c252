//! Look-ups in PostgreSQL's catalogs, of what may not be there.
//!
//! A statement that runs holds no lock on the functions and schemas that it names: another session
//! may drop them under it. PostgreSQL then answers a look-up with NULL or the OID 0, of which each
//! function here makes `None` or a clean ERROR. No other file calls those of PostgreSQL's functions
//! that answer so.

use std::ffi::{CStr, c_char};

use pgrx::PgTupleDesc;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::prelude::*;

/// The schema of a function, and its name, quoted where SQL needs it.
///
/// Raises `ERRCODE_INVALID_SCHEMA_NAME` where the function or its schema is no more.
pub(crate) fn schema_of(function: Oid) -> (Oid, String) {
    // SAFETY: look-ups by OID in the catalog caches, which answer 0 and NULL for what is not there.
    let (oid, name) = unsafe {
        let oid = pg_sys::get_func_namespace(function);
        (oid, pg_sys::get_namespace_name(oid))
    };
    if name.is_null() {
        raise(dropped(PgSqlErrorCode::ERRCODE_INVALID_SCHEMA_NAME, "the schema of this function"));
    }
    // SAFETY: the name is there and ends in NUL; what is quoted does so too.
    (oid, unsafe { text(pg_sys::quote_identifier(name)) })
}

/// The descriptor of the composite type of this name in a schema, a copy that is the caller's.
///
/// Raises `ERRCODE_UNDEFINED_OBJECT` where there is none.
pub(crate) fn row_descriptor(schema: Oid, name: &CStr) -> PgTupleDesc<'static> {
    // SAFETY: a look-up in a catalog cache, whose keys live through the call; it answers 0 for what is
    // not there.
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
    let gone = || {
        let what = format!("the type {}", name.to_string_lossy());
        dropped(PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT, &what)
    };
    let oid = found(oid).unwrap_or_else(|| raise(gone()));
    // SAFETY: it raises an ERROR for a type that is none, and else answers a copy.
    unsafe { PgTupleDesc::from_pg_is_copy(pg_sys::lookup_rowtype_tupdesc_copy(oid, -1)) }
}

/// The descriptor of the rows that a function is declared to return, a copy that is the caller's.
///
/// Raises `ERRCODE_UNDEFINED_OBJECT` where the function returns no composite type that is there.
///
/// # Safety
/// The call has to be in progress.
pub(crate) unsafe fn result_descriptor(call: pg_sys::FunctionCallInfo) -> PgTupleDesc<'static> {
    let mut descriptor = std::ptr::null_mut();
    // SAFETY: by the caller.
    let class =
        unsafe { pg_sys::get_call_result_type(call, std::ptr::null_mut(), &mut descriptor) };
    if class != pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE || descriptor.is_null() {
        let code = PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT;
        raise(dropped(code, "the row type that this function returns"));
    }
    // SAFETY: of a named composite type the descriptor is a copy.
    unsafe { PgTupleDesc::from_pg_is_copy(descriptor) }
}

/// The type of arrays of a type.
///
/// Raises `ERRCODE_UNDEFINED_OBJECT` where there is none.
pub(crate) fn array_of(element: Oid) -> Oid {
    // SAFETY: a look-up by OID, which answers 0 for what is not there.
    let array = unsafe { pg_sys::get_array_type(element) };
    let gone = || dropped(PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT, "the type of arrays of rows");
    found(array).unwrap_or_else(|| raise(gone()))
}

/// The table of this name in a schema.
///
/// Raises `ERRCODE_UNDEFINED_TABLE` where there is none.
pub(crate) fn table(schema: Oid, name: &CStr) -> Oid {
    // SAFETY: a look-up in a catalog cache, which answers 0 for what is not there.
    let oid = unsafe { pg_sys::get_relname_relid(name.as_ptr(), schema) };
    let gone = || {
        let what = format!("the table {}", name.to_string_lossy());
        dropped(PgSqlErrorCode::ERRCODE_UNDEFINED_TABLE, &what)
    };
    found(oid).unwrap_or_else(|| raise(gone()))
}

/// The extension of this name.
pub(crate) fn extension(name: &CStr) -> Option<Oid> {
    // SAFETY: a look-up in a catalog, which answers 0 for what is not there.
    found(unsafe { pg_sys::get_extension_oid(name.as_ptr(), true) })
}

fn found(oid: Oid) -> Option<Oid> {
    (oid != pg_sys::InvalidOid).then_some(oid)
}

/// # Safety
/// The string ends in NUL.
unsafe fn text(string: *const c_char) -> String {
    // SAFETY: by the caller.
    unsafe { CStr::from_ptr(string) }.to_string_lossy().into_owned()
}

fn dropped(code: PgSqlErrorCode, what: &str) -> ErrorReport {
    ErrorReport::new(code, format!("{what} does not exist any more"), "catalog")
        .set_detail("It was dropped while this was called.")
        .set_hint("Call it again; CREATE EXTENSION midi_pipeline where it is gone for good.")
}

fn raise(error: ErrorReport) -> ! {
    error.report(PgLogLevel::ERROR);
    unreachable!("an ERROR does not return")
}

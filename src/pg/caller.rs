//! The SQL function call being answered, and what can be learned from it without `search_path`.

use std::ffi::CStr;
use std::marker::PhantomData;

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{PgTupleDesc, pg_sys};

use super::sql;

/// The call in progress. As a parameter of a `#[pg_extern]` it takes no part in the SQL signature.
pub(crate) struct Caller<'call> {
    fcinfo: pg_sys::FunctionCallInfo,
    call: PhantomData<&'call ()>,
}

impl Caller<'_> {
    /// The descriptor of the composite type that the called function is declared to return.
    pub(crate) fn row_descriptor(&self) -> PgTupleDesc<'static> {
        let mut descriptor = std::ptr::null_mut();
        // SAFETY: fcinfo is valid for the call; a function declared to return a named composite
        // type always yields a descriptor, freshly copied for us.
        unsafe {
            let class =
                pg_sys::get_call_result_type(self.fcinfo, std::ptr::null_mut(), &mut descriptor);
            assert_eq!(class, pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE);
            PgTupleDesc::from_pg_is_copy(descriptor)
        }
    }

    /// The schema of the called function, which is the extension's.
    pub(crate) fn schema(&self) -> Schema {
        // SAFETY: fcinfo and its flinfo are valid for the call; the name is palloc'd and NUL-ended.
        unsafe {
            let oid = pg_sys::get_func_namespace((*(*self.fcinfo).flinfo).fn_oid);
            let name = pg_sys::quote_identifier(pg_sys::get_namespace_name(oid));
            let quoted = CStr::from_ptr(name).to_str().expect("the database is UTF-8").to_owned();
            Schema { oid, quoted }
        }
    }
}

/// A schema, by OID and by name.
pub(crate) struct Schema {
    oid: pg_sys::Oid,
    quoted: String,
}

impl Schema {
    /// A schema of which both are known.
    pub(crate) fn new(oid: pg_sys::Oid, quoted: String) -> Self {
        Self { oid, quoted }
    }

    /// The name, quoted where SQL needs it.
    pub(crate) fn quoted(&self) -> &str {
        &self.quoted
    }

    /// The number.
    pub(crate) fn oid(&self) -> pg_sys::Oid {
        self.oid
    }

    /// The name of something in this schema, for a statement's text or for `to_regclass`.
    pub(crate) fn dot(&self, name: &str) -> String {
        format!("{}.{}", self.quoted, sql::name(name))
    }

    /// The descriptor of a composite type in this schema.
    ///
    /// Raises `ERRCODE_UNDEFINED_OBJECT` where there is none.
    pub(crate) fn row_descriptor(&self, type_name: &CStr) -> PgTupleDesc<'static> {
        // SAFETY: a syscache look-up whose keys live through the call; lookup_rowtype_tupdesc_copy
        // raises an ERROR for an invalid OID and else returns a copy that is ours.
        unsafe {
            let oid = pg_sys::GetSysCacheOid(
                pg_sys::SysCacheIdentifier::TYPENAMENSP as _,
                pg_sys::Anum_pg_type_oid as _,
                pg_sys::Datum::from(type_name.as_ptr()),
                pg_sys::Datum::from(self.oid),
                pg_sys::Datum::null(),
                pg_sys::Datum::null(),
            );
            PgTupleDesc::from_pg_is_copy(pg_sys::lookup_rowtype_tupdesc_copy(oid, -1))
        }
    }
}

// SAFETY: the pointer is the one PostgreSQL passed, and 'call ends with the call.
unsafe impl<'call> ArgAbi<'call> for Caller<'call> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'call>) -> Self {
        // SAFETY: forwarded to pgrx's own virtual argument.
        let fcinfo = unsafe { pg_sys::FunctionCallInfo::unbox_arg_unchecked(arg) };
        Self { fcinfo, call: PhantomData }
    }

    fn is_virtual_arg() -> bool {
        true
    }
}

// SAFETY: Skip leaves the parameter out of the SQL signature.
unsafe impl SqlTranslatable for Caller<'_> {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::Caller";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::Skip);
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> = Err(ReturnsError::Datum);
}

/// A row of the SQL type `midi_analysis`, as a function's result.
pub(crate) struct AnalysisRow(pg_sys::Datum);

impl AnalysisRow {
    /// Forms the row in the current memory context.
    pub(crate) fn new<T>(row_type: &super::row::RowType<T>, value: &T) -> Self {
        Self(row_type.form(value))
    }
}

// SAFETY: the datum was formed with the descriptor of the function's declared result type.
unsafe impl BoxRet for AnalysisRow {
    unsafe fn box_into<'call>(self, fcinfo: &mut FcInfo<'call>) -> Datum<'call> {
        // SAFETY: the datum was allocated in the memory context of this call.
        unsafe { fcinfo.return_raw_datum(self.0) }
    }
}

// SAFETY: see `BoxRet`.
unsafe impl SqlTranslatable for AnalysisRow {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::AnalysisRow";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
        Err(ArgumentError::NotValidAsArgument("midi_analysis"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("midi_analysis")));
}

//! The SQL function call in progress, and what can be learned from it without `search_path`.

use std::ffi::CStr;
use std::marker::PhantomData;

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{PgTupleDesc, pg_sys};

use super::{catalog, sql};

/// The call in progress. As a parameter of a `#[pg_extern]` it is not part of the SQL signature.
pub(crate) struct Caller<'call> {
    fcinfo: pg_sys::FunctionCallInfo,
    call: PhantomData<&'call ()>,
}

impl Caller<'_> {
    /// The pointer that PostgreSQL passed. It is valid during the call.
    pub(super) fn info(&self) -> pg_sys::FunctionCallInfo {
        self.fcinfo
    }

    /// The descriptor of the composite type that the called function is declared to return.
    pub(crate) fn row_descriptor(&self) -> PgTupleDesc<'static> {
        // SAFETY: fcinfo is valid for the call.
        unsafe { catalog::result_descriptor(self.fcinfo) }
    }

    /// The schema of the called function, which is the extension's.
    ///
    /// Raises `ERRCODE_INVALID_SCHEMA_NAME` if it was dropped during the call.
    pub(crate) fn schema(&self) -> Schema {
        // SAFETY: fcinfo and its flinfo are valid for the call.
        let function = unsafe { (*(*self.fcinfo).flinfo).fn_oid };
        let (oid, quoted) = catalog::schema_of(function);
        Schema { oid, quoted }
    }
}

/// A schema, by OID and by name.
pub(crate) struct Schema {
    oid: pg_sys::Oid,
    quoted: String,
}

impl Schema {
    /// A schema with this OID and this name, which is quoted where SQL needs it.
    pub(crate) fn new(oid: pg_sys::Oid, quoted: String) -> Self {
        Self { oid, quoted }
    }

    /// The name, quoted where SQL needs it.
    pub(crate) fn quoted(&self) -> &str {
        &self.quoted
    }

    /// The OID.
    pub(crate) fn oid(&self) -> pg_sys::Oid {
        self.oid
    }

    /// The qualified name of an object in this schema, for a statement's text or for `to_regclass`.
    pub(crate) fn dot(&self, name: &str) -> String {
        format!("{}.{}", self.quoted, sql::name(name))
    }

    /// The name of a relation in this schema, as a user writes it.
    pub(crate) fn shown(&self, name: &CStr) -> String {
        let name = name.to_string_lossy();
        if self.quoted == "public" { name.into_owned() } else { self.dot(&name) }
    }

    /// The table of this name in this schema.
    ///
    /// Raises `ERRCODE_UNDEFINED_TABLE` if there is none.
    pub(crate) fn table(&self, name: &CStr) -> pg_sys::Oid {
        catalog::table(self.oid, name)
    }

    /// Whether the table of this name in this schema has a column of this name.
    ///
    /// Raises `ERRCODE_UNDEFINED_TABLE` if there is no such table.
    pub(crate) fn has_column(&self, table: &CStr, column: &CStr) -> bool {
        catalog::has_column(self.table(table), column)
    }

    /// The descriptor of a composite type in this schema.
    ///
    /// Raises `ERRCODE_UNDEFINED_OBJECT` if there is none.
    pub(crate) fn row_descriptor(&self, type_name: &CStr) -> PgTupleDesc<'static> {
        catalog::row_descriptor(self.oid, type_name)
    }
}

// SAFETY: the pointer is the one that PostgreSQL passed, and 'call ends with the call.
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

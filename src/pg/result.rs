//! Types of Rust as results of functions.

/// Makes a type the result of functions: its name for pgrx, its name in SQL, and the datum of a value, which is NULL where
/// there is none. The datum has to be of the type that SQL names, in the memory context of the call.
macro_rules! result {
    ($type:ty, $name:literal, $sql:literal, |$value:ident| $datum:expr) => {
        const _: () = {
            use ::pgrx::callconv::{BoxRet, FcInfo};
            use ::pgrx::datum::Datum;
            use ::pgrx::pgrx_sql_entity_graph::metadata::{
                ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
            };

            // SAFETY: the datum was allocated in the memory context of this call.
            unsafe impl BoxRet for $type {
                unsafe fn box_into<'call>(self, fcinfo: &mut FcInfo<'call>) -> Datum<'call> {
                    let $value = self;
                    match $datum {
                        // SAFETY: as above.
                        Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
                        None => fcinfo.return_null(),
                    }
                }
            }

            // SAFETY: the datum is of this type.
            unsafe impl SqlTranslatable for $type {
                const TYPE_IDENT: &'static str = $name;
                const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
                const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
                    Err(ArgumentError::NotValidAsArgument($sql));
                const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
                    Ok(ReturnsRef::One(SqlMappingRef::literal($sql)));
            }
        };
    };
}

pub(super) use result;

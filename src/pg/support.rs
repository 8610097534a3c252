//! What the planner asks about functions in conditions (`nodes/supportnodes.h`), and the answers.

use std::ffi::CStr;
use std::ptr;

use pgrx::datum::{FromDatum, Internal};
use pgrx::{is_a, pg_sys};

use super::catalog;
use super::nodes::cells;

/// Of a function that takes an array of integers first and a text last: it is true only where the array has one of
/// the elements that another function makes of the text.
pub(crate) struct NeedsElement {
    /// The function that makes them, in the schema of the first.
    pub(crate) elements: &'static CStr,
    /// The share of the rows for which it is true, by the text, if that is known.
    pub(crate) share: fn(Option<&str>) -> f64,
}

impl NeedsElement {
    /// Answers a request of the planner: a pointer, which is null, but no NULL of SQL, where there is no answer.
    pub(crate) fn answer(&self, request: Internal) -> Internal {
        let none = pg_sys::Datum::null();
        let Some(request) = request.unwrap() else { return Internal::from(Some(none)) };
        let node = request.cast_mut_ptr::<pg_sys::Node>();
        // SAFETY: PostgreSQL alone has values of the type `internal`. It passes a support function a request, whose tag
        // says which it is, and which lives through the call.
        let answer: Option<pg_sys::Datum> = unsafe {
            if is_a(node, pg_sys::NodeTag::T_SupportRequestSelectivity) {
                let request = &mut *node.cast::<pg_sys::SupportRequestSelectivity>();
                request.selectivity = (self.share)(last_text(request.args).as_deref());
                Some(node.into())
            } else if is_a(node, pg_sys::NodeTag::T_SupportRequestIndexCondition) {
                let request = &mut *node.cast::<pg_sys::SupportRequestIndexCondition>();
                self.condition(request).map(Into::into)
            } else {
                None
            }
        };
        Internal::from(Some(answer.unwrap_or(none)))
    }

    /// The condition `array && elements(text)`, if the index has the array and the operator.
    ///
    /// # Safety
    /// The request must be PostgreSQL's.
    unsafe fn condition(
        &self,
        request: &mut pg_sys::SupportRequestIndexCondition,
    ) -> Option<*mut pg_sys::List> {
        let overlaps = pg_sys::Oid::from(pg_sys::OID_ARRAY_OVERLAP_OP);
        // SAFETY: the nodes are those of the plan, which live as long as what is made of them.
        unsafe {
            if request.indexarg != 0
                || !is_a(request.node, pg_sys::NodeTag::T_FuncExpr)
                || !pg_sys::op_in_opfamily(overlaps, request.opfamily)
            {
                return None;
            }
            let call = &*request.node.cast::<pg_sys::FuncExpr>();
            let arguments = cells(call.args);
            let [array, text] = [arguments.first()?.ptr_value, arguments.last()?.ptr_value];
            if !pg_sys::is_pseudo_constant_for_index(request.root, text.cast(), request.index) {
                return None;
            }
            let elements =
                catalog::function_beside(request.funcid, self.elements, pg_sys::TEXTOID)?;
            let elements = pg_sys::makeFuncExpr(
                elements,
                pg_sys::INT4ARRAYOID,
                pg_sys::lappend(ptr::null_mut(), text),
                pg_sys::InvalidOid,
                call.inputcollid,
                pg_sys::CoercionForm::COERCE_EXPLICIT_CALL,
            );
            let condition = pg_sys::make_opclause(
                overlaps,
                pg_sys::BOOLOID,
                false,
                array.cast(),
                elements.cast(),
                pg_sys::InvalidOid,
                pg_sys::InvalidOid,
            );
            // Rows that meet it may not meet the function.
            request.lossy = true;
            Some(pg_sys::lappend(ptr::null_mut(), condition.cast()))
        }
    }
}

/// The last of a list of arguments, if it is a text that is known.
///
/// # Safety
/// The list must be one of nodes of a plan, or null.
unsafe fn last_text(arguments: *mut pg_sys::List) -> Option<String> {
    // SAFETY: by the contract; a constant has a valid datum of its type.
    unsafe {
        let last = cells(arguments).last()?.ptr_value;
        if !is_a(last.cast(), pg_sys::NodeTag::T_Const) {
            return None;
        }
        let constant = &*last.cast::<pg_sys::Const>();
        let is_text = constant.consttype == pg_sys::TEXTOID;
        is_text.then(|| String::from_datum(constant.constvalue, constant.constisnull))?
    }
}

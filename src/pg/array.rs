//! Arrays of one dimension without NULL, as PostgreSQL stores them (`utils/array.h`): each is one allocation that is
//! filled in place.
//!
//! pgrx hands the elements to PostgreSQL one by one, in calls that are each guarded against errors. An analysis has
//! twenty arrays with hundreds of elements, and forming them so took as long as writing the row.

use std::borrow::Cow;

use pgrx::datum::IntoDatum;
use pgrx::prelude::*;
use pgrx::{pg_sys, set_varsize_4b};

use super::result::result;
use super::text::Text;

/// The largest value: `MaxAllocSize` of `utils/memutils.h`.
const MAX_SIZE: usize = 0x3fff_ffff;

/// A number that PostgreSQL stores as Rust does.
///
/// # Safety
/// An array of the type `ARRAY` must have elements of the type `ELEMENT`, with the size and the bytes of this type.
pub(crate) unsafe trait Number: Copy {
    const ELEMENT: pg_sys::Oid;
    const ARRAY: pg_sys::Oid;
}

// SAFETY: int2, int4 and float4 are these types of C.
unsafe impl Number for i16 {
    const ELEMENT: pg_sys::Oid = pg_sys::INT2OID;
    const ARRAY: pg_sys::Oid = pg_sys::INT2ARRAYOID;
}

// SAFETY: as above.
unsafe impl Number for i32 {
    const ELEMENT: pg_sys::Oid = pg_sys::INT4OID;
    const ARRAY: pg_sys::Oid = pg_sys::INT4ARRAYOID;
}

// SAFETY: as above.
unsafe impl Number for f32 {
    const ELEMENT: pg_sys::Oid = pg_sys::FLOAT4OID;
    const ARRAY: pg_sys::Oid = pg_sys::FLOAT4ARRAYOID;
}

/// Numbers as an array.
pub(crate) struct Numbers<'a, T: Number>(Cow<'a, [T]>);

impl<'a, T: Number> From<&'a [T]> for Numbers<'a, T> {
    fn from(numbers: &'a [T]) -> Self {
        Self(numbers.into())
    }
}

impl<T: Number> FromIterator<T> for Numbers<'_, T> {
    fn from_iter<I: IntoIterator<Item = T>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}

impl<T: Number> IntoDatum for Numbers<'_, T> {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let numbers = &self.0[..];
        // SAFETY: the numbers take these bytes behind the header, and the elements of `ELEMENT` are stored so.
        unsafe {
            let (array, elements) = allocate(T::ELEMENT, numbers.len(), size_of_val(numbers));
            std::ptr::copy_nonoverlapping(numbers.as_ptr(), elements.cast(), numbers.len());
            Some(array.into())
        }
    }

    fn type_oid() -> pg_sys::Oid {
        T::ARRAY
    }
}

/// Texts as an array.
pub(crate) struct Texts<'a>(Vec<Text<'a>>);

impl<'a> FromIterator<Text<'a>> for Texts<'a> {
    fn from_iter<I: IntoIterator<Item = Text<'a>>>(texts: I) -> Self {
        Self(texts.into_iter().collect())
    }
}

impl IntoDatum for Texts<'_> {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let bytes = self.0.iter().map(|text| stored(text.as_str())).sum();
        // SAFETY: the header of a text has four bytes and its size, and the next text begins at a multiple of four. So
        // the texts take the bytes that are allocated, which are zero between them.
        unsafe {
            let (array, mut next) = allocate(pg_sys::TEXTOID, self.0.len(), bytes);
            for text in &self.0 {
                let text = text.as_str();
                set_varsize_4b(next.cast(), (pg_sys::VARHDRSZ + text.len()) as i32);
                let content = next.add(pg_sys::VARHDRSZ);
                std::ptr::copy_nonoverlapping(text.as_ptr(), content, text.len());
                next = next.add(stored(text));
            }
            Some(array.into())
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TEXTARRAYOID
    }
}

result! { Texts<'_>, "midi_pipeline::pg::Texts", "text[]", |texts| texts.into_datum() }
result! { Numbers<'_, i32>, "midi_pipeline::pg::Integers", "integer[]", |numbers| numbers.into_datum() }

/// The bytes that a text takes in an array.
fn stored(text: &str) -> usize {
    (pg_sys::VARHDRSZ + text.len()).next_multiple_of(size_of::<i32>())
}

/// An array of `count` elements that take `bytes`, which are zero, and where they begin.
///
/// Raises `ERRCODE_PROGRAM_LIMIT_EXCEEDED` if it has more than a gigabyte.
fn allocate(element: pg_sys::Oid, count: usize, bytes: usize) -> (*mut pg_sys::ArrayType, *mut u8) {
    // An array without elements has no dimension. The dimension is followed by its lower bound.
    let dimensions = usize::from(count > 0);
    let header = size_of::<pg_sys::ArrayType>() + 2 * dimensions * size_of::<i32>();
    let header = header.next_multiple_of(pg_sys::MAXIMUM_ALIGNOF as usize);
    let size = header.saturating_add(bytes);
    if size > MAX_SIZE {
        ereport!(
            ERROR,
            PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            "an array has more than a gigabyte"
        );
    }
    // SAFETY: the size has been checked, so it fits into 32 bits, and so does the count, whose elements have at least two
    // bytes. The header, with a dimension if there are elements, is within the allocation.
    unsafe {
        let array = pg_sys::palloc0(size).cast::<pg_sys::ArrayType>();
        set_varsize_4b(array.cast(), size as i32);
        (*array).ndim = dimensions as i32;
        (*array).dataoffset = 0;
        (*array).elemtype = element;
        if count > 0 {
            let dimension = array.add(1).cast::<i32>();
            dimension.write(count as i32);
            dimension.add(1).write(1);
        }
        (array, array.cast::<u8>().add(header))
    }
}

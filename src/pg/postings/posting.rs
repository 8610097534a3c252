//! That a row has an element: a key and a row in one number, whose order is that of keys and then of rows.

use crate::pg::index_pages::Row;

/// An element as it is sorted. Rows without any element have [`Key::NONE`], so that the index has them as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(pub(super) u64);

impl Key {
    pub(super) const NONE: Self = Self(0);

    pub(super) fn of(element: i32) -> Self {
        Self(1 + u64::from(element.cast_unsigned() ^ 1 << 31))
    }
}

/// A key and a row that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting(u128);

/// Bits of a row: its block and its line.
const ROW_BITS: u32 = 48;

impl Posting {
    pub(super) fn new(key: Key, row: Row) -> Self {
        Self(u128::from(key.0) << ROW_BITS | u128::from(row.block) << 16 | u128::from(row.line))
    }

    pub(super) fn key(self) -> Key {
        Key((self.0 >> ROW_BITS) as u64)
    }

    pub(super) fn row(self) -> Row {
        Row { block: (self.0 >> 16) as u32, line: self.0 as u16 }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Posting};
    use crate::pg::index_pages::Row;

    #[test]
    fn postings_are_in_the_order_of_elements_and_rows() {
        let keys = [Key::NONE, Key::of(i32::MIN), Key::of(-1), Key::of(0), Key::of(i32::MAX)];
        let rows = [(0, 1), (0, u16::MAX), (1, 1), (u32::MAX, 7)];
        let postings = keys
            .iter()
            .flat_map(|&key| rows.iter().map(move |&(block, line)| (key, Row { block, line })));
        let packed: Vec<_> = postings.clone().map(|(key, row)| Posting::new(key, row)).collect();
        assert!(packed.is_sorted_by(|a, b| a < b));
        assert!(packed.iter().map(|posting| (posting.key(), posting.row())).eq(postings));
    }
}

//! Which parts of an archive belong to members that were read.
//!
//! Members of a zip that share the same bytes can make a small file expand to any amount of data, which takes
//! accordingly long to read (D. Fifield, A better zip bomb, WOOT 2019). No archiver writes such files.

use std::collections::BTreeMap;
use std::ops::Range;

/// Parts of an archive, no two of which overlap: where each ends, by where it starts.
#[derive(Default)]
pub(super) struct Spans(BTreeMap<u64, u64>);

impl Spans {
    /// Takes a part, unless some of it is taken already. Returns whether it did.
    pub(super) fn take(&mut self, part: Range<u64>) -> bool {
        let before = self.0.range(..part.end).next_back();
        let free = before.is_none_or(|(_, &end)| end <= part.start);
        if free {
            self.0.insert(part.start, part.end);
        }
        free
    }
}

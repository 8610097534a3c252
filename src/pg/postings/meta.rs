//! The first page: which pages hold rows that wait, and which segments there are.

use crate::pg::index_pages::Damaged;

/// A part of the index that is sorted and never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// The number of its pages.
    pub(super) id: u32,
    /// The page with its directory.
    pub(super) root: u32,
    /// How many pages of postings it has.
    pub(super) pages: u32,
}

/// The pages with rows that wait: a list that grows at its end. Their numbers ascend by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) first_number: u32,
    pub(super) last_number: u32,
}

impl Waiting {
    /// Reads it from the body of the first page, without the segments.
    pub(super) fn decode(body: &[u8]) -> Result<Self, Damaged> {
        let [first, last, first_number, last_number] = [1, 2, 3, 4].map(|at| number(body, at));
        Ok(Self {
            first: first?,
            last: last?,
            first_number: first_number?,
            last_number: last_number?,
        })
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> u32 {
        self.last_number.wrapping_sub(self.first_number) + 1
    }
}

/// What the first page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meta {
    /// The number of the next segment.
    pub(super) next_id: u32,
    pub(super) waiting: Waiting,
    pub(super) segments: Vec<Segment>,
}

/// Bytes of the body before the segments, and those of a segment.
const HEAD: usize = 5 * 4;
const SEGMENT: usize = 3 * 4;

/// One of the numbers that the body consists of.
fn number(body: &[u8], index: usize) -> Result<u32, Damaged> {
    let bytes = body.get(4 * index..).and_then(<[u8]>::first_chunk).ok_or(Damaged)?;
    Ok(u32::from_ne_bytes(*bytes))
}

impl Meta {
    /// The body of the page.
    pub(super) fn encode(&self) -> Vec<u8> {
        let Waiting { first, last, first_number, last_number } = self.waiting;
        let head = [self.next_id, first, last, first_number, last_number];
        let segments = self.segments.iter().flat_map(|of| [of.id, of.root, of.pages]);
        head.into_iter().chain(segments).flat_map(u32::to_ne_bytes).collect()
    }

    /// Reads the body of the page.
    pub(super) fn decode(body: &[u8]) -> Result<Self, Damaged> {
        let (next_id, waiting) = (number(body, 0)?, Waiting::decode(body)?);
        let (segments, left) = body[HEAD..].as_chunks::<SEGMENT>();
        if !left.is_empty() {
            return Err(Damaged);
        }
        let segment = |segment: &[u8; SEGMENT]| {
            let [id, root, pages] = [0, 1, 2].map(|at| number(segment, at));
            Ok(Segment { id: id?, root: root?, pages: pages? })
        };
        let segments = segments.iter().map(segment).collect::<Result<_, _>>()?;
        Ok(Self { next_id, waiting, segments })
    }
}

#[cfg(test)]
mod tests {
    use super::{Meta, Segment, Waiting};

    #[test]
    fn the_page_says_what_was_written() {
        let waiting = Waiting { first: 9, last: 4, first_number: u32::MAX, last_number: 1 };
        assert_eq!(waiting.pages(), 3);
        let segments = (0..5).map(|id| Segment { id, root: 7 * id, pages: id * id }).collect();
        let meta = Meta { next_id: 5, waiting, segments };
        let body = meta.encode();
        assert_eq!(Meta::decode(&body), Ok(meta));
        assert!((0..body.len()).all(|end| end >= 20 && (end - 20) % 12 == 0
            || Meta::decode(&body[..end]).is_err()));
    }
}

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

type Words<const COUNT: usize> = [[u8; 4]; COUNT];

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
        let (words, rest) = body.as_chunks::<4>();
        let (head, segments) = words.split_first_chunk::<5>().ok_or(Damaged)?;
        let (segments, left) = segments.as_chunks::<3>();
        if !rest.is_empty() || !left.is_empty() {
            return Err(Damaged);
        }
        let numbers = |words: &Words<3>| words.map(u32::from_ne_bytes);
        let segments = segments.iter().map(|segment| {
            let [id, root, pages] = numbers(segment);
            Segment { id, root, pages }
        });
        let [next_id, first, last, first_number, last_number] = head.map(u32::from_ne_bytes);
        let waiting = Waiting { first, last, first_number, last_number };
        Ok(Self { next_id, waiting, segments: segments.collect() })
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

//! Postings in order, page by page, from several sources at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::codec::Decoder;
use super::meta::Segment;
use super::page::Kind;
use super::posting::Posting;
use super::store::Store;
use crate::pg::index_pages::{Damaged, Strategy};
use crate::pg::interrupts;

/// A source of postings: fills an empty list with the next ones, and leaves it empty at its end.
pub(super) trait Source {
    fn fill(&mut self, postings: &mut Vec<Posting>) -> Result<(), Damaged>;
}

/// The postings of a segment.
pub(super) struct OfSegment<'a> {
    store: Store,
    segment: Segment,
    strategy: &'a Strategy,
    /// The pages to come, next ones last.
    directories: Vec<u32>,
    data: Vec<u32>,
}

impl<'a> OfSegment<'a> {
    pub(super) fn new(
        store: Store,
        segment: Segment,
        strategy: &'a Strategy,
    ) -> Result<Self, Damaged> {
        let mut directories = segment.directories(store)?;
        directories.reverse();
        Ok(Self { store, segment, strategy, directories, data: Vec::new() })
    }
}

impl Source for OfSegment<'_> {
    fn fill(&mut self, postings: &mut Vec<Posting>) -> Result<(), Damaged> {
        interrupts::check();
        if self.data.is_empty()
            && let Some(directory) = self.directories.pop()
        {
            self.data = self.segment.data(self.store, directory)?;
            self.data.reverse();
        }
        let Some(page) = self.data.pop() else { return Ok(()) };
        self.store.read(page, (Kind::Data, self.segment.id), self.strategy, |body| {
            Decoder::new(body)?.all(|posting| postings.push(posting))
        })
    }
}

/// The postings of several sources in one order.
pub(super) struct Merged<S> {
    sources: Vec<(S, Vec<Posting>)>,
    /// The first posting of each source that is not at its end.
    heap: BinaryHeap<Reverse<(Posting, usize)>>,
}

impl<S: Source> Merged<S> {
    pub(super) fn new(sources: Vec<S>) -> Result<Self, Damaged> {
        let sources: Vec<_> = sources.into_iter().map(|source| (source, Vec::new())).collect();
        let mut merged = Self { heap: BinaryHeap::with_capacity(sources.len()), sources };
        for (number, source) in merged.sources.iter_mut().enumerate() {
            merged.heap.extend(take(source)?.map(|first| Reverse((first, number))));
        }
        Ok(merged)
    }

    /// The next posting of all.
    pub(super) fn next(&mut self) -> Result<Option<Posting>, Damaged> {
        let Some(mut top) = self.heap.peek_mut() else { return Ok(None) };
        let Reverse((posting, source)) = *top;
        match take(&mut self.sources[source])? {
            Some(next) => *top = Reverse((next, source)),
            None => drop(PeekMut::pop(top)),
        }
        Ok(Some(posting))
    }
}

/// The next posting of a source.
fn take<S: Source>((source, postings): &mut (S, Vec<Posting>)) -> Result<Option<Posting>, Damaged> {
    if postings.is_empty() {
        source.fill(postings)?;
        postings.reverse();
    }
    Ok(postings.pop())
}

#[cfg(test)]
mod tests {
    use super::{Merged, Source};
    use crate::pg::index_pages::{Damaged, Row};
    use crate::pg::postings::posting::{Key, Posting};

    /// Gives a few at a time.
    struct Few(Vec<Posting>);

    impl Source for Few {
        fn fill(&mut self, postings: &mut Vec<Posting>) -> Result<(), Damaged> {
            let rest = self.0.split_off(self.0.len().min(3));
            *postings = std::mem::replace(&mut self.0, rest);
            Ok(())
        }
    }

    #[test]
    fn what_several_sources_have_comes_in_order() {
        let posting = |key, block| Posting::new(Key(key), Row { block, line: 1 });
        let sources: Vec<Vec<_>> = (0..5_u64)
            .map(|source| (0..4 * source).map(|at| posting(at * 7 % (source + 5), 3)).collect())
            .map(|mut postings: Vec<_>| {
                postings.sort_unstable();
                postings
            })
            .collect();
        let mut all: Vec<_> = sources.concat();
        all.sort_unstable();
        let mut merged = Merged::new(sources.into_iter().map(Few).collect()).unwrap();
        let found: Vec<_> = std::iter::from_fn(|| merged.next().unwrap()).collect();
        assert!(found == all && found.len() == 40);
    }
}

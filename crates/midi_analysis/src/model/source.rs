//! The bytes of a standard MIDI file, which the texts of its [score](super::score) point into.

use std::ops::Range;
use std::sync::Arc;

use crate::model::text::TextKind;

/// The bytes of a standard MIDI file, as they were given, or as they were decompressed or restored. A clone shares
/// them.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    bytes: Bytes<'a>,
    place: Place,
}

#[derive(Clone, Debug)]
enum Bytes<'a> {
    Given(&'a [u8]),
    Owned(Arc<Vec<u8>>),
}

/// Where a standard MIDI file lies in bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// From its MThd chunk (or, without one, its first MTrk chunk) on.
    pub(crate) smf: Range<usize>,
    /// The texts that its container has about it.
    pub(crate) texts: Vec<(TextKind, Range<usize>)>,
}

impl Place {
    /// A part of the bytes, without a container that has texts.
    pub(crate) fn bare(smf: Range<usize>) -> Self {
        Self { smf, texts: Vec::new() }
    }

    /// The same in bytes that have so many others before.
    pub(crate) fn moved(self, by: usize) -> Self {
        let moved = |range: Range<usize>| range.start + by..range.end + by;
        let texts = self.texts.into_iter().map(|(kind, range)| (kind, moved(range)));
        Self { smf: moved(self.smf), texts: texts.collect() }
    }
}

impl<'a> Source<'a> {
    pub(crate) fn given(bytes: &'a [u8], place: Place) -> Self {
        Self { bytes: Bytes::Given(bytes), place }
    }

    pub(crate) fn owned(bytes: Vec<u8>, place: Place) -> Self {
        Self { bytes: Bytes::Owned(Arc::new(bytes)), place }
    }

    /// The same with other bytes, in which only those of the file differ, in number too.
    pub(crate) fn with_changed_smf(&self, bytes: Vec<u8>) -> Source<'static> {
        let Place { smf, texts } = &self.place;
        let before = self.bytes().len();
        let shifted = |at: usize| match at < smf.end {
            true => at,
            false => (at + bytes.len()).saturating_sub(before),
        };
        let texts =
            texts.iter().map(|(kind, text)| (*kind, shifted(text.start)..shifted(text.end)));
        let place = Place { smf: smf.start..shifted(smf.end), texts: texts.collect() };
        Source::owned(bytes, place)
    }

    /// What a piece that was not read from a file has instead.
    pub(crate) fn none() -> Self {
        Self::given(&[], Place::default())
    }

    /// Where the file lies in the bytes.
    pub(crate) fn smf(&self) -> Range<usize> {
        self.place.smf.clone()
    }

    /// The texts that the file's container has about it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (TextKind, &[u8])> {
        self.place.texts.iter().map(|(kind, range)| (*kind, &self.bytes()[range.clone()]))
    }

    /// All bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Given(bytes) => bytes,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

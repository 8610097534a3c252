//! The bytes of a standard MIDI file, which the texts of its [score](super::score) point into.

use std::sync::Arc;

/// The bytes of a standard MIDI file, as they were given, or as they were decompressed or restored. A clone shares
/// them.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    bytes: Bytes<'a>,
    /// Where the MThd chunk (or, without one, the first MTrk chunk) begins.
    pub(crate) start: usize,
}

#[derive(Clone, Debug)]
enum Bytes<'a> {
    Given(&'a [u8]),
    Owned(Arc<Vec<u8>>),
}

impl<'a> Source<'a> {
    pub(crate) fn given(bytes: &'a [u8], start: usize) -> Self {
        Self { bytes: Bytes::Given(bytes), start }
    }

    pub(crate) fn owned(bytes: Vec<u8>, start: usize) -> Self {
        Self { bytes: Bytes::Owned(Arc::new(bytes)), start }
    }

    /// All bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Given(bytes) => bytes,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

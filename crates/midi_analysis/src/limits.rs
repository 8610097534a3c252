//! Upper bounds on what one file may cost.

/// Upper bounds on the work and memory that one file may take.
///
/// Memory grows with the bytes, of which a second copy is held where they were compressed, and with the
/// events, up to 50 bytes each. The default limits bound one analysis to some 400 MB in the worst case;
/// ordinary music takes a few hundred kilobytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes a file may have, before and after decompression.
    pub max_bytes: usize,
    /// The most events that are read from one file, over all its tracks.
    pub max_events: usize,
}

impl Default for Limits {
    /// 64 MiB and five million events: ten times the largest "black MIDI" in common collections.
    fn default() -> Self {
        Self { max_bytes: 64 << 20, max_events: 5_000_000 }
    }
}

//! Upper bounds on what one file may cost.

/// Upper bounds on the work and memory that one file may take.
///
/// Memory grows with the bytes, of which a second copy is held where they were compressed or had been
/// treated as text (and two more while they are restored), or a track was mended, and with the events, up
/// to 50 bytes each. The default limits bound one analysis to some 400 MB in the worst case; ordinary
/// music takes a few hundred kilobytes.
///
/// ```
/// use midi_analysis::{Limits, Options};
///
/// let options = Options::default().limits(Limits::DEFAULT.max_events(100_000));
/// assert_eq!(options.limits.max_bytes, 64 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes a file may have, before and after decompression.
    pub max_bytes: usize,
    /// The most events that are read from one file, over all its tracks.
    pub max_events: usize,
}

impl Limits {
    /// 64 MiB and five million events: ten times the largest "black MIDI" in common collections.
    pub const DEFAULT: Self = Self { max_bytes: 64 << 20, max_events: 5_000_000 };

    /// Sets the most bytes of a file, before and after decompression.
    #[must_use]
    pub const fn max_bytes(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Sets the most events of a file.
    #[must_use]
    pub const fn max_events(self, max_events: usize) -> Self {
        Self { max_events, ..self }
    }
}

impl Default for Limits {
    /// [`DEFAULT`](Self::DEFAULT).
    fn default() -> Self {
        Self::DEFAULT
    }
}

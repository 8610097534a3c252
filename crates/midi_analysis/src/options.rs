//! Limits, the interruption of the work, and the name of a file.

use std::fmt;

use crate::error::{Error, check};
use crate::limits::Limits;

/// Limits for reading a [`Piece`](crate::Piece), a function that can interrupt the work, and the name of the
/// file.
///
/// ```
/// use midi_analysis::Options;
///
/// let options = Options::default().max_bytes(1 << 20);
/// assert_eq!(options.limits.max_bytes, 1 << 20);
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Options<'a> {
    /// Upper bounds on what one file may cost.
    pub limits: Limits,
    /// Asked many times a second whether to stop.
    pub interrupted: &'a dyn Fn() -> bool,
    /// The path or name of the file; empty where it has none. It is evidence of drums where what is
    /// played leaves it open.
    pub name: &'a str,
}

impl Default for Options<'_> {
    /// The default [`Limits`], without interruption and without a name.
    fn default() -> Self {
        Self { limits: Limits::default(), interrupted: &|| false, name: "" }
    }
}

impl<'a> Options<'a> {
    /// Sets the limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets the most bytes of a file, before and after decompression.
    #[must_use]
    pub fn max_bytes(self, max_bytes: usize) -> Self {
        self.limits(self.limits.max_bytes(max_bytes))
    }

    /// Sets the most events of a file.
    #[must_use]
    pub fn max_events(self, max_events: usize) -> Self {
        self.limits(self.limits.max_events(max_events))
    }

    /// Sets a function that is asked many times a second whether to stop.
    #[must_use]
    pub fn interrupted(self, interrupted: &'a dyn Fn() -> bool) -> Self {
        Self { interrupted, ..self }
    }

    /// Sets the path or name of the file.
    #[must_use]
    pub fn name(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// # Errors
    /// `interrupted`.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check(self.interrupted)
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("limits", &self.limits).finish_non_exhaustive()
    }
}

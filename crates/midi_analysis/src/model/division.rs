//! What a tick lasts.

/// The length of a tick, from the header of a file (the division word of MMA RP-001).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Division {
    /// Ticks in a quarter note; the tempo map gives the seconds. Never 0.
    Metrical(u16),
    /// SMPTE time: ticks in a second, whatever the tempo.
    Timecode(f64),
}

impl Division {
    /// Ticks in a quarter note; `None` in SMPTE time.
    pub const fn ticks_per_quarter(self) -> Option<u16> {
        match self {
            Self::Metrical(ticks) => Some(ticks),
            Self::Timecode(_) => None,
        }
    }
}

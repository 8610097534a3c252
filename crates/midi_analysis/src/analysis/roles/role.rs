//! The roles of parts.

use std::fmt;

/// What a part does in a piece.
///
/// ```
/// use midi_analysis::Role;
///
/// assert_eq!(Role::CounterMelody.to_string(), "counter-melody");
/// assert_eq!(Role::named("bass"), Some(Role::Bass));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Role {
    /// The line that a listener would sing.
    Melody,
    /// The lowest line, on which the harmony stands.
    Bass,
    /// Notes of a chord together.
    Chords,
    /// Notes of a chord one after the other.
    Arpeggio,
    /// Held notes in the background.
    Pad,
    /// A line beside the melody.
    CounterMelody,
    /// A drum kit, or pieces of one.
    Drums,
    /// Other instruments that are struck or shaken.
    Percussion,
    /// Sounds that are no music by themselves.
    Effect,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 9] = [
        Self::Melody,
        Self::Bass,
        Self::Chords,
        Self::Arpeggio,
        Self::Pad,
        Self::CounterMelody,
        Self::Drums,
        Self::Percussion,
        Self::Effect,
    ];

    /// Its name, as `counter-melody`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Melody => "melody",
            Self::Bass => "bass",
            Self::Chords => "chords",
            Self::Arpeggio => "arpeggio",
            Self::Pad => "pad",
            Self::CounterMelody => "counter-melody",
            Self::Drums => "drums",
            Self::Percussion => "percussion",
            Self::Effect => "effect",
        }
    }

    /// The role of a name, as [`name`](Self::name) gives it, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(name))
    }

    /// Whether its pitches belong to melody or harmony.
    pub(super) const fn is_melodic(self) -> bool {
        !matches!(self, Self::Drums | Self::Percussion | Self::Effect)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

//! Qualities of chords.
//!
//! The symbols are those of Harte, Sandler, Abdallah & Gómez (ISMIR 2005), as annotations and
//! `mir_eval` write them.

use std::fmt;

/// The quality of a chord: its intervals above the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(into = "&'static str"))]
#[non_exhaustive]
pub enum Quality {
    /// A major triad.
    Major,
    /// A major triad with a sixth.
    MajorSixth,
    /// A major triad with a ninth, without a seventh.
    AddedNinth,
    /// A major triad with a major seventh.
    MajorSeventh,
    /// A major triad with a minor seventh.
    DominantSeventh,
    /// A dominant seventh with a ninth.
    DominantNinth,
    /// Root and fifth.
    Power,
    /// A minor triad.
    Minor,
    /// A minor triad with a sixth.
    MinorSixth,
    /// A minor triad with a minor seventh.
    MinorSeventh,
    /// A minor triad with a major seventh.
    MinorMajorSeventh,
    /// A diminished triad.
    Diminished,
    /// A diminished triad with a diminished seventh.
    DiminishedSeventh,
    /// A diminished triad with a minor seventh.
    HalfDiminished,
    /// An augmented triad.
    Augmented,
    /// A second instead of the third.
    SuspendedSecond,
    /// A fourth instead of the third.
    SuspendedFourth,
}

/// How a quality is written.
struct Notation {
    name: &'static str,
    symbol: &'static str,
    suffix: &'static str,
    minor: bool,
}

const fn notation(
    name: &'static str,
    symbol: &'static str,
    suffix: &'static str,
    minor: bool,
) -> Notation {
    Notation { name, symbol, suffix, minor }
}

impl Quality {
    /// Every quality. Their order is that of the bits in [`chord_moment`](crate::chord_moment)s.
    pub const ALL: [Self; 17] = [
        Self::Major,
        Self::MajorSixth,
        Self::AddedNinth,
        Self::MajorSeventh,
        Self::DominantSeventh,
        Self::DominantNinth,
        Self::Power,
        Self::Minor,
        Self::MinorSixth,
        Self::MinorSeventh,
        Self::MinorMajorSeventh,
        Self::Diminished,
        Self::DiminishedSeventh,
        Self::HalfDiminished,
        Self::Augmented,
        Self::SuspendedSecond,
        Self::SuspendedFourth,
    ];

    const fn notation(self) -> Notation {
        match self {
            Self::Major => notation("maj", "maj", "", false),
            Self::MajorSixth => notation("maj6", "maj6", "6", false),
            Self::AddedNinth => notation("add9", "maj(9)", "add9", false),
            Self::MajorSeventh => notation("maj7", "maj7", "maj7", false),
            Self::DominantSeventh => notation("7", "7", "7", false),
            Self::DominantNinth => notation("9", "9", "9", false),
            Self::Power => notation("5", "5", "5", false),
            Self::Minor => notation("min", "min", "", true),
            Self::MinorSixth => notation("min6", "min6", "6", true),
            Self::MinorSeventh => notation("min7", "min7", "7", true),
            Self::MinorMajorSeventh => notation("minmaj7", "minmaj7", "maj7", true),
            Self::Diminished => notation("dim", "dim", "°", true),
            Self::DiminishedSeventh => notation("dim7", "dim7", "°7", true),
            Self::HalfDiminished => notation("hdim7", "hdim7", "ø7", true),
            Self::Augmented => notation("aug", "aug", "+", false),
            Self::SuspendedSecond => notation("sus2", "sus2", "sus2", false),
            Self::SuspendedFourth => notation("sus4", "sus4", "sus4", false),
        }
    }

    /// The word that people search for: `min7`, `add9`.
    pub const fn name(self) -> &'static str {
        self.notation().name
    }

    /// What follows the colon of a chord symbol: `min7`, `maj(9)`.
    pub const fn symbol(self) -> &'static str {
        self.notation().symbol
    }

    /// What follows a roman numeral, whose case shows the third of the chord: `7`, `°`.
    pub const fn suffix(self) -> &'static str {
        self.notation().suffix
    }

    /// Whether its roman numeral is a small one: the third is minor.
    pub const fn is_minor(self) -> bool {
        self.notation().minor
    }

    /// The quality of a [name](Self::name).
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.name() == name)
    }
}

impl From<Quality> for &'static str {
    fn from(quality: Quality) -> Self {
        quality.name()
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

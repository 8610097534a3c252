//! From a family of chords to the very chord: sevenths, sixths and ninths that sound long enough.
//!
//! The symbols are those of Harte, Sandler, Abdallah & Gómez (ISMIR 2005), as annotations and
//! `mir_eval` write them.

/// A kind of chord.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quality {
    /// The word that people search for.
    pub(super) name: &'static str,
    /// What stands after the colon of a chord symbol.
    pub(super) symbol: &'static str,
    /// What stands after a roman numeral, whose case tells the third.
    pub(super) suffix: &'static str,
    /// Whether the numeral is a small one.
    pub(super) minor: bool,
}

const fn quality(
    name: &'static str,
    symbol: &'static str,
    suffix: &'static str,
    minor: bool,
) -> Quality {
    Quality { name, symbol, suffix, minor }
}

static MAJOR: Quality = quality("maj", "maj", "", false);
static MAJOR_SIXTH: Quality = quality("maj6", "maj6", "6", false);
static ADDED_NINTH: Quality = quality("add9", "maj(9)", "add9", false);
static MAJOR_SEVENTH: Quality = quality("maj7", "maj7", "maj7", false);
static DOMINANT_SEVENTH: Quality = quality("7", "7", "7", false);
static DOMINANT_NINTH: Quality = quality("9", "9", "9", false);
static POWER: Quality = quality("5", "5", "5", false);
static MINOR: Quality = quality("min", "min", "", true);
static MINOR_SIXTH: Quality = quality("min6", "min6", "6", true);
static MINOR_SEVENTH: Quality = quality("min7", "min7", "7", true);
static MINOR_MAJOR_SEVENTH: Quality = quality("minmaj7", "minmaj7", "maj7", true);
static DIMINISHED: Quality = quality("dim", "dim", "°", true);
static DIMINISHED_SEVENTH: Quality = quality("dim7", "dim7", "°7", true);
static HALF_DIMINISHED: Quality = quality("hdim7", "hdim7", "ø7", true);
static AUGMENTED: Quality = quality("aug", "aug", "+", false);
static SUSPENDED_SECOND: Quality = quality("sus2", "sus2", "sus2", false);
static SUSPENDED_FOURTH: Quality = quality("sus4", "sus4", "sus4", false);

/// Every kind.
pub(super) static ALL: [&Quality; 17] = [
    &MAJOR,
    &MAJOR_SIXTH,
    &ADDED_NINTH,
    &MAJOR_SEVENTH,
    &DOMINANT_SEVENTH,
    &DOMINANT_NINTH,
    &POWER,
    &MINOR,
    &MINOR_SIXTH,
    &MINOR_SEVENTH,
    &MINOR_MAJOR_SEVENTH,
    &DIMINISHED,
    &DIMINISHED_SEVENTH,
    &HALF_DIMINISHED,
    &AUGMENTED,
    &SUSPENDED_SECOND,
    &SUSPENDED_FOURTH,
];

/// What the decoder tells apart, in the order of the rows of the [weights](crate::weights::chords).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Major,
    Minor,
    Diminished,
    Augmented,
    SuspendedSecond,
    SuspendedFourth,
}

/// Share of a chord's time that its seventh sounds, and that its sixth or ninth does, which melodies
/// touch more often. Of 0.15 to 0.8 these name the most of the time right: 0.91, the mean of four
/// kinds of annotated pieces (see the [weights](crate::weights::chords)), root and family given.
const SEVENTH_SHARE: f32 = 0.45;
const ADDED_SHARE: f32 = 0.8;
/// Share below which a note is an ornament, no tone of the chord.
const ORNAMENT_SHARE: f32 = 0.1;
/// Parts that sound together on average; fewer are one line, which only implies its chords.
const ONE_LINE: f32 = 1.1;
/// Share of what a single line sounds that the tones of the chord must have.
const IMPLIED_SHARE: f32 = 0.75;

// Semitones above the root.
const NINTH: usize = 2;
const FIFTH: usize = 7;
const SIXTH: usize = 9;
const SEVENTH: usize = 10;
const MAJOR_SEVENTH_INTERVAL: usize = 11;

impl Family {
    pub(super) const ALL: [Self; 6] = [
        Self::Major,
        Self::Minor,
        Self::Diminished,
        Self::Augmented,
        Self::SuspendedSecond,
        Self::SuspendedFourth,
    ];

    /// Semitones of the triad above its root.
    fn tones(self) -> [usize; 3] {
        match self {
            Self::Major => [0, 4, 7],
            Self::Minor => [0, 3, 7],
            Self::Diminished => [0, 3, 6],
            Self::Augmented => [0, 4, 8],
            Self::SuspendedSecond => [0, 2, 7],
            Self::SuspendedFourth => [0, 5, 7],
        }
    }

    /// The chord whose pitch classes fill `presence` of its time, by semitones above the root;
    /// `None` where so little sounds that a listener would name no chord.
    pub(super) fn quality(self, presence: &[f32; 12]) -> Option<&'static Quality> {
        let sounds = |interval: usize| presence[interval] >= ORNAMENT_SHARE;
        let heard = (0..12).filter(|&interval| sounds(interval)).count();
        if heard == 2 && sounds(0) && sounds(FIFTH) {
            return (!one_line(presence)).then_some(&POWER);
        }
        if !self.is_heard(presence) {
            return None;
        }
        let seventh = presence[SEVENTH].max(presence[MAJOR_SEVENTH_INTERVAL]) >= SEVENTH_SHARE;
        let small = presence[SEVENTH] >= presence[MAJOR_SEVENTH_INTERVAL];
        let sixth = presence[SIXTH] >= ADDED_SHARE;
        let ninth = presence[NINTH] >= ADDED_SHARE;
        Some(match self {
            Self::Major if seventh && !small => &MAJOR_SEVENTH,
            Self::Major if seventh && ninth => &DOMINANT_NINTH,
            Self::Major if seventh => &DOMINANT_SEVENTH,
            Self::Major if sixth => &MAJOR_SIXTH,
            Self::Major if ninth => &ADDED_NINTH,
            Self::Major => &MAJOR,
            Self::Minor if seventh && small => &MINOR_SEVENTH,
            Self::Minor if seventh => &MINOR_MAJOR_SEVENTH,
            Self::Minor if sixth => &MINOR_SIXTH,
            Self::Minor => &MINOR,
            Self::Diminished => diminished(presence),
            Self::Augmented => &AUGMENTED,
            Self::SuspendedSecond => &SUSPENDED_SECOND,
            Self::SuspendedFourth => &SUSPENDED_FOURTH,
        })
    }

    /// Whether enough of the triad sounds: two of its tones where parts sound together, all three
    /// and little else in a single line.
    fn is_heard(self, presence: &[f32; 12]) -> bool {
        let tones = self.tones();
        let heard = tones.iter().filter(|&&tone| presence[tone] >= ORNAMENT_SHARE).count();
        if !one_line(presence) {
            return heard >= 2;
        }
        let of_chord: f32 = tones.iter().map(|&tone| presence[tone]).sum();
        heard == 3 && of_chord >= IMPLIED_SHARE * presence.iter().sum::<f32>()
    }
}

fn one_line(presence: &[f32; 12]) -> bool {
    presence.iter().sum::<f32>() < ONE_LINE
}

fn diminished(presence: &[f32; 12]) -> &'static Quality {
    if presence[SIXTH].max(presence[SEVENTH]) < SEVENTH_SHARE {
        return &DIMINISHED;
    }
    if presence[SIXTH] > presence[SEVENTH] { &DIMINISHED_SEVENTH } else { &HALF_DIMINISHED }
}

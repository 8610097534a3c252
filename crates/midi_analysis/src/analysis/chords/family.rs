//! From a family of chords to a quality: sevenths, sixths and ninths count where they sound long enough.

use crate::model::quality::Quality;

/// A family of chords, as the decoder distinguishes them, in the order of the rows of
/// the [weights](crate::weights::chords).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Major,
    Minor,
    Diminished,
    Augmented,
    SuspendedSecond,
    SuspendedFourth,
}

/// Least share of a chord's time that its seventh sounds, and that its sixth or ninth does, which are
/// more often notes of a melody. Of values from 0.15 to 0.8 these give the right quality for most of
/// the time, 0.91, the mean of four kinds of annotated pieces (see the [weights](crate::weights::chords)), if root
/// and family are given.
pub(super) const SEVENTH_SHARE: f32 = 0.45;
pub(super) const ADDED_SHARE: f32 = 0.8;
/// Tones of a triad none of which sounds for this share of the time sound in turn, as in a broken chord.
const IN_TURN: f32 = 0.55;
/// Share below which a note is an ornament and not a tone of the chord.
pub(super) const ORNAMENT_SHARE: f32 = 0.1;
/// Mean number of notes that sound together below which the music is a single line, which only implies
/// its chords.
const ONE_LINE: f32 = 1.1;
/// Least share of the notes of a single line that are tones of the chord.
const IMPLIED_SHARE: f32 = 0.75;

// Semitones above the root.
const NINTH: usize = 2;
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

    /// The quality of a chord whose pitch classes sound for these shares of its time, by semitones above
    /// the root; `None` where too little sounds to name a chord.
    pub(super) fn quality(self, presence: &[f32; 12]) -> Option<Quality> {
        if !self.is_complete(presence) {
            return None;
        }
        let presence = &self.in_turn(presence);
        let seventh = presence[SEVENTH].max(presence[MAJOR_SEVENTH_INTERVAL]) >= SEVENTH_SHARE;
        let small = presence[SEVENTH] >= presence[MAJOR_SEVENTH_INTERVAL];
        let sixth = presence[SIXTH] >= ADDED_SHARE;
        let ninth = presence[NINTH] >= ADDED_SHARE;
        Some(match self {
            Self::Major if seventh && !small => Quality::MajorSeventh,
            Self::Major if seventh && ninth => Quality::DominantNinth,
            Self::Major if seventh => Quality::DominantSeventh,
            Self::Major if sixth => Quality::MajorSixth,
            Self::Major if ninth => Quality::AddedNinth,
            Self::Major => Quality::Major,
            Self::Minor if seventh && small => Quality::MinorSeventh,
            Self::Minor if seventh => Quality::MinorMajorSeventh,
            Self::Minor if sixth => Quality::MinorSixth,
            Self::Minor => Quality::Minor,
            Self::Diminished => diminished(presence),
            Self::Augmented => Quality::Augmented,
            Self::SuspendedSecond => Quality::SuspendedSecond,
            Self::SuspendedFourth => Quality::SuspendedFourth,
        })
    }

    /// Presence as it counts for added tones: where the tones of the triad sound in turn, in shares of their
    /// mean.
    fn in_turn(self, presence: &[f32; 12]) -> [f32; 12] {
        let triad = self.tones().map(|tone| presence[tone]);
        let mean = triad.iter().sum::<f32>() / triad.len() as f32;
        let in_turn = triad.into_iter().fold(0.0, f32::max) < IN_TURN;
        presence.map(|share| if in_turn { share / mean } else { share })
    }

    /// Whether enough of the triad sounds: two of its tones where parts sound together, all three and
    /// little but them and one more in a single line.
    fn is_complete(self, presence: &[f32; 12]) -> bool {
        let tones = self.tones();
        let sounding = tones.iter().filter(|&&tone| presence[tone] >= ORNAMENT_SHARE).count();
        if !one_line(presence) {
            return sounding >= 2;
        }
        let more = [SIXTH, SEVENTH, MAJOR_SEVENTH_INTERVAL].map(|tone| presence[tone]);
        let of_triad: f32 = tones.iter().map(|&tone| presence[tone]).sum();
        let of_chord = of_triad + more.into_iter().fold(0.0, f32::max);
        sounding == 3 && of_chord >= IMPLIED_SHARE * presence.iter().sum::<f32>()
    }
}

/// Whether hardly two notes sound together.
pub(super) fn one_line(presence: &[f32; 12]) -> bool {
    presence.iter().sum::<f32>() < ONE_LINE
}

fn diminished(presence: &[f32; 12]) -> Quality {
    if presence[SIXTH].max(presence[SEVENTH]) < SEVENTH_SHARE {
        return Quality::Diminished;
    }
    if presence[SIXTH] > presence[SEVENTH] {
        Quality::DiminishedSeventh
    } else {
        Quality::HalfDiminished
    }
}

//! Music that is made to teach the chords that people annotate rarely: every quality on every root, in
//! inversions, in voicings and accompaniments of many kinds, alone and in progressions, with a melody and
//! without.
//!
//! As music it is poor, but its chords are known. Roots are those that a musician would name: of chords
//! that sound alike, such as a sixth and the inversion of a seventh, the one with its root in the bass.

use midi_analysis::{Note, Options, Piece, Quality, Timeline};

use super::band;
use super::player::Player;
use super::support::random::Random;

/// Ticks of a quarter note.
pub const QUARTER: u32 = 480;
/// Chords of a piece, at most, and at least where it is no single one.
const MOST_CHORDS: usize = 24;
const FEWEST_CHORDS: usize = 3;
/// Microseconds of a quarter note: from 170 to 55 a minute.
const QUARTERS_US: [u32; 2] = [350_000, 1_100_000];
/// The same of a band: from 240 to 65 a minute.
const BAND_QUARTERS_US: [u32; 2] = [250_000, 920_000];
/// A progression of a key: semitones above its tonic, and qualities.
type Progression = &'static [(u8, Quality)];

use Quality::{
    AddedNinth as Add9, Augmented as Aug, Diminished as Dim, DiminishedSeventh as Dim7,
    DominantNinth as Nine, DominantSeventh as Seven, HalfDiminished as HalfDim, Major as Maj,
    MajorSeventh as Maj7, MajorSixth as Maj6, Minor as Min, MinorMajorSeventh as MinMaj7,
    MinorSeventh as Min7, MinorSixth as Min6, SuspendedFourth as Sus4, SuspendedSecond as Sus2,
};

/// Progressions of common practice, songs and jazz.
const PROGRESSIONS: [Progression; 16] = [
    &[(0, Maj), (5, Maj), (7, Maj), (0, Maj)],
    &[(0, Maj), (9, Min), (5, Maj), (7, Seven)],
    &[(0, Maj), (7, Maj), (9, Min), (5, Maj)],
    &[(2, Min7), (7, Seven), (0, Maj7), (9, Min7)],
    &[(0, Min), (5, Min), (7, Seven), (0, Min)],
    &[(0, Min), (8, Maj), (3, Maj), (10, Maj)],
    &[(2, HalfDim), (7, Seven), (0, MinMaj7), (0, Min6)],
    &[(0, Seven), (5, Seven), (0, Seven), (7, Seven)],
    &[(0, Maj), (0, Aug), (0, Maj6), (0, Seven), (5, Maj)],
    &[(0, Maj), (1, Dim7), (2, Min7), (7, Seven)],
    &[(0, Maj), (11, Dim), (0, Maj), (7, Sus4), (7, Maj)],
    &[(0, Add9), (5, Sus2), (0, Sus4), (0, Maj)],
    &[(0, Maj), (4, Seven), (9, Min), (2, Seven), (7, Seven), (0, Maj)],
    &[(0, Min), (2, Dim), (7, Maj), (0, Min), (11, Dim7), (0, Min)],
    &[(0, Maj7), (5, Nine), (3, Maj7), (8, Maj7)],
    &[(0, Min7), (5, Nine), (0, Min7), (7, Aug), (0, Min)],
];
/// Every quality that has a third or something in its place.
const QUALITIES: [Quality; 16] = [
    Maj, Maj6, Add9, Maj7, Seven, Nine, Min, Min6, Min7, MinMaj7, Dim, Dim7, HalfDim, Aug, Sus2,
    Sus4,
];

/// A chord of such a piece.
#[derive(Clone, Copy)]
pub struct MadeChord {
    /// Pitch class of its root.
    pub root: u8,
    /// Its quality.
    pub quality: Quality,
    /// Which of its tones is the bass.
    pub inversion: usize,
}

/// A piece, and its chords with the ticks at which they begin and end.
pub struct Made {
    notes: Vec<Note>,
    quarter_us: u32,
    on_grid: bool,
    /// The chords in the order of time.
    pub chords: Vec<(u32, u32, MadeChord)>,
}

impl Made {
    /// The piece of this number.
    pub fn new(number: u64) -> Self {
        let mut random = Random::new(number);
        let [fastest, slowest] = QUARTERS_US;
        let quarter_us = fastest + random.below((slowest - fastest) as usize) as u32;
        let mut player = Player::new(&mut random);
        let (mut chords, mut tick) = (Vec::new(), 0);
        let quarters = random.of(&[1, 2, 2, 4, 4, 4, 8]);
        for chord in plan(&mut random) {
            let quarters = if random.happens(0.15) { 2 * quarters } else { quarters };
            let end = tick + quarters * QUARTER;
            player.play(&mut random, &chord, tick, end);
            chords.push((tick, end, chord));
            tick = end;
        }
        Self { notes: player.notes(), quarter_us, on_grid: random.happens(0.7), chords }
    }

    /// The piece of this number for a band.
    pub fn of_band(number: u64) -> Self {
        let mut random = Random::new(number);
        let (chords, notes) = band::play(&mut random);
        let [fastest, slowest] = BAND_QUARTERS_US;
        let quarter_us = fastest + random.below((slowest - fastest) as usize) as u32;
        Self { notes, quarter_us, on_grid: random.happens(0.85), chords }
    }

    /// The piece as the library reads it: some in the ticks of a tempo that is not theirs.
    pub fn piece(&self) -> Result<Piece<'_>, midi_analysis::Error> {
        let mut timeline = Timeline::new(QUARTER as u16);
        let mut notes = self.notes.clone();
        if self.on_grid {
            timeline = timeline.tempo(0, self.quarter_us);
        } else {
            for note in &mut notes {
                (note.start, note.end) = (self.ticks(note.start), self.ticks(note.end));
            }
        }
        Piece::from_notes(notes, &timeline, &Options::default())
    }

    /// The second of a tick.
    pub fn seconds(&self, tick: u32) -> f64 {
        f64::from(tick) * f64::from(self.quarter_us) / 1e6 / f64::from(QUARTER)
    }

    /// Ticks at half a second a quarter.
    fn ticks(&self, tick: u32) -> u32 {
        (self.seconds(tick) * 2.0 * f64::from(QUARTER)) as u32
    }
}

/// The chords of a piece.
fn plan(random: &mut Random) -> Vec<MadeChord> {
    let tonic = random.below(12) as u8;
    let count = FEWEST_CHORDS + random.below(MOST_CHORDS - FEWEST_CHORDS);
    match random.below(10) {
        // One chord, once or several times.
        0..=2 => vec![any(random); random.of(&[1, 1, 2, 4])],
        3..=4 => (0..count).map(|_| any(random)).collect(),
        _ => {
            let inverted = random.of(&[0.0, 0.2, 0.5]);
            let progression = random.of(&PROGRESSIONS);
            let degrees = progression.iter().cycle().take(count);
            degrees
                .map(|&(degree, quality)| {
                    let inversion =
                        if random.happens(inverted) { turned(random, quality) } else { 0 };
                    MadeChord { root: (tonic + degree) % 12, quality, inversion }
                })
                .collect()
        }
    }
}

/// A chord of any quality, by itself.
fn any(random: &mut Random) -> MadeChord {
    let quality = random.of(&QUALITIES);
    let inversion = if random.happens(0.4) { turned(random, quality) } else { 0 };
    // Whichever tone of an even chord is the bass sounds like its root.
    let inversion = if matches!(quality, Dim7 | Aug) { 0 } else { inversion };
    MadeChord { root: random.below(12) as u8, quality, inversion }
}

/// An inversion that is no other chord with its root in the bass.
fn turned(random: &mut Random, quality: Quality) -> usize {
    match quality {
        Maj | Min | Dim => 1 + random.below(2),
        Maj7 | Seven | MinMaj7 | Dim7 => 1 + random.below(3),
        Min7 | HalfDim => 2 + random.below(2),
        Sus4 => random.of(&[0, 2]),
        _ => 0,
    }
}

/// The tones of a quality in semitones above its root.
pub fn tones(quality: Quality) -> &'static [u8] {
    match quality {
        Maj6 => &[0, 4, 7, 9],
        Add9 => &[0, 4, 7, 2],
        Maj7 => &[0, 4, 7, 11],
        Seven => &[0, 4, 7, 10],
        Nine => &[0, 4, 7, 10, 2],
        Min => &[0, 3, 7],
        Min6 => &[0, 3, 7, 9],
        Min7 => &[0, 3, 7, 10],
        MinMaj7 => &[0, 3, 7, 11],
        Dim => &[0, 3, 6],
        Dim7 => &[0, 3, 6, 9],
        HalfDim => &[0, 3, 6, 10],
        Aug => &[0, 4, 8],
        Sus2 => &[0, 2, 7],
        Sus4 => &[0, 5, 7],
        _ => &[0, 4, 7],
    }
}

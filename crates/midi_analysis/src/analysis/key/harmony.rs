//! The chords that a piece passes through, as far as its key needs them: a quarter note at a time.
//!
//! The best path through chords of which each has a template (Fujishima 1999; as a hidden Markov model
//! Sheh & Ellis 2003). Chords are found better, and with the key in mind, in
//! [`chords`](crate::analysis::chords); here they are evidence for the key, so they must not depend on it.

use super::layout::CLASSES;
use super::quarters::quarters_per_tick;
use super::viterbi::Lattice;
use crate::model::score::Score;

/// Kinds of chord, in the order of [`TEMPLATES`].
pub(super) const KINDS: usize = 5;
pub(super) const MINOR: usize = 1;
pub(super) const DOMINANT: usize = 2;
pub(super) const DIMINISHED: usize = 3;
/// Each kind and root is a state; the last ones are no chord.
const STATES: usize = 64;
const BLOCK: usize = 32;

/// How well each pitch class fits a chord, from the root upwards. Set by hand: tones of the chord about 1,
/// others about as much below 0 as they are foreign to it.
const TEMPLATES: [[f32; CLASSES]; KINDS] = [
    // Major.
    [1.0, -1.0, -0.5, -1.0, 1.0, -0.7, -1.0, 0.9, -1.0, -0.5, -0.5, -0.3],
    // Minor.
    [1.0, -1.0, -0.5, 1.0, -1.0, -0.6, -1.0, 0.9, -0.9, -0.7, -0.2, -0.7],
    // Dominant seventh, also under the lowered third of the blues.
    [1.0, -0.8, -0.4, -0.4, 0.9, -0.8, -0.9, 0.6, -0.9, -0.4, 0.8, -1.0],
    // Diminished.
    [1.0, -1.0, -0.9, 1.0, -1.0, -0.8, 1.0, -1.0, -0.5, 0.1, 0.1, -1.0],
    // Without a third: fifths, suspensions.
    [1.0, -1.0, 0.1, -1.0, -1.0, 0.1, -1.0, 0.9, -1.0, 0.1, 0.1, -0.8],
];
/// What each kind has beforehand, as major and minor are more common.
const PRIORS: [f32; KINDS] = [0.1, 0.1, -0.15, -0.35, -0.45];
/// What a bass that is the root adds.
const ROOT_BASS: f32 = 0.6;
/// What a change of chord costs.
const CHANGE_COST: f32 = 1.2;
/// Quarter notes of a window.
const WINDOW: f64 = 1.0;
/// Most windows of a piece: long pieces have wider ones.
const MOST_WINDOWS: usize = 16_384;
/// Most windows in which a note counts.
const LONGEST: f64 = 4.0;
/// Least windows for which a note counts.
const SHORTEST: f64 = 0.05;
/// Least share of a window that its bass sounds; a lower note that is shorter is a passing note.
const BASS_SHARE: f32 = 0.3;
const NO_PITCH: u8 = u8::MAX;

/// What sounds in a window.
#[derive(Clone, Copy)]
struct Window {
    /// By pitch class, the sum over notes of the share of the window for which they sound.
    presence: [f32; CLASSES],
    bass: u8,
    lowest: u8,
}

/// The chord of each window.
pub(super) struct Harmony(Vec<u8>);

impl Harmony {
    pub(super) fn of(score: &Score<'_>) -> Self {
        let windows = windows(score);
        let mut lattice = Lattice::<STATES>::new(CHANGE_COST, windows.len());
        for window in &windows {
            lattice.step(&evidence(window));
        }
        Self(lattice.path())
    }

    /// Windows.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The kind and the root of the chord of each window; `None` where there is none.
    pub(super) fn chords(&self) -> impl Iterator<Item = Option<(usize, usize)>> {
        self.0.iter().map(|&state| {
            let state = usize::from(state);
            (state < KINDS * CLASSES).then_some((state / CLASSES, state % CLASSES))
        })
    }
}

fn windows(score: &Score<'_>) -> Vec<Window> {
    let scale = quarters_per_tick(score);
    let quarters = f64::from(score.end) * scale;
    let scale = scale / WINDOW.max(quarters / MOST_WINDOWS as f64);
    let count = (f64::from(score.end) * scale).ceil().clamp(1.0, MOST_WINDOWS as f64) as usize;
    let silence = Window { presence: [0.0; CLASSES], bass: NO_PITCH, lowest: NO_PITCH };
    let mut windows = vec![silence; count];
    for note in score.notes.iter().filter(|note| !note.is_drum()) {
        let start = f64::from(note.start) * scale;
        let end = (f64::from(note.end) * scale).clamp(start + SHORTEST, start + LONGEST);
        let first = (start as u32 as usize).min(count - 1);
        let class = usize::from(note.pitch) % CLASSES;
        let (mut from, mut left) = (start - first as f64, end - start);
        for window in &mut windows[first..] {
            let share = left.min(1.0 - from) as f32;
            window.presence[class] += share;
            window.lowest = window.lowest.min(note.pitch);
            if share >= BASS_SHARE {
                window.bass = window.bass.min(note.pitch);
            }
            left -= 1.0 - from;
            if left <= 0.0 {
                break;
            }
            from = 0.0;
        }
    }
    windows
}

/// How well each chord fits a window.
fn evidence(window: &Window) -> [f32; STATES] {
    let bass = if window.bass == NO_PITCH { window.lowest } else { window.bass };
    if bass == NO_PITCH {
        return [0.0; STATES];
    }
    let mut sounding = [(0, 0.0); CLASSES];
    let mut count = 0;
    for (class, &presence) in window.presence.iter().enumerate() {
        if presence > 0.0 {
            sounding[count] = (class, if presence < 1.0 { presence } else { 1.0 });
            count += 1;
        }
    }
    let mut evidence = OF_BASS[usize::from(bass) % CLASSES];
    // Blocks of states whose sums a processor holds in registers.
    for (block, sums) in evidence.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        for &(class, presence) in &sounding[..count] {
            let row = &OF_CLASS[class].as_chunks::<BLOCK>().0[block];
            sums.iter_mut().zip(row).for_each(|(sum, fit)| *sum += presence * fit);
        }
    }
    evidence
}

/// How well each pitch class fits each chord.
static OF_CLASS: [[f32; STATES]; CLASSES] = {
    let mut table = [[0.0; STATES]; CLASSES];
    let mut index = 0;
    while index < KINDS * CLASSES * CLASSES {
        let (state, above) = (index / CLASSES, index % CLASSES);
        table[(state + above) % CLASSES][state] = TEMPLATES[state / CLASSES][above];
        index += 1;
    }
    table
};

/// What each bass and the kind give to each chord.
static OF_BASS: [[f32; STATES]; CLASSES] = {
    let mut table = [[0.0; STATES]; CLASSES];
    let mut index = 0;
    while index < KINDS * CLASSES * CLASSES {
        let (state, bass) = (index / CLASSES, index % CLASSES);
        let root = if state % CLASSES == bass { ROOT_BASS } else { 0.0 };
        table[bass][state] = PRIORS[state / CLASSES] + root;
        index += 1;
    }
    table
};

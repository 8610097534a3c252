//! The chords that a piece passes through, as far as its key needs them: a quarter note at a time.
//!
//! The best path through chords of which each has a template (Fujishima 1999; as a hidden Markov model
//! Sheh & Ellis 2003). Chords are found better, and with the key in mind, in
//! [`chords`](crate::analysis::chords); here they are evidence for the key, so they must not depend on it.
//!
//! Evidence is counted in whole numbers of 16 bits, eight of which a processor adds at once: times in
//! [`PARTS`] of a window, and how well a tone fits a chord in twentieths. Sums over twelve classes, and the
//! differences of paths, stay far below 2^15.

use super::layout::CLASSES;
use super::viterbi::Lattice;
use super::windows::{PARTS, Window};

/// Kinds of chord, in the order of [`TEMPLATES`].
pub(super) const KINDS: usize = 5;
pub(super) const MINOR: usize = 1;
pub(super) const DOMINANT: usize = 2;
pub(super) const DIMINISHED: usize = 3;
/// Each kind and root is a state; the last ones are no chord.
const STATES: usize = 64;

/// How well each pitch class fits a chord, from the root upwards, in twentieths. Set by hand: tones of the
/// chord about 20, others about as much below 0 as they are foreign to it.
const TEMPLATES: [[i16; CLASSES]; KINDS] = [
    // Major.
    [20, -20, -10, -20, 20, -14, -20, 18, -20, -10, -10, -6],
    // Minor.
    [20, -20, -10, 20, -20, -12, -20, 18, -18, -14, -4, -14],
    // Dominant seventh, also under the lowered third of the blues.
    [20, -16, -8, -8, 18, -16, -18, 12, -18, -8, 16, -20],
    // Diminished.
    [20, -20, -18, 20, -20, -16, 20, -20, -10, 2, 2, -20],
    // Without a third: fifths, suspensions.
    [20, -20, 2, -20, -20, 2, -20, 18, -20, 2, 2, -16],
];
/// What each kind has beforehand, in twentieths, as major and minor are more common.
const PRIORS: [i16; KINDS] = [2, 2, -3, -7, -9];
/// What a bass that is the root adds, in twentieths.
const ROOT_BASS: i16 = 12;
/// What a change of chord costs, in twentieths.
const CHANGE_COST: i16 = 24;
/// The chord of each window.
pub(super) struct Harmony(Vec<u8>);

impl Harmony {
    pub(super) fn of(windows: &[Window]) -> Self {
        let mut lattice = Lattice::<i16, STATES>::new(whole(CHANGE_COST), windows.len());
        for window in windows {
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

/// How well each chord fits a window.
fn evidence(window: &Window) -> [i16; STATES] {
    let Some(bass) = window.bass() else { return [0; STATES] };
    let mut evidence = OF_BASS[bass];
    for (presence, fits) in window.presence.iter().zip(&OF_CLASS) {
        if *presence > 0 {
            let presence = (*presence).min(PARTS) as i16;
            evidence.iter_mut().zip(fits).for_each(|(sum, fit)| *sum += presence * fit);
        }
    }
    evidence
}

/// What a tone that sounds throughout a window is worth where it fits by so many twentieths.
const fn whole(twentieths: i16) -> i16 {
    twentieths * PARTS as i16
}

/// How well each pitch class fits each chord.
static OF_CLASS: [[i16; STATES]; CLASSES] = {
    let mut table = [[0; STATES]; CLASSES];
    let mut index = 0;
    while index < KINDS * CLASSES * CLASSES {
        let (state, above) = (index / CLASSES, index % CLASSES);
        table[(state + above) % CLASSES][state] = TEMPLATES[state / CLASSES][above];
        index += 1;
    }
    table
};

/// What each bass and the kind give to each chord.
static OF_BASS: [[i16; STATES]; CLASSES] = {
    let mut table = [[0; STATES]; CLASSES];
    let mut index = 0;
    while index < KINDS * CLASSES * CLASSES {
        let (state, bass) = (index / CLASSES, index % CLASSES);
        let root = if state % CLASSES == bass { ROOT_BASS } else { 0 };
        table[bass][state] = whole(PRIORS[state / CLASSES] + root);
        index += 1;
    }
    table
};

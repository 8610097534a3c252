//! Kinds of chords, by which pitch classes sound together, in any inversion.

/// Bins of the Chord Type Histogram.
pub(crate) const CHORD_TYPES: usize = 11;
pub(crate) const PARTIAL: usize = 0;
pub(crate) const MINOR: usize = 1;
pub(crate) const MAJOR: usize = 2;
pub(crate) const DIMINISHED: usize = 3;
pub(crate) const AUGMENTED: usize = 4;
pub(crate) const OTHER_TRIAD: usize = 5;
pub(crate) const MINOR_SEVENTH: usize = 6;
pub(crate) const DOMINANT_SEVENTH: usize = 7;
pub(crate) const MAJOR_SEVENTH: usize = 8;
pub(crate) const OTHER_FOUR: usize = 9;
pub(crate) const COMPLEX: usize = 10;

/// Pitch classes above the root, one bit each, and what they make.
const SHAPES: [(u16, usize); 7] = [
    (0b0000_1000_1001, MINOR),
    (0b0000_1001_0001, MAJOR),
    (0b0000_0100_1001, DIMINISHED),
    (0b0001_0001_0001, AUGMENTED),
    (0b0100_1000_1001, MINOR_SEVENTH),
    (0b0100_1001_0001, DOMINANT_SEVENTH),
    (0b1000_1001_0001, MAJOR_SEVENTH),
];

const NONE: u8 = u8::MAX;
const CLASSES: usize = 12;

/// For each set of pitch classes (one bit each) its kind of chord.
static KINDS: [u8; 1 << CLASSES] = {
    let mut kinds = [NONE; 1 << CLASSES];
    let mut classes = 0;
    while classes < kinds.len() {
        kinds[classes] = match classes.count_ones() {
            0 | 1 => NONE,
            2 => PARTIAL as u8,
            3 => OTHER_TRIAD as u8,
            4 => OTHER_FOUR as u8,
            _ => COMPLEX as u8,
        };
        classes += 1;
    }
    let mut root = 0;
    while root < CLASSES {
        let mut index = 0;
        while index < SHAPES.len() {
            let (shape, kind) = SHAPES[index];
            let classes = (shape << root | shape >> (CLASSES - root)) & 0xfff;
            kinds[classes as usize] = kind as u8;
            index += 1;
        }
        root += 1;
    }
    kinds
};

/// The kind of chord that pitch classes (one bit each) make; `None` of fewer than two.
pub(crate) fn chord_type(classes: u16) -> Option<usize> {
    Some(KINDS[usize::from(classes & 0xfff)]).filter(|&kind| kind != NONE).map(usize::from)
}

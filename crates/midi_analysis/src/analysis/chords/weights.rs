//! What the decoder knows of chords: how each family of chords sounds, and when harmony changes.
//!
//! Learned as a conditional random field (Lafferty, McCallum & Pereira 2001) by gradient on the
//! annotated development pieces of four kinds: pop songs played on a piano, folk tunes with chords,
//! classical scores with human analyses, and constructed progressions, each kind weighing about the
//! same; penalised by half the sum of squares. One weight serves all twelve roots. Held-out pieces
//! of the same kinds score within one hundredth of those learned from.
//!
//! Rows are the families in the order of [`Family`](super::quality::Family); columns are semitones
//! above the root (above the tonic in [`DEGREE`]).

/// Major, minor, diminished, augmented, suspended second, suspended fourth.
pub(super) const FAMILIES: usize = 6;

/// By family and by semitones above the root.
pub(super) type Table = [[f32; 12]; FAMILIES];

/// For a pitch class that sounds all through a segment of half a second.
#[rustfmt::skip]
pub(super) const PRESENCE: Table = [
    [2.03, -0.55, -0.18, -1.37, 1.93, -0.44, -0.19, 1.78, -0.81, -0.20, 0.87, -0.09],
    [2.06, -0.79, 0.04, 1.96, -1.94, -0.06, -0.72, 1.66, -0.61, -0.85, 0.00, -1.02],
    [2.28, -0.14, -1.41, 1.83, -0.73, -0.41, 2.24, -1.31, -0.30, 0.79, 0.21, -1.40],
    [2.11, -0.86, -0.37, -1.01, 2.08, -0.71, -0.68, -1.07, 2.54, -0.49, 0.53, -0.72],
    [1.74, -0.94, 1.98, -1.24, -0.80, -1.13, -1.05, 2.73, -1.21, -1.06, -1.00, -1.37],
    [2.01, -0.92, -0.76, -1.25, -1.49, 2.36, -0.92, 2.89, -1.23, -0.90, -0.62, -1.34],
];

/// For the pitch class of the bass, the family's own likelihood included.
#[rustfmt::skip]
pub(super) const BASS: Table = [
    [2.40, 0.84, 1.30, 1.48, 2.06, 1.86, 1.75, 1.86, 0.90, 0.66, 1.72, 1.64],
    [2.20, 0.41, 1.26, 1.66, 0.52, 0.83, 0.97, 1.72, 0.40, 0.45, 1.37, 1.01],
    [1.31, 1.45, 0.36, 1.00, 0.98, 0.80, 0.78, 0.42, 0.14, 0.92, 0.83, 0.35],
    [-0.17, -1.32, -1.02, -1.30, -0.54, -1.27, -1.36, -1.39, -1.06, -1.37, -1.21, -1.22],
    [1.33, -1.10, -0.28, -1.04, -1.02, -1.08, -1.07, -1.07, -1.13, -1.16, -1.18, -1.13],
    [0.89, -1.61, -1.61, -1.73, -1.65, -1.44, -1.64, -1.89, -1.72, -1.78, -1.70, -1.60],
];

/// For a root's degree in a major key, then in a minor one.
#[rustfmt::skip]
pub(super) const DEGREE: [Table; 2] = [
    [
        [0.81, -1.05, 0.68, -0.39, 0.34, 0.65, -0.64, 0.93, -0.30, 0.49, -0.11, -0.46],
        [0.35, -0.84, 1.09, -0.43, 0.70, 0.23, -0.67, 0.35, -0.53, 0.98, -0.24, 0.09],
        [-0.82, 0.49, 0.11, 0.61, -0.05, -1.14, 0.80, -0.68, 0.54, -0.51, -0.46, 0.95],
        [0.50, -0.30, -0.33, -0.32, -0.47, -0.15, -0.30, 0.35, -0.32, -0.36, -0.23, -0.26],
        [1.17, -0.21, -0.21, -0.28, -0.59, 0.33, -0.30, 0.82, -0.23, 0.18, -0.32, -0.37],
        [0.35, -0.26, 0.28, -0.17, 0.36, -0.18, -0.32, 0.77, -0.42, 0.18, -0.30, 0.00],
    ],
    [
        [0.24, -0.13, 0.49, 0.29, -0.27, 0.04, -0.69, 0.89, 0.20, -0.24, 0.36, -0.70],
        [0.80, -0.34, 0.22, -0.27, -0.48, 0.58, -0.21, 0.69, -0.19, -0.28, -0.30, -0.31],
        [0.27, -0.37, 0.81, -0.62, 0.57, -0.67, 0.73, 0.33, -0.83, 0.18, -0.60, 1.08],
        [-0.20, 0.16, -0.22, 0.58, -0.24, 0.08, 0.04, 0.69, 0.39, -0.17, 0.11, -0.08],
        [0.89, -0.23, -0.20, 0.13, -0.20, -0.03, -0.15, -0.56, -0.15, -0.17, 0.07, -0.16],
        [0.20, -0.19, -0.32, -0.28, -0.15, -0.18, -0.12, 0.31, -0.37, -0.18, -0.21, -0.16],
    ],
];

/// Of a change to one other chord: always; for the logarithm of one more than the onsets; where the
/// bass is struck; where it also moves; for the sum of changes in presence; for the logarithm of
/// the time since the last segment began, in half seconds. The first was learned as -6.62 and set
/// by hand: roots of classical scores gain 0.010 by it, the other kinds change by 0.001.
pub(super) const CHANGE: [f32; 6] = [-6.20, 1.75, 0.81, -0.08, 0.31, 0.59];

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

type Table = [[f32; 12]; FAMILIES];

/// For a pitch class that sounds all through a segment of half a second.
#[rustfmt::skip]
pub(super) const PRESENCE: Table = [
    [2.14, -0.43, -0.12, -1.22, 1.97, -0.49, -0.08, 1.76, -0.77, -0.21, 0.87, 0.01],
    [2.08, -0.62, 0.05, 2.02, -1.89, -0.13, -0.80, 1.72, -1.10, -0.69, 0.09, -1.12],
    [2.19, -0.17, -1.05, 1.94, -0.91, -0.27, 2.30, -1.47, -0.22, 0.91, 0.22, -1.32],
    [2.07, -1.02, -0.47, -1.11, 2.03, -0.62, -0.66, -1.20, 2.55, -0.32, 0.50, -0.42],
    [1.81, -0.98, 1.91, -1.07, -0.74, -0.88, -1.16, 2.70, -1.27, -1.23, -1.16, -1.80],
    [2.05, -0.90, -0.92, -1.43, -1.37, 2.52, -1.02, 2.68, -1.24, -0.90, -0.81, -1.31],
];

/// For the pitch class of the bass, the family's own likelihood included.
#[rustfmt::skip]
pub(super) const BASS: Table = [
    [2.23, 0.43, 1.06, 1.05, 1.97, 1.74, 1.49, 1.71, 0.73, 0.44, 1.51, 1.39],
    [2.04, 0.37, 1.07, 1.54, 0.51, 1.01, 1.24, 1.61, 0.80, 0.31, 1.08, 1.19],
    [1.28, 1.03, 0.37, 0.82, 0.99, 0.49, 0.60, 0.15, 0.13, 0.78, 0.79, 0.13],
    [-0.02, -1.33, -0.87, -1.17, -0.69, -1.09, -1.32, -1.35, -0.94, -1.26, -1.21, -1.12],
    [1.32, -1.00, -0.24, -0.82, -0.95, -1.05, -0.95, -0.63, -1.03, -1.10, -1.08, -0.98],
    [0.97, -1.35, -1.42, -1.54, -1.46, -1.08, -1.48, -1.91, -1.57, -1.56, -1.44, -1.34],
];

/// For a root's degree in a major key, then in a minor one.
#[rustfmt::skip]
pub(super) const DEGREE: [Table; 2] = [
    [
        [0.79, -0.97, 0.72, -0.32, 0.31, 0.61, -0.87, 0.95, -0.30, 0.53, -0.20, -0.48],
        [0.60, -0.92, 1.08, -0.59, 0.64, 0.38, -0.90, 0.31, -0.56, 1.00, -0.16, 0.33],
        [-0.68, 0.46, 0.15, 0.74, -0.11, -1.14, 0.90, -0.38, 0.41, -0.14, -0.35, 0.91],
        [0.32, -0.31, -0.40, -0.45, -0.51, -0.29, -0.37, 0.80, -0.34, -0.45, -0.21, -0.30],
        [0.95, -0.23, -0.14, -0.31, -0.63, 0.60, -0.43, 0.63, -0.17, 0.13, -0.36, -0.42],
        [0.32, -0.29, 0.46, -0.10, 0.46, -0.03, -0.37, 0.55, -0.59, 0.08, -0.35, -0.02],
    ],
    [
        [-0.04, -0.15, 0.48, 0.25, -0.10, 0.06, -0.66, 0.83, 0.21, 0.02, 0.25, -0.73],
        [0.77, -0.08, 0.14, -0.23, -0.41, 0.53, -0.08, 0.61, -0.45, -0.56, -0.28, -0.19],
        [0.29, -0.42, 0.75, -0.88, 0.21, -0.29, 0.51, -0.05, -0.97, 0.18, -0.59, 1.07],
        [-0.27, 0.51, -0.26, -0.08, -0.22, 0.31, 0.26, 0.71, 0.53, -0.16, 0.07, 0.17],
        [0.92, -0.18, -0.17, -0.11, -0.17, 0.02, -0.11, -0.53, -0.18, -0.13, 0.47, -0.12],
        [0.31, -0.21, -0.33, -0.10, -0.14, -0.35, -0.10, 0.27, -0.30, -0.16, -0.06, -0.12],
    ],
];

/// Of a change to one other chord: always; for the logarithm of one more than the onsets; where the
/// bass is struck; where it also moves; for the sum of changes in presence; for the logarithm of
/// the time since the last segment began, in half seconds.
pub(super) const CHANGE: [f32; 6] = [-6.90, 1.97, 1.03, -0.23, 0.30, 0.78];

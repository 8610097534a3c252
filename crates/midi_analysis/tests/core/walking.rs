//! Chords without their root, which the bass plays where bars begin, as jazz and bossa nova are played.

use midi_analysis::{Note, Options, Piece, Quality, TimeSignature, Timeline};

const Q: u32 = 480;
const QUARTER_US: u32 = 450_000;
const BAR: u32 = 4 * Q;
/// Chords of a chorus, one a bar: the root above the tonic, the tones of the left hand and those of the walk above
/// the root.
const CHORUS: [(u8, [u8; 4], [u8; 4]); 8] = [
    (2, [3, 7, 10, 14], [0, 3, 7, 6]),
    (7, [10, 14, 16, 21], [0, 4, 7, 6]),
    (0, [4, 7, 11, 14], [0, 4, 7, 11]),
    (9, [10, 13, 16, 19], [0, 7, 10, 6]),
    (2, [3, 7, 10, 14], [0, 3, 7, 6]),
    (7, [10, 14, 16, 21], [0, 2, 4, 6]),
    (0, [4, 7, 9, 14], [0, 4, 7, 9]),
    (0, [4, 7, 11, 14], [0, 7, 4, 2]),
];
/// Notes as ticks from the start of a bar, and how long they sound.
type Rhythm = &'static [(u32, u32)];
/// Rhythms of the left hand.
const COMPING: [Rhythm; 3] =
    [&[(Q, Q * 2 / 3), (3 * Q, Q)], &[(0, 3 * Q / 2), (Q * 5 / 3, 2 * Q)], &[(0, BAR)]];
/// A bass that walks.
const WALK: Rhythm = &[(0, Q), (Q, Q), (2 * Q, Q), (3 * Q, Q)];
/// That of bossa nova: root, fifth, fifth, root.
const BOSSA: Rhythm = &[(0, 3 * Q / 2), (3 * Q / 2, Q / 2), (2 * Q, 3 * Q / 2), (7 * Q / 2, Q / 2)];

/// Two choruses in a key.
fn band(tonic: u8, bass: Rhythm, comping: Rhythm, sings: bool) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut strike = |start, length, pitch| notes.push(Note::new(start, start + length, pitch));
    for (bar, (root, hand, walk)) in (0..).zip(CHORUS.iter().cycle().take(16)) {
        let start = bar * BAR;
        let above = |low: u8, class: u8| low + (class + 120 - low) % 12;
        let low = above(28, tonic + root);
        let steps = if bass == WALK { walk } else { &[0, 7, 7, 0] };
        for (&(at, length), step) in bass.iter().zip(steps) {
            strike(start + at, length, low + step);
        }
        for &(at, length) in comping {
            for tone in hand {
                strike(start + at, length, above(52, tonic + root + tone));
            }
        }
        if sings {
            for (at, tone) in [(Q, 1), (Q * 5 / 3, 2), (2 * Q, 3), (3 * Q, 0)] {
                strike(start + at, Q * 2 / 3, above(67, tonic + root + hand[tone]));
            }
        }
    }
    notes
}

/// The share of the time in which the root is right, and whether the tonic has its seventh.
fn heard(notes: Vec<Note>, tonic: u8) -> (f64, bool) {
    let bar_s = f64::from(QUARTER_US) * 4e-6;
    let timeline =
        Timeline::new(Q as u16).tempo(0, QUARTER_US).time_signature(0, TimeSignature::new(4, 4));
    let piece = Piece::from_notes(notes, &timeline, &Options::default()).expect("possible notes");
    let chords = piece.chords().expect("the piece has notes");
    let mut right_s = 0.0;
    for (bar, (degree, ..)) in (0..16).zip(CHORUS.iter().cycle()) {
        let start_s = f64::from(bar) * bar_s;
        let same = |root: u8| root == (tonic + degree) % 12;
        for span in chords.iter().filter(|span| same(span.chord.root.semitones())) {
            right_s += (span.end_s.min(start_s + bar_s) - span.start_s.max(start_s)).max(0.0);
        }
    }
    let seventh = chords.iter().any(|span| {
        let chord = span.chord;
        chord.root.semitones() == tonic && chord.quality == Quality::MajorSeventh
    });
    (right_s / (16.0 * bar_s), seventh)
}

#[test]
fn the_bass_of_a_bar_carries_chords_without_their_roots() {
    for bass in [WALK, BOSSA] {
        let (mut shares, mut sevenths) = (Vec::new(), 0);
        for tonic in 0..12 {
            for comping in COMPING {
                for sings in [false, true] {
                    let (share, seventh) = heard(band(tonic, bass, comping, sings), tonic);
                    shares.push(share);
                    sevenths += usize::from(seventh);
                }
            }
        }
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        assert!(mean > 0.9, "{mean} of the time");
        assert!(sevenths * 10 >= shares.len() * 9, "{sevenths} major sevenths");
    }
}

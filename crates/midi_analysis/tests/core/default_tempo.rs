//! Tempos and meters that a file declares by default, or wrongly: what is heard decides.

use crate::support::{QUARTER, analyze, meta, placed, read, smf, tempo};
use midi_analysis::{Analysis, TimeSignature};

const TIME_SIGNATURE: u8 = 0x58;
const FOUR_FOUR: [u8; 4] = [4, 2, 24, 8];
const DRUMS: u8 = 9;

/// A song whose beats come at `bpm`, in ticks that last as long as they do at `declared`.
#[derive(Clone, Copy)]
struct Song {
    bpm: f64,
    declared: f64,
    beats_in_bar: u32,
    drums: bool,
    /// Ticks by which a note may be early or late.
    loose: u32,
    /// Where in a beat its second note is.
    second: f64,
}

const SONG: Song =
    Song { bpm: 100.0, declared: 120.0, beats_in_bar: 4, drums: true, loose: 0, second: 0.5 };

impl Song {
    /// The tick of a beat.
    fn tick(self, beat: f64) -> f64 {
        beat * f64::from(QUARTER) * self.declared / self.bpm
    }

    /// A melody in quarters and eighths, a chord a bar, a bass on each beat, and drums.
    fn notes(self) -> Vec<(u32, u32, u8, u8)> {
        let (mut notes, mut dice) = (Vec::new(), 7_u32);
        let mut put = |beat: f64, beats: f64, channel: u8, pitch: u8| {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let off = f64::from((dice >> 16) % (2 * self.loose + 1)) - f64::from(self.loose);
            let start = (self.tick(beat) + off).round().max(0.0);
            notes.push((start as u32, self.tick(beats * 0.9) as u32, channel, pitch));
        };
        let roots = [60_u8, 57, 65, 55, 62, 55, 60, 60];
        for bar in 0..16_u32 {
            let root = roots[bar as usize % roots.len()];
            let from = f64::from(bar * self.beats_in_bar);
            for step in [0, 4, 7] {
                put(from, self.beats_in_bar.into(), 1, root + step);
            }
            for beat in 0..self.beats_in_bar {
                let at = from + f64::from(beat);
                put(at, 1.0, 2, root - if beat == 0 { 24 } else { 17 });
                let pitch = root + [12, 16, 14, 19][(bar + beat) as usize % 4];
                put(at, 0.5, 0, pitch);
                if (bar + beat) % 3 != 2 {
                    put(at + self.second, 0.3, 0, pitch + 2);
                }
                if self.drums {
                    put(at, 0.2, DRUMS, if beat % 2 == 0 { 36 } else { 38 });
                    put(at, 0.2, DRUMS, 42);
                    put(at + self.second, 0.2, DRUMS, 42);
                }
            }
        }
        notes.sort_unstable();
        notes
    }

    /// The file, with `head` before its notes.
    fn file(self, head: &[Vec<u8>]) -> Vec<u8> {
        smf(0, &[[head.concat(), placed(&self.notes())].concat()])
    }

    fn heard(self) -> Analysis {
        analyze(&self.file(&[tempo(0, self.declared)]))
    }
}

fn assert_bpm(song: &Analysis, bpm: f64) {
    let found = song.rhythm.bpm.expect("there are beats");
    assert!((found / bpm - 1.0).abs() < 0.02, "{found} for {bpm}");
}

#[test]
fn music_in_exact_seconds_against_the_default_has_its_own_tempo() {
    for bpm in [70.0, 75.0, 80.0, 90.0, 96.0, 100.0, 108.0, 126.0, 135.0] {
        for declared in [vec![], tempo(0, 120.0)] {
            let file = Song { bpm, ..SONG }.file(&[declared]);
            assert_bpm(&analyze(&file), bpm);
        }
    }
}

#[test]
fn its_beats_are_exact() {
    let song = Song { bpm: 90.0, ..SONG };
    let beats: Vec<f64> =
        read(&song.file(&[])).beats().expect("beats").map(|beat| beat.start_s).collect();
    assert_eq!(beats.len(), 64);
    let off = |(index, second): (usize, &f64)| (second - index as f64 * 60.0 / 90.0).abs();
    assert!(beats.iter().enumerate().map(off).all(|off| off < 0.005));
}

#[test]
fn music_at_the_default_tempo_keeps_it() {
    for drums in [true, false] {
        let song = Song { bpm: 120.0, drums, ..SONG }.heard();
        assert_eq!(song.rhythm.bpm, Some(120.0));
    }
}

#[test]
fn music_without_drums_is_not_heard_at_half_its_tempo() {
    for bpm in [72.0, 84.0, 93.0, 104.0, 116.0] {
        assert_bpm(&Song { bpm, drums: false, loose: 1, ..SONG }.heard(), bpm);
    }
}

#[test]
fn a_set_tempo_that_exact_notes_do_not_follow_is_not_the_tempo() {
    let song = Song { bpm: 100.0, declared: 161.0, ..SONG }.heard();
    assert_bpm(&song, 100.0);
    assert_eq!(song.tempo.bpm_declared.map(f64::round), Some(161.0));
}

#[test]
fn a_set_tempo_that_notes_drift_away_from_is_not_the_tempo() {
    for (bpm, declared) in [(88.0, 133.0), (76.0, 101.0), (104.0, 156.6), (92.0, 122.0)] {
        assert_bpm(&Song { bpm, declared, ..SONG }.heard(), bpm);
    }
}

#[test]
fn a_set_tempo_in_simple_proportion_to_that_of_the_notes_is_not_the_tempo() {
    for (bpm, declared) in [(80.0, 120.5), (72.0, 108.0), (84.0, 112.0), (112.0, 84.0)] {
        for drums in [true, false] {
            assert_bpm(&Song { bpm, declared, drums, ..SONG }.heard(), bpm);
        }
    }
}

#[test]
fn half_or_double_of_a_tempo_that_nobody_sets_is_the_tempo_or_doubted() {
    for (bpm, declared) in [(66.0, 33.0), (126.0, 252.0), (104.0, 208.0)] {
        for drums in [true, false] {
            let song = Song { bpm, declared, drums, ..SONG }.heard().rhythm;
            let is_right = song.bpm.is_some_and(|found| (found / bpm - 1.0).abs() < 0.02);
            let is_doubted = song.bpm_confidence.is_some_and(|confidence| confidence < 0.7);
            assert!(is_right || is_doubted, "{song:?} for {bpm}");
        }
    }
}

#[test]
fn a_waltz_under_a_default_four_four_is_in_three() {
    for bpm in [100.0, 132.0, 168.0] {
        let song = Song { bpm, declared: bpm, beats_in_bar: 3, ..SONG };
        let file = song.file(&[meta(0, TIME_SIGNATURE, &FOUR_FOUR), tempo(0, bpm)]);
        let meter = analyze(&file).meter;
        assert_eq!(meter.signature, Some(TimeSignature::new(3, 4)), "at {bpm}");
        assert!(!meter.declared);
    }
}

#[test]
fn a_shuffle_is_in_four_and_not_in_twelve() {
    for bpm in [72.0, 84.0, 96.0, 112.0, 138.0] {
        for drums in [true, false] {
            let song = Song { bpm, drums, second: 2.0 / 3.0, ..SONG };
            let heard = analyze(&song.file(&[meta(0, TIME_SIGNATURE, &FOUR_FOUR)]));
            assert_bpm(&heard, bpm);
            assert_eq!(heard.meter.signature, Some(TimeSignature::new(4, 4)), "at {bpm}");
        }
    }
}

#[test]
fn confidence_is_low_where_two_tempos_are_as_good() {
    // Equal notes at equal distances: any of them may be a beat, or every other.
    let file = smf(0, &[placed(&(0..64).map(|n| (n * 29, 20, 0, 60)).collect::<Vec<_>>())]);
    let confidence = analyze(&file).rhythm.bpm_confidence.expect("there are beats");
    assert!(confidence < 0.8, "{confidence}");
    let clear = Song { bpm: 90.0, ..SONG }.heard().rhythm.bpm_confidence.expect("beats");
    assert!(clear > 0.8, "{clear}");
}

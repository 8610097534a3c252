//! Beats and bars of music that is played freely, off any grid.

use crate::support::{analyze, ended, read, smf};
use midi_analysis::{Beat, Note, Options, Piece, TimeSignature, Timeline};
use midi_testkit::smf::bytes::placed;

/// Ticks in a second: 96 ticks in a quarter note, 120 of them a minute.
const SECOND: f64 = 192.0;

/// A file, and where its beats and downbeats are, in seconds.
struct Played {
    file: Vec<u8>,
    beats: Vec<f64>,
    downbeats: Vec<f64>,
}

/// Notes on the beats of bars: (place in the bar in beats, length in beats, pitches).
type Bar = Vec<(f64, f64, Vec<u8>)>;

/// Plays bars of so many beats, of `beat_s` seconds on average: the tempo rises and falls over four bars, the end of
/// each phrase is held back, and no two notes are quite together.
fn play(bars: &[Bar], beats_in_bar: usize, beat_s: f64) -> Played {
    let count = bars.len() * beats_in_bar;
    let phrase = (4 * beats_in_bar) as f64;
    let mut seconds = vec![0.4];
    for beat in 0..count {
        let place = beat as f64 % phrase / phrase * 2.0 - 1.0;
        let uneven = ((beat * 7 % 5) as f64 - 2.0) * 0.012;
        seconds.push(seconds[beat] + beat_s * (1.0 + 0.12 * (place * place - 0.3) + uneven));
    }
    let at = |position: f64| {
        let beat = (position as usize).min(count - 1);
        seconds[beat] + (position - beat as f64) * (seconds[beat + 1] - seconds[beat])
    };
    let mut notes = Vec::new();
    for (number, bar) in bars.iter().enumerate() {
        for (place, length, pitches) in bar {
            let position = (number * beats_in_bar) as f64 + place;
            for (index, pitch) in pitches.iter().enumerate() {
                let late = ((number * 5 + index * 3 + usize::from(*pitch)) % 4) as f64 * 0.005;
                let start = (at(position) + late) * SECOND;
                let ticks = (at(position + length * 0.95) * SECOND - start).max(4.0);
                notes.push((start as u32, ticks as u32, 0, *pitch));
            }
        }
    }
    let downbeats = seconds[..count].iter().copied().step_by(beats_in_bar).collect();
    let file = smf(0, &[ended(&placed(&notes))]);
    Played { file, beats: seconds[..count].to_vec(), downbeats }
}

/// F measure of found times, within 70 ms.
fn f_measure(found: &[f64], right: &[f64]) -> f64 {
    let hits = right.iter().filter(|r| found.iter().any(|f| (*f - **r).abs() <= 0.07)).count();
    2.0 * hits as f64 / (found.len() + right.len()) as f64
}

fn times(beats: &[Beat], only_downbeats: bool) -> Vec<f64> {
    let chosen = beats.iter().filter(|beat| beat.is_downbeat || !only_downbeats);
    chosen.map(|beat| beat.start_s).collect()
}

fn beats_of(played: &Played) -> Vec<Beat> {
    read(&played.file).beats().expect("the file has notes").collect()
}

/// Chords of I, IV, V and I in C, each the root in the bass and three notes above.
fn harmony(bar: usize) -> (u8, Vec<u8>) {
    match bar % 8 {
        0 | 1 | 7 => (36, vec![60, 64, 67]),
        2 | 3 => (41, vec![60, 65, 69]),
        4 => (38, vec![62, 65, 69]),
        5 => (43, vec![62, 67, 71]),
        _ => (45, vec![60, 64, 69]),
    }
}

/// A waltz: the bass on the first beat, chords on the others, and a melody above.
fn waltz(bars: usize) -> Vec<Bar> {
    let bar = |number: usize| {
        let (bass, chord) = harmony(number);
        let top = chord[number % 3] + 12;
        let melody: Bar = match number % 4 {
            3 => vec![(0.0, 3.0, vec![top])],
            1 => vec![(0.0, 1.0, vec![top]), (1.0, 1.0, vec![top + 2]), (2.0, 1.0, vec![top])],
            _ => vec![(0.0, 2.0, vec![top]), (2.0, 0.5, vec![top + 2]), (2.5, 0.5, vec![top + 4])],
        };
        let mut bar = vec![(0.0, 1.0, vec![bass]), (1.0, 0.8, chord.clone()), (2.0, 0.8, chord)];
        bar.extend(melody);
        bar
    };
    (0..bars).map(bar).collect()
}

/// Four quarters: a broken chord in eighths over the bass, and a melody above.
fn song(bars: usize) -> Vec<Bar> {
    let bar = |number: usize| {
        let (bass, chord) = harmony(number);
        let mut bar = vec![(0.0, 2.0, vec![bass]), (2.0, 2.0, vec![bass + 7])];
        let broken = [0, 1, 2, 1, 0, 1, 2, 1].iter().enumerate();
        bar.extend(broken.map(|(slot, tone)| (slot as f64 / 2.0, 0.5, vec![chord[*tone]])));
        let top = chord[number % 3] + 12;
        bar.extend(match number % 4 {
            3 => vec![(0.0, 4.0, vec![top])],
            _ => vec![(0.0, 1.5, vec![top]), (1.5, 0.5, vec![top + 2]), (2.0, 2.0, vec![top + 4])],
        });
        bar
    };
    (0..bars).map(bar).collect()
}

/// Two beats of three eighths: broken chords, and a melody above in quarters and eighths.
fn barcarole(bars: usize) -> Vec<Bar> {
    const EIGHTH: f64 = 1.0 / 3.0;
    let bar = |number: usize| {
        let (bass, chord) = harmony(number);
        let mut bar: Bar = vec![(0.0, EIGHTH, vec![bass]), (1.0, EIGHTH, vec![bass + 12])];
        let broken = [(1, 0), (2, 1), (4, 2), (5, 1)];
        bar.extend(
            broken.map(|(slot, tone)| (f64::from(slot) * EIGHTH, EIGHTH, vec![chord[tone]])),
        );
        let top = chord[number % 3] + 12;
        bar.extend(match number % 4 {
            3 => vec![(0.0, 2.0, vec![top])],
            _ => vec![
                (0.0, 2.0 * EIGHTH, vec![top]),
                (2.0 * EIGHTH, EIGHTH, vec![top + 2]),
                (1.0, 2.0 * EIGHTH, vec![top + 4]),
                (5.0 * EIGHTH, EIGHTH, vec![top + 2]),
            ],
        });
        bar
    };
    (0..bars).map(bar).collect()
}

#[test]
fn a_waltz_played_with_rubato_is_in_three() {
    for beat_s in [0.38, 0.44, 0.5] {
        let played = play(&waltz(24), 3, beat_s);
        let beats = beats_of(&played);
        assert!(f_measure(&times(&beats, false), &played.beats) > 0.9);
        assert!(f_measure(&times(&beats, true), &played.downbeats) > 0.85);
        // Fast bars may be of three eighths.
        let meter = analyze(&played.file).meter.signature;
        assert_eq!(meter.map(|meter| meter.numerator), Some(3));
    }
}

#[test]
fn six_eighths_played_with_rubato_have_beats_of_three() {
    for beat_s in [0.6, 0.7, 0.85] {
        let played = play(&barcarole(24), 2, beat_s);
        let beats = beats_of(&played);
        assert!(f_measure(&times(&beats, false), &played.beats) > 0.9);
        assert!(f_measure(&times(&beats, true), &played.downbeats) > 0.85);
        // Its harmonies stay for two bars, so that it may be in 12/8.
        let meter = analyze(&played.file).meter.signature;
        assert!([6, 12].map(|beats| Some(TimeSignature::new(beats, 8))).contains(&meter));
    }
}

#[test]
fn a_song_played_with_rubato_has_its_bars() {
    for beat_s in [0.46, 0.5, 0.55, 0.58, 0.63, 0.78] {
        let played = play(&song(24), 4, beat_s);
        let beats = beats_of(&played);
        assert!(f_measure(&times(&beats, false), &played.beats) > 0.9);
        assert!(f_measure(&times(&beats, true), &played.downbeats) > 0.85);
        assert_eq!(analyze(&played.file).meter.signature, Some(TimeSignature::new(4, 4)));
    }
}

#[test]
fn an_upbeat_comes_before_the_first_bar() {
    let mut bars = song(17);
    // Only the last beat of the first bar is played.
    let melody = bars[0].pop().map_or(72, |(_, _, pitches)| pitches[0]);
    bars[0] = vec![(3.0, 0.5, vec![melody]), (3.5, 0.5, vec![melody + 2])];
    let played = play(&bars, 4, 0.75);
    let beats = beats_of(&played);
    let heard: Vec<f64> = played.downbeats[1..].to_vec();
    assert!(f_measure(&times(&beats, true), &heard) > 0.85);
}

#[test]
fn the_same_notes_have_the_same_beats() {
    let played = play(&song(12), 4, 0.55);
    assert_eq!(beats_of(&played), beats_of(&played));
}

#[test]
fn beats_are_finite_and_in_order_for_extreme_notes() {
    let together = vec![Note::new(7, u32::MAX - 1, 127); 3_000];
    let apart = (0..40).map(|n| Note::new(n * 100_000_007, n * 100_000_007 + 1, 60)).collect();
    let dense = (0..3_000).map(|n| Note::new(n * 43, n * 43 + 1, (n * 7 % 128) as u8)).collect();
    for notes in [together, apart, dense] {
        let piece = Piece::from_notes(notes, &Timeline::new(480), &Options::default());
        let piece = piece.expect("notes that MIDI has");
        let times = times(&piece.beats().expect("notes").collect::<Vec<_>>(), false);
        assert!(times.windows(2).all(|pair| pair[1] > pair[0]));
        assert!(times.iter().all(|time| time.is_finite()));
    }
}

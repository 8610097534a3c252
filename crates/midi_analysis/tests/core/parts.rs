//! Parts that are spread over channels: their melody is found as that of one part. Voices stay apart.

use crate::support::{QUARTER, analyze, placed, program, read, smf};

const Q: u32 = QUARTER as u32;
const TUNE: [u8; 24] = [
    60, 62, 64, 65, 67, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 64, 60, 67, 65, 64, 62, 59, 60, 60,
];

/// Notes of (start, length, channel, pitch) in quarters.
fn track(notes: &[(u32, u32, u8, u8)]) -> Vec<u8> {
    let in_ticks = |&(start, length, channel, pitch): &(u32, u32, u8, u8)| {
        (start * Q, length * Q, channel, pitch)
    };
    placed(&notes.iter().map(in_ticks).collect::<Vec<_>>())
}

/// The tune, each note on the channel that a rule gives it, by its number and pitch.
fn spread(channel: impl Fn(usize, u8) -> u8) -> Vec<(u32, u32, u8, u8)> {
    let numbered = TUNE.iter().enumerate();
    numbered.map(|(number, &pitch)| (number as u32, 1, channel(number, pitch), pitch)).collect()
}

fn melody(file: &[u8]) -> Vec<u8> {
    read(file).melody().expect("the file has notes").map(|note| note.pitch).collect()
}

/// Channels but that of drums.
fn channel(number: usize) -> u8 {
    let number = (number % 15) as u8;
    if number < 9 { number } else { number + 1 }
}

#[test]
fn pitch_classes_on_channels_of_their_own_are_one_part() {
    let file = smf(0, &[track(&spread(|_, pitch| channel(usize::from(pitch % 12))))]);
    assert_eq!(melody(&file), TUNE);
    let analysis = analyze(&file);
    assert!(analysis.melody_index.ngrams.len() > 5);
}

#[test]
fn notes_that_take_the_next_channel_are_one_part() {
    for channels in [2, 3, 4, 8, 15] {
        let file = smf(0, &[track(&spread(|number, _| channel(number % channels)))]);
        assert_eq!(melody(&file), TUNE, "{channels} channels");
    }
}

#[test]
fn notes_with_free_channels_of_their_own_are_one_part() {
    // A bass note and a chord note below each note of the tune: whichever channel is free.
    let notes: Vec<_> = TUNE
        .iter()
        .enumerate()
        .flat_map(|(number, &pitch)| {
            let start = number as u32;
            let low = [36, 41, 43][number % 3];
            [(start, 1, pitch), (start, 1, low), (start, 1, low + 4)]
        })
        .enumerate()
        .map(|(count, (start, length, pitch))| (start, length, channel(count * 4 % 7), pitch))
        .collect();
    let found = melody(&smf(0, &[track(&notes)]));
    // The last notes repeat one pitch, and may be taken for accompaniment.
    assert!(TUNE.starts_with(&found) && found.len() + 2 >= TUNE.len(), "{found:?}");
}

#[test]
fn the_strings_of_a_guitar_are_one_part() {
    const STRINGS: [u8; 6] = [64, 59, 55, 50, 45, 40];
    let string = |pitch: u8| STRINGS.iter().position(|&open| open <= pitch).unwrap_or(5) as u8;
    let mut notes: Vec<_> = spread(|_, pitch| string(pitch));
    for bar in 0..6 {
        notes.push((4 * bar, 4, 4, 45));
        notes.push((4 * bar + 2, 2, 5, 40));
    }
    let programs: Vec<u8> = (0..6).flat_map(|channel| program(channel, 25)).collect();
    let file = smf(0, &[[programs, track(&notes)].concat()]);
    assert_eq!(melody(&file), TUNE);
}

#[test]
fn a_tune_that_tracks_of_one_instrument_take_turns_in_is_one_part() {
    let notes = spread(|_, pitch| u8::from(pitch < 66));
    let tracks = [0, 1].map(|channel| {
        let own: Vec<_> = notes.iter().copied().filter(|note| note.2 == channel).collect();
        [program(channel, 73), track(&own)].concat()
    });
    assert_eq!(melody(&smf(1, &tracks)), TUNE);
}

#[test]
fn registers_are_one_part() {
    // The tune an octave up, over chords: each note on the channel or in the track of its register.
    let register = |pitch: u8| [76, 71, 67, 57].iter().position(|&low| low <= pitch).unwrap_or(4);
    let up: Vec<u8> = TUNE.iter().map(|&pitch| pitch + 12).collect();
    let mut notes: Vec<_> = (0..).zip(&up).map(|(start, &pitch)| (start, 1, pitch)).collect();
    for start in 0..24 {
        let pitches = if start % 8 < 4 { [48, 52, 55, 60] } else { [43, 50, 53, 59] };
        notes.extend(pitches.map(|pitch| (start, 1, pitch)));
    }
    let notes: Vec<_> = notes
        .into_iter()
        .map(|(start, length, pitch)| (start, length, register(pitch) as u8, pitch))
        .collect();
    let of = |channel: u8| notes.iter().copied().filter(move |note| note.2 == channel);
    let tracks: Vec<Vec<u8>> =
        (0..5).map(|channel| track(&of(channel).collect::<Vec<_>>())).collect();
    for file in [smf(0, &[track(&notes)]), smf(1, &tracks)] {
        let found = melody(&file);
        // The last notes repeat one pitch, and may be taken for accompaniment.
        assert!(up.starts_with(&found) && found.len() + 2 >= up.len(), "{found:?}");
    }
}

#[test]
fn voices_of_a_choir_and_hands_stay_apart() {
    let voices = [0_i8, -5, -9, -24];
    let notes: Vec<_> = TUNE
        .iter()
        .enumerate()
        .flat_map(|(number, &pitch)| {
            voices.into_iter().enumerate().map(move |(voice, down)| {
                (number as u32, 1, voice as u8, pitch.saturating_add_signed(down))
            })
        })
        .collect();
    let choir = smf(0, &[track(&notes)]);
    let lines = analyze(&choir).melody_index.lines;
    // The melody and two more lines, of 24 notes each.
    assert!(lines.len() >= 3 * (2 + 24 + 24), "{} bytes", lines.len());
    let rows: Vec<u8> = melody(&choir);
    assert_eq!(rows, TUNE);
}

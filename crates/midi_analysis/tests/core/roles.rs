//! The roles of parts: what each does in a piece, whatever its track is called.

use crate::support::{QUARTER, placed, program, read, smf};
use midi_analysis::{Part, Role};

const Q: u32 = QUARTER as u32;
/// Of A minor, a quarter each, which repeats nothing for eight bars.
const TUNE: [u8; 32] = [
    69, 71, 72, 74, 76, 74, 72, 71, 69, 68, 69, 71, 72, 72, 71, 69, 77, 76, 74, 76, 74, 72, 71, 72,
    71, 69, 68, 71, 69, 69, 69, 69,
];
/// Am F C E, by bar: root, third, fifth.
const CHORDS: [[u8; 3]; 4] = [[57, 60, 64], [53, 57, 60], [60, 64, 67], [52, 56, 59]];

/// Notes of (start, length) in halves of an eighth, on a channel: a sixteenth is 1.
type Sixteenths = Vec<(u32, u32, u8)>;

fn track(channel: u8, instrument: Option<u8>, notes: &[(u32, u32, u8)]) -> Vec<u8> {
    let in_ticks =
        |&(start, length, pitch): &(u32, u32, u8)| (start * Q / 4, length * Q / 4, channel, pitch);
    let declared = instrument.map(|number| program(channel, number)).unwrap_or_default();
    [declared, placed(&notes.iter().map(in_ticks).collect::<Vec<_>>())].concat()
}

fn tune(up: u8) -> Sixteenths {
    (0..).zip(TUNE).map(|(beat, pitch)| (4 * beat, 4, pitch + up)).collect()
}

/// Eight bars, each played with the chord of its place among four.
fn bars(bar: impl Fn(u32, [u8; 3]) -> Sixteenths) -> Sixteenths {
    (0..8)
        .zip(CHORDS.into_iter().cycle())
        .flat_map(|(number, chord)| bar(16 * number, chord))
        .collect()
}

/// Roots and fifths in eighths, two octaves down.
fn bass() -> Sixteenths {
    bars(|start, [root, _, fifth]| {
        let pitches = [root, root, fifth, root, root, fifth, root, root];
        (0..).zip(pitches).map(|(eighth, pitch)| (start + 2 * eighth, 2, pitch - 24)).collect()
    })
}

/// The chords, struck so many times in a bar.
fn chords(times: u32) -> Sixteenths {
    let length = 16 / times;
    bars(|start, chord| {
        let strike = |time| chord.map(|pitch| (start + length * time, length, pitch));
        (0..times).flat_map(strike).collect()
    })
}

/// The chords, one note after the other in eighths.
fn broken() -> Sixteenths {
    bars(|start, [root, third, fifth]| {
        let pitches = [root, fifth, root + 12, third + 12, fifth, root + 12, fifth, third];
        (0..).zip(pitches).map(|(eighth, pitch)| (start + 2 * eighth, 2, pitch)).collect()
    })
}

fn beat(low: u8, high: u8) -> Sixteenths {
    (0..64).map(|eighth| (2 * eighth, 1, if eighth % 4 == 0 { low } else { high })).collect()
}

fn parts(tracks: &[Vec<u8>]) -> Vec<Part> {
    read(&smf(1, tracks)).parts().expect("the file has notes")
}

fn roles(tracks: &[Vec<u8>]) -> Vec<Role> {
    parts(tracks).iter().map(|part| part.role).collect()
}

#[test]
fn each_part_of_a_song_has_its_role() {
    let song = [
        track(0, Some(65), &tune(0)),
        track(1, Some(0), &chords(4)),
        track(2, Some(33), &bass()),
        track(3, Some(89), &chords(1)),
        track(4, Some(24), &broken()),
        track(9, None, &beat(36, 42)),
    ];
    let expected = [Role::Melody, Role::Chords, Role::Bass, Role::Pad, Role::Arpeggio, Role::Drums];
    assert_eq!(roles(&song), expected);
    let mut reversed = song;
    reversed.reverse();
    assert_eq!(roles(&reversed), expected.into_iter().rev().collect::<Vec<_>>());
}

#[test]
fn a_bass_line_alone_is_a_bass_with_its_key_bars_and_loop() {
    for instrument in [None, Some(0), Some(33), Some(38)] {
        let found = parts(&[track(0, instrument, &bass())]);
        let [part] = &found[..] else { panic!("{found:?}") };
        assert_eq!(part.role, Role::Bass, "{instrument:?}");
        assert_eq!((part.first_bar, part.bars, part.loop_bars), (Some(1), Some(8), Some(4)));
        assert_eq!(part.key.map(|key| key.to_string()).as_deref(), Some("A minor"));
        assert_eq!((part.pitch_min, part.pitch_max, part.polyphony), (Some(28), Some(43), Some(1)));
    }
}

#[test]
fn loops_of_chords_and_broken_chords_have_no_melody() {
    assert_eq!(roles(&[track(0, None, &chords(1))]), [Role::Chords]);
    assert_eq!(roles(&[track(0, Some(50), &chords(1))]), [Role::Pad]);
    assert_eq!(roles(&[track(0, Some(50), &chords(8))]), [Role::Chords]);
    assert_eq!(roles(&[track(0, None, &broken())]), [Role::Arpeggio]);
    assert_eq!(roles(&[track(0, None, &tune(0))]), [Role::Melody]);
}

#[test]
fn a_pianist_alone_has_a_melody() {
    let hands = [tune(12), chords(2)].concat();
    assert_eq!(roles(&[track(0, None, &hands)]), [Role::Melody]);
}

#[test]
fn a_program_is_evidence_and_no_truth() {
    // The tune on a synth bass above a low line on a piano.
    let song =
        [track(0, Some(38), &tune(0)), track(1, Some(0), &bass()), track(2, Some(48), &chords(1))];
    let found = roles(&song);
    assert_ne!(found[0], Role::Bass);
    assert_eq!(found[1], Role::Bass);
    // A pad that strikes chords is none.
    let struck = [track(0, Some(65), &tune(0)), track(1, Some(89), &chords(8))];
    assert_eq!(roles(&struck), [Role::Melody, Role::Chords]);
}

#[test]
fn what_doubles_the_melody_is_melody_and_another_line_is_not() {
    let second: Sixteenths = bars(|start, [_, third, fifth]| {
        let (low, high) = (third + 12, fifth + 12);
        [(0, low), (6, low + 2), (8, high), (13, low + 3)]
            .map(|(place, pitch)| (start + place, 3, pitch - 5))
            .to_vec()
    });
    let song = [
        track(0, Some(73), &tune(0)),
        track(1, Some(68), &tune(12)),
        track(2, Some(71), &second),
        track(3, Some(33), &bass()),
    ];
    assert_eq!(roles(&song), [Role::Melody, Role::Melody, Role::CounterMelody, Role::Bass]);
}

#[test]
fn drums_are_a_kit_or_percussion_and_have_no_pitches() {
    let song = [
        track(0, None, &tune(0)),
        track(9, None, &beat(36, 38)),
        track(9, None, &beat(63, 70)),
        track(1, Some(47), &beat(40, 45)),
        track(2, Some(122), &[(0, 64, 60), (64, 64, 60)]),
    ];
    let found = parts(&song);
    let by_track =
        found.iter().map(|part| (part.track, part.is_drum, part.role)).collect::<Vec<_>>();
    let expected = [
        (0, false, Role::Melody),
        (1, true, Role::Drums),
        (2, true, Role::Percussion),
        (3, false, Role::Percussion),
        (4, false, Role::Effect),
    ];
    assert_eq!(by_track, expected);
    for part in &found[1..3] {
        let unknown = (part.program, part.pitch_min, part.pitch_max, part.polyphony, part.key);
        assert_eq!(unknown, (None, None, None, None, None));
        assert_eq!((part.note_count, part.bars, part.loop_bars), (64, Some(8), Some(1)));
    }
    assert_eq!((found[3].key, found[4].key), (None, None));
}

#[test]
fn parts_are_as_long_as_they_play_and_repeat_for_themselves() {
    let late: Sixteenths =
        chords(2).into_iter().map(|(start, length, pitch)| (start + 64, length, pitch)).collect();
    let found = parts(&[track(0, None, &tune(0)), track(1, None, &late)]);
    let spans: Vec<_> =
        found.iter().map(|part| (part.first_bar, part.bars, part.loop_bars)).collect();
    assert_eq!(spans, [(Some(1), Some(8), None), (Some(5), Some(8), Some(4))]);
}

#[test]
fn channels_of_a_track_are_parts_and_strings_of_a_guitar_are_one() {
    let both = [track(3, Some(33), &bass()), track(1, Some(65), &tune(0))];
    let format_0 = smf(0, &[both.concat()]);
    let found = read(&format_0).parts().expect("the file has notes");
    let by_channel: Vec<_> = found.iter().map(|part| (part.channel, part.role)).collect();
    assert_eq!(by_channel, [(1, Role::Melody), (3, Role::Bass)]);
    let strings: Vec<_> = (0..)
        .zip(broken())
        .map(|(place, (start, length, pitch)): (u8, _)| {
            (start * Q / 4, length * Q / 4, place % 4, pitch)
        })
        .collect();
    let programs: Vec<u8> = (0..4).flat_map(|channel| program(channel, 24)).collect();
    let found = parts(&[[programs, placed(&strings)].concat()]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].role, found[0].note_count), (Role::Arpeggio, 64));
}

#[test]
fn names_of_roles_are_read_in_any_case() {
    for role in Role::ALL {
        assert_eq!(Role::named(&role.to_string().to_uppercase()), Some(role));
    }
    assert_eq!(Role::named("lead"), None);
}

//! Which parts are drums, where the file does not say so.

use midi_analysis::{Analysis, Options, Piece};

use crate::support::{QUARTER, analyze, meta, placed, program, smf};

const SIXTEENTH: u32 = QUARTER as u32 / 4;
const BAR: u32 = 4 * QUARTER as u32;

/// Rows of a step sequencer, each a pitch and a bar of sixteenths, played for some bars.
fn steps(channel: u8, bars: u32, length: u32, rows: &[(u8, &str)]) -> Vec<(u32, u32, u8, u8)> {
    let mut notes = Vec::new();
    for bar in 0..bars {
        for (pitch, row) in rows {
            let hits = row.bytes().zip(0..).filter(|(step, _)| *step == b'x');
            notes.extend(hits.map(|(_, at)| (bar * BAR + at * SIXTEENTH, length, channel, *pitch)));
        }
    }
    notes
}

const ROCK: &[(u8, &str)] =
    &[(36, "x.......x......."), (38, "....x.......x..."), (42, "x.x.x.x.x.x.x.x.")];
const BASS: &[(u8, &str)] = &[(36, "x.x.x.x........."), (43, "........x.x.x.x.")];

fn of(rows: &[(u8, &str)]) -> Analysis {
    analyze(&smf(0, &[placed(&steps(0, 4, 10, rows))]))
}

/// A pattern alone in its file, and whether it is drums.
fn is_drums(rows: &[(u8, &str)]) -> bool {
    of(rows).instruments.has_drums
}

/// A named track beside a bass on another channel, and whether it is drums.
fn is_drums_named(name: &[u8], rows: &[(u8, &str)]) -> bool {
    let named = [meta(0, 0x03, name), placed(&steps(0, 4, 10, rows))].concat();
    let bass = placed(&steps(1, 4, 20, BASS));
    analyze(&smf(1, &[named, bass])).instruments.has_drums
}

/// A line of eighths that repeats, alone in its file.
fn line(pitches: &[u8]) -> Vec<u8> {
    let notes: Vec<_> =
        (0..64).map(|n| (n * 2 * SIXTEENTH, 20, 0, pitches[n as usize % pitches.len()])).collect();
    smf(0, &[placed(&notes)])
}

#[test]
fn a_drum_loop_on_channel_one_is_drums_and_has_no_key() {
    let loops: [&[(u8, &str)]; 6] = [
        ROCK,
        &[(36, "x.x.......xx...."), (38, "....x..x.x..x..x"), (42, "x.x.x.x.x.x.x.x.")],
        &[(36, "x.....x...x....."), (38, "........x......."), (42, "xxx.xxxxx.xxxx.x")],
        &[(36, "x...x...x...x..."), (39, "....x.......x..."), (46, "..x...x...x...x.")],
        &[(35, "x..x....x..x...."), (37, "x..x..x...x.x..."), (44, "x.x.x.x.x.x.x.x.")],
        &[(36, "x.......x......."), (40, "....x.......x..."), (51, "x..x.xx..x.x.xx.")],
    ];
    for rows in loops {
        let piece = of(rows);
        assert!(piece.instruments.has_drums, "{rows:?}");
        assert_eq!((piece.key.estimated, piece.pitch), (None, None), "{rows:?}");
    }
    assert_eq!(of(ROCK).instruments.drum_notes, [36, 38, 42]);
}

#[test]
fn drums_are_heard_at_any_length_of_notes_and_on_any_channel() {
    for length in [0, 1, SIXTEENTH, 2 * SIXTEENTH, QUARTER.into()] {
        let file = smf(0, &[placed(&steps(5, 2, length, ROCK))]);
        assert!(analyze(&file).instruments.has_drums, "{length} ticks");
    }
}

#[test]
fn a_kit_is_heard_beside_a_bass_and_chords_without_names() {
    let chord = |pitch: u8| -> Vec<_> { (0..4).map(|bar| (bar * BAR, BAR, 2, pitch)).collect() };
    let tracks = [steps(0, 4, 10, ROCK), steps(1, 4, 20, BASS)];
    let chords = [chord(60), chord(64), chord(67)].concat();
    for file in [
        smf(1, &[placed(&tracks[0]), placed(&tracks[1]), placed(&chords)]),
        smf(0, &[placed(&[tracks[0].clone(), tracks[1].clone(), chords.clone()].concat())]),
    ] {
        let piece = analyze(&file);
        assert_eq!(piece.instruments.drum_notes, [36, 38, 42]);
        let pitch = piece.pitch.expect("the bass and the chords");
        assert_eq!((pitch.min, pitch.max), (36, 67));
        assert_eq!(piece.key.estimated.map(|key| key.to_string()).as_deref(), Some("C major"));
    }
}

#[test]
fn kick_and_snare_alone_are_drums_on_the_backbeat() {
    let kick = (36, "x.......x.x.....");
    assert!(is_drums(&[kick, (38, "....x.......x...")]));
    assert!(is_drums(&[kick, (39, "....x.......x...")]));
    assert!(!is_drums(&[(36, "x.x...x.x......."), (38, "..........x...x.")]));
}

#[test]
fn kits_an_octave_off_and_the_pads_of_samplers_are_drums() {
    for shift in [-12_i8, 12, 24] {
        let rows: Vec<_> =
            ROCK.iter().map(|(pitch, row)| (pitch.saturating_add_signed(shift), *row)).collect();
        assert!(is_drums(&rows), "{shift} semitones");
    }
    assert!(is_drums(&[
        (36, "x...x...x...x..."),
        (37, "....x.......x..."),
        (38, "x...x.x.x...x.x."),
        (39, "..x...x...x...x."),
    ]));
}

#[test]
fn congas_alone_are_drums() {
    assert!(is_drums(&[
        (62, "x.x.....x.x....."),
        (63, "...xx......xx..."),
        (64, ".......x......xx"),
    ]));
}

#[test]
fn percussion_is_known_by_one_that_keeps_time_and_patterns_across_it() {
    let rows: [&[(u8, &str)]; 6] = [
        &[(36, "x.......x......."), (69, "x.x.x.x.x.x.x.x."), (76, "x..x..x...x.x...")],
        &[
            (62, "...x.......x...."),
            (63, "......x.......x."),
            (64, ".......x.......x"),
            (70, "x.x.x.x.x.x.x.x."),
            (75, "x..x..x...x.x..."),
        ],
        &[(67, "x...x.x...x....."), (68, "..x.....x...x..."), (69, "xxxxxxxxxxxxxxxx")],
        &[(36, "x.......x......."), (44, "....x.......x..."), (51, "x...x..xx...x..x")],
        &[(36, "x...x...x...x..."), (39, "....x.......x..."), (82, "xxxxxxxxxxxxxxxx")],
        &[
            (36, "x.......x......."),
            (56, "x.x.x.x.x.x.x.x."),
            (65, "x...x...x......."),
            (66, "............x.x."),
        ],
    ];
    for rows in rows {
        assert!(is_drums(rows), "{rows:?}");
        assert_eq!(of(rows).key.estimated, None, "{rows:?}");
        // Beside a bass too, but not where it is named for something with pitches.
        assert!(is_drums_named(b"", rows), "{rows:?}");
        assert!(!is_drums_named(b"Marimba", rows), "{rows:?}");
    }
}

#[test]
fn lines_over_a_pedal_and_chords_beside_it_are_no_percussion() {
    let pace = "x.x.x.x.x.x.x.x.";
    let rows: [&[(u8, &str)]; 6] = [
        // The pedal is the bass.
        &[(36, pace), (60, "x.....x........."), (63, "....x.......x..."), (67, "..x.......x.....")],
        // It is none that keeps time.
        &[(36, "x.......x......."), (67, pace), (72, "x..x..x...x.x...")],
        // Chords over it.
        &[(36, "x.......x......."), (69, pace), (72, "x..x..x...x.x..."), (76, "x..x..x...x.x...")],
        // One after the other.
        &[
            (36, "x.x.....x.x....."),
            (39, "...x.......x...."),
            (43, ".....x.......x.."),
            (46, "......x.......x."),
        ],
        // Off the kit.
        &[(34, "x.......x......."), (69, pace), (76, "x..x..x...x.x...")],
        // A tune over it.
        &[
            (36, "x..............."),
            (69, pace),
            (60, "x......."),
            (62, "..x....."),
            (64, "....x..."),
            (65, "......x."),
            (67, "........x......."),
            (71, "..........x....."),
            (72, "............x..."),
        ],
    ];
    for rows in rows {
        assert!(!is_drums(rows), "{rows:?}");
        assert!(!is_drums_named(b"", rows), "{rows:?}");
    }
    let held =
        placed(&steps(0, 4, 2 * u32::from(QUARTER), &[(36, pace), (69, pace), (76, "x..x")]));
    assert!(!analyze(&smf(0, &[held])).instruments.has_drums);
}

#[test]
fn tracks_of_one_piece_of_the_kit_each_are_a_kit_together() {
    let tracks: Vec<_> = ROCK.iter().map(|row| placed(&steps(0, 4, 10, &[*row]))).collect();
    assert_eq!(analyze(&smf(1, &tracks)).instruments.drum_notes, [36, 38, 42]);
}

#[test]
fn basses_ostinatos_and_stabs_on_the_pitches_of_drums_are_not_drums() {
    let lines: [&[u8]; 16] = [
        &[36, 36, 36, 38],
        &[36, 39, 36, 36, 39],
        &[35, 38, 42, 38],
        &[43, 38, 42, 36],
        &[38, 42, 45, 48],
        &[36, 48, 36, 48, 41, 53],
        &[36, 40, 43, 45, 46, 45, 43, 40],
        &[36, 37, 38, 39],
        &[48, 52, 55, 60, 55, 52],
        &[76, 79, 76, 81],
        &[42],
        &[60],
        &[41, 41, 48, 41],
        &[24, 24, 27, 31],
        &[60, 61, 62, 63, 64, 65, 66, 67],
        &[62, 63, 62, 63, 64, 63, 62, 60],
    ];
    for pitches in lines {
        assert!(!analyze(&line(pitches)).instruments.has_drums, "{pitches:?}");
    }
    let stabs = "x.x.x.x.x.x.x.x.";
    assert!(!is_drums(&[(36, stabs), (40, stabs), (46, stabs)]));
    assert!(!is_drums(&[(38, stabs), (42, stabs), (45, stabs)]));
}

#[test]
fn a_declared_instrument_is_not_taken_for_drums() {
    let with = |number: u8| {
        let track = [program(0, number), placed(&steps(0, 4, 10, ROCK))].concat();
        analyze(&smf(0, &[track])).instruments.has_drums
    };
    assert_eq!([0, 33, 47, 114].map(with), [true, false, false, false]);
}

/// Strokes on one tone of no kit's: only a name makes them drums.
const STROKES: &[(u8, &str)] = &[(60, "x.xxx.xxx.xxx.xx"), (61, "......x.......x.")];

#[test]
fn tracks_are_named_for_drums_in_many_languages() {
    let names = [
        "Drums",
        "DrumKit",
        "Drum Set 2",
        "Perc",
        "Batterie",
        "Schlagzeug",
        "Slagwerk",
        "BATERÍA",
        "bateria",
        "Batteria",
        "Percusión",
        "Percussão",
        "Trommeln",
        "Slagverk",
        "Trummor",
        "Ударные",
        "БАРАБАНЫ",
        "Perkusja",
        "Bębny",
        "Dob",
        "Bicí",
        "Τύμπανα",
        "Davul",
        "鼓",
        "爵士鼓",
        "架子鼓",
        "打击乐",
        "ドラム",
        "パーカッション1",
        "드럼",
        "909 kit",
        "EZdrummer",
        "Kick",
        "Snare 2",
        "Hi-Hat",
        "HiHats",
        "Claps",
        "Bass Drum",
        "Cowbell",
        "Shaker",
        "Congas",
    ];
    for name in names {
        assert!(is_drums_named(name.as_bytes(), STROKES), "{name}");
    }
    // The same in encodings of before Unicode: 'Ударные' in Windows-1251, 'ドラム' in Shift_JIS, '鼓' in
    // GBK, '드럼' in EUC-KR, 'Batería' in Latin-1.
    let bytes: [&[u8]; 5] = [
        b"\xd3\xe4\xe0\xf0\xed\xfb\xe5",
        b"\x83\x68\x83\x89\x83\x80",
        b"\xb9\xc4",
        b"\xb5\xe5\xb7\xb3",
        b"Bater\xeda",
    ];
    for name in bytes {
        assert!(is_drums_named(name, STROKES), "{name:x?}");
    }
}

#[test]
fn a_name_alone_does_not_make_drums() {
    let melody: &[(u8, &str)] = &[
        (60, "x.......x......."),
        (62, "..x.......x....."),
        (64, "....x.......x..."),
        (65, "......x.......x."),
        (67, ".......x........"),
    ];
    let others = [
        "Steel Drums",
        "Steelpan",
        "Kettle Drums",
        "Timpani",
        "Drum & Bass lead",
        "Conundrum",
        "Drummer Boy",
        "Heartbeat",
        "Kitchen",
        "Beat",
        "Percussion (Marimba)",
        "Percussion",
        "Tom",
    ];
    for name in others {
        assert!(!is_drums_named(name.as_bytes(), melody), "{name}");
    }
    assert!(!is_drums_named(b"808", &[(36, "x..x..x.........")]));
    assert!(!is_drums_named(b"Rhythm Guitar", &[(40, "x.x.x.x."), (47, "x.x.x.x.")]));
}

#[test]
fn names_of_instruments_count_where_the_track_has_none() {
    for kind in [0x04, 0x08] {
        let track = [meta(0, kind, b"Drum Kit"), placed(&steps(0, 4, 10, STROKES))].concat();
        let file = smf(1, &[track, placed(&steps(1, 4, 20, BASS))]);
        assert!(analyze(&file).instruments.has_drums);
    }
}

#[test]
fn the_name_of_the_file_decides_what_the_notes_leave_open() {
    let one_tone = smf(0, &[placed(&steps(0, 4, 10, &[(60, "x.x.x.x.x.x.x.x.")]))]);
    let has_drums = |file: &[u8], name: &str| {
        let piece = Piece::read(file, &Options::default().name(name)).expect("a MIDI file");
        piece.analysis().expect("notes").instruments.has_drums
    };
    for name in ["Kick 01.mid", "Hi Hat Loop 140.mid", "packs/Shakers/07.mid", "ハイハット.mid"]
    {
        assert!(has_drums(&one_tone, name), "{name}");
    }
    for name in ["", "Lead C 140.mid", "Pluck.mid", "Kickstart.mid", "Drum & Bass/Reese.mid"] {
        assert!(!has_drums(&one_tone, name), "{name}");
    }
    // What is played or said in the file comes first.
    assert!(has_drums(&smf(0, &[placed(&steps(0, 4, 10, ROCK))]), "Piano.mid"));
    assert!(!has_drums(&line(&[60, 62, 64, 65, 67, 69]), "Drums.mid"));
    let beside = smf(
        1,
        &[placed(&steps(0, 4, 10, &[(60, "x.x.x.x.x.x.x.x.")])), placed(&steps(1, 4, 20, BASS))],
    );
    assert!(!has_drums(&beside, "Drums.mid"));
}

#[test]
fn a_piano_piece_that_is_all_on_channel_ten_is_music() {
    let scale = [48, 52, 55, 60, 64, 67, 72, 76, 74, 71, 67, 65, 62, 59, 55, 53];
    let on_ten = |shift: u8| -> Analysis {
        let notes: Vec<_> =
            (0..64).map(|n| (n * 24, 24, 9, scale[n as usize % 16] + shift)).collect();
        analyze(&smf(0, &[placed(&notes)]))
    };
    assert!(!on_ten(0).instruments.has_drums);
    assert!(on_ten(2).key.estimated.is_some());
    // A drummer's busiest kit, a few tones, and anything beside another part stay drums.
    let kit = [36, 38, 42, 46, 49, 51, 41, 43, 45, 47, 48, 50, 53, 55, 57, 59];
    let busy: Vec<_> = (0..64).map(|n| (n * 24, 24, 9, kit[n as usize % 16])).collect();
    assert!(analyze(&smf(0, &[placed(&busy)])).instruments.has_drums);
    let few: Vec<_> = (0..64).map(|n| (n * 24, 24, 9, scale[n as usize % 4])).collect();
    assert!(analyze(&smf(0, &[placed(&few)])).instruments.has_drums);
}

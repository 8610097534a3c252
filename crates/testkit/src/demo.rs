//! The project's own pieces: traditional tunes, long in the public domain, arranged for this project, and two that were
//! written for it. They are what `scripts/try` shows, what the README's queries run on, and the tests' fixtures.

use crate::smf::{QUARTER, Track, file};

/// Every piece: its path below the folder, and its bytes.
pub fn pieces() -> Vec<(&'static str, Vec<u8>)> {
    let ode = ode_to_joy();
    let greensleeves = greensleeves();
    let cut_off = greensleeves[..greensleeves.len() * 2 / 3].to_vec();
    vec![
        ("Ode to Joy.mid", ode.clone()),
        ("Greensleeves.mid", greensleeves),
        ("Frère Jacques.mid", frere_jacques()),
        ("Row, Row, Row Your Boat.kar", row_your_boat()),
        ("Rock Beat.mid", rock_beat()),
        ("Late Train.mid", late_train()),
        ("copies/Ode to Joy (copy).mid", ode),
        ("damaged/Greensleeves, cut off.mid", cut_off),
        ("damaged/shopping list.mid", b"eggs, milk, guitar strings\n".to_vec()),
    ]
}

/// Beethoven, 1824. Piano, D major, 4/4.
fn ode_to_joy() -> Vec<u8> {
    let first = "F#4q F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 |";
    let middle = "E4q E4 F#4 D4 | E4 F#4e G4 F#4q D4 | E4 F#4e G4 F#4q E4 | D4 E4 A3h |";
    let open = format!("{first} F#4q. E4e E4h");
    let close = format!("{first} E4q. D4e D4h");
    let d = "D3+F#3+A3";
    let a = "C#3+E3+A3";
    let e = "B2+E3+G#3";
    let b = "B2+D3+F#3";
    let chords_first = format!("{d}w | {a}w | {b}h {d} |");
    let chords_middle = format!("{a}h {d} | {a} {d} | {a} {b} | {e} {a} |");
    let conductor = Track::new("Ode to Joy", 0)
        .tempo(120)
        .meter(4, 4)
        .key(2, false)
        .meta(0x02, b"Public domain");
    let right = Track::new("Right hand", 0)
        .program(0)
        .play(84, &open)
        .play(84, &close)
        .play(76, middle)
        .play(92, &close);
    let left = Track::new("Left hand", 1)
        .program(0)
        .play(60, &format!("{chords_first} {d}h {a}"))
        .play(60, &format!("{chords_first} {a}h {d}"))
        .play(56, &chords_middle)
        .play(66, &format!("{chords_first} {a}h {d}"));
    file(&[conductor, right, left])
}

/// English, 16th century. Nylon guitar, A minor, 6/8.
fn greensleeves() -> Vec<u8> {
    let verse = "C5q D5e E5e. F5s E5e | D5q B4e G4e. A4s B4e |";
    let half_close = "C5q A4e A4e. G#4s A4e | B4q G#4e E4q";
    let close = "C5e. B4s A4e G#4e. F#4s G#4e | A4h.";
    let chorus = "G5q. G5e. F#5s E5e | D5q B4e G4e. A4s B4e |";
    let (am, c, g, e) = ("A2q E3e A3q.", "C3q G3e C4q.", "G2q D3e G3q.", "E2q B2e E3q.");
    let conductor = Track::new("Greensleeves", 0).tempo(90).meter(6, 8).key(0, true);
    let guitar = Track::new("Guitar", 0)
        .program(24)
        .at(QUARTER * 5 / 2)
        .play(80, "A4e")
        .play(82, &format!("{verse} {half_close} A4e | {verse} {close}"))
        .play(90, &format!("{chorus} {half_close}. | {chorus} {close}"));
    let bass = Track::new("Guitar, bass", 1)
        .program(24)
        .at(QUARTER * 3)
        .play(64, &[am, g, am, e, am, g, "A2q. E2q.", am].join(" "))
        .play(70, &[c, g, am, e, c, g, "A2q. E2q.", am].join(" "));
    file(&[conductor, guitar, bass])
}

/// French, 18th century: a round for four winds, two bars apart, slowing down at the end. F major.
fn frere_jacques() -> Vec<u8> {
    const BAR: u32 = 4 * QUARTER;
    let round = |mid: u32| {
        let high = mid + 1;
        format!(
            "F{mid}q G{mid} A{mid} F{mid} | F{mid} G{mid} A{mid} F{mid} | \
             A{mid} Bb{mid} C{high}h | A{mid}q Bb{mid} C{high}h | \
             C{high}e D{high} C{high} Bb{mid} A{mid}q F{mid} | \
             C{high}e D{high} C{high} Bb{mid} A{mid}q F{mid} | \
             F{mid} C{mid} F{mid}h | F{mid}q C{mid} F{mid}h"
        )
    };
    let conductor = Track::new("Frère Jacques", 0)
        .tempo(126)
        .meter(4, 4)
        .key(-1, false)
        .at(13 * BAR)
        .meta(0x06, b"slower")
        .tempo(108)
        .at(14 * BAR - 2 * QUARTER)
        .tempo(84);
    let voices = [("Flute", 73, 5), ("Oboe", 68, 4), ("Clarinet", 71, 4), ("Bassoon", 70, 2)];
    let mut tracks = vec![conductor];
    for (entry, (name, program, octave)) in (0u32..).zip(voices) {
        let fade = (0..8).map(|step| (12 * BAR + step * QUARTER, 100 - 8 * step as u8));
        let voice = Track::new(name, entry as u8)
            .program(program)
            .control(7, 100)
            .control(10, 24 + 26 * entry as u8)
            .at(entry * 2 * BAR)
            .play(88 - 4 * entry as u8, &round(octave));
        tracks.push(fade.fold(voice, |voice, (tick, value)| voice.at(tick).control(11, value)));
    }
    file(&tracks)
}

/// American, 1852. Karaoke in the usual form: the words are text events of a track called Words. C major, 6/8.
fn row_your_boat() -> Vec<u8> {
    let tune = "C4q. C4 | C4q D4e E4q. | E4q D4e E4q F4e | G4h. | \
                C5e C5 C5 G4 G4 G4 | E4 E4 E4 C4 C4 C4 | G4q F4e E4q D4e | C4h.";
    let starts = [
        0, 3, 6, 8, 9, 12, 14, 15, 17, 18, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 38,
        39, 41, 42,
    ];
    let syllables = [
        "\\Row, ", "row, ", "row ", "your ", "boat", "/Gent", "ly ", "down ", "the ", "stream",
        "/Mer", "ri", "ly, ", "mer", "ri", "ly, ", "mer", "ri", "ly, ", "mer", "ri", "ly",
        "/Life ", "is ", "but ", "a ", "dream",
    ];
    let conductor = Track::new("Soft karaoke", 0)
        .meta(0x01, b"@KMIDI KARAOKE FILE")
        .tempo(100)
        .meter(6, 8)
        .key(0, false);
    let words = Track::new("Words", 0)
        .meta(0x01, b"@LENGL")
        .meta(0x01, b"@TRow, Row, Row Your Boat")
        .meta(0x01, b"@TTraditional");
    let words = starts.iter().zip(syllables).fold(words, |words, (&eighths, syllable)| {
        words.at(eighths * QUARTER / 2).meta(0x01, syllable.as_bytes())
    });
    let melody = Track::new("Melody", 0).program(21).play(92, tune);
    let (c, g) = ("C3q. E3+G3", "G2q. F3+B3");
    let band = Track::new("Accordion", 1)
        .program(21)
        .play(60, &[c, c, c, c, c, c, g, "C3+E3+G3h."].join(" "));
    file(&[conductor, words, melody, band])
}

/// Written for this project: eight bars of drums with a fill at the end of each four. General MIDI's drum map.
fn rock_beat() -> Vec<u8> {
    const KICK: u8 = 36;
    const SNARE: u8 = 38;
    const HAT: u8 = 42;
    const OPEN_HAT: u8 = 46;
    const CRASH: u8 = 49;
    const FILL: [u8; 8] = [38, 38, 50, 50, 47, 47, 43, 43];
    let eighth = QUARTER / 2;
    let mut hits = Vec::new();
    let mut hit = |tick, pitch, velocity| hits.push((tick, pitch, velocity));
    for bar in 0..8 {
        let start = bar * 4 * QUARTER;
        let fill = bar % 4 == 3;
        for step in 0..if fill { 4 } else { 8 } {
            let tick = start + step * eighth;
            match step {
                0 if bar % 4 == 0 => hit(tick, CRASH, 110),
                7 => hit(tick, OPEN_HAT, 84),
                _ => hit(tick, HAT, if step % 2 == 0 { 88 } else { 66 }),
            }
            match step {
                0 | 3 | 4 => hit(tick, KICK, 104),
                2 | 6 => hit(tick, SNARE, 100),
                _ => {}
            }
        }
        if fill {
            for (step, &drum) in (0..).zip(&FILL) {
                hit(start + 2 * QUARTER + step * QUARTER / 4, drum, 80 + 4 * step as u8);
            }
        }
    }
    let drums = Track::new("Drums", 9).tempo(112).meter(4, 4);
    file(&[hits.into_iter().fold(drums, |drums, (tick, pitch, velocity)| {
        drums.at(tick).note(pitch, velocity, QUARTER / 4)
    })])
}

/// Written for this project: a swung tune on ii V I, for alto saxophone, piano, bass and drums. C major, 4/4.
fn late_train() -> Vec<u8> {
    let conductor = Track::new("Late Train", 0)
        .tempo(132)
        .meter(4, 4)
        .key(0, false)
        .meta(0x06, b"Head")
        .at(16 * QUARTER)
        .meta(0x06, b"Again")
        .at(28 * QUARTER)
        .meta(0x06, b"Ending");
    let head = "rl A4k D5l F5k E5l D5k A4q | B4l D5k F5l E5k D5q B4 | \
                rl G4k C5l E5k D5l C5k G4q | C#5l E5k G5l F5k E5h |";
    let ending = "rl A4k D5l F5k E5l D5k A4q | B4l D5k G5l F5k D5q B4 | C5w | rl G4k E5l D5k C5h";
    let saxophone = Track::new("Alto Sax", 0)
        .program(65)
        .control(1, 20)
        .play(96, head)
        .play(96, ending)
        .at(24 * QUARTER)
        .bend(7_200)
        .at(24 * QUARTER + QUARTER / 2)
        .bend(8_192);
    let [ii, v, i, vi] = ["F3+A3+C4+E4", "F3+A3+B3+D4", "E3+G3+B3+D4", "E3+G3+A3+C#4"];
    let changes = [ii, v, i, vi, ii, v, i, i];
    let mut piano = Track::new("Piano", 1).program(0);
    for (bar, chord) in (0u32..).zip(changes) {
        let start = bar * 4 * QUARTER;
        piano = piano.at(start).control(64, 127).play(64, &format!("rq {chord}l rk rq {chord}q"));
        piano = piano.at(start + 4 * QUARTER - 40).control(64, 0);
    }
    let walk = "D2q F2 A2 Ab2 | G2 B2 D3 Db3 | C2 E2 G2 B2 | A2 G2 E2 Eb2 | \
                D2q F2 A2 Ab2 | G2 B2 D3 Db3 | C2 E2 G2 A2 | C2w";
    let bass = Track::new("Bass", 2).program(32).play(84, walk);
    // On the drum channel D#3 is the ride cymbal, G#2 the hi-hat's pedal.
    let ride = ["D#3q D#3l D#3k D#3q D#3l D#3k"; 8].join(" | ");
    let hat = ["rq G#2 r G#2"; 8].join(" | ");
    let drums = Track::new("Drums", 9).play(70, &ride).at(0).play(60, &hat);
    file(&[conductor, saxophone, piano, bass, drums])
}

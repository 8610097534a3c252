//! Tags of content: from its texts, and from facts about its notes.

use crate::support::{QUARTER, analyze, melody, meta, note, program, smf};

const TEXT: u8 = 1;
const NAME: u8 = 3;
const LYRIC: u8 = 5;
const MARKER: u8 = 6;

fn tags(tracks: &[Vec<u8>]) -> String {
    let file = smf(1, tracks);
    analyze(&file).tags.join(", ")
}

fn named(kind: u8, text: &str) -> String {
    tags(&[meta(0, kind, text.as_bytes()), chord(0)])
}

fn chord(channel: u8) -> Vec<u8> {
    [note(0, channel, 60, QUARTER.into()), note(0, channel, 64, QUARTER.into())]
        .concat()
        .into_iter()
        .chain([0x00, 0x90 | channel, 60, 80, 0x00, 0x90 | channel, 64, 80])
        .chain([0x60, 0x80 | channel, 60, 0, 0x00, 0x80 | channel, 64, 0])
        .collect()
}

#[test]
fn texts_give_the_words_of_the_vocabulary() {
    assert_eq!(named(NAME, "Bossa-Nova Gtr"), "bossa nova, guitar");
    assert_eq!(named(MARKER, "Guitar Solo"), "guitar, solo");
    assert_eq!(named(TEXT, "a ragtime by nobody"), "ragtime");
    assert_eq!(named(NAME, "Population of Baroqueville"), "");
    assert_eq!(named(NAME, "Orgel \u{e9}tude"), "etude, organ");
}

#[test]
fn names_of_song_sections_are_no_tags() {
    assert_eq!(named(MARKER, "Chorus"), "");
    assert_eq!(named(NAME, "Intro"), "");
}

#[test]
fn lyrics_give_no_tags() {
    let sung = [meta(0, LYRIC, b"jazz "), meta(0, TEXT, b"disco"), chord(0)].concat();
    assert_eq!(tags(&[sung]), "lyrics");
    let later = [melody(0, &[60, 62]), meta(0, TEXT, b"disco"), chord(0)].concat();
    assert_eq!(tags(&[later]), "");
}

#[test]
fn karaoke_has_an_accompaniment() {
    let words = meta(0, LYRIC, b"la ");
    let track = |channel, number| [program(channel, number), chord(channel)].concat();
    assert_eq!(tags(&[[words, track(0, 0)].concat(), track(1, 40)]), "karaoke, lyrics");
}

#[test]
fn a_soloist_is_named_by_a_program_change_and_plays_alone() {
    let play = |number, notes: Vec<u8>| [program(0, number), notes].concat();
    assert_eq!(tags(&[play(0, chord(0))]), "solo piano");
    assert_eq!(tags(&[play(25, chord(0))]), "solo guitar");
    assert_eq!(tags(&[play(73, melody(0, &[60, 62]))]), "monophonic, solo flute");
    assert_eq!(tags(&[play(0, melody(0, &[60, 62]))]), "monophonic");
    assert_eq!(tags(&[chord(0)]), "");
    assert_eq!(tags(&[play(0, chord(0)), melody(9, &[36])]), "");
    assert_eq!(tags(&[play(0, chord(0)), [program(1, 40), chord(1)].concat()]), "");
}

#[test]
fn percussion_alone_is_drums_only() {
    assert_eq!(tags(&[melody(9, &[36, 38])]), "drums only");
}

#[test]
fn names_of_general_midi_sounds_are_instruments_and_no_style() {
    let styles = [
        "jazz",
        "rock",
        "new age",
        "soundtrack",
        "warm",
        "calypso",
        "ambient",
        "metal",
        "pop",
        "classical",
        "choral",
        "hit",
    ];
    for number in 0..128 {
        let file = smf(0, &[[program(0, number), chord(0)].concat()]);
        let sound = analyze(&file).instruments.names[0];
        let tags = named(NAME, sound);
        for tag in tags.split(", ") {
            assert!(!styles.contains(&tag), "{sound}: {tags}");
        }
        assert!(number >= 120 || !tags.is_empty(), "{sound}");
    }
}

#[test]
fn very_long_texts_are_read_in_part() {
    let long = meta(0, NAME, &b"jazz ".repeat(200_000));
    assert_eq!(tags(&[[long, chord(0)].concat()]), "jazz");
    let many: Vec<u8> = (0..10_000).flat_map(|_| meta(0, TEXT, b"nothing in particular")).collect();
    assert_eq!(tags(&[[many, meta(0, TEXT, b"jazz"), chord(0)].concat()]), "");
}

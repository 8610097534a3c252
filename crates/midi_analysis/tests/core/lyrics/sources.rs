//! Which texts are words that are sung.

use super::{LYRIC, STEP, TEXT, accompaniment, lyrics, named, sung, sung_bytes};
use crate::support::{analyze, ended, header, meta, smf, track};

const MARKED: [&str; 9] = ["\\Sail ", "a", "way ", "with ", "me", "/o", "ver ", "the ", "sea"];
const RIGHT: &str = "Sail away with me\nover the sea";

#[test]
fn karaoke_without_its_tags_is_recognised() {
    for name in ["", "Words", "LYRICS", "Soft Karaoke", "Track 2"] {
        let track = [named(name), sung(TEXT, 0, STEP, &MARKED)].concat();
        assert_eq!(lyrics(&[track]), RIGHT, "{name}");
    }
    let before = MARKED.map(|text| text.trim()).to_vec();
    let before: Vec<String> = (before.iter().zip(MARKED))
        .scan(false, |ended, (text, whole)| {
            let blank = if *ended && !text.starts_with(['/', '\\']) { " " } else { "" };
            *ended = whole.ends_with(' ');
            Some(format!("{blank}{text}"))
        })
        .collect();
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    assert_eq!(lyrics(&[sung(TEXT, 0, STEP, &before)]), RIGHT);
}

#[test]
fn syllables_at_notes_are_sung_without_any_mark() {
    let quarter = 2 * STEP;
    let texts = ["Sail ", "a", "way ", "with ", "me ", "o", "ver ", "the ", "sea"];
    assert_eq!(lyrics(&[sung(TEXT, 0, quarter, &texts)]), "Sail away with me over the sea");
    let texts = ["Al-", "le", "mei-", "ne", "Ent-", "chen", "schwim-", "men", "auf", "dem", "See"];
    assert_eq!(
        lyrics(&[sung(TEXT, 0, quarter, &texts)]),
        "Alle meine Entchen schwimmen auf dem See"
    );
    let texts = ["は", "る", "が", "き", "た", "ど", "こ", "に", "き", "た"];
    assert_eq!(lyrics(&[sung(TEXT, 0, quarter, &texts)]), "はるがきたどこにきた");
}

#[test]
fn lines_in_a_track_of_words_are_sung() {
    for name in ["Lyrics", "歌詞", "Paroles"] {
        let lines = ["Sail away with me", "over the wide sea", "to the far shore"];
        let track = [named(name), sung(TEXT, 0, 4 * STEP, &lines)].concat();
        assert_eq!(lyrics(&[track]), lines.join("\n"), "{name}");
    }
    let marked = [
        "\\Sail away with me",
        "/over the wide sea",
        "/to the far shore",
        "\\Come home, my love",
        "/before the day",
        "/is done",
    ];
    assert!(lyrics(&[sung(TEXT, 0, 4 * STEP, &marked)]).starts_with("Sail away with me\nover the"));
}

#[test]
fn other_texts_are_not_sung() {
    let quarter = 2 * STEP;
    for texts in [
        &["Am", "F", "C", "G7", "Am", "Dm", "E7", "Am", "C", "G"][..],
        &["C  min_7th    ", "F  min_7th    ", "A# sus4       ", "D# maj        "],
        &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
        &["5 ", "2 ", "1 ", "2 ", "1 ", "5,2 ", "1 ", "2 ", "1 "],
        &["A Section", "A Section", "Bridge", "A Section", "Coda"],
        &["verse ", "chorus ", "verse ", "chorus ", "solo ", "chorus "],
        &[
            "/R  B4",
            "/M 4 . 0 2",
            "/R C5",
            "/M 4 . 0 1",
            "/T 2 2",
            "/T 8 . 1",
            "/T 8. 2",
            "/T 8 . 1",
        ],
        &[
            "*PART SET",
            "(part reverb)",
            "(part chorus)",
            "<Vibrate Rate>",
            "<Attack Time>",
            "<Decay Time>",
            "(volume)",
            "(pan)",
            "<Release Time>",
        ],
        &[
            "Hear a chord at C5!",
            " Hear a chord at D5!",
            " Hear a chord at E5!",
            " Hear a chord at F5!",
            " Hear a chord at G5!",
            " Hear a chord at A5!",
            " Hear a chord at B5!",
            " Thank you!",
        ],
        &["p", "cresc.", "f", "dim.", "p", "rit.", "a tempo", "mf", "f", "ff"],
        &[
            "New Track           ",
            "TRUMPET             ",
            "PIANO               ",
            "DRUMS               ",
        ],
        &[
            "000 Piano",
            "001 Bright Piano",
            "002 Electric Grand",
            "003 Honky-tonk",
            "004 Rhodes",
            "005 Chorus",
        ],
        &["mf ", "cresc ", "f ", "dim ", "p ", "pp ", "rit ", "a tempo ", "fine "],
        &["    ", "    ", "    ", "    ", "    ", "    ", "    ", "    "],
    ] {
        let track = sung(TEXT, quarter, quarter, texts);
        assert_eq!(lyrics(&[track]), "", "{texts:?}");
    }
}

#[test]
fn lines_that_come_with_the_notes_are_sung() {
    let quarter = 2 * STEP;
    for lines in [
        &[
            "We sailed across the ocean",
            "to find a better land",
            "with nothing but a notion",
            "and courage in our hand",
        ][..],
        &["夜空中最亮的星", "能否听清", "那仰望的人", "心底的孤独和叹息"],
        &["La luna se fue a dormir", "el sol quiere salir", "y yo sigo aquí", "pensando en ti"],
    ] {
        assert_eq!(lyrics(&[sung(TEXT, 0, quarter, lines)]), lines.join("\n"));
        let heading = [meta(0, TEXT, b"A Song"), meta(0, TEXT, b"Traditional")].concat();
        let later = [heading, sung(TEXT, 8 * STEP, quarter, lines)].concat();
        assert_eq!(lyrics(&[later]), lines.join("\n"));
        let together = sung(TEXT, 0, 0, lines);
        assert_eq!(lyrics(&[together]), "", "remarks at the start");
    }
}

#[test]
fn lines_that_speak_of_the_file_or_of_how_to_play_are_not_sung() {
    let quarter = 2 * STEP;
    for texts in [
        ["This file was made by somebody", "please send me an e-mail", "use it as you like", "bye"],
        ["poco a poco crescendo", "con molto espressione", "sempre più mosso", "come prima"],
        ["Left hand only here", "Right hand alone now", "both of them together", "to the end"],
        ["Kick Drum", "Snare Drum", "Closed Hat", "Crash Cymbal"],
        [
            "The bend is now a whole tone",
            "and now it is one octave",
            "and now two of them",
            "Thank you",
        ],
        ["The first section begins", "The second section begins", "Now a third one", "The end"],
        ["Set the reverb to hall", "turn the chorus off", "then play it loud", "on a big stage"],
    ] {
        assert_eq!(lyrics(&[sung(TEXT, 0, quarter, &texts)]), "", "{texts:?}");
    }
}

#[test]
fn a_first_line_without_a_mark_is_sung() {
    for (lines, right) in [
        (
            ["Sail away with me today", "/over the shining sea"],
            "Sail away with me today\nover the shining sea",
        ),
        (
            ["아리랑 아리랑 아라리요", "/아리랑 고개로 넘어간다"],
            "아리랑 아리랑 아라리요\n아리랑 고개로 넘어간다",
        ),
    ] {
        for start in [0, 4 * STEP] {
            let words =
                [sung(TEXT, 0, 0, &["@KMIDI KARAOKE FILE"]), sung(TEXT, start, STEP, &lines)];
            assert_eq!(lyrics(&[[named("Words"), words.concat()].concat()]), right);
        }
    }
}

#[test]
fn a_few_syllables_have_to_come_with_the_notes() {
    let texts = ["Sail ", "a", "way ", "with ", "me"];
    assert_eq!(lyrics(&[sung(TEXT, 0, 2 * STEP, &texts)]), "Sail away with me");
    assert_eq!(lyrics(&[sung(TEXT, STEP / 2, 2 * STEP, &texts)]), "");
}

#[test]
fn texts_at_the_start_are_remarks() {
    let remarks = ["Sail ", "a", "way ", "with ", "me ", "o", "ver ", "the ", "sea"];
    assert_eq!(lyrics(&[sung(TEXT, 0, 0, &remarks)]), "", "all at the start");
}

#[test]
fn a_stray_lyric_event_hides_no_karaoke() {
    for stray in
        ["intro", "Vers 1", "(Instrumental)", "A Song of Ours", "(c) 1998 by nobody", "Sail"]
    {
        for tags in [&["@KMIDI KARAOKE FILE", "@TA Song"][..], &[]] {
            let words = [named("Words"), sung(TEXT, 0, 0, tags), sung(TEXT, 0, STEP, &MARKED)];
            let strays = sung(LYRIC, 0, STEP, &[stray]);
            assert_eq!(lyrics(&[words.concat(), strays]), RIGHT, "{stray}");
        }
    }
}

#[test]
fn a_heading_beside_the_words_is_left_out() {
    let words =
        sung(LYRIC, 4 * STEP, STEP, &["Sail ", "a", "way ", "with ", "me ", "o", "ver ", "sea"]);
    for heading in ["Vers 1", "(intro)"] {
        let other = sung(LYRIC, 0, STEP, &[heading]);
        assert_eq!(lyrics(&[other, words.clone()]), "Sail away with me over sea");
    }
}

#[test]
fn notices_are_not_sung() {
    for notice in [
        &["All ", "rights", " re", "served ", "\r"][..],
        &["Generated by NoteWorthy Composer"],
        &["ALL rights reserved. Not for broadcast or ", "\r", "transmission of any kind. ", "\r"],
        &["(c).Midi.Service"],
    ] {
        let words = ["Sail ", "a", "way ", "now"];
        let track = [sung(LYRIC, 0, 0, notice), sung(LYRIC, 4 * STEP, STEP, &words)].concat();
        assert_eq!(lyrics(&[track]), "Sail away now");
        assert_eq!(lyrics(&[sung(LYRIC, 0, 0, notice)]), "");
    }
    let track = [meta(0, LYRIC, b"(c) 1999 nobody"), sung(LYRIC, 0, STEP, &["Sail ", "a", "way"])];
    assert_eq!(lyrics(&[track.concat()]), "Sail away", "a syllable at the time of a notice");
    // The first byte of these words is that of the sign for copyright in Western Europe.
    for (words, encoding) in
        [(["ฉัน", "รัก", "เธอ"], encoding_rs::WINDOWS_874), (["夜", "空", "中"], encoding_rs::BIG5)]
    {
        let texts = words.map(|word| encoding.encode(word).0.into_owned());
        let track = sung_bytes(LYRIC, 0, STEP, texts.iter().map(Vec::as_slice));
        assert_eq!(lyrics(&[track]), words.concat());
    }
}

#[test]
fn remarks_in_a_karaoke_file_are_not_sung() {
    let remarks =
        [named("Piano"), sung(TEXT, 0, 4 * STEP, &["PIUBELLA", "(c) 1996", "Ed. Milano"])];
    let head = sung(TEXT, 0, 0, &["@KMIDI KARAOKE FILE", "@V0100", "@IMade with a program"]);
    let words = [sung(TEXT, 0, 0, &["@LENGL", "@TA Song"]), sung(TEXT, 0, STEP, &MARKED)];
    assert_eq!(lyrics(&[remarks.concat(), head, words.concat()]), RIGHT);
}

#[test]
fn a_heading_before_the_first_mark_is_not_sung() {
    let title =
        [meta(0, LYRIC, b"A Song of Ours"), sung(LYRIC, 8 * STEP, STEP, &["Sail ", "a", "way"])];
    assert_eq!(lyrics(&[title.concat()]), "Sail away");
    for heading in [&["Ed. Milano Publishing"][..], &["A Song", "Somebody"]] {
        let words = [sung(TEXT, 0, 0, heading), sung(TEXT, 8 * STEP, STEP, &MARKED)].concat();
        assert_eq!(lyrics(&[[named("Words"), words].concat()]), RIGHT);
    }
}

#[test]
fn chords_in_a_track_of_their_own_are_not_sung() {
    let chords = sung(LYRIC, 0, STEP, &["C", "Am", "F", "G7", "C", "Am", "F", "G7"]);
    let words = sung(LYRIC, 0, STEP, &["Sail ", "a", "way ", "now"]);
    assert_eq!(lyrics(&[chords.clone(), words]), "Sail away now");
    assert_eq!(lyrics(&[chords]), "");
}

#[test]
fn of_two_sources_the_one_with_the_lines_is_read() {
    let bare =
        sung(LYRIC, 0, STEP, &["Sail", "a-", "way", "with", "me", "o-", "ver", "the", "sea"]);
    let words = [sung(TEXT, 0, 0, &["@KMIDI KARAOKE FILE"]), sung(TEXT, 0, STEP, &MARKED)].concat();
    assert_eq!(lyrics(&[bare, words]), RIGHT);
}

/// The chunks of XF behind a file.
fn xf(tracks: &[Vec<u8>], information: &[u8], karaoke: &[u8]) -> Vec<u8> {
    let chunk = |id: &[u8; 4], events: &[u8]| {
        let mut chunk = track(&ended(events));
        chunk[..4].copy_from_slice(id);
        chunk
    };
    let tracks: Vec<u8> = tracks.iter().flat_map(|events| track(&ended(events))).collect();
    let count = 1 + tracks.len() as u16 / u16::MAX;
    [header(1, count, 96), tracks, chunk(b"XFIH", information), chunk(b"XFKM", karaoke)].concat()
}

#[test]
fn the_words_in_yamaha_s_chunks_are_read() {
    let shift_jis = b"XFln:JP:\x83\x54\x83\x4e\x83\x89:::: :";
    let information = [meta(0, 7, b"$XFhd:"), meta(0, 1, shift_jis)].concat();
    let words: [&[u8]; 4] = [b"Sail^", b"a", b"way", b"/now"];
    let karaoke = [
        meta(0, 7, b"$Lyrc:1:0:JP"),
        meta(0, 7, b"&m"),
        sung_bytes(LYRIC, 0, STEP, words.into_iter()),
    ];
    let file = xf(&[accompaniment()], &information, &karaoke.concat());
    let analysis = analyze(&file);
    assert_eq!(analysis.texts.lyrics.as_deref(), Some("Sail away\nnow"));
    assert_eq!(analysis.texts.title.as_deref(), Some("サクラ"));
    assert_eq!(analysis.file.warnings, [""; 0]);
}

#[test]
fn words_in_both_tracks_and_chunks_come_once() {
    let words = ["Sail^", "a", "way^", "now"];
    let tracks = [[accompaniment(), sung(LYRIC, 0, 0, &words)].concat()];
    let file = xf(&tracks, &meta(0, 7, b"$XFhd:"), &sung(LYRIC, 0, STEP, &words));
    assert_eq!(analyze(&file).texts.lyrics.as_deref(), Some("Sail away now"));
}

#[test]
fn a_karaoke_file_of_one_track_is_read() {
    let tags = sung(TEXT, 0, 0, &["@KMIDI KARAOKE FILE", "@TA Song"]);
    let track = [tags, sung(TEXT, 0, STEP, &MARKED), accompaniment()].concat();
    assert_eq!(analyze(&smf(0, &[track])).texts.lyrics.as_deref(), Some(RIGHT));
}

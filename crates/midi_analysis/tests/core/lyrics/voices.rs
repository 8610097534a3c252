//! Several voices: once, or one after the other.

use super::{LYRIC, STEP, TEXT, lyrics, named, sung};
use crate::support::{analyze, meta, note, smf};

const LINE: [&str; 6] = ["Sail ", "a", "way ", "with ", "me ", "now"];
const OTHER: [&str; 6] = ["Far ", "from ", "home ", "we ", "wan", "der"];

#[test]
fn a_choir_s_words_come_once() {
    let voice = |name| [named(name), sung(LYRIC, 0, STEP, &LINE)].concat();
    let choir = ["Soprano", "Alto", "Tenor", "Bass"].map(voice);
    assert_eq!(lyrics(&choir), "Sail away with me now");
}

#[test]
fn a_choir_in_one_track_sings_once() {
    let word = |text: &&str| {
        let first = [meta(STEP, LYRIC, text.as_bytes()), meta(0, LYRIC, text.as_bytes())];
        [first.concat(), meta(0, LYRIC, text.as_bytes()), note(0, 0, 60, 10)].concat()
    };
    let track: Vec<u8> = LINE.iter().flat_map(word).collect();
    let file = smf(0, &[track]);
    assert_eq!(analyze(&file).texts.lyrics.as_deref(), Some("Sail away with me now"));
}

#[test]
fn an_echo_of_a_few_ticks_is_the_same_voice() {
    assert_eq!(
        lyrics(&[sung(LYRIC, 0, STEP, &LINE), sung(LYRIC, 2, STEP, &LINE)]),
        "Sail away with me now"
    );
    let echoed = |text: &&str| {
        [meta(STEP - 2, LYRIC, text.as_bytes()), meta(2, LYRIC, text.as_bytes())].concat()
    };
    let track: Vec<u8> = LINE.iter().flat_map(echoed).collect();
    assert_eq!(lyrics(&[track]), "Sail away with me now");
}

#[test]
fn the_same_words_differently_divided_come_once() {
    let hyphenated = sung(LYRIC, 0, STEP, &["Sail", "a-", "way", "with", "me", "now"]);
    let lines = [named("Words"), sung(TEXT, 0, 2 * STEP, &["\\Sail away ", "with me ", "now"])];
    let both = lyrics(&[hyphenated, lines.concat()]);
    assert_eq!(both, "Sail away with me now");
}

#[test]
fn a_canon_s_words_come_once() {
    let voices = [0, 4, 8].map(|bars| sung(LYRIC, bars * STEP, STEP, &LINE));
    assert_eq!(lyrics(&voices), "Sail away with me now");
}

#[test]
fn verses_sung_at_the_same_time_come_one_after_the_other() {
    let verses = [sung(LYRIC, 0, STEP, &LINE), sung(LYRIC, 0, STEP, &OTHER)];
    assert_eq!(lyrics(&verses), "Sail away with me now\n\nFar from home we wander");
    let bare = |texts: &[&str]| {
        let texts: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
        sung(LYRIC, 0, STEP, &texts)
    };
    let bare = lyrics(&[bare(&LINE), bare(&OTHER)]);
    assert_eq!(bare, "Sail a way with me now\n\nFar from home we wan der");
}

#[test]
fn verses_under_each_other_in_one_track_come_one_after_the_other() {
    let pairs = LINE.iter().zip(OTHER);
    let both = |(first, second): (&&str, &str)| {
        [meta(STEP, LYRIC, first.as_bytes()), meta(0, LYRIC, second.as_bytes())].concat()
    };
    let track: Vec<u8> = pairs.flat_map(both).collect();
    assert_eq!(lyrics(&[track]), "Sail away with me now\n\nFar from home we wander");
}

#[test]
fn verses_as_the_lines_of_each_text_come_one_after_the_other() {
    let stacked = ["1. Das\n2. Vom", "Wan\nWas", "dern\nser", "ist\nha", "des\nben", "Lust\nwir's"];
    assert_eq!(
        lyrics(&[sung(LYRIC, 0, STEP, &stacked)]),
        "1. Das Wan dern ist des Lust\n\n2. Vom Was ser ha ben wir's"
    );
}

#[test]
fn singers_who_take_turns_are_read_in_the_order_of_time() {
    let he = [sung(LYRIC, 0, STEP, &["Where ", "are ", "you?"])];
    let she = [sung(LYRIC, 4 * STEP, STEP, &["I ", "am ", "here!"])];
    let again = sung(LYRIC, 8 * STEP, STEP, &["Come ", "to ", "me!"]);
    let duet = [[he.concat(), again].concat(), she.concat()];
    assert_eq!(lyrics(&duet), "Where are you?\nI am here!\nCome to me!");
}

#[test]
fn verses_in_tracks_of_their_own_follow_each_other() {
    let second = sung(LYRIC, 20 * STEP, STEP, &OTHER);
    let verses = lyrics(&[second, sung(LYRIC, 0, STEP, &LINE)]);
    assert_eq!(verses, "Sail away with me now\nFar from home we wander");
}

#[test]
fn what_a_choir_sings_beside_the_soloist_comes_after() {
    let aah = sung(LYRIC, STEP / 2, STEP, &["Ooh ", "dream ", "on ", "my ", "dear"]);
    assert_eq!(
        lyrics(&[sung(LYRIC, 0, STEP, &LINE), aah]),
        "Sail away with me now\n\nOoh dream on my dear"
    );
}

#[test]
fn words_that_return_are_kept() {
    let again = [&LINE[..5], &["now "], &OTHER[..], &[" "], &LINE[..]].concat();
    let words = lyrics(&[sung(LYRIC, 0, STEP, &again)]);
    assert_eq!(words, "Sail away with me now Far from home we wander Sail away with me now");
}

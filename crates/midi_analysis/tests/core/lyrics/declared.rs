//! Title, artist and language, as a file declares them.

use super::{LYRIC, STEP, TEXT, sung, sung_bytes, texts};

#[test]
fn soft_karaoke_names_title_and_artist_in_this_order() {
    let tags =
        ["@KMIDI KARAOKE FILE", "@LITAL", "@TCose della vita", "@TBy Somebody", "@TA remark"];
    let track = [sung(TEXT, 0, 0, &tags), sung(TEXT, 0, STEP, &["\\So", "no ", "qui"])].concat();
    let texts = texts(&[track]);
    assert_eq!(texts.title.as_deref(), Some("Cose della vita"));
    assert_eq!(texts.artist.as_deref(), Some("Somebody"));
    assert_eq!(texts.lyrics_language, Some("it"));
}

#[test]
fn tags_of_rp_026_name_them_too() {
    let tags = "{@JP}{#Title= Beautiful Song}{#Composer= Tom Smith}{#ARTIST=Eric Wilson {#}";
    let words: [&[u8]; 3] = [tags.as_bytes(), b"\x82\xcd", b"\x82\xe9"];
    let texts = texts(&[sung_bytes(LYRIC, 0, STEP, words.into_iter())]);
    assert_eq!(texts.title.as_deref(), Some("Beautiful Song"));
    assert_eq!(texts.artist.as_deref(), Some("Eric Wilson"));
    assert_eq!((texts.lyrics_language, texts.lyrics.as_deref()), (Some("ja"), Some("はる")));
}

#[test]
fn headers_of_yamaha_name_them_too() {
    let head = [
        "XFhd:1998/01/01:GB:Pop:8:1:m:A Composer:A Poet:::The Band:",
        "XFln:L1:A Song:A Composer:::",
    ];
    let texts = texts(&[sung(TEXT, 0, 0, &head)]);
    assert_eq!(
        (texts.title.as_deref(), texts.artist.as_deref()),
        (Some("A Song"), Some("A Composer"))
    );
    assert_eq!((texts.lyrics, texts.lyrics_language), (None, None));
}

#[test]
fn what_only_looks_like_them_is_not_declared() {
    let tags = ["@T", "@Tx", "@Thttp://example.org", "@LENGLISH-FRENCH"];
    let texts = texts(&[sung(TEXT, 0, 0, &tags), sung(LYRIC, 0, STEP, &["{Title=no}", "on"])]);
    assert_eq!((texts.title.as_deref(), texts.artist), (Some("x"), None));
    assert_eq!(texts.lyrics_language, None);
}

#[test]
fn a_language_that_the_letters_contradict_is_none() {
    let words: [&[u8]; 3] = ["\\Во".as_bytes(), "т ".as_bytes(), "и ле".as_bytes()];
    let track =
        [sung(TEXT, 0, 0, &["@KMIDI", "@LENGL"]), sung_bytes(TEXT, 0, STEP, words.into_iter())];
    let texts = texts(&[track.concat()]);
    assert_eq!((texts.lyrics_language, texts.lyrics.as_deref()), (None, Some("Вот и ле")));
}

#[test]
fn long_titles_are_cut() {
    let title = "@T".to_owned() + &"é".repeat(300);
    assert_eq!(texts(&[sung(TEXT, 0, 0, &[&title])]).title, Some("é".repeat(255)));
}

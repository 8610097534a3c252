//! Texts that show their encoding, are damaged, or are in another than the rest of their file.

use super::{LYRIC, TEXT, bytes, encoding, names, sung, with_names, with_sung};
use crate::support::{analyze, meta, note, smf};
use proptest::prelude::*;

fn utf_16(text: &str, is_little: bool) -> Vec<u8> {
    let bytes = |unit: u16| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    text.encode_utf16().flat_map(bytes).collect()
}

fn read_name(bytes: &[u8]) -> String {
    names(&with_names(&[bytes.to_vec()])).concat()
}

#[test]
fn a_byte_order_mark_decides() {
    for text in ["Ciaconna", "Prélude", "Прелюдия", "前奏曲", "🎹 Étude"] {
        let marked = format!("\u{FEFF}{text}");
        let utf_8 = with_names(&[marked.clone().into_bytes()]);
        assert_eq!((names(&utf_8), encoding(&utf_8)), (vec![text.to_owned()], Some("UTF-8")));
        for (is_little, name) in [(true, "UTF-16LE"), (false, "UTF-16BE")] {
            let file = with_names(&[utf_16(&marked, is_little)]);
            assert_eq!((names(&file), encoding(&file)), (vec![text.to_owned()], Some(name)));
        }
    }
}

#[test]
fn a_mark_counts_for_its_text_only() {
    let texts = [utf_16("\u{FEFF}Geige", true), bytes("Flöte", "windows-1252"), "Bläser".into()];
    assert_eq!(names(&with_names(&texts)), ["Geige", "Flöte", "Bläser"]);
}

#[test]
fn letters_of_two_bytes_of_which_one_is_nul_are_utf_16() {
    assert_eq!(read_name(&utf_16("Piano solo", true)), "Piano solo");
    assert_eq!(read_name(&utf_16("Flöte", false)), "Flöte");
    assert_eq!(read_name(b"Piano\0\0\0\0\0"), "Piano");
    assert_eq!(read_name(b"Strings         "), "Strings");
}

#[test]
fn iso_2022_jp_shows_by_its_escapes() {
    let file = with_names(&[b"\x1B$B%T%\"%N\x1B(B 1".to_vec(), b"Bass".to_vec()]);
    assert_eq!(
        (names(&file).concat(), encoding(&file)),
        ("ピアノ 1Bass".into(), Some("ISO-2022-JP"))
    );
}

#[test]
fn ascii_with_control_characters_is_ascii() {
    let file = with_names(&[b"\x01Pia\x1Bno\x7F\0".to_vec()]);
    assert_eq!((names(&file).concat(), encoding(&file)), ("Piano".into(), Some("US-ASCII")));
    assert_eq!(encoding(&smf(0, &[note(0, 0, 60, 96)])), None);
}

#[test]
fn a_name_with_numbers_is_read_as_it_is_without() {
    for name in [
        "Áudio",
        "África",
        "Ásia",
        "Ángel",
        "À la claire fontaine",
        "Flöte",
        "Chœur",
        "Håkan",
        "Violí primer",
        "Solistë",
        "Ônibus",
        "Ürün",
        "Coração",
        "Contrabbasso più",
    ] {
        let numbered: Vec<String> = (1..=16).map(|number| format!("{name} {number}")).collect();
        let file: Vec<_> = numbered.iter().map(|name| bytes(name, "windows-1252")).collect();
        assert_eq!(names(&with_names(&file)), numbered);
    }
}

#[test]
fn exclamations_and_questions_that_are_open_are_read_with_their_marks() {
    for name in
        ["¡Feliz Navidad!", "¡Feliz Navidad", "¿Dónde estás?", "Dime, ¿qué será?", "¡ay, ay!"]
    {
        for encoding in ["windows-1252", "macintosh"] {
            // In Mac OS, marks that nothing closes are letters of Windows.
            if encoding == "macintosh" && !name.ends_with(['!', '?']) {
                continue;
            }
            let file = with_names(&[bytes(name, encoding), bytes("Canción", encoding)]);
            assert_eq!(names(&file), [name, "Canción"], "{encoding}");
        }
    }
}

#[test]
fn names_in_several_encodings_in_one_file_are_each_read_in_its_own() {
    let texts = [
        bytes("Ténor", "windows-1252"),
        "Flûte".into(),
        bytes("Première trompette", "windows-1252"),
        bytes("メロディー", "Shift_JIS"),
        "Basse".into(),
    ];
    let right = ["Ténor", "Flûte", "Première trompette", "メロディー", "Basse"];
    assert_eq!(names(&with_names(&texts)), right);
    assert_eq!(encoding(&with_names(&texts)), Some("windows-1252"));
}

#[test]
fn short_lyrics_are_judged_apart_from_the_names() {
    let lyric = |text: &str| [note(0, 0, 60, 96), meta(0, LYRIC, text.as_bytes())].concat();
    let words = ["Grü", "ße ", "aus ", "Köln"].map(lyric).concat();
    let name = [meta(0, 3, &bytes("Flöte", "windows-1252")), note(0, 0, 60, 96)].concat();
    let file = smf(1, &[name, words]);
    assert_eq!((sung(&file).as_str(), names(&file)), ("Grüße aus Köln", vec!["Flöte".to_owned()]));
}

#[test]
fn half_width_kana_one_by_one_are_kana() {
    for text in ["ﾊﾙｶﾞｷﾀ ﾄﾞｺﾆ ｷﾀ", "ｱﾒｱﾒﾌﾚﾌﾚｶｱｻﾝｶﾞ", "ｻｸﾗｻｸﾗﾔﾖｲﾉｿﾗﾊ"]
    {
        let texts: Vec<_> =
            text.chars().map(|c| bytes(c.encode_utf8(&mut [0; 4]), "Shift_JIS")).collect();
        assert_eq!(sung(&with_sung(LYRIC, &texts)), text);
    }
}

#[test]
fn words_of_two_alphabets_and_letters_of_the_past_are_unlikely() {
    for (name, encoding) in
        [("Łódka", "windows-1250"), ("梁祝", "GBK"), ("ناي", "windows-1256"), ("左手", "Big5")]
    {
        assert_eq!(names(&with_names(&[bytes(name, encoding)])), [name]);
    }
}

#[test]
fn names_in_one_encoding_do_not_change_that_of_the_lyrics() {
    let lyric = |text: &str| [note(0, 0, 60, 96), meta(0, LYRIC, text.as_bytes())].concat();
    let words = ["Où ", "vas-", "tu ", "l'é", "té, ", "ma ", "fo", "rêt ", "do", "rée"].map(lyric);
    let name = |text| [meta(0, 3, &bytes(text, "Shift_JIS")), note(0, 0, 60, 96)].concat();
    let file = smf(1, &[words.concat(), name("主旋律"), name("ピアノ伴奏"), name("ベース")]);
    assert_eq!(sung(&file), "Où vas-tu l'été, ma forêt dorée");
    assert_eq!(names(&file), ["主旋律", "ピアノ伴奏", "ベース"]);
}

#[test]
fn bytes_of_something_else_do_not_change_the_encoding() {
    for junk in
        [&b"\xFF\xFF\xFF\xFF"[..], b"Part \xFF\xFF\xFF B", b"\x01\xFE\x81\x03(", b"\x81\xFF\x8D"]
    {
        let texts = [bytes("【 眠れる夜 】", "Shift_JIS"), junk.to_vec()];
        let file = with_names(&texts);
        assert_eq!(names(&file)[0], "【 眠れる夜 】", "{junk:x?}");
        assert_eq!(encoding(&file), Some("Shift_JIS"));
    }
}

#[test]
fn a_character_that_the_end_of_a_name_cuts_off_is_left_out() {
    let whole = "Première étude, arrangée à l'été";
    for end in 0..whole.len() {
        let read = read_name(&whole.as_bytes()[..end]);
        let kept = (0..=end).rev().find(|&end| whole.is_char_boundary(end)).unwrap_or(0);
        // A first accent that is cut off is known as such only by others in the file.
        if whole[..kept].is_ascii() {
            continue;
        }
        assert_eq!(read, whole[..kept].trim());
    }
    let cut = &bytes("月亮代表我的心", "Big5")[..13];
    assert_eq!(read_name(cut), "月亮代表我的");
}

#[test]
fn utf_8_that_was_written_as_utf_8_again_is_undone() {
    let latin_1 = |text: &str| text.bytes().map(char::from).collect::<String>();
    for text in ["Prélude à l'après-midi", "Für Elise", "Señor", "ピアノ協奏曲", "Ночь"]
    {
        assert_eq!(read_name(latin_1(text).as_bytes()), text);
    }
    let twice = encoding_rs::WINDOWS_1252.decode("Flûte – « été »".as_bytes()).0.into_owned();
    assert_eq!(read_name(twice.as_bytes()), "Flûte – « été »");
    for text in ["São Paulo", "ÂNGELA", "À bientôt", "Ça va"] {
        assert_eq!(read_name(text.as_bytes()), text);
    }
}

#[test]
fn text_that_was_read_in_a_wrong_encoding_and_written_as_utf_8_is_restored() {
    for (text, right, wrong) in [
        ("Песня о любви", "windows-1251", "windows-1252"),
        ("Над рекою встаёт туман", "windows-1251", "windows-1252"),
        ("ピアノ協奏曲 メロディー", "Shift_JIS", "windows-1252"),
        ("月亮升起来了，照着回家的小路", "GBK", "windows-1252"),
        ("月亮升起来了照着回家的小路，你在哪里", "GBK", "Big5"),
    ] {
        let wrong = encoding_rs::Encoding::for_label(wrong.as_bytes()).expect("an encoding");
        let written = wrong.decode_without_bom_handling(&bytes(text, right)).0.into_owned();
        assert_eq!(read_name(written.as_bytes()), text);
    }
    for text in [
        "Åhé Öland",
        "ÉTÉ À LA MER",
        "Ñandú",
        "Ça m’est égal",
        "麥田裡的風",
        "望春風",
        "愛情的故事",
    ] {
        assert_eq!(read_name(text.as_bytes()), text);
    }
}

#[test]
fn signs_do_not_make_a_text_central_european() {
    for text in [
        "Copyright ©1998 by Blue Dog",
        "Copyright © 2001 by J. Smith",
        "©1999 Acme®",
        "Sonata N° 3",
        "Concerto nº 2",
        "«Our Theme» from Something",
        "Don’t stop – live",
        "“Hello” …",
        "It’s 20° outside",
        "Price: 5 €",
        "mƒ",
        "½ speed",
        "Sailor Moon™ Theme",
    ] {
        let file = with_names(&[bytes(text, "windows-1252")]);
        assert_eq!((names(&file).concat(), encoding(&file)), (text.into(), Some("windows-1252")));
    }
}

#[test]
fn frames_and_signs_of_dos_and_of_mac_os_are_read() {
    let dos =
        ["╔════════════╗", "║ INVENTION  ║", "╚════════════╝"].map(|text| bytes(text, "IBM437"));
    assert_eq!(names(&with_names(&dos)), ["╔════════════╗", "║ INVENTION ║", "╚════════════╝"]);
    let mac = ["I - ƒ", "II - mƒ", "Sempre ƒƒƒ"].map(|text| bytes(text, "macintosh"));
    assert_eq!(names(&with_names(&mac)), ["I - ƒ", "II - mƒ", "Sempre ƒƒƒ"]);
}

#[test]
fn vietnamese_is_read_in_its_older_encodings() {
    // By iconv, in VISCII and TCVN.
    let viscii =
        b"Chi\xABu nay gi\xF3 \xF0\xDFa m\xE2y v\xAB, l\xF2ng anh nh\xBE em bi\xAAt m\xA4y";
    let tcvn = b"Chi\xD2u nay gi\xE3 \xAE\xADa m\xA9y v\xD2, l\xDFng anh nh\xED em bi\xD5t m\xCAy";
    let right = "Chiều nay gió đưa mây về, lòng anh nhớ em biết mấy";
    assert_eq!(read_name(viscii), right);
    assert_eq!(read_name(tcvn), right);
}

#[test]
fn accents_written_apart_are_put_on_their_letters() {
    assert_eq!(read_name("Pre\u{301}lude fu\u{308}r".as_bytes()), "Prélude für");
    assert_eq!(read_name("カ\u{3099}ーテ\u{3099}ン".as_bytes()), "ガーデン");
}

#[test]
fn what_a_file_says_of_its_language_decides_where_its_bytes_do_not() {
    // The same bytes are Japanese and Latin.
    let word = bytes("ｶﾅ", "Shift_JIS");
    let file = |tag: &[u8]| with_sung(LYRIC, &[tag.to_vec(), word.clone()]);
    assert!(sung(&file(b"{@JP}")).ends_with("ｶﾅ"));
    assert!(sung(&file(b"{@LATIN}")).ends_with("¶Å"));
    let polish = bytes("Wróć", "windows-1250");
    assert!(sung(&with_sung(TEXT, &[b"@LPOLI".to_vec(), polish])).ends_with("Wróć"));
}

#[test]
fn a_character_split_over_two_events_is_in_the_second() {
    let written = bytes("はる", "Shift_JIS");
    let halves = [&written[..1], &written[1..3], &written[3..], b" a"].map(<[u8]>::to_vec);
    assert_eq!(sung(&with_sung(LYRIC, &halves)), "はる a");
}

/// NUL and the byte order mark.
const UNWANTED: [char; 2] = ['\0', '\u{FEFF}'];

proptest! {
    #[test]
    fn texts_of_any_bytes_are_read(
        texts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..8),
    ) {
        let file = with_names(&texts);
        let read = analyze(&file).texts;
        prop_assert!(read.track_names.len() <= texts.len());
        prop_assert!(!read.track_names.concat().contains(UNWANTED));
        for kind in [TEXT, LYRIC] {
            prop_assert!(!sung(&with_sung(kind, &texts)).contains(UNWANTED));
        }
    }

    #[test]
    fn syllables_cut_anywhere_are_the_same_text(
        cuts in proptest::collection::vec(1_usize..6, 0..30),
        at in 0_usize..6,
    ) {
        let encoding = ["Shift_JIS", "EUC-JP", "GBK", "Big5", "EUC-KR", "UTF-8"][at];
        let text = match encoding {
            "EUC-KR" => "봄바람이 불어오면 그대 생각이 나네",
            "GBK" => "月亮升起来了，照着回家的小路",
            "Big5" => "月亮升起來了，照著回家的小路",
            _ => "春の風が吹いたら君に会いに行こう",
        };
        let written = bytes(text, encoding);
        let (mut syllables, mut rest) = (Vec::new(), &written[..]);
        for cut in cuts {
            let (syllable, after) = rest.split_at(cut.min(rest.len()));
            syllables.push(syllable.to_vec());
            rest = after;
        }
        syllables.push(rest.to_vec());
        prop_assert_eq!(sung(&with_sung(LYRIC, &syllables)), text);
    }
}

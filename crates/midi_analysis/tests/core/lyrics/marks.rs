//! The marks for words, lines and verses.

use super::{LYRIC, STEP, TEXT, lyric_events, lyrics, named, sung, sung_bytes};

#[test]
fn a_carriage_return_ends_a_line_and_a_line_feed_a_verse() {
    for (texts, right) in [
        (
            &["Sail ", "on", "\r", "to", "day", "\n", "Come ", "home"][..],
            "Sail on\ntoday\n\nCome home",
        ),
        (&["Sail ", "on\r", "to", "day\n", "Come ", "home"], "Sail on\ntoday\nCome home"),
        (&["Sail ", "on", "\r", "\n", "Come ", "home"], "Sail on\n\nCome home"),
        (&["Sail ", "on", "\r\n", "Come ", "home\r\n"], "Sail on\nCome home"),
        (&["\r", "Sail ", "on", "", "\r", "\r", "\r", "home"], "Sail on\n\nhome"),
        (&["\nSail", " on", "\r", "to", "day"], "Sail on\ntoday"),
    ] {
        assert_eq!(lyric_events(texts), right, "{texts:?}");
    }
}

#[test]
fn marks_for_verses_that_are_the_only_ones_mark_lines() {
    for line in
        [["Sail ", "on ", "now", "\n"], ["<Sail ", "on ", "now", ""], ["\\Sail ", "on ", "now", ""]]
    {
        assert_eq!(lyric_events(&line.repeat(5)), ["Sail on now"; 5].join("\n"), "{line:?}");
    }
    let solton = ["<Sail away with me", "<over the wide sea"];
    assert_eq!(lyric_events(&solton), "Sail away with me\nover the wide sea");
}

#[test]
fn a_hyphen_ties_syllables_where_hyphens_do() {
    for (texts, right) in [
        (&["Al-", "le", "mei-", "ne", "Ent-", "chen"][..], "Alle meine Entchen"),
        (&["al- ", "le ", "mei- ", "ne ", "Ent- ", "chen "], "alle meine Entchen"),
        (&["al", "-le ", "mei", "-ne ", "Ent", "-chen "], "alle meine Entchen"),
        (&["a--", "way", "\r", "sail-", "\r", "ing"], "away\nsail\ning"),
        (
            &[
                "six", "ty-", "four ", "men ", "and ", "a ", "dog ", "went ", "down ", "to ",
                "the ", "sea ", "and ", "back",
            ],
            "sixty-four men and a dog went down to the sea and back",
        ),
        (&["sail", "-", "ing", "on"], "sailing on"),
        (&["A-", "ma-", "zing ", "grace "], "Amazing grace"),
        (&["A", "-ma", "-zing", "grace"], "Amazing grace"),
        (&["Dis-", "moi ", "où ", "vas-", "tu ", "l'é", "té"], "Dis-moi où vas-tu l'été"),
        (
            &["Sail-", "ing ", "o-", "ver ", "the ", "o-", "cean ", "to ", "me"],
            "Sailing over the ocean to me",
        ),
    ] {
        assert_eq!(lyric_events(texts), right, "{texts:?}");
    }
}

#[test]
fn held_syllables_show_nothing() {
    for (texts, right) in [
        (&["Glo", "_", "_", "ri", "_", "a "][..], "Gloria"),
        (&["Glo-", "", "ri-", "a__", "in", "_", "ex-", "cel-", "sis"], "Gloria in excelsis"),
        (&["love_", "me "], "loveme"),
        (&["Oh", "~", "~", " my", " dar", "ling", " ~"], "Oh my darling"),
        (&["Glo", "-", "-", "ri", "-", "a ", "in ", "ex", "cel", "sis "], "Gloria in excelsis"),
        (&["te_a", "mo "], "te amo"),
    ] {
        assert_eq!(lyric_events(texts), right, "{texts:?}");
    }
}

#[test]
fn texts_without_blanks_are_words() {
    for (texts, right) in [
        (&["Was", "ver", "meid'", "ich"][..], "Was ver meid' ich"),
        (&["Hear", "us.\n", "Come", "home.\n"], "Hear us.\nCome home."),
        (&["\u{a0}e", "ver", "more"], "e ver more"),
        (&["Hear  ", "us  ", "now"], "Hear us now"),
    ] {
        assert_eq!(lyric_events(texts), right, "{texts:?}");
    }
    // The bytes of UTF-16 are no blanks.
    let words = ["Kyrie", "eleison", "Христе"];
    let utf_16 = words.map(|word| {
        let units = word.encode_utf16().flat_map(u16::to_be_bytes);
        [0xFE, 0xFF].into_iter().chain(units).collect::<Vec<u8>>()
    });
    let track = sung_bytes(LYRIC, 0, STEP, utf_16.iter().map(Vec::as_slice));
    assert_eq!(lyrics(&[track]), words.join(" "));
    let one_blank = [&["Der "][..], &["Reif", "hat"].repeat(12)].concat();
    assert!(lyric_events(&one_blank).starts_with("Der Reif hat Reif"));
}

#[test]
fn texts_of_several_words_are_lines() {
    let lines = ["Sail away with me", "over the wide sea", "to the far shore"];
    assert_eq!(lyric_events(&lines), lines.join("\n"));
    for lines in [
        &["春天在哪里呀", "春天在那青翠的山林里", "还有那会唱歌的小黄鹂"][..],
        &["ลมหายใจของฉันคือเธอ", "ไม่มีใครอื่นอีกแล้ว"],
        &["Sail away", "come home", "my own love"],
        &["Эх дороги", "пыль да туман", "холода тревоги"],
    ] {
        assert_eq!(lyric_events(lines), lines.join("\n"));
    }
    // Letters of ASCII are parts of characters in these encodings.
    let lines = ["カタカナノウタヲ", "ソラヘウタオウヨ", "夢ならばどれほど"];
    let encoded = lines.map(|line| encoding_rs::SHIFT_JIS.encode(line).0.into_owned());
    let track = sung_bytes(LYRIC, 0, STEP, encoded.iter().map(Vec::as_slice));
    assert_eq!(lyrics(&[track]), lines.join("\n"));
    let phrases = ["Sail away ", "with me ", "over the ", "shining sea"];
    assert_eq!(lyric_events(&phrases), "Sail away with me over the shining sea");
}

#[test]
fn characters_may_come_one_by_one() {
    let line = "yêu em yêu Hà";
    let characters: Vec<String> = line.chars().map(String::from).collect();
    let characters: Vec<&str> = characters.iter().map(String::as_str).collect();
    assert_eq!(lyric_events(&characters), line);
}

#[test]
fn scripts_without_spaces_are_joined_without() {
    for (texts, right) in [
        (&["は", "る", "が", "き", "た"][..], "はるがきた"),
        (&["山", "に", "、", "き", "た", "。"], "山に、きた。"),
        (&["你", "好", ",", "世", "界", "!"], "你好,世界!"),
        (&["春", "天", "来", "了", "\r", "花"], "春天来了\n花"),
        (&["봄", "이", "오", "면"], "봄이오면"),
        (&["สวัส", "ดี", "ชาว", "โลก"], "สวัสดีชาวโลก"),
        (&["love", "愛", "し", "て", "you"], "love 愛して you"),
        (&["はるが ", "きた ", "どこに"], "はるが きた どこに"),
    ] {
        assert_eq!(lyric_events(texts), right, "{texts:?}");
    }
}

#[test]
fn yamaha_writes_blanks_as_carets_and_pages_as_brackets() {
    let xf = ["<Sail^", "a", "way^", "with^", "me", "/o", "ver^", "the^", "sea", "<Come^", "home"];
    assert_eq!(lyric_events(&xf), "Sail away with me\nover the sea\n\nCome home");
    let apart = ["Sail^", "on", "/", ">o", "ver"];
    assert_eq!(lyric_events(&apart), "Sail on\nover");
    assert_eq!(lyric_events(&["Sail^", "on<", "o", "ver"]), "Sail on\n\nover");
}

#[test]
fn chords_among_the_words_are_left_out() {
    for texts in [
        &["%C", "Sail ", "a", "%Am7", "way ", "%-", "now"][..],
        &["[C]Sail ", "a", "[Am7/G]way ", "[F#m7b5]", "now"],
        &["Sail ", "[C]", "a", "way", " [G]", " now"],
        &["(C)", "Sail ", "a", "(Am7)", "way ", "now"],
    ] {
        assert_eq!(lyric_events(texts), "Sail away now", "{texts:?}");
    }
}

#[test]
fn readings_in_brackets_are_left_out() {
    // Shift JIS, as the tag says.
    let japanese: [&[u8]; 5] =
        [b"{@JP}", b"\x8e\x52[\x82\xe2\x82\xdc]", b"\x82\xc9 ", b"\x97\x88[\x82\xab]", b"\x82\xbd"];
    let track = sung_bytes(LYRIC, 0, STEP, japanese.into_iter());
    assert_eq!(lyrics(&[track]), "山に 来た");
    assert_eq!(lyric_events(&["{@LATIN}", "mi ", "casa", "[my house]", " now"]), "mi casa now");
    assert_eq!(lyric_events(&["Sail ", "on ", "[all of you] ", "now"]), "Sail on now");
    assert_eq!(lyric_events(&["(Boy) ", "Sail ", "a[way ", "on"]), "(Boy) Sail a[way on");
}

#[test]
fn with_tags_the_backslash_is_a_command() {
    let texts = ["{@LATIN}", "{#Title=Sail}{#}", "Sail ", "on\\r", "to \\[me\\]", "\\n", "now"];
    assert_eq!(lyric_events(&texts), "Sail on\nto [me]\n\nnow");
}

#[test]
fn charts_of_games_have_marks_of_their_own() {
    let track = [
        named("PART VOCALS"),
        sung(
            TEXT,
            0,
            STEP,
            &["[idle]", "Sail", "a-", "way", "+", "six=", "ty#", "now^", "[mellow]"],
        ),
    ];
    assert_eq!(lyrics(&[track.concat()]), "Sail away six-ty now");
}

#[test]
fn a_character_may_be_split_over_two_texts() {
    let syllables = "Größe ".bytes().map(|byte| [byte]).collect::<Vec<_>>();
    let track = sung_bytes(LYRIC, 0, STEP, syllables.iter().map(|byte| &byte[..]));
    assert_eq!(lyrics(&[track]), "Größe");
}

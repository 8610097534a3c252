use proptest::prelude::*;

use super::*;
use crate::model::text::{RawText, TextKind};
use crate::read::text::decoder::capped;

/// The lyrics of one voice, with all syllables, lines and words of a text at hand. The syllables have no
/// hyphens but at the end, and no words of several.
fn at_once(syllables: &[String]) -> String {
    let words: Vec<&String> = syllables.iter().filter(|word| !word.is_empty()).collect();
    let marks = ['\n', '\r', '/', '\\'];
    let core = |word: &str| word.trim_matches(marks).trim_matches([' ', '\t']).to_owned();
    let sung =
        |word: &&&String| core(word).contains(|c: char| c.is_ascii_alphabetic() || !c.is_ascii());
    let is_spaced = |word: &&&String| {
        let body = word.trim_matches(marks);
        let blanks = body.len() - core(body).len();
        let first = body.len() - body.trim_start_matches([' ', '\t']).len();
        (core(body).is_empty() && blanks > 0) || (blanks > 0 && first <= 2 && blanks - first <= 2)
    };
    let sung_count = words.iter().filter(sung).count();
    let spaced = words.iter().filter(is_spaced).count();
    let bare = sung_count > 1 && (spaced == 0 || (sung_count >= 20 && spaced * 20 < sung_count));
    let joined: String = words
        .iter()
        .map(|word| match (bare, word.strip_suffix('-')) {
            (true, Some(tied)) => tied.trim_end_matches('-').to_owned(),
            (true, None) if sung(&word) => match spelt(word) {
                word if word.ends_with([' ', '\t']) => word,
                word => word + " ",
            },
            _ => spelt(word),
        })
        .collect();
    let one_blank = |line: &str| {
        let mut last = ' ';
        let keep = |&c: &char| {
            let after = std::mem::replace(&mut last, c);
            !(c.is_whitespace() && after.is_whitespace())
        };
        line.trim().chars().filter(keep).collect::<String>()
    };
    let mut lines: Vec<String> = joined.lines().map(one_blank).collect();
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    capped(lines.join("\n").trim(), MAX_LYRICS_CHARS)
}

fn spelt(word: &str) -> String {
    let word = if word == "\n" { "\n\n" } else { word };
    word.replace('\\', "\n\n").replace("\r\n", "\n").replace(['/', '\r'], "\n")
}

/// The lyrics of Lyric events that all come at the same time.
fn piece_by_piece(syllables: &[String]) -> (String, String) {
    let source = syllables.concat().into_bytes();
    let mut rest = &source[..];
    let mut text = |word: &String| {
        let (bytes, after) = rest.split_at(word.len());
        rest = after;
        RawText::new(TextKind::Lyric, 0, 0, bytes, &source)
    };
    let list: Vec<_> = syllables.iter().map(&mut text).collect();
    let texts = RawTexts { list: &list, source: &source };
    let decoder = Decoder::for_texts(texts, &|| false).expect("not interrupted");
    let song = Song::of_lyrics(texts, &decoder).expect("memory");
    let text = lyrics(song.as_ref(), texts, &decoder, &|| false).expect("not interrupted");
    let mut rows = String::new();
    if let Some(song) = &song {
        let mut reading = Reading::<Syllables>::of(song, texts, &decoder);
        while reading.next(&|| false).expect("not interrupted") {}
        let page = reading.page();
        let mut line = 1;
        for row in page.done.drain(..).chain(page.last.take()) {
            rows.extend((line..row.line).map(|_| '\n'));
            line = row.line;
            rows.push_str(&row.text);
        }
    }
    (text.unwrap_or_default(), rows)
}

proptest! {
    #[test]
    fn lyrics_are_the_same_as_if_put_together_at_once(
        syllables in proptest::collection::vec("[a-cé]{1,3}[/\\\\\r\n \té]{0,2}", 0..40),
        bare in proptest::collection::vec("[a-cé]{1,3}-{0,2}", 0..20),
    ) {
        // A mark for a line, since those for verses mark lines where there are no others.
        let syllables = [vec!["a/".to_owned()], syllables].concat();
        for words in [syllables, bare] {
            let (text, rows) = piece_by_piece(&words);
            prop_assert_eq!(&text, &at_once(&words));
            prop_assert_eq!(text, rows);
        }
    }

    #[test]
    fn any_texts_give_lines_without_blanks_at_their_ends(
        syllables in proptest::collection::vec("[a-c{}@#\\[\\]<>^_=+% /\\\\\r\n-]{0,6}", 0..40),
    ) {
        let (text, rows) = piece_by_piece(&syllables);
        prop_assert!(text.lines().all(|line| line == line.trim()), "{text:?}");
        prop_assert!(!text.contains("\n\n\n") && text == text.trim());
        prop_assert_eq!(text, rows);
    }
}

#[test]
fn long_lyrics_are_cut_where_they_would_be_at_once() {
    let long = |unit: &str| unit.repeat(2 * MAX_LYRICS_CHARS);
    for syllables in [
        vec![long("é "), "b".to_owned()],
        vec!["a".to_owned(), long(" "), "b ".to_owned()],
        vec!["a".to_owned(), long(" "), "\nb".to_owned()],
        vec![long("ab"), "b".to_owned()],
        vec!["ab-".to_owned(); MAX_LYRICS_CHARS],
        vec!["a/".to_owned(); MAX_LYRICS_CHARS],
    ] {
        assert!(piece_by_piece(&syllables).0 == at_once(&syllables), "{:?}", &syllables[0][..2]);
    }
}

//! The syllables of the lyrics with their time.

use midi_analysis::SungSyllable;

use super::{LYRIC, STEP, TEXT, accompaniment, sung};
use crate::support::{read, smf};

fn syllables(tracks: &[Vec<u8>]) -> Vec<SungSyllable> {
    let file = smf(1, &[tracks, &[accompaniment()]].concat());
    let rows = read(&file).lyrics().expect("the file has notes").collect::<Result<_, _>>();
    rows.expect("nothing interrupts")
}

#[test]
fn each_syllable_has_its_time_and_line() {
    let rows = syllables(&[sung(TEXT, 0, 8 * STEP, &["@KMIDI", "\\Sail", " a", "way", "/now"])]);
    let shown: Vec<_> =
        rows.iter().map(|row| (row.tick, row.bar, row.text.as_str(), row.line)).collect();
    assert_eq!(
        shown,
        [
            (384, Some(2), "Sail ", 1),
            (768, Some(3), "a", 1),
            (1152, Some(4), "way", 1),
            (1536, Some(5), "now", 2),
        ]
    );
    assert_eq!(rows.iter().map(|row| row.track).collect::<Vec<_>>(), [Some(0); 4]);
    assert_eq!(rows.iter().map(|row| row.start_s).collect::<Vec<_>>(), [2.0, 4.0, 6.0, 8.0]);
}

#[test]
fn the_lines_of_one_text_are_syllables_of_their_own() {
    let rows = syllables(&[sung(LYRIC, 0, STEP, &["Sail away/over the sea//to me", " now"])]);
    let shown: Vec<_> = rows.iter().map(|row| (row.text.as_str(), row.line)).collect();
    let right = [("Sail away", 1), ("over the sea", 2), ("to me ", 4), ("now", 4)];
    assert_eq!(shown, right, "an empty line counts");
}

#[test]
fn no_more_than_65536_lines_of_one_text_are_shown() {
    let rows = syllables(&[sung(LYRIC, 0, STEP, &["Sail", &"a/".repeat(200_000), "/away"])]);
    assert!((65_000..=65_540).contains(&rows.len()), "{}", rows.len());
    assert_eq!(rows.last().map(|row| row.text.as_str()), Some("away"));
}

#[test]
fn a_piece_without_words_has_no_syllables() {
    assert!(syllables(&[]).is_empty());
}

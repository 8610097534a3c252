//! Texts that are whole lines of a song, without a mark that says so.
//!
//! Programs that show words in time write a line a text as often as a syllable (files of lyrics with times, LRC,
//! have a time a line). In Text events remarks look the same, so those are lines only where they come one by one
//! in a pace at which one sings, with the notes, and none of them speaks of the file or of how to play.

use super::lines::is_unspaced;
use super::measure::Tally;
use super::notices::is_notice;
use super::voices::{Syllable, Voice, Voices};
use crate::error::Error;
use crate::read::text::decoder::{Decoder, Wanted};

/// Texts of a voice that are decoded to see whether they are lines; the bytes and the characters of
/// Chinese, Japanese or Korean that a line has at least.
const SAMPLE: usize = 32;
const MIN_BYTES_OF_LINE: u32 = 8;
const MIN_CHARS_OF_LINE: usize = 5;
/// Of a script whose characters are letters, so many count as one.
const LETTERS_OF_CHAR: usize = 2;
/// The radicals of Han, before which no letters of these scripts are.
const FIRST_OF_CJK: char = '\u{2e80}';
/// Lines that a song has at least, and the most bytes of letters in one.
const FEWEST_LINES: u32 = 4;
const LONGEST_LINE: u32 = 90;
/// The least and the most quarter notes between two lines, for half of them; the least as its part.
const LEAST_OF_QUARTER: u32 = 4;
const MOST_QUARTERS: u32 = 8;
/// Of so many lines one may have digits, and one a word of how to play; one of them may in any case.
const FOR_ONE_REMARK: usize = 5;
/// What remarks on the file say, in small letters, and what directions to players, and the
/// names of parts and players, say.
const OF_FILES: [&str; 33] = [
    "midi",
    "sequenc",
    "@",
    "mail",
    "www",
    "http",
    "arrang",
    "roland",
    "yamaha",
    "reverb",
    "written by",
    "composed",
    "music by",
    "lyrics by",
    "words by",
    "made with",
    "made by",
    "version",
    "channel",
    "track",
    "tempo",
    "copyright",
    "transcri",
    "sound canvas",
    "modulation",
    "semitone",
    "octave",
    "controller",
    "pitch bend",
    "sysex",
    "velocity",
    "program change",
    "chord",
];
const OF_PLAYING: [&str; 45] = [
    "poco",
    "molto",
    "sempre",
    "cresc",
    "dim.",
    "dimin",
    "rit.",
    "riten",
    "rallent",
    "legato",
    "stacc",
    "espress",
    "dolce",
    "mosso",
    "sotto voce",
    "pizz",
    "sordin",
    "arco",
    "corda",
    "da capo",
    "coda",
    "segno",
    "repeat",
    "left hand",
    "right hand",
    "pedal",
    "cantabile",
    "più",
    "meno",
    "assai",
    "solo",
    "section",
    "episode",
    "subject",
    "variation",
    "movement",
    "scene",
    "theme",
    "主題",
    "guitar",
    "trumpet",
    "piano",
    "drums",
    "bass ",
    "violin",
];

/// Whether texts that nothing announces are the lines of a song.
///
/// # Errors
/// `interrupted`.
pub(super) fn are_lines(
    written: &Voices<'_>,
    voice: &Voice,
    decoder: &Decoder,
    quarter: u32,
) -> Result<bool, Error> {
    let tally = &voice.tally;
    let Tally { syllables, letters, numbers, spaced, .. } = *tally;
    let texts = &written.syllables(voice)[..written.syllables(voice).len().min(SAMPLE * 2)];
    let is_long = || -> Result<bool, Error> {
        Ok(tally.phrases * 2 > syllables
            || (tally.is_pairs() && tally.phrases * 3 >= syllables)
            || has_long_texts(written, texts, voice, decoder)?)
    };
    Ok(syllables >= FEWEST_LINES
        && numbers == 0
        && (spaced * 5 <= syllables || tally.phrases * 2 > syllables)
        && letters >= syllables.saturating_mul(MIN_BYTES_OF_LINE)
        && letters <= syllables.saturating_mul(LONGEST_LINE)
        && is_sung_pace(written, texts, quarter)
        && !are_remarks(written, texts)
        && is_long()?)
}

/// Whether texts come one by one, and half of them not too soon after another nor too late.
fn is_sung_pace(written: &Voices<'_>, texts: &[Syllable], quarter: u32) -> bool {
    let with_words = texts.iter().filter(|text| !written.bytes(text).trim_ascii().is_empty());
    let ticks: Vec<u32> = with_words.map(|text| written.tick(text)).collect();
    let mut gaps: Vec<u32> = ticks.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    gaps.sort_unstable();
    let Some(&half) = gaps.get(gaps.len() / 2) else { return false };
    gaps[0] > 0
        && half >= quarter / LEAST_OF_QUARTER
        && half <= quarter.saturating_mul(MOST_QUARTERS)
}

/// Whether some texts speak of the file, or several of how to play.
fn are_remarks(written: &Voices<'_>, texts: &[Syllable]) -> bool {
    let (mut digits, mut directions) = (0, 0);
    for text in texts {
        let bytes = written.bytes(text);
        let small = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]).to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| small.contains(word));
        if says(&OF_FILES) || is_notice([bytes].into_iter()) {
            return true;
        }
        digits += usize::from(bytes.iter().any(u8::is_ascii_digit));
        directions += usize::from(says(&OF_PLAYING));
    }
    let most = digits.max(directions);
    most > 1 && most * FOR_ONE_REMARK > texts.len()
}

/// Whether the texts of a voice are lines of Chinese, Japanese, Korean or Thai, which have no blanks to tell.
pub(super) fn has_long_texts(
    voices: &Voices<'_>,
    syllables: &[Syllable],
    voice: &Voice,
    decoder: &Decoder,
) -> Result<bool, Error> {
    let Tally { syllables: all, high, letters, .. } = voice.tally;
    if high * 10 < all * 8 || letters < all.saturating_mul(MIN_BYTES_OF_LINE) {
        return Ok(false);
    }
    let of_voice = syllables.iter().filter(|syllable| syllable.voice == voice.number);
    let (mut texts, mut unspaced, mut joined) = (0, 0, decoder.joined());
    for syllable in of_voice.take(SAMPLE) {
        texts += 1;
        joined.pieces(voices.bytes(syllable), &mut |piece| {
            unspaced += (piece.chars().filter(|&c| is_unspaced(c)))
                .map(|c| if c >= FIRST_OF_CJK { LETTERS_OF_CHAR } else { 1 })
                .sum::<usize>();
            Ok(Wanted::Nothing)
        })?;
    }
    Ok(unspaced >= texts * MIN_CHARS_OF_LINE * LETTERS_OF_CHAR)
}

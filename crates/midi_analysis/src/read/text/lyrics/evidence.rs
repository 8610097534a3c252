//! Which Text events are words that are sung.
//!
//! Karaoke files hold their words in Text events, as remarks, names of instruments, of chords and of
//! sections are. Files that announce themselves (`@KMIDI KARAOKE FILE`, Soft Karaoke of Tune 1000) have
//! marks for lines, or a track named Words. Without a word of it, texts are sung where they come one by one over
//! time, at the starts of notes, and look like syllables: short, most of them in small letters, a blank
//! where a word ends or a hyphen where it goes on; or where they are lines ([`long`](super::long)).

use super::long::are_lines;
use super::measure::Tally;
use super::voices::{Voice, Voices};
use crate::error::Error;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::model::text::{RawTexts, TextKind};
use crate::read::text::decoder::Decoder;

/// Names of tracks with words: what programs call them, and the word for it in the languages of karaoke.
/// In small letters.
const NAMES: [&str; 21] = [
    "words",
    "lyric",
    "karaoke",
    "part vocals",
    "harm1",
    "harm2",
    "harm3",
    "paroles",
    "letra",
    "testo",
    "liedtext",
    "songtext",
    "song text",
    "tekst",
    "歌詞",
    "歌词",
    "слова",
    "текст",
    "가사",
    "στίχοι",
    "sözler",
];
/// The most names of one track that are read.
const MOST_NAMES: usize = 16;
/// Texts that a song has at least, by the evidence for it.
const FEWEST_NAMED: u32 = 3;
const FEWEST_MARKED: u32 = 6;
const FEWEST_UNMARKED: u32 = 8;
const FEWEST_SUNG: u32 = 5;
const MANY: u32 = 32;
/// Texts whose time is compared with the notes'.
const COMPARED: usize = 256;
/// The part of a quarter note within which a text comes with a note.
const WITH_NOTE: u32 = 16;

/// Soft Karaoke files announce themselves by `@KMIDI KARAOKE FILE` or another `@K` text.
pub(super) fn is_karaoke_tag(bytes: &[u8]) -> bool {
    matches!(bytes, [b'@', b'K' | b'T' | b'L', ..])
}

/// Leaves only the voices that are sung.
///
/// # Errors
/// `interrupted`.
pub(super) fn keep_sung(
    written: &mut Voices<'_>,
    score: &Score<'_>,
    decoder: &Decoder,
    karaoke: bool,
    quarter: u32,
) -> Result<(), Error> {
    let named: Vec<bool> =
        of_voices(written, |voice| is_named(written.texts, voice.track, decoder));
    let tagged: Vec<bool> = of_voices(written, |voice| is_tagged(written.texts, voice.track));
    let mut kept: Vec<bool> = Vec::with_capacity(named.len());
    for (voice, &named) in written.voices.iter().zip(&named) {
        let times = || with_notes(written, voice, &score.notes, quarter);
        let is_sung = !voice.tally.is_chords()
            && (is_song(&voice.tally, named, times)
                || (are_lines(written, voice, decoder, quarter)? && is_played(times(), 7)));
        kept.push(is_sung);
    }
    if karaoke {
        let marked = |voice: &Voice| voice.tally.slashed > 0;
        let ranked: Vec<u32> = (written.voices.iter().zip(named.iter().zip(&tagged)))
            .map(|(voice, (&named, &tagged))| match voice.tally.syllables {
                0 => 0,
                _ => 1 + u32::from(tagged) + 2 * u32::from(named) + 4 * u32::from(marked(voice)),
            })
            .collect();
        let best = ranked.iter().max().copied().unwrap_or(0);
        let most = (written.voices.iter().zip(&ranked))
            .filter(|&(_, &rank)| rank == best)
            .map(|(voice, _)| voice.tally.letters)
            .max();
        kept = (written.voices.iter().zip(&ranked))
            .map(|(voice, &rank)| {
                rank == best && best > 0 && (best >= 4 || Some(voice.tally.letters) == most)
            })
            .collect();
    }
    let mut kept = kept.into_iter();
    written.voices.retain(|_| kept.next().unwrap_or(false));
    Ok(())
}

/// Whether notes start at so many of ten moments, of which there are several.
fn is_played((moments, played): (u32, u32), of_ten: u32) -> bool {
    moments > FEWEST_NAMED && played * 10 >= moments * of_ten
}

fn of_voices(written: &Voices<'_>, holds: impl Fn(&Voice) -> bool) -> Vec<bool> {
    written.voices.iter().map(holds).collect()
}

/// Whether a track is named as one of words.
fn is_named(texts: RawTexts<'_>, track: u16, decoder: &Decoder) -> bool {
    of_track(texts, track, TextKind::TrackName).take(MOST_NAMES).any(|name| {
        let name = decoder.name(name).to_lowercase();
        NAMES.iter().any(|word| name.contains(word))
    })
}

/// Whether a track has the words of a chart of a rhythm game (Rock Band, Clone Hero), which have marks of
/// their own.
pub(super) fn is_chart(texts: RawTexts<'_>, track: u16) -> bool {
    of_track(texts, track, TextKind::TrackName)
        .any(|name| name == b"PART VOCALS" || matches!(name, [b'H', b'A', b'R', b'M', b'1'..=b'3']))
}

fn is_tagged(texts: RawTexts<'_>, track: u16) -> bool {
    of_track(texts, track, TextKind::Text).any(|text| matches!(text, [b'@', b'T' | b'L', ..]))
}

/// The texts of a kind in a track. Texts are in the order of the tracks.
fn of_track<'t>(texts: RawTexts<'t>, track: u16, kind: TextKind) -> impl Iterator<Item = &'t [u8]> {
    let start = texts.list.partition_point(|text| text.track < track);
    texts.list[start..]
        .iter()
        .take_while(move |text| text.track == track)
        .filter(move |text| text.kind == kind)
        .map(move |text| texts.bytes(text))
}

/// Whether texts that nothing announces are a song.
fn is_song(tally: &Tally, named: bool, with_notes: impl Fn() -> (u32, u32)) -> bool {
    let Tally { syllables, letters, numbers, slashed, spaced, hyphens, small, foreign, .. } =
        *tally;
    let share = |part: u32, of_ten: u32| part * 10 >= syllables * of_ten;
    if syllables < FEWEST_NAMED || numbers * 4 > syllables {
        return false;
    }
    let (moments, played) = with_notes();
    if moments < FEWEST_NAMED {
        return false;
    }
    if named {
        return true;
    }
    if moments < FEWEST_SUNG || moments * 2 < syllables.min(COMPARED as u32) {
        return false;
    }
    let is_short = letters <= syllables * 8 && tally.is_syllabic();
    let reads_on = share(small, 5) || share(foreign, 8);
    let all_marked = share(slashed, 9);
    let has_lines = moments >= FEWEST_MARKED && slashed >= 2 && letters >= 2 * syllables;
    if has_lines && if all_marked { letters >= 8 * syllables } else { is_short && share(spaced, 2) }
    {
        return true;
    }
    let is_played = |of_ten: u32| played * 10 >= moments * of_ten;
    // Words of one syllable throughout are a list rather than a song.
    let has_syllables = spaced < syllables || syllables >= MANY;
    let has_words = (share(spaced, 2) && has_syllables) || (share(hyphens, 1) && hyphens > 1);
    // A few syllables have to come with the notes.
    let is_enough = syllables >= FEWEST_UNMARKED || (is_played(9) && share(spaced, 4));
    is_enough
        && is_short
        && reads_on
        && letters >= 2 * syllables
        && ((has_words && is_played(5)) || (share(foreign, 8) && is_played(7)))
}

/// At how many different times the first texts of a voice come, and at how many of them a note starts.
fn with_notes(written: &Voices<'_>, voice: &Voice, notes: &[Note], quarter: u32) -> (u32, u32) {
    let near = quarter / WITH_NOTE;
    let (mut moments, mut played) = (0, 0);
    let mut last = None;
    for syllable in written.syllables(voice).iter().take(COMPARED) {
        let tick = written.tick(syllable);
        if last.replace(tick) == Some(tick) {
            continue;
        }
        moments += 1;
        let next = notes.partition_point(|note| note.start.saturating_add(near) < tick);
        played +=
            u32::from(notes.get(next).is_some_and(|note| note.start <= tick.saturating_add(near)));
    }
    (moments, played)
}

//! The order of the voices of a song.
//!
//! The same words come once, whoever sings them. Singers who take turns form one text, phrase by phrase, in
//! the order of time. Voices that sing different words at the same time come one after the other, and
//! their phrases are never interleaved.

use std::ops::Range;

use super::novelty::Said;
use super::voices::{Syllable, Voice, Voices};
use crate::error::{Error, check};
use crate::room::{self, NoRoom};

/// Quarter notes without a syllable after which another phrase begins.
const PAUSE: u32 = 2;
/// Texts of a voice that may be a call or a heading, where another has at least so many.
const FEW: u32 = 2;
const MANY: u32 = 8;

/// A phrase of a voice: from its first to its last syllable.
#[derive(Clone, Debug)]
struct Phrase {
    voice: u8,
    range: Range<usize>,
    first: u32,
    last: u32,
}

impl Phrase {
    fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Voices that take turns, phrase by phrase in the order of time.
type Turns = Vec<Phrase>;

/// The syllables of all voices in the order in which they are read.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn arranged(
    sung: &mut Voices<'_>,
    quarter: u32,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Syllable>, Error> {
    sung.voices.retain(|voice| voice.tally.syllables > 0 && !voice.tally.is_chords());
    without_headings(sung);
    if let [only] = &sung.voices[..] {
        let list = std::mem::take(&mut sung.list);
        let Range { start, end } = only.range;
        return match start {
            0 if end == list.len() => Ok(list),
            _ => Ok(room::gathered(list[start..end].iter().copied())?),
        };
    }
    let mut groups: Vec<Turns> = Vec::new();
    for phrases in new_phrases(sung, quarter, interrupted)? {
        let mut place = groups.len();
        for (at, turns) in groups.iter().enumerate() {
            check(interrupted)?;
            if takes_turns(&phrases, turns) {
                place = at;
                break;
            }
        }
        match groups.get_mut(place) {
            Some(turns) => *turns = merged(std::mem::take(turns), &phrases)?,
            None => room::push(&mut groups, phrases)?,
        }
    }
    Ok(written(sung, &groups)?)
}

/// A voice of a text or two beside one with a song is a heading of a part, if it is sung before it begins.
fn without_headings(sung: &mut Voices<'_>) {
    let most = sung.voices.iter().map(|voice| voice.tally.syllables).max().unwrap_or(0);
    let is_song = |voice: &Voice| voice.tally.syllables == most;
    let start = |voice: &Voice| sung.syllables(voice).first().map_or(0, |first| sung.tick(first));
    let begins = sung.voices.iter().find(|voice| is_song(voice)).map_or(0, start);
    if most >= MANY {
        let kept: Vec<Voice> = (sung.voices.iter())
            .filter(|voice| voice.tally.syllables > FEW || start(voice) > begins)
            .cloned()
            .collect();
        sung.voices = kept;
    }
}

/// The phrases of each voice that say something new, in the order of the tracks. The voice that says most
/// is heard first.
fn new_phrases(
    sung: &Voices<'_>,
    quarter: u32,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Turns>, Error> {
    let mut by_length: Vec<usize> = (0..sung.voices.len()).collect();
    by_length.sort_by_key(|&voice| std::cmp::Reverse(sung.voices[voice].tally.letters));
    let mut said = Said::new()?;
    let mut heard: Vec<Phrase> = Vec::new();
    let mut new = room::filled(Vec::new(), sung.voices.len())?;
    for at in by_length {
        check(interrupted)?;
        let voice = &sung.voices[at];
        let text = || sung.syllables(voice).iter().map(|syllable| sung.bytes(syllable));
        if said.holds(text()) {
            continue;
        }
        let shares_track = heard.iter().any(|phrase| track(sung, phrase) == voice.track);
        let mut phrases = phrases(sung, at, quarter)?;
        if !shares_track {
            phrases.retain(|phrase| {
                let text = sung.list[phrase.range.clone()].iter().map(|next| sung.bytes(next));
                !(overlaps_any(phrase, &heard) && said.holds(text))
            });
        }
        said.add(text());
        heard = merged(heard, &phrases)?;
        new[at] = phrases;
    }
    new.retain(|phrases| !phrases.is_empty());
    Ok(new)
}

fn track(sung: &Voices<'_>, phrase: &Phrase) -> u16 {
    sung.voices[usize::from(phrase.voice)].track
}

fn phrases(sung: &Voices<'_>, voice: usize, quarter: u32) -> Result<Vec<Phrase>, NoRoom> {
    let range = sung.voices[voice].range.clone();
    let pause = quarter.saturating_mul(PAUSE);
    let mut phrases: Vec<Phrase> = Vec::new();
    let mut line_ended = true;
    for at in range {
        let (tick, bytes) = (sung.tick(&sung.list[at]), sung.bytes(&sung.list[at]));
        let begins = matches!(bytes, [b'/' | b'\\' | b'<', _, ..]) || line_ended;
        match phrases.last_mut() {
            Some(phrase) if !begins && tick.saturating_sub(phrase.last) <= pause => {
                phrase.range.end = at + 1;
                phrase.last = tick;
            }
            _ => {
                let phrase =
                    Phrase { voice: voice as u8, range: at..at + 1, first: tick, last: tick };
                room::push(&mut phrases, phrase)?;
            }
        }
        line_ended = matches!(bytes, [.., b'\r' | b'\n'] | [b'/' | b'\\']);
    }
    Ok(phrases)
}

/// Both lists, in the order of time; each is in it.
fn merged(heard: Vec<Phrase>, more: &[Phrase]) -> Result<Vec<Phrase>, NoRoom> {
    let mut all = heard;
    room::reserve(&mut all, more.len())?;
    all.extend_from_slice(more);
    room::sort_by_key(&mut all, |phrase| phrase.first)?;
    Ok(all)
}

/// Whether a phrase overlaps one of a list in the order of time. Phrases of a voice do not overlap, so only
/// as many before it as there are voices can.
fn overlaps_any(phrase: &Phrase, list: &[Phrase]) -> bool {
    let after = list.partition_point(|other| other.first <= phrase.last);
    let near = after.saturating_sub(super::voices::MOST_VOICES);
    list[near..after].iter().any(|other| other.overlaps(phrase))
}

/// Whether a voice sings where the others are silent: three of four phrases.
fn takes_turns(phrases: &[Phrase], turns: &Turns) -> bool {
    let together = phrases.iter().filter(|phrase| overlaps_any(phrase, turns)).count();
    together * 4 <= phrases.len()
}

/// The syllables of the groups, one after the other: a line for each turn, a verse for each group.
fn written(sung: &Voices<'_>, groups: &[Turns]) -> Result<Vec<Syllable>, NoRoom> {
    let mut written = Vec::new();
    for turns in groups {
        let mut breaks = if written.is_empty() { 0 } else { 2 };
        let mut voice = turns.first().map(|phrase| phrase.voice);
        for phrase in turns {
            if voice.replace(phrase.voice) != Some(phrase.voice) {
                breaks = 1;
            }
            for syllable in &sung.list[phrase.range.clone()] {
                let breaks = std::mem::take(&mut breaks);
                room::push(&mut written, Syllable { breaks, ..*syllable })?;
            }
        }
    }
    Ok(written)
}

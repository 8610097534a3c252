//! The voices of a song: the texts of a kind, by track.
//!
//! A track may hold several voices: a file of format 0 has those of all tracks in one, and notation
//! programs write the verses of a song under each other. Such texts come in twos, threes or fours at the
//! same time all along, or as the lines of each text.

use std::ops::Range;

use super::chord_names::is_chord_name;
use super::measure::{Tally, is_letter, trimmed};
use super::notices::is_notice;
use crate::error::{Error, check};
use crate::model::text::{RawText, RawTexts, TextKind};
use crate::read::text::decoder::TEXTS_BETWEEN_CHECKS;
use crate::room::{self, NoRoom};

/// The most texts that are told apart by voice; more are read as one voice. A song has thousands.
const MOST_TOLD_APART: usize = 1 << 20;
/// The most voices; the tracks after them are read as one voice.
pub(super) const MOST_VOICES: usize = 64;
/// The most voices in one track at the same time, and verses in one text.
const MOST_LANES: usize = 4;
const MOST_VERSES: u8 = 8;
/// Moments with several syllables from which a track holds several voices.
const FEWEST_MOMENTS: u32 = 3;
/// Moments at the start of a voice that may hold notices.
const MOMENTS_OF_NOTICES: usize = 8;
/// The part of a quarter note within which texts come at the same time.
const SAME_TIME: u32 = 32;

/// One text, or one line of it, in a voice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syllable {
    /// Its index among the texts.
    pub(super) text: u32,
    /// Which line of the text it is; [`WHOLE`] where it is all of it.
    pub(super) part: u8,
    /// Its voice.
    pub(super) voice: u8,
    /// The line breaks that come before it whatever the texts say.
    pub(super) breaks: u8,
}

const WHOLE: u8 = u8::MAX;

impl Syllable {
    /// The text that it is in.
    pub(super) fn raw<'t>(&self, texts: RawTexts<'t>) -> &'t RawText {
        &texts.list[self.text as usize]
    }

    /// Its bytes.
    pub(super) fn bytes<'t>(&self, texts: RawTexts<'t>) -> &'t [u8] {
        let bytes = texts.bytes(self.raw(texts));
        if self.part == WHOLE {
            return bytes;
        }
        lines_of(bytes).nth(self.part.into()).unwrap_or_default()
    }
}

/// One voice.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    /// Its number, by which its syllables name it.
    pub(super) number: u8,
    pub(super) track: u16,
    /// Its syllables, in the order of time.
    pub(super) range: Range<usize>,
    pub(super) tally: Tally,
}

/// The voices of all tracks, in the order of the tracks.
pub(super) struct Voices<'t> {
    pub(super) texts: RawTexts<'t>,
    pub(super) list: Vec<Syllable>,
    pub(super) voices: Vec<Voice>,
    /// Ticks within which texts come at the same time.
    near: u32,
}

impl<'t> Voices<'t> {
    /// The voices that texts of a kind form.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(
        texts: RawTexts<'t>,
        kind: TextKind,
        quarter: u32,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let near = quarter / SAME_TIME;
        let mut sung = Self { texts, list: Vec::new(), voices: Vec::new(), near };
        let mut group: Vec<Syllable> = Vec::new();
        for (at, text) in texts.list.iter().enumerate() {
            if at % TEXTS_BETWEEN_CHECKS == 0 {
                check(interrupted)?;
            }
            if text.kind == kind && is_sung(texts.bytes(text)) {
                let text = Syllable { text: at as u32, part: WHOLE, voice: 0, breaks: 0 };
                room::push(&mut group, text)?;
            }
        }
        if group.len() > MOST_TOLD_APART {
            room::sort_by_key(&mut group, |syllable| sung.tick(syllable))?;
            sung.voice(&group)?;
            return Ok(sung);
        }
        let tracks = |a: &Syllable, b: &Syllable| a.raw(texts).track == b.raw(texts).track;
        let ends: Vec<usize> = room::gathered(group.chunk_by(tracks).map(<[_]>::len))?;
        let mut rest = &group[..];
        for length in ends {
            let (track, after) = rest.split_at(length);
            rest = after;
            sung.track(track)?;
        }
        sung.join_last()?;
        Ok(sung)
    }

    pub(super) fn tick(&self, syllable: &Syllable) -> u32 {
        syllable.raw(self.texts).tick
    }

    pub(super) fn bytes(&self, syllable: &Syllable) -> &'t [u8] {
        syllable.bytes(self.texts)
    }

    pub(super) fn syllables(&self, voice: &Voice) -> &[Syllable] {
        &self.list[voice.range.clone()]
    }

    /// Adds one voice.
    fn voice(&mut self, syllables: &[Syllable]) -> Result<(), NoRoom> {
        let Some(first) = syllables.first() else { return Ok(()) };
        let track = first.raw(self.texts).track;
        let mut tally = Tally::default();
        let number = self.voices.len().min(MOST_VOICES - 1) as u8;
        let start = self.list.len();
        for syllable in syllables {
            tally.add(self.bytes(syllable));
            room::push(&mut self.list, Syllable { voice: number, ..*syllable })?;
        }
        room::push(&mut self.voices, Voice { number, track, range: start..self.list.len(), tally })
    }

    /// Adds the voices of a track.
    fn track(&mut self, group: &[Syllable]) -> Result<(), NoRoom> {
        let group = self.without_heading(self.without_notices(group));
        let mut tally = Tally::default();
        group.iter().for_each(|syllable| tally.add(self.bytes(syllable)));
        if tally.stacks * 4 >= tally.syllables
            && tally.stacks >= FEWEST_MOMENTS
            && tally.spaced * 10 <= tally.syllables
        {
            return self.verses(group);
        }
        match self.lanes(group) {
            1 => self.voice(group),
            lanes => {
                for lane in 0..lanes {
                    let of_lane = self.of_lane(group, lane, lanes)?;
                    self.voice(&of_lane)?;
                }
                Ok(())
            }
        }
    }

    /// The syllables after the notices at the start: of copyright, of the program.
    fn without_notices<'g>(&self, group: &'g [Syllable]) -> &'g [Syllable] {
        let mut sung = group;
        for _ in 0..MOMENTS_OF_NOTICES {
            let Some(first) = sung.first() else { break };
            let tick = self.tick(first);
            let length = sung.iter().take_while(|next| self.tick(next) == tick).count();
            let says = |texts: &[Syllable]| is_notice(texts.iter().map(|text| self.bytes(text)));
            if !says(&sung[..length]) {
                break;
            }
            // The first syllable may come at the same time.
            let before = length - 1;
            let is_followed = sung.get(length).is_some_and(|next| {
                self.tick(next) - tick <= self.near.saturating_mul(2 * SAME_TIME)
            });
            let last = trimmed(self.bytes(&sung[before]), |byte| byte == b' ');
            let is_syllable = is_followed
                && self.has_letter(&sung[before])
                && !last.contains(&b' ')
                && !says(&sung[before..length])
                && says(&sung[..before]);
            sung = &sung[if is_syllable { before } else { length }..];
        }
        sung
    }

    /// The syllables after remarks at one time, which words with a mark of Soft Karaoke follow later, or after
    /// a title at the start of syllables that begin later.
    fn without_heading<'g>(&self, group: &'g [Syllable]) -> &'g [Syllable] {
        let Some(first) = group.first() else { return group };
        let tick = self.tick(first);
        let sung = &group[group.iter().take_while(|next| self.tick(next) == tick).count()..];
        let (mut heading, mut after) = (Tally::default(), Tally::default());
        group[..group.len() - sung.len()].iter().for_each(|text| heading.add(self.bytes(text)));
        sung.iter().take(1).for_each(|text| after.add(self.bytes(text)));
        let is_heading = heading.syllables > 1 || heading.phrases > 0;
        let pause = self.near.saturating_mul(2 * SAME_TIME);
        // A line that the next follows at once is sung.
        let is_apart = tick == 0 && sung.first().is_some_and(|next| self.tick(next) > pause);
        let is_marked = after.slashed > 0 && (heading.syllables > 1 || is_apart);
        // Several Text events at the start are remarks.
        let are_remarks =
            heading.syllables > 1 && is_apart && first.raw(self.texts).kind == TextKind::Text;
        if is_heading && heading.slashed == 0 && (is_marked || are_remarks) {
            return sung;
        }
        let is_title =
            heading.phrases == 1 && heading.marked == 0 && is_apart && after.phrases == 0;
        if is_title { sung } else { group }
    }

    /// Adds a voice for each line of texts whose lines are verses.
    fn verses(&mut self, group: &[Syllable]) -> Result<(), NoRoom> {
        for part in 0..MOST_VERSES {
            let of_verse = group.iter().filter(|syllable| {
                let bytes = self.texts.bytes(syllable.raw(self.texts));
                lines_of(bytes).nth(part.into()).is_some_and(|line| !line.is_empty())
            });
            let verse = room::gathered(of_verse.map(|syllable| Syllable { part, ..*syllable }))?;
            self.voice(&verse)?;
        }
        Ok(())
    }

    /// The syllables that come at the same time as the first.
    fn moment<'g>(&self, group: &'g [Syllable]) -> (&'g [Syllable], &'g [Syllable]) {
        let last = group.first().map_or(0, |first| self.tick(first).saturating_add(self.near));
        group.split_at(group.partition_point(|next| self.tick(next) <= last))
    }

    fn has_letter(&self, syllable: &Syllable) -> bool {
        self.bytes(syllable).iter().any(|&byte| is_letter(byte))
    }

    /// How many voices sing at the same time: as many as there are syllables at a third of the moments,
    /// with more hardly ever.
    fn lanes(&self, group: &[Syllable]) -> usize {
        let mut moments = [0_u32; MOST_LANES + 2];
        let mut rest = group;
        while !rest.is_empty() {
            let (moment, after) = self.moment(rest);
            rest = after;
            let syllables = moment.iter().filter(|syllable| self.has_letter(syllable));
            moments[syllables.take(MOST_LANES + 1).count()] += 1;
        }
        let all: u32 = moments[1..].iter().sum();
        let holds = |&lanes: &usize| {
            let more: u32 = moments[lanes + 1..].iter().sum();
            moments[lanes] >= FEWEST_MOMENTS && moments[lanes] * 3 >= all && more * 10 <= all
        };
        (2..=MOST_LANES).rev().find(holds).unwrap_or(1)
    }

    /// The syllables of one of several voices of a track: the first of each moment, or the second ... A
    /// mark between two belongs to the second, one before or after all to each.
    fn of_lane(
        &self,
        group: &[Syllable],
        lane: usize,
        lanes: usize,
    ) -> Result<Vec<Syllable>, NoRoom> {
        let mut of_lane = Vec::new();
        let mut rest = group;
        while !rest.is_empty() {
            let (moment, after) = self.moment(rest);
            rest = after;
            let all = moment.iter().filter(|syllable| self.has_letter(syllable)).count();
            let mut next = 0;
            for syllable in moment {
                let is_letter = self.has_letter(syllable);
                let is_mark = !is_letter && !self.bytes(syllable).iter().any(u8::is_ascii_digit);
                let its = next.min(lanes - 1);
                if its == lane || (is_mark && (next == 0 || next == all)) {
                    room::push(&mut of_lane, *syllable)?;
                }
                next += usize::from(is_letter);
            }
        }
        Ok(of_lane)
    }

    /// Makes one voice of the last where there are more than are told apart.
    fn join_last(&mut self) -> Result<(), NoRoom> {
        if self.voices.len() <= MOST_VOICES {
            return Ok(());
        }
        let start = self.voices[MOST_VOICES - 1].range.start;
        let mut last = room::gathered(self.list.drain(start..))?;
        self.voices.truncate(MOST_VOICES - 1);
        room::sort_by_key(&mut last, |syllable| self.tick(syllable))?;
        self.voice(&last)
    }
}

/// The lines of a text that holds several verses.
fn lines_of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == b'\n')
}

/// Whether a text may be sung: it is no tag (`@T`, `{#Title=...}`), no name of a chord (`%Am7`), no header
/// of Yamaha's XF and nothing in brackets alone, which is a reading, a chord or a stage direction.
fn is_sung(bytes: &[u8]) -> bool {
    let core = trimmed(bytes, |byte| matches!(byte, b' ' | 0));
    match core {
        [b'%', ..] | [b'{', b'@' | b'#', .., b'}'] | [b'[', .., b']'] => false,
        // One alone may be half a character.
        [b'@', _, ..] => false,
        [b'(', chord @ .., b')'] if is_chord_name(chord) => false,
        _ => {
            let headers = [&b"XFhd:"[..], b"XFln:", b"$XFhd:", b"$Lyrc:"];
            !bytes.is_empty() && !headers.iter().any(|header| core.starts_with(header))
        }
    }
}

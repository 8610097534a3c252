//! The words of a piece: where they are taken from, and in which order.
//!
//! A file may hold its words as Lyric events and as Text events. They are taken from where more of
//! them is; where both say as much, from Lyric events, unless only the texts have lines.

use super::compose::Style;
use super::evidence;
use super::long::has_long_texts;
use super::measure::Tally;
use super::order;
use super::voices::{MOST_VOICES, Syllable, Voices};
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::model::text::{RawTexts, TextKind};
use crate::read::text::decoder::{Decoder, TEXTS_BETWEEN_CHECKS};

/// Texts after the start that a file without a karaoke tag has at least, where they are sung.
const FEWEST_TEXTS: u32 = 2;
/// Ticks in a quarter note where time is not counted in them: half a second, at a millisecond each.
const TIMECODE_QUARTER: u32 = 500;

/// The syllables of a piece in the order in which they are read, and how each voice writes them.
pub(crate) struct Song {
    pub(super) syllables: Vec<Syllable>,
    pub(super) styles: [Style; MOST_VOICES],
    /// What the syllables are like.
    tally: Tally,
}

/// What kinds of texts a file has.
#[derive(Default)]
struct Kinds {
    lyrics: bool,
    /// Texts that come after the start.
    later_texts: u32,
    karaoke: bool,
    /// Tags of RP-026, which reserves brackets and the backslash.
    tags: bool,
}

impl Kinds {
    fn of(texts: RawTexts<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let mut kinds = Self::default();
        for part in texts.list.chunks(TEXTS_BETWEEN_CHECKS) {
            check(interrupted)?;
            for text in part {
                match text.kind {
                    TextKind::Lyric => {
                        kinds.lyrics = true;
                        kinds.tags |= texts.bytes(text).starts_with(b"{@");
                    }
                    TextKind::Text => {
                        kinds.later_texts += u32::from(text.tick > 0);
                        kinds.karaoke |= evidence::is_karaoke_tag(texts.bytes(text));
                    }
                    _ => {}
                }
            }
        }
        Ok(kinds)
    }
}

impl Song {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        decoder: &Decoder,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, Error> {
        let texts = score.raw_texts();
        let kinds = Kinds::of(texts, interrupted)?;
        let quarter = score.ticks_per_quarter().map_or(TIMECODE_QUARTER, u32::from);
        let of_kind = |kind| Voices::of(texts, kind, quarter, interrupted);
        let sung = match kinds.lyrics {
            true => {
                Self::arranged(of_kind(TextKind::Lyric)?, &kinds, quarter, decoder, interrupted)?
            }
            false => None,
        };
        if !kinds.karaoke && kinds.later_texts < FEWEST_TEXTS {
            return Ok(sung);
        }
        let mut written = of_kind(TextKind::Text)?;
        evidence::keep_sung(&mut written, score, decoder, kinds.karaoke, quarter)?;
        let written = Self::arranged(written, &kinds, quarter, decoder, interrupted)?;
        Ok(match (sung, written) {
            (Some(sung), Some(written)) if written.is_better(&sung) => Some(written),
            (None, written) => written,
            (sung, _) => sung,
        })
    }

    fn arranged(
        mut voices: Voices<'_>,
        kinds: &Kinds,
        quarter: u32,
        decoder: &Decoder,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, Error> {
        let syllables = order::arranged(&mut voices, quarter, interrupted)?;
        let mut tally = Tally::default();
        syllables.iter().for_each(|syllable| tally.add(voices.bytes(syllable)));
        if tally.syllables == 0 {
            return Ok(None);
        }
        let mut styles = [Style::default(); MOST_VOICES];
        for voice in &voices.voices {
            let is_chart = evidence::is_chart(voices.texts, voice.track);
            let lines = has_long_texts(&voices, &syllables, voice, decoder)?;
            styles[usize::from(voice.number)] =
                Style::of(&voice.tally, kinds.tags, is_chart, lines);
        }
        Ok(Some(Self { syllables, styles, tally }))
    }

    /// The song of Lyric events in quarter notes of 480 ticks.
    #[cfg(test)]
    pub(super) fn of_lyrics(texts: RawTexts<'_>, decoder: &Decoder) -> Result<Option<Self>, Error> {
        let kinds = Kinds::of(texts, &|| false)?;
        let voices = Voices::of(texts, TextKind::Lyric, 480, &|| false)?;
        Self::arranged(voices, &kinds, 480, decoder, &|| false)
    }

    /// Whether these words are to be preferred to those of the Lyric events.
    fn is_better(&self, sung: &Self) -> bool {
        let (written, sung) = (&self.tally, &sung.tally);
        let (more, less) = (u64::from(written.letters) * 4, u64::from(sung.letters) * 4);
        let only_lines = written.marked > 0 && sung.marked == 0;
        more > less / 4 * 5 || (only_lines && more / 4 * 5 >= less)
    }
}

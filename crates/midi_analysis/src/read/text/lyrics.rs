//! The lyrics of a piece, put together from its syllables.
//!
//! Which texts are sung is decided in [`song`] and [`evidence`], by [`voices`]; the order of the voices in
//! [`order`], so that the same words come once and voices are never interleaved; what the marks in the texts
//! mean in [`compose`]. A file may hold millions of syllables, of which 65,536 characters are kept. They are
//! decoded one by one instead of stored.
//!
//! Sources: RP-017, SMF Lyric Meta Event Definition, and RP-026, SMF Language and Display Extensions, of
//! the MMA; XF Format Specifications 2.01, Yamaha 1999; Soft Karaoke by what its files have.

mod chord_names;
mod compose;
mod evidence;
mod lines;
mod long;
mod measure;
mod notices;
mod novelty;
mod order;
mod pages;
mod song;
mod voices;

use self::compose::Composer;
use self::lines::Page;
pub(super) use self::notices::is_notice;
use self::pages::{MAX_LYRICS_CHARS, Text};
pub(crate) use self::pages::{Shown, Syllables};
pub(crate) use self::song::Song;
use crate::error::{Error, check};
use crate::model::text::RawTexts;
use crate::read::text::decoder::{Decoder, Joined, TEXTS_BETWEEN_CHECKS, Wanted};

/// The lyrics as a text with line breaks; `None` where there are none.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn lyrics(
    song: Option<&Song>,
    texts: RawTexts<'_>,
    decoder: &Decoder,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<String>, Error> {
    let Some(song) = song else { return Ok(None) };
    let mut reading = Reading::<Text>::of(song, texts, decoder);
    while reading.page().chars < MAX_LYRICS_CHARS && reading.next(interrupted)? {}
    let text = std::mem::take(&mut reading.page().text);
    Ok((!text.is_empty()).then_some(text))
}

/// A song that is read syllable by syllable.
pub(crate) struct Reading<'t, P> {
    song: &'t Song,
    texts: RawTexts<'t>,
    decoder: &'t Decoder,
    /// The decoder of the current voice, and the voice.
    joined: Option<(u8, Joined<'t>)>,
    composer: Composer<P>,
    at: usize,
}

impl<'t, P: Page + Default> Reading<'t, P> {
    pub(crate) fn of(song: &'t Song, texts: RawTexts<'t>, decoder: &'t Decoder) -> Self {
        Self { song, texts, decoder, joined: None, composer: Composer::default(), at: 0 }
    }

    /// What was written so far.
    pub(crate) fn page(&mut self) -> &mut P {
        &mut self.composer.lines.page
    }

    /// Reads the next syllable; returns whether there was one.
    ///
    /// # Errors
    /// `interrupted`.
    pub(crate) fn next(&mut self, interrupted: &dyn Fn() -> bool) -> Result<bool, Error> {
        let Some(syllable) = self.song.syllables.get(self.at) else { return Ok(false) };
        if self.at.is_multiple_of(TEXTS_BETWEEN_CHECKS) {
            check(interrupted)?;
        }
        self.at += 1;
        let voice = syllable.voice;
        let (text, bytes) = (syllable.raw(self.texts), syllable.bytes(self.texts));
        let style = self.song.styles[usize::from(voice)];
        self.page().begin(text);
        self.composer.begin(style, bytes, syllable.breaks);
        if self.joined.as_ref().is_none_or(|(of, _)| *of != voice) {
            self.joined = Some((voice, self.decoder.joined()));
        }
        if let Some((_, joined)) = &mut self.joined {
            let composer = &mut self.composer;
            joined.pieces(bytes, &mut |piece| {
                check(interrupted)?;
                composer.read(piece);
                let is_full = composer.lines.page.is_full();
                Ok(if is_full { Wanted::Nothing } else { Wanted::More })
            })?;
        }
        self.composer.end();
        Ok(true)
    }
}

#[cfg(test)]
mod tests;

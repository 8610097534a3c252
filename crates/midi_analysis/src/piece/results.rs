//! The results that the methods of a piece share, computed when they are first needed, and kept.

use std::cell::OnceCell;

use crate::analysis::chords::{self, EstimatedChord};
use crate::analysis::key::EstimatedKey;
use crate::analysis::melody;
use crate::analysis::parts::Parts;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::analysis::sections::{self, Section};
use crate::analysis::tally::Tally;
use crate::analysis::tempo::Tempo;
use crate::error::{Error, ErrorKind};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::model::source::Source;
use crate::options::Options;
use crate::read::events::{self, EventContext, Events};
use crate::read::mend::{Mended, mended};
use crate::read::repair::Repairs;
use crate::read::score;
use crate::read::text::decoder::Decoder;
use crate::read::text::lyrics::Song;

/// What is known of a piece so far.
pub(super) struct Results<'a> {
    pub(super) options: Options<'a>,
    source: Source<'a>,
    /// The repairs that unpacking the file took.
    container_repairs: Repairs,
    /// The file with its tracks mended, where they had to be.
    mended: OnceCell<Option<Mended>>,
    score: OnceCell<(Score<'a>, Repairs)>,
    events: OnceCell<EventContext>,
    decoder: OnceCell<Decoder>,
    song: OnceCell<Option<Song>>,
    tally: OnceCell<Tally>,
    tempo: OnceCell<Tempo>,
    beats: OnceCell<BeatGrid>,
    key: OnceCell<Option<EstimatedKey>>,
    chords: OnceCell<Vec<EstimatedChord>>,
    parts: OnceCell<Parts>,
    lines: OnceCell<Vec<Vec<Note>>>,
    sections: OnceCell<Vec<Section>>,
}

impl<'a> Results<'a> {
    /// Those of a file, of which nothing is read yet.
    pub(super) fn of_file(source: Source<'a>, repairs: Repairs, options: &Options<'a>) -> Self {
        Self {
            options: *options,
            source,
            container_repairs: repairs,
            mended: OnceCell::new(),
            score: OnceCell::new(),
            events: OnceCell::new(),
            decoder: OnceCell::new(),
            song: OnceCell::new(),
            tally: OnceCell::new(),
            tempo: OnceCell::new(),
            beats: OnceCell::new(),
            key: OnceCell::new(),
            chords: OnceCell::new(),
            parts: OnceCell::new(),
            lines: OnceCell::new(),
            sections: OnceCell::new(),
        }
    }

    /// Those of a score that was not read from a file.
    pub(super) fn of_score(score: Score<'a>, options: &Options<'a>) -> Self {
        let results = Self::of_file(Source::none(), Repairs::default(), options);
        results.score.get_or_init(|| (score, Repairs::default()));
        results
    }

    /// The events of the file.
    pub(super) fn events(&self) -> Result<Events<'_>, Error> {
        let context = kept(&self.events, || {
            let read = EventContext::of(&self.source, &self.options);
            match self.mended(may_be_mended(&read, |&(_, lost_step)| lost_step))? {
                Some(mended) => Ok(EventContext::of(&mended.source, &self.options)?.0),
                None => Ok(read?.0),
            }
        })?;
        Ok(Events::new(self.source_as_read(), context, &self.options))
    }

    /// The bytes that the tracks are read from, mended where they had to be.
    pub(super) fn source(&self) -> Result<&Source<'a>, Error> {
        if self.mended.get().is_none() {
            let lost_step = events::lost_step(&self.source, &self.options);
            if self.mended(may_be_mended(&lost_step, |&lost_step| lost_step))?.is_none() {
                lost_step?;
            }
        }
        Ok(self.source_as_read())
    }

    /// The mended bytes, if by now there are any, or those that were given.
    fn source_as_read(&self) -> &Source<'a> {
        let mended = self.mended.get().and_then(Option::as_ref);
        mended.map_or(&self.source, |mended| &mended.source)
    }

    pub(super) fn read_tracks(&self) -> Result<&(Score<'a>, Repairs), Error> {
        kept(&self.score, || {
            let repairs = self.container_repairs.clone();
            let read = score::read(&self.source, &self.options, repairs);
            let may_be_mended = may_be_mended(&read, |(_, repairs)| repairs.lost_step());
            let Some(mended) = self.mended(may_be_mended)? else { return read };
            drop(read);
            let mut repairs = self.container_repairs.clone();
            repairs.append(mended.repairs.clone());
            score::read(&mended.source, &self.options, repairs)
        })
    }

    /// The file with its tracks mended, if reading it lost its step and they had to be.
    fn mended(&self, lost_step: bool) -> Result<Option<&Mended>, Error> {
        let make = || if lost_step { mended(&self.source, &self.options) } else { Ok(None) };
        Ok(kept(&self.mended, make)?.as_ref())
    }

    /// The score of a piece with notes.
    pub(super) fn score(&self) -> Result<&Score<'a>, Error> {
        let (score, _) = self.read_tracks()?;
        score.require_notes()?;
        Ok(score)
    }

    pub(super) fn decoder(&self) -> Result<&Decoder, Error> {
        let texts = self.score()?.raw_texts();
        kept(&self.decoder, || Decoder::for_texts(texts, self.options.interrupted))
    }

    /// The words of the piece; `None` where it has none.
    pub(super) fn song(&self) -> Result<Option<&Song>, Error> {
        let (score, decoder) = (self.score()?, self.decoder()?);
        let song = kept(&self.song, || Song::of(score, decoder, self.options.interrupted))?;
        Ok(song.as_ref())
    }

    pub(super) fn tally(&self) -> Result<&Tally, Error> {
        let score = self.score()?;
        kept(&self.tally, || Ok(Tally::of(score)?))
    }

    pub(super) fn tempo(&self) -> Result<&Tempo, Error> {
        let score = self.score()?;
        kept(&self.tempo, || Tempo::of(score, self.options.interrupted))
    }

    pub(super) fn beat_grid(&self) -> Result<&BeatGrid, Error> {
        let declared = self.tempo()?.bpm_declared;
        let score = self.score()?;
        kept(&self.beats, || BeatGrid::of(score, declared, self.options.interrupted))
    }

    pub(super) fn key(&self) -> Result<Option<&EstimatedKey>, Error> {
        let (score, tally) = (self.score()?, self.tally()?);
        let key = kept(&self.key, || EstimatedKey::of(score, tally, self.options.interrupted))?;
        Ok(key.as_ref())
    }

    pub(super) fn chords(&self) -> Result<&[EstimatedChord], Error> {
        let (score, key, beats) = (self.score()?, self.key()?, self.beat_grid()?);
        let make = || chords::estimate(score, key, beats, self.options.interrupted);
        Ok(kept(&self.chords, make)?)
    }

    /// Which part plays each pitched note.
    pub(super) fn parts(&self) -> Result<&Parts, Error> {
        let score = self.score()?;
        kept(&self.parts, || Ok(Parts::of(score)?))
    }

    /// The melody, and after it the other prominent lines.
    pub(super) fn lines(&self) -> Result<&[Vec<Note>], Error> {
        let (score, parts) = (self.score()?, self.parts()?);
        Ok(kept(&self.lines, || melody::lines(score, parts, self.options.interrupted))?)
    }

    pub(super) fn melody(&self) -> Result<&[Note], Error> {
        Ok(self.lines()?.first().map_or(&[], Vec::as_slice))
    }

    pub(super) fn sections(&self) -> Result<&[Section], Error> {
        let (score, beats, key) = (self.score()?, self.beat_grid()?, self.key()?);
        let melody = self.melody()?;
        let make = || sections::sections(score, beats, melody, key, self.options.interrupted);
        Ok(kept(&self.sections, make)?)
    }
}

/// Whether reading lost its step, or met too many events, which may be false ones.
fn may_be_mended<T>(read: &Result<T, Error>, lost_step: impl Fn(&T) -> bool) -> bool {
    match read {
        Ok(read) => lost_step(read),
        Err(error) => error.kind() == ErrorKind::TooLarge,
    }
}

/// The value of a cell, which is made if there is none yet.
fn kept<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

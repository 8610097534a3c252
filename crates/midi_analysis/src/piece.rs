//! One piece of music, which is read once and described by many methods.
//!
//! Results that several methods share (the score, the beats, the key, the chords ...) are computed when
//! they are first needed, and kept.

mod analysis;
mod from_notes;
mod melody;
mod notes;
mod tempo_spans;
mod tracks;

use std::cell::OnceCell;

pub use self::analysis::{Analysis, File};
pub use self::melody::MelodyNote;
pub use self::notes::TimedNote;
pub use self::tempo_spans::TempoSpan;
pub use self::tracks::Track;

use self::analysis::Shared;
use crate::analysis::chords::{self, ChordRow, EstimatedChord};
use crate::analysis::features::{self, Feature};
use crate::analysis::key::{EstimatedKey, KeySpan};
use crate::analysis::rhythm::Beat;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::analysis::tally::Tally;
use crate::analysis::tempo::Tempo;
use crate::error::Error;
use crate::model::meter_map::MeterMap;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::model::source::Source;
use crate::model::tempo_map::TempoMap;
use crate::model::timeline::Timeline;
use crate::options::Options;
use crate::read::container;
use crate::read::events::{EventContext, Events};
use crate::read::repair::Repairs;
use crate::read::text::decoder::Decoder;

/// Items of an iterator between two questions whether to stop.
const ITEMS_BETWEEN_CHECKS: usize = 1_024;

/// One piece of music.
///
/// ```
/// use midi_analysis::{Note, Options, Piece, Timeline};
///
/// // A scale of C major in eighth notes.
/// let pitches = [60, 62, 64, 65, 67, 69, 71, 72];
/// let notes = (0..).zip(pitches).map(|(n, pitch)| Note::new(n * 240, n * 240 + 240, pitch));
/// let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
/// let keys: Vec<_> = piece.keys()?.iter().map(|span| span.key.to_string()).collect();
/// assert_eq!(keys, ["C major"]);
/// # Ok::<(), midi_analysis::Error>(())
/// ```
pub struct Piece<'a> {
    options: Options<'a>,
    size_bytes: usize,
    source: Source<'a>,
    /// The repairs that unpacking the file took.
    container_repairs: Repairs,
    score: OnceCell<(Score<'a>, Repairs)>,
    events: OnceCell<EventContext>,
    decoder: OnceCell<Decoder>,
    tally: OnceCell<Tally>,
    tempo: OnceCell<Tempo>,
    beats: OnceCell<BeatGrid>,
    key: OnceCell<Option<EstimatedKey>>,
    chords: OnceCell<Vec<EstimatedChord>>,
}

impl<'a> Piece<'a> {
    /// Reads a MIDI file: a standard MIDI file, bare or inside gzip, RIFF RMID or MacBinary. Damage is
    /// repaired where a player would go on, and reported in [`warnings`](Self::warnings).
    ///
    /// The tracks are read by the first method that needs them, and then kept.
    ///
    /// # Errors
    /// The bytes hold no MIDI file or more bytes than allowed, their container is damaged, memory runs
    /// out, or the work is interrupted.
    pub fn read(bytes: &'a [u8], options: &Options<'a>) -> Result<Self, Error> {
        let mut repairs = Repairs::default();
        let source = container::unwrap(bytes, options, &mut repairs)?;
        Ok(Self::new(source, bytes.len(), repairs, options))
    }

    /// Takes notes, in any order, and what their ticks mean. Such a piece has no events and no texts.
    ///
    /// # Errors
    /// A value that MIDI does not have, such as a pitch over 127, or out of memory.
    pub fn from_notes(
        notes: Vec<Note>,
        timeline: &Timeline,
        options: &Options<'a>,
    ) -> Result<Self, Error> {
        let score = from_notes::score(notes, timeline)?;
        let piece = Self::new(Source::given(&[], 0), 0, Repairs::default(), options);
        piece.score.get_or_init(|| (score, Repairs::default()));
        Ok(piece)
    }

    fn new(
        source: Source<'a>,
        size_bytes: usize,
        container_repairs: Repairs,
        options: &Options<'a>,
    ) -> Self {
        Self {
            options: *options,
            size_bytes,
            source,
            container_repairs,
            score: OnceCell::new(),
            events: OnceCell::new(),
            decoder: OnceCell::new(),
            tally: OnceCell::new(),
            tempo: OnceCell::new(),
            beats: OnceCell::new(),
            key: OnceCell::new(),
            chords: OnceCell::new(),
        }
    }
}

/// Every method has an error where a track has more events than allowed, memory runs out or the work is
/// interrupted; all but [`events`](Self::events) and [`warnings`](Self::warnings) also where the piece
/// has no note.
impl<'a> Piece<'a> {
    /// Everything that is known of the piece as a whole.
    ///
    /// # Errors
    /// As above.
    pub fn analysis(&self) -> Result<Analysis, Error> {
        let (score, repairs) = self.read_tracks()?;
        score.require_notes()?;
        self.options.check()?;
        let shared = Shared {
            tally: self.tally()?,
            tempo: self.tempo()?,
            beats: self.beat_grid()?,
            key: self.key()?,
            chords: self.estimated_chords()?,
            decoder: self.decoder()?,
        };
        let file = File::of(score, repairs, self.size_bytes);
        Analysis::of(score, file, &shared, self.options.interrupted)
    }

    /// The notes, by start.
    ///
    /// # Errors
    /// As above.
    pub fn notes(&self) -> Result<impl ExactSizeIterator<Item = TimedNote> + use<'_, 'a>, Error> {
        Ok(notes::timed(self.score()?))
    }

    /// The tracks, in the order of the file, those without notes among them.
    ///
    /// # Errors
    /// As above.
    pub fn tracks(&self) -> Result<Vec<Track>, Error> {
        tracks::tracks(self.score()?, self.decoder()?, self.options.interrupted)
    }

    /// The declared tempo: from ticks to seconds.
    ///
    /// # Errors
    /// As above.
    pub fn tempo_map(&self) -> Result<&TempoMap, Error> {
        Ok(&self.score()?.tempo)
    }

    /// The declared meter: from ticks to bars and beats.
    ///
    /// # Errors
    /// As above.
    pub fn meter_map(&self) -> Result<&MeterMap, Error> {
        Ok(&self.score()?.meter)
    }

    /// The spans of constant declared tempo and meter in the order of time, defaults included, until
    /// the last note ends.
    ///
    /// # Errors
    /// As above.
    pub fn tempo_spans(&self) -> Result<impl Iterator<Item = TempoSpan> + use<'_, 'a>, Error> {
        Ok(tempo_spans::TempoSpans::of(self.score()?))
    }

    /// The beats: those of the declared grid where the notes follow it, else estimated ones. None
    /// where neither is known.
    ///
    /// # Errors
    /// As above.
    pub fn beats(&self) -> Result<impl ExactSizeIterator<Item = Beat> + use<'_, 'a>, Error> {
        Ok(self.beat_grid()?.rows())
    }

    /// The keys that the piece passes through, in the order of time; none where fewer than three pitch
    /// classes sound.
    ///
    /// # Errors
    /// As above.
    pub fn keys(&self) -> Result<Vec<KeySpan>, Error> {
        let score = self.score()?;
        Ok(self.key()?.map(|key| key.spans(score)).unwrap_or_default())
    }

    /// The chords, in the order of time; none where no chord is estimated.
    ///
    /// # Errors
    /// As above.
    pub fn chords(&self) -> Result<Vec<ChordRow>, Error> {
        Ok(chords::spans(self.score()?, self.estimated_chords()?, self.key()?)?)
    }

    /// The melody: one note at a time, in the order of time; none where fewer than four pitched notes
    /// sound.
    ///
    /// # Errors
    /// As above.
    pub fn melody(&self) -> Result<impl ExactSizeIterator<Item = MelodyNote> + use<'_, 'a>, Error> {
        melody::melody(self.score()?, self.options.interrupted)
    }

    /// All features of the catalogue of jSymbolic, in the order of
    /// [`feature_catalog`](crate::feature_catalog).
    ///
    /// # Errors
    /// As above.
    pub fn features(&self) -> Result<Vec<Feature>, Error> {
        features::measured(self.score()?, self.options.interrupted)
    }

    /// Every event of the file, track by track, also where there are no notes. The events are not kept.
    ///
    /// # Errors
    /// As above. Items are errors only where the work is interrupted meanwhile.
    pub fn events(&self) -> Result<Events<'_>, Error> {
        let context = kept(&self.events, || EventContext::of(&self.source, &self.options))?;
        Ok(Events::new(&self.source, context, &self.options))
    }

    /// Each kind of repair that reading took, in words, with its number and first position; empty for an
    /// undamaged file.
    ///
    /// # Errors
    /// As above.
    pub fn warnings(&self) -> Result<Vec<String>, Error> {
        Ok(self.read_tracks()?.1.warnings())
    }

    /// The same items, with checks for interrupts between them. The iterators of notes, beats, spans and
    /// the melody do not check.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let notes = vec![Note::new(0, 480, 60)];
    /// # let piece = Piece::from_notes(notes, &Timeline::new(480), &Options::default())?;
    /// for note in piece.interruptible(piece.notes()?) {
    ///     let note = note?;
    ///     assert_eq!(note.duration_s, 0.5);
    /// }
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    pub fn interruptible<T>(
        &self,
        items: impl Iterator<Item = T>,
    ) -> impl Iterator<Item = Result<T, Error>> {
        items.enumerate().map(|(index, item)| {
            if index % ITEMS_BETWEEN_CHECKS == 0 {
                self.options.check()?;
            }
            Ok(item)
        })
    }
}

/// Shared results, computed when they are first needed.
impl<'a> Piece<'a> {
    fn read_tracks(&self) -> Result<&(Score<'a>, Repairs), Error> {
        kept(&self.score, || {
            crate::read::score::read(&self.source, &self.options, self.container_repairs.clone())
        })
    }

    /// The score of a piece with notes.
    pub(crate) fn score(&self) -> Result<&Score<'a>, Error> {
        let (score, _) = self.read_tracks()?;
        score.require_notes()?;
        Ok(score)
    }

    fn decoder(&self) -> Result<&Decoder, Error> {
        let texts = self.score()?.raw_texts();
        kept(&self.decoder, || Decoder::for_texts(texts, self.options.interrupted))
    }

    fn tally(&self) -> Result<&Tally, Error> {
        let score = self.score()?;
        kept(&self.tally, || Ok(Tally::of(score)))
    }

    fn tempo(&self) -> Result<&Tempo, Error> {
        let score = self.score()?;
        kept(&self.tempo, || Tempo::of(score, self.options.interrupted))
    }

    fn beat_grid(&self) -> Result<&BeatGrid, Error> {
        let declared = self.tempo()?.bpm_declared;
        let score = self.score()?;
        kept(&self.beats, || BeatGrid::of(score, declared, self.options.interrupted))
    }

    fn key(&self) -> Result<Option<&EstimatedKey>, Error> {
        let (score, tally) = (self.score()?, self.tally()?);
        let key = kept(&self.key, || EstimatedKey::of(score, tally, self.options.interrupted))?;
        Ok(key.as_ref())
    }

    fn estimated_chords(&self) -> Result<&[EstimatedChord], Error> {
        let (score, key) = (self.score()?, self.key()?);
        let chords = kept(&self.chords, || chords::estimate(score, key, self.options.interrupted))?;
        Ok(chords)
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

//! One piece of music, which is read once and described by many methods.
//!
//! Results that several methods share (the score, the beats, the key, the chords ...) are computed when
//! they are first needed, and kept.

mod analysis;
mod catalog;
mod from_notes;
mod interruptible;
mod lyrics;
mod melody;
mod notes;
mod parts;
mod results;
mod sections;
mod tempo_spans;
mod tracks;
mod whole;

pub use self::analysis::Analysis;
pub use self::catalog::{Catalog, File};
pub use self::lyrics::{Lyrics, SungSyllable};
pub use self::melody::MelodyNote;
pub use self::notes::TimedNote;
pub use self::tempo_spans::TempoSpan;
pub use self::tracks::Track;

use std::fmt;

use self::results::Results;
use crate::analysis::chords::{self, ChordSpan};
use crate::analysis::features::{self, Feature};
use crate::analysis::key::{EstimatedKey, KeySpan};
use crate::analysis::rhythm::Beat;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::Error;
use crate::model::key::Key;
use crate::model::meter_map::MeterMap;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::model::source::Source;
use crate::model::tempo_map::TempoMap;
use crate::model::timeline::Timeline;
use crate::options::Options;
use crate::read::events::Events;
use crate::read::mangled;
use crate::read::repair::Repairs;

/// One piece of music.
///
/// A piece stays in the thread that made it; several threads can each have pieces of their own.
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
    size_bytes: usize,
    results: Results<'a>,
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}

impl<'a> Piece<'a> {
    /// Reads a MIDI file: a standard MIDI file, bare or inside gzip, RIFF RMID or MacBinary, or the only
    /// one of a ZIP archive. Damage is repaired where a player would go on, and the bytes of a file that was
    /// copied or stored as text are restored; both are reported in [`warnings`](Self::warnings).
    ///
    /// The tracks are read by the first method that needs them, and then kept.
    ///
    /// # Errors
    /// The bytes hold no MIDI file or more bytes than allowed, their container is damaged, memory runs
    /// out, or the work is interrupted.
    pub fn read(bytes: &'a [u8], options: &Options<'a>) -> Result<Self, Error> {
        let mut repairs = Repairs::default();
        let source = mangled::unwrap(bytes, options, &mut repairs)?;
        Ok(Self { size_bytes: bytes.len(), results: Results::of_file(source, repairs, options) })
    }

    /// Takes notes, in any order, and what their ticks mean. Such a piece has no events and no texts, and
    /// the limits of `options` do not apply to it.
    ///
    /// # Errors
    /// A value that MIDI does not have, such as a pitch over 127, or out of memory.
    pub fn from_notes(
        notes: Vec<Note>,
        timeline: &Timeline,
        options: &Options<'a>,
    ) -> Result<Self, Error> {
        let score = from_notes::score(notes, timeline)?;
        Ok(Self { size_bytes: 0, results: Results::of_score(score, options) })
    }

    /// What the chords of a piece with notes are estimated from.
    #[cfg(feature = "training")]
    pub(crate) fn below_chords(
        &self,
    ) -> Result<(&Score<'a>, Option<&EstimatedKey>, &BeatGrid), Error> {
        Ok((self.score()?, self.results.key()?, self.results.beat_grid()?))
    }

    /// The bytes that the tracks are read from, mended where they had to be, and the options to read them with.
    pub(crate) fn source(&self) -> Result<(&Source<'a>, &Options<'a>), Error> {
        Ok((self.results.source()?, &self.results.options))
    }

    /// The beats of a piece with notes.
    pub(crate) fn beat_grid(&self) -> Result<&BeatGrid, Error> {
        self.results.beat_grid()
    }

    /// Quarter notes a minute, the median of what is declared; `None` where nothing is.
    pub(crate) fn declared_bpm(&self) -> Result<Option<f64>, Error> {
        Ok(self.results.tempo()?.bpm_declared)
    }

    /// The key that is estimated for the whole, or else the first that is declared.
    pub(crate) fn home_key(&self) -> Result<Option<Key>, Error> {
        let declared = self.score()?.keys.first().map(|key| key.signature.key());
        Ok(self.results.key()?.map(EstimatedKey::home).or(declared))
    }

    /// The score of a piece with notes.
    pub(crate) fn score(&self) -> Result<&Score<'a>, Error> {
        self.results.score()
    }
}

/// Every method fails where the file has more events than allowed, memory runs out or the work is
/// interrupted; all but [`events`](Self::events) and [`warnings`](Self::warnings) also where the piece
/// has no note.
impl<'a> Piece<'a> {
    /// The notes, by start.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let bars = piece.notes()?.map(|timed| timed.bar);
    /// assert_eq!(bars.last(), Some(Some(8)));
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn notes(&self) -> Result<impl ExactSizeIterator<Item = TimedNote> + use<'_, 'a>, Error> {
        Ok(notes::timed(self.score()?))
    }

    /// The tracks, in the order of the file, those without notes among them.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let tracks = piece.tracks()?;
    /// assert_eq!((tracks.len(), tracks[0].note_count), (1, 32));
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn tracks(&self) -> Result<Vec<Track>, Error> {
        tracks::tracks(self.score()?, self.results.decoder()?, self.results.options.interrupted)
    }

    /// The declared tempo: from ticks to seconds.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// assert_eq!(piece.tempo_map()?.seconds(960), 1.0);
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn tempo_map(&self) -> Result<&TempoMap, Error> {
        Ok(&self.score()?.tempo)
    }

    /// The declared meter: from ticks to bars and beats.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// // The second beat of the third bar.
    /// assert_eq!(piece.meter_map()?.position(9 * 480), Some((3, 2.0)));
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn meter_map(&self) -> Result<&MeterMap, Error> {
        Ok(&self.score()?.meter)
    }

    /// The spans of constant declared tempo and meter in the order of time, defaults included, until
    /// the last note ends.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let span = piece.tempo_spans()?.next().expect("at least one span");
    /// assert_eq!((span.bpm, span.end_s), (Some(120.0), 16.0));
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn tempo_spans(&self) -> Result<impl Iterator<Item = TempoSpan> + use<'_, 'a>, Error> {
        Ok(tempo_spans::TempoSpans::of(self.score()?))
    }

    /// The beats: those of the declared grid where the notes follow it, else estimated ones. None
    /// where neither is known.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// for beat in piece.beats()? {
    ///     println!("{} {:.2} s", beat.beat_in_bar, beat.start_s);
    /// }
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn beats(&self) -> Result<impl ExactSizeIterator<Item = Beat> + use<'_, 'a>, Error> {
        Ok(self.results.beat_grid()?.rows())
    }

    /// The keys that the piece passes through, in the order of time; none where fewer than three pitch
    /// classes sound.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// for span in piece.keys()? {
    ///     println!("{} from {:.1} s", span.key, span.start_s);
    /// }
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn keys(&self) -> Result<Vec<KeySpan>, Error> {
        let score = self.score()?;
        Ok(self.results.key()?.map(|key| key.spans(score)).unwrap_or_default())
    }

    /// The chords, in the order of time; none where no chord is estimated.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// for span in piece.chords()? {
    ///     println!("{span:?}");
    /// }
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn chords(&self) -> Result<Vec<ChordSpan>, Error> {
        Ok(chords::spans(self.score()?, self.results.chords()?, self.results.key()?)?)
    }

    /// The syllables of the lyrics: voices that sing at the same time come one after the other.
    ///
    /// # Errors
    /// Those of every method.
    pub fn lyrics(&self) -> Result<Lyrics<'_>, Error> {
        let (score, song) = (self.score()?, self.results.song()?);
        Ok(Lyrics::of(score, song, self.results.decoder()?, self.results.options.interrupted))
    }

    /// The melody: one note at a time, in the order of time; none where fewer than four pitched notes
    /// sound.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let pitches: Vec<u8> = piece.melody()?.map(|note| note.pitch).take(4).collect();
    /// assert_eq!(pitches, [60, 64, 67, 72]);
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn melody(&self) -> Result<impl ExactSizeIterator<Item = MelodyNote> + use<'_, 'a>, Error> {
        Ok(melody::timed(self.score()?, self.results.melody()?))
    }

    /// All features of the catalogue of jSymbolic, in the order of
    /// [`feature_catalog`](crate::feature_catalog).
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let features = piece.features()?;
    /// let mean = features.iter().find(|feature| feature.name == "Mean Pitch");
    /// assert_eq!(mean.and_then(|feature| feature.value.clone()), Some(vec![66.0]));
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn features(&self) -> Result<Vec<Feature>, Error> {
        features::measured(self.score()?, self.results.options.interrupted)
    }

    /// Every event of the file, track by track, also where there are no notes. The events are not kept.
    ///
    /// ```
    /// use midi_analysis::{EventKind, Options, Piece};
    ///
    /// let file = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x08\0\xb0\x07\x64\0\xff\x2f\0";
    /// let piece = Piece::read(file, &Options::default())?;
    /// let event = piece.events()?.next().expect("an event")?;
    /// assert_eq!(event.kind, EventKind::ControlChange { controller: 7, value: 100 });
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method. Items are errors only where the work is interrupted meanwhile.
    pub fn events(&self) -> Result<Events<'_>, Error> {
        self.results.events()
    }

    /// Each kind of repair that reading took, in words, with its number and first position; empty for an
    /// undamaged file.
    ///
    /// ```
    /// use midi_analysis::{Options, Piece};
    ///
    /// // The track ends without End of Track.
    /// let file = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x08\0\x90\x3c\x50\x60\x80\x3c\0";
    /// let piece = Piece::read(file, &Options::default())?;
    /// assert_eq!(piece.warnings()?, ["track without End of Track (at byte 30)"]);
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn warnings(&self) -> Result<Vec<String>, Error> {
        Ok(self.results.read_tracks()?.1.warnings())
    }
}

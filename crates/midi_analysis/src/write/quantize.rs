//! Notes on a grid.
//!
//! The grid is that of the beats as they are found. Where the notes follow the beats that the file declares, these stay.
//! Else the music was played freely, or to no metronome: then its beats become the beats of the file ([`metric`]), with
//! tempos that keep the time of each, and all meter that was declared gives way to it.
//!
//! Then each moment at which notes begin moves towards its nearest point of the [`grid`]. What is between two such moments
//! (the ends of notes, pedals, bends, lyrics) moves in proportion, and so keeps its order. A note that would lose all of its
//! length, since another one begins at the same point now, sounds for a 32nd note.

mod grid;
mod metric;

pub use self::grid::{Grid, GridError};

use self::grid::Points;
use self::metric::{FoundBeat, Metric, QUARTER};
use super::channel::ChannelMessage;
use super::event::Event;
use super::file::{EVENTS_BETWEEN_CHECKS, File, Track};
use super::message::Message;
use super::meta_kind::MetaKind;
use super::warp::{Warp, tick};
use crate::analysis::rhythm::declared_meter::COMMON_TIME;
use crate::error::{Error, check};
use crate::model::division::Division;
use crate::model::meter_map::MeterMap;
use crate::model::note::Note;
use crate::model::tempo_map::TempoMap;
use crate::model::time_signature::TimeSignature;
use crate::options::Options;
use crate::piece::Piece;
use crate::room;

/// The part of a quarter note that a note lasts which would have no length: a 32nd note.
const SHORTEST: u32 = 8;

/// How notes are moved.
///
/// ```
/// use midi_analysis::write::{Grid, Quantize};
///
/// let grid: Grid = "1/8".parse()?;
/// // Half of the way to swung eighth notes.
/// let how = Quantize::new(grid).strength(0.5).swing(0.6);
/// assert_eq!((how.strength, how.swing), (0.5, 0.6));
/// # Ok::<(), midi_analysis::write::GridError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Quantize {
    /// The points that notes are moved to.
    pub grid: Grid,
    /// The share of the way to the nearest point that a note is moved, 0-1.
    pub strength: f64,
    /// The share of the time of two steps of the grid that the first takes, 0.5-0.75: half where the music is even, two
    /// thirds in a triplet swing. Triplets stay even.
    pub swing: f64,
}

impl Quantize {
    /// To the points of an even grid, all of the way.
    pub fn new(grid: Grid) -> Self {
        Self { grid, strength: 1.0, swing: 0.5 }
    }

    /// Sets the share of the way, from 0 to 1.
    #[must_use]
    pub fn strength(self, strength: f64) -> Self {
        Self { strength: strength.clamp(0.0, 1.0), ..self }
    }

    /// Sets the share of two steps that the first takes, from 0.5 to 0.75.
    #[must_use]
    pub fn swing(self, swing: f64) -> Self {
        Self { swing: swing.clamp(0.5, 0.75), ..self }
    }
}

impl File<'_> {
    /// Moves notes to a grid over the beats of the music as they are found. `piece` is the one whose file this is; a file
    /// of format 2 becomes one of format 1.
    ///
    /// # Errors
    /// [`NotThere`](crate::ErrorKind::NotThere) where the piece has no beats; [`Unwritable`](crate::ErrorKind::Unwritable)
    /// for more ticks than a file can have. It has no notes; out of memory, or `interrupted`.
    pub fn quantize(&mut self, piece: &Piece<'_>, how: &Quantize) -> Result<(), Error> {
        let grid = piece.beat_grid()?;
        if let Some(quarter) = self.division.ticks_per_quarter() {
            // Beats that are heard in another meter than the declared one are on its grid, too.
            let half = u32::from(quarter / 2).max(1);
            let follows = grid.beats.iter().all(|beat| beat.tick.is_multiple_of(half));
            if grid.bars_are_declared || grid.beats.len() < 2 || follows {
                return self.quantize_as_declared(piece, how);
            }
        }
        let found = grid
            .beats
            .iter()
            .map(|beat| FoundBeat { seconds: beat.seconds, begins_bar: beat.is_downbeat() });
        let metric = Metric::new(found, grid.meter.unwrap_or(COMMON_TIME))?;
        self.quantize_as_found(piece, &metric, how)
    }

    /// The same over beats that the caller knows: the seconds of each and whether a bar begins there, in the order of time,
    /// and the meter.
    ///
    /// # Errors
    /// Those of [`quantize`](Self::quantize).
    pub fn quantize_over(
        &mut self,
        piece: &Piece<'_>,
        beats: &[(f64, bool)],
        meter: TimeSignature,
        how: &Quantize,
    ) -> Result<(), Error> {
        let beats = beats.iter().filter(|(seconds, _)| seconds.is_finite());
        let found = beats.map(|&(seconds, begins_bar)| FoundBeat { seconds, begins_bar });
        self.quantize_as_found(piece, &Metric::new(found, meter)?, how)
    }

    /// On the declared grid, where tempo, meter and key stay in their places.
    fn quantize_as_declared(&mut self, piece: &Piece<'_>, how: &Quantize) -> Result<(), Error> {
        let (_, options) = piece.source()?;
        let score = piece.score()?;
        if self.format == 2 {
            self.set_format(1, options)?;
        }
        let quarter = score.ticks_per_quarter().unwrap_or(QUARTER);
        let points = Points::new(&how.grid, how.swing, &score.meter, quarter);
        let mut warp = Warp::new(1.0);
        warp.push(0, 0.0)?;
        for onset in onsets(&score.notes) {
            warp.push(onset, moved(onset.into(), &points, how.strength))?;
        }
        self.move_notes(&warp, quarter, options, is_of_the_grid)
    }

    /// On beats that become those of the file.
    fn quantize_as_found(
        &mut self,
        piece: &Piece<'_>,
        metric: &Metric,
        how: &Quantize,
    ) -> Result<(), Error> {
        let (_, options) = piece.source()?;
        let score = piece.score()?;
        if self.format == 2 {
            self.set_format(1, options)?;
        }
        let told = metric.events()?;
        let meter = meter_map(&told)?;
        let points = Points::new(&how.grid, how.swing, &meter, QUARTER);
        let place = |at: u32| metric.tick(score.tempo.seconds(at));
        let mut stations = stations(metric, &score.tempo)?.into_iter().peekable();
        let mut warp = Warp::new(slope(metric, &score.tempo));
        for onset in onsets(&score.notes) {
            while let Some(station) = stations.next_if(|&station| station < onset) {
                warp.push(station, place(station))?;
            }
            warp.push(onset, moved(place(onset), &points, how.strength))?;
        }
        check(options.interrupted)?;
        stations.try_for_each(|station| warp.push(station, place(station)))?;
        self.division = Division::Metrical(QUARTER);
        for track in &mut self.tracks {
            track.events.retain(|event| !is_meter_or_tempo(event));
        }
        self.move_notes(&warp, QUARTER, options, |_| false)?;
        match self.tracks.first_mut() {
            Some(first) => first.begin_with(told),
            None => Ok(()),
        }
    }

    /// Moves all events but those that stay where they are.
    fn move_notes(
        &mut self,
        warp: &Warp,
        quarter: u16,
        options: &Options<'_>,
        stays: impl Fn(&Event<'_>) -> bool,
    ) -> Result<(), Error> {
        let shortest = (u32::from(quarter) / SHORTEST).max(1);
        for track in &mut self.tracks {
            let mut begun = Begun::new()?;
            for events in track.events.chunks_mut(EVENTS_BETWEEN_CHECKS) {
                options.check()?;
                for event in events.iter_mut().filter(|event| !stays(event)) {
                    let to = warp.at(event.tick)?;
                    let message = event.channel_message();
                    let lasts_until = message.and_then(|m| begun.pass(m, event.tick, to));
                    event.tick = lasts_until.map_or(to, |start| start.saturating_add(shortest));
                }
            }
            track.end = warp.at(track.end)?;
            track.sort()?;
        }
        self.leave_timed_words_out();
        Ok(())
    }
}

impl<'p> Track<'p> {
    /// Puts events among the others, before those of the same tick.
    fn begin_with(&mut self, mut events: Vec<Event<'p>>) -> Result<(), Error> {
        room::reserve(&mut events, self.events.len())?;
        events.append(&mut self.events);
        self.events = events;
        Ok(self.sort()?)
    }
}

/// When the last note of each channel and pitch began: before it was moved, and since.
struct Begun(Vec<Option<(u32, u32)>>);

impl Begun {
    fn new() -> Result<Self, Error> {
        Ok(Self(room::filled(None, 16 * 128)?))
    }

    /// Passes a message at a tick that is moved to another. Where it ends a note that would lose its length, gives the
    /// tick at which that begins now.
    fn pass(&mut self, message: ChannelMessage, from: u32, to: u32) -> Option<u32> {
        let slot = usize::from(message.channel()) << 7 | usize::from(message.pitch()?);
        if message.begins_note() {
            self.0[slot] = Some((from, to));
            return None;
        }
        let (start, moved) = self.0[slot].filter(|_| message.ends_note())?;
        (from > start && to <= moved).then_some(moved)
    }
}

/// The ticks at which notes begin, each once.
fn onsets(notes: &[Note]) -> impl Iterator<Item = u32> {
    notes.chunk_by(|a, b| a.start == b.start).map(|together| together[0].start)
}

/// A place, moved towards its point.
fn moved(place: f64, points: &Points<'_>, strength: f64) -> f64 {
    place + strength * (points.nearest(place) - place)
}

/// The ticks at which the tempo changes, of the beats or of the file, in their order.
fn stations(metric: &Metric, tempo: &TempoMap) -> Result<Vec<u32>, Error> {
    let beats = metric.seconds().filter_map(|seconds| tick(tempo.tick(seconds)).ok());
    let tempos = tempo.segments().iter().map(|segment| segment.tick);
    let mut stations = room::gathered(beats.chain(tempos))?;
    stations.sort_unstable();
    stations.dedup();
    Ok(stations)
}

/// Ticks of the last beat for each tick of the file's last tempo.
fn slope(metric: &Metric, tempo: &TempoMap) -> f64 {
    let end = metric.seconds().last().unwrap_or(0.0);
    let last = tempo.segments().last().map_or(0.0, |segment| segment.seconds_per_tick);
    (metric.tick(end + 1.0) - metric.tick(end)) * last
}

fn meter_map(told: &[Event<'_>]) -> Result<MeterMap, Error> {
    let signature = |event: &Event<'_>| {
        let (numerator, power) = event.message().as_time_signature()?;
        Some((event.tick, TimeSignature::new(numerator, 1_u8.checked_shl(power.into())?)))
    };
    let signatures = room::gathered(told.iter().filter_map(signature))?;
    Ok(MeterMap::new(Division::Metrical(QUARTER), &signatures)?)
}

/// Whether it says where the bars and beats are, and not what is played.
fn is_of_the_grid(event: &Event<'_>) -> bool {
    let kinds = [MetaKind::KEY_SIGNATURE, MetaKind::SMPTE_OFFSET];
    is_meter_or_tempo(event)
        || matches!(event.message(), Message::Meta(kind, _) if kinds.contains(&kind))
}

fn is_meter_or_tempo(event: &Event<'_>) -> bool {
    let kinds = [MetaKind::TEMPO, MetaKind::TIME_SIGNATURE];
    matches!(event.message(), Message::Meta(kind, _) if kinds.contains(&kind))
}

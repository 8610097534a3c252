//! Another tempo: the music faster or slower, or the same music with another number before it.
//!
//! A file declares tempos in whole microseconds a quarter note, from 1 to 16,777,215. One that would be out of this range
//! is set to its end.

use super::event::Event;
use super::file::{File, Track};
use super::message::Message;
use super::unwritable::unwritable;
use super::warp::{Warp, tick};
use crate::error::Error;
use crate::model::division::Division;
use crate::model::tempo_map::{DEFAULT_MICROSECONDS, TempoSegment};
use crate::options::Options;
use crate::piece::Piece;
use crate::room;

/// Microseconds in a minute.
const MINUTE: f64 = 60e6;
const MICROSECONDS: f64 = 1e6;
/// The longest quarter note that three bytes hold, in microseconds.
const LONGEST: f64 = 16_777_215.0;
/// Ticks in a quarter note from which rounding to a tick is hardly heard: a millisecond at 120 quarter notes a minute.
const FINE: u16 = 480;
/// Quarter notes a minute where nothing is declared or heard.
const DEFAULT_BPM: f64 = 120.0;

impl File<'_> {
    /// Plays the music faster or slower: all tempos change in the same proportion, so that its tempo, as it is found in
    /// `piece`, becomes so many quarter notes a minute. Where no tempo is found, the declared one does. Ticks of SMPTE
    /// time, which have no tempo, are stretched themselves. `piece` is the one whose file this is.
    ///
    /// Gives the number of tempos that no file can have, and that are set to the nearest one.
    ///
    /// # Errors
    /// [`Unwritable`](crate::ErrorKind::Unwritable) for a tempo that no file can declare, or more ticks than one can have.
    /// The piece has no notes. Out of memory, or `interrupted`.
    pub fn stretch(&mut self, piece: &Piece<'_>, bpm: f64) -> Result<u32, Error> {
        check_bpm(bpm)?;
        let (_, options) = piece.source()?;
        let heard = piece.beat_grid()?.bpm.map(|(quarters, _)| quarters);
        let factor = heard.or(piece.declared_bpm()?).unwrap_or(DEFAULT_BPM) / bpm;
        if let Division::Timecode(_) = self.division {
            let mut warp = Warp::new(factor);
            warp.push(0, 0.0)?;
            self.warp(&warp, options)?;
            return Ok(0);
        }
        self.scale_tempos(factor, options)
    }

    /// Declares another tempo for the same music: events move to other ticks, so that all stays at its second. The tempos
    /// that the file declares change in the same proportion, in which their median becomes so many quarter notes a minute.
    /// Of SMPTE time, ticks become those of quarter notes at this tempo. A file of format 2 becomes one of format 1.
    /// `piece` is the one whose file this is.
    ///
    /// # Errors
    /// Those of [`stretch`](Self::stretch).
    pub fn restate(&mut self, piece: &Piece<'_>, bpm: f64) -> Result<(), Error> {
        check_bpm(bpm)?;
        let (_, options) = piece.source()?;
        let declared = piece.declared_bpm()?.unwrap_or(DEFAULT_BPM);
        if self.format == 2 {
            self.set_format(1, options)?;
        }
        let (quarter, factor) = match self.division {
            Division::Metrical(ticks) => {
                (ticks.saturating_mul(FINE.div_ceil(ticks)), declared / bpm)
            }
            Division::Timecode(_) => {
                self.tracks.iter_mut().for_each(leave_tempos_out);
                (FINE, DEFAULT_BPM / bpm)
            }
        };
        let warp = restated(piece, quarter, factor)?;
        self.division = Division::Metrical(quarter);
        self.warp(&warp, options)?;
        self.scale_tempos(factor, options)?;
        Ok(())
    }

    /// Multiplies the lengths of quarter notes, and gives the number of those that no file can have. A first tempo comes
    /// before all music, as 120 quarter notes a minute hold there otherwise.
    fn scale_tempos(&mut self, factor: f64, options: &Options<'_>) -> Result<u32, Error> {
        let (mut limited, mut from_start) = (0, false);
        // The tracks of format 2 follow one another.
        let all_begin = self.format != 2;
        for (index, track) in self.tracks.iter_mut().enumerate() {
            options.check()?;
            for event in &mut track.events {
                let Some(microseconds @ 1..) = event.message().as_tempo() else { continue };
                from_start |= event.tick == 0 && (all_begin || index == 0);
                let (scaled, is_limited) = scaled(microseconds, factor);
                limited += u32::from(is_limited);
                event.set_message(Message::tempo(scaled));
            }
        }
        if !from_start && let Some(track) = self.tracks.first_mut() {
            let (first, is_limited) = scaled(DEFAULT_MICROSECONDS, factor);
            limited += u32::from(is_limited);
            insert_at_start(track, Message::tempo(first))?;
        }
        Ok(limited)
    }
}

fn leave_tempos_out(track: &mut Track<'_>) {
    track.events.retain(|event| event.message().as_tempo().is_none());
}

/// Puts an event behind the names and notices that a track begins with.
fn insert_at_start(track: &mut Track<'_>, message: Message<'static>) -> Result<(), Error> {
    let is_first =
        |event: &&Event<'_>| event.tick == 0 && matches!(event.message(), Message::Meta(..));
    let place = track.events.iter().take_while(is_first).count();
    room::reserve(&mut track.events, 1)?;
    track.events.insert(place, Event::new(0, message));
    Ok(())
}

fn check_bpm(bpm: f64) -> Result<(), Error> {
    match (1.0..=LONGEST).contains(&(MINUTE / bpm)) {
        true => Ok(()),
        false => {
            let reason = format!("a tempo of {bpm:?} quarter notes a minute");
            Err(unwritable(reason).with_hint(Some(
                "A file can declare from 3.577 to 60,000,000 quarter notes a minute.",
            )))
        }
    }
}

/// The length of a quarter note times a factor, and whether that is out of range.
fn scaled(microseconds: u32, factor: f64) -> (u32, bool) {
    let exact = f64::from(microseconds) * factor;
    (exact.round().clamp(1.0, LONGEST) as u32, !(0.5..LONGEST + 0.5).contains(&exact))
}

/// From the ticks of a piece to those of quarter notes that last as its own do times a factor, at the same seconds. Tempos
/// change at whole ticks; the time by which one is early or late is made good until the next.
fn restated(piece: &Piece<'_>, quarter: u16, factor: f64) -> Result<Warp, Error> {
    let segments = piece.tempo_map()?.segments();
    let ticks_a_second = |segment: &TempoSegment| {
        let (scaled, _) = scaled(segment.microseconds().unwrap_or(DEFAULT_MICROSECONDS), factor);
        f64::from(quarter) * MICROSECONDS / f64::from(scaled)
    };
    let slope = |last: &TempoSegment| last.seconds_per_tick * ticks_a_second(last);
    let mut warp = Warp::new(segments.last().map_or(1.0, slope));
    let (mut to, mut seconds, mut rate) = (0.0, 0.0, 1.0);
    for segment in segments {
        let next = f64::from(tick(to + (segment.seconds - seconds) * rate)?);
        (seconds, to, rate) = (seconds + (next - to) / rate, next, ticks_a_second(segment));
        warp.push(segment.tick, to)?;
    }
    Ok(warp)
}

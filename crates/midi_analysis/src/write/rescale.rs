//! Ticks of another length.
//!
//! Between divisions of the quarter note, ticks are multiplied by a ratio. Between those and SMPTE time, what happens stays
//! at its second: ticks of SMPTE time all last the same, so that their number follows from the tempo map; the other way
//! round, ticks follow from the tempo that holds at each time (120 quarter notes a minute before the first). Each time is
//! rounded by itself to the nearest tick, a half up, so that errors do not add up.

use super::file::{File, Track};
use super::unwritable::unwritable;
use crate::error::Error;
use crate::model::division::{Division, Timecode};
use crate::model::tempo_map::DEFAULT_MICROSECONDS;
use crate::options::Options;
use crate::read::reader::LAST_TICK;
use crate::room;

/// Microseconds in a second.
const MICROSECONDS: f64 = 1e6;

impl File<'_> {
    /// Gives ticks another length, and moves what happens to the ticks that are nearest to its time.
    ///
    /// # Errors
    /// [`Unwritable`](crate::ErrorKind::Unwritable) where that takes more than 4,294,967,294 ticks. Out of memory, or
    /// `interrupted`.
    pub fn set_division(&mut self, division: Division, options: &Options<'_>) -> Result<(), Error> {
        if division == self.division {
            return Ok(());
        }
        // The tracks of format 2 have tempos of their own.
        let together = if self.format == 2 { 1 } else { self.tracks.len().max(1) };
        for tracks in self.tracks.chunks_mut(together) {
            let ticks = Ticks::of(self.division, division, tracks)?;
            let to = |tick| {
                let other = u32::try_from(ticks.other(tick)).ok();
                other.filter(|&tick| tick <= LAST_TICK).ok_or_else(too_long)
            };
            tracks.iter_mut().try_for_each(|track| track.move_events(options, to))?;
        }
        self.division = division;
        Ok(())
    }
}

fn too_long() -> Error {
    unwritable(format!("more than {LAST_TICK} ticks"))
}

/// From the ticks of one division to those of another.
enum Ticks {
    Ratio { numerator: u64, denominator: u64 },
    Factor(f64),
    OfTempo(Tempos),
}

impl Ticks {
    fn of(from: Division, to: Division, tracks: &[Track<'_>]) -> Result<Self, Error> {
        Ok(match (from, to) {
            (Division::Metrical(from), Division::Metrical(to)) => {
                Self::Ratio { numerator: to.into(), denominator: u64::from(from).max(1) }
            }
            (Division::Timecode(from), Division::Timecode(to)) => {
                Self::Factor(to.ticks_per_second() / from.ticks_per_second())
            }
            (Division::Metrical(quarter), Division::Timecode(time)) => {
                Self::OfTempo(Tempos::of(quarter, time, false, tracks)?)
            }
            (Division::Timecode(time), Division::Metrical(quarter)) => {
                Self::OfTempo(Tempos::of(quarter, time, true, tracks)?)
            }
        })
    }

    /// The tick of the other division.
    fn other(&self, tick: u32) -> u64 {
        match self {
            Self::Ratio { numerator, denominator } => {
                (u64::from(tick) * numerator + denominator / 2) / denominator
            }
            Self::Factor(factor) => rounded(f64::from(tick) * factor),
            Self::OfTempo(tempos) => tempos.other(tick),
        }
    }
}

fn rounded(ticks: f64) -> u64 {
    (ticks + 0.5).floor() as u64
}

/// Ticks of SMPTE time and of quarter notes, from one tempo to the next.
struct Tempos {
    /// In the order of time, the first from tick 0 on.
    stretches: Vec<Stretch>,
    /// Ticks of SMPTE time that are a tick of a quarter note of one microsecond.
    unit: f64,
    from_timecode: bool,
}

/// From one tempo to the next.
#[derive(Clone, Copy)]
struct Stretch {
    /// The tick at which it begins, and that of the other division.
    from: u32,
    to: u32,
    microseconds: u32,
    /// By how many ticks of the other division the music is later than `to`, which is rounded.
    late: f32,
}

impl Tempos {
    fn of(
        quarter: u16,
        time: Timecode,
        from_timecode: bool,
        tracks: &[Track<'_>],
    ) -> Result<Self, Error> {
        let unit = time.ticks_per_second() / MICROSECONDS / f64::from(quarter.max(1));
        let mut tempos = Self { stretches: stretches(tracks)?, unit, from_timecode };
        for next in 1..tempos.stretches.len() {
            let before = tempos.stretches[next - 1];
            let Stretch { from, microseconds, .. } = tempos.stretches[next];
            let exact = tempos.exact(&before, from);
            let to = u32::try_from(rounded(exact.max(before.to.into()))).map_err(|_| too_long())?;
            let late = (exact - f64::from(to))
                * match from_timecode {
                    true => tempos.factor(microseconds) / tempos.factor(before.microseconds),
                    false => 1.0,
                };
            tempos.stretches[next] = Stretch { from, to, microseconds, late: late as f32 };
        }
        Ok(tempos)
    }

    /// Ticks of the other division in a tick.
    fn factor(&self, microseconds: u32) -> f64 {
        let ticks = self.unit * f64::from(microseconds);
        if self.from_timecode { 1.0 / ticks } else { ticks }
    }

    fn exact(&self, stretch: &Stretch, tick: u32) -> f64 {
        let since = f64::from(tick - stretch.from) * self.factor(stretch.microseconds);
        f64::from(stretch.to) + f64::from(stretch.late) + since
    }

    fn other(&self, tick: u32) -> u64 {
        let next = self.stretches.partition_point(|stretch| stretch.from <= tick);
        let stretch = &self.stretches[next.saturating_sub(1)];
        match tick == stretch.from {
            // With the tempo itself.
            true => stretch.to.into(),
            false => rounded(self.exact(stretch, tick)).max(stretch.to.into()),
        }
    }
}

/// The tempos of tracks that are played together, in the order of time; where they begin in the other division is not
/// known yet.
fn stretches(tracks: &[Track<'_>]) -> Result<Vec<Stretch>, Error> {
    let stretch = |from, microseconds| Stretch { from, to: 0, microseconds, late: 0.0 };
    let events = || tracks.iter().flat_map(|track| &track.events);
    let tempos = || {
        events().filter_map(|event| match event.message().as_tempo() {
            Some(microseconds @ 1..) => Some(stretch(event.tick, microseconds)),
            _ => None,
        })
    };
    let mut stretches = room::list(tempos().count() + 1)?;
    stretches.push(stretch(0, DEFAULT_MICROSECONDS));
    stretches.extend(tempos());
    if !stretches.is_sorted_by_key(|stretch| stretch.from) {
        room::sort_by_key(&mut stretches, |stretch| stretch.from)?;
    }
    // Of tempos at one tick the last one holds.
    stretches.dedup_by(|next, before| {
        let is_same = next.from == before.from;
        if is_same {
            before.microseconds = next.microseconds;
        }
        is_same
    });
    Ok(stretches)
}

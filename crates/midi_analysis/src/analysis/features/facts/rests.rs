//! Rests, R-41 to R-52, in quarter notes. A complete rest is a time without any pitched note; a
//! partial one a time without a note in one of the channels that have notes, drums among them. The
//! time before a channel's first note and after its last, to the end of the piece, is a rest too.

use crate::analysis::features::stats::{Spread, median};
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Shorter gaps are articulation; they count in the fractions of time only.
const SHORTEST_QUARTERS: f64 = 0.1;

pub(crate) struct Rests {
    pub(crate) complete: Silence,
    pub(crate) partial: Silence,
    /// Ticks without a note, of each channel that has notes.
    pub(crate) channel_ticks: Spread,
}

/// The rests of one kind, in ticks.
pub(crate) struct Silence {
    pub(crate) ticks: f64,
    pub(crate) rests: Spread,
    pub(crate) longest: f64,
    pub(crate) median: f64,
}

impl Rests {
    /// `end` is that of the piece.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>, end: u32) -> Result<Self, NoRoom> {
        let shortest = score.ticks_per_quarter().map_or(0.0, f64::from) * SHORTEST_QUARTERS;
        let mut all = Gaps::new(shortest);
        let mut partial = Gaps::new(shortest);
        let mut sounding_until = room::filled(None, score.channel_count())?;
        let mut channel_ticks = room::filled(0_u64, score.channel_count())?;
        let mut pitched_until = 0;
        for note in &score.notes {
            if !note.is_drum() {
                all.between(pitched_until, note.start)?;
                pitched_until = pitched_until.max(note.sounding_end());
            }
            let channel = note.channel_index();
            let until = sounding_until[channel].unwrap_or(0);
            channel_ticks[channel] += partial.between(until, note.start)?;
            sounding_until[channel] = Some(until.max(note.sounding_end()));
        }
        all.between(pitched_until, end)?;
        let mut totals = Spread::new();
        for (until, ticks) in sounding_until.into_iter().zip(channel_ticks) {
            if let Some(until) = until {
                totals.push((ticks + partial.between(until, end)?) as f64);
            }
        }
        Ok(Self { complete: all.finish(), partial: partial.finish(), channel_ticks: totals })
    }
}

struct Gaps {
    shortest: f64,
    ticks: u64,
    rests: Vec<u32>,
}

impl Gaps {
    fn new(shortest: f64) -> Self {
        Self { shortest, ticks: 0, rests: Vec::new() }
    }

    /// Counts the ticks from `until` to `start`, if any.
    fn between(&mut self, until: u32, start: u32) -> Result<u64, NoRoom> {
        let ticks = start.saturating_sub(until);
        self.ticks += u64::from(ticks);
        if ticks > 0 && f64::from(ticks) >= self.shortest {
            room::push(&mut self.rests, ticks)?;
        }
        Ok(ticks.into())
    }

    fn finish(mut self) -> Silence {
        Silence {
            ticks: self.ticks as f64,
            rests: self.rests.iter().map(|&ticks| f64::from(ticks)).collect(),
            longest: self.rests.iter().copied().max().unwrap_or(0).into(),
            median: median(&mut self.rests, f64::from),
        }
    }
}

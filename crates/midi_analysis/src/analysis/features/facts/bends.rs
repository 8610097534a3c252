//! Notes in which the channel's pitch is bent. A bend belongs to each pitched note of its channel
//! that sounds then, from the tick of the note's start until before that of its end.

use crate::analysis::features::stats::Spread;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::{ChannelValue, Score};
use crate::room::{self, NoRoom};

/// The second data byte of a bend is its upper seven bits.
const BEND_OFFSET: i16 = 8192;
const CENTRE: u16 = 64;
/// Changes of direction from which a bend is a vibrato.
const VIBRATO: u32 = 2;
/// Notes between two interrupt checks.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;

pub(crate) struct Bends {
    /// Notes with a bend, with exactly one, with a vibrato.
    pub(crate) bent: f64,
    pub(crate) bent_once: f64,
    pub(crate) vibrato: f64,
    /// Of each bent note its widest bend.
    pub(crate) range: Spread,
}

impl Bends {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let mut bends = Self { bent: 0.0, bent_once: 0.0, vibrato: 0.0, range: Spread::new() };
        if score.bends.is_empty() {
            return Ok(bends);
        }
        let mut channels = room::filled(Vec::new(), score.channel_count())?;
        for bend in &score.bends {
            room::push(&mut channels[bend.channel_index()], *bend)?;
        }
        let channels = channels.into_iter().map(Channel::new);
        let mut channels = channels.collect::<Result<Vec<_>, _>>()?;
        // Backwards, so that the widest bend after the start of a note is known without a search.
        for notes in score.notes.rchunks(NOTES_BETWEEN_CHECKS) {
            check(interrupted)?;
            for note in notes.iter().rev().filter(|note| !note.is_drum()) {
                bends.count(&mut channels[note.channel_index()], note)?;
            }
        }
        Ok(bends)
    }

    fn count(&mut self, channel: &mut Channel, note: &Note) -> Result<(), NoRoom> {
        channel.reach(note.start)?;
        let (from, until) = (channel.from, channel.until(note.end));
        if from >= until {
            return Ok(());
        }
        self.bent += 1.0;
        self.bent_once += f64::from(u8::from(until - from == 1));
        self.vibrato += f64::from(u8::from(channel.turns(from, until) >= VIBRATO));
        self.range.push(channel.widest(until));
        Ok(())
    }
}

/// The bends of one channel, and the current position in them.
struct Channel {
    bends: Vec<ChannelValue>,
    /// For each bend: the first one from it on that differs from the one before it.
    moves: Vec<u32>,
    /// For each bend: changes of direction until it.
    turns: Vec<u32>,
    from: usize,
    /// Bends from `from` on that are wider than all between: the nearest one is last.
    records: Vec<u32>,
}

impl Channel {
    fn new(bends: Vec<ChannelValue>) -> Result<Self, NoRoom> {
        let count = bends.len();
        let mut turns = room::filled(0, count)?;
        let mut moves = room::filled(count as u32, count)?;
        let mut direction = 0;
        for index in 1..count {
            let step = (bends[index].value - bends[index - 1].value).signum();
            turns[index] = turns[index - 1] + u32::from(step * direction < 0);
            direction = if step == 0 { direction } else { step };
        }
        for index in (1..count).rev() {
            let moved = bends[index].value != bends[index - 1].value;
            let next = moves.get(index + 1).copied().unwrap_or(count as u32);
            moves[index] = if moved { index as u32 } else { next };
        }
        Ok(Self { from: count, bends, moves, turns, records: Vec::new() })
    }

    /// Goes back to the first bend that is not before `start`.
    fn reach(&mut self, start: u32) -> Result<(), NoRoom> {
        while self.from > 0 && self.bends[self.from - 1].tick >= start {
            self.from -= 1;
            let width = self.width(self.from);
            while self.records.last().is_some_and(|&last| self.width(last as usize) <= width) {
                self.records.pop();
            }
            room::push(&mut self.records, self.from as u32)?;
        }
        Ok(())
    }

    fn until(&self, end: u32) -> usize {
        self.bends.partition_point(|bend| bend.tick < end)
    }

    fn width(&self, index: usize) -> u16 {
        let upper = (self.bends[index].value + BEND_OFFSET) as u16 >> 7;
        upper.abs_diff(CENTRE)
    }

    /// The widest of the bends from the current position until before `until`.
    fn widest(&self, until: usize) -> f64 {
        let later = self.records.partition_point(|&index| index as usize >= until);
        self.records.get(later).map_or(0.0, |&index| f64::from(self.width(index as usize)))
    }

    /// Changes of direction between the bends from `from` until before `until`.
    fn turns(&self, from: usize, until: usize) -> u32 {
        let first_move = self.moves.get(from + 1).map_or(until, |&index| index as usize);
        if first_move >= until { 0 } else { self.turns[until - 1] - self.turns[first_move] }
    }
}

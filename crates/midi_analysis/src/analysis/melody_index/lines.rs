//! Melodic lines packed into a few bytes for each note.
//!
//! A line consists of the number of its notes, the number of bytes of its times, the pitches, a byte
//! each, and the times. A time is twice the hundredths of a second since the note before, plus one
//! where a bar has begun since then, in which case the number of bars follows. Numbers are
//! variable-length quantities, seven bits to a byte, the lowest first.

use crate::analysis::melody::MOST_LINES;

/// Notes kept of a piece, over all lines, the melody first; what exceeds them is left out.
pub(super) const MOST_NOTES: usize = 2_048;

/// When a note of a line begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    /// From the start of the piece.
    pub(crate) centiseconds: u32,
    /// As in [`Beat::bar`](crate::Beat::bar); 0 where there are none.
    pub(crate) bar: u32,
}

/// Appends a line, whose notes ascend in time.
pub(super) fn pack(packed: &mut Vec<u8>, pitches: &[u8], moments: impl Iterator<Item = Moment>) {
    let mut times = Vec::with_capacity(3 * pitches.len());
    let mut last = Moment::default();
    for moment in moments {
        let bars = moment.bar.saturating_sub(last.bar);
        let passed = moment.centiseconds.saturating_sub(last.centiseconds);
        push(&mut times, u64::from(passed) << 1 | u64::from(bars > 0));
        if bars > 0 {
            push(&mut times, bars.into());
        }
        last = Moment {
            centiseconds: last.centiseconds.max(moment.centiseconds),
            bar: last.bar + bars,
        };
    }
    push(packed, pitches.len() as u64);
    push(packed, times.len() as u64);
    packed.extend_from_slice(pitches);
    packed.extend_from_slice(&times);
}

fn push(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// A packed line.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) pitches: &'a [u8],
    times: &'a [u8],
}

impl Line<'_> {
    /// When the note with this index begins.
    pub(crate) fn moment(&self, index: usize) -> Moment {
        let mut times = self.times;
        let mut moment = Moment::default();
        for _ in 0..=index {
            let Some(passed) = number(&mut times) else { break };
            moment.centiseconds = moment.centiseconds.saturating_add((passed >> 1) as u32);
            if passed & 1 == 1 {
                let bars = number(&mut times).unwrap_or(0);
                moment.bar = moment.bar.saturating_add(bars as u32);
            }
        }
        moment
    }
}

/// The lines that were packed. The list ends at bytes that are not a line, since anyone who may write
/// the table may have written others, and before more notes than a piece has, so that reading takes no
/// longer for damaged values.
pub(crate) fn unpack(mut packed: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut left = MOST_NOTES;
    let lines = std::iter::from_fn(move || {
        let notes = usize::try_from(number(&mut packed)?).ok()?;
        left = left.checked_sub(notes)?;
        let bytes = usize::try_from(number(&mut packed)?).ok()?;
        let (pitches, rest) = packed.split_at_checked(notes)?;
        let (times, rest) = rest.split_at_checked(bytes)?;
        packed = rest;
        Some(Line { pitches, times })
    });
    lines.take(MOST_LINES)
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

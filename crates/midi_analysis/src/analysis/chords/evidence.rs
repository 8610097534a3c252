//! What sounds in each segment: how much of it each pitch class fills, and which one is the bass.

use super::segments::segments;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// A note counts in no segment that begins later than this after the one it begins in: strings
/// decay, a note that nobody ends must not colour the rest of the piece, and the work stays linear
/// in the notes.
const LONGEST_S: f64 = 6.0;
/// A note that begins this little before a segment, or reaches this little into it, is played a
/// little early or let go a little late.
const SLACK_S: f64 = 0.03;
/// Share of a segment that its bass sounds; a lower note that is shorter passes by.
const BASS_SHARE: f32 = 0.3;
/// Notes between two questions whether to stop: each may sound in two dozen segments.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;

/// A stretch that is heard as one sound. Without notes it has no `bass`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The tick, in the segment or after, at which all its notes are silent.
    pub(super) silent: u32,
    pub(super) start_s: f64,
    pub(super) end_s: f64,
    /// Sum over notes of the share of the segment that they fill, by pitch class.
    pub(super) presence: [f32; 12],
    /// Notes that begin here.
    pub(super) onsets: u32,
    /// Lowest pitch that begins with the segment.
    pub(super) lowest_onset: u8,
    /// Pitch of the lowest note that fills enough of the segment.
    pub(super) bass: u8,
    /// Lowest pitch of all.
    lowest: u8,
    /// [`SLACK_S`] in ticks, no more than the segment has.
    slack: u32,
    share_of_tick: f32,
}

const NO_PITCH: u8 = u8::MAX;

impl Segment {
    pub(super) fn length_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// Seconds at its end in which nothing sounds.
    pub(super) fn silence_s(&self) -> f64 {
        let ticks = f64::from(self.end.saturating_sub(self.silent));
        self.length_s() * ticks / f64::from(self.end - self.start)
    }

    fn close(&mut self, end: u32, end_s: f64) {
        (self.end, self.end_s) = (end, end_s);
        let ticks = f64::from(end - self.start);
        self.slack = (SLACK_S * ticks / self.length_s().max(SLACK_S)) as u32;
        self.share_of_tick = (1.0 / ticks) as f32;
    }

    fn begin(&mut self, note: &Note) {
        self.onsets += 1;
        if note.start <= self.start.saturating_add(self.slack) {
            self.lowest_onset = self.lowest_onset.min(note.pitch);
        }
    }

    fn hear(&mut self, note: &Note, end: u32) {
        let ticks = end.min(self.end).saturating_sub(note.start.max(self.start)).max(1);
        let share = ticks as f32 * self.share_of_tick;
        self.presence[usize::from(note.pitch % 12)] += share;
        self.silent = self.silent.max(end);
        self.lowest = self.lowest.min(note.pitch);
        if share >= BASS_SHARE {
            self.bass = self.bass.min(note.pitch);
        }
    }
}

/// The segments of a piece, ascending and without gaps; none where nothing but drums sounds.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn evidence(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Segment>, Error> {
    let (starts, end) = segments(score);
    check(interrupted)?;
    let mut segments = silent_segments(score, &starts, end)?;
    let mut first = 0;
    for notes in score.notes.chunks(NOTES_BETWEEN_CHECKS) {
        check(interrupted)?;
        let notes = notes.iter().take_while(|note| note.start < end);
        hear(&mut segments, &mut first, notes.filter(|note| !note.is_drum()));
    }
    for segment in &mut segments {
        if segment.bass == NO_PITCH {
            segment.bass = segment.lowest;
        }
    }
    Ok(segments)
}

/// Hears notes that follow one another; `first` is the segment that is reached.
fn hear<'n>(segments: &mut [Segment], first: &mut usize, notes: impl Iterator<Item = &'n Note>) {
    for note in notes {
        while segments
            .get(*first + 1)
            .is_some_and(|next| next.start <= note.start.saturating_add(segments[*first].slack))
        {
            *first += 1;
        }
        let end = note.end.max(note.start.saturating_add(1));
        let heard_until_s = segments[*first].start_s + LONGEST_S;
        segments[*first].begin(note);
        segments[*first].hear(note, end);
        for segment in &mut segments[*first + 1..] {
            let over = end <= segment.start.saturating_add(segment.slack);
            if over || segment.start_s > heard_until_s {
                break;
            }
            segment.hear(note, end);
        }
    }
}

fn silent_segments(score: &Score<'_>, starts: &[u32], end: u32) -> Result<Vec<Segment>, NoRoom> {
    let mut clock = score.tempo.clock();
    let mut segments: Vec<Segment> = room::list(starts.len())?;
    for &start in starts {
        let start_s = clock.seconds(start);
        if let Some(before) = segments.last_mut() {
            before.close(start, start_s);
        }
        segments.push(Segment {
            start,
            end: start,
            silent: start,
            start_s,
            end_s: start_s,
            presence: [0.0; 12],
            onsets: 0,
            lowest_onset: NO_PITCH,
            bass: NO_PITCH,
            lowest: NO_PITCH,
            slack: 0,
            share_of_tick: 0.0,
        });
    }
    if let Some(last) = segments.last_mut() {
        last.close(end, clock.seconds(end));
    }
    Ok(segments)
}

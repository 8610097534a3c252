//! What sounds in each segment: for which share of it each pitch class sounds, and which is the bass.

use super::segments::{Start, segments};
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// A note does not count in segments that begin later than this after the one in which it begins: strings
/// decay, a note without an end must not affect the rest of the piece, and the work stays linear in the
/// number of notes.
const LONGEST_S: f64 = 6.0;
/// A note that begins this little before a segment belongs to it, played early; one that extends this
/// little into it does not, released late.
const SLACK_S: f64 = 0.03;
/// Least share of a segment that its bass sounds; a lower note that is shorter is a passing note.
const BASS_SHARE: f32 = 0.3;
/// Notes between two interrupt checks: each may sound in two dozen segments.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;

/// A span between two points where the harmony may change. Without notes it has no `bass`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The tick, in the segment or after it, at which all its notes have ended.
    pub(super) silent: u32,
    pub(super) start_s: f64,
    pub(super) end_s: f64,
    /// By pitch class, for which share of the segment notes sound that begin here, 0-1, and those that began
    /// before.
    pub(super) shares: [[f32; 12]; 2],
    /// The same of both together.
    pub(super) presence: [f32; 12],
    /// The pitch classes of both, one bit each: those struck, then those held.
    pub(super) sounding: u32,
    /// Notes that begin here.
    pub(super) onsets: u32,
    /// Lowest pitch that begins with the segment.
    pub(super) lowest_onset: u8,
    /// Pitch of the lowest note that sounds for enough of the segment.
    pub(super) bass: u8,
    /// The pitches that sound, one bit each.
    pitches: [u64; 2],
    /// The tick [`SLACK_S`] after its start, no later than its end.
    settled: u32,
    share_of_tick: f32,
}

const NO_PITCH: u8 = u8::MAX;

impl Segment {
    pub(super) fn length_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// Seconds at its end in which nothing sounds.
    pub(super) fn silence_s(&self) -> f64 {
        if self.silent >= self.end {
            return 0.0;
        }
        let ticks = f64::from(self.end - self.silent);
        self.length_s() * ticks / f64::from(self.end - self.start)
    }

    fn close(&mut self, end: u32, end_s: f64) {
        (self.end, self.end_s) = (end, end_s);
        let ticks = f64::from(end - self.start);
        self.settled = self.start + (SLACK_S * ticks / self.length_s().max(SLACK_S)) as u32;
        self.share_of_tick = (1.0 / ticks) as f32;
    }

    /// Lowest pitch of all.
    fn lowest(&self) -> u8 {
        match self.pitches {
            [0, 0] => NO_PITCH,
            [0, high] => 64 + high.trailing_zeros() as u8,
            [low, _] => low.trailing_zeros() as u8,
        }
    }

    /// The classes of pitches above the bass, one bit each.
    pub(super) fn classes_above_bass(&self) -> u16 {
        let [low, high] = self.pitches.map(u128::from);
        let pitches = (low | (high << 64)) & (!1_u128).wrapping_shl(self.bass.into());
        // Octaves are folded in halves, of ten, five, two and one.
        let octaves = |count: u32, pitches: u128| (pitches >> (12 * count)) | pitches;
        let folded = octaves(1, octaves(2, octaves(4, octaves(8, pitches))));
        (folded & 0xfff) as u16
    }

    /// Adds a note that begins here.
    fn strike(&mut self, note: &Note, class: usize, end: u32) {
        self.onsets += 1;
        if note.start <= self.settled {
            self.lowest_onset = self.lowest_onset.min(note.pitch);
        }
        self.sounding |= 1 << class;
        let ticks = end.min(self.end).saturating_sub(note.start.max(self.start)).max(1);
        self.shares[0][class] += self.sound(note.pitch, ticks, end);
    }

    /// Adds a note that began before and ends after its start.
    fn hold(&mut self, pitch: u8, class: usize, end: u32) {
        self.sounding |= 1 << (12 + class);
        let ticks = end.min(self.end) - self.start;
        self.shares[1][class] += self.sound(pitch, ticks, end);
    }

    /// Sums up all its notes.
    fn complete(&mut self) {
        let [struck, held] = &mut self.shares;
        for (presence, (struck, held)) in self.presence.iter_mut().zip(struck.iter_mut().zip(held))
        {
            *presence = at_most_all(*struck + *held);
            (*struck, *held) = (at_most_all(*struck), at_most_all(*held));
        }
        if self.bass == NO_PITCH {
            self.bass = self.lowest();
        }
    }

    /// The share of the segment for which a note sounds that does so for these ticks.
    fn sound(&mut self, pitch: u8, ticks: u32, end: u32) -> f32 {
        let share = ticks as f32 * self.share_of_tick;
        self.silent = self.silent.max(end);
        self.pitches[usize::from(pitch >> 6) % 2] |= 1 << (pitch % 64);
        if share >= BASS_SHARE {
            self.bass = self.bass.min(pitch);
        }
        share
    }
}

/// Several notes fill no more than all of a segment.
fn at_most_all(share: f32) -> f32 {
    if share < 1.0 { share } else { 1.0 }
}

/// The segments of a piece, ascending and without gaps; none where nothing but drums sounds.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn evidence(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Segment>, Error> {
    let (starts, end) = segments(score)?;
    check(interrupted)?;
    let mut segments = silent_segments(&starts, end, score.tempo.seconds(end))?;
    let mut left = &mut *segments;
    for notes in score.notes.chunks(NOTES_BETWEEN_CHECKS) {
        check(interrupted)?;
        let notes = notes.iter().take_while(|note| note.start < end);
        left = add(left, notes.filter(|note| !note.is_drum()));
    }
    segments.iter_mut().for_each(Segment::complete);
    Ok(segments)
}

/// Adds notes in the order of time to segments; the ones that are left begin with that of the last note.
fn add<'s, 'n>(
    mut segments: &'s mut [Segment],
    notes: impl Iterator<Item = &'n Note>,
) -> &'s mut [Segment] {
    let mut taken = takes_until(segments);
    for note in notes {
        while note.start >= taken {
            segments = &mut segments[1..];
            taken = takes_until(segments);
        }
        let [current, later @ ..] = segments else { break };
        let end = note.sounding_end();
        let class = PitchClass::index_of_pitch(note.pitch);
        current.strike(note, class, end);
        if later.first().is_some_and(|next| end > next.settled) {
            let counts_until_s = current.start_s + LONGEST_S;
            let held = later
                .iter_mut()
                .take_while(|segment| end > segment.settled && segment.start_s <= counts_until_s);
            held.for_each(|segment| segment.hold(note.pitch, class, end));
        }
    }
    segments
}

/// The tick from which notes begin in the second of these segments.
fn takes_until(segments: &[Segment]) -> u32 {
    match segments {
        [current, next, ..] => next.start.saturating_sub(current.settled - current.start),
        _ => u32::MAX,
    }
}

/// The segments that begin so, before notes are added; the last one ends at a tick and a second.
fn silent_segments(starts: &[Start], end: u32, end_s: f64) -> Result<Vec<Segment>, NoRoom> {
    let mut segments: Vec<Segment> = room::list(starts.len())?;
    for &Start { tick: start, seconds: start_s } in starts {
        if let Some(before) = segments.last_mut() {
            before.close(start, start_s);
        }
        segments.push(Segment {
            start,
            end: start,
            silent: start,
            start_s,
            end_s: start_s,
            shares: [[0.0; 12]; 2],
            presence: [0.0; 12],
            sounding: 0,
            onsets: 0,
            lowest_onset: NO_PITCH,
            bass: NO_PITCH,
            pitches: [0; 2],
            settled: start,
            share_of_tick: 0.0,
        });
    }
    if let Some(last) = segments.last_mut() {
        last.close(end, end_s);
    }
    Ok(segments)
}

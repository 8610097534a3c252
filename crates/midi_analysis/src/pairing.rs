//! Note-ons and note-offs of one track -> notes with a length.
//!
//! A note-off ends the oldest sounding note of its channel and pitch (first in, first out), which
//! is right for overlapping voices. Where some note of a pitch gets no note-off, that rule would
//! hand each note the end of the next: such a pitch is paired again at the end of its track, last
//! in, first out, and what is left over ends where a listener would say it does.

use crate::score::Note;

const SLOTS: usize = 16 * 128;
const NONE: u32 = u32::MAX;

/// All notes of a piece, and those of the current track that still sound: for each channel and
/// pitch a queue, linked through `Note::end`.
pub(crate) struct Pairing {
    pub(crate) notes: Vec<Note>,
    /// Ends of the pitched notes, track by track; a note of no length counts for one tick.
    pub(crate) pitched_ends: Vec<u32>,
    first: Box<[u32; SLOTS]>,
    last: Box<[u32; SLOTS]>,
    sounding: usize,
    /// Index of the current track's first note, and of its first end.
    track_start: usize,
    track_ends_start: usize,
    /// All Sound Off and All Notes Off of the current track: (channel, tick).
    all_offs: Vec<(u8, u32)>,
}

impl Pairing {
    pub(crate) fn with_capacity(notes: usize) -> Self {
        Self {
            notes: Vec::with_capacity(notes),
            pitched_ends: Vec::with_capacity(notes),
            first: Box::new([NONE; SLOTS]),
            last: Box::new([NONE; SLOTS]),
            sounding: 0,
            track_start: 0,
            track_ends_start: 0,
            all_offs: Vec::new(),
        }
    }

    /// Starts a note; its `end` is not looked at.
    #[inline]
    pub(crate) fn on(&mut self, note: Note) {
        let index = self.notes.len() as u32;
        let slot = slot(note.channel, note.pitch);
        self.notes.push(Note { end: NONE, ..note });
        match self.last[slot] {
            NONE => self.first[slot] = index,
            previous => self.notes[previous as usize].end = index,
        }
        self.last[slot] = index;
        self.sounding += 1;
    }

    /// Ends the oldest note of a channel and pitch; without one it is a stray note-off, and common.
    #[inline]
    pub(crate) fn off(&mut self, tick: u32, channel: u8, pitch: u8) {
        let slot = slot(channel, pitch);
        let index = self.first[slot];
        if index == NONE {
            return;
        }
        let next = self.notes[index as usize].end;
        self.first[slot] = next;
        if next == NONE {
            self.last[slot] = NONE;
        }
        self.notes[index as usize].end = tick;
        self.push_end(index as usize);
        self.sounding -= 1;
    }

    /// Notes that a channel was silenced. Players that record a keyboard send this whenever all
    /// keys are up, so it only ends notes that nothing else ends.
    #[cold]
    pub(crate) fn all_off(&mut self, tick: u32, channel: u8) {
        self.all_offs.push((channel, tick));
    }

    /// Ends what still sounds at the end of a track and makes ready for the next one; gives the
    /// number of notes that had no note-off. `longest_hang` is the most ticks that a note lasts of
    /// which nothing at all tells the end.
    pub(crate) fn end_track(&mut self, track_end: u32, longest_hang: u32) -> usize {
        let unended = self.sounding;
        if unended > 0 {
            self.end_sounding(track_end, longest_hang);
        }
        self.track_start = self.notes.len();
        self.track_ends_start = self.pitched_ends.len();
        self.all_offs.clear();
        unended
    }

    #[inline]
    fn push_end(&mut self, index: usize) {
        let note = &self.notes[index];
        if !note.is_drum() {
            self.pitched_ends.push(note.heard_until());
        }
    }

    #[cold]
    fn end_sounding(&mut self, track_end: u32, longest_hang: u32) {
        let track = self.track_start..self.notes.len();
        let mut affected: Vec<(usize, usize)> = track
            .clone()
            .map(|index| (slot(self.notes[index].channel, self.notes[index].pitch), index))
            .filter(|&(slot, _)| self.first[slot] != NONE)
            .collect();
        affected.sort_unstable();
        let mut open = vec![false; track.len()];
        for queue in affected.chunk_by(|a, b| a.0 == b.0) {
            let mut index = std::mem::replace(&mut self.first[queue[0].0], NONE);
            self.last[queue[0].0] = NONE;
            while index != NONE {
                open[index as usize - self.track_start] = true;
                index = self.notes[index as usize].end;
            }
        }
        let base = self.track_start;
        let is_open = |index: usize| open[index - base];
        let last_event = track
            .map(|index| match is_open(index) {
                true => self.notes[index].start,
                false => self.notes[index].end,
            })
            .max()
            .unwrap_or(track_end);
        self.all_offs.sort_unstable();
        for queue in affected.chunk_by(|a, b| a.0 == b.0) {
            let indices: Vec<usize> = queue.iter().map(|&(_, index)| index).collect();
            let closed = indices.iter().take_while(|&&index| !is_open(index)).count();
            let offs: Vec<u32> =
                indices[..closed].iter().map(|&index| self.notes[index].end).collect();
            for (position, index) in self.pair_last_in_first_out(&indices, &offs) {
                let next = indices.get(position + 1).map(|&next| self.notes[next].start);
                let note = self.notes[index];
                self.notes[index].end = next.unwrap_or_else(|| {
                    self.hanging_end(&note, last_event, track_end, longest_hang)
                });
            }
        }
        self.pitched_ends.truncate(self.track_ends_start);
        (self.track_start..self.notes.len()).for_each(|index| self.push_end(index));
        self.sounding = 0;
    }

    /// Pairs the notes of one channel and pitch with its note-offs, both in the order of time, and
    /// gives the notes left over: (position among `indices`, index).
    fn pair_last_in_first_out(&mut self, indices: &[usize], offs: &[u32]) -> Vec<(usize, usize)> {
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        let mut strays: Vec<u32> = Vec::new();
        let mut offs = offs.iter().copied().peekable();
        for (position, &index) in indices.iter().enumerate() {
            let start = self.notes[index].start;
            while let Some(off) = offs.next_if(|&off| off <= start) {
                match waiting.pop() {
                    Some((_, ended)) => self.notes[ended].end = off,
                    None => strays.push(off),
                }
            }
            // The note-off of a note of no length may be written before its note-on.
            match strays.pop_if(|&mut off| off == start) {
                Some(off) => self.notes[index].end = off,
                None => waiting.push((position, index)),
            }
        }
        for off in offs {
            if let Some((_, ended)) = waiting.pop() {
                self.notes[ended].end = off;
            }
        }
        waiting
    }

    /// Where a note ends that is neither ended nor struck again.
    fn hanging_end(&self, note: &Note, last_event: u32, track_end: u32, longest_hang: u32) -> u32 {
        let after = self.all_offs.partition_point(|&at| at < (note.channel, note.start));
        match self.all_offs.get(after) {
            Some(&(channel, tick)) if channel == note.channel => tick,
            _ if last_event > note.start => last_event,
            _ => track_end.min(note.start.saturating_add(longest_hang)).max(note.start),
        }
    }
}

fn slot(channel: u8, pitch: u8) -> usize {
    usize::from(channel & 0x0f) << 7 | usize::from(pitch & 0x7f)
}

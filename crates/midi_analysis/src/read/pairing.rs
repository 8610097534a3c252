//! Note-ons and note-offs of one track -> notes with a length.
//!
//! A note-off ends the oldest sounding note of its channel and pitch (first in, first out), which
//! is right for overlapping voices. Where a note of a pitch has no note-off, this rule would give each
//! note the end of the next. Such a pitch is paired again at the end of its track, last in, first out,
//! and each note that is left over ends where the next of its pitch starts, or where the music stops.

use crate::error::{Error, check};
use crate::model::note::Note;
use crate::room::{self, NoRoom};

const SLOTS: usize = 16 * 128;
const NONE: u32 = u32::MAX;
/// Notes of one channel and pitch between two questions whether to stop.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;

/// All notes of a piece, and those of the current track that still sound: for each channel and
/// pitch a queue, linked through `Note::end`.
pub(crate) struct Pairing {
    pub(crate) notes: Vec<Note>,
    first: Box<[u32; SLOTS]>,
    /// Of queues that have a first one.
    last: Box<[u32; SLOTS]>,
    /// Index of the current track's first note.
    track_start: usize,
    /// Notes of the current track that were ended.
    ended: usize,
    /// All Sound Off and All Notes Off of the current track: (channel, tick).
    all_offs: Vec<(u8, u32)>,
}

impl Pairing {
    /// # Errors
    /// Out of memory.
    pub(crate) fn with_capacity(notes: usize) -> Result<Self, NoRoom> {
        Ok(Self {
            notes: room::list(notes)?,
            first: Box::new([NONE; SLOTS]),
            last: Box::new([NONE; SLOTS]),
            track_start: 0,
            ended: 0,
            all_offs: Vec::new(),
        })
    }

    /// Whether the current track has a note.
    pub(crate) fn has_begun(&self) -> bool {
        self.notes.len() > self.track_start
    }

    /// Starts a note; its `end` is ignored.
    ///
    /// # Errors
    /// Out of memory.
    #[inline]
    pub(crate) fn on(&mut self, note: Note) -> Result<(), NoRoom> {
        let index = self.notes.len() as u32;
        let slot = slot(note.channel, note.pitch);
        room::push(&mut self.notes, Note { end: NONE, ..note })?;
        match self.first[slot] {
            NONE => self.first[slot] = index,
            _ => self.notes[self.last[slot] as usize].end = index,
        }
        self.last[slot] = index;
        Ok(())
    }

    /// Ends the oldest note of a channel and pitch, if there is one: stray note-offs are common.
    #[inline]
    pub(crate) fn off(&mut self, tick: u32, channel: u8, pitch: u8) {
        let first = &mut self.first[slot(channel, pitch)];
        if *first != NONE {
            let end = &mut self.notes[*first as usize].end;
            (*first, *end) = (*end, tick);
            self.ended += 1;
        }
    }

    /// Records that a channel was silenced. Keyboards send this whenever all keys are up, so it only
    /// ends notes that have no note-off.
    ///
    /// # Errors
    /// Out of memory.
    #[cold]
    pub(crate) fn all_off(&mut self, tick: u32, channel: u8) -> Result<(), NoRoom> {
        room::push(&mut self.all_offs, (channel, tick))
    }

    /// Ends what still sounds at the end of a track and makes ready for the next one; gives the
    /// number of notes that had no note-off. `longest_hang` is the most ticks of a note that no
    /// event ends.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn end_track(
        &mut self,
        track_end: u32,
        longest_hang: u32,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<usize, Error> {
        let unended = self.notes.len() - self.track_start - self.ended;
        if unended > 0 {
            self.end_sounding(track_end, longest_hang, interrupted)?;
        }
        self.track_start = self.notes.len();
        self.ended = 0;
        self.all_offs.clear();
        Ok(unended)
    }

    #[cold]
    fn end_sounding(
        &mut self,
        track_end: u32,
        longest_hang: u32,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<(), Error> {
        let track = self.track_start..self.notes.len();
        let open = self.take_open()?;
        let is_open = |index: usize| open[index - track.start];
        let last_event = track
            .clone()
            .map(|index| match is_open(index) {
                true => self.notes[index].start,
                false => self.notes[index].end,
            })
            .max()
            .unwrap_or(track_end);
        check(interrupted)?;
        let affected = self.with_open_slots(&open)?;
        check(interrupted)?;
        self.all_offs.sort_unstable();
        let mut since_check = 0;
        for queue in affected.chunk_by(|a, b| a.slot() == b.slot()) {
            since_check += queue.len();
            if since_check >= NOTES_BETWEEN_CHECKS {
                since_check = 0;
                check(interrupted)?;
            }
            let closed = queue.iter().take_while(|entry| !is_open(entry.index())).count();
            let offs =
                room::gathered(queue[..closed].iter().map(|entry| self.notes[entry.index()].end))?;
            for position in self.pair_last_in_first_out(queue, &offs)? {
                let next = queue.get(position as usize + 1);
                let index = queue[position as usize].index();
                let note = self.notes[index];
                self.notes[index].end = match next {
                    Some(next) => self.notes[next.index()].start,
                    None => self.hanging_end(&note, last_event, track_end, longest_hang),
                };
            }
        }
        Ok(())
    }

    /// For each note of the track whether it sounds on. All queues but their first entries are
    /// emptied.
    fn take_open(&mut self) -> Result<Vec<bool>, NoRoom> {
        let mut open = room::filled(false, self.notes.len() - self.track_start)?;
        for slot in 0..SLOTS {
            let mut index = self.first[slot];
            while index != NONE {
                open[index as usize - self.track_start] = true;
                index = self.notes[index as usize].end;
            }
        }
        Ok(open)
    }

    /// The notes of every channel and pitch of which some note sounds on, each in the order of time;
    /// empties the queues.
    fn with_open_slots(&mut self, open: &[bool]) -> Result<Vec<Entry>, NoRoom> {
        let track = self.track_start..self.notes.len();
        let entries = track
            .map(|index| {
                Entry::new(slot(self.notes[index].channel, self.notes[index].pitch), index)
            })
            .filter(|entry| self.first[entry.slot()] != NONE);
        let mut affected = room::list(open.len())?;
        affected.extend(entries);
        affected.sort_unstable();
        self.first.fill(NONE);
        Ok(affected)
    }

    /// Pairs the notes of one channel and pitch with its note-offs, both in the order of time, and
    /// gives the places of the notes left over.
    fn pair_last_in_first_out(
        &mut self,
        queue: &[Entry],
        offs: &[u32],
    ) -> Result<Vec<u32>, NoRoom> {
        let mut waiting: Vec<u32> = Vec::new();
        let mut strays: Vec<u32> = Vec::new();
        let mut offs = offs.iter().copied().peekable();
        for (position, entry) in (0_u32..).zip(queue) {
            let start = self.notes[entry.index()].start;
            while let Some(off) = offs.next_if(|&off| off <= start) {
                match waiting.pop() {
                    Some(ended) => self.notes[queue[ended as usize].index()].end = off,
                    None => room::push(&mut strays, off)?,
                }
            }
            // The note-off of a note of no length may be written before its note-on.
            match strays.pop_if(|&mut off| off == start) {
                Some(off) => self.notes[entry.index()].end = off,
                None => room::push(&mut waiting, position)?,
            }
        }
        for off in offs {
            if let Some(ended) = waiting.pop() {
                self.notes[queue[ended as usize].index()].end = off;
            }
        }
        Ok(waiting)
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

/// A note by its channel and pitch, and then by its index: packed, as there may be millions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u64);

impl Entry {
    fn new(slot: usize, index: usize) -> Self {
        Self((slot as u64) << u32::BITS | index as u64)
    }

    fn slot(self) -> usize {
        (self.0 >> u32::BITS) as usize
    }

    fn index(self) -> usize {
        self.0 as u32 as usize
    }
}

fn slot(channel: u8, pitch: u8) -> usize {
    usize::from(channel & 0x0f) << 7 | usize::from(pitch & 0x7f)
}

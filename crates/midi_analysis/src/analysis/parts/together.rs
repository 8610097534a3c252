//! Whether lines sound together, and whether they cross.

use crate::analysis::parts::numbers::Numbers;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Most lines that are compared: the channels of a port.
pub(super) const MOST: usize = 16;

/// Two lines, when a note of one begins while one of the other sounds.
#[derive(Clone, Copy)]
struct Pair {
    /// Times that the later of the two lines is higher.
    higher: u32,
    lower: u32,
}

/// How some lines sound together.
#[derive(Clone)]
pub(super) struct Together {
    notes: u32,
    /// Notes that begin while another of the lines sounds.
    covered: u32,
    pairs: [[Pair; MOST]; MOST],
    /// Of each line the pitch that sounds, and until when.
    sounding: [(u8, u32); MOST],
}

/// Pairs that meet less often do not say whether they cross.
const FEWEST_MEETINGS: u32 = 4;

impl Together {
    const NONE: Self = Self {
        notes: 0,
        covered: 0,
        pairs: [[Pair { higher: 0, lower: 0 }; MOST]; MOST],
        sounding: [(0, 0); MOST],
    };

    /// Compares the lines of each group, up to [`MOST`], which are given by their numbers. No line is in two groups.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn of(
        score: &Score<'_>,
        numbers: &Numbers,
        groups: &[&[u32]],
        lines: usize,
    ) -> Result<Vec<Self>, NoRoom> {
        let mut together = room::filled(Self::NONE, groups.len())?;
        // By line: the number of its group plus one, and its place there.
        let mut places = room::filled((0_u32, 0_u8), lines)?;
        for (number, group) in (1..).zip(groups) {
            for (place, &line) in (0..).zip(group.iter().take(MOST)) {
                places[line as usize] = (number, place);
            }
        }
        for (note, line) in numbers.notes(score) {
            let (number, place) = places[line];
            if let Some(group) = number.checked_sub(1) {
                let count = groups[group as usize].len().min(MOST);
                together[group as usize].add(note, place.into(), count);
            }
        }
        Ok(together)
    }

    /// Adds a note of a line, of so many.
    fn add(&mut self, note: &Note, line: usize, count: usize) {
        let middle = note.start + note.duration() / 2;
        let mut covered = false;
        for (other, &(pitch, until)) in self.sounding[..count].iter().enumerate() {
            if other == line || until <= middle {
                continue;
            }
            covered = true;
            let pair = &mut self.pairs[line.min(other)][line.max(other)];
            let (late, early) =
                if line > other { (note.pitch, pitch) } else { (pitch, note.pitch) };
            pair.higher += u32::from(late > early);
            pair.lower += u32::from(late < early);
        }
        self.notes += 1;
        self.covered += u32::from(covered);
        self.sounding[line] = (note.pitch, note.end);
    }

    /// Share of the notes that begin while another of the lines sounds.
    pub(super) fn covered_share(&self) -> f64 {
        f64::from(self.covered) / f64::from(self.notes.max(1))
    }

    /// How often the order of two lines is the rarer one: 0 for voices that never cross, up to 0.5.
    pub(super) fn crossed_share(&self) -> f64 {
        let pairs = self.pairs.iter().flatten();
        let met = pairs.filter(|pair| pair.higher + pair.lower >= FEWEST_MEETINGS);
        let (mut rarer, mut meetings) = (0, 0);
        for pair in met {
            rarer += pair.higher.min(pair.lower);
            meetings += pair.higher + pair.lower;
        }
        f64::from(rarer) / f64::from(meetings.max(1))
    }
}

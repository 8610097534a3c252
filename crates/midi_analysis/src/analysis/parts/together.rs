//! Whether lines sound together, and whether they cross.

use crate::analysis::parts::numbers::Numbers;
use crate::model::score::Score;

/// Most lines that are compared: the channels of a port.
pub(super) const MOST: usize = 16;

/// Two lines, when a note of one begins while one of the other sounds.
#[derive(Clone, Copy, Default)]
struct Pair {
    /// Times that the later of the two lines is higher.
    higher: u32,
    lower: u32,
}

/// How some lines sound together.
pub(super) struct Together {
    notes: u32,
    /// Notes that begin while another of the lines sounds.
    covered: u32,
    pairs: [[Pair; MOST]; MOST],
}

/// Pairs that meet less often do not say whether they cross.
const FEWEST_MEETINGS: u32 = 4;

impl Together {
    /// Compares up to [`MOST`] lines, given by their numbers.
    pub(super) fn of(score: &Score<'_>, numbers: &Numbers, lines: &[u32]) -> Self {
        let mut together = Self { notes: 0, covered: 0, pairs: [[Pair::default(); MOST]; MOST] };
        let lines = &lines[..lines.len().min(MOST)];
        // Of each line the pitch that sounds, and until when.
        let mut sounding = [(0_u8, 0_u32); MOST];
        for (note, line) in numbers.notes(score) {
            let Some(line) = lines.iter().position(|&each| each as usize == line) else { continue };
            let middle = note.start + note.duration() / 2;
            let mut covered = false;
            for (other, &(pitch, until)) in sounding[..lines.len()].iter().enumerate() {
                if other == line || until <= middle {
                    continue;
                }
                covered = true;
                let pair = &mut together.pairs[line.min(other)][line.max(other)];
                let (late, early) =
                    if line > other { (note.pitch, pitch) } else { (pitch, note.pitch) };
                pair.higher += u32::from(late > early);
                pair.lower += u32::from(late < early);
            }
            together.notes += 1;
            together.covered += u32::from(covered);
            sounding[line] = (note.pitch, note.end);
        }
        together
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

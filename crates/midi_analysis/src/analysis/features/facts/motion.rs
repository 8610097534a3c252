//! How voices move from one set of sounding pitches to the next of the same size: from the lowest pitch
//! to the lowest, and so on upwards, whatever channel plays it. Each pair of voices of which at least
//! one moves is one movement.

const FIFTH: usize = 7;
/// Distances that a voice may move, down and up.
const DISTANCES: usize = 256;
const STILL: i32 = 128;

/// Movements between voices, counted.
pub(crate) struct Motion {
    before: u128,
    pub(crate) parallel: f64,
    pub(crate) similar: f64,
    pub(crate) contrary: f64,
    pub(crate) oblique: f64,
    pub(crate) fifths: f64,
    pub(crate) octaves: f64,
    /// Of the voices that move by some distance, how many from each pitch class; all 0 between calls.
    groups: Box<[[u8; 12]; DISTANCES]>,
}

impl Motion {
    pub(crate) fn new() -> Self {
        Self {
            before: 0,
            parallel: 0.0,
            similar: 0.0,
            contrary: 0.0,
            oblique: 0.0,
            fifths: 0.0,
            octaves: 0.0,
            groups: Box::new([[0; 12]; DISTANCES]),
        }
    }

    pub(crate) fn all(&self) -> f64 {
        self.parallel + self.similar + self.contrary + self.oblique
    }

    /// The next set of sounding pitches, one bit each, or silence.
    pub(crate) fn advance(&mut self, pitches: u128) {
        let before = std::mem::replace(&mut self.before, pitches);
        let voices = pitches.count_ones();
        if voices > 1 && before != pitches && before.count_ones() == voices {
            self.compare(before, pitches);
        }
    }

    fn compare(&mut self, before: u128, after: u128) {
        let (mut still, mut rising, mut falling, mut parallel) = (0_u32, 0_u32, 0_u32, 0_u32);
        for (from, to) in pitches(before).zip(pitches(after)) {
            match to.cmp(&from) {
                std::cmp::Ordering::Equal => {
                    still += 1;
                    continue;
                }
                std::cmp::Ordering::Greater => rising += 1,
                std::cmp::Ordering::Less => falling += 1,
            }
            // Voices come from the lowest up, so those in the group are below.
            let (group, class) = (&mut self.groups[distance(from, to)], from as usize % 12);
            parallel += group.iter().map(|&voices| u32::from(voices)).sum::<u32>();
            self.fifths += f64::from(group[(class + 12 - FIFTH) % 12]);
            self.octaves += f64::from(group[class]);
            group[class] += 1;
        }
        for (from, to) in pitches(before).zip(pitches(after)) {
            self.groups[distance(from, to)] = [0; 12];
        }
        let pairs = |voices: u32| voices * voices.saturating_sub(1) / 2;
        self.parallel += f64::from(parallel);
        self.similar += f64::from(pairs(rising) + pairs(falling) - parallel);
        self.contrary += f64::from(rising * falling);
        self.oblique += f64::from(still * (rising + falling));
    }
}

fn distance(from: u32, to: u32) -> usize {
    (to as i32 - from as i32 + STILL) as usize
}

/// The pitches of a set, ascending.
fn pitches(mut set: u128) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lowest = set.trailing_zeros();
        set &= set.checked_sub(1)?;
        Some(lowest)
    })
}

//! Overall pitch statistics, P-1 to P-41: which pitches there are, in whatever order. Drums have no
//! pitch and are left out.

use crate::analysis::features::facts::bends::Bends;
use crate::analysis::features::stats::Histogram;
use crate::error::Error;
use crate::model::key::KeySignature;
use crate::model::score::Score;

const FIFTH: usize = 7;

pub(crate) struct Pitches {
    pub(crate) pitches: Histogram<128>,
    /// From C.
    pub(crate) classes: Histogram<12>,
    /// From C by rising fifths.
    pub(crate) fifths: Histogram<12>,
    pub(crate) first: Option<u8>,
    pub(crate) last: Option<u8>,
    pub(crate) first_key: Option<KeySignature>,
    pub(crate) bends: Bends,
}

impl Pitches {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let mut counts = [0_u32; 128];
        // Tick and pitch.
        let mut first: Option<(u32, u8)> = None;
        let mut last = first;
        for note in score.notes.iter().filter(|note| !note.is_drum()) {
            counts[usize::from(note.pitch & 0x7f)] += 1;
            let here = (note.start, note.pitch);
            first = Some(first.map_or(here, |first| first.min(here)));
            last = match last {
                Some(last) if last.0 == note.start => Some(last.min(here)),
                _ => Some(here),
            };
        }
        let pitches = Histogram::of(&counts);
        let mut classes = [0.0; 12];
        for pitch in pitches.used() {
            classes[pitch % 12] += pitches.bins()[pitch];
        }
        Ok(Self {
            fifths: Histogram::new(std::array::from_fn(|fifth| classes[fifth * FIFTH % 12])),
            classes: Histogram::new(classes),
            pitches,
            first: first.map(|(_, pitch)| pitch),
            last: last.map(|(_, pitch)| pitch),
            first_key: score.keys.first().map(|key| key.signature),
            bends: Bends::of(score, interrupted)?,
        })
    }

    /// Pitched notes.
    pub(crate) fn notes(&self) -> f64 {
        self.pitches.total()
    }

    /// Semitones from the lowest pitch to the highest.
    pub(crate) fn range(&self) -> f64 {
        self.pitches.range()
    }
}

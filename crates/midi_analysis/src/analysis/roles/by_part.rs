//! The notes of a piece part by part, drums among them.

use crate::analysis::onsets::Onset;
use crate::analysis::parts::Parts;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Notes between two questions whether to stop.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;

/// The places of a note and of its onset in their lists.
#[derive(Clone, Copy, Default)]
struct Place {
    note: u32,
    onset: u32,
}

/// The notes of each part, numbered as [`Parts::with_drums`] does.
pub(super) struct ByPart {
    /// Part by part, in the order of time.
    places: Vec<Place>,
    /// By part: where its notes end.
    ends: Vec<u32>,
}

impl ByPart {
    /// # Errors
    /// Out of memory.
    pub(super) fn of(score: &Score<'_>, parts: &Parts, onsets: &[Onset]) -> Result<Self, NoRoom> {
        let (numbers, count) = parts.with_drums(score)?;
        let mut ends = room::filled(0_u32, count)?;
        numbers.iter().for_each(|&number| ends[number as usize] += 1);
        let mut sum = 0;
        for end in &mut ends {
            let notes = std::mem::replace(end, sum);
            sum += notes;
        }
        let mut places = room::filled(Place::default(), numbers.len())?;
        let of_onsets =
            (0..).zip(onsets).flat_map(|(place, onset)| (0..onset.notes).map(move |_| place));
        for ((note, &number), onset) in (0..).zip(&numbers).zip(of_onsets) {
            let end = &mut ends[number as usize];
            places[*end as usize] = Place { note, onset };
            *end += 1;
        }
        Ok(Self { places, ends })
    }

    /// How many parts there are.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The notes of a part.
    pub(super) fn notes<'s>(
        &'s self,
        number: usize,
        score: &'s Score<'_>,
        onsets: &'s [Onset],
    ) -> PartNotes<'s> {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        let places = &self.places[start as usize..self.ends[number] as usize];
        PartNotes { places, notes: &score.notes, onsets }
    }
}

/// The notes of a part, in the order of time.
pub(super) struct PartNotes<'s> {
    places: &'s [Place],
    notes: &'s [Note],
    onsets: &'s [Onset],
}

impl<'s> PartNotes<'s> {
    /// Each note with its onset.
    #[inline]
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&'s Note, &'s Onset)> {
        let (notes, onsets) = (self.notes, self.onsets);
        self.places.iter().map(|place| (&notes[place.note as usize], &onsets[place.onset as usize]))
    }

    /// The same notes in pieces, between which the work can be interrupted.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Self> {
        let (notes, onsets) = (self.notes, self.onsets);
        self.places.chunks(NOTES_BETWEEN_CHECKS).map(move |places| Self { places, notes, onsets })
    }

    pub(super) fn first(&self) -> Option<&'s Note> {
        self.places.first().map(|place| &self.notes[place.note as usize])
    }

    pub(super) fn count(&self) -> usize {
        self.places.len()
    }
}

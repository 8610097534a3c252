//! The General MIDI programs and the drums that play at least one note.

use crate::analysis::tally::Tally;
use crate::model::gm;

/// Programs and drums of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Instruments {
    /// General MIDI programs, 0-127, of the pitched notes, ascending.
    pub programs: Vec<u8>,
    /// Their General MIDI names, in the same order.
    pub names: Vec<&'static str>,
    /// The General MIDI families they belong to, each once.
    pub families: Vec<&'static str>,
    /// Whether drums play: on a channel that the file declares to be one of drums, else on channel 10, or
    /// on any that its notes, its name, or where they leave it open the name of the file, show to be one of
    /// drums.
    pub has_drums: bool,
    /// MIDI pitches of the drum notes, ascending: the pieces of the kit.
    pub drum_notes: Vec<u8>,
}

impl Instruments {
    pub(crate) fn of(tally: &Tally) -> Self {
        let programs = used(&tally.programs);
        let names = programs.iter().map(|&program| gm::PROGRAMS[usize::from(program)]).collect();
        let mut families: Vec<_> =
            programs.iter().map(|&program| gm::FAMILIES[usize::from(program) / 8]).collect();
        families.dedup();
        let drum_notes = used(&tally.drum_pitches);
        Self { programs, names, families, has_drums: !drum_notes.is_empty(), drum_notes }
    }
}

fn used(histogram: &[u32; 128]) -> Vec<u8> {
    (0..128).filter(|&value| histogram[usize::from(value)] > 0).collect()
}

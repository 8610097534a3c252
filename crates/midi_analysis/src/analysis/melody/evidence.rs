//! The numbers that the weights of the melody are multiplied with, for their trainer.

pub use super::choice::FEATURES as MELODY_FEATURES;
use super::choice::describe;
use super::described::{FEATURES, Whole, described};
use super::heard::Part;
use super::links::linked;
use crate::analysis::parts::Parts;
use crate::error::Error;
use crate::model::score::Score;

/// A part, as the choice of the melodic part describes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PartEvidence {
    /// Index of the track of its first note, from 0.
    pub track: u16,
    /// MIDI channel of its first note, 0-15.
    pub channel: u8,
    /// Whether most of its notes are played by a bass: such a part is chosen only where there is no other.
    pub is_bass: bool,
    /// The features, in the order of [`MELODY_FEATURES`].
    pub features: [f64; MELODY_FEATURES.len()],
}

/// All parts but drums, in the order of their first notes.
///
/// # Errors
/// Out of memory.
pub(crate) fn melody_evidence(score: &Score<'_>) -> Result<Vec<PartEvidence>, Error> {
    let parts = Parts::of(score)?;
    let mut firsts = vec![None; parts.count()];
    for note in &score.notes {
        if let Some(part) = parts.get(note) {
            firsts[part].get_or_insert((note.track, note.channel));
        }
    }
    let described = describe(score, &parts)?;
    let described = described.iter().zip(firsts.into_iter().flatten());
    let evidence = described.map(|(part, (track, channel))| PartEvidence {
        track,
        channel,
        is_bass: part.is_bass(),
        features: part.features(),
    });
    Ok(evidence.collect())
}

/// How many numbers describe a note of a part with a melody and its accompaniment.
pub const MELODY_NOTE_FEATURES: usize = FEATURES;

/// A note of a piece that is taken for one part, as the choice of the melody in that part sees it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NoteEvidence {
    /// Index of the track, from 0.
    pub track: u16,
    /// MIDI pitch, 0-127.
    pub pitch: u8,
    /// Number of the attack that it belongs to.
    pub attack: u32,
    /// Place of the note that it goes on from; `None` where there is none.
    pub before: Option<usize>,
    /// Place of the note that goes on from it.
    pub after: Option<usize>,
    /// The features.
    pub features: [f32; MELODY_NOTE_FEATURES],
}

/// All notes but drums, as those of one part.
///
/// # Errors
/// Out of memory.
pub(crate) fn note_evidence(score: &Score<'_>) -> Result<Vec<NoteEvidence>, Error> {
    let part = Part::of(score, |note| !note.is_drum())?;
    let attacks = 0..part.attacks.len();
    let links = linked(&part, attacks.clone())?;
    let rows = described(&part, &Whole::of(&part), attacks, &links)?;
    let numbered = part.attacks.iter().enumerate();
    let attacks = numbered.flat_map(|(number, attack)| attack.notes().map(move |_| number as u32));
    let place = |place: u32| Some(place as usize).filter(|&place| place < rows.len());
    let notes = part.notes.iter().zip(&rows).zip(&links).zip(attacks);
    let notes = notes.map(|(((heard, &features), link), attack)| NoteEvidence {
        track: heard.note.track,
        pitch: heard.note.pitch,
        attack,
        before: place(link.before),
        after: place(link.after),
        features,
    });
    Ok(notes.collect())
}

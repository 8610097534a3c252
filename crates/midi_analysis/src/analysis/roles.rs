//! What each part does in the piece: its role.
//!
//! The layers of a texture are told by their function: a beat, a bass, melodies, and what fills the harmony between
//! them (Moore 2012, *Song Means*, chapter 2). Makers of loops divide the last two further (Lee et al. 2022, the data
//! set ComMU). The roles are these, and the first whose definition fits is that of a part:
//!
//! | role | definition |
//! | --- | --- |
//! | drums, percussion | [drums](crate::Note::is_drum), by the pieces that they strike most: those of a kit, or others |
//! | effect | a program of sound effects |
//! | percussion | a program that is struck, such as timpani, unless it has a melody of five pitch classes and more |
//! | bass | a bass program, unless it plays high; a low line under all others |
//! | melody | what the melody is [found](crate::Piece::melody) in, or doubles it |
//! | pad | notes that are held until the next, which come a second later or more |
//! | chords | 1.6 notes at once and more, on average |
//! | arpeggio | an even succession of leaps through few pitch classes in a bar |
//! | counter-melody | any other line |
//!
//! What is nothing but block chords has no melody in its highest notes. A part that is [alone] is judged by how it is
//! played: a loop of a bass, of chords or of a broken chord has its role without the rest of the song. How parts are played
//! is [measured](playing) over attacks. Programs are evidence of what can be played, and used where the notes fit them.
//! Names are not used: most parts have none, or wrong ones.
//!
//! [alone]: company::PartOf::is_alone

mod by_part;
mod company;
mod judged;
mod playing;
mod role;
mod sound;

pub use self::role::Role;

use self::by_part::{ByPart, PartNotes};
use self::company::Company;
use self::playing::Playing;
use crate::analysis::key::EstimatedKey;
use crate::analysis::onsets::{Onset, onsets};
use crate::analysis::parts::{Parts, Played};
use crate::analysis::repetition::Sketches;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::{Error, check};
use crate::model::key::Key;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room;

/// What one player, hand or voice plays, drums among them: as a rule what one track plays on one channel. Where a part
/// is spread over several tracks or channels, it has those of its first note.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Part {
    /// Index of its track, from 0.
    pub track: u16,
    /// Port of its channel, 0-127.
    pub port: u8,
    /// MIDI channel, 0-15.
    pub channel: u8,
    /// General MIDI program of its first note, 0-127; `None` for drums.
    pub program: Option<u8>,
    /// The first name of its track, which may be that of the piece.
    pub name: Option<String>,
    /// What it does in the piece.
    pub role: Role,
    /// Its notes.
    pub note_count: u32,
    /// The bar in which its first note begins, from 1, counted as in [`Piece::beats`](crate::Piece::beats); `None`
    /// where no beats are known.
    pub first_bar: Option<u32>,
    /// Bars from there to that in which its last note begins, both counted.
    pub bars: Option<u32>,
    /// Bars of the loop that it repeats; `None` where it has none.
    pub loop_bars: Option<u8>,
    /// Lowest MIDI pitch; `None` for drums.
    pub pitch_min: Option<u8>,
    /// Highest MIDI pitch; `None` for drums.
    pub pitch_max: Option<u8>,
    /// Most of its notes that sound at once; `None` for drums, as the length of a drum note has no meaning.
    pub polyphony: Option<u32>,
    /// The key of the piece in most of its notes; `None` for drums, percussion and effects, and where the piece has
    /// no key.
    pub key: Option<Key>,
    /// Whether it is played by drums.
    pub is_drum: bool,
}

/// What roles are judged by.
pub(crate) struct Basis<'p> {
    pub(crate) parts: &'p Parts,
    pub(crate) melody: &'p [Note],
    pub(crate) grid: &'p BeatGrid,
    pub(crate) key: Option<&'p EstimatedKey>,
}

/// Most parts of a piece. Scores and songs have tens; a file may have a million.
const MOST_PARTS: usize = 4_096;

/// The parts of a piece by track, port and channel, without their names; at most 4,096.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn parts(
    score: &Score<'_>,
    basis: &Basis<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Part>, Error> {
    let onsets = onsets(score, basis.grid)?;
    check(interrupted)?;
    let by_part = ByPart::of(score, basis.parts, &onsets)?;
    check(interrupted)?;
    let company = Company::of(score, basis.parts, basis.melody, interrupted)?;
    check(interrupted)?;
    let keys = room::gathered(basis.key.into_iter().flat_map(EstimatedKey::changes))?;
    let count = by_part.count().min(MOST_PARTS);
    let mut found = room::list(count)?;
    for number in 0..count {
        check(interrupted)?;
        let notes = by_part.notes(number, score, &onsets);
        let Some(first) = notes.first() else { continue };
        let described = match first.is_drum() {
            true => drums(first, &notes),
            false => {
                let among = company.part(number);
                let playing = Playing::of(score, &notes, interrupted)?;
                let role = judged::pitched(score, &notes, &playing, &among, interrupted)?;
                let key = if role.is_melodic() { most_frequent_key(&notes, &keys) } else { None };
                Part { key, ..pitched(part(first, &notes, role), &playing, among.played()) }
            }
        };
        found.push(described);
    }
    let place = |part: &Part| (part.track, part.port, part.channel, part.is_drum);
    room::sort_by_key(&mut found, place)?;
    Ok(found)
}

/// A part of drums.
fn drums(first: &Note, notes: &PartNotes<'_>) -> Part {
    let role = judged::drums(notes.iter().map(|(note, _)| note.pitch));
    Part { is_drum: true, ..part(first, notes, role) }
}

/// What only other parts have.
fn pitched(part: Part, playing: &Playing, played: &Played) -> Part {
    Part {
        program: Some(played.program),
        pitch_min: Some(played.lowest),
        pitch_max: Some(played.highest),
        polyphony: Some(playing.polyphony),
        ..part
    }
}

/// What every part has.
fn part(first: &Note, notes: &PartNotes<'_>, role: Role) -> Part {
    let bars = bars(notes);
    Part {
        track: first.track,
        port: first.port,
        channel: first.channel,
        program: None,
        name: None,
        role,
        note_count: notes.count() as u32,
        first_bar: bars.map(|(first, _)| first + 1),
        bars: bars.map(|(first, last)| last - first + 1),
        loop_bars: bars.and_then(|(first, last)| loop_bars(notes, first, last)),
        pitch_min: None,
        pitch_max: None,
        polyphony: None,
        key: None,
        is_drum: false,
    }
}

/// The first and the last bar, from 0; `None` where no beats are known.
fn bars(notes: &PartNotes<'_>) -> Option<(u32, u32)> {
    let bar = |(_, onset): (&Note, &Onset)| Some(onset.position?.bar);
    let first = notes.iter().find_map(bar)?;
    Some((first, notes.iter().rev().find_map(bar)?.max(first)))
}

/// Bars of the loop that a part repeats, which plays from one bar to another.
fn loop_bars(notes: &PartNotes<'_>, first: u32, last: u32) -> Option<u8> {
    let bars = (last - first) as usize + 1;
    // A loop has a note in each of its turns. So the bars that are compared are no more than there are notes for.
    if bars > notes.count().saturating_mul(Sketches::LONGEST_LOOP) {
        return None;
    }
    let mut sketches = Sketches::silent(bars);
    for (note, onset) in notes.iter() {
        if let Some(position) = onset.position {
            sketches.add(position.bar.saturating_sub(first) as usize, position.slot_in_bar(), note);
        }
    }
    sketches.loop_bars()
}

/// The key in which most of the notes begin, given the ticks at which keys begin.
fn most_frequent_key(notes: &PartNotes<'_>, keys: &[(u32, Key)]) -> Option<Key> {
    let mut counts = [0_u32; Key::COUNT];
    for (note, _) in notes.iter() {
        let after = keys.partition_point(|&(tick, _)| tick <= note.start);
        let (_, key) = keys.get(after.saturating_sub(1))?;
        counts[key.index()] += 1;
    }
    let (index, _) = (0..).zip(counts).max_by_key(|&(_, count)| count)?;
    Some(Key::from_index(index))
}

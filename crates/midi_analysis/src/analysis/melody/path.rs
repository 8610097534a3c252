//! The melody of a part that also has its accompaniment: in each attack the note that is likeliest to belong
//! to it, if any is.

use crate::analysis::melody::heard::{Attack, Part};
use crate::analysis::melody::odds;
use crate::analysis::melody::parallel::{self, Led};
use crate::error::Error;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Share of the notes of a piece from which a part has its accompaniment too. What the network has learned from are
/// whole pieces; in one of several parts the melody is on top of chords that belong to it.
const WHOLE: f64 = 0.75;
/// Least F measure to be expected of notes that stand out. Of the cuts from 0.3 to 0.9 in steps of 0.05 the one with
/// which songs and Lieder that the weights were not learned from, as they are and played and arranged otherwise, have
/// the highest F measure, where below it the highest notes are taken.
const CLEAR: f64 = 0.6;
/// Least share of the notes that lead others in parallel which belong to a melody, where any do; and that from which all
/// do.
const MANY: f64 = 0.5;
const NEARLY_ALL: f64 = 0.9;
/// Notes of an attack, of which more are no music.
const MOST_TOGETHER: usize = 256;
/// Notes of a part, of which more are no music: what is kept of each would fill the memory.
const MOST_NOTES: usize = 1 << 18;

/// Whether so many notes of a score are nearly all of the piece.
pub(super) fn are_whole(score: &Score<'_>, notes: u32) -> bool {
    f64::from(notes) >= WHOLE * score.pitched.count as f64
}

/// The melody among notes of the score, none of which overlaps the next; `None` where none stands out.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn likeliest<'n>(
    score: &Score<'_>,
    notes: impl Iterator<Item = &'n Note> + Clone,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Vec<Note>>, Error> {
    if notes.clone().count() > MOST_NOTES {
        return Ok(None);
    }
    let part = Part::of(score, notes)?;
    if part.attacks.iter().any(|attack| attack.notes().len() > MOST_TOGETHER) {
        return Ok(None);
    }
    if let Some(Led { part, leads }) = parallel::led(&part)? {
        let mut places = places(&part, interrupted)?;
        let leading = places.iter().filter(|&&place| leads[place]).count() as f64;
        let all = leads.iter().filter(|&&leads| leads).count() as f64;
        if leading >= NEARLY_ALL * all {
            places = with_leading(&part, &leads, &places)?;
        }
        // Otherwise those in parallel accompany.
        if leading >= MANY * all {
            return Ok(line(&part, &places)?);
        }
    }
    Ok(line(&part, &places(&part, interrupted)?)?)
}

/// The places of the notes of the melody in a part; none where none stands out.
///
/// # Errors
/// Out of memory, or `interrupted`.
fn places(part: &Part, interrupted: &dyn Fn() -> bool) -> Result<Vec<usize>, Error> {
    let probabilities = odds::probabilities(part, interrupted)?;
    let likelier = |a: &usize, b: &usize| probabilities[*a].total_cmp(&probabilities[*b]);
    // Of equals the highest.
    let likeliest = |attack: &Attack| attack.notes().rev().max_by(likelier);
    let mut candidates = room::gathered(part.attacks.iter().filter_map(likeliest))?;
    let least = least_probability(candidates.iter().map(|&place| probabilities[place]))?;
    candidates.retain(|&place| least.is_some_and(|least| probabilities[place] >= least));
    Ok(candidates)
}

/// The places of a melody, in each attack with a note that leads others that of this note.
///
/// # Errors
/// Out of memory.
fn with_leading(part: &Part, leads: &[bool], places: &[usize]) -> Result<Vec<usize>, NoRoom> {
    let mut taken = places.iter().copied().peekable();
    let place = |attack: &Attack| {
        let found = taken.next_if(|&place| place < attack.end as usize);
        let highest = attack.first as usize;
        if leads[highest] { Some(highest) } else { found }
    };
    room::gathered(part.attacks.iter().filter_map(place))
}

/// The notes at some places of a part, each until the next; `None` where there are none.
///
/// # Errors
/// Out of memory.
fn line(part: &Part, places: &[usize]) -> Result<Option<Vec<Note>>, NoRoom> {
    let mut line: Vec<Note> = room::list(places.len())?;
    for &place in places {
        let note = part.notes[place].note;
        if let Some(before) = line.last_mut() {
            before.end = before.end.min(note.start);
        }
        line.push(note);
    }
    Ok((!line.is_empty()).then_some(line))
}

/// The probability from which notes are to be taken so that the F measure of what is taken is likely to be the
/// highest (Lipton, Elkan & Narayanaswamy 2014): lower where none is clear. `None` where that measure is low.
///
/// # Errors
/// Out of memory.
fn least_probability(candidates: impl Iterator<Item = f32>) -> Result<Option<f32>, NoRoom> {
    let mut sorted = room::gathered(candidates)?;
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let all: f64 = sorted.iter().map(|&probability| f64::from(probability)).sum();
    let (mut right, mut best, mut least) = (0.0, 0.0, 1.0);
    for (taken, &probability) in sorted.iter().enumerate() {
        right += f64::from(probability);
        let measure = 2.0 * right / (taken as f64 + 1.0 + all);
        if measure > best {
            (best, least) = (measure, probability);
        }
    }
    Ok((best >= CLEAR).then_some(least))
}

#[cfg(test)]
mod tests {
    use super::least_probability;

    #[test]
    fn what_is_doubtful_is_taken_only_where_nothing_is_clear() {
        let least = |candidates: &[f32]| {
            least_probability(candidates.iter().copied()).expect("there is room")
        };
        assert_eq!(least(&[0.9, 0.3, 0.95, 0.9, 0.3]), Some(0.9));
        assert_eq!(least(&[0.6, 0.5, 0.6]), Some(0.5));
        assert_eq!(least(&[0.6, 0.01, 0.6, 0.6]), Some(0.6));
        assert_eq!(least(&[0.2, 0.1, 0.2, 0.1]), None);
    }
}

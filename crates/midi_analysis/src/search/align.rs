//! Alignment of a tune with a stretch of a line, at a known transposition.
//!
//! The dynamic programme of Sellers (1980): all of the tune, wherever it lies in the stretch. Costs in
//! quarters of a wrong note, after Mongeau & Sankoff (1990): a note that is split into several of its
//! pitch, or several that are joined, costs less than one that is added or left out.

use super::timeline::Moment;

/// Of a wrong note, or one added or left out.
pub(super) const WRONG: u32 = 4;
/// Of a note in another octave.
const OTHER_OCTAVE: u32 = 1;
/// Of one more, or one less, of the same pitch.
const REPEATED: u32 = 2;

/// A tune as it is compared.
pub(super) struct Tune<'a> {
    pub(super) pitches: &'a [u8],
    /// Whether the octaves are known.
    pub(super) octaves: bool,
}

/// Cost of the best alignment with the stretch transposed by so many semitones, and the index in it
/// at which that begins.
pub(super) fn align(tune: &Tune<'_>, stretch: &[Moment], transposition: i32) -> (u32, usize) {
    // Cell: the cost of the tune so far against what ends before this note, and where that begins.
    let mut row: Vec<(u32, usize)> = (0..=stretch.len()).map(|index| (0, index)).collect();
    for (index, &pitch) in tune.pitches.iter().enumerate() {
        let left_out = gap(index.checked_sub(1).map(|before| tune.pitches[before]), pitch);
        let mut diagonal = row[0];
        row[0].0 += left_out;
        for (column, note) in stretch.iter().enumerate() {
            let above = row[column + 1];
            let before = column.checked_sub(1).map(|before| stretch[before].pitch);
            row[column + 1] = [
                (diagonal.0 + tune.difference(pitch, note.pitch, transposition), diagonal.1),
                (above.0 + left_out, above.1),
                (row[column].0 + gap(before, note.pitch), row[column].1),
            ]
            .into_iter()
            .min_by_key(|cell| cell.0)
            .unwrap_or(above);
            diagonal = above;
        }
    }
    row.into_iter().min_by_key(|cell| cell.0).unwrap_or((u32::MAX, 0))
}

fn gap(before: Option<u8>, pitch: u8) -> u32 {
    if before == Some(pitch) { REPEATED } else { WRONG }
}

impl Tune<'_> {
    fn difference(&self, asked: u8, played: u8, transposition: i32) -> u32 {
        let off = i32::from(played) - i32::from(asked) - transposition;
        match (off, off % 12) {
            (0, _) => 0,
            (_, 0) if self.octaves => OTHER_OCTAVE,
            (_, 0) => 0,
            _ => WRONG,
        }
    }
}

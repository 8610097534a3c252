//! Alignment of a tune with a line, in every key.
//!
//! The dynamic programme of Sellers (1980) aligns the whole tune with any part of the line. Costs are
//! in quarters of a wrong note, after Mongeau & Sankoff (1990): a note that is split into several of
//! its pitch, or several that are joined, costs less than one that is added or left out.
//!
//! The first pass aligns all twelve transpositions at once, side by side in a cell, and ignores
//! octaves. The second, around the best positions, respects octaves and finds where the tune begins.

/// Cost of a wrong note, or one added or left out.
pub(super) const WRONG: u32 = 4;
/// Cost of one more, or one less, of the same pitch.
pub(super) const REPEATED: u32 = 2;
/// Cost of a note in another octave.
const OTHER_OCTAVE: u32 = 1;
/// Positions in a line for which the second pass is made.
const MOST_POSITIONS: usize = 8;

/// Costs, one for each transposition; a vector register holds sixteen.
type Cell = [u8; 16];
const TRANSPOSITIONS: usize = 12;

/// By transposition, the cost of a note of the line in place of one of the tune that is so many
/// semitones, up to two octaves, below it: nothing where they differ by that transposition.
const SUBSTITUTION: [Cell; 2 * TRANSPOSITIONS] = {
    let mut cells = [[WRONG as u8; 16]; 2 * TRANSPOSITIONS];
    let mut semitones = 0;
    while semitones < cells.len() {
        cells[semitones][semitones % TRANSPOSITIONS] = 0;
        semitones += 1;
    }
    cells
};

/// The notes of a query.
#[derive(Clone, Debug)]
pub(super) struct Tune {
    pub(super) pitches: Vec<u8>,
    /// Whether the octaves are known.
    pub(super) octaves: bool,
}

/// The best alignment of a tune with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Alignment {
    pub(super) cost: u32,
    /// Index of the note of the line at which the tune begins.
    pub(super) begin: usize,
}

impl Tune {
    /// The best alignment with the line, the earliest of equals; `None` where it costs more than
    /// `most`.
    pub(super) fn align(&self, line: &[u8], most: u32) -> Option<Alignment> {
        let ends = self.ends(line, most);
        let alignments = ends.iter().map(|&(end, transposition)| {
            let from = (end + 1).saturating_sub(2 * self.pitches.len());
            let span = &line[from..=end];
            let Alignment { cost, begin } = self.align_at(span, transposition);
            Alignment { cost, begin: (from + begin).min(end) }
        });
        alignments.min_by_key(|found| (found.cost, found.begin)).filter(|found| found.cost <= most)
    }

    /// Where the tune ends in the line at the least cost, octaves ignored, and its transposition there;
    /// none if that cost is more than `most`.
    fn ends(&self, line: &[u8], most: u32) -> Vec<(usize, usize)> {
        let mut ends = Vec::new();
        // The least cost that has been reached, at first one more than counts.
        let mut least = u8::try_from(most).unwrap_or(u8::MAX - 1) + 1;
        let notes: Vec<(usize, Cell)> =
            self.pitches.iter().map(class).zip(self.gaps().map(|gap| [gap; 16])).collect();
        // The cost of the tune up to each of its notes where it ends with this note of the line.
        let mut column: Vec<Cell> = Vec::with_capacity(notes.len());
        for (_, left_out) in &notes {
            column.push(plus(column.last().unwrap_or(&[0; 16]), left_out));
        }
        let mut before = None;
        for (end, pitch) in line.iter().enumerate() {
            let substitutions = &SUBSTITUTION[class(pitch)..];
            let added = [gap(before, *pitch); 16];
            before = Some(*pitch);
            // The tune may begin with any note of the line.
            let (mut diagonal, mut left) = ([0; 16], [0; 16]);
            for (cell, (class, left_out)) in column.iter_mut().zip(&notes) {
                let substitution = &substitutions[TRANSPOSITIONS - class];
                let replaced = plus(&diagonal, substitution);
                let inserted = plus(cell, &added);
                let deleted = plus(&left, left_out);
                diagonal = *cell;
                left = least_of(&least_of(&replaced, &inserted), &deleted);
                *cell = left;
            }
            // The unused lanes of the register are never less than the twelve.
            let cost = left.iter().copied().fold(u8::MAX, u8::min);
            if cost < least {
                least = cost;
                ends.clear();
            }
            if cost == least && u32::from(cost) <= most && ends.len() < MOST_POSITIONS {
                let transposition = left.iter().position(|&other| other == cost).unwrap_or(0);
                ends.push((end, transposition));
            }
        }
        ends
    }

    fn gaps(&self) -> impl Iterator<Item = u8> {
        let before = std::iter::once(None).chain(self.pitches.iter().copied().map(Some));
        before.zip(&self.pitches).map(|(before, &pitch)| gap(before, pitch))
    }

    /// The best alignment with the end of a span, transposed by this, modulo the octave.
    fn align_at(&self, span: &[u8], transposition: usize) -> Alignment {
        let transposition = self.nearest_octave(span, transposition);
        // Cell: the cost of the tune so far against a part of the span that ends before this note,
        // and where that part begins.
        let mut row: Vec<(u32, usize)> = (0..=span.len()).map(|index| (0, index)).collect();
        for (&wanted, left_out) in self.pitches.iter().zip(self.gaps()) {
            let mut diagonal = row[0];
            row[0].0 += u32::from(left_out);
            let mut before = None;
            for (column, &played) in span.iter().enumerate() {
                let above = row[column + 1];
                row[column + 1] = [
                    (diagonal.0 + self.difference(wanted, played, transposition), diagonal.1),
                    (above.0 + u32::from(left_out), above.1),
                    (row[column].0 + u32::from(gap(before, played)), row[column].1),
                ]
                .into_iter()
                .min_by_key(|cell| cell.0)
                .unwrap_or(above);
                diagonal = above;
                before = Some(played);
            }
        }
        let (cost, begin) = row[span.len()];
        Alignment { cost, begin }
    }

    /// Of the transpositions that differ by octaves, the one nearest to the mean pitch of the span.
    fn nearest_octave(&self, span: &[u8], transposition: usize) -> i32 {
        let mean = |pitches: &[u8]| {
            let sum: f64 = pitches.iter().copied().map(f64::from).sum();
            sum / pitches.len().max(1) as f64
        };
        let last = &span[span.len().saturating_sub(self.pitches.len())..];
        let away = mean(last) - mean(&self.pitches) - transposition as f64;
        transposition as i32 + 12 * (away / 12.0).round() as i32
    }

    fn difference(&self, wanted: u8, played: u8, transposition: i32) -> u32 {
        let off = i32::from(played) - i32::from(wanted) - transposition;
        match (off, off % 12) {
            (0, _) => 0,
            (_, 0) if self.octaves => OTHER_OCTAVE,
            (_, 0) => 0,
            _ => WRONG,
        }
    }
}

fn gap(before: Option<u8>, pitch: u8) -> u8 {
    (if before == Some(pitch) { REPEATED } else { WRONG }) as u8
}

/// Semitones above C.
fn class(pitch: &u8) -> usize {
    usize::from(*pitch) % TRANSPOSITIONS
}

fn plus(a: &Cell, b: &Cell) -> Cell {
    std::array::from_fn(|lane| a[lane].saturating_add(b[lane]))
}

fn least_of(a: &Cell, b: &Cell) -> Cell {
    std::array::from_fn(|lane| a[lane].min(b[lane]))
}

//! What begins at a place of a grid, and what pairs of such events have in common.

/// Kinds of accent that have an amount: weight, bass, new harmony, length.
pub(crate) const AMOUNTS: usize = 4;
/// Kinds that are counted: onsets, pitch classes and melodic intervals.
pub(crate) const COUNTS: usize = 3;
/// Largest melodic interval that is compared, in semitones.
const WIDEST: i16 = 12;
/// Number of pitch classes.
const CLASSES: usize = 12;

pub(crate) type Amounts = [f32; AMOUNTS];

/// What begins at one place.
#[derive(Clone, Copy)]
pub(crate) struct Event {
    pub(crate) amounts: Amounts,
    marks: Marks,
}

/// What two events may have in common, in as many bytes as a vector register holds: one for each of twelve pitch classes,
/// and three with a bit for each step from the highest pitch before to this one, unless there is none.
type Marks = [u8; 16];

impl Event {
    pub(crate) const NOTHING: Self = Self { amounts: [0.0; AMOUNTS], marks: [0; 16] };

    /// `classes` are pitch classes, one bit each.
    pub(crate) fn new(amounts: Amounts, classes: u16, step: Step) -> Self {
        // Each byte keeps the bit of its own place.
        const COPIES: u64 = 0x0101_0101_0101_0101;
        const PLACES: u64 = 0x8040_2010_0804_0201;
        let [low, high] = classes.to_le_bytes().map(|bits| (u64::from(bits) * COPIES) & PLACES);
        let high = high | (u64::from(step.0) << u32::BITS);
        let mut marks = Marks::default();
        marks[..8].copy_from_slice(&low.to_le_bytes());
        marks[8..].copy_from_slice(&high.to_le_bytes());
        Self { amounts, marks }
    }
}

/// A step that is compared with others, as a bit; 0 where there is none.
#[derive(Clone, Copy)]
pub(crate) struct Step(u32);

impl Step {
    /// Of so many semitones.
    pub(crate) fn of(semitones: i16) -> Self {
        // Those down, then those up.
        let place = semitones + WIDEST - i16::from(semitones > 0);
        let is_compared = semitones != 0 && semitones.abs() <= WIDEST;
        Self(if is_compared { 1 << place } else { 0 })
    }

    pub(crate) const fn is_any(self) -> bool {
        self.0 != 0
    }
}

/// What pairs of events have in common.
pub(crate) struct Common {
    /// The sums of the products of amounts.
    pub(crate) amounts: Amounts,
    /// The number of pairs, of common pitch classes and of equal steps; the last pairs are only counted by byte of their
    /// marks: how many there are, and how many of them have nothing in common.
    counts: [u32; COUNTS],
    pairs: u8,
    lacking: Marks,
}

impl Common {
    pub(crate) const NOTHING: Self =
        Self { amounts: [0.0; AMOUNTS], counts: [0; COUNTS], pairs: 0, lacking: [0; 16] };

    /// Makes room for so many pairs, which are to be added.
    #[inline(always)]
    pub(crate) fn expect(&mut self, pairs: u8) {
        if self.pairs > u8::MAX - pairs {
            self.gather();
        }
        self.pairs += pairs;
    }

    /// Adds one of the pairs that are expected.
    #[inline(always)]
    pub(crate) fn add(&mut self, now: &Event, then: &Event) {
        for ((sum, now), then) in self.amounts.iter_mut().zip(&now.amounts).zip(&then.amounts) {
            *sum += now * then;
        }
        for ((lacking, now), then) in self.lacking.iter_mut().zip(&now.marks).zip(&then.marks) {
            *lacking += u8::from(now & then == 0);
        }
    }

    fn gather(&mut self) {
        let more = counts(self.pairs, &self.lacking);
        self.counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        (self.pairs, self.lacking) = (0, Marks::default());
    }

    /// The number of pairs, of common pitch classes and of equal steps.
    pub(crate) fn counts(&mut self) -> [u32; COUNTS] {
        self.gather();
        self.counts
    }
}

/// The counts of so many pairs. A function of its own leaves the bytes in a vector register.
#[inline(never)]
fn counts(pairs: u8, lacking: &Marks) -> [u32; COUNTS] {
    let (classes, step) = lacking.split_at(CLASSES);
    let [classes, step] = [classes, step].map(|lacking| {
        let all = u32::from(pairs) * lacking.len() as u32;
        all - lacking.iter().map(|&lacking| u32::from(lacking)).sum::<u32>()
    });
    [pairs.into(), classes, step]
}

#[cfg(test)]
mod tests {
    use super::{AMOUNTS, Common, Event, Step, WIDEST};

    #[test]
    fn classes_and_steps_are_counted_where_both_have_them() {
        let event = |classes: u16, step: i16| Event::new([2.0; AMOUNTS], classes, Step::of(step));
        let (triad, fifth) = (event(0x0091, -12), event(0x0880, 12));
        let mut common = Common::NOTHING;
        for (now, then) in [(triad, triad), (triad, fifth), (fifth, triad), (fifth, fifth)] {
            common.expect(1);
            common.add(&now, &then);
        }
        assert_eq!(common.counts(), [4, 3 + 1 + 1 + 2, 2]);
        assert_eq!(common.amounts, [16.0; AMOUNTS]);
    }

    #[test]
    fn every_step_within_an_octave_is_equal_to_itself_alone() {
        let steps = -WIDEST - 1..=WIDEST + 1;
        for (one, other) in steps.clone().flat_map(|one| steps.clone().map(move |n| (one, n))) {
            let mut common = Common::NOTHING;
            let event = |step: i16| Event::new([0.0; AMOUNTS], 0, Step::of(step));
            common.expect(1);
            common.add(&event(one), &event(other));
            let is_compared = one != 0 && one.abs() <= WIDEST;
            assert_eq!(common.counts()[2], u32::from(is_compared && one == other), "{one} {other}");
        }
    }

    #[test]
    fn more_pairs_are_counted_than_a_byte_holds() {
        let event = Event::new([1.0; AMOUNTS], 0x0fff, Step::of(1));
        let mut common = Common::NOTHING;
        for _ in 0..1000 {
            common.expect(100);
            (0..100).for_each(|_| common.add(&event, &event));
        }
        assert_eq!(common.counts(), [100_000, 1_200_000, 100_000]);
    }
}

//! How accents repeat: the evidence for a meter, before it is told how long bars are.
//!
//! Normalised autocorrelation (Brown 1993; McLeod & Steedman 2017) of six kinds of accent: weight, bass, new
//! harmony, length, pitch classes and melodic intervals, and of the onsets themselves; and how uneven the accents
//! are at the places of a bar. Places are slots of a unit: quarter notes of a declared grid, or estimated
//! beats.

use crate::analysis::rhythm::onsets::{Onset, clamped, class_count, rough_ln};

/// Slots in a unit: sixteenths and triplets both fall on one.
pub(crate) const SLOTS: usize = 12;
/// Most units over which accents are measured.
const MOST_UNITS: usize = 512;
/// Kinds of accent that have an amount: weight, bass, new harmony, length.
pub(crate) const AMOUNTS: usize = 4;
/// All kinds: those, then onsets, pitch classes and melodic intervals.
pub(crate) const KINDS: usize = AMOUNTS + 3;
/// Units that a longer note is counted as.
const LONGEST_NOTE: f32 = 4.0;
/// Largest melodic interval that is compared, in semitones.
const WIDEST: i16 = 12;
/// A multiple of all numbers of slots that places are folded by.
const ALL_FOLDS: usize = 576;
/// Slots after the last in which a lag may end.
pub(crate) const MOST_LAG: usize = 512;
/// Words of the set of slots, with one more than lags need.
const WORDS: usize = (MOST_UNITS * SLOTS + MOST_LAG) / SLOTS_OF_WORD + 2;
const SLOTS_OF_WORD: usize = u64::BITS as usize;
/// Slots that gaps and lengths are told apart by.
const MOST_SLOTS: usize = 256;

type Amounts = [f32; AMOUNTS];
/// How many there are of so many slots or fewer.
type Tally = [u32; MOST_SLOTS];

/// What begins in a slot.
#[derive(Clone, Copy)]
struct Event {
    amounts: Amounts,
    slot: u32,
    marks: Marks,
}

/// What two events may have in common, one bit each: twelve pitch classes, then the step from the highest pitch before
/// to this one, unless there is none.
#[derive(Clone, Copy)]
struct Marks(u64);

impl Marks {
    fn new(classes: u16, step: i16) -> Self {
        let step = if step == 0 || step.abs() > WIDEST { 0 } else { 1 << (step + WIDEST) };
        Self(step << CLASSES | u64::from(classes))
    }

    /// Whether there is a step.
    fn has_step(self) -> bool {
        self.0 >> CLASSES != 0
    }

    fn classes(self) -> u8 {
        class_count(self.0 as u16)
    }
}

/// Number of pitch classes.
const CLASSES: u32 = 12;

/// The accents of a piece.
pub(crate) struct Accents {
    /// By slot the number of its event; 0 where there is none.
    at: Vec<u16>,
    /// The slots that have an event, one bit each.
    taken: [u64; WORDS],
    /// Before the first one there is one of nothing, with number 0.
    events: Vec<Event>,
    /// Slots from the first to the last.
    pub(crate) slots: usize,
    highest: Option<u8>,
    gaps: Tally,
    lengths: Tally,
}

impl Accents {
    /// The accents of onsets at `positions`, in units of `unit_s` seconds.
    pub(crate) fn of(onsets: &[Onset], positions: &[f32], unit_s: f64) -> Self {
        let first = positions.first().map_or(0.0, |p| p.floor());
        let last = positions.last().map_or(0.0, |p| p.ceil()) - first;
        let slots = ((last as usize).min(MOST_UNITS - 1) + 1) * SLOTS + 1;
        let mut accents = Self {
            at: vec![0; WORDS * SLOTS_OF_WORD],
            taken: [0; WORDS],
            events: Vec::with_capacity(onsets.len().min(slots) + 1),
            slots,
            highest: None,
            gaps: [0; MOST_SLOTS],
            lengths: [0; MOST_SLOTS],
        };
        accents.events.push(Event { amounts: [0.0; AMOUNTS], slot: 0, marks: Marks(0) });
        let units = (unit_s.max(1e-3) as f32).recip();
        for (onset, position) in onsets.iter().zip(positions) {
            let slot = clamped((position - first) * SLOTS as f32 + 0.5, 0.0, slots as f32);
            let slot = slot as i32 as usize;
            if slot >= slots {
                break;
            }
            accents.add(onset, slot, onset.length * units);
        }
        for tally in [&mut accents.gaps, &mut accents.lengths] {
            let mut sum = 0;
            tally.iter_mut().for_each(|count| {
                sum += *count;
                *count = sum;
            });
        }
        accents
    }

    fn add(&mut self, onset: &Onset, slot: usize, units: f32) {
        let weight = clamped(onset.salience + 2.5, 0.1, f32::MAX);
        let bass = if onset.is_bass || onset.kick { weight } else { 0.0 };
        let length = clamped(units, 0.0, LONGEST_NOTE);
        let more = [weight, bass, onset.fresh.into(), length];
        let slots = (units * SLOTS as f32 + 0.5) as i32 as usize;
        self.lengths[slots.min(MOST_SLOTS - 1)] += 1;
        let number = usize::from(self.at[slot]);
        if let Some(event) = self.events.get_mut(number).filter(|_| number > 0) {
            event.amounts.iter_mut().zip(more).for_each(|(amount, more)| *amount += more);
            return;
        }
        let step = self.highest.map_or(0, |before| i16::from(onset.highest) - i16::from(before));
        self.highest = Some(onset.highest);
        if let [_, .., before] = &self.events[..] {
            let gap = slot.saturating_sub(before.slot as usize);
            self.gaps[gap.min(MOST_SLOTS - 1)] += 1;
        }
        self.at[slot] = self.events.len() as u16;
        let marks = Marks::new(onset.classes, step);
        self.events.push(Event { amounts: more, slot: slot as u32, marks });
        self.taken[slot / SLOTS_OF_WORD] |= 1 << (slot % SLOTS_OF_WORD);
    }

    /// Slots in which something begins.
    pub(crate) fn sounding(&self) -> usize {
        self.events.len() - 1
    }

    /// Share of the gaps between onsets, and of the lengths of the notes, that are shorter than so many slots.
    pub(crate) fn shorter(&self, slots: usize) -> [f32; 2] {
        [&self.gaps, &self.lengths].map(|tally| {
            let all = tally[MOST_SLOTS - 1].max(1);
            let below = slots.checked_sub(1).map_or(0, |last| tally[last.min(MOST_SLOTS - 1)]);
            below as f32 / all as f32
        })
    }

    /// By lag how much of each kind of accent there is again after it, relative to all there is, 0-1; no lag is
    /// longer than the longest.
    pub(crate) fn repeated<const LAGS: usize>(&self, lags: &[usize; LAGS]) -> [[f32; KINDS]; LAGS] {
        let mut whole = [1e-6_f32; KINDS];
        for now in &self.events[1..] {
            let has_step = u8::from(now.marks.has_step());
            let own = [1.0, now.marks.classes().into(), has_step.into()];
            whole.iter_mut().zip(now.amounts).for_each(|(sum, amount)| *sum += amount * amount);
            whole[AMOUNTS..].iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
        lags.map(|lag| {
            let (amounts, counts) = self.common(lag);
            std::array::from_fn(|kind| match kind.checked_sub(AMOUNTS) {
                None => amounts[kind] / whole[kind],
                Some(kind) => counts[kind] as f32 / whole[AMOUNTS + kind],
            })
        })
    }

    /// The accents that are there again after a lag: the sums of the products of amounts, and the number of onsets,
    /// of common pitch classes and of equal intervals.
    fn common(&self, lag: usize) -> (Amounts, [u32; KINDS - AMOUNTS]) {
        let (mut amounts, mut counts) = ([0.0_f32; AMOUNTS], [0_u32; KINDS - AMOUNTS]);
        let (skipped, shift) = (lag / SLOTS_OF_WORD, lag % SLOTS_OF_WORD);
        let moved = self.taken.get(skipped..).unwrap_or_default().windows(2);
        let words = self.taken.iter().zip(moved).take(self.slots / SLOTS_OF_WORD + 1);
        for (from, (taken, moved)) in (0..).step_by(SLOTS_OF_WORD).zip(words) {
            let later = moved[0] >> shift | (moved[1] << 1) << (SLOTS_OF_WORD - 1 - shift);
            let mut both = taken & later;
            if both == 0 {
                continue;
            }
            let [Some(at), Some(later)] = [from, from + lag]
                .map(|from| self.at.get(from..).and_then(<[u16]>::first_chunk::<SLOTS_OF_WORD>))
            else {
                break;
            };
            while both != 0 {
                let slot = both.trailing_zeros() as usize % SLOTS_OF_WORD;
                both &= both - 1;
                let event = |at: u16| self.events.get(usize::from(at));
                let (Some(now), Some(then)) = (event(at[slot]), event(later[slot])) else {
                    continue;
                };
                for (sum, (now, then)) in
                    amounts.iter_mut().zip(now.amounts.iter().zip(then.amounts))
                {
                    *sum += now * then;
                }
                let common = Marks(now.marks.0 & then.marks.0);
                counts[0] += 1;
                counts[1] += u32::from(common.classes());
                counts[2] += u32::from(common.has_step());
            }
        }
        (amounts, counts)
    }

    /// For each kind of accent with an amount, how much heavier the heaviest place is than the mean of all, when
    /// places so many slots apart are one: a logarithm. `folds` rise, and divide [`ALL_FOLDS`].
    pub(crate) fn unevenness<const FOLDS: usize>(
        &self,
        folds: &[usize; FOLDS],
    ) -> [Amounts; FOLDS] {
        let mut all = vec![[0.0_f32; AMOUNTS]; ALL_FOLDS];
        for event in &self.events[1..] {
            add(&mut all[event.slot as usize % ALL_FOLDS], &event.amounts);
        }
        let mut known = Vec::with_capacity(FOLDS + 1);
        known.push(all);
        let mut uneven = [[0.0; AMOUNTS]; FOLDS];
        for (&slots, uneven) in folds.iter().zip(&mut uneven).rev() {
            let mut folded = vec![[0.0_f32; AMOUNTS]; slots];
            // The last that is a multiple is the shortest.
            let multiple = known.iter().rev().find(|known| known.len().is_multiple_of(slots));
            for places in multiple.into_iter().flat_map(|known| known.chunks_exact(slots)) {
                folded.iter_mut().zip(places).for_each(|(sum, amounts)| add(sum, amounts));
            }
            let (mut most, mut sums) = ([0.0_f32; AMOUNTS], [0.0_f32; AMOUNTS]);
            for place in &folded {
                for ((most, sum), amount) in most.iter_mut().zip(&mut sums).zip(place) {
                    *most = if *amount > *most { *amount } else { *most };
                    *sum += amount;
                }
            }
            *uneven = std::array::from_fn(|kind| {
                let share = most[kind] / sums[kind].max(1e-6) * slots as f32;
                rough_ln(clamped(share, 1.0, slots as f32))
            });
            known.push(folded);
        }
        uneven
    }
}

fn add(sums: &mut Amounts, amounts: &Amounts) {
    sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
}

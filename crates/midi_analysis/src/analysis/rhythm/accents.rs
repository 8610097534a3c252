//! How accents repeat: the evidence for a meter, before it is told how long bars are.
//!
//! Normalised autocorrelation (Brown 1993; McLeod & Steedman 2017) of six kinds of accent: weight, bass, new
//! harmony, length, pitch classes and melodic intervals, and of the onsets themselves; and how uneven the accents
//! are at the places of a bar. Places are slots of a unit: quarter notes of a declared grid, or estimated
//! beats.

use fearless_simd::{Level, dispatch};

use crate::analysis::rhythm::events::{AMOUNTS, Amounts, COUNTS, Common, Event, Step};
use crate::analysis::rhythm::onsets::{Onset, clamped, class_count, rough_ln};

/// Slots in a unit: sixteenths and triplets both fall on one.
pub(crate) const SLOTS: usize = 12;
/// Most units over which accents are measured.
const MOST_UNITS: usize = 512;
/// All kinds: those that have an amount, then those that are counted.
pub(crate) const KINDS: usize = AMOUNTS + COUNTS;
/// Units that a longer note is counted as.
const LONGEST_NOTE: f32 = 4.0;
/// A multiple of all numbers of slots that places are folded by.
const ALL_FOLDS: usize = 576;
/// Slots after the last in which a lag may end.
pub(crate) const MOST_LAG: usize = 512;
/// Words of the set of slots, with one more than lags need.
const WORDS: usize = (MOST_UNITS * SLOTS + MOST_LAG) / SLOTS_OF_WORD + 2;
const SLOTS_OF_WORD: usize = u64::BITS as usize;
/// What is added to all there is, which may be nothing: about a millionth.
const NOTHING: f32 = 1.0 / (1 << 20) as f32;
/// Slots that gaps and lengths are told apart by.
const MOST_SLOTS: usize = 256;

/// How many there are of so many slots or fewer.
type Tally = [u32; MOST_SLOTS];

/// The accents of a piece.
pub(crate) struct Accents {
    /// By slot the number of its event; 0 where there is none.
    at: Vec<u16>,
    /// The slots that have an event, one bit each.
    taken: [u64; WORDS],
    /// Before the first one there is one of nothing, with number 0; and the slots of all.
    events: Vec<Event>,
    slot_of: Vec<u16>,
    /// How many events, pitch classes in them, and steps to them there are.
    counts: [u32; COUNTS],
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
            slot_of: Vec::with_capacity(onsets.len().min(slots) + 1),
            counts: [0; COUNTS],
            slots,
            highest: None,
            gaps: [0; MOST_SLOTS],
            lengths: [0; MOST_SLOTS],
        };
        accents.events.push(Event::NOTHING);
        accents.slot_of.push(0);
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
        let before = self.highest.unwrap_or(onset.highest);
        let step = Step::of(i16::from(onset.highest) - i16::from(before));
        self.highest = Some(onset.highest);
        if let [_, .., before] = self.slot_of[..] {
            let gap = slot.saturating_sub(before.into());
            self.gaps[gap.min(MOST_SLOTS - 1)] += 1;
        }
        self.at[slot] = self.events.len() as u16;
        self.taken[slot / SLOTS_OF_WORD] |= 1 << (slot % SLOTS_OF_WORD);
        self.slot_of.push(slot as u16);
        self.events.push(Event::new(more, onset.classes, step));
        self.counts[0] += 1;
        self.counts[1] += u32::from(class_count(onset.classes));
        self.counts[2] += u32::from(step.is_any());
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
        let mut whole = [1e-6_f32; AMOUNTS];
        for now in &self.events[1..] {
            whole.iter_mut().zip(now.amounts).for_each(|(sum, amount)| *sum += amount * amount);
        }
        let level = Level::new();
        lags.map(|lag| {
            let mut common = dispatch!(level, _ => self.common(lag));
            let counts = common.counts();
            std::array::from_fn(|kind| match kind.checked_sub(AMOUNTS) {
                None => common.amounts[kind] / whole[kind],
                Some(kind) => counts[kind] as f32 / (self.counts[kind] as f32 + NOTHING),
            })
        })
    }

    /// What the accents have in common with those after a lag.
    #[inline(always)]
    fn common(&self, lag: usize) -> Common {
        let mut common = Common::NOTHING;
        let (skipped, shift) = (lag / SLOTS_OF_WORD, lag % SLOTS_OF_WORD);
        let moved = self.taken.get(skipped..).unwrap_or_default().windows(2);
        let words = self.taken.iter().zip(moved).take(self.slots / SLOTS_OF_WORD + 1);
        for (number, (taken, moved)) in words.enumerate() {
            let later = moved[0] >> shift | (moved[1] << 1) << (SLOTS_OF_WORD - 1 - shift);
            let mut both = taken & later;
            if both == 0 {
                continue;
            }
            let from = number * SLOTS_OF_WORD;
            let [Some(at), Some(later)] = [from, from + lag]
                .map(|from| self.at.get(from..).and_then(<[u16]>::first_chunk::<SLOTS_OF_WORD>))
            else {
                break;
            };
            common.expect(both.count_ones() as u8);
            while both != 0 {
                let slot = both.trailing_zeros() as usize % SLOTS_OF_WORD;
                both &= both - 1;
                let event = |at: u16| self.events.get(usize::from(at));
                if let (Some(now), Some(then)) = (event(at[slot]), event(later[slot])) {
                    common.add(now, then);
                }
            }
        }
        common
    }

    /// For each kind of accent with an amount, how much heavier the heaviest place is than the mean of all, when
    /// places so many slots apart are one: a logarithm. `folds` rise, and divide [`ALL_FOLDS`].
    pub(crate) fn unevenness<const FOLDS: usize>(
        &self,
        folds: &[usize; FOLDS],
    ) -> [Amounts; FOLDS] {
        let mut all = vec![[0.0_f32; AMOUNTS]; ALL_FOLDS];
        for (event, slot) in self.events.iter().zip(&self.slot_of).skip(1) {
            add(&mut all[usize::from(*slot) % ALL_FOLDS], &event.amounts);
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

//! How accents repeat: the evidence for a meter, before it is told how long bars are.
//!
//! Normalised autocorrelation (Brown 1993; McLeod & Steedman 2017) of six kinds of accent: weight, bass, new
//! harmony, length, pitch classes and melodic intervals, and of the onsets themselves; and how uneven the accents
//! are at the places of a bar. Places are slots of a unit: quarter notes of a declared grid, or estimated
//! beats.

use crate::analysis::rhythm::onsets::{Onset, clamped, rough_ln};

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
/// Slots that gaps and lengths are told apart by.
const MOST_SLOTS: usize = 256;

type Amounts = [f32; AMOUNTS];
/// How many there are of so many slots or fewer.
type Tally = [u32; MOST_SLOTS];

/// What begins in a slot.
#[derive(Clone, Copy, Default)]
struct Place {
    classes: u16,
    /// Semitones from the highest pitch before to this one; 0 where there is none.
    step: i8,
    sounds: bool,
}

/// By 12 pitch classes, how many there are.
static CLASSES: [u8; 1 << 12] = {
    let mut counts = [0; 1 << 12];
    let mut classes = 0;
    while classes < counts.len() {
        counts[classes] = (classes as u16).count_ones() as u8;
        classes += 1;
    }
    counts
};

/// The accents of a piece.
pub(crate) struct Accents {
    amounts: Vec<Amounts>,
    places: Vec<Place>,
    /// The slots in which something begins, in order.
    sounding: Vec<u32>,
    /// Slots from the first to the last.
    pub(crate) slots: usize,
    /// Onsets.
    pub(crate) count: usize,
    gaps: Tally,
    lengths: Tally,
}

impl Accents {
    /// The accents of onsets at `positions`, in units of `unit_s` seconds; `longest` is the longest lag, in slots.
    pub(crate) fn of(onsets: &[Onset], positions: &[f32], unit_s: f64, longest: usize) -> Self {
        let first = positions.first().map_or(0.0, |p| p.floor());
        let last = positions.last().map_or(0.0, |p| p.ceil()) - first;
        let slots = ((last as usize) + 1).min(MOST_UNITS) * SLOTS + 1;
        let mut accents = Self {
            amounts: vec![[0.0; AMOUNTS]; slots + longest],
            places: vec![Place::default(); slots + longest],
            sounding: Vec::with_capacity(onsets.len().min(slots)),
            slots,
            count: 0,
            gaps: [0; MOST_SLOTS],
            lengths: [0; MOST_SLOTS],
        };
        let units = (unit_s.max(1e-3) as f32).recip();
        let mut highest = None;
        for (onset, position) in onsets.iter().zip(positions) {
            let slot = clamped((position - first) * SLOTS as f32 + 0.5, 0.0, slots as f32);
            let slot = slot as i32 as usize;
            if slot >= slots {
                break;
            }
            accents.add(onset, slot, onset.length * units, &mut highest);
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

    fn add(&mut self, onset: &Onset, slot: usize, units: f32, highest: &mut Option<u8>) {
        let weight = clamped(onset.salience + 2.5, 0.1, f32::MAX);
        let bass = if onset.is_bass || onset.kick { weight } else { 0.0 };
        let length = clamped(units, 0.0, LONGEST_NOTE);
        let more = [weight, bass, onset.fresh.into(), length];
        self.amounts[slot].iter_mut().zip(more).for_each(|(amount, more)| *amount += more);
        self.count += 1;
        let slots = (units * SLOTS as f32 + 0.5) as usize;
        self.lengths[slots.min(MOST_SLOTS - 1)] += 1;
        let place = &mut self.places[slot];
        if !place.sounds {
            let step = highest.map_or(0, |before| i16::from(onset.highest) - i16::from(before));
            let step = if step.abs() <= WIDEST { step as i8 } else { 0 };
            *place = Place { classes: onset.classes, step, sounds: true };
            *highest = Some(onset.highest);
            if let Some(&before) = self.sounding.last() {
                self.gaps[(slot - before as usize).min(MOST_SLOTS - 1)] += 1;
            }
            self.sounding.push(slot as u32);
        }
    }

    /// Slots in which something begins.
    pub(crate) fn sounding(&self) -> usize {
        self.sounding.len()
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
        let mut amounts = [[0.0_f32; AMOUNTS]; LAGS];
        let mut counts = [[0_u32; KINDS - AMOUNTS]; LAGS];
        let mut whole = [1e-6_f32; KINDS];
        for &slot in &self.sounding {
            let (later, places) = (&self.amounts[slot as usize..], &self.places[slot as usize..]);
            let (now, here) = (later[0], places[0]);
            let classes = CLASSES[usize::from(here.classes) % CLASSES.len()];
            let own = [1.0, f32::from(classes), f32::from(u8::from(here.step != 0))];
            whole.iter_mut().zip(now).for_each(|(sum, amount)| *sum += amount * amount);
            whole[AMOUNTS..].iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
            for ((sums, count), &lag) in amounts.iter_mut().zip(&mut counts).zip(lags) {
                let (then, there) = (later[lag], places[lag]);
                *sums = std::array::from_fn(|kind| sums[kind] + now[kind] * then[kind]);
                let common = usize::from(here.classes & there.classes) % CLASSES.len();
                let same = here.step == there.step && here.step != 0;
                count[0] += u32::from(there.sounds);
                count[1] += u32::from(CLASSES[common]);
                count[2] += u32::from(same);
            }
        }
        std::array::from_fn(|lag| {
            std::array::from_fn(|kind| match kind.checked_sub(AMOUNTS) {
                None => amounts[lag][kind] / whole[kind],
                Some(kind) => counts[lag][kind] as f32 / whole[AMOUNTS + kind],
            })
        })
    }

    /// For each kind of accent with an amount, how much heavier the heaviest place is than the mean of all, when
    /// places so many slots apart are one: a logarithm.
    pub(crate) fn unevenness(&self, slots: usize) -> Amounts {
        let mut folded = vec![[0.0_f32; AMOUNTS]; slots];
        for &slot in &self.sounding {
            let amounts = self.amounts[slot as usize];
            let place = &mut folded[slot as usize % slots];
            place.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
        }
        std::array::from_fn(|kind| {
            let amounts = || folded.iter().map(|place| place[kind]);
            let (most, sum) = (amounts().fold(0.0, f32::max), amounts().sum::<f32>());
            rough_ln(clamped(most / sum.max(1e-6) * slots as f32, 1.0, slots as f32))
        })
    }
}

//! How a part is played: in chords or one note at a time, how fast and how evenly, held or not.
//!
//! Notes that begin within a twentieth of a second are one attack.

use crate::analysis::beat_position::BeatPosition;
use crate::analysis::melody::ATTACK_S;
use crate::analysis::roles::by_part::PartNotes;
use crate::analysis::tally::Overlap;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Notes of an attack that are a chord by themselves.
const BLOCK: u32 = 3;
/// Most seconds of the time to the next attack that count: what is longer is a rest between two passages.
const LONGEST_S: f64 = 4.0;
/// How far the time between two attacks may be from the median and still be even, as a share of it.
const EVEN: f32 = 0.25;

/// How a part is played.
pub(super) struct Playing {
    pub(super) notes: u32,
    pub(super) attacks: u32,
    /// Attacks of three notes and more.
    pub(super) blocks: u32,
    /// Median seconds from one attack to the next; infinite for a single one.
    pub(super) pace_s: f32,
    /// Share of the attacks that come after about the median time.
    pub(super) even_share: f64,
    /// Share of the time from attack to attack in which notes of the first sound.
    pub(super) held_share: f64,
    /// Mean number of pitch classes in a bar with notes.
    pub(super) classes_in_bar: f64,
    /// Mean number of attacks in a bar with notes.
    pub(super) attacks_in_bar: f64,
    /// Pitch classes.
    pub(super) classes: u32,
    /// Most notes at once.
    pub(super) polyphony: u32,
}

/// Notes that begin together.
#[derive(Clone, Copy)]
struct Attack {
    start_s: f64,
    /// Seconds until the last of its notes ends.
    length_s: f32,
    notes: u32,
}

impl Playing {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(
        score: &Score<'_>,
        notes: &PartNotes<'_>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        // As many as there may be: what is not used of a large list takes no memory, and one that grows takes more.
        let mut attacks: Vec<Attack> = room::list(notes.count())?;
        let (mut overlap, mut bars) = (Overlap::default(), Bars::default());
        for piece in notes.pieces() {
            check(interrupted)?;
            for (note, onset) in piece.iter() {
                overlap.add(note)?;
                bars.add(note, onset.position);
                let [start_s, end_s] = [note.start, note.end].map(|tick| score.tempo.seconds(tick));
                match attacks.last_mut().filter(|attack| start_s - attack.start_s < ATTACK_S) {
                    Some(attack) => attack.add(end_s),
                    None => room::push(&mut attacks, Attack::of(start_s, end_s))?,
                }
            }
        }
        check(interrupted)?;
        bars.end();
        let (pace_s, even_share) = pace(&attacks)?;
        let count = attacks.len() as u32;
        let in_bar = |count: u32| f64::from(count) / f64::from(bars.count.max(1));
        Ok(Self {
            notes: notes.count() as u32,
            attacks: count,
            blocks: attacks.iter().filter(|attack| attack.notes >= BLOCK).count() as u32,
            pace_s,
            even_share,
            held_share: held_share(&attacks),
            classes_in_bar: in_bar(bars.classes),
            attacks_in_bar: in_bar(count),
            classes: bars.all.count_ones(),
            polyphony: overlap.most(),
        })
    }

    /// Notes of an attack, on average.
    pub(super) fn notes_an_attack(&self) -> f64 {
        f64::from(self.notes) / f64::from(self.attacks.max(1))
    }

    /// Share of the attacks that are chords by themselves.
    pub(super) fn block_share(&self) -> f64 {
        f64::from(self.blocks) / f64::from(self.attacks.max(1))
    }
}

impl Attack {
    /// That of one note.
    fn of(start_s: f64, end_s: f64) -> Self {
        Self { start_s, length_s: (end_s - start_s) as f32, notes: 1 }
    }

    /// Adds a note that ends at a time.
    fn add(&mut self, end_s: f64) {
        self.length_s = self.length_s.max((end_s - self.start_s) as f32);
        self.notes += 1;
    }
}

/// The pitch classes of bars, one bit each. What is in no bar is in one together.
#[derive(Default)]
struct Bars {
    bar: Option<u32>,
    in_bar: u16,
    all: u16,
    /// Bars with notes.
    count: u32,
    /// Pitch classes of all bars.
    classes: u32,
}

impl Bars {
    fn add(&mut self, note: &Note, position: Option<BeatPosition>) {
        let bar = position.map(|position| position.bar);
        if bar != self.bar {
            self.end();
            self.bar = bar;
        }
        let class = 1 << (note.pitch % 12);
        self.in_bar |= class;
        self.all |= class;
    }

    fn end(&mut self) {
        let classes = std::mem::take(&mut self.in_bar).count_ones();
        self.count += u32::from(classes > 0);
        self.classes += classes;
    }
}

fn successive(attacks: &[Attack]) -> impl Iterator<Item = (&Attack, &Attack)> {
    attacks.iter().zip(attacks.iter().skip(1))
}

/// The median time from attack to attack in seconds, and the share of them that are about as long.
fn pace(attacks: &[Attack]) -> Result<(f32, f64), NoRoom> {
    let gap = |(attack, next): (&Attack, &Attack)| (next.start_s - attack.start_s) as f32;
    let mut gaps = room::gathered(successive(attacks).map(gap))?;
    if gaps.is_empty() {
        return Ok((f32::INFINITY, 1.0));
    }
    let middle = gaps.len() / 2;
    let (_, &mut median, _) = gaps.select_nth_unstable_by(middle, f32::total_cmp);
    let even = gaps.iter().filter(|gap| (*gap - median).abs() <= EVEN * median).count();
    Ok((median, even as f64 / gaps.len() as f64))
}

fn held_share(attacks: &[Attack]) -> f64 {
    let (mut held_s, mut all_s) = (0.0, 0.0);
    for (attack, next) in successive(attacks) {
        let gap_s = (next.start_s - attack.start_s).min(LONGEST_S);
        held_s += f64::from(attack.length_s).min(gap_s);
        all_s += gap_s;
    }
    if all_s > 0.0 { held_s / all_s } else { 1.0 }
}

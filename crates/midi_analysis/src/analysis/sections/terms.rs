//! What speaks for a section at each bar line: how much the music after it differs from the music before (novelty, Foote 2000), rests
//! and long notes of the melody (grouping preference rules 2 and 3 of Lerdahl & Jackendoff 1983), and
//! whether what comes again elsewhere begins or ends here (the structure features of Serrà et al. 2014,
//! by distance).

use fearless_simd::Simd;

use super::bars::{Bar, CHROMA, SLOTS};
use super::likeness::{EQUAL, LANES, Likes};
use crate::error::Error;
use crate::room;

/// Bars on each side of a bar line that are compared.
const WINDOW: usize = 4;
/// Numbers that the surroundings are compared in: shares of pitch classes, and from [`ONSETS`] on onsets by slot.
const PROFILE: usize = 32;
const ONSETS: usize = 16;
/// Onsets that are counted in a slot, so that those of a window fit into a byte.
const MOST_ONSETS: u8 = u8::MAX / WINDOW as u8;
const NOVELTIES: usize = 6;
const MELODIC: usize = 10;
/// Bars of passages that come again, and how alike one is at least, of 255.
const PASSAGES: [usize; 2] = [2, 4];
const COMES_AGAIN: u8 = 128;
const REPEATS: usize = 2;
/// Terms of a bar line.
pub const BAR_LINE_TERMS: usize = NOVELTIES + MELODIC + REPEATS * PASSAGES.len();
/// Most bars of a section.
pub const LONGEST: usize = 16;

/// Terms of all bar lines, and how alike bars are.
pub(super) struct Terms {
    /// By bar line, from the second; the first is that of the second bar.
    pub(super) bar_lines: Vec<[f32; BAR_LINE_TERMS]>,
    pub(super) likes: Likes,
    pub(super) bars: usize,
}

impl Terms {
    /// # Errors
    /// Out of memory, or `interrupted`.
    #[inline(always)]
    pub(super) fn of(
        simd: impl Simd,
        bars: &[Bar],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let likes = Likes::of(simd, bars, interrupted)?;
        let mut bar_lines = room::filled([0.0; BAR_LINE_TERMS], bars.len() - 1)?;
        novelty(bars, &mut bar_lines)?;
        for (line, terms) in bar_lines.iter_mut().enumerate() {
            melodic(&bars[line], &bars[line + 1], &mut terms[NOVELTIES..]);
        }
        repeats(&likes, &mut bar_lines)?;
        Ok(Self { bar_lines, likes, bars: bars.len() })
    }
}

type Profile = [u8; PROFILE];

/// Shares of the pitch classes of a bar, and its onsets.
#[inline(always)]
fn profile(bar: &Bar) -> Profile {
    let mut profile = [0; PROFILE];
    profile[..CHROMA].copy_from_slice(&bar.harmony);
    for (onsets, count) in profile[ONSETS..].iter_mut().zip(bar.rhythm) {
        *onsets = count.min(MOST_ONSETS);
    }
    profile
}

/// How much the bars before and after each bar line differ.
#[inline(always)]
fn novelty(bars: &[Bar], bar_lines: &mut [[f32; BAR_LINE_TERMS]]) -> Result<(), Error> {
    // Sums over all bars before; what is too large is right again in the difference of two.
    let mut profiles: Vec<Profile> = room::filled([0; PROFILE], bars.len() + 1)?;
    let mut textures = room::filled([0.0_f32; 4], bars.len() + 1)?;
    for (index, bar) in bars.iter().enumerate() {
        let (sum, profile) = (profiles[index], profile(bar));
        profiles[index + 1] = std::array::from_fn(|each| sum[each].wrapping_add(profile[each]));
        let sum = textures[index];
        textures[index + 1] = std::array::from_fn(|each| sum[each] + bar.texture[each]);
    }
    for (line, terms) in bar_lines.iter_mut().enumerate() {
        let at = line + 1;
        // As many bars on both sides.
        let window = WINDOW.min(at).min(bars.len() - at);
        let [from, at, to] = [at - window, at, at + window];
        let apart = differences(&profiles[from], &profiles[at], &profiles[to]);
        terms[..2].copy_from_slice(&apart);
        let [from, at, to] = [from, at, to].map(|bar| textures[bar]);
        let share = (window as f32).recip();
        for (each, term) in terms[2..NOVELTIES].iter_mut().enumerate() {
            *term = ((to[each] - at[each]) - (at[each] - from[each])).abs() * share;
        }
    }
    Ok(())
}

/// How much the pitch classes and the onsets of two stretches differ, given their sums up to three bar lines: the share
/// that they do not have in common (Bray & Curtis 1957), 0-1.
#[inline(always)]
fn differences(from: &Profile, at: &Profile, to: &Profile) -> [f32; 2] {
    let before: Profile = std::array::from_fn(|each| at[each].wrapping_sub(from[each]));
    let after: Profile = std::array::from_fn(|each| to[each].wrapping_sub(at[each]));
    [0..ONSETS, ONSETS..PROFILE].map(|range| {
        let pairs = || before[range.clone()].iter().zip(&after[range.clone()]);
        let apart: u32 = pairs().map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        let all: u32 = pairs().map(|(a, b)| u32::from(*a) + u32::from(*b)).sum();
        apart as f32 / all.max(1) as f32
    })
}

/// The melody around a bar line.
#[inline(always)]
fn melodic(before: &Bar, after: &Bar, terms: &mut [f32]) {
    let truth = |fact: bool| f32::from(u8::from(fact));
    let (sang, sings) = (before.sings(), after.sings());
    terms[0] = after.rest;
    terms[1] = after.interval;
    terms[2] = (after.rest.max(0.0) * 4.0 + 1.0).sqrt();
    terms[3] = (after.interval * 4.0 + 1.0).sqrt();
    terms[4] = after.held;
    terms[5] = truth(sang && !sings);
    terms[6] = truth(sings && !sang);
    // In the first slot, and in the halves of the bars next to the bar line.
    let begun = |slots: u16| slots.count_ones() as u8;
    terms[7] = truth(after.begins & 1 == 1);
    terms[8] = f32::from(begun(before.begins >> (SLOTS / 2))) / 4.0;
    terms[9] = f32::from(begun(after.begins << (SLOTS / 2))) / 4.0;
}

/// Whether passages that come again at some distance begin or end at each bar line.
#[inline(always)]
fn repeats(likes: &Likes, bar_lines: &mut [[f32; BAR_LINE_TERMS]]) -> Result<(), Error> {
    let bars = bar_lines.len() + 1;
    let [shorter, longer] = PASSAGES.map(|length| Passages::new(length, bars));
    let (mut shorter, mut longer) = (shorter?, longer?);
    for (lag, row) in (PASSAGES[0]..).map_while(|lag| Some((lag, likes.row(lag)?))) {
        let pairs = bars - lag;
        shorter.of_bars(row.as_flattened(), pairs);
        if !shorter.come_again() {
            continue;
        }
        shorter.compare(lag);
        if lag >= PASSAGES[1] {
            longer.of_halves(&shorter, pairs);
            if longer.come_again() {
                longer.compare(lag);
            }
        }
    }
    for (passages, from) in [shorter, longer].iter().zip((NOVELTIES + MELODIC..).step_by(REPEATS)) {
        for (line, terms) in bar_lines.iter_mut().enumerate() {
            for (term, most) in terms[from..].iter_mut().zip(&passages.most) {
                *term = f32::from(most[line + 1]) / EQUAL;
            }
        }
    }
    Ok(())
}

/// The mean of two numbers, rounded up; written as what one vector instruction does.
fn halved(first: u8, second: u8) -> u8 {
    ((u16::from(first) + u16::from(second) + 1) >> 1) as u8
}

/// Passages of one length that come again.
struct Passages {
    length: usize,
    /// Blocks of the current row.
    blocks: usize,
    /// The likeness of the passage that begins at each bar, after as many zeros as lanes.
    likes: Vec<u8>,
    /// By bar line: the most, over all distances, by which what comes again after it exceeds what comes again before it,
    /// and the other way round.
    most: [Vec<u8>; REPEATS],
}

impl Passages {
    fn new(length: usize, bars: usize) -> Result<Self, Error> {
        let room = bars.next_multiple_of(LANES) + 3 * LANES;
        let mut most = [(); REPEATS].map(|()| Vec::new());
        for most in &mut most {
            *most = room::filled(0, room)?;
        }
        Ok(Self { length, blocks: 0, likes: room::filled(0, room)?, most })
    }

    /// Makes the likenesses of passages of two bars from those of bars.
    #[inline(always)]
    fn of_bars(&mut self, bars: &[u8], pairs: usize) {
        let later = bars.get(1..).unwrap_or_default();
        self.put(pairs, bars.iter().zip(later).map(|(&first, &second)| halved(first, second)));
    }

    /// Makes them from those of passages of half the length.
    #[inline(always)]
    fn of_halves(&mut self, halves: &Self, pairs: usize) {
        let halves_of = &halves.likes[LANES..];
        let later = halves_of.get(halves.length..).unwrap_or_default();
        self.put(pairs, halves_of.iter().zip(later).map(|(&first, &second)| halved(first, second)));
    }

    /// Takes the likenesses of the passages of which both have all bars, and zeros after them.
    #[inline(always)]
    fn put(&mut self, pairs: usize, likes: impl Iterator<Item = u8>) {
        self.blocks = (pairs + self.length).div_ceil(LANES);
        let passages = (pairs + 1).saturating_sub(self.length);
        let (kept, rest) = self.likes[LANES..].split_at_mut(passages);
        kept.iter_mut().zip(likes).for_each(|(kept, like)| *kept = like);
        rest.fill(0);
    }

    /// Whether one of the current row comes again.
    #[inline(always)]
    fn come_again(&self) -> bool {
        let blocks = self.likes[LANES..].as_chunks::<LANES>().0[..self.blocks].iter();
        let most = blocks.fold([0; LANES], |mut most, block| {
            most.iter_mut().zip(block).for_each(|(most, &like)| *most = like.max(*most));
            most
        });
        most.iter().any(|&like| like >= COMES_AGAIN)
    }

    /// Compares the passages after and before each bar line. What holds of a passage holds of the one like it, which
    /// is `lag` later.
    #[inline(always)]
    fn compare(&mut self, lag: usize) {
        let after = &self.likes[LANES..].as_chunks::<LANES>().0[..self.blocks];
        let before = self.likes[LANES - self.length..].as_chunks::<LANES>().0;
        let [begins, ends] = &mut self.most;
        for from in [0, lag] {
            let begins = begins[from..].as_chunks_mut::<LANES>().0.iter_mut();
            let ends = ends[from..].as_chunks_mut::<LANES>().0.iter_mut();
            for ((begins, ends), (after, before)) in begins.zip(ends).zip(after.iter().zip(before))
            {
                for lane in 0..LANES {
                    begins[lane] = begins[lane].max(after[lane].saturating_sub(before[lane]));
                    ends[lane] = ends[lane].max(before[lane].saturating_sub(after[lane]));
                }
            }
        }
    }
}

//! What a piece consists of: its form, how long its sections are, and how each of them is played.

use super::support::random::Random;

/// Forms: AABA, verse and chorus with and without a bridge, rondos, ternary and binary ones, dances, strophes, and
/// sections that do not come again.
const FORMS: [&str; 26] = [
    "AABA", "AABA", "AABABA", "AABAAABA", "ABAB", "ABABCB", "ABABCBB", "ABCABC", "ABCABCDC",
    "AABAAB", "ABACA", "ABACA", "ABACADA", "ABACABA", "ABA", "AB", "AABB", "AABBCC", "AABBAABB",
    "AAA", "AAAA", "ABAC", "ABAC", "ABCD", "ABCDEF", "ABBCBB",
];

/// A section of the piece.
#[derive(Clone, Copy)]
pub struct Part {
    /// `A` and so on; `i` for an introduction, `x` for an interlude, `o` for an ending.
    pub letter: u8,
    pub bars: usize,
    /// Which of its melodies is sung: 0, or that of a varied repeat. `None` where nobody sings.
    pub melody: Option<u64>,
    /// Which of its players play: 0, or those of a repeat that is arranged in another way.
    pub players: u64,
    /// Semitones that it is higher than the piece begins.
    pub up: i32,
}

/// A piece.
pub struct Plan {
    pub seed: u64,
    pub tonic: i32,
    pub minor: bool,
    /// Quarter notes in a bar.
    pub bar: f64,
    pub bpm: f64,
    pub parts: Vec<Part>,
    /// Whether phrases begin before the bar line.
    pub upbeats: bool,
    /// Whether there are drums.
    pub drums: bool,
    /// Whether all is on one track.
    pub one_track: bool,
    /// Seconds that onsets deviate by.
    pub jitter_s: f64,
}

impl Plan {
    pub fn of(random: &mut Random) -> Self {
        let usual = random.of(&[4, 8, 8, 8, 8, 8, 8, 8, 8]);
        let form = random.of(&FORMS);
        let mut lengths = [0; 6];
        for length in &mut lengths {
            let other = random.happens(0.25);
            *length = if other { random.of(&[4, 6, 8, 8, 10, 12]) } else { usual };
        }
        let played = random.happens(0.3);
        let is_song = random.happens(0.5);
        let mut plan = Self {
            seed: random.below(1 << 30) as u64,
            tonic: random.between(0, 11),
            minor: random.happens(0.35),
            bar: random.of(&[4.0, 4.0, 4.0, 3.0]),
            bpm: f64::from(random.between(66, 152)),
            parts: Vec::new(),
            upbeats: random.happens(0.3),
            drums: random.happens(0.4),
            one_track: random.happens(0.2),
            jitter_s: if played { random.within(0.004, 0.02) } else { 0.0 },
        };
        let plain = |letter, bars| Part { letter, bars, melody: None, players: 0, up: 0 };
        if is_song && random.happens(0.5) {
            plan.parts.push(plain(b'i', random.of(&[2, 4, 4, 8])));
        }
        let varies = random.of(&[0.0, 0.0, 0.2, 0.5]);
        let higher = if is_song && random.happens(0.15) { random.of(&[1, 2, 3]) } else { 0 };
        let mut met = [false; 6];
        for (index, letter) in form.bytes().enumerate() {
            let which = usize::from(letter - b'A');
            let again = std::mem::replace(&mut met[which], true);
            let mut variant = |chance: f64| {
                u64::from(again && random.happens(chance)) * (1 + random.below(2) as u64)
            };
            let (melody, players) = (Some(variant(varies)), variant(varies));
            let up = if index + 1 == form.len() && again { higher } else { 0 };
            plan.parts.push(Part { letter, bars: lengths[which], melody, players, up });
            if is_song && index + 2 < form.len() && random.happens(0.08) {
                plan.parts.push(plain(b'x', random.of(&[2, 4])));
            }
        }
        if is_song && random.happens(0.4) {
            plan.parts.push(plain(b'o', random.of(&[1, 2, 4])));
        }
        plan
    }

    /// The first bar of each part.
    pub fn begins(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().scan(0, |bars, part| {
            let begins = *bars;
            *bars += part.bars;
            Some(begins)
        })
    }
}

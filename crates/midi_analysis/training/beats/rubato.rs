//! Made-up rubato: when the beats of a score fall in a performance of it.
//!
//! Tempo rises and falls in arcs over phrases (Todd 1992), with a ritardando before the end, fermatas, changes of
//! tempo, and deviations that are carried over from beat to beat. Deviations are logarithms of durations.

use super::support::random::Random;

/// The seconds of a piece's beats, as written and as performed.
pub struct Rubato {
    written: Vec<f64>,
    performed: Vec<f64>,
}

impl Rubato {
    /// A performance of a score whose beats are at `written`; `freedom` is 0 for a strict tempo, 1 for a romantic
    /// one.
    pub fn new(written: &[f64], freedom: f64, random: &mut Random) -> Self {
        let beats = written.len() - 1;
        let mut deviation = vec![0.0; beats];
        arcs(&mut deviation, (8.0, 32.0), 0.22 * freedom, random);
        arcs(&mut deviation, (3.0, 9.0), 0.12 * freedom, random);
        carry(&mut deviation, 0.09 * freedom, random);
        holds(&mut deviation, freedom, random);
        if random.happens(0.25 * freedom) {
            let from = (random.share() * beats as f64) as usize;
            let change = random.within(-0.35, 0.35);
            deviation[from..].iter_mut().for_each(|each| *each += change);
        }
        let scale = random.within(-0.6, 0.4);
        let mut now = random.within(0.0, 2.0);
        let mut performed = vec![now];
        for (pair, deviation) in written.windows(2).zip(&deviation) {
            now += (pair[1] - pair[0]) * (scale + deviation).exp();
            performed.push(now);
        }
        Self { written: written.to_vec(), performed }
    }

    /// When the beats fall in the performance.
    pub fn beats(&self) -> &[f64] {
        &self.performed
    }

    /// The second of the performance for one of the score; outside of the beats the first or last tempo goes on.
    pub fn at(&self, second: f64) -> f64 {
        let after = self.written.partition_point(|beat| *beat <= second);
        let from = after.clamp(1, self.written.len() - 1) - 1;
        let (a, b) = (self.written[from], self.written[from + 1]);
        let (x, y) = (self.performed[from], self.performed[from + 1]);
        (x + (second - a) / (b - a).max(1e-6) * (y - x)).max(0.0)
    }
}

/// Arcs over phrases of so many beats: slow at both ends, fast in the middle.
fn arcs(deviation: &mut [f64], (least, most): (f64, f64), depth: f64, random: &mut Random) {
    let mut rest = deviation;
    while !rest.is_empty() {
        let length = (random.within(least, most) as usize).clamp(1, rest.len());
        let (phrase, after) = rest.split_at_mut(length);
        let depth = depth * random.within(-0.3, 1.0);
        for (index, each) in phrase.iter_mut().enumerate() {
            let place = (index as f64 + 0.5) / length as f64 * 2.0 - 1.0;
            *each += depth * (place * place * 1.5 - 0.5);
        }
        rest = after;
    }
}

/// Deviations of which each keeps a part of the one before.
fn carry(deviation: &mut [f64], spread: f64, random: &mut Random) {
    let (kept, mut carried) = (random.within(0.0, 0.7), 0.0);
    for each in deviation {
        carried = kept * carried + spread * random.deviation();
        *each += carried;
    }
}

/// Fermatas, ends of phrases that are held back, and the ritardando at the end.
fn holds(deviation: &mut [f64], freedom: f64, random: &mut Random) {
    let beats = deviation.len();
    let rate = 0.015 * freedom * random.share();
    for each in deviation.iter_mut() {
        if random.happens(rate) {
            *each += random.within(0.2, 0.9);
        }
    }
    let length = (random.within(1.0, 6.0) as usize).min(beats);
    let depth = 0.6 * freedom * random.share();
    for (index, each) in deviation[beats - length..].iter_mut().enumerate() {
        *each += depth * (index + 1) as f64 / length as f64;
    }
}

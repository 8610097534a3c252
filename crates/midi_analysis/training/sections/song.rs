//! One piece: the terms of its bars, and where its sections begin.

use midi_analysis::training::{
    BAR_LINE_TERMS, LONGEST_SECTION, STRETCH_TERMS, SectionEvidence, section_evidence,
};
use midi_analysis::{Options, Piece};
use serde_json::Value;

use super::support::corpus::Sample;

/// What sections of a piece are learned from.
pub struct Song {
    /// Its bars.
    pub evidence: SectionEvidence,
    /// Terms of each bar line, from that of the second bar.
    pub bar_lines: Vec<Vec<f64>>,
    /// By the bar after it, from the second, and by its length: terms of a stretch of bars.
    pub stretches: Vec<Vec<Vec<f64>>>,
    /// The bars at which sections begin, and the one after the last.
    pub boundaries: Vec<usize>,
    /// Seconds at which sections begin but for the first.
    pub boundaries_s: Vec<f64>,
    /// Seconds of a bar.
    pub bar_s: f64,
    /// Pairs of its sections, and whether they have one letter.
    pub pairs: Vec<(Vec<f64>, bool)>,
}

impl Song {
    /// Reads a piece whose sections are known.
    pub fn read(truth: &Value, bytes: &[u8]) -> Option<Self> {
        let piece = Piece::read(bytes, &Options::default()).ok()?;
        let starts = |list: &Value, of: fn(&Value) -> Option<f64>| -> Option<Vec<f64>> {
            list.as_array()?.iter().map(of).collect()
        };
        let boundaries_s = starts(&truth["sections"], |section| section[0].as_f64())?;
        let downbeats = starts(&truth["downbeats_s"], Value::as_f64)?;
        let mut bars: Vec<f64> = downbeats.windows(2).map(|bar| bar[1] - bar[0]).collect();
        bars.sort_by(f64::total_cmp);
        let bar_s = *bars.get(bars.len() / 2)?;
        let evidence = section_evidence(&piece).ok()??;
        let boundaries_s = boundaries_s[1..].to_vec();
        let pairs = pairs(&evidence, &truth["sections"], bar_s)?;
        let boundaries = boundaries(&evidence.starts_s, &boundaries_s, bar_s);
        let wide = |row: &[f32]| row.iter().copied().map(f64::from).collect::<Vec<_>>();
        Some(Self {
            boundaries,
            bar_lines: evidence.bar_lines().iter().map(|row| wide(row)).collect(),
            stretches: evidence
                .stretches
                .iter()
                .map(|rows| rows.iter().map(|row| wide(row)).collect())
                .collect(),
            evidence,
            boundaries_s,
            bar_s,
            pairs,
        })
    }

    /// Bars.
    pub fn bars(&self) -> usize {
        self.evidence.starts_s.len() - 1
    }
}

/// The bar lines nearest to the boundaries. Sections that are longer than those of the model are divided.
fn boundaries(starts_s: &[f64], boundaries_s: &[f64], bar_s: f64) -> Vec<usize> {
    let bars = starts_s.len() - 1;
    let near = |&seconds: &f64| {
        let bar = nearest(starts_s, seconds)?;
        let is_near = (starts_s[bar] - seconds).abs() <= 0.55 * bar_s;
        (is_near && bar > 0 && bar < bars).then_some(bar)
    };
    let mut found: Vec<usize> = boundaries_s.iter().filter_map(near).collect();
    found.push(bars);
    found.sort_unstable();
    found.dedup();
    let mut divided = vec![0];
    for end in found {
        while end - divided[divided.len() - 1] > LONGEST_SECTION {
            divided.push(divided[divided.len() - 1] + LONGEST_SECTION);
        }
        divided.push(end);
    }
    divided
}

/// Labels of sections that repeat one another where they are the same; others say what a section is for.
const LETTERS: [&str; 7] = ["A", "B", "C", "D", "E", "F", "b"];

/// The pairs of sections with letters.
fn pairs(
    evidence: &SectionEvidence,
    sections: &Value,
    bar_s: f64,
) -> Option<Vec<(Vec<f64>, bool)>> {
    let bar = |seconds: &Value| {
        let seconds = seconds.as_f64()?;
        let bar = nearest(&evidence.starts_s, seconds)?;
        ((evidence.starts_s[bar] - seconds).abs() <= 0.55 * bar_s).then_some(bar)
    };
    let sections: Vec<_> = (sections.as_array()?.iter())
        .filter_map(|section| {
            let label = section[2].as_str().filter(|label| LETTERS.contains(label))?;
            let (from, end) = (bar(&section[0])?, bar(&section[1])?);
            (from < end).then_some((from..end, label))
        })
        .collect();
    let mut pairs = Vec::new();
    for (index, (later, of_later)) in sections.iter().enumerate() {
        for (earlier, of_earlier) in &sections[..index] {
            let terms = evidence.pair(earlier.clone(), later.clone());
            pairs.push((terms.map(f64::from).to_vec(), of_earlier == of_later));
        }
    }
    Some(pairs)
}

/// The index of the nearest second.
fn nearest(starts_s: &[f64], seconds: f64) -> Option<usize> {
    let distance = |&index: &usize| (starts_s[index] - seconds).abs();
    (0..starts_s.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// F measure of two ascending lists of seconds, each matched at most once.
pub fn f_measure(reference: &[f64], found: &[f64], tolerance: f64) -> f64 {
    let (mut hits, mut next) = (0, 0);
    for &second in reference {
        while found.get(next).is_some_and(|&found| found < second - tolerance) {
            next += 1;
        }
        if found.get(next).is_some_and(|&found| found <= second + tolerance) {
            hits += 1;
            next += 1;
        }
    }
    2.0 * f64::from(hits) / (reference.len() + found.len()).max(1) as f64
}

/// Mean and deviation of each term.
pub struct Scale {
    /// Of bar lines.
    pub bar_lines: Vec<(f64, f64)>,
    /// Of stretches.
    pub stretches: Vec<(f64, f64)>,
}

/// Brings all terms to mean 0 and deviation 1.
pub fn standardise(samples: &mut [Sample<Song>]) -> Scale {
    let bar_lines = samples.iter_mut().flat_map(|sample| &mut sample.data.bar_lines).collect();
    let bar_lines = scaled(bar_lines, BAR_LINE_TERMS);
    let stretches = samples.iter_mut().flat_map(|sample| &mut sample.data.stretches);
    let stretches = scaled(stretches.flatten().collect(), STRETCH_TERMS);
    Scale { bar_lines, stretches }
}

/// Brings rows of terms to mean 0 and deviation 1; the mean and deviation that each term had.
fn scaled(mut rows: Vec<&mut Vec<f64>>, width: usize) -> Vec<(f64, f64)> {
    let count = rows.len() as f64;
    let scale: Vec<(f64, f64)> = (0..width)
        .map(|term| {
            let mean = rows.iter().map(|row| row[term]).sum::<f64>() / count;
            let square = rows.iter().map(|row| (row[term] - mean).powi(2)).sum::<f64>() / count;
            (mean, square.sqrt() + 1e-3)
        })
        .collect();
    for row in &mut rows {
        for (value, (mean, spread)) in row.iter_mut().zip(&scale) {
            *value = (*value - mean) / spread;
        }
    }
    scale
}

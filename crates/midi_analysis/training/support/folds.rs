//! Cross-validation: how right something learned is on pieces that it was not learned from.

use super::corpus::{Count, FOLDS, Sample};

/// By set, how many of the samples are judged rightly by what `learn` makes of those of the other folds. `judge` says
/// whether that is right of a sample, and its confidence, 0-1. How well confidences are calibrated goes to standard
/// error.
pub fn judged<D, L>(
    samples: &[Sample<D>],
    sets: usize,
    learn: impl Fn(&[&Sample<D>]) -> L,
    judge: impl Fn(&L, &D) -> (bool, f64),
) -> Vec<Count> {
    let mut counts = vec![Count::judged(); sets];
    let mut bins = [(Count::judged(), 0.0); 10];
    for fold in 0..FOLDS {
        let known: Vec<_> = samples.iter().filter(|sample| sample.fold != fold).collect();
        let learned = learn(&known);
        for sample in samples.iter().filter(|sample| sample.fold == fold) {
            let (right, confidence) = judge(&learned, &sample.data);
            let (bin, sum) = &mut bins[((confidence * 10.0) as usize).min(9)];
            *sum += confidence;
            for count in [&mut counts[sample.set], bin] {
                count.add(right);
            }
        }
    }
    eprintln!("probability  pieces  right");
    for (bin, sum) in bins.into_iter().filter(|(bin, _)| bin.pieces > 0) {
        eprintln!("{:11.2}  {:6}  {:.3}", sum / bin.pieces as f64, bin.pieces, bin.share());
    }
    counts
}

//! How well labels are found: precision, recall and F1 with bootstrap intervals, and whether probabilities are kept.

use mirrorlake_model::comment::Label;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::train::Judgement;

/// One comment, judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The true label.
    pub truth: Label,
    /// What the detector says.
    pub found: Judgement,
}

/// Counts of one label against the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Found and true.
    pub true_positives: u64,
    /// Found and not true.
    pub false_positives: u64,
    /// True and not found.
    pub false_negatives: u64,
}

impl Confusion {
    /// Counts a label.
    #[must_use]
    pub fn of(judged: &[Judged], label: Label) -> Self {
        judged.iter().fold(Self::default(), |mut counts, one| {
            match (one.found.label == label, one.truth == label) {
                (true, true) => counts.true_positives += 1,
                (true, false) => counts.false_positives += 1,
                (false, true) => counts.false_negatives += 1,
                (false, false) => {}
            }
            counts
        })
    }

    /// True positives among those found; `None` where none was found.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// True positives among those that are true; `None` where none is.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// Harmonic mean of precision and recall, 2·tp / (2·tp + fp + fn); `None` where nothing was found nor true.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The percentile bootstrap interval (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, §13.3) of a figure,
/// by `draws` resamples; `None` where no resample has the figure.
#[must_use]
pub fn bootstrap(
    judged: &[Judged],
    draws: usize,
    seed: u64,
    level: f64,
    figure: impl Fn(&[Judged]) -> Option<f64>,
) -> Option<(f64, f64)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut figures = Vec::with_capacity(draws);
    let mut sample = Vec::with_capacity(judged.len());
    for _ in 0..draws {
        sample.clear();
        sample.extend((0..judged.len()).map(|_| judged[random.random_range(0..judged.len())]));
        figures.extend(figure(&sample));
    }
    figures.sort_by(f64::total_cmp);
    let last = figures.len().checked_sub(1)?;
    let at = |p: f64| figures[((p * last as f64).round() as usize).min(last)];
    let tail = (1.0 - level) / 2.0;
    Some((at(tail), at(1.0 - tail)))
}

/// Brier's score of the probabilities of `allege`: the mean squared difference from what is true (Brier, 1950).
#[must_use]
pub fn brier(judged: &[Judged]) -> Option<f64> {
    let squares: f64 = judged.iter().map(|j| (j.found.score - truth(j)).powi(2)).sum();
    (!judged.is_empty()).then(|| squares / judged.len() as f64)
}

fn truth(judged: &Judged) -> f64 {
    f64::from(u8::from(judged.truth == Label::Allege))
}

/// One row of a reliability table: comments whose probability lies in [from, to).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Comments.
    pub comments: usize,
    /// Mean probability of `allege`.
    pub mean_score: f64,
    /// Share of allegations.
    pub share: f64,
}

/// The reliability table: ten bins of equal width, those without a comment left out.
#[must_use]
pub fn reliability(judged: &[Judged]) -> Vec<Bin> {
    let bins = (0..10_u8).map(|bin| {
        let inside = |j: &&Judged| ((j.found.score * 10.0) as u8).min(9) == bin;
        let members: Vec<&Judged> = judged.iter().filter(inside).collect();
        let n = members.len() as f64;
        Bin {
            from: f64::from(bin) / 10.0,
            to: f64::from(bin + 1) / 10.0,
            comments: members.len(),
            mean_score: members.iter().map(|j| j.found.score).sum::<f64>() / n,
            share: members.iter().map(|j| truth(j)).sum::<f64>() / n,
        }
    });
    bins.filter(|b| b.comments > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(truth: Label, label: Label, score: f64) -> Judged {
        Judged { truth, found: Judgement { label, score, passed: true } }
    }

    /// By hand, and as scikit-learn has them: `precision_recall_fscore_support(truth, found, labels=["allege"])` on
    /// 6 found and true, 2 found and not true, 4 true and not found gives 0.75, 0.6, 0.6666…; `brier_score_loss` on
    /// (1, 0.9), (0, 0.4), (1, 0.3) gives (0.01 + 0.16 + 0.49) / 3 = 0.22.
    #[test]
    fn figures_are_those_of_the_textbook() {
        use Label::{Affirm, Allege, Other};
        let mut all = vec![judged(Allege, Allege, 0.9); 6];
        all.extend([judged(Other, Allege, 0.6), judged(Affirm, Allege, 0.6)]);
        all.extend(vec![judged(Allege, Other, 0.2); 4]);
        let counts = Confusion::of(&all, Allege);
        assert_eq!((counts.precision(), counts.recall()), (Some(0.75), Some(0.6)));
        assert!((counts.f1().expect("found") - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(Confusion::of(&all, Affirm).precision(), None);
        let three = [judged(Allege, Allege, 0.9), judged(Other, Other, 0.4), judged(Allege, Other, 0.3)];
        assert!((brier(&three).expect("three") - 0.22).abs() < 1e-12);
        assert_eq!(brier(&[]), None);
        let table = reliability(&three);
        assert_eq!(table.iter().map(|b| (b.comments, b.share)).collect::<Vec<_>>(), [(1, 1.0), (1, 0.0), (1, 1.0)]);
    }

    #[test]
    fn a_bootstrap_interval_holds_the_figure_and_repeats() {
        use Label::{Allege, Other};
        let mut all = vec![judged(Allege, Allege, 0.9); 80];
        all.extend(vec![judged(Allege, Other, 0.2); 20]);
        let recall = |j: &[Judged]| Confusion::of(j, Allege).recall();
        let (low, high) = bootstrap(&all, 2000, 7, 0.95, recall).expect("an interval");
        assert_eq!(bootstrap(&all, 2000, 7, 0.95, recall), Some((low, high)));
        // The normal approximation, 0.8 ± 1.96 × 0.04, is 0.722 to 0.878.
        assert!((low - 0.722).abs() < 0.015 && (high - 0.878).abs() < 0.015, "{low} {high}");
        assert_eq!(bootstrap(&[], 10, 7, 0.95, recall), None);
    }
}

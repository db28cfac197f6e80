//! Figures of rankings against scikit-learn and published vectors.

use super::*;

fn judged(rows: &[(f64, i32, f64)]) -> Vec<Judged> {
    rows.iter().map(|(score, label, weight)| Judged { score: *score, positive: *label == 1, weight: *weight }).collect()
}

#[track_caller]
fn assert_figure(got: Figure, value: f64, n: usize) {
    let number = got.value.expect("a figure");
    assert!((number - value).abs() < 1e-12 && got.n == n, "{got:?} is not {value} of {n}");
}

/// With ties, weights and in no order.
const ROWS: [(f64, i32, f64); 10] = [
    (0.9, 1, 1.0),
    (0.9, 0, 2.0),
    (0.8, 1, 0.5),
    (0.7, 1, 1.0),
    (0.7, 0, 3.0),
    (0.7, 0, 1.0),
    (0.4, 1, 2.0),
    (0.3, 0, 1.0),
    (0.2, 0, 1.0),
    (0.2, 1, 0.25),
];

/// scikit-learn 1.9.1: `average_precision_score([0, 0, 1, 1], [.1, .4, .35, .8])` is 0.83 in its documentation;
/// `average_precision_score(y, s, sample_weight = w)` and `brier_score_loss(y, s, sample_weight = w)` of the rows above.
#[test]
fn precision_and_brier_agree_with_scikit_learn() {
    let documented = judged(&[(0.1, 0, 1.0), (0.4, 0, 1.0), (0.35, 1, 1.0), (0.8, 1, 1.0)]);
    assert_figure(average_precision(&documented), 0.833_333_333_333_333_3, 4);
    assert_figure(average_precision(&judged(&ROWS)), 0.377_266_696_152_145_1, 10);
    assert_figure(
        average_precision(&judged(&ROWS.map(|(score, label, _)| (score, label, 1.0)))),
        0.547_619_047_619_047_6,
        10,
    );
    assert_figure(brier(&judged(&ROWS)), 0.369_411_764_705_882_33, 10);
    assert_eq!(average_precision(&judged(&[(0.4, 0, 1.0)])), Figure { value: None, n: 1 });
    assert_eq!(brier(&[]), Figure { value: None, n: 0 });
}

#[test]
fn precision_at_k_expects_chance_among_equals() {
    let plain = judged(&ROWS.map(|(score, label, _)| (score, label, 1.0)));
    // One of two at the top; then all of 0.8; then one, or two, of the three at 0.7, of which one is positive.
    assert_figure(precision_at(&plain, 1), 0.5, 1);
    assert_figure(precision_at(&plain, 3), 2.0 / 3.0, 3);
    assert_figure(precision_at(&plain, 4), (2.0 + 1.0 / 3.0) / 4.0, 4);
    assert_figure(precision_at(&plain, 5), (2.0 + 2.0 / 3.0) / 5.0, 5);
    assert_figure(precision_at(&plain, 50), 0.5, 10);
    // Weighted: 1 of 3 at 0.9, then 0.5 of 0.5.
    assert_figure(precision_at(&judged(&ROWS), 3), 1.5 / 3.5, 3);
    assert_eq!(precision_at(&plain, 0), Figure { value: None, n: 0 });
}

#[test]
fn calibration_keeps_equal_scores_together() {
    let bins = calibration(&judged(&ROWS.map(|(score, label, _)| (score, label, 1.0))), 5);
    let mean = |bin: &Bin| ((bin.predicted * 1e6).round() / 1e6, (bin.observed * 1e6).round() / 1e6, bin.n);
    let table: Vec<_> = bins.iter().map(mean).collect();
    // 0.2 0.2 | 0.3 0.4 | 0.7 0.7 0.7 | 0.8 | 0.9 0.9, the three and the one sharing what would be two parts of two.
    assert_eq!(table, [(0.2, 0.5, 2), (0.35, 0.5, 2), (0.7, 0.333_333, 3), (0.8, 1.0, 1), (0.9, 0.5, 2)]);
    assert_eq!(calibration(&[], 10), []);
}

/// Published: 0.828 in the documentation of `rankmeasures` (b4ny4n), 0.900 in that of `rbo.py` (dlukes), and the overlaps
/// of the paper's figure 5 (abcdefg against zcavwxy). Of unequal length: the equation, term by term in Python.
#[test]
fn rank_biased_overlap_agrees_with_published_values() {
    let word = |letters: &str| letters.bytes().map(i64::from).collect::<Vec<_>>();
    let rbo = |one: &str, other: &str, p: f64| rank_biased_overlap(&word(one), &word(other), p);
    assert_figure(rbo("abcde", "bcdae", 0.9), 0.828, 5);
    assert_figure(rbo("abcdefg", "bacdefg", 0.9), 0.9, 7);
    assert_figure(rbo("abcdefg", "zcavwxy", 0.9), 0.288_217_285_714_285_7, 7);
    assert_figure(rbo("abcdefg", "zcavw", 0.8), 0.300_373_333_333_333_3, 7);
    assert_figure(rbo("bai", "abcdefg", 0.8), rbo("abcdefg", "bai", 0.8).value.expect("a figure"), 7);
    assert_figure(rbo("d", "def", 0.98), 1.0, 3);
    assert_eq!(rbo("", "a", 0.9).value, None);
    assert_eq!(rbo("a", "a", 1.0).value, None);
    assert_figure(jaccard_at(&word("abcdefg"), &word("zcavwxy"), 4), 2.0 / 6.0, 6);
    assert_eq!(jaccard_at(&[], &[], 4), Figure { value: None, n: 0 });
}

proptest! {
    /// Equal rankings overlap wholly, others in part, and both ways alike; a ranking without a common item not at all.
    #[test]
    fn overlaps_lie_between(
        (one, other) in (1..40_usize).prop_flat_map(|n| {
            let items: Vec<i64> = (0..n as i64).collect();
            (Just(items.clone()).prop_shuffle(), Just(items).prop_shuffle(), 1..=n, 1..=n)
        }).prop_map(|(one, other, i, j)| (one[..i].to_vec(), other[..j].to_vec())),
        p in 0.5..0.99_f64,
    ) {
        let overlap = rank_biased_overlap(&one, &other, p).value.expect("neither is empty");
        prop_assert!((-1e-12..=1.0 + 1e-12).contains(&overlap));
        prop_assert_eq!(rank_biased_overlap(&other, &one, p).value, Some(overlap));
        let same = rank_biased_overlap(&one, &one, p).value.expect("not empty");
        prop_assert!((same - 1.0).abs() < 1e-12);
        let apart: Vec<i64> = other.iter().map(|item| item + 1_000).collect();
        prop_assert_eq!(rank_biased_overlap(&one, &apart, p).value, Some(0.0));
    }

    /// What the order of the labels is does not show, and a perfect ranking is one.
    #[test]
    fn figures_depend_on_the_labels_alone(
        (rows, shuffled) in prop::collection::vec((0..9_u8, any::<bool>(), 0.1..9.0_f64), 1..50)
            .prop_map(|rows| rows.into_iter().map(|(score, positive, weight)| {
                Judged { score: f64::from(score) / 9.0, positive, weight }
            }).collect::<Vec<_>>())
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        k in 1..60_usize,
    ) {
        prop_assert_eq!(average_precision(&rows), average_precision(&shuffled));
        prop_assert_eq!(precision_at(&rows, k), precision_at(&shuffled, k));
        prop_assert_eq!(brier(&rows), brier(&shuffled));
        prop_assert_eq!(calibration(&rows, 10), calibration(&shuffled, 10));
        prop_assert_eq!(calibration(&rows, 10).iter().map(|bin| bin.n).sum::<usize>(), rows.len());
        let perfect: Vec<Judged> =
            rows.iter().map(|row| Judged { score: f64::from(u8::from(row.positive)), ..*row }).collect();
        if rows.iter().any(|row| row.positive) {
            prop_assert!((average_precision(&perfect).value.expect("a positive") - 1.0).abs() < 1e-12);
        }
    }
}

//! The isolation forest against the paper's constants and scikit-learn.

use super::*;

/// Liu, Ting and Zhou's c(n), as scikit-learn 1.9.1 computes it (`_average_path_length`).
#[test]
fn average_paths_are_those_published() {
    let wanted = [
        (0, 0.0),
        (1, 0.0),
        (2, 1.0),
        (3, 1.207_392_357_589_623),
        (5, 2.327_020_052_042_847),
        (10, 3.748_880_484_475_505),
        (256, 10.244_770_920_119_917),
        (1_000, 12.969_940_887_100_174),
    ];
    for (n, wanted) in wanted {
        assert!((average_path(n) - wanted).abs() < 1e-9, "{n}: {} is not {wanted}", average_path(n));
    }
}

/// Three hundred points, uniform in a cube of three of the features, the last three of them far outside.
fn points() -> Vec<(i64, Features)> {
    let mut state = 12_345_u64;
    let mut next = || {
        state = state * 16_807 % 2_147_483_647;
        state as f64 / 2_147_483_647.0
    };
    let apart = [[5.0, 5.0, 5.0], [-2.0, 0.5, 0.5], [1.6, 1.6, -0.6]];
    (0..300)
        .map(|at| {
            let mut features = [0.0; SIGNALS];
            features[..3].copy_from_slice(&[next(), next(), next()]);
            if let Some(point) = usize::try_from(at - 297).ok().and_then(|place| apart.get(place)) {
                features[..3].copy_from_slice(point);
            }
            (at, features)
        })
        .collect()
}

/// scikit-learn 1.9.1, with the points above in columns 0 to 2 of X and 13 columns of zeros:
///
///     s = [-IsolationForest(n_estimators=100, max_samples=256, random_state=r).fit(X).score_samples(X) for r in range(20)]
///
/// The means over the 20 seeds of the points 297, 299, 298 and 1, the four highest, are 0.8748, 0.7763, 0.6809 and 0.5651
/// (deviations 0.011, 0.011, 0.016 and 0.007), the mean of all is 0.4581, the lowest 0.4112; points 0, 3 and 9 have 0.5057,
/// 0.4454 and 0.4249.
#[test]
fn scores_agree_with_scikit_learn() {
    let points = points();
    let mut means = vec![0.0; points.len()];
    for seed in 0..20 {
        for (mean, score) in means.iter_mut().zip(isolation_forest(&points, &Forest { seed, ..Forest::default() })) {
            *mean += score / 20.0;
        }
    }
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_unstable_by(|a, b| means[*b].total_cmp(&means[*a]));
    assert_eq!(order[..4], [297, 299, 298, 1]);
    let wanted = [(297, 0.8748), (299, 0.7763), (298, 0.6809), (1, 0.5651), (0, 0.5057), (3, 0.4454), (9, 0.4249)];
    for (place, wanted) in wanted {
        assert!((means[place] - wanted).abs() < 0.012, "{place}: {} is not {wanted}", means[place]);
    }
    let mean = means.iter().sum::<f64>() / 300.0;
    assert!((mean - 0.4581).abs() < 0.004, "{mean}");
}

#[test]
fn what_is_all_alike_is_ordinary() {
    let alike: Vec<(i64, Features)> = (0..500).map(|id| (id, [1.0; SIGNALS])).collect();
    // No split is possible: each row ends at the root with all others, as deep as is usual.
    let ordinary = |score: &f64| (score - 0.5).abs() < 1e-12;
    assert!(isolation_forest(&alike, &Forest::default()).iter().all(ordinary));
    assert_eq!(isolation_forest(&alike[..1], &Forest::default()), [0.5]);
    assert_eq!(isolation_forest(&[], &Forest::default()), [0.0_f64; 0]);
}

proptest! {
    #[test]
    fn the_order_of_the_rows_does_not_show(
        (rows, shuffled) in prop::collection::vec(prop::array::uniform16(0..4_u8), 2..60)
            .prop_map(|rows| (0..).zip(rows).map(|(id, row)| (id * 31 % 101, row.map(f64::from))).collect::<Vec<_>>())
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let forest = Forest { trees: 5, subsample: 16, seed: 3 };
        let (one, other) = (isolation_forest(&rows, &forest), isolation_forest(&shuffled, &forest));
        for ((id, _), score) in rows.iter().zip(one) {
            prop_assert!((0.0..=1.0).contains(&score));
            let there = shuffled.iter().position(|row| row.0 == *id).expect("the same rows");
            prop_assert_eq!(other[there], score);
        }
    }
}

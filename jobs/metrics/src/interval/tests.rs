//! Against R 4.2.2 with survey 4.1.1; each test quotes its code.

use super::*;
use proptest::prelude::*;

/// Asserts both ends to 1e-9, relative to ends that may be tiny.
#[track_caller]
fn assert_ends(got: Option<Interval>, low: f64, high: f64) {
    let got = got.expect("an interval");
    assert!((got.low - low).abs() <= 1e-9 * low.abs() + 1e-15, "low {} is not {low}", got.low);
    assert!((got.high - high).abs() <= 1e-9 * high.abs(), "high {} is not {high}", got.high);
}

/// R: `prop.test(x, n, correct = FALSE)$conf.int`; the first two are also in the facts (20/120, and GAO-18-216's 20/47).
#[test]
fn wilson_agrees_with_r() {
    assert_ends(wilson(20, 120, 0.95), 0.110559963679846, 0.243452813932623);
    assert_ends(wilson(20, 47, 0.95), 0.2951362834368, 0.567180806545072);
    assert_ends(wilson(0, 10, 0.95), 0.0, 0.277532799862889);
    assert_ends(wilson(10, 10, 0.95), 0.722467200137111, 1.0);
    assert_ends(wilson(3, 100_000, 0.95), 1.02027585445173e-05, 8.82080492517673e-05);
    assert_ends(wilson(1, 1, 0.95), 0.206549314377238, 1.0);
    assert_ends(wilson(7, 31, 0.99), 0.0920566415234452, 0.456234929987377);
}

/// R: `binom.test(x, n)$conf.int`; the first two are also in the facts.
#[test]
fn clopper_pearson_agrees_with_r() {
    assert_ends(clopper_pearson(20, 120, 0.95), 0.104878501976663, 0.245600038077319);
    assert_ends(clopper_pearson(20, 47, 0.95), 0.282579006783499, 0.57821525257538);
    assert_ends(clopper_pearson(0, 10, 0.95), 0.0, 0.308497107818761);
    assert_ends(clopper_pearson(10, 10, 0.95), 0.691502892181239, 1.0);
    assert_ends(clopper_pearson(3, 100_000, 0.95), 6.18676395892204e-06, 8.7670202566362e-05);
    assert_ends(clopper_pearson(1, 1, 0.95), 0.025, 1.0);
    assert_ends(clopper_pearson(7, 31, 0.9), 0.11108877125926, 0.382610230916982);
}

/// R, with one row per takedown and `d$claim`, `d$met`:
/// `attr(svyciprop(~met, svydesign(ids = ~claim, weights = ~1, data = d), method = "beta"), "ci")`
#[test]
fn clustered_agrees_with_r() {
    // Unequal clusters: 74 takedowns of 8 claims count as 31.5.
    let unequal = [(3, 5), (10, 10), (0, 3), (7, 9), (25, 40), (1, 1), (1, 2), (4, 4)];
    assert_ends(clustered(&unequal, 0.95), 0.500023235753707, 0.841177786536881);
    // All or nothing: 300 takedowns of 6 claims count as 3.1, less than the claims.
    let heavy = [(50, 50), (0, 50), (50, 50), (48, 50), (2, 50), (50, 50)];
    assert_ends(clustered(&heavy, 0.95), 0.100159498928845, 0.990555278490823);
    // One claim nearly is the sample: 1124 takedowns count as 1.09.
    let dominant = [(499, 500), (120, 121), (1, 1), (0, 2), (33, 500)];
    assert_ends(clustered(&dominant, 0.95), 0.00197495549362877, 0.999822078434117);
    // Two claims of one takedown: one degree of freedom.
    assert_ends(clustered(&[(1, 1), (0, 1)], 0.95), 0.000385580980755901, 0.999614419019244);
}

/// R as above after `set.seed(1); n <- sample(1:60, 300, TRUE); met <- rbinom(300, n, rbeta(300, 4, 1))`: 9594 takedowns
/// of 300 claims count as 1219 (`gold/clusters.R`).
#[test]
fn clustered_agrees_with_r_at_size() {
    let clusters: Vec<(i64, i64)> = include_str!("../../gold/clusters.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(met, n)| (met.parse().expect("a count"), n.parse().expect("a count")))
        .collect();
    assert_eq!(clusters.len(), 300);
    assert_ends(clustered(&clusters, 0.95), 0.775212696839607, 0.821001554394546);
}

/// Where claims are more alike than chance makes them, R gives n_eff = 496 of 80 takedowns; the cap gives
/// `c(qbeta(.025, 40, 41), qbeta(.975, 41, 40))`. Where all are met R gives NaN; n gives `qbeta(.025, 7, 1)`.
#[test]
fn clustered_is_capped_at_the_sample() {
    let alike = [(5, 10), (5, 10), (5, 10), (4, 10), (5, 10), (6, 10), (5, 10), (5, 10)];
    assert_ends(clustered(&alike, 0.95), 0.386047883364909, 0.613952116635091);
    assert_eq!(clustered(&alike, 0.95), clopper_pearson(40, 80, 0.95));
    assert_ends(clustered(&[(3, 3), (4, 4)], 0.95), 0.590383602774997, 1.0);
    assert_eq!(clustered(&[(0, 3), (0, 4)], 0.95), clopper_pearson(0, 7, 0.95));
    // No variance between the claims at all.
    assert_eq!(clustered(&[(1, 2), (2, 4)], 0.95), clopper_pearson(3, 6, 0.95));
}

/// R: `poisson.test(x)$conf.int`, and `poisson.test(7, conf.level = 0.9)$conf.int` for the last; the first ones are also
/// in Garwood's table (to 3 digits: 0 to 3.69, 0.0253 to 5.57, 4.80 to 18.4).
#[test]
fn poisson_agrees_with_r() {
    let cases = [
        (0, 0.0, 3.688_879_454_113_935_4),
        (1, 0.025_317_807_984_289_897, 5.571_643_390_938_899),
        (3, 0.618_672_122_895_601_6, 8.767_273_069_742_323),
        (10, 4.795_388_696_132_443, 18.390_356_042_017_78),
        (20, 12.216_519_585_403_944, 30.888_377_902_674_595),
        (36, 25.213_957_417_315_24, 49.839_174_489_236_19),
        (88, 70.578_573_271_096_8, 108.418_461_242_454_24),
        (1_000, 938.973_018_407_697_5, 1_063.952_136_016_302),
        (100_000, 99_381.152_663_744_72, 100_621.744_739_743_88),
        (10_000_000, 9_993_802.996_884_268, 10_006_199.897_731_498),
    ];
    for (count, low, high) in cases {
        let interval = poisson(count, 0.95).expect("an interval");
        let near = |got: f64, expected: f64| (got - expected).abs() <= 1e-10 * expected;
        assert!(near(interval.low, low) && near(interval.high, high), "{count}: {interval:?}");
    }
    let narrow = poisson(7, 0.9).expect("an interval");
    assert!(
        (narrow.low - 3.285_315_691_894_672).abs() < 1e-9 && (narrow.high - 13.148_113_802_432_118).abs() < 1e-9,
        "{narrow:?}"
    );
}

/// R: `1e4 * poisson.test(88, 57120)$conf.int`: the rate of a count is its interval over the denominator.
#[test]
fn a_rate_is_the_count_over_what_is_known() {
    let (low, high) = poisson(88, 0.95).and_then(|i| i.per(57_120, 10_000)).expect("an interval");
    assert!((low - 12.356_192_799_561_764).abs() < 1e-9 && (high - 18.980_823_046_648_15).abs() < 1e-9, "{low} {high}");
    assert_eq!(poisson(3, 0.95).and_then(|i| i.per(0, 1_000)), None);
    // More events than there are units is no contradiction: refunds may be of older sales.
    let (_, high) = poisson(1, 0.95).and_then(|i| i.per(1, 1)).expect("an interval");
    assert!(high > 5.0, "{high}");
}

#[test]
fn no_interval_without_a_sample() {
    assert_eq!(poisson(-1, 0.95), None);
    assert_eq!(poisson(3, 1.0), None);
    assert_eq!(poisson(3, f64::NAN), None);
    assert!(poisson(i64::MAX, 0.95).is_some());
    assert_eq!(wilson(0, 0, 0.95), None);
    assert_eq!(wilson(3, 2, 0.95), None);
    assert_eq!(wilson(-1, 2, 0.95), None);
    assert_eq!(wilson(1, 2, 1.0), None);
    assert_eq!(clopper_pearson(0, 0, 0.95), None);
    assert_eq!(clopper_pearson(1, 2, f64::NAN), None);
    assert_eq!(clustered(&[], 0.95), None);
    assert_eq!(clustered(&[(3, 9)], 0.95), None);
    assert_eq!(clustered(&[(3, 9), (0, 0)], 0.95), None);
    assert_eq!(clustered(&[(3, 2), (1, 2)], 0.95), None);
    assert_eq!(korn_graubard(0.5, 0.0, 0.95), None);
    assert_eq!(korn_graubard(f64::NAN, 9.0, 0.95), None);
    assert_eq!(effective_n(0.5, 0.1, 1, 1, 0.95, 1.0), None);
    assert_eq!(effective_n(0.5, f64::NAN, 9, 1, 0.95, 1.0), None);
}

#[test]
fn counts_beyond_128_bits_lose_only_rounding() {
    let small = ClusterMoments { clusters: 3, met: 6, n: 9, met_met: 14, met_n: 20, n_n: 29 };
    let scale = 1_i64 << 40;
    let wide = i128::from(scale) * i128::from(scale);
    let large = ClusterMoments {
        clusters: 3,
        met: 6 * scale,
        n: 9 * scale,
        met_met: 14 * wide,
        met_n: 20 * wide,
        n_n: 29 * wide,
    };
    assert_eq!(large.exact_squares(), None);
    assert!((large.variance() / small.variance() - 1.0).abs() < 1e-12);
}

proptest! {
    #[test]
    fn intervals_contain_the_share(n in 1_i64..100_000, share in 0.0..=1.0_f64, level in 0.5..0.999_f64) {
        let x = ((n as f64) * share).round() as i64;
        let p = x as f64 / n as f64;
        for interval in [wilson(x, n, level), clopper_pearson(x, n, level)] {
            let Interval { low, high } = interval.expect("an interval");
            prop_assert!(0.0 <= low && low <= p && p <= high && high <= 1.0, "{low} {p} {high}");
        }
    }

    #[test]
    fn poisson_contains_the_count_and_grows_with_it(count in 0_i64..3_000_000, level in 0.5..0.999_f64) {
        let [now, next] = [count, count + 1].map(|count| poisson(count, level).expect("an interval"));
        prop_assert!(now.low <= count as f64 && count as f64 <= now.high && now.low < next.low && now.high < next.high);
    }

    #[test]
    fn clustered_contains_the_share_and_forgets_the_order(
        mut clusters in prop::collection::vec((0_i64..50, 0_i64..50).prop_map(|(met, rest)| (met, met + rest)), 2..40),
    ) {
        let forwards = clustered(&clusters, 0.95);
        clusters.reverse();
        prop_assert_eq!(forwards, clustered(&clusters, 0.95));
        if let Some(Interval { low, high }) = forwards {
            let (met, n) = clusters.iter().fold((0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
            let p = met as f64 / n as f64;
            prop_assert!(0.0 <= low && low <= p && p <= high && high <= 1.0, "{low} {p} {high}");
        }
    }
}

//! The estimator against R's survey package, and the rules of publication.

use super::*;
use crate::interval::clopper_pearson;
use proptest::prelude::*;

/// One purchase of `gold/prevalence.txt`.
fn purchase(line: &str) -> Sampled {
    let fields: Vec<&str> = line.split(' ').collect();
    let [stratum, size, probability, weight, verdict] = fields.as_slice() else { panic!("not a purchase: {line}") };
    Sampled {
        stratum: stratum.parse().expect("a stratum"),
        stratum_size: size.parse().ok(),
        inclusion_probability: probability.parse().expect("a probability"),
        weight: weight.parse().expect("a weight"),
        verdict: match *verdict {
            "c" => Verdict::Counterfeit,
            "g" => Verdict::Genuine,
            "i" => Verdict::Inconclusive,
            other => panic!("not a verdict: {other}"),
        },
    }
}

/// The designs of `gold/prevalence.txt`, each with its name, R's five figures and its purchases.
fn designs() -> Vec<(&'static str, Vec<f64>, Vec<Sampled>)> {
    let mut out: Vec<(&str, Vec<f64>, Vec<Sampled>)> = Vec::new();
    for line in include_str!("../../../gold/prevalence.txt").lines() {
        if let Some(head) = line.strip_prefix("design ") {
            let (name, figures) = head.split_once(' ').expect("a name");
            out.push((name, figures.split(' ').map(|figure| figure.parse().expect("a figure")).collect(), Vec::new()));
        } else {
            out.last_mut().expect("a design").2.push(purchase(line));
        }
    }
    out
}

/// `gold/prevalence.R`: thirteen designs with strata, unequal weights, strata of one, sizes unrecorded or of two draws,
/// no variance, a census, and shares of 0 and 1.
#[test]
fn designs_agree_with_r() {
    let designs = designs();
    assert_eq!(designs.len(), 13);
    for (name, figures, sample) in designs {
        let got = estimate(&sample, &PERFECT, 0.95);
        let interval = got.apparent_interval.expect("an interval");
        let ours = [got.apparent, got.variance, got.effective_n, Some(interval.low), Some(interval.high)];
        assert_eq!(ours.len(), figures.len());
        for (index, (ours, wanted)) in ours.into_iter().zip(figures).enumerate() {
            let ours = ours.expect("a figure");
            // R keeps a variance of 1e-38 where the residuals cancel.
            assert!(
                (ours - wanted).abs() <= 1e-8 * wanted.abs() + 1e-30,
                "{name}, figure {index}: {ours}, R: {wanted}"
            );
        }
    }
}

/// The facts: strata of 900 and 100, 3 of 30 and 12 of 20 counterfeit. Pooled naively it would be 0.30.
#[test]
fn strata_count_by_their_size() {
    let (_, _, sample) = designs().into_iter().find(|(name, _, _)| *name == "facts").expect("the design");
    let got = estimate(&sample, &PERFECT, 0.95);
    assert_near(got.apparent, 0.15);
    assert!((got.variance.expect("a variance").sqrt() - 0.050_309_6).abs() < 5e-8);
    assert_eq!((got.sampled, got.conclusive, got.counterfeit, got.strata), (50, 50, 15, 2));
}

/// Simple random samples are capped at n, so the interval is Clopper and Pearson's. 20 of 120 with sensitivity 0.9 and
/// specificity 0.99 is the documented example of RSurveillance; 20 of 47 are GAO-18-216's purchases.
#[test]
fn published_samples() {
    let known = Authentication { sensitivity: 0.9, specificity: 0.99, n_sensitivity: None, n_specificity: None };
    let got = estimate(&simple(20, 120), &known, 0.95);
    assert_eq!(got.effective_n, Some(120.0));
    assert_ends(got.apparent_interval, 0.104_878_5, 0.245_600_0, 7);
    assert!((got.prevalence.expect("a figure") - 0.176_030_0).abs() < 5e-8);
    assert_ends(got.prevalence_interval, 0.106_605_1, 0.264_719_1, 7);
    assert_eq!(got.suppressed, None);
    let got = estimate(&simple(20, 47), &Authentication::default(), 0.95);
    assert_ends(got.apparent_interval, 0.282_579_0, 0.578_215_3, 7);
    // R: ((c(20/47, binom.test(20, 47)$conf.int) + .995 - 1) / (.97 + .995 - 1))
    assert_near(got.prevalence, 0.435_784_367_765_407_3);
    assert_ends(got.prevalence_interval, 0.287_646_639_2, 0.594_005_443_1, 10);
    assert_eq!(got.suppressed, Some(Suppression::WideInterval));
}

#[test]
fn reasons_come_in_their_order() {
    let reason = |sample: &[Sampled]| estimate(sample, &PERFECT, 0.95).suppressed.map(Suppression::word);
    assert_eq!(reason(&[]), Some("n_below_30"));
    assert_eq!(reason(&simple(0, 29)), Some("n_below_30"));
    assert_eq!(reason(&simple(0, 30)), None);
    // Inconclusive purchases are no part of n.
    let mut doubtful = simple(0, 30);
    doubtful[0].verdict = Verdict::Inconclusive;
    assert_eq!(reason(&doubtful), Some("n_below_30"));
    let mut unsold = simple(9, 40);
    unsold.iter_mut().for_each(|one| one.weight = 0);
    assert_eq!(reason(&unsold), Some("no_weight"));
    let got = estimate(&unsold, &PERFECT, 0.95);
    assert_eq!((got.apparent, got.variance, got.effective_n, got.bounds), (None, None, None, None));
    assert_eq!(reason(&unsold[..20]), Some("n_below_30"));
    let mut uneven = simple(0, 40);
    uneven[0].weight = 1_000;
    assert_eq!(reason(&uneven), Some("effective_n_below_30"));
    // Half of 30 is not known to within 0.30, half of 60 is.
    assert_eq!(reason(&simple(15, 30)), Some("interval_too_wide"));
    assert_eq!(reason(&simple(30, 60)), None);
    // Authentication that is no better than a coin says nothing.
    let coin = Authentication { sensitivity: 0.5, specificity: 0.5, ..PERFECT };
    let got = estimate(&simple(0, 40), &coin, 0.95);
    assert_eq!((got.prevalence, got.suppressed), (None, Some(Suppression::WideInterval)));
    assert!(!got.publishable() && got.apparent == Some(0.0));
}

/// 30 purchases whose equal weight is no round number are worth 30, not a rounding less.
#[test]
fn thirty_equal_purchases_are_thirty() {
    for divisor in 1..2_000 {
        let mut sample = simple(0, 30);
        for one in &mut sample {
            one.inclusion_probability = 1.0 / f64::from(divisor);
            one.weight = 7;
        }
        assert_eq!(estimate(&sample, &PERFECT, 0.95).suppressed, None, "with probability 1/{divisor}");
    }
}

/// (45 · 1 + 3 · 5)² / (45 · 1² + 3 · 5²) is 30, and in floating point a rounding less.
#[test]
fn thirty_effective_purchases_are_enough() {
    let mut sample = simple(0, 48);
    sample[45..].iter_mut().for_each(|one| one.weight = 5);
    let got = estimate(&sample, &PERFECT, 0.95);
    assert_eq!(got.suppressed, None, "{got:?}");
    sample[45].weight = 6;
    assert_eq!(estimate(&sample, &PERFECT, 0.95).suppressed, Some(Suppression::FewEffective));
}

/// Width 0.30 itself is published. The width of 0 of n is 1 − 0.025^(1/n), and correction divides it by sensitivity +
/// specificity − 1, which is chosen to give 0.30 up to rounding.
#[test]
fn a_width_of_thirty_hundredths_is_published() {
    let width = clopper_pearson(0, 40, 0.95).expect("an interval").high;
    let with_width = |wanted: f64| {
        let sharp = Authentication { sensitivity: width / wanted, specificity: 1.0, ..PERFECT };
        let got = estimate(&simple(0, 40), &sharp, 0.95);
        let interval = got.prevalence_interval.expect("an interval");
        assert!((interval.high - interval.low - wanted).abs() < 1e-15);
        got.suppressed
    };
    assert_eq!(with_width(0.3), None);
    assert_eq!(with_width(0.3 + 5e-13), None);
    assert_eq!(with_width(0.3 + 1e-9), Some(Suppression::WideInterval));
}

/// More purchases than listings is bad data: no variance is left, and nothing is negative.
#[test]
fn more_purchases_than_listings() {
    let mut sample = simple(10, 40);
    sample.iter_mut().for_each(|one| one.stratum_size = Some(30));
    let got = estimate(&sample, &PERFECT, 0.95);
    assert_eq!((got.variance, got.effective_n), (Some(0.0), Some(40.0)));
    // A size below 1 is none, as if it had not been recorded.
    sample.iter_mut().for_each(|one| one.stratum_size = Some(0));
    assert_eq!(estimate(&sample, &PERFECT, 0.95), estimate(&simple(10, 40), &PERFECT, 0.95));
}

#[test]
fn what_the_contract_rules_out_is_counted() {
    let mut sample = simple(5, 40);
    for (one, probability) in sample.iter_mut().zip([0.0, -0.1, 1.1, f64::NAN]) {
        one.inclusion_probability = probability;
    }
    sample[4].weight = -1;
    let got = estimate(&sample, &PERFECT, 0.95);
    assert_eq!((got.sampled, got.conclusive, got.counterfeit, got.unusable), (35, 35, 0, 5));
    assert_eq!((got.apparent, got.bounds), (Some(0.0), Some(Interval { low: 0.0, high: 0.0 })));
}

/// 10 counterfeit, 20 genuine, 5 inconclusive and 5 ordered, each standing for 10 listings.
#[test]
fn bounds_by_hand() {
    let mut sample = simple(10, 35);
    sample[30..].iter_mut().for_each(|one| one.verdict = Verdict::Inconclusive);
    assert_eq!(estimate(&sample, &PERFECT, 0.95).bounds, bounds(&sample, &[]));
    assert_ends(bounds(&sample, &[]), 10.0 / 35.0, 15.0 / 35.0, 15);
    let outstanding = [Outstanding { inclusion_probability: 0.1, weight: 1 }; 5];
    assert_ends(bounds(&sample, &outstanding), 10.0 / 40.0, 20.0 / 40.0, 15);
    assert_eq!(bounds(&[], &outstanding), Some(Interval { low: 0.0, high: 1.0 }));
    assert_eq!(bounds(&[], &[]), None);
}

#[test]
fn indicators_by_hand() {
    assert_eq!(per(3, 2_000, 1_000), Some(1.5));
    assert_eq!(per(0, 7, 10_000), Some(0.0));
    assert_eq!(per(1, 0, 1_000), None);
}

/// Any sample of up to 80 purchases in up to four strata.
fn any_sample() -> impl Strategy<Value = Vec<Sampled>> {
    let verdict = prop_oneof![
        5 => Just(Verdict::Genuine),
        3 => Just(Verdict::Counterfeit),
        1 => Just(Verdict::Inconclusive),
    ];
    let weight = prop_oneof![1 => Just(0_i64), 3 => 1_i64..5, 1 => 1_i64..10_000_000];
    let one = (0_u32..4, prop::option::of(1_i64..3_000), 1e-3..=1.0_f64, weight, verdict).prop_map(
        |(stratum, stratum_size, inclusion_probability, weight, verdict)| Sampled {
            stratum,
            stratum_size,
            inclusion_probability,
            weight,
            verdict,
        },
    );
    prop::collection::vec(one, 0..80)
}

/// Whether `outer` holds `inner`, with a slack of rounding.
fn holds(outer: Interval, inner: f64) -> bool {
    0.0 <= outer.low && outer.low <= inner + 1e-12 && inner <= outer.high + 1e-12 && outer.high <= 1.0
}

proptest! {
    #[test]
    fn the_order_does_not_matter(
        (sample, shuffled) in any_sample().prop_flat_map(|sample| (Just(sample.clone()), Just(sample).prop_shuffle())),
    ) {
        let authentication = Authentication::default();
        prop_assert_eq!(estimate(&sample, &authentication, 0.95), estimate(&shuffled, &authentication, 0.95));
    }

    #[test]
    fn figures_fit_together(
        sample in any_sample(),
        sensitivity in 0.6..=1.0_f64,
        specificity in 0.6..=1.0_f64,
        sizes in prop::option::of((1_i64..2_000, 1_i64..2_000)),
        level in 0.5..0.999_f64,
    ) {
        let (n_sensitivity, n_specificity) = sizes.unzip();
        let authentication = Authentication { sensitivity, specificity, n_sensitivity, n_specificity };
        let got = estimate(&sample, &authentication, level);
        prop_assert_eq!(got.sampled, sample.len() as i64);
        prop_assert_eq!(got.conclusive + got.inconclusive, got.sampled);
        prop_assert!(got.counterfeit <= got.conclusive && got.strata <= got.conclusive);
        prop_assert_eq!(got.unusable, 0);
        if let Some(p) = got.apparent {
            let n_effective = got.effective_n.expect("an effective n");
            prop_assert!(n_effective > 0.0 && n_effective <= got.conclusive as f64, "{n_effective}");
            prop_assert!(holds(got.apparent_interval.expect("an interval"), p), "{got:?}");
            prop_assert!(holds(got.bounds.expect("bounds"), p), "{got:?}");
            // Lang and Reiczigel's centre is no longer the estimate where authentication was hardly measured.
            if let Some(interval) = got.prevalence_interval && sizes.is_none() {
                prop_assert!(holds(interval, got.prevalence.expect("a prevalence")), "{got:?}");
            }
        } else {
            prop_assert!(got.suppressed <= Some(Suppression::NoWeight) && got.suppressed.is_some());
        }
        prop_assert_eq!(got.publishable(), got.suppressed.is_none());
    }

    #[test]
    fn the_unit_of_weight_does_not_matter(sample in any_sample(), factor in 1_i64..1_000) {
        let scaled = |factor: i64| -> Vec<Sampled> {
            sample.iter().map(|one| Sampled { weight: one.weight * factor, ..*one }).collect()
        };
        let (one, many) = (estimate(&sample, &PERFECT, 0.95), estimate(&scaled(factor), &PERFECT, 0.95));
        let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs() + 1e-15,
            (a, b) => a == b,
        };
        prop_assert!(close(one.apparent, many.apparent) && close(one.effective_n, many.effective_n));
        prop_assert!(close(one.variance, many.variance), "{one:?} {many:?}");
        // Twice is exact.
        prop_assert_eq!(one, estimate(&scaled(2), &PERFECT, 0.95));
    }

    /// What has no verdict counts as what is inconclusive does.
    #[test]
    fn outstanding_and_inconclusive_are_bounded_alike(sample in any_sample()) {
        let (open, told): (Vec<Sampled>, Vec<Sampled>) =
            sample.iter().partition(|one| one.verdict == Verdict::Inconclusive);
        let outstanding: Vec<Outstanding> = open
            .iter()
            .map(|one| Outstanding { inclusion_probability: one.inclusion_probability, weight: one.weight })
            .collect();
        let (together, apart) = (bounds(&sample, &[]), bounds(&told, &outstanding));
        prop_assert_eq!(together, apart);
        if let (Some(told), Some(all)) = (bounds(&told, &[]), together) {
            prop_assert!(holds(all, told.low) && holds(all, told.high));
        }
    }
}

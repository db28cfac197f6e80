//! Against `gold/robust.R`, which solves the same prediction another way; what must hold of any sample; and what a
//! statistician would ask first.

use super::*;
use proptest::prelude::*;

/// (stratum, π, weight, counterfeit) of the sample of `gold/robust.R`.
const SAMPLE: [(u32, f64, i64, bool); 12] = [
    (1, 0.05, 0, false),
    (1, 0.05, 1, true),
    (1, 0.05, 3, false),
    (1, 0.05, 4, false),
    (1, 0.05, 7, true),
    (2, 0.1, 2, false),
    (2, 0.1, 5, false),
    (2, 0.1, 9, false),
    (2, 0.1, 10, false),
    (3, 0.5, 40, true),
    (3, 0.5, 130, false),
    (3, 0.5, 700, false),
];

fn sample(change: impl Fn(&mut Found)) -> Vec<Found> {
    let all = SAMPLE.map(|(stratum, inclusion_probability, weight, counterfeit)| {
        // Weights of the sample differ, so they name the listings.
        let mut one = Found { listing: weight, stratum, inclusion_probability, weight, counterfeit, listed: true };
        change(&mut one);
        one
    });
    all.to_vec()
}

/// `c(rep(0, 40), rep(1:10, 6), 25, 40, 40, 90, 130, 700, 3000)`
fn stock() -> WeightClasses {
    let small = (0..6).flat_map(|_| 1..=10);
    classes([0; 40].into_iter().chain(small).chain([25, 40, 40, 90, 130, 700, 3000]))
}

fn classes(weights: impl IntoIterator<Item = i64>) -> WeightClasses {
    let mut classes = WeightClasses::default();
    weights.into_iter().for_each(|weight| classes.add(weight));
    classes
}

/// That many different listings of one stratum, all genuine.
fn genuine(count: i64, inclusion_probability: f64, weight: i64) -> Vec<Found> {
    let one = |listing| Found { listing, stratum: 1, inclusion_probability, weight, counterfeit: false, listed: true };
    (0..count).map(one).collect()
}

#[track_caller]
fn assert_robust(found: &[Found], population: &WeightClasses, level: f64, expected: [f64; 4]) {
    let robust = robust_interval(found, population, level).expect("an interval");
    let got = [robust.estimate, robust.effective_n, robust.interval.low, robust.interval.high];
    for (got, expected) in got.into_iter().zip(expected) {
        assert!((got - expected).abs() <= 1e-10 * (1.0 + expected), "{got} is not {expected}");
    }
}

#[test]
fn agrees_with_dense_kriging_in_r() {
    let plain = sample(|_| {});
    assert_robust(
        &plain,
        &stock(),
        0.95,
        [0.155394841006821, 1.43242011269363, 0.00011099358908911, 0.876483218986552],
    );
    assert_robust(
        &plain,
        &stock(),
        0.9,
        [0.155394841006821, 1.43242011269363, 0.000526765745498532, 0.799607811517401],
    );
    let listings = sample(|one| one.weight = 1);
    assert_robust(
        &listings,
        &classes([1; 200]),
        0.95,
        [0.288158729837075, 8.81681774383101, 0.0788663895124362, 0.613272652559512],
    );
    assert_robust(&plain[11..], &stock(), 0.95, [0.0, 0.78610463907042, 0.0, 0.977870791283868]);
}

#[test]
fn agrees_with_r_where_none_or_all_are_counterfeit() {
    let none = sample(|one| one.counterfeit = false);
    assert_robust(&none, &stock(), 0.95, [0.0, 1.4621366515375, 0.0, 0.871119927385159]);
    let all = sample(|one| one.counterfeit = true);
    assert_robust(&all, &stock(), 0.95, [1.0, 1.4621366515375, 0.128880072614841, 1.0]);
}

#[test]
fn agrees_with_r_where_the_stock_is_not_what_was_drawn_from() {
    let census = sample(|one| one.inclusion_probability = 1.0);
    let bought = SAMPLE.map(|(_, _, weight, _)| weight);
    assert_robust(&census, &classes(bought), 0.95, [0.0621948018335922, 12.0, 0.00493141955355764, 0.297327564492847]);
    let gone = sample(|one| one.listed = ![40, 700].contains(&one.weight));
    assert_robust(&gone, &stock(), 0.95, [0.171954615733561, 1.1484357700965, 4.90217685762635e-05, 0.925831106148692]);
    let shrunken = classes([1; 50].into_iter().chain([8, 9, 200]));
    assert_robust(&sample(|_| {}), &shrunken, 0.95, [0.100163590815498, 12.0, 0.0133689768430338, 0.35194355104589]);
}

#[test]
fn agrees_with_r_where_counterfeits_have_left() {
    let taken_down = sample(|one| one.listed = !one.counterfeit);
    assert_robust(&taken_down, &stock(), 0.95, [0.0759887418971207, 1.4230733569256, 0.0, 0.842624384927738]);
    let listings = sample(|one| {
        one.listed = !one.counterfeit && one.weight != 10;
        one.weight = 1;
    });
    assert_robust(&listings, &classes([1; 200]), 0.9, [0.145044333030674, 5.85655265217256, 0.0, 0.509061299903942]);
}

#[test]
fn agrees_with_r_where_sizes_are_far_apart_and_where_some_were_bought_with_certainty() {
    let far_weights = [0, 1, 1, 1, 5000, 0, 1, 1, 4100, 4200, 6000, 900_000];
    let mut far = sample(|_| {});
    for (number, (one, weight)) in (0..).zip(far.iter_mut().zip(far_weights)) {
        (one.listing, one.weight) = (number, weight);
    }
    let few = [4100, 4200, 5000, 6000, 7000, 8000, 900_000, 990_000, 1_800_000_000];
    let stock_far = classes([0; 40].into_iter().chain([1; 300]).chain(few));
    assert_robust(
        &far,
        &stock_far,
        0.95,
        [0.188926119514837, 0.679258846090026, 3.58153497140343e-07, 0.987848413733615],
    );
    let certain = sample(|one| {
        if [9, 40].contains(&one.weight) {
            one.inclusion_probability = 1.0;
        }
    });
    let mut grown = stock();
    grown.add(33);
    grown.add(60);
    assert_robust(
        &certain,
        &grown,
        0.95,
        [0.162090227554194, 1.46767858212042, 0.000190396782519751, 0.870118978323746],
    );
}

/// By hand: 50 of 1,000 listings drawn, 5 counterfeit. The 950 others and a tenth of the 50 are predicted, with the
/// variance 0.955² / 50; the others' own is 950 / 1000², that of those drawn 0.09 · 50 / 1000².
#[test]
fn a_simple_random_sample_gets_the_finite_population_correction() {
    let found: Vec<Found> = (0..50)
        .map(|number| Found {
            listing: number,
            stratum: 1,
            inclusion_probability: 0.05,
            weight: 1,
            counterfeit: number < 5,
            listed: true,
        })
        .collect();
    let robust = robust_interval(&found, &classes([1; 1000]), 0.95).expect("an interval");
    assert!((robust.estimate - 0.1).abs() < 1e-12);
    // 1 / 0.0191945 = 52.1 would be more than were bought.
    assert!((robust.effective_n - 50.0).abs() < 1e-9);
    // R: qbeta(c(.025, .975), 5.5, 45.5)
    assert!((robust.interval.low - 0.0391943643941838).abs() < 1e-9, "{:?}", robust.interval);
    assert!((robust.interval.high - 0.205354828023048).abs() < 1e-9, "{:?}", robust.interval);
}

/// With nothing found of 60, the upper end is the rule of three's exact form, 1 − 0.05^(1/60).
#[test]
fn nothing_found_is_bounded_by_the_rule_of_three() {
    let robust = robust_interval(&genuine(60, 0.01, 1), &classes([1; 6000]), 0.95).expect("an interval");
    assert_eq!((robust.estimate, robust.interval.low), (0.0, 0.0));
    assert!((robust.interval.high - (1.0 - 0.05_f64.powf(1.0 / 60.0))).abs() < 1e-12);
}

/// Two brands with the same hundred purchases: where a listing that was not bought holds half the sales, they are worth
/// fewer than four, and the interval says so.
#[test]
fn an_unseen_best_seller_widens_the_interval() {
    let even = classes([10; 1000]);
    let mut skewed = classes([10; 999]);
    skewed.add(10_000);
    let even = robust_interval(&genuine(100, 0.1, 10), &even, 0.95).expect("an interval");
    let skewed = robust_interval(&genuine(100, 0.1, 10), &skewed, 0.95).expect("an interval");
    assert!((even.effective_n - 100.0).abs() < 1e-9);
    assert!(skewed.effective_n < 4.0 && skewed.interval.high > 0.5, "{skewed:?}");
}

/// A listing bought twice is known once: half its weight each, and no other listing is taken to be known.
#[test]
fn a_listing_bought_twice_is_known_once() {
    let mut found = genuine(3, 0.5, 8);
    found[1].listing = 0;
    found[0].counterfeit = true;
    let robust = robust_interval(&found, &classes([8; 4]), 0.95).expect("an interval");
    // A quarter is half counterfeit, another genuine, each known to nine tenths; the rest has the mean of three, as
    // Hájek's estimate.
    let predicted = 0.9 * 0.25 * 0.5 + 0.55 / 3.0;
    assert!((robust.estimate - (0.6 * predicted + 0.4 / 3.0)).abs() < 1e-12, "{robust:?}");
}

/// Ten of sixty found counterfeit, and all ten gone: as few as none of the fifty left, as many as if they had gone
/// because they were bought. Either end alone is that of a 90 % interval, almost, as the two are far apart.
#[test]
fn removed_counterfeits_leave_both_answers_open() {
    let mut found = genuine(60, 0.1, 1);
    found[..10].iter_mut().for_each(|one| (one.counterfeit, one.listed) = (true, false));
    let population = classes([1; 590]);
    let robust = robust_interval(&found, &population, 0.95).expect("an interval");
    let kept = robust_interval(&found[10..], &population, 0.95).expect("an interval");
    found.iter_mut().for_each(|one| one.listed = true);
    let [loose, all] = [0.9, 0.95].map(|level| robust_interval(&found, &population, level).expect("an interval"));
    assert_eq!((kept.estimate, robust.interval.low), (0.0, 0.0));
    assert!(robust.estimate > 0.05 && robust.estimate < all.estimate);
    assert!(robust.interval.high < all.interval.high && robust.interval.high > loose.interval.high - 0.01);
    assert_eq!(robust.effective_n, 50.0);
}

#[test]
fn where_no_listing_bought_is_left_anything_may_be() {
    let gone = sample(|one| one.listed = false);
    let robust = robust_interval(&gone, &stock(), 0.95).expect("an interval");
    assert_eq!((robust.interval, robust.effective_n), (Interval { low: 0.0, high: 1.0 }, 0.0));
    let corrected = robust.corrected(&Authentication::default(), 0.95);
    assert_eq!(corrected, Some(Interval { low: 0.0, high: 1.0 }));
}

/// Corrected with 0.97 and 0.995 like any apparent interval: (end − 0.005) / 0.965.
#[test]
fn the_ends_are_corrected() {
    let robust = robust_interval(&genuine(60, 0.01, 1), &classes([1; 6000]), 0.95).expect("an interval");
    let corrected = robust.corrected(&Authentication::default(), 0.95).expect("an interval");
    assert_eq!(corrected.low, 0.0);
    assert!((corrected.high - (robust.interval.high - 0.005) / 0.965).abs() < 1e-12);
}

/// Lang and Reiczigel's interval of either version, from the lower end to the upper.
#[test]
fn errors_of_authentication_that_were_measured_widen_both_versions() {
    let taken_down = sample(|one| one.listed = !one.counterfeit);
    let robust = robust_interval(&taken_down, &stock(), 0.95).expect("an interval");
    let measured = Authentication { n_sensitivity: Some(20), n_specificity: Some(20), ..Authentication::default() };
    let interval = robust.corrected(&measured, 0.95).expect("an interval");
    let each = level_of_each(&robust.versions, 0.95).expect("a level");
    assert!(each > 0.9 && each < 0.95);
    let [all, rest] = robust.versions.map(|version| {
        let own = version.interval(each).expect("an interval");
        corrected_interval(version.estimate, version.effective_n, own, &measured, each).expect("an interval")
    });
    assert_eq!((interval.low, interval.high), (all.low.min(rest.low), all.high.max(rest.high)));
}

#[test]
fn no_interval_without_sample_weight_or_level() {
    let plain = sample(|_| {});
    assert_eq!(robust_interval(&[], &stock(), 0.95), None);
    assert_eq!(robust_interval(&plain, &WeightClasses::default(), 0.95), None);
    assert_eq!(robust_interval(&plain, &classes([0; 9]), 0.95), None);
    for level in [0.0, 1.0, f64::NAN] {
        assert_eq!(robust_interval(&plain, &stock(), level), None);
    }
    for probability in [0.0, -0.1, 1.1, f64::NAN] {
        assert_eq!(robust_interval(&sample(|one| one.inclusion_probability = probability), &stock(), 0.95), None);
    }
    assert_eq!(robust_interval(&sample(|one| one.weight = -1), &stock(), 0.95), None);
}

/// A purchase of a stock: (stratum, π, counterfeit, listed).
type Draw = (u32, f64, bool, bool);

fn draws() -> impl Strategy<Value = (Vec<(i64, Draw)>, Vec<i64>)> {
    let weight = prop_oneof![Just(0_i64), 1..20_i64, 1..5_000_i64, 1..i64::MAX / 4];
    // Equal ones too, so that the order of what is alike is tried.
    let probability = prop_oneof![Just(0.1), Just(0.3), 1e-4..=1.0_f64];
    let draw = (0..2_u32, probability, any::<bool>(), any::<bool>());
    (proptest::collection::vec((weight.clone(), draw), 1..60), proptest::collection::vec(weight, 1..60))
}

fn build(bought: &[(i64, Draw)], rest: &[i64]) -> (Vec<Found>, WeightClasses) {
    let found = (0..).zip(bought).map(|(listing, &(weight, (stratum, inclusion_probability, counterfeit, listed)))| {
        // Some listings are bought twice.
        Found { listing: listing / 2, stratum, inclusion_probability, weight, counterfeit, listed }
    });
    let listed = bought.iter().filter(|(_, draw)| draw.3).map(|(weight, _)| *weight);
    (found.collect(), classes(listed.chain(rest.iter().copied())))
}

proptest! {
    #[test]
    fn holds_its_estimate_and_never_beats_the_sample((bought, rest) in draws()) {
        let (found, population) = build(&bought, &rest);
        prop_assume!(population.total() > 0);
        let robust = robust_interval(&found, &population, 0.95).expect("an interval");
        let left = found.iter().filter(|one| one.listed).count();
        prop_assert!((robust.effective_n > 0.0) == (left > 0) && robust.effective_n <= left as f64);
        let Interval { low, high } = robust.interval;
        prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high) && low < high, "{robust:?}");
        prop_assert!(low <= robust.estimate && robust.estimate <= high, "{robust:?}");
        let wider = robust_interval(&found, &population, 0.99).expect("an interval").interval;
        prop_assert!(wider.low <= low && high <= wider.high);
    }

    #[test]
    fn order_does_not_matter((bought, rest) in draws(), turn in 0_usize..60) {
        let (mut found, population) = build(&bought, &rest);
        let robust = robust_interval(&found, &population, 0.95);
        let turn = turn % found.len();
        found.rotate_left(turn);
        prop_assert_eq!(robust_interval(&found, &population, 0.95), robust);
        found.reverse();
        prop_assert_eq!(robust_interval(&found, &population, 0.95), robust);
    }

    #[test]
    fn genuine_and_counterfeit_are_mirror_images((bought, rest) in draws()) {
        let (found, population) = build(&bought, &rest);
        prop_assume!(population.total() > 0);
        let swapped: Vec<Found> = found.iter().map(|one| Found { counterfeit: !one.counterfeit, ..*one }).collect();
        let robust = robust_interval(&found, &population, 0.95).expect("an interval");
        let mirror = robust_interval(&swapped, &population, 0.95).expect("an interval");
        prop_assert!((robust.estimate + mirror.estimate - 1.0).abs() < 1e-9);
        prop_assert!((robust.interval.low + mirror.interval.high - 1.0).abs() < 1e-6, "{robust:?} {mirror:?}");
    }
}

//! Against R 4.2.2 with survival 3.5.3; each test quotes its code.

use super::*;
use proptest::prelude::*;

fn follows(times: &[i64], events: &[u8]) -> Vec<Follow> {
    times.iter().zip(events).map(|(&time, &event)| Follow { time, event: event == 1 }).collect()
}

#[track_caller]
fn assert_close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-12, "{got} is not {expected}");
}

/// The facts' vector. R: `s <- survfit(Surv(T, E) ~ 1, conf.type = "log-log"); summary(s, times = c(5, 24, 40)); quantile(s)`.
#[test]
fn kaplan_meier_of_the_facts() {
    let times = [2, 5, 5, 9, 12, 20, 23, 26, 30, 31, 7, 40];
    let curve = KaplanMeier::fit(&follows(&times, &[1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0]));
    assert_eq!((curve.subjects(), curve.followed_to()), (12, Some(40)));
    assert_eq!(curve.survival_at(1), 1.0);
    assert_eq!(curve.interval_at(1, 0.95), None);
    assert_eq!(curve.standard_error_at(1), Some(0.0));
    for (time, survival, low, high) in [
        (5, 0.75, 0.408415913151595, 0.911720406125698),
        (24, 0.45, 0.154886634322987, 0.710438325260742),
        (40, 0.16875, 0.0113315368924495, 0.493279545590108),
    ] {
        assert_close(curve.survival_at(time), survival);
        let interval = curve.interval_at(time, 0.95).expect("an interval");
        assert_close(interval.low, low);
        assert_close(interval.high, high);
    }
    let removed = curve.event_interval_at(24, 0.95).expect("an interval");
    assert!((removed.low - 0.2895617).abs() < 5e-8 && (removed.high - 0.8451134).abs() < 5e-8);
    let quantiles = [0.1, 0.25, 0.5, 0.6, 0.9].map(|q| curve.quantile(q));
    // R gives 7 at 0.25: S is 0.75 from 5 to 9, and R takes the middle; the definition takes the smallest.
    assert_eq!(quantiles, [Some(5), Some(5), Some(23), Some(26), None]);
}

const LUNG_TIME: [i64; 228] = [
    306, 455, 1010, 210, 883, 1022, 310, 361, 218, 166, 170, 654, 728, 71, 567, 144, 613, 707, 61, 88, 301, 81, 624,
    371, 394, 520, 574, 118, 390, 12, 473, 26, 533, 107, 53, 122, 814, 965, 93, 731, 460, 153, 433, 145, 583, 95, 303,
    519, 643, 765, 735, 189, 53, 246, 689, 65, 5, 132, 687, 345, 444, 223, 175, 60, 163, 65, 208, 821, 428, 230, 840,
    305, 11, 132, 226, 426, 705, 363, 11, 176, 791, 95, 196, 167, 806, 284, 641, 147, 740, 163, 655, 239, 88, 245, 588,
    30, 179, 310, 477, 166, 559, 450, 364, 107, 177, 156, 529, 11, 429, 351, 15, 181, 283, 201, 524, 13, 212, 524, 288,
    363, 442, 199, 550, 54, 558, 207, 92, 60, 551, 543, 293, 202, 353, 511, 267, 511, 371, 387, 457, 337, 201, 404,
    222, 62, 458, 356, 353, 163, 31, 340, 229, 444, 315, 182, 156, 329, 364, 291, 179, 376, 384, 268, 292, 142, 413,
    266, 194, 320, 181, 285, 301, 348, 197, 382, 303, 296, 180, 186, 145, 269, 300, 284, 350, 272, 292, 332, 285, 259,
    110, 286, 270, 81, 131, 225, 269, 225, 243, 279, 276, 135, 79, 59, 240, 202, 235, 105, 224, 239, 237, 173, 252,
    221, 185, 92, 13, 222, 192, 183, 211, 175, 197, 203, 116, 188, 191, 105, 174, 177,
];
const LUNG_EVENT: [u8; 228] = [
    1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0,
    0, 1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1,
    1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0,
];

/// R: `l <- survfit(Surv(time, status == 2) ~ 1, data = lung, conf.type = "log-log")`, 228 subjects with ties.
#[test]
fn kaplan_meier_of_lung_agrees_with_r() {
    let lung = follows(&LUNG_TIME, &LUNG_EVENT);
    let curve = KaplanMeier::fit(&lung);
    for (time, survival, error, low, high) in [
        (100, 0.863968967645244, 0.0227102304341618, 0.812222319753539, 0.902310180515044),
        (310, 0.495024293180913, 0.0352327462466992, 0.424244072784757, 0.561795979140734),
        (500, 0.293269193711569, 0.0350778184986187, 0.226503677118074, 0.363028599684183),
        (1000, 0.0503455680708105, 0.0228480489160838, 0.0178661710928527, 0.108662176030919),
    ] {
        assert_close(curve.survival_at(time), survival);
        assert_close(curve.standard_error_at(time).expect("an error"), error);
        let interval = curve.interval_at(time, 0.95).expect("an interval");
        assert_close(interval.low, low);
        assert_close(interval.high, high);
    }
    // quantile(l, c(.05, .1, .5, .9, .95, .99), conf.int = FALSE)
    let qs = [0.05, 0.1, 0.5, 0.9, 0.95, 0.99];
    let expected = [Some(53), Some(79), Some(310), Some(735), None, None];
    assert_eq!(qs.map(|q| curve.quantile(q)), expected);
    let mut sorted = lung;
    sorted.sort_unstable();
    assert_eq!(quantiles_of_sorted(&sorted, qs), expected);
}

fn transitions(times: &[i64], causes: impl Iterator<Item = u8>) -> Vec<Transition> {
    let cause = |code| match code {
        0 => Cause::Censored,
        1 => Cause::Interest,
        _ => Cause::Competing,
    };
    times.iter().zip(causes).map(|(&time, code)| Transition { time, cause: cause(code) }).collect()
}

/// R: `s <- survfit(Surv(T2, factor(C2, 0:2)) ~ 1); summary(s, times = c(1, 2, 3, 6, 9, 10, 12))$pstate[, 2]`
#[test]
fn aalen_johansen_agrees_with_r() {
    let times = [1, 1, 2, 3, 3, 3, 4, 6, 6, 7, 9, 9, 10, 10, 12];
    let causes = [1, 2, 0, 1, 1, 2, 0, 2, 0, 1, 1, 0, 1, 2, 0];
    let mut subjects = transitions(&times, causes.into_iter());
    let expected = [
        (0, 0.0),
        (1, 0.0666666666666667),
        (2, 0.0666666666666667),
        (3, 0.211111111111111),
        (6, 0.211111111111111),
        (9, 0.400694444444444),
        (10, 0.527083333333333),
        (12, 0.527083333333333),
    ];
    let curve = CumulativeIncidence::fit(&subjects);
    subjects.sort_unstable();
    for (time, incidence) in expected {
        assert_close(curve.at(time), incidence);
        assert_close(cumulative_incidence(&subjects, time).expect("subjects"), incidence);
    }
}

/// R: `s <- survfit(Surv(lung$time, factor(c(2,1,0,1,2,0,1)[(seq_len(228) - 1) %% 7 + 1], 0:2)) ~ 1);
/// summary(s, times = c(50, 200, 400, 883, 1022))$pstate[, 2]`
#[test]
fn aalen_johansen_of_lung_agrees_with_r() {
    let subjects = transitions(&LUNG_TIME, [2, 1, 0, 1, 2, 0, 1].into_iter().cycle());
    let curve = CumulativeIncidence::fit(&subjects);
    for (time, incidence) in [
        (50, 0.0221266945773525),
        (200, 0.18957394682621),
        (400, 0.401569886707031),
        (883, 0.560207263144914),
        (1022, 0.560207263144914),
    ] {
        assert_close(curve.at(time), incidence);
    }
}

#[test]
fn empty_and_exhausted_curves() {
    let none = KaplanMeier::fit(&[]);
    assert_eq!((none.survival_at(5), none.quantile(0.5), none.followed_to()), (1.0, None, None));
    assert_eq!(cumulative_incidence(&[], 5), None);
    // Thirty thousand factors and the last is still exactly 0, also after a censoring.
    for first_event in [true, false] {
        let mut cohort: Vec<Follow> = (1..30_000).map(|time| Follow { time, event: true }).collect();
        cohort[0].event = first_event;
        let curve = KaplanMeier::fit(&cohort);
        assert_eq!(curve.survival_at(30_000), 0.0);
        assert_eq!(curve.quantile(1.0), Some(29_999));
        assert_eq!(curve.interval_at(30_000, 0.95), None);
        assert_eq!(curve.standard_error_at(30_000), None);
    }
    let one = KaplanMeier::fit(&follows(&[4], &[1]));
    assert_eq!([0.0, 0.5, 1.0, 1.5, f64::NAN].map(|q| one.quantile(q)), [None, Some(4), Some(4), None, None]);
}

/// A plain product over distinct times, in floats.
fn survival_by_hand(subjects: &[Follow], horizon: i64) -> f64 {
    let mut times: Vec<i64> = subjects.iter().map(|s| s.time).filter(|&t| t <= horizon).collect();
    times.sort_unstable();
    times.dedup();
    times.iter().fold(1.0, |product, &time| {
        let n = subjects.iter().filter(|s| s.time >= time).count() as f64;
        let d = subjects.iter().filter(|s| s.time == time && s.event).count() as f64;
        product * (1.0 - d / n)
    })
}

fn any_follows() -> impl Strategy<Value = Vec<Follow>> {
    prop::collection::vec((0_i64..40, any::<bool>()).prop_map(|(time, event)| Follow { time, event }), 1..60)
}

fn any_transitions() -> impl Strategy<Value = Vec<Transition>> {
    prop::collection::vec((0_i64..40, 0_u8..3), 1..60)
        .prop_map(|list| transitions(&list.iter().map(|s| s.0).collect::<Vec<_>>(), list.iter().map(|s| s.1)))
}

proptest! {
    #[test]
    fn curve_is_the_product_whatever_the_order(mut subjects in any_follows(), horizon in 0_i64..45) {
        let curve = KaplanMeier::fit(&subjects);
        prop_assert!((curve.survival_at(horizon) - survival_by_hand(&subjects, horizon)).abs() < 1e-12);
        prop_assert!(curve.steps().is_sorted_by(|a, b| a.time < b.time && a.survival >= b.survival));
        subjects.reverse();
        prop_assert_eq!(curve, KaplanMeier::fit(&subjects));
    }

    #[test]
    fn without_censoring_quantiles_are_empirical(mut times in prop::collection::vec(0_i64..1_000, 1..200), percent in 1_usize..=100) {
        let subjects: Vec<Follow> = times.iter().map(|&time| Follow { time, event: true }).collect();
        times.sort_unstable();
        // The smallest t of which at least q of the sample are at or below: the ⌈nq⌉-th in order.
        let rank = (times.len() * percent).div_ceil(100);
        let quantile = KaplanMeier::fit(&subjects).quantile(percent as f64 / 100.0);
        prop_assert_eq!(quantile, Some(times[rank - 1]));
    }

    #[test]
    fn quantiles_in_one_pass_are_those_of_the_curve(mut subjects in any_follows()) {
        let curve = KaplanMeier::fit(&subjects);
        subjects.sort_unstable_by_key(|subject| subject.time);
        let qs = [0.1, 0.5, 0.9, 0.95, 0.99, 1.0];
        prop_assert_eq!(quantiles_of_sorted(&subjects, qs), qs.map(|q| curve.quantile(q)));
    }

    #[test]
    fn incidences_rise_and_share_one(mut subjects in any_transitions()) {
        let curve = CumulativeIncidence::fit(&subjects);
        prop_assert!(curve.points().is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1));
        prop_assert!(curve.points().iter().all(|point| (0.0..=1.0).contains(&point.1)));
        // Incidence of both causes and survival of any cause add up to 1.
        let swapped: Vec<Transition> = subjects.iter().map(|s| Transition {
            cause: match s.cause {
                Cause::Interest => Cause::Competing,
                Cause::Competing => Cause::Interest,
                Cause::Censored => Cause::Censored,
            },
            ..*s
        }).collect();
        let any: Vec<Follow> = subjects.iter().map(|s| Follow { time: s.time, event: s.cause != Cause::Censored }).collect();
        let (other, survival) = (CumulativeIncidence::fit(&swapped), KaplanMeier::fit(&any));
        for horizon in 0..45 {
            let sum = curve.at(horizon) + other.at(horizon) + survival.survival_at(horizon);
            prop_assert!((sum - 1.0).abs() < 1e-12);
        }
        subjects.reverse();
        prop_assert_eq!(&curve, &CumulativeIncidence::fit(&subjects));
    }
}

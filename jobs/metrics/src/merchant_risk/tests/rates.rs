//! Rates, bursts and features.

use super::*;

#[track_caller]
fn assert_near(got: f64, wanted: f64) {
    assert!((got - wanted).abs() <= 1e-10 * (1.0 + wanted.abs()), "{got} is not {wanted}");
}

const PRIOR: BetaPrior = BetaPrior { alpha: 0.3, beta: 20.0 };

/// R: `f <- function(x, n, a, b) log(((a + x) / (a + b + n)) / (a / (a + b)))`.
#[test]
fn log_ratios_agree_with_r() {
    assert_near(PRIOR.log_ratio(14, 210), 1.435_470_420_81);
    assert_near(PRIOR.log_ratio(0, 500), -3.243_784_682_25);
    assert_near(PRIOR.log_ratio(1, 3), 1.328_504_594_27);
    assert_near(PRIOR.log_ratio(0, 0), 0.0);
    // Two sources that contradict each other: all of the whole, and none of it.
    assert_near(PRIOR.log_ratio(5, 2), PRIOR.log_ratio(5, 5));
    assert_near(PRIOR.log_ratio(-5, 2), PRIOR.log_ratio(0, 2));
}

fn priors() -> Priors {
    Priors { allegations: PRIOR, refunds: PRIOR, price_depth: PRIOR, upheld_share: PRIOR, pilot: PRIOR }
}

#[test]
fn a_merchant_of_whom_nothing_is_known_has_no_features() {
    let old = Signals { store_age_days: 365, linked_merchants: 0, ..Signals::default() };
    assert_eq!(features(&old, &priors(), &Available::ALL), [0.0; SIGNALS]);
}

#[test]
fn features_are_what_their_documentation_says() {
    let signals = Signals {
        comments: 210,
        allegations: 14,
        units: 500,
        listings: 4,
        upheld_takedowns: 5,
        upheld_listings: 3,
        enforcement_days: 3,
        reappearances: 80,
        burst_z: Some(6.0),
        store_age_days: 73,
        unauthorised_brands: 2,
        pilot_sampled: 2,
        pilot_counterfeit: 2,
        ..Signals::default()
    };
    let got = features(&signals, &priors(), &Available { pilot: false, ..Available::ALL });
    let of = |code: Code| got[code.place()];
    assert_near(of(Code::Allegations), 1.435_470_420_81);
    assert_near(of(Code::CounterfeitRefunds), -1.5);
    assert_near(of(Code::UpheldTakedowns), 6.0_f64.ln());
    assert_near(of(Code::EnforcementDays), 4.0_f64.ln());
    assert_near(of(Code::UpheldListingShare), PRIOR.log_ratio(3, 4));
    assert_near(of(Code::RepeatInfringer), 1.0);
    assert_near(of(Code::Reappearances), 51.0_f64.ln());
    assert_near(of(Code::SalesBurst), 2.0_f64.ln());
    assert_near(of(Code::StoreAge), 0.8);
    assert_near(of(Code::UnauthorisedBrands), 3.0_f64.ln());
    assert_near(of(Code::PriceDepth), 0.0);
    assert_near(of(Code::PilotVerdicts), 0.0);
    let details = [
        (Code::Allegations, 14, "14/210"),
        (Code::UpheldTakedowns, 5, "5/3"),
        (Code::RepeatInfringer, 3, "3/3"),
        (Code::SalesBurst, 0, "0/0 z=6.0"),
        (Code::StoreAge, 73, "73"),
    ];
    for (code, count, text) in details {
        assert_eq!((evidence(code, &signals), detail(code, &signals)), (count, text.to_owned()));
    }
}

#[test]
fn a_repeat_infringer_needs_three_days_and_three_listings() {
    let of = |enforcement_days, upheld_listings| Signals { enforcement_days, upheld_listings, ..Signals::default() };
    assert!(of(3, 3).repeat_infringer());
    assert!(!of(2, 9).repeat_infringer() && !of(9, 2).repeat_infringer());
}

/// R: `z <- function(new, old, lift = 1) { m <- median(old); s <- mad(old); cap <- m + 3 * max(s, sqrt(m + 1))
///   l <- lift * mean(pmin(old, cap)); v <- max((lift * s)^2, l, mean(c(new, old))); (mean(new) - l) / sqrt(v * (1/7 + 1/28)) }`.
#[test]
fn bursts_agree_with_r() {
    let before = [
        44, 26, 49, 29, 28, 93, 85, 45, 59, 77, 50, 51, 55, 51, 42, 33, 35, 34, 39, 39, 38, 44, 56, 51, 52, 69, 28, 82,
    ];
    let z = |newest: &[i64], before: &[i64], lift: f64| burst_z(newest, before, lift).expect("enough days and units");
    assert_near(z(&[56, 51, 50, 48, 35, 39, 71], &before, 1.0), 0.139_153_963_349);
    assert_near(z(&[156, 251, 150, 148, 135, 139, 171], &before, 1.0), 20.407_553_435_2);
    assert_near(z(&[156, 251, 150, 148, 135, 139, 171], &before, 2.5), 2.926_058_890_73);
    let quiet: Vec<i64> = (0..28).map(|day| i64::from(day % 4 == 2)).collect();
    assert_near(z(&[3, 2, 4, 1, 5, 2, 3], &quiet, 1.0), 7.024_428_275_14);
    let once: Vec<i64> = (0..28).map(|day| if day == 27 { 40 } else { 0 }).collect();
    assert_near(z(&[0, 0, 1, 0, 0, 1, 0], &once, 1.0), 0.385_758_374_905);
    // Too few units, and too few days.
    assert_eq!(burst_z(&[0, 0, 1, 0, 0, 0, 0], &quiet, 1.0), None);
    assert_eq!(burst_z(&[9, 9, 9, 9, 9, 9, 9], &before[..27], 1.0), None);
    assert_eq!(market_lift(&[20, 40], &[10, 20, 30]), 1.5);
    assert_eq!(market_lift(&[20, 40], &[]), 1.0);
}

proptest! {
    /// Days are a week and four weeks, whatever their order; more units in the newest never lower z where the rest stays.
    #[test]
    fn bursts_go_by_sums(before in prop::collection::vec(0..40_i64, 28), newest in prop::collection::vec(0..60_i64, 7)) {
        let z = burst_z(&newest, &before, 1.0);
        let (mut turned, mut shuffled) = (before.clone(), newest.clone());
        turned.reverse();
        shuffled.rotate_left(3);
        prop_assert_eq!(burst_z(&shuffled, &turned, 1.0), z);
        let more: Vec<i64> = newest.iter().map(|units| units + 2).collect();
        if let (Some(z), Some(more)) = (z, burst_z(&more, &before, 1.0)) {
            prop_assert!(more >= z, "{z} to {more}");
        }
    }
}

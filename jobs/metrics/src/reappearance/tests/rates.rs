//! Shares of removals that came back, against R.

use mirrorlake_model::reappearance::{RateTier, ReappearanceRateRow, ShareBack, Tier};
use mirrorlake_model::thresholds::{MICROS_PER_DAY, MICROS_PER_HOUR};

use super::super::*;

const AS_OF: i64 = 10_000 * MICROS_PER_HOUR;

fn standing(removals: &[(i64, i64, i64)]) -> Standing {
    let removal = |(listing_id, brand_id, removed_at): &(i64, i64, i64)| Removal {
        listing_id: *listing_id,
        claim_id: 1,
        brand_id: *brand_id,
        merchant_id: 1,
        removed_at: *removed_at,
    };
    Standing { removals: removals.iter().map(removal).collect(), reinstated: Vec::new() }
}

fn row(rates: &Rates, brand_id: Option<i64>, tier: RateTier) -> &ReappearanceRateRow {
    rates.rates.iter().find(|r| (r.brand_id, r.tier) == (brand_id, tier)).expect("a row")
}

fn assert_share(share: ShareBack, expected: [f64; 3]) {
    for (found, expected) in [share.rate, share.low, share.high].into_iter().zip(expected) {
        let found = found.expect("a figure");
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
}

/// R 4.5, survival 3.8:
///
/// ```r
/// t <- c(30, 168, 168, 200, 720, 721, 900, 1500, 2160, 2161, 2500, 3000, 100, 50)   # hours
/// e <- c( 1,   1,   0,   1,   1,   1,   0,    1,    1,    1,    0,    0,   0,  1)
/// s <- summary(survfit(Surv(t, e) ~ 1, conf.type = "log-log"), times = c(7, 30, 90) * 24)
/// print(cbind(1 - s$surv, 1 - s$upper, 1 - s$lower), digits = 15)
/// ```
#[test]
fn rates_are_those_of_r_and_an_event_at_the_horizon_counts() {
    let hours = [30, 168, 168, 200, 720, 721, 900, 1500, 2160, 2161, 2500, 3000, 100, 50];
    let event = [1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1];
    let (mut removals, mut back) = (Vec::new(), Vec::new());
    for (id, (hours, event)) in (1..).zip(hours.into_iter().zip(event)) {
        // Those that came back were removed in time to be followed to the event; nothing else of them matters.
        let removed_at = AS_OF - hours * MICROS_PER_HOUR - if event == 1 { MICROS_PER_HOUR } else { 0 };
        removals.push((id, 5, removed_at));
        if event == 1 {
            let at = removed_at + hours * MICROS_PER_HOUR;
            back.extend([
                (id, Tier::LinkedMerchant, at),
                (id, Tier::SameMerchant, at + 1),
                (id, Tier::OtherMerchant, at - 1),
            ]);
        }
    }
    let rates = rates(&standing(&removals), back.iter().copied().rev(), AS_OF);
    for brand in [None, Some(5)] {
        let found = row(&rates, brand, RateTier::ABC);
        assert_eq!((found.removals, found.reappeared, found.reinstated), (14, 9, 0));
        assert_share(found.within[0], [0.220779220779221, 0.0767976151259439, 0.541039577591638]);
        assert_share(found.within[1], [0.393939393939394, 0.1844042086122827, 0.707789313356546]);
        assert_share(found.within[2], [0.688311688311688, 0.417031842455858, 0.919410200916663]);
    }
    // The same listings a microsecond later, in the next tier.
    let later = row(&rates, None, RateTier::AB);
    let rate = later.within[0].rate.expect("a rate");
    assert!(later.reappeared == 9 && (rate - 2.0 / 14.0).abs() < 1e-12, "{rate}");
    assert_eq!(row(&rates, None, RateTier::A).reappeared, 0);
}

#[test]
fn rates_are_null_where_nobody_is_followed_that_far_and_intervals_where_nothing_or_all_came_back() {
    let day = MICROS_PER_DAY;
    // Removed 7 days before T to the microsecond, and a little less.
    let nothing = |removed_at| rates(&standing(&[(1, 5, removed_at)]), std::iter::empty(), AS_OF);
    let followed = nothing(AS_OF - 7 * day);
    assert_eq!(row(&followed, None, RateTier::ABC).within[0], ShareBack { rate: Some(0.0), low: None, high: None });
    assert_eq!(row(&followed, None, RateTier::ABC).within[1], ShareBack::default());
    assert_eq!(row(&nothing(AS_OF - 7 * day + 1), None, RateTier::ABC).within[0], ShareBack::default());

    // All came back at once, and were followed for long after.
    let all =
        rates(&standing(&[(1, 5, AS_OF - 100 * day)]), [(1, Tier::SameListing, AS_OF - 97 * day)].into_iter(), AS_OF);
    for tier in RateTier::ALL {
        assert_eq!(row(&all, Some(5), *tier).within, [ShareBack { rate: Some(1.0), low: None, high: None }; 3]);
    }
    assert_eq!(all.curves.iter().map(|c| c.day).collect::<Vec<_>>(), [3; 6]);

    // R: summary(survfit(Surv(c(3, 5), c(1, 0)) ~ 1, conf.type = "log-log"), times = c(7, 30, 90), extend = TRUE): 0.5 each.
    let half = rates(
        &standing(&[(1, 5, AS_OF - 100 * day), (2, 5, AS_OF - 5 * day)]),
        [(1, Tier::SameMerchant, AS_OF - 97 * day)].into_iter(),
        AS_OF,
    );
    for share in row(&half, Some(5), RateTier::AB).within {
        assert_share(share, [0.5, 0.0895899151632626, 0.994016912360854]);
    }
}

#[test]
fn rows_are_of_all_and_of_each_brand_in_order_and_reinstated_listings_stand_apart() {
    let nobody = rates(&Standing::default(), std::iter::empty(), AS_OF);
    let rows: Vec<(Option<i64>, &str, i64)> =
        nobody.rates.iter().map(|r| (r.brand_id, r.tier.word(), r.removals)).collect();
    assert_eq!(rows, [(None, "A", 0), (None, "AB", 0), (None, "ABC", 0)]);
    assert!(nobody.rates.iter().all(|r| r.within == [ShareBack::default(); 3]) && nobody.curves.is_empty());

    let mut some = standing(&[(1, 9, 5), (2, 5, 5)]);
    some.reinstated = vec![Reinstated { listing_id: 3, brand_id: 7 }, Reinstated { listing_id: 4, brand_id: 9 }];
    // A listing that is not removed, and one that came back to strangers only.
    let back = [(3, Tier::SameListing, 7), (2, Tier::OtherMerchant, 9)];
    let rates = rates(&some, back.into_iter(), AS_OF);
    let rows: Vec<(Option<i64>, i64, i64, i64)> = rates
        .rates
        .iter()
        .filter(|r| r.tier == RateTier::ABC)
        .map(|r| (r.brand_id, r.removals, r.reinstated, r.reappeared))
        .collect();
    assert_eq!(rows, [(None, 2, 2, 0), (Some(5), 1, 0, 0), (Some(7), 0, 1, 0), (Some(9), 1, 1, 0)]);
}

#[test]
fn curves_have_a_step_for_each_day_on_which_something_came_back() {
    let day = MICROS_PER_DAY;
    let removed: Vec<(i64, i64, i64)> = (1..=4).map(|id| (id, 5, AS_OF - 400 * day)).collect();
    let at = |days: i64, micros: i64| AS_OF - 400 * day + days * day + micros;
    let back = [
        (1, Tier::SameMerchant, at(2, 0)),
        (2, Tier::SameMerchant, at(2, 1)),
        (3, Tier::LinkedMerchant, at(2, 5)),
        (4, Tier::SameMerchant, at(380, 0)),
    ];
    let rates = rates(&standing(&removed), back.into_iter(), AS_OF);
    let steps = |tier: RateTier| -> Vec<(i64, Option<f64>)> {
        let of = rates.curves.iter().filter(|c| c.brand_id == Some(5) && c.tier == tier);
        of.map(|c| (c.day, c.share.rate)).collect()
    };
    // What comes back at the end of the second day belongs to it; past a year the curve ends.
    assert_eq!(steps(RateTier::ABC), [(2, Some(0.25)), (3, Some(0.75))]);
    assert_eq!(steps(RateTier::AB), [(2, Some(0.25)), (3, Some(0.5))]);
    assert_eq!(steps(RateTier::A), []);
}

//! What was bought or planned lately is not planned again.

use std::collections::BTreeSet;

use super::{PLAN, int, listings_of, market, over, picks, run};
use crate::support::market::purchases;
use crate::support::time::{HOUR, at, days_before};
use crate::support::{DAY, Purchase};

/// A purchase from a listing of brand 1, ordered at an instant and still on its way.
fn ordered(listing: i64, ordered_at: i64) -> Purchase {
    let purchase = Purchase::random(listing, 1, (1, 2), "genuine").outstanding();
    Purchase { ordered_at, notarised_at: None, delivered_at: None, ..purchase }
}

/// The first instant of a period of some days that ends with [`DAY`].
fn first_of(days: u64) -> i64 {
    at(&format!("{} 16:00", days_before(DAY, days)))
}

#[test]
fn a_listing_that_was_bought_is_left_out_for_twenty_seven_days() {
    let mut market = market();
    market.purchases = vec![ordered(10_001, first_of(27)), ordered(10_002, first_of(27) - 1)];
    // However it was selected and whatever became of it; the newest order counts.
    market.purchases.push(Purchase::random(10_003, 1, (1, 2), "counterfeit").aimed("brand_request"));
    market.purchases.push(ordered(10_004, first_of(400)));
    market.purchases.push(ordered(10_004, first_of(3)));
    let lake = market.lake();
    let everything: BTreeSet<i64> = listings_of(&picks(&lake, "--budget 500 --seed 1")).into_iter().collect();
    assert_eq!(everything.len(), 170);
    let found = [10_001, 10_002, 10_003, 10_004].map(|listing| everything.contains(&listing));
    assert_eq!(found, [false, true, false, false]);
    let notes = &lake.manifest(PLAN)["notes"];
    assert_eq!((&notes["listings_in_their_cooling_off_period"], &notes["candidates"]), (&3.into(), &170.into()));
    // Another period, another plan.
    let shorter = picks(&lake, "--budget 500 --seed 1 --cooling-off-days 10");
    assert_eq!(shorter.len(), 172, "only 10,004 was ordered from in the last ten days");
    assert_eq!(picks(&lake, "--budget 500 --seed 1 --cooling-off-days 0").len(), 173);
}

#[test]
fn bought_listings_leave_the_strata_too() {
    let mut market = market();
    market.purchases = (0..40).map(|n| ordered(10_000 + n, first_of(5))).collect();
    let lake = market.lake();
    run(&lake, "--budget 30 --seed 1").ok();
    let of_brand_1: i64 =
        lake.rows("pilot_plan_strata").iter().filter(|s| s["brand_id"] == 1).map(|s| int(s, "listings")).sum();
    assert_eq!(of_brand_1, 80);
}

#[test]
fn the_plans_of_two_days_share_no_listing() {
    let lake = over(&market(), 3);
    let mut seen = BTreeSet::new();
    for n in [2, 1, 0] {
        let day = days_before(DAY, n);
        lake.job_at("pilot-plan", &day).args("--budget 50 --seed 9").run().ok();
        let plan = listings_of(&lake.rows_on(PLAN, &day));
        assert_eq!(plan.len(), 50);
        for listing in plan {
            assert!(seen.insert(listing), "listing {listing} is planned again on {day}");
        }
    }
    assert_eq!(seen.len(), 150);
    assert_eq!(lake.manifest(PLAN)["notes"]["listings_in_their_cooling_off_period"], 100);
}

#[test]
fn without_a_period_a_listing_may_be_planned_every_day() {
    let lake = over(&market(), 2);
    for n in [1, 0] {
        let words = "--budget 173 --seed 9 --cooling-off-days 0";
        lake.job_at("pilot-plan", &days_before(DAY, n)).args(words).run().ok();
    }
    assert_eq!(lake.rows(PLAN).len(), 173);
}

#[test]
fn when_everything_was_planned_the_day_before_there_is_nothing_to_plan() {
    let lake = over(&market(), 2);
    lake.job_at("pilot-plan", &days_before(DAY, 1)).args("--budget 173 --seed 9").run().ok();
    run(&lake, "--budget 10 --seed 9").refused(&["no active listing of a brand is left to buy"]);
    assert!(!lake.mart(PLAN).exists() && !lake.mart("purchase_desk").exists());
}

#[test]
fn a_plan_of_a_later_day_cools_nothing_off() {
    let lake = over(&market(), 2);
    run(&lake, "--budget 173 --seed 9").ok();
    let yesterday = days_before(DAY, 1);
    lake.job_at("pilot-plan", &yesterday).args("--budget 173 --seed 9").run().ok();
    assert_eq!(lake.rows_on(PLAN, &yesterday).len(), 173);
}

#[test]
fn a_new_plan_of_a_day_replaces_the_old_one() {
    let lake = market().lake();
    let first = picks(&lake, "--budget 120 --seed 1");
    let second = picks(&lake, "--budget 120 --seed 2");
    let first: BTreeSet<i64> = listings_of(&first).into_iter().collect();
    assert!(listings_of(&second).iter().any(|l| first.contains(l)), "the replaced plan cooled its listings off");
}

#[test]
fn orders_recorded_since_change_the_plan() {
    let mut market = market();
    let lake = market.lake();
    picks(&lake, "--budget 60 --seed 1");
    let first = listings_of(&lake.rows(PLAN));
    market.purchases = first.iter().take(10).map(|l| ordered(*l, at("2026-11-16 04:00") - HOUR)).collect();
    lake.put(&purchases(market.purchases.clone()), DAY);
    let second = listings_of(&picks(&lake, "--budget 60 --seed 1"));
    assert!(first[..10].iter().all(|l| !second.contains(l)));
}

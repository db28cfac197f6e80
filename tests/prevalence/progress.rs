//! How far the purchases have come: the mart `pilot_progress`.

use serde_json::json;

use super::{PROGRESS, run, simple};
use crate::support::marts::{Row, same};
use crate::support::time::{HOUR, at, t};
use crate::support::{Lake, Market, Purchase};

const DAY_LONG: i64 = 24 * HOUR;

/// The row of a brand (or of all) and period.
#[track_caller]
fn row(lake: &Lake, brand: Option<i64>, period: &str) -> Row {
    let rows = lake.rows(PROGRESS);
    let found = rows.into_iter().find(|r| r["brand_id"].as_i64() == brand && r["period"] == period);
    found.unwrap_or_else(|| panic!("no row of {brand:?} and {period}"))
}

/// A purchase ordered twenty days before T, and the days from step to step.
fn bought(listing: i64, steps: [Option<i64>; 3], verdict: Option<&'static str>) -> Purchase {
    let purchase = Purchase::random(listing, 1, (1, 2), "genuine");
    let mut when = purchase.ordered_at;
    let [notarised_at, delivered_at, authenticated_at] = steps.map(|days| {
        days.map(|days| {
            when += days * DAY_LONG;
            when
        })
    });
    Purchase { notarised_at, delivered_at, authenticated_at, verdict, ..purchase }
}

fn acted(purchase: Purchase, action: &'static str, days: Option<i64>) -> Purchase {
    let action_at = days.map(|days| purchase.authenticated_at.expect("a verdict") + days * DAY_LONG);
    Purchase { action: Some(action), action_at, ..purchase }
}

/// Nine purchases at every step.
fn nine() -> Vec<Purchase> {
    let fake = |listing, steps| bought(listing, steps, Some("counterfeit"));
    vec![
        bought(1, [None, None, None], None),
        bought(2, [Some(1), None, None], None),
        bought(3, [Some(3), Some(2), None], None),
        bought(4, [Some(2), Some(4), Some(5)], Some("genuine")),
        bought(5, [Some(4), Some(6), Some(7)], Some("inconclusive")),
        acted(fake(6, [Some(1), Some(3), Some(1)]), "online", Some(2)),
        acted(fake(7, [Some(1), Some(5), Some(3)]), "offline", Some(6)),
        acted(fake(8, [Some(2), Some(7), Some(2)]), "none", None),
        fake(9, [Some(2), Some(3), Some(9)]),
    ]
}

#[test]
fn purchases_are_counted_at_every_step_with_its_median_days() {
    let mut market = Market::of_brands(1);
    market.purchases = nine();
    market.purchases[1].selection = "targeted";
    market.purchases[6].selection = "targeted";
    market.purchases[7].selection = "brand_request";
    let lake = market.lake();
    run(&lake, "").ok();
    // library(survival); median <- function(t, e) summary(survfit(Surv(t, e) ~ 1))$table[["median"]]
    // notarised:     median(c(20,1,3,2,4,1,1,2,2), c(0,1,1,1,1,1,1,1,1)) is 2
    // delivered:     median(c(20,19,2,4,6,3,5,7,3), c(0,0,1,1,1,1,1,1,1)) is 5
    // authenticated: median(c(15,5,7,1,3,2,9), c(0,1,1,1,1,1,1)) is 5
    // acted:         median(c(2,6,6), c(1,1,0)) is 6; the fourth one is not acted on, by decision
    let expected = json!({
        "ordered": 9, "random": 6, "targeted": 2, "brand_request": 1, "notarised": 8, "delivered": 7,
        "authenticated": 6, "genuine": 1, "counterfeit": 4, "inconclusive": 1, "acted_offline": 1, "acted_online": 1,
        "median_days_to_notarised": 2.0, "median_days_to_delivered": 5.0, "median_days_to_authenticated": 5.0,
        "median_days_to_acted": 6.0,
    });
    same(&row(&lake, Some(1), "all"), &expected);
    same(&row(&lake, Some(1), "window"), &expected);
    same(&row(&lake, None, "all"), &expected);
}

#[test]
fn where_fewer_than_half_have_come_that_far_there_is_no_median() {
    let mut market = Market::of_brands(1);
    market.purchases = vec![bought(1, [Some(2), None, None], None), bought(2, [None, None, None], None)];
    market.purchases.push(bought(3, [None, None, None], None));
    let lake = market.lake();
    run(&lake, "").ok();
    let nothing = json!({
        "ordered": 3, "notarised": 1, "median_days_to_notarised": null, "median_days_to_delivered": null,
        "median_days_to_authenticated": null, "median_days_to_acted": null,
    });
    same(&row(&lake, Some(1), "all"), &nothing);
}

#[test]
fn a_window_has_the_purchases_ordered_in_it() {
    let mut market = simple(0, 2, 0);
    let first = at("2026-11-13 16:00");
    let ordered = |ordered_at| Purchase { ordered_at, ..bought(1, [None; 3], None) };
    market.purchases = [first - 1, first, t() - 1].map(ordered).to_vec();
    let lake = market.lake();
    run(&lake, "--days 3").ok();
    assert_eq!(row(&lake, Some(1), "window")["ordered"], 2);
    assert_eq!(row(&lake, Some(1), "all")["ordered"], 3);
}

#[test]
fn all_brands_are_everything_that_was_bought() {
    let mut market = Market::of_brands(3);
    market.purchases = nine();
    market.purchases.extend(nine().into_iter().take(4).map(|p| Purchase { brand_id: 2, ..p }));
    market.purchases.extend(nine().into_iter().take(2).map(|p| Purchase { brand_id: 44, ..p }));
    let lake = market.lake();
    run(&lake, "").ok();
    let keys: Vec<(Option<i64>, String)> = lake
        .rows(PROGRESS)
        .iter()
        .map(|r| (r["brand_id"].as_i64(), r["period"].as_str().expect("a period").to_owned()))
        .collect();
    let expected: Vec<(Option<i64>, String)> = [None, Some(1), Some(2), Some(3)]
        .into_iter()
        .flat_map(|brand| ["window", "all"].map(|period| (brand, period.to_owned())))
        .collect();
    assert_eq!(keys, expected);
    let ordered = |brand| row(&lake, brand, "all")["ordered"].as_i64();
    assert_eq!([ordered(None), ordered(Some(1)), ordered(Some(2)), ordered(Some(3))], [15, 9, 4, 0].map(Some));
}

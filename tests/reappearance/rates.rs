//! Rates and curves as they are published.

use serde_json::json;

use super::{Offer, PAIRS, RATES, REMOVALS, Removed, Scene, ago, int, rate, removal};
use crate::support::pictures::{Image, photo};
use crate::support::time::{HOUR, rfc3339};

#[test]
fn the_removal_is_the_first_takedown_that_stands() {
    // Reinstated first, then removed by claim 5, then by claim 4.
    let mut scene = Scene::new().with(Offer::later(200, 1), &[Image::of(200, photo(100))]);
    let first = Removed { claim_id: 3, at: ago(900), reinstated_at: Some(ago(800)), ..Removed::of(100, 1) };
    let again = Removed { claim_id: 4, at: removal() + HOUR, ..Removed::of(100, 1) };
    scene.removed = vec![again, Removed { claim_id: 5, ..Removed::of(100, 1) }, first];
    let rows = scene.pairs();
    assert_eq!((rows.len(), &rows[0]["claim_id"], &rows[0]["removed_at"]), (1, &json!(5), &json!(rfc3339(removal()))));
    // At one instant, the smaller claim; its brand is the removal's.
    scene.removed =
        vec![Removed { claim_id: 3, ..Removed::of(100, 1) }, Removed { claim_id: 2, ..Removed::of(100, 1) }];
    let rows = scene.pairs();
    assert_eq!((&rows[0]["claim_id"], &rows[0]["brand_id"]), (&json!(2), &json!(2)));
}

#[test]
fn reinstated_listings_are_no_removals_and_are_counted_apart() {
    let mut scene = Scene::new().with(Offer::later(200, 1), &[Image::of(200, photo(100))]);
    scene.removed[0].reinstated_at = Some(ago(100));
    scene.offers[0] = Offer { status: "active", reactivated_at: Some(ago(100)), ..Offer::removed(100, 1) };
    // Of listing 101 one removal stands: it is not among the reinstated.
    let mut scene = scene.with(Offer::removed(101, 2), &[]);
    scene.removed.push(Removed { claim_id: 3, reinstated_at: Some(ago(50)), ..Removed::of(101, 2) });
    scene.removed.push(Removed { claim_id: 4, ..Removed::of(101, 2) });
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    assert!(lake.rows(PAIRS).is_empty());
    for tier in ["A", "AB", "ABC"] {
        let row = rate(&lake, Some(1), tier);
        assert_eq!(["removals", "reinstated", "reappeared"].map(|name| int(&row[name])), [1, 1, 0]);
    }
    let removals = lake.rows(REMOVALS);
    let told: Vec<_> = removals.iter().map(|r| (int(&r["removed_listing_id"]), r["removed_at"].is_null())).collect();
    assert_eq!(told, [(100, true), (101, false)]);
}

#[test]
fn pending_and_kept_takedowns_remove_nothing() {
    let lake = Scene::new().with(Offer::later(200, 1), &[Image::of(200, photo(100))]).lake();
    for outcome in ["pending", "kept", "already_gone"] {
        let mut table = lake.table("takedowns");
        table.set(0, "outcome", outcome);
        table.set(0, "taken_down_at", crate::support::Cell::Null);
        if outcome == "pending" {
            table.set(0, "decided_at", crate::support::Cell::Null);
        }
        lake.put(&table, crate::support::DAY);
        lake.job("reappearance").run().ok();
        assert_eq!((lake.rows(PAIRS).len(), int(&rate(&lake, None, "ABC")["removals"])), (0, 0), "{outcome}");
    }
}

#[test]
fn a_listing_counts_with_its_first_return_in_the_tiers() {
    // Back as itself after 40 days, with the same merchant after 20, a linked one after 10, a stranger after one.
    let days = |n: i64| ago(2_400) + n * 24 * HOUR;
    let mut scene = Scene::new().key(0, "e", [1, 2]);
    scene.removed[0].at = ago(2_400);
    scene.offers[0] = Offer { status: "active", reactivated_at: Some(days(40)), ..scene.offers[0].clone() };
    let scene =
        [(200, 1, 20), (300, 2, 10), (400, 3, 1)].into_iter().fold(scene, |scene, (listing, merchant, after)| {
            let offer = Offer { listed_at: days(after), ..Offer::later(listing, merchant) };
            scene.with(offer, &[Image::of(listing, photo(100))])
        });
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    assert_eq!(lake.rows(PAIRS).len(), 4);
    let back = |tier: &str| {
        let row = rate(&lake, Some(1), tier);
        ["rate_7d", "rate_30d", "rate_90d"].map(|name| row[name].as_f64())
    };
    assert_eq!(back("A"), [Some(0.0), Some(0.0), Some(1.0)]);
    assert_eq!(back("AB"), [Some(0.0), Some(1.0), Some(1.0)]);
    assert_eq!(back("ABC"), [Some(0.0), Some(1.0), Some(1.0)]);
    let row = rate(&lake, None, "ABC");
    assert!(["rate_7d_low", "rate_30d_low", "rate_90d_high"].iter().all(|name| row[*name].is_null()));
    let curve = lake.rows("reappearance_curves");
    let steps: Vec<_> =
        curve.iter().filter(|r| r["brand_id"] == 1).map(|r| (r["tier"].clone(), int(&r["day"]))).collect();
    assert_eq!(steps, [(json!("A"), 40), (json!("AB"), 20), (json!("ABC"), 10)]);
}

/// R 4.5, survival 3.8:
///
/// ```r
/// t <- c(7 * 24, 240, 240, 240, 100)   # hours: one back at seven days to the microsecond, one followed for 100 hours
/// e <- c(1, 0, 0, 0, 0)
/// s <- summary(survfit(Surv(t, e) ~ 1, conf.type = "log-log"), times = 7 * 24)
/// print(1 - c(s$surv, s$upper, s$lower), digits = 15)
/// ```
#[test]
fn the_rate_is_that_of_r_and_follow_up_ends_at_t() {
    let mut scene = Scene::new()
        .with(Offer { listed_at: removal() + 7 * 24 * HOUR, ..Offer::later(200, 1) }, &[Image::of(200, photo(100))]);
    for (listing, hours) in [(101, 240), (102, 240), (103, 240), (104, 100)] {
        scene = scene.with(Offer::removed(listing, 5), &[Image::of(listing, photo(listing as u64))]);
        scene.removed.push(Removed { at: ago(hours), ..Removed::of(listing, 5) });
    }
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    let row = rate(&lake, None, "AB");
    assert_eq!(["removals", "reappeared"].map(|name| int(&row[name])), [5, 1]);
    for (name, expected) in
        [("rate_7d", 0.25), ("rate_7d_low", 0.0394513577149216), ("rate_7d_high", 0.8720530824048541)]
    {
        let found = row[name].as_f64().expect("a figure");
        assert!((found - expected).abs() < 1e-12, "{name} is {found}, not {expected}");
    }
    // Nobody has been followed for thirty days.
    for name in ["rate_30d", "rate_30d_low", "rate_90d", "rate_90d_high"] {
        assert!(row[name].is_null(), "{name}");
    }
}

#[test]
fn a_lake_without_removals_has_rates_of_nothing() {
    let mut scene = Scene::new();
    scene.removed.clear();
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    assert!(lake.rows(PAIRS).is_empty() && lake.rows(REMOVALS).is_empty());
    let rows = lake.rows(RATES);
    let told: Vec<_> = rows.iter().map(|r| (r["brand_id"].is_null(), r["tier"].clone(), int(&r["removals"]))).collect();
    assert_eq!(told, [(true, json!("A"), 0), (true, json!("AB"), 0), (true, json!("ABC"), 0)]);
}

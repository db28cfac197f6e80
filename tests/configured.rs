//! What configuration and options change: the cap on listings, the limit, the window, the lake's time zone.

use serde_json::json;

use crate::support::marts::{Row, same};
use crate::support::time::{HOUR, at, t};
use crate::support::{Brand, Claim, Lake, Right, Takedown, fixture};

/// A lake of one claim that names `listings`, each removed an hour later than the one before.
fn one_claim(listings: i64) -> Lake {
    let right = Right { right_id: 11, brand_id: 1, right_type: "trademark", valid_to: None };
    let start = at("2026-11-10 00:00");
    let takedown = |n: i64| Takedown::removed(1, n + 1, start + (n % 48) * HOUR);
    Lake::of(vec![
        fixture::brands().with_rows([Brand::new(1, "Aurelia")]),
        fixture::ip_rights().with_rows([right]),
        fixture::claims().with_rows([Claim::new(1, start, start)]),
        fixture::claim_holds(),
        fixture::takedowns().with_rows((0..listings).map(takedown)),
    ])
}

fn over_cap(rows: &[Row]) -> usize {
    rows.iter().filter(|r| r["violations"] == json!(["claim_over_500_listings"])).count()
}

fn window(lake: &Lake) -> Row {
    let rows = lake.rows("takedown_sla");
    let found = rows.iter().find(|r| {
        r["scope"] == "all" && r["right_type"] == "all" && r["channel_locale"] == "all" && r["period"] == "window"
    });
    found.expect("the window").clone()
}

#[test]
fn a_claim_with_501_listings_is_listed_and_still_counted() {
    let lake = one_claim(501);
    lake.sla().run().ok();
    let rows = lake.rows("takedown_outcomes");
    assert_eq!((rows.len(), over_cap(&rows)), (501, 501));
    // Listings 1–25 of each 48 are removed after 0 to 24 hours: 10 × 25 and 21 of the last 21.
    same(&window(&lake), &json!({ "takedowns": 501, "met": 271, "breached": 230, "excluded": 0, "claims": 1 }));
}

#[test]
fn a_claim_with_500_listings_is_in_order() {
    let lake = one_claim(500);
    lake.sla().run().ok();
    assert_eq!(over_cap(&lake.rows("takedown_outcomes")), 0);
}

#[test]
fn the_cap_on_listings_is_configured() {
    let lake = one_claim(20);
    let config = lake.config("claim_listing_cap = 19\n");
    lake.sla().with("--config", config).run().ok();
    assert_eq!(over_cap(&lake.rows("takedown_outcomes")), 20);
    assert_eq!(lake.manifest("takedown_outcomes")["configuration"]["claim_listing_cap"], 19);
}

#[test]
fn the_limit_is_configured() {
    let lake = one_claim(48);
    let config = lake.config("sla_limit_hours = 12\n");
    lake.sla().with("--config", config).run().ok();
    // 0 to 12 hours.
    same(&window(&lake), &json!({ "met": 13, "breached": 35 }));
    let due = &lake.rows("takedown_outcomes")[0]["due_at"];
    assert_eq!(due, "2026-11-10T12:00:00Z");
}

#[test]
fn the_window_is_given_by_days() {
    let lake = Lake::sound();
    lake.sla().args("--days 1").run().ok();
    let rows = lake.rows("takedown_sla");
    assert!(rows.iter().filter(|r| r["period"] == "window").all(|r| r["period_start"] == "2026-11-16"));
    // Outcomes are of all takedowns, whatever the window.
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);

    let lake = Lake::sound();
    let config = lake.config("days = 30\n");
    lake.sla().with("--config", &config).run().ok();
    assert_eq!(window(&lake)["period_start"], "2026-10-18");
    // The command line wins over the file.
    lake.sla().with("--config", &config).args("--days 14").run().ok();
    assert_eq!(window(&lake)["period_start"], "2026-11-03");
}

#[test]
fn the_lakes_time_zone_decides_when_the_day_ends() {
    let lake = one_claim(0);
    let mut claims = lake.table("claims");
    claims.rows.clear();
    lake.put(&claims.with_rows([Claim::new(1, t() - HOUR, t() - HOUR)]), crate::support::DAY);
    lake.edit("takedowns", |table| table.rows.push(Takedown::pending(1, 1).into()));
    lake.sla().run().ok();
    same(&lake.rows("takedown_outcomes")[0], &json!({ "net_hours": 1.0, "sla_outcome": "pending" }));
    // Midnight in New York is thirteen hours after midnight in Shanghai.
    let config = lake.config("time_zone = \"America/New_York\"\n");
    lake.sla().with("--config", config).run().ok();
    same(&lake.rows("takedown_outcomes")[0], &json!({ "net_hours": 14.0 }));
}

#[test]
fn lake_and_marts_may_come_from_the_configuration() {
    let lake = Lake::sound();
    let text = format!("lake = {:?}\nmarts = {:?}\n", lake.root(), lake.marts());
    let config = lake.config(&text);
    crate::support::Call::new("takedown-sla --as-of latest --log text").with("--config", config).run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

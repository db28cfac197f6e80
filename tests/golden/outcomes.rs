//! `takedown_outcomes`, row by row.

use serde_json::{Value, json};

use super::mart;
use crate::support::marts::same;

/// Finds the row of a claim and listing and compares it.
#[track_caller]
fn row(claim: i64, listing: i64, expected: &Value) {
    let rows = mart("takedown_outcomes");
    let found = rows.iter().find(|r| r["claim_id"] == claim && r["listing_id"] == listing).expect("the row");
    same(found, expected);
}

/// The fields of an excluded row that are the same for all of them.
#[track_caller]
fn excluded(claim: i64, listing: i64, reason: &str, more: &Value) {
    row(
        claim,
        listing,
        &json!({
            "sla_outcome": "excluded", "exclusion_reason": reason,
            "paused_hours": 0.0, "net_hours": null, "gross_hours": null,
        }),
    );
    row(claim, listing, more);
}

#[test]
fn the_columns_are_the_contracts_in_its_order() {
    let rows = mart("takedown_outcomes");
    let names: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    let contract = [
        "claim_id",
        "listing_id",
        "brand_id",
        "merchant_id",
        "right_type",
        "channel_locale",
        "submitted_at",
        "qualified_at",
        "due_at",
        "taken_down_at",
        "paused_hours",
        "net_hours",
        "gross_hours",
        "sla_outcome",
        "exclusion_reason",
        "violations",
    ];
    assert_eq!(names[..contract.len()], contract);
}

#[test]
fn every_takedown_has_its_row_in_the_keys_order() {
    let keys: Vec<(i64, i64)> = mart("takedown_outcomes")
        .iter()
        .map(|r| (r["claim_id"].as_i64().expect("a claim"), r["listing_id"].as_i64().expect("a listing")))
        .collect();
    assert_eq!(keys.len(), 16);
    assert!(keys.is_sorted(), "{keys:?}");
}

#[test]
fn overlapping_holds_stop_the_clock_once() {
    // Qualified on the 9th at 01:00, removed on the 10th at 06:00: 29 h, less 05:00–11:00. 24 running hours are four
    // until 05:00 and twenty from 11:00: due at 07:00. Gross from 00:00.
    row(
        101,
        1001,
        &json!({
            "claim_id": 101, "listing_id": 1001, "brand_id": 1, "merchant_id": 900, "right_type": "trademark",
            "channel_locale": "en", "submitted_at": "2026-11-09T00:00:00Z", "qualified_at": "2026-11-09T01:00:00Z",
            "due_at": "2026-11-10T07:00:00Z", "taken_down_at": "2026-11-10T06:00:00Z", "paused_hours": 6.0,
            "net_hours": 23.0, "gross_hours": 30.0, "sla_outcome": "met", "exclusion_reason": null, "violations": [],
        }),
    );
    // Two hours later: 25 h.
    row(101, 1002, &json!({ "net_hours": 25.0, "gross_hours": 32.0, "paused_hours": 6.0, "sla_outcome": "breached" }));
}

#[test]
fn kept_and_already_gone_are_excluded_with_their_word() {
    let due = json!({ "due_at": "2026-11-10T07:00:00Z", "taken_down_at": null, "violations": [] });
    excluded(101, 1003, "kept", &due);
    excluded(101, 1004, "already_gone", &due);
    excluded(110, 1001, "already_gone", &json!({ "due_at": "2026-11-03T16:00:00Z" }));
}

#[test]
fn an_open_hold_leaves_the_due_instant_unknown() {
    // Qualified on the 15th at 10:00, stopped from 20:00 to T: 10 h net, 20 h paused. Gross from the 15th 00:00: 40 h.
    row(
        102,
        1005,
        &json!({
            "due_at": null, "paused_hours": 20.0, "net_hours": 10.0, "gross_hours": 40.0, "sla_outcome": "pending",
            "exclusion_reason": null, "taken_down_at": null, "violations": ["right_missing"], "right_type": "patent",
        }),
    );
}

#[test]
fn open_past_due_is_breached() {
    // From the 10th 12:00 to the 16th 16:00: six days and four hours.
    row(
        103,
        1006,
        &json!({
            "due_at": "2026-11-11T12:00:00Z", "paused_hours": 0.0, "net_hours": 148.0, "gross_hours": 160.0,
            "sla_outcome": "breached", "taken_down_at": null, "violations": ["right_expired"],
            "channel_locale": "zh-CN",
        }),
    );
}

#[test]
fn a_removal_before_qualification_is_met_and_listed() {
    // Removed at 04:00, qualified at 04:30, submitted at 02:00.
    row(
        104,
        1007,
        &json!({
            "net_hours": -0.5, "gross_hours": 2.0, "paused_hours": 0.0, "sla_outcome": "met",
            "due_at": "2026-11-10T04:30:00Z",
            "violations": ["right_of_another_brand", "removed_before_qualification"],
        }),
    );
}

#[test]
fn the_claims_word_excludes_before_the_listings() {
    let kept =
        json!({ "taken_down_at": "2026-11-09T18:00:00Z", "due_at": null, "qualified_at": "2026-11-09T13:00:00Z" });
    excluded(105, 1008, "withdrawn", &kept);
    excluded(105, 1009, "withdrawn", &json!({ "violations": [] }));
    excluded(106, 1010, "in_review", &json!({ "qualified_at": null, "due_at": null }));
    excluded(107, 1011, "rejected", &json!({ "qualified_at": null, "violations": ["right_missing"] }));
}

#[test]
fn the_limit_itself_is_met_and_a_microsecond_more_is_not() {
    row(108, 1012, &json!({ "net_hours": 24.0, "sla_outcome": "met", "due_at": "2026-11-13T00:00:00Z" }));
    // 86,400.000001 s / 3600.
    row(108, 1013, &json!({ "net_hours": 24.000_000_000_277_777, "sla_outcome": "breached" }));
}

#[test]
fn a_takedown_before_the_window_is_judged_all_the_same() {
    // The window decides about takedown_sla only. 15:59:59.999999 to 20:00 is four hours and a microsecond.
    row(109, 1014, &json!({ "net_hours": 4.000_000_000_277_778, "sla_outcome": "met" }));
    row(110, 1015, &json!({ "net_hours": 2.0, "gross_hours": 3.0, "sla_outcome": "met" }));
}

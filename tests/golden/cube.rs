//! `takedown_sla`: the cells in which each figure is reckoned out by hand, and which cells there are.
//!
//! Net hours by listing, in their order: 1007 at 0 (it is −0.5), 1015 at 2, 1005 censored at 10, 1001 at 23, 1012 at
//! 24, 1013 a microsecond later (ε), 1002 at 25, 1006 censored at 148. Gross: 1007 2, 1015 3, 1012 24, 1013 24+ε,
//! 1001 30, 1002 32, censored 1005 40 and 1006 160. 1014 lies before the window. Incidence counts also 1004 gone at 1,
//! 1008 removed at 5 before its claim's withdrawal, 1003 kept at 6 (12 h less the hold), 1009 withdrawn at 8, and
//! 1001 of claim 110, gone at 24.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::mart;
use crate::support::marts::{Row, same};

/// 24 hours and a microsecond.
const EPSILON_LATE: f64 = 24.000_000_000_277_777;

/// The row of a cell, written `brand right_type channel_locale period period_start` with `all` for any brand.
#[track_caller]
fn cell(rows: &[Row], key: &str) -> Row {
    let found: Vec<&Row> = rows.iter().filter(|r| key_of(r) == key).collect();
    assert_eq!(found.len(), 1, "{key}");
    found[0].clone()
}

fn key_of(row: &Row) -> String {
    let brand = row["brand_id"].as_i64().map_or_else(|| "all".to_owned(), |id| id.to_string());
    let text = |column: &str| row[column].as_str().expect("a word").to_owned();
    format!("{brand} {} {} {} {}", text("right_type"), text("channel_locale"), text("period"), text("period_start"))
}

#[track_caller]
fn is(key: &str, expected: &Value) {
    same(&cell(&mart("takedown_sla"), key), expected);
}

#[test]
fn the_whole_window() {
    // Met 1001, 1007, 1012, 1015; breached 1002, 1006, 1013; pending 1005; excluded 1003, 1004, 1008–1011 and 1001 of
    // 110. Clusters (met of judged): 101 1/2, 103 0/1, 104 1/1, 108 1/2, 110 1/1; effective n is capped at 7.
    // KM: S(0) = 7/8, S(2) = 6/8, then 5 at risk: S(23) = 6/8·4/5 = .6, S(24) = .45, S(24+ε) = .3, S(25) = .15: the
    // median is 24 and no further quantile is reached. Gross: four events of eight, the fourth at 24+ε.
    // Incidence of 13: 0 (1/13), gone 1, 2, 5 (3/13), kept 6, withdrawn 8: S = 7/13. Censored 10: 6 at risk. 23:
    // 7/78. 24: S is 35/78 of 5 at risk, one removed, one gone: 7/78. Together 3/13 + 14/78 = 32/78.
    // Claims 101 b, 102 p, 103 b, 104 m, 108 b, 110 m. Last removals: 0, 2, censored 10, 24+ε, 25, censored 148:
    // S = 5/6, 4/6, then 3 at risk: 4/9 at 24+ε.
    is(
        "all all all window 2026-11-03",
        &json!({
            "scope": "all", "brand_id": null, "takedowns": 15, "met": 4, "breached": 3, "pending": 1, "excluded": 7,
            "compliance_rate": 4.0 / 7.0, "ci_low": 0.250458364527657, "ci_high": 0.841780144748530,
            "clustered_low": 0.184051567640083, "clustered_high": 0.901011721557492,
            "bound_low": 4.0 / 8.0, "bound_high": 5.0 / 8.0,
            "median_hours": 24.0, "p90_hours": null, "p95_hours": null, "p99_hours": null,
            "gross_median_hours": EPSILON_LATE, "removed_by_limit_cif": 32.0 / 78.0,
            "claims": 5, "claims_met": 2, "last_listing_median_hours": EPSILON_LATE, "oldest_open_hours": 148.0,
        }),
    );
}

#[test]
fn a_brand() {
    // Met 1001, 1012, 1015; breached 1002, 1006, 1013; pending 1005; excluded 1003, 1004, 1001 of 110.
    // KM of 7: S(2) = 6/7, then 5 at risk: 23: .686, 24: .514, 24+ε: .343. Gross: 30 is the fourth of seven.
    // Incidence of 10: gone 1, 2 (1/10), kept 6: S = 7/10. Censored 10: 6 at risk. 23: 7/60; 24: 7/60. 20/60 together.
    // Last removals: 2, censored 10, 24+ε, 25, censored 148: S = 4/5, then 3 at risk: .533, .267.
    is(
        "1 all all window 2026-11-03",
        &json!({
            "scope": "brand", "brand_id": 1, "takedowns": 10, "met": 3, "breached": 3, "pending": 1, "excluded": 3,
            "compliance_rate": 0.5, "ci_low": 0.187616306482651, "ci_high": 0.812383693517349,
            "clustered_low": 0.118117248757025, "clustered_high": 0.881882751242975,
            "bound_low": 3.0 / 7.0, "bound_high": 4.0 / 7.0, "median_hours": EPSILON_LATE, "p90_hours": null,
            "gross_median_hours": 30.0, "removed_by_limit_cif": 1.0 / 3.0, "claims": 4, "claims_met": 1,
            "last_listing_median_hours": 25.0, "oldest_open_hours": 148.0,
        }),
    );
}

#[test]
fn a_brand_with_one_judged_claim_has_no_clustered_interval() {
    // One removal, at a net of less than nothing, which counts as 0 in the curves. Incidence: 0, 5 of three.
    is(
        "2 all all window 2026-11-03",
        &json!({
            "takedowns": 5, "met": 1, "breached": 0, "pending": 0, "excluded": 4, "compliance_rate": 1.0,
            "ci_low": 0.206549314377238, "ci_high": 1.0, "clustered_low": null, "clustered_high": null,
            "bound_low": 1.0, "bound_high": 1.0, "median_hours": 0.0, "p90_hours": 0.0, "p99_hours": 0.0,
            "gross_median_hours": 2.0, "removed_by_limit_cif": 2.0 / 3.0, "claims": 1, "claims_met": 1,
            "last_listing_median_hours": 0.0, "oldest_open_hours": null,
        }),
    );
}

#[test]
fn the_first_week_holds_the_windows_days_only() {
    // 1007 on Sunday the 8th in New York, 1015 and 1001 of 110 on Tuesday the 3rd in Shanghai; 1014 was a day before.
    // All met: the effective n is n, and the lower end of the clustered interval the square root of 2.5 %.
    is(
        "all all all week 2026-11-02",
        &json!({
            "takedowns": 3, "met": 2, "breached": 0, "pending": 0, "excluded": 1, "compliance_rate": 1.0,
            "ci_low": 0.342380227506653, "ci_high": 1.0, "clustered_low": 0.158113883008419, "clustered_high": 1.0,
            "median_hours": 0.0, "p90_hours": 2.0, "gross_median_hours": 2.0, "removed_by_limit_cif": 2.0 / 3.0,
            "claims": 2, "claims_met": 2, "last_listing_median_hours": 0.0, "oldest_open_hours": null,
        }),
    );
}

#[test]
fn the_second_week() {
    // Met 1001, 1012; breached 1002, 1006, 1013; pending 1005; excluded 1003, 1004, 1008, 1009, and 1010, which is
    // Sunday's in New York and Monday's in Shanghai. KM: censored 10, then 5 at risk: .8, .6, .4 at 24+ε.
    // Gross of 6: 24, 24+ε, 30. Incidence of 10: gone 1, 5 (1/10), kept 6, withdrawn 8: S = 6/10; then 5 at risk:
    // 23 and 24 with .12 each. Claims 101, 103, 108 breached. Last: censored 10, then 24+ε (2/3), 25 (1/3).
    is(
        "all all all week 2026-11-09",
        &json!({
            "takedowns": 11, "met": 2, "breached": 3, "pending": 1, "excluded": 5, "compliance_rate": 0.4,
            "ci_low": 0.117620774232648, "ci_high": 0.769275718723987,
            "clustered_low": 0.0527449505263169, "clustered_high": 0.8533672003653268,
            "bound_low": 2.0 / 6.0, "bound_high": 3.0 / 6.0, "median_hours": EPSILON_LATE, "p90_hours": null,
            "gross_median_hours": 30.0, "removed_by_limit_cif": 0.34, "claims": 3, "claims_met": 0,
            "last_listing_median_hours": 25.0, "oldest_open_hours": 148.0,
        }),
    );
}

#[test]
fn a_cell_with_excluded_takedowns_only_has_counts_and_nothing_else() {
    is(
        "all all all week 2026-11-16",
        &json!({
            "takedowns": 1, "met": 0, "breached": 0, "pending": 0, "excluded": 1, "compliance_rate": null,
            "ci_low": null, "ci_high": null, "clustered_low": null, "clustered_high": null, "bound_low": null,
            "bound_high": null, "median_hours": null, "p90_hours": null, "p95_hours": null, "p99_hours": null,
            "gross_median_hours": null, "removed_by_limit_cif": null, "claims": 0, "claims_met": 0,
            "last_listing_median_hours": null, "oldest_open_hours": null,
        }),
    );
}

#[test]
fn a_cell_of_pending_takedowns_has_bounds_and_no_rate() {
    is(
        "1 patent en window 2026-11-03",
        &json!({
            "takedowns": 1, "pending": 1, "compliance_rate": null, "ci_low": null, "bound_low": 0.0,
            "bound_high": 1.0, "median_hours": null, "removed_by_limit_cif": 0.0, "claims": 0, "claims_met": 0,
            "last_listing_median_hours": null, "oldest_open_hours": 10.0,
        }),
    );
}

#[test]
fn a_right_type_and_channel_over_all_brands() {
    // Claims 101, 108, 110 of brand 1 and 107 of brand 2. KM of 5: 2, 23, 24 (.4), 24+ε, 25 (0). Incidence of 8: gone
    // 1, 2 (1/8), kept 6, 23 (2/8), then 24 (3/8). Clusters 1/2, 1/2, 1/1.
    is(
        "all trademark en window 2026-11-03",
        &json!({
            "takedowns": 9, "met": 3, "breached": 2, "pending": 0, "excluded": 4, "compliance_rate": 0.6,
            "ci_low": 0.230724281276013, "ci_high": 0.882379225767352,
            "clustered_low": 0.146632799634673, "clustered_high": 0.947255049473683,
            "bound_low": 0.6, "bound_high": 0.6, "median_hours": 24.0, "p90_hours": 25.0, "p95_hours": 25.0,
            "p99_hours": 25.0, "gross_median_hours": EPSILON_LATE, "removed_by_limit_cif": 3.0 / 8.0, "claims": 3,
            "claims_met": 1, "last_listing_median_hours": EPSILON_LATE, "oldest_open_hours": null,
        }),
    );
}

/// Which (brand, right type, channel, week) hold takedowns: from the claims, with their cohort days by hand.
const LEAVES: [(&str, &str, &str, &str); 8] = [
    ("1", "trademark", "en", "2026-11-02"),    // 110, Tuesday the 3rd
    ("1", "trademark", "en", "2026-11-09"),    // 101 and 108
    ("1", "patent", "en", "2026-11-09"),       // 102
    ("1", "trademark", "zh-CN", "2026-11-09"), // 103
    ("2", "copyright", "en", "2026-11-02"),    // 104, Sunday the 8th
    ("2", "copyright", "en", "2026-11-09"),    // 105
    ("2", "copyright", "zh-CN", "2026-11-09"), // 106, Sunday the 15th
    ("2", "trademark", "en", "2026-11-16"),    // 107
];

#[test]
fn the_cube_has_every_cell_with_a_takedown_and_no_other() {
    let mut expected = BTreeSet::new();
    for (brand, right, channel, week) in LEAVES {
        for bits in 0..16 {
            let pick = |bit: u8, value: &str| if bits & (1 << bit) == 0 { "all".to_owned() } else { value.to_owned() };
            let period = if bits & 8 == 0 { "window 2026-11-03".to_owned() } else { format!("week {week}") };
            expected.insert(format!("{} {} {} {period}", pick(0, brand), pick(1, right), pick(2, channel)));
        }
    }
    let rows = mart("takedown_sla");
    let found: BTreeSet<String> = rows.iter().map(key_of).collect();
    assert_eq!(found.len(), rows.len(), "no cell twice");
    assert_eq!(found, expected);
}

#[test]
fn the_rows_come_in_the_keys_order() {
    let keys: Vec<(String, Option<i64>, String, String, String, String)> = mart("takedown_sla")
        .iter()
        .map(|r| {
            let text = |column: &str| r[column].as_str().expect("a word").to_owned();
            let (right, channel) = (text("right_type"), text("channel_locale"));
            (text("scope"), r["brand_id"].as_i64(), right, channel, text("period"), text("period_start"))
        })
        .collect();
    assert!(keys.is_sorted(), "{keys:#?}");
}

#[test]
fn the_columns_are_the_contracts_in_its_order() {
    let rows = mart("takedown_sla");
    let names: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    let contract = "scope brand_id right_type channel_locale period period_start takedowns met breached pending \
                    excluded compliance_rate ci_low ci_high clustered_low clustered_high bound_low bound_high \
                    median_hours p90_hours p95_hours p99_hours gross_median_hours removed_by_limit_cif claims \
                    claims_met last_listing_median_hours oldest_open_hours";
    let contract: Vec<&str> = contract.split_whitespace().collect();
    assert_eq!(names[..contract.len()], contract);
}

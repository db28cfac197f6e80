//! Figures that must add up in any lake, over lakes drawn at random.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::marts::Row;
use crate::support::time::{HOUR, t};
use crate::support::{Brand, Claim, Hold, Lake, Right, Takedown, fixture};

const ZONES: [&str; 4] = ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Europe/Berlin"];
const TYPES: [&str; 3] = ["trademark", "patent", "copyright"];

/// One claim by plain numbers: brand, right type, channel, hours since submission, hours to qualification, decision,
/// holds (start and length in hours after qualification; none: open) and listings (outcome and hours).
type Drawn = (i64, usize, bool, i64, i64, u8, Vec<(i64, Option<i64>)>, Vec<(u8, i64)>);

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let hold = (0..60_i64, proptest::option::of(0..40_i64));
    let listing = (0..4_u8, -3..100_i64);
    let claim = (
        1..5_i64,
        0..3_usize,
        any::<bool>(),
        1..700_i64,
        0..30_i64,
        0..6_u8,
        prop::collection::vec(hold, 0..3),
        prop::collection::vec(listing, 0..6),
    );
    prop::collection::vec(claim, 0..40)
}

fn lake_of(claims: &[Drawn]) -> Lake {
    let brands = (1..5).map(|id| Brand { time_zone: ZONES[id as usize - 1], ..Brand::new(id, "Brand") });
    let right = Right { right_id: 11, brand_id: 1, right_type: "trademark", valid_to: None };
    let mut rows = (Vec::new(), Vec::new(), Vec::new());
    for (n, (brand_id, right_type, english, ago, until, decision, holds, listings)) in claims.iter().enumerate() {
        let claim_id = n as i64 + 1;
        let submitted = t() - ago * HOUR;
        let qualified = (submitted + until * HOUR).min(t());
        let (decision, qualified_at, closed_at) = match decision {
            0 => ("in_review", None, None),
            1 => ("rejected", None, Some(t() - HOUR / 2)),
            2 => ("withdrawn", Some(qualified), Some(t())),
            _ => ("qualified", Some(qualified), None),
        };
        rows.0.push(Claim {
            brand_id: *brand_id,
            right_type: TYPES[*right_type],
            decision,
            qualified_at,
            closed_at,
            channel_locale: if *english { "en" } else { "zh-CN" },
            ..Claim::new(claim_id, submitted, qualified)
        });
        for (start, length) in holds {
            let started_at = (qualified + start * HOUR).min(t());
            let ended_at = length.map(|hours| (started_at + hours * HOUR).min(t()));
            rows.1.push(Hold { claim_id, started_at, ended_at });
        }
        for (listing, (outcome, hours)) in listings.iter().enumerate() {
            let listing_id = listing as i64 + 1;
            let when = (qualified + hours * HOUR).min(t());
            rows.2.push(match outcome {
                0 => Takedown::pending(claim_id, listing_id),
                1 => Takedown::decided(claim_id, listing_id, "kept", when),
                _ => Takedown::removed(claim_id, listing_id, when),
            });
        }
    }
    Lake::of(vec![
        fixture::brands().with_rows(brands),
        fixture::ip_rights().with_rows([right]),
        fixture::claims().with_rows(rows.0),
        fixture::claim_holds().with_rows(rows.1),
        fixture::takedowns().with_rows(rows.2),
    ])
}

const COUNTS: [&str; 7] = ["takedowns", "met", "breached", "pending", "excluded", "claims", "claims_met"];

fn counts(row: &Row) -> [i64; 7] {
    COUNTS.map(|column| row[column].as_i64().expect("a count"))
}

/// The columns that tell cells apart, without the one that is summed over.
fn key_without(row: &Row, summed: &str) -> String {
    let columns = ["scope", "brand_id", "right_type", "channel_locale", "period", "period_start"];
    columns.iter().filter(|c| **c != summed).map(|c| format!("{c}={} ", row[*c])).collect()
}

/// Sums of the counts over the rows that `part` picks must be those of the rows that `whole` picks.
fn adds_up(rows: &[Row], summed: &str, whole: impl Fn(&Row) -> bool) {
    let mut sums: [BTreeMap<String, [i64; 7]>; 2] = Default::default();
    for row in rows {
        // The scope follows from the brand.
        let key = key_without(row, summed)
            .replace("scope=\"brand\"", if summed == "brand_id" { "scope=\"all\"" } else { "scope=\"brand\"" });
        let sum = sums[usize::from(whole(row))].entry(key).or_default();
        for (sum, count) in sum.iter_mut().zip(counts(row)) {
            *sum += count;
        }
    }
    assert_eq!(sums[0], sums[1], "summed over {summed}");
}

fn holds(claims: &[Drawn]) {
    let lake = lake_of(claims);
    lake.sla().args("--days 20").run().ok();
    let takedowns: usize = claims.iter().map(|c| c.7.len()).sum();
    let outcomes = lake.rows("takedown_outcomes");
    assert_eq!(outcomes.len(), takedowns, "every takedown has its outcome");
    let rows = lake.rows("takedown_sla");
    for row in &rows {
        let [all, met, breached, pending, excluded, n_claims, claims_met] = counts(row);
        assert_eq!(all, met + breached + pending + excluded);
        assert!(all > 0 && claims_met <= n_claims && n_claims <= met + breached, "{row:?}");
        let number = |column: &str| row[column].as_f64();
        for (low, value, high) in [
            ("ci_low", "compliance_rate", "ci_high"),
            ("clustered_low", "compliance_rate", "clustered_high"),
            ("bound_low", "compliance_rate", "bound_high"),
            ("median_hours", "p90_hours", "p95_hours"),
        ] {
            if let (Some(low), Some(value), Some(high)) = (number(low), number(value), number(high)) {
                assert!(low <= value + 1e-12 && value <= high + 1e-12, "{row:?}");
            }
        }
        assert!(number("removed_by_limit_cif").is_none_or(|f| (0.0..=1.0).contains(&f)), "{row:?}");
        assert_eq!(number("compliance_rate").is_some(), met + breached > 0);
    }
    adds_up(&rows, "brand_id", |r| r["scope"] == "all");
    for column in ["right_type", "channel_locale"] {
        adds_up(&rows, column, |r| r[column] == "all");
    }
    let weeks: i64 = rows.iter().filter(|r| r["period"] == "week").map(|r| counts(r)[0]).sum();
    let windows: i64 = rows.iter().filter(|r| r["period"] == "window").map(|r| counts(r)[0]).sum();
    assert_eq!(weeks, windows, "weeks add up to the window");
    let judged = |outcome: &str| outcomes.iter().filter(|r| r["sla_outcome"] == outcome).count();
    assert_eq!(["met", "breached", "pending", "excluded"].iter().map(|o| judged(o)).sum::<usize>(), takedowns);
    for row in &outcomes {
        assert_eq!(row["sla_outcome"] == "excluded", row["exclusion_reason"].is_string(), "{row:?}");
        assert_eq!(row["sla_outcome"] == "excluded", row["net_hours"].is_null(), "{row:?}");
        let net = row["net_hours"].as_f64();
        assert!(net.is_none_or(|net| (net > 24.0) == (row["sla_outcome"] == "breached")), "{row:?}");
    }
}

#[test]
fn the_cube_adds_up_in_any_lake() {
    // Each case is a run of the program; the seed is fixed by the source file, not by the clock.
    let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&drawn(), |claims| {
            holds(&claims);
            Ok(())
        })
        .expect("holds");
}

//! Rows that break a rule: kept out of the figures, counted in the manifest, written to the quarantine with rule,
//! column, row and file; more than the allowed share of them refuses the table.

use serde_json::{Value, json};

use crate::support::marts::{refused, same};
use crate::support::time::{at, t};
use crate::support::{Cell, DAY, Lake, Table};

/// The path of a table's file, as the quarantine names it.
fn path(table: &str) -> String {
    format!("{table}/dt={DAY}/part-0.parquet")
}

/// Breaks one row of 400 takedowns and expects exactly that row in the quarantine.
#[track_caller]
fn quarantines(table: &str, row: usize, column: &str, rule: &str, value: &str, change: impl FnOnce(&mut Table)) {
    let lake = Lake::sound();
    lake.edit(table, change);
    let output = lake.sla().args("--format json").run().ok();
    let found = lake.quarantine(table);
    assert_eq!(found.len(), 1, "{found:?}");
    let expected = json!({
        "table": table, "file": path(table), "row": row, "rule": rule, "column": column, "value": value,
    });
    same(&found[0], &expected);
    let manifest = lake.manifest("takedown_outcomes");
    assert_eq!(manifest["quarantined_by_rule"][format!("{table}.{column}:{rule}")], 1, "{manifest:#}");
    let summary = output.summary();
    let all = manifest["rows_quarantined"].as_u64().expect("a number");
    assert_eq!(summary["rows_quarantined"], all);
    // A claim's takedowns go with it; everything else is still there.
    let dangling = if table == "claims" { 2 } else { 0 };
    assert_eq!(all, 1 + dangling);
    let lost = if matches!(table, "claims" | "takedowns") { 1.max(dangling as usize) } else { 0 };
    assert_eq!(lake.rows("takedown_outcomes").len(), 400 - lost);
}

#[test]
fn a_null_in_a_key_is_quarantined() {
    quarantines("takedowns", 7, "claim_id", "not_null", "null", |t| t.set(7, "claim_id", Cell::Null));
    quarantines("takedowns", 399, "listing_id", "not_null", "null", |t| t.set(399, "listing_id", Cell::Null));
}

#[test]
fn a_null_where_none_is_allowed_is_quarantined() {
    quarantines("takedowns", 0, "merchant_id", "not_null", "null", |t| t.set(0, "merchant_id", Cell::Null));
    quarantines("takedowns", 5, "outcome", "not_null", "null", |t| t.set(5, "outcome", Cell::Null));
    quarantines("claims", 9, "submitted_at", "not_null", "null", |t| t.set(9, "submitted_at", Cell::Null));
}

#[test]
fn an_unknown_word_is_quarantined() {
    quarantines("takedowns", 3, "outcome", "allowed_values", "Removed", |t| t.set(3, "outcome", "Removed"));
    quarantines("takedowns", 3, "outcome", "allowed_values", "", |t| t.set(3, "outcome", ""));
    quarantines("claims", 4, "channel_locale", "allowed_values", "en-US", |t| t.set(4, "channel_locale", "en-US"));
    quarantines("claims", 4, "right_type", "allowed_values", "design", |t| t.set(4, "right_type", "design"));
}

#[test]
fn a_hostile_value_is_shown_in_one_harmless_line() {
    let hostile = "rem\u{202e}oved\n\u{1b}[2Jerror: all is well";
    let shown = "rem\\u{202e}oved\\u{a}\\u{1b}[2Jerror: all is well";
    quarantines("takedowns", 3, "outcome", "allowed_values", shown, |t| t.set(3, "outcome", hostile));
    let long = "界".repeat(5_000);
    let cut = format!("{}…", "界".repeat(80));
    quarantines("takedowns", 3, "outcome", "allowed_values", &cut, |t| t.set(3, "outcome", long));
}

#[test]
fn a_hostile_value_does_not_reach_the_terminal() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| (0..50).for_each(|row| t.set(row, "outcome", "x\u{1b}[2J\r\nerror: forged")));
    let output = lake.sla().run().refused(&["table takedowns", "\\u{1b}"]);
    assert!(!output.stderr.contains('\u{1b}'), "{}", output.told());
    assert!(!output.stderr.lines().any(|l| l.starts_with("error: forged")), "{}", output.told());
}

#[test]
fn instants_that_contradict_the_outcome_are_quarantined() {
    // The fixture's row 2 is removed, row 11 (and every eleventh) pending.
    let shown = |lake: &Lake, row, column| match lake.table("takedowns").get(row, column) {
        Cell::Instant(micros) => {
            let instant = chrono::DateTime::from_timestamp_micros(*micros).expect("an instant");
            format!("{}Z", instant.format("%Y-%m-%dT%H:%M:%S%.f"))
        }
        other => panic!("{other:?}"),
    };
    let lake = Lake::sound();
    let decided = shown(&lake, 2, "decided_at");
    quarantines("takedowns", 2, "taken_down_at", "set_exactly_when", "null", |t| t.set(2, "taken_down_at", Cell::Null));
    quarantines("takedowns", 2, "decided_at", "set_exactly_when", "null", |t| t.set(2, "decided_at", Cell::Null));
    quarantines("takedowns", 2, "decided_at", "equal_when", &decided, |t| {
        t.set_instant(2, "taken_down_at", at("2026-11-15 00:00"));
    });
    quarantines("takedowns", 11, "decided_at", "set_exactly_when", "2026-11-15T00:00:00Z", |t| {
        t.set_instant(11, "decided_at", at("2026-11-15 00:00"));
    });
}

#[test]
fn instants_that_contradict_the_decision_are_quarantined() {
    quarantines("claims", 6, "qualified_at", "set_exactly_when", "null", |t| t.set(6, "qualified_at", Cell::Null));
    quarantines("claims", 6, "closed_at", "set_exactly_when", "null", |t| t.set(6, "decision", "withdrawn"));
    quarantines("claims", 6, "closed_at", "set_exactly_when", "2026-11-15T00:00:00Z", |t| {
        t.set_instant(6, "closed_at", at("2026-11-15 00:00"));
    });
}

#[test]
fn an_instant_after_the_as_of_instant_is_quarantined_and_the_instant_itself_is_not() {
    quarantines("claim_holds", 8, "ended_at", "not_after_as_of", "2026-11-16T16:00:00.000001Z", |table| {
        // Too few holds for one in a hundred: more of them, of a claim without takedowns.
        let filler = table.rows[0].clone();
        table.rows.resize(400, filler);
        table.set_instant(8, "ended_at", t() + 1);
    });
    let lake = Lake::sound();
    lake.edit("takedowns", |table| {
        table.set_instant(2, "taken_down_at", t());
        table.set_instant(2, "decided_at", t());
    });
    lake.sla().run().ok();
    assert_eq!(lake.manifest("takedown_outcomes")["rows_quarantined"], 0);
}

#[test]
fn a_row_counts_under_the_first_rule_in_column_order() {
    // Null listing, unknown outcome and unknown claim: the listing's column comes first.
    quarantines("takedowns", 4, "listing_id", "not_null", "null", |t| {
        t.set(4, "claim_id", 99_999);
        t.set(4, "listing_id", Cell::Null);
        t.set(4, "outcome", "gone");
    });
}

#[test]
fn a_takedown_of_an_unknown_claim_is_quarantined() {
    quarantines("takedowns", 10, "claim_id", "reference", "99999", |t| t.set(10, "claim_id", 99_999));
}

#[test]
fn the_takedowns_of_a_quarantined_claim_go_with_it() {
    let lake = Lake::sound();
    lake.edit("claims", |t| t.set(20, "decision", "lost"));
    lake.sla().run().ok();
    same(
        &lake.quarantine("claims")[0],
        &json!({ "row": 20, "rule": "allowed_values", "column": "decision", "value": "lost" }),
    );
    let found = lake.quarantine("takedowns");
    assert_eq!(found.len(), 2);
    for (row, found) in [40, 41].into_iter().zip(&found) {
        let expected = json!({ "row": row, "rule": "reference", "column": "claim_id", "value": "21" });
        same(found, &expected);
    }
    assert!(lake.rows("takedown_outcomes").iter().all(|r| r["claim_id"] != 21));
}

#[test]
fn one_row_in_a_hundred_may_be_bad_and_no_more() {
    // 400 takedowns: four are allowed.
    let lake = Lake::sound();
    let break_rows = |n: usize| lake.edit("takedowns", |t| (0..n).for_each(|row| t.set(row * 90, "outcome", "gone")));
    break_rows(5);
    let parts = [
        "table takedowns, partition dt=2026-11-16, file part-0.parquet, column outcome, row 0",
        "5 of 400 rows",
        "share of 0.01",
        "holds gone",
        "rule allowed_values",
        "max_bad_share",
    ];
    refused(&lake, lake.sla().run(), &parts);

    break_rows(4);
    let output = lake.sla().args("--format json").run().ok();
    assert_eq!(output.summary()["rows_quarantined"], 4);
    let rows: Vec<Value> = lake.quarantine("takedowns").iter().map(|r| r["row"].clone()).collect();
    assert_eq!(rows, [0, 90, 180, 270]);
    assert_eq!(lake.rows("takedown_outcomes").len(), 396);
}

#[test]
fn the_share_of_bad_rows_is_configured() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| (0..20).for_each(|row| t.set(row, "outcome", "gone")));
    let config = lake.config("max_bad_share = 0.05\n");
    lake.sla().with("--config", config).run().ok();
    assert_eq!(lake.quarantine("takedowns").len(), 20);

    let lake = Lake::sound();
    lake.edit("takedowns", |t| t.set(0, "outcome", "gone"));
    let config = lake.config("max_bad_share = 0.0\n");
    refused(&lake, lake.sla().with("--config", config).run(), &["table takedowns", "1 of 400 rows"]);
}

#[test]
fn the_manifest_accounts_for_every_row() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| (0..3).for_each(|row| t.set(row, "claim_id", Cell::Null)));
    lake.sla().run().ok();
    let manifest = lake.manifest("takedown_outcomes");
    let inputs = manifest["inputs"].as_array().expect("inputs");
    let sum = |key: &str| inputs.iter().map(|i| i[key].as_u64().expect("a number")).sum::<u64>();
    // 3 brands, 3 rights, 200 claims, 40 holds, 400 takedowns.
    assert_eq!((sum("rows"), sum("quarantined")), (646, 3));
    assert_eq!((&manifest["rows_in"], &manifest["rows_quarantined"]), (&json!(646), &json!(3)));
    assert_eq!(manifest["rows_out"], 397);
    let file = inputs.iter().find(|i| i["path"] == path("takedowns")).expect("the file");
    assert_eq!((&file["table"], &file["rows"], &file["quarantined"]), (&json!("takedowns"), &json!(400), &json!(3)));
    assert_eq!(manifest["job"], "takedown-sla");
    assert_eq!(manifest["as_of"], "2026-11-16T16:00:00+00:00");
    assert_eq!(manifest["definition_version"], 1);
}

#[test]
fn a_sound_table_leaves_an_empty_quarantine_or_none() {
    let lake = Lake::sound();
    lake.sla().run().ok();
    let folder = lake.marts().join(format!("quarantine/dt={DAY}/table=claims"));
    if folder.exists() {
        assert_eq!(lake.quarantine("claims").len(), 0);
    }
}

#[test]
fn the_quarantine_of_a_mended_table_does_not_stay() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| t.set(0, "outcome", "gone"));
    lake.sla().run().ok();
    assert_eq!(lake.quarantine("takedowns").len(), 1);
    lake.put(&lake.table("takedowns"), DAY);
    lake.sla().run().ok();
    let folder = lake.marts().join(format!("quarantine/dt={DAY}/table=takedowns"));
    assert!(!folder.exists() || lake.quarantine("takedowns").is_empty());
}

#[test]
fn no_takedowns_make_empty_marts_that_can_be_read() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| t.rows.clear());
    lake.sla().run().ok();
    assert_eq!((lake.rows("takedown_outcomes").len(), lake.rows("takedown_sla").len()), (0, 0));
    // The columns are there all the same.
    let bytes = bytes::Bytes::from(lake.mart_bytes("takedown_sla"));
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet");
    assert_eq!(reader.schema().field(0).name(), "scope");
}

#[test]
fn a_lake_without_any_row_makes_empty_marts() {
    let lake = Lake::sound();
    for table in ["brands", "ip_rights", "claims", "claim_holds", "takedowns"] {
        lake.edit(table, |t| t.rows.clear());
    }
    lake.sla().run().ok();
    assert_eq!((lake.rows("takedown_outcomes").len(), lake.rows("takedown_sla").len()), (0, 0));
    lake.job("brand-report").run().ok();
}

#[test]
fn a_claim_without_takedowns_and_a_hold_without_claim_do_no_harm() {
    let lake = Lake::sound();
    lake.edit("claim_holds", |t| t.rows[0][0] = 77_777.into());
    let takedowns = lake.table("takedowns");
    lake.put(&takedowns.slice(0..10), DAY);
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 10);
}

#[test]
fn a_takedown_of_a_brand_that_is_not_on_record_is_counted_in_the_lakes_zone() {
    let lake = Lake::sound();
    lake.edit("brands", |t| {
        t.rows.remove(2);
    });
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

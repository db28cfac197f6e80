//! What careful readers of the first version found: sound tables that were refused, and faults that slipped through.

use std::fs;

use arrow::datatypes::{DataType, TimeUnit};

use crate::support::lake::properties;
use crate::support::marts::{published, refused};
use crate::support::table::instant_type;
use crate::support::time::at;
use crate::support::{Cell, DAY, Lake};

#[test]
fn an_extra_column_in_one_file_of_several_is_ignored() {
    let lake = Lake::sound();
    lake.sla().run().ok();
    let expected = lake.sla_bytes();
    let takedowns = lake.table("takedowns");
    let mut second = takedowns.slice(200..400);
    second.columns.push(("zz".to_owned(), DataType::Int64));
    for row in &mut second.rows {
        row.push(Cell::Int(7));
    }
    let first = takedowns.slice(0..200).parquet(properties());
    let files = [("a.parquet", first), ("b.parquet", second.parquet(properties()))];
    lake.put_files("takedowns", DAY, &files);
    lake.sla().run().ok();
    assert!(lake.sla_bytes() == expected);
}

#[test]
fn a_nullable_column_without_a_type_holds_nulls() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| {
        let position = t.position("reinstated_at");
        for row in &mut t.rows {
            row[position] = Cell::Null;
        }
    });
    lake.sla().run().ok();
    let expected = lake.sla_bytes();
    lake.edit("takedowns", |t| {
        let position = t.position("reinstated_at");
        t.columns[position].1 = DataType::Null;
    });
    lake.sla().run().ok();
    assert!(lake.sla_bytes() == expected);
    let other = Lake::sound();
    other.edit("takedowns", |t| {
        let position = t.position("outcome");
        t.columns[position].1 = DataType::Null;
        for row in &mut t.rows {
            row[position] = Cell::Null;
        }
    });
    refused(&other, other.sla().run(), &["table takedowns", "column outcome", "rule column_type"]);
}

#[test]
fn two_instants_are_compared_across_units() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| {
        let row =
            (0..t.rows.len()).find(|&r| *t.get(r, "outcome") == Cell::Text("removed".to_owned())).expect("a removal");
        t.set_instant(row, "decided_at", at("2026-11-01 00:00"));
        t.retype("decided_at", instant_type(TimeUnit::Nanosecond));
    });
    lake.sla().run().ok();
    let found = lake.quarantine("takedowns");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["rule"], "equal_when");
}

#[test]
fn instants_and_days_outside_the_calendar_are_quarantined() {
    let three_thousand_years = 3000 * 31_557_600_000_000;
    for (table, column, instant) in [
        ("claims", "submitted_at", i64::MIN),
        ("claim_holds", "started_at", at("2026-11-01 00:00") - three_thousand_years),
    ] {
        let lake = Lake::sound();
        lake.edit(table, |t| t.set_instant(0, column, instant));
        let config = lake.config("max_bad_share = 0.5");
        lake.sla().with("--config", config).run().ok();
        let found = lake.quarantine(table);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["rule"], "calendar");
        assert_eq!(found[0]["column"], column);
    }
}

#[test]
fn a_share_without_an_exact_binary_form_allows_what_it_says() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| {
        for row in 0..116 {
            t.set(row, "merchant_id", Cell::Null);
        }
    });
    let config = lake.config("max_bad_share = 0.29");
    lake.sla().with("--config", config).run().ok();
    assert_eq!(lake.quarantine("takedowns").len(), 116);
}

#[test]
fn a_lost_quarantine_is_written_again() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| t.set(7, "merchant_id", Cell::Null));
    lake.sla().run().ok();
    fs::remove_dir_all(lake.marts().join("quarantine")).expect("removed");
    lake.sla().run().ok();
    assert_eq!(lake.quarantine("takedowns").len(), 1);
}

#[test]
fn a_damaged_or_doubled_part_is_not_unchanged() {
    let lake = Lake::sound();
    lake.sla().run().ok();
    let expected = lake.sla_bytes();
    let part = lake.mart("takedown_sla").join("part-00000.parquet");
    let mut bytes = fs::read(&part).expect("read");
    bytes[100] ^= 1;
    fs::write(&part, bytes).expect("written");
    lake.sla().run().ok();
    assert!(lake.sla_bytes() == expected, "the damaged part is still there");
    let double = lake.mart("takedown_sla").join("part-00001.parquet");
    fs::copy(&part, &double).expect("copied");
    lake.sla().run().ok();
    assert!(!double.exists(), "readers of part-* would count twice");
}

#[test]
fn a_report_wants_marts_of_one_run_and_of_its_own_instant() {
    let lake = Lake::sound();
    lake.sla().args("--days 7").run().ok();
    let old = lake.marts().join("old");
    fs::rename(lake.mart("takedown_sla"), &old).expect("set aside");
    lake.sla().args("--days 30").run().ok();
    fs::remove_dir_all(lake.mart("takedown_sla")).expect("removed");
    fs::rename(&old, lake.mart("takedown_sla")).expect("put back");
    lake.job("brand-report").run().refused(&["takedown_sla", "takedown_outcomes", "different runs"]);
    lake.sla().args("--force").run().ok();
    let config = lake.config("time_zone = \"UTC\"");
    lake.job("brand-report").with("--config", config).run().refused(&["mart takedown_", "made as of", "takedown-sla"]);
    assert!(!published(&lake.marts()).keys().any(|path| path.starts_with("reports/")));
}

#[test]
fn one_brands_report_does_not_disturb_the_whole_days() {
    let lake = Lake::sound();
    lake.sla().run().ok();
    lake.job("brand-report").run().ok();
    let before = published(&lake.marts());
    let brand = lake.table("brands").get(0, "brand_id").clone();
    let Cell::Int(brand) = brand else { panic!("{brand:?}") };
    lake.job("brand-report").args(&format!("--brand {brand} --force")).run().ok();
    let after = published(&lake.marts());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    lake.job("brand-report").run().ok().says(&["unchanged"]);
}

#[test]
fn a_report_of_another_window_than_its_marts_is_refused() {
    let lake = Lake::sound();
    lake.sla().args("--days 30").run().ok();
    lake.job("brand-report").args("--days 7").run().fails(2, &["30 days", "not 7", "--days"]);
    lake.job("brand-report").run().ok();
}

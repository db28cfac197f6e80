//! The same bytes whatever the order, the files and the threads; unchanged and changed runs; quarantine; refusals.

use parquet::file::properties::WriterProperties;
use serde_json::Value;

use super::{PREVALENCE, PROGRESS, add_brand, row, run, simple};
use crate::support::comments::{comments, of_day};
use crate::support::marts::marks;
use crate::support::{Cell, DAY, Lake, Market, Table, sample};

/// Both marts as bytes.
fn bytes(lake: &Lake) -> (Vec<u8>, Vec<u8>) {
    (lake.mart_bytes(PREVALENCE), lake.mart_bytes(PROGRESS))
}

/// Three brands, some purchases of each at every step.
fn three_brands() -> Market {
    let mut market = Market::of_brands(3);
    for (brand, counterfeit) in [(1, 3), (2, 9), (3, 14)] {
        add_brand(&mut market, brand, (40, 90), counterfeit);
    }
    for (n, sale) in market.sales.iter_mut().enumerate() {
        sale.quantity = 1 + (n * n % 13) as i64;
        sale.unit_price_minor = 990 + 70 * (n % 11) as i64;
    }
    for (n, purchase) in market.purchases.iter_mut().enumerate() {
        purchase.stratum = format!("of three, {}", n % 3);
        if n % 9 == 0 {
            purchase.verdict = Some("inconclusive");
        }
    }
    market
}

/// Row n moves to n · 211 mod the number of rows, or as near to it as a number without common divisor is.
fn shuffled(table: &Table) -> Table {
    let n = table.rows.len();
    let step = [211, 223, 227].into_iter().find(|step| !n.is_multiple_of(*step)).expect("a step");
    Table { rows: (0..n).map(|i| table.rows[i * step % n].clone()).collect(), ..table.clone() }
}

#[test]
fn the_bytes_are_the_same_at_any_number_of_threads() {
    let run = |threads: &str| {
        let marts = tempfile::tempdir().expect("a folder");
        let call = sample::job("brand-prevalence", sample::small(), marts.path()).with("--threads", threads);
        call.run().ok();
        [PREVALENCE, PROGRESS].map(|mart| {
            let file = marts.path().join(format!("{mart}/dt={DAY}/part-00000.parquet"));
            std::fs::read(file).expect("read")
        })
    };
    let one = run("1");
    assert!(run("2") == one && run("8") == one, "threads change bytes");
}

#[test]
fn the_bytes_are_the_same_in_any_order_of_rows_and_split_of_files() {
    let market = three_brands();
    let lake = market.lake();
    run(&lake, "").ok();
    let expected = bytes(&lake);
    let turned = market.lake();
    let mut tables = market.tables();
    let day = i64::from(crate::support::time::date(DAY)) * 1_000_000;
    tables.push(crate::support::market::sales(day, &market.sales));
    for table in tables.iter().filter(|t| !t.rows.is_empty()) {
        let table = shuffled(table);
        let (n, groups) =
            (table.rows.len(), || WriterProperties::builder().set_max_row_group_row_count(Some(17)).build());
        let pieces = [(0..n / 5, "z.parquet"), (n / 5..n / 2, "a.parquet"), (n / 2..n, "m.parquet")];
        let files: Vec<(&str, Vec<u8>)> =
            pieces.map(|(rows, name)| (name, table.slice(rows).parquet(groups()))).into_iter().collect();
        turned.put_files(table.name, DAY, &files);
    }
    run(&turned, "").ok();
    assert!(bytes(&turned) == expected, "the order of rows changes bytes");
}

#[test]
fn a_second_run_is_unchanged_and_comment_signals_change_it() {
    let lake = three_brands().lake();
    run(&lake, "").ok().says(&["published"]);
    let before = marks(&lake.marts());
    run(&lake, "").ok().says(&["unchanged"]);
    assert!(marks(&lake.marts()) == before, "an unchanged run touched a file");
    lake.put(&comments().with_rows(of_day(DAY, 60)), DAY);
    run(&lake, "").ok().says(&["unchanged"]);
    lake.job("comment-signals").args("--days 1").run().ok();
    run(&lake, "").ok().says(&["published"]);
    assert_eq!(row(&lake, 1, "units")["comment_days"], 1);
    run(&lake, "").ok().says(&["unchanged"]);
    let now = bytes(&lake);
    run(&lake, "--force").ok().says(&["published"]);
    assert!(bytes(&lake) == now);
}

#[test]
fn another_window_or_a_changed_purchase_is_another_result() {
    let market = three_brands();
    let lake = market.lake();
    run(&lake, "").ok();
    run(&lake, "--days 30").ok().says(&["published"]);
    run(&lake, "--days 30").ok().says(&["unchanged"]);
    lake.edit("pilot_purchases", |t| t.set(5, "verdict", "inconclusive"));
    let before = row(&lake, 1, "listings")["inconclusive"].as_i64().expect("a count");
    run(&lake, "--days 30").ok().says(&["published"]);
    assert_eq!(row(&lake, 1, "listings")["inconclusive"], before + 1);
}

/// A sound market of 600 purchases, so that six bad rows have room, and a change of the table of purchases.
fn with_bad_purchases(change: impl FnOnce(&mut Table)) -> Lake {
    let lake = simple(600, 700, 60).lake();
    lake.edit("pilot_purchases", change);
    lake
}

#[test]
fn purchases_that_break_the_contract_stay_out() {
    let lake = with_bad_purchases(|t| {
        t.set(3, "inclusion_probability", Cell::Real(1.000_001));
        t.set(4, "inclusion_probability", Cell::Real(0.0));
        t.set(5, "authenticated_at", Cell::Null);
        t.set(70, "verdict", Cell::Null);
        t.set(71, "selection", "convenient");
        t.set(72, "sample_id", 1);
    });
    run(&lake, "").ok();
    let mut market = simple(600, 700, 60);
    for n in [72, 71, 70, 5, 4, 3] {
        market.purchases.remove(n);
    }
    let sound = market.lake();
    run(&sound, "").ok();
    assert_eq!(lake.rows(PREVALENCE), sound.rows(PREVALENCE));
    assert_eq!(lake.rows(PROGRESS), sound.rows(PROGRESS));
    let rules: Vec<(i64, String)> = lake
        .quarantine("pilot_purchases")
        .iter()
        .map(|r| (r["row"].as_i64().expect("a row"), r["column"].as_str().expect("a column").to_owned()))
        .collect();
    let at = |row: i64, column: &str| (row, column.to_owned());
    let probability = "inclusion_probability";
    let expected = [at(3, probability), at(4, probability), at(5, "verdict"), at(70, "verdict"), at(71, "selection")];
    assert_eq!(rules[..5], expected);
    assert_eq!((rules.len(), rules[5].0), (6, 72));
    assert_eq!(lake.manifest(PREVALENCE)["rows_quarantined"], 6);
}

#[test]
fn too_many_bad_purchases_are_refused() {
    let lake = with_bad_purchases(|t| (0..7).for_each(|n| t.set(n, "inclusion_probability", Cell::Real(2.0))));
    run(&lake, "").refused(&["table pilot_purchases", "inclusion_probability"]);
    assert!(!lake.mart(PREVALENCE).exists());
}

#[test]
fn every_table_it_reads_must_be_there() {
    for table in ["pilot_purchases", "listings", "brands", "claims", "takedowns", "sales", "refunds"] {
        let lake = simple(2, 4, 1).lake();
        std::fs::remove_dir_all(lake.root().join(table)).expect("removed");
        run(&lake, "").refused(&[&format!("table {table}")]);
        lake.holds_nothing();
    }
}

#[test]
fn negative_refunds_count_as_none_and_are_warned_of() {
    // The contract has no rule for the sign of a refund's quantity.
    let mut market = simple(2, 4, 1);
    market.refunds = vec![crate::support::Refund::new(10_000, 1, -3)];
    let lake = market.lake();
    let output = run(&lake, "").ok();
    assert!(output.stderr.contains("brand_indicators: refunds have negative quantities"), "{}", output.told());
    assert!(lake.rows(PREVALENCE).iter().all(|r| r["counterfeit_refund_units"] == 0));
}

#[test]
fn a_locked_run_is_to_be_tried_again() {
    let lake = simple(2, 4, 1).lake();
    let folder = lake.marts().join(".locks");
    std::fs::create_dir_all(&folder).expect("made");
    let lock = std::fs::File::create(folder.join(format!("brand-prevalence.dt={DAY}.lock"))).expect("created");
    lock.lock().expect("locked");
    run(&lake, "").exits(75);
    drop(lock);
    run(&lake, "").ok();
}

#[test]
fn every_format_prints_the_rows_of_the_mart() {
    let lake = three_brands().lake();
    run(&lake, "").ok();
    let rows = lake.rows(PREVALENCE);
    let csv = run(&lake, "--format csv").ok().text();
    let mut lines = csv.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    assert_eq!(header, rows[0].keys().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(lines.count(), rows.len());
    let json = run(&lake, "--format json").ok().text();
    let printed: Vec<Value> = json.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let printed: Vec<&Value> = printed.iter().filter(|row| row.get("weighting").is_some()).collect();
    assert_eq!(printed.len(), rows.len());
    for (printed, row) in printed.iter().zip(&rows) {
        crate::support::marts::same(row, printed);
    }
}

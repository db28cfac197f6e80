//! The same bytes whatever the order, the files and the threads; unchanged and changed runs; quarantine; refusals.

use parquet::file::properties::WriterProperties;

use super::{BRANDS, EXEMPTED, VETTING, lake, run, seven, seven_merchants, sold};
use crate::support::marts::marks;
use crate::support::papers::documents;
use crate::support::{Cell, DAY, Lake, Sale, Table, sample};

fn bytes(lake: &Lake) -> [Vec<u8>; 3] {
    [VETTING, EXEMPTED, BRANDS].map(|mart| lake.mart_bytes(mart))
}

#[test]
fn the_bytes_are_the_same_at_any_number_of_threads() {
    let run = |threads: &str| {
        let marts = tempfile::tempdir().expect("a folder");
        sample::job("seller-vetting", sample::small(), marts.path()).with("--threads", threads).run().ok();
        [VETTING, EXEMPTED, BRANDS]
            .map(|mart| std::fs::read(marts.path().join(format!("{mart}/dt={DAY}/part-00000.parquet"))).expect("read"))
    };
    let one = run("1");
    assert!(run("2") == one && run("8") == one, "threads change bytes");
}

#[test]
fn the_bytes_are_the_same_in_any_order_of_rows_and_split_of_files() {
    let lake = seven_merchants();
    run(&lake, "").ok();
    let expected = bytes(&lake);
    let turned = seven_merchants();
    turned.edit("merchants", |t| {
        t.set(5, "status", "suspended");
        t.set(6, "status", "closed");
        t.rows.reverse();
    });
    let mut table = documents(seven().0);
    table.rows.reverse();
    let pieces = [(0..2, "z.parquet"), (2..9, "a.parquet"), (9..table.rows.len(), "m.parquet")];
    let groups = || WriterProperties::builder().set_max_row_group_row_count(Some(3)).build();
    let files: Vec<(&str, Vec<u8>)> =
        pieces.map(|(rows, name)| (name, table.slice(rows).parquet(groups()))).into_iter().collect();
    turned.put_files("merchant_documents", DAY, &files);
    run(&turned, "").ok();
    assert!(bytes(&turned) == expected, "the order of rows changes bytes");
}

#[test]
fn a_second_run_is_unchanged_and_another_window_document_or_exemption_is_not() {
    let lake = seven_merchants();
    run(&lake, "").ok().says(&["published"]);
    let before = marks(&lake.marts());
    run(&lake, "").ok().says(&["unchanged"]);
    assert!(marks(&lake.marts()) == before, "an unchanged run touched a file");
    let now = bytes(&lake);
    run(&lake, "--force").ok().says(&["published"]);
    assert!(bytes(&lake) == now);
    run(&lake, "--days 1").ok().says(&["published"]);
    run(&lake, "--days 1").ok().says(&["unchanged"]);
    let config = lake.config("[[seller_vetting.exemption]]\nmerchant_id = 900\nreason = \"x\"\n");
    let exempting = || lake.job("seller-vetting").with("--config", &config).run().ok();
    exempting().says(&["published"]);
    exempting().says(&["unchanged"]);
    let mut table = documents(seven().0);
    table.set(0, "status", "rejected");
    lake.put(&table, DAY);
    exempting().says(&["published"]);
}

/// A change of the documents of the seven merchants that half of the rows may break.
fn with_documents(change: impl FnOnce(&mut Table)) -> Lake {
    let lake = seven_merchants();
    let mut table = documents(seven().0);
    change(&mut table);
    lake.put(&table, DAY);
    lake
}

#[test]
fn documents_and_sales_that_break_the_contract_stay_out() {
    let lake = with_documents(|t| {
        // 900's licence about a brand, its authorisation about none, and 906's later licence without a status.
        t.set(0, "brand_id", 1);
        t.set(1, "brand_id", Cell::Null);
        t.set(13, "status", "lost");
    });
    let config = lake.config("max_bad_share = 0.5\n");
    lake.job("seller-vetting").with("--config", config).run().ok();
    let (papers, sales) = seven();
    let kept: Vec<_> = papers.iter().enumerate().filter(|(n, _)| ![0, 1, 13].contains(n)).map(|(_, p)| *p).collect();
    let sound = super::lake(&kept, &sales);
    run(&sound, "").ok();
    assert_eq!(lake.rows(VETTING), sound.rows(VETTING));
    let broken: Vec<i64> = lake.quarantine("merchant_documents").iter().filter_map(|r| r["row"].as_i64()).collect();
    assert_eq!(broken, [0, 1, 13]);
    assert_eq!(lake.manifest(VETTING)["rows_quarantined"], 3);
}

#[test]
fn too_many_bad_documents_are_refused() {
    let lake = with_documents(|t| t.set(3, "status", "lost"));
    run(&lake, "").refused(&["table merchant_documents", "status"]);
    assert!(!lake.mart(VETTING).exists());
}

#[test]
fn every_table_it_reads_must_be_there() {
    for table in ["merchants", "merchant_documents", "sales"] {
        let lake = seven_merchants();
        std::fs::remove_dir_all(lake.root().join(table)).expect("removed");
        run(&lake, "").refused(&[&format!("table {table}")]);
        lake.holds_nothing();
    }
}

#[test]
fn prices_whose_sum_does_not_fit_are_refused() {
    let dear = |brand| Sale { unit_price_minor: i64::MAX / 2, ..sold(900, brand, 1) };
    // Of one brand the reduction's check says so; of two, whose sum is that of a licence, the job.
    let one = lake(&[], &[dear(1), Sale { quantity: 2, ..dear(1) }]);
    run(&one, "").fails(4, &["may not fit into 64 bits"]);
    let two = lake(&[], &[dear(1), dear(2), Sale { brand_id: None, ..dear(2) }]);
    run(&two, "").fails(4, &["the sales of merchant 900 do not add up"]);
    one.holds_nothing();
    two.holds_nothing();
}

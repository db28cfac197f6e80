//! The CSV that a purchasing desk works from.

use std::fs;

use super::{PLAN, STRATA, int, run, text};
use crate::support::market::{listings, merchants};
use crate::support::marts::Row;
use crate::support::{Brand, DAY, Lake, Listing, Market};

const HEADER: &str = "draw_order,selection,brand_id,brand,listing_id,listing_title,merchant_id,merchant,price,currency,\
                      stratum,stratum_size,inclusion_probability,reason,drawn_as_of,order_number,ordered_at,\
                      notarised_at,delivered_at,authenticated_at,verdict,action,action_at,remarks";

/// The list as bytes.
fn bytes(lake: &Lake) -> Vec<u8> {
    fs::read(lake.mart("purchase_desk").join("pilot-plan.csv")).expect("read")
}

/// The rows of the list, column to text, as a CSV reader has them.
fn rows(lake: &Lake) -> Vec<std::collections::BTreeMap<String, String>> {
    let bytes = bytes(lake);
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark"));
    let rows: Result<_, _> = reader.deserialize().collect();
    rows.expect("CSV with as many fields in every line")
}

/// Titles and names that a spreadsheet, a reader or a person might trip over.
const HOSTILE: [(&str, &str); 14] = [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ("+86 138 0013 8000", "'+86 138 0013 8000"),
    ("-1+2", "'-1+2"),
    ("@SUM(A1:A9)", "'@SUM(A1:A9)"),
    ("\t=1+1", "' =1+1"),
    ("\r=1+1", "' =1+1"),
    ("a \"quoted\", title; with\r\ntwo lines", "a \"quoted\", title; with  two lines"),
    ("正品 手机壳，防摔", "正品 手机壳，防摔"),
    ("", ""),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("'already", "'already"),
    ("👟 sneakers = new", "👟 sneakers = new"),
    ("\u{200b}=1+1", "'\u{200b}=1+1"),
    ("\u{202e}＝1＋1", "'＝1＋1"),
];

/// A listing a title, each of a merchant with the same name.
fn hostile() -> Lake {
    let mut market = Market { brands: vec![Brand::new(1, "=Brand()")], ..Market::default() };
    for (n, (title, _)) in (0..).zip(HOSTILE) {
        let prices = [0, 1, 99, 100, 123_456_789, 9_900];
        market.listings.push(Listing {
            merchant_id: 500 + n,
            title: title.to_owned(),
            price_minor: prices[n as usize % 6],
            ..Listing::new(10_000 + n, 1)
        });
    }
    let lake = market.lake();
    lake.put(&merchants((0..).zip(HOSTILE).map(|(n, (name, _))| (500 + n, name.to_owned()))), DAY);
    lake.put(&listings().with_rows(market.listings), DAY);
    run(&lake, "--budget 14 --seed 1").ok();
    lake
}

#[test]
fn it_has_a_byte_order_mark_and_lines_that_end_as_rfc_4180_says() {
    let lake = hostile();
    let bytes = bytes(&lake);
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(!text.contains('\u{feff}'), "one mark is enough");
    let (header, _) = text.split_once("\r\n").expect("lines");
    assert_eq!(header, HEADER);
    assert!(text.ends_with("\r\n"));
    // Every bare line feed is within quotes: none in this list, as the one title with two lines has both characters.
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert_eq!(rows(&lake).len(), 14);
}

#[test]
fn it_holds_the_plan_in_the_order_of_purchase() {
    let lake = super::market().lake();
    run(&lake, "--budget 60 --seed 5").ok();
    let listed = rows(&lake);
    let mut plan: Vec<Row> = lake.rows(PLAN);
    plan.sort_by_key(|p| int(p, "draw_order"));
    assert_eq!(listed.len(), plan.len());
    for (line, pick) in listed.iter().zip(&plan) {
        for column in ["draw_order", "brand_id", "listing_id", "merchant_id", "stratum_size"] {
            let number = if pick[column].is_null() { String::new() } else { int(pick, column).to_string() };
            assert_eq!(line[column], number, "{column}");
        }
        for column in ["selection", "stratum", "reason"] {
            assert_eq!(line[column], text(pick, column));
        }
        // To the last bit, since estimates divide by it.
        assert_eq!(line["inclusion_probability"].parse::<f64>().ok(), pick["inclusion_probability"].as_f64());
        let listing = int(pick, "listing_id");
        assert_eq!(line["listing_title"], format!("Listing {listing}"));
        assert_eq!(line["merchant"], format!("Shop {}", int(pick, "merchant_id")));
        assert_eq!(line["brand"], format!("Brand{}", int(pick, "brand_id")));
        let cost = int(pick, "cost_minor");
        assert_eq!(line["price"], format!("{}.{:02}", cost / 100, cost % 100));
        assert_eq!((line["currency"].as_str(), line["drawn_as_of"].as_str()), ("CNY", DAY));
        for column in HEADER.split(',').skip(15) {
            assert_eq!(line[column], "", "{column} is for the desk to fill in");
        }
    }
    assert!(!lake.rows(STRATA).is_empty());
}

#[test]
fn what_a_spreadsheet_would_take_for_a_formula_is_text() {
    let lake = hostile();
    for line in rows(&lake) {
        let n: usize = line["listing_id"].parse::<usize>().expect("a listing") - 10_000;
        assert_eq!(line["listing_title"], HOSTILE[n].1);
        assert_eq!(line["merchant"], HOSTILE[n].1);
        assert_eq!(line["brand"], "'=Brand()");
        for (column, value) in &line {
            assert!(!value.starts_with(['=', '+', '-', '@', '\t', '\r']), "{column} begins a formula: {value:?}");
        }
    }
}

#[test]
fn prices_have_the_decimals_of_their_currency() {
    let lake = hostile();
    let price = |n: i64| {
        let line = rows(&lake).into_iter().find(|l| l["listing_id"] == (10_000 + n).to_string()).expect("a line");
        (line["price"].clone(), line["currency"].clone())
    };
    let expected = ["0.00", "0.01", "0.99", "1.00", "1234567.89", "99.00"];
    for (n, expected) in (0..).zip(expected) {
        assert_eq!(price(n), (expected.to_owned(), "CNY".to_owned()));
    }
    let yen = lake.config("currency = \"JPY\"\n");
    lake.job("pilot-plan").with("--config", yen).args("--budget 14 --seed 1").run().ok();
    assert_eq!(price(4), ("123456789".to_owned(), "JPY".to_owned()));
}

#[test]
fn a_listing_of_an_unknown_merchant_is_still_bought() {
    let mut market = Market::of_brands(1);
    market.listings.push(Listing { merchant_id: 31_337, ..Listing::new(10_000, 1) });
    let lake = market.lake();
    run(&lake, "--budget 1 --seed 1").ok();
    let lines = rows(&lake);
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0]["merchant_id"].as_str(), lines[0]["merchant"].as_str()), ("31337", ""));
}

#[test]
fn the_list_is_replaced_with_its_plan() {
    let lake = super::market().lake();
    run(&lake, "--budget 60 --seed 5").ok();
    run(&lake, "--budget 20 --seed 6").ok();
    assert_eq!(rows(&lake).len(), 20);
    // A list that somebody has changed is written again.
    let path = lake.mart("purchase_desk").join("pilot-plan.csv");
    let sound = bytes(&lake);
    fs::write(&path, b"draw_order\r\n").expect("written");
    run(&lake, "--budget 20 --seed 6").ok().says(&["published"]);
    assert!(bytes(&lake) == sound);
}

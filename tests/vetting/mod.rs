//! `seller-vetting`: its marts, exemptions from them, and what reports make of them.

/// The columns, the rows of seven merchants by hand, and what is noted.
mod marts;

/// Exemptions by configuration: what they take out, until when, and which are refused.
mod exempt;

/// The same bytes whatever the order, the files and the threads; unchanged and changed runs; quarantine; refusals.
mod stable;

/// The section "Authorisations" of a brand's report.
mod reports;

use serde_json::Value;

use crate::support::marts::Row;
use crate::support::papers::{Paper, documents};
use crate::support::time::at;
use crate::support::{DAY, Lake, Market, Output, Sale, fixture};

/// The marts.
const VETTING: &str = "seller_vetting";
const EXEMPTED: &str = "seller_vetting_exempted";
const BRANDS: &str = "seller_vetting_brands";

/// Runs the job.
fn run(lake: &Lake, words: &str) -> Output {
    lake.job("seller-vetting").args(words).run()
}

/// Units of a brand sold by a merchant from 900 to 906, at 100.00 each, on the as-of day unless a test says otherwise.
fn sold(merchant: i64, brand: i64, quantity: i64) -> Sale {
    // Listings go to the usual merchants by their remainder of seven, and 700 is one of merchant 900's.
    Sale::new(700 + 70 * brand + (merchant - 900), brand, quantity)
}

/// A lake of two brands with these documents and sales; 905 is suspended and 906 has closed.
fn lake(papers: &[Paper], sales: &[Sale]) -> Lake {
    let market = Market { sales: sales.to_vec(), ..Market::of_brands(2) };
    let lake = market.lake();
    lake.edit("merchants", |t| {
        t.set(5, "status", "suspended");
        t.set(6, "status", "closed");
    });
    for table in [fixture::ip_rights(), fixture::claim_holds(), documents(papers.iter().copied())] {
        lake.put(&table, DAY);
    }
    lake
}

/// Documents and sales of seven merchants, each with its own fault.
fn seven() -> (Vec<Paper>, Vec<Sale>) {
    let papers = vec![
        // 900: an authorisation on its last day.
        Paper::licence(900),
        Paper::authorisation(900, 1).until("2026-11-16"),
        // 901: everything lapsed the day before, and a new authorisation still waits.
        Paper::licence(901).until("2026-11-15"),
        Paper::authorisation(901, 1).until("2026-11-15"),
        Paper::authorisation(901, 1).pending("2026-11-10"),
        // 902: nothing at all.
        // 903: filed fourteen and fifteen days ago.
        Paper::licence(903).pending("2026-11-02"),
        Paper::certificate(903, 2).pending("2026-11-01"),
        // 904: revoked; and a certificate does not stand in for an authorisation.
        Paper::licence(904).now("revoked", "2026-10-05"),
        Paper::licence(904).now("revoked", "2026-06-05"),
        Paper::certificate(904, 1),
        // 905: rejected.
        Paper::licence(905).now("rejected", "2026-03-03"),
        Paper::authorisation(905, 2).now("rejected", "2026-03-03"),
        // 906: two licences, the later of which ends in thirty days; and a revoked authorisation beside a valid one.
        Paper::licence(906).until("2026-12-01"),
        Paper::licence(906).until("2026-12-16"),
        Paper::authorisation(906, 2).now("revoked", "2026-10-05"),
        Paper::authorisation(906, 2).until("2026-12-17"),
    ];
    let first = Sale { sold_at: at("2026-11-13 16:30"), ..sold(902, 2, 2) };
    let unbranded = Sale { brand_id: None, ..sold(901, 2, 50) };
    let sales = vec![
        sold(900, 1, 3),
        sold(901, 1, 4),
        unbranded,
        first,
        sold(902, 2, 5),
        sold(904, 1, 7),
        sold(905, 2, 11),
        sold(906, 2, 13),
    ];
    (papers, sales)
}

fn seven_merchants() -> Lake {
    let (papers, sales) = seven();
    lake(&papers, &sales)
}

/// The keys of rows: merchant, issue, kind of document, brand.
fn keys(rows: &[Row]) -> Vec<(i64, String, String, Option<i64>)> {
    let text = |v: &Value| v.as_str().expect("text").to_owned();
    let key = |r: &Row| {
        (
            r["merchant_id"].as_i64().expect("a merchant"),
            text(&r["issue"]),
            text(&r["document_type"]),
            r["brand_id"].as_i64(),
        )
    };
    rows.iter().map(key).collect()
}

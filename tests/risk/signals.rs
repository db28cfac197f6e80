//! Each signal by hand.

use serde_json::{Value, json};

use super::{Shops, days_ago, merchant, pairs, run};
use crate::support::papers::Paper;
use crate::support::time::{HOUR, t};
use crate::support::{Lake, Purchase};

/// Some columns of a merchant's row.
#[track_caller]
fn is(lake: &Lake, id: i64, expected: &Value) {
    let row = merchant(lake, id);
    for (name, value) in expected.as_object().expect("columns") {
        assert_eq!(&row[name], value, "{name} of merchant {id}");
    }
}

#[test]
fn events_are_those_of_the_window_and_the_newest_weeks() {
    let mut shops = Shops::new();
    shops.sold = vec![
        (0, 900, 1, Some(1), None, 1, 100),
        (6, 900, 1, Some(1), None, 2, 100),
        (7, 900, 1, Some(1), None, 4, 100),
        (34, 900, 1, Some(1), None, 8, 100),
        (35, 900, 1, None, None, 16, 100),
        (39, 900, 1, Some(2), None, 32, 100),
    ];
    shops.refunded =
        vec![(3, 900, 1, 1, 2, "counterfeit"), (3, 900, 1, 1, 5, "quality"), (37, 900, 1, 2, 1, "counterfeit")];
    let lake = shops.lake();
    run(&lake, "").ok();
    is(
        &lake,
        900,
        &json!({"units": 63, "gmv_minor": 6_300, "recent_units": 3, "trailing_units": 12, "counterfeit_refund_units": 3,
                "burst_z": null}),
    );
    // The window ends the count; refunds of sales before it count all the same.
    run(&lake, "--days 38").ok();
    is(&lake, 900, &json!({"units": 31, "trailing_units": 12, "counterfeit_refund_units": 3}));
    let found = pairs(&lake);
    assert_eq!(found[&(900, 1)]["units"], 15);
    // Brand 2 was sold before the window only.
    assert!(!found.contains_key(&(900, 2)));
}

#[test]
fn deep_discounts_go_by_the_list_price_or_by_what_others_ask() {
    let mut shops = Shops::new();
    shops.products = vec![(70, 1, Some(1_000)), (71, 1, None), (72, 1, None)];
    shops.listings = vec![
        // Lowest active prices of product 71: 100, 300, 405; the median is 300.
        (11, 901, Some(1), Some(71), 100, "active"),
        (12, 901, Some(1), Some(71), 900, "active"),
        (13, 902, Some(1), Some(71), 300, "active"),
        (14, 903, Some(1), Some(71), 405, "active"),
        (15, 904, Some(1), Some(71), 1, "closed"),
        // A list price wins over offers.
        (16, 904, Some(1), Some(70), 5, "active"),
    ];
    shops.sold = vec![
        (1, 900, 1, Some(1), Some(70), 1, 599),
        (1, 900, 1, Some(1), Some(70), 2, 600),
        (1, 900, 2, Some(1), Some(71), 4, 179),
        (1, 900, 2, Some(1), Some(71), 8, 180),
        // Nobody offers product 72, and 99 is unknown: not counted on either side.
        (1, 900, 3, Some(1), Some(72), 16, 1),
        (1, 900, 3, Some(1), Some(99), 32, 1),
        (1, 900, 3, Some(1), None, 64, 1),
        (1, 905, 4, Some(1), None, 1, 1),
    ];
    let lake = shops.lake();
    run(&lake, "").ok();
    is(&lake, 900, &json!({"units": 127, "deep_discount_units": 5, "priced_units": 15, "price_depth": 5.0 / 15.0}));
    is(&lake, 905, &json!({"deep_discount_units": 0, "priced_units": 0, "price_depth": null}));
}

#[test]
fn takedowns_of_a_year_that_stand_are_counted_by_listing_and_day() {
    let mut shops = Shops::new();
    shops.listings = vec![
        (1, 900, Some(1), None, 100, "removed"),
        (2, 900, Some(1), None, 100, "removed"),
        (3, 900, Some(1), None, 100, "removed"),
        (4, 900, Some(1), None, 100, "active"),
        (9, 900, Some(2), None, 100, "closed"),
    ];
    // In Shanghai the day begins at 16:00 UTC: these two are on different days there, though on one in UTC.
    let midnight = t() - 10 * 24 * HOUR;
    shops.removal(1, 900, 1, midnight - 60_000_000).removal(1, 900, 2, midnight + 60_000_000);
    shops.removal(2, 900, 3, days_ago(20));
    // The same listing again, by another claim.
    shops.removal(1, 900, 1, days_ago(5));
    // Reinstated, the first day of the year that counts, and the day before it.
    shops.removal(1, 901, 5, days_ago(30)).removal(1, 902, 6, days_ago(364)).removal(1, 903, 7, days_ago(365));
    shops.takedowns[4].1 = Some(days_ago(2));
    let lake = shops.lake();
    run(&lake, "").ok();
    is(
        &lake,
        900,
        &json!({"upheld_takedowns": 4, "upheld_listings": 3, "enforcement_days": 4, "upheld_listing_share": 3.0 / 5.0,
                "repeat_infringer": true, "listings_active": 1, "listings": 5}),
    );
    is(&lake, 901, &json!({"upheld_takedowns": 0, "enforcement_days": 0, "repeat_infringer": false}));
    is(&lake, 902, &json!({"upheld_takedowns": 1, "upheld_listing_share": 1.0}));
    is(&lake, 903, &json!({"upheld_takedowns": 0}));
    let found = pairs(&lake);
    // An upheld takedown makes a pair; a reinstated one does not.
    assert_eq!(found[&(900, 1)]["upheld_takedowns"], 3);
    assert_eq!(found[&(900, 1)]["repeat_infringer"], false, "three days, but two listings");
    assert_eq!(found[&(900, 2)]["upheld_takedowns"], 1);
    assert!(found.contains_key(&(902, 1)) && !found.contains_key(&(901, 1)) && !found.contains_key(&(903, 1)));
    let behind = lake.rows("risk_takedowns");
    assert_eq!(behind.iter().filter(|r| r["merchant_id"] == 900).count(), 4);
    assert_eq!(behind.len(), 5);
}

#[test]
fn links_reach_over_others_and_end_at_crowded_keys() {
    let mut shops = Shops::new();
    shops.more = (1_000..1_021).collect();
    shops.keys = vec![
        (900, [Some("e1"), None, None, None]),
        (901, [Some("e1"), None, Some("p1"), None]),
        (902, [None, None, Some("p1"), None]),
        // An equal key of another kind links nobody.
        (903, [None, Some("p1"), None, None]),
    ];
    // Twenty merchants of one address are linked, twenty-one are not.
    shops.keys.extend((1_000..1_020).map(|id| (id, [None, None, None, Some("hall")])));
    shops.removal(1, 902, 5, days_ago(3)).removal(2, 902, 6, days_ago(3)).removal(1, 900, 7, days_ago(3));
    let lake = shops.lake();
    run(&lake, "").ok();
    is(&lake, 900, &json!({"linked_merchants": 2, "linked_upheld": 2}));
    is(&lake, 901, &json!({"linked_merchants": 2, "linked_upheld": 3}));
    is(&lake, 902, &json!({"linked_merchants": 2, "linked_upheld": 1}));
    is(&lake, 903, &json!({"linked_merchants": 0, "linked_upheld": 0}));
    is(&lake, 1_005, &json!({"linked_merchants": 19}));
    // Within a brand, only its takedowns count.
    assert_eq!(pairs(&lake)[&(900, 1)]["linked_upheld"], 1);
    shops.keys.push((1_020, [None, None, None, Some("hall")]));
    let lake = shops.lake();
    run(&lake, "").ok();
    is(&lake, 1_005, &json!({"linked_merchants": 0}));
    let config = lake.config("link_key_merchants = 21\n");
    lake.job("merchant-risk").with("--config", config).run().ok();
    is(&lake, 1_005, &json!({"linked_merchants": 20}));
}

#[test]
fn documents_and_purchases_are_counted() {
    let mut shops = Shops::new();
    shops.papers = vec![
        Paper::licence(900),
        Paper::licence(901).until("2026-11-20"),
        Paper::authorisation(900, 1).now("revoked", "2026-10-01"),
        Paper::authorisation(901, 1),
    ];
    shops.sold = vec![
        (1, 900, 1, Some(1), None, 1, 100),
        (1, 900, 2, Some(2), None, 1, 100),
        (1, 901, 3, Some(1), None, 1, 100),
    ];
    shops.purchases = vec![
        Purchase { merchant_id: 900, ..Purchase::random(1, 1, (1, 10), "counterfeit") },
        Purchase { merchant_id: 900, ..Purchase::random(2, 2, (1, 10), "genuine") }.aimed("targeted"),
        Purchase { merchant_id: 900, ..Purchase::random(2, 2, (1, 10), "inconclusive") },
        Purchase { merchant_id: 900, ..Purchase::random(2, 2, (1, 10), "genuine") }.outstanding(),
    ];
    let lake = shops.lake();
    lake.job("seller-vetting").run().ok();
    run(&lake, "").ok();
    is(
        &lake,
        900,
        &json!({"unauthorised_brands": 2, "document_issues": 1, "pilot_sampled": 3, "pilot_conclusive": 2,
                "pilot_counterfeit": 1, "store_age_days": 2_387}),
    );
    // A licence that ends soon is an issue; 903 has none at all.
    is(&lake, 901, &json!({"unauthorised_brands": 0, "document_issues": 1}));
    is(&lake, 903, &json!({"unauthorised_brands": 0, "document_issues": 1}));
    for row in lake.rows("merchant_risk") {
        let issues = lake.rows("seller_vetting").into_iter().filter(|r| r["merchant_id"] == row["merchant_id"]);
        let (brands, papers): (Vec<_>, Vec<_>) = issues.partition(|r| r["issue"] == "unauthorised_brand");
        assert_eq!(
            (&row["unauthorised_brands"], &row["document_issues"]),
            (&json!(brands.len()), &json!(papers.len()))
        );
    }
    let found = pairs(&lake);
    let of = |brand: i64| {
        let row = &found[&(900, brand)];
        (row["unauthorised_brands"].clone(), row["document_issues"].clone(), row["pilot_counterfeit"].clone())
    };
    assert_eq!(of(1), (json!(1), json!(1), json!(1)));
    assert_eq!(of(2), (json!(1), json!(0), json!(0)));
    // What an exemption takes out counts against nobody.
    let config = lake.config("[[seller_vetting.exemption]]\nmerchant_id = 900\nbrand_id = 2\nreason = 'outlet'\n");
    lake.job("merchant-risk").with("--config", config).run().ok();
    is(&lake, 900, &json!({"unauthorised_brands": 1}));
}

#[test]
fn a_brands_rows_are_made_of_that_brand_alone() {
    let mut shops = Shops::new();
    shops.sold = vec![(1, 900, 1, Some(1), None, 10, 100), (1, 901, 2, Some(1), None, 10, 100)];
    shops.removal(1, 900, 1, days_ago(9));
    let counts = |lake: &Lake| {
        run(lake, "").ok();
        let mut rows = pairs(lake);
        rows.retain(|(_, brand), _| *brand == 1);
        for row in rows.values_mut() {
            // Rates lean on what all merchants have in common; every count is the brand's own.
            row.retain(|name, value| (value.is_i64() || value.is_boolean()) && !name.starts_with("rank"));
        }
        rows
    };
    let before = counts(&shops.lake());
    shops.sold.push((1, 900, 3, Some(2), None, 500, 7_777));
    shops.refunded.push((1, 901, 4, 2, 9, "counterfeit"));
    shops.removal(2, 900, 3, days_ago(8)).removal(2, 901, 4, days_ago(8));
    shops.purchases.push(Purchase { merchant_id: 900, ..Purchase::random(3, 2, (1, 10), "counterfeit") });
    assert_eq!(counts(&shops.lake()), before);
}

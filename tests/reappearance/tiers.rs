//! The tiers by hand-made lakes.

use serde_json::json;

use super::{Offer, Removed, Scene, ago, removal};
use crate::support::pictures::{Image, edited, photo};
use crate::support::time::rfc3339;

#[test]
fn the_same_listing_is_back_when_it_is_active_again_after_its_removal() {
    let own = |status, reactivated_at| {
        let mut scene = Scene::new();
        scene.offers = vec![Offer { status, reactivated_at, ..Offer::removed(100, 1).product(50) }];
        scene.pairs()
    };
    let rows = own("active", Some(removal() + 1));
    let row = &rows[0];
    assert_eq!((rows.len(), &row["tier"], &row["hamming"]), (1, &json!("A"), &json!(null)));
    assert_eq!(row["reappeared_at"], rfc3339(removal() + 1));
    assert_eq!((&row["link_keys"], &row["same_product"]), (&json!([]), &json!(true)));
    assert_eq!((&row["title_similarity"], &row["removed_position"]), (&json!(null), &json!(null)));
    assert!(own("active", Some(removal())).is_empty(), "at the very instant is not after");
    assert!(own("active", None).is_empty());
    assert!(own("closed", Some(removal() + 1)).is_empty());
    assert!(own("removed", Some(removal() + 1)).is_empty());
}

#[test]
fn another_listing_must_be_listed_strictly_after_the_removal() {
    let listed = |listed_at| {
        let new = Offer { listed_at, ..Offer::later(200, 1) };
        Scene::new().with(new, &[Image::of(200, photo(100))]).found()
    };
    assert!(listed(removal() - 1).is_empty());
    assert!(listed(removal()).is_empty());
    assert_eq!(listed(removal() + 1), [(100, 200, "B".to_owned())]);
}

#[test]
fn another_listing_may_have_any_status() {
    for status in ["active", "removed", "closed"] {
        let new = Offer { status, ..Offer::later(200, 2) };
        let scene = Scene::new().with(new, &[Image::of(200, photo(100))]);
        assert_eq!(scene.tier_of(200).as_deref(), Some("D"), "{status}");
    }
}

#[test]
fn a_match_reaches_to_31_bits() {
    for (bits, expected) in [(0, Some(0)), (30, Some(30)), (31, Some(31)), (32, None), (45, None)] {
        for merchant in [1, 2] {
            let scene = Scene::new().with(Offer::later(200, merchant), &[Image::of(200, edited(photo(100), bits))]);
            let found: Vec<_> = scene.pairs().iter().map(|r| r["hamming"].as_i64()).collect();
            assert_eq!(found, expected.map(Some).into_iter().collect::<Vec<_>>(), "{bits} bits, merchant {merchant}");
        }
    }
}

#[test]
fn tiers_are_tried_in_order() {
    // Merchant 2 shares a contact and an address with merchant 1, 3 shares a payout account with 2 only.
    let scene = Scene::new().key(1, "c", [1, 2]).key(3, "a", [1, 2]).key(2, "p", [2, 3]);
    let scene = [(200, 1), (300, 2), (400, 3), (500, 4)].into_iter().fold(scene, |scene, (listing, merchant)| {
        scene.with(Offer::later(listing, merchant), &[Image::of(listing, edited(photo(100), 12))])
    });
    let rows = scene.pairs();
    let told: Vec<_> = rows.iter().map(|r| (&r["new_listing_id"], &r["tier"], &r["link_keys"])).collect();
    assert_eq!(
        told,
        [
            (&json!(200), &json!("B"), &json!([])),
            (&json!(300), &json!("C"), &json!(["contact", "address"])),
            (&json!(400), &json!("D"), &json!([])),
            (&json!(500), &json!("D"), &json!([])),
        ]
    );
    assert!(rows.iter().all(|r| r["hamming"] == 12 && r["days"] == 1.0 && r["removed_merchant_id"] == 1));
}

#[test]
fn keys_of_different_kinds_never_meet() {
    let scene =
        Scene::new().key(0, "x", [1]).key(1, "x", [2]).with(Offer::later(200, 2), &[Image::of(200, photo(100))]);
    assert_eq!(scene.tier_of(200).as_deref(), Some("D"));
}

#[test]
fn a_key_of_twenty_merchants_links_and_of_twenty_one_does_not() {
    for (merchants, tier) in [(20, "C"), (21, "D")] {
        let scene = Scene::new().key(3, "hall", 1..=merchants);
        let scene = scene.with(Offer::later(200, 2), &[Image::of(200, photo(100))]);
        assert_eq!(scene.tier_of(200).as_deref(), Some(tier), "{merchants}");
    }
    // The number is configured.
    let lake = Scene::new().key(3, "hall", 1..=21).with(Offer::later(200, 2), &[Image::of(200, photo(100))]).lake();
    let config = lake.config("link_key_merchants = 21\n");
    lake.job("reappearance").with("--config", config).run().ok();
    assert_eq!(lake.rows(super::PAIRS)[0]["tier"], "C");
}

#[test]
fn the_same_merchant_needs_an_image_or_the_same_product_and_brand() {
    let tier = |new: Offer| {
        let mut scene = Scene::new().with(new, &[]);
        scene.offers[0].product_id = Some(50);
        scene.tier_of(200)
    };
    let new = || Offer::later(200, 1);
    assert_eq!(tier(new().product(50)).as_deref(), Some("B"));
    assert_eq!(tier(new().product(51)), None);
    assert_eq!(tier(new()), None, "without a product");
    assert_eq!(tier(Offer { brand_id: Some(2), ..new().product(50) }), None, "of another brand");
    assert_eq!(tier(Offer { brand_id: None, ..new().product(50) }), None);
    assert_eq!(tier(Offer { listed_at: removal(), ..new().product(50) }), None, "not after");
    // No product on either side is not the same product.
    assert_eq!(Scene::new().with(new(), &[]).tier_of(200), None);
    // Another merchant's is nobody's concern without an image.
    let scene = Scene::new().key(0, "e", [1, 2]);
    let mut scene = scene.with(Offer { merchant_id: 2, ..new().product(50) }, &[]);
    scene.offers[0].product_id = Some(50);
    assert_eq!(scene.tier_of(200), None);
}

#[test]
fn an_image_match_is_of_any_brand() {
    for merchant in [1, 2] {
        let new = Offer { brand_id: Some(2), ..Offer::later(200, merchant) };
        let row = &Scene::new().with(new, &[Image::of(200, photo(100))]).pairs()[0];
        assert_eq!((&row["brand_id"], &row["same_product"]), (&json!(1), &json!(false)), "merchant {merchant}");
    }
}

#[test]
fn the_brand_is_that_of_the_claim() {
    // The listing says brand 1, the claim is brand 2's.
    let mut scene = Scene::new()
        .with(Offer::later(200, 1).product(50), &[])
        .with(Offer { brand_id: Some(2), ..Offer::later(300, 1).product(50) }, &[]);
    scene.offers[0].product_id = Some(50);
    scene.removed = vec![Removed { claim_id: 2, ..Removed::of(100, 1) }];
    let rows = scene.pairs();
    let told: Vec<_> = rows.iter().map(|r| (&r["new_listing_id"], &r["brand_id"], &r["claim_id"])).collect();
    assert_eq!(told, [(&json!(300), &json!(2), &json!(2))]);
}

#[test]
fn every_pair_is_a_row() {
    // Two removed listings with one picture, and two listings that show it later; the second of them removed as well.
    let mut scene = Scene::new().with(Offer::removed(101, 2), &[Image::of(101, photo(100))]);
    scene.removed.push(Removed { at: removal() + 1, ..Removed::of(101, 2) });
    let later = Offer { status: "removed", listed_at: ago(200), ..Offer::later(200, 1) };
    let scene = scene.with(later, &[Image::of(200, photo(100))]);
    let mut scene = scene.with(Offer { listed_at: ago(100), ..Offer::later(201, 3) }, &[Image::of(201, photo(100))]);
    scene.removed.push(Removed { at: ago(150), ..Removed::of(200, 1) });
    let expected = [(100, 200, "B"), (100, 201, "D"), (101, 200, "D"), (101, 201, "D"), (200, 201, "D")];
    assert_eq!(scene.found(), expected.map(|(a, b, tier)| (a, b, tier.to_owned())));
}

#[test]
fn listings_that_are_not_on_record_come_back_all_the_same() {
    // The removed listing is gone from the table; its images are still there.
    let mut scene = Scene::new().with(Offer::later(200, 1), &[Image::of(200, photo(100))]);
    scene.offers.remove(0);
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    let rows = lake.rows(super::PAIRS);
    assert_eq!((rows.len(), &rows[0]["tier"], &rows[0]["removed_title"]), (1, &json!("B"), &json!(null)));
    assert_eq!(super::note(&lake, "removed_listings_not_on_record"), 1);
    // Images of a listing that is not on record are no listing.
    let mut scene = Scene::new();
    scene.images.push(Image::of(200, photo(100)));
    assert!(scene.found().is_empty());
}

#[test]
fn titles_are_compared_and_decide_nothing() {
    let titled = |title: &'static str, hash| {
        let new = Offer { title, ..Offer::later(200, 2) };
        Scene::new().with(new, &[Image::of(200, hash)]).pairs()
    };
    assert_eq!(titled("LEATHER  Bag", photo(100))[0]["title_similarity"], 1.0);
    assert_eq!(titled("钱包", photo(100))[0]["title_similarity"], 0.0);
    assert!(titled("Leather bag", photo(7)).is_empty(), "a title alone is no match");
    let other = titled("Leather bags", photo(100))[0]["title_similarity"].as_f64().expect("a figure");
    assert!(other > 0.5 && other < 1.0, "{other}");
}

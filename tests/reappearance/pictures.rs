//! Pictures: distances, quality, common ones, and images without a fingerprint.

use serde_json::json;

use super::{Offer, REMOVALS, Removed, Scene, ago, int, note, removal};
use crate::support::marts::Row;
use crate::support::pictures::{Hash, Image, edited, photo};

/// Adds listings from 1000 on with a picture, each of an unlinked merchant of its own, listed at an instant.
fn shown_by(scene: Scene, merchants: i64, hash: Hash, listed_at: i64) -> Scene {
    (0..merchants).fold(scene, |scene, n| {
        let offer = Offer { listed_at, ..Offer::later(1_000 + n, 500 + n) };
        scene.with(offer, &[Image::of(1_000 + n, hash)])
    })
}

#[test]
fn both_images_need_a_quality_of_50() {
    for (removed, new, expected) in [(50, 50, 1), (49, 50, 0), (50, 49, 0), (100, 8, 0)] {
        let mut scene = Scene::new().with(Offer::later(200, 1), &[Image::of(200, photo(100)).quality(new)]);
        scene.images[0].quality = Some(removed);
        assert_eq!(scene.pairs().len(), expected, "{removed} and {new}");
    }
}

#[test]
fn images_without_a_hash_or_quality_are_counted_and_match_nothing() {
    let mut scene = Scene::new().with(Offer::later(200, 1), &[Image { hash: None, ..Image::of(200, photo(100)) }]);
    scene.images.push(Image { quality: None, ..Image::of(200, photo(100)).at(1) });
    scene.images.push(Image { hash: None, quality: None, ..Image::of(100, photo(100)).at(1) });
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    assert!(lake.rows(super::PAIRS).is_empty());
    assert_eq!(note(&lake, "images_without_a_hash_not_looked_at"), 2);
    assert_eq!(note(&lake, "images_of_low_quality"), 1);
    assert_eq!(note(&lake, "images_of_removed_listings_not_compared"), 1);
    let removal = &lake.rows(REMOVALS)[0];
    assert_eq!((&removal["images"], &removal["uncompared_images"]), (&json!(1), &json!(1)));
}

#[test]
fn the_smallest_distance_is_told_with_its_places() {
    let mut scene = Scene::new().with(
        Offer::later(200, 2),
        &[
            Image::of(200, edited(photo(100), 20)),
            Image::of(200, edited(photo(101), 9)).at(3),
            Image::of(200, edited(photo(101), 9)).at(4),
            // Nearer, but no match may rest on it.
            Image::of(200, photo(101)).at(5).quality(49),
        ],
    );
    scene.images.push(Image::of(100, photo(101)).at(7));
    let row = &scene.pairs()[0];
    let told = ["hamming", "removed_position", "new_position", "image_matches", "common_matches"];
    assert_eq!(told.map(|name| int(&row[name])), [9, 7, 3, 3, 0]);
}

#[test]
fn a_pair_by_product_tells_a_distance_only_within_reach() {
    for (bits, hamming) in [(31, json!(31)), (32, json!(null))] {
        let mut scene = Scene::new().with(Offer::later(200, 1).product(5), &[Image::of(200, edited(photo(100), bits))]);
        scene.offers[0].product_id = Some(5);
        let row = &scene.pairs()[0];
        assert_eq!((&row["tier"], &row["hamming"], &row["same_product"]), (&json!("B"), &hamming, &json!(true)));
    }
}

/// The tiers of listings 200 (same merchant), 300 (linked) and 400 (any other), which all show the removed picture.
fn accused(scene: Scene) -> (Vec<String>, Vec<Row>) {
    let scene = scene.key(0, "e", [1, 2]);
    let scene = [(200, 1), (300, 2), (400, 3)].into_iter().fold(scene, |scene, (listing, merchant)| {
        scene.with(Offer::later(listing, merchant), &[Image::of(listing, edited(photo(100), 10))])
    });
    let rows = scene.pairs();
    let own = rows.iter().filter(|r| int(&r["removed_listing_id"]) == 100 && int(&r["new_listing_id"]) < 1_000);
    (own.map(|r| super::text(&r["tier"])).collect(), rows)
}

#[test]
fn a_common_picture_accuses_nobody_but_the_same_merchant() {
    // Strangers who list it later: with the one that is accused, four are a few, five are many.
    assert_eq!(accused(shown_by(Scene::new(), 3, photo(100), removal() + 1)).0, ["B", "C", "D"]);
    let (tiers, rows) = accused(shown_by(Scene::new(), 4, photo(100), removal() + 1));
    assert_eq!((tiers, rows.len()), (vec!["B".to_owned()], 1));
    assert_eq!((&rows[0]["image_matches"], &rows[0]["common_matches"]), (&json!(1), &json!(1)));
    // An official picture of hundreds, on offer long before.
    assert_eq!(accused(shown_by(Scene::new(), 300, edited(photo(100), 4), ago(9_000))).0, ["B"]);
    // Fewer are enough before the removal; at its very instant is not before.
    assert_eq!(accused(shown_by(Scene::new(), 2, photo(100), removal() - 1)).0, ["B", "C", "D"]);
    assert_eq!(accused(shown_by(Scene::new(), 3, photo(100), removal() - 1)).0, ["B"]);
    assert_eq!(accused(shown_by(Scene::new(), 3, photo(100), removal())).0, ["B", "C", "D"]);
    // Only close uses count.
    assert_eq!(accused(shown_by(Scene::new(), 40, edited(photo(100), 15), ago(9_000))).0, ["B"]);
    let far = accused(shown_by(Scene::new(), 40, edited(photo(100), 26), ago(9_000))).0;
    assert_eq!(far, ["B", "C", "D"], "uses 26 bits away are another edition");
}

#[test]
fn linked_merchants_make_nothing_common() {
    // Forty shops of one owner, who is not the removed merchant.
    let shops = shown_by(Scene::new(), 40, photo(100), ago(9_000));
    let scene = [(2, 500), (3, 510), (2, 520), (3, 530)].into_iter().fold(shops, |scene, (kind, first)| {
        // Each ten share a key, and the last of them another kind of key with the next ten.
        scene.key(kind, &format!("k{first}"), first - i64::from(first > 500)..first + 10)
    });
    assert_eq!(accused(scene).0, ["B", "C", "D"]);
    // Nor do the shops that are linked to the removed merchant itself.
    let scene = shown_by(Scene::new(), 8, photo(100), ago(9_000)).key(1, "c", (500..508).chain([1]));
    assert_eq!(accused(scene).0, ["B", "C", "D"]);
}

#[test]
fn listings_that_were_removed_make_nothing_common() {
    let mut scene = shown_by(Scene::new(), 6, photo(100), ago(9_000));
    scene.removed.extend((0..6).map(|n| Removed { at: ago(8_000), ..Removed::of(1_000 + n, 500 + n) }));
    assert_eq!(accused(scene).0, ["B", "C", "D"]);
}

#[test]
fn the_official_picture_may_be_that_of_the_new_listing() {
    // The removed listing showed an edited copy, 25 bits away; honest merchants show the picture itself.
    let official = edited(photo(100), 25);
    let scene = shown_by(Scene::new().key(0, "e", [1, 2]), 30, official, ago(9_000));
    let scene = scene.with(Offer::later(400, 3), &[Image::of(400, official)]);
    // A linked merchant with the edited copy itself, and the same merchant with the official one.
    let scene = scene.with(Offer::later(300, 2), &[Image::of(300, photo(100))]);
    let scene = scene.with(Offer::later(200, 1), &[Image::of(200, official)]);
    let found: Vec<(i64, String)> = scene.found().into_iter().map(|f| (f.1, f.2)).collect();
    assert_eq!(found, [(200, "B".to_owned()), (300, "C".to_owned())]);
}

#[test]
fn a_second_picture_of_its_own_accuses_beside_a_common_one() {
    let mut scene = shown_by(Scene::new(), 30, photo(100), ago(9_000))
        .with(Offer::later(400, 3), &[Image::of(400, photo(100)), Image::of(400, edited(photo(101), 20)).at(1)]);
    scene.images.push(Image::of(100, photo(101)).at(1));
    let rows = scene.pairs();
    assert_eq!((rows.len(), int(&rows[0]["new_listing_id"]), int(&rows[0]["hamming"])), (1, 400, 0));
    assert_eq!((int(&rows[0]["image_matches"]), int(&rows[0]["common_matches"])), (2, 1));
}

#[test]
fn the_numbers_of_groups_are_configured() {
    let lake = shown_by(Scene::new(), 2, photo(100), ago(9_000));
    let lake = lake.with(Offer::later(400, 3), &[Image::of(400, photo(100))]).lake();
    for (config, pairs) in [("", 1), ("common_image_groups_before = 2\n", 0), ("common_image_groups = 3\n", 0)] {
        let config = lake.config(config);
        lake.job("reappearance").with("--config", &config).run().ok();
        assert_eq!(lake.rows(super::PAIRS).len(), pairs);
    }
    let refused = lake.config("common_image_groups = 0\n");
    lake.job("reappearance").with("--config", refused).run().fails(2, &["common_image_groups is 0"]);
}

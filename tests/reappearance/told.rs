//! What is explained and measured.

use serde_json::{Value, json};

use super::{Offer, Scene, ago, removal};
use crate::support::pictures::{Image, edited, photo};
use crate::support::time::rfc3339;
use crate::support::{Call, DAY, Lake, Output, sample};

fn explain(lake: &Lake, words: &str) -> Output {
    Call::new("explain listing").args(words).with("--marts", lake.marts()).args("--log text").run()
}

/// Listing 100 of merchant 1, back as 300 of the linked merchant 2 and 400 of merchant 3.
fn told() -> Lake {
    let scene = Scene::new().key(1, "secret-contact", [1, 2]).key(2, "secret-payout", [1, 2]);
    let scene =
        scene.with(Offer::later(300, 2), &[Image::of(300, photo(7)), Image::of(300, edited(photo(100), 31)).at(1)]);
    let scene = scene.with(Offer::later(400, 3), &[Image::of(400, photo(100))]);
    let lake = scene.with(Offer::later(500, 4), &[Image::of(500, photo(500))]).lake();
    lake.job("reappearance").run().ok();
    lake
}

#[test]
fn a_listing_is_told_which_removed_one_it_is_taken_for_and_why() {
    let lake = told();
    let text = explain(&lake, "300").ok().text();
    for part in [
        "listing 300 as of 2026-11-16",
        "tier C: listing 100 of merchant 1, removed at",
        &rfc3339(removal()),
        "1.00 days after",
        "share a key of the kind contact, payout",
        "image 1 of listing 300 is 31 bits of 256 from image 0 of the removed one",
        "titles 1.00 alike (decides nothing)",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(!text.contains("secret"), "keys are never printed\n{text}");
    let text = explain(&lake, "400").ok().text();
    assert!(text.contains("tier D") && text.contains("no known link"), "{text}");
}

#[test]
fn a_removed_listing_is_told_what_it_came_back_as() {
    let lake = told();
    let text = explain(&lake, "100").ok().text();
    for part in ["It was removed at", "by claim 1 of brand 1, from merchant 1", "1 image of it", "tier C", "tier D"] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let output = explain(&lake, "100 --format json").ok();
    let json = output.summary();
    assert_eq!((&json["listing_id"], &json["as_of"]), (&json!(100), &json!(DAY)));
    assert_eq!(json["removal"]["removed_at"], rfc3339(removal()));
    let pairs = json["came_back_as"].as_array().expect("pairs");
    let of = |name: &str| pairs.iter().map(|p| p[name].clone()).collect::<Vec<Value>>();
    assert_eq!(of("new_listing_id"), [json!(300), json!(400)]);
    assert_eq!(of("tier"), [json!("C"), json!("D")]);
    assert_eq!(of("counts_in_rates"), [json!(true), json!(false)]);
    assert_eq!(of("link_keys"), [json!(["contact", "payout"]), json!([])]);
    assert!(!output.text().contains("secret"));
}

#[test]
fn what_is_no_reappearance_is_told_and_what_is_unknown_refused() {
    let lake = told();
    let text = explain(&lake, "500").ok().text();
    assert!(text.contains("taken for no removed listing") && text.contains("were compared"), "{text}");
    explain(&lake, "301").fails(2, &["nothing is known of listing 301", "did you mean 300?"]);
    explain(&lake, "300 --as-of 2026-11-15").fails(3, &["mart reappearances"]);
    explain(&lake, "300 --as-of tomorrow").fails(2, &["--as-of tomorrow"]);
    explain(&lake, "x").exits(2);
    let empty = Lake::of(Vec::new());
    explain(&empty, "300").fails(3, &["no finished partition of the mart reappearances"]);
}

#[test]
fn common_pictures_are_told_as_such() {
    let scene = (0..30).fold(Scene::new(), |scene, n| {
        let old = Offer { listed_at: ago(9_000), ..Offer::later(1_000 + n, 500 + n) };
        scene.with(old, &[Image::of(1_000 + n, edited(photo(100), 2))])
    });
    let lake = scene.with(Offer::later(200, 1), &[Image::of(200, photo(100))]).lake();
    lake.job("reappearance").run().ok();
    let text = explain(&lake, "1000").ok().text();
    assert!(text.contains("accuses nobody") && text.contains("nearest: 2 bits"), "{text}");
    let text = explain(&lake, "100").ok().text();
    assert!(text.contains("1 of them are pictures that many unlinked merchants show"), "{text}");
    assert_eq!(explain(&lake, "1000 --format json").ok().summary()["excused_common_pictures"], json!([{"hamming": 2}]));
}

#[test]
fn reinstated_listings_are_told_to_be_so() {
    let mut scene = Scene::new();
    scene.removed[0].reinstated_at = Some(ago(100));
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    let text = explain(&lake, "100").ok().text();
    assert!(text.contains("lawfully reinstated") && !text.contains("has not come back"), "{text}");
}

#[test]
fn every_planted_pair_is_found_and_none_out_of_reach_is_claimed() {
    let marts = tempfile::tempdir().expect("a folder");
    sample::job("reappearance", sample::small(), marts.path()).run().ok();
    let eval = |words: &str| {
        let call = Call::new("eval reappearance").with("--truth", sample::small()).with("--marts", marts.path());
        call.args(words).args("--log text").run()
    };
    let figures = eval("--format json").ok().summary();
    let all = &figures["all"];
    assert!(all["planted"].as_u64().expect("a count") > 20, "{figures}");
    assert_eq!((&all["recall"], &all["precision"]), (&json!(1.0), &json!(1.0)), "{figures}");
    for name in ["claimed_out_of_reach", "wrong_distance", "errors"] {
        assert_eq!(figures[name], 0, "{figures}");
    }
    assert!(figures["out_of_reach"].as_u64().expect("a count") > 0);
    let text = eval("").ok().text();
    assert!(text.contains("precision") && !text.contains("Errors"), "{text}");
    eval("--as-of 2026-11-01").fails(3, &["mart reappearances"]);
}

#[test]
fn mistakes_are_listed_and_cost_precision_and_recall() {
    // The truth of one lake against the marts of another.
    let lake = told();
    let call = Call::new("eval reappearance").with("--truth", sample::small()).with("--marts", lake.marts());
    let output = call.clone().args("--format json").run().ok();
    let figures = output.summary();
    assert_eq!((&figures["all"]["found"], &figures["all"]["right"]), (&json!(2), &json!(0)));
    assert_eq!((&figures["all"]["precision"], &figures["all"]["recall"]), (&json!(0.0), &json!(0.0)));
    let lines = output.text().lines().count() as u64 - 1;
    assert_eq!(figures["errors"], lines);
    let csv = call.clone().args("--format csv").run().ok().text();
    assert_eq!(csv.lines().count() as u64, lines + 1, "{csv}");
    assert!(csv.contains("100,300,not in the truth"), "{csv}");
    call.with("--truth", lake.home()).run().exits(2);
    let none = Call::new("eval reappearance").with("--truth", lake.home()).with("--marts", lake.marts());
    none.args("--log text").run().fails(3, &["is it the folder of a sample lake?"]);
}

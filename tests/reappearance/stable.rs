//! The same bytes however a day is come by.

use std::path::Path;

use super::{Offer, PAIRS, Removed, Scene, ago, note, put};
use crate::support::marts::{marks, parquet};
use crate::support::pictures::{Image, edited, photo};
use crate::support::time::days_before;
use crate::support::{DAY, Lake, sample};

/// All marts.
const MARTS: [&str; 7] = [
    "reappearances",
    "reappearance_rates",
    "reappearance_curves",
    "reappearance_removals",
    "reappearance_pictures",
    "reappearance_matches",
    "reappearance_digests",
];

/// The bytes of all marts of a day.
fn bytes(marts: &Path, day: &str) -> Vec<Vec<u8>> {
    let of = |mart: &&str| std::fs::read(marts.join(mart).join(format!("dt={day}/part-00000.parquet"))).expect("read");
    MARTS.iter().map(of).collect()
}

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    /// A merchant from 1 to 20.
    fn merchant(&mut self) -> i64 {
        1 + self.below(20) as i64
    }

    /// An image of a listing: of eight photographs, some of which are near each other, and all are edited.
    fn image(&mut self, listing_id: i64) -> Image {
        let number = self.below(8);
        let base = if number < 4 { photo(1) } else { photo(number) };
        let near = edited(base, 24 * usize::try_from(number.min(3)).expect("small"));
        let (bits, quality) = (self.below(9) as usize, if self.below(12) == 0 { 40 } else { 80 });
        Image::of(listing_id, edited(near, bits)).quality(quality).at(self.below(3) as i64)
    }

    fn offer(&mut self, listing_id: i64) -> Offer {
        let offer = Offer { listed_at: ago(100 + self.below(900) as i64), ..Offer::later(listing_id, self.merchant()) };
        if self.below(3) == 0 { offer.product(self.below(4) as i64) } else { offer }
    }
}

fn add(scene: Scene, dice: &mut Dice, listing_id: i64) -> Scene {
    let (offer, one, two) = (dice.offer(listing_id), dice.image(listing_id), dice.image(listing_id));
    let images = if two.position == one.position { vec![one] } else { vec![one, two] };
    scene.with(offer, &images)
}

/// A crowded scene: a hundred listings of twenty merchants that show a few photographs, a third of them removed.
fn crowded(dice: &mut Dice) -> Scene {
    let mut scene = (1_000..1_100).fold(Scene::new(), |scene, listing| add(scene, dice, listing));
    for listing in (1_000..1_100).step_by(3) {
        let merchant = scene.offers.iter().find(|o| o.listing_id == listing).expect("put in").merchant_id;
        scene.removed.push(Removed { at: ago(200 + dice.below(700) as i64), ..Removed::of(listing, merchant) });
    }
    scene.key(0, "e", [1, 2]).key(1, "c", [2, 3]).key(2, "p", [9, 10, 11])
}

/// What may happen from a day to the next.
fn changed(mut scene: Scene, dice: &mut Dice, first_new: i64) -> Scene {
    for n in 0..4 {
        scene = add(scene, dice, first_new + n);
    }
    for _ in 0..3 {
        let at = dice.below(scene.images.len() as u64) as usize;
        let other = dice.image(scene.images[at].listing_id);
        match dice.below(4) {
            0 => drop(scene.images.remove(at)),
            1 => scene.images[at].quality = Some(30),
            _ => scene.images[at].hash = other.hash,
        }
    }
    let at = dice.below(scene.offers.len() as u64) as usize;
    match dice.below(3) {
        0 => drop(scene.offers.remove(at)),
        1 => scene.offers[at].merchant_id = dice.merchant(),
        _ => scene.offers[at].status = "closed",
    }
    let at = dice.below(scene.removed.len() as u64) as usize;
    match dice.below(3) {
        0 => scene.removed[at].reinstated_at = Some(ago(80)),
        1 => drop(scene.removed.remove(at)),
        _ => scene.removed[at].merchant_id = dice.merchant(),
    }
    let offer = scene.offers[dice.below(scene.offers.len() as u64) as usize].clone();
    if !scene.removed.iter().any(|r| r.listing_id == offer.listing_id) {
        scene.removed.push(Removed { at: ago(150), ..Removed::of(offer.listing_id, offer.merchant_id) });
    }
    let merchant = dice.merchant();
    scene.key(3, if dice.below(2) == 0 { "a" } else { "" }, [merchant])
}

#[test]
fn days_that_carry_over_find_what_a_whole_search_finds() {
    let days: Vec<String> = (0..4).rev().map(|n| days_before(DAY, n)).collect();
    let mut carried = 0;
    for seed in 0..6 {
        let mut dice = Dice(seed);
        let mut scene = crowded(&mut dice);
        let lake = Lake::of(Vec::new());
        for (n, day) in (0..).zip(&days) {
            for table in scene.tables() {
                lake.put(&table, day);
            }
            lake.job_at("reappearance", day).run().ok();
            let whole = tempfile::tempdir().expect("a folder");
            let mut call = lake.check_at("reappearance", day).with("--marts", whole.path());
            if n % 2 == 1 {
                call = call.args("--threads 1");
            }
            call.run().ok();
            let (now, anew) = (bytes(&lake.marts(), day), bytes(whole.path(), day));
            for ((mart, now), anew) in MARTS.iter().zip(now).zip(anew) {
                assert!(now == anew, "seed {seed}, day {day}: {mart} is another one when it is carried over");
            }
            scene = changed(scene, &mut dice, 2_000 + n * 10);
        }
        assert!(!lake.rows(PAIRS).is_empty());
        let searched = note(&lake, "listings_searched");
        assert!(searched < 20, "seed {seed}: {searched} listings were searched again");
        carried += note(&lake, "listings_carried_over");
    }
    assert!(carried > 400, "{carried}");
}

#[test]
fn what_another_rule_found_is_not_carried_over() {
    let mut dice = Dice(9);
    let scene = crowded(&mut dice);
    let lake = scene.lake();
    let before = days_before(DAY, 1);
    put(&lake, &scene, &before);
    let config = lake.config("common_image_groups = 7\n");
    lake.job_at("reappearance", &before).with("--config", config).run().ok();
    lake.job("reappearance").run().ok();
    assert_eq!(note(&lake, "listings_carried_over"), 0);
    // A mart that is damaged is not used either, and is no reason to fail.
    lake.job_at("reappearance", &before).run().ok();
    std::fs::write(lake.mart_on("reappearance_matches", &before).join("part-00000.parquet"), b"PAR1").expect("written");
    let whole = bytes(&lake.marts(), DAY);
    lake.job("reappearance").args("--force").run().ok().says(&["is not used"]);
    assert_eq!(note(&lake, "listings_carried_over"), 0);
    assert!(bytes(&lake.marts(), DAY) == whole);
}

#[test]
fn the_bytes_are_the_same_at_any_number_of_threads() {
    let run = |threads: &str| {
        let marts = tempfile::tempdir().expect("a folder");
        sample::job("reappearance", sample::small(), marts.path()).with("--threads", threads).run().ok();
        bytes(marts.path(), DAY)
    };
    let one = run("1");
    assert!(run("2") == one && run("8") == one, "threads change bytes");
}

#[test]
fn the_bytes_are_the_same_in_any_order_of_rows() {
    let scene = crowded(&mut Dice(3));
    let (lake, turned) = (scene.lake(), scene.lake());
    for name in ["merchants", "listings", "listing_images", "claims", "takedowns"] {
        turned.edit(name, |t| t.rows.reverse());
    }
    turned.put_in_groups(&turned.table("listing_images"), 7);
    for lake in [&lake, &turned] {
        lake.job("reappearance").run().ok();
    }
    assert!(bytes(&lake.marts(), DAY) == bytes(&turned.marts(), DAY), "the order of rows changes bytes");
}

#[test]
fn a_second_run_is_unchanged_and_other_images_or_keys_are_not() {
    let scene = crowded(&mut Dice(5));
    let lake = scene.lake();
    lake.job("reappearance").run().ok().says(&["published"]);
    let before = marks(&lake.marts());
    lake.job("reappearance").run().ok().says(&["unchanged"]);
    assert!(marks(&lake.marts()) == before, "an unchanged run touched a file");
    let now = parquet(&lake.marts());
    lake.job("reappearance").args("--force").run().ok().says(&["published"]);
    assert!(parquet(&lake.marts()) == now);
    lake.edit("merchants", |t| t.set(4, "address_key", "new"));
    lake.job("reappearance").run().ok().says(&["published"]);
}

#[test]
fn rows_that_break_the_contract_stay_out() {
    // Enough sound rows for one bad one.
    let mut scene = crowded(&mut Dice(6));
    scene.offers.push(Offer { listed_at: ago(-5), ..Offer::later(9_000, 1) });
    scene.images.push(Image::of(9_000, photo(1)));
    let lake = scene.lake();
    lake.job("reappearance").run().ok();
    assert!(lake.rows(PAIRS).iter().all(|r| r["new_listing_id"] != 9_000));
    assert_eq!(lake.quarantine("listings").len(), 1);
    // A table without its hashes is refused.
    lake.edit("listing_images", |t| t.drop_column("pdq"));
    lake.job("reappearance").run().refused(&["table listing_images", "pdq"]);
}

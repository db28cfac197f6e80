//! `reappearance`: which removed listings came back, by hand-made lakes, and what is told of it.

/// The tiers: each line of the definitions, at its edges.
mod tiers;

/// Pictures that accuse nobody, and images that no match may rest on.
mod pictures;

/// Which takedown is the removal, and what became of it by when.
mod rates;

/// Days that carry over, threads, order, unchanged runs, faulty rows.
mod stable;

/// `explain listing` and `eval reappearance`.
mod told;

use serde_json::{Value, json};

use crate::support::fixture::{claims, takedowns};
use crate::support::marts::Row;
use crate::support::pictures::{Image, images};
use crate::support::table::{Cell, Table};
use crate::support::time::{HOUR, date, t};
use crate::support::{Claim, DAY, Lake, market};

/// The marts.
const PAIRS: &str = "reappearances";
const RATES: &str = "reappearance_rates";
const REMOVALS: &str = "reappearance_removals";

/// The instant so many hours before T.
fn ago(hours: i64) -> i64 {
    t() - hours * HOUR
}

/// When listings are removed unless a test says otherwise: ten days before T.
fn removal() -> i64 {
    ago(240)
}

/// A listing.
#[derive(Clone, Debug)]
struct Offer {
    listing_id: i64,
    merchant_id: i64,
    brand_id: Option<i64>,
    product_id: Option<i64>,
    title: &'static str,
    listed_at: i64,
    status: &'static str,
    reactivated_at: Option<i64>,
}

impl Offer {
    /// A listing of brand 1 without a product, listed a day after the usual removal.
    fn later(listing_id: i64, merchant_id: i64) -> Self {
        Self { listed_at: removal() + 24 * HOUR, status: "active", ..Self::removed(listing_id, merchant_id) }
    }

    /// A removed listing of brand 1 without a product, long on offer.
    fn removed(listing_id: i64, merchant_id: i64) -> Self {
        Self {
            listing_id,
            merchant_id,
            brand_id: Some(1),
            product_id: None,
            title: "Leather bag",
            listed_at: ago(5_000),
            status: "removed",
            reactivated_at: None,
        }
    }

    fn product(self, product_id: i64) -> Self {
        Self { product_id: Some(product_id), ..self }
    }

    fn row(&self) -> Vec<Cell> {
        let instant = |micros: Option<i64>| micros.map_or(Cell::Null, Cell::Instant);
        let closed = (self.status == "closed").then(|| ago(1));
        vec![
            self.listing_id.into(),
            self.merchant_id.into(),
            self.brand_id.into(),
            self.product_id.into(),
            7.into(),
            self.title.into(),
            9_900.into(),
            Cell::Instant(self.listed_at),
            self.status.into(),
            instant(closed),
            instant(self.reactivated_at),
        ]
    }
}

/// A takedown that removed its listing.
#[derive(Clone, Copy, Debug)]
struct Removed {
    claim_id: i64,
    listing_id: i64,
    merchant_id: i64,
    at: i64,
    reinstated_at: Option<i64>,
}

impl Removed {
    /// By claim 1, of brand 1, at the usual instant.
    fn of(listing_id: i64, merchant_id: i64) -> Self {
        Self { claim_id: 1, listing_id, merchant_id, at: removal(), reinstated_at: None }
    }
}

/// What the job reads.
#[derive(Clone, Debug, Default)]
struct Scene {
    /// Merchants with their keys: entity, contact, payout, address; an empty one is none.
    merchants: Vec<(i64, [String; 4])>,
    offers: Vec<Offer>,
    images: Vec<Image>,
    removed: Vec<Removed>,
}

impl Scene {
    /// Merchants 1 to 9 without keys; listing 100 of merchant 1, removed, with one image.
    fn new() -> Self {
        Self {
            merchants: (1..10).map(|id| (id, Default::default())).collect(),
            offers: vec![Offer::removed(100, 1)],
            images: vec![Image::of(100, crate::support::pictures::photo(100))],
            removed: vec![Removed::of(100, 1)],
        }
    }

    /// Gives merchants a key of a kind (0 entity, 1 contact, 2 payout, 3 address).
    fn key(mut self, kind: usize, key: &str, merchants: impl IntoIterator<Item = i64>) -> Self {
        for id in merchants {
            if !self.merchants.iter().any(|(known, _)| *known == id) {
                self.merchants.push((id, Default::default()));
            }
            let keys = &mut self.merchants.iter_mut().find(|(known, _)| *known == id).expect("just put in").1;
            key.clone_into(&mut keys[kind]);
        }
        self
    }

    /// Adds a listing with images.
    fn with(mut self, offer: Offer, images: &[Image]) -> Self {
        if !self.merchants.iter().any(|(known, _)| *known == offer.merchant_id) {
            self.merchants.push((offer.merchant_id, Default::default()));
        }
        self.offers.push(offer);
        self.images.extend_from_slice(images);
        self
    }

    fn tables(&self) -> Vec<Table> {
        let columns = "merchant_id:i64 name:text opened_on:date status:text entity_key:text contact_key:text \
                       payout_key:text address_key:text";
        let merchant = |(id, keys): &(i64, [String; 4])| -> Vec<Cell> {
            let own = [Cell::from(*id), format!("Shop {id}").into(), Cell::Date(date("2020-05-04")), "active".into()];
            let keys = keys.iter().map(|key| Some(key.as_str()).filter(|k| !k.is_empty()).into());
            own.into_iter().chain(keys).collect()
        };
        let takedown = |r: &Removed| -> Vec<Cell> {
            let at = Cell::Instant(r.at);
            let back = r.reinstated_at.map_or(Cell::Null, Cell::Instant);
            vec![r.claim_id.into(), r.listing_id.into(), r.merchant_id.into(), "removed".into(), at.clone(), at, back]
        };
        // Claims 1 to 9, all of brand 1 but for claim 2, which is of brand 2.
        let claim = |id: i64| Claim { brand_id: if id == 2 { 2 } else { 1 }, ..Claim::new(id, ago(9_000), ago(8_999)) };
        vec![
            Table::new("merchants", columns).with_rows(self.merchants.iter().map(merchant)),
            market::listings().with_rows(self.offers.iter().map(Offer::row)),
            images(&self.images),
            claims().with_rows((1..10).map(claim)),
            takedowns().with_rows(self.removed.iter().map(takedown)),
        ]
    }

    fn lake(&self) -> Lake {
        Lake::of(self.tables())
    }

    /// Runs the job and returns its pairs.
    #[track_caller]
    fn pairs(&self) -> Vec<Row> {
        let lake = self.lake();
        lake.job("reappearance").run().ok();
        lake.rows(PAIRS)
    }

    /// Removed listing, new listing and tier of each pair.
    #[track_caller]
    fn found(&self) -> Vec<(i64, i64, String)> {
        self.pairs()
            .iter()
            .map(|r| (int(&r["removed_listing_id"]), int(&r["new_listing_id"]), text(&r["tier"])))
            .collect()
    }

    /// The tier of the one pair with this listing, if there is one.
    #[track_caller]
    fn tier_of(&self, listing_id: i64) -> Option<String> {
        let mut found = self.found().into_iter().filter(|f| f.1 == listing_id);
        let tier = found.next().map(|f| f.2);
        assert!(found.next().is_none(), "several pairs with {listing_id}");
        tier
    }
}

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The row of a brand (none: all) and tiers in `reappearance_rates`.
#[track_caller]
fn rate(lake: &Lake, brand: Option<i64>, tier: &str) -> Row {
    let rows = lake.rows(RATES);
    let row = rows.into_iter().find(|r| r["brand_id"] == json!(brand) && r["tier"] == tier);
    row.unwrap_or_else(|| panic!("no row of brand {brand:?}, tier {tier}"))
}

/// A note of the job's manifest.
#[track_caller]
fn note(lake: &Lake, name: &str) -> i64 {
    int(&lake.manifest(PAIRS)["notes"][name])
}

/// Another day of the state tables.
fn put(lake: &Lake, scene: &Scene, day: &str) {
    for table in scene.tables() {
        lake.put(&table, day);
    }
    assert_ne!(day, DAY, "the first day is written with the lake");
}

//! What prevalence and purchase plans are made from, with sound defaults: listings, sales, refunds, pilot purchases.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::fixture::{Brand, brands, claims, takedowns};
use super::lake::Lake;
use super::table::{Cell, Table};
use super::time::{HOUR, at, t};
use super::{Claim, DAY, Takedown};

/// A listing.
#[derive(Clone, Debug)]
pub struct Listing {
    pub listing_id: i64,
    pub merchant_id: i64,
    pub brand_id: Option<i64>,
    pub title: String,
    pub price_minor: i64,
    pub status: &'static str,
}

impl Listing {
    /// Active, at 99.00.
    pub fn new(listing_id: i64, brand_id: i64) -> Self {
        let (merchant_id, brand_id) = (900 + listing_id % 7, Some(brand_id));
        let title = format!("Listing {listing_id}");
        Self { listing_id, merchant_id, brand_id, title, price_minor: 9_900, status: "active" }
    }
}

/// An order line, sold on Shanghai's noon of [`DAY`] unless a test says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Sale {
    pub listing_id: i64,
    pub brand_id: Option<i64>,
    pub sold_at: i64,
    pub quantity: i64,
    pub unit_price_minor: i64,
}

impl Sale {
    /// Some units of a listing at 100.00 each.
    pub fn new(listing_id: i64, brand_id: i64, quantity: i64) -> Self {
        Self { listing_id, brand_id: Some(brand_id), sold_at: noon(), quantity, unit_price_minor: 10_000 }
    }
}

/// A refund, on Shanghai's noon of [`DAY`] unless a test says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Refund {
    pub listing_id: i64,
    pub brand_id: Option<i64>,
    pub refunded_at: i64,
    pub quantity: i64,
    pub reason: &'static str,
}

impl Refund {
    /// Some units of a listing, as counterfeit.
    pub fn new(listing_id: i64, brand_id: i64, quantity: i64) -> Self {
        Self { listing_id, brand_id: Some(brand_id), refunded_at: noon(), quantity, reason: "counterfeit" }
    }
}

/// A pilot purchase; ordered twenty days before T and a day a step, unless a test says otherwise.
#[derive(Clone, Debug)]
pub struct Purchase {
    pub listing_id: i64,
    pub merchant_id: i64,
    pub brand_id: i64,
    pub selection: &'static str,
    pub stratum: String,
    pub stratum_size: Option<i64>,
    pub inclusion_probability: Option<f64>,
    pub ordered_at: i64,
    pub notarised_at: Option<i64>,
    pub delivered_at: Option<i64>,
    pub authenticated_at: Option<i64>,
    pub verdict: Option<&'static str>,
    pub action: Option<&'static str>,
    pub action_at: Option<i64>,
}

impl Purchase {
    /// A random purchase with a verdict, one of `drawn` from a stratum of `size` listings.
    pub fn random(listing_id: i64, brand_id: i64, (drawn, size): (i64, i64), verdict: &'static str) -> Self {
        let ordered_at = t() - 20 * 24 * HOUR;
        let later = |days: i64| Some(ordered_at + days * 24 * HOUR);
        Self {
            listing_id,
            merchant_id: 900 + listing_id % 7,
            brand_id,
            selection: "random",
            stratum: format!("brand-{brand_id}/of-{size}"),
            stratum_size: Some(size),
            inclusion_probability: Some(drawn as f64 / size as f64),
            ordered_at,
            notarised_at: later(1),
            delivered_at: later(2),
            authenticated_at: later(3),
            verdict: Some(verdict),
            action: None,
            action_at: None,
        }
    }

    /// The same purchase, not judged yet.
    pub fn outstanding(self) -> Self {
        Self { authenticated_at: None, verdict: None, ..self }
    }

    /// The same purchase, aimed: in no stratum and without a probability.
    pub fn aimed(self, selection: &'static str) -> Self {
        let stratum = selection.to_owned();
        Self { selection, stratum, stratum_size: None, inclusion_probability: None, ..self }
    }
}

/// Shanghai's noon of [`DAY`].
pub fn noon() -> i64 {
    at("2026-11-16 04:00")
}

fn instant(micros: Option<i64>) -> Cell {
    micros.map_or(Cell::Null, Cell::Instant)
}

impl From<Listing> for Vec<Cell> {
    fn from(l: Listing) -> Self {
        let closed = (l.status == "closed").then(noon);
        let listed = Cell::Instant(at("2026-01-05 04:00"));
        let ids = [l.listing_id.into(), l.merchant_id.into(), l.brand_id.into(), Cell::Null, 7.into()];
        let words = [l.title.into(), l.price_minor.into(), listed, l.status.into(), instant(closed), Cell::Null];
        ids.into_iter().chain(words).collect()
    }
}

impl From<Purchase> for Vec<Cell> {
    /// Without the `sample_id`, which [`purchases`] gives.
    fn from(p: Purchase) -> Self {
        vec![
            p.merchant_id.into(),
            p.listing_id.into(),
            p.brand_id.into(),
            p.selection.into(),
            p.stratum.into(),
            p.stratum_size.into(),
            p.inclusion_probability.map_or(Cell::Null, Cell::Real),
            Cell::Instant(p.ordered_at),
            instant(p.notarised_at),
            instant(p.delivered_at),
            instant(p.authenticated_at),
            p.verdict.into(),
            p.action.into(),
            instant(p.action_at),
        ]
    }
}

/// `listings`, empty.
pub fn listings() -> Table {
    let columns = "listing_id:i64 merchant_id:i64 brand_id:i64 product_id:i64 category_id:i32 title:text \
                   price_minor:i64 listed_at:ts status:text closed_at:ts reactivated_at:ts";
    Table::new("listings", columns)
}

/// `brand_products`: product, brand, list price.
pub fn products(rows: impl IntoIterator<Item = (i64, i64, Option<i64>)>) -> Table {
    let row = |(id, brand, price): (i64, i64, Option<i64>)| -> Vec<Cell> {
        vec![id.into(), brand.into(), format!("Product {id}").into(), price.into()]
    };
    Table::new("brand_products", "product_id:i64 brand_id:i64 title:text list_price_minor:i64")
        .with_rows(rows.into_iter().map(row))
}

/// `merchants` of these numbers and names.
pub fn merchants(named: impl IntoIterator<Item = (i64, String)>) -> Table {
    let columns = "merchant_id:i64 name:text opened_on:date status:text entity_key:text contact_key:text \
                   payout_key:text address_key:text";
    let row = |(id, name): (i64, String)| -> Vec<Cell> {
        let opened = Cell::Date(super::time::date("2020-05-04"));
        let keys = [Cell::Null, Cell::Null, Cell::Null, Cell::Null];
        [id.into(), name.into(), opened, "active".into()].into_iter().chain(keys).collect()
    };
    Table::new("merchants", columns).with_rows(named.into_iter().map(row))
}

/// The merchants of listings without one of their own: 900 to 906.
pub fn usual_merchants() -> Table {
    merchants((900..907).map(|id| (id, format!("Shop {id}"))))
}

/// `sales`, numbered from `first` on.
pub fn sales(first: i64, rows: &[Sale]) -> Table {
    let row = |(id, s): (i64, &Sale)| -> Vec<Cell> {
        let ids = [id.into(), Cell::Instant(s.sold_at), (900 + s.listing_id % 7).into(), s.listing_id.into()];
        let rest = [s.brand_id.into(), Cell::Null, (id % 17).into(), s.quantity.into(), s.unit_price_minor.into()];
        ids.into_iter().chain(rest).collect()
    };
    super::fixture::sales(0, 0, 0).with_rows((first..).zip(rows).map(row))
}

/// `refunds`, numbered from `first` on.
pub fn refunds(first: i64, rows: &[Refund]) -> Table {
    let columns = "refund_id:i64 refunded_at:ts order_line_id:i64 merchant_id:i64 listing_id:i64 brand_id:i64 \
                   quantity:i32 amount_minor:i64 reason:text";
    let row = |(id, r): (i64, &Refund)| -> Vec<Cell> {
        let ids = [id.into(), Cell::Instant(r.refunded_at), id.into(), (900 + r.listing_id % 7).into()];
        let rest = [r.listing_id.into(), r.brand_id.into(), r.quantity.into(), 9_900.into(), r.reason.into()];
        ids.into_iter().chain(rest).collect()
    };
    Table::new("refunds", columns).with_rows((first..).zip(rows).map(row))
}

/// `pilot_purchases`, numbered from 1 on.
pub fn purchases(rows: impl IntoIterator<Item = Purchase>) -> Table {
    let columns = "sample_id:i64 merchant_id:i64 listing_id:i64 brand_id:i64 selection:text stratum:text \
                   stratum_size:i64 inclusion_probability:f64 ordered_at:ts notarised_at:ts delivered_at:ts \
                   authenticated_at:ts verdict:text action:text action_at:ts";
    let row = |(id, purchase): (i64, Purchase)| -> Vec<Cell> {
        std::iter::once(id.into()).chain(Vec::<Cell>::from(purchase)).collect()
    };
    Table::new("pilot_purchases", columns).with_rows((1..).zip(rows).map(row))
}

/// A marketplace: what the jobs on pilot purchases read.
#[derive(Clone, Debug, Default)]
pub struct Market {
    pub brands: Vec<Brand>,
    pub listings: Vec<Listing>,
    pub sales: Vec<Sale>,
    pub refunds: Vec<Refund>,
    pub purchases: Vec<Purchase>,
    pub claims: Vec<Claim>,
    pub takedowns: Vec<Takedown>,
}

impl Market {
    /// A market of brands 1 to `n`, and nothing else.
    pub fn of_brands(n: i64) -> Self {
        let brands = (1..=n).map(|id| Brand::new(id, &format!("Brand{id}"))).collect();
        Self { brands, ..Self::default() }
    }

    /// The market as a lake of [`DAY`].
    pub fn lake(&self) -> Lake {
        let lake = Lake::of(self.tables());
        self.put_events(&lake);
        lake
    }

    /// The state tables.
    pub fn tables(&self) -> Vec<Table> {
        vec![
            brands().with_rows(self.brands.clone()),
            usual_merchants(),
            listings().with_rows(self.listings.clone()),
            purchases(self.purchases.clone()),
            claims().with_rows(self.claims.clone()),
            takedowns().with_rows(self.takedowns.clone()),
        ]
    }

    /// Writes the event tables, every day from the first event to [`DAY`].
    pub fn put_events(&self, lake: &Lake) {
        for (day, (first, rows)) in by_day(&self.sales, |s| s.sold_at) {
            lake.put(&sales(first, &rows), &day);
        }
        for (day, (first, rows)) in by_day(&self.refunds, |r| r.refunded_at) {
            lake.put(&refunds(first, &rows), &day);
        }
    }
}

/// The business day of an instant in Shanghai, in days since the epoch.
fn business_day(micros: i64) -> i64 {
    (micros + 8 * HOUR).div_euclid(24 * HOUR)
}

/// Rows by day, with the number of the first one; days without rows are there as well.
fn by_day<T: Clone>(rows: &[T], when: fn(&T) -> i64) -> BTreeMap<String, (i64, Vec<T>)> {
    let last = business_day(t() - 1);
    let first = rows.iter().map(|row| business_day(when(row))).min().unwrap_or(last);
    let of_day = |day: i64| rows.iter().filter(|row| business_day(when(row)) == day).cloned().collect::<Vec<T>>();
    let name = |day: i64| DateTime::from_timestamp(day * 86_400, 0).expect("a day").date_naive().to_string();
    (first..=last).map(|day| (name(day), (day * 1_000_000, of_day(day)))).collect()
}

/// Listings, sales and purchases of three brands, sound: forty listings each, thirty-two of them bought.
pub fn sound() -> Vec<Table> {
    let mut market = Market::default();
    for brand in 1..=3 {
        for n in 0..40 {
            let listing = 7_000 + brand * 100 + n;
            market.listings.push(Listing::new(listing, brand));
            market.sales.push(Sale::new(listing, brand, 1 + n % 2));
            if n < 32 {
                let verdict = if n % 8 == 0 { "counterfeit" } else { "genuine" };
                market.purchases.push(Purchase::random(listing, brand, (32, 40), verdict));
            }
        }
        market.refunds.push(Refund::new(7_000 + brand * 100, brand, 1));
    }
    let day = i64::from(super::time::date(DAY)) * 1_000_000;
    vec![
        usual_merchants(),
        listings().with_rows(market.listings),
        sales(day, &market.sales),
        refunds(day, &market.refunds),
        purchases(market.purchases),
    ]
}

//! Merchants with what is counted of them, brand by brand.

use chrono::NaiveDate;
pub use mirrorlake_metrics::merchant_risk::{RECENT_DAYS, TRAILING_DAYS};
use mirrorlake_model::vetting::MerchantStatus;

/// Units of the newest week from which its days are compared with those before: below, days are too empty to compare.
const BURST_LEAST_UNITS: i64 = 10;

/// What is counted of sales, refunds and comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Units sold.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
    /// Units of products that have a reference price.
    pub priced_units: i64,
    /// Those of them that were sold far below it.
    pub deep_discount_units: i64,
    /// Units refunded as counterfeit.
    pub counterfeit_refund_units: i64,
    /// Comments.
    pub comments: i64,
    /// Those that allege a counterfeit.
    pub allegations: i64,
}

impl Sums {
    /// Adds; `None` where a sum does not fit into 64 bits.
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            units: self.units.checked_add(other.units)?,
            gmv_minor: self.gmv_minor.checked_add(other.gmv_minor)?,
            priced_units: self.priced_units.checked_add(other.priced_units)?,
            deep_discount_units: self.deep_discount_units.checked_add(other.deep_discount_units)?,
            counterfeit_refund_units: self.counterfeit_refund_units.checked_add(other.counterfeit_refund_units)?,
            comments: self.comments.checked_add(other.comments)?,
            allegations: self.allegations.checked_add(other.allegations)?,
        })
    }
}

/// Units of the newest 35 days, day by day as far as that is of use. Days have to be added newest first.
#[derive(Clone, Debug, Default)]
pub struct Series {
    recent: [u32; RECENT_DAYS],
    /// Units of the newest 7 days.
    pub recent_units: i64,
    /// Units of the 28 days before.
    pub trailing_units: i64,
    trailing: Option<Box<[u32; TRAILING_DAYS]>>,
}

impl Series {
    /// Adds units of the day that is so many days before the last one.
    pub fn add(&mut self, days_ago: usize, units: i64) {
        let short = u32::try_from(units).unwrap_or(u32::MAX);
        if let Some(day) = self.recent.get_mut(days_ago) {
            *day = day.saturating_add(short);
            self.recent_units = self.recent_units.saturating_add(units);
        } else if days_ago < RECENT_DAYS + TRAILING_DAYS {
            self.trailing_units = self.trailing_units.saturating_add(units);
            // The newest days came first, so it is known by now whether there is a week to compare.
            if self.recent_units >= BURST_LEAST_UNITS {
                let day = &mut self.trailing.get_or_insert_default()[days_ago - RECENT_DAYS];
                *day = day.saturating_add(short);
            }
        }
    }

    /// Units by day of the newest week and of the days before it, without days of which the lake has no events; `None`
    /// where the newest week sold too little to compare.
    pub fn days(&self, present: &[bool; RECENT_DAYS + TRAILING_DAYS]) -> Option<(Vec<i64>, Vec<i64>)> {
        if self.recent_units < BURST_LEAST_UNITS {
            return None;
        }
        let none = [0; TRAILING_DAYS];
        let trailing: &[u32] = self.trailing.as_ref().map_or(&none, |days| &days[..]);
        let of = |days: &[u32], from: usize| {
            let kept = days.iter().zip(&present[from..]).filter(|(_, present)| **present);
            kept.map(|(units, _)| i64::from(*units)).collect()
        };
        Some((of(&self.recent, 0), of(trailing, RECENT_DAYS)))
    }
}

/// What is counted of one merchant and brand.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// Brand; none of goods without a brand.
    pub brand_id: Option<i64>,
    /// Events of the window.
    pub sums: Sums,
    /// Units by day.
    pub series: Series,
    /// First day of the window with a sale.
    pub first_sold_on: Option<NaiveDate>,
    /// Listings of any status.
    pub listings: i64,
    /// Active ones.
    pub listings_active: i64,
    /// Whether the brand was sold without authorisation.
    pub unauthorised: bool,
    /// Issues of the brand's documents.
    pub document_issues: u32,
}

/// One merchant of the table `merchants`.
#[derive(Clone, Debug)]
pub struct Seller {
    /// Merchant.
    pub merchant_id: i64,
    /// Whether it may trade.
    pub status: MerchantStatus,
    /// Day on which it opened.
    pub opened_on: NaiveDate,
    /// Its brands in order, goods without a brand last.
    pub pairs: Vec<Pair>,
    /// Units by day, of all brands.
    pub series: Series,
    /// Issues of documents that are of no brand.
    pub licence_issues: u32,
    /// What was known when the evaluation begins.
    pub before: Before,
}

/// What was known of a merchant when the evaluation begins.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Events of the window up to then.
    pub sums: Sums,
    /// Units by day.
    pub series: Series,
    /// Listings by then.
    pub listings: i64,
    /// Brands sold without authorisation.
    pub unauthorised_brands: u32,
    /// Other issues of documents.
    pub document_issues: u32,
}

impl Seller {
    /// A merchant of which nothing is counted yet.
    pub fn new(merchant_id: i64, status: MerchantStatus, opened_on: NaiveDate) -> Self {
        let (pairs, series, before) = (Vec::new(), Series::default(), Before::default());
        Self { merchant_id, status, opened_on, pairs, series, licence_issues: 0, before }
    }

    /// What is counted of a brand.
    pub fn pair(&mut self, brand_id: Option<i64>) -> &mut Pair {
        let place =
            self.pairs.binary_search_by_key(&(brand_id.is_none(), brand_id), |p| (p.brand_id.is_none(), p.brand_id));
        let place = place.unwrap_or_else(|place| {
            self.pairs.insert(place, Pair { brand_id, ..Pair::default() });
            place
        });
        &mut self.pairs[place]
    }
}

/// Merchants that a reduction sees at a time: an engine needs a few hundred bytes for each of their listings and documents.
const MERCHANTS_OF_A_PART: usize = 250_000;

/// Ranges of numbers, both ends included, that hold all numbers, with the merchants in each.
pub fn parts(sellers: &mut [Seller]) -> Vec<((i64, i64), &mut [Seller])> {
    let mut parts = Vec::new();
    let (mut from, mut left) = (i64::MIN, sellers);
    while left.len() > MERCHANTS_OF_A_PART {
        let (part, rest) = left.split_at_mut(MERCHANTS_OF_A_PART);
        let next = rest.first().map_or(i64::MAX, |s| s.merchant_id);
        parts.push(((from, next - 1), part));
        (from, left) = (next, rest);
    }
    parts.push(((from, i64::MAX), left));
    parts
}

/// Finds merchants by ascending numbers without searching from the beginning.
pub struct Walk<'a> {
    sellers: &'a mut [Seller],
    at: usize,
}

impl<'a> Walk<'a> {
    /// Begins at the first merchant.
    pub fn new(sellers: &'a mut [Seller]) -> Self {
        Self { sellers, at: 0 }
    }

    /// The merchant of this number; `None` where it is not on record.
    pub fn to(&mut self, merchant_id: i64) -> Option<&mut Seller> {
        if self.sellers.get(self.at).is_none_or(|s| s.merchant_id > merchant_id) {
            // Rows come sorted; where they do not, only time is lost.
            self.at = self.sellers.partition_point(|s| s.merchant_id < merchant_id);
        }
        while self.sellers.get(self.at).is_some_and(|s| s.merchant_id < merchant_id) {
            self.at += 1;
        }
        self.sellers.get_mut(self.at).filter(|s| s.merchant_id == merchant_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_kept_where_a_week_can_be_compared() {
        let mut busy = Series::default();
        let mut quiet = Series::default();
        for days_ago in 0..40 {
            busy.add(days_ago, 2);
            quiet.add(days_ago, 1);
        }
        assert_eq!((busy.recent_units, busy.trailing_units), (14, 56));
        assert_eq!((quiet.recent_units, quiet.trailing_units), (7, 28));
        let mut present = [true; RECENT_DAYS + TRAILING_DAYS];
        present[3] = false;
        present[34] = false;
        assert_eq!(busy.days(&present), Some((vec![2; 6], vec![2; 27])));
        assert_eq!(quiet.days(&present), None);
    }

    #[test]
    fn walking_finds_whoever_is_on_record() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let mut sellers: Vec<Seller> = [3, 5, 9].map(|id| Seller::new(id, MerchantStatus::Active, day)).to_vec();
        let mut walk = Walk::new(&mut sellers);
        let found: Vec<Option<i64>> =
            [1, 3, 3, 4, 9, 12, 5, 3].iter().map(|id| walk.to(*id).map(|s| s.merchant_id)).collect();
        assert_eq!(found, [None, Some(3), Some(3), None, Some(9), None, Some(5), Some(3)]);
    }

    #[test]
    fn pairs_are_in_order_of_brands() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let mut seller = Seller::new(1, MerchantStatus::Active, day);
        for brand in [Some(7), None, Some(-2), Some(7), None] {
            seller.pair(brand).listings += 1;
        }
        let pairs: Vec<(Option<i64>, i64)> = seller.pairs.iter().map(|p| (p.brand_id, p.listings)).collect();
        assert_eq!(pairs, [(Some(-2), 1), (Some(7), 2), (None, 2)]);
    }
}

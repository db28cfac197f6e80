//! The recipe of a sample lake, and the sizes that follow from it.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::SampleError;

/// Version of the generator: a change of any output byte for an unchanged recipe raises it.
pub const GENERATOR_VERSION: u32 = 1;

/// From this many sales on, one claim names 501 listings, one more than a claim may.
pub const BULK_CLAIM_FROM_SALES: u64 = 20_000;

/// Everything that decides what a sample lake holds. Equal recipes give equal bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleSpec {
    /// Rows of `sales`, exactly.
    pub sales: u64,
    /// Business days with events.
    pub days: u32,
    /// Seed of every random stream.
    pub seed: u64,
    /// The last business day, and the day of every state partition.
    pub end_day: NaiveDate,
    /// The lake's time zone.
    pub time_zone: Tz,
    /// Merchants; by default three times the root of the sales, and enough for the takedowns.
    pub merchants: Option<u32>,
    /// Brands; by default 40, and more in large lakes.
    pub brands: Option<u32>,
    /// Listings per merchant on average, before those that claims are about.
    pub listings_per_merchant: u32,
    /// Rows of `takedowns` (the claim with 501 listings comes on top); by default 1.5 times the default merchants.
    pub takedowns: Option<u64>,
    /// Share of merchants that live from counterfeits.
    pub counterfeiter_share: f64,
    /// Share of merchants that are careless: late, badly documented, now and then with a counterfeit.
    pub sloppy_share: f64,
    /// Comments per sale, roughly.
    pub comment_share: f64,
    /// Random pilot purchases per brand at the most.
    pub pilot_per_brand: u32,
    /// Threads to work with; by default as many as the machine has. Never changes a byte.
    pub threads: Option<usize>,
    /// Whether an earlier sample lake in the output folder is replaced. Never changes a byte.
    pub overwrite: bool,
}

impl SampleSpec {
    /// A recipe with everything but the three main numbers at its default.
    #[must_use]
    pub fn new(sales: u64, days: u32, seed: u64) -> Self {
        Self {
            sales,
            days,
            seed,
            end_day: NaiveDate::from_ymd_opt(2026, 11, 16).unwrap_or(NaiveDate::MIN),
            time_zone: chrono_tz::Asia::Shanghai,
            merchants: None,
            brands: None,
            listings_per_merchant: 6,
            takedowns: None,
            counterfeiter_share: 0.08,
            sloppy_share: 0.16,
            comment_share: 0.30,
            pilot_per_brand: 60,
            threads: None,
            overwrite: false,
        }
    }

    /// The small lake that the repository keeps under `data-samples/`.
    #[must_use]
    pub fn small() -> Self {
        Self::new(20_000, 35, 7)
    }

    /// The sizes that follow.
    ///
    /// # Errors
    ///
    /// When the recipe asks for something that cannot be made.
    pub fn sizes(&self) -> Result<Sizes, SampleError> {
        let refuse = |what: String| Err(SampleError::Spec(what));
        if !(1..=3_660).contains(&self.days) {
            return refuse(format!("days must be from 1 to 3660, not {}", self.days));
        }
        if self.sales > 20_000_000_000 {
            return refuse(format!("at most 20,000,000,000 sales, not {}", self.sales));
        }
        let year = chrono::Datelike::year(&self.end_day);
        if !(2010..=2200).contains(&year) {
            return refuse(format!("the last day must lie in the years 2010 to 2200, not in {year}"));
        }
        for (name, share) in [
            ("counterfeiter_share", self.counterfeiter_share),
            ("sloppy_share", self.sloppy_share),
            ("comment_share", self.comment_share),
        ] {
            if !(0.0..=0.8).contains(&share) {
                return refuse(format!("{name} must be from 0 to 0.8, not {share}"));
            }
        }
        if self.counterfeiter_share + self.sloppy_share > 0.9 {
            return refuse("more than nine in ten merchants would be sloppy or counterfeiting".to_owned());
        }
        let root = u32::try_from(self.sales.isqrt()).unwrap_or(u32::MAX / 8);
        let natural = (3 * root).max(120);
        let takedowns = self.takedowns.unwrap_or(u64::from(natural) * 3 / 2);
        // A merchant with hundreds of removed listings is plausible once, not on average.
        let for_takedowns = u32::try_from(takedowns / 12).unwrap_or(u32::MAX);
        let merchants = self.merchants.unwrap_or(natural.max(for_takedowns));
        if !(120..=20_000_000).contains(&merchants) {
            return refuse(format!("merchants must be from 120 to 20,000,000, not {merchants}"));
        }
        if takedowns > 50_000_000 {
            return refuse(format!("at most 50,000,000 takedowns, not {takedowns}"));
        }
        let brands = self.brands.unwrap_or(40 + 20 * (self.sales.max(1) / 20_000).checked_ilog10().unwrap_or(0));
        if !(4..=900).contains(&brands) {
            return refuse(format!("brands must be from 4 to 900, not {brands}"));
        }
        if !(1..=1_000).contains(&self.listings_per_merchant) {
            return refuse(format!("listings per merchant must be from 1 to 1000, not {}", self.listings_per_merchant));
        }
        let listings = u64::from(merchants) * u64::from(self.listings_per_merchant);
        if listings + takedowns > 200_000_000 {
            return refuse(format!("at most 200,000,000 listings, not {}", listings + takedowns));
        }
        Ok(Sizes {
            merchants,
            brands,
            base_listings: u32::try_from(listings).unwrap_or(u32::MAX),
            takedowns: u32::try_from(takedowns).unwrap_or(u32::MAX),
            buyers: (self.sales / 3).max(5_000),
            bulk_claim: self.sales >= BULK_CLAIM_FROM_SALES,
        })
    }

    /// What decides the bytes, as `_truth/spec.json` records it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "generator": "mirrorlake-sample",
            "generator_version": GENERATOR_VERSION,
            "sales": self.sales,
            "days": self.days,
            "seed": self.seed,
            "end_day": self.end_day.to_string(),
            "time_zone": self.time_zone.name(),
            "merchants": self.merchants,
            "brands": self.brands,
            "listings_per_merchant": self.listings_per_merchant,
            "takedowns": self.takedowns,
            "counterfeiter_share": self.counterfeiter_share,
            "sloppy_share": self.sloppy_share,
            "comment_share": self.comment_share,
            "pilot_per_brand": self.pilot_per_brand,
        })
    }
}

/// Sizes that follow from a recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Rows of `merchants`.
    pub merchants: u32,
    /// Rows of `brands`.
    pub brands: u32,
    /// Listings before those that claims and relistings add.
    pub base_listings: u32,
    /// Rows of `takedowns` without the claim that names 501 listings.
    pub takedowns: u32,
    /// Buyers that may turn up.
    pub buyers: u64,
    /// Whether one claim names 501 listings.
    pub bulk_claim: bool,
}

//! Allegations among a window's comments, by brand: the one home of that rate's counts and interval, for the mart and the
//! reports alike.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mirrorlake_metrics::interval::{ClusterMoments, Interval};
use mirrorlake_model::AsOf;
use mirrorlake_model::thresholds::CONFIDENCE_LEVEL;
use serde_json::Value;

use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::job::MartDay;

/// The allegations of a brand's listings in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Allegations {
    /// Comments that say or suspect that the item is counterfeit.
    pub allegations: i64,
    /// All comments.
    pub comments: i64,
    /// The interval of their share (Korn–Graubard): comments on one listing tend to agree, so listings are the units.
    /// `None` under two listings.
    pub interval: Option<Interval>,
}

impl Allegations {
    /// Sums listings, each once with its allegations and comments of the whole window, in any order.
    pub fn of(listings: impl Iterator<Item = (i64, i64)>) -> Self {
        let mut moments = ClusterMoments::default();
        let (mut allegations, mut comments) = (0, 0);
        for (alleging, of) in listings {
            moments.add_cluster(alleging, of);
            allegations += alleging;
            comments += of;
        }
        Self { allegations, comments, interval: moments.interval(CONFIDENCE_LEVEL) }
    }
}

/// The days of the window that the program's own version of the detector has judged.
pub(super) fn comparable_days<'a>(found: &'a [MartDay], as_of: AsOf, days: u32, detector: &str) -> Vec<&'a MartDay> {
    let first = as_of.window_start(days);
    let version = |day: &MartDay| day.manifest.configuration.get("detector").and_then(Value::as_str) == Some(detector);
    found.iter().filter(|d| (first..=as_of.day).contains(&d.day) && version(d)).collect()
}

/// Allegations of the window, by brand.
pub struct BrandTotals {
    /// Days that have signals.
    pub days: u32,
    /// Brands without a comment are not among them.
    pub brands: BTreeMap<i64, Allegations>,
}

/// Allegations and comments by merchant and listing.
type Listings = BTreeMap<(i64, i64), (i64, i64)>;

/// Sums the days of `comment_sums` in the window by brand; `None` where there are none that compare.
///
/// A listing that changed its brand or merchant counts with each for the comments written at that time.
///
/// # Errors
///
/// When a day is not what its manifest promises.
pub fn brand_totals(found: &[MartDay], as_of: AsOf, days: u32) -> Result<Option<BrandTotals>, Failure> {
    let comparable = comparable_days(found, as_of, days, &mirrorlake_signals::version());
    let mut brands: BTreeMap<i64, Listings> = BTreeMap::new();
    for day in &comparable {
        for batch in &day.read()?.batches {
            let cells = Cells(batch);
            let (merchants, listings) = (cells.whole("merchant_id")?, cells.whole("listing_id")?);
            let (comments, allegations) = (cells.whole("comments")?, cells.whole("allegations")?);
            for (row, brand) in cells.ints("brand_id")?.into_iter().enumerate() {
                let Some(brand) = brand else { continue };
                let owner = (merchants[row], listings[row]);
                let sums = brands.entry(brand).or_default().entry(owner).or_default();
                sums.0 += allegations[row];
                sums.1 += comments[row];
            }
        }
    }
    if comparable.is_empty() {
        return Ok(None);
    }
    let brands = brands.into_iter().map(|(brand, listings)| (brand, Allegations::of(listings.into_values())));
    Ok(Some(BrandTotals { days: u32::try_from(comparable.len()).unwrap_or(u32::MAX), brands: brands.collect() }))
}

/// The comments of one merchant, listing and brand on one day.
#[derive(Clone, Copy, Debug)]
pub struct ListingRow {
    /// Merchant.
    pub merchant_id: i64,
    /// Brand of the listing when the comments were written.
    pub brand_id: Option<i64>,
    /// Listing.
    pub listing_id: i64,
    /// Comments.
    pub comments: i64,
    /// Those that allege a counterfeit.
    pub allegations: i64,
}

/// Calls `add` with each row of each day of the window that has signals, and returns how many days have.
///
/// # Errors
///
/// When a day is not what its manifest promises.
pub fn each_listing(
    found: &[MartDay],
    as_of: AsOf,
    days: u32,
    mut add: impl FnMut(NaiveDate, ListingRow) -> Result<(), Failure>,
) -> Result<u32, Failure> {
    let comparable = comparable_days(found, as_of, days, &mirrorlake_signals::version());
    for day in &comparable {
        for batch in &day.read()?.batches {
            let cells = Cells(batch);
            let (comments, allegations) = (cells.whole("comments")?, cells.whole("allegations")?);
            let (merchants, brands) = (cells.whole("merchant_id")?, cells.ints("brand_id")?);
            for (row, &listing_id) in cells.whole("listing_id")?.iter().enumerate() {
                let (comments, allegations) = (comments[row], allegations[row]);
                let (merchant_id, brand_id) = (merchants[row], brands[row]);
                add(day.day, ListingRow { merchant_id, brand_id, listing_id, comments, allegations })?;
            }
        }
    }
    Ok(u32::try_from(comparable.len()).unwrap_or(u32::MAX))
}

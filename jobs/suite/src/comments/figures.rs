//! What a window's comments came to, brand by brand, for the reports.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use mirrorlake_metrics::interval::{ClusterMoments, wilson};
use mirrorlake_model::AsOf;
use mirrorlake_model::thresholds::CONFIDENCE_LEVEL;
use mirrorlake_reports::{CommentInput, CommentListing, CommentWeek, EvidenceWords};
use serde_json::Value;

use super::sums::{Counts, listing_sums};
use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::job::MartDay;

/// Comments that a brand must have before its rate counts for the median of all brands: a rate of fewer is mostly noise.
const MEDIAN_LEAST_COMMENTS: i64 = 100;

/// Brands that a median needs: it is the rate of one of them, or the mean of two, so it must be unknown whose.
const MEDIAN_LEAST_BRANDS: usize = 10;

/// A median is told to a tenth per thousand, as it is printed: a rate to the last digit would give its brand away.
const MEDIAN_STEPS: f64 = 10_000.0;

/// Listings and words in a report.
const LISTINGS: usize = 10;
const WORDS: usize = 8;

/// The window's comments of all brands.
pub struct CommentFigures {
    /// Sums by brand, then merchant and listing.
    brands: BTreeMap<i64, Brand>,
    detector: String,
    days_with_signals: u32,
    /// Days with signals by the Monday of their week.
    weeks: BTreeMap<NaiveDate, u8>,
    median: Option<(f64, u32)>,
}

#[derive(Default)]
struct Brand {
    listings: BTreeMap<(i64, i64), Counts>,
    /// Comments and allegations by the Monday of the week.
    weeks: BTreeMap<NaiveDate, (i64, i64)>,
}

impl CommentFigures {
    /// Sums the days of `comment_sums` in the window of `days` days; `None` where there are none.
    ///
    /// Days that another version of the detector judged than the program's are left out: they would not compare.
    ///
    /// # Errors
    ///
    /// When a day is not what its manifest promises.
    pub fn sum(found: &[MartDay], as_of: AsOf, days: u32) -> Result<Option<Self>, Failure> {
        let detector = mirrorlake_signals::version();
        let comparable = comparable_days(found, as_of, days, &detector);
        if comparable.is_empty() {
            return Ok(None);
        }
        let mut figures =
            Self { brands: BTreeMap::new(), detector, days_with_signals: 0, weeks: BTreeMap::new(), median: None };
        for day in comparable {
            figures.add(day)?;
        }
        figures.median = figures.median_share();
        Ok(Some(figures))
    }

    fn add(&mut self, day: &MartDay) -> Result<(), Failure> {
        let monday = day.day - Days::new(u64::from(day.day.weekday().num_days_from_monday()));
        for batch in &day.read()?.batches {
            for row in listing_sums(batch)? {
                let Some(brand) = row.brand_id else { continue };
                let brand = self.brands.entry(brand).or_default();
                let week = brand.weeks.entry(monday).or_default();
                week.0 += row.counts.comments;
                week.1 += row.counts.allegations;
                brand.listings.entry((row.merchant_id, row.listing_id)).or_default().add(row.counts);
            }
        }
        self.days_with_signals += 1;
        *self.weeks.entry(monday).or_default() += 1;
        Ok(())
    }

    fn median_share(&self) -> Option<(f64, u32)> {
        let totals =
            self.brands.values().map(Brand::totals).filter(|(comments, ..)| *comments >= MEDIAN_LEAST_COMMENTS);
        let mut shares: Vec<f64> = totals.map(|(comments, allegations, _)| share(allegations, comments)).collect();
        shares.sort_by(f64::total_cmp);
        let n = shares.len();
        let middle = n / 2;
        let median =
            if n % 2 == 1 { shares.get(middle).copied()? } else { mean(shares.get(middle.checked_sub(1)?..=middle)?) };
        (n >= MEDIAN_LEAST_BRANDS)
            .then(|| ((median * MEDIAN_STEPS).round() / MEDIAN_STEPS, u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// The figures of one brand, taken away: nothing of another brand but the median is in them.
    pub fn take(&mut self, brand_id: i64, days: u32) -> CommentInput {
        let brand = self.brands.remove(&brand_id).unwrap_or_default();
        let (comments, allegations, affirmations) = brand.totals();
        let mut moments = ClusterMoments::default();
        for counts in brand.listings.values() {
            moments.add_cluster(counts.allegations, counts.comments);
        }
        let interval = moments.interval(CONFIDENCE_LEVEL);
        let weeks = self.weeks.iter().map(|(&week_start, &days)| {
            let (comments, allegations) = brand.weeks.get(&week_start).copied().unwrap_or_default();
            let interval = wilson(allegations, comments, CONFIDENCE_LEVEL);
            let (low, high) = (interval.map(|i| i.low), interval.map(|i| i.high));
            CommentWeek { brand_id, week_start, days, comments, allegations, low, high }
        });
        CommentInput {
            brand_id,
            days_with_signals: self.days_with_signals,
            days_in_window: days,
            comments,
            allegations,
            affirmations,
            share: (comments > 0).then(|| share(allegations, comments)),
            share_low: interval.map(|i| i.low),
            share_high: interval.map(|i| i.high),
            median_share: self.median.map(|(median, _)| median),
            median_brands: self.median.map_or(0, |(_, n)| n),
            median_least_comments: MEDIAN_LEAST_COMMENTS,
            weeks: weeks.collect(),
            listings: brand.top_listings(brand_id),
            words: brand.top_words(brand_id),
            detector: self.detector.clone(),
        }
    }
}

/// The days of the window that the program's own version of the detector has judged.
fn comparable_days<'a>(found: &'a [MartDay], as_of: AsOf, days: u32, detector: &str) -> Vec<&'a MartDay> {
    let first = as_of.window_start(days);
    let version = |day: &MartDay| day.manifest.configuration.get("detector").and_then(Value::as_str) == Some(detector);
    found.iter().filter(|d| (first..=as_of.day).contains(&d.day) && version(d)).collect()
}

/// Comments and allegations of the window, by brand.
pub struct BrandTotals {
    /// Days that have signals.
    pub days: u32,
    /// Allegations and comments by brand; brands without a comment are not among them.
    pub brands: BTreeMap<i64, (i64, i64)>,
}

/// Sums the days of `comment_sums` in the window by brand; `None` where there are none that compare.
///
/// # Errors
///
/// When a day is not what its manifest promises.
pub fn brand_totals(found: &[MartDay], as_of: AsOf, days: u32) -> Result<Option<BrandTotals>, Failure> {
    let mut totals = BrandTotals { days: 0, brands: BTreeMap::new() };
    for day in comparable_days(found, as_of, days, &mirrorlake_signals::version()) {
        for batch in &day.read()?.batches {
            let cells = Cells(batch);
            let (brands, comments) = (cells.ints("brand_id")?, cells.whole("comments")?);
            let allegations = cells.whole("allegations")?;
            for (row, brand) in brands.into_iter().enumerate() {
                let Some(brand) = brand else { continue };
                let sums = totals.brands.entry(brand).or_default();
                sums.0 += allegations[row];
                sums.1 += comments[row];
            }
        }
        totals.days += 1;
    }
    Ok((totals.days > 0).then_some(totals))
}

/// Calls `add` with each listing's comments and allegations of each day of the window that has signals, and returns how
/// many days have.
///
/// # Errors
///
/// When a day is not what its manifest promises.
pub fn listing_counts(
    found: &[MartDay],
    as_of: AsOf,
    days: u32,
    mut add: impl FnMut(i64, i64, i64),
) -> Result<u32, Failure> {
    let comparable = comparable_days(found, as_of, days, &mirrorlake_signals::version());
    for day in &comparable {
        for batch in &day.read()?.batches {
            let cells = Cells(batch);
            let (comments, allegations) = (cells.whole("comments")?, cells.whole("allegations")?);
            for (row, listing) in cells.whole("listing_id")?.iter().enumerate() {
                add(*listing, comments[row], allegations[row]);
            }
        }
    }
    Ok(u32::try_from(comparable.len()).unwrap_or(u32::MAX))
}

impl Brand {
    /// Comments, allegations, affirmations.
    fn totals(&self) -> (i64, i64, i64) {
        self.listings.values().fold((0, 0, 0), |t, c| (t.0 + c.comments, t.1 + c.allegations, t.2 + c.affirmations))
    }

    fn top_listings(&self, brand_id: i64) -> Vec<CommentListing> {
        let accused = self.listings.iter().filter(|(_, counts)| counts.allegations > 0);
        let mut rows: Vec<CommentListing> = accused
            .map(|(&(merchant_id, listing_id), counts)| CommentListing {
                brand_id,
                listing_id,
                merchant_id,
                title: None,
                comments: counts.comments,
                allegations: counts.allegations,
            })
            .collect();
        rows.sort_by_key(|r| (-r.allegations, r.listing_id, r.merchant_id));
        rows.truncate(LISTINGS);
        rows
    }

    fn top_words(&self, brand_id: i64) -> Vec<EvidenceWords> {
        let mut all = Counts::default();
        for counts in self.listings.values() {
            all.add_words(counts);
        }
        let top = all.top_words(WORDS).into_iter();
        top.map(|(words, comments)| EvidenceWords { brand_id, words: words.to_owned(), comments }).collect()
    }
}

fn share(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

//! What a window's comments came to, brand by brand, for the reports.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use mirrorlake_metrics::interval::wilson;
use mirrorlake_model::AsOf;
use mirrorlake_model::thresholds::CONFIDENCE_LEVEL;
use mirrorlake_reports::{CommentInput, CommentListing, CommentWeek, EvidenceWords};

use super::allegations::{Allegations, comparable_days};
use super::sums::{Counts, listing_sums};
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
        let totals = self.brands.values().map(Brand::totals).filter(|(_, comments)| *comments >= MEDIAN_LEAST_COMMENTS);
        let mut shares: Vec<f64> = totals.map(|(allegations, comments)| share(allegations, comments)).collect();
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
        let Allegations { allegations, comments, interval } = brand.allegations();
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
            affirmations: brand.listings.values().map(|c| c.affirmations).sum(),
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

impl Brand {
    /// Allegations and comments.
    fn totals(&self) -> (i64, i64) {
        self.listings.values().fold((0, 0), |t, c| (t.0 + c.allegations, t.1 + c.comments))
    }

    fn allegations(&self) -> Allegations {
        Allegations::of(self.listings.values().map(|c| (c.allegations, c.comments)))
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

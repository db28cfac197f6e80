//! Made-up comment figures. Like the rest they are plausible, not exact.

use chrono::{Datelike, Days};
use mirrorlake_reports::{BrandReportParts, CommentInput, CommentListing, CommentWeek, EvidenceWords};

use super::{Dice, as_of, wilson};

const TITLES: [Option<&str>; 5] = [
    Some("Nordlicht N3 polarised sunglasses, unisex, with case"),
    Some("北光 N3 偏光太阳镜 男女同款 送眼镜盒 官方同款 旗舰品质 驾驶专用"),
    None,
    Some("Nordlicht titanium frame, 48 mm"),
    Some("【清仓】北光光学镜片清洁套装"),
];

const WORDS: [&str; 8] = [
    "假货",
    "this is a fake",
    "不是正品",
    "logo is printed wrong",
    "仿的，做工很差",
    "not authentic",
    "counterfeit",
    "和专柜的不一样，感觉是假的",
];

/// What made-up comments look like.
#[derive(Clone, Copy, Debug)]
pub struct CommentShape {
    /// Comments a day, roughly.
    pub per_day: u64,
    /// Allegations per 1,000 comments, roughly.
    pub per_1000: u64,
    /// The median of brands.
    pub median: Option<f64>,
}

impl Default for CommentShape {
    fn default() -> Self {
        Self { per_day: 52, per_1000: 14, median: Some(0.0081) }
    }
}

/// Parts with comment figures of a shape.
pub fn with_comments(mut parts: BrandReportParts, shape: CommentShape) -> BrandReportParts {
    parts.comments = Some(comments(parts.brand.brand_id, parts.days, shape));
    super::prevalence::agree(&mut parts);
    parts
}

pub fn comments(brand_id: i64, days: u32, shape: CommentShape) -> CommentInput {
    let weeks = weeks(brand_id, days, shape);
    let comments = weeks.iter().map(|w| w.comments).sum::<i64>();
    let allegations = weeks.iter().map(|w| w.allegations).sum::<i64>();
    // Clustered: as if the comments were half as many.
    let interval = wilson(allegations as f64 / 2.0, comments as f64 / 2.0);
    CommentInput {
        brand_id,
        days_with_signals: days,
        days_in_window: days,
        comments,
        allegations,
        affirmations: (comments - allegations) / 20,
        share: (comments > 0).then(|| allegations as f64 / comments as f64),
        share_low: interval.map(|i| i.0),
        share_high: interval.map(|i| i.1),
        median_share: shape.median,
        median_brands: if shape.median.is_some() { 23 } else { 2 },
        median_least_comments: 200,
        weeks,
        listings: listings(brand_id, comments, allegations),
        words: words(brand_id, allegations),
        detector: "2026-11-01.3".to_owned(),
    }
}

fn weeks(brand_id: i64, days: u32, shape: CommentShape) -> Vec<CommentWeek> {
    let mut dice = Dice(7);
    let mut weeks: Vec<CommentWeek> = Vec::new();
    for day in as_of().window_start(days).iter_days().take(days as usize) {
        let week_start = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
        if weeks.last().is_none_or(|week| week.week_start != week_start) {
            weeks.push(CommentWeek { brand_id, week_start, ..CommentWeek::default() });
        }
        let week = weeks.last_mut().expect("a week");
        week.days += 1;
        for _ in 0..dice.roll(shape.per_day * 2 + 1) {
            week.comments += 1;
            week.allegations += i64::from(dice.roll(1000) < shape.per_1000);
        }
    }
    for week in &mut weeks {
        let interval = wilson(week.allegations as f64, week.comments as f64);
        (week.low, week.high) = (interval.map(|i| i.0), interval.map(|i| i.1));
    }
    weeks
}

fn listings(brand_id: i64, comments: i64, allegations: i64) -> Vec<CommentListing> {
    let mut left = allegations;
    let mut listings = Vec::new();
    for n in 0..10 {
        let share = (left / 4).max(1).min(left);
        left -= share;
        listings.push(CommentListing {
            brand_id,
            listing_id: 5_300_000_000 + n * 1_009,
            merchant_id: 40_000 + n * 731,
            title: TITLES[n as usize % TITLES.len()].map(str::to_owned),
            comments: (comments / (8 + n)).max(share),
            allegations: share,
        });
    }
    listings
}

fn words(brand_id: i64, allegations: i64) -> Vec<EvidenceWords> {
    let share = |n: usize| allegations / (3 + 2 * n as i64);
    let entry = |(n, words): (usize, &&str)| EvidenceWords { brand_id, words: (*words).to_owned(), comments: share(n) };
    WORDS.iter().enumerate().map(entry).collect()
}

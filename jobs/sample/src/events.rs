//! The event tables, a day at a time.

use std::sync::atomic::Ordering;

use crate::SampleError;
use crate::calendar::WARMUP_DAYS;
use crate::columns::Columns;
use crate::merchants::Kind;
use crate::random::Stream;
use crate::run::Job;
use crate::sales::{Market, Sale, Seller};
use crate::state::{brand_id, listing_id, merchant_id, product_id};
use crate::text::{Label, Subject, Writer};
use crate::write::{BATCH_ROWS, Written, day_number};

/// Sales that may be refunded, of a million; what becomes of them depends on the item.
pub(crate) const REFUND_CANDIDATES: u64 = 120_000;
/// Random words of one comment.
const COMMENT_WORDS: u64 = 128;

/// Identifiers of a day's refunds or comments begin at the day's number times this.
const IDS_PER_DAY: i64 = 1_000_000_000;

/// One day of `sales`.
pub(crate) fn sales(job: &Job<'_>, day: usize) -> Result<Written, SampleError> {
    let calendar = &job.world.calendar;
    let mut seller = job.market.seller(calendar, day);
    let mut writer = job.partition("sales", calendar.days[day].date)?;
    let count = calendar.days[day].sales;
    let mut rows: Vec<Sale> = Vec::with_capacity(BATCH_ROWS);
    for from in (0..count).step_by(BATCH_ROWS) {
        job.check()?;
        rows.clear();
        for index in from..(from + BATCH_ROWS as u64).min(count) {
            let sale = seller.sale(index);
            // Sums of integers: the order in which threads add does not show.
            let units = u64::from(sale.quantity.unsigned_abs());
            job.units[sale.listing as usize].fetch_add(units, Ordering::Relaxed);
            job.gmv[sale.listing as usize].fetch_add(units * sale.unit_price_minor.unsigned_abs(), Ordering::Relaxed);
            rows.push(sale);
        }
        writer.write(
            Columns::default()
                .int64(rows.iter().map(|s| s.order_line_id))
                .time(rows.iter().map(|s| s.sold_at))
                .int64(rows.iter().map(|s| merchant_id(s.merchant)))
                .int64(rows.iter().map(|s| listing_id(s.listing)))
                .int64_opt(rows.iter().map(|s| brand_id(s.brand)))
                .int64_opt(rows.iter().map(|s| product_id(s.product)))
                .int64(rows.iter().map(|s| s.buyer_id))
                .int32(rows.iter().map(|s| s.quantity))
                .int64(rows.iter().map(|s| s.unit_price_minor)),
        )?;
        job.sold(rows.len() as u64);
    }
    writer.finish(true)
}

/// One seller per day that refunds and comments of a day go back to.
struct Sellers<'a> {
    first: usize,
    all: Vec<Seller<'a>>,
}

impl<'a> Sellers<'a> {
    fn new(job: &'a Job<'_>, day: usize) -> Self {
        let first = day - WARMUP_DAYS;
        Self { first, all: (first..day).map(|d| job.market.seller(&job.world.calendar, d)).collect() }
    }

    fn sale(&mut self, place: (usize, u64)) -> Sale {
        self.all[place.0 - self.first].sale(place.1)
    }
}

const REASONS: [&str; 5] = ["counterfeit", "quality", "not_as_described", "changed_mind", "other"];

struct Refund {
    at: i64,
    sale: Sale,
    quantity: i32,
    amount_minor: i64,
    reason: &'static str,
}

/// One day of `refunds`.
pub(crate) fn refunds(job: &Job<'_>, day: usize) -> Result<Written, SampleError> {
    let calendar = &job.world.calendar;
    let today = &calendar.days[day];
    let candidates = job.refund_lags.of_day(calendar, day);
    let mut sellers = Sellers::new(job, day);
    let mut stream = job.refund_family.stream(day_number(today.date) as u64);
    let mut writer = job.partition("refunds", today.date)?;
    let mut next_id = i64::from(day_number(today.date)) * IDS_PER_DAY;
    for from in (0..candidates.count).step_by(BATCH_ROWS) {
        job.check()?;
        let mut rows = Vec::with_capacity(BATCH_ROWS);
        for place in from..(from + BATCH_ROWS as u64).min(candidates.count) {
            let sale = sellers.sale(candidates.sale(place));
            // Out of 1000 candidates: how many are refunded, and why.
            let (chance, reasons) = match (sale.counterfeit, sale.kind) {
                (true, _) => (600, [420, 220, 200, 100, 60]),
                (false, Kind::Sloppy) => (350, [15, 350, 300, 250, 85]),
                (false, _) => (220, [6, 222, 182, 500, 90]),
            };
            if !stream.chance(chance) {
                continue;
            }
            let quantity =
                if stream.chance(850) { sale.quantity } else { stream.between(1, sale.quantity.into()) as i32 };
            let full = sale.unit_price_minor * i64::from(quantity);
            // Some settle for a part.
            let amount_minor = if stream.chance(900) { full } else { full * stream.between(2, 8) / 10 };
            let at = calendar.instant(today, place, candidates.count, stream.next() as u32);
            rows.push(Refund { at, sale, quantity, amount_minor, reason: REASONS[stream.weighted(&reasons)] });
        }
        let first_id = next_id;
        next_id += rows.len() as i64;
        writer.write(
            Columns::default()
                .int64(first_id..next_id)
                .time(rows.iter().map(|r| r.at))
                .int64(rows.iter().map(|r| r.sale.order_line_id))
                .int64(rows.iter().map(|r| merchant_id(r.sale.merchant)))
                .int64(rows.iter().map(|r| listing_id(r.sale.listing)))
                .int64_opt(rows.iter().map(|r| Market::brand_id(r.sale.brand)))
                .int32(rows.iter().map(|r| r.quantity))
                .int64(rows.iter().map(|r| r.amount_minor))
                .text(rows.iter().map(|r| r.reason)),
        )?;
    }
    writer.finish(true)
}

/// A comment before its text.
struct Comment {
    at: i64,
    sale: Sale,
    rating: i8,
    label: Label,
}

/// One day of `comments` and of their true labels.
pub(crate) fn comments(job: &Job<'_>, day: usize) -> Result<(Written, Written), SampleError> {
    let calendar = &job.world.calendar;
    let today = &calendar.days[day];
    let candidates = job.comment_lags.of_day(calendar, day);
    let mut sellers = Sellers::new(job, day);
    let mut stream = job.comment_family.stream(day_number(today.date) as u64);
    let mut writer = job.partition("comments", today.date)?;
    let mut truth = job.truth_partition("comments", Some(today.date), crate::truth::comment_schema())?;
    let mut text = Writer::default();
    let mut next_id = i64::from(day_number(today.date)) * IDS_PER_DAY;
    for from in (0..candidates.count).step_by(BATCH_ROWS) {
        job.check()?;
        let mut rows = Vec::with_capacity(BATCH_ROWS);
        let mut texts = arrow::array::StringBuilder::with_capacity(BATCH_ROWS, BATCH_ROWS * 64);
        for place in from..(from + BATCH_ROWS as u64).min(candidates.count) {
            let sale = sellers.sale(candidates.sale(place));
            stream.seek(place * COMMENT_WORDS);
            let wants = match (sale.counterfeit, sale.kind) {
                (true, _) => 950,
                (false, Kind::Sloppy) => 880,
                (false, _) => 820,
            };
            if !stream.chance(wants) {
                continue;
            }
            let label = label(&mut stream, &sale);
            let rating = rating(&mut stream, &sale, label);
            let listing = &job.world.listings[sale.listing as usize];
            let brand = job.world.catalogue.brands.get(sale.brand as usize);
            let subject = Subject {
                brand_en: brand.map_or("", |b| b.name_en.as_str()),
                brand_zh: brand.map_or("", |b| b.name_zh.as_str()),
                category: usize::from(listing.category),
            };
            texts.append_value(text.compose(&mut stream, label, rating, &subject));
            let at = calendar.instant(today, place, candidates.count, stream.next() as u32);
            rows.push(Comment { at, sale, rating, label });
        }
        let first_id = next_id;
        next_id += rows.len() as i64;
        let mut columns = Columns::default()
            .int64(first_id..next_id)
            .time(rows.iter().map(|c| c.at))
            .int64(rows.iter().map(|c| merchant_id(c.sale.merchant)))
            .int64(rows.iter().map(|c| listing_id(c.sale.listing)))
            .int64_opt(rows.iter().map(|c| Market::brand_id(c.sale.brand)))
            .int64(rows.iter().map(|c| c.sale.buyer_id))
            .int8(rows.iter().map(|c| c.rating));
        columns.arrays.push(std::sync::Arc::new(texts.finish()));
        writer.write(columns)?;
        truth.write(Columns::default().int64(first_id..next_id).text(rows.iter().map(|c| c.label.word())))?;
    }
    Ok((writer.finish(true)?, truth.finish(false)?))
}

/// What a buyer says: far from what is true. Out of 10,000: allegations, affirmations.
fn label(stream: &mut Stream, sale: &Sale) -> Label {
    let (allege, affirm) = match (sale.counterfeit, sale.kind) {
        (true, _) => (1_250, 420),
        (false, Kind::Sloppy) => (75, 560),
        (false, Kind::Counterfeit) => (90, 520),
        (false, Kind::Honest) => (28, 620),
    };
    match stream.below(10_000) {
        n if n < allege => Label::Allege,
        n if n < allege + affirm => Label::Affirm,
        _ => Label::Other,
    }
}

fn rating(stream: &mut Stream, sale: &Sale, label: Label) -> i8 {
    let weights = match (label, sale.counterfeit || sale.kind == Kind::Sloppy) {
        (Label::Allege, _) => [68, 15, 9, 4, 4],
        (Label::Affirm, _) => [1, 1, 4, 18, 76],
        (Label::Other, true) => [13, 9, 14, 22, 42],
        (Label::Other, false) => [4, 3, 7, 18, 68],
    };
    stream.weighted(&weights) as i8 + 1
}

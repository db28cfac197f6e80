//! The state tables: one partition each, at the lake's last day.

use std::ops::Range;

use crate::SampleError;
use crate::brands::{FIRST_BRAND, FIRST_PRODUCT, FIRST_RIGHT, RIGHT_TYPES};
use crate::claims::{FIRST_CLAIM, Named};
use crate::columns::Columns;
use crate::documents::FIRST_DOCUMENT;
use crate::listings::{FIRST_LISTING, NONE};
use crate::merchants::{FIRST_MERCHANT, KEY_PREFIXES};
use crate::names;
use crate::pilot::FIRST_SAMPLE;
use crate::random::Family;
use crate::run::Job;
use crate::write::{BATCH_ROWS, Written, day_number};

/// The state tables, in the contract's order.
pub(crate) const TABLES: [&str; 11] = [
    "merchants",
    "merchant_documents",
    "brands",
    "brand_products",
    "listings",
    "listing_images",
    "ip_rights",
    "claims",
    "claim_holds",
    "takedowns",
    "pilot_purchases",
];

pub(crate) fn merchant_id(merchant: u32) -> i64 {
    FIRST_MERCHANT + i64::from(merchant)
}

pub(crate) fn listing_id(listing: u32) -> i64 {
    FIRST_LISTING + i64::from(listing)
}

pub(crate) fn brand_id(brand: u32) -> Option<i64> {
    (brand != NONE).then(|| FIRST_BRAND + i64::from(brand))
}

pub(crate) fn product_id(product: u32) -> Option<i64> {
    (product != NONE).then(|| FIRST_PRODUCT + i64::from(product))
}

fn some_brand(brand: u32) -> i64 {
    FIRST_BRAND + i64::from(brand)
}

/// Writes one state table.
pub(crate) fn write(job: &Job<'_>, table: &str) -> Result<Written, SampleError> {
    let world = job.world;
    match table {
        "merchants" => batches(job, table, world.merchants.all.len(), |range| merchants(job, range)),
        "merchant_documents" => batches(job, table, world.documents.len(), |range| documents(job, range)),
        "brands" => batches(job, table, world.catalogue.brands.len(), |range| brands(job, range)),
        "brand_products" => batches(job, table, world.catalogue.products.len(), |range| products(job, range)),
        "listings" => batches(job, table, world.listings.len(), |range| listings(job, range)),
        "listing_images" => batches(job, table, world.listings.len(), |range| images(job, range)),
        "ip_rights" => batches(job, table, world.catalogue.rights.len(), |range| rights(job, range)),
        "claims" => batches(job, table, world.claims.len(), |range| claims(job, range)),
        "claim_holds" => batches(job, table, world.claims.len(), |range| holds(job, range)),
        "takedowns" => batches(job, table, world.takedowns.len(), |range| takedowns(job, range)),
        "pilot_purchases" => batches(job, table, world.purchases.len(), |range| purchases(job, range)),
        other => Err(SampleError::Spec(format!("no recipe for the table {other}"))),
    }
}

fn batches(
    job: &Job<'_>,
    table: &str,
    entities: usize,
    columns: impl Fn(Range<usize>) -> Columns,
) -> Result<Written, SampleError> {
    let mut writer = job.partition(table, job.world.spec.end_day)?;
    for from in (0..entities).step_by(BATCH_ROWS) {
        job.check()?;
        writer.write(columns(from..(from + BATCH_ROWS).min(entities)))?;
    }
    writer.finish(true)
}

fn merchants(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.merchants.all[range.clone()];
    let names = Family::new(job.world.spec.seed, "merchant-names");
    let today = day_number(job.world.spec.end_day);
    let key = |kind: usize| {
        all.iter().map(move |m| m.keys[kind].map(|key| format!("{}-{:012x}", KEY_PREFIXES[kind], key >> 16)))
    };
    Columns::default()
        .int64(range.clone().map(|i| merchant_id(i as u32)))
        .text(range.map(|i| names::shop(&mut names.stream(i as u64))))
        .date(all.iter().map(|m| today - m.opened_days_ago as i32))
        .text(all.iter().map(|m| m.status))
        .text_opt(key(0))
        .text_opt(key(1))
        .text_opt(key(2))
        .text_opt(key(3))
}

fn documents(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.documents[range.clone()];
    let today = day_number(job.world.spec.end_day);
    Columns::default()
        .int64(range.map(|i| FIRST_DOCUMENT + i as i64))
        .int64(all.iter().map(|d| merchant_id(d.merchant)))
        .text(all.iter().map(|d| d.document_type))
        .int64_opt(all.iter().map(|d| brand_id(d.brand)))
        .text(all.iter().map(|d| d.status))
        .date(all.iter().map(|d| today + d.filed as i32))
        .date(all.iter().map(|d| today + d.since as i32))
        .date(all.iter().map(|d| today + d.issued as i32))
        .date_opt(all.iter().map(|d| d.expires.map(|days| today + days as i32)))
}

fn brands(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.catalogue.brands[range.clone()];
    Columns::default()
        .int64(range.map(|i| some_brand(i as u32)))
        .text(all.iter().map(|b| &b.name_en))
        .text_opt(all.iter().map(|b| b.name_zh_recorded.then_some(&b.name_zh)))
        .text(all.iter().map(|b| &b.owner))
        .text_list(all.iter().map(|b| b.emails.as_slice()))
        .text(all.iter().map(|b| b.locale))
        .text(all.iter().map(|b| b.time_zone))
}

fn products(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.catalogue.products[range.clone()];
    Columns::default()
        .int64(range.map(|i| FIRST_PRODUCT + i as i64))
        .int64(all.iter().map(|p| some_brand(p.brand as u32)))
        .text(all.iter().map(|p| &p.title))
        .int64_opt(all.iter().map(|p| p.list_price_recorded.then_some(p.price_minor)))
}

fn listings(job: &Job<'_>, range: Range<usize>) -> Columns {
    let world = job.world;
    let all = &world.listings[range.clone()];
    let titles = Family::new(world.spec.seed, "titles");
    let title = |index: usize| {
        let listing = &world.listings[index];
        let mut stream = titles.stream(index as u64);
        let brand = world.catalogue.brands.get(listing.brand as usize);
        let model = match world.catalogue.products.get(listing.product as usize) {
            Some(product) => product.model.clone(),
            None => names::model(&mut stream),
        };
        let brand = brand.map(|b| (b.name_en.as_str(), b.name_zh.as_str()));
        names::title(&mut stream, brand, usize::from(listing.category), &model)
    };
    Columns::default()
        .int64(range.clone().map(|i| listing_id(i as u32)))
        .int64(all.iter().map(|l| merchant_id(l.merchant)))
        .int64_opt(all.iter().map(|l| brand_id(l.brand)))
        .int64_opt(all.iter().map(|l| product_id(l.product)))
        .int32(all.iter().map(|l| 100 + i32::from(l.category)))
        .text(range.map(title))
        .int64(all.iter().map(|l| l.price_minor))
        .time(all.iter().map(|l| l.listed_at))
        .text(all.iter().map(|l| l.status()))
        .time_opt(all.iter().map(|l| l.closed_at))
        .time_opt(all.iter().map(|l| l.reactivated_at.or(l.reinstated_at)))
}

fn images(job: &Job<'_>, range: Range<usize>) -> Columns {
    let world = job.world;
    let mut owners = Vec::new();
    let mut images = Vec::new();
    for index in range {
        let own = world.gallery.images(index as u32, &world.listings[index]);
        owners.extend(std::iter::repeat_n(listing_id(index as u32), own.len()));
        images.extend(own);
    }
    Columns::default()
        .int64(owners)
        .int32(images.iter().map(|i| i.position))
        .text_opt(images.iter().map(|i| i.uri.as_ref()))
        .hash(images.iter().map(|i| i.pdq))
        .int32_opt(images.iter().map(|i| i.quality))
}

fn rights(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.catalogue.rights[range.clone()];
    let today = day_number(job.world.spec.end_day);
    Columns::default()
        .int64(range.map(|i| FIRST_RIGHT + i as i64))
        .int64(all.iter().map(|r| some_brand(r.brand as u32)))
        .text(all.iter().map(|r| RIGHT_TYPES[r.right_type]))
        .text(all.iter().map(|r| &r.registration_no))
        .text(all.iter().map(|r| r.jurisdiction))
        .date(all.iter().map(|r| today - r.valid_from_days_ago as i32))
        .date_opt(all.iter().map(|r| r.valid_to_days.map(|days| today + days as i32)))
        .time(all.iter().map(|r| r.recorded_at))
}

fn claims(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.claims[range.clone()];
    let right = |named: Named| match named {
        Named::Nothing => None,
        Named::Unknown(id) => Some(id),
        Named::Right(at) => Some(FIRST_RIGHT + at as i64),
    };
    Columns::default()
        .int64(range.map(|i| FIRST_CLAIM + i as i64))
        .int64(all.iter().map(|c| some_brand(c.brand)))
        .int64_opt(all.iter().map(|c| right(c.right)))
        .text(all.iter().map(|c| RIGHT_TYPES[c.right_type]))
        .time(all.iter().map(|c| c.submitted_at))
        .time_opt(all.iter().map(|c| c.qualified_at))
        .text(all.iter().map(|c| c.decision))
        .time_opt(all.iter().map(|c| c.closed_at))
        .text(all.iter().map(|c| c.locale))
}

fn holds(job: &Job<'_>, range: Range<usize>) -> Columns {
    let claims = &job.world.claims;
    let all: Vec<_> = range.flat_map(|i| claims[i].holds.iter().map(move |h| (FIRST_CLAIM + i as i64, h))).collect();
    Columns::default()
        .int64(all.iter().map(|h| h.0))
        .time(all.iter().map(|h| h.1.started_at))
        .time_opt(all.iter().map(|h| h.1.ended_at))
        .text(all.iter().map(|h| h.1.reason))
}

fn takedowns(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.takedowns[range];
    Columns::default()
        .int64(all.iter().map(|t| FIRST_CLAIM + i64::from(t.claim)))
        .int64(all.iter().map(|t| listing_id(t.listing)))
        .int64(all.iter().map(|t| merchant_id(job.world.listings[t.listing as usize].merchant)))
        .text(all.iter().map(|t| t.outcome))
        .time_opt(all.iter().map(|t| t.decided_at))
        .time_opt(all.iter().map(|t| t.decided_at.filter(|_| t.outcome == "removed")))
        .time_opt(all.iter().map(|t| t.reinstated_at))
}

fn purchases(job: &Job<'_>, range: Range<usize>) -> Columns {
    let all = &job.world.purchases[range.clone()];
    let listing = |p: &crate::pilot::Purchase| &job.world.listings[p.listing as usize];
    Columns::default()
        .int64(range.map(|i| FIRST_SAMPLE + i as i64))
        .int64(all.iter().map(|p| merchant_id(listing(p).merchant)))
        .int64(all.iter().map(|p| listing_id(p.listing)))
        .int64(all.iter().map(|p| some_brand(listing(p).brand)))
        .text(all.iter().map(|p| p.selection))
        .text(all.iter().map(|p| &p.stratum))
        .int64_opt(all.iter().map(|p| p.stratum_size))
        .float64_opt(all.iter().map(|p| p.inclusion_probability))
        .time(all.iter().map(|p| p.ordered_at))
        .time_opt(all.iter().map(|p| p.notarised_at))
        .time_opt(all.iter().map(|p| p.delivered_at))
        .time_opt(all.iter().map(|p| p.authenticated_at))
        .text_opt(all.iter().map(|p| p.verdict))
        .text_opt(all.iter().map(|p| p.action))
        .time_opt(all.iter().map(|p| p.action_at))
}

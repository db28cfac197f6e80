//! The planted truth beside the lake, under `_truth/`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::SampleError;
use crate::columns::Columns;
use crate::images::REACH;
use crate::listings::{ALL_COUNTERFEIT, NONE, Photo};
use crate::run::Job;
use crate::state::{brand_id, listing_id, merchant_id};
use crate::write::{BATCH_ROWS, Written};

/// The folder of the truth in a sample lake.
pub(crate) const FOLDER: &str = "_truth";

fn schema(fields: &[(&str, DataType, bool)]) -> SchemaRef {
    let fields = fields.iter().map(|(name, data_type, nullable)| Field::new(*name, data_type.clone(), *nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Schema of `_truth/comments`.
pub(crate) fn comment_schema() -> SchemaRef {
    schema(&[("comment_id", DataType::Int64, false), ("label", DataType::Utf8, false)])
}

/// Writes everything but the comments' labels, which stream beside the comments.
pub(crate) fn write(job: &Job<'_>) -> Result<Written, SampleError> {
    let parts = [merchants(job)?, listings(job)?, reappearances(job)?, common_images(job)?, brand_prevalence(job)?];
    Ok(parts.into_iter().fold(Written::default(), |sum, part| Written {
        files: sum.files + part.files,
        rows: sum.rows + part.rows,
        bytes: sum.bytes + part.bytes,
    }))
}

/// Units of a listing sold in the lake, the counterfeit ones as expected by its share (in 10,000ths of a unit).
fn units_of(job: &Job<'_>, listing: usize) -> (u128, u128) {
    let units = u128::from(job.units[listing].load(Ordering::Relaxed));
    (units, units * u128::from(job.world.listings[listing].share))
}

fn ratio(part: u128, whole: u128) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn merchants(job: &Job<'_>) -> Result<Written, SampleError> {
    let all = &job.world.merchants.all;
    let mut sums = vec![(0_u128, 0_u128); all.len()];
    for (index, listing) in job.world.listings.iter().enumerate() {
        let (units, counterfeit) = units_of(job, index);
        let sum = &mut sums[listing.merchant as usize];
        *sum = (sum.0 + units, sum.1 + counterfeit);
    }
    let schema = schema(&[
        ("merchant_id", DataType::Int64, false),
        ("kind", DataType::Utf8, false),
        ("ring_id", DataType::Int64, true),
        ("units", DataType::Int64, false),
        ("counterfeit_unit_share", DataType::Float64, false),
    ]);
    let mut writer = job.truth_partition("merchants", None, schema)?;
    writer.write(
        Columns::default()
            .int64((0..all.len()).map(|i| merchant_id(i as u32)))
            .text(all.iter().map(|m| m.kind.word()))
            .int64_opt(all.iter().map(|m| m.ring.map(|ring| i64::from(ring) + 1)))
            .int64(sums.iter().map(|s| s.0 as i64))
            .float64(sums.iter().map(|s| ratio(s.1, s.0 * u128::from(ALL_COUNTERFEIT)))),
    )?;
    writer.finish(false)
}

fn listings(job: &Job<'_>) -> Result<Written, SampleError> {
    let all = &job.world.listings;
    let schema = schema(&[
        ("listing_id", DataType::Int64, false),
        ("counterfeit", DataType::Boolean, false),
        ("counterfeit_unit_share", DataType::Float64, false),
    ]);
    let mut writer = job.truth_partition("listings", None, schema)?;
    for from in (0..all.len()).step_by(BATCH_ROWS) {
        job.check()?;
        let batch = &all[from..(from + BATCH_ROWS).min(all.len())];
        writer.write(
            Columns::default()
                .int64((from..from + batch.len()).map(|i| listing_id(i as u32)))
                // Half of its units at least: a listing that was made to deceive, not one that was deceived.
                .bool(batch.iter().map(|l| l.share >= ALL_COUNTERFEIT / 2))
                .float64(batch.iter().map(|l| f64::from(l.share) / f64::from(ALL_COUNTERFEIT))),
        )?;
    }
    writer.finish(false)
}

fn reappearances(job: &Job<'_>) -> Result<Written, SampleError> {
    let schema = schema(&[
        ("removed_listing_id", DataType::Int64, false),
        ("new_listing_id", DataType::Int64, false),
        ("tier", DataType::Utf8, true),
        ("within_reach", DataType::Boolean, false),
        ("hamming", DataType::Int32, true),
        ("reason", DataType::Utf8, false),
    ]);
    let mut writer = job.truth_partition("reappearances", None, schema)?;
    let distance = |pair: &crate::reappearances::Pair| match pair.reason {
        // Pictures that have nothing to do with each other: their distance is of no interest.
        "product" | "poor_image" => pair.hamming.filter(|h| *h <= REACH),
        _ => pair.hamming,
    };
    for pairs in job.world.pairs.chunks(BATCH_ROWS) {
        job.check()?;
        writer.write(
            Columns::default()
                .int64(pairs.iter().map(|p| listing_id(p.removed)))
                .int64(pairs.iter().map(|p| listing_id(p.new)))
                .text_opt(pairs.iter().map(|p| p.tier))
                .bool(pairs.iter().map(|p| p.tier.is_some()))
                .int32_opt(pairs.iter().map(|p| distance(p).map(|h| h as i32)))
                .text(pairs.iter().map(|p| p.reason)),
        )?;
    }
    writer.finish(false)
}

/// Official pictures that accuse nobody, with how many merchants and listings use them.
fn common_images(job: &Job<'_>) -> Result<Written, SampleError> {
    let mut uses: Vec<(u32, u32, u32)> = (0_u32..)
        .zip(&job.world.listings)
        .filter_map(|(index, l)| match l.photo {
            Photo::Catalogue(number) => Some((number, l.merchant, index)),
            _ => None,
        })
        .collect();
    uses.sort_unstable();
    let groups: Vec<(u32, i64, i64)> = uses
        .chunk_by(|a, b| a.0 == b.0)
        .map(|group| (group[0].0, group.chunk_by(|a, b| a.1 == b.1).count() as i64, group.len() as i64))
        .collect();
    let schema = schema(&[
        ("pdq", DataType::FixedSizeBinary(32), false),
        ("merchants", DataType::Int64, false),
        ("listings", DataType::Int64, false),
    ]);
    let mut writer = job.truth_partition("common_images", None, schema)?;
    writer.write(
        Columns::default()
            .hash(groups.iter().map(|g| Some(job.world.gallery.picture(g.0))))
            .int64(groups.iter().map(|g| g.1))
            .int64(groups.iter().map(|g| g.2)),
    )?;
    writer.finish(false)
}

/// Prevalence per brand and weighting among the listings that are active at T.
fn brand_prevalence(job: &Job<'_>) -> Result<Written, SampleError> {
    let brands = job.world.catalogue.brands.len();
    // Per brand and weighting: population, counterfeit part in 10,000ths.
    let mut sums = vec![[(0_u128, 0_u128); 3]; brands];
    for (index, listing) in job.world.listings.iter().enumerate() {
        if listing.brand == NONE || listing.status() != "active" {
            continue;
        }
        let weights = [1, job.units[index].load(Ordering::Relaxed), job.gmv[index].load(Ordering::Relaxed)];
        for (sum, weight) in sums[listing.brand as usize].iter_mut().zip(weights) {
            let weight = u128::from(weight);
            *sum = (sum.0 + weight, sum.1 + weight * u128::from(listing.share));
        }
    }
    let rows: Vec<(u32, &str, (u128, u128))> = (0_u32..)
        .zip(&sums)
        .flat_map(|(brand, sums)| ["listings", "units", "gmv"].into_iter().zip(*sums).map(move |(w, s)| (brand, w, s)))
        .collect();
    let schema = schema(&[
        ("brand_id", DataType::Int64, true),
        ("weighting", DataType::Utf8, false),
        ("population", DataType::Int64, false),
        ("prevalence", DataType::Float64, true),
    ]);
    let mut writer = job.truth_partition("brand_prevalence", None, schema)?;
    writer.write(
        Columns::default()
            .int64_opt(rows.iter().map(|r| brand_id(r.0)))
            .text(rows.iter().map(|r| r.1))
            .int64(rows.iter().map(|r| i64::try_from(r.2.0).unwrap_or(i64::MAX)))
            .float64_opt(rows.iter().map(|r| (r.2.0 > 0).then(|| ratio(r.2.1, r.2.0 * u128::from(ALL_COUNTERFEIT))))),
    )?;
    writer.finish(false)
}

//! What the reductions say of merchants, judged a part of the merchants at a time.

use std::collections::BTreeSet;

use arrow::record_batch::RecordBatch;
use mirrorlake_engine::Warning;
use mirrorlake_metrics::seller_vetting::{
    BrandSales, BrandTally, Document, Exemption, Merchant, SumError, judge, set_apart,
};
use mirrorlake_model::ExitStatus;
use mirrorlake_model::as_of::local_day;
use mirrorlake_model::vetting::{BrandVettingRow, DocumentStatus, DocumentType, MerchantStatus, VettingRow};

use crate::catalogue::{Cells, required};
use crate::failure::Failure;
use crate::job::Work;
use crate::sales::{merge_sums, too_large as sums_too_large};

/// Merchants that a reduction sees at a time. A merchant sells several brands and files several documents, and an engine
/// needs a few hundred bytes for each of those.
const MERCHANTS_OF_A_PART: usize = 500_000;

/// All merchants, judged.
#[derive(Default)]
pub struct Vetted {
    /// Rows of the mart, in its order.
    pub standing: Vec<VettingRow>,
    /// Rows that an exemption takes out, in the mart's order, with the exemption's place.
    pub exempted: Vec<(usize, VettingRow)>,
    /// Sums by brand.
    pub brands: Vec<BrandVettingRow>,
    /// Merchants on record.
    pub merchants: u64,
    /// Merchants with documents or sales that are not on record.
    pub strangers: u64,
}

impl Vetted {
    /// Runs the reductions and judges what they say.
    ///
    /// # Errors
    ///
    /// The engine's, a failed check's, or that sales are too large to be summed.
    pub fn read(work: &Work<'_>, exemptions: &[Exemption], warnings: &mut Vec<Warning>) -> Result<Self, Failure> {
        let merchants = merchants(&work.reduce("vetted_merchants", warnings)?)?;
        let mut vetted = Self { merchants: merchants.len() as u64, ..Self::default() };
        let mut tally = BrandTally::default();
        let all_sales = all_sales(work, warnings)?;
        for (range, of_part) in parts(&merchants, MERCHANTS_OF_A_PART) {
            let documents = documents(&work.reduce_slice("merchant_papers", range, warnings)?)?;
            let first = all_sales.partition_point(|s| s.merchant_id < range.0);
            let end = all_sales.partition_point(|s| s.merchant_id <= range.1);
            let sales = &all_sales[first..end];
            let sellers = documents.iter().map(|d| d.merchant_id).chain(sales.iter().map(|s| s.merchant_id));
            let sellers: BTreeSet<i64> = sellers.collect();
            let on_record = |id: &i64| of_part.binary_search_by_key(id, |m| m.merchant_id).is_ok();
            vetted.strangers += sellers.iter().filter(|id| !on_record(id)).count() as u64;
            let rows = judge(of_part, &documents, sales, work.as_of.day).map_err(too_large)?;
            let (standing, exempted) = set_apart(rows, exemptions, work.as_of.day);
            tally.add(sales, &standing, exempted.iter().map(|(_, row)| row)).map_err(too_large)?;
            vetted.standing.extend(standing);
            vetted.exempted.extend(exempted);
        }
        vetted.brands = tally.rows();
        Ok(vetted)
    }
}

/// Ranges of numbers, both ends included, that hold all numbers and at most `of_a_part` merchants each (which come by
/// number), with those merchants: documents and sales may be of merchants that are not on record.
fn parts(merchants: &[Merchant], of_a_part: usize) -> Vec<((i64, i64), &[Merchant])> {
    let mut parts = Vec::new();
    let (mut from, mut left) = (i64::MIN, merchants);
    while let Some(next) = left.get(of_a_part.max(1)) {
        let (part, rest) = left.split_at(of_a_part.max(1));
        parts.push(((from, next.merchant_id - 1), part));
        (from, left) = (next.merchant_id, rest);
    }
    parts.push(((from, i64::MAX), left));
    parts
}

/// Says which sums are too large.
pub fn too_large(error: SumError) -> Failure {
    Failure::new(ExitStatus::CheckFailed, error.to_string())
}

fn merchants(batch: &RecordBatch) -> Result<Vec<Merchant>, Failure> {
    let cells = Cells(batch);
    let (ids, statuses) = (cells.whole("merchant_id")?, cells.words("status", MerchantStatus::from_word)?);
    Ok(ids.iter().zip(statuses).map(|(&merchant_id, status)| Merchant { merchant_id, status }).collect())
}

/// Rows of the reduction `merchant_papers`.
///
/// # Errors
///
/// When a cell is not what the reduction declares.
pub fn documents(batch: &RecordBatch) -> Result<Vec<Document>, Failure> {
    let cells = Cells(batch);
    let (merchants, brands) = (cells.whole("merchant_id")?, cells.ints("brand_id")?);
    let types = cells.words("document_type", DocumentType::from_word)?;
    let statuses = cells.words("status", DocumentStatus::from_word)?;
    let (filed, since, expires) = (cells.days("filed_on")?, cells.days("status_since")?, cells.days("expires_on")?);
    (0..batch.num_rows())
        .map(|i| {
            Ok(Document {
                merchant_id: merchants[i],
                document_type: types[i],
                brand_id: brands[i],
                status: statuses[i],
                filed_on: required("filed_on", filed[i])?,
                status_since: required("status_since", since[i])?,
                expires_on: expires[i],
            })
        })
        .collect()
}

/// What each merchant sold of each brand, summed some files at a time: memory grows with the sellers, not with the sales.
fn all_sales(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Vec<BrandSales>, Failure> {
    let mut sums: Vec<BrandSales> = Vec::new();
    work.reduce_by_files("merchant_brand_sales", "sales", warnings, |part| {
        let part = sales(work, &part)?.into_iter();
        // The reduction's order, in which goods without a brand come last.
        let key = |s: &BrandSales| (s.merchant_id, s.brand_id.is_none(), s.brand_id);
        sums = merge_sums(std::mem::take(&mut sums), part, key, |a, b| {
            let (units, gmv) = (a.units.checked_add(b.units), a.gmv_minor.checked_add(b.gmv_minor));
            let (Some(units), Some(gmv_minor)) = (units, gmv) else {
                return Err(sums_too_large(&format!("merchant {}", a.merchant_id)));
            };
            Ok(BrandSales { units, gmv_minor, first_sold_on: a.first_sold_on.min(b.first_sold_on), ..a })
        })?;
        Ok(())
    })?;
    Ok(sums)
}

fn sales(work: &Work<'_>, batch: &RecordBatch) -> Result<Vec<BrandSales>, Failure> {
    let cells = Cells(batch);
    let (merchants, brands) = (cells.whole("merchant_id")?, cells.ints("brand_id")?);
    let (units, gmv, first) = (cells.whole("units")?, cells.whole("gmv_minor")?, cells.instants("first_sold_at")?);
    (0..batch.num_rows())
        .map(|i| {
            let first = first[i].and_then(|micros| local_day(micros, work.as_of.time_zone));
            Ok(BrandSales {
                merchant_id: merchants[i],
                brand_id: brands[i],
                units: units[i],
                gmv_minor: gmv[i],
                first_sold_on: required("first_sold_at", first)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_every_number_once_and_their_own_merchants() {
        let all: Vec<Merchant> = [i64::MIN, -5, 0, 3, 4, 900, i64::MAX]
            .map(|merchant_id| Merchant { merchant_id, status: MerchantStatus::Active })
            .to_vec();
        for n in 0..=all.len() {
            for of_a_part in 1..9 {
                let merchants = &all[..n];
                let parts = parts(merchants, of_a_part);
                assert_eq!(parts.iter().flat_map(|p| p.1).copied().collect::<Vec<_>>(), merchants);
                assert_eq!((parts[0].0.0, parts[parts.len() - 1].0.1), (i64::MIN, i64::MAX));
                assert!(parts.windows(2).all(|w| w[0].0.1.checked_add(1) == Some(w[1].0.0)));
                assert!(parts.iter().all(|(range, part)| {
                    part.len() <= of_a_part && part.iter().all(|m| (range.0..=range.1).contains(&m.merchant_id))
                }));
                assert_eq!(parts.len(), n.div_ceil(of_a_part).max(1));
            }
        }
    }
}

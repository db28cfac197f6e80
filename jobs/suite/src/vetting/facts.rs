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

/// Merchants that a reduction sees at a time. A merchant sells several brands and files several documents, and an engine
/// needs a few hundred bytes for each of those.
const MERCHANTS_OF_A_PART: usize = 1_000_000;

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
        let parts = merchants.len() / MERCHANTS_OF_A_PART + 1;
        let mut from = i64::MIN;
        for part in 1..=parts {
            let cut = merchants.get(part * merchants.len() / parts).filter(|_| part < parts);
            let to = cut.map_or(i64::MAX, |m| m.merchant_id);
            let place = |id: i64| merchants.partition_point(|m| m.merchant_id < id);
            let of_part = &merchants[place(from)..cut.map_or(merchants.len(), |_| place(to.saturating_add(1)))];
            let documents = documents(&work.reduce_slice("merchant_papers", (from, to), warnings)?)?;
            let sales = sales(work, &work.reduce_slice("merchant_brand_sales", (from, to), warnings)?)?;
            let sellers = documents.iter().map(|d| d.merchant_id).chain(sales.iter().map(|s| s.merchant_id));
            let sellers: BTreeSet<i64> = sellers.collect();
            let on_record = |id: &i64| of_part.binary_search_by_key(id, |m| m.merchant_id).is_ok();
            vetted.strangers += sellers.iter().filter(|id| !on_record(id)).count() as u64;
            let rows = judge(of_part, &documents, &sales, work.as_of.day).map_err(too_large)?;
            let (standing, exempted) = set_apart(rows, exemptions, work.as_of.day);
            tally.add(&sales, &standing, exempted.iter().map(|(_, row)| row)).map_err(too_large)?;
            vetted.standing.extend(standing);
            vetted.exempted.extend(exempted);
            from = to.saturating_add(1);
        }
        vetted.brands = tally.rows();
        Ok(vetted)
    }
}

fn too_large(error: SumError) -> Failure {
    Failure::new(ExitStatus::CheckFailed, error.to_string())
}

fn merchants(batch: &RecordBatch) -> Result<Vec<Merchant>, Failure> {
    let cells = Cells(batch);
    let (ids, statuses) = (cells.whole("merchant_id")?, cells.words("status", MerchantStatus::from_word)?);
    Ok(ids.iter().zip(statuses).map(|(&merchant_id, status)| Merchant { merchant_id, status }).collect())
}

fn documents(batch: &RecordBatch) -> Result<Vec<Document>, Failure> {
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

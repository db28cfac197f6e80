//! The marts `seller_vetting`, `seller_vetting_exempted` and `seller_vetting_brands` as Arrow, and back.

use std::sync::Arc;

use arrow::array::Date32Array;
use arrow::datatypes::Date32Type;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_model::vetting::{BrandVettingRow, DocumentType, Issue, MerchantStatus, Sold, VettingRow};

use super::exempt::ExemptionSettings;
use crate::catalogue::{Cells, Columns};
use crate::failure::Failure;

/// A group of columns in `seller_vetting_brands`: the prefix of their names, and where their numbers are.
type Group = (&'static str, fn(&BrandVettingRow) -> Sold, fn(&mut BrandVettingRow) -> &mut Sold);

const GROUPS: [Group; 4] = [
    ("selling", |r| r.selling, |r| &mut r.selling),
    ("unauthorised", |r| r.unauthorised, |r| &mut r.unauthorised),
    ("expiring", |r| r.expiring, |r| &mut r.expiring),
    ("exempt", |r| r.exempt, |r| &mut r.exempt),
];

fn days(c: &mut Columns, name: &str, values: impl Iterator<Item = Option<NaiveDate>>) {
    let array: Date32Array = values.map(|day| day.map(Date32Type::from_naive_date)).collect();
    c.push(name, true, Arc::new(array));
}

/// The contract's columns, then the merchant's status.
fn columns<'a>(rows: impl Iterator<Item = &'a VettingRow> + Clone) -> Columns {
    let mut c = Columns::default();
    c.int("merchant_id", rows.clone().map(|r| r.merchant_id));
    c.text("issue", rows.clone().map(|r| r.issue.word()));
    c.text("document_type", rows.clone().map(|r| r.document_type.word()));
    c.int_or_null("brand_id", rows.clone().map(|r| r.brand_id));
    days(&mut c, "since", rows.clone().map(|r| r.since));
    days(&mut c, "until", rows.clone().map(|r| r.until));
    c.int("units", rows.clone().map(|r| r.units));
    c.int("gmv_minor", rows.clone().map(|r| r.gmv_minor));
    c.text_or_null("merchant_status", rows.map(|r| r.merchant_status.map(MerchantStatus::word)));
    c
}

/// The mart `seller_vetting`.
pub fn vetting_batch(rows: &[VettingRow]) -> Result<RecordBatch, Failure> {
    columns(rows.iter()).batch()
}

/// The mart `seller_vetting_exempted`: the same columns, then the exemption's place (from 1), its last day and its reason.
pub fn exempted_batch(
    rows: &[(usize, VettingRow)],
    exemptions: &[ExemptionSettings],
    parsed: &[mirrorlake_metrics::seller_vetting::Exemption],
) -> Result<RecordBatch, Failure> {
    let mut c = columns(rows.iter().map(|(_, row)| row));
    c.int("exemption", rows.iter().map(|(place, _)| i64::try_from(place + 1).unwrap_or(i64::MAX)));
    days(&mut c, "exempt_until", rows.iter().map(|(place, _)| parsed.get(*place).and_then(|e| e.until)));
    let reason = |place: usize| exemptions.get(place).map_or("", |e| e.reason.as_str());
    c.text("reason", rows.iter().map(|(place, _)| reason(*place)));
    c.batch()
}

/// The mart `seller_vetting_brands`.
pub fn brands_batch(rows: &[BrandVettingRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int("brand_id", rows.iter().map(|r| r.brand_id));
    for (name, of, _) in GROUPS {
        c.int(&format!("{name}_merchants"), rows.iter().map(|r| of(r).merchants));
        c.int(&format!("{name}_units"), rows.iter().map(|r| of(r).units));
        c.int(&format!("{name}_gmv_minor"), rows.iter().map(|r| of(r).gmv_minor));
    }
    c.batch()
}

/// Rows of the mart `seller_vetting`.
pub fn vetting_rows(batch: &RecordBatch) -> Result<Vec<VettingRow>, Failure> {
    let cells = Cells(batch);
    let (merchants, issues) = (cells.whole("merchant_id")?, cells.words("issue", Issue::from_word)?);
    let types = cells.words("document_type", DocumentType::from_word)?;
    let (brands, since, until) = (cells.ints("brand_id")?, cells.days("since")?, cells.days("until")?);
    let (units, gmv) = (cells.whole("units")?, cells.whole("gmv_minor")?);
    let statuses = cells.words_or_null("merchant_status", MerchantStatus::from_word)?;
    let row = |i: usize| VettingRow {
        merchant_id: merchants[i],
        issue: issues[i],
        document_type: types[i],
        brand_id: brands[i],
        since: since[i],
        until: until[i],
        units: units[i],
        gmv_minor: gmv[i],
        merchant_status: statuses[i],
    };
    Ok((0..batch.num_rows()).map(row).collect())
}

/// Rows of the mart `seller_vetting_brands`.
pub fn brand_rows(batch: &RecordBatch) -> Result<Vec<BrandVettingRow>, Failure> {
    let cells = Cells(batch);
    let row = |&brand_id: &i64| BrandVettingRow { brand_id, ..BrandVettingRow::default() };
    let mut rows: Vec<BrandVettingRow> = cells.whole("brand_id")?.iter().map(row).collect();
    for (name, _, of) in GROUPS {
        let merchants = cells.whole(&format!("{name}_merchants"))?;
        let (units, gmv) = (cells.whole(&format!("{name}_units"))?, cells.whole(&format!("{name}_gmv_minor"))?);
        for (i, row) in rows.iter_mut().enumerate() {
            *of(row) = Sold { merchants: merchants[i], units: units[i], gmv_minor: gmv[i] };
        }
    }
    Ok(rows)
}

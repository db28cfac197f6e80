//! Which merchants lack the papers that they need (metric definitions, "Seller vetting").
//!
//! [`judge`] holds documents and sales against the definitions, [`set_apart`] takes out what the configuration exempts,
//! [`BrandTally`] sums up what is left brand by brand. Days are those of the lake's time zone.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mirrorlake_model::as_of::next_day;
use mirrorlake_model::thresholds::{EXPIRING_WITHIN_DAYS, PENDING_AT_MOST_DAYS};
use mirrorlake_model::vetting::{
    BrandVettingRow, DocumentStatus, DocumentType, Issue, MerchantStatus, Sold, VettingRow,
};

#[cfg(test)]
mod tests;

/// A merchant on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// Merchant.
    pub merchant_id: i64,
    /// Whether it may trade.
    pub status: MerchantStatus,
}

/// A document that a merchant has filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// Merchant.
    pub merchant_id: i64,
    /// What it is.
    pub document_type: DocumentType,
    /// Brand that it is about; none of a licence.
    pub brand_id: Option<i64>,
    /// Where its examination stands.
    pub status: DocumentStatus,
    /// Day it was filed.
    pub filed_on: NaiveDate,
    /// Day it got its status.
    pub status_since: NaiveDate,
    /// Its last valid day; none where it never ends.
    pub expires_on: Option<NaiveDate>,
}

impl Document {
    /// Whether it is verified and its last valid day is not over at the end of `day`.
    #[must_use]
    pub fn is_valid(&self, day: NaiveDate) -> bool {
        self.status == DocumentStatus::Verified && self.expires_on.is_none_or(|last| last >= day)
    }
}

/// What a merchant sold of a brand in the window; at least one sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrandSales {
    /// Merchant.
    pub merchant_id: i64,
    /// Brand; none of unbranded goods.
    pub brand_id: Option<i64>,
    /// Units.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
    /// Day of the first sale.
    pub first_sold_on: NaiveDate,
}

/// Rows of the mart that are not to be in it. Every field that is set must fit; at least merchant or brand should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exemption {
    /// Of this merchant.
    pub merchant_id: Option<i64>,
    /// Concerning this brand.
    pub brand_id: Option<i64>,
    /// With this issue.
    pub issue: Option<Issue>,
    /// Of this kind of document.
    pub document_type: Option<DocumentType>,
    /// Last day as of which it holds; none where it has no end.
    pub until: Option<NaiveDate>,
}

impl Exemption {
    /// Whether it still holds as of a day.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.until.is_none_or(|until| until >= day)
    }

    /// Whether a row is one that it means, whatever the day.
    #[must_use]
    pub fn fits(&self, row: &VettingRow) -> bool {
        self.merchant_id.is_none_or(|id| id == row.merchant_id)
            && self.brand_id.is_none_or(|id| Some(id) == row.brand_id)
            && self.issue.is_none_or(|issue| issue == row.issue)
            && self.document_type.is_none_or(|kind| kind == row.document_type)
    }
}

/// Sales so large that their sum does not fit into 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SumError {
    /// Of one merchant.
    #[error("the sales of merchant {0} do not add up within 64 bits")]
    Merchant(i64),
    /// Of one brand.
    #[error("the sales of brand {0} do not add up within 64 bits")]
    Brand(i64),
}

/// The rows of the mart at the end of `day`, in its order, before any exemption.
///
/// Merchants that have documents or sales and are not on record are judged as well, but for a licence that nobody could
/// ask them for.
///
/// # Errors
///
/// Where a merchant's sales are too large to be summed.
pub fn judge(
    merchants: &[Merchant],
    documents: &[Document],
    sales: &[BrandSales],
    day: NaiveDate,
) -> Result<Vec<VettingRow>, SumError> {
    let mut statuses: Vec<(i64, MerchantStatus)> = merchants.iter().map(|m| (m.merchant_id, m.status)).collect();
    statuses.sort_unstable();
    statuses.dedup_by_key(|m| m.0);
    let mut documents: Vec<&Document> = documents.iter().collect();
    documents.sort_unstable_by_key(|d| (d.merchant_id, d.document_type, d.brand_id));
    let mut sales: Vec<&BrandSales> = sales.iter().collect();
    sales.sort_unstable_by_key(|s| (s.merchant_id, s.brand_id));
    let (mut statuses, mut documents, mut sales) = (&statuses[..], &documents[..], &sales[..]);
    let mut rows = Vec::new();
    loop {
        let next = [statuses.first().map(|m| m.0), documents.first().map(|d| d.merchant_id)];
        let Some(merchant_id) = next.into_iter().chain([sales.first().map(|s| s.merchant_id)]).flatten().min() else {
            break;
        };
        let desk = Desk {
            merchant_id,
            status: take(&mut statuses, |m| m.0 == merchant_id).first().map(|m| m.1),
            documents: take(&mut documents, |d| d.merchant_id == merchant_id),
            sold: sums(take(&mut sales, |s| s.merchant_id == merchant_id)).ok_or(SumError::Merchant(merchant_id))?,
            day,
        };
        desk.judge(&mut rows)?;
    }
    rows.sort_by(|a, b| a.key().cmp(&b.key()));
    Ok(rows)
}

/// The first items as long as they are wanted, taken off the slice.
fn take<'a, T>(items: &mut &'a [T], wanted: impl Fn(&T) -> bool) -> &'a [T] {
    let (taken, left) = items.split_at(items.iter().take_while(|item| wanted(item)).count());
    *items = left;
    taken
}

/// Sales by brand; `None` where they do not fit.
fn sums(sales: &[&BrandSales]) -> Option<Vec<BrandSales>> {
    sales
        .chunk_by(|a, b| a.brand_id == b.brand_id)
        .map(|same| {
            let mut sum = *same[0];
            for other in &same[1..] {
                sum.units = sum.units.checked_add(other.units)?;
                sum.gmv_minor = sum.gmv_minor.checked_add(other.gmv_minor)?;
                sum.first_sold_on = sum.first_sold_on.min(other.first_sold_on);
            }
            Some(sum)
        })
        .collect()
}

/// Everything of one merchant.
struct Desk<'a> {
    merchant_id: i64,
    status: Option<MerchantStatus>,
    /// By type and brand.
    documents: &'a [&'a Document],
    /// By brand.
    sold: Vec<BrandSales>,
    day: NaiveDate,
}

impl Desk<'_> {
    fn judge(&self, rows: &mut Vec<VettingRow>) -> Result<(), SumError> {
        for same in self.documents.chunk_by(|a, b| (a.document_type, a.brand_id) == (b.document_type, b.brand_id)) {
            for (issue, since, until) in issues(same, self.day) {
                rows.push(VettingRow { since, until, ..self.row(issue, same[0].document_type, same[0].brand_id)? });
            }
        }
        // A rejected document is no document.
        let licence = |d: &&&Document| d.document_type == DocumentType::BusinessLicence;
        let mut on_file = self.documents.iter().filter(licence).filter(|d| d.status != DocumentStatus::Rejected);
        if self.status.is_some() && on_file.next().is_none() {
            rows.push(self.row(Issue::Missing, DocumentType::BusinessLicence, None)?);
        }
        for sale in self.sold.iter().filter(|s| s.brand_id.is_some()) {
            let kind = DocumentType::BrandAuthorisation;
            let of_brand = |d: &&&Document| (d.document_type, d.brand_id) == (kind, sale.brand_id);
            if !self.documents.iter().filter(of_brand).any(|d| d.is_valid(self.day)) {
                let since = Some(sale.first_sold_on);
                rows.push(VettingRow { since, ..self.row(Issue::UnauthorisedBrand, kind, sale.brand_id)? });
            }
        }
        Ok(())
    }

    /// A row without its days.
    fn row(&self, issue: Issue, document_type: DocumentType, brand_id: Option<i64>) -> Result<VettingRow, SumError> {
        let (mut units, mut gmv_minor) = (0_i64, 0_i64);
        let whole = document_type == DocumentType::BusinessLicence;
        for sale in self.sold.iter().filter(|s| whole || (s.brand_id == brand_id && brand_id.is_some())) {
            let too_large = || SumError::Merchant(self.merchant_id);
            units = units.checked_add(sale.units).ok_or_else(too_large)?;
            gmv_minor = gmv_minor.checked_add(sale.gmv_minor).ok_or_else(too_large)?;
        }
        Ok(VettingRow {
            merchant_id: self.merchant_id,
            issue,
            document_type,
            brand_id,
            since: None,
            until: None,
            units,
            gmv_minor,
            merchant_status: self.status,
        })
    }
}

type Found = (Issue, Option<NaiveDate>, Option<NaiveDate>);

/// What is wrong with the documents of one merchant, type and brand, each issue once: since the newest of the ends and
/// revocations, since that is how long there has been nothing valid; since the oldest of the filings, which waits longest.
fn issues(documents: &[&Document], day: NaiveDate) -> Vec<Found> {
    let valid = || documents.iter().filter(|d| d.is_valid(day));
    if valid().next().is_some() {
        // The last valid one decides, and one without an end is the last.
        let last = valid().map(|d| d.expires_on.unwrap_or(NaiveDate::MAX)).max();
        let near = last.filter(|last| last.signed_duration_since(day).num_days() <= EXPIRING_WITHIN_DAYS);
        return near.map(|last| (Issue::Expiring, None, Some(last))).into_iter().collect();
    }
    let of = |status: DocumentStatus| documents.iter().filter(move |d| d.status == status);
    let expired = of(DocumentStatus::Verified).filter_map(|d| d.expires_on).max().map(next_day);
    let revoked = of(DocumentStatus::Revoked).map(|d| d.status_since).max();
    let waits_long = |filed: &NaiveDate| day.signed_duration_since(*filed).num_days() > PENDING_AT_MOST_DAYS;
    let pending = of(DocumentStatus::Pending).map(|d| d.filed_on).filter(waits_long).min();
    let found = [(Issue::Expired, expired), (Issue::Revoked, revoked), (Issue::PendingLong, pending)];
    found.into_iter().filter(|(_, since)| since.is_some()).map(|(issue, since)| (issue, since, None)).collect()
}

/// Parts rows into those that stand, and those that an exemption takes out, each with the place of the first that does.
#[must_use]
pub fn set_apart(
    rows: Vec<VettingRow>,
    exemptions: &[Exemption],
    day: NaiveDate,
) -> (Vec<VettingRow>, Vec<(usize, VettingRow)>) {
    let (mut standing, mut exempted) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match exemptions.iter().position(|e| e.holds(day) && e.fits(&row)) {
            Some(place) => exempted.push((place, row)),
            None => standing.push(row),
        }
    }
    (standing, exempted)
}

/// Sums by brand, over as many parts of the merchants as there are; a merchant must be in one part only.
#[derive(Debug, Default)]
pub struct BrandTally(BTreeMap<i64, BrandVettingRow>);

impl BrandTally {
    /// Adds the sales of some merchants with the rows that were made of them.
    ///
    /// # Errors
    ///
    /// Where a brand's sales are too large to be summed.
    pub fn add<'a>(
        &mut self,
        sales: &[BrandSales],
        standing: &[VettingRow],
        exempted: impl Iterator<Item = &'a VettingRow>,
    ) -> Result<(), SumError> {
        for sale in sales {
            self.sum(sale.brand_id, |b| &mut b.selling, sale.units, sale.gmv_minor)?;
        }
        for row in standing {
            match (row.issue, row.document_type) {
                (Issue::UnauthorisedBrand, _) => {
                    self.sum(row.brand_id, |b| &mut b.unauthorised, row.units, row.gmv_minor)?;
                }
                (Issue::Expiring, DocumentType::BrandAuthorisation) => {
                    self.sum(row.brand_id, |b| &mut b.expiring, row.units, row.gmv_minor)?;
                }
                _ => {}
            }
        }
        for row in exempted.filter(|r| r.issue == Issue::UnauthorisedBrand) {
            self.sum(row.brand_id, |b| &mut b.exempt, row.units, row.gmv_minor)?;
        }
        Ok(())
    }

    fn sum(
        &mut self,
        brand_id: Option<i64>,
        of: fn(&mut BrandVettingRow) -> &mut Sold,
        units: i64,
        gmv_minor: i64,
    ) -> Result<(), SumError> {
        let Some(brand_id) = brand_id else { return Ok(()) };
        let row = self.0.entry(brand_id).or_insert(BrandVettingRow { brand_id, ..BrandVettingRow::default() });
        let sold = of(row);
        let too_large = || SumError::Brand(brand_id);
        sold.merchants += 1;
        sold.units = sold.units.checked_add(units).ok_or_else(too_large)?;
        sold.gmv_minor = sold.gmv_minor.checked_add(gmv_minor).ok_or_else(too_large)?;
        Ok(())
    }

    /// The rows, by brand.
    #[must_use]
    pub fn rows(self) -> Vec<BrandVettingRow> {
        self.0.into_values().collect()
    }
}

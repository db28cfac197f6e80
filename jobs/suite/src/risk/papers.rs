//! Issues of documents and brands sold without authorisation, as seller-vetting judges them, as of two days.

use chrono::NaiveDate;
use mirrorlake_engine::Warning;
use mirrorlake_metrics::seller_vetting::{BrandSales, Document, Exemption, Merchant, judge, set_apart};
use mirrorlake_model::vetting::{DocumentStatus, Issue};

use super::sellers::{Seller, parts};
use crate::failure::Failure;
use crate::job::Work;
use crate::vetting::{documents, too_large};

/// Counts issues into the merchants, a part of them at a time.
///
/// As of `last_known` a document counts as it must have been then: one that was filed later was not there, one that has been
/// revoked since was good, and one that has been examined since was still waiting, whatever was found.
///
/// # Errors
///
/// The engine's or a failed check's.
pub fn count(
    work: &Work<'_>,
    last_known: NaiveDate,
    sellers: &mut [Seller],
    warnings: &mut Vec<Warning>,
) -> Result<(), Failure> {
    let exemptions = work.settings.seller_vetting.exemptions().map_err(Failure::usage)?;
    for (range, part) in parts(sellers) {
        let papers = documents(&work.reduce_slice("merchant_papers", range, warnings)?)?;
        of_part(part, &papers, &exemptions, work.as_of.day, last_known)?;
    }
    Ok(())
}

fn of_part(
    part: &mut [Seller],
    papers: &[Document],
    exemptions: &[Exemption],
    day: NaiveDate,
    last_known: NaiveDate,
) -> Result<(), Failure> {
    let merchants: Vec<Merchant> =
        part.iter().map(|s| Merchant { merchant_id: s.merchant_id, status: s.status }).collect();
    let sales = sales_by(part, day);
    let rows = judge(&merchants, papers, &sales, day).map_err(too_large)?;
    for row in set_apart(rows, exemptions, day).0 {
        let Ok(place) = part.binary_search_by_key(&row.merchant_id, |s| s.merchant_id) else { continue };
        let seller = &mut part[place];
        match (row.issue, row.brand_id) {
            (Issue::UnauthorisedBrand, brand) => seller.pair(brand).unauthorised = true,
            (_, Some(brand)) => seller.pair(Some(brand)).document_issues += 1,
            (_, None) => seller.licence_issues += 1,
        }
    }
    let known: Vec<Document> = papers.iter().filter_map(|paper| as_known(paper, last_known)).collect();
    let rows = judge(&merchants, &known, &sales_by(part, last_known), last_known).map_err(too_large)?;
    for row in set_apart(rows, exemptions, last_known).0 {
        let Ok(place) = part.binary_search_by_key(&row.merchant_id, |s| s.merchant_id) else { continue };
        let before = &mut part[place].before;
        match row.issue {
            Issue::UnauthorisedBrand => before.unauthorised_brands += 1,
            _ => before.document_issues += 1,
        }
    }
    Ok(())
}

/// What was sold by a day. How much does not matter here, so it is the whole window's.
fn sales_by(sellers: &[Seller], day: NaiveDate) -> Vec<BrandSales> {
    let pairs = sellers.iter().flat_map(|s| s.pairs.iter().map(|p| (s.merchant_id, p)));
    let sold = pairs.filter_map(|(merchant_id, pair)| {
        let first_sold_on = pair.first_sold_on.filter(|first| *first <= day)?;
        let (units, gmv_minor) = (pair.sums.units, pair.sums.gmv_minor);
        Some(BrandSales { merchant_id, brand_id: pair.brand_id, units, gmv_minor, first_sold_on })
    });
    sold.collect()
}

/// A document as it was known at the end of a day.
fn as_known(paper: &Document, day: NaiveDate) -> Option<Document> {
    if paper.filed_on > day {
        None
    } else if paper.status_since > day {
        let revoked = paper.status == DocumentStatus::Revoked;
        let status = if revoked { DocumentStatus::Verified } else { DocumentStatus::Pending };
        Some(Document { status, status_since: paper.filed_on, ..*paper })
    } else {
        Some(*paper)
    }
}

#[cfg(test)]
mod tests {
    use mirrorlake_model::vetting::{DocumentType, MerchantStatus};

    use super::*;

    #[test]
    fn what_was_found_later_is_not_known_before() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).expect("a day");
        let paper = |brand_id, status, filed, since| Document {
            merchant_id: 1,
            document_type: if brand_id.is_some() {
                DocumentType::BrandAuthorisation
            } else {
                DocumentType::BusinessLicence
            },
            brand_id,
            status,
            filed_on: day(filed),
            status_since: day(since),
            expires_on: None,
        };
        let papers = [
            paper(None, DocumentStatus::Verified, 1, 1),
            paper(Some(7), DocumentStatus::Revoked, 2, 14),
            paper(Some(8), DocumentStatus::Verified, 12, 12),
        ];
        let mut sellers = [Seller::new(1, MerchantStatus::Active, day(1))];
        for (brand, first) in [(7, 3), (8, 5), (9, 13)] {
            let pair = sellers[0].pair(Some(brand));
            (pair.sums.units, pair.first_sold_on) = (1, Some(day(first)));
        }
        of_part(&mut sellers, &papers, &[], day(16), day(10)).expect("judged");
        let [seller] = &sellers;
        let found: Vec<(Option<i64>, bool, u32)> =
            seller.pairs.iter().map(|p| (p.brand_id, p.unauthorised, p.document_issues)).collect();
        // Brand 7: revoked, and so without authorisation. Brand 8 has one. Brand 9 has none.
        assert_eq!(found, [(Some(7), true, 1), (Some(8), false, 0), (Some(9), true, 0)]);
        assert_eq!(seller.licence_issues, 0);
        // By the tenth, brand 9 had not been sold, brand 8 had no document, and brand 7's was good.
        assert_eq!((seller.before.unauthorised_brands, seller.before.document_issues), (1, 0));
    }
}

//! Every edge of the definitions, by hand; as of 2026-11-16.

use proptest::prelude::*;

use super::*;

const LICENCE: DocumentType = DocumentType::BusinessLicence;
const AUTHORISATION: DocumentType = DocumentType::BrandAuthorisation;
const CERTIFICATE: DocumentType = DocumentType::IpCertificate;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn today() -> NaiveDate {
    day("2026-11-16")
}

/// `days` after the as-of day.
fn after(days: i64) -> NaiveDate {
    today() + chrono::TimeDelta::days(days)
}

/// A document of merchant 1, filed and examined long ago.
fn document(kind: DocumentType, status: DocumentStatus, expires_on: Option<NaiveDate>) -> Document {
    Document {
        merchant_id: 1,
        document_type: kind,
        brand_id: (kind != LICENCE).then_some(7),
        status,
        filed_on: day("2026-01-10"),
        status_since: day("2026-01-13"),
        expires_on,
    }
}

fn verified(kind: DocumentType, expires_on: Option<NaiveDate>) -> Document {
    document(kind, DocumentStatus::Verified, expires_on)
}

fn sale(brand_id: Option<i64>, units: i64) -> BrandSales {
    BrandSales { merchant_id: 1, brand_id, units, gmv_minor: units * 100, first_sold_on: day("2026-10-20") }
}

const ON_RECORD: [Merchant; 1] = [Merchant { merchant_id: 1, status: MerchantStatus::Active }];

fn rows(documents: &[Document], sales: &[BrandSales]) -> Vec<VettingRow> {
    judge(&ON_RECORD, documents, sales, today()).expect("sums fit")
}

/// Issues with their days, of the documents of a merchant who also has a sound licence.
fn found(documents: &[Document]) -> Vec<(Issue, Option<NaiveDate>, Option<NaiveDate>)> {
    let with_licence = [documents, &[verified(LICENCE, None)]].concat();
    rows(&with_licence, &[]).iter().map(|r| (r.issue, r.since, r.until)).collect()
}

#[test]
fn a_document_is_valid_through_its_last_day_and_expiring_within_thirty() {
    for (expires_on, expected) in [
        (Some(after(-1)), vec![(Issue::Expired, Some(today()), None)]),
        (Some(after(0)), vec![(Issue::Expiring, None, Some(today()))]),
        (Some(after(30)), vec![(Issue::Expiring, None, Some(day("2026-12-16")))]),
        (Some(after(31)), vec![]),
        (Some(NaiveDate::MAX), vec![]),
        (None, vec![]),
    ] {
        assert_eq!(found(&[verified(AUTHORISATION, expires_on)]), expected, "{expires_on:?}");
    }
}

#[test]
fn a_valid_document_silences_the_other_issues_of_its_merchant_type_and_brand_only() {
    let faulty = [
        verified(AUTHORISATION, Some(after(-9))),
        document(AUTHORISATION, DocumentStatus::Revoked, None),
        document(AUTHORISATION, DocumentStatus::Pending, None),
    ];
    let expected = vec![
        (Issue::Expired, Some(after(-8)), None),
        (Issue::PendingLong, Some(day("2026-01-10")), None),
        (Issue::Revoked, Some(day("2026-01-13")), None),
    ];
    assert_eq!(found(&faulty), expected);
    let with = |valid: Document| found(&[&faulty[..], &[valid]].concat());
    assert_eq!(with(verified(AUTHORISATION, None)), vec![]);
    assert_eq!(with(verified(AUTHORISATION, Some(after(3)))), vec![(Issue::Expiring, None, Some(after(3)))]);
    // Of another type, brand or merchant, it says nothing.
    assert_eq!(with(verified(CERTIFICATE, None)), expected);
    assert_eq!(with(Document { brand_id: Some(8), ..verified(AUTHORISATION, None) }), expected);
    assert_eq!(with(Document { merchant_id: 2, ..verified(AUTHORISATION, None) }), expected);
}

#[test]
fn the_last_valid_document_decides_whether_the_type_is_expiring() {
    let two = |a, b| found(&[verified(CERTIFICATE, a), verified(CERTIFICATE, b)]);
    assert_eq!(two(Some(after(2)), Some(after(20))), vec![(Issue::Expiring, None, Some(after(20)))]);
    assert_eq!(two(Some(after(2)), Some(after(31))), vec![]);
    assert_eq!(two(Some(after(2)), None), vec![]);
    // A successor that is not verified yet, or has expired, is none.
    let next = document(CERTIFICATE, DocumentStatus::Pending, Some(after(400)));
    let expiring = vec![(Issue::Expiring, None, Some(after(2)))];
    assert_eq!(found(&[verified(CERTIFICATE, Some(after(2))), next]), expiring);
    assert_eq!(two(Some(after(2)), Some(after(-1))), expiring);
}

#[test]
fn of_several_documents_the_newest_end_and_revocation_and_the_oldest_filing_count() {
    let revoked =
        |since: i64| Document { status_since: after(since), ..document(AUTHORISATION, DocumentStatus::Revoked, None) };
    let pending =
        |filed: i64| Document { filed_on: after(filed), ..document(AUTHORISATION, DocumentStatus::Pending, None) };
    let expired = |end: i64| verified(AUTHORISATION, Some(after(end)));
    let all = [revoked(-90), revoked(-40), pending(-16), pending(-60), pending(-2), expired(-300), expired(-200)];
    let expected = vec![
        (Issue::Expired, Some(after(-199)), None),
        (Issue::PendingLong, Some(after(-60)), None),
        (Issue::Revoked, Some(after(-40)), None),
    ];
    assert_eq!(found(&all), expected);
}

#[test]
fn fourteen_days_are_not_over_fourteen_days() {
    for (filed, issues) in [(-14, vec![]), (-15, vec![Issue::PendingLong]), (0, vec![]), (3, vec![])] {
        // The day it was filed counts, not the day of its status.
        let filed_on = after(filed);
        let pending =
            Document { filed_on, status_since: after(-90), ..document(CERTIFICATE, DocumentStatus::Pending, None) };
        let rows = found(&[pending]);
        assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), issues, "{filed}");
        assert!(rows.iter().all(|r| r.1 == Some(filed_on)));
    }
    // Where a pending document's last day is over, it is still only pending.
    let lapsed = document(CERTIFICATE, DocumentStatus::Pending, Some(after(-5)));
    assert_eq!(found(&[lapsed]), vec![(Issue::PendingLong, Some(day("2026-01-10")), None)]);
}

#[test]
fn a_licence_is_missing_where_none_is_on_file_and_a_rejected_one_is_none() {
    let issues = |documents: &[Document]| rows(documents, &[]).iter().map(|r| r.issue).collect::<Vec<_>>();
    assert_eq!(issues(&[]), [Issue::Missing]);
    assert_eq!(issues(&[document(LICENCE, DocumentStatus::Rejected, None)]), [Issue::Missing]);
    assert_eq!(issues(&[verified(AUTHORISATION, None)]), [Issue::Missing]);
    assert_eq!(issues(&[document(LICENCE, DocumentStatus::Revoked, None)]), [Issue::Revoked]);
    assert_eq!(issues(&[verified(LICENCE, Some(after(-1)))]), [Issue::Expired]);
    let fresh = Document { filed_on: after(-3), ..document(LICENCE, DocumentStatus::Pending, None) };
    assert_eq!(issues(&[fresh]), []);
    let rejected = document(LICENCE, DocumentStatus::Rejected, None);
    assert_eq!(issues(&[rejected, verified(LICENCE, None)]), []);
    // Rejected authorisations and certificates are no issue of their own.
    assert_eq!(found(&[document(AUTHORISATION, DocumentStatus::Rejected, None)]), vec![]);
}

#[test]
fn every_merchant_on_record_needs_a_licence_and_nobody_else() {
    let merchant = |merchant_id, status| Merchant { merchant_id, status };
    let on_record = [
        merchant(3, MerchantStatus::Closed),
        merchant(1, MerchantStatus::Active),
        merchant(2, MerchantStatus::Suspended),
    ];
    let foreign = BrandSales { merchant_id: 9, ..sale(Some(7), 2) };
    let rows = judge(&on_record, &[], &[foreign], today()).expect("sums fit");
    let told: Vec<_> = rows.iter().map(|r| (r.merchant_id, r.issue, r.merchant_status)).collect();
    assert_eq!(
        told,
        [
            (1, Issue::Missing, Some(MerchantStatus::Active)),
            (2, Issue::Missing, Some(MerchantStatus::Suspended)),
            (3, Issue::Missing, Some(MerchantStatus::Closed)),
            (9, Issue::UnauthorisedBrand, None),
        ]
    );
}

#[test]
fn a_brand_is_sold_without_authorisation_unless_one_is_verified_and_unexpired() {
    let unauthorised = |documents: &[Document]| {
        let rows = rows(documents, &[sale(Some(7), 3)]);
        rows.into_iter().find(|r| r.issue == Issue::UnauthorisedBrand)
    };
    let row = unauthorised(&[]).expect("a row");
    assert_eq!((row.document_type, row.brand_id), (AUTHORISATION, Some(7)));
    assert_eq!((row.since, row.until, row.units, row.gmv_minor), (Some(day("2026-10-20")), None, 3, 300));
    for silent in [None, Some(after(0)), Some(after(5))] {
        assert_eq!(unauthorised(&[verified(AUTHORISATION, silent)]), None);
    }
    for (n, no_help) in [
        verified(AUTHORISATION, Some(after(-1))),
        verified(CERTIFICATE, None),
        verified(LICENCE, None),
        Document { brand_id: Some(8), ..verified(AUTHORISATION, None) },
        Document { merchant_id: 2, ..verified(AUTHORISATION, None) },
        document(AUTHORISATION, DocumentStatus::Pending, None),
        document(AUTHORISATION, DocumentStatus::Rejected, None),
        document(AUTHORISATION, DocumentStatus::Revoked, None),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(unauthorised(&[no_help]).is_some(), "{n}");
    }
    // Goods without a brand need none.
    assert!(rows(&[verified(LICENCE, None)], &[sale(None, 5)]).is_empty());
}

#[test]
fn sales_are_those_of_the_brand_concerned_and_all_of_them_for_a_licence() {
    let sales = [sale(Some(7), 3), sale(Some(8), 20), sale(None, 100)];
    let documents = [
        document(LICENCE, DocumentStatus::Revoked, None),
        document(CERTIFICATE, DocumentStatus::Revoked, None),
        Document { brand_id: Some(9), ..document(AUTHORISATION, DocumentStatus::Revoked, None) },
    ];
    let told: Vec<_> =
        rows(&documents, &sales).iter().map(|r| (r.issue, r.document_type, r.brand_id, r.units, r.gmv_minor)).collect();
    assert_eq!(
        told,
        [
            (Issue::Revoked, AUTHORISATION, Some(9), 0, 0),
            (Issue::Revoked, LICENCE, None, 123, 12_300),
            (Issue::Revoked, CERTIFICATE, Some(7), 3, 300),
            (Issue::UnauthorisedBrand, AUTHORISATION, Some(7), 3, 300),
            (Issue::UnauthorisedBrand, AUTHORISATION, Some(8), 20, 2_000),
        ]
    );
}

#[test]
fn sums_that_do_not_fit_are_refused() {
    let huge = BrandSales { gmv_minor: i64::MAX, ..sale(Some(7), 1) };
    let other = BrandSales { brand_id: Some(8), gmv_minor: 1, ..huge };
    assert_eq!(judge(&ON_RECORD, &[], &[huge, other], today()), Err(SumError::Merchant(1)));
    let elsewhere = BrandSales { merchant_id: 2, ..huge };
    let added = BrandTally::default().add(&[huge, elsewhere], &[], std::iter::empty());
    assert_eq!(added, Err(SumError::Brand(7)));
}

#[test]
fn an_exemption_takes_out_what_fits_all_that_it_names_through_its_last_day() {
    let rows = rows(&[document(CERTIFICATE, DocumentStatus::Revoked, None)], &[sale(Some(7), 3), sale(Some(8), 1)]);
    let apart = |exemption: Exemption| {
        let (standing, exempted) = set_apart(rows.clone(), &[exemption], today());
        assert_eq!(standing.len() + exempted.len(), rows.len());
        exempted.into_iter().map(|(_, r)| (r.issue, r.brand_id)).collect::<Vec<_>>()
    };
    let merchant = Exemption { merchant_id: Some(1), ..Exemption::default() };
    let (missing, revoked) = ((Issue::Missing, None), (Issue::Revoked, Some(7)));
    let (of_7, of_8) = ((Issue::UnauthorisedBrand, Some(7)), (Issue::UnauthorisedBrand, Some(8)));
    assert_eq!(apart(merchant), [missing, revoked, of_7, of_8]);
    assert_eq!(apart(Exemption { merchant_id: Some(2), ..merchant }), []);
    assert_eq!(apart(Exemption { brand_id: Some(7), ..Exemption::default() }), [revoked, of_7]);
    assert_eq!(apart(Exemption { issue: Some(Issue::UnauthorisedBrand), brand_id: Some(7), ..merchant }), [of_7]);
    assert_eq!(apart(Exemption { document_type: Some(LICENCE), ..merchant }), [missing]);
    assert_eq!(apart(Exemption { until: Some(today()), ..merchant }).len(), 4);
    assert_eq!(apart(Exemption { until: Some(after(-1)), ..merchant }), []);
    // The first that fits is named.
    let narrow = Exemption { issue: Some(Issue::Missing), ..merchant };
    let lapsed = Exemption { until: Some(after(-1)), ..merchant };
    let (_, exempted) = set_apart(rows.clone(), &[lapsed, narrow, merchant], today());
    assert_eq!(exempted.iter().map(|e| e.0).collect::<Vec<_>>(), [1, 2, 2, 2]);
}

#[test]
fn brands_are_tallied_over_parts_of_the_merchants() {
    let mut tally = BrandTally::default();
    let exempt = [Exemption { merchant_id: Some(3), ..Exemption::default() }];
    for merchant_id in 1..=4 {
        let authorisation = match merchant_id {
            2 => vec![Document { merchant_id, ..verified(AUTHORISATION, Some(after(9))) }],
            4 => vec![Document { merchant_id, ..verified(AUTHORISATION, None) }],
            _ => vec![],
        };
        let units = 10_i64.pow(u32::try_from(merchant_id).expect("small"));
        let sales = [BrandSales { merchant_id, ..sale(Some(7), units) }, BrandSales { merchant_id, ..sale(None, 1) }];
        let rows = judge(&[], &authorisation, &sales, today()).expect("sums fit");
        let (standing, exempted) = set_apart(rows, &exempt, today());
        tally.add(&sales, &standing, exempted.iter().map(|e| &e.1)).expect("sums fit");
    }
    let sold = |merchants, units| Sold { merchants, units, gmv_minor: units * 100 };
    let expected = BrandVettingRow {
        brand_id: 7,
        selling: sold(4, 11_110),
        unauthorised: sold(1, 10),
        expiring: sold(1, 100),
        exempt: sold(1, 1_000),
    };
    assert_eq!(tally.rows(), [expected]);
}

fn any_document() -> impl Strategy<Value = Document> {
    let days = (-40_i64..3, -40_i64..3, proptest::option::of(-40_i64..60));
    (1_i64..4, 0_usize..3, 1_i64..3, 0_usize..4, days).prop_map(|(merchant_id, kind, brand, status, (f, s, e))| {
        let document_type = DocumentType::ALL[kind];
        let brand_id = (document_type != LICENCE).then_some(brand);
        let (filed_on, status_since, expires_on) = (after(f), after(s), e.map(after));
        let status = DocumentStatus::ALL[status];
        Document { merchant_id, document_type, brand_id, status, filed_on, status_since, expires_on }
    })
}

fn any_sale() -> impl Strategy<Value = BrandSales> {
    (1_i64..4, proptest::option::of(1_i64..3), 1_i64..9, -89_i64..1).prop_map(
        |(merchant_id, brand_id, units, first)| BrandSales {
            merchant_id,
            brand_id,
            units,
            gmv_minor: units * 7,
            first_sold_on: after(first),
        },
    )
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter_and_keys_are_unique_and_in_order(
        documents in proptest::collection::vec(any_document(), 0..20).prop_shuffle(),
        sales in proptest::collection::vec(any_sale(), 0..12),
    ) {
        let rows = judge(&ON_RECORD, &documents, &sales, today()).expect("sums fit");
        let (mut turned, mut sold) = (documents.clone(), sales.clone());
        turned.reverse();
        sold.reverse();
        prop_assert_eq!(&rows, &judge(&ON_RECORD, &turned, &sold, today()).expect("sums fit"));
        prop_assert!(rows.windows(2).all(|w| w[0].key() < w[1].key()));
    }

    #[test]
    fn judging_merchants_in_parts_comes_to_the_same(
        documents in proptest::collection::vec(any_document(), 0..20),
        sales in proptest::collection::vec(any_sale(), 0..12),
    ) {
        let part = |ids: std::ops::Range<i64>| {
            let d: Vec<_> = documents.iter().filter(|d| ids.contains(&d.merchant_id)).copied().collect();
            let s: Vec<_> = sales.iter().filter(|s| ids.contains(&s.merchant_id)).copied().collect();
            judge(&[], &d, &s, today()).expect("sums fit")
        };
        prop_assert_eq!(part(0..9), [part(0..2), part(2..3), part(3..9)].concat());
    }
}

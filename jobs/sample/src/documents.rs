//! Merchants' documents: licences, authorisations and certificates, with their faults.

use crate::SampleSpec;
use crate::listings::{Listing, NONE};
use crate::merchants::{Kind, Merchant, Merchants};
use crate::random::{Family, Stream};

/// Identifier of the first document.
pub(crate) const FIRST_DOCUMENT: i64 = 300_001;

/// One document; days are counted from the as-of day, the past is negative.
pub(crate) struct Document {
    pub(crate) merchant: u32,
    pub(crate) document_type: &'static str,
    pub(crate) brand: u32,
    pub(crate) status: &'static str,
    pub(crate) filed: i64,
    pub(crate) since: i64,
    pub(crate) issued: i64,
    pub(crate) expires: Option<i64>,
}

/// All documents, by merchant.
pub(crate) fn documents(spec: &SampleSpec, merchants: &Merchants, listings: &[Listing]) -> Vec<Document> {
    let family = Family::new(spec.seed, "documents");
    let mut sold: Vec<(u32, u32)> =
        listings.iter().filter(|l| l.brand != NONE).map(|l| (l.merchant, l.brand)).collect();
    sold.sort_unstable();
    sold.dedup();
    let mut documents = Vec::new();
    for (index, merchant) in (0_u32..).zip(&merchants.all) {
        let mut stream = family.stream(u64::from(index));
        let brands = &sold[sold.partition_point(|s| s.0 < index)..sold.partition_point(|s| s.0 <= index)];
        // Out of 1000: a licence is missing, an authorisation is missing.
        let (no_licence, no_authorisation) = match merchant.kind {
            Kind::Honest => (8, 90),
            Kind::Sloppy => (50, 260),
            Kind::Counterfeit => (90, 800),
        };
        if !stream.chance(no_licence) {
            push(&mut documents, &mut stream, (index, merchant), "business_licence", NONE);
        }
        for (_, brand) in brands {
            if !stream.chance(no_authorisation) {
                push(&mut documents, &mut stream, (index, merchant), "brand_authorisation", *brand);
            }
            if stream.chance(60) {
                push(&mut documents, &mut stream, (index, merchant), "ip_certificate", *brand);
            }
        }
    }
    documents
}

/// Files one document, sometimes after an older one that has lapsed.
fn push(
    documents: &mut Vec<Document>,
    stream: &mut Stream,
    (index, merchant): (u32, &Merchant),
    document_type: &'static str,
    brand: u32,
) {
    let base = Document {
        merchant: index,
        document_type,
        brand,
        status: "verified",
        filed: 0,
        since: 0,
        issued: 0,
        expires: None,
    };
    if merchant.opened_days_ago > 1_100 && stream.chance(200) {
        // A lapsed document with a sound successor: nothing to complain of.
        let (old, new) = (-stream.between(700, 1_100), -stream.between(30, 400));
        let lapsed = Some(-stream.between(20, 300));
        documents.push(Document { filed: old, since: old + 3, issued: old - 20, expires: lapsed, ..base });
        let expires = Some(stream.between(40, 800));
        documents.push(Document { filed: new, since: new + stream.between(1, 9), issued: new - 5, expires, ..base });
        return;
    }
    // Weights: sound, expired, expiring, pending for long, just pending, rejected, revoked, without an end.
    let weights = match merchant.kind {
        Kind::Honest => [820, 15, 35, 10, 20, 5, 5, 90],
        Kind::Sloppy => [560, 110, 70, 90, 50, 30, 20, 70],
        Kind::Counterfeit => [430, 120, 60, 120, 60, 80, 90, 40],
    };
    // Nobody files before the shop opens.
    let filed = (-stream.between(60, 640)).max(-merchant.opened_days_ago);
    let issued = filed - stream.between(2, 90);
    let verified = filed + stream.between(1, 9);
    let ahead = Some(stream.between(31, 900));
    documents.push(match stream.weighted(&weights) {
        0 => Document { filed, since: verified, issued, expires: ahead, ..base },
        1 => Document { filed, since: verified, issued, expires: Some(-stream.between(1, 50)), ..base },
        2 => Document { filed, since: verified, issued, expires: Some(stream.between(0, 30)), ..base },
        3 => {
            let filed = (-stream.between(15, 70)).max(-merchant.opened_days_ago);
            Document { status: "pending", filed, since: filed, issued, expires: ahead, ..base }
        }
        4 => {
            let filed = -stream.between(0, 14);
            Document { status: "pending", filed, since: filed, issued, expires: ahead, ..base }
        }
        5 => Document { status: "rejected", filed, since: verified, issued, expires: ahead, ..base },
        6 => Document { status: "revoked", filed, since: -stream.between(1, 28), issued, expires: ahead, ..base },
        _ => Document { filed, since: verified, issued, expires: None, ..base },
    });
}

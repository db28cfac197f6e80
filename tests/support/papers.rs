//! Merchants' documents, with sound defaults.

use super::table::{Cell, Table};
use super::time::date;

/// A document of a merchant.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    pub merchant_id: i64,
    pub document_type: &'static str,
    pub brand_id: Option<i64>,
    pub status: &'static str,
    pub filed_on: &'static str,
    pub status_since: &'static str,
    pub expires_on: Option<&'static str>,
}

impl Paper {
    /// A verified licence without an end.
    pub fn licence(merchant_id: i64) -> Self {
        Self {
            merchant_id,
            document_type: "business_licence",
            brand_id: None,
            status: "verified",
            filed_on: "2026-02-02",
            status_since: "2026-02-05",
            expires_on: None,
        }
    }

    /// A verified authorisation without an end.
    pub fn authorisation(merchant_id: i64, brand_id: i64) -> Self {
        Self { document_type: "brand_authorisation", brand_id: Some(brand_id), ..Self::licence(merchant_id) }
    }

    /// A verified certificate without an end.
    pub fn certificate(merchant_id: i64, brand_id: i64) -> Self {
        Self { document_type: "ip_certificate", ..Self::authorisation(merchant_id, brand_id) }
    }

    /// The same with a last valid day.
    pub fn until(self, expires_on: &'static str) -> Self {
        Self { expires_on: Some(expires_on), ..self }
    }

    /// The same with another status since a day.
    pub fn now(self, status: &'static str, status_since: &'static str) -> Self {
        Self { status, status_since, ..self }
    }

    /// The same, filed on a day and pending since.
    pub fn pending(self, filed_on: &'static str) -> Self {
        Self { filed_on, ..self.now("pending", filed_on) }
    }
}

impl From<Paper> for Vec<Cell> {
    /// Without the `document_id`, which [`documents`] gives.
    fn from(p: Paper) -> Self {
        let day = |text: &str| Cell::Date(date(text));
        let words = [p.merchant_id.into(), p.document_type.into(), p.brand_id.into(), p.status.into()];
        let days = [day(p.filed_on), day(p.status_since), day("2026-01-20"), p.expires_on.map_or(Cell::Null, day)];
        words.into_iter().chain(days).collect()
    }
}

/// `merchant_documents`, numbered from 1 on.
pub fn documents(rows: impl IntoIterator<Item = Paper>) -> Table {
    let columns = "document_id:i64 merchant_id:i64 document_type:text brand_id:i64 status:text filed_on:date \
                   status_since:date issued_on:date expires_on:date";
    let row = |(id, paper): (i64, Paper)| -> Vec<Cell> {
        std::iter::once(id.into()).chain(Vec::<Cell>::from(paper)).collect()
    };
    Table::new("merchant_documents", columns).with_rows((1..).zip(rows).map(row))
}

/// Licences of the usual merchants, and authorisations of some.
pub fn sound() -> Table {
    let licences = (900..907).map(Paper::licence);
    documents(licences.chain((1..=3).flat_map(|brand| (900..905).map(move |m| Paper::authorisation(m, brand)))))
}

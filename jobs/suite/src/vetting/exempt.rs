//! Rows that are not to be in the vetting mart, by configuration.

use chrono::NaiveDate;
use mirrorlake_metrics::seller_vetting::Exemption;
use mirrorlake_model::vetting::{DocumentType, Issue};
use serde::{Deserialize, Serialize};

use crate::failure::did_you_mean;

/// Longest reason of an exemption, in characters.
const MAX_REASON_CHARS: usize = 500;

/// `[seller_vetting]` of the configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VettingSettings {
    /// `[[seller_vetting.exemption]]`: each takes the rows that fit all its keys out of the mart `seller_vetting` and into
    /// the mart `seller_vetting_exempted`.
    pub exemption: Vec<ExemptionSettings>,
}

/// One `[[seller_vetting.exemption]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExemptionSettings {
    /// Of this merchant; without it, of all (then a brand is needed).
    pub merchant_id: Option<i64>,
    /// Concerning this brand; without it, all brands and the licence.
    pub brand_id: Option<i64>,
    /// With this issue; without it, any.
    pub issue: Option<String>,
    /// Of this kind of document; without it, any.
    pub document_type: Option<String>,
    /// Last day as of which it holds, as in "2027-03-31"; without it, it has no end.
    pub until: Option<String>,
    /// Why; kept beside every row that it takes out.
    pub reason: String,
}

impl VettingSettings {
    /// The exemptions, in order.
    ///
    /// # Errors
    ///
    /// A sentence that names the exemption, by its place, and the key.
    pub fn exemptions(&self) -> Result<Vec<Exemption>, String> {
        let parsed = self.exemption.iter().enumerate();
        parsed.map(|(n, e)| e.parse().map_err(|why| format!("seller_vetting.exemption {}: {why}", n + 1))).collect()
    }
}

impl ExemptionSettings {
    fn parse(&self) -> Result<Exemption, String> {
        let exemption = Exemption {
            merchant_id: self.merchant_id,
            brand_id: self.brand_id,
            issue: word("issue", self.issue.as_deref(), Issue::from_word, Issue::ALL.iter().map(|i| i.word()))?,
            document_type: word(
                "document_type",
                self.document_type.as_deref(),
                DocumentType::from_word,
                DocumentType::ALL.iter().map(|t| t.word()),
            )?,
            until: self.until.as_deref().map(day).transpose()?,
        };
        if self.reason.trim().is_empty() {
            return Err("reason is missing: whoever reads the mart has to know why".to_owned());
        }
        if self.reason.chars().count() > MAX_REASON_CHARS {
            return Err(format!("reason is longer than {MAX_REASON_CHARS} characters"));
        }
        if exemption.merchant_id.is_none() && exemption.brand_id.is_none() {
            return Err("neither merchant_id nor brand_id is set: it would exempt everybody".to_owned());
        }
        // What can never fit is a mistake, and would look as if it worked.
        let licence = exemption.document_type == Some(DocumentType::BusinessLicence);
        let authorisation = exemption.document_type == Some(DocumentType::BrandAuthorisation);
        let of_type = exemption.document_type.is_some();
        match exemption.issue {
            _ if licence && exemption.brand_id.is_some() => Err("a business_licence is about no brand_id".to_owned()),
            Some(Issue::Missing) if exemption.brand_id.is_some() => Err("missing is about no brand_id".to_owned()),
            Some(Issue::Missing) if of_type && !licence => Err("only a business_licence can be missing".to_owned()),
            Some(Issue::UnauthorisedBrand) if of_type && !authorisation => {
                Err("unauthorised_brand is always about a brand_authorisation".to_owned())
            }
            _ => Ok(exemption),
        }
    }
}

fn day(text: &str) -> Result<NaiveDate, String> {
    let day: Option<NaiveDate> = text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text);
    day.ok_or_else(|| format!("until is \"{text}\", not a day as in \"2027-03-31\""))
}

fn word<T>(
    key: &str,
    text: Option<&str>,
    parse: fn(&str) -> Option<T>,
    words: impl Iterator<Item = &'static str> + Clone,
) -> Result<Option<T>, String> {
    let Some(text) = text else { return Ok(None) };
    parse(text).map(Some).ok_or_else(|| {
        let near = did_you_mean(text, words.clone());
        format!("{key} is \"{text}\"{near}; it is one of {}", words.collect::<Vec<_>>().join(", "))
    })
}

//! The rows behind a merchant's rank: takedowns, returned listings, documents, purchases, comments.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_lake::Location;
use mirrorlake_lake::marts::{mart_days, read_mart};
use mirrorlake_model::AsOf;
use mirrorlake_model::reappearance::ReappearanceRow;
use serde_json::{Value, json};

use super::merchant::made;
use super::tell;
use crate::catalogue::{Cells, required};
use crate::comments::{Counts, listing_sums};
use crate::failure::Failure;
use crate::reappearance::reappearance_rows;

/// Evidence words told of a listing.
const WORDS: usize = 5;

/// The rows behind a rank. `None` where a mart has not been made.
#[derive(Default)]
pub struct Behind {
    /// Upheld takedowns: claim, listing, brand, when.
    pub takedowns: Vec<(i64, i64, i64, i64)>,
    /// Listings that came back, or show a removed listing's picture.
    pub returns: Option<Vec<ReappearanceRow>>,
    /// Issues: issue, document type, brand, since, until.
    pub papers: Option<Vec<Paper>>,
    /// Verdicts: purchase, listing, brand, selection, when, verdict.
    pub verdicts: Vec<Verdict>,
    /// Listings whose comments allege, the most accused first, with comments, allegations and words.
    pub comments: Vec<(i64, Counts)>,
}

/// An issue of a document.
pub struct Paper {
    /// Issue.
    pub issue: String,
    /// Document.
    pub document_type: String,
    /// Brand.
    pub brand_id: Option<i64>,
    /// Since when.
    pub since: Option<NaiveDate>,
    /// Until when.
    pub until: Option<NaiveDate>,
    /// Units sold meanwhile.
    pub units: i64,
}

/// A verdict on a purchase.
pub struct Verdict {
    /// Purchase.
    pub sample_id: i64,
    /// Listing.
    pub listing_id: i64,
    /// Brand.
    pub brand_id: i64,
    /// Why it was bought.
    pub selection: String,
    /// When it was authenticated.
    pub at: i64,
    /// Verdict.
    pub verdict: String,
}

impl Behind {
    /// Reads them from the marts of the day.
    ///
    /// # Errors
    ///
    /// When a mart is not what its manifest promises.
    pub fn read(
        marts: &Location,
        day: NaiveDate,
        window_days: u32,
        merchant_id: i64,
        brand: Option<i64>,
    ) -> Result<Self, Failure> {
        let mut behind = Self::default();
        let of_brand = |b: Option<i64>| brand.is_none() || b == brand;
        for batch in of_merchant(marts, &format!("risk_takedowns/dt={day}"), merchant_id)? {
            let cells = Cells(&batch);
            let (claims, listings) = (cells.whole("claim_id")?, cells.whole("listing_id")?);
            let (brands, at) = (cells.whole("brand_id")?, cells.instants("taken_down_at")?);
            for row in (0..batch.num_rows()).filter(|row| of_brand(Some(brands[*row]))) {
                let at = required("taken_down_at", at[row])?;
                behind.takedowns.push((claims[row], listings[row], brands[row], at));
            }
        }
        behind.takedowns.sort_by_key(|t| (std::cmp::Reverse(t.3), t.0, t.1));
        for batch in of_merchant(marts, &format!("risk_verdicts/dt={day}"), merchant_id)? {
            behind.verdicts.extend(verdicts(&batch)?.into_iter().filter(|v| of_brand(Some(v.brand_id))));
        }
        behind.verdicts.sort_by_key(|v| (std::cmp::Reverse(v.at), v.sample_id));
        if made(marts, "seller_vetting", day)? {
            let mut papers = Vec::new();
            for batch in of_merchant(marts, &format!("seller_vetting/dt={day}"), merchant_id)? {
                papers.extend(issues(&batch)?.into_iter().filter(|p| p.brand_id.is_none() || of_brand(p.brand_id)));
            }
            behind.papers = Some(papers);
        }
        if made(marts, "reappearances", day)? {
            let mut returns = Vec::new();
            for batch in &read_mart(marts, &format!("reappearances/dt={day}"))?.batches {
                let rows = reappearance_rows(batch)?.into_iter();
                returns.extend(rows.filter(|r| r.new_merchant_id == merchant_id && of_brand(Some(r.brand_id))));
            }
            returns.sort_by_key(|r| (r.tier, std::cmp::Reverse(r.reappeared_at), r.removed_listing_id));
            behind.returns = Some(returns);
        }
        let first = AsOf { day, time_zone: chrono_tz::UTC }.window_start(window_days);
        let mut listings: BTreeMap<i64, Counts> = BTreeMap::new();
        for event_day in mart_days(marts, "comment_sums")?.into_iter().filter(|d| (first..=day).contains(d)) {
            for batch in of_merchant(marts, &format!("comment_sums/dt={event_day}"), merchant_id)? {
                for sums in listing_sums(&batch)?.into_iter().filter(|s| of_brand(s.brand_id)) {
                    listings.entry(sums.listing_id).or_default().add(sums.counts);
                }
            }
        }
        behind.comments = listings.into_iter().filter(|(_, counts)| counts.allegations > 0).collect();
        behind.comments.sort_by_key(|(listing, counts)| (std::cmp::Reverse(counts.allegations), *listing));
        Ok(behind)
    }

    /// As one object.
    pub fn json(&self) -> Value {
        let takedowns: Vec<Value> = self
            .takedowns
            .iter()
            .map(|(claim, listing, brand, at)| {
                json!({"claim_id": claim, "listing_id": listing, "brand_id": brand, "taken_down_at": tell::instant(*at)})
            })
            .collect();
        let returns = self.returns.as_ref().map(|rows| {
            rows.iter()
                .map(|r| {
                    json!({
                        "removed_listing_id": r.removed_listing_id, "new_listing_id": r.new_listing_id, "tier": r.tier.word(),
                        "brand_id": r.brand_id, "reappeared_at": tell::instant(r.reappeared_at), "hamming": r.hamming,
                        "removed_merchant_id": r.removed_merchant_id,
                    })
                })
                .collect::<Vec<_>>()
        });
        let papers = self.papers.as_ref().map(|papers| {
            papers
                .iter()
                .map(|p| {
                    json!({
                        "issue": p.issue, "document_type": p.document_type, "brand_id": p.brand_id, "units": p.units,
                        "since": p.since.map(|d| d.to_string()), "until": p.until.map(|d| d.to_string()),
                    })
                })
                .collect::<Vec<_>>()
        });
        let verdicts: Vec<Value> = self
            .verdicts
            .iter()
            .map(|v| {
                json!({
                    "sample_id": v.sample_id, "listing_id": v.listing_id, "brand_id": v.brand_id, "selection": v.selection,
                    "authenticated_at": tell::instant(v.at), "verdict": v.verdict,
                })
            })
            .collect();
        let comments: Vec<Value> = self
            .comments
            .iter()
            .map(|(listing, counts)| {
                let words: Vec<Value> = counts
                    .top_words(WORDS)
                    .into_iter()
                    .map(|(words, comments)| json!({"words": words, "comments": comments}))
                    .collect();
                json!({
                    "listing_id": listing, "comments": counts.comments, "allegations": counts.allegations, "evidence": words,
                })
            })
            .collect();
        json!({
            "takedowns": takedowns, "reappearances": returns, "documents": papers, "pilot_verdicts": verdicts,
            "comments": comments,
        })
    }
}

/// The words that decided, the most frequent first.
pub fn words(counts: &Counts) -> String {
    counts.top_words(WORDS).iter().map(|(words, n)| format!("{words} ({n})")).collect::<Vec<_>>().join(", ")
}

/// The rows of a merchant in a mart that is sorted by merchant.
fn of_merchant(marts: &Location, target: &str, merchant_id: i64) -> Result<Vec<RecordBatch>, Failure> {
    let mut found = Vec::new();
    for batch in read_mart(marts, target)?.batches {
        let merchants = Cells(&batch).whole("merchant_id")?;
        let from = merchants.partition_point(|m| *m < merchant_id);
        let to = merchants.partition_point(|m| *m <= merchant_id);
        if from < to {
            found.push(batch.slice(from, to - from));
        }
    }
    Ok(found)
}

fn verdicts(batch: &RecordBatch) -> Result<Vec<Verdict>, Failure> {
    let cells = Cells(batch);
    let (samples, listings, brands) = (cells.whole("sample_id")?, cells.whole("listing_id")?, cells.whole("brand_id")?);
    let (selections, verdicts) = (cells.texts("selection")?, cells.texts("verdict")?);
    let at = cells.instants("authenticated_at")?;
    (0..batch.num_rows())
        .map(|row| {
            Ok(Verdict {
                sample_id: samples[row],
                listing_id: listings[row],
                brand_id: brands[row],
                selection: required("selection", selections[row])?.to_owned(),
                at: required("authenticated_at", at[row])?,
                verdict: required("verdict", verdicts[row])?.to_owned(),
            })
        })
        .collect()
}

fn issues(batch: &RecordBatch) -> Result<Vec<Paper>, Failure> {
    let cells = Cells(batch);
    let (issues, types) = (cells.texts("issue")?, cells.texts("document_type")?);
    let (brands, units) = (cells.ints("brand_id")?, cells.whole("units")?);
    let (since, until) = (cells.days("since")?, cells.days("until")?);
    (0..batch.num_rows())
        .map(|row| {
            Ok(Paper {
                issue: required("issue", issues[row])?.to_owned(),
                document_type: required("document_type", types[row])?.to_owned(),
                brand_id: brands[row],
                since: since[row],
                until: until[row],
                units: units[row],
            })
        })
        .collect()
}

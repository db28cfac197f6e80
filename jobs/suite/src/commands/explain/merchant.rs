//! `mirrorlake explain merchant`: why a merchant is ranked where it is.

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_lake::Location;
use mirrorlake_lake::marts::{mart_days, read_manifest, read_mart};
use mirrorlake_metrics::merchant_risk::Signals;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::risk::Code;
use serde_json::{Map, Value, json};

use super::evidence::Behind;
use super::{merchant_text, tell};
use crate::args::{Common, ExplainMerchant, Format};
use crate::catalogue::{Cells, required};
use crate::failure::{Failure, nearest};
use crate::output;
use crate::risk::{self, ReadRow};

/// Rankings before that are looked up: each is a file of all merchants.
const RANKINGS_BEFORE: usize = 10;

/// What is known of a merchant.
pub struct Explained {
    /// As of which day.
    pub day: NaiveDate,
    /// Days in the window.
    pub window_days: u32,
    /// Its row, among all merchants or among those of the brand.
    pub row: ReadRow,
    /// Merchants that it is ranked among.
    pub among: i64,
    /// What is usual: the median over those merchants, signal by signal.
    pub medians: [Option<f64>; Code::ALL.len()],
    /// Signals that the ranking had to do without.
    pub missing: Vec<Code>,
    /// The rows behind the signals.
    pub behind: Behind,
    /// Days and ranks before, oldest first, the day itself last.
    pub history: Vec<Ranked>,
}

/// A rank on a day.
pub struct Ranked {
    /// Day.
    pub day: NaiveDate,
    /// Rank and interval.
    pub rank: (i64, i64, i64),
    /// Score.
    pub score: f64,
}

/// Explains a merchant.
pub fn run(common: &Common, args: &ExplainMerchant) -> Result<ExitStatus, Failure> {
    let (marts, day) = super::super::marts_of(common, &args.marts, "merchant_risk")?;
    let explained = Explained::read(&marts, day, args.merchant_id, args.brand)?;
    match common.format {
        Format::Json => output::say(&format!("{}\n", explained.json()))?,
        _ => output::say(&merchant_text::text(&explained))?,
    }
    Ok(ExitStatus::Ok)
}

/// What a signal comes to: a share where it is a rate, else a count; the median of burst and share is over merchants that have
/// one.
pub fn measure(code: Code, signals: &Signals) -> Option<f64> {
    let share = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
    let count = |n: i64| Some(n as f64);
    match code {
        Code::Allegations => share(signals.allegations, signals.comments),
        Code::CounterfeitRefunds => share(signals.counterfeit_refund_units, signals.units),
        Code::UpheldTakedowns => count(signals.upheld_takedowns),
        Code::EnforcementDays => count(signals.enforcement_days),
        Code::UpheldListingShare => share(signals.upheld_listings, signals.listings),
        Code::RepeatInfringer => count(i64::from(signals.repeat_infringer())),
        Code::Reappearances => count(signals.reappearances),
        Code::PriceDepth => signals.price_depth(),
        Code::SalesBurst => signals.burst_z,
        Code::StoreAge => count(signals.store_age_days),
        Code::UnauthorisedBrands => count(signals.unauthorised_brands),
        Code::DocumentIssues => count(signals.document_issues),
        Code::ImageMatches => count(signals.image_matches),
        Code::LinkedMerchants => count(signals.linked_merchants),
        Code::LinkedUpheld => count(signals.linked_upheld),
        Code::PilotVerdicts => share(signals.pilot_counterfeit, signals.pilot_sampled),
    }
}

impl Explained {
    fn read(marts: &Location, day: NaiveDate, merchant_id: i64, brand: Option<i64>) -> Result<Self, Failure> {
        let mart = if brand.is_some() { "merchant_brand_risk" } else { "merchant_risk" };
        let partition = read_mart(marts, &format!("{mart}/dt={day}"))?;
        let rows = risk::of_merchant(&partition.batches, merchant_id)?;
        let Some(row) = rows.iter().find(|row| row.brand_id == brand).cloned() else {
            return Err(unknown(&partition.batches, merchant_id, brand, &rows, day));
        };
        let mut field: Vec<Signals> = Vec::new();
        for batch in &partition.batches {
            let signals = risk::signals(batch)?;
            match brand {
                None => field.extend(signals),
                Some(brand) => {
                    let brands = Cells(batch).whole("brand_id")?;
                    field.extend(signals.into_iter().zip(brands).filter(|(_, b)| **b == brand).map(|(s, _)| s));
                }
            }
        }
        let medians = std::array::from_fn(|place| {
            median(field.iter().filter_map(|signals| measure(Code::ALL[place], signals)).collect())
        });
        let days = partition.manifest.configuration.get("days").and_then(Value::as_u64);
        let window_days = days.and_then(|days| u32::try_from(days).ok()).unwrap_or(1);
        Ok(Self {
            day,
            window_days,
            among: field.len() as i64,
            medians,
            missing: risk::available(&partition.manifest).missing().collect(),
            behind: Behind::read(marts, day, window_days, merchant_id, brand)?,
            history: history(marts, mart, day, merchant_id, brand)?,
            row,
        })
    }

    /// Whether the merchant is explained within a brand.
    pub fn brand(&self) -> Option<i64> {
        self.row.brand_id
    }

    fn json(&self) -> Value {
        let row = &self.row;
        let signals: Vec<Value> = Code::ALL
            .iter()
            .map(|code| {
                let contribution = row.reasons.iter().find(|r| r.code == *code).map_or(0.0, |r| r.contribution);
                json!({
                    "code": code.word(), "value": measure(*code, &row.signals), "median": self.medians[code.place()],
                    "contribution": contribution,
                    "detail": mirrorlake_metrics::merchant_risk::detail(*code, &row.signals),
                    "available": !self.missing.contains(code),
                })
            })
            .collect();
        let history: Vec<Value> = self
            .history
            .iter()
            .map(|h| {
                json!({"day": h.day.to_string(), "rank": h.rank.0, "rank_low": h.rank.1, "rank_high": h.rank.2, "score": h.score})
            })
            .collect();
        let mut line: Map<String, Value> = Map::new();
        line.insert("merchant_id".to_owned(), json!(row.merchant_id));
        line.insert("brand_id".to_owned(), json!(row.brand_id));
        for (name, value) in [
            ("as_of", json!(self.day.to_string())),
            ("window_days", json!(self.window_days)),
            ("rank", json!(row.rank.rank)),
            ("rank_low", json!(row.rank.low)),
            ("rank_high", json!(row.rank.high)),
            ("among", json!(self.among)),
            ("score", json!(row.score)),
            ("tier", json!(row.tier.word())),
            ("merchant_status", json!(row.status.word())),
            ("log_odds", json!(row.log_odds)),
            ("base_log_odds", json!(row.base_log_odds)),
            ("signals", Value::Array(signals)),
            ("behind", self.behind.json()),
            ("history", Value::Array(history)),
        ] {
            line.insert(name.to_owned(), value);
        }
        Value::Object(line)
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 { Some(upper) } else { Some(f64::midpoint(values[middle - 1], upper)) }
}

fn history(
    marts: &Location,
    mart: &str,
    day: NaiveDate,
    merchant_id: i64,
    brand: Option<i64>,
) -> Result<Vec<Ranked>, Failure> {
    let mut days = mart_days(marts, mart)?;
    days.retain(|d| *d <= day);
    let from = days.len().saturating_sub(RANKINGS_BEFORE + 1);
    let mut history = Vec::new();
    for day in days.split_off(from) {
        for batch in &read_mart(marts, &format!("{mart}/dt={day}"))?.batches {
            let cells = Cells(batch);
            let merchants = cells.whole("merchant_id")?;
            let first = merchants.partition_point(|m| *m < merchant_id);
            let end = merchants.partition_point(|m| *m <= merchant_id);
            if first == end {
                continue;
            }
            let brands = if brand.is_some() { Some(cells.whole("brand_id")?) } else { None };
            let Some(place) = (first..end).find(|p| brands.map(|b| b[*p]) == brand) else { continue };
            let (rank, low, high) = (cells.whole("rank")?, cells.whole("rank_low")?, cells.whole("rank_high")?);
            let score = required("score", cells.floats("score")?[place])?;
            history.push(Ranked { day, rank: (rank[place], low[place], high[place]), score });
        }
    }
    Ok(history)
}

/// Says that there is no such row, and which ones come near.
fn unknown(batches: &[RecordBatch], merchant_id: i64, brand: Option<i64>, rows: &[ReadRow], day: NaiveDate) -> Failure {
    if let (Some(brand), false) = (brand, rows.is_empty()) {
        let brands: Vec<String> = rows.iter().filter_map(|r| r.brand_id).map(|b| b.to_string()).collect();
        return Failure::usage(format!(
            "as of {day} merchant {merchant_id} has nothing to do with brand {brand}; its brands are: {}",
            brands.join(", ")
        ));
    }
    let mut known: Vec<String> = Vec::new();
    for batch in batches {
        if let Ok(merchants) = Cells(batch).whole("merchant_id") {
            known.extend(merchants.iter().map(ToString::to_string));
        }
    }
    known.dedup();
    let near = nearest(&merchant_id.to_string(), known.iter().map(String::as_str))
        .map_or_else(String::new, |id| format!(" (did you mean {id}?)"));
    Failure::usage(format!("as of {day} there is no merchant {merchant_id} in the ranking{near}"))
}

/// The manifest of a mart of the day, where it has been made.
pub fn made(marts: &Location, mart: &str, day: NaiveDate) -> Result<bool, Failure> {
    Ok(read_manifest(marts, &format!("{mart}/dt={day}"))?.is_some())
}

/// An instant for people: its day and minute, UTC.
pub fn minute(micros: i64) -> String {
    tell::instant(micros).chars().take(16).collect::<String>().replace('T', " ")
}

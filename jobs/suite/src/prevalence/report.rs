//! What the prevalence marts and the newest plan say of each brand, for the reports.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use mirrorlake_metrics::prevalence::per;
use mirrorlake_model::pilot::{PrevalenceRow, ProgressPeriod, ProgressRow, Selection, Weighting};
use mirrorlake_model::thresholds::PREVALENCE_THRESHOLD;
use mirrorlake_model::{AsOf, ExitStatus};
use mirrorlake_reports::{self as reports, PrevalenceHistory, PrevalenceInput, PurchasePlan, PurchaseProgress};
use serde_json::Value;

use super::marts::{prevalence_rows, progress_rows};
use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::job::{MartDay, Work};

/// Months on the chart before the report's own.
const EARLIER_MONTHS: i32 = 11;

/// Days after which a plan is no longer what is bought next.
const PLAN_DAYS: u32 = 92;

/// What a plan holds for each brand.
struct Planned {
    as_of: NaiveDate,
    /// Random and targeted purchases.
    brands: BTreeMap<i64, (i64, i64)>,
}

/// The prevalence figures of all brands.
pub struct PrevalenceFigures {
    rows: BTreeMap<i64, Vec<PrevalenceRow>>,
    progress: BTreeMap<i64, Vec<ProgressRow>>,
    history: BTreeMap<i64, Vec<PrevalenceHistory>>,
    plan: Option<Planned>,
    prior_brands: u32,
    sensitivity: f64,
    specificity: f64,
    currency: String,
}

impl PrevalenceFigures {
    /// Reads the marts as of the day, which must have a window of `days` days as well; `None` where they are not there.
    ///
    /// # Errors
    ///
    /// When a mart is not what its manifest promises.
    pub fn read(work: &Work<'_>, days: u32) -> Result<Option<Self>, Failure> {
        let found = work.window("brand_prevalence");
        let Some(today) = found.last().filter(|d| d.day == work.as_of.day) else { return Ok(None) };
        let own = today.manifest.configuration.get("days").and_then(Value::as_u64);
        if own != Some(u64::from(days)) {
            let own = own.unwrap_or_default();
            tracing::warn!(
                "brand_prevalence has a window of {own} days and the takedown marts of {days}: it is left out of the reports"
            );
            return Ok(None);
        }
        let rate = |name: &str| {
            let settings = today.manifest.configuration.get("authentication");
            settings.and_then(|a| a.get(name)).and_then(Value::as_f64).ok_or_else(|| {
                let message =
                    format!("mart brand_prevalence: its manifest has no {name}; run brand-prevalence --force");
                Failure::new(ExitStatus::InputRefused, message)
            })
        };
        let mut figures = Self {
            rows: BTreeMap::new(),
            progress: BTreeMap::new(),
            history: BTreeMap::new(),
            plan: None,
            prior_brands: 0,
            sensitivity: rate("sensitivity")?,
            specificity: rate("specificity")?,
            currency: work.settings.currency.clone(),
        };
        for row in rows_of(today)? {
            figures.rows.entry(row.brand_id).or_default().push(row);
        }
        let sampled = |rows: &&Vec<PrevalenceRow>| rows.iter().any(|r| r.sampled > r.inconclusive);
        figures.prior_brands = u32::try_from(figures.rows.values().filter(sampled).count()).unwrap_or(u32::MAX);
        let Some(progress) = work.window("pilot_progress").last().filter(|d| d.day == work.as_of.day) else {
            return Ok(None);
        };
        for batch in &progress.read()?.batches {
            for row in progress_rows(batch)? {
                if let Some(brand) = row.brand_id {
                    figures.progress.entry(brand).or_default().push(row);
                }
            }
        }
        for day in earlier_months(found, work.as_of.day) {
            for row in rows_of(day)?.into_iter().filter(|r| r.weighting == Weighting::Units) {
                let brand = figures.history.entry(row.brand_id).or_default();
                brand.push(of_report(&row).to_history(day.day));
            }
        }
        figures.plan = newest_plan(work.window("pilot_plan"), work.as_of)?;
        Ok(Some(figures))
    }

    /// The figures of one brand, taken away: nothing of another brand is in them.
    pub fn take(&mut self, brand_id: i64) -> Option<PrevalenceInput> {
        let rows = self.rows.remove(&brand_id)?;
        let progress = self.progress.remove(&brand_id).unwrap_or_default();
        let of_period = |period| {
            let row = progress.iter().find(|r| r.period == period);
            row.map_or_else(|| PurchaseProgress { brand_id, ..PurchaseProgress::default() }, progress_of)
        };
        let plan = self.plan.as_mut().map(|planned| {
            let (random, targeted) = planned.brands.remove(&brand_id).unwrap_or_default();
            PurchasePlan { brand_id, as_of: planned.as_of, random, targeted }
        });
        Some(PrevalenceInput {
            brand_id,
            rows: rows.iter().map(of_report).collect(),
            history: self.history.remove(&brand_id).unwrap_or_default(),
            progress_in_window: of_period(ProgressPeriod::Window),
            progress_of_all_time: of_period(ProgressPeriod::All),
            plan,
            threshold: PREVALENCE_THRESHOLD,
            prior_brands: self.prior_brands,
            sensitivity: self.sensitivity,
            specificity: self.specificity,
            currency: self.currency.clone(),
        })
    }
}

fn rows_of(day: &MartDay) -> Result<Vec<PrevalenceRow>, Failure> {
    let mut rows = Vec::new();
    for batch in &day.read()?.batches {
        rows.extend(prevalence_rows(batch)?);
    }
    Ok(rows)
}

/// The newest day of each earlier month of the year that ends with the report's month, oldest first.
fn earlier_months(found: &[MartDay], day: NaiveDate) -> Vec<&MartDay> {
    let month = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
    let mut newest: BTreeMap<i32, &MartDay> = BTreeMap::new();
    for earlier in found {
        let back = month(day) - month(earlier.day);
        if (1..=EARLIER_MONTHS).contains(&back) {
            newest.insert(month(earlier.day), earlier);
        }
    }
    newest.into_values().collect()
}

/// The day of the newest plan with its random and targeted purchases by brand.
fn newest_plan(found: &[MartDay], as_of: AsOf) -> Result<Option<Planned>, Failure> {
    let first = as_of.window_start(PLAN_DAYS);
    let Some(newest) = found.last().filter(|d| d.day >= first) else { return Ok(None) };
    let mut brands: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for batch in &newest.read()?.batches {
        let cells = Cells(batch);
        let selections = cells.words("selection", Selection::from_word)?;
        for (brand, selection) in cells.counts("brand_id")?.into_iter().zip(selections) {
            let planned = brands.entry(brand).or_default();
            match selection {
                Selection::Random => planned.0 += 1,
                Selection::Targeted | Selection::BrandRequest => planned.1 += 1,
            }
        }
    }
    Ok(Some(Planned { as_of: newest.day, brands }))
}

fn progress_of(row: &ProgressRow) -> PurchaseProgress {
    PurchaseProgress {
        brand_id: row.brand_id.unwrap_or_default(),
        ordered: row.random + row.targeted + row.brand_request,
        notarised: row.notarised,
        delivered: row.delivered,
        authenticated: row.authenticated,
        genuine: row.genuine,
        counterfeit: row.counterfeit,
        inconclusive: row.inconclusive,
        acted_offline: row.acted_offline,
        acted_online: row.acted_online,
        notarised_days: row.days_to_notarised,
        delivered_days: row.days_to_delivered,
        authenticated_days: row.days_to_authenticated,
        acted_days: row.days_to_acted,
    }
}

fn of_report(row: &PrevalenceRow) -> reports::PrevalenceRow {
    let (indicators, intervals) = (&row.indicators, &row.intervals);
    reports::PrevalenceRow {
        brand_id: row.brand_id,
        weighting: row.weighting,
        population: row.population,
        sampled: row.sampled,
        conclusive: row.sampled - row.inconclusive,
        counterfeit: row.counterfeit,
        inconclusive: row.inconclusive,
        outstanding: row.outstanding,
        effective_n: row.effective_n,
        apparent: row.apparent.value,
        apparent_low: row.apparent.low,
        apparent_high: row.apparent.high,
        prevalence: row.prevalence.value,
        prevalence_low: row.prevalence.low,
        prevalence_high: row.prevalence.high,
        robust: row.robust.value,
        robust_low: row.robust.low,
        robust_high: row.robust.high,
        bound_low: row.bound.map(|b| b.0),
        bound_high: row.bound.map(|b| b.1),
        outstanding_low: row.outstanding_bound.map(|b| b.0),
        outstanding_high: row.outstanding_bound.map(|b| b.1),
        shrunk: row.shrunk.value,
        shrunk_low: row.shrunk.low,
        shrunk_high: row.shrunk.high,
        prob_above_threshold: row.prob_above_threshold,
        publishable: row.suppressed_because.is_none(),
        suppressed_because: row.suppressed_because,
        targeted_sampled: row.targeted_sampled,
        targeted_conclusive: row.targeted_conclusive,
        targeted_counterfeit: row.targeted_counterfeit,
        targeted_low: intervals.targeted.map(|i| i.0),
        targeted_high: intervals.targeted.map(|i| i.1),
        comments: indicators.comments.map(|(_, comments)| comments),
        allegations: indicators.comments.map(|(allegations, _)| allegations),
        comment_days: indicators.comments.map(|_| indicators.comment_days),
        allegations_per_1000: indicators.comments.and_then(|(n, of)| per(n, of, 1_000)),
        allegations_per_1000_low: intervals.allegations_per_1000.map(|i| i.0),
        allegations_per_1000_high: intervals.allegations_per_1000.map(|i| i.1),
        counterfeit_refund_units: indicators.counterfeit_refund_units,
        units_sold: indicators.units_sold,
        counterfeit_refunds_per_10000: per(indicators.counterfeit_refund_units, indicators.units_sold, 10_000),
        counterfeit_refunds_per_10000_low: intervals.counterfeit_refunds_per_10000.map(|i| i.0),
        counterfeit_refunds_per_10000_high: intervals.counterfeit_refunds_per_10000.map(|i| i.1),
        upheld_takedowns: indicators.upheld_takedowns,
        active_listings: indicators.active_listings,
        upheld_per_1000_listings: per(indicators.upheld_takedowns, indicators.active_listings, 1_000),
        upheld_per_1000_listings_low: intervals.upheld_per_1000_listings.map(|i| i.0),
        upheld_per_1000_listings_high: intervals.upheld_per_1000_listings.map(|i| i.1),
        units_at_risk: row.units_at_risk,
        gmv_at_risk_minor: row.gmv_at_risk_minor,
    }
}

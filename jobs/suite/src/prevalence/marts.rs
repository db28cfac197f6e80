//! The marts `brand_prevalence` and `pilot_progress` as Arrow.

use std::sync::Arc;

use arrow::array::BooleanArray;
use arrow::record_batch::RecordBatch;
use mirrorlake_metrics::prevalence::per;
use mirrorlake_model::pilot::{
    Indicators, PrevalenceRow, ProgressPeriod, ProgressRow, RateIntervals, Shares, Suppression, Weighting,
};

use crate::catalogue::{Cells, Columns};
use crate::failure::Failure;

type Count<R> = (&'static str, fn(&R) -> i64);
type Figure<R> = (&'static str, fn(&R) -> Option<f64>);

fn counts<R>(c: &mut Columns, rows: &[R], columns: &[Count<R>]) {
    for (name, value) in columns {
        c.int(name, rows.iter().map(value));
    }
}

fn figures<R>(c: &mut Columns, rows: &[R], columns: &[Figure<R>]) {
    for (name, value) in columns {
        c.float(name, true, rows.iter().map(value));
    }
}

/// The mart `brand_prevalence`: the contract's columns, then ours.
pub fn prevalence_batch(rows: &[PrevalenceRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int("brand_id", rows.iter().map(|r| r.brand_id));
    c.text("weighting", rows.iter().map(|r| r.weighting.word()));
    counts(
        &mut c,
        rows,
        &[
            ("population", |r| r.population),
            ("sampled", |r| r.sampled),
            ("counterfeit", |r| r.counterfeit),
            ("inconclusive", |r| r.inconclusive),
        ],
    );
    figures(
        &mut c,
        rows,
        &[
            ("effective_n", |r| r.effective_n),
            ("apparent", |r| r.apparent.value),
            ("apparent_low", |r| r.apparent.low),
            ("apparent_high", |r| r.apparent.high),
            ("prevalence", |r| r.prevalence.value),
            ("prevalence_low", |r| r.prevalence.low),
            ("prevalence_high", |r| r.prevalence.high),
            ("bound_low", |r| r.bound.map(|b| b.0)),
            ("bound_high", |r| r.bound.map(|b| b.1)),
            ("shrunk", |r| r.shrunk.value),
            ("shrunk_low", |r| r.shrunk.low),
            ("shrunk_high", |r| r.shrunk.high),
            ("prob_above_threshold", |r| r.prob_above_threshold),
        ],
    );
    let publishable: BooleanArray = rows.iter().map(|r| Some(r.suppressed_because.is_none())).collect();
    c.push("publishable", false, Arc::new(publishable));
    c.text_or_null("suppressed_because", rows.iter().map(|r| r.suppressed_because.map(Suppression::word)));
    c.int("targeted_sampled", rows.iter().map(|r| r.targeted_sampled));
    c.int("targeted_counterfeit", rows.iter().map(|r| r.targeted_counterfeit));
    figures(
        &mut c,
        rows,
        &[
            ("allegations_per_1000", |r| r.indicators.comments.and_then(|(n, of)| per(n, of, 1_000))),
            ("counterfeit_refunds_per_10000", |r| {
                per(r.indicators.counterfeit_refund_units, r.indicators.units_sold, 10_000)
            }),
            ("upheld_per_1000_listings", |r| per(r.indicators.upheld_takedowns, r.indicators.active_listings, 1_000)),
            ("units_at_risk", |r| r.units_at_risk),
            ("gmv_at_risk_minor", |r| r.gmv_at_risk_minor),
            // Beyond the contract from here on.
            ("robust", |r| r.robust.value),
            ("robust_low", |r| r.robust.low),
            ("robust_high", |r| r.robust.high),
        ],
    );
    c.int("outstanding", rows.iter().map(|r| r.outstanding));
    figures(
        &mut c,
        rows,
        &[
            ("outstanding_low", |r| r.outstanding_bound.map(|b| b.0)),
            ("outstanding_high", |r| r.outstanding_bound.map(|b| b.1)),
        ],
    );
    c.int("targeted_conclusive", rows.iter().map(|r| r.targeted_conclusive));
    c.int_or_null("allegations", rows.iter().map(|r| r.indicators.comments.map(|(n, _)| n)));
    c.int_or_null("comments", rows.iter().map(|r| r.indicators.comments.map(|(_, of)| of)));
    counts(
        &mut c,
        rows,
        &[
            ("comment_days", |r| r.indicators.comment_days),
            ("counterfeit_refund_units", |r| r.indicators.counterfeit_refund_units),
            ("units_sold", |r| r.indicators.units_sold),
            ("upheld_takedowns", |r| r.indicators.upheld_takedowns),
            ("active_listings", |r| r.indicators.active_listings),
        ],
    );
    figures(
        &mut c,
        rows,
        &[
            ("targeted_low", |r| r.intervals.targeted.map(|i| i.0)),
            ("targeted_high", |r| r.intervals.targeted.map(|i| i.1)),
            ("allegations_per_1000_low", |r| r.intervals.allegations_per_1000.map(|i| i.0)),
            ("allegations_per_1000_high", |r| r.intervals.allegations_per_1000.map(|i| i.1)),
            ("counterfeit_refunds_per_10000_low", |r| r.intervals.counterfeit_refunds_per_10000.map(|i| i.0)),
            ("counterfeit_refunds_per_10000_high", |r| r.intervals.counterfeit_refunds_per_10000.map(|i| i.1)),
            ("upheld_per_1000_listings_low", |r| r.intervals.upheld_per_1000_listings.map(|i| i.0)),
            ("upheld_per_1000_listings_high", |r| r.intervals.upheld_per_1000_listings.map(|i| i.1)),
        ],
    );
    c.batch()
}

/// Rows of the mart `brand_prevalence`.
pub fn prevalence_rows(batch: &RecordBatch) -> Result<Vec<PrevalenceRow>, Failure> {
    let cells = Cells(batch);
    let n = |name: &str| cells.counts(name);
    let f = |name: &str| cells.floats(name);
    let (brands, weightings) = (n("brand_id")?, cells.words("weighting", Weighting::from_word)?);
    let (population, sampled) = (n("population")?, n("sampled")?);
    let (counterfeit, inconclusive, effective_n) = (n("counterfeit")?, n("inconclusive")?, f("effective_n")?);
    let (apparent, apparent_low, apparent_high) = (f("apparent")?, f("apparent_low")?, f("apparent_high")?);
    let (value, low, high) = (f("prevalence")?, f("prevalence_low")?, f("prevalence_high")?);
    let (bound_low, bound_high) = (f("bound_low")?, f("bound_high")?);
    let (shrunk, shrunk_low, shrunk_high) = (f("shrunk")?, f("shrunk_low")?, f("shrunk_high")?);
    let above = f("prob_above_threshold")?;
    let reasons = cells.words_or_null("suppressed_because", Suppression::from_word)?;
    let (targeted, targeted_counterfeit) = (n("targeted_sampled")?, n("targeted_counterfeit")?);
    let targeted_conclusive = n("targeted_conclusive")?;
    let (units_at_risk, gmv_at_risk) = (f("units_at_risk")?, f("gmv_at_risk_minor")?);
    let (robust, robust_low, robust_high) = (f("robust")?, f("robust_low")?, f("robust_high")?);
    let (outstanding, out_low, out_high) = (n("outstanding")?, f("outstanding_low")?, f("outstanding_high")?);
    let (allegations, comments) = (cells.ints("allegations")?, cells.ints("comments")?);
    let (comment_days, refunded) = (n("comment_days")?, n("counterfeit_refund_units")?);
    let (sold, upheld, active) = (n("units_sold")?, n("upheld_takedowns")?, n("active_listings")?);
    let interval = |rate: &str| -> Result<Vec<Option<(f64, f64)>>, Failure> {
        let (low, high) = (f(&format!("{rate}_low"))?, f(&format!("{rate}_high"))?);
        Ok(low.into_iter().zip(high).map(|(low, high)| low.zip(high)).collect())
    };
    let (of_targeted, of_allegations) = (interval("targeted")?, interval("allegations_per_1000")?);
    let of_refunds = interval("counterfeit_refunds_per_10000")?;
    let of_upheld = interval("upheld_per_1000_listings")?;
    let rows = (0..batch.num_rows()).map(|i| PrevalenceRow {
        brand_id: brands[i],
        weighting: weightings[i],
        population: population[i],
        sampled: sampled[i],
        counterfeit: counterfeit[i],
        inconclusive: inconclusive[i],
        effective_n: effective_n[i],
        apparent: Shares { value: apparent[i], low: apparent_low[i], high: apparent_high[i] },
        prevalence: Shares { value: value[i], low: low[i], high: high[i] },
        bound: bound_low[i].zip(bound_high[i]),
        shrunk: Shares { value: shrunk[i], low: shrunk_low[i], high: shrunk_high[i] },
        prob_above_threshold: above[i],
        suppressed_because: reasons[i],
        targeted_sampled: targeted[i],
        targeted_counterfeit: targeted_counterfeit[i],
        units_at_risk: units_at_risk[i],
        gmv_at_risk_minor: gmv_at_risk[i],
        indicators: Indicators {
            comments: allegations[i].zip(comments[i]),
            comment_days: comment_days[i],
            counterfeit_refund_units: refunded[i],
            units_sold: sold[i],
            upheld_takedowns: upheld[i],
            active_listings: active[i],
        },
        outstanding: outstanding[i],
        outstanding_bound: out_low[i].zip(out_high[i]),
        robust: Shares { value: robust[i], low: robust_low[i], high: robust_high[i] },
        targeted_conclusive: targeted_conclusive[i],
        intervals: RateIntervals {
            targeted: of_targeted[i],
            allegations_per_1000: of_allegations[i],
            counterfeit_refunds_per_10000: of_refunds[i],
            upheld_per_1000_listings: of_upheld[i],
        },
    });
    Ok(rows.collect())
}

/// The mart `pilot_progress`.
pub fn progress_batch(rows: &[ProgressRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int_or_null("brand_id", rows.iter().map(|r| r.brand_id));
    c.text("period", rows.iter().map(|r| r.period.word()));
    counts(
        &mut c,
        rows,
        &[
            ("ordered", |r| r.random + r.targeted + r.brand_request),
            ("random", |r| r.random),
            ("targeted", |r| r.targeted),
            ("brand_request", |r| r.brand_request),
            ("notarised", |r| r.notarised),
            ("delivered", |r| r.delivered),
            ("authenticated", |r| r.authenticated),
            ("genuine", |r| r.genuine),
            ("counterfeit", |r| r.counterfeit),
            ("inconclusive", |r| r.inconclusive),
            ("acted_offline", |r| r.acted_offline),
            ("acted_online", |r| r.acted_online),
        ],
    );
    figures(
        &mut c,
        rows,
        &[
            ("median_days_to_notarised", |r| r.days_to_notarised),
            ("median_days_to_delivered", |r| r.days_to_delivered),
            ("median_days_to_authenticated", |r| r.days_to_authenticated),
            ("median_days_to_acted", |r| r.days_to_acted),
        ],
    );
    c.batch()
}

/// Rows of the mart `pilot_progress`.
pub fn progress_rows(batch: &RecordBatch) -> Result<Vec<ProgressRow>, Failure> {
    let cells = Cells(batch);
    let n = |name: &str| cells.counts(name);
    let f = |name: &str| cells.floats(name);
    let (brands, periods) = (cells.ints("brand_id")?, cells.words("period", ProgressPeriod::from_word)?);
    let (random, targeted, brand_request) = (n("random")?, n("targeted")?, n("brand_request")?);
    let (notarised, delivered, authenticated) = (n("notarised")?, n("delivered")?, n("authenticated")?);
    let (genuine, counterfeit, inconclusive) = (n("genuine")?, n("counterfeit")?, n("inconclusive")?);
    let (offline, online) = (n("acted_offline")?, n("acted_online")?);
    let (to_notarised, to_delivered) = (f("median_days_to_notarised")?, f("median_days_to_delivered")?);
    let (to_authenticated, to_acted) = (f("median_days_to_authenticated")?, f("median_days_to_acted")?);
    let rows = (0..batch.num_rows()).map(|i| ProgressRow {
        brand_id: brands[i],
        period: periods[i],
        random: random[i],
        targeted: targeted[i],
        brand_request: brand_request[i],
        notarised: notarised[i],
        delivered: delivered[i],
        authenticated: authenticated[i],
        genuine: genuine[i],
        counterfeit: counterfeit[i],
        inconclusive: inconclusive[i],
        acted_offline: offline[i],
        acted_online: online[i],
        days_to_notarised: to_notarised[i],
        days_to_delivered: to_delivered[i],
        days_to_authenticated: to_authenticated[i],
        days_to_acted: to_acted[i],
    });
    Ok(rows.collect())
}

//! What else points at counterfeits: comments, refunds, takedowns, each with its numerator and denominator.

use serde::Serialize;

use super::row;
use crate::error::ReportError;
use crate::input::{PrevalenceInput, PrevalenceRow, Weighting};
use crate::view::{IntervalMethod, IntervalView, Scene, Shown};

/// What else points at counterfeits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndicatorTable {
    /// What indicators are, and what they are not.
    pub note: String,
    /// Said where comments have been judged for a part of the period only.
    pub comment_days: Option<CommentDays>,
    /// The indicators.
    pub rows: Vec<IndicatorLine>,
}

/// How many days of comments are in the figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentDays {
    /// Days with comment signals.
    pub days: Shown<i64>,
    /// Days of the period.
    pub of_days: Shown<i64>,
    /// Both in words.
    pub text: String,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndicatorLine {
    /// Stable name of the indicator.
    pub key: &'static str,
    /// Its name in words.
    pub label: String,
    /// How often it was seen; no value where it was not looked for.
    pub numerator: Shown<Option<i64>>,
    /// Out of how many.
    pub denominator: Shown<Option<i64>>,
    /// numerator / denominator, times `per`; no value without a denominator.
    pub rate: Shown<Option<f64>>,
    /// The 95 % interval of the rate, per the same; no value without a rate, or where there is too little for one.
    pub interval: Option<IntervalView>,
    /// What the rate is per.
    pub per: Shown<i64>,
    /// Remark.
    pub remark: Option<String>,
}

/// Numerator and denominator of an indicator, what its rate is per, and the interval of that.
struct Counted {
    key: &'static str,
    counts: Option<(i64, i64)>,
    per: i64,
    method: IntervalMethod,
    interval: Option<(f64, f64)>,
}

impl IndicatorTable {
    pub(super) fn build(scene: &Scene<'_>, input: &PrevalenceInput) -> Result<Self, ReportError> {
        let none = PrevalenceRow::default();
        // Indicators are the same in every row.
        let row = row(input, Weighting::Units).unwrap_or(&none);
        let judged = row.allegations.zip(row.comments).filter(|_| row.comment_days.is_some_and(|days| days > 0));
        let refunds = Some((row.counterfeit_refund_units, row.units_sold));
        let upheld = Some((row.upheld_takedowns, row.active_listings));
        let rows = [
            Counted {
                key: "allegations",
                counts: judged,
                per: 1_000,
                method: IntervalMethod::Clustered,
                interval: row.allegations_per_1000_low.zip(row.allegations_per_1000_high),
            },
            Counted {
                key: "refunds",
                counts: refunds,
                per: 10_000,
                method: IntervalMethod::Poisson,
                interval: row.counterfeit_refunds_per_10000_low.zip(row.counterfeit_refunds_per_10000_high),
            },
            Counted {
                key: "takedowns",
                counts: upheld,
                per: 1_000,
                method: IntervalMethod::Poisson,
                interval: row.upheld_per_1000_listings_low.zip(row.upheld_per_1000_listings_high),
            },
        ];
        Ok(Self {
            note: scene.m.text("indicator.note", &[])?,
            comment_days: comment_days(scene, row)?,
            rows: rows.iter().map(|counted| line(scene, counted)).collect::<Result<_, _>>()?,
        })
    }
}

fn comment_days(scene: &Scene<'_>, row: &PrevalenceRow) -> Result<Option<CommentDays>, ReportError> {
    let f = scene.f;
    let of_days = f.count(scene.input.parts().days.into());
    let Some(days) = row.comment_days.map(|days| f.count(days)).filter(|d| (1..of_days.value).contains(&d.value))
    else {
        return Ok(None);
    };
    let values = [("days", days.text.as_str()), ("of_days", &of_days.text)];
    let text = scene.m.plural("indicator.comment_days", days.value, &values)?;
    Ok(Some(CommentDays { days, of_days, text }))
}

#[allow(clippy::cast_precision_loss)]
fn line(scene: &Scene<'_>, counted: &Counted) -> Result<IndicatorLine, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let Counted { key, counts, per, method, interval } = *counted;
    let shown = |n: Option<i64>, message: &str| -> Result<Shown<Option<i64>>, ReportError> {
        let text = match n {
            Some(n) => m.plural(&format!("indicator.{message}.{key}"), n, &[("n", &f.count(n).text)])?,
            None => crate::format::NO_VALUE.to_owned(),
        };
        Ok(Shown { value: n, text })
    };
    let rate = counts.filter(|(_, whole)| *whole > 0).map(|(n, whole)| per as f64 * n as f64 / whole as f64);
    let mut rate = f.rate(rate);
    let interval = interval.filter(|_| rate.value.is_some());
    let interval = interval.map(|(low, high)| IntervalView { method, low, high, text: f.rate_range(low, high) });
    let per = f.count(per);
    if rate.value.is_some() {
        rate.text = m.text("indicator.rate", &[("rate", &rate.text), ("per", &per.text)])?;
    }
    let remark = if counts.is_none() { Some(m.text("indicator.no_signals", &[])?) } else { None };
    Ok(IndicatorLine {
        key,
        label: m.text(&format!("indicator.label.{key}"), &[])?,
        numerator: shown(counts.map(|c| c.0), "numerator")?,
        denominator: shown(counts.map(|c| c.1), "denominator")?,
        rate,
        interval,
        per,
        remark,
    })
}

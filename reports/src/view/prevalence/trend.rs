//! The estimate against earlier months: the numbers behind the chart of intervals.

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;

use super::row;
use crate::error::ReportError;
use crate::input::{PrevalenceHistory, PrevalenceInput, Weighting};
use crate::view::{Scene, Shown};

/// The estimate against earlier months, weighted by units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrevalenceTrend {
    /// What the chart shows.
    pub caption: String,
    /// The chart in words, for those who cannot see it.
    pub description: String,
    /// Where the numbers come from.
    pub source: String,
    /// Why there is no chart: no month but the report's own has an estimate.
    pub no_chart: Option<String>,
    /// How to read it.
    pub note: String,
    /// The months from the first one known to the report's own, oldest first.
    pub months: Vec<MonthView>,
}

/// What there is to say of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthState {
    /// There is an estimate.
    Told,
    /// There is one, but it is withheld.
    Withheld,
    /// Nothing was estimated.
    NotEstimated,
}

/// One calendar month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthView {
    /// Year and month: `2026-11`.
    pub month: String,
    /// The month as printed.
    pub month_text: String,
    /// The as-of day of its estimate.
    pub as_of: Shown<Option<NaiveDate>>,
    /// Upper line on the axis.
    pub label: String,
    /// Lower line on the axis.
    pub sublabel: String,
    /// What there is to say of it.
    pub state: MonthState,
    /// The estimated share of units; in words why there is none.
    pub share: Shown<Option<f64>>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Said below the month where the chart has a gap.
    pub gap: Option<String>,
    /// Both ends as printed.
    pub interval_text: String,
    /// The month in one sentence.
    pub sentence: String,
}

impl PrevalenceTrend {
    pub(super) fn build(scene: &Scene<'_>, input: &PrevalenceInput) -> Result<Self, ReportError> {
        let m = scene.m;
        let day = scene.input.parts().as_of.day;
        let current = row(input, Weighting::Units).map(|units| units.to_history(day));
        let days: Vec<&PrevalenceHistory> = input.history.iter().chain(current.iter()).collect();
        let mut months = Vec::new();
        for first in days.first().map(|oldest| firsts(oldest.as_of, day)).into_iter().flatten() {
            let known = days.iter().find(|d| (d.as_of.year(), d.as_of.month()) == (first.year(), first.month()));
            months.push(month(scene, first, known.copied())?);
        }
        let earlier = months.len().saturating_sub(1);
        let has_earlier = months[..earlier].iter().any(|m| m.share.value.is_some());
        Ok(Self {
            caption: m.text("prevalence_trend.caption", &[])?,
            description: description(scene, &months)?,
            source: m.text("prevalence_trend.source", &[])?,
            no_chart: if has_earlier { None } else { Some(m.text("prevalence_trend.no_earlier", &[])?) },
            note: m.text("prevalence_trend.note", &[])?,
            months,
        })
    }
}

/// The first days of the months from one day's to another's.
fn firsts(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(from.with_day(1), |first| first.checked_add_months(Months::new(1)))
        .take_while(move |first| *first <= to)
}

fn month(scene: &Scene<'_>, first: NaiveDate, known: Option<&PrevalenceHistory>) -> Result<MonthView, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let told = known.and_then(PrevalenceHistory::told);
    let month_text = f.month(first);
    let day = known.map_or_else(|| crate::format::NO_VALUE.to_owned(), |k| f.date(k.as_of).text);
    let (state, share, interval_text, sentence, gap) = if let Some((share, low, high)) = told {
        let (share, interval) = (f.share(Some(share)), f.share_range_outward(low, high));
        let values = [("day", day.as_str()), ("share", &share.text), ("interval", &interval)];
        let sentence = m.text("prevalence_trend.month", &values)?;
        (MonthState::Told, share, interval, sentence, None)
    } else {
        let (state, key) = match known {
            Some(_) => (MonthState::Withheld, "withheld"),
            None => (MonthState::NotEstimated, "not_estimated"),
        };
        let sentence = m.text(&format!("prevalence_trend.month_{key}"), &[("day", &day), ("month", &month_text)])?;
        let text = m.text(&format!("prevalence_trend.{key}"), &[])?;
        let gap = Some(m.text(&format!("prevalence_trend.gap_{key}"), &[])?);
        (state, Shown { value: None, text }, crate::format::NO_VALUE.to_owned(), sentence, gap)
    };
    let (label, sublabel) = f.short_month(first);
    Ok(MonthView {
        month: format!("{}-{:02}", first.year(), first.month()),
        month_text,
        as_of: Shown { value: known.map(|k| k.as_of), text: day },
        label,
        sublabel,
        state,
        share,
        low: told.map(|t| t.1),
        high: told.map(|t| t.2),
        gap,
        interval_text,
        sentence,
    })
}

/// The chart in words: how many months have an estimate, the first and the last of them.
fn description(scene: &Scene<'_>, months: &[MonthView]) -> Result<String, ReportError> {
    let mut told = months.iter().filter(|m| m.state == MonthState::Told);
    let n = scene.f.count(i64::try_from(told.clone().count()).unwrap_or(i64::MAX));
    match (told.next(), told.next_back()) {
        (None, _) => scene.m.text("prevalence_trend.none", &[]),
        (Some(only), None) => {
            let values = [("month", only.month_text.as_str()), ("interval", &only.interval_text)];
            scene.m.text("prevalence_trend.description_one", &values)
        }
        (Some(first), Some(last)) => {
            let values = [
                ("n", n.text.as_str()),
                ("first", &first.month_text),
                ("first_interval", &first.interval_text),
                ("last", &last.month_text),
                ("last_interval", &last.interval_text),
            ];
            scene.m.text("prevalence_trend.description_several", &values)
        }
    }
}

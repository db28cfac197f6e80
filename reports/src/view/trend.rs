//! Compliance per ISO week: the numbers behind the trend chart.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use mirrorlake_model::takedown::{Period, SlaRow};
use serde::Serialize;

use super::{IntervalMethod, IntervalView, Scene, Shown};
use crate::error::ReportError;

/// Compliance per ISO week of the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trend {
    /// What the chart shows.
    pub caption: String,
    /// The chart in words, for those who cannot see it.
    pub description: String,
    /// Where the numbers come from.
    pub source: String,
    /// The rate of the whole period, for comparison.
    pub overall: Option<Shown<f64>>,
    /// One entry per ISO week that touches the period, oldest first.
    pub weeks: Vec<Week>,
    /// Remark on weeks whose interval is another than the headline's.
    pub wilson_note: Option<String>,
}

/// One ISO week.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Week {
    /// Its Monday.
    pub monday: Shown<NaiveDate>,
    /// Its Monday as short as it gets.
    pub monday_short: String,
    /// ISO year and week: `2026-W46`.
    pub iso_week: String,
    /// The week's number as printed on the axis.
    pub label: String,
    /// Whether only a part of the week lies in the period.
    pub partial: bool,
    /// Takedowns: met + breached + pending + excluded.
    pub takedowns: Shown<i64>,
    /// Takedowns met.
    pub met: Shown<i64>,
    /// Takedowns met or breached: the denominator.
    pub judged: Shown<i64>,
    /// Takedowns pending.
    pub pending: Shown<i64>,
    /// met / (met + breached).
    pub rate: Shown<Option<f64>>,
    /// The 95 % interval of the rate.
    pub interval: Option<IntervalView>,
    /// The week in one sentence.
    pub sentence: String,
}

impl Trend {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let cells: BTreeMap<NaiveDate, &SlaRow> = scene
            .input
            .parts()
            .sla_rows
            .iter()
            .filter(|r| r.period == Period::Week && r.right_type.is_none() && r.channel_locale.is_none())
            .map(|r| (r.period_start, r))
            .collect();
        let (from, to) = (scene.input.window_start(), scene.input.parts().as_of.day);
        let mut weeks = Vec::new();
        for monday in mondays(from, to) {
            weeks.push(week(scene, monday, cells.get(&monday).copied())?);
        }
        let rate = scene.input.window_cell().filter(|c| c.met + c.breached > 0).and_then(|c| c.compliance_rate);
        let overall = rate.map(|value| Shown { value, text: f.share(Some(value)).text });
        let source = m.text("trend.source", &[("zone", scene.input.parts().brand.time_zone.name())])?;
        let wilson = weeks.iter().any(|w| w.interval.as_ref().is_some_and(|i| i.method == IntervalMethod::Wilson));
        Ok(Self {
            caption: m.text("trend.caption", &[("limit", &scene.limit())])?,
            description: description(scene, &weeks)?,
            source,
            overall,
            weeks,
            wilson_note: if wilson { Some(m.text("breakdown.wilson_note", &[])?) } else { None },
        })
    }
}

/// The Mondays of the ISO weeks that touch the days from one to another, oldest first.
pub(super) fn mondays(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = from.week(Weekday::Mon).checked_first_day();
    std::iter::successors(first, |day| day.checked_add_days(Days::new(7))).take_while(move |day| *day <= to)
}

fn week(scene: &Scene<'_>, monday: NaiveDate, cell: Option<&SlaRow>) -> Result<Week, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(monday);
    let as_of_day = scene.input.parts().as_of.day;
    let partial = monday < scene.input.window_start() || sunday > as_of_day || !scene.is_over(sunday);
    let count = |pick: fn(&SlaRow) -> i64| f.count(cell.map_or(0, pick));
    let (met, judged) = (count(|c| c.met), count(|c| c.met + c.breached));
    let rate = f.share(cell.and_then(|c| c.compliance_rate).filter(|_| judged.value > 0));
    let interval = cell.filter(|_| rate.value.is_some()).and_then(|c| IntervalView::of(c, f));
    let monday_text = f.date(monday);
    let iso = monday.iso_week();
    let number = format!("{:02}", iso.week());
    let mut sentence = match &interval {
        Some(interval) => {
            let values = [
                ("monday", monday_text.text.as_str()),
                ("rate", &rate.text),
                ("met", &met.text),
                ("judged", &judged.text),
                ("interval", &interval.text),
            ];
            m.text("trend.week", &values)?
        }
        None => m.text("trend.week_empty", &[("monday", &monday_text.text)])?,
    };
    if partial {
        sentence.push_str(&m.text("trend.week_partial", &[])?);
    }
    Ok(Week {
        monday_short: f.short_date(monday),
        monday: monday_text,
        iso_week: format!("{}-W{number}", iso.year()),
        label: m.text("trend.week_label", &[("week", &iso.week().to_string())])?,
        partial,
        takedowns: count(|c| c.takedowns),
        met,
        judged,
        pending: count(|c| c.pending),
        rate,
        interval,
        sentence,
    })
}

/// The chart in words: how many weeks, the lowest and the highest.
fn description(scene: &Scene<'_>, weeks: &[Week]) -> Result<String, ReportError> {
    let judged: Vec<(&Week, f64)> = weeks.iter().filter_map(|w| w.rate.value.map(|r| (w, r))).collect();
    // Ties go to the earliest week: `min_by` keeps the first of equals, and the reversed order makes `max` do so too.
    let lowest = judged.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let highest = judged.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
    let (Some((low, _)), Some((high, _))) = (lowest, highest) else {
        return scene.m.text("trend.empty", &[]);
    };
    let n = scene.f.count(i64::try_from(judged.len()).unwrap_or(i64::MAX));
    let values = [
        ("n", n.text),
        ("low", low.rate.text.clone()),
        ("low_week", low.monday.text.clone()),
        ("high", high.rate.text.clone()),
        ("high_week", high.monday.text.clone()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let key = if judged.len() == 1 { "trend.description_one" } else { "trend.description_several" };
    scene.m.text(key, &values)
}

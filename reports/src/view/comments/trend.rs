//! Allegations per 1,000 comments by ISO week: the numbers behind the trend chart.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::{CommentState, LEAST_COMMENTS, PerThousandRange};
use crate::error::ReportError;
use crate::input::{CommentInput, CommentWeek};
use crate::view::trend::mondays;
use crate::view::{IntervalMethod, Scene, Shown};

/// Allegations per 1,000 comments by ISO week.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentTrend {
    /// What the chart shows.
    pub caption: String,
    /// The chart in words, for those who cannot see it.
    pub description: String,
    /// Where the numbers come from.
    pub source: String,
    /// Said in place of the chart where no week has a rate.
    pub empty: String,
    /// Which interval weeks have, in words.
    pub interval_note: String,
    /// One entry per ISO week of the period that has signals, oldest first.
    pub weeks: Vec<CommentWeekView>,
}

/// One ISO week of comments, by the days of the lake.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentWeekView {
    /// Its Monday.
    pub monday: Shown<NaiveDate>,
    /// Its Monday as short as it gets.
    pub monday_short: String,
    /// ISO year and week: `2026-W46`.
    pub iso_week: String,
    /// The week's number as printed on the axis.
    pub label: String,
    /// Whether only a part of the week lies in the period and has signals.
    pub partial: bool,
    /// Comments: the denominator.
    pub comments: Shown<i64>,
    /// Allegations among them.
    pub allegations: Shown<i64>,
    /// Allegations per 1,000 comments; no value without comments, or with too few in the period.
    pub per_1000: Shown<Option<f64>>,
    /// Its 95 % interval.
    pub interval: Option<PerThousandRange>,
    /// The week in one sentence.
    pub sentence: String,
}

impl CommentTrend {
    pub(super) fn build(scene: &Scene<'_>, input: &CommentInput, state: CommentState) -> Result<Self, ReportError> {
        let m = scene.m;
        let by_monday: BTreeMap<NaiveDate, &CommentWeek> = input.weeks.iter().map(|w| (w.week_start, w)).collect();
        let (from, to) = (scene.input.window_start(), scene.input.parts().as_of.day);
        let mut weeks = Vec::new();
        for monday in mondays(from, to) {
            // A week without signals has not been looked at: nothing is said of it, and certainly not "no comments".
            if let Some(input) = by_monday.get(&monday) {
                weeks.push(week(scene, monday, input, state)?);
            }
        }
        let least = scene.f.count(LEAST_COMMENTS).text;
        let empty = match state {
            CommentState::TooFew => m.text("comment_trend.too_few", &[("least", &least)])?,
            CommentState::Rated | CommentState::NoComments => m.text("comment_trend.empty", &[])?,
        };
        let zone = scene.input.parts().as_of.time_zone.name();
        Ok(Self {
            caption: m.text("comment_trend.caption", &[])?,
            description: description(scene, &weeks)?.unwrap_or_else(|| empty.clone()),
            source: m.text("comment_trend.source", &[("zone", zone)])?,
            empty,
            interval_note: m.text("comment_trend.wilson", &[])?,
            weeks,
        })
    }
}

#[allow(clippy::cast_precision_loss)]
fn week(
    scene: &Scene<'_>,
    monday: NaiveDate,
    week: &CommentWeek,
    state: CommentState,
) -> Result<CommentWeekView, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let partial = week.days < 7;
    let comments = f.count(week.comments);
    let allegations = f.count(week.allegations);
    let rated = Some(week).filter(|w| state == CommentState::Rated && w.comments > 0);
    let per_1000 = f.per_thousand(rated.map(|w| w.allegations as f64 / w.comments as f64));
    let interval = rated.and_then(|w| PerThousandRange::of(f, IntervalMethod::Wilson, w.low, w.high));
    let monday_text = f.date(monday);
    let mut values = vec![
        ("monday", monday_text.text.as_str()),
        ("comments", &comments.text),
        ("allegations", &allegations.text),
        ("rate", &per_1000.text),
    ];
    let mut sentence = match &interval {
        Some(interval) => {
            values.push(("interval", &interval.text));
            m.plural("comment_trend.week", comments.value, &values)?
        }
        None if comments.value > 0 => m.plural("comment_trend.week_counts", comments.value, &values)?,
        None => m.text("comment_trend.week_empty", &values)?,
    };
    if partial {
        sentence.push_str(&m.text("trend.week_partial", &[])?);
    }
    let iso = monday.iso_week();
    Ok(CommentWeekView {
        monday_short: f.short_date(monday),
        monday: monday_text,
        iso_week: format!("{}-W{:02}", iso.year(), iso.week()),
        label: m.text("trend.week_label", &[("week", &iso.week().to_string())])?,
        partial,
        comments,
        allegations,
        per_1000,
        interval,
        sentence,
    })
}

/// The chart in words: how many weeks, the lowest and the highest; nothing where no week has a rate.
fn description(scene: &Scene<'_>, weeks: &[CommentWeekView]) -> Result<Option<String>, ReportError> {
    let rated: Vec<(&CommentWeekView, f64)> =
        weeks.iter().filter_map(|w| w.per_1000.value.map(|rate| (w, rate))).collect();
    // Ties go to the earliest week, as for takedowns.
    let lowest = rated.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let highest = rated.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
    let (Some((low, _)), Some((high, _))) = (lowest, highest) else { return Ok(None) };
    let n = scene.f.count(i64::try_from(rated.len()).unwrap_or(i64::MAX));
    let values = [
        ("n", n.text.as_str()),
        ("low", &low.per_1000.text),
        ("low_week", &low.monday.text),
        ("high", &high.per_1000.text),
        ("high_week", &high.monday.text),
    ];
    let key = if n.value == 1 { "comment_trend.description_one" } else { "comment_trend.description_several" };
    scene.m.text(key, &values).map(Some)
}

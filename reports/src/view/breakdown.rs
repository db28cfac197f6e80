//! The same figures by right type and by channel.

use mirrorlake_model::takedown::{ChannelLocale, Period, RightType, SlaRow};
use serde::Serialize;

use super::{IntervalMethod, IntervalView, Scene, Shown};
use crate::error::ReportError;

/// A table of the period's figures by one dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breakdown {
    /// Stable name of the dimension.
    pub key: &'static str,
    /// What the table shows.
    pub caption: String,
    /// Heading of the first column.
    pub dimension: String,
    /// One row per value that has takedowns, and the total last.
    pub rows: Vec<BreakdownRow>,
    /// Remark on rows whose interval is another than the headline's.
    pub wilson_note: Option<String>,
}

/// One row of a breakdown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakdownRow {
    /// The contract's word, or `all` for the total.
    pub key: &'static str,
    /// The value in words.
    pub label: String,
    /// Whether this is the total.
    pub is_total: bool,
    /// Takedowns: met + breached + pending + excluded.
    pub takedowns: Shown<i64>,
    /// Takedowns met.
    pub met: Shown<i64>,
    /// Takedowns breached.
    pub breached: Shown<i64>,
    /// Takedowns pending.
    pub pending: Shown<i64>,
    /// Takedowns excluded.
    pub excluded: Shown<i64>,
    /// met / (met + breached); words where there is nothing to judge.
    pub rate: Shown<Option<f64>>,
    /// The 95 % interval of the rate.
    pub interval: Option<IntervalView>,
    /// Kaplan–Meier median of net hours.
    pub median_hours: Shown<Option<f64>>,
}

impl Breakdown {
    pub(super) fn all(scene: &Scene<'_>) -> Result<Vec<Self>, ReportError> {
        let windows = || scene.input.parts().sla_rows.iter().filter(|r| r.period == Period::Window);
        let mut by_right = Vec::new();
        for &right in RightType::ALL {
            let cell = windows().find(|r| r.right_type == Some(right) && r.channel_locale.is_none());
            by_right.push((right.word(), format!("right_type.{}", right.word()), cell));
        }
        let mut by_channel = Vec::new();
        for &channel in ChannelLocale::ALL {
            let cell = windows().find(|r| r.channel_locale == Some(channel) && r.right_type.is_none());
            by_channel.push((channel.word(), format!("channel.{}", channel.word()), cell));
        }
        Ok(vec![table(scene, "right_type", by_right)?, table(scene, "channel_locale", by_channel)?])
    }
}

type Cells<'a> = Vec<(&'static str, String, Option<&'a SlaRow>)>;

fn table(scene: &Scene<'_>, key: &'static str, cells: Cells<'_>) -> Result<Breakdown, ReportError> {
    let mut rows = Vec::new();
    for (word, label_key, cell) in cells {
        if let Some(cell) = cell.filter(|c| c.takedowns > 0) {
            rows.push(row(scene, word, scene.m.text(&label_key, &[])?, cell)?);
        }
    }
    // The total says something new only where there is more than one row to add up.
    if rows.len() > 1
        && let Some(cell) = scene.input.window_cell()
    {
        let total = row(scene, "all", scene.m.text("breakdown.total", &[])?, cell)?;
        rows.push(BreakdownRow { is_total: true, ..total });
    }
    let wilson = rows.iter().any(|r| r.interval.as_ref().is_some_and(|i| i.method == IntervalMethod::Wilson));
    Ok(Breakdown {
        key,
        caption: scene.m.text(&format!("breakdown.{key}_caption"), &[])?,
        dimension: scene.m.text(&format!("breakdown.{key}"), &[])?,
        rows,
        wilson_note: if wilson { Some(scene.m.text("breakdown.wilson_note", &[])?) } else { None },
    })
}

fn row(scene: &Scene<'_>, key: &'static str, label: String, cell: &SlaRow) -> Result<BreakdownRow, ReportError> {
    let f = scene.f;
    let rate = f.share(cell.compliance_rate.filter(|_| cell.met + cell.breached > 0));
    let (rate, interval) = if rate.value.is_some() {
        (rate, IntervalView::of(cell, f))
    } else {
        (Shown { value: None, text: scene.m.text("breakdown.nothing_to_judge", &[])? }, None)
    };
    Ok(BreakdownRow {
        key,
        label,
        is_total: false,
        takedowns: f.count(cell.takedowns),
        met: f.count(cell.met),
        breached: f.count(cell.breached),
        pending: f.count(cell.pending),
        excluded: f.count(cell.excluded),
        rate,
        interval,
        median_hours: f.hours(cell.median_hours),
    })
}

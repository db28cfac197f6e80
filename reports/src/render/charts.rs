//! From views to charts: numbers and finished texts, and no reckoning.

use serde::Serialize;

use crate::chart::{
    CurveChart, CurveMark, CurveStep, IntervalChart, IntervalStyle, Layout, PartView, PartsBar, PartsChart, SvgMarkup,
    TrendChart, TrendLegend, TrendPoint, TrendScale,
};
use crate::error::ReportError;
use crate::messages::Messages;
use crate::view::comments::CommentFigures;
use crate::view::comments::trend::CommentWeekView;
use crate::view::prevalence::trend::{MonthView, PrevalenceTrend};
use crate::view::reappearance::CurveView;
use crate::view::risk::{TierLine, TierTable};
use crate::view::sla::SlaSection;
use crate::view::trend::Week;
use crate::view::{IntervalView, Shown};

/// A chart in all its layouts; markup made by the chart module, embedded unescaped.
#[derive(Serialize)]
pub(super) struct ChartSet {
    layouts: Vec<SvgMarkup>,
}

/// The ends of an interval.
pub(super) const fn ends(interval: &IntervalView) -> (f64, f64) {
    (interval.low, interval.high)
}

pub(super) fn takedowns(sla: &SlaSection, m: &Messages) -> Result<ChartSet, ReportError> {
    let trend = &sla.trend;
    let mut zoomed = Vec::new();
    for from in [50, 80, 90] {
        zoomed.push((from, m.text("trend.zoomed", &[("from", &format!("{from}%"))])?));
    }
    let overall = match &trend.overall {
        Some(Shown { text, .. }) => Some(m.text("trend.legend_overall", &[("rate", text)])?),
        None => None,
    };
    let chart = TrendChart {
        id: "sla-trend".to_owned(),
        title: trend.caption.clone(),
        description: trend.description.clone(),
        axis: m.text("trend.axis", &[])?,
        scale: TrendScale::Shares { zoomed },
        interval_style: IntervalStyle::Whiskers,
        legend: TrendLegend {
            point: m.text("trend.legend_week", &[])?,
            partial: m.text("trend.legend_partial", &[])?,
            interval: m.text("trend.legend_interval", &[])?,
            reference: overall,
        },
        reference: trend.overall.as_ref().map(|o| o.value),
        source: trend.source.clone(),
        empty: m.text("trend.empty", &[])?,
        points: trend.weeks.iter().map(trend_point).collect(),
    };
    Ok(ChartSet { layouts: Layout::ALL.iter().map(|layout| chart.render(*layout)).collect() })
}

fn trend_point(week: &Week) -> TrendPoint {
    TrendPoint {
        label: week.label.clone(),
        sublabel: week.monday_short.clone(),
        count: format!("n\u{a0}{}", week.judged.text),
        sentence: week.sentence.clone(),
        rate: week.rate.value,
        interval: week.interval.as_ref().map(ends),
        partial: week.partial,
    }
}

pub(super) fn comments(comments: &CommentFigures, m: &Messages) -> Result<ChartSet, ReportError> {
    let (trend, median) = (&comments.trend, &comments.headline.median);
    let reference = match median {
        Some(median) => {
            let values = [("n", median.brands.text.as_str()), ("median", &median.per_1000.text)];
            Some(m.plural("comment_trend.legend_median", median.brands.value, &values)?)
        }
        None => None,
    };
    let chart = TrendChart {
        id: "comment-trend".to_owned(),
        title: trend.caption.clone(),
        description: trend.description.clone(),
        axis: m.text("comment_trend.axis", &[])?,
        scale: TrendScale::FromZero { cut: m.text("comment_trend.cut", &[])? },
        interval_style: IntervalStyle::Band,
        legend: TrendLegend {
            point: m.text("trend.legend_week", &[])?,
            partial: m.text("trend.legend_partial", &[])?,
            interval: m.text("trend.legend_interval", &[])?,
            reference,
        },
        reference: median.as_ref().map(|v| v.per_1000.value),
        source: trend.source.clone(),
        empty: trend.empty.clone(),
        points: trend.weeks.iter().map(comment_point).collect(),
    };
    Ok(ChartSet { layouts: Layout::ALL.iter().map(|layout| chart.render(*layout)).collect() })
}

fn comment_point(week: &CommentWeekView) -> TrendPoint {
    TrendPoint {
        label: week.label.clone(),
        sublabel: week.monday_short.clone(),
        count: format!("n\u{a0}{}", week.comments.text),
        sentence: week.sentence.clone(),
        rate: week.per_1000.value,
        interval: week.interval.as_ref().map(|i| (i.low, i.high)),
        partial: week.partial,
    }
}

/// The chart of intervals by month; nothing where there is but the report's own month.
pub(super) fn prevalence(trend: &PrevalenceTrend, m: &Messages) -> Result<Option<ChartSet>, ReportError> {
    if trend.no_chart.is_some() {
        return Ok(None);
    }
    let chart = TrendChart {
        id: "prevalence-trend".to_owned(),
        title: trend.caption.clone(),
        description: trend.description.clone(),
        axis: m.text("prevalence_trend.axis", &[])?,
        scale: TrendScale::WholeIntervals,
        interval_style: IntervalStyle::Bars,
        legend: TrendLegend {
            point: m.text("prevalence_trend.legend_point", &[])?,
            partial: String::new(),
            interval: m.text("trend.legend_interval", &[])?,
            reference: None,
        },
        reference: None,
        source: trend.source.clone(),
        empty: m.text("prevalence_trend.none", &[])?,
        points: trend.months.iter().map(month_point).collect(),
    };
    Ok(Some(ChartSet { layouts: Layout::ALL.iter().map(|layout| chart.render(*layout)).collect() }))
}

fn month_point(month: &MonthView) -> TrendPoint {
    TrendPoint {
        label: month.label.clone(),
        sublabel: month.sublabel.clone(),
        count: month.gap.clone().unwrap_or_default(),
        sentence: month.sentence.clone(),
        rate: month.share.value.map(|share| share * 100.0),
        interval: month.low.zip(month.high).map(|(low, high)| (low * 100.0, high * 100.0)),
        partial: false,
    }
}

pub(super) fn headline(sla: &SlaSection, m: &Messages) -> Result<Option<ChartSet>, ReportError> {
    let Some(rate) = &sla.headline.rate else { return Ok(None) };
    let interval_text = sla.headline.interval.as_ref().map_or("", |i| i.text.as_str());
    let chart = IntervalChart {
        id: "sla-headline".to_owned(),
        title: m.text("trend.headline_title", &[])?,
        description: m.text("trend.headline_description", &[("rate", &rate.text), ("interval", interval_text)])?,
        rate: rate.value,
        interval: sla.headline.interval.as_ref().map(ends),
        bounds: sla.headline.bounds.as_ref().map(|b| (b.low.value, b.high.value)),
        legend_rate: m.text("trend.legend_rate", &[])?,
        legend_interval: m.text("trend.legend_interval", &[])?,
        legend_bounds: m.text("trend.legend_bounds", &[])?,
    };
    // Beside the headline there is never room for the middle layout.
    Ok(Some(ChartSet { layouts: vec![chart.render(Layout::Wide), chart.render(Layout::Narrow)] }))
}

/// The share of removed listings that came back, over the days up to the last one that the table tells of.
#[allow(clippy::cast_precision_loss)]
pub(super) fn reappearance(curve: &CurveView, m: &Messages) -> Result<ChartSet, ReportError> {
    let to_day = curve.marks.iter().map(|mark| mark.day.value).max().unwrap_or(1) as f64;
    let percent = |share: f64| share * 100.0;
    let steps = curve.points.iter().map(|p| CurveStep {
        day: p.day as f64,
        share: percent(p.share),
        interval: p.low.zip(p.high).map(|(low, high)| (percent(low), percent(high))),
    });
    let marks = curve.marks.iter().map(|mark| CurveMark {
        day: mark.day.value as f64,
        label: mark.day.text.clone(),
        share: mark.share.value.map(percent),
        text: mark.share.text.clone(),
        sentence: mark.sentence.clone(),
    });
    let chart = CurveChart {
        id: "reappearance-curve".to_owned(),
        title: curve.caption.clone(),
        description: curve.description.clone(),
        axis: m.text("reappearance_curve.axis", &[])?,
        days_axis: m.text("reappearance_curve.days_axis", &[])?,
        legend: (m.text("reappearance_curve.legend_share", &[])?, m.text("trend.legend_interval", &[])?),
        source: curve.source.clone(),
        empty: curve.empty.clone(),
        to_day,
        followed_to: curve.followed_days.value.unwrap_or(to_day),
        steps: steps.collect(),
        marks: marks.collect(),
    };
    Ok(ChartSet { layouts: Layout::ALL.iter().map(|layout| chart.render(*layout)).collect() })
}

/// Merchants and units by tier.
pub(super) fn risk(tiers: &TierTable) -> ChartSet {
    let bar = |label: &str, part: fn(&TierLine) -> (&Shown<i64>, &str)| PartsBar {
        label: label.to_owned(),
        parts: tiers.rows.iter().map(|row| part_view(part(row))).collect(),
    };
    let chart = PartsChart {
        id: "risk-tiers".to_owned(),
        title: tiers.caption.clone(),
        description: tiers.description.clone(),
        legend: tiers.rows.iter().map(|row| row.tier.text.clone()).collect(),
        source: tiers.source.clone(),
        empty: tiers.empty.clone(),
        bars: vec![
            bar(&tiers.merchants_label, |row| (&row.merchants, &row.merchants_sentence)),
            bar(&tiers.units_label, |row| (&row.units, &row.units_sentence)),
        ],
    };
    ChartSet { layouts: Layout::ALL.iter().map(|layout| chart.render(*layout)).collect() }
}

#[allow(clippy::cast_precision_loss)]
fn part_view((count, sentence): (&Shown<i64>, &str)) -> PartView {
    PartView { size: count.value as f64, text: count.text.clone(), sentence: sentence.to_owned() }
}

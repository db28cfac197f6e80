//! From a view to a file's text: JSON and HTML.

use std::sync::LazyLock;

use serde::Serialize;
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use crate::chart::{
    IntervalChart, IntervalStyle, Layout, SvgMarkup, TrendChart, TrendLegend, TrendPoint, TrendScale, interval_bar,
};
use crate::error::ReportError;
use crate::messages::Messages;
use crate::view::comments::CommentFigures;
use crate::view::comments::trend::CommentWeekView;
use crate::view::index::IndexView;
use crate::view::prevalence::trend::{MonthView, PrevalenceTrend};
use crate::view::sla::SlaSection;
use crate::view::trend::Week;
use crate::view::{IntervalView, ReportView, Shown};

/// Templates by name. Every name ends in `.html`: that is what turns escaping on.
const TEMPLATES: &[(&str, &str)] = &[
    ("brand/report.html", include_str!("../templates/brand/report.html")),
    ("brand/takedown_sla.html", include_str!("../templates/brand/takedown_sla.html")),
    ("brand/prevalence.html", include_str!("../templates/brand/prevalence.html")),
    ("brand/customer_comments.html", include_str!("../templates/brand/customer_comments.html")),
    ("brand/authorisations.html", include_str!("../templates/brand/authorisations.html")),
    ("brand/definitions.html", include_str!("../templates/brand/definitions.html")),
    ("brand/index.html", include_str!("../templates/brand/index.html")),
];

/// The one stylesheet, set inline into every page.
const STYLE: &str = include_str!("../templates/brand/style.css");

/// Nothing is loaded, run, sent or framed; the one style that counts is the stylesheet, by its hash.
static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64(&Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

/// `report.json`: the view, pretty, in the order of its fields, with a newline at the end.
///
/// # Errors
/// Fails where the view does not serialise.
pub fn report_json(view: &ReportView) -> Result<String, ReportError> {
    json(view)
}

/// The index's view as JSON, like [`report_json`].
///
/// # Errors
/// Fails where the view does not serialise.
pub fn index_json(view: &IndexView) -> Result<String, ReportError> {
    json(view)
}

fn json<T: Serialize>(view: &T) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(view).map_err(|e| ReportError::Json { detail: e.to_string() })?;
    text.push('\n');
    Ok(text)
}

/// Renders HTML. Parses the embedded templates once; share one over all brands of a run.
#[derive(Clone)]
pub struct Renderer {
    tera: Tera,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").finish_non_exhaustive()
    }
}

/// A chart in all its layouts; markup made by the chart module, embedded unescaped.
#[derive(Serialize)]
struct ChartSet {
    layouts: Vec<SvgMarkup>,
}

impl Renderer {
    /// Parses the embedded templates.
    ///
    /// # Errors
    /// Fails where a template is broken, which a test rules out.
    pub fn new() -> Result<Self, ReportError> {
        let mut tera = Tera::new();
        tera.add_raw_templates(TEMPLATES.iter().copied()).map_err(|e| broken(&e))?;
        Ok(Self { tera })
    }

    /// `report.html` of a view: one self-contained page.
    ///
    /// # Errors
    /// Fails where a template or a message is broken.
    pub fn report_html(&self, view: &ReportView) -> Result<String, ReportError> {
        let messages = Messages::of(view.locale)?;
        let mut context = page_context(messages);
        context.insert("view", view);
        context.insert("sla", &view.takedown_sla);
        context.insert("comments", &view.customer_comments.measured);
        context.insert("not_measured", &view.customer_comments.not_measured);
        if let Some(comments) = &view.customer_comments.measured {
            context.insert("comment_chart", &comment_chart(comments, messages)?);
        }
        context.insert("prevalence", &view.prevalence.measured);
        context.insert("prevalence_not_measured", &view.prevalence.not_measured);
        if let Some(prevalence) = &view.prevalence.measured {
            context.insert("prevalence_chart", &prevalence_chart(&prevalence.trend, messages)?);
        }
        context.insert("authorisations", &view.authorisations.measured);
        context.insert("authorisations_not_measured", &view.authorisations.not_measured);
        context.insert("trend_chart", &trend_chart(&view.takedown_sla, messages)?);
        context.insert("headline_chart", &headline_chart(&view.takedown_sla, messages)?);
        self.render("brand/report.html", &context)
    }

    /// `index.html` of a view: one self-contained page.
    ///
    /// # Errors
    /// Fails where a template or a message is broken.
    pub fn index_html(&self, view: &IndexView) -> Result<String, ReportError> {
        let mut context = page_context(Messages::of(view.locale)?);
        let start = view.axis_from.value;
        let bars: Vec<Option<SvgMarkup>> = view
            .brands
            .iter()
            .map(|b| b.rate.value.map(|rate| interval_bar(rate, b.interval.as_ref().map(ends), start)))
            .collect();
        context.insert("view", view);
        context.insert("bars", &bars);
        self.render("brand/index.html", &context)
    }

    fn render(&self, template: &str, context: &Context) -> Result<String, ReportError> {
        self.tera.render(template, context).map_err(|e| broken(&e))
    }
}

fn page_context(messages: &Messages) -> Context {
    let mut context = Context::new();
    context.insert("m", messages.tree());
    context.insert("style", STYLE);
    context.insert("policy", CONTENT_SECURITY_POLICY.as_str());
    context
}

fn broken(error: &tera::Error) -> ReportError {
    ReportError::Template { detail: error.to_string() }
}

const fn ends(interval: &IntervalView) -> (f64, f64) {
    (interval.low, interval.high)
}

fn trend_chart(sla: &SlaSection, m: &Messages) -> Result<ChartSet, ReportError> {
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

fn comment_chart(comments: &CommentFigures, m: &Messages) -> Result<ChartSet, ReportError> {
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
fn prevalence_chart(trend: &PrevalenceTrend, m: &Messages) -> Result<Option<ChartSet>, ReportError> {
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

fn headline_chart(sla: &SlaSection, m: &Messages) -> Result<Option<ChartSet>, ReportError> {
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

/// Standard base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let index = (word >> (18 - 6 * i)) & 63;
            out.push(if i <= chunk.len() { ALPHABET[index as usize] as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let coded: Vec<String> = texts.iter().map(|t| base64(t.as_bytes())).collect();
        assert_eq!(coded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }

    #[test]
    fn every_template_name_turns_escaping_on() {
        assert!(TEMPLATES.iter().all(|(name, _)| name.ends_with(".html")));
    }
}

//! The index over all brands, for account managers.

use std::cmp::Ordering;

use chrono_tz::Tz;
use mirrorlake_model::AsOf;
use mirrorlake_model::thresholds::DEFINITION_VERSION;
use serde::Serialize;

use super::{AsOfView, IntervalView, PeriodView, ReportView, Shown, name, period_view};
use crate::error::ReportError;
use crate::format::{Formatter, is_showable_day};
use crate::locale::Locale;
use crate::messages::Messages;

/// One brand's line of the index, taken from its finished report.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexBrand {
    brand_id: i64,
    name: String,
    other_name: Option<String>,
    locale: Locale,
    takedowns: i64,
    judged: i64,
    rate: Option<f64>,
    interval: Option<IntervalView>,
    open_past_due: i64,
}

impl IndexBrand {
    /// The line of a brand's report. Keeps a few words of it, so that reports can be dropped one by one.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn of(view: &ReportView) -> Self {
        let sla = &view.takedown_sla;
        Self {
            brand_id: view.brand.brand_id,
            name: view.brand.name.clone(),
            other_name: view.brand.other_name.clone(),
            locale: view.locale,
            takedowns: sla.counts.iter().find(|c| c.key == "takedowns").and_then(|c| c.value).unwrap_or(0.0) as i64,
            judged: sla.headline.judged.value,
            rate: sla.headline.rate.as_ref().map(|r| r.value),
            interval: sla.headline.interval.clone(),
            open_past_due: sla.open_past_due.total.value,
        }
    }
}

/// What the index is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexInput {
    /// Language of the index.
    pub locale: Locale,
    /// The business day and instant of the run.
    pub as_of: AsOf,
    /// Length of the window in days.
    pub days: u32,
    /// The limit for a takedown in net hours.
    pub sla_limit_hours: u32,
    /// Name and version of the program that writes the report.
    pub generator: String,
    /// Further facts of the run, as (name, value), printed as they are.
    pub facts: Vec<(String, String)>,
    /// The brands, in any order.
    pub brands: Vec<IndexBrand>,
}

/// Everything the index shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexView {
    /// Version of this layout.
    pub view_version: u32,
    /// Language of all text in the view.
    pub locale: Locale,
    /// Title of the document.
    pub title: String,
    /// One sentence over all brands.
    pub sentence: String,
    /// The moment at which everything stands; its instant is shown in the lake's zone.
    pub as_of: AsOfView,
    /// The days covered.
    pub period: PeriodView,
    /// Where the axis of the interval column begins, as a share and in words.
    pub axis_from: Shown<f64>,
    /// What the interval column shows.
    pub axis_note: String,
    /// Facts of the run.
    pub facts: Vec<Fact>,
    /// The brands: those with most takedowns past due first, then the lowest rate, then by id.
    pub brands: Vec<IndexLine>,
}

/// One fact of the run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact {
    /// Its name.
    pub label: String,
    /// Its value.
    pub text: String,
}

/// One brand of the index.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexLine {
    /// The brand.
    pub brand_id: i64,
    /// Its name as in its report.
    pub name: String,
    /// Its name in the other language.
    pub other_name: Option<String>,
    /// Language of its report.
    pub report_locale: Shown<Locale>,
    /// Its report, relative to the index.
    pub href: String,
    /// Takedowns in the period.
    pub takedowns: Shown<i64>,
    /// Takedowns met or breached.
    pub judged: Shown<i64>,
    /// The headline rate.
    pub rate: Shown<Option<f64>>,
    /// Its 95 % interval.
    pub interval: Option<IntervalView>,
    /// Takedowns past due and still open, whatever their date.
    pub open_past_due: Shown<i64>,
    /// Whether there are any of those.
    pub needs_attention: bool,
}

impl IndexView {
    /// Builds the view of the index.
    ///
    /// # Errors
    /// Fails on an as-of day no calendar can show and on missing messages.
    pub fn build(input: &IndexInput) -> Result<Self, ReportError> {
        if !is_showable_day(input.as_of.day) {
            return Err(ReportError::AsOfDay { day: input.as_of.day });
        }
        let m = Messages::of(input.locale)?;
        let zone: Tz = input.as_of.time_zone;
        let f = Formatter { locale: input.locale, zone };
        let mut brands: Vec<&IndexBrand> = input.brands.iter().collect();
        brands.sort_by(|a, b| attention_first(a, b));
        let lows = brands.iter().filter_map(|b| b.interval.as_ref()).map(|i| i.low);
        let axis_from = crate::chart::axis_start(lows);
        let lines = brands.iter().map(|brand| line(f, m, brand)).collect::<Result<Vec<_>, _>>()?;
        let day = f.date(input.as_of.day);
        let axis_from = Shown { value: axis_from, text: format!("{:.0}%", axis_from * 100.0) };
        let version = DEFINITION_VERSION.to_string();
        let limit = f.count(i64::from(input.sla_limit_hours)).text;
        let mut facts = vec![
            Fact {
                label: m.text("index.fact_limit", &[])?,
                text: m.text("index.fact_limit_text", &[("limit", &limit)])?,
            },
            Fact { label: m.text("index.fact_generator", &[])?, text: name(&input.generator) },
            Fact { label: m.text("index.fact_definitions", &[])?, text: version },
            Fact { label: m.text("index.fact_zone", &[])?, text: f.zone_text(input.as_of.instant()) },
        ];
        facts.extend(input.facts.iter().map(|(label, text)| Fact { label: name(label), text: name(text) }));
        Ok(Self {
            view_version: super::VIEW_VERSION,
            locale: input.locale,
            title: m.text("index.title", &[("day", &day.text)])?,
            sentence: sentence(f, m, input)?,
            as_of: AsOfView { day, instant: f.instant(input.as_of.micros())?, lake_time_zone: zone.name().to_owned() },
            period: period_view(f, m, input.as_of, input.days)?,
            axis_note: m.text("index.axis_note", &[("from", &axis_from.text)])?,
            axis_from,
            facts,
            brands: lines,
        })
    }
}

fn attention_first(a: &IndexBrand, b: &IndexBrand) -> Ordering {
    // Brands without a rate come after those with one.
    let rate = |x: &IndexBrand| x.rate.unwrap_or(f64::INFINITY);
    b.open_past_due
        .cmp(&a.open_past_due)
        .then_with(|| rate(a).total_cmp(&rate(b)))
        .then_with(|| a.brand_id.cmp(&b.brand_id))
}

fn sentence(f: Formatter, m: &Messages, input: &IndexInput) -> Result<String, ReportError> {
    let sum = |pick: fn(&IndexBrand) -> i64| input.brands.iter().map(pick).fold(0_i64, i64::saturating_add);
    let n = i64::try_from(input.brands.len()).unwrap_or(i64::MAX);
    if n == 0 {
        return m.text("index.empty", &[]);
    }
    let (takedowns, open) = (f.count(sum(|b| b.takedowns)), f.count(sum(|b| b.open_past_due)));
    let values = [("n", f.count(n).text), ("takedowns", takedowns.text), ("open", open.text)];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    m.plural("index.sentence", n, &values)
}

fn line(f: Formatter, m: &Messages, brand: &IndexBrand) -> Result<IndexLine, ReportError> {
    let rate = f.share(brand.rate);
    let rate = match rate.value {
        Some(_) => rate,
        None => Shown { value: None, text: m.text("breakdown.nothing_to_judge", &[])? },
    };
    Ok(IndexLine {
        brand_id: brand.brand_id,
        name: brand.name.clone(),
        other_name: brand.other_name.clone(),
        report_locale: Shown { value: brand.locale, text: brand.locale.own_name().to_owned() },
        href: format!("brand={}/report.html", brand.brand_id),
        takedowns: f.count(brand.takedowns),
        judged: f.count(brand.judged),
        rate,
        interval: brand.interval.clone(),
        open_past_due: f.count(brand.open_past_due),
        needs_attention: brand.open_past_due > 0,
    })
}

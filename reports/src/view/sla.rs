//! The section "Takedown SLA": headline, figures, breakdowns, trend, lists, violations, definitions.

use mirrorlake_model::takedown::{SlaRow, Violation};
use serde::Serialize;

use super::breakdown::Breakdown;
use super::lists::{OpenList, SlowestList};
use super::trend::Trend;
use super::{IntervalMethod, IntervalView, Scene, Shown, definitions, figures};
use crate::error::ReportError;

/// What there is to say at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaState {
    /// At least one takedown was met or breached: there is a rate.
    Judged,
    /// There are takedowns, but none was met or breached yet.
    NothingToJudge,
    /// There is no takedown in the period.
    NoTakedowns,
}

/// The section "Takedown SLA".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlaSection {
    /// What there is to say at all.
    pub state: SlaState,
    /// The limit in net hours.
    pub limit_hours: u32,
    /// The one thing to know.
    pub headline: Headline,
    /// How many takedowns there are and what became of them.
    pub counts: Vec<Figure>,
    /// How long they took.
    pub times: Vec<Figure>,
    /// The same figures by right type and by channel.
    pub breakdowns: Vec<Breakdown>,
    /// Compliance per ISO week.
    pub trend: Trend,
    /// The slowest completed takedowns of the period.
    pub slowest: SlowestList,
    /// Takedowns past due and still open, whatever their date.
    pub open_past_due: OpenList,
    /// Breaches of the programme's rules in the period.
    pub violations: ViolationsView,
    /// What the words mean.
    pub definitions: Vec<Definition>,
}

/// The one thing to know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headline {
    /// met / (met + breached); no value where nothing can be judged.
    pub rate: Option<Shown<f64>>,
    /// Takedowns met: the numerator.
    pub met: Shown<i64>,
    /// Takedowns met or breached: the denominator.
    pub judged: Shown<i64>,
    /// The 95 % interval of the rate.
    pub interval: Option<IntervalView>,
    /// The rate if every pending takedown were breached, and if every one were met.
    pub bounds: Option<BoundsView>,
    /// What stands in the rate's place where there is none.
    pub words: String,
    /// The headline in one plain sentence.
    pub sentence: String,
    /// Which interval it is, in words.
    pub interval_note: Option<String>,
    /// What the pending takedowns can still change, in words.
    pub pending_note: Option<String>,
}

/// The range that pending takedowns leave open.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BoundsView {
    /// The rate if every pending takedown were breached.
    pub low: Shown<f64>,
    /// The rate if every pending takedown were met.
    pub high: Shown<f64>,
}

/// One key figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Stable name of the figure.
    pub key: &'static str,
    /// Its name in words.
    pub label: String,
    /// Its value; hours, shares and counts alike.
    pub value: Option<f64>,
    /// Its value as printed.
    pub text: String,
    /// Denominator or remark.
    pub note: Option<String>,
    /// Whether there is nothing to draw the eye to: the figure is zero or missing.
    pub quiet: bool,
    /// Parts of the figure by reason, where it has such.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<FigurePart>,
}

/// One part of a figure: "rejected 5".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FigurePart {
    /// Stable name of the part.
    pub key: String,
    /// Its name in words.
    pub label: String,
    /// How many.
    pub count: Shown<i64>,
}

/// Breaches of the programme's rules.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ViolationsView {
    /// Takedowns with at least one violation.
    pub takedowns: Shown<i64>,
    /// What the counts are out of, in words.
    pub note: String,
    /// Count per kind; kinds without any are left out.
    pub kinds: Vec<FigurePart>,
}

/// What a word means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Definition {
    /// The word.
    pub term: String,
    /// Its meaning.
    pub text: String,
}

impl SlaSection {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        let cell = scene.input.window_cell();
        let state = match cell {
            Some(cell) if cell.met + cell.breached > 0 => SlaState::Judged,
            Some(cell) if cell.takedowns > 0 => SlaState::NothingToJudge,
            _ => SlaState::NoTakedowns,
        };
        Ok(Self {
            state,
            limit_hours: scene.input.parts().sla_limit_hours,
            headline: headline(scene, cell, state)?,
            counts: figures::counts(scene, cell)?,
            times: figures::times(scene, cell)?,
            breakdowns: Breakdown::all(scene)?,
            trend: Trend::build(scene)?,
            slowest: SlowestList::build(scene)?,
            open_past_due: OpenList::build(scene)?,
            violations: violations(scene)?,
            definitions: definitions::of_takedowns(scene)?,
        })
    }
}

fn headline(scene: &Scene<'_>, cell: Option<&SlaRow>, state: SlaState) -> Result<Headline, ReportError> {
    let (m, f, limit) = (scene.m, scene.f, scene.limit());
    let (met, judged) = cell.map_or((0, 0), |c| (c.met, c.met + c.breached));
    let (met, judged) = (f.count(met), f.count(judged));
    let rate = cell.and_then(|c| c.compliance_rate).filter(|r| state == SlaState::Judged && r.is_finite());
    let rate = rate.map(|value| Shown { value, text: f.share(Some(value)).text });
    let interval = cell.filter(|_| rate.is_some()).and_then(|c| IntervalView::of(c, f));
    let sentence = match (&rate, state) {
        (Some(rate), _) => {
            let mut values = vec![("met", met.text.as_str()), ("judged", &judged.text), ("limit", &limit)];
            values.push(("rate", &rate.text));
            let range = interval.as_ref().map_or("", |i| i.text.as_str());
            values.push(("interval", range));
            let key = if interval.is_some() { "headline.judged" } else { "headline.judged_without_interval" };
            m.plural(key, judged.value, &values)?
        }
        (None, SlaState::NoTakedowns) => m.text("headline.no_takedowns", &[])?,
        (None, _) => {
            let n = cell.map_or(0, |c| c.takedowns);
            m.plural("headline.nothing_to_judge", n, &[("n", &f.count(n).text)])?
        }
    };
    let interval_note = match interval.as_ref().map(|i| i.method) {
        Some(IntervalMethod::Clustered) => Some(m.text("headline.clustered", &[])?),
        Some(IntervalMethod::Wilson) => Some(m.text("headline.wilson", &[])?),
        // The others are of no rate of takedowns.
        Some(IntervalMethod::Poisson | IntervalMethod::LogLog) | None => None,
    };
    let shown = |value: f64| Shown { value, text: f.share(Some(value)).text };
    let pending = cell.map_or(0, |c| c.pending);
    let bounds = cell
        .filter(|c| c.pending > 0)
        .and_then(|c| c.bound_low.zip(c.bound_high))
        .map(|(low, high)| BoundsView { low: shown(low), high: shown(high) });
    let n = f.count(pending).text;
    let pending_note = match (&bounds, &rate) {
        (Some(b), Some(_)) => {
            let values = [("n", n.as_str()), ("low", &b.low.text), ("high", &b.high.text), ("limit", &limit)];
            Some(m.plural("headline.pending", pending, &values)?)
        }
        _ if pending > 0 => Some(m.plural("headline.only_pending", pending, &[("n", &n), ("limit", &limit)])?),
        _ => None,
    };
    // Without a rate the bounds are 0 % and 100 % whatever the data: they would say nothing, so they are not shown.
    let bounds = bounds.filter(|_| rate.is_some());
    let words = match state {
        SlaState::NoTakedowns => m.text("headline.no_takedowns_short", &[])?,
        SlaState::Judged | SlaState::NothingToJudge => m.text("headline.no_rate", &[])?,
    };
    Ok(Headline { rate, words, met, judged, interval, bounds, sentence, interval_note, pending_note })
}

fn violations(scene: &Scene<'_>) -> Result<ViolationsView, ReportError> {
    let f = scene.f;
    let total = scene.input.window_outcomes().count();
    let affected = scene.input.window_outcomes().filter(|r| !r.violations.is_empty()).count();
    let shown = |n: usize| f.count(i64::try_from(n).unwrap_or(i64::MAX));
    let mut kinds = Vec::new();
    for kind in Violation::ALL {
        let n = scene.input.window_outcomes().filter(|r| r.violations.contains(kind)).count();
        if n > 0 {
            let label = scene.m.text(&format!("violation.{}", kind.word()), &[])?;
            kinds.push(FigurePart { key: kind.word().to_owned(), label, count: shown(n) });
        }
    }
    let (takedowns, total) = (shown(affected), shown(total));
    let values = [("n", takedowns.text.as_str()), ("total", &total.text)];
    let note = match (total.value, takedowns.value) {
        (0, _) => scene.m.text("violations.no_takedowns", &[])?,
        (_, 0) => scene.m.plural("violations.none", total.value, &[("total", &total.text)])?,
        _ => scene.m.plural("violations.some", total.value, &values)?,
    };
    Ok(ViolationsView { takedowns, note, kinds })
}

//! What was bought and found, how far purchases have got, and how many come next.

use chrono::NaiveDate;
use serde::Serialize;

use super::{PrevalenceState, row};
use crate::error::ReportError;
use crate::input::{PrevalenceInput, PrevalenceRow, PurchaseProgress, Weighting};
use crate::view::sla::Figure;
use crate::view::{IntervalMethod, IntervalView, Scene, Shown, figures};

/// What was bought and found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bought {
    /// What random purchases are, and what their counts say.
    pub random_note: String,
    /// Random purchases, on which the estimates rest.
    pub random: Vec<Figure>,
    /// Purchases made on suspicion or request.
    pub targeted: TargetedView,
    /// How far purchases have got.
    pub steps: StepTable,
}

/// Purchases made on suspicion or at the brand's request. Their hit rate is no share of what is sold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetedView {
    /// Authenticated.
    pub authenticated: Shown<i64>,
    /// With a verdict of genuine or counterfeit: the denominator.
    pub conclusive: Shown<i64>,
    /// Found counterfeit: the numerator.
    pub counterfeit: Shown<i64>,
    /// counterfeit / conclusive; no value without any.
    pub hit_rate: Shown<Option<f64>>,
    /// Its 95 % interval; no value without a rate.
    pub interval: Option<IntervalView>,
    /// All of it in words.
    pub sentence: String,
    /// What it is not.
    pub warning: Option<String>,
}

/// How far purchases have got.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepTable {
    /// What is counted, and what medians are.
    pub note: String,
    /// Said in place of the table where nothing was ever ordered.
    pub empty: Option<String>,
    /// The steps in their order, verdicts and actions below theirs.
    pub rows: Vec<StepLine>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepLine {
    /// Stable name of the step.
    pub key: &'static str,
    /// Its name in words.
    pub label: String,
    /// Whether it is a part of the step above.
    pub is_part: bool,
    /// Purchases ordered in the period that have got there.
    pub in_window: Shown<i64>,
    /// Their median days since the step before.
    pub in_window_days: Shown<Option<f64>>,
    /// Purchases ever ordered that have got there.
    pub of_all_time: Shown<i64>,
    /// Their median days since the step before.
    pub of_all_time_days: Shown<Option<f64>>,
}

/// How many purchases are planned next: counts, and nothing that could warn a merchant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanView {
    /// The as-of day of the plan; no value where there is none.
    pub as_of: Option<Shown<NaiveDate>>,
    /// Purchases drawn at random.
    pub random: Option<Shown<i64>>,
    /// Purchases chosen for their risk.
    pub targeted: Option<Shown<i64>>,
    /// Both together.
    pub all: Option<Shown<i64>>,
    /// All of it in words.
    pub sentence: String,
    /// Why no more is told.
    pub note: Option<String>,
}

impl Bought {
    pub(super) fn build(
        scene: &Scene<'_>,
        input: &PrevalenceInput,
        state: PrevalenceState,
    ) -> Result<Self, ReportError> {
        let none = PrevalenceRow::default();
        // Counts of purchases are the same in every row.
        let row = row(input, Weighting::Units).unwrap_or(&none);
        let note = match state {
            PrevalenceState::Withheld => "bought.random_note_withheld",
            PrevalenceState::Units | PrevalenceState::ListingsOnly => "bought.random_note",
        };
        Ok(Self {
            random_note: scene.m.text(note, &[])?,
            random: random(scene, row)?,
            targeted: targeted(scene, row)?,
            steps: steps(scene, input)?,
        })
    }
}

fn random(scene: &Scene<'_>, row: &PrevalenceRow) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for (key, n) in [
        ("samples_ordered", row.sampled.saturating_add(row.outstanding)),
        ("samples_authenticated", row.sampled),
        ("samples_counterfeit", row.counterfeit),
        ("samples_genuine", row.conclusive - row.counterfeit),
        ("samples_inconclusive", row.inconclusive),
    ] {
        let note = scene.m.text(&format!("figure.{key}_note"), &[])?;
        figures.push(figures::count(scene, key, n, Some(note))?);
    }
    Ok(figures)
}

#[allow(clippy::cast_precision_loss)]
fn targeted(scene: &Scene<'_>, row: &PrevalenceRow) -> Result<TargetedView, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let (authenticated, conclusive) = (f.count(row.targeted_sampled), f.count(row.targeted_conclusive));
    let counterfeit = f.count(row.targeted_counterfeit);
    let hits = (conclusive.value > 0).then(|| counterfeit.value as f64 / conclusive.value as f64);
    let hit_rate = f.share(hits);
    let ends = row.targeted_low.zip(row.targeted_high).filter(|_| hits.is_some());
    let interval = ends.map(|(low, high)| IntervalView {
        method: IntervalMethod::Wilson,
        low,
        high,
        text: f.share_range(low, high),
    });
    let values = [
        ("authenticated", authenticated.text.as_str()),
        ("conclusive", &conclusive.text),
        ("counterfeit", &counterfeit.text),
        ("rate", &hit_rate.text),
        ("interval", interval.as_ref().map_or(crate::format::NO_VALUE, |i| i.text.as_str())),
    ];
    let (sentence, warning) = match (authenticated.value, conclusive.value) {
        (0, _) => (m.text("targeted.none", &values)?, None),
        (n, 0) => (m.plural("targeted.inconclusive_only", n, &values)?, None),
        (_, n) => (m.plural("targeted.some", n, &values)?, Some(m.text("targeted.warning", &[])?)),
    };
    Ok(TargetedView { authenticated, conclusive, counterfeit, hit_rate, interval, sentence, warning })
}

/// One step: its name, whether it is a part of the one above, its count, and its median days if it is timed.
struct Step {
    key: &'static str,
    is_part: bool,
    count: fn(&PurchaseProgress) -> i64,
    days: Option<fn(&PurchaseProgress) -> Option<f64>>,
}

const STEPS: [Step; 10] = [
    Step { key: "ordered", is_part: false, count: |p| p.ordered, days: None },
    Step { key: "notarised", is_part: false, count: |p| p.notarised, days: Some(|p| p.notarised_days) },
    Step { key: "delivered", is_part: false, count: |p| p.delivered, days: Some(|p| p.delivered_days) },
    Step { key: "authenticated", is_part: false, count: |p| p.authenticated, days: Some(|p| p.authenticated_days) },
    Step { key: "genuine", is_part: true, count: |p| p.genuine, days: None },
    Step { key: "counterfeit", is_part: true, count: |p| p.counterfeit, days: None },
    Step { key: "inconclusive", is_part: true, count: |p| p.inconclusive, days: None },
    Step {
        key: "acted",
        is_part: false,
        count: |p| p.acted_offline.saturating_add(p.acted_online),
        days: Some(|p| p.acted_days),
    },
    Step { key: "acted_offline", is_part: true, count: |p| p.acted_offline, days: None },
    Step { key: "acted_online", is_part: true, count: |p| p.acted_online, days: None },
];

fn steps(scene: &Scene<'_>, input: &PrevalenceInput) -> Result<StepTable, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let (window, all) = (&input.progress_in_window, &input.progress_of_all_time);
    if all.ordered == 0 {
        let empty = Some(m.text("step.empty", &[])?);
        return Ok(StepTable { note: String::new(), empty, rows: Vec::new() });
    }
    let mut rows = Vec::new();
    // Where nothing is timed the cell stays blank: a dash says that there is too little to time.
    let days = |step: &Step, progress| {
        step.days.map_or_else(|| Shown { value: None, text: String::new() }, |days| f.days(days(progress)))
    };
    for step in &STEPS {
        rows.push(StepLine {
            key: step.key,
            label: m.text(&format!("step.{}", step.key), &[])?,
            is_part: step.is_part,
            in_window: f.count((step.count)(window)),
            in_window_days: days(step, window),
            of_all_time: f.count((step.count)(all)),
            of_all_time_days: days(step, all),
        });
    }
    Ok(StepTable { note: m.text("step.note", &[])?, empty: None, rows })
}

impl PlanView {
    pub(super) fn build(scene: &Scene<'_>, input: &PrevalenceInput) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let Some(plan) = input.plan.as_ref() else {
            let sentence = m.text("plan.none", &[])?;
            return Ok(Self { as_of: None, random: None, targeted: None, all: None, sentence, note: None });
        };
        let (random, targeted) = (f.count(plan.random), f.count(plan.targeted));
        let (all, as_of) = (f.count(plan.random.saturating_add(plan.targeted)), f.date(plan.as_of));
        let values =
            [("n", all.text.as_str()), ("random", &random.text), ("targeted", &targeted.text), ("day", &as_of.text)];
        let (sentence, note) = match all.value {
            0 => (m.text("plan.nothing", &values)?, None),
            n => (m.plural("plan.some", n, &values)?, Some(m.text("plan.note", &[])?)),
        };
        Ok(Self { as_of: Some(as_of), random: Some(random), targeted: Some(targeted), all: Some(all), sentence, note })
    }
}

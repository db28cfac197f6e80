//! `mirrorlake train risk`: the weights of the merchant ranking, from what was found out after it was made.

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_lake::marts::{mart_days, read_mart};
use mirrorlake_metrics::merchant_risk::{
    Features, Figure, Judged, Labelled, Model, SIGNALS, Training, average_precision, brier, recentred, score, train,
};
use mirrorlake_model::ExitStatus;
use mirrorlake_model::risk::{Code, LabelSource};
use mirrorlake_model::thresholds::HELD_BACK_DAYS;
use serde_json::{Map, Value, json};

use crate::args::{Common, Format, TrainRisk};
use crate::catalogue::{Cells, required};
use crate::failure::Failure;
use crate::output;

/// Share of the newest labels that is learnt from, the earlier ones, where there are no older days.
const EARLIER_SHARE: f64 = 0.6;

/// A label with what was known before.
#[derive(Clone, Copy, Debug)]
struct Label {
    source: LabelSource,
    labelled_at: Option<i64>,
    counterfeit: bool,
    weight: f64,
    features: Features,
}

/// Labels of one run of merchant-risk.
struct LabelDay {
    labels: Vec<Label>,
}

/// Labels to learn from, and later ones to measure on.
struct Split {
    earlier: Vec<Label>,
    later: Vec<Label>,
}

/// Refits the weights.
pub fn run(common: &Common, args: &TrainRisk) -> Result<ExitStatus, Failure> {
    super::super::supported(common.format, "train")?;
    let (marts, newest) = super::super::marts_of(common, &args.marts, "risk_labels")?;
    let from = args.from.unwrap_or(newest);
    if from > newest {
        return Err(Failure::usage(format!("--from {from} is after {newest}, the day of the newest labels")));
    }
    let found = mart_days(&marts, "risk_labels")?;
    let mut days = Vec::new();
    for day in apart(&found, from, newest) {
        let partition = read_mart(&marts, &format!("risk_labels/dt={day}"))?;
        days.push(LabelDay { labels: labels(&partition.batches)? });
    }
    let reviewed = Model::reviewed().map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?;
    let split = Split::of(&days);
    let refuse = |problem: String| {
        let message = format!(
            "cannot learn from the labels of {from} to {newest}: {problem}; take more days by --from, or labels of a longer time"
        );
        Failure::new(ExitStatus::InputRefused, message)
    };
    let labels = balanced(&split.earlier);
    // Training takes the weights to add up to the number of labels; here they add up to fewer, and the ridge holds as strongly.
    let say: f64 = labels.iter().map(|l| l.weight).sum();
    let training = Training { l2: args.l2 * labels.len() as f64 / say.max(1.0), ..Training::default() };
    let fitted = train(&labels, &reviewed, &training).map_err(|e| refuse(e.to_string()))?;
    if !fitted.converged {
        tracing::warn!(residual = fitted.residual, "the weights have not settled after {} steps", fitted.iterations);
    }
    let mut model = fitted.rounded();
    // Takedowns say who, not how much: the base is that of the units that random purchases stand for.
    let verdicts: Vec<Labelled> = of_source(&split.earlier, LabelSource::PilotRandom).map(labelled).collect();
    match recentred(&model, &verdicts) {
        Some(base) => model.base.value = (base * 1000.0).round() / 1000.0,
        None => tracing::warn!("no random purchase among the earlier labels: the base stays as it is"),
    }
    model.version = format!("fitted-{newest}");
    model.origin = format!(
        "Fitted by train risk to {} labels of {} to {newest}, {} of them counterfeit, with a ridge of {} towards the reviewed \
         weights.",
        fitted.n,
        days.len().checked_sub(1).map_or(newest, |_| from),
        fitted.counterfeit,
        args.l2
    );
    if let Some(out) = &args.out {
        output::write_whole(out, model.to_text().as_bytes())?;
    }
    print(common, &split, &reviewed, &model, args)?;
    Ok(ExitStatus::Ok)
}

/// Days whose labels do not overlap, oldest first, counted back from the newest.
fn apart(found: &[NaiveDate], from: NaiveDate, newest: NaiveDate) -> Vec<NaiveDate> {
    let mut days: Vec<NaiveDate> = Vec::new();
    for day in found.iter().rev().filter(|day| (from..=newest).contains(day)) {
        if days.last().is_none_or(|next| (*next - *day).num_days() >= i64::from(HELD_BACK_DAYS)) {
            days.push(*day);
        }
    }
    days.reverse();
    days
}

fn labels(batches: &[RecordBatch]) -> Result<Vec<Label>, Failure> {
    let mut labels = Vec::new();
    for batch in batches {
        let cells = Cells(batch);
        let sources = cells.words("source", LabelSource::from_word)?;
        let (at, counterfeit) = (cells.instants("labelled_at")?, cells.flags("counterfeit")?);
        let weights = cells.floats("weight")?;
        let mut features = vec![[0.0; SIGNALS]; batch.num_rows()];
        for code in Code::ALL {
            let name = format!("x_{}", code.word());
            for (row, value) in features.iter_mut().zip(cells.floats(&name)?) {
                row[code.place()] = required(&name, value)?;
            }
        }
        for (row, features) in features.into_iter().enumerate() {
            labels.push(Label {
                source: sources[row],
                labelled_at: at[row],
                counterfeit: required("counterfeit", counterfeit[row])?,
                weight: required("weight", weights[row])?,
                features,
            });
        }
    }
    Ok(labels)
}

impl Split {
    /// Learns from all days but the newest and measures on that; a single day is parted by the time of its labels. A merchant
    /// whose takedown is still to come is none that was found when learning, and one that was found is not found again.
    fn of(days: &[LabelDay]) -> Self {
        let Some((newest, older)) = days.split_last() else { return Self { earlier: Vec::new(), later: Vec::new() } };
        if !older.is_empty() {
            let earlier = older.iter().flat_map(|day| day.labels.iter().copied()).collect();
            return Self { earlier, later: newest.labels.clone() };
        }
        // Parted by labels and not by days: verdicts take weeks, so the last days have few.
        let mut times: Vec<i64> = newest.labels.iter().filter_map(|l| l.labelled_at).collect();
        times.sort_unstable();
        let parting = times.get((times.len() as f64 * EARLIER_SHARE) as usize).copied().unwrap_or(i64::MAX);
        let mut split = Self { earlier: Vec::new(), later: Vec::new() };
        for label in &newest.labels {
            let early = label.labelled_at.is_some_and(|at| at < parting);
            match label.source {
                LabelSource::PilotRandom if early => split.earlier.push(*label),
                LabelSource::PilotRandom => split.later.push(*label),
                LabelSource::UpheldTakedown => {
                    split.earlier.push(Label { counterfeit: early, ..*label });
                    if !early {
                        split.later.push(*label);
                    }
                }
            }
        }
        split
    }
}

fn of_source(labels: &[Label], source: LabelSource) -> impl Iterator<Item = &Label> {
    labels.iter().filter(move |l| l.source == source)
}

fn labelled(label: &Label) -> Labelled {
    Labelled { features: label.features, counterfeit: label.counterfeit, weight: label.weight }
}

/// Verdicts and takedowns with the same say: each source's weights add up to the number of the scarcer one's labels.
fn balanced(labels: &[Label]) -> Vec<Labelled> {
    let sources = LabelSource::ALL.iter().map(|source| of_source(labels, *source).count());
    let say = sources.filter(|n| *n > 0).min().unwrap_or_default() as f64;
    let mut rows = Vec::with_capacity(labels.len());
    for source in LabelSource::ALL {
        let total: f64 = of_source(labels, *source).map(|l| l.weight).sum();
        let scaled = |l: &Label| Labelled { weight: l.weight * say / total, ..labelled(l) };
        rows.extend(of_source(labels, *source).map(scaled));
    }
    rows
}

/// What a model makes of the later labels.
fn measured(model: &Model, later: &[Label]) -> [(&'static str, Figure); 3] {
    let judged = |source| -> Vec<Judged> {
        let of =
            |l: &Label| Judged { score: score(model, &l.features).score, positive: l.counterfeit, weight: l.weight };
        of_source(later, source).map(of).collect()
    };
    let (takedowns, verdicts) = (judged(LabelSource::UpheldTakedown), judged(LabelSource::PilotRandom));
    [
        ("average_precision", average_precision(&takedowns)),
        ("pilot_average_precision", average_precision(&verdicts)),
        ("brier", brier(&verdicts)),
    ]
}

fn print(common: &Common, split: &Split, reviewed: &Model, fitted: &Model, args: &TrainRisk) -> Result<(), Failure> {
    let figures = measured(reviewed, &split.later).into_iter().zip(measured(fitted, &split.later));
    if common.format == Format::Json {
        let of = |model: &Model| -> Map<String, Value> {
            Code::ALL.iter().map(|code| (code.word().to_owned(), json!(model.weight(*code)))).collect()
        };
        let measures: Map<String, Value> = figures
            .map(|((name, before), (_, after))| {
                (name.to_owned(), json!({"reviewed": before.value, "fitted": after.value, "n": after.n}))
            })
            .collect();
        let line = json!({
            "version": fitted.version, "base": {"reviewed": reviewed.base.value, "fitted": fitted.base.value},
            "weights": {"reviewed": of(reviewed), "fitted": of(fitted)}, "later_labels": measures,
            "labels": {"earlier": split.earlier.len(), "later": split.later.len()},
        });
        return output::say(&format!("{line}\n"));
    }
    let line =
        |name: &str, before: f64, after: f64| vec![name.to_owned(), format!("{before:.3}"), format!("{after:.3}")];
    let mut lines = vec![line("base", reviewed.base.value, fitted.base.value)];
    lines.extend(Code::ALL.iter().map(|code| line(code.word(), reviewed.weight(*code), fitted.weight(*code))));
    output::listing(&["weight", "reviewed", "fitted"], &lines, common.format)?;
    if common.format == Format::Csv {
        return Ok(());
    }
    output::say(&format!(
        "\nOn {} later labels ({} earlier ones were learnt from):\n\n",
        split.later.len(),
        split.earlier.len()
    ))?;
    let told = |figure: Figure| figure.value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
    let lines: Vec<Vec<String>> = figures
        .map(|((name, before), (_, after))| vec![name.to_owned(), told(before), told(after), after.n.to_string()])
        .collect();
    output::listing(&["measure", "reviewed", "fitted", "labels"], &lines, common.format)?;
    match &args.out {
        Some(out) => output::say(&format!(
            "\nThe weights are in {}: review them, and name the file as merchant_risk.weights in the configuration.\n",
            out.display()
        )),
        None => output::say("\nNothing was written: --out FILE keeps the weights.\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = mirrorlake_model::thresholds::MICROS_PER_DAY;

    fn label(source: LabelSource, day: Option<i64>, counterfeit: bool) -> Label {
        Label { source, labelled_at: day.map(|d| d * DAY), counterfeit, weight: 2.0, features: [0.0; SIGNALS] }
    }

    #[test]
    fn what_is_learnt_from_is_earlier_than_what_is_measured_on() {
        let (pilot, takedown) = (LabelSource::PilotRandom, LabelSource::UpheldTakedown);
        let labels = vec![
            label(pilot, Some(0), true),
            label(pilot, Some(9), false),
            label(takedown, Some(1), true),
            label(takedown, Some(8), true),
            label(takedown, None, false),
        ];
        let split = Split::of(&[LabelDay { labels }]);
        let told = |labels: &[Label]| -> Vec<(LabelSource, Option<i64>, bool)> {
            labels.iter().map(|l| (l.source, l.labelled_at.map(|at| at / DAY), l.counterfeit)).collect()
        };
        // Parted at day 8, the third of four: the takedown of day 8 is still to come when learning, and that of day 1 is not found again.
        let earlier =
            [(pilot, Some(0), true), (takedown, Some(1), true), (takedown, Some(8), false), (takedown, None, false)];
        assert_eq!(told(&split.earlier), earlier);
        assert_eq!(told(&split.later), [(pilot, Some(9), false), (takedown, Some(8), true), (takedown, None, false)]);
        let balanced = balanced(&split.earlier);
        let total: f64 = balanced.iter().map(|l| l.weight).sum();
        assert!((total - 2.0).abs() < 1e-12, "one verdict and three takedowns have one say each: {total}");
    }

    #[test]
    fn days_are_far_enough_apart() {
        let day = |n: u64| NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day") + chrono::Days::new(n);
        let found: Vec<NaiveDate> = [0, 5, 30, 40, 58, 60].map(day).to_vec();
        assert_eq!(apart(&found, day(0), day(60)), [day(0), day(30), day(60)]);
        assert_eq!(apart(&found, day(5), day(58)), [day(30), day(58)]);
    }
}

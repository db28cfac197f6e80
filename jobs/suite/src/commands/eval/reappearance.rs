//! `mirrorlake eval reappearance`: the mart `reappearances` against the truth that a sample lake was made with.
//!
//! The truth holds every pair that was planted, those that are out of reach on purpose too, and what the definitions reach
//! within one merchant without anybody having planted it. It leaves out what official pictures alone make alike between
//! merchants: they should accuse nobody. Where an official picture is shown by so few merchants that the definitions do not
//! take it for a common one, such a pair is claimed all the same. It counts against precision, and is told apart from other
//! mistakes, by the official pictures that the truth lists and the pictures that the search found.

mod official;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mirrorlake_lake::marts::read_mart;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::reappearance::{ReappearanceRow, Tier};
use mirrorlake_model::thresholds::IMAGE_REACH;
use serde_json::{Map, Value, json};

use super::truth::table;
use crate::args::{Common, EvalReappearance, Format};
use crate::catalogue::{Cells, required};
use crate::failure::Failure;
use crate::output;
use crate::reappearance::reappearance_rows;

/// A pair that the truth does not speak of.
const UNKNOWN: &str = "not in the truth";

/// Such a pair, where the two listings show one official picture.
const OFFICIAL: &str = "official picture";

/// What the truth says of a pair.
struct Truth {
    tier: Option<Tier>,
    within_reach: bool,
    hamming: Option<i64>,
    reason: String,
}

/// A pair on which mart and truth differ.
struct Mistake {
    pair: (i64, i64),
    what: &'static str,
    truth: Option<String>,
    found: Option<Tier>,
    hamming: Option<i64>,
}

/// How many pairs there are, were found, and were found rightly.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    planted: u64,
    found: u64,
    right: u64,
}

impl Tally {
    fn precision(self) -> Option<f64> {
        (self.found > 0).then(|| self.right as f64 / self.found as f64)
    }

    fn recall(self) -> Option<f64> {
        (self.planted > 0).then(|| self.right as f64 / self.planted as f64)
    }
}

struct Evaluation {
    tallies: BTreeMap<&'static str, Tally>,
    out_of_reach: u64,
    claimed_out_of_reach: u64,
    wrong_distance: u64,
    official: u64,
    mistakes: Vec<Mistake>,
}

/// Measures the job.
pub fn run(common: &Common, args: &EvalReappearance) -> Result<ExitStatus, Failure> {
    let truth = truth(&args.truth)?;
    let (marts, day) = super::super::marts_of(common, &args.marts, "reappearances")?;
    let mut rows = Vec::new();
    for batch in &read_mart(&marts, &format!("reappearances/dt={day}"))?.batches {
        rows.extend(reappearance_rows(batch)?);
    }
    let mut evaluation = Evaluation::of(&truth, &rows);
    let official = official::pictures(&args.truth)?;
    let resting = official::pairs(
        &marts,
        day,
        &official,
        evaluation.mistakes.iter().filter(|m| m.what == UNKNOWN).map(|m| m.pair),
    )?;
    evaluation.set_apart(&resting);
    match common.format {
        Format::Json => evaluation.print_json()?,
        Format::Csv => evaluation.print_mistakes(Format::Csv)?,
        Format::Table | Format::Parquet => evaluation.print(day)?,
    }
    Ok(ExitStatus::Ok)
}

/// The truth by pair.
fn truth(folder: &Path) -> Result<BTreeMap<(i64, i64), Truth>, Failure> {
    let mut truth = BTreeMap::new();
    for batch in table(folder, "reappearances")? {
        let cells = Cells(&batch);
        let (removed, new) = (cells.whole("removed_listing_id")?, cells.whole("new_listing_id")?);
        let (tiers, within) = (cells.words_or_null("tier", Tier::from_word)?, cells.flags("within_reach")?);
        let (hamming, reasons) = (cells.small_ints("hamming")?, cells.texts("reason")?);
        for i in 0..batch.num_rows() {
            let row = Truth {
                tier: tiers[i],
                within_reach: required("within_reach", within[i])?,
                hamming: hamming[i].map(i64::from),
                reason: required("reason", reasons[i])?.to_owned(),
            };
            truth.insert((removed[i], new[i]), row);
        }
    }
    Ok(truth)
}

impl Evaluation {
    fn of(truth: &BTreeMap<(i64, i64), Truth>, rows: &[ReappearanceRow]) -> Self {
        let mut own = Self {
            tallies: BTreeMap::new(),
            out_of_reach: truth.values().filter(|t| !t.within_reach).count() as u64,
            claimed_out_of_reach: 0,
            wrong_distance: 0,
            official: 0,
            mistakes: Vec::new(),
        };
        for planted in truth.values().filter(|t| t.within_reach) {
            own.count(planted.tier, |tally| tally.planted += 1);
        }
        let mut seen = BTreeSet::new();
        for row in rows {
            let pair = (row.removed_listing_id, row.new_listing_id);
            seen.insert(pair);
            own.count(Some(row.tier), |tally| tally.found += 1);
            let known = truth.get(&pair);
            let found = row.hamming.map(i64::from);
            let what = match known {
                Some(known) if known.within_reach && known.tier == Some(row.tier) => {
                    own.count(Some(row.tier), |tally| tally.right += 1);
                    if known.hamming.filter(|h| *h <= i64::from(IMAGE_REACH)) == found {
                        continue;
                    }
                    own.wrong_distance += 1;
                    "another distance"
                }
                Some(known) if known.within_reach => "another tier",
                Some(_) => {
                    own.claimed_out_of_reach += 1;
                    "out of reach"
                }
                None => UNKNOWN,
            };
            let hamming = known.map_or(found, |k| k.hamming);
            let truth = known.map(Truth::word);
            own.mistakes.push(Mistake { pair, what, truth, found: Some(row.tier), hamming });
        }
        for (pair, planted) in truth.iter().filter(|(pair, t)| t.within_reach && !seen.contains(pair)) {
            let truth = Some(planted.word());
            own.mistakes.push(Mistake { pair: *pair, what: "not found", truth, found: None, hamming: planted.hamming });
        }
        own.mistakes.sort_by_key(|m| (m.pair, m.what));
        own
    }

    /// Says of which pairs it is that they rest on an official picture.
    fn set_apart(&mut self, resting: &BTreeSet<(i64, i64)>) {
        for mistake in self.mistakes.iter_mut().filter(|m| m.what == UNKNOWN && resting.contains(&m.pair)) {
            mistake.what = OFFICIAL;
            self.official += 1;
        }
    }

    fn count(&mut self, tier: Option<Tier>, add: impl Fn(&mut Tally)) {
        let tiers = tier.map(Tier::word).into_iter().chain(["all"]);
        tiers.for_each(|name| add(self.tallies.entry(name).or_default()));
    }

    /// The tiers, then all of them together.
    fn lines(&self) -> impl Iterator<Item = (&'static str, Tally)> {
        let names = Tier::ALL.iter().map(|t| t.word()).chain(["all"]);
        names.map(|name| (name, self.tallies.get(name).copied().unwrap_or_default()))
    }

    fn print(&self, day: chrono::NaiveDate) -> Result<(), Failure> {
        let figure = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.4}"));
        let line = |(name, tally): (&'static str, Tally)| {
            let counts = [tally.planted, tally.found, tally.right].map(|n| n.to_string());
            let mut line = vec![name.to_owned()];
            line.extend(counts);
            line.extend([figure(tally.precision()), figure(tally.recall())]);
            line
        };
        output::say(&format!("reappearances as of {day} against the truth\n\n"))?;
        let lines: Vec<Vec<String>> = self.lines().map(line).collect();
        output::say(&output::aligned(&["tier", "planted", "found", "right", "precision", "recall"], &lines))?;
        output::say(&format!(
            "\n{} of {} pairs that were planted out of reach are claimed; {} of the right pairs have another distance\n",
            self.claimed_out_of_reach, self.out_of_reach, self.wrong_distance
        ))?;
        if self.official > 0 {
            output::say(&format!(
                "{} pairs rest on official pictures that too few merchants show to be common; the truth leaves such pairs out\n",
                self.official
            ))?;
        }
        if !self.mistakes.is_empty() {
            output::say("\nErrors:\n\n")?;
            self.print_mistakes(Format::Table)?;
        }
        Ok(())
    }

    fn print_mistakes(&self, format: Format) -> Result<(), Failure> {
        let line = |m: &Mistake| {
            vec![
                m.pair.0.to_string(),
                m.pair.1.to_string(),
                m.what.to_owned(),
                m.truth.clone().unwrap_or_default(),
                m.found.map_or_else(String::new, |t| t.word().to_owned()),
                m.hamming.map_or_else(String::new, |h| h.to_string()),
            ]
        };
        let lines: Vec<Vec<String>> = self.mistakes.iter().map(line).collect();
        output::listing(&["removed_listing_id", "new_listing_id", "error", "truth", "found", "hamming"], &lines, format)
    }

    /// One line an error, then one line of figures.
    fn print_json(&self) -> Result<(), Failure> {
        for m in &self.mistakes {
            let line = json!({
                "removed_listing_id": m.pair.0, "new_listing_id": m.pair.1, "error": m.what, "truth": m.truth,
                "found": m.found.map(Tier::word), "hamming": m.hamming,
            });
            output::say(&format!("{line}\n"))?;
        }
        let mut line = Map::new();
        for (name, tally) in self.lines() {
            let figures = json!({
                "planted": tally.planted, "found": tally.found, "right": tally.right,
                "precision": tally.precision(), "recall": tally.recall(),
            });
            line.insert(name.to_owned(), figures);
        }
        line.insert("out_of_reach".to_owned(), json!(self.out_of_reach));
        line.insert("claimed_out_of_reach".to_owned(), json!(self.claimed_out_of_reach));
        line.insert("wrong_distance".to_owned(), json!(self.wrong_distance));
        line.insert("official_pictures".to_owned(), json!(self.official));
        line.insert("errors".to_owned(), json!(self.mistakes.len()));
        output::say(&format!("{}\n", Value::Object(line)))
    }
}

impl Truth {
    /// Tier and reason, as in "C image".
    fn word(&self) -> String {
        self.tier.map_or_else(|| self.reason.clone(), |tier| format!("{} {}", tier.word(), self.reason))
    }
}

//! `comment-signals`, `eval comments` and `train comments`, and what reports make of the signals.

/// Clear sentences get the label that any reader would give them.
mod detector;

/// One row a comment, one row a listing and day, as the contract has them.
mod marts;

/// Comments that break the contract are in no mart, and in the quarantine of their day.
mod quarantine;

/// A day is done once: what is unchanged, new, republished, forced, missing.
mod days;

/// Whatever a person can type is published like anything else.
mod hostile;

/// Tables, CSV and JSON lines of the window.
mod printed;

/// The daily run, and the section "What customers say" of a brand's report.
mod reports;

/// Label files: training, measuring, and what is wrong with a broken one.
mod learning;

/// The gold comments, where this machine has them.
mod gold;

use serde_json::Value;

use crate::support::comments::{AFFIRM, ALLEGE, OTHER, comments, of_day};
use crate::support::time::days_before;
use crate::support::{Comment, DAY, Lake, Output};

/// The marts: a row a comment, and a row a listing.
const SIGNALS: &str = "comment_signals";
const SUMS: &str = "comment_sums";

/// A lake that has nothing but comments of [`DAY`].
fn lake_of(rows: impl IntoIterator<Item = Comment>) -> Lake {
    let lake = Lake::of(Vec::new());
    put(&lake, DAY, rows);
    lake
}

/// Writes the comments of a day.
fn put(lake: &Lake, day: &str, rows: impl IntoIterator<Item = Comment>) {
    lake.put(&comments().with_rows(rows), day);
}

/// The day some days before [`DAY`].
fn ago(days: u64) -> String {
    days_before(DAY, days)
}

/// Runs the job over the lake as of [`DAY`].
fn run(lake: &Lake, words: &str) -> Output {
    lake.job("comment-signals").args(words).run()
}

/// Runs it and returns its summary.
#[track_caller]
fn summary(lake: &Lake, words: &str) -> Value {
    run(lake, &format!("--format json {words}")).ok().summary()
}

//! Options of `eval` and `train`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::FormatArgs;
use super::explain::MartsArgs;

/// Options of `eval`.
#[derive(Clone, Debug, Args)]
pub struct EvalArgs {
    /// What to measure.
    #[command(subcommand)]
    pub what: EvalWhat,
}

/// What `eval` measures.
#[derive(Clone, Debug, Subcommand)]
pub enum EvalWhat {
    /// The comment detector: precision, recall, F1, calibration and errors by language
    #[command(after_help = "Examples:
  mirrorlake eval comments --labels labels.jsonl
  mirrorlake eval comments --labels labels.jsonl --cross-validate 5 --train more.jsonl --texts comments.parquet
  mirrorlake eval comments --labels labels.jsonl --format json | tail -n 1

A label file has one JSON object a line: {\"lang\": \"zh\" or \"en\", \"text\": …, \"label\": \"allege\", \"affirm\" or \"other\"}. Instead
of lang and text it may have the id of a text of --texts: its lang, a hyphen, and the first 12 digits of the SHA-256 sum of
the text. A weight may be given (1 otherwise); it counts in training only.

table prints everything; csv the errors; json the errors, a line each, and the figures as the last line. Hard ones are
comments with a near-word, or with a cue in one sentence with a negation, condition, hope, question, comparison or another
purchase.")]
    Comments(EvalComments),
    /// Reappearances: precision and recall by tier, against the truth that a sample lake was made with
    #[command(after_help = "Examples:
  mirrorlake eval reappearance --truth ./lake --marts ./marts
  mirrorlake eval reappearance --truth ./lake/_truth --marts ./marts --as-of 2026-11-16 --format json | tail -n 1

Holds the mart reappearances of a day against _truth/reappearances of the sample lake. table prints everything; csv the errors;
json the errors, a line each, and the figures as the last line.")]
    Reappearance(EvalReappearance),
}

/// Options of `eval reappearance`.
#[derive(Clone, Debug, Args)]
pub struct EvalReappearance {
    /// Output.
    #[command(flatten)]
    pub output: FormatArgs,
    /// The sample lake, or its folder _truth
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
    /// Where and when.
    #[command(flatten)]
    pub marts: MartsArgs,
}

/// Options of `eval comments`.
#[derive(Clone, Debug, Args)]
pub struct EvalComments {
    /// Output.
    #[command(flatten)]
    pub output: FormatArgs,
    /// Label file (JSON Lines; may be repeated)
    #[arg(long, value_name = "FILE", required = true)]
    pub labels: Vec<PathBuf>,
    /// Parameter file [default: the built-in one]
    #[arg(long, value_name = "FILE", conflicts_with = "cross_validate")]
    pub params: Option<PathBuf>,
    /// Train anew without each of so many folds in turn, and judge each comment by what was trained without it
    #[arg(long, value_name = "FOLDS", value_parser = clap::value_parser!(u32).range(2..=50))]
    pub cross_validate: Option<u32>,
    /// Labels to train on as well, never judged (may be repeated)
    #[arg(long, value_name = "FILE", requires = "cross_validate")]
    pub train: Vec<PathBuf>,
    /// Parquet file with the columns lang and text, for labels that name an id instead of a text
    #[arg(long, value_name = "FILE")]
    pub texts: Option<PathBuf>,
    /// Deals folds and resamples
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Options of `train`.
#[derive(Clone, Debug, Args)]
pub struct TrainArgs {
    /// What to train.
    #[command(subcommand)]
    pub what: TrainWhat,
}

/// What `train` trains.
#[derive(Clone, Debug, Subcommand)]
pub enum TrainWhat {
    /// The comment detector's scorer
    #[command(after_help = "Example:
  mirrorlake train comments --labels labels.jsonl --labels more.jsonl --texts comments.parquet --out params.tsv

The same labels and seed give the same file. Each label is needed in zh and en, a few hundred comments at least. Label files
are as for `eval comments`. `eval comments --params params.tsv` measures the result; comment-signals uses the parameters that
the program was built with, jobs/signals/data/params.tsv.")]
    Comments(TrainComments),
}

/// Options of `train comments`.
#[derive(Clone, Debug, Args)]
pub struct TrainComments {
    /// Label file (JSON Lines; may be repeated)
    #[arg(long, value_name = "FILE", required = true)]
    pub labels: Vec<PathBuf>,
    /// Parquet file with the columns lang and text, for labels that name an id instead of a text
    #[arg(long, value_name = "FILE")]
    pub texts: Option<PathBuf>,
    /// Parameter file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Deals the folds of the calibration
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

//! What the commands may be told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::FormatArgs;

/// Where the lake is and as of when.
#[derive(Clone, Debug, Args)]
pub struct LakeArgs {
    /// The lake: a folder, or s3://, gs:// or az:// prefix
    #[arg(long, value_name = "LOCATION", env = "MIRRORLAKE_LAKE")]
    pub lake: Option<String>,
    /// The business day whose end the run stands at, or "latest" for the newest day that all inputs have
    #[arg(long, value_name = "DAY")]
    pub as_of: String,
    /// Days in the window, ending with the as-of day
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: Option<u32>,
    /// Go on where event days are missing, and list them
    #[arg(long)]
    pub allow_missing_days: bool,
    /// A configuration key of the object store; wins over the environment
    #[arg(long = "store-option", value_name = "KEY=VALUE")]
    pub store_options: Vec<String>,
}

/// Options of every job.
#[derive(Clone, Debug, Args)]
pub struct JobArgs {
    /// Output.
    #[command(flatten)]
    pub output: FormatArgs,
    /// Lake and day.
    #[command(flatten)]
    pub lake: LakeArgs,
    /// Where the marts are written: a folder, or s3://, gs:// or az:// prefix
    #[arg(long, value_name = "LOCATION", env = "MIRRORLAKE_MARTS")]
    pub marts: Option<String>,
    /// One brand, by number or name: limits what is printed, and which reports are made; marts are always whole
    #[arg(long, value_name = "BRAND")]
    pub brand: Option<String>,
    /// SQL engine for the reductions
    #[arg(long, value_name = "NAME", default_value = "polars")]
    pub engine: String,
    /// Compute again even if inputs and configuration are unchanged
    #[arg(long)]
    pub force: bool,
}

/// Options of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Output.
    #[command(flatten)]
    pub output: FormatArgs,
    /// Lake and day.
    #[command(flatten)]
    pub lake: LakeArgs,
    /// Where to keep the quarantine; without it, it is only counted
    #[arg(long, value_name = "LOCATION")]
    pub marts: Option<String>,
    /// Only this table (may be repeated)
    #[arg(long = "table", value_name = "TABLE")]
    pub tables: Vec<String>,
}

/// Options of `contract`.
#[derive(Clone, Debug, Args)]
pub struct ContractArgs {
    /// Only this table
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,
    /// How to print it
    #[arg(long = "format", value_enum, default_value = "text")]
    pub contract_format: ContractFormat,
}

/// How the contract is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ContractFormat {
    /// For reading.
    Text,
    /// As data.
    Json,
    /// Open Data Contract Standard 3.1 (YAML).
    Odcs,
}

/// Options of `sql`.
#[derive(Clone, Debug, Args)]
pub struct SqlArgs {
    /// What to do with the reductions.
    #[command(subcommand)]
    pub action: SqlAction,
}

/// What to do with the reductions.
#[derive(Clone, Debug, Subcommand)]
pub enum SqlAction {
    /// List them
    List(FormatArgs),
    /// Show one: its query, columns and checks
    Show {
        /// Output.
        #[command(flatten)]
        output: FormatArgs,
        /// Reduction
        name: String,
    },
    /// Show how the engine would run one over a lake
    Explain {
        /// Reduction
        name: String,
        /// Lake and day; without --lake, over an empty lake
        #[arg(long, value_name = "LOCATION")]
        lake: Option<String>,
        /// Business day, or "latest"
        #[arg(long, value_name = "DAY", default_value = "latest")]
        as_of: String,
        /// SQL engine
        #[arg(long, value_name = "NAME", default_value = "polars")]
        engine: String,
    },
}

/// Options of `sample-lake`.
#[derive(Clone, Debug, Args)]
pub struct SampleArgs {
    /// Output.
    #[command(flatten)]
    pub output: FormatArgs,
    /// Folder to write; must be empty or an earlier sample lake
    pub out: PathBuf,
    /// Order lines
    #[arg(long, default_value_t = 20_000)]
    pub sales: u64,
    /// Days of events
    #[arg(long, default_value_t = 35)]
    pub days: u32,
    /// Seed: the same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Last day
    #[arg(long, value_name = "DAY", default_value = "2026-11-16")]
    pub end_day: chrono::NaiveDate,
    /// Number of takedowns [default: grows with the sales]
    #[arg(long)]
    pub takedowns: Option<u64>,
    /// Number of merchants [default: grows with the sales]
    #[arg(long)]
    pub merchants: Option<u32>,
    /// Number of brands [default: grows with the sales]
    #[arg(long)]
    pub brands: Option<u32>,
    /// Replace an earlier sample lake
    #[arg(long)]
    pub overwrite: bool,
}

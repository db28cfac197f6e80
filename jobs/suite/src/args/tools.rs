//! Options of `contract`, `sql` and `sample-lake`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::FormatArgs;

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

//! What the commands may be told.

use clap::Args;

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

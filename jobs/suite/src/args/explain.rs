//! Options of `explain`.

use clap::{Args, Subcommand};

use super::FormatArgs;

/// Options of `explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// What to explain.
    #[command(subcommand)]
    pub what: ExplainWhat,
}

/// What `explain` explains.
#[derive(Clone, Debug, Subcommand)]
pub enum ExplainWhat {
    /// A listing: which removed listing it is taken for, or what a removed one came back as
    #[command(after_help = "Examples:
  mirrorlake explain listing 5000123 --marts /data/marts
  mirrorlake explain listing 5000123 --marts /data/marts --as-of 2026-11-16 --format json

Reads the marts of `reappearance` of that day, and nothing else. Merchants' keys are named by their kind and never printed.")]
    Listing(ExplainListing),
}

/// Options of `explain listing`.
#[derive(Clone, Debug, Args)]
pub struct ExplainListing {
    /// Output: a text (table) or one JSON object (json)
    #[command(flatten)]
    pub output: FormatArgs,
    /// The listing's number
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub listing_id: i64,
    /// Where and when.
    #[command(flatten)]
    pub marts: MartsArgs,
}

/// Where the marts are, and of which day.
#[derive(Clone, Debug, Args)]
pub struct MartsArgs {
    /// Where the marts are: a folder, or s3://, gs:// or az:// prefix
    #[arg(long, value_name = "LOCATION", env = "MIRRORLAKE_MARTS")]
    pub marts: Option<String>,
    /// As of which business day, or "latest" for the newest one that there is
    #[arg(long, value_name = "DAY", default_value = "latest")]
    pub as_of: String,
    /// A configuration key of the object store; wins over the environment
    #[arg(long = "store-option", value_name = "KEY=VALUE")]
    pub store_options: Vec<String>,
}

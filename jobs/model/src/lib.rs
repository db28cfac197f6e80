//! Words that every other room uses: identifiers, the as-of instant, exit codes, thresholds and mart rows.
//!
//! Nothing here reads a file, a clock or an environment variable, and nothing here depends on Polars or Arrow.

pub mod as_of;
pub mod comment;
pub mod exit;
pub mod money;
pub mod pilot;
pub mod reappearance;
pub mod risk;
pub mod takedown;
pub mod text;
pub mod thresholds;
pub mod vetting;
mod words;

pub use as_of::AsOf;
pub use exit::ExitStatus;

//! `mirrorlake explain`: why something is in a mart.

mod listing;
mod tell;

use mirrorlake_model::ExitStatus;

use crate::args::{Common, ExplainArgs, ExplainWhat};
use crate::failure::Failure;

/// Explains what is asked for.
pub fn run(common: &Common, args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    super::supported(common.format, "explain")?;
    match &args.what {
        ExplainWhat::Listing(args) => listing::run(common, args),
    }
}

//! `mirrorlake eval`: how good a job is on labelled examples, or on the truth of a sample lake.

mod comments;
mod reappearance;

use mirrorlake_model::ExitStatus;

use crate::args::{Common, EvalArgs, EvalWhat};
use crate::failure::Failure;

/// Evaluates what is asked for.
pub fn run(common: &Common, args: &EvalArgs) -> Result<ExitStatus, Failure> {
    super::supported(common.format, "eval")?;
    match &args.what {
        EvalWhat::Comments(args) => comments::run(common, args),
        EvalWhat::Reappearance(args) => reappearance::run(common, args),
    }
}

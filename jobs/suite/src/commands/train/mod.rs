//! `mirrorlake train`: parameters from labelled examples.

mod comments;
mod risk;

use mirrorlake_model::ExitStatus;

use crate::args::{Common, TrainArgs, TrainWhat};
use crate::failure::Failure;

/// Trains what is asked for.
pub fn run(common: &Common, args: &TrainArgs) -> Result<ExitStatus, Failure> {
    match &args.what {
        TrainWhat::Comments(args) => comments::run(args),
        TrainWhat::Risk(args) => risk::run(common, args),
    }
}

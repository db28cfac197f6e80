//! `mirrorlake train comments`: the comment detector's parameters.

use mirrorlake_model::ExitStatus;
use mirrorlake_signals::train::{TrainOptions, train};

use crate::args::TrainComments;
use crate::comments::labels::{self, Texts};
use crate::failure::Failure;
use crate::output;

/// Trains on labelled comments.
pub fn run(args: &TrainComments) -> Result<ExitStatus, Failure> {
    let texts = Texts::read(args.texts.as_deref())?;
    let examples = labels::read(&args.labels, &texts)?;
    let names = args.labels.iter().filter_map(|p| p.file_name()).map(|n| n.to_string_lossy());
    let origin = format!("{} comments of {}; seed {}", examples.len(), names.collect::<Vec<_>>().join(", "), args.seed);
    tracing::info!(comments = examples.len(), "training on {} comments", examples.len());
    let options = TrainOptions { seed: args.seed, ..TrainOptions::default() };
    let params = train(&examples, &options, &origin)
        .map_err(|e| Failure::new(ExitStatus::InputRefused, format!("cannot train on these labels: {e}")))?;
    output::write_whole(&args.out, params.print().as_bytes())?;
    output::say(&format!(
        "{} weights for Chinese and {} for English in {}\n",
        params.zh.weights.len(),
        params.en.weights.len(),
        args.out.display()
    ))?;
    Ok(ExitStatus::Ok)
}

//! Detecting what customers say about genuineness, which pictures are the same and how alike titles are: plain Rust over
//! slices, without Polars and without input or output.

mod detector;
mod features;
mod gate;
mod language;
mod lexicon;
pub mod matching;
pub mod measure;
mod normal;
mod params;
mod sinks;
pub mod titles;
mod tokens;
pub mod train;
mod trie;

pub use detector::{ALLEGED, Detector, SCORED_BYTES, Scratch, Signal, embedded_params, plain_words, visible_words};
pub use language::language;
pub use params::{Calibration, LangParams, Params, ParamsError, Weight};

/// Goes up when the code judges differently with the same data files.
const SCORER: u32 = 4;

/// The version of the detector: the scorer's number and a sum over its data files. Signals of the same version are
/// comparable.
#[must_use]
pub fn version() -> String {
    let files =
        [include_str!("../data/params.tsv"), include_str!("../data/lexicon.tsv"), include_str!("../data/simplify.txt")];
    let sum = features::hash(files.iter().map(|text| features::Part::new(text).hash));
    format!("{SCORER}-{sum:016x}")
}

//! How much is counterfeit, brand by brand: from purchases and populations to the rows of the marts.

mod facts;
mod judge;
mod marts;
mod progress;
mod report;

pub use facts::{Facts, Purchase};
pub use judge::rows;
pub use marts::{prevalence_batch, prevalence_rows, progress_batch};
pub use progress::progress;
pub use report::PrevalenceFigures;

//! How much is counterfeit, brand by brand: from purchases and populations to the rows of the marts.

mod facts;
mod judge;
mod marts;
mod progress;

pub use facts::{Facts, Purchase};
pub use judge::rows;
pub use marts::{prevalence_batch, prevalence_rows, progress_batch, progress_rows};
pub use progress::progress;

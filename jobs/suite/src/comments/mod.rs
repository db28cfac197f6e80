//! Comments on their way through the suite: rows to signals, signals to sums, and labelled ones for measuring.

mod allegations;
mod figures;
pub mod labels;
mod map;
mod sums;

pub use allegations::{brand_totals, each_listing};
pub use figures::CommentFigures;
pub use map::CommentMapping;
pub use sums::listing_sums;

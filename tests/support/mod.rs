//! What every test needs: the executable, hand-made lakes, ways to break them, and the marts as plain values.

pub mod comments;
pub mod fixture;
pub mod footer;
pub mod lake;
pub mod market;
pub mod marts;
pub mod papers;
pub mod pictures;
pub mod program;
pub mod sample;
pub mod table;
pub mod time;

pub use comments::Comment;
pub use fixture::{Brand, Claim, Hold, Right, Takedown};
pub use lake::Lake;
pub use market::{Listing, Market, Purchase, Refund, Sale};
pub use program::{Call, Output};
pub use table::{Cell, Table};

/// The as-of day of every hand-made lake: a Monday. In Shanghai it ends at 16:00 UTC.
pub const DAY: &str = "2026-11-16";

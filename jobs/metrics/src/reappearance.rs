//! Removed listings that come back (metric definitions, "Reappearance").
//!
//! [`removals`] tells which listings are removed and stand so, [`Judge`] whether a listing is one of them come back, and in
//! which tier, [`rates`] how many came back by when. Instants are microseconds since the epoch, "after" is strictly after, and days are of 24 hours.

mod pairs;
mod rates;
mod removals;
#[cfg(test)]
mod tests;

pub use pairs::{Images, Judge, Listing, Pair};
pub use rates::{Rates, rates};
pub use removals::{Reinstated, Removal, RemovedTakedown, Standing, removals};

//! Where to buy next: from the lake and what is known to a plan, and to the purchasing desk's list.

mod desk;
mod facts;
mod marts;

pub use desk::desk_csv;
pub use facts::{Cooling, candidates, knowledge};
pub use marts::{brands_batch, plan_batch, strata_batch};

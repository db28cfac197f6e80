//! Which merchants to look at first, and why (metric definitions, "High-risk merchants").
//!
//! [`Signals`] are counted elsewhere. [`Priors::fit`] learns what merchants have in common, [`features`] turns counts into
//! numbers that add up, [`score`] weighs them by a reviewed [`Model`], [`reasons`] tells what moved the score, [`rank`] and
//! [`rank_intervals`] say how sure the order is.
//!
//! The score is a probability: that a random unit sold by the merchant is counterfeit. It is additive in log-odds, so that
//! each signal's contribution can be told, and monotone: weights are at least 0 and features never fall when evidence
//! rises.

mod burst;
mod features;
mod intervals;
mod model;
mod prior;
mod redraw;
mod score;
mod signals;
#[cfg(test)]
mod tests;

pub use burst::{RECENT_DAYS, TRAILING_DAYS, burst_z, market_lift};
pub use features::{Features, SIGNALS, features};
pub use intervals::{RankInterval, Resampling, rank_intervals};
pub use mirrorlake_model::risk::{Code, Tier};
pub use model::{Model, ModelError, Reasoned};
pub use prior::{BetaPrior, Priors};
pub use score::{Reason, Scored, Standing, detail, evidence, rank, reasons, score};
pub use signals::{Available, Signals};

//! Which merchants to look at first, and why (metric definitions, "High-risk merchants").
//!
//! [`Signals`] are counted elsewhere. [`Priors::fit`] learns what merchants have in common, [`features`] turns counts into
//! numbers that add up, [`score`] weighs them by a reviewed [`Model`], [`reasons`] tells what moved the score, [`rank`] and
//! [`rank_intervals`] say how sure the order is. [`train()`] fits weights to labels, [`average_precision`] and others measure a
//! ranking, [`isolation_forest()`] is one of the baselines that it is measured against.
//!
//! The score is a probability: that a random unit sold by the merchant is counterfeit. It is additive in log-odds, so that
//! each signal's contribution can be told, and monotone: weights are at least 0 and features never fall when evidence
//! rises.

mod burst;
mod evaluate;
mod features;
mod intervals;
mod isolation_forest;
mod model;
mod prior;
mod redraw;
mod score;
mod signals;
#[cfg(test)]
mod tests;
mod train;

pub use burst::{RECENT_DAYS, TRAILING_DAYS, burst_z, market_lift};
pub use evaluate::{
    Bin, Figure, Judged, average_precision, brier, calibration, jaccard_at, precision_at, rank_biased_overlap,
};
pub use features::{Features, SIGNALS, features};
pub use intervals::{RankInterval, Resampling, rank_intervals};
pub use isolation_forest::{Forest, average_path, isolation_forest};
pub use mirrorlake_model::risk::{Code, Tier};
pub use model::{Model, ModelError, Reasoned};
pub use prior::{BetaPrior, Priors};
pub use score::{Reason, Scored, Standing, detail, evidence, rank, reasons, score};
pub use signals::{Available, Signals};
pub use train::{Fitted, Labelled, TrainError, Training, train};

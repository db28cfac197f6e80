//! Statistics and scoring: small slices in, small rows out. How what was counted is judged.
//!
//! Plain Rust over slices: no Polars, no Arrow, no input or output, no clock, no environment, no randomness but the draw
//! of [`pilot_plan`], which its seed fixes.
//! Times are whole microseconds and counts are integers for as long as possible; each published figure is divided
//! once, at the end. The result never depends on the order of the input rows.
//!
//! - [`quantiles`]: the normal, Student's t and beta distributions, as accurate as R's.
//! - [`interval`]: confidence intervals of a proportion, with and without clusters.
//! - [`links`]: which merchants share a legal entity, contact, payout account or address.
//! - [`merchant_risk`]: which merchants to look at first, and why.
//! - [`pilot_plan`]: which listings to buy next, and with what probability.
//! - [`survival`]: Kaplan–Meier and Aalen–Johansen with ties, quantiles and intervals.
//! - [`clock`]: a clock that stops while holds are open.
//! - [`prevalence`]: how much of a brand is counterfeit, from random purchases, and how far the programme is.
//! - [`reappearance`]: which removed listings came back, as what, and how many of them by when.
//! - [`seller_vetting`]: which merchants lack the papers that they need.
//! - [`takedown_sla`]: the takedown figures, row by row and cell by cell.

mod beta_binomial;
pub mod clock;
pub mod interval;
pub mod links;
pub mod merchant_risk;
pub mod pilot_plan;
pub mod prevalence;
pub mod quantiles;
pub mod reappearance;
pub mod seller_vetting;
pub mod survival;
pub mod takedown_sla;

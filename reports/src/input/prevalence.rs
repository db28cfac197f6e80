//! How much is counterfeit: the brand's estimates from `brand_prevalence`, and what goes with them.

mod check;
mod told;

use chrono::NaiveDate;

use super::CommentInput;

pub(crate) use check::LEAST_PRIOR_BRANDS;
pub(super) use check::check;
pub use mirrorlake_model::pilot::{Suppression, Weighting};
pub use told::ToldEstimate;

/// One brand's counterfeit estimates, what they rest on, and what is planned. Days are those of the lake's time zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrevalenceInput {
    /// The brand.
    pub brand_id: i64,
    /// The brand's rows of `brand_prevalence`: each weighting once, in any order.
    pub rows: Vec<PrevalenceRow>,
    /// Earlier as-of days, oldest first: at most eleven, all within the twelve calendar months that end with the
    /// report's, at most one in each of those months, and none in the report's own.
    pub history: Vec<PrevalenceHistory>,
    /// The purchases ordered in the window, however selected, and how far they have got.
    pub progress_in_window: PurchaseProgress,
    /// All purchases ever ordered, and how far they have got.
    pub progress_of_all_time: PurchaseProgress,
    /// The newest purchase plan; `None` where there is none.
    pub plan: Option<PurchasePlan>,
    /// The share that `prob_above_threshold` is told of, in 0..=1.
    pub threshold: f64,
    /// Brands with a conclusive random sample, this one among them: those that the prior behind
    /// `prob_above_threshold` was fitted to. Below ten it would give away too much of another one, and is not told.
    pub prior_brands: u32,
    /// Share of counterfeits that authentication calls counterfeit, in 0..=1.
    pub sensitivity: f64,
    /// Share of genuine items that authentication calls genuine, in 0..=1.
    pub specificity: f64,
    /// The lake's currency (ISO 4217), as which amounts in minor units are printed.
    pub currency: String,
}

impl PrevalenceInput {
    /// Whether the rows say of the comments what the comment figures say, counts and interval, or nothing: a report must
    /// not tell the same thing twice and differently.
    ///
    /// They differ where the comments were judged anew since the prevalence was estimated.
    #[must_use]
    pub fn agrees_with(&self, comments: &CommentInput) -> bool {
        self.rows.iter().all(|row| check::agrees(row, comments))
    }
}

/// One row of `brand_prevalence`. Shares and probabilities are in 0..=1; columns keep the mart's names.
///
/// The counts of purchases and the indicators with their intervals are those of the brand, and so the same in all of its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrevalenceRow {
    /// The brand.
    pub brand_id: i64,
    /// What the share is a share of.
    pub weighting: Weighting,
    /// Active listings, or their units or sales in minor units in the window: the weighting's own measure.
    pub population: i64,
    /// Random purchases with a known inclusion probability that have been authenticated, inconclusive ones too.
    pub sampled: i64,
    /// Those with a verdict of genuine or counterfeit.
    pub conclusive: i64,
    /// Those found counterfeit.
    pub counterfeit: i64,
    /// Those that could not be decided.
    pub inconclusive: i64,
    /// Random purchases with a known inclusion probability that have been ordered, but not authenticated.
    pub outstanding: i64,
    /// Size of the simple random sample that would tell as much as the conclusive ones do.
    pub effective_n: Option<f64>,
    /// Estimate before the correction for errors of authentication.
    pub apparent: Option<f64>,
    /// Lower end of its interval.
    pub apparent_low: Option<f64>,
    /// Upper end of its interval.
    pub apparent_high: Option<f64>,
    /// Estimate, corrected.
    pub prevalence: Option<f64>,
    /// Lower end of its interval (Korn–Graubard, corrected).
    pub prevalence_low: Option<f64>,
    /// Upper end of its interval.
    pub prevalence_high: Option<f64>,
    /// The robust estimate, corrected: what the robust interval is about. Older marts have the interval alone.
    pub robust: Option<f64>,
    /// Lower end of the robust interval, corrected.
    pub robust_low: Option<f64>,
    /// Upper end of the robust interval, corrected.
    pub robust_high: Option<f64>,
    /// Uncorrected estimate if every inconclusive purchase were genuine.
    pub bound_low: Option<f64>,
    /// Uncorrected estimate if every inconclusive purchase were counterfeit.
    pub bound_high: Option<f64>,
    /// Uncorrected estimate if every inconclusive and outstanding purchase were genuine.
    pub outstanding_low: Option<f64>,
    /// Uncorrected estimate if every inconclusive and outstanding purchase were counterfeit.
    pub outstanding_high: Option<f64>,
    /// Estimate shrunk towards the other brands, uncorrected.
    pub shrunk: Option<f64>,
    /// Lower end of its interval.
    pub shrunk_low: Option<f64>,
    /// Upper end of its interval.
    pub shrunk_high: Option<f64>,
    /// Probability that the uncorrected share is above the threshold.
    pub prob_above_threshold: Option<f64>,
    /// Whether the contract lets the estimate be told; the interval told must be narrow enough, too.
    pub publishable: bool,
    /// Why it does not.
    pub suppressed_because: Option<Suppression>,
    /// Authenticated purchases made on suspicion or at the brand's request, inconclusive ones too.
    pub targeted_sampled: i64,
    /// Those with a verdict of genuine or counterfeit.
    pub targeted_conclusive: i64,
    /// Those found counterfeit.
    pub targeted_counterfeit: i64,
    /// Lower end of the 95 % interval of `targeted_counterfeit` / `targeted_conclusive`, in 0..=1 (Wilson).
    pub targeted_low: Option<f64>,
    /// Its upper end.
    pub targeted_high: Option<f64>,
    /// Comments on the brand's listings in the window; `None` where there are no comment signals.
    pub comments: Option<i64>,
    /// Allegations among them.
    pub allegations: Option<i64>,
    /// Days of the window that have comment signals.
    pub comment_days: Option<i64>,
    /// allegations / comments, times 1,000.
    pub allegations_per_1000: Option<f64>,
    /// Lower end of its 95 % interval (Korn–Graubard with listings as units).
    pub allegations_per_1000_low: Option<f64>,
    /// Its upper end.
    pub allegations_per_1000_high: Option<f64>,
    /// Units refunded as counterfeit in the window.
    pub counterfeit_refund_units: i64,
    /// Units sold in the window.
    pub units_sold: i64,
    /// `counterfeit_refund_units` / `units_sold`, times 10,000.
    pub counterfeit_refunds_per_10000: Option<f64>,
    /// Lower end of its 95 % interval (Poisson over the units sold).
    pub counterfeit_refunds_per_10000_low: Option<f64>,
    /// Its upper end.
    pub counterfeit_refunds_per_10000_high: Option<f64>,
    /// Listings taken down in the window and not reinstated.
    pub upheld_takedowns: i64,
    /// Listings that are active.
    pub active_listings: i64,
    /// `upheld_takedowns` / `active_listings`, times 1,000.
    pub upheld_per_1000_listings: Option<f64>,
    /// Lower end of its 95 % interval (Poisson over the active listings).
    pub upheld_per_1000_listings_low: Option<f64>,
    /// Its upper end.
    pub upheld_per_1000_listings_high: Option<f64>,
    /// prevalence × the window's units of active listings; in the row of units only. Told with the contract's estimate.
    pub units_at_risk: Option<f64>,
    /// prevalence × the window's sales of active listings in minor units; in the row of sales only. Told likewise.
    pub gmv_at_risk_minor: Option<f64>,
}

/// The estimate of an earlier as-of day, weighted by units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrevalenceHistory {
    /// The brand.
    pub brand_id: i64,
    /// The day.
    pub as_of: NaiveDate,
    /// Estimate as told ([`PrevalenceRow::told`]), corrected, in 0..=1.
    pub prevalence: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Whether the estimate may be told.
    pub publishable: bool,
}

/// How far purchases have got. Counts are of purchases; medians are in days since the step before, with those that
/// still wait for the step taken into account (Kaplan–Meier), and `None` where the curve does not get there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PurchaseProgress {
    /// The brand.
    pub brand_id: i64,
    /// Ordered.
    pub ordered: i64,
    /// Notarised.
    pub notarised: i64,
    /// Delivered.
    pub delivered: i64,
    /// Authenticated: genuine + counterfeit + inconclusive.
    pub authenticated: i64,
    /// Found genuine.
    pub genuine: i64,
    /// Found counterfeit.
    pub counterfeit: i64,
    /// Not to be decided.
    pub inconclusive: i64,
    /// Found counterfeit and acted on offline.
    pub acted_offline: i64,
    /// Found counterfeit and acted on online.
    pub acted_online: i64,
    /// Median days from the order to notarisation.
    pub notarised_days: Option<f64>,
    /// Median days from there to delivery.
    pub delivered_days: Option<f64>,
    /// Median days from there to the verdict.
    pub authenticated_days: Option<f64>,
    /// Median days from a verdict of counterfeit to an action.
    pub acted_days: Option<f64>,
}

/// How many purchases are planned next. Deliberately no more: what is to be bought, and when, must not get about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PurchasePlan {
    /// The brand.
    pub brand_id: i64,
    /// The as-of day of the plan.
    pub as_of: NaiveDate,
    /// Purchases drawn at random.
    pub random: i64,
    /// Purchases chosen for their risk.
    pub targeted: i64,
}

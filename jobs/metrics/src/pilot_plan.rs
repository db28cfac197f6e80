//! Where to buy next: a stratified probability sample over active listings, with targeted picks beside it
//! (metric definitions, "Pilot-purchase plan").
//!
//! **Strata** are nested in the brand. Listings whose share of the brand's trade is so large that the ideal probability
//! reaches 1 are `best-sellers`, bought one and all; the rest is parted by evidence (`flagged`, `unflagged`) and by size.
//! A listing's size is the root of the mean of three squares: 1, its units and its GMV, the latter two over the brand's
//! mean. With probabilities in proportion to that size the sum of the variances of the listing-, unit- and GMV-weighted
//! figures is least (compromise allocation: Cochran, Sampling Techniques, 1977, section 5A.4), and no figure's
//! variance exceeds three times the least that it could have alone.
//!
//! **Allocation** (whole numbers, the largest remainders rounded up): the floor per brand, then the rest in proportion to
//! the posterior deviation of the brand's prevalence times its units to the [`Parameters::size_power`]; within the brand
//! N·S of the linearised figures (Neyman, 1934), at least two and at most N per stratum. Neither strata nor allocation
//! look at the seed, so that a listing's inclusion probability is n/N of its stratum, exactly.
//!
//! **Draw**: every listing has a number by a keyed hash (SipHash-2-4) of seed, day and `listing_id`; the n smallest of a
//! stratum are drawn. Targeted picks come after the random ones, from what was not drawn, by the odds that the evidence
//! speaks of. They have no inclusion probability and never enter an estimate.
//!
//! **Order**: in any beginning of the list each stratum has its share, up to one, and those are a random part of the
//! stratum. So the desk may stop early: all probabilities shrink by nearly the same factor, and the weighted shares stay.
//! What stopping costs is precision, most where a few best-sellers carry the figure.
//!
//! **Frame**: the probabilities are those of the candidates given. Listings that the caller leaves out (cooling-off) are not
//! estimated; where best-sellers are among them, the plan's unit- and GMV-weighted figures speak of the others only.

mod allocate;
mod draw;
mod forecast;
mod make;
mod risk;
mod strata;
mod targeted;
#[cfg(test)]
mod tests;

pub use make::plan;
pub use mirrorlake_model::pilot::Selection;

use chrono::NaiveDate;
use mirrorlake_model::thresholds::CONFIDENCE_LEVEL;

/// What speaks against a listing, counted in the window (takedowns: in their own window).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Risk {
    /// Comments of the listing.
    pub comments: u32,
    /// Those of them that allege a counterfeit.
    pub allegations: u32,
    /// Units of the listing refunded as counterfeit.
    pub counterfeit_refund_units: u32,
    /// Upheld takedowns of the merchant, whatever the listing.
    pub merchant_upheld_takedowns: u32,
}

/// An active listing of a brand that may be bought. The caller leaves out, and counts, those in their cooling-off period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Listing, unique.
    pub listing_id: i64,
    /// Its merchant.
    pub merchant_id: i64,
    /// Its brand.
    pub brand_id: i64,
    /// Units sold in the window, ≥ 0.
    pub units: i64,
    /// Their value in minor units of the currency, ≥ 0.
    pub gmv_minor: i64,
    /// What one costs, in minor units, ≥ 0.
    pub price_minor: i64,
    /// What speaks against it.
    pub risk: Risk,
}

/// What is known of a brand's prevalence in one weighting (mart `brand_prevalence`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// Prevalence shrunk towards the other brands', on the apparent scale (`shrunk`), within [0, 1].
    pub shrunk: f64,
    /// Effective number of purchases behind it (`effective_n`); 0 where there are none.
    pub effective_n: f64,
}

/// What is known of a brand before the plan. A brand without it counts as never sampled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knowledge {
    /// Brand, unique.
    pub brand_id: i64,
    /// Listing-weighted.
    pub listings: Known,
    /// Unit-weighted; also decides how many purchases the brand gets.
    pub units: Known,
    /// GMV-weighted.
    pub gmv: Known,
}

/// What a run sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// Purchases to plan, > 0.
    pub budget: i64,
    /// Random purchases that every brand gets before the rest is shared out (fewer where it has fewer listings). A budget
    /// that does not reach lowers the floor for all brands alike: a desk can buy a thinner plan, but not a refusal.
    pub brand_floor: i64,
    /// Share of the budget for targeted picks, in [0, 1). What evidence cannot fill goes to the random sample.
    pub targeted_share: f64,
    /// Most targeted picks of one merchant, > 0; exceeded only where no other listing is left.
    pub targeted_per_merchant: i64,
    /// Seed of the draw.
    pub seed: u64,
    /// Day of the draw; part of the strata's names and of the draw itself.
    pub drawn_on: NaiveDate,
    /// Power of a brand's units in its share of the purchases, in [0, 1]: 1 is Neyman's allocation for the marketplace as a
    /// whole, 0 looks at no sales; between them small brands get figures too (power allocation: Bankier, The American
    /// Statistician 42, 1988).
    pub size_power: f64,
    /// Sensitivity of authentication, for the forecast.
    pub sensitivity: f64,
    /// Specificity of authentication, for the forecast.
    pub specificity: f64,
    /// Two-sided confidence level of the forecast intervals.
    pub level: f64,
}

impl Parameters {
    /// The defaults: a floor of two, nothing targeted, three targeted picks a merchant, the root of units, sensitivity
    /// 0.97, specificity 0.995, 95 %.
    #[must_use]
    pub fn new(budget: i64, seed: u64, drawn_on: NaiveDate) -> Self {
        Self {
            budget,
            brand_floor: 2,
            targeted_share: 0.0,
            targeted_per_merchant: 3,
            seed,
            drawn_on,
            size_power: 0.5,
            sensitivity: 0.97,
            specificity: 0.995,
            level: CONFIDENCE_LEVEL,
        }
    }

    /// The day of the draw and six digits of a hash of all that the caller chose, so that strata of two plans never bear one
    /// name, not even of one day: purchases of both would be pooled as one draw.
    #[must_use]
    pub fn plan_name(&self) -> String {
        let chosen = [
            self.budget.cast_unsigned(),
            self.brand_floor.cast_unsigned(),
            self.targeted_share.to_bits(),
            self.targeted_per_merchant.cast_unsigned(),
            self.size_power.to_bits(),
        ];
        let hash = draw::sip_hash(self.seed, 0, &chosen);
        format!("{}-{:06x}", self.drawn_on, hash >> 40)
    }
}

/// A purchase to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Listing; comes once.
    pub listing_id: i64,
    /// Its merchant.
    pub merchant_id: i64,
    /// Its brand.
    pub brand_id: i64,
    /// Stratum, which names the day and the brand; `<plan>/brand-<id>/targeted` for a targeted pick.
    pub stratum: String,
    /// Listings in the stratum; `None` for a targeted pick.
    pub stratum_size: Option<i64>,
    /// Random, or targeted for the evidence against it; a plan holds nothing that the brand asked for.
    pub selection: Selection,
    /// n/N of the stratum; `None` for a targeted pick.
    pub inclusion_probability: Option<f64>,
    /// Place in the list, from 1, without gaps.
    pub draw_order: i64,
    /// Why it is here.
    pub reason: String,
    /// What one costs, in minor units.
    pub price_minor: i64,
    /// Units sold in the window.
    pub units: i64,
}

/// A stratum of the random sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Stratum {
    /// Name: `<plan>/brand-<id>/<class>/<group>`. Class: `all`, `sales-0` (nothing sold), `sales-1` … upwards, or
    /// `best-sellers`; group: `flagged`, `unflagged` or `any`.
    pub name: String,
    /// Brand.
    pub brand_id: i64,
    /// Listings in it (N).
    pub listings: i64,
    /// Listings drawn (n); at least 2 where there are two and the brand has two purchases.
    pub drawn: i64,
    /// n/N.
    pub inclusion_probability: f64,
    /// Fewest units of a listing in it.
    pub units_from: i64,
    /// Most units of a listing in it.
    pub units_to: i64,
}

/// What the plan is expected to do for one weighting of a brand, if every purchase is delivered and judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Prevalence reckoned with, on the apparent scale.
    pub expected: f64,
    /// Effective number of purchases now.
    pub effective_n_before: f64,
    /// The same after the plan: what the contract's estimator will find on average, added to what is there.
    pub effective_n_after: f64,
    /// Width of the corrected interval now, if `expected` were found; `None` without a sample.
    pub width_before: Option<f64>,
    /// Width after the plan; `None` where there still is no sample, or nothing to weight by.
    pub width_after: Option<f64>,
    /// Whether the figure should then be publishable: effective n of at least 30, no wider than 0.30.
    pub publishable_after: bool,
}

/// A brand's part in the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct BrandPlan {
    /// Brand.
    pub brand_id: i64,
    /// Candidates.
    pub listings: i64,
    /// Their units (at most `i64::MAX`).
    pub units: i64,
    /// Candidates with evidence against them that at least doubles their odds.
    pub flagged: i64,
    /// Strata.
    pub strata: i64,
    /// Random picks.
    pub random: i64,
    /// Targeted picks.
    pub targeted: i64,
    /// Price of all its picks, in minor units (at most `i64::MAX`).
    pub cost_minor: i64,
    /// Listing-weighted figure.
    pub by_listings: Forecast,
    /// Unit-weighted figure.
    pub by_units: Forecast,
    /// GMV-weighted figure.
    pub by_gmv: Forecast,
}

/// The plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Purchases, by `draw_order`.
    pub picks: Vec<Pick>,
    /// Strata, by brand; within it flagged ones, unflagged ones and best-sellers, each from small to large.
    pub strata: Vec<Stratum>,
    /// Every brand with a candidate, by brand.
    pub brands: Vec<BrandPlan>,
    /// The floor that the budget allowed, at most the one asked for.
    pub brand_floor: i64,
    /// Purchases of the budget for which there is no listing.
    pub unspent: i64,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to spend.
    #[error("the budget is {0} purchases; it has to be at least 1")]
    Budget(i64),
    /// The targeted share is no share.
    #[error("the targeted share is {0}; it has to be at least 0 and below 1, since targeted picks estimate nothing")]
    TargetedShare(f64),
    /// The floor is negative.
    #[error("the floor per brand is {0}; it cannot be negative")]
    BrandFloor(i64),
    /// No targeted pick of any merchant is allowed.
    #[error("at most {0} targeted picks a merchant: at least 1 is needed")]
    TargetedPerMerchant(i64),
    /// The power of units is outside [0, 1].
    #[error("the power of units is {0}; it has to be within 0 and 1")]
    SizePower(f64),
    /// Authentication that tells nothing apart.
    #[error(
        "sensitivity {sensitivity} and specificity {specificity} have to be within 0 and 1 and add up to more than 1"
    )]
    Authentication {
        /// Sensitivity.
        sensitivity: f64,
        /// Specificity.
        specificity: f64,
    },
    /// The confidence level is outside (0, 1).
    #[error("the confidence level is {0}; it has to be between 0 and 1")]
    Level(f64),
    /// No listing to buy.
    #[error("no active listing of a brand is left to buy")]
    NoCandidates,
    /// More listings than the plan can number.
    #[error("{0} listings are more than a plan can hold ({max})", max = u32::MAX)]
    TooManyCandidates(usize),
    /// The same listing comes twice.
    #[error("listing {listing_id} comes twice among the candidates")]
    RepeatedListing {
        /// Listing.
        listing_id: i64,
    },
    /// Units, GMV or price below 0.
    #[error("listing {listing_id} has a negative {column}")]
    Negative {
        /// Listing.
        listing_id: i64,
        /// Column.
        column: &'static str,
    },
    /// What is known of a brand comes twice.
    #[error("brand {brand_id} comes twice among what is known")]
    RepeatedBrand {
        /// Brand.
        brand_id: i64,
    },
    /// A shrunk prevalence outside [0, 1], or an effective n that is no number of purchases.
    #[error("what is known of brand {brand_id} is no prevalence with an effective n")]
    Knowledge {
        /// Brand.
        brand_id: i64,
    },
}

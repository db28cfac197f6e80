//! Pilot purchases and what is estimated from them: the words and rows of the prevalence and plan marts.

use crate::words::words;

words!(
    /// How a purchase was chosen.
    Selection {
        /// By a probability sample: the only one that estimates rest on.
        Random = "random",
        /// Aimed at a suspect.
        Targeted = "targeted",
        /// Asked for by the brand.
        BrandRequest = "brand_request",
    }
);
words!(
    /// What the brand found.
    Verdict {
        /// Genuine.
        Genuine = "genuine",
        /// Counterfeit.
        Counterfeit = "counterfeit",
        /// Neither could be shown.
        Inconclusive = "inconclusive",
    }
);
words!(
    /// What followed an authentication.
    Action {
        /// Nothing.
        None = "none",
        /// In court, with the authorities or at the workshop.
        Offline = "offline",
        /// On the marketplace.
        Online = "online",
    }
);
words!(
    /// What a prevalence is a share of.
    Weighting {
        /// Active listings.
        Listings = "listings",
        /// Units sold in the window by active listings.
        Units = "units",
        /// What was paid for them.
        Gmv = "gmv",
    }
);
impl Weighting {
    /// What a listing with these units and this GMV of the window stands for.
    #[must_use]
    pub const fn of(self, units: i64, gmv_minor: i64) -> i64 {
        match self {
            Self::Listings => 1,
            Self::Units => units,
            Self::Gmv => gmv_minor,
        }
    }
}
impl Default for Weighting {
    /// The plainest one.
    fn default() -> Self {
        Self::Listings
    }
}
words!(
    /// Why a figure is not published, in order of precedence.
    Suppression {
        /// Fewer than 30 conclusive random purchases.
        FewPurchases = "n_below_30",
        /// Nothing that was sampled carries weight.
        NoWeight = "no_weight",
        /// The weights leave an effective sample of fewer than 30.
        FewEffective = "effective_n_below_30",
        /// The corrected interval is wider than 0.30.
        WideInterval = "interval_too_wide",
    }
);
words!(
    /// Which purchases a row of the programme's progress counts.
    ProgressPeriod {
        /// Those ordered in the window.
        Window = "window",
        /// All.
        All = "all",
    }
);

/// One row of the mart `brand_prevalence`: a brand in one weighting. Shares are within [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct PrevalenceRow {
    /// Brand.
    pub brand_id: i64,
    /// What it is a share of.
    pub weighting: Weighting,
    /// Active listings, their units or their GMV in minor units.
    pub population: i64,
    /// Authenticated random purchases with a known inclusion probability.
    pub sampled: i64,
    /// Those found counterfeit.
    pub counterfeit: i64,
    /// Those found inconclusive.
    pub inconclusive: i64,
    /// Effective size of the conclusive sample.
    pub effective_n: Option<f64>,
    /// Estimated share of items that authentication would call counterfeit, with its interval.
    pub apparent: Shares,
    /// The share corrected for the errors of authentication, with its interval.
    pub prevalence: Shares,
    /// The apparent share with all inconclusive as genuine, as counterfeit.
    pub bound: Option<(f64, f64)>,
    /// The apparent share drawn towards that of all brands.
    pub shrunk: Shares,
    /// Probability that the apparent share is above the threshold.
    pub prob_above_threshold: Option<f64>,
    /// Why it is not published.
    pub suppressed_because: Option<Suppression>,
    /// Authenticated targeted and requested purchases.
    pub targeted_sampled: i64,
    /// Those found counterfeit.
    pub targeted_counterfeit: i64,
    /// Units of active listings in the window that would be counterfeit, in the row of that weighting.
    pub units_at_risk: Option<f64>,
    /// The same of their GMV in minor units.
    pub gmv_at_risk_minor: Option<f64>,
    /// Indicators, the same in all three rows of a brand.
    pub indicators: Indicators,
    /// Random purchases with a known probability that are ordered and not yet authenticated.
    pub outstanding: i64,
    /// The apparent share with all inconclusive and outstanding as genuine, as counterfeit.
    pub outstanding_bound: Option<(f64, f64)>,
    /// The corrected share predicted from the sizes of all listings, with an interval that allows for best-sellers that
    /// were not sampled.
    pub robust: Shares,
    /// Targeted and requested purchases with a verdict for or against.
    pub targeted_conclusive: i64,
    /// Intervals of the hit rate and the indicators, the same in all three rows of a brand.
    pub intervals: RateIntervals,
}

/// The 95 % intervals of a brand's rates, each as (low, high) on the scale of its rate; `None` where the rate is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RateIntervals {
    /// Counterfeits among conclusive targeted and requested purchases, in [0, 1] (Wilson).
    pub targeted: Option<(f64, f64)>,
    /// Allegations per 1,000 comments (Korn–Graubard with listings as clusters; `None` under two of them).
    pub allegations_per_1000: Option<(f64, f64)>,
    /// Units refunded as counterfeit per 10,000 units sold (Poisson).
    pub counterfeit_refunds_per_10000: Option<(f64, f64)>,
    /// Upheld takedowns per 1,000 active listings (Poisson).
    pub upheld_per_1000_listings: Option<(f64, f64)>,
}

/// An estimate with its interval; all three or none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Estimate.
    pub value: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// What else speaks of a brand's counterfeits, in whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indicators {
    /// Comments of the days that have signals, and allegations among them; `None` where no day has.
    pub comments: Option<(i64, i64)>,
    /// Days of the window with comment signals.
    pub comment_days: i64,
    /// Units refunded as counterfeit in the window.
    pub counterfeit_refund_units: i64,
    /// Units sold in the window.
    pub units_sold: i64,
    /// Takedowns of the window that stand: removed, not reinstated.
    pub upheld_takedowns: i64,
    /// Active listings.
    pub active_listings: i64,
}

/// One row of the mart `pilot_progress`: how far the purchases of a brand, or of all, have come.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressRow {
    /// Brand; all brands where there is none.
    pub brand_id: Option<i64>,
    /// Which purchases.
    pub period: ProgressPeriod,
    /// Purchases ordered, by selection.
    pub random: i64,
    /// Targeted ones.
    pub targeted: i64,
    /// Those that the brand asked for.
    pub brand_request: i64,
    /// Of all: notarised.
    pub notarised: i64,
    /// Delivered.
    pub delivered: i64,
    /// Authenticated.
    pub authenticated: i64,
    /// Found genuine.
    pub genuine: i64,
    /// Found counterfeit.
    pub counterfeit: i64,
    /// Found inconclusive.
    pub inconclusive: i64,
    /// Followed by action off the marketplace.
    pub acted_offline: i64,
    /// Followed by action on the marketplace.
    pub acted_online: i64,
    /// Median days from order to notarisation (Kaplan–Meier, open ones censored); likewise below.
    pub days_to_notarised: Option<f64>,
    /// From there to delivery.
    pub days_to_delivered: Option<f64>,
    /// From there to authentication.
    pub days_to_authenticated: Option<f64>,
    /// From there to action, of those found counterfeit.
    pub days_to_acted: Option<f64>,
}

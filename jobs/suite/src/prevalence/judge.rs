//! From facts to the rows of the mart `brand_prevalence`.

use std::collections::BTreeMap;

use mirrorlake_metrics::interval::{Interval, poisson, wilson};
use mirrorlake_metrics::prevalence::{
    Authentication, Estimate, Found, Outstanding, Robust, Sampled, Shrunk, WeightClasses, bounds, corrected, estimate,
    robust_interval, shrink,
};
use mirrorlake_model::pilot::{Indicators, PrevalenceRow, RateIntervals, Selection, Shares, Verdict, Weighting};
use mirrorlake_model::thresholds::{CONFIDENCE_LEVEL, PREVALENCE_THRESHOLD};

use super::facts::{Alike, Facts, Purchase};

/// The rows of all brands of the programme, by brand and weighting, and how many random purchases no estimate may use.
pub fn rows(facts: &Facts, authentication: &Authentication) -> (Vec<PrevalenceRow>, u64) {
    let mut rows = Vec::with_capacity(facts.brands.len() * Weighting::ALL.len());
    let mut unusable = 0;
    for &weighting in Weighting::ALL {
        let judged: Vec<Judged> = facts
            .brands
            .keys()
            .map(|brand| {
                let purchases = facts.purchases.get(brand).map_or(&[][..], Vec::as_slice);
                let population = facts.populations.get(brand).map_or(&[][..], Vec::as_slice);
                Judged::new(purchases, population, weighting, authentication)
            })
            .collect();
        let samples: Vec<Option<(f64, f64)>> =
            judged.iter().map(|j| j.estimate.apparent.zip(j.estimate.effective_n)).collect();
        let shrinkage = shrink(&samples, PREVALENCE_THRESHOLD, CONFIDENCE_LEVEL);
        for (at, (judged, (&brand_id, &indicators))) in judged.into_iter().zip(&facts.brands).enumerate() {
            let shrunk = shrinkage.as_ref().and_then(|s| s.brands.get(at));
            let purchases = facts.purchases.get(&brand_id).map_or(&[][..], Vec::as_slice);
            let aimed = |p: &&Purchase| p.selection != Selection::Random && p.verdict.is_some();
            let targeted =
                |wanted: Verdict| purchases.iter().filter(aimed).filter(|p| p.verdict == Some(wanted)).count() as i64;
            if weighting == Weighting::Listings {
                let random = purchases.iter().filter(|p| p.selection == Selection::Random && p.verdict.is_some());
                unusable += random.filter(|p| p.inclusion_probability.is_none()).count() as u64;
            }
            let (genuine, counterfeit) = (targeted(Verdict::Genuine), targeted(Verdict::Counterfeit));
            rows.push(PrevalenceRow {
                brand_id,
                targeted_sampled: genuine + counterfeit + targeted(Verdict::Inconclusive),
                targeted_counterfeit: counterfeit,
                targeted_conclusive: genuine + counterfeit,
                indicators,
                intervals: RateIntervals {
                    targeted: ends(wilson(counterfeit, genuine + counterfeit, CONFIDENCE_LEVEL)),
                    ..indicator_intervals(&indicators, facts.allegation_intervals.get(&brand_id))
                },
                ..judged.row(weighting, shrunk)
            });
        }
    }
    rows.sort_by_key(|row| (row.brand_id, row.weighting));
    (rows, unusable)
}

/// A brand in one weighting.
struct Judged {
    population: i64,
    estimate: Estimate,
    outstanding: i64,
    outstanding_bound: Option<Interval>,
    robust: Option<f64>,
    robust_interval: Option<Interval>,
}

impl Judged {
    fn new(
        purchases: &[Purchase],
        population: &[Alike],
        weighting: Weighting,
        authentication: &Authentication,
    ) -> Self {
        let mut strata: BTreeMap<&str, u32> = BTreeMap::new();
        let mut sample = Vec::new();
        let mut found = Vec::new();
        let mut outstanding = Vec::new();
        for purchase in purchases {
            let (Selection::Random, Some(inclusion_probability)) = (purchase.selection, purchase.inclusion_probability)
            else {
                continue;
            };
            let weight = purchase.weight(weighting);
            let Some(verdict) = purchase.verdict else {
                outstanding.push(Outstanding { inclusion_probability, weight });
                continue;
            };
            let next = u32::try_from(strata.len()).unwrap_or(u32::MAX);
            let stratum = *strata.entry(&purchase.stratum).or_insert(next);
            if verdict != Verdict::Inconclusive {
                found.push(Found {
                    listing: purchase.listing_id,
                    stratum,
                    inclusion_probability,
                    weight,
                    counterfeit: verdict == Verdict::Counterfeit,
                    listed: purchase.listed,
                });
            }
            sample.push(Sampled {
                stratum,
                stratum_size: purchase.stratum_size,
                inclusion_probability,
                weight,
                verdict,
            });
        }
        let estimate = estimate(&sample, authentication, CONFIDENCE_LEVEL);
        let robust = robust_interval(&found, &classes(population, weighting), CONFIDENCE_LEVEL);
        Self {
            population: total(population, weighting),
            outstanding: outstanding.len() as i64,
            outstanding_bound: bounds(&sample, &outstanding),
            robust: robust.as_ref().and_then(|r| corrected(r.estimate, authentication)),
            robust_interval: robust.and_then(|r: Robust| r.corrected(authentication, CONFIDENCE_LEVEL)),
            estimate,
        }
    }

    fn row(self, weighting: Weighting, shrunk: Option<&Shrunk>) -> PrevalenceRow {
        let estimate = self.estimate;
        let at_risk = |of: Weighting| {
            (weighting == of).then(|| estimate.prevalence.map(|p| p * self.population as f64)).flatten()
        };
        PrevalenceRow {
            brand_id: 0,
            weighting,
            population: self.population,
            sampled: estimate.sampled,
            counterfeit: estimate.counterfeit,
            inconclusive: estimate.inconclusive,
            effective_n: estimate.effective_n,
            apparent: shares(estimate.apparent, estimate.apparent_interval),
            prevalence: shares(estimate.prevalence, estimate.prevalence_interval),
            bound: ends(estimate.bounds),
            shrunk: shrunk.map_or_else(Shares::default, |s| shares(Some(s.mean), Some(s.interval))),
            prob_above_threshold: shrunk.map(|s| s.above_threshold),
            suppressed_because: estimate.suppressed,
            targeted_sampled: 0,
            targeted_counterfeit: 0,
            units_at_risk: at_risk(Weighting::Units),
            gmv_at_risk_minor: at_risk(Weighting::Gmv),
            indicators: Indicators::default(),
            outstanding: self.outstanding,
            outstanding_bound: ends(self.outstanding_bound),
            robust: shares(self.robust, self.robust_interval),
            targeted_conclusive: 0,
            intervals: RateIntervals::default(),
        }
    }
}

/// The weights of the brand's active listings by size.
fn classes(population: &[Alike], weighting: Weighting) -> WeightClasses {
    let mut classes = WeightClasses::default();
    for alike in population {
        let weight = alike.weight(weighting);
        let sum = i128::from(alike.listings) * i128::from(weight);
        classes.add_class(WeightClasses::class_of(weight), alike.listings, sum);
    }
    classes
}

/// The intervals of the indicators.
///
/// Refunds and takedowns are counts over something that they are no part of: refunds of the window may be of older sales,
/// and takedowns are of listings that are gone. So they get the interval of a Poisson count over a known denominator,
/// which treats refunded units, and takedowns, as independent of each other.
fn indicator_intervals(indicators: &Indicators, allegations: Option<&Interval>) -> RateIntervals {
    let counted = |count: i64, denominator: i64, scale: i64| {
        poisson(count, CONFIDENCE_LEVEL).and_then(|interval| interval.per(denominator, scale))
    };
    RateIntervals {
        targeted: None,
        allegations_per_1000: allegations.map(|i| (i.low * 1_000.0, i.high * 1_000.0)),
        counterfeit_refunds_per_10000: counted(indicators.counterfeit_refund_units, indicators.units_sold, 10_000),
        upheld_per_1000_listings: counted(indicators.upheld_takedowns, indicators.active_listings, 1_000),
    }
}

/// Sums in 128 bits: what does not fit into the mart's 64 is its largest number, and far beyond any marketplace.
fn total(population: &[Alike], weighting: Weighting) -> i64 {
    let sum: i128 = population.iter().map(|a| i128::from(a.listings) * i128::from(a.weight(weighting))).sum();
    i64::try_from(sum).unwrap_or(i64::MAX)
}

fn shares(value: Option<f64>, interval: Option<Interval>) -> Shares {
    Shares { value, low: interval.map(|i| i.low), high: interval.map(|i| i.high) }
}

fn ends(interval: Option<Interval>) -> Option<(f64, f64)> {
    interval.map(|i| (i.low, i.high))
}

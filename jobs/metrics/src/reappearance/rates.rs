//! How many removed listings came back, by when.

use std::collections::BTreeMap;

use mirrorlake_model::reappearance::{CurveRow, RateTier, ReappearanceRateRow, ShareBack, Tier};
use mirrorlake_model::thresholds::{CONFIDENCE_LEVEL, MICROS_PER_DAY, REAPPEARANCE_HORIZON_DAYS};

use super::Standing;
use crate::survival::{Follow, KaplanMeier};

/// Last day of a curve: past a year few removals are followed, and nobody reads on.
const CURVE_DAYS: i64 = 365;

/// The figures of all brands together and of each brand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    /// Rows of `reappearance_rates`: all brands first, then brand by brand; in each the tiers in order.
    pub rates: Vec<ReappearanceRateRow>,
    /// Rows of `reappearance_curves`, in the same order, then by day.
    pub curves: Vec<CurveRow>,
}

/// One brand's removals, or all.
#[derive(Default)]
struct Scope {
    removals: Vec<usize>,
    reinstated: i64,
}

/// Rates and curves as of T (`as_of`). `back` are the returns: removed listing, tier, and when; in any order, any number of
/// a listing, of tier D too, which no rate counts.
#[must_use]
pub fn rates(standing: &Standing, back: impl Iterator<Item = (i64, Tier, i64)>, as_of: i64) -> Rates {
    let firsts = first_returns(standing, back);
    let mut scopes: BTreeMap<Option<i64>, Scope> = BTreeMap::new();
    // All brands together have their rows even where nothing was removed.
    scopes.entry(None).or_default();
    for (place, removal) in standing.removals.iter().enumerate() {
        for brand in [None, Some(removal.brand_id)] {
            scopes.entry(brand).or_default().removals.push(place);
        }
    }
    for listing in &standing.reinstated {
        for brand in [None, Some(listing.brand_id)] {
            scopes.entry(brand).or_default().reinstated += 1;
        }
    }
    let mut out = Rates::default();
    for (brand_id, scope) in &scopes {
        for (which, tier) in RateTier::ALL.iter().enumerate() {
            let follows: Vec<Follow> = scope
                .removals
                .iter()
                .filter_map(|place| {
                    let removed_at = standing.removals.get(*place)?.removed_at;
                    let back = firsts.get(*place)?[which];
                    Some(Follow { time: back.unwrap_or(as_of).saturating_sub(removed_at), event: back.is_some() })
                })
                .collect();
            // Whoever came back has been followed to T all the same: what happened until then is known of it.
            let oldest = scope.removals.iter().filter_map(|place| standing.removals.get(*place)).map(|r| r.removed_at);
            let followed = oldest.min().map(|first| as_of.saturating_sub(first));
            let curve = KaplanMeier::fit(&follows);
            out.rates.push(ReappearanceRateRow {
                brand_id: *brand_id,
                tier: *tier,
                removals: scope.removals.len() as i64,
                reinstated: scope.reinstated,
                reappeared: follows.iter().filter(|f| f.event).count() as i64,
                within: REAPPEARANCE_HORIZON_DAYS
                    .map(|days| share_back(&curve, followed, i64::from(days) * MICROS_PER_DAY)),
            });
            out.curves.extend(curves(*brand_id, *tier, &curve, followed));
        }
    }
    out
}

/// The instant at which each removal first came back in each of the [`RateTier`]s.
fn first_returns(
    standing: &Standing,
    back: impl Iterator<Item = (i64, Tier, i64)>,
) -> Vec<[Option<i64>; RateTier::ALL.len()]> {
    let mut firsts = vec![[None; RateTier::ALL.len()]; standing.removals.len()];
    for (listing_id, tier, at) in back {
        let Ok(place) = standing.removals.binary_search_by_key(&listing_id, |r| r.listing_id) else { continue };
        let Some(of_listing) = firsts.get_mut(place) else { continue };
        for (first, counted) in of_listing.iter_mut().zip(RateTier::ALL) {
            if counted.counts(tier) {
                *first = Some(first.map_or(at, |known: i64| known.min(at)));
            }
        }
    }
    firsts
}

/// 1 − S at a horizon in microseconds, with its log(−log) interval; nothing where no removal lies that far back.
fn share_back(curve: &KaplanMeier, followed: Option<i64>, horizon: i64) -> ShareBack {
    if followed.is_none_or(|longest| longest < horizon) {
        return ShareBack::default();
    }
    let interval = curve.event_interval_at(horizon, CONFIDENCE_LEVEL);
    ShareBack {
        rate: Some(1.0 - curve.survival_at(horizon)),
        low: interval.map(|i| i.low),
        high: interval.map(|i| i.high),
    }
}

/// The curve as a step for each whole day by whose end more listings had come back than by that of the day before.
fn curves(brand_id: Option<i64>, tier: RateTier, curve: &KaplanMeier, followed: Option<i64>) -> Vec<CurveRow> {
    let mut rows: Vec<CurveRow> = Vec::new();
    for step in curve.steps() {
        // A step at the end of a day belongs to that day; no return is at the removal itself.
        let day = step.time.div_euclid(MICROS_PER_DAY) + i64::from(step.time.rem_euclid(MICROS_PER_DAY) > 0);
        if day > CURVE_DAYS || rows.last().is_some_and(|row| row.day == day) {
            continue;
        }
        let share = share_back(curve, followed.map(|f| f.max(day * MICROS_PER_DAY)), day * MICROS_PER_DAY);
        rows.push(CurveRow { brand_id, tier, day, share });
    }
    rows
}

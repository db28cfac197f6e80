//! The one thing to know: which share of removed listings came back within thirty days.

use mirrorlake_model::reappearance::{RateTier, ReappearanceRateRow, ShareBack, Tier};
use mirrorlake_model::thresholds::REAPPEARANCE_HORIZON_DAYS;
use serde::Serialize;

use super::{ReappearanceState, rates};
use crate::error::ReportError;
use crate::input::ReappearanceInput;
use crate::view::{IntervalView, Scene, Shown};

/// Which of the horizons the headline tells of: thirty days.
const HORIZON: usize = 1;

/// The one thing to know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReappearanceHeadline {
    /// Days within which the share is told.
    pub days: Shown<i64>,
    /// The share that came back within them, tiers A to C; no value where that is not told.
    pub rate: Option<Shown<f64>>,
    /// Its 95 % interval.
    pub interval: Option<IntervalView>,
    /// What the large number is of, in words.
    pub unit: Option<String>,
    /// What stands in its place where there is none.
    pub words: Option<String>,
    /// The headline in one sentence.
    pub sentence: String,
    /// How many were reinstated, where any were.
    pub reinstated: Option<String>,
    /// How many have look-alikes that are in no rate, where any have.
    pub look_alikes: Option<String>,
}

/// The share that the headline tells.
pub(super) const fn share(row: &ReappearanceRateRow) -> &ShareBack {
    &row.within[HORIZON]
}

impl ReappearanceHeadline {
    pub(super) fn build(
        scene: &Scene<'_>,
        input: &ReappearanceInput,
        state: ReappearanceState,
    ) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let row = input.rate(RateTier::ABC);
        let of = |pick: fn(&ReappearanceRateRow) -> i64| f.count(row.map_or(0, pick));
        let (removals, reappeared) = (of(|r| r.removals), of(|r| r.reappeared));
        let days = f.count(REAPPEARANCE_HORIZON_DAYS[HORIZON].into());
        let told = row.map(share).filter(|_| state == ReappearanceState::Some);
        let rate = told.and_then(|s| {
            let Shown { value, text } = f.share(s.rate);
            value.map(|value| Shown { value, text })
        });
        let interval = told.and_then(|s| rates::interval(f, s));
        let followed = f.days(input.followed_days(scene.input.parts().as_of.micros()));
        let values = [
            ("days", days.text.as_str()),
            ("n", &reappeared.text),
            ("all", &removals.text),
            ("rate", rate.as_ref().map_or("", |r| &r.text)),
            ("interval", interval.as_ref().map_or("", |i| &i.text)),
            ("followed", &followed.text),
        ];
        let count = removals.value;
        let sentence = match state {
            ReappearanceState::NoRemovals => m.text("reappearance.no_removals", &values)?,
            ReappearanceState::None if followed.value.is_some() => {
                m.plural("reappearance.none_followed", count, &values)?
            }
            ReappearanceState::None => m.plural("reappearance.none", count, &values)?,
            ReappearanceState::TooEarly => m.plural("reappearance.too_early", count, &values)?,
            ReappearanceState::Some if interval.is_some() => m.plural("reappearance.some", count, &values)?,
            ReappearanceState::Some => m.plural("reappearance.some_without_interval", count, &values)?,
        };
        let words = match state {
            ReappearanceState::NoRemovals => Some("reappearance.no_removals_short"),
            ReappearanceState::None => Some("reappearance.none_short"),
            ReappearanceState::TooEarly => Some("reappearance.too_early_short"),
            ReappearanceState::Some => None,
        };
        let text = |key: &str| m.text(key, &values);
        let unit = if rate.is_some() { Some(text("reappearance.rate_label")?) } else { None };
        Ok(Self {
            unit,
            words: words.map(text).transpose()?,
            sentence,
            reinstated: some_of(scene, "reappearance.reinstated", row.map_or(0, |r| r.reinstated))?,
            look_alikes: some_of(scene, "reappearance.look_alikes", look_alikes(input))?,
            days,
            rate,
            interval,
        })
    }
}

fn some_of(scene: &Scene<'_>, key: &str, n: i64) -> Result<Option<String>, ReportError> {
    if n == 0 { Ok(None) } else { scene.m.plural(key, n, &[("n", &scene.f.count(n).text)]).map(Some) }
}

/// Removed listings that have look-alikes at merchants without a known link.
fn look_alikes(input: &ReappearanceInput) -> i64 {
    let of_others = input.pairs.iter().filter(|p| p.tier == Tier::OtherMerchant);
    let listings: std::collections::BTreeSet<i64> = of_others.map(|p| p.removed_listing_id).collect();
    i64::try_from(listings.len()).unwrap_or(i64::MAX)
}

//! The marts `pilot_plan`, `pilot_plan_strata` and `pilot_plan_brands` as Arrow.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use mirrorlake_metrics::pilot_plan::{BrandPlan, Forecast, Pick, Plan, Stratum};

use super::Cooling;
use crate::catalogue::Columns;
use crate::failure::Failure;

/// The mart `pilot_plan`: the contract's columns, then the listing's price, the stratum's size and its window's units.
pub fn plan_batch(picks: &[Pick]) -> Result<RecordBatch, Failure> {
    let mut picks: Vec<&Pick> = picks.iter().collect();
    picks.sort_unstable_by_key(|p| p.listing_id);
    let mut c = Columns::default();
    c.int("listing_id", picks.iter().map(|p| p.listing_id));
    c.int("merchant_id", picks.iter().map(|p| p.merchant_id));
    c.int("brand_id", picks.iter().map(|p| p.brand_id));
    c.text("stratum", picks.iter().map(|p| p.stratum.as_str()));
    c.text("selection", picks.iter().map(|p| p.selection.word()));
    // A targeted pick has none: it is no part of the probability sample.
    c.float("inclusion_probability", true, picks.iter().map(|p| p.inclusion_probability));
    c.int("draw_order", picks.iter().map(|p| p.draw_order));
    c.text("reason", picks.iter().map(|p| p.reason.as_str()));
    c.int_or_null("stratum_size", picks.iter().map(|p| p.stratum_size));
    c.int("cost_minor", picks.iter().map(|p| p.price_minor));
    c.int("units", picks.iter().map(|p| p.units));
    c.batch()
}

/// The mart `pilot_plan_strata`: the design, from which every inclusion probability can be recomputed.
pub fn strata_batch(strata: &[Stratum]) -> Result<RecordBatch, Failure> {
    let mut strata: Vec<&Stratum> = strata.iter().collect();
    strata.sort_unstable_by(|a, b| (a.brand_id, &a.name).cmp(&(b.brand_id, &b.name)));
    let mut c = Columns::default();
    c.int("brand_id", strata.iter().map(|s| s.brand_id));
    c.text("stratum", strata.iter().map(|s| s.name.as_str()));
    c.int("listings", strata.iter().map(|s| s.listings));
    c.int("drawn", strata.iter().map(|s| s.drawn));
    c.float("inclusion_probability", false, strata.iter().map(|s| Some(s.inclusion_probability)));
    c.int("units_from", strata.iter().map(|s| s.units_from));
    c.int("units_to", strata.iter().map(|s| s.units_to));
    c.batch()
}

/// The mart `pilot_plan_brands`: each brand's part, and what the plan is expected to do for its figures.
pub fn brands_batch(plan: &Plan, cooling: &BTreeMap<i64, Cooling>) -> Result<RecordBatch, Failure> {
    let rows = &plan.brands;
    let mut c = Columns::default();
    type Count = (&'static str, fn(&BrandPlan) -> i64);
    let counts: [Count; 8] = [
        ("brand_id", |b| b.brand_id),
        ("listings", |b| b.listings),
        ("units", |b| b.units),
        ("flagged", |b| b.flagged),
        ("strata", |b| b.strata),
        ("random", |b| b.random),
        ("targeted", |b| b.targeted),
        ("cost_minor", |b| b.cost_minor),
    ];
    for (name, value) in counts {
        c.int(name, rows.iter().map(value));
    }
    type Of = fn(&BrandPlan) -> &Forecast;
    let forecasts: [(&str, Of); 3] =
        [("units", |b| &b.by_units), ("listings", |b| &b.by_listings), ("gmv", |b| &b.by_gmv)];
    for (weighting, of) in forecasts {
        type Figure = (&'static str, fn(&Forecast) -> Option<f64>);
        let figures: [Figure; 5] = [
            ("width_before", |f| f.width_before),
            ("width_after", |f| f.width_after),
            ("effective_n_before", |f| Some(f.effective_n_before)),
            ("effective_n_after", |f| Some(f.effective_n_after)),
            ("expected", |f| Some(f.expected)),
        ];
        for (name, value) in figures {
            c.float(&format!("{weighting}_{name}"), true, rows.iter().map(|b| value(of(b))));
        }
    }
    let cooling = |brand: &BrandPlan| cooling.get(&brand.brand_id).copied().unwrap_or_default();
    c.int("cooling_listings", rows.iter().map(|b| cooling(b).listings));
    c.int("cooling_units", rows.iter().map(|b| cooling(b).units));
    c.batch()
}

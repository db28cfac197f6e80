//! Why a figure is withheld, what purchases without a verdict could change, and what is never used.

use serde_json::{Value, json};

use super::{judged, note, row, run, simple, two_strata};
use crate::support::marts::{Row, same};
use crate::support::{Market, Purchase};

/// Why the figures by listings, units and GMV are withheld; null where they are published.
#[track_caller]
fn reasons(market: &Market) -> [Value; 3] {
    judged(market).map(|row| {
        assert_eq!(row["publishable"], row["suppressed_because"].is_null());
        row["suppressed_because"].clone()
    })
}

#[test]
fn thirty_conclusive_purchases_are_enough_and_twenty_nine_are_not() {
    assert_eq!(reasons(&simple(29, 290, 0)), ["n_below_30"; 3]);
    assert_eq!(reasons(&simple(30, 300, 0)), [Value::Null, Value::Null, Value::Null]);
    // An inconclusive one is none of them.
    let mut market = simple(30, 300, 0);
    market.purchases[7].verdict = Some("inconclusive");
    assert_eq!(reasons(&market), ["n_below_30"; 3]);
    assert_eq!(judged(&market)[0]["sampled"], 30);
}

#[test]
fn without_sales_there_is_nothing_to_weigh_by() {
    let mut market = simple(40, 400, 4);
    market.sales.retain(|sale| sale.listing_id >= 10_040);
    assert_eq!(reasons(&market), [Value::Null, "no_weight".into(), "no_weight".into()]);
    let [_, units, _] = judged(&market);
    let nothing = json!({
        "population": 360, "sampled": 40, "counterfeit": 4, "effective_n": null, "apparent": null,
        "prevalence": null, "prevalence_low": null, "bound_low": null, "bound_high": null, "units_at_risk": null,
    });
    same(&units, &nothing);
    // Too few purchases are the first reason of several.
    market.purchases.truncate(29);
    assert_eq!(reasons(&market), ["n_below_30"; 3]);
    // Goods for nothing have units, and no GMV.
    let mut market = simple(40, 400, 4);
    market.sales.iter_mut().for_each(|sale| sale.unit_price_minor = 0);
    assert_eq!(reasons(&market), [Value::Null, Value::Null, "no_weight".into()]);
}

#[test]
fn a_figure_that_rests_on_one_best_seller_is_withheld_and_kept() {
    // figures(c(1, rep(0, 39)), rep("a", 40), rep(400, 40), rep(.1, 40), c(1000, rep(1, 39))) of `estimates`
    let mut market = simple(40, 400, 1);
    market.sales[0].quantity = 1_000;
    let [_, units, _] = judged(&market);
    let expected = json!({
        "effective_n": 29.237_027_083_352_45, "apparent": 0.962_463_907_603_464_9,
        "apparent_low": 0.818_591_585_024_748_9, "prevalence": 0.992_190_577_827_425,
        "prevalence_low": 0.843_100_088_108_548_1, "prevalence_high": 1.0,
        "suppressed_because": "effective_n_below_30",
    });
    same(&units, &expected);
    assert!(units["units_at_risk"].is_f64(), "suppressed figures stay in the mart");
    // By listings there is no best-seller.
    assert_eq!(judged(&market)[0]["suppressed_because"], Value::Null);
}

#[test]
fn an_interval_wider_than_thirty_points_is_withheld() {
    // figures(c(rep(1, 16), rep(0, 16)), rep("a", 32), rep(10000, 32), rep(.0032, 32), rep(1, 32)) of `estimates`
    let mut market = simple(32, 32, 16);
    for purchase in &mut market.purchases {
        (purchase.stratum_size, purchase.inclusion_probability) = (Some(10_000), Some(0.003_2));
    }
    assert_eq!(reasons(&market), ["interval_too_wide"; 3]);
    let expected = json!({
        "effective_n": 31.099_518_459_069_042, "prevalence": 0.512_953_367_875_647_8,
        "prevalence_low": 0.322_574_334_660_891_1, "prevalence_high": 0.703_332_401_090_404_4,
    });
    same(&judged(&market)[0], &expected);
}

#[test]
fn purchases_without_a_clear_verdict_bound_what_could_still_come_out() {
    let mut market = simple(40, 400, 6);
    market.purchases[35].verdict = Some("inconclusive");
    market.purchases[36].verdict = Some("inconclusive");
    for n in 37..40 {
        market.purchases[n] = market.purchases[n].clone().outstanding();
    }
    // Listing 35 sold a hundred units, listing 39 fifty, all others one.
    (market.sales[35].quantity, market.sales[39].quantity) = (100, 50);
    let [listings, units, _] = judged(&market);
    let expected = json!({
        "sampled": 37, "counterfeit": 6, "inconclusive": 2, "outstanding": 3, "apparent": 6.0 / 35.0,
        "bound_low": 6.0 / 37.0, "bound_high": 8.0 / 37.0,
        "outstanding_low": 6.0 / 40.0, "outstanding_high": 11.0 / 40.0,
    });
    same(&listings, &expected);
    let expected = json!({
        "apparent": 6.0 / 35.0, "bound_low": 6.0 / 136.0, "bound_high": 107.0 / 136.0,
        "outstanding_low": 6.0 / 188.0, "outstanding_high": 159.0 / 188.0,
    });
    same(&units, &expected);
}

#[test]
fn all_inconclusive_bounds_nothing_but_everything() {
    let mut market = simple(40, 400, 0);
    market.purchases.iter_mut().for_each(|p| p.verdict = Some("inconclusive"));
    let expected = json!({
        "sampled": 40, "inconclusive": 40, "apparent": null, "effective_n": null, "bound_low": 0.0, "bound_high": 1.0,
        "suppressed_because": "n_below_30",
    });
    same(&judged(&market)[0], &expected);
}

/// What estimates are made of: everything but the counts of targeted purchases.
fn without_targeted(mut row: Row) -> Row {
    row.retain(|column, _| !column.starts_with("targeted"));
    row
}

#[test]
fn random_purchases_without_a_probability_are_noted_and_never_used() {
    let expected = judged(&two_strata());
    let mut market = two_strata();
    let legacy = |n: i64| Purchase {
        inclusion_probability: None,
        stratum: "legacy".to_owned(),
        ..Purchase::random(10_400 + n, 1, (5, 50), "counterfeit")
    };
    market.purchases.extend((0..5).map(legacy));
    // One of them has no verdict: it is not outstanding either.
    market.purchases.push(legacy(5).outstanding());
    let lake = market.lake();
    run(&lake, "").ok();
    for (weighting, expected) in ["listings", "units", "gmv"].iter().zip(expected) {
        assert_eq!(row(&lake, 1, weighting), expected);
    }
    assert_eq!(note(&lake, "random_purchases_without_a_probability"), 5);
}

#[test]
fn targeted_and_requested_purchases_are_counted_apart() {
    let expected = judged(&two_strata());
    let mut market = two_strata();
    let aimed = |n: i64, selection, verdict| Purchase::random(10_500 + n, 1, (1, 2), verdict).aimed(selection);
    market.purchases.extend((0..9).map(|n| aimed(n, "targeted", "counterfeit")));
    market.purchases.extend((9..12).map(|n| aimed(n, "brand_request", "genuine")));
    market.purchases.push(aimed(12, "brand_request", "counterfeit"));
    market.purchases.push(aimed(13, "targeted", "inconclusive"));
    market.purchases.push(aimed(14, "targeted", "genuine").outstanding());
    // Even one with a probability is no part of the probability sample.
    market.purchases.push(Purchase { selection: "targeted", ..Purchase::random(10_515, 1, (1, 2), "counterfeit") });
    let found = judged(&market);
    for (found, expected) in found.into_iter().zip(expected) {
        let counts = json!({ "targeted_sampled": 15, "targeted_conclusive": 14, "targeted_counterfeit": 11 });
        same(&found, &counts);
        assert_eq!(without_targeted(found), without_targeted(expected));
    }
}

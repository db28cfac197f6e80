//! What holds for every plan, and the corner cases.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Checks what must hold whatever the input.
fn check(plan: &Plan, candidates: &[Candidate], parameters: &Parameters) {
    let by_listing: BTreeMap<i64, &Candidate> = candidates.iter().map(|c| (c.listing_id, c)).collect();
    let budget = parameters.budget.min(candidates.len() as i64);
    assert_eq!(plan.picks.len() as i64, budget);
    assert_eq!(plan.unspent, parameters.budget - budget);
    assert!(plan.picks.iter().map(|pick| pick.draw_order).eq(1..=budget));
    assert_eq!(plan.picks.iter().map(|pick| pick.listing_id).collect::<BTreeSet<_>>().len() as i64, budget);
    for pick in &plan.picks {
        let candidate = by_listing[&pick.listing_id];
        let expected = (candidate.merchant_id, candidate.brand_id, candidate.price_minor, candidate.units);
        assert_eq!((pick.merchant_id, pick.brand_id, pick.price_minor, pick.units), expected);
        assert!(pick.stratum.starts_with(&format!("{}/brand-{}/", parameters.plan_name(), pick.brand_id)));
        assert!(pick.reason.starts_with(pick.selection.word()));
        let is_random = pick.selection == Selection::Random;
        assert_eq!((pick.inclusion_probability.is_some(), pick.stratum_size.is_some()), (is_random, is_random));
    }
    let names: BTreeSet<&str> = plan.strata.iter().map(|stratum| stratum.name.as_str()).collect();
    assert_eq!(names.len(), plan.strata.len());
    for stratum in &plan.strata {
        let picks: Vec<&Pick> = plan.picks.iter().filter(|pick| pick.stratum == stratum.name).collect();
        assert_eq!(picks.len() as i64, stratum.drawn);
        assert_eq!(stratum.inclusion_probability, stratum.drawn as f64 / stratum.listings as f64);
        assert!(picks.iter().all(|pick| pick.stratum_size == Some(stratum.listings)));
        assert!(picks.iter().all(|pick| pick.inclusion_probability == Some(stratum.inclusion_probability)));
        assert!(picks.iter().all(|pick| (stratum.units_from..=stratum.units_to).contains(&pick.units)));
    }
    for brand in &plan.brands {
        let strata: Vec<&Stratum> = plan.strata.iter().filter(|stratum| stratum.brand_id == brand.brand_id).collect();
        assert_eq!(strata.len() as i64, brand.strata);
        assert_eq!(strata.iter().map(|stratum| stratum.drawn).sum::<i64>(), brand.random);
        assert!(brand.random >= plan.brand_floor.min(brand.listings));
        if brand.random > 0 {
            assert_eq!(strata.iter().map(|stratum| stratum.listings).sum::<i64>(), brand.listings);
        }
        if brand.random > 1 {
            assert!(strata.iter().all(|stratum| stratum.drawn >= 2), "{strata:?}");
        }
        let cost: i64 = plan.picks.iter().filter(|p| p.brand_id == brand.brand_id).map(|p| p.price_minor).sum();
        assert_eq!(brand.cost_minor, cost);
        for forecast in [brand.by_listings, brand.by_units, brand.by_gmv] {
            assert!(forecast.effective_n_after >= forecast.effective_n_before);
            assert!(forecast.effective_n_after - forecast.effective_n_before <= brand.random as f64);
            if let (Some(before), Some(after)) = (forecast.width_before, forecast.width_after) {
                assert!(after <= before + 1e-12 && (0.0..=1.0).contains(&after), "{forecast:?}");
            }
        }
    }
    let total = |of: fn(&BrandPlan) -> i64| plan.brands.iter().map(of).sum::<i64>();
    assert_eq!(total(|brand| brand.random) + total(|brand| brand.targeted), budget);
    assert_eq!(total(|brand| brand.listings), candidates.len() as i64);
}

fn any_candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let row = (1_i64..5, 0_i64..12, prop_oneof![3 => Just(0_i64), 4 => 0..50_i64, 1 => 0..100_000_i64], 0_i64..9_000);
    proptest::collection::vec((row, 0_u32..30, 0_u32..12, 0_u32..3), 1..160).prop_map(|rows| {
        let numbered = rows.into_iter().zip(1..);
        numbered
            .map(|(((brand_id, merchant_id, units, price_minor), comments, evidence, refunds), listing_id)| Candidate {
                listing_id,
                merchant_id,
                brand_id,
                units,
                gmv_minor: units * price_minor,
                price_minor,
                risk: Risk {
                    comments,
                    allegations: evidence.saturating_sub(6),
                    counterfeit_refund_units: refunds.saturating_sub(1),
                    merchant_upheld_takedowns: (merchant_id as u32).saturating_sub(8),
                },
            })
            .collect()
    })
}

fn any_parameters() -> impl Strategy<Value = Parameters> {
    let share = prop_oneof![Just(0.0), Just(0.9), 0.0..0.999_f64];
    (1_i64..200, 0_i64..9, share, any::<u64>(), 0.0..=1.0_f64, 1_i64..4).prop_map(
        |(budget, brand_floor, targeted_share, seed, size_power, targeted_per_merchant)| Parameters {
            brand_floor,
            targeted_share,
            size_power,
            targeted_per_merchant,
            ..Parameters::new(budget, seed, day())
        },
    )
}

fn known_of_two() -> Vec<Knowledge> {
    let known = |shrunk, effective_n| Known { shrunk, effective_n };
    vec![
        Knowledge { brand_id: 1, listings: known(0.0, 7.5), units: known(0.3, 4.0), gmv: known(1.0, 0.5) },
        Knowledge { brand_id: 3, listings: known(0.1, 300.0), units: known(0.02, 90.0), gmv: known(0.5, 0.0) },
    ]
}

proptest! {
    #[test]
    fn every_plan_keeps_its_promises(mut candidates in any_candidates(), parameters in any_parameters()) {
        let plan = plan(&mut candidates, &known_of_two(), &parameters).expect("a plan");
        check(&plan, &candidates, &parameters);
    }

    #[test]
    fn order_does_not_matter(
        (candidates, shuffled) in any_candidates().prop_flat_map(|c| (Just(c.clone()), Just(c).prop_shuffle())),
        parameters in any_parameters(),
    ) {
        let (mut one, mut other) = (candidates, shuffled);
        let mut known = known_of_two();
        let first = plan(&mut one, &known, &parameters);
        known.reverse();
        prop_assert_eq!(first, plan(&mut other, &known, &parameters));
    }

    #[test]
    fn the_seed_changes_nothing_but_the_draw(mut candidates in any_candidates(), parameters in any_parameters()) {
        let mut first = plan(&mut candidates, &[], &parameters).expect("a plan");
        let other = Parameters { seed: !parameters.seed, ..parameters };
        let mut second = plan(&mut candidates, &[], &other).expect("a plan");
        // But for the plan's name in theirs, which tells the two draws apart.
        for (plan, parameters) in [(&mut first, &parameters), (&mut second, &other)] {
            for stratum in &mut plan.strata {
                stratum.name = stratum.name.strip_prefix(&parameters.plan_name()).expect("a plan's name").to_owned();
            }
        }
        prop_assert_eq!(first.strata, second.strata);
        let random = |plan: &Plan| plan.brands.iter().map(|brand| brand.random).collect::<Vec<_>>();
        prop_assert_eq!(random(&Plan { strata: vec![], ..first }), random(&Plan { strata: vec![], ..second }));
    }
}

#[test]
fn a_census_draws_everything_for_certain() {
    for budget in [30, 31, i64::MAX] {
        let candidates: Vec<Candidate> = (1..=30).map(|id| accused(id, id % 4, id)).collect();
        let parameters = Parameters { targeted_share: 0.5, ..Parameters::new(budget, 1, day()) };
        let plan = planned(candidates.clone(), &parameters);
        check(&plan, &candidates, &parameters);
        assert!(plan.picks.iter().all(|pick| pick.inclusion_probability == Some(1.0)));
        assert_eq!(plan.brands[0].by_units.effective_n_after, plan.brands[0].listings as f64);
    }
}

#[test]
fn brands_of_one_listing_and_listings_without_sales() {
    let mut candidates = vec![listing(1, 1, 5), listing(2, 2, 0)];
    candidates.extend((10..60).map(|id| listing(id, 3, 0)));
    let parameters = Parameters::new(20, 1, day());
    let plan = planned(candidates.clone(), &parameters);
    check(&plan, &candidates, &parameters);
    let drawn: Vec<i64> = plan.brands.iter().map(|brand| brand.random).collect();
    assert_eq!(drawn, [1, 1, 18]);
    // Nothing to weight by: no unit-weighted figure is promised.
    assert_eq!(plan.brands[2].by_units.width_after, None);
    assert_eq!(plan.brands[2].by_units.effective_n_after, 0.0);
    assert_eq!(plan.brands[2].by_listings.effective_n_after, 18.0);
    // All alike: nothing to part by.
    assert_eq!(plan.strata.len(), 3);
    // A floor of nothing and no sales at all: by listings.
    let parameters = Parameters { brand_floor: 0, ..Parameters::new(10, 1, day()) };
    let all: Vec<Candidate> = (1..=90).map(|id| listing(id, i64::from(id > 30), 0)).collect();
    let drawn: Vec<i64> = planned(all, &parameters).brands.iter().map(|brand| brand.random).collect();
    assert_eq!(drawn, [3, 7]);
}

#[test]
fn equal_sales_are_one_stratum_and_huge_ones_overflow_nothing() {
    let equal: Vec<Candidate> = (1..=200).map(|id| listing(id, 1, 40)).collect();
    assert_eq!(planned(equal, &Parameters::new(50, 1, day())).strata.len(), 1);
    let huge = |id: i64| Candidate { gmv_minor: i64::MAX, price_minor: 0, ..listing(id, 1, i64::MAX - id % 3) };
    let mut candidates: Vec<Candidate> = (1..=100).map(huge).collect();
    candidates.extend((101..=200).map(|id| listing(id, 1, id % 5)));
    let parameters = Parameters::new(60, 1, day());
    let plan = planned(candidates.clone(), &parameters);
    check(&plan, &candidates, &parameters);
    assert_eq!(plan.brands[0].units, i64::MAX);
    assert!(plan.brands[0].by_units.effective_n_after > 30.0);
    let costly: Vec<Candidate> = (1..=4).map(|id| Candidate { price_minor: i64::MAX, ..listing(id, 1, 1) }).collect();
    assert_eq!(planned(costly, &Parameters::new(3, 1, day())).brands[0].cost_minor, i64::MAX);
}

#[test]
fn best_sellers_are_bought_one_and_all() {
    let mut candidates: Vec<Candidate> = (1..=500).map(|id| listing(id, 1, (id - 150).max(0))).collect();
    candidates.extend((501..=504).map(|id| listing(id, 1, 20 * id)));
    let parameters = Parameters::new(60, 1, day());
    let plan = planned(candidates.clone(), &parameters);
    check(&plan, &candidates, &parameters);
    let top = plan.strata.last().expect("a stratum");
    assert!(top.name.ends_with("/brand-1/best-sellers/any"), "{}", top.name);
    assert_eq!((top.listings, top.drawn), (4, 4));
    assert_eq!(top.units_from, 10_020);
    let unsold = &plan.strata[0];
    assert!(unsold.name.ends_with("/brand-1/sales-0/any"), "{}", unsold.name);
    assert_eq!((unsold.listings, unsold.units_to), (150, 0));
    // Sizes do not overlap, and probabilities rise with them.
    for pair in plan.strata.windows(2) {
        assert!(pair[0].units_to < pair[1].units_from, "{pair:?}");
        let one_more = (pair[1].drawn + 1) as f64 / pair[1].listings as f64;
        assert!(pair[0].inclusion_probability < one_more, "{pair:?}");
    }
    let [.., last, _] = &plan.strata[..] else { unreachable!("several") };
    assert!(last.inclusion_probability > 1.5 * unsold.inclusion_probability, "{last:?}");
    assert!(plan.strata.len() > 8, "{}", plan.strata.len());
}

/// Cochran's rule by hand: while the largest of what is left would get a probability of 1, it is taken.
#[test]
fn best_sellers_are_those_whose_ideal_probability_reaches_one() {
    let mut stream = Stream(8);
    let candidates: Vec<Candidate> = (1..=800).map(|id| listing(id, 1, stream.units())).collect();
    let mean = candidates.iter().map(|c| c.units).sum::<i64>() as f64 / 800.0;
    // GMV is 1,000 times the units everywhere.
    let mut sizes: Vec<f64> =
        candidates.iter().map(|c| ((1.0 + 2.0 * (c.units as f64 / mean).powi(2)) / 3.0).sqrt()).collect();
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut seen = BTreeSet::new();
    for budget in [30, 60, 90, 120, 180, 240, 300] {
        let mut taken = 0;
        while (budget - taken) as f64 * sizes[taken as usize] >= sizes[taken as usize..].iter().sum::<f64>() {
            taken += 1;
        }
        let plan = planned(candidates.clone(), &Parameters::new(budget, 1, day()));
        let top = plan.strata.last().expect("a stratum");
        assert_eq!((top.listings, top.drawn), (taken, taken), "{}", top.name);
        seen.insert(taken);
    }
    assert!(seen.len() > 4, "{seen:?}");
}

#[test]
fn a_floor_beyond_the_budget_is_lowered_for_all() {
    let candidates: Vec<Candidate> = (0..100).map(|id| listing(id, id / 10, 1 + id)).collect();
    let parameters = Parameters { brand_floor: 9, ..Parameters::new(45, 1, day()) };
    let plan = planned(candidates.clone(), &parameters);
    check(&plan, &candidates, &parameters);
    assert_eq!(plan.brand_floor, 4);
    // More brands than purchases: the floor is gone, and those with the most to learn are served.
    let plan = planned(candidates, &Parameters::new(4, 1, day()));
    assert_eq!(plan.brand_floor, 0);
    assert_eq!(plan.brands.iter().map(|brand| brand.random).max(), Some(1));
    assert_eq!(plan.brands[9].random, 1);
}

#[test]
fn what_is_known_moves_purchases_to_where_little_is() {
    let mut candidates: Vec<Candidate> = (0..2_000).map(|id| listing(id, id / 1_000, 5)).collect();
    let known = |brand_id, shrunk, effective_n| {
        let known = Known { shrunk, effective_n };
        Knowledge { brand_id, listings: known, units: known, gmv: known }
    };
    // Deviations √(p(1 − p)/(n + 11)): 1/11 against 1/99, so three to one.
    let knowledge = [known(0, 0.1, 0.0), known(1, 0.1, 88.0)];
    let parameters = Parameters { brand_floor: 10, ..Parameters::new(100, 1, day()) };
    let plan = plan(&mut candidates, &knowledge, &parameters).expect("a plan");
    assert_eq!(plan.brands.iter().map(|brand| brand.random).collect::<Vec<_>>(), [70, 30]);
}

#[test]
fn what_means_nothing_is_refused() {
    let good = Parameters::new(5, 1, day());
    let refused = |parameters: Parameters| plan(&mut [listing(1, 1, 1)], &[], &parameters).expect_err("an error");
    assert_eq!(refused(Parameters { budget: 0, ..good }), PlanError::Budget(0));
    assert_eq!(refused(Parameters { targeted_share: 1.0, ..good }), PlanError::TargetedShare(1.0));
    assert!(matches!(refused(Parameters { targeted_share: f64::NAN, ..good }), PlanError::TargetedShare(_)));
    assert_eq!(refused(Parameters { brand_floor: -1, ..good }), PlanError::BrandFloor(-1));
    assert_eq!(refused(Parameters { targeted_per_merchant: 0, ..good }), PlanError::TargetedPerMerchant(0));
    assert_eq!(refused(Parameters { size_power: 1.5, ..good }), PlanError::SizePower(1.5));
    assert_eq!(refused(Parameters { level: 1.0, ..good }), PlanError::Level(1.0));
    let blind = Parameters { sensitivity: 0.5, specificity: 0.5, ..good };
    assert!(matches!(refused(blind), PlanError::Authentication { .. }));
    let of =
        |mut candidates: Vec<Candidate>, known: &[Knowledge]| plan(&mut candidates, known, &good).expect_err("one");
    assert_eq!(of(vec![], &[]), PlanError::NoCandidates);
    let twice = vec![listing(3, 1, 1), listing(4, 1, 1), listing(3, 2, 1)];
    assert_eq!(of(twice, &[]), PlanError::RepeatedListing { listing_id: 3 });
    let negative = Candidate { price_minor: -1, ..listing(1, 1, 1) };
    assert_eq!(of(vec![negative], &[]), PlanError::Negative { listing_id: 1, column: "price_minor" });
    let [known, _] = known_of_two()[..] else { unreachable!("two") };
    assert_eq!(of(vec![listing(1, 1, 1)], &[known, known]), PlanError::RepeatedBrand { brand_id: 1 });
    let broken = Knowledge { gmv: Known { shrunk: f64::NAN, effective_n: 1.0 }, ..known };
    assert_eq!(of(vec![listing(1, 1, 1)], &[broken]), PlanError::Knowledge { brand_id: 1 });
    assert_eq!(PlanError::Budget(0).to_string(), "the budget is 0 purchases; it has to be at least 1");
}

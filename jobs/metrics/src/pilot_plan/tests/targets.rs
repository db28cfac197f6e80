//! Targeted picks.

use super::*;
use std::collections::BTreeMap;

fn targeted(plan: &Plan) -> Vec<&Pick> {
    plan.picks.iter().filter(|pick| pick.selection == Selection::Targeted).collect()
}

fn with(share: f64, budget: i64, seed: u64) -> Parameters {
    Parameters { targeted_share: share, ..Parameters::new(budget, seed, day()) }
}

#[test]
fn the_highest_odds_come_first_and_say_why() {
    let mut candidates: Vec<Candidate> = (1..=300).map(|id| listing(id * 10, 1, 20)).collect();
    let risk = |comments, allegations, counterfeit_refund_units, merchant_upheld_takedowns| Risk {
        comments,
        allegations,
        counterfeit_refund_units,
        merchant_upheld_takedowns,
    };
    candidates[7].risk = risk(80, 12, 3, 5);
    candidates[8].risk = risk(1, 1, 1, 1);
    candidates[9].risk = risk(0, 0, 0, 40);
    // One of many comments, and fewer takedowns than double the odds: no evidence to go by.
    candidates[10].risk = risk(400, 1, 0, 0);
    candidates[11].risk = risk(0, 0, 0, 2);
    // As many as the draw leaves: a twentieth of the listings is drawn, so some seed draws none of the three.
    let plan = (0..)
        .map(|seed| planned(candidates.clone(), &with(0.2, 15, seed)))
        .find(|plan| {
            plan.picks.iter().filter(|p| p.selection == Selection::Random).all(|p| !(80..=100).contains(&p.listing_id))
        })
        .expect("a seed");
    assert_eq!(plan.brands[0].flagged, 3);
    let said: Vec<(i64, &str)> = targeted(&plan).iter().map(|pick| (pick.listing_id, pick.reason.as_str())).collect();
    let expected = [
        (80, "targeted: 12 allegations of 80 comments; 3 counterfeit refunds; merchant has 5 upheld takedowns"),
        (90, "targeted: 1 allegation of 1 comment; 1 counterfeit refund; merchant has 1 upheld takedown"),
        (100, "targeted: merchant has 40 upheld takedowns"),
    ];
    assert_eq!(said, expected);
    assert!(targeted(&plan).iter().all(|pick| pick.stratum.ends_with("/brand-1/targeted")));
}

#[test]
fn more_evidence_never_lowers_the_score() {
    use super::super::risk::Evidence;
    let mut evidence = Evidence::default();
    for id in 0..500 {
        let risk = Risk { comments: 9, allegations: u32::from(id % 40 == 0), ..Risk::default() };
        evidence.add(&Candidate { risk, ..listing(id, 1, 30) });
    }
    let rates = evidence.brand(evidence.marketplace());
    let score = |comments, allegations, counterfeit_refund_units, merchant_upheld_takedowns| {
        let risk = Risk { comments, allegations, counterfeit_refund_units, merchant_upheld_takedowns };
        rates.score(&Candidate { risk, ..listing(1, 1, 30) })
    };
    for n in 0..60 {
        assert!(score(80, n + 1, 1, 1) > score(80, n, 1, 1));
        assert!(score(80, 2, n + 1, 1) > score(80, 2, n, 1));
        assert!(score(80, 2, 1, n + 1) > score(80, 2, 1, n));
        assert!(score(80 + n, 2, 1, 1) > score(81 + n, 2, 1, 1));
    }
    let nothing = rates.score(&listing(1, 1, 0));
    assert!(nothing.abs() < 1e-12, "{nothing}");
    // Counts that contradict each other: still a number.
    assert!(score(0, u32::MAX, u32::MAX, u32::MAX).is_finite());
}

#[test]
fn no_merchant_has_more_than_its_share() {
    // 200 accused listings of two merchants among 2,000.
    let candidates: Vec<Candidate> =
        (0..2_000)
            .map(|id| {
                if id % 10 == 0 {
                    Candidate { merchant_id: -(id % 20), ..accused(id, 1, 5) }
                } else {
                    listing(id, 1, 5)
                }
            })
            .collect();
    let plan = planned(candidates.clone(), &with(0.5, 100, 1));
    // Two merchants with three each; the rest of the half goes to the random sample.
    assert_eq!(targeted(&plan).len(), 6);
    assert_eq!(plan.brands[0].random, 94);
    let parameters = Parameters { targeted_per_merchant: 20, ..with(0.5, 100, 1) };
    assert_eq!(targeted(&planned(candidates, &parameters)).len(), 40);
}

#[test]
fn shares_of_nothing_and_of_nearly_all() {
    let candidates = heavy_tailed(3_000, 1, 2);
    assert_eq!(targeted(&planned(candidates.clone(), &with(0.0, 100, 1))).len(), 0);
    let plan = planned(candidates, &with(0.9, 100, 1));
    assert_eq!(targeted(&plan).len(), 90);
    // Spread over the list: any beginning has nine targeted picks of ten, up to rounding.
    let mut seen = 0.0;
    for pick in &plan.picks {
        seen += f64::from(pick.selection == Selection::Targeted);
        assert!((seen - 0.9 * pick.draw_order as f64).abs() <= 4.0, "{seen} of {}", pick.draw_order);
    }
}

/// Evidence on few listings, most of them drawn: the number of targeted picks may not depend on the draw.
#[test]
fn the_draw_does_not_change_how_many_are_targeted() {
    let mut candidates: Vec<Candidate> = (1..=20).map(|id| listing(id, 1, 3)).collect();
    candidates.extend((21..=26).map(|id| accused(id, 1, 3)));
    candidates.iter_mut().for_each(|candidate| candidate.merchant_id = candidate.listing_id % 3);
    let mut without_evidence: BTreeMap<bool, i64> = BTreeMap::new();
    for seed in 0..200 {
        let plan = planned(candidates.clone(), &with(0.3, 20, seed));
        let picks = targeted(&plan);
        assert_eq!(picks.len(), 6);
        for merchant in 0..=2 {
            assert!(picks.iter().filter(|pick| pick.merchant_id == merchant).count() <= 3);
        }
        for pick in picks {
            *without_evidence.entry(pick.reason == "targeted: no evidence").or_insert(0) += 1;
        }
    }
    assert!(without_evidence[&true] > 0 && without_evidence[&false] > 0, "{without_evidence:?}");
}

/// One merchant owns all: the cap gives way rather than the budget.
#[test]
fn the_cap_gives_way_where_nothing_else_is_left() {
    let mut candidates: Vec<Candidate> = (1..=8).map(|id| Candidate { merchant_id: 1, ..listing(id, 1, 3) }).collect();
    candidates.extend((9..=11).map(|id| Candidate { merchant_id: 2, ..accused(id, 1, 3) }));
    candidates.extend((12..=14).map(|id| Candidate { merchant_id: 1, ..accused(id, 1, 3) }));
    let mut most = 0;
    for seed in 0..300 {
        let plan = planned(candidates.clone(), &with(0.5, 12, seed));
        assert_eq!((plan.picks.len(), targeted(&plan).len()), (12, 6));
        most = most.max(targeted(&plan).iter().filter(|pick| pick.merchant_id == 1).count());
    }
    assert!(most > 3, "{most}");
}

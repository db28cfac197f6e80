//! Inclusion probabilities by repeated draws. The seeds are fixed, so that a bound either holds or does not.

use super::super::draw::{Lottery, sip_hash};
use super::*;
use std::collections::BTreeMap;
use std::hash::Hasher;

const SEEDS: u64 = 20_000;

/// Two brands of 60 and 9 listings: best-sellers, both kinds of evidence, and a stratum without sales.
fn candidates() -> Vec<Candidate> {
    let mut all: Vec<Candidate> = (1..=48)
        .map(|id| listing(id, 1, if id <= 16 { 0 } else { id * id / 40 }))
        .chain((49..=58).map(|id| accused(id, 1, id)))
        .chain((59..=60).map(|id| listing(id, 1, 900 + id)))
        .collect();
    all.extend((101..=109).map(|id| listing(id, 2, id - 100)));
    all
}

fn parameters(seed: u64) -> Parameters {
    Parameters { brand_floor: 3, ..Parameters::new(33, seed, day()) }
}

/// How often each pair (or listing: the pair with itself) was drawn together, by listing.
fn together(first: usize) -> (Plan, BTreeMap<(i64, i64), f64>) {
    let mut counts = BTreeMap::new();
    let mut candidates = candidates();
    for seed in 0..SEEDS {
        let plan = plan(&mut candidates, &[], &parameters(seed)).expect("a plan");
        let picks = &plan.picks[..first.min(plan.picks.len())];
        for a in picks {
            for b in picks {
                *counts.entry((a.listing_id, b.listing_id)).or_insert(0.0) += 1.0;
            }
        }
    }
    (planned(candidates, &parameters(0)), counts)
}

/// The stratum of every listing, found by drawing until all were seen: (place of the stratum, n/N).
fn strata() -> BTreeMap<i64, (usize, f64)> {
    let mut found = BTreeMap::new();
    let mut candidates = candidates();
    for seed in 0..SEEDS {
        let plan = plan(&mut candidates, &[], &parameters(seed)).expect("a plan");
        for pick in &plan.picks {
            let at = plan.strata.iter().position(|stratum| stratum.name == pick.stratum).expect("its stratum");
            let probability = pick.inclusion_probability.expect("a probability");
            assert_eq!(probability, plan.strata[at].inclusion_probability);
            // Neither stratum nor probability may depend on the seed.
            assert_eq!(*found.entry(pick.listing_id).or_insert((at, probability)), (at, probability));
        }
        if found.len() == candidates.len() {
            break;
        }
    }
    assert_eq!(found.len(), candidates.len(), "every listing can be drawn");
    found
}

/// Every listing's frequency against n/N: none further off than 4.3 standard errors (one listing in 60,000 by chance), and
/// the chi-square of each stratum, (N − 1)/N Σ (O − E)²/(E (1 − π)) with N − 1 degrees, within 4.3 of its deviations.
#[test]
fn listings_are_drawn_with_their_probability() {
    let strata = strata();
    let (plan, counts) = together(usize::MAX);
    assert!(plan.strata.len() >= 6, "{:?}", plan.strata);
    let mut squares: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (&listing_id, &(at, probability)) in &strata {
        let drawn = counts[&(listing_id, listing_id)];
        let expected = SEEDS as f64 * probability;
        if probability == 1.0 {
            assert_eq!(drawn, expected);
            continue;
        }
        let square = (drawn - expected).powi(2) / (expected * (1.0 - probability));
        assert!(square < 4.3 * 4.3, "listing {listing_id}: {drawn} of {expected}");
        let of_stratum = squares.entry(at).or_default();
        of_stratum.0 += square;
        of_stratum.1 += 1.0;
    }
    for (at, (square, listings)) in squares {
        assert_eq!(listings as i64, plan.strata[at].listings);
        let degrees = listings - 1.0;
        let chi_square = square * degrees / listings;
        assert!((chi_square - degrees).abs() < 4.3 * (2.0 * degrees).sqrt() + 4.0, "{chi_square} with {degrees}");
    }
}

/// Pairs: n(n − 1)/(N(N − 1)) within a stratum, the product of the probabilities across strata.
#[test]
fn pairs_are_drawn_with_their_joint_probability() {
    let strata = strata();
    let (plan, counts) = together(usize::MAX);
    let (mut worst, mut sum_of_squares, mut pairs): (f64, f64, f64) = (0.0, 0.0, 0.0);
    for (&a, &(stratum_a, probability_a)) in &strata {
        for (&b, &(stratum_b, probability_b)) in strata.range(a + 1..) {
            let joint = if stratum_a == stratum_b {
                let (n, size) = (plan.strata[stratum_a].drawn as f64, plan.strata[stratum_a].listings as f64);
                n * (n - 1.0) / (size * (size - 1.0))
            } else {
                probability_a * probability_b
            };
            let drawn = counts.get(&(a, b)).copied().unwrap_or(0.0);
            if joint == 1.0 {
                assert_eq!(drawn, SEEDS as f64);
                continue;
            }
            let square = (drawn - SEEDS as f64 * joint).powi(2) / (SEEDS as f64 * joint * (1.0 - joint));
            worst = worst.max(square);
            sum_of_squares += square;
            pairs += 1.0;
        }
    }
    // 2,000 pairs: 5 standard errors come once in 800 such tests, and the mean square is 1.
    assert!(worst.sqrt() < 5.0, "{}", worst.sqrt());
    assert!((sum_of_squares / pairs - 1.0).abs() < 0.15, "{}", sum_of_squares / pairs);
}

/// Who stops early has a smaller sample of the same design: of the first half of the list every listing has the same
/// share of its probability as its neighbours in the stratum.
#[test]
fn the_first_half_is_a_random_part_of_each_stratum() {
    let strata = strata();
    let (plan, counts) = together(17);
    for (at, stratum) in plan.strata.iter().enumerate() {
        let drawn: Vec<f64> = strata
            .iter()
            .filter(|(_, (of, _))| *of == at)
            .map(|(id, _)| counts.get(&(*id, *id)).copied().unwrap_or(0.0) / SEEDS as f64)
            .collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        assert!((mean / stratum.inclusion_probability - 17.0 / 33.0).abs() < 0.06, "{}: {mean}", stratum.name);
        let error = (mean * (1.0 - mean) / SEEDS as f64).sqrt();
        for share in drawn {
            assert!((share - mean).abs() < 4.3 * error, "{}: {share} of {mean}", stratum.name);
        }
    }
}

/// In any beginning of the list each stratum has its share up to one: some t lies within (m ± 1)/n of all of them.
#[test]
fn every_beginning_keeps_the_proportions() {
    let candidates = heavy_tailed(900, 7, 3);
    let plan = planned(candidates, &Parameters::new(200, 5, day()));
    let mut drawn: BTreeMap<&str, f64> = plan.strata.iter().map(|stratum| (stratum.name.as_str(), 0.0)).collect();
    for pick in &plan.picks {
        *drawn.get_mut(pick.stratum.as_str()).expect("its stratum") += 1.0;
        let at_least = plan.strata.iter().map(|s| (drawn[s.name.as_str()] - 1.0) / s.drawn as f64);
        let at_most = plan.strata.iter().map(|s| (drawn[s.name.as_str()] + 1.0) / s.drawn as f64);
        assert!(at_least.fold(0.0, f64::max) <= at_most.fold(2.0, f64::min) + 1e-12);
    }
    assert!(plan.strata.len() > 8);
}

/// The authors' vectors (`vectors_sip64`, key 00…0f, message 00 01 02 …), and the standard library's own.
#[test]
fn sip_hash_is_sip_hash() {
    let (key_0, key_1) = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
    assert_eq!(sip_hash(key_0, key_1, &[]).to_le_bytes(), [0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72]);
    assert_eq!(sip_hash(key_0, key_1, &[key_0]).to_le_bytes(), [0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93]);
    for word in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
        #[allow(deprecated, reason = "the only SipHash-2-4 of the standard library")]
        let mut theirs = std::hash::SipHasher::new_with_keys(word ^ 5, word);
        theirs.write(&word.to_le_bytes());
        theirs.write(&7_u64.to_le_bytes());
        assert_eq!(sip_hash(word ^ 5, word, &[word, 7]), theirs.finish());
    }
}

#[test]
fn seed_and_day_change_the_draw() {
    let number = |seed, day| Lottery::new(seed, day).number(5);
    assert_eq!(number(1, day()), number(1, day()));
    assert_ne!(number(1, day()), number(2, day()));
    assert_ne!(number(1, day()), number(1, day().succ_opt().expect("a day")));
    let drawn = |seed| planned(heavy_tailed(300, 1, 1), &Parameters::new(40, seed, day())).picks;
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

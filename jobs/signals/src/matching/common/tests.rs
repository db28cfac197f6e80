//! Official pictures are common, stolen ones are not, however many linked shops show them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use mirrorlake_model::thresholds::COMMON_IMAGE_GROUPS;

use super::super::distance;
use super::super::tests::Stream;
use super::*;

const REMOVED_AT: i64 = 1_000;
const OWN: u32 = 7;

fn is_common(hash: Hash, shown: &[Shown]) -> bool {
    let candidate = Candidate { hash, group: OWN, removed_at: REMOVED_AT };
    common(&[candidate], shown, CommonRule::default(), 2) == [true]
}

/// Uses of a picture by groups that are numbered from 100 on.
fn used(stream: &mut Stream, hash: &Hash, groups: u32, bits: u32, since: i64) -> Vec<Shown> {
    (100..100 + groups).map(|group| Shown { hash: stream.flipped(hash, bits), group, since }).collect()
}

/// What the rule says, word for word.
fn by_the_word(candidate: &Candidate, shown: &[Shown], rule: CommonRule) -> bool {
    let uses = shown.iter().filter(|s| s.group != candidate.group && distance(&s.hash, &candidate.hash) <= rule.reach);
    let (mut groups, mut before) = (BTreeSet::new(), BTreeSet::new());
    for used in uses {
        groups.insert(used.group);
        if used.since < candidate.removed_at {
            before.insert(used.group);
        }
    }
    groups.len() >= rule.groups || before.len() >= rule.groups_before
}

#[test]
fn five_unlinked_groups_make_a_picture_common() {
    let mut stream = Stream(1);
    let picture = stream.hash();
    for bits in [0, 1, 15] {
        assert!(!is_common(picture, &used(&mut stream, &picture, 4, bits, REMOVED_AT)), "{bits}");
        assert!(is_common(picture, &used(&mut stream, &picture, 5, bits, REMOVED_AT)), "{bits}");
    }
    assert!(!is_common(picture, &used(&mut stream, &picture, 300, 16, REMOVED_AT)));
}

#[test]
fn fewer_are_enough_before_the_removal() {
    let mut stream = Stream(2);
    let picture = stream.hash();
    assert!(is_common(picture, &used(&mut stream, &picture, 3, 3, REMOVED_AT - 1)));
    assert!(!is_common(picture, &used(&mut stream, &picture, 2, 3, REMOVED_AT - 1)));
    assert!(!is_common(picture, &used(&mut stream, &picture, 3, 3, REMOVED_AT)), "at the removal is not before it");
    // Of a group that showed it before and after, the earlier one counts.
    let mut both = used(&mut stream, &picture, 3, 3, REMOVED_AT + 5);
    both.extend(used(&mut stream, &picture, 3, 9, REMOVED_AT - 5));
    assert!(is_common(picture, &both));
}

#[test]
fn a_ring_of_forty_linked_shops_is_one_group() {
    let mut stream = Stream(3);
    let stolen = stream.hash();
    let by = |group: u32, stream: &mut Stream| -> Vec<Shown> {
        (0..40).map(|at| Shown { hash: stream.flipped(&stolen, at % 4), group, since: i64::from(at) }).collect()
    };
    assert!(!is_common(stolen, &by(100, &mut stream)));
    // The ring of the removed listing itself counts as none.
    let mut own = by(OWN, &mut stream);
    own.extend(used(&mut stream, &stolen, 2, 0, 0));
    assert!(!is_common(stolen, &own));
    own.extend([Shown { hash: stolen, group: 99, since: 0 }]);
    assert!(is_common(stolen, &own));
}

#[test]
fn strangers_who_copy_are_no_excuse() {
    let mut stream = Stream(4);
    let photo = stream.hash();
    assert!(!is_common(photo, &used(&mut stream, &photo, 4, 2, REMOVED_AT + 1)));
}

#[test]
fn nothing_leads_from_an_official_picture_to_one_that_resembles_it() {
    let mut stream = Stream(5);
    let official = stream.hash();
    let mut shown = used(&mut stream, &official, 400, 0, 0);
    for (use_, bits) in shown.iter_mut().zip((0..=16).cycle()) {
        use_.hash = stream.flipped(&official, bits);
    }
    assert!(is_common(official, &shown));
    assert!(is_common(stream.flipped(&official, 6), &shown));
    for bits in 32..=45 {
        assert!(!is_common(stream.flipped(&official, bits), &shown), "{bits}");
    }
    // Even a chain of pictures, each common among its neighbours, ends where its own uses end.
    let mut link = official;
    for _ in 0..6 {
        link = stream.flipped(&link, 16);
        shown.extend((0..2).map(|at| Shown { hash: link, group: 5_000 + at, since: 0 }));
    }
    assert!(!is_common(link, &shown));
}

#[test]
fn the_new_picture_may_be_the_official_one() {
    let mut stream = Stream(6);
    let official = stream.hash();
    let edited = stream.flipped(&official, 25);
    let shown = used(&mut stream, &official, 300, 0, 0);
    assert!(!is_common(edited, &shown));
    assert!(is_common(official, &shown));
}

#[test]
fn a_picture_that_a_hundred_thousand_show_costs_no_more_than_one_look_each() {
    let mut stream = Stream(7);
    let official = stream.hash();
    let mut variants: Vec<Hash> = (0..3_000).map(|at| stream.flipped(&official, at % 7)).collect();
    variants.sort_unstable();
    let shown: Vec<Shown> = (0..100_000_u32)
        .map(|at| Shown { hash: variants[at as usize % 3_000], group: 100 + at / 2, since: i64::from(at) })
        .collect();
    let candidates: Vec<Candidate> = (0..100_000_u32)
        .map(|at| Candidate { hash: variants[at as usize % 3_000], group: at, removed_at: i64::from(at % 1_000) })
        .collect();
    assert!(common(&candidates, &shown, CommonRule::default(), 2).iter().all(|common| *common));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn the_rule_is_followed_to_the_word(
        seed: u64,
        (n, m) in (0_usize..200, 0_usize..1_500),
        (reach, groups, groups_before) in (0_u32..40, 0_usize..14, 0_usize..7),
        (threads, block) in (1_usize..4, prop_oneof![Just(usize::MAX), 1_usize..500]),
    ) {
        let stream = &mut Stream(seed);
        let centres: Vec<Hash> = (0..4 + m / 100).map(|_| stream.hash()).collect();
        let near = |stream: &mut Stream| {
            let (centre, bits) = (centres[stream.below(centres.len())], stream.below(24) as u32);
            stream.flipped(&centre, bits)
        };
        let mut shown: Vec<Shown> = (0..m)
            .map(|_| Shown { hash: near(stream), group: stream.below(30) as u32, since: stream.below(50) as i64 })
            .collect();
        let candidates: Vec<Candidate> = (0..n)
            .map(|_| Candidate { hash: near(stream), group: stream.below(30) as u32, removed_at: stream.below(50) as i64 })
            .collect();
        let rule = CommonRule { reach, groups, groups_before };
        let expected: Vec<bool> = candidates.iter().map(|c| by_the_word(c, &shown, rule)).collect();
        prop_assert_eq!(&common_with(&candidates, &shown, rule, threads, block), &expected);
        shown.reverse();
        prop_assert_eq!(&common(&candidates, &shown, rule, threads), &expected);
    }
}

/// The test of tests: of a rule in the middle some candidates are common and some are not.
#[test]
fn both_answers_occur() {
    let stream = &mut Stream(9);
    let centres: Vec<Hash> = (0..10).map(|_| stream.hash()).collect();
    let mut answers = BTreeMap::new();
    for at in 0..10_u32 {
        let shown = used(stream, &centres[at as usize], at + 2, 4, 5_000);
        *answers.entry(is_common(centres[at as usize], &shown)).or_insert(0) += 1;
    }
    // Two to eleven groups show the ten pictures; so many of them are enough.
    let enough = (2..12).filter(|groups| *groups >= COMMON_IMAGE_GROUPS).count();
    assert!((1..10).contains(&enough));
    assert_eq!(answers, BTreeMap::from([(false, 10 - enough), (true, enough)]));
}

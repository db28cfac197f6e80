//! Picks for the evidence against them.

use std::collections::{BTreeMap, BTreeSet};

use super::{BRANDS, PLAN, int, listings_of, market, picks, run, text};
use crate::support::comments::comments;
use crate::support::marts::Row;
use crate::support::time::{HOUR, t};
use crate::support::{Claim, Comment, DAY, Market, Refund, Sale, Takedown, fixture};

fn targeted(plan: &[Row]) -> Vec<Row> {
    plan.iter().filter(|p| p["selection"] == "targeted").cloned().collect()
}

/// The market with thirty listings of brand 1 of which most units were refunded as counterfeit.
fn suspects() -> Market {
    let mut market = market();
    for n in 30..60 {
        market.sales.push(Sale::new(10_000 + n, 1, 40));
        market.refunds.push(Refund::new(10_000 + n, 1, 20 + n % 7));
    }
    market
}

#[test]
fn without_evidence_nothing_is_targeted() {
    let lake = market().lake();
    let plan = picks(&lake, "--budget 40 --seed 1 --targeted-share 0.9");
    assert!(targeted(&plan).is_empty());
    assert_eq!(plan.len(), 40);
}

#[test]
fn a_share_of_the_budget_goes_to_suspects_and_estimates_nothing() {
    let lake = suspects().lake();
    for (share, expected) in [("0", 0), ("0.2", 8), ("0.25", 10)] {
        let plan = picks(&lake, &format!("--budget 40 --seed 1 --targeted-share {share}"));
        let targeted = targeted(&plan);
        assert_eq!((targeted.len(), plan.len()), (expected, 40), "share {share}");
        for pick in &targeted {
            assert!(pick["inclusion_probability"].is_null() && pick["stratum_size"].is_null(), "{pick:?}");
            assert!(text(pick, "stratum").starts_with(DAY) && text(pick, "stratum").ends_with("/brand-1/targeted"));
            assert!(text(pick, "reason").starts_with("targeted: "), "{pick:?}");
            assert!(text(pick, "reason").contains("counterfeit refund"), "{pick:?}");
            assert!((10_030..10_060).contains(&int(pick, "listing_id")), "{pick:?}");
        }
        // At most three of a merchant while there are others.
        let mut of_merchant: BTreeMap<i64, i64> = BTreeMap::new();
        targeted.iter().for_each(|p| *of_merchant.entry(int(p, "merchant_id")).or_default() += 1);
        assert!(of_merchant.values().all(|n| *n <= 3), "{of_merchant:?}");
        let random: Vec<&Row> = plan.iter().filter(|p| p["selection"] == "random").collect();
        assert!(random.iter().all(|p| text(p, "reason").starts_with("random: ")));
        let brand = lake.rows(BRANDS).into_iter().find(|b| b["brand_id"] == 1).expect("a brand");
        assert_eq!((int(&brand, "targeted"), int(&brand, "flagged") >= 25), (expected as i64, true));
    }
}

#[test]
fn how_many_are_targeted_does_not_depend_on_the_seed() {
    let lake = suspects().lake();
    let mut drawn = BTreeSet::new();
    for seed in 0..12 {
        let plan = picks(&lake, &format!("--budget 60 --seed {seed} --targeted-share 0.2"));
        assert_eq!(targeted(&plan).len(), 12, "seed {seed}");
        drawn.insert(listings_of(&plan));
    }
    assert_eq!(drawn.len(), 12);
}

#[test]
fn takedowns_of_a_merchant_speak_against_all_its_listings() {
    let mut market = market();
    let submitted = t() - 300 * 24 * HOUR;
    market.claims = vec![Claim { right_id: None, ..Claim::new(1, submitted, submitted + HOUR) }];
    let removed = |n: i64, merchant_id: i64, when: i64| Takedown { merchant_id, ..Takedown::removed(1, 700 + n, when) };
    // Merchant 903: ten takedowns of the last year. Merchant 904: ten older ones. Merchant 905: ten reinstated ones.
    let year_ago = t() - 365 * 24 * HOUR;
    market.takedowns = (0..10).map(|n| removed(n, 903, submitted + HOUR)).collect();
    market.takedowns.extend((10..20).map(|n| removed(n, 904, year_ago - 1)));
    market.takedowns.extend((20..30).map(|n| removed(n, 905, submitted + HOUR)));
    let lake = market.lake();
    let mut table = fixture::takedowns().with_rows(market.takedowns.clone());
    (20..30).for_each(|n| table.set_instant(n, "reinstated_at", t() - HOUR));
    lake.put(&table, DAY);
    let plan = targeted(&picks(&lake, "--budget 40 --seed 1 --targeted-share 0.1"));
    assert_eq!(plan.len(), 3, "three of a merchant");
    for pick in plan {
        assert_eq!(int(&pick, "merchant_id"), 903);
        assert_eq!(pick["reason"], "targeted: merchant has 10 upheld takedowns");
    }
}

#[test]
fn allegations_in_comments_speak_against_a_listing() {
    let lake = market().lake();
    let comment = |n: i64| {
        let (listing_id, text) =
            if n < 30 { (10_050, crate::support::comments::ALLEGE) } else { (10_060 + n, "很好用") };
        Comment { listing_id, merchant_id: 900, ..Comment::new(n + 1, DAY, text) }
    };
    lake.put(&comments().with_rows((0..60).map(comment)), DAY);
    let words = "--budget 20 --seed 1 --targeted-share 0.05";
    assert!(targeted(&picks(&lake, words)).is_empty(), "nothing is known of comments yet");
    lake.job("comment-signals").args("--days 1").run().ok();
    run(&lake, words).ok().says(&["published"]);
    let plan = lake.rows(PLAN);
    let found = plan.iter().find(|p| int(p, "listing_id") == 10_050).expect("the accused listing");
    if found["selection"] == "targeted" {
        assert_eq!(found["reason"], "targeted: 30 allegations of 30 comments");
    }
    assert_eq!(lake.manifest(PLAN)["notes"]["days_with_comment_signals"], 1);
}

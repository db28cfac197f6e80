//! The judgements of reappearances, by hand and against R.

mod pairs;
mod rates;

use super::*;

fn takedown(listing_id: i64, claim_id: i64, taken_down_at: i64) -> RemovedTakedown {
    RemovedTakedown { listing_id, claim_id, brand_id: claim_id * 10, merchant_id: 7, taken_down_at, reinstated: false }
}

#[test]
fn the_first_takedown_that_stands_is_the_removal() {
    let back = |t: RemovedTakedown| RemovedTakedown { reinstated: true, ..t };
    let mut takedowns = vec![
        // Two claims, the later one has the smaller number.
        takedown(1, 5, 100),
        takedown(1, 4, 200),
        // The same instant: the smaller claim.
        takedown(2, 9, 300),
        takedown(2, 8, 300),
        // Reinstated, then removed for good: removed, and not reinstated.
        back(takedown(3, 1, 100)),
        takedown(3, 2, 400),
        // Reinstated twice: the first one's brand.
        back(takedown(4, 6, 500)),
        back(takedown(4, 3, 600)),
        // A removal that stands, with another claim's that was reinstated after.
        takedown(5, 1, 100),
        back(takedown(5, 2, 200)),
    ];
    for _ in 0..takedowns.len() {
        takedowns.rotate_left(1);
        let Standing { removals, reinstated } = removals(&takedowns);
        let found: Vec<(i64, i64, i64, i64)> =
            removals.iter().map(|r| (r.listing_id, r.claim_id, r.brand_id, r.removed_at)).collect();
        assert_eq!(found, [(1, 5, 50, 100), (2, 8, 80, 300), (3, 2, 20, 400), (5, 1, 10, 100)]);
        assert_eq!(reinstated, [Reinstated { listing_id: 4, brand_id: 60 }]);
    }
}

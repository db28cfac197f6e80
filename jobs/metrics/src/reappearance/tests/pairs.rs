//! Pairs and their tiers, rule by rule.

use mirrorlake_model::reappearance::{LinkKind, Tier};

use super::super::*;
use crate::links::{Links, MerchantKeys};

const REMOVED_AT: i64 = 1_000;

/// Merchants 1 and 2 share a contact and an address, 2 and 3 a payout account; 4 shares nothing.
fn links() -> Links {
    let merchant =
        |merchant_id, contact, payout, address| MerchantKeys { merchant_id, keys: [None, contact, payout, address] };
    Links::of(
        &[
            merchant(1, Some("c"), None, Some("a")),
            merchant(2, Some("c"), Some("p"), Some("a")),
            merchant(3, None, Some("p"), None),
            merchant(4, None, None, None),
        ],
        20,
    )
}

fn removal(listing_id: i64, merchant_id: i64) -> Removal {
    Removal { listing_id, claim_id: 77, brand_id: 5, merchant_id, removed_at: REMOVED_AT }
}

fn listing(listing_id: i64, merchant_id: i64, listed_at: i64) -> Listing {
    Listing {
        listing_id,
        merchant_id,
        brand_id: Some(5),
        product_id: Some(50),
        listed_at,
        active: false,
        reactivated_at: None,
    }
}

fn matched(matches: i64, common: i64) -> Images {
    Images { hamming: Some(9), removed_position: Some(0), new_position: Some(2), matches, common }
}

/// The tier of another listing.
fn tier(product: Option<i64>, other: &Listing, images: Images) -> Option<Tier> {
    let (removals, links) = ([removal(10, 1)], links());
    let judge = Judge::new(&removals, &links, |_| product);
    judge.another(0, other, images).map(|pair| pair.tier)
}

#[test]
fn the_same_listing_is_back_if_it_is_active_and_was_reactivated_after() {
    let (removals, links) = ([removal(10, 1)], links());
    let judge = Judge::new(&removals, &links, |_| Some(50));
    let own = |active, reactivated_at| Listing { active, reactivated_at, ..listing(10, 1, 5) };
    let back = judge.same_listing(0, &own(true, Some(REMOVED_AT + 1))).expect("back");
    assert_eq!((back.tier, back.reappeared_at, back.new_listing_id), (Tier::SameListing, REMOVED_AT + 1, 10));
    assert_eq!((back.images.hamming, back.link_keys.len(), back.same_product), (None, 0, true));
    assert_eq!(judge.same_listing(0, &own(true, Some(REMOVED_AT))), None, "at the very instant is not after");
    assert_eq!(judge.same_listing(0, &own(true, None)), None);
    assert_eq!(judge.same_listing(0, &own(false, Some(REMOVED_AT + 1))), None, "closed again");
    assert_eq!(judge.another(0, &own(true, Some(REMOVED_AT + 1)), matched(1, 0)), None, "no other listing");
}

#[test]
fn after_is_strictly_after() {
    assert_eq!(tier(None, &listing(11, 1, REMOVED_AT), matched(1, 0)), None);
    assert_eq!(tier(None, &listing(11, 1, REMOVED_AT + 1), matched(1, 0)), Some(Tier::SameMerchant));
}

#[test]
fn the_same_merchant_needs_an_image_or_the_product_and_brand() {
    let at = REMOVED_AT + 1;
    let none = Images::default();
    let other = listing(11, 1, at);
    assert_eq!(tier(Some(50), &other, none), Some(Tier::SameMerchant));
    assert_eq!(tier(Some(51), &other, none), None);
    assert_eq!(tier(None, &Listing { product_id: None, ..other }, none), None, "what is not recorded is not the same");
    assert_eq!(tier(Some(50), &Listing { brand_id: Some(6), ..other }, none), None, "another brand");
    assert_eq!(tier(Some(50), &Listing { brand_id: None, ..other }, none), None);
    let another_brand = Listing { brand_id: None, product_id: None, ..other };
    assert_eq!(tier(Some(50), &another_brand, matched(1, 0)), Some(Tier::SameMerchant), "an image match of any brand");
    assert_eq!(tier(Some(50), &another_brand, matched(2, 2)), Some(Tier::SameMerchant), "a common picture too");
}

#[test]
fn other_merchants_need_an_image_that_is_not_common() {
    let at = REMOVED_AT + 1;
    for (merchant, expected) in [(2, Tier::LinkedMerchant), (3, Tier::OtherMerchant), (4, Tier::OtherMerchant)] {
        let other = listing(11, merchant, at);
        assert_eq!(tier(Some(50), &other, Images::default()), None, "the product alone accuses no other merchant");
        assert_eq!(tier(Some(50), &other, matched(2, 2)), None, "common pictures accuse nobody");
        assert_eq!(tier(Some(50), &other, matched(2, 1)), Some(expected));
    }
    let (removals, links) = ([removal(10, 1)], links());
    let judge = Judge::new(&removals, &links, |_| Some(50));
    let pair = judge.another(0, &listing(11, 2, at), matched(1, 0)).expect("a pair");
    assert_eq!(pair.link_keys, [LinkKind::Contact, LinkKind::Address]);
    assert_eq!((pair.same_product, pair.images.hamming, pair.reappeared_at), (true, Some(9), at));
    // A merchant that is not on record is linked to nobody.
    assert_eq!(tier(None, &listing(11, 99, at), matched(1, 0)), Some(Tier::OtherMerchant));
}

#[test]
fn listings_that_repeat_an_offer_are_found_by_merchant_product_and_brand() {
    let removals = [removal(10, 1), removal(20, 1), removal(30, 2), removal(40, 1)];
    let links = links();
    let judge = Judge::new(&removals, &links, |listing| (listing != 40).then_some(50));
    let places = |l: &Listing| judge.repeated(l).collect::<Vec<_>>();
    let other = listing(11, 1, REMOVED_AT + 1);
    assert_eq!(places(&other), [0, 1]);
    assert_eq!(places(&listing(20, 1, REMOVED_AT + 1)), [0], "not itself");
    assert_eq!(places(&listing(11, 1, REMOVED_AT)), [0_usize; 0], "strictly after");
    assert_eq!(places(&listing(11, 3, REMOVED_AT + 1)), [0_usize; 0]);
    assert_eq!(places(&Listing { product_id: None, ..other }), [0_usize; 0]);
    assert_eq!(places(&Listing { brand_id: None, ..other }), [0_usize; 0]);
    assert_eq!(places(&Listing { brand_id: Some(4), ..other }), [0_usize; 0]);
}

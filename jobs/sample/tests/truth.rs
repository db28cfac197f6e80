//! The planted truth is what the lake's rows say.

#![allow(clippy::disallowed_methods, reason = "it reads what was written, or times itself")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use common::{Lake, partitions, read};

type Hash = [u8; 32];

fn state(lake: &Lake, table: &str) -> Vec<RecordBatch> {
    partitions(&lake.path.join(table)).into_values().flatten().collect()
}

fn truth(lake: &Lake, table: &str) -> Vec<RecordBatch> {
    read(&lake.path.join("_truth").join(table).join("part-00000.parquet"))
}

fn whole(batch: &RecordBatch, column: &str, row: usize) -> Option<i64> {
    let array = batch.column_by_name(column)?.as_primitive_opt::<Int64Type>()?;
    array.is_valid(row).then(|| array.value(row))
}

fn instant(batch: &RecordBatch, column: &str, row: usize) -> Option<i64> {
    let array = batch.column_by_name(column)?.as_primitive_opt::<TimestampMicrosecondType>()?;
    array.is_valid(row).then(|| array.value(row))
}

fn text<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let array = batch.column_by_name(column)?.as_string_opt::<i32>()?;
    array.is_valid(row).then(|| array.value(row))
}

fn distance(one: &Hash, other: &Hash) -> u32 {
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// Hashes of quality 50 or better per listing.
fn hashes(lake: &Lake) -> BTreeMap<i64, Vec<Hash>> {
    let mut found: BTreeMap<i64, Vec<Hash>> = BTreeMap::new();
    for batch in state(lake, "listing_images") {
        let pdq = batch.column_by_name("pdq").expect("pdq").as_fixed_size_binary();
        let quality = batch.column_by_name("quality").expect("quality").as_primitive::<Int32Type>();
        for row in (0..batch.num_rows()).filter(|r| pdq.is_valid(*r) && quality.value(*r) >= 50) {
            let listing = whole(&batch, "listing_id", row).expect("a listing");
            found.entry(listing).or_default().push(pdq.value(row).try_into().expect("32 bytes"));
        }
    }
    found
}

/// A listing as the reappearance definitions see it.
struct Listing {
    merchant: i64,
    product: Option<i64>,
    listed_at: i64,
    reactivated_at: Option<i64>,
    active: bool,
}

fn listings(lake: &Lake) -> BTreeMap<i64, Listing> {
    let mut found = BTreeMap::new();
    for batch in state(lake, "listings") {
        for row in 0..batch.num_rows() {
            let listing = Listing {
                merchant: whole(&batch, "merchant_id", row).expect("a merchant"),
                product: whole(&batch, "product_id", row),
                listed_at: instant(&batch, "listed_at", row).expect("an instant"),
                reactivated_at: instant(&batch, "reactivated_at", row),
                active: text(&batch, "status", row) == Some("active"),
            };
            found.insert(whole(&batch, "listing_id", row).expect("an id"), listing);
        }
    }
    found
}

/// First standing removal per listing.
fn removals(lake: &Lake) -> BTreeMap<i64, i64> {
    let mut found = BTreeMap::new();
    for batch in state(lake, "takedowns") {
        for row in 0..batch.num_rows() {
            if instant(&batch, "reinstated_at", row).is_none()
                && let Some(at) = instant(&batch, "taken_down_at", row)
            {
                let listing = whole(&batch, "listing_id", row).expect("a listing");
                found.entry(listing).and_modify(|first: &mut i64| *first = at.min(*first)).or_insert(at);
            }
        }
    }
    found
}

/// Groups of merchants that share a key, of 20 members at the most.
fn links(lake: &Lake) -> BTreeSet<(i64, i64)> {
    let mut groups: BTreeMap<(&str, String), Vec<i64>> = BTreeMap::new();
    for batch in state(lake, "merchants") {
        for kind in ["entity_key", "contact_key", "payout_key", "address_key"] {
            for row in 0..batch.num_rows() {
                if let Some(key) = text(&batch, kind, row) {
                    let merchant = whole(&batch, "merchant_id", row).expect("an id");
                    groups.entry((kind, key.to_owned())).or_default().push(merchant);
                }
            }
        }
    }
    assert!(groups.values().any(|g| g.len() > 20), "a key that must link nobody");
    let small = groups.into_values().filter(|g| g.len() <= 20);
    small.flat_map(|g| g.iter().flat_map(|a| g.iter().map(|b| (*a, *b))).collect::<Vec<_>>()).collect()
}

/// The truth of reappearances derived anew from the lake alone, and compared pair by pair.
#[test]
fn every_pair_is_in_the_truth_with_its_distance_and_no_other() {
    let lake = Lake::bulky();
    let (hashes, listings, removals, links) = (hashes(&lake), listings(&lake), removals(&lake), links(&lake));
    let common: Vec<Hash> = truth(&lake, "common_images")
        .iter()
        .flat_map(|b| {
            let pdq = b.column_by_name("pdq").expect("pdq").as_fixed_size_binary();
            pdq.iter().map(|h| h.expect("a hash").try_into().expect("32 bytes")).collect::<Vec<Hash>>()
        })
        .collect();
    let own = |hash: &&Hash| common.iter().all(|c| distance(c, hash) > 31);
    let nearest = |one: i64, other: i64, only_own: bool| {
        let pick = |id: i64| hashes.get(&id).into_iter().flatten().filter(move |h| !only_own || own(h));
        pick(one).flat_map(|a| pick(other).map(move |b| distance(a, b))).min()
    };
    let mut expected: BTreeMap<(i64, i64), (&str, Option<u32>)> = BTreeMap::new();
    for (removed, at) in &removals {
        let original = &listings[removed];
        if original.active && original.reactivated_at.is_some_and(|back| back > *at) {
            expected.insert((*removed, *removed), ("A", None));
        }
        for (new, other) in listings.iter().filter(|(id, l)| *id != removed && l.listed_at > *at) {
            let same = original.merchant == other.merchant;
            let hamming = nearest(*removed, *new, !same).filter(|h| *h <= 31);
            let product = original.product.is_some() && original.product == other.product;
            let tier = match (same, hamming, links.contains(&(original.merchant, other.merchant))) {
                (true, None, _) if !product => continue,
                (true, _, _) => "B",
                (false, None, _) => continue,
                (false, _, true) => "C",
                (false, _, false) => "D",
            };
            expected.insert((*removed, *new), (tier, hamming));
        }
    }
    let mut tiers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out_of_reach = 0;
    let batches = truth(&lake, "reappearances");
    for batch in &batches {
        let distances = batch.column_by_name("hamming").expect("hamming").as_primitive::<Int32Type>();
        for row in 0..batch.num_rows() {
            let pair = (
                whole(batch, "removed_listing_id", row).expect("an id"),
                whole(batch, "new_listing_id", row).expect("an id"),
            );
            let hamming = distances.is_valid(row).then(|| distances.value(row).unsigned_abs());
            if let Some(tier) = text(batch, "tier", row) {
                assert_eq!(expected.remove(&pair), Some((tier, hamming)), "{pair:?}");
                *tiers.entry(tier).or_default() += 1;
            } else {
                out_of_reach += 1;
                assert!(!expected.contains_key(&pair), "{pair:?} is within reach");
                match text(batch, "reason", row) {
                    Some("near_miss") => assert!((32..=45).contains(&hamming.expect("a distance")), "{pair:?}"),
                    reason => assert_eq!(reason, Some("poor_image")),
                }
            }
        }
    }
    assert!(expected.is_empty(), "not in the truth: {expected:?}");
    assert_eq!(tiers.into_keys().collect::<Vec<_>>(), ["A", "B", "C", "D"]);
    assert_eq!(out_of_reach, lake.summary.reappearances_out_of_reach);
}

#[test]
fn every_comment_has_a_label_and_every_merchant_and_listing_its_truth() {
    let lake = Lake::small();
    let comments = partitions(&lake.path.join("comments"));
    let labels = partitions(&lake.path.join("_truth/comments"));
    assert_eq!(comments.keys().collect::<Vec<_>>(), labels.keys().collect::<Vec<_>>());
    let ids = |batches: &[RecordBatch]| -> Vec<Option<i64>> {
        batches.iter().flat_map(|b| (0..b.num_rows()).map(|r| whole(b, "comment_id", r))).collect()
    };
    for (day, batches) in &comments {
        assert_eq!(ids(batches), ids(&labels[day]), "{day}");
    }
    for table in ["merchants", "listings"] {
        let rows: usize = truth(&lake, table).iter().map(RecordBatch::num_rows).sum();
        assert_eq!(rows as u64, lake.summary.rows(table), "{table}");
    }
    for batch in truth(&lake, "brand_prevalence") {
        let prevalence = batch.column_by_name("prevalence").expect("prevalence").as_primitive::<Float64Type>();
        assert!(prevalence.iter().flatten().all(|p| (0.0..=1.0).contains(&p)));
        assert_eq!(batch.num_rows() as u64, 3 * lake.summary.rows("brands"));
    }
}

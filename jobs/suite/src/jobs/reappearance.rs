//! `reappearance`: which removed listings came back, as what, and how many of them by when.

use mirrorlake_lake::marts::MartPartition;
use mirrorlake_metrics::links::Links;
use mirrorlake_metrics::reappearance::{Judge, Rates, Standing, rates, removals};
use mirrorlake_model::reappearance::{LinkKind, ReappearanceRow, Tier};
use mirrorlake_signals::matching::CommonRule;
use serde_json::{Value, json};

use crate::catalogue;
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Job, Need, Work};
use crate::reappearance::{self, Earlier, Fingerprints, Gallery, Known, Offer, Pictures, RemovalRow, Search, Seen};
use crate::settings::Settings;

/// How many days back the search of an earlier day is looked for: beyond them little of it still holds.
const EARLIER_DAYS: u32 = 35;

/// The job.
pub struct Reappearance;

impl Job for Reappearance {
    fn name(&self) -> &'static str {
        "reappearance"
    }

    fn about(&self) -> &'static str {
        "which removed listings came back, as what, and how many of them by when"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[
            Need::Table("takedowns"),
            Need::Table("claims"),
            Need::Table("merchants"),
            Need::Table("listings"),
            Need::Table("listing_images"),
            Need::Earlier("reappearance_pictures"),
            Need::Earlier("reappearance_matches"),
            Need::Earlier("reappearance_digests"),
        ];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &[
            "reappearances",
            "reappearance_rates",
            "reappearance_curves",
            "reappearance_removals",
            "reappearance_pictures",
            "reappearance_matches",
            "reappearance_digests",
        ]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({
            "time_zone": settings.time_zone.name(),
            "link_key_merchants": settings.link_key_merchants,
            "common_image_groups": settings.common_image_groups,
            "common_image_groups_before": settings.common_image_groups_before,
        })
    }

    fn earlier_days(&self, _settings: &Settings) -> u32 {
        EARLIER_DAYS
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let mut computed = Computed::default();
        let warnings = &mut computed.warnings;
        let standing = removals(&reappearance::removed_takedowns(work, warnings)?);
        let links = reappearance::links(work, work.settings.link_key_merchants, warnings)?;
        let removed: Vec<i64> = standing.removals.iter().map(|r| r.listing_id).collect();
        let removed_offers = reappearance::picked_listings(work, &removed, warnings)?;
        let fingerprints = fingerprints(work)?;
        let removed_images = Gallery::of(work, &removed, &fingerprints, warnings)?;
        let pictures = Pictures::of(&standing.removals, &removed_images);
        let seen_by = Seen { links: &links, removals: &standing.removals, rule: rule(work.settings) };
        let earlier = Earlier::newest(work);
        let mut digests = Vec::new();
        let add = |listing, digest| digests.push((listing, digest));
        let search = Search::run(work, &pictures, seen_by, earlier.as_ref(), &fingerprints, add, warnings)?;
        let judge = Judge::new(&standing.removals, &links, |id| product(&removed_offers, id));
        let removed = (&removed_offers[..], &removed_images);
        let known = Known::read(work, &judge, seen_by, &search, removed, &fingerprints, warnings)?;
        let questioned = known.pictures_in_question();
        let others = Search::run(work, &questioned, seen_by, earlier.as_ref(), &fingerprints, |_, _| (), warnings)?;
        drop(earlier);
        let rows = known.rows(&others);
        let Rates { rates, curves } = rates_of(&standing, &rows, work.as_of.micros());
        let removal_rows = known.removal_rows(&standing);
        computed.notes = notes(&rows, &removal_rows, &links, [&search, &others]);
        let missing = (standing.removals.len() - removed_offers.len()) as u64;
        computed.notes.push(("removed_listings_not_on_record".to_owned(), missing));
        for (name, batch) in [
            ("reappearances", reappearance::reappearances_batch(&rows)?),
            ("reappearance_rates", reappearance::rates_batch(&rates)?),
            ("reappearance_curves", reappearance::curves_batch(&curves)?),
            ("reappearance_removals", reappearance::removals_batch(&removal_rows)?),
            ("reappearance_pictures", reappearance::pictures_batch(&[&search, &others])?),
            ("reappearance_matches", reappearance::matches_batch(&[&search, &others])?),
            ("reappearance_digests", reappearance::digests_batch(&digests)?),
        ] {
            let (schema, batches) = catalogue::with_schema(batch);
            computed.marts.push(ComputedMart { name, schema, batches });
        }
        Ok(computed)
    }
}

/// Hashes of images that the lake has none for, where they have been taken.
fn fingerprints(work: &Work<'_>) -> Result<Fingerprints, Failure> {
    let of_day = work.window("image_fingerprints").iter().find(|d| d.day == work.as_of.day);
    let mart: Option<MartPartition> = of_day.map(|day| day.read()).transpose()?;
    mart.map_or_else(|| Ok(Fingerprints::default()), |mart| Fingerprints::read(&mart))
}

/// When a picture is common, as configured.
fn rule(settings: &Settings) -> CommonRule {
    CommonRule {
        groups: settings.common_image_groups as usize,
        groups_before: settings.common_image_groups_before as usize,
        ..CommonRule::default()
    }
}

fn product(offers: &[Offer], listing_id: i64) -> Option<i64> {
    let at = offers.binary_search_by_key(&listing_id, |o| o.listing.listing_id).ok()?;
    offers[at].listing.product_id
}

fn rates_of(standing: &Standing, rows: &[ReappearanceRow], as_of: i64) -> Rates {
    rates(standing, rows.iter().map(|r| (r.removed_listing_id, r.tier, r.reappeared_at)), as_of)
}

/// Counts for the manifest.
fn notes(
    rows: &[ReappearanceRow],
    removals: &[RemovalRow],
    links: &Links,
    [search, others]: [&Search<'_>; 2],
) -> Vec<(String, u64)> {
    let counts = search.counts;
    let of = |number: fn(&RemovalRow) -> i64| removals.iter().map(number).sum::<i64>().cast_unsigned();
    let mut notes = vec![
        ("removals", removals.iter().filter(|r| r.removed_at.is_some()).count() as u64),
        ("reinstated_listings", removals.iter().filter(|r| r.removed_at.is_none()).count() as u64),
        ("images_of_removed_listings", of(|r| r.images)),
        ("images_of_removed_listings_that_are_common", of(|r| r.common_images)),
        ("images_of_removed_listings_not_compared", of(|r| r.uncompared_images)),
        ("images_without_a_hash_not_looked_at", counts.unseen),
        ("images_of_low_quality", counts.poor),
        ("listings_searched", counts.searched),
        ("listings_carried_over", counts.carried),
        ("pictures", (search.found.len() + others.found.len()) as u64),
        ("pictures_looked_for_among_all_listings", counts.new_pictures + others.counts.new_pictures),
    ];
    notes.extend(LinkKind::ALL.iter().map(|kind| (crowded(*kind), links.crowded_keys(*kind))));
    let mut notes: Vec<(String, u64)> = notes.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    for tier in Tier::ALL {
        let n = rows.iter().filter(|r| r.tier == *tier).count() as u64;
        notes.push((format!("pairs_tier_{}", tier.word().to_lowercase()), n));
    }
    notes
}

const fn crowded(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Entity => "entity_keys_of_too_many_merchants",
        LinkKind::Contact => "contact_keys_of_too_many_merchants",
        LinkKind::Payout => "payout_keys_of_too_many_merchants",
        LinkKind::Address => "address_keys_of_too_many_merchants",
    }
}

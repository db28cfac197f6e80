//! `reappearance`: which removed listings came back, as what, and how many of them by when.

use std::collections::BTreeMap;

use mirrorlake_engine::Warning;
use mirrorlake_lake::marts::MartPartition;
use mirrorlake_metrics::links::Links;
use mirrorlake_metrics::reappearance::{Judge, Pair, Rates, Removal, Standing, rates, removals};
use mirrorlake_model::reappearance::{LinkKind, ReappearanceRow, Tier};
use mirrorlake_signals::matching::{CommonRule, Hash};
use mirrorlake_signals::titles::Title;
use serde_json::{Value, json};

use crate::catalogue;
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Job, Need, Work};
use crate::reappearance::{self, Earlier, Fingerprints, Gallery, Offer, Pictures, RemovalRow, Search, compare};
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
        let rule = CommonRule { groups: work.settings.common_image_groups as usize, ..CommonRule::default() };
        let earlier = Earlier::newest(work);
        let search = Search::run(work, &pictures, &links, rule, earlier.as_ref(), &fingerprints, warnings)?;
        drop(earlier);
        let judge = Judge::new(&standing.removals, &links, |id| of(&removed_offers, id)?.listing.product_id);
        let known =
            Known { judge: &judge, removed_offers: &removed_offers, removed_images: &removed_images, search: &search };
        let rows = known.rows(work, &fingerprints, warnings)?;
        let Rates { rates, curves } = rates_of(&standing, &rows, work.as_of.micros());
        computed.notes = notes(&standing, &known, &rows, &links);
        for (name, batch) in [
            ("reappearances", reappearance::reappearances_batch(&rows)?),
            ("reappearance_rates", reappearance::rates_batch(&rates)?),
            ("reappearance_curves", reappearance::curves_batch(&curves)?),
            ("reappearance_removals", reappearance::removals_batch(&known.removal_rows(&standing))?),
            ("reappearance_pictures", reappearance::pictures_batch(&search)?),
            ("reappearance_matches", reappearance::matches_batch(&search)?),
            ("reappearance_digests", reappearance::digests_batch(&search.digests)?),
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

/// A listing among others that come by number.
fn of(offers: &[Offer], listing_id: i64) -> Option<&Offer> {
    offers.binary_search_by_key(&listing_id, |o| o.listing.listing_id).ok().map(|at| &offers[at])
}

fn rates_of(standing: &Standing, rows: &[ReappearanceRow], as_of: i64) -> Rates {
    rates(standing, rows.iter().map(|r| (r.removed_listing_id, r.tier, r.reappeared_at)), as_of)
}

/// What is known of removals before pairs are judged.
struct Known<'a> {
    judge: &'a Judge<'a>,
    removed_offers: &'a [Offer],
    removed_images: &'a Gallery,
    search: &'a Search<'a>,
}

impl Known<'_> {
    /// All pairs, in the mart's order.
    fn rows(
        &self,
        work: &Work<'_>,
        fingerprints: &Fingerprints,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<ReappearanceRow>, Failure> {
        let mut candidates = self.by_picture();
        reappearance::repeated_offers(work, warnings, |listing| {
            candidates.extend(self.judge.repeated(listing).map(|place| (place, listing.listing_id)));
        })?;
        candidates.sort_unstable();
        candidates.dedup();
        let mut others: Vec<i64> = candidates.iter().map(|c| c.1).collect();
        others.sort_unstable();
        others.dedup();
        let offers = reappearance::picked_listings(work, &others, warnings)?;
        let images = Gallery::of(work, &others, fingerprints, warnings)?;
        let mut rows = Vec::new();
        for (place, removal) in self.judge.removals().iter().enumerate() {
            let own = of(self.removed_offers, removal.listing_id);
            let back = own.and_then(|own| self.judge.same_listing(place, &own.listing));
            rows.extend(back.map(|pair| row(pair, own, own)));
            let first = candidates.partition_point(|c| c.0 < place);
            for (_, listing_id) in candidates[first..].iter().take_while(|c| c.0 == place) {
                let Some(other) = of(&offers, *listing_id) else { continue };
                let (removed, shown) =
                    (self.removed_images.of_listing(removal.listing_id), images.of_listing(*listing_id));
                let compared = compare(removed, shown, |hash| self.is_common(hash));
                rows.extend(
                    self.judge.another(place, &other.listing, compared).map(|pair| row(pair, own, Some(other))),
                );
            }
        }
        rows.sort_by_key(|r| (r.removed_listing_id, r.new_listing_id));
        Ok(rows)
    }

    /// Removals and the listings that show one of their pictures; of common pictures only those of the removal's merchant,
    /// since they accuse nobody else.
    fn by_picture(&self) -> Vec<(usize, i64)> {
        let mut candidates = Vec::new();
        for (place, removal) in self.judge.removals().iter().enumerate() {
            for image in self.removed_images.of_listing(removal.listing_id) {
                let found = self.search.pictures.place(&image.hash).map(|picture| &self.search.found[picture]);
                let Some(found) = found else { continue };
                let of_interest = found.matches.iter().filter(|m| {
                    m.listing_id != removal.listing_id
                        && (found.common_from.is_none() || m.merchant_id == removal.merchant_id)
                });
                candidates.extend(of_interest.map(|m| (place, m.listing_id)));
            }
        }
        candidates
    }

    fn is_common(&self, hash: &Hash) -> bool {
        self.search.pictures.place(hash).is_some_and(|picture| self.search.found[picture].common_from.is_some())
    }

    /// The mart `reappearance_removals`.
    fn removal_rows(&self, standing: &Standing) -> Vec<RemovalRow> {
        let of_removal = |removal: &Removal| {
            let images = self.removed_images.of_listing(removal.listing_id);
            RemovalRow {
                listing_id: removal.listing_id,
                claim_id: Some(removal.claim_id),
                brand_id: removal.brand_id,
                merchant_id: Some(removal.merchant_id),
                removed_at: Some(removal.removed_at),
                images: images.len() as i64,
                common_images: images.iter().filter(|i| self.is_common(&i.hash)).count() as i64,
                uncompared_images: self.removed_images.uncompared_of(removal.listing_id) as i64,
            }
        };
        let mut rows: Vec<RemovalRow> = standing.removals.iter().map(of_removal).collect();
        rows.extend(standing.reinstated.iter().map(|r| RemovalRow {
            listing_id: r.listing_id,
            claim_id: None,
            brand_id: r.brand_id,
            merchant_id: None,
            removed_at: None,
            images: 0,
            common_images: 0,
            uncompared_images: 0,
        }));
        rows.sort_by_key(|r| r.listing_id);
        rows
    }
}

/// One row of the mart `reappearances`.
fn row(pair: Pair, removed: Option<&Offer>, new: Option<&Offer>) -> ReappearanceRow {
    let other = pair.tier != Tier::SameListing;
    let titles = removed.zip(new).filter(|_| other);
    ReappearanceRow {
        removed_listing_id: pair.removal.listing_id,
        new_listing_id: pair.new_listing_id,
        brand_id: pair.removal.brand_id,
        removed_at: pair.removal.removed_at,
        reappeared_at: pair.reappeared_at,
        tier: pair.tier,
        removed_merchant_id: pair.removal.merchant_id,
        new_merchant_id: pair.new_merchant_id,
        link_keys: pair.link_keys,
        hamming: pair.images.hamming,
        same_product: pair.same_product,
        claim_id: pair.removal.claim_id,
        removed_position: pair.images.removed_position,
        new_position: pair.images.new_position,
        image_matches: pair.images.matches,
        common_matches: pair.images.common,
        title_similarity: titles.map(|(a, b)| Title::new(&a.title).similarity(&Title::new(&b.title))),
        removed_title: removed.map(|o| o.title.clone()),
        new_title: new.map(|o| o.title.clone()),
    }
}

/// Counts for the manifest.
fn notes(standing: &Standing, known: &Known<'_>, rows: &[ReappearanceRow], links: &Links) -> Vec<(String, u64)> {
    let Known { removed_offers, removed_images, search, .. } = known;
    let mut of_tier: BTreeMap<Tier, u64> = BTreeMap::new();
    rows.iter().for_each(|r| *of_tier.entry(r.tier).or_default() += 1);
    let common = search.found.iter().filter(|f| f.common_from.is_some()).count();
    let counts = search.counts;
    let mut notes = vec![
        ("removals".to_owned(), standing.removals.len() as u64),
        ("reinstated_listings".to_owned(), standing.reinstated.len() as u64),
        ("removed_listings_not_on_record".to_owned(), (standing.removals.len() - removed_offers.len()) as u64),
        ("images_of_removed_listings_not_compared".to_owned(), removed_images.uncompared.len() as u64),
        ("pictures_of_removed_listings".to_owned(), search.pictures.hashes.len() as u64),
        ("common_pictures".to_owned(), common as u64),
        ("images_without_a_hash_not_looked_at".to_owned(), counts.unseen),
        ("images_of_low_quality".to_owned(), counts.poor),
        ("listings_searched".to_owned(), counts.searched),
        ("listings_carried_over".to_owned(), counts.carried),
        ("pictures_looked_for_among_all_listings".to_owned(), counts.new_pictures),
    ];
    for tier in Tier::ALL {
        notes.push((format!("pairs_tier_{}", tier.word().to_lowercase()), of_tier.get(tier).copied().unwrap_or(0)));
    }
    for kind in LinkKind::ALL {
        notes.push((format!("{}_keys_too_common_to_link", kind.word()), links.crowded_keys(*kind)));
    }
    notes
}

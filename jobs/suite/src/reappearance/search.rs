//! Where the pictures of removed listings are shown.
//!
//! Every picture is looked for among the images of all listings, and what is found is carried over from an earlier day for
//! listings and pictures that have not changed: a daily run looks for all pictures among the changed listings' images, and
//! for the new pictures among the others'. What a picture's matches are never depends on which of the two found them.
//!
//! An official picture may be shown by many thousands of listings. As soon as so many unlinked merchants show a picture, in
//! the order of the listings, that it is common whoever looks at it, only the merchants that had it removed are of interest.

use mirrorlake_engine::Warning;
use mirrorlake_metrics::links::Links;
use mirrorlake_metrics::reappearance::Removal;
use mirrorlake_signals::matching::{CommonRule, Hash, Index, REACH, Unique, Use};

use super::earlier::Earlier;
use super::images::{Fingerprints, Gallery};
use super::slice::{Shown, Slice};
use crate::failure::Failure;
use crate::job::Work;

/// Listings whose images are looked at together.
const LISTINGS_AT_A_TIME: usize = 250_000;

/// Different pictures, with the merchants that had each removed.
#[derive(Default)]
pub struct Pictures {
    /// Hashes, ascending.
    pub hashes: Vec<Hash>,
    merchants: Vec<i64>,
    starts: Vec<usize>,
}

impl Pictures {
    /// The pictures of removals, which come by listing.
    pub fn of(removals: &[Removal], gallery: &Gallery) -> Self {
        let mut shown: Vec<(Hash, i64)> = Vec::with_capacity(gallery.images.len());
        for image in &gallery.images {
            if let Ok(at) = removals.binary_search_by_key(&image.listing_id, |r| r.listing_id) {
                shown.push((image.hash, removals[at].merchant_id));
            }
        }
        shown.sort_unstable();
        shown.dedup();
        let mut pictures = Self { starts: vec![0], ..Self::default() };
        for of_picture in shown.chunk_by(|a, b| a.0 == b.0) {
            pictures.hashes.push(of_picture[0].0);
            pictures.merchants.extend(of_picture.iter().map(|s| s.1));
            pictures.starts.push(pictures.merchants.len());
        }
        pictures
    }

    /// Pictures that nobody need have had removed, in any order.
    pub fn of_others(mut hashes: Vec<Hash>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self { merchants: Vec::new(), starts: vec![0; hashes.len() + 1], hashes }
    }

    /// The merchants that had a picture removed, ascending.
    pub fn merchants(&self, picture: usize) -> &[i64] {
        &self.merchants[self.starts[picture]..self.starts[picture + 1]]
    }

    /// The place of a picture.
    pub fn place(&self, hash: &Hash) -> Option<usize> {
        self.hashes.binary_search(hash).ok()
    }
}

/// A listing that shows a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Listing.
    pub listing_id: i64,
    /// Its merchant.
    pub merchant_id: i64,
    /// When it was first listed.
    pub since: i64,
    /// Smallest distance of its images, in bits.
    pub bits: u8,
    /// Whether no removal stands against it.
    pub standing: bool,
}

impl Match {
    /// Whether it is a use that may make the picture common.
    fn counts(&self, rule: CommonRule) -> bool {
        self.standing && u32::from(self.bits) <= rule.reach
    }
}

/// The listings that show a picture.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By listing: all of them, or where the picture is common for all, those up to `common_from` and those of the merchants
    /// that had it removed.
    pub matches: Vec<Match>,
    /// The listing with which the picture became common, whoever looks at it; none where it did not.
    pub common_from: Option<i64>,
    /// Groups of linked merchants that show it closely enough to make it common.
    groups: Vec<i64>,
}

impl Found {
    /// Takes the next listing, in the order of listings.
    fn take(&mut self, next: Match, group: impl FnOnce() -> i64, own: bool, rule: CommonRule) {
        if self.common_from.is_some() {
            if own {
                self.matches.push(next);
            }
            return;
        }
        self.matches.push(next);
        if next.counts(rule) {
            let group = group();
            if !self.groups.contains(&group) {
                self.groups.push(group);
            }
            if rule.holds_for_all(self.groups.len()) {
                self.common_from = Some(next.listing_id);
                self.groups = Vec::new();
            }
        }
    }
}

/// What was looked at, for the manifest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Listings with images that can be compared, and that were looked at anew.
    pub searched: u64,
    /// Listings whose images are those of the earlier day.
    pub carried: u64,
    /// Pictures that were looked for among all listings.
    pub new_pictures: u64,
    /// Images without a hash.
    pub unseen: u64,
    /// Images of too low a quality.
    pub poor: u64,
}

/// A search for pictures, and what it found.
pub struct Search<'a> {
    /// The pictures.
    pub pictures: &'a Pictures,
    /// What was found of each.
    pub found: Vec<Found>,
    /// What was looked at.
    pub counts: Counts,
    seen_by: Seen<'a>,
    threads: usize,
}

/// What tells whether a picture is common.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// Which merchants are linked.
    pub links: &'a Links,
    /// Removals, by listing.
    pub removals: &'a [Removal],
    /// When a picture is common.
    pub rule: CommonRule,
}

impl Seen<'_> {
    /// The group of linked merchants that a merchant is in, by the smallest of their numbers.
    fn group(&self, merchant_id: i64) -> i64 {
        self.links.component(merchant_id).map_or(merchant_id, |c| c.first_merchant_id)
    }

    fn standing(&self, listing_id: i64) -> bool {
        self.removals.binary_search_by_key(&listing_id, |r| r.listing_id).is_err()
    }

    /// Whether a picture is common, seen from a removal.
    pub fn is_common(&self, found: &Found, removal: &Removal) -> bool {
        if found.common_from.is_some() {
            return true;
        }
        let uses = found.matches.iter().filter(|m| m.counts(self.rule));
        let uses: Vec<Use> = uses.map(|m| Use { group: self.group(m.merchant_id), since: m.since }).collect();
        self.rule.holds(&uses, self.group(removal.merchant_id), removal.removed_at)
    }
}

/// Some pictures, and among which listings they are looked for.
struct Lookup {
    index: Index,
    /// The picture of each reference of the index.
    pictures: Vec<u32>,
    changed: bool,
    unchanged: bool,
}

impl Lookup {
    fn of(all: &Pictures, pictures: Vec<u32>, changed: bool, unchanged: bool) -> Self {
        let hashes = pictures.iter().map(|p| all.hashes[*p as usize]).collect();
        Self { index: Index::new(hashes), pictures, changed, unchanged }
    }
}

/// A picture's matches of the earlier day that are still to be taken.
struct Carried<'a> {
    left: &'a [(i64, u8)],
}

impl<'a> Search<'a> {
    /// Looks for the pictures among the images of all listings. `seen` gets the number and digest of each listing that has
    /// images that can be compared, by listing.
    ///
    /// # Errors
    ///
    /// The engine's, or a failed check's.
    pub fn run(
        work: &Work<'_>,
        pictures: &'a Pictures,
        seen_by: Seen<'a>,
        earlier: Option<&Earlier>,
        fingerprints: &Fingerprints,
        mut seen: impl FnMut(i64, i64),
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, Failure> {
        let mut search = Self {
            pictures,
            found: vec![Found::default(); pictures.hashes.len()],
            counts: Counts::default(),
            seen_by,
            threads: work.threads,
        };
        let all: Vec<u32> = (0_u32..).zip(&pictures.hashes).map(|(p, _)| p).collect();
        let known: Vec<Option<usize>> =
            (0..all.len()).map(|p| earlier?.known(&pictures.hashes[p], pictures.merchants(p))).collect();
        let mut carried: Vec<Carried<'_>> = known
            .iter()
            .map(|k| Carried { left: earlier.zip(*k).map_or(&[][..], |(earlier, k)| earlier.matches(k)) })
            .collect();
        let new: Vec<u32> = all.iter().copied().filter(|p| known[*p as usize].is_none()).collect();
        search.counts.new_pictures = new.len() as u64;
        let mut lookups = vec![Lookup::of(pictures, all, true, false)];
        if earlier.is_some() {
            lookups.push(Lookup::of(pictures, new, false, true));
        }
        let mut digests = earlier.map(Earlier::digests);
        work.reduce_by_listings("listing_pictures", warnings, |batch| {
            let slice = Slice::of(&batch, fingerprints, &mut search.counts, |listing| digests.as_mut()?.of(listing))?;
            drop(batch);
            slice.listings.iter().for_each(|l| seen(l.listing_id, l.digest));
            let changed = slice.listings.iter().filter(|l| l.changed).count() as u64;
            search.counts.searched += changed;
            search.counts.carried += slice.listings.len() as u64 - changed;
            search.look(&slice, &lookups, &mut carried);
            Ok(())
        })?;
        drop(lookups);
        search.mend(work, earlier, &known, fingerprints, warnings)?;
        Ok(search)
    }

    /// Looks again for pictures that were common on the earlier day, when not all of their matches were kept, and that are
    /// not made common by the same listings any more.
    fn mend(
        &mut self,
        work: &Work<'_>,
        earlier: Option<&Earlier>,
        known: &[Option<usize>],
        fingerprints: &Fingerprints,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), Failure> {
        let Some(earlier) = earlier else { return Ok(()) };
        let broken = |(found, known): (&Found, &Option<usize>)| {
            let kept_to = known.and_then(|k| earlier.common_from(k));
            kept_to.is_some_and(|to| found.common_from.is_none_or(|now| now > to))
        };
        let again: Vec<u32> = (0_u32..)
            .zip(self.found.iter().zip(known))
            .filter(|(_, state)| broken(*state))
            .map(|(picture, _)| picture)
            .collect();
        if again.is_empty() {
            return Ok(());
        }
        self.counts.new_pictures += again.len() as u64;
        for picture in &again {
            self.found[*picture as usize] = Found::default();
        }
        let lookups = [Lookup::of(self.pictures, again, true, true)];
        let mut nothing: Vec<Carried<'_>> = (0..self.found.len()).map(|_| Carried { left: &[] }).collect();
        let mut counted = Counts::default();
        work.reduce_by_listings("listing_pictures", warnings, |batch| {
            let slice = Slice::of(&batch, fingerprints, &mut counted, |_| None)?;
            drop(batch);
            self.look(&slice, &lookups, &mut nothing);
            Ok(())
        })
    }

    /// Looks at a slice of the listings, some at a time: pictures that turn out to be common need no room after that.
    fn look(&mut self, slice: &Slice, lookups: &[Lookup], carried: &mut [Carried<'_>]) {
        for listings in slice.listings.chunks(LISTINGS_AT_A_TIME) {
            let mut hits: Vec<(u32, u32, u8)> = Vec::new();
            for lookup in lookups {
                let asked = listings.iter().enumerate();
                let asked = asked.filter(|(_, l)| if l.changed { lookup.changed } else { lookup.unchanged });
                self.hits(slice, asked, listings, lookup, &mut hits);
            }
            let last = listings.last().map_or(i64::MIN, |l| l.listing_id);
            for (picture, carried) in carried.iter_mut().enumerate() {
                let of_listings = carried.left.partition_point(|(listing, _)| *listing <= last);
                let (now, later) = carried.left.split_at(of_listings);
                carried.left = later;
                for (listing, bits) in now {
                    // What has changed since was looked at anew; what is gone shows nothing.
                    if let Ok(at) = listings.binary_search_by_key(listing, |l| l.listing_id)
                        && !listings[at].changed
                    {
                        hits.push((picture as u32, at as u32, *bits));
                    }
                }
            }
            hits.sort_unstable();
            hits.dedup_by_key(|hit| (hit.0, hit.1));
            for (picture, at, bits) in hits {
                let Shown { listing_id, merchant_id, since, .. } = listings[at as usize];
                let seen_by = self.seen_by;
                let next = Match { listing_id, merchant_id, since, bits, standing: seen_by.standing(listing_id) };
                let own = self.pictures.merchants(picture as usize).binary_search(&merchant_id).is_ok();
                self.found[picture as usize].take(next, || seen_by.group(merchant_id), own, seen_by.rule);
            }
        }
    }

    /// Finds the pictures that listings show: picture, place of the listing, distance.
    fn hits<'s>(
        &self,
        slice: &Slice,
        asked: impl Iterator<Item = (usize, &'s Shown)>,
        listings: &[Shown],
        lookup: &Lookup,
        hits: &mut Vec<(u32, u32, u8)>,
    ) {
        if lookup.pictures.is_empty() {
            return;
        }
        let (mut hashes, mut shown_by) = (Vec::new(), Vec::new());
        for (at, listing) in asked {
            hashes.extend_from_slice(&slice.hashes[listing.images.clone()]);
            shown_by.resize(hashes.len(), at as u32);
        }
        // Equal images are looked up once, however many listings show them.
        let Unique { hashes, places } = Unique::new(&hashes);
        let mut by_hash: Vec<(u32, u32)> = places.into_iter().zip(shown_by).collect();
        by_hash.sort_unstable();
        let mut starts: Vec<usize> = vec![0; hashes.len() + 1];
        for (place, _) in &by_hash {
            starts[*place as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        lookup.index.matches(&hashes, REACH, self.threads, &mut |query, reference, bits| {
            let picture = lookup.pictures[reference as usize];
            let shown = &by_hash[starts[query as usize]..starts[query as usize + 1]];
            let known_common = self.found[picture as usize].common_from.is_some();
            let owners = self.pictures.merchants(picture as usize);
            for (_, at) in shown {
                if !known_common || owners.binary_search(&listings[*at as usize].merchant_id).is_ok() {
                    hits.push((picture, *at, bits as u8));
                }
            }
        });
    }
}

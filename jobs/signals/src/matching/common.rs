//! Pictures that everybody shows, such as a brand's official photographs: they say nothing about who shows them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use mirrorlake_model::thresholds::{COMMON_IMAGE_GROUPS, COMMON_IMAGE_GROUPS_BEFORE, COMMON_IMAGE_REACH};

use super::Hash;
use super::index::{BLOCK, arranged};
use super::plan::Plan;
use super::search::{Sink, search};
use super::unique::Unique;
use super::workers::Workers;

/// When a picture is common: when so many groups of merchants show it that showing it is no sign of a removed listing.
///
/// - *Groups*, not merchants: all merchants that are linked, directly or through others, are one. A ring of forty linked
///   shops that share a stolen picture shows it once.
/// - The group of the removed listing does not count, so nobody makes a picture common by showing it often.
/// - Only uses within `reach` of the picture itself count, never uses of uses, so that no chain leads from an official
///   picture to one that merely resembles it. At half of the reach of a match all those uses match each other; a picture
///   that is 32 bits away from an official one is not made common by shops' copies of that which stray up to 16 bits.
/// - Either a few groups showed it *before the removal*, when there was nothing yet to come back, or more do at whatever
///   time: then the picture is the product's, and who lists the product later uses it like everybody else. A seller who comes
///   back under many unlinked names makes the removed picture common only with as many listings that stand.
///
/// A match accuses nobody in tiers C and D if one of its two pictures is common: the removed one, or the new one, which may
/// be the official picture while the removed listing showed an edited copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommonRule {
    /// Largest distance in bits between the picture and a use of it.
    pub reach: u32,
    /// So many groups show it, at whatever time.
    pub groups: usize,
    /// Or so many groups showed it before the removal.
    pub groups_before: usize,
}

impl Default for CommonRule {
    fn default() -> Self {
        Self { reach: COMMON_IMAGE_REACH, groups: COMMON_IMAGE_GROUPS, groups_before: COMMON_IMAGE_GROUPS_BEFORE }
    }
}

/// A picture of which to tell whether it is common, seen from a removed listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The removed listing's picture, or the one that matches it.
    pub hash: Hash,
    /// The group of linked merchants of the removed listing, whose uses do not count.
    pub group: u32,
    /// The instant of the removal, in microseconds; uses since that very instant are not before it.
    pub removed_at: i64,
}

/// A use of a picture: by an image of sufficient quality of a listing that no removal stands against (a picture that many
/// removed listings share is not thereby an honest one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The picture.
    pub hash: Hash,
    /// The group of linked merchants that shows it.
    pub group: u32,
    /// Since when the listing is listed, in microseconds.
    pub since: i64,
}

/// Tells for each candidate whether it is common by the rule, whatever the order of uses and the number of threads.
///
/// The search for a candidate ends as soon as it is known to be common, so that pictures with very many uses cost little.
/// Some 80 bytes are needed for each of up to four million uses at a time, and for each candidate.
#[must_use]
pub fn common(candidates: &[Candidate], shown: &[Shown], rule: CommonRule, threads: usize) -> Vec<bool> {
    common_with(candidates, shown, rule, threads, BLOCK)
}

/// The same with so many uses at a time.
fn common_with(candidates: &[Candidate], shown: &[Shown], rule: CommonRule, threads: usize, block: usize) -> Vec<bool> {
    let mut different = candidates.to_vec();
    different.sort_unstable();
    different.dedup();
    let tallies: Vec<Tally> = different.iter().map(|_| Tally::new(rule)).collect();
    let workers = Workers::new(threads);
    let plan = Plan::new(rule.reach, shown.len().min(block).max(different.len()));
    let hashes: Vec<Hash> = different.iter().map(|candidate| candidate.hash).collect();
    let probes = arranged(&hashes, &plan, workers);
    for shown in shown.chunks(block.max(1)) {
        let uses = Uses::new(shown);
        let mut sinks: Vec<Count<'_>> = (0..workers.count())
            .map(|_| Count { uses: &uses, candidates: &different, tallies: &tallies, rule })
            .collect();
        search(&arranged(&uses.unique.hashes, &plan, workers), &probes, &plan, &mut sinks);
    }
    let is_common = |candidate| {
        let tally = different.binary_search(candidate).ok().and_then(|at| tallies.get(at));
        tally.is_some_and(Tally::is_common)
    };
    candidates.iter().map(is_common).collect()
}

/// Who shows each of some pictures.
struct Uses {
    unique: Unique,
    /// For each of the different hashes the groups that show it, each once, with the earliest instant.
    groups: Vec<(u32, i64)>,
    ends: Vec<usize>,
}

impl Uses {
    fn new(shown: &[Shown]) -> Self {
        let hashes: Vec<Hash> = shown.iter().map(|use_| use_.hash).collect();
        let unique = Unique::new(&hashes);
        let members = unique.members();
        let (mut groups, mut ends, mut own) = (Vec::new(), Vec::new(), Vec::new());
        for (place, _) in (0_u32..).zip(&unique.hashes) {
            own.clear();
            let uses = members.of(place).iter().filter_map(|at| shown.get(*at as usize));
            own.extend(uses.map(|use_| (use_.group, use_.since)));
            own.sort_unstable();
            own.dedup_by_key(|use_| use_.0);
            groups.extend_from_slice(&own);
            ends.push(groups.len());
        }
        Self { unique, groups, ends }
    }

    fn of(&self, entry: u32) -> &[(u32, i64)] {
        let entry = entry as usize;
        let start = entry.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.ends.get(entry).and_then(|end| self.groups.get(start..*end)).unwrap_or_default()
    }
}

/// The groups that a candidate was found with so far.
struct Tally {
    common: AtomicBool,
    groups: Mutex<Vec<(u32, bool)>>,
}

impl Tally {
    fn new(rule: CommonRule) -> Self {
        let common = rule.groups == 0 || rule.groups_before == 0;
        Self { common: AtomicBool::new(common), groups: Mutex::new(Vec::new()) }
    }

    fn is_common(&self) -> bool {
        self.common.load(Ordering::Relaxed)
    }

    fn add(&self, uses: &[(u32, i64)], candidate: &Candidate, rule: CommonRule) {
        // Nobody fails with the lock in hand, so it is never poisoned.
        let Ok(mut groups) = self.groups.lock() else { return };
        for (group, since) in uses.iter().filter(|use_| use_.0 != candidate.group) {
            let before = *since < candidate.removed_at;
            match groups.iter_mut().find(|known| known.0 == *group) {
                Some(known) => known.1 |= before,
                None => groups.push((*group, before)),
            }
            if groups.len() >= rule.groups || groups.iter().filter(|known| known.1).count() >= rule.groups_before {
                self.common.store(true, Ordering::Relaxed);
                return;
            }
        }
    }
}

/// Counts groups; how many of them there are does not depend on the order in which they come.
struct Count<'a> {
    uses: &'a Uses,
    candidates: &'a [Candidate],
    tallies: &'a [Tally],
    rule: CommonRule,
}

impl Sink for Count<'_> {
    fn wants(&self, probe: u32) -> bool {
        self.tallies.get(probe as usize).is_some_and(|tally| !tally.is_common())
    }

    fn take(&mut self, entry: u32, probe: u32, _distance: u32) {
        if let Some((tally, candidate)) = self.tallies.get(probe as usize).zip(self.candidates.get(probe as usize)) {
            tally.add(self.uses.of(entry), candidate, self.rule);
        }
    }

    fn full(&self) -> bool {
        false
    }

    // A group that is counted again is the same group.
    fn restart(&mut self) {}
}

#[cfg(test)]
mod tests;

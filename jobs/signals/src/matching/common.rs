//! Pictures that everybody shows: a brand's official photographs.

use std::collections::BTreeSet;

use mirrorlake_model::thresholds::{COMMON_IMAGE_GROUPS, COMMON_IMAGE_REACH};

use super::{Hash, distance};

/// When a picture is common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommonRule {
    /// Largest distance in bits between the picture and its uses.
    pub reach: u32,
    /// Least number of groups that show it.
    pub groups: usize,
}

impl Default for CommonRule {
    fn default() -> Self {
        Self { reach: COMMON_IMAGE_REACH, groups: COMMON_IMAGE_GROUPS }
    }
}

/// A picture of which to tell whether it is common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The picture.
    pub hash: Hash,
    /// Only uses that began before this instant count (microseconds; `i64::MAX` for all).
    pub before: i64,
}

/// A use of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The picture.
    pub hash: Hash,
    /// The group of linked merchants that shows it.
    pub group: u32,
    /// Since when (microseconds).
    pub since: i64,
}

/// Tells for each candidate whether it is common.
#[must_use]
pub fn common(candidates: &[Candidate], shown: &[Shown], rule: CommonRule, _threads: usize) -> Vec<bool> {
    let is_common = |candidate: &Candidate| {
        let uses =
            shown.iter().filter(|s| s.since < candidate.before && distance(&s.hash, &candidate.hash) <= rule.reach);
        uses.map(|s| s.group).collect::<BTreeSet<_>>().len() >= rule.groups
    };
    candidates.iter().map(is_common).collect()
}

//! The rule on common pictures, over uses that a search has found.

use super::CommonRule;

/// A use of a picture within the rule's reach, of a listing that no removal stands against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The group of linked merchants that shows it.
    pub group: i64,
    /// Since when the listing is listed, in microseconds.
    pub since: i64,
}

impl CommonRule {
    /// Whether a picture is common, seen from a listing of a group that was removed at an instant: what
    /// [`common`](super::common) tells, for whoever knows all uses of the picture already.
    #[must_use]
    pub fn holds(&self, uses: &[Use], group: i64, removed_at: i64) -> bool {
        let mut others: Vec<Use> = uses.iter().copied().filter(|u| u.group != group).collect();
        // Of each group the earliest use stays.
        others.sort_unstable();
        others.dedup_by_key(|u| u.group);
        let before = others.iter().filter(|u| u.since < removed_at).count();
        others.len() >= self.groups || before >= self.groups_before
    }

    /// Whether a picture that so many groups show is common, whichever group is looked at and whenever it was removed.
    #[must_use]
    pub const fn holds_for_all(&self, groups: usize) -> bool {
        groups > self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{Candidate, Shown, common, distance};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_rule_over_uses_is_that_of_the_search(
            shown in prop::collection::vec((0_u8..40, 0_u32..14, 0_i64..6), 0..60),
            candidates in prop::collection::vec((0_u8..40, 0_u32..14, 0_i64..7), 1..20),
        ) {
            // A picture of `bits` bits is as far from another one as their numbers differ.
            let hash = |bits: u8| std::array::from_fn(|byte| (0..8).fold(0, |sum, bit| {
                sum | u8::from(byte * 8 + bit < usize::from(bits)) << bit
            }));
            let rule = CommonRule::default();
            let shown: Vec<Shown> =
                shown.into_iter().map(|(bits, group, since)| Shown { hash: hash(bits), group, since }).collect();
            let candidates: Vec<Candidate> = candidates
                .into_iter()
                .map(|(bits, group, removed_at)| Candidate { hash: hash(bits), group, removed_at })
                .collect();
            let found = common(&candidates, &shown, rule, 1);
            for (candidate, found) in candidates.iter().zip(found) {
                let near = shown.iter().filter(|s| distance(&s.hash, &candidate.hash) <= rule.reach);
                let uses: Vec<Use> = near.map(|s| Use { group: i64::from(s.group), since: s.since }).collect();
                prop_assert_eq!(rule.holds(&uses, i64::from(candidate.group), candidate.removed_at), found);
            }
        }
    }
}

//! Merchants that share a legal entity, a contact, a payout account or an address (metric definitions, "Reappearance").
//!
//! A key of more merchants than allowed links nobody. Keys of different kinds never meet, and keys are compared as they are:
//! they are pseudonyms, which no spelling could bring closer.

use mirrorlake_model::reappearance::LinkKind;

#[cfg(test)]
mod tests;

/// No group: the merchant has no such key, shares it with nobody, or with too many.
const ALONE: u32 = u32::MAX;

/// A merchant with its keys, in the order of [`LinkKind::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MerchantKeys<'a> {
    /// Merchant.
    pub merchant_id: i64,
    /// Entity, contact, payout, address; none where not known.
    pub keys: [Option<&'a str>; 4],
}

/// Who is linked to whom, directly and over others.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// Merchants, ascending; everything else counts by place in here.
    merchants: Vec<i64>,
    /// For each kind, the merchants that share a key.
    kinds: [Groups; 4],
    /// The component of each merchant: the place of its first member, which is the one of the smallest number.
    component: Vec<u32>,
    /// Merchants of the component that begins at this place.
    sizes: Vec<u32>,
}

/// Groups of merchants that share a key of one kind.
#[derive(Clone, Debug, Default)]
struct Groups {
    /// The group of each merchant.
    of: Vec<u32>,
    /// Members group by group, each group ascending.
    members: Vec<u32>,
    /// Where each group begins in `members`, and where the last one ends.
    starts: Vec<usize>,
    /// Keys of more merchants than allowed.
    crowded: u64,
}

impl Groups {
    fn of(kind: usize, merchants: &[MerchantKeys<'_>], most: usize) -> Self {
        let mut keyed: Vec<(&str, u32)> =
            (0..).zip(merchants).filter_map(|(place, m)| Some((m.keys[kind]?, place))).collect();
        keyed.sort_unstable();
        let mut groups = Self { of: vec![ALONE; merchants.len()], starts: vec![0], ..Self::default() };
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            if group.len() > most {
                groups.crowded += 1;
            } else if group.len() > 1 {
                let number = (groups.starts.len() - 1) as u32;
                for (_, place) in group {
                    groups.of[*place as usize] = number;
                    groups.members.push(*place);
                }
                groups.starts.push(groups.members.len());
            }
        }
        groups
    }

    fn of_place(&self, place: usize) -> &[u32] {
        match self.of.get(place) {
            Some(&group) if group != ALONE => {
                &self.members[self.starts[group as usize]..self.starts[group as usize + 1]]
            }
            _ => &[],
        }
    }
}

/// The merchants that are linked to each other directly or over others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// Its smallest merchant number: its name.
    pub first_merchant_id: i64,
    /// Its merchants; 1 where a merchant is linked to nobody.
    pub merchants: u32,
}

impl Links {
    /// Finds the links of merchants; a key of more than `most` of them links nobody. The order of the merchants does not
    /// matter, and of two rows with one number the one with the smaller keys counts.
    #[must_use]
    pub fn of(merchants: &[MerchantKeys<'_>], most: u32) -> Self {
        let mut sorted = merchants.to_vec();
        sorted.sort_unstable();
        sorted.dedup_by_key(|m| m.merchant_id);
        let kinds = [0, 1, 2, 3].map(|kind| Groups::of(kind, &sorted, most as usize));
        let component = components(sorted.len(), &kinds);
        let mut sizes = vec![0; sorted.len()];
        for first in &component {
            sizes[*first as usize] += 1;
        }
        Self { merchants: sorted.into_iter().map(|m| m.merchant_id).collect(), kinds, component, sizes }
    }

    /// Merchants on record, ascending.
    #[must_use]
    pub fn merchants(&self) -> &[i64] {
        &self.merchants
    }

    /// The kinds of keys that two different merchants share, in the order of [`LinkKind::ALL`]; none of a merchant with
    /// itself, nor with one that is not on record.
    #[must_use]
    pub fn link_keys(&self, one: i64, other: i64) -> Vec<LinkKind> {
        let (Some(one), Some(other)) = (self.place(one), self.place(other)) else { return Vec::new() };
        let shared = |groups: &Groups| one != other && groups.of[one] != ALONE && groups.of[one] == groups.of[other];
        LinkKind::ALL.iter().zip(&self.kinds).filter(|(_, groups)| shared(groups)).map(|(kind, _)| *kind).collect()
    }

    /// Whether two different merchants share a key.
    #[must_use]
    pub fn linked(&self, one: i64, other: i64) -> bool {
        !self.link_keys(one, other).is_empty()
    }

    /// The merchants that share a key with a merchant, ascending, without itself.
    #[must_use]
    pub fn neighbours(&self, merchant_id: i64) -> Vec<i64> {
        let Some(own) = self.place(merchant_id) else { return Vec::new() };
        let mut places: Vec<u32> = self.kinds.iter().flat_map(|g| g.of_place(own)).copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|p| p as usize).filter(|p| *p != own).map(|p| self.merchants[p]).collect()
    }

    /// The component of a merchant; none where it is not on record.
    #[must_use]
    pub fn component(&self, merchant_id: i64) -> Option<Component> {
        let first = self.component[self.place(merchant_id)?] as usize;
        Some(Component { first_merchant_id: self.merchants[first], merchants: self.sizes[first] })
    }

    /// How many keys of a kind have more merchants than allowed and so link nobody.
    #[must_use]
    pub fn crowded_keys(&self, kind: LinkKind) -> u64 {
        LinkKind::ALL.iter().zip(&self.kinds).find(|(k, _)| **k == kind).map_or(0, |(_, groups)| groups.crowded)
    }

    fn place(&self, merchant_id: i64) -> Option<usize> {
        self.merchants.binary_search(&merchant_id).ok()
    }
}

/// The component of each place by union and find; the smaller place stays on top, so that the order of unions leaves no trace.
fn components(places: usize, kinds: &[Groups; 4]) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..places as u32).collect();
    for groups in kinds {
        for ends in groups.starts.windows(2) {
            let members = &groups.members[ends[0]..ends[1]];
            for pair in members.windows(2) {
                let (one, other) = (top(&mut parent, pair[0]), top(&mut parent, pair[1]));
                parent[one.max(other) as usize] = one.min(other);
            }
        }
    }
    (0..places as u32).map(|place| top(&mut parent, place)).collect()
}

/// The top above a place, halving the way for the next one.
fn top(parent: &mut [u32], mut place: u32) -> u32 {
    while parent[place as usize] != place {
        parent[place as usize] = parent[parent[place as usize] as usize];
        place = parent[place as usize];
    }
    place
}

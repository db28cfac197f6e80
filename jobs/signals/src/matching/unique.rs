//! Equal hashes, taken together.

use super::Hash;

/// The different hashes of a list, in ascending order, and which of them each of the list's is. Up to 2³² hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unique {
    /// The different hashes, in ascending order.
    pub hashes: Vec<Hash>,
    /// For each hash of the list, the place of its equal in `hashes`.
    pub places: Vec<u32>,
}

impl Unique {
    /// Takes equal hashes together: a search among `hashes` finds a picture that ten thousand listings show once.
    #[must_use]
    pub fn new(list: &[Hash]) -> Self {
        // The first bytes tell nearly all apart, and numbers are sorted several times as fast as hashes.
        let mut order: Vec<(u64, u32)> = (0_u32..).zip(list).map(|(at, hash)| (head(hash), at)).collect();
        order.sort_unstable();
        for alike in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
            alike.sort_unstable_by_key(|(_, at)| (list.get(*at as usize), *at));
        }
        let mut hashes: Vec<Hash> = Vec::new();
        let mut places = vec![0; list.len()];
        for (_, at) in order {
            let Some((hash, place)) = list.get(at as usize).zip(places.get_mut(at as usize)) else { continue };
            if hashes.last() != Some(hash) {
                hashes.push(*hash);
            }
            *place = hashes.len() as u32 - 1;
        }
        Self { hashes, places }
    }

    /// For each of the different hashes, the places in the list where it stands.
    pub(super) fn members(&self) -> Members {
        let mut starts = vec![0_u32; self.hashes.len() + 1];
        for place in &self.places {
            if let Some(count) = starts.get_mut(*place as usize) {
                *count += 1;
            }
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut members = vec![0; self.places.len()];
        for (at, place) in self.places.iter().enumerate().rev() {
            let Some(end) = starts.get_mut(*place as usize) else { continue };
            *end -= 1;
            if let Some(member) = members.get_mut(*end as usize) {
                *member = at as u32;
            }
        }
        Members { starts, members }
    }
}

/// Where in a list each of its different hashes stands.
#[derive(Clone, Debug)]
pub(super) struct Members {
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Members {
    /// The places of one of the different hashes, ascending.
    pub(super) fn of(&self, unique: u32) -> &[u32] {
        match self.starts.get(unique as usize..unique as usize + 2) {
            Some(&[start, end]) => self.members.get(start as usize..end as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// The first eight bytes, in the order of hashes.
fn head(hash: &Hash) -> u64 {
    hash.iter().take(8).fold(0, |head, byte| head << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_hashes_are_taken_together() {
        let hash = |first: u8, last: u8| {
            let mut hash = [0; 32];
            (hash[0], hash[31]) = (first, last);
            hash
        };
        let list = [hash(3, 0), hash(1, 2), hash(3, 0), hash(1, 1), hash(1, 2), hash(3, 0)];
        let unique = Unique::new(&list);
        assert_eq!(unique.hashes, [hash(1, 1), hash(1, 2), hash(3, 0)]);
        assert_eq!(unique.places, [2, 1, 2, 0, 1, 2]);
        let members = unique.members();
        assert_eq!((members.of(0), members.of(1), members.of(2)), (&[3][..], &[1, 4][..], &[0, 2, 5][..]));
        assert!(members.of(3).is_empty() && members.of(u32::MAX - 1).is_empty());
        assert_eq!(Unique::new(&[]), Unique::default());
    }
}

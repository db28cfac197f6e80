//! Equal hashes, taken together.

use super::Hash;

/// The different hashes of a list, in ascending order, and which of them each of the list's is.
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
        let mut order: Vec<u32> = (0_u32..).zip(list).map(|(at, _)| at).collect();
        order.sort_unstable_by_key(|at| list.get(*at as usize));
        let mut hashes: Vec<Hash> = Vec::new();
        let mut places = vec![0; list.len()];
        for at in order {
            let Some((hash, place)) = list.get(at as usize).zip(places.get_mut(at as usize)) else { continue };
            if hashes.last() != Some(hash) {
                hashes.push(*hash);
            }
            *place = hashes.len() as u32 - 1;
        }
        hashes.shrink_to_fit();
        Self { hashes, places }
    }
}

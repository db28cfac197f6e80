//! Every pair, one after the other: slow and plainly right, so that faster searches can be tested against it.

use super::{Hash, distance};

/// Calls `found(query, reference, distance)` for every pair within the distance, in ascending order of query, then of
/// reference.
pub fn matches(references: &[Hash], queries: &[Hash], within: u32, found: &mut dyn FnMut(u32, u32, u32)) {
    for (q, query) in (0_u32..).zip(queries) {
        for (r, reference) in (0_u32..).zip(references) {
            let distance = distance(query, reference);
            if distance <= within {
                found(q, r, distance);
            }
        }
    }
}

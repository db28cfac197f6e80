//! What each listing sold in the window: the weights of estimates and plans.

use mirrorlake_engine::Warning;
use mirrorlake_model::ExitStatus;

use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::job::Work;

/// Units and GMV by listing. Listings without a sale are not among them.
#[derive(Debug, Default)]
pub struct ListingSales(Vec<Sold>);

/// What one listing sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sold {
    listing_id: i64,
    units: i64,
    gmv_minor: i64,
}

impl ListingSales {
    /// Sums the sales, some files at a time: memory grows with the listings that sold, not with the sales.
    ///
    /// # Errors
    ///
    /// The engine's, a failed check's, or that a listing's sums do not fit into 64 bits.
    pub fn sum(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Self, Failure> {
        let mut sums = Self::default();
        work.reduce_by_files("listing_sales", "sales", warnings, |part| {
            let cells = Cells(&part);
            let (units, gmv) = (cells.whole("units")?, cells.whole("gmv_minor")?);
            let rows = cells.whole("listing_id")?.iter().zip(units).zip(gmv);
            let part = rows.map(|((listing_id, units), gmv_minor)| Sold {
                listing_id: *listing_id,
                units: *units,
                gmv_minor: *gmv_minor,
            });
            sums.add(part)
        })?;
        Ok(sums)
    }

    /// Units and GMV of a listing; none where it sold nothing.
    pub fn of(&self, listing_id: i64) -> (i64, i64) {
        let at = self.0.binary_search_by_key(&listing_id, |sold| sold.listing_id);
        at.map_or((0, 0), |at| (self.0[at].units, self.0[at].gmv_minor))
    }

    /// Adds rows in the order of their listings.
    fn add(&mut self, part: impl ExactSizeIterator<Item = Sold>) -> Result<(), Failure> {
        let known = std::mem::take(&mut self.0);
        self.0 = merge_sums(
            known,
            part,
            |sold| sold.listing_id,
            |a, b| {
                let (units, gmv) = (a.units.checked_add(b.units), a.gmv_minor.checked_add(b.gmv_minor));
                let (Some(units), Some(gmv_minor)) = (units, gmv) else {
                    return Err(too_large(&format!("listing {}", a.listing_id)));
                };
                Ok(Sold { units, gmv_minor, ..a })
            },
        )?;
        Ok(())
    }
}

/// Sums that no number of the marts holds.
pub fn too_large(whose: &str) -> Failure {
    let message = format!(
        "table sales: the units or the GMV of {whose} in the window do not fit into 64 bits; have the table's owner look at \
         its prices"
    );
    Failure::new(ExitStatus::CheckFailed, message)
}

/// Merges rows in the order of their keys, each key once, into others of that kind; rows of one key are added up.
///
/// # Errors
///
/// Those of `add`.
pub fn merge_sums<T, K: Ord>(
    known: Vec<T>,
    part: impl ExactSizeIterator<Item = T>,
    key: impl Fn(&T) -> K,
    add: impl Fn(T, T) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut merged = Vec::with_capacity(known.len().max(part.len()));
    let mut known = known.into_iter().peekable();
    for mut row in part {
        let own = key(&row);
        while let Some(before) = known.next_if(|k| key(k) < own) {
            merged.push(before);
        }
        if let Some(same) = known.next_if(|k| key(k) == own) {
            row = add(same, row)?;
        }
        merged.push(row);
    }
    merged.extend(known);
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sold(rows: &[(i64, i64, i64)]) -> std::vec::IntoIter<Sold> {
        let rows: Vec<Sold> =
            rows.iter().map(|&(listing_id, units, gmv_minor)| Sold { listing_id, units, gmv_minor }).collect();
        rows.into_iter()
    }

    #[test]
    fn parts_add_up() {
        let mut sums = ListingSales::default();
        sums.add(sold(&[(2, 1, 10), (5, 2, 20)])).expect("sums");
        sums.add(sold(&[])).expect("sums");
        sums.add(sold(&[(1, 4, 40), (5, 3, 30), (9, 1, 1)])).expect("sums");
        assert_eq!([1, 2, 3, 5, 9].map(|listing| sums.of(listing)), [(4, 40), (1, 10), (0, 0), (5, 50), (1, 1)]);
    }

    #[test]
    fn sums_beyond_64_bits_are_refused() {
        let mut sums = ListingSales::default();
        sums.add(sold(&[(7, 1, i64::MAX)])).expect("sums");
        let refused = sums.add(sold(&[(7, 1, 1)])).expect_err("too much");
        assert!(refused.to_string().contains("listing 7"), "{refused}");
    }
}

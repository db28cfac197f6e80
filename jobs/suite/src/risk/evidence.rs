//! Single pieces of evidence: removals, verdicts and reappearances, found by merchant and brand.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use mirrorlake_engine::Warning;
use mirrorlake_model::as_of::local_day;
use mirrorlake_model::pilot::{Selection, Verdict};
use mirrorlake_model::reappearance::Tier;

use crate::catalogue::{Cells, required};
use crate::failure::Failure;
use crate::job::{MartDay, Work};

/// Something that speaks of one merchant and one brand.
pub trait Evidence {
    /// Merchant and brand.
    fn of(&self) -> (i64, i64);
}

/// A takedown that removed a listing.
#[derive(Clone, Copy, Debug)]
pub struct Removal {
    /// Merchant.
    pub merchant_id: i64,
    /// Brand of the claim.
    pub brand_id: i64,
    /// Listing.
    pub listing_id: i64,
    /// When the claim was submitted.
    pub submitted_at: i64,
    /// When the listing was removed.
    pub taken_down_at: i64,
    /// When it was reinstated.
    pub reinstated_at: Option<i64>,
}

/// The verdict on a pilot purchase.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// Purchase.
    pub sample_id: i64,
    /// Merchant.
    pub merchant_id: i64,
    /// Brand.
    pub brand_id: i64,
    /// Listing.
    pub listing_id: i64,
    /// Why it was bought.
    pub selection: Selection,
    /// Probability with which a random purchase was drawn.
    pub inclusion_probability: Option<f64>,
    /// When it was ordered.
    pub ordered_at: i64,
    /// When it was authenticated.
    pub authenticated_at: i64,
    /// Verdict.
    pub verdict: Verdict,
}

/// A listing that came back, or shows the picture of one that was removed.
#[derive(Clone, Copy, Debug)]
pub struct Return {
    /// Merchant of the new listing.
    pub merchant_id: i64,
    /// Brand of the removed one.
    pub brand_id: i64,
    /// Tier.
    pub tier: Tier,
    /// Whether it is another merchant's removed listing, known by its picture.
    pub others_image: bool,
    /// When it came back.
    pub reappeared_at: i64,
}

impl Evidence for Removal {
    fn of(&self) -> (i64, i64) {
        (self.merchant_id, self.brand_id)
    }
}

impl Evidence for Judged {
    fn of(&self) -> (i64, i64) {
        (self.merchant_id, self.brand_id)
    }
}

impl Evidence for Return {
    fn of(&self) -> (i64, i64) {
        (self.merchant_id, self.brand_id)
    }
}

/// Evidence sorted by merchant and brand.
#[derive(Clone, Debug)]
pub struct Shelf<T>(Vec<T>);

impl<T: Evidence> Shelf<T> {
    /// Sorts evidence; what is of one merchant and brand keeps its order.
    pub fn new(mut all: Vec<T>) -> Self {
        all.sort_by_key(Evidence::of);
        Self(all)
    }

    /// Everything.
    pub fn all(&self) -> &[T] {
        &self.0
    }

    /// What speaks of a merchant.
    pub fn of_merchant(&self, merchant_id: i64) -> &[T] {
        self.between((merchant_id, i64::MIN), (merchant_id, i64::MAX))
    }

    /// What speaks of a merchant and brand.
    pub fn of_pair(&self, merchant_id: i64, brand_id: i64) -> &[T] {
        self.between((merchant_id, brand_id), (merchant_id, brand_id))
    }

    fn between(&self, first: (i64, i64), last: (i64, i64)) -> &[T] {
        let from = self.0.partition_point(|e| e.of() < first);
        let rest = &self.0[from..];
        &rest[..rest.partition_point(|e| e.of() <= last)]
    }

    /// Merchants and brands, each pair once, ascending.
    pub fn pairs(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.chunk_by(|a, b| a.of() == b.of()).map(|group| group[0].of())
    }
}

/// The takedowns of a year that stand, as of an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upheld {
    /// Takedowns.
    pub takedowns: i64,
    /// Different listings.
    pub listings: i64,
    /// Different days.
    pub days: i64,
}

/// What an instant leaves of the evidence: only what had happened by then.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    /// First instant of the year to it.
    pub from: i64,
    /// The instant.
    pub to: i64,
    /// Zone of the days.
    pub zone: Tz,
}

impl Horizon {
    /// Whether a takedown of the year stands as of the instant.
    pub fn upholds(&self, removal: &Removal) -> bool {
        (self.from..self.to).contains(&removal.taken_down_at) && removal.reinstated_at.is_none_or(|at| at >= self.to)
    }

    /// Counts the takedowns that stand.
    pub fn upheld(&self, removals: &[Removal]) -> Upheld {
        let standing = || removals.iter().filter(|r| self.upholds(r));
        let days: BTreeSet<Option<NaiveDate>> = standing().map(|r| local_day(r.taken_down_at, self.zone)).collect();
        let listings: BTreeSet<i64> = standing().map(|r| r.listing_id).collect();
        Upheld { takedowns: standing().count() as i64, listings: listings.len() as i64, days: days.len() as i64 }
    }
}

/// Every takedown that removed a listing.
///
/// # Errors
///
/// The engine's or a failed check's.
pub fn removals(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Shelf<Removal>, Failure> {
    let batch = work.reduce("removals", warnings)?;
    let cells = Cells(&batch);
    let (merchants, brands, listings) =
        (cells.whole("merchant_id")?, cells.whole("brand_id")?, cells.whole("listing_id")?);
    let (submitted, taken) = (cells.instants("submitted_at")?, cells.instants("taken_down_at")?);
    let reinstated = cells.instants("reinstated_at")?;
    let rows = (0..batch.num_rows()).map(|row| {
        Ok(Removal {
            merchant_id: merchants[row],
            brand_id: brands[row],
            listing_id: listings[row],
            submitted_at: required("submitted_at", submitted[row])?,
            taken_down_at: required("taken_down_at", taken[row])?,
            reinstated_at: reinstated[row],
        })
    });
    Ok(Shelf::new(rows.collect::<Result<_, Failure>>()?))
}

/// Every verdict on a pilot purchase.
///
/// # Errors
///
/// The engine's or a failed check's.
pub fn verdicts(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Shelf<Judged>, Failure> {
    let batch = work.reduce("verdicts", warnings)?;
    let cells = Cells(&batch);
    let samples = cells.whole("sample_id")?;
    let (merchants, brands, listings) =
        (cells.whole("merchant_id")?, cells.whole("brand_id")?, cells.whole("listing_id")?);
    let selections = cells.words("selection", Selection::from_word)?;
    let verdicts = cells.words("verdict", Verdict::from_word)?;
    let probabilities = cells.floats("inclusion_probability")?;
    let (ordered, authenticated) = (cells.instants("ordered_at")?, cells.instants("authenticated_at")?);
    let rows = (0..batch.num_rows()).map(|row| {
        Ok(Judged {
            sample_id: samples[row],
            merchant_id: merchants[row],
            brand_id: brands[row],
            listing_id: listings[row],
            selection: selections[row],
            inclusion_probability: probabilities[row],
            ordered_at: required("ordered_at", ordered[row])?,
            authenticated_at: required("authenticated_at", authenticated[row])?,
            verdict: verdicts[row],
        })
    });
    Ok(Shelf::new(rows.collect::<Result<_, Failure>>()?))
}

/// The reappearances of a day's mart.
///
/// # Errors
///
/// When the mart is not what its manifest promises.
pub fn returns(day: &MartDay) -> Result<Shelf<Return>, Failure> {
    let mut all = Vec::new();
    for batch in &day.read()?.batches {
        let cells = Cells(batch);
        let (own, others) = (cells.whole("new_merchant_id")?, cells.whole("removed_merchant_id")?);
        let (brands, tiers) = (cells.whole("brand_id")?, cells.words("tier", Tier::from_word)?);
        let at = cells.instants("reappeared_at")?;
        let matched = cells.present("hamming")?;
        for row in 0..batch.num_rows() {
            all.push(Return {
                merchant_id: own[row],
                brand_id: brands[row],
                tier: tiers[row],
                others_image: own[row] != others[row] && matched[row],
                reappeared_at: required("reappeared_at", at[row])?,
            });
        }
    }
    Ok(Shelf::new(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn removal(merchant_id: i64, brand_id: i64, listing_id: i64, day: i64, reinstated: Option<i64>) -> Removal {
        let (taken_down_at, reinstated_at) = (day * DAY + 5, reinstated.map(|d| d * DAY));
        Removal { merchant_id, brand_id, listing_id, submitted_at: 0, taken_down_at, reinstated_at }
    }

    #[test]
    fn what_stands_is_counted_by_takedown_listing_and_day() {
        let shelf = Shelf::new(vec![
            removal(2, 9, 70, 10, None),
            removal(1, 8, 50, 10, None),
            removal(1, 8, 50, 10, None),
            removal(1, 9, 51, 11, None),
            removal(1, 8, 52, 12, Some(15)),
            removal(1, 8, 53, 30, None),
        ]);
        let horizon = |from: i64, to: i64| Horizon { from: from * DAY, to: to * DAY, zone: chrono_tz::UTC };
        let upheld = |h: Horizon| h.upheld(shelf.of_merchant(1));
        assert_eq!(upheld(horizon(0, 40)), Upheld { takedowns: 4, listings: 3, days: 3 });
        // As of day 13 the third listing has not been reinstated yet, and the fourth not been removed.
        assert_eq!(upheld(horizon(0, 13)), Upheld { takedowns: 4, listings: 3, days: 3 });
        assert_eq!(upheld(horizon(11, 40)), Upheld { takedowns: 2, listings: 2, days: 2 });
        assert_eq!(horizon(0, 40).upheld(shelf.of_pair(1, 9)).takedowns, 1);
        assert_eq!(shelf.pairs().collect::<Vec<_>>(), [(1, 8), (1, 9), (2, 9)]);
        assert!(shelf.of_merchant(3).is_empty());
    }
}

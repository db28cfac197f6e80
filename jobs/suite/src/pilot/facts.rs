//! What a plan starts from: listings that may be bought, and what is known of their brands.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_engine::Warning;
use mirrorlake_metrics::pilot_plan::{Candidate, Knowledge, Known, Risk};
use mirrorlake_model::as_of::start_of_day;
use mirrorlake_model::pilot::Weighting;

use crate::catalogue::Cells;
use crate::comments::each_listing;
use crate::failure::Failure;
use crate::job::Work;
use crate::prevalence::prevalence_rows;
use crate::sales::ListingSales;

/// Listings that may be bought.
#[derive(Default)]
pub struct Candidates {
    /// Active listings of brands in the programme that are not in their cooling-off period, by listing.
    pub listings: Vec<Candidate>,
    /// Active listings that are: bought, or planned to be.
    pub cooling: BTreeMap<i64, Cooling>,
    /// Listings asked for less than nothing, which the lake contract allows: nobody can buy them, and one of them is no
    /// reason to plan nothing.
    pub negative_prices: u64,
    /// Days of the window with comment signals.
    pub comment_days: u32,
}

/// Listings of one brand in their cooling-off period.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cooling {
    /// How many.
    pub listings: i64,
    /// Units that they sold in the window.
    pub units: i64,
}

/// Reads the candidates.
///
/// # Errors
///
/// The engine's, a failed check's, or that a mart is not what its manifest promises.
pub fn candidates(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Candidates, Failure> {
    let cooling = cooling(work, warnings)?;
    let mut candidates = Candidates::default();
    let sales = ListingSales::sum(work, warnings)?;
    work.reduce_by_listings("plan_candidates", warnings, |part| candidates.add(&part, &sales, &cooling))?;
    drop(sales);
    let found = &mut candidates.listings;
    // The reduction's order is by listing, and so is that of its parts, so that no map of all listings is needed.
    let (window, days) = (work.window("comment_sums"), work.settings.days);
    candidates.comment_days = each_listing(window, work.as_of, days, |_, row| {
        if let Ok(at) = found.binary_search_by_key(&row.listing_id, |c| c.listing_id) {
            let risk = &mut found[at].risk;
            risk.comments = risk.comments.saturating_add(small(row.comments));
            risk.allegations = risk.allegations.saturating_add(small(row.allegations));
        }
        Ok(())
    })?;
    Ok(candidates)
}

impl Candidates {
    fn add(&mut self, batch: &RecordBatch, sales: &ListingSales, cooling: &HashSet<i64>) -> Result<(), Failure> {
        let cells = Cells(batch);
        let (listings, merchants) = (cells.whole("listing_id")?, cells.whole("merchant_id")?);
        let (brands, prices) = (cells.whole("brand_id")?, cells.whole("price_minor")?);
        let (refunds, upheld) = (cells.whole("counterfeit_refund_units")?, cells.whole("merchant_upheld_takedowns")?);
        self.listings.reserve_exact(batch.num_rows());
        for i in 0..batch.num_rows() {
            if prices[i] < 0 {
                self.negative_prices += 1;
                continue;
            }
            let (units, gmv_minor) = sales.of(listings[i]);
            if cooling.contains(&listings[i]) {
                let own = self.cooling.entry(brands[i]).or_default();
                own.listings += 1;
                own.units = own.units.saturating_add(units);
                continue;
            }
            self.listings.push(Candidate {
                listing_id: listings[i],
                merchant_id: merchants[i],
                brand_id: brands[i],
                units,
                gmv_minor,
                price_minor: prices[i],
                risk: Risk {
                    comments: 0,
                    allegations: 0,
                    counterfeit_refund_units: small(refunds[i]),
                    merchant_upheld_takedowns: small(upheld[i]),
                },
            });
        }
        Ok(())
    }
}

/// Evidence beyond four thousand millions is no other evidence.
fn small(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// Listings that were bought, or planned, within the cooling-off period.
fn cooling(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<HashSet<i64>, Failure> {
    let days = work.settings.pilot_plan.cooling_off_days;
    let mut cooling = HashSet::new();
    if days == 0 {
        return Ok(cooling);
    }
    let first: NaiveDate = work.as_of.window_start(days);
    let since = start_of_day(first, work.as_of.time_zone).timestamp_micros();
    let batch = work.reduce("pilot_purchase_orders", warnings)?;
    let cells = Cells(&batch);
    let ordered = cells.instants("ordered_at")?;
    for (listing, ordered) in cells.whole("listing_id")?.iter().zip(ordered) {
        if ordered.is_some_and(|at| at >= since) {
            cooling.insert(*listing);
        }
    }
    for day in work.window("pilot_plan").iter().filter(|d| d.day >= first) {
        for batch in &day.read()?.batches {
            cooling.extend(Cells(batch).whole("listing_id")?);
        }
    }
    Ok(cooling)
}

/// What the day's prevalence mart knows of each brand; nothing where it is not there.
///
/// # Errors
///
/// When the mart is not what its manifest promises.
pub fn knowledge(work: &Work<'_>) -> Result<Vec<Knowledge>, Failure> {
    let Some(today) = work.window("brand_prevalence").last().filter(|d| d.day == work.as_of.day) else {
        tracing::warn!("no mart brand_prevalence of {}: every brand counts as never sampled", work.as_of.day);
        return Ok(Vec::new());
    };
    let days = today.manifest.configuration.get("days").and_then(serde_json::Value::as_u64);
    if days != Some(work.settings.days.into()) {
        tracing::warn!(
            "brand_prevalence has another window than this plan ({} days): its figures are used as they are",
            days.unwrap_or_default()
        );
    }
    let mut known: BTreeMap<(i64, Weighting), Known> = BTreeMap::new();
    let mut brands = BTreeSet::new();
    for batch in &today.read()?.batches {
        for row in prevalence_rows(batch)? {
            if let Some(shrunk) = row.shrunk.value {
                let effective_n = row.effective_n.unwrap_or_default();
                known.insert((row.brand_id, row.weighting), Known { shrunk, effective_n });
                brands.insert(row.brand_id);
            }
        }
    }
    let of = |brand: i64, weighting| known.get(&(brand, weighting)).copied();
    let whole = |brand_id: i64| {
        Some(Knowledge {
            brand_id,
            listings: of(brand_id, Weighting::Listings)?,
            units: of(brand_id, Weighting::Units)?,
            gmv: of(brand_id, Weighting::Gmv)?,
        })
    };
    Ok(brands.into_iter().filter_map(whole).collect())
}

//! What the marts of reappearances say of each brand, for the reports.

use std::collections::BTreeMap;

use mirrorlake_model::reappearance::{CurveRow, ReappearanceRateRow, ReappearanceRow};
use mirrorlake_reports::ReappearanceInput;

use super::read::{curve_rows, rate_rows, reappearance_rows, removal_rows};
use crate::failure::Failure;
use crate::job::{MartDay, Work};

/// Reappearances, brand by brand.
pub struct ReappearanceFigures {
    brands: BTreeMap<i64, Brand>,
}

#[derive(Default)]
struct Brand {
    rates: Vec<ReappearanceRateRow>,
    pairs: Vec<ReappearanceRow>,
    curve: Vec<CurveRow>,
    oldest_removal_at: Option<i64>,
    excused_images: i64,
    uncompared_images: i64,
}

impl ReappearanceFigures {
    /// Reads the marts as of the day; `None` where they are not there.
    ///
    /// # Errors
    ///
    /// When a mart is not what its manifest promises.
    pub fn read(work: &Work<'_>) -> Result<Option<Self>, Failure> {
        let of_day = |mart: &str| work.window(mart).last().filter(|d| d.day == work.as_of.day);
        let marts = ["reappearances", "reappearance_rates", "reappearance_curves", "reappearance_removals"];
        let [Some(pairs), Some(rates), Some(curves), Some(removals)] = marts.map(of_day) else { return Ok(None) };
        let mut figures = Self { brands: BTreeMap::new() };
        let wanted = |brand: i64| work.brand.is_none_or(|only| only == brand);
        figures.pairs(pairs, wanted)?;
        for batch in &rates.read()?.batches {
            for row in rate_rows(batch)? {
                if let Some(brand) = row.brand_id.filter(|b| wanted(*b)) {
                    figures.brands.entry(brand).or_default().rates.push(row);
                }
            }
        }
        for batch in &curves.read()?.batches {
            for row in curve_rows(batch)? {
                if let Some(brand) = row.brand_id.filter(|b| wanted(*b)) {
                    figures.brands.entry(brand).or_default().curve.push(row);
                }
            }
        }
        for batch in &removals.read()?.batches {
            for row in removal_rows(batch)?.into_iter().filter(|r| wanted(r.brand_id)) {
                let brand = figures.brands.entry(row.brand_id).or_default();
                let oldest = brand.oldest_removal_at.into_iter().chain(row.removed_at).min();
                brand.oldest_removal_at = oldest;
                brand.excused_images += row.common_images;
                brand.uncompared_images += row.uncompared_images;
            }
        }
        Ok(Some(figures))
    }

    fn pairs(&mut self, day: &MartDay, wanted: impl Fn(i64) -> bool) -> Result<(), Failure> {
        for batch in &day.read()?.batches {
            for row in reappearance_rows(batch)?.into_iter().filter(|r| wanted(r.brand_id)) {
                self.brands.entry(row.brand_id).or_default().pairs.push(row);
            }
        }
        Ok(())
    }

    /// One brand's part, taken away: nothing of another brand is in it.
    pub fn take(&mut self, brand_id: i64) -> ReappearanceInput {
        let brand = self.brands.remove(&brand_id).unwrap_or_default();
        ReappearanceInput {
            brand_id,
            rates: brand.rates,
            pairs: brand.pairs,
            curve: brand.curve,
            oldest_removal_at: brand.oldest_removal_at,
            excused_images: Some(brand.excused_images),
            uncompared_images: Some(brand.uncompared_images),
        }
    }
}

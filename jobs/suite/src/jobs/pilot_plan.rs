//! `pilot-plan`: where to buy next.

use mirrorlake_metrics::pilot_plan::{Parameters, PlanError, plan};
use mirrorlake_model::ExitStatus;
use mirrorlake_model::thresholds::COOLING_OFF_WARN_SHARE;
use serde_json::{Value, json};

use crate::catalogue;
use crate::failure::Failure;
use crate::job::{Computed, ComputedFiles, ComputedMart, Job, Need, Work};
use crate::pilot;
use crate::settings::Settings;
use crate::supplied;

/// The job.
pub struct PilotPlan;

impl Job for PilotPlan {
    fn name(&self) -> &'static str {
        "pilot-plan"
    }

    fn about(&self) -> &'static str {
        "which listings to buy from next: a probability sample with exact probabilities, and suspects beside it"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[
            Need::Table("listings"),
            Need::Table("brands"),
            Need::Table("merchants"),
            Need::Table("pilot_purchases"),
            Need::Table("claims"),
            Need::Table("takedowns"),
            Need::Table("sales"),
            Need::Table("refunds"),
            Need::Earlier("brand_prevalence"),
            Need::Earlier("pilot_plan"),
            Need::Window("comment_sums"),
        ];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["pilot_plan", "pilot_plan_brands", "pilot_plan_strata", "purchase_desk"]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({
            "days": settings.days,
            "time_zone": settings.time_zone.name(),
            "currency": settings.currency,
            "authentication": settings.authentication,
            "pilot_plan": settings.pilot_plan,
            "detector": mirrorlake_signals::version(),
        })
    }

    fn earlier_days(&self, settings: &Settings) -> u32 {
        settings.pilot_plan.cooling_off_days.max(1)
    }

    fn missing(&self, settings: &Settings) -> Option<String> {
        let plan = &settings.pilot_plan;
        let absent = match (plan.budget, plan.seed) {
            (Some(_), Some(_)) => return None,
            (None, _) => "--budget is missing: how many purchases to plan (or the key budget in [pilot_plan])",
            (_, None) => "--seed is missing: the number that reproduces the draw (or the key seed in [pilot_plan])",
        };
        Some(absent.to_owned())
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let settings = &work.settings.pilot_plan;
        let (Some(budget), Some(seed)) = (settings.budget, settings.seed) else {
            return Err(Failure::usage(self.missing(work.settings).unwrap_or_default()));
        };
        let mut computed = Computed::default();
        let mut candidates = pilot::candidates(work, &mut computed.warnings)?;
        let knowledge = pilot::knowledge(work)?;
        let parameters = Parameters {
            brand_floor: settings.per_brand_floor,
            targeted_share: settings.targeted_share,
            sensitivity: work.settings.authentication.sensitivity,
            specificity: work.settings.authentication.specificity,
            ..Parameters::new(budget, seed, work.as_of.day)
        };
        let plan = plan(&mut candidates.listings, &knowledge, &parameters).map_err(refused)?;
        if plan.brand_floor < settings.per_brand_floor {
            let (asked, kept) = (settings.per_brand_floor, plan.brand_floor);
            tracing::warn!("the budget does not reach for {asked} random purchases a brand: it is {kept} for each");
        }
        if plan.unspent > 0 {
            let left = plan.unspent;
            tracing::warn!("{left} purchases of the budget are left: every listing that may be bought is in the plan");
        }
        let leaning = plan.brands.iter().filter(|brand| {
            let units = candidates.cooling.get(&brand.brand_id).map_or(0, |c| c.units) as f64;
            units > COOLING_OFF_WARN_SHARE * (units + brand.units as f64)
        });
        let leaning = leaning.count() as u64;
        if leaning > 0 {
            tracing::warn!(
                "of {leaning} brands, listings with more than 5 % of the units are in their cooling-off period and cannot be \
                 drawn, which biases the unit-weighted figures; keep the period shorter than the time between plans"
            );
        }
        computed.notes = vec![
            ("candidates".to_owned(), candidates.listings.len() as u64),
            (
                "listings_in_their_cooling_off_period".to_owned(),
                candidates.cooling.values().map(|c| c.listings.unsigned_abs()).sum(),
            ),
            ("listings_with_a_negative_price".to_owned(), candidates.negative_prices),
            ("brands_whose_units_are_in_their_cooling_off_period".to_owned(), leaning),
            ("days_with_comment_signals".to_owned(), candidates.comment_days.into()),
            ("brands_with_an_estimate".to_owned(), knowledge.len() as u64),
            ("floor_per_brand".to_owned(), plan.brand_floor.unsigned_abs()),
            ("purchases_left_of_the_budget".to_owned(), plan.unspent.unsigned_abs()),
        ];
        let picks = supplied::picks(plan.picks.iter().map(|p| p.listing_id))?;
        let names = work.reduce_with("planned_listings", &[("picks", &picks)], &mut computed.warnings)?;
        let day = work.as_of.day;
        let desk = pilot::desk_csv(&plan.picks, &names, &work.settings.currency, &day.to_string())?;
        computed.files = Some(ComputedFiles {
            target: format!("purchase_desk/dt={day}"),
            files: Box::new(std::iter::once(Ok(("pilot-plan.csv".to_owned(), desk)))),
        });
        for (name, batch) in [
            ("pilot_plan", pilot::plan_batch(&plan.picks)?),
            ("pilot_plan_brands", pilot::brands_batch(&plan, &candidates.cooling)?),
            ("pilot_plan_strata", pilot::strata_batch(&plan.strata)?),
        ] {
            let (schema, batches) = catalogue::with_schema(batch);
            computed.marts.push(ComputedMart { name, schema, batches });
        }
        Ok(computed)
    }
}

/// Options that no plan can be made with are the caller's; listings that are not there are the lake's.
fn refused(error: PlanError) -> Failure {
    let status = match error {
        PlanError::NoCandidates
        | PlanError::TooManyCandidates(_)
        | PlanError::RepeatedListing { .. }
        | PlanError::Negative { .. }
        | PlanError::RepeatedBrand { .. }
        | PlanError::Knowledge { .. } => ExitStatus::InputRefused,
        _ => ExitStatus::Usage,
    };
    Failure::new(status, error.to_string())
}

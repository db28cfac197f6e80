//! `takedown-sla`: how fast claimed listings were taken down, against the limit.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use chrono_tz::Tz;
use mirrorlake_metrics::takedown_sla::{Hold, Parameters, RightFacts, TakedownInput, assess, summarise};
use mirrorlake_model::ExitStatus;
use mirrorlake_model::takedown::{ChannelLocale, Decision, RightType, TakedownOutcome};
use mirrorlake_model::thresholds::{CONFIDENCE_LEVEL, MICROS_PER_HOUR};
use serde_json::{Value, json};

use crate::catalogue::{self, Cells, required};
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Job, Need, Work};
use crate::settings::Settings;

/// The job.
pub struct TakedownSla;

impl Job for TakedownSla {
    fn name(&self) -> &'static str {
        "takedown-sla"
    }

    fn about(&self) -> &'static str {
        "how fast claimed listings were taken down, against the limit"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[
            Need::Table("claims"),
            Need::Table("claim_holds"),
            Need::Table("takedowns"),
            Need::Table("brands"),
            Need::Table("ip_rights"),
        ];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["takedown_sla", "takedown_outcomes"]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({
            "days": settings.days,
            "time_zone": settings.time_zone.name(),
            "sla_limit_hours": settings.sla_limit_hours,
            "claim_listing_cap": settings.claim_listing_cap,
        })
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let mut computed = Computed::default();
        let takedowns = takedowns(&work.reduce("claim_takedowns", &mut computed.warnings)?)?;
        let holds = holds(&work.reduce("claim_hold_spans", &mut computed.warnings)?)?;
        let zones = brand_zones(&work.reduce("brand_directory", &mut computed.warnings)?)?;
        let parameters = Parameters {
            as_of: work.as_of,
            days: work.settings.days,
            limit_micros: i64::from(work.settings.sla_limit_hours) * MICROS_PER_HOUR,
            listing_cap: i64::from(work.settings.claim_listing_cap),
            level: CONFIDENCE_LEVEL,
        };
        let assessment = assess(&takedowns, &holds, &zones, &parameters).map_err(|e| refused(work, &e.to_string()))?;
        let cells = summarise(&assessment.rows, &parameters);
        let known: std::collections::BTreeSet<i64> = takedowns.iter().map(|t| t.claim_id).collect();
        let idle_holds = holds.iter().filter(|h| !known.contains(&h.claim_id)).count();
        computed.notes = vec![
            ("takedowns_of_unknown_brands_in_the_lakes_time_zone".to_owned(), assessment.n_unknown_brand as u64),
            ("holds_of_claims_without_takedowns".to_owned(), idle_holds as u64),
        ];
        let rows: Vec<_> = assessment.rows.into_iter().map(|a| a.row).collect();
        for (name, batch) in [
            ("takedown_sla", catalogue::takedown_sla(&cells)?),
            ("takedown_outcomes", catalogue::takedown_outcomes(&rows)?),
        ] {
            let (schema, batches) = catalogue::with_schema(batch);
            computed.marts.push(ComputedMart { name, schema, batches });
        }
        Ok(computed)
    }
}

/// A refusal of the claims as a whole: the row rules allow what the definitions cannot judge.
fn refused(work: &Work<'_>, problem: &str) -> Failure {
    let claims = work.tables.iter().find(|t| t.table.name == "claims");
    let partition =
        claims.and_then(|t| t.partitions.first()).map_or_else(String::new, |d| format!(", partition dt={d}"));
    let files: Vec<&str> =
        claims.iter().flat_map(|t| &t.files).filter_map(|f| f.entry.path.rsplit('/').next()).collect();
    let file = if let [file] = files[..] { format!(", file {file}") } else { String::new() };
    let message = format!(
        "table claims{partition}{file}, columns submitted_at and qualified_at: {problem} [rule calendar]; have the \
         table's owner mend the claim"
    );
    Failure::new(ExitStatus::InputRefused, message)
}

fn takedowns(batch: &RecordBatch) -> Result<Vec<TakedownInput>, Failure> {
    let cells = Cells(batch);
    let (claims, listings) = (cells.ints("claim_id")?, cells.ints("listing_id")?);
    let (brands, merchants) = (cells.ints("brand_id")?, cells.ints("merchant_id")?);
    let right_types = cells.words("right_type", RightType::from_word)?;
    let locales = cells.words("channel_locale", ChannelLocale::from_word)?;
    let decisions = cells.words("decision", Decision::from_word)?;
    let outcomes = cells.words("outcome", TakedownOutcome::from_word)?;
    let (submitted, qualified) = (cells.instants("submitted_at")?, cells.instants("qualified_at")?);
    let (closed, decided) = (cells.instants("closed_at")?, cells.instants("decided_at")?);
    let taken_down = cells.instants("taken_down_at")?;
    let sizes = cells.ints("listings_in_claim")?;
    let (known_rights, right_brands) = (cells.ints("known_right_id")?, cells.ints("right_brand_id")?);
    let recorded = cells.instants("right_recorded_at")?;
    let (valid_from, valid_to) = (cells.days("right_valid_from")?, cells.days("right_valid_to")?);
    let mut rows = Vec::with_capacity(batch.num_rows());
    for i in 0..batch.num_rows() {
        let right = match known_rights[i] {
            None => None,
            Some(_) => Some(RightFacts {
                brand_id: required("right_brand_id", right_brands[i])?,
                recorded_at: required("right_recorded_at", recorded[i])?,
                valid_from: required("right_valid_from", valid_from[i])?,
                valid_to: valid_to[i],
            }),
        };
        rows.push(TakedownInput {
            claim_id: required("claim_id", claims[i])?,
            listing_id: required("listing_id", listings[i])?,
            brand_id: required("brand_id", brands[i])?,
            merchant_id: required("merchant_id", merchants[i])?,
            right_type: right_types[i],
            channel_locale: locales[i],
            decision: decisions[i],
            submitted_at: required("submitted_at", submitted[i])?,
            qualified_at: qualified[i],
            closed_at: closed[i],
            outcome: outcomes[i],
            decided_at: decided[i],
            taken_down_at: taken_down[i],
            listings_in_claim: required("listings_in_claim", sizes[i])?,
            right,
        });
    }
    Ok(rows)
}

fn holds(batch: &RecordBatch) -> Result<Vec<Hold>, Failure> {
    let cells = Cells(batch);
    let (claims, started) = (cells.ints("claim_id")?, cells.instants("started_at")?);
    let ended = cells.instants("ended_at")?;
    (0..batch.num_rows())
        .map(|i| {
            let claim_id = required("claim_id", claims[i])?;
            Ok(Hold { claim_id, started_at: required("started_at", started[i])?, ended_at: ended[i] })
        })
        .collect()
}

fn brand_zones(batch: &RecordBatch) -> Result<BTreeMap<i64, Tz>, Failure> {
    let cells = Cells(batch);
    let (brands, zones) = (cells.ints("brand_id")?, cells.texts("time_zone")?);
    (0..batch.num_rows())
        .map(|i| {
            let zone = required("time_zone", zones[i])?;
            let zone = zone.parse().map_err(|_| {
                Failure::new(ExitStatus::InputRefused, format!("brand with the unknown time zone {zone}"))
            })?;
            Ok((required("brand_id", brands[i])?, zone))
        })
        .collect()
}

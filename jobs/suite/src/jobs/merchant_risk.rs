//! `merchant-risk`: whom to look at first, and why.

use mirrorlake_metrics::merchant_risk::Model;
use mirrorlake_model::risk::{Code, Tier};
use mirrorlake_model::thresholds::{DEEP_DISCOUNT_PERCENT, HELD_BACK_DAYS};
use serde_json::{Map, Value, json};

use crate::catalogue;
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Job, Need, Work};
use crate::risk::{self, Facts, Frame, Ranking};
use crate::settings::Settings;

/// Days back to look for the ranking before.
const PREVIOUS_WITHIN_DAYS: u32 = 35;

/// The job.
pub struct MerchantRisk;

impl Job for MerchantRisk {
    fn name(&self) -> &'static str {
        "merchant-risk"
    }

    fn about(&self) -> &'static str {
        "which merchants to look at first, for how sure a reason, and how well such rankings have done"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[
            Need::Table("merchants"),
            Need::Table("merchant_documents"),
            Need::Table("listings"),
            Need::Table("brand_products"),
            Need::Table("claims"),
            Need::Table("takedowns"),
            Need::Table("pilot_purchases"),
            Need::Sums("sales_sums"),
            Need::Sums("refund_sums"),
            Need::Window("comment_sums"),
            Need::Earlier("reappearances"),
            Need::Earlier("merchant_risk"),
        ];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["merchant_risk", "merchant_brand_risk", "risk_evaluation", "risk_labels", "risk_takedowns", "risk_verdicts"]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({
            "days": settings.days,
            "time_zone": settings.time_zone.name(),
            "seller_vetting": settings.seller_vetting,
            "detector": mirrorlake_signals::version(),
            "held_back_days": HELD_BACK_DAYS,
            "link_key_merchants": settings.link_key_merchants,
            "deep_discount_percent": DEEP_DISCOUNT_PERCENT,
            "model": settings.merchant_risk.model().map_or(Value::Null, |model| weights(&model)),
        })
    }

    fn earlier_days(&self, _settings: &Settings) -> u32 {
        PREVIOUS_WITHIN_DAYS
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let mut computed = Computed::default();
        let model = work.settings.merchant_risk.model().map_err(Failure::usage)?;
        let facts = Facts::read(work, &mut computed.warnings)?;
        tracing::debug!(
            merchants = facts.sellers.len(),
            "merchant-risk: the evidence on {} merchants is gathered",
            facts.sellers.len()
        );
        let ranking = Ranking::new(&facts, &model, work.threads);
        say_what_is_missing(&facts, &ranking, work);
        let merchants = ranking.merchants()?;
        // Before the brands, which need the memory that this gives back.
        let evaluation = risk::evaluate(work, &ranking, &merchants)?;
        tracing::debug!("merchant-risk: merchants are ranked and the ranking evaluated");
        let brands = ranking.brands()?;
        tracing::debug!("merchant-risk: merchants are ranked within brands");
        let strangers = &facts.window.of_strangers;
        computed.notes = vec![
            ("days_with_sums".to_owned(), u64::from(facts.window.days)),
            ("days_with_comment_signals".to_owned(), u64::from(facts.window.comment_days)),
            ("reappearances_taken_in".to_owned(), u64::from(facts.returns.is_some())),
            ("products_with_a_reference_price".to_owned(), facts.products_priced as u64),
            ("units_of_merchants_not_on_record".to_owned(), strangers.units.unsigned_abs()),
            ("comments_on_merchants_not_on_record".to_owned(), strangers.comments.unsigned_abs()),
            ("removals_of_merchants_not_on_record".to_owned(), facts.removals_of_strangers()),
        ];
        for code in ranking.available.missing() {
            computed.notes.push((risk::missing_note(code), 1));
        }
        for (what, ranked) in [("merchants", &merchants), ("merchants_and_brands", &brands)] {
            for (tier, n) in Tier::ALL.iter().zip(ranked.tiers) {
                computed.notes.push((format!("{what}_{}", tier.word()), n));
            }
        }
        let mut push = |name, batches: Vec<arrow::record_batch::RecordBatch>| {
            let Some(schema) = batches.first().map(arrow::record_batch::RecordBatch::schema) else { return };
            computed.marts.push(ComputedMart { name, schema, batches });
        };
        push("merchant_risk", merchants.batches);
        push("merchant_brand_risk", brands.batches);
        let horizon = facts.horizon(Frame::Now);
        let upheld: Vec<_> = facts.removals.all().iter().filter(|r| horizon.upholds(r)).collect();
        for (name, batch) in [
            ("risk_evaluation", evaluation.metrics),
            ("risk_labels", evaluation.labels),
            ("risk_takedowns", risk::takedowns(&upheld)?),
            ("risk_verdicts", risk::verdicts(facts.verdicts.all())?),
        ] {
            push(name, catalogue::with_schema(batch).1);
        }
        Ok(computed)
    }
}

/// The weights as they stand in manifests.
fn weights(model: &Model) -> Value {
    let weights: Map<String, Value> =
        Code::ALL.iter().map(|code| (code.word().to_owned(), json!(model.weight(*code)))).collect();
    let tiers: Vec<f64> = model.tiers.iter().map(|tier| tier.value).collect();
    json!({ "version": model.version, "base": model.base.value, "weights": weights, "tiers": tiers })
}

fn say_what_is_missing(facts: &Facts, ranking: &Ranking<'_>, work: &Work<'_>) {
    let missing: Vec<&str> = ranking.available.missing().map(Code::word).collect();
    if !missing.is_empty() {
        let advice = match (facts.window.comment_days, &facts.returns) {
            (0, None) => "; comment-signals and reappearance make some of them",
            (0, Some(_)) => "; comment-signals makes allegations",
            (_, None) => "; reappearance makes reappearances and image matches",
            _ => "",
        };
        tracing::warn!("signals that are not there, and count for nothing: {}{advice}", missing.join(", "));
    }
    let (found, days) = (facts.window.comment_days, work.settings.days);
    if found > 0 && found < facts.window.days {
        tracing::warn!("comment signals cover {found} of the window's {days} days: run comment-signals first");
    }
}

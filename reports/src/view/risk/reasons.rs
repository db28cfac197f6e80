//! Reasons in words, made from the row's own numbers.

use mirrorlake_model::thresholds::ENFORCEMENT_DAYS;
use serde::Serialize;

use crate::error::ReportError;
use crate::input::{ReasonCode, RiskMerchant, RiskReason};
use crate::view::Scene;

/// One reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReasonView {
    /// What it is.
    pub code: ReasonCode,
    /// How much it adds to the log-odds; below 0 where it speaks for the merchant.
    pub contribution: f64,
    /// Pieces of evidence that it rests on.
    pub evidence: i64,
    /// The reason in words.
    pub text: String,
}

/// All reasons of a merchant, the one that raises the score most first.
pub(super) fn reasons(scene: &Scene<'_>, row: &RiskMerchant) -> Result<Vec<ReasonView>, ReportError> {
    let mut sorted: Vec<&RiskReason> = row.reasons.iter().collect();
    sorted.sort_unstable_by(|a, b| b.contribution.total_cmp(&a.contribution).then(a.code.cmp(&b.code)));
    sorted
        .into_iter()
        .map(|r| {
            let RiskReason { code, contribution, evidence } = *r;
            Ok(ReasonView { code, contribution, evidence, text: text(scene, row, code)? })
        })
        .collect()
}

/// A reason in words. What a signal says where there is nothing has words of its own: that speaks too.
fn text(scene: &Scene<'_>, row: &RiskMerchant, code: ReasonCode) -> Result<String, ReportError> {
    let s = &row.signals;
    let plural = |n: i64, others: &[(&str, i64)]| words(scene, code, n, others, "");
    let none = || scene.m.text(&format!("reason_none.{}", code.word()), &[]);
    match code {
        ReasonCode::Allegations if s.all_comments() == 0 => none(),
        ReasonCode::Allegations => plural(s.all_comments(), &[("part", s.allegations)]),
        ReasonCode::CounterfeitRefunds if s.counterfeit_refund_units == 0 => none(),
        ReasonCode::CounterfeitRefunds => plural(s.counterfeit_refund_units, &[("units", s.units)]),
        ReasonCode::UpheldTakedowns if s.upheld_takedowns == 0 => none(),
        ReasonCode::UpheldTakedowns => plural(s.upheld_takedowns, &[("days", ENFORCEMENT_DAYS.into())]),
        ReasonCode::EnforcementDays if s.enforcement_days == 0 => none(),
        ReasonCode::EnforcementDays => plural(s.enforcement_days, &[("days", ENFORCEMENT_DAYS.into())]),
        ReasonCode::UpheldListingShare => {
            let share = scene.f.share(Some(s.upheld_listing_share)).text;
            words(scene, code, s.upheld_takedowns, &[], &share)
        }
        ReasonCode::RepeatInfringer if !s.repeat_infringer => none(),
        ReasonCode::RepeatInfringer => plural(s.enforcement_days, &[]),
        ReasonCode::Reappearances if s.reappearances == 0 => none(),
        ReasonCode::Reappearances => plural(s.reappearances, &[]),
        ReasonCode::PriceDepth => match s.price_depth {
            None => none(),
            Some(depth) => words(scene, code, s.deep_discount_units, &[], &scene.f.share(Some(depth)).text),
        },
        ReasonCode::SalesBurst => plural(s.recent_units, &[("before", s.trailing_units)]),
        ReasonCode::StoreAge => plural(s.store_age_days, &[]),
        ReasonCode::UnauthorisedBrands if s.unauthorised_brands == 0 => none(),
        ReasonCode::UnauthorisedBrands => plural(s.unauthorised_brands, &[]),
        ReasonCode::DocumentIssues if s.document_issues == 0 => none(),
        ReasonCode::DocumentIssues => plural(s.document_issues, &[]),
        ReasonCode::ImageMatches if s.image_matches == 0 => none(),
        ReasonCode::ImageMatches => plural(s.image_matches, &[]),
        ReasonCode::LinkedMerchants if s.linked_merchants == 0 => none(),
        ReasonCode::LinkedMerchants => plural(s.linked_merchants, &[]),
        ReasonCode::LinkedUpheld if s.linked_upheld == 0 => none(),
        ReasonCode::LinkedUpheld => plural(s.linked_upheld, &[]),
        ReasonCode::PilotVerdicts if s.pilot_sampled == 0 => none(),
        ReasonCode::PilotVerdicts => plural(s.pilot_sampled, &[("part", s.pilot_counterfeit)]),
    }
}

fn words(
    scene: &Scene<'_>,
    code: ReasonCode,
    n: i64,
    others: &[(&str, i64)],
    share: &str,
) -> Result<String, ReportError> {
    let count = scene.f.count(n).text;
    let others: Vec<(&str, String)> = others.iter().map(|(key, n)| (*key, scene.f.count(*n).text)).collect();
    let mut values = vec![("n", count.as_str()), ("share", share)];
    values.extend(others.iter().map(|(key, text)| (*key, text.as_str())));
    scene.m.plural(&format!("reason.{}", code.word()), n, &values)
}

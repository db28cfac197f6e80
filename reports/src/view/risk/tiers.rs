//! Merchants and what they sold, by tier: the numbers behind the chart.

use serde::Serialize;

use super::{RiskInput, RiskTier, RiskTierSum, money, share};
use crate::error::ReportError;
use crate::view::{Scene, Shown};

/// Merchants and what they sold, by tier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TierTable {
    /// What the chart and the table show.
    pub caption: String,
    /// The chart in words, for those who cannot see it.
    pub description: String,
    /// Where the numbers come from.
    pub source: String,
    /// Said in place of the chart where there is nobody to rank.
    pub empty: String,
    /// What the upper bar is and how much, in words.
    pub merchants_label: String,
    /// What the lower bar is and how much.
    pub units_label: String,
    /// The tiers, the most urgent first.
    pub rows: Vec<TierLine>,
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TierLine {
    /// The tier.
    pub tier: Shown<RiskTier>,
    /// Merchants in it.
    pub merchants: Shown<i64>,
    /// Their share of all merchants ranked.
    pub merchants_share: Shown<Option<f64>>,
    /// Units of the brand that they sold in the period.
    pub units: Shown<i64>,
    /// Their share of all units.
    pub units_share: Shown<Option<f64>>,
    /// What was paid for them, in minor units.
    pub gmv_minor: Shown<i64>,
    /// The merchants in one sentence.
    pub merchants_sentence: String,
    /// The units in one sentence.
    pub units_sentence: String,
}

impl TierTable {
    pub(super) fn build(scene: &Scene<'_>, input: &RiskInput, all: RiskTierSum) -> Result<Self, ReportError> {
        let m = scene.m;
        let (merchants, units) = (scene.f.count(all.merchants), scene.f.count(all.units));
        let rows =
            RiskTier::ALL.iter().map(|tier| line(scene, input, *tier, all)).collect::<Result<Vec<_>, ReportError>>()?;
        let sentences = |of: fn(&TierLine) -> &str| -> Result<String, ReportError> {
            Ok(rows.iter().map(of).collect::<Vec<_>>().join(&m.text("list.sentences", &[])?))
        };
        let empty = m.text("risk_tiers.empty", &[])?;
        let description = if all.merchants == 0 { empty.clone() } else { sentences(|r| &r.merchants_sentence)? };
        Ok(Self {
            caption: m.text("risk_tiers.caption", &[])?,
            description,
            source: m.text("risk_tiers.source", &[])?,
            empty,
            merchants_label: m.plural("risk_tiers.merchants", merchants.value, &[("n", &merchants.text)])?,
            units_label: m.plural("risk_tiers.units", units.value, &[("n", &units.text)])?,
            rows,
        })
    }
}

fn line(scene: &Scene<'_>, input: &RiskInput, tier: RiskTier, all: RiskTierSum) -> Result<TierLine, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let sum = input.tier(tier);
    let name = m.text(&format!("risk_tier.{}", tier.word()), &[])?;
    let (merchants, units) = (f.count(sum.merchants), f.count(sum.units));
    let (merchants_share, units_share) =
        (share(scene, sum.merchants, all.merchants), share(scene, sum.units, all.units));
    let sentence = |key: &str, n: &Shown<i64>, share: &str| {
        m.plural(&format!("risk_tiers.{key}"), n.value, &[("tier", &name), ("n", &n.text), ("share", share)])
    };
    Ok(TierLine {
        merchants_sentence: sentence("merchants_in", &merchants, &merchants_share.text)?,
        units_sentence: sentence("units_in", &units, &units_share.text)?,
        tier: Shown { value: tier, text: name },
        merchants,
        merchants_share,
        units,
        units_share,
        gmv_minor: money(scene, sum.gmv_minor, &input.currency),
    })
}

/// From which scores on a merchant is in a tier, in words; empty where that is not given.
pub(super) fn scores(scene: &Scene<'_>, input: &RiskInput) -> Result<String, ReportError> {
    let Some(scores) = input.tier_scores else { return Ok(String::new()) };
    let [critical, high, elevated] =
        [scores.critical, scores.high, scores.elevated].map(|s| scene.f.share(Some(s)).text);
    scene.m.text("risk_tiers.scores", &[("critical", &critical), ("high", &high), ("elevated", &elevated)])
}

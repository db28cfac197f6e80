//! Made-up removals, and what they came back as. Rates and curve are Kaplan and Meier's, so that they agree with the pairs.

use std::collections::BTreeMap;

use mirrorlake_model::reappearance::{
    CurveRow, LinkKind, RateTier, ReappearanceRateRow, ReappearanceRow, ShareBack, Tier,
};
use mirrorlake_reports::{BrandReportParts, ReappearanceInput};

use super::{Dice, as_of};

const DAY: i64 = 86_400_000_000;

/// What made-up removals look like.
#[derive(Clone, Copy, Debug)]
pub struct RemovalShape {
    /// Listings with a standing removal.
    pub removals: i64,
    /// Out of 100 of them, how many come back if they are followed for long enough.
    pub back_percent: u64,
    /// Days since the oldest removal.
    pub span_days: u64,
    /// Look-alikes out of 100 removals.
    pub look_alike_percent: u64,
    /// Reinstated listings.
    pub reinstated: i64,
    /// Whether titles are at hand.
    pub titled: bool,
}

impl Default for RemovalShape {
    fn default() -> Self {
        Self { removals: 240, back_percent: 22, span_days: 200, look_alike_percent: 6, reinstated: 9, titled: true }
    }
}

/// Parts with removals of a shape.
pub fn with_reappearance(mut parts: BrandReportParts, shape: RemovalShape) -> BrandReportParts {
    parts.reappearance = Some(reappearance(parts.brand.brand_id, shape));
    parts
}

pub fn reappearance(brand_id: i64, shape: RemovalShape) -> ReappearanceInput {
    let mut dice = Dice(7);
    let now = as_of().micros();
    let mut pairs = Vec::new();
    let mut removed = BTreeMap::new();
    for n in 0..shape.removals {
        let (listing, merchant) = (5_300_000_000 + n * 1_009, 40_000 + n % 61 * 17);
        let removed_at = now - DAY / 4 - dice.roll(shape.span_days * 1440) as i64 * 60_000_000;
        removed.insert(listing, removed_at);
        let come_back = |days: f64| removed_at + (days * DAY as f64) as i64;
        let (back, look_alike) = (dice.roll(100) < shape.back_percent, dice.roll(100) < shape.look_alike_percent);
        for tier in [(back, dice.roll(10)), (look_alike, 10)] {
            let days = 0.4 + dice.roll(300) as f64 * dice.roll(300) as f64 / 700.0;
            let (true, at) = (tier.0, come_back(days)) else { continue };
            if at > now {
                continue;
            }
            let kind = match tier.1 {
                0..=2 => Tier::SameListing,
                3..=7 => Tier::SameMerchant,
                8..=9 => Tier::LinkedMerchant,
                _ => Tier::OtherMerchant,
            };
            pairs.push(pair(brand_id, (listing, merchant, removed_at), kind, at, &mut dice, shape.titled));
        }
    }
    let oldest = removed.values().copied().min();
    let followed = oldest.map_or(0.0, |at| (now - at) as f64 / DAY as f64);
    let share_by = |steps: &[Step], days: f64| {
        let step = steps.iter().rfind(|s| s.0 <= days);
        let (rate, ends) = step.map_or((0.0, None), |s| (s.1, s.2));
        ShareBack { rate: Some(rate), low: ends.map(|e| e.0), high: ends.map(|e| e.1) }
    };
    let (mut rates, mut curve) = (Vec::new(), Vec::new());
    for tier in RateTier::ALL.iter().filter(|_| shape.removals + shape.reinstated > 0) {
        let steps = kaplan_meier(&removed, &pairs, *tier, now);
        let days: std::collections::BTreeSet<i64> = steps.iter().map(|s| s.0.ceil() as i64).collect();
        curve.extend(days.into_iter().map(|day| CurveRow {
            brand_id: Some(brand_id),
            tier: *tier,
            day,
            share: share_by(&steps, day as f64),
        }));
        let counted = pairs.iter().filter(|p| tier.counts(p.tier)).map(|p| p.removed_listing_id);
        rates.push(ReappearanceRateRow {
            brand_id: Some(brand_id),
            tier: *tier,
            removals: shape.removals,
            reinstated: shape.reinstated,
            reappeared: counted.collect::<std::collections::BTreeSet<_>>().len() as i64,
            within: [7.0, 30.0, 90.0].map(
                |days| {
                    if followed >= days { share_by(&steps, days) } else { ShareBack::default() }
                },
            ),
        });
    }
    ReappearanceInput {
        brand_id,
        rates,
        curve,
        pairs,
        oldest_removal_at: oldest,
        excused_images: Some(shape.removals / 20),
        uncompared_images: Some(shape.removals / 80),
    }
}

fn pair(
    brand_id: i64,
    (listing, merchant, removed_at): (i64, i64, i64),
    tier: Tier,
    reappeared_at: i64,
    dice: &mut Dice,
    titled: bool,
) -> ReappearanceRow {
    let other = tier != Tier::SameListing;
    let product_only = tier == Tier::SameMerchant && dice.roll(4) == 0;
    let title = |text: &str| titled.then(|| text.to_owned());
    ReappearanceRow {
        brand_id,
        removed_listing_id: listing,
        new_listing_id: if other { listing + 400_000_001 + dice.roll(900) as i64 } else { listing },
        removed_at,
        reappeared_at,
        tier,
        removed_merchant_id: merchant,
        new_merchant_id: if tier >= Tier::LinkedMerchant { merchant + 9_001 } else { merchant },
        link_keys: match tier {
            Tier::LinkedMerchant => LinkKind::ALL[dice.roll(4) as usize..].to_vec(),
            _ => Vec::new(),
        },
        hamming: (other && !product_only).then_some(dice.roll(32) as i32),
        claim_id: 880_001,
        removed_position: None,
        new_position: None,
        image_matches: i64::from(other && !product_only),
        common_matches: 0,
        same_product: product_only || (other && dice.roll(3) == 0),
        title_similarity: other.then_some(dice.roll(101) as f64 / 100.0),
        removed_title: title("Nordlicht 北光 polarised sunglasses UV400, unisex"),
        new_title: if other { title("北光同款偏光太阳镜 UV400 driving glasses") } else { None },
    }
}

type Step = (f64, f64, Option<(f64, f64)>);

/// 1 − Kaplan–Meier of the first reappearances in some tiers, with its log(−log) interval.
fn kaplan_meier(removed: &BTreeMap<i64, i64>, pairs: &[ReappearanceRow], tier: RateTier, now: i64) -> Vec<Step> {
    let mut follows: Vec<(i64, bool)> = removed
        .iter()
        .map(|(listing, at)| {
            let of_it = pairs.iter().filter(|p| p.removed_listing_id == *listing && tier.counts(p.tier));
            of_it.map(|p| p.reappeared_at - at).min().map_or((now - at, false), |time| (time, true))
        })
        .collect();
    follows.sort_unstable();
    let (mut survival, mut greenwood, mut steps) = (1.0_f64, 0.0_f64, Vec::new());
    let times: std::collections::BTreeSet<i64> = follows.iter().filter(|f| f.1).map(|f| f.0).collect();
    for time in times {
        let at_risk = follows.iter().filter(|f| f.0 >= time).count() as f64;
        let events = follows.iter().filter(|f| f.1 && f.0 == time).count() as f64;
        survival *= 1.0 - events / at_risk;
        greenwood += events / (at_risk * (at_risk - events));
        let interval = (survival > 0.0).then(|| {
            let factor = (1.96 * greenwood.sqrt() / -survival.ln()).exp();
            (1.0 - survival.powf(1.0 / factor), 1.0 - survival.powf(factor))
        });
        steps.push((time as f64 / DAY as f64, 1.0 - survival, interval));
    }
    steps
}

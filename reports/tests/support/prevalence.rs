//! Made-up counterfeit figures. Like the rest they are plausible, not exact.

use chrono::{Datelike, Days, Months, NaiveDate};
use mirrorlake_reports::{
    BrandReportParts, PrevalenceHistory, PrevalenceInput, PrevalenceRow, PurchasePlan, PurchaseProgress, Suppression,
    Weighting,
};

use super::as_of;

/// What made-up figures look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimates {
    /// All three weightings are told, with a year of earlier months.
    All,
    /// So little that it is told out of 1,000; nothing earlier.
    Tiny,
    /// Units and sales are withheld, listings are told.
    ListingsOnly,
    /// Too few samples: everything is withheld, in every month.
    FewSamples,
    /// Nothing was ever bought, and there are no comment signals.
    Nothing,
}

impl Estimates {
    pub const ALL: [Self; 5] = [Self::All, Self::Tiny, Self::ListingsOnly, Self::FewSamples, Self::Nothing];
}

/// Parts with counterfeit figures of a shape.
pub fn with_prevalence(mut parts: BrandReportParts, shape: Estimates) -> BrandReportParts {
    parts.prevalence = Some(prevalence(parts.brand.brand_id, parts.days, shape));
    agree(&mut parts);
    parts
}

/// Lets the counterfeit figures say of the comments what the comment figures say.
pub fn agree(parts: &mut BrandReportParts) {
    let (Some(comments), Some(prevalence)) = (&parts.comments, &mut parts.prevalence) else { return };
    for row in prevalence.rows.iter_mut().filter(|r| r.comment_days.is_some()) {
        row.comment_days = Some(comments.days_with_signals.into());
        (row.allegations, row.comments) = (Some(comments.allegations), Some(comments.comments));
        row.allegations_per_1000 = comments.share.map(|share| share * 1e3);
        row.allegations_per_1000_low = comments.share_low.map(|share| share * 1e3);
        row.allegations_per_1000_high = comments.share_high.map(|share| share * 1e3);
    }
}

pub fn prevalence(brand_id: i64, days: u32, shape: Estimates) -> PrevalenceInput {
    let rows = Weighting::ALL.iter().map(|weighting| row(brand_id, days, *weighting, shape)).collect();
    let bought = shape != Estimates::Nothing;
    PrevalenceInput {
        brand_id,
        rows,
        history: history(brand_id, shape),
        progress_in_window: progress(brand_id, if bought { 1 } else { 0 }),
        progress_of_all_time: progress(brand_id, if bought { 3 } else { 0 }),
        plan: bought.then(|| PurchasePlan { brand_id, as_of: as_of().day - Days::new(1), random: 45, targeted: 15 }),
        threshold: 0.05,
        prior_brands: 24,
        sensitivity: 0.97,
        specificity: 0.995,
        currency: "CNY".to_owned(),
    }
}

/// Whether a weighting is told in a shape, and else why not.
fn reason(weighting: Weighting, shape: Estimates) -> Option<Suppression> {
    match (shape, weighting) {
        (Estimates::All | Estimates::Tiny, _) | (Estimates::ListingsOnly, Weighting::Listings) => None,
        (Estimates::ListingsOnly, Weighting::Units) => Some(Suppression::FewEffective),
        (Estimates::ListingsOnly, Weighting::Gmv) => Some(Suppression::WideInterval),
        (Estimates::FewSamples | Estimates::Nothing, _) => Some(Suppression::FewPurchases),
    }
}

fn row(brand_id: i64, days: u32, weighting: Weighting, shape: Estimates) -> PrevalenceRow {
    let because = reason(weighting, shape);
    let (sampled, counterfeit, inconclusive, outstanding) = match shape {
        Estimates::All | Estimates::ListingsOnly => (171, 14, 4, 9),
        Estimates::Tiny => (1_480, 6, 0, 0),
        Estimates::FewSamples => (13, 2, 1, 31),
        Estimates::Nothing => (0, 0, 0, 0),
    };
    let population = match weighting {
        Weighting::Listings => 1_264,
        Weighting::Units => 52_318,
        Weighting::Gmv => 1_246_318_400,
    };
    // A withheld figure is odd enough to be found wherever it leaks to.
    let estimate = match (because, shape, weighting) {
        (Some(_), Estimates::Nothing, _) => None,
        (Some(_), ..) => Some((0.073_713_7, 0.017_171_7, 0.477_171_7)),
        (None, Estimates::Tiny, _) => Some((0.0031, 0.0009, 0.0072)),
        (None, _, Weighting::Listings) => Some((0.0813, 0.0452, 0.1333)),
        (None, _, Weighting::Units) => Some((0.0482, 0.0247, 0.0861)),
        (None, _, Weighting::Gmv) => Some((0.0391, 0.0164, 0.0784)),
    };
    let shares = |scale: f64| estimate.map(|(share, low, high)| (share * scale, low * scale, high * scale));
    let (apparent, shrunk) = (shares(0.97), shares(0.93));
    let robust = match (because, shape, weighting) {
        (Some(_), Estimates::Nothing, _) | (None, _, Weighting::Listings) => None,
        (Some(_), ..) => Some((0.086_868_6, 0.015_151_5, 0.484_848_4)),
        (None, Estimates::All, _) => estimate.map(|(share, low, high)| (share * 1.3, low * 0.9, high * 1.07)),
        (None, ..) => None,
    };
    let comments = (shape != Estimates::Nothing).then_some(9_412);
    let at_risk = |only| estimate.filter(|_| weighting == only).map(|e| e.0 * population as f64);
    let (refunds, units_sold, upheld, active) = match shape {
        Estimates::Nothing => (0, 0, 0, 0),
        _ => (88, 57_120, 36, 1_264),
    };
    PrevalenceRow {
        brand_id,
        weighting,
        population: if shape == Estimates::Nothing { 0 } else { population },
        sampled,
        conclusive: sampled - inconclusive,
        counterfeit,
        inconclusive,
        outstanding,
        effective_n: Some(if because.is_none() { 93.4 } else { 17.171_7 }),
        apparent: apparent.map(|s| s.0),
        apparent_low: apparent.map(|s| s.1),
        apparent_high: apparent.map(|s| s.2),
        prevalence: estimate.map(|s| s.0),
        prevalence_low: estimate.map(|s| s.1),
        prevalence_high: estimate.map(|s| s.2),
        robust: robust.map(|s| s.0),
        robust_low: robust.map(|s| s.1),
        robust_high: robust.map(|s| s.2),
        bound_low: apparent.map(|s| s.0 * 0.97),
        bound_high: apparent.map(|s| s.0 * 0.97 + 0.027),
        outstanding_low: apparent.map(|s| s.0 * 0.9),
        outstanding_high: apparent.map(|s| s.0 * 0.9 + 0.071),
        shrunk: shrunk.map(|s| s.0),
        shrunk_low: shrunk.map(|s| s.1),
        shrunk_high: shrunk.map(|s| s.2),
        prob_above_threshold: estimate.map(|s| if because.is_some() { 0.717_171_7 } else { (s.0 * 13.0).min(1.0) }),
        publishable: because.is_none(),
        suppressed_because: because,
        targeted_sampled: if shape == Estimates::Nothing { 0 } else { 42 },
        targeted_conclusive: if shape == Estimates::Nothing { 0 } else { 40 },
        targeted_counterfeit: if shape == Estimates::Nothing { 0 } else { 14 },
        // R: prop.test(14, 40, correct = FALSE)$conf.int
        targeted_low: (shape != Estimates::Nothing).then_some(0.221_345_3),
        targeted_high: (shape != Estimates::Nothing).then_some(0.504_941_2),
        comments,
        allegations: comments.map(|_| 131),
        comment_days: comments.map(|_| if shape == Estimates::All { days.into() } else { i64::from(days) - 3 }),
        allegations_per_1000: comments.map(|n| 131.0 * 1e3 / n as f64),
        allegations_per_1000_low: comments.map(|_| 9.8),
        allegations_per_1000_high: comments.map(|_| 19.1),
        counterfeit_refund_units: refunds,
        units_sold,
        counterfeit_refunds_per_10000: (units_sold > 0).then(|| refunds as f64 * 1e4 / units_sold as f64),
        // R: 1e4 * poisson.test(88, 57120)$conf.int, and below 1e3 * poisson.test(36, 1264)$conf.int
        counterfeit_refunds_per_10000_low: (units_sold > 0).then_some(12.356_192_8),
        counterfeit_refunds_per_10000_high: (units_sold > 0).then_some(18.980_823_0),
        upheld_takedowns: upheld,
        active_listings: active,
        upheld_per_1000_listings: (active > 0).then(|| upheld as f64 * 1e3 / active as f64),
        upheld_per_1000_listings_low: (active > 0).then_some(19.947_751_1),
        upheld_per_1000_listings_high: (active > 0).then_some(39.429_726_7),
        units_at_risk: at_risk(Weighting::Units),
        gmv_at_risk_minor: at_risk(Weighting::Gmv),
    }
}

/// A year of month ends: the first ones withheld, one missing.
fn history(brand_id: i64, shape: Estimates) -> Vec<PrevalenceHistory> {
    if matches!(shape, Estimates::Tiny | Estimates::Nothing) {
        return Vec::new();
    }
    let last = as_of().day.with_day(1).expect("a first");
    let ends = (0..11_u32).rev().filter(|back| *back != 4).map(|back| last - Months::new(back) - Days::new(1));
    let day = |(n, as_of): (usize, NaiveDate)| {
        let publishable = shape != Estimates::FewSamples && !matches!(n, 0 | 1 | 7);
        let n = n as f64;
        let share = if publishable { 0.083 - 0.004 * n + 0.006 * (n * 2.1).sin() } else { 0.073_713_7 };
        PrevalenceHistory {
            brand_id,
            as_of,
            prevalence: Some(share),
            low: Some(share * (0.3 + 0.02 * n)),
            high: Some(share * (2.6 - 0.08 * n)),
            publishable,
        }
    };
    ends.enumerate().map(day).collect()
}

fn progress(brand_id: i64, scale: i64) -> PurchaseProgress {
    let days = |days: f64| (scale > 0).then_some(days + scale as f64 / 10.0);
    PurchaseProgress {
        brand_id,
        ordered: 92 * scale,
        notarised: 90 * scale,
        delivered: 81 * scale,
        authenticated: 71 * scale,
        genuine: 59 * scale,
        counterfeit: 10 * scale,
        inconclusive: 2 * scale,
        acted_offline: scale,
        acted_online: 7 * scale,
        notarised_days: days(0.4),
        delivered_days: days(3.1),
        authenticated_days: days(11.2),
        acted_days: if scale > 1 { days(6.0) } else { None },
    }
}

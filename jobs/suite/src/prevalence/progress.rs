//! How far the programme's purchases have come, for each brand and for all.

use std::collections::BTreeMap;

use mirrorlake_metrics::prevalence::{self as metrics, Step};
use mirrorlake_model::pilot::{Action, ProgressPeriod, ProgressRow, Selection, Verdict};

use super::Purchase;

/// The rows of the mart `pilot_progress`: all brands first, then each of `brands`; the window's purchases (ordered from
/// `window_start` on, in microseconds), then all.
pub fn progress(
    purchases: &BTreeMap<i64, Vec<Purchase>>,
    brands: impl Iterator<Item = i64>,
    window_start: i64,
    as_of: i64,
) -> Vec<ProgressRow> {
    let everything: Vec<&Purchase> = purchases.values().flatten().collect();
    let mut rows = both_periods(None, &everything, window_start, as_of);
    for brand in brands {
        let own: Vec<&Purchase> = purchases.get(&brand).into_iter().flatten().collect();
        rows.extend(both_periods(Some(brand), &own, window_start, as_of));
    }
    rows
}

fn both_periods(brand_id: Option<i64>, purchases: &[&Purchase], window_start: i64, as_of: i64) -> Vec<ProgressRow> {
    let recent: Vec<&Purchase> = purchases.iter().copied().filter(|p| p.ordered_at >= window_start).collect();
    vec![row(brand_id, ProgressPeriod::Window, &recent, as_of), row(brand_id, ProgressPeriod::All, purchases, as_of)]
}

fn row(brand_id: Option<i64>, period: ProgressPeriod, purchases: &[&Purchase], as_of: i64) -> ProgressRow {
    let count = |holds: &dyn Fn(&Purchase) -> bool| purchases.iter().filter(|p| holds(p)).count() as i64;
    let steps: Vec<metrics::Purchase> = purchases.iter().map(|p| steps(p)).collect();
    let followed = metrics::progress(&steps, as_of);
    let days = |step: Step| followed.steps.iter().find(|s| s.step == step).and_then(|s| s.median_days);
    let acted = |wanted| count(&|p| p.verdict == Some(Verdict::Counterfeit) && p.action == Some(wanted));
    ProgressRow {
        brand_id,
        period,
        random: count(&|p| p.selection == Selection::Random),
        targeted: count(&|p| p.selection == Selection::Targeted),
        brand_request: count(&|p| p.selection == Selection::BrandRequest),
        notarised: count(&|p| p.notarised_at.is_some()),
        delivered: count(&|p| p.delivered_at.is_some()),
        authenticated: count(&|p| p.authenticated_at.is_some()),
        genuine: count(&|p| p.verdict == Some(Verdict::Genuine)),
        counterfeit: count(&|p| p.verdict == Some(Verdict::Counterfeit)),
        inconclusive: count(&|p| p.verdict == Some(Verdict::Inconclusive)),
        acted_offline: acted(Action::Offline),
        acted_online: acted(Action::Online),
        days_to_notarised: days(Step::Notarised),
        days_to_delivered: days(Step::Delivered),
        days_to_authenticated: days(Step::Authenticated),
        days_to_acted: days(Step::Acted),
    }
}

fn steps(purchase: &Purchase) -> metrics::Purchase {
    metrics::Purchase {
        ordered_at: purchase.ordered_at,
        notarised_at: purchase.notarised_at,
        delivered_at: purchase.delivered_at,
        authenticated_at: purchase.authenticated_at,
        counterfeit: purchase.verdict == Some(Verdict::Counterfeit),
        action: purchase.action,
        action_at: purchase.action_at,
    }
}

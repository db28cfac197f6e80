//! Signals as numbers that add up: each is 0 for an ordinary merchant without evidence, and more evidence never makes one
//! smaller.

use super::prior::{Priors, counts};
use super::signals::{Available, Signals};
use mirrorlake_model::risk::Code;

/// Number of signals.
pub const SIGNALS: usize = Code::ALL.len();

/// One number per signal, in the order of [`Code::ALL`].
pub type Features = [f64; SIGNALS];

/// A rate counts as at most e^3 = 20 times the usual: no single rate decides alone.
const MOST_LOG_RATIO: f64 = 3.0;
/// A rate counts as at least e^−1.5 = 0.22 of the usual: silence speaks for a merchant, but softly.
const LEAST_LOG_RATIO: f64 = -1.5;
/// Counts above this count as this many.
const MOST_EVENTS: i64 = 50;
/// Robust z from which sales count as a burst: a tenth of a percent of quiet weeks reach it.
const BURST_FROM_Z: f64 = 3.0;
/// Robust z above which a burst counts no further.
const BURST_MOST_Z: f64 = 30.0;
/// Days after which a shop's age says nothing any more.
const YOUNG_DAYS: f64 = 365.0;

/// All features of a merchant.
///
/// - Rates: ln of the shrunken rate over the prior mean, within [−1.5, 3]. They may be negative: hundreds of comments
///   without an allegation speak for a merchant.
/// - Counts: ln(1 + count), from 50 on no more.
/// - Repeat infringer: 1 or 0.
/// - Sales burst: ln(z / 3) from z = 3 to z = 30, else 0 or ln 10.
/// - Store age: the share of the first year that is still ahead.
///
/// With the priors held fixed no feature falls when a count of evidence rises. What is not available is 0.
#[must_use]
pub fn features(signals: &Signals, priors: &Priors, available: &Available) -> Features {
    let mut features = [0.0; SIGNALS];
    for code in Code::ALL.iter().copied().filter(|code| available.has(*code)) {
        features[code.place()] = feature(code, signals, priors);
    }
    features
}

/// One feature of a merchant, its signal being available.
pub(super) fn feature(code: Code, signals: &Signals, priors: &Priors) -> f64 {
    if let (Some(prior), Some((part, whole))) = (priors.of(code), counts(code, signals)) {
        return prior.log_ratio(part, whole).clamp(LEAST_LOG_RATIO, MOST_LOG_RATIO);
    }
    match code {
        Code::UpheldTakedowns => events(signals.upheld_takedowns),
        Code::EnforcementDays => events(signals.enforcement_days),
        Code::RepeatInfringer => f64::from(u8::from(signals.repeat_infringer())),
        Code::Reappearances => events(signals.reappearances),
        Code::SalesBurst => signals.burst_z.map_or(0.0, burst),
        Code::StoreAge => (1.0 - signals.store_age_days as f64 / YOUNG_DAYS).clamp(0.0, 1.0),
        Code::UnauthorisedBrands => events(signals.unauthorised_brands),
        Code::DocumentIssues => events(signals.document_issues),
        Code::ImageMatches => events(signals.image_matches),
        Code::LinkedMerchants => events(signals.linked_merchants),
        Code::LinkedUpheld => events(signals.linked_upheld),
        // The rates, above.
        Code::Allegations
        | Code::CounterfeitRefunds
        | Code::UpheldListingShare
        | Code::PriceDepth
        | Code::PilotVerdicts => 0.0,
    }
}

/// ln(1 + count).
fn events(count: i64) -> f64 {
    (count.clamp(0, MOST_EVENTS) as f64).ln_1p()
}

/// How far a robust z stands out.
fn burst(z: f64) -> f64 {
    if z > BURST_FROM_Z { (z.min(BURST_MOST_Z) / BURST_FROM_Z).ln() } else { 0.0 }
}

/// Whether a z counts as a burst.
pub(super) fn is_burst(z: f64) -> bool {
    z > BURST_FROM_Z
}

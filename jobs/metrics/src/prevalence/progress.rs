//! How far the purchase programme is: purchases at each step from order to action, and how long each step takes.

use super::Action;
use crate::survival::{Follow, KaplanMeier};

/// Microseconds in a day of 24 hours.
const MICROS_PER_DAY: f64 = 86_400_000_000.0;

/// One purchase with the instants of its steps, in microseconds since the epoch, UTC; `None`: not yet, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// When it was ordered.
    pub ordered_at: i64,
    /// When the order was notarised.
    pub notarised_at: Option<i64>,
    /// When it was delivered.
    pub delivered_at: Option<i64>,
    /// When it was authenticated.
    pub authenticated_at: Option<i64>,
    /// Whether authentication found it counterfeit.
    pub counterfeit: bool,
    /// What was decided to do.
    pub action: Option<Action>,
    /// When that was done.
    pub action_at: Option<i64>,
}

/// A step of the programme, named by what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// From order to notarisation.
    Notarised,
    /// From notarisation to delivery.
    Delivered,
    /// From delivery to authentication.
    Authenticated,
    /// From authentication as counterfeit to action, offline or online.
    Acted,
}

impl Step {
    /// The steps in their order.
    pub const ALL: [Self; 4] = [Self::Notarised, Self::Delivered, Self::Authenticated, Self::Acted];
}

/// One step over all purchases: `done` + `open` + `skipped` have begun it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepProgress {
    /// The step.
    pub step: Step,
    /// Purchases that have ended it.
    pub done: i64,
    /// Purchases that are in it at T.
    pub open: i64,
    /// Purchases without its instant that are past it by a later one.
    pub skipped: i64,
    /// Kaplan–Meier median of its days (of 24 hours), over purchases that have begun it; `None` where fewer than half
    /// are seen to end it.
    pub median_days: Option<f64>,
}

/// How far all purchases are at T.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Purchases.
    pub ordered: i64,
    /// Purchases authenticated as counterfeit.
    pub counterfeit: i64,
    /// Counterfeits about which, by decision, nothing is done; they never begin the step [`Step::Acted`].
    pub no_action: i64,
    /// The steps, in the order of [`Step::ALL`].
    pub steps: [StepProgress; 4],
}

/// Follows purchases, in any order, through the steps up to the instant `as_of` (T, microseconds).
///
/// A step begins at the latest instant before its end that an earlier step has; where that is missing, at the one
/// before. Open steps are censored at T. Notarisation may be left out: delivery is open for every purchase that is not
/// delivered, while authentication begins with delivery and action with the verdict. A purchase that is past a step
/// without its instant leaves that step's curve at its next instant. Times below zero count as zero. Action is done
/// once `action` is offline or online; without `action_at` it is counted and left out of the curve.
#[must_use]
pub fn progress(purchases: &[Purchase], as_of: i64) -> Progress {
    let is_counterfeit = |purchase: &&Purchase| purchase.counterfeit && purchase.authenticated_at.is_some();
    let count = |holds: &dyn Fn(&&Purchase) -> bool| purchases.iter().filter(holds).count() as i64;
    Progress {
        ordered: purchases.len() as i64,
        counterfeit: count(&is_counterfeit),
        no_action: count(&|purchase| is_counterfeit(purchase) && purchase.action == Some(Action::None)),
        steps: Step::ALL.map(|step| follow(step, purchases, as_of)),
    }
}

/// One step over all purchases.
fn follow(step: Step, purchases: &[Purchase], as_of: i64) -> StepProgress {
    let mut out = StepProgress { step, done: 0, open: 0, skipped: 0, median_days: None };
    let mut follows: Vec<Follow> = Vec::with_capacity(purchases.len());
    for purchase in purchases {
        let (end, event) = match State::of(step, purchase) {
            State::NotBegun => continue,
            State::Done(at) => {
                out.done += 1;
                let Some(at) = at else { continue };
                (at, true)
            }
            State::Skipped(at) => {
                out.skipped += 1;
                (at, false)
            }
            State::Open => {
                out.open += 1;
                (as_of, false)
            }
        };
        follows.push(Follow { time: end.saturating_sub(begin(step, purchase, end)).max(0), event });
    }
    out.median_days = KaplanMeier::fit(&follows).quantile(0.5).map(|micros| micros as f64 / MICROS_PER_DAY);
    out
}

/// Where a purchase is with a step.
enum State {
    NotBegun,
    /// Ended, and when, where that is known.
    Done(Option<i64>),
    /// Not ended, though a later step has been, at this instant.
    Skipped(i64),
    Open,
}

impl State {
    fn of(step: Step, purchase: &Purchase) -> Self {
        let Purchase { notarised_at, delivered_at, authenticated_at, .. } = *purchase;
        match step {
            Step::Notarised => Self::passed(notarised_at, delivered_at.or(authenticated_at)).unwrap_or(Self::Open),
            Step::Delivered => Self::passed(delivered_at, authenticated_at).unwrap_or(Self::Open),
            Step::Authenticated => match (authenticated_at, delivered_at) {
                (Some(at), _) => Self::Done(Some(at)),
                (None, Some(_)) => Self::Open,
                (None, None) => Self::NotBegun,
            },
            Step::Acted if !purchase.counterfeit || authenticated_at.is_none() => Self::NotBegun,
            Step::Acted => match purchase.action {
                Some(Action::None) => Self::NotBegun,
                Some(Action::Offline | Action::Online) => Self::Done(purchase.action_at),
                None => Self::Open,
            },
        }
    }

    /// Done by its own instant, else skipped by the next one.
    fn passed(own: Option<i64>, next: Option<i64>) -> Option<Self> {
        own.map(|at| Self::Done(Some(at))).or(next.map(Self::Skipped))
    }
}

/// The latest instant of an earlier step that is not after `end`; the order's where there is none.
fn begin(step: Step, purchase: &Purchase, end: i64) -> i64 {
    let Purchase { ordered_at, notarised_at, delivered_at, authenticated_at, .. } = *purchase;
    let earlier = match step {
        Step::Notarised => [None; 3],
        Step::Delivered => [notarised_at, None, None],
        Step::Authenticated => [notarised_at, delivered_at, None],
        Step::Acted => [notarised_at, delivered_at, authenticated_at],
    };
    earlier.into_iter().flatten().filter(|at| *at <= end).max().unwrap_or(ordered_at).max(ordered_at)
}

//! The programme's progress, by hand and by properties.

use super::*;
use proptest::prelude::*;

const DAY: i64 = 86_400_000_000;

/// A purchase by the days of its instants.
fn purchase(ordered: i64, notarised: Option<i64>, delivered: Option<i64>, authenticated: Option<i64>) -> Purchase {
    let at = |day: i64| day * DAY;
    Purchase {
        ordered_at: at(ordered),
        notarised_at: notarised.map(at),
        delivered_at: delivered.map(at),
        authenticated_at: authenticated.map(at),
        counterfeit: false,
        action: None,
        action_at: None,
    }
}

fn acted(mut purchase: Purchase, action: Option<Action>, day: Option<i64>) -> Purchase {
    purchase.counterfeit = true;
    purchase.action = action;
    purchase.action_at = day.map(|day| day * DAY);
    purchase
}

/// (done, open, skipped, median) of a step.
fn step(progress: &Progress, step: Step) -> (i64, i64, i64, Option<f64>) {
    let found = progress.steps.iter().find(|one| one.step == step).expect("the step");
    (found.done, found.open, found.skipped, found.median_days)
}

/// Five purchases at day 20. By Kaplan–Meier in R, with `f <- function(t, e) quantile(survfit(Surv(t, e) ~ 1), .5)`:
/// notarised `f(c(1, 2, 3, 6, 10), c(1, 1, 1, 0, 0))` is 3, delivered `f(c(4, 6, 5, 6, 10), c(1, 1, 1, 1, 0))` is 6,
/// authenticated `f(c(2, 3, 12, 4), c(1, 1, 0, 1))` is 3.5: the middle of 3 and 4, of which ours is the smaller.
#[test]
fn steps_by_hand() {
    let purchases = [
        purchase(0, Some(1), Some(5), Some(7)),
        purchase(0, Some(2), Some(8), Some(11)),
        purchase(0, Some(3), Some(8), None),
        // Never notarised: out of that curve when it was delivered, and delivered in 6 days from the order.
        purchase(1, None, Some(7), Some(11)),
        // Undelivered: open there since the order, and not yet up for authentication.
        purchase(10, None, None, None),
    ];
    let got = progress(&purchases, 20 * DAY);
    assert_eq!((got.ordered, got.counterfeit, got.no_action), (5, 0, 0));
    assert_eq!(step(&got, Step::Notarised), (3, 1, 1, Some(3.0)));
    assert_eq!(step(&got, Step::Delivered), (4, 1, 0, Some(6.0)));
    assert_eq!(step(&got, Step::Authenticated), (3, 1, 0, Some(3.0)));
    assert_eq!(step(&got, Step::Acted), (0, 0, 0, None));
}

/// Only counterfeits are acted on; a decision to do nothing is no open step.
#[test]
fn action_by_hand() {
    let told = purchase(0, Some(1), Some(2), Some(4));
    let purchases = [
        acted(told, Some(Action::Online), Some(9)),
        acted(told, Some(Action::Offline), Some(5)),
        acted(told, Some(Action::Offline), None),
        acted(told, Some(Action::None), Some(4)),
        acted(told, None, None),
        told,
        // Not authenticated: what the verdict says is not yet a verdict.
        acted(purchase(0, None, Some(2), None), Some(Action::Online), Some(3)),
    ];
    let got = progress(&purchases, 10 * DAY);
    assert_eq!((got.counterfeit, got.no_action), (5, 1));
    // Days 1 and 5, and one open since 6: the curve is at two thirds, then at one third.
    assert_eq!(step(&got, Step::Acted), (3, 1, 0, Some(5.0)));
}

/// Half open: the curve never falls to a half, where the median of the closed ones would be 1 day.
#[test]
fn open_steps_lengthen_the_median() {
    let mut purchases = vec![purchase(0, Some(1), None, None); 4];
    purchases.extend(vec![purchase(0, None, None, None); 5]);
    assert_eq!(step(&progress(&purchases, 30 * DAY), Step::Notarised), (4, 5, 0, None));
    purchases.push(purchase(0, Some(1), None, None));
    assert_eq!(step(&progress(&purchases, 30 * DAY), Step::Notarised), (5, 5, 0, Some(1.0)));
    assert_eq!(progress(&[], 0).ordered, 0);
}

/// Instants out of order: a notarisation after the delivery is not where delivery began, and no time is negative.
#[test]
fn instants_out_of_order() {
    let got = progress(&[purchase(2, Some(9), Some(5), None), purchase(4, Some(3), None, None)], 10 * DAY);
    assert_eq!(step(&got, Step::Delivered), (1, 1, 0, Some(3.0)));
    assert_eq!(step(&got, Step::Notarised), (2, 0, 0, Some(0.0)));
    // The authentication of the first is open since the last step before T, the notarisation.
    assert_eq!(step(&got, Step::Authenticated), (0, 1, 0, None));
}

/// Any purchase with instants in days 0 to 40, as of day 40.
fn any_purchase() -> impl Strategy<Value = Purchase> {
    let day = || prop::option::of(0_i64..=40);
    let action = prop::option::of(prop_oneof![Just(Action::None), Just(Action::Offline), Just(Action::Online)]);
    (0_i64..=40, day(), day(), day(), any::<bool>(), action, day()).prop_map(
        |(ordered, notarised, delivered, authenticated, counterfeit, action, action_day)| Purchase {
            counterfeit,
            ..acted(purchase(ordered, notarised, delivered, authenticated), action, action_day)
        },
    )
}

proptest! {
    #[test]
    fn every_purchase_is_counted_once(
        (purchases, shuffled) in prop::collection::vec(any_purchase(), 0..40)
            .prop_flat_map(|purchases| (Just(purchases.clone()), Just(purchases).prop_shuffle())),
    ) {
        let got = progress(&purchases, 40 * DAY);
        prop_assert_eq!(got, progress(&shuffled, 40 * DAY));
        let begun = |wanted: Step| {
            let (done, open, skipped, median) = step(&got, wanted);
            (done + open + skipped, median)
        };
        let delivered_or_told =
            purchases.iter().filter(|one| one.delivered_at.is_some() || one.authenticated_at.is_some()).count();
        prop_assert_eq!(begun(Step::Notarised).0, got.ordered);
        prop_assert_eq!(begun(Step::Delivered).0, got.ordered);
        prop_assert_eq!(begun(Step::Authenticated).0, delivered_or_told as i64);
        prop_assert_eq!(begun(Step::Acted).0, got.counterfeit - got.no_action);
        for wanted in Step::ALL {
            if let Some(days) = begun(wanted).1 {
                prop_assert!((0.0..=40.0).contains(&days));
            }
        }
    }
}

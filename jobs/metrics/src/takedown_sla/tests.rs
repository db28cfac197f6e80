//! Row by row: every rule of the metric definitions, "Takedown SLA", by hand.

mod cube;

use super::*;
use crate::survival::Cause;
use chrono_tz::Tz;
use mirrorlake_model::takedown::{SlaOutcome, Violation};
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// As of Monday 2026-11-16 in Shanghai: T is 2026-11-16T16:00Z.
fn parameters() -> Parameters {
    Parameters { days: 28, ..Parameters::published(AsOf { day: day("2026-11-16"), time_zone: Tz::Asia__Shanghai }) }
}

/// T plus some hours.
fn at(hours: i64) -> i64 {
    parameters().as_of.micros() + hours * HOUR
}

fn zones() -> BTreeMap<i64, Tz> {
    BTreeMap::from([(1, Tz::Asia__Shanghai), (2, Tz::America__New_York)])
}

/// Submitted 101 and qualified 100 hours before T, pending, nothing wrong with it.
fn sound() -> TakedownInput {
    TakedownInput {
        claim_id: 1,
        listing_id: 1,
        brand_id: 1,
        merchant_id: 9,
        right_type: RightType::Trademark,
        channel_locale: ChannelLocale::En,
        decision: Decision::Qualified,
        submitted_at: at(-101),
        qualified_at: Some(at(-100)),
        closed_at: None,
        outcome: TakedownOutcome::Pending,
        decided_at: None,
        taken_down_at: None,
        listings_in_claim: 1,
        right: Some(RightFacts { brand_id: 1, recorded_at: at(-5_000), valid_from: day("2020-01-01"), valid_to: None }),
    }
}

fn removed(taken_down_at: i64) -> TakedownInput {
    let instant = Some(taken_down_at);
    TakedownInput { outcome: TakedownOutcome::Removed, taken_down_at: instant, decided_at: instant, ..sound() }
}

fn judge_with(takedown: TakedownInput, holds: &[(i64, Option<i64>)]) -> Assessed {
    let holds: Vec<Hold> = holds
        .iter()
        .map(|&(started_at, ended_at)| Hold { claim_id: takedown.claim_id, started_at, ended_at })
        .chain([
            Hold { claim_id: -7, started_at: 0, ended_at: None },
            Hold { claim_id: 77, started_at: 0, ended_at: None },
        ])
        .collect();
    let assessment = assess(&[takedown], &holds, &zones(), &parameters()).expect("sound input");
    assessment.rows.into_iter().next().expect("one row")
}

fn judge(takedown: TakedownInput) -> Assessed {
    judge_with(takedown, &[])
}

#[test]
fn the_limit_itself_is_met() {
    for (offset, outcome) in [(0, SlaOutcome::Met), (1, SlaOutcome::Breached), (-1, SlaOutcome::Met)] {
        let got = judge(removed(at(-76) + offset));
        assert_eq!(got.row.sla_outcome, outcome);
        assert_eq!((got.net_micros, got.gross_micros), (Some(24 * HOUR + offset), Some(25 * HOUR + offset)));
        assert_eq!(got.row.due_at, Some(at(-76)));
    }
    let exact = judge(removed(at(-76)));
    assert_eq!((exact.row.net_hours, exact.row.gross_hours, exact.row.paused_hours), (Some(24.0), Some(25.0), 0.0));
    assert_eq!((exact.row.exclusion_reason, exact.row.violations, exact.open), (None, vec![], false));
}

#[test]
fn the_open_wait_until_the_as_of_instant() {
    for (hours, outcome) in [(24, SlaOutcome::Pending), (25, SlaOutcome::Breached)] {
        let got = judge(TakedownInput { qualified_at: Some(at(-hours)), ..sound() });
        assert_eq!((got.row.sla_outcome, got.open, got.net_micros), (outcome, true, Some(hours * HOUR)));
        assert_eq!(got.row.gross_hours, Some(101.0));
        assert_eq!(got.incidence, Some(Transition { time: hours * HOUR, cause: Cause::Censored }));
    }
}

#[test]
fn holds_stop_the_clock_between_qualification_and_removal() {
    // Ten hours before the start, six overlapping inside, and one after the removal.
    let holds = [(at(-110), Some(at(-98))), (at(-90), Some(at(-87))), (at(-88), Some(at(-86))), (at(-70), None)];
    let got = judge_with(removed(at(-71)), &holds);
    assert_eq!((got.paused_micros, got.net_micros, got.gross_micros), (6 * HOUR, Some(23 * HOUR), Some(30 * HOUR)));
    assert_eq!((got.row.paused_hours, got.row.sla_outcome), (6.0, SlaOutcome::Met));
    // 24 running hours end at −70, where the open hold begins: reached.
    assert_eq!(got.row.due_at, Some(at(-70)));
    let unknown = judge_with(sound(), &[(at(-77), None)]);
    assert_eq!(
        (unknown.row.due_at, unknown.net_micros, unknown.row.sla_outcome),
        (None, Some(23 * HOUR), SlaOutcome::Pending)
    );
}

#[test]
fn a_removal_before_qualification_is_met_and_listed() {
    let got = judge_with(removed(at(-100) - 90 * MINUTE), &[(at(-120), Some(at(-50)))]);
    assert_eq!((got.row.net_hours, got.row.gross_hours, got.row.paused_hours), (Some(-1.5), Some(-0.5), 0.0));
    assert_eq!(got.row.sla_outcome, SlaOutcome::Met);
    assert_eq!(got.row.violations, [Violation::RemovedBeforeQualification]);
    assert_eq!(got.incidence, Some(Transition { time: 0, cause: Cause::Interest }));
    let at_once = judge(removed(at(-100)));
    assert_eq!((at_once.row.violations, at_once.row.net_hours), (vec![], Some(0.0)));
}

#[test]
fn the_claims_word_excludes_before_the_listings() {
    let kept = TakedownInput { outcome: TakedownOutcome::Kept, decided_at: Some(at(-95)), ..sound() };
    let cases = [
        (kept.clone(), "kept"),
        (TakedownInput { outcome: TakedownOutcome::AlreadyGone, ..kept.clone() }, "already_gone"),
        (TakedownInput { decision: Decision::Withdrawn, closed_at: Some(at(-90)), ..kept.clone() }, "withdrawn"),
        (
            TakedownInput { decision: Decision::Rejected, closed_at: Some(at(-90)), qualified_at: None, ..sound() },
            "rejected",
        ),
        (TakedownInput { decision: Decision::InReview, qualified_at: None, ..removed(at(-90)) }, "in_review"),
    ];
    for (input, word) in cases {
        let qualified = input.decision == Decision::Qualified;
        let got = judge_with(input, &[(at(-99), Some(at(-98)))]);
        assert_eq!((got.row.sla_outcome, got.row.exclusion_reason), (SlaOutcome::Excluded, Some(word)));
        assert_eq!((got.row.net_hours, got.row.gross_hours, got.row.paused_hours), (None, None, 0.0));
        assert_eq!((got.paused_micros, got.open), (0, false));
        assert_eq!(got.row.due_at, qualified.then(|| at(-75)), "{word}");
    }
}

#[test]
fn incidence_ends_with_what_comes_first() {
    let withdrawn =
        |input: TakedownInput| TakedownInput { decision: Decision::Withdrawn, closed_at: Some(at(-90)), ..input };
    let kept = |hours| TakedownInput { outcome: TakedownOutcome::Kept, decided_at: Some(at(hours)), ..sound() };
    for (input, hours, cause) in [
        (removed(at(-92)), 8, Cause::Interest),
        (kept(-93), 7, Cause::Competing),
        (withdrawn(removed(at(-91))), 9, Cause::Interest),
        (withdrawn(removed(at(-90))), 10, Cause::Competing),
        (withdrawn(removed(at(-80))), 10, Cause::Competing),
        (withdrawn(kept(-93)), 7, Cause::Competing),
        (withdrawn(kept(-80)), 10, Cause::Competing),
        (withdrawn(sound()), 10, Cause::Competing),
    ] {
        let expected = Transition { time: hours * HOUR, cause };
        assert_eq!(judge(input.clone()).incidence, Some(expected));
        let paused = Transition { time: (hours - 2) * HOUR, cause };
        assert_eq!(judge_with(input, &[(at(-97), Some(at(-95)))]).incidence, Some(paused));
    }
    assert_eq!(judge(TakedownInput { qualified_at: None, ..withdrawn(sound()) }).incidence, None);
    let early = judge(withdrawn(removed(at(-103))));
    assert_eq!(early.row.violations, [Violation::RemovedBeforeQualification]);
}

#[test]
fn violations_of_the_right() {
    use Violation::{ClaimOver500Listings, RightExpired, RightMissing, RightOfAnotherBrand};
    // Submitted at 2026-11-12T11:00Z, which is the 12th in Shanghai.
    let facts = sound().right.expect("a right");
    let right = |facts: RightFacts| judge(TakedownInput { right: Some(facts), ..sound() }).row.violations;
    let first = |date: &str| right(RightFacts { valid_from: day(date), ..facts });
    let last = |date: &str| right(RightFacts { valid_to: Some(day(date)), ..facts });
    assert_eq!((first("2026-11-12"), first("2026-11-13")), (vec![], vec![RightMissing]));
    assert_eq!((last("2026-11-12"), last("2026-11-11")), (vec![], vec![RightExpired]));
    assert_eq!(right(RightFacts { recorded_at: at(-101), ..facts }), []);
    assert_eq!(right(RightFacts { recorded_at: at(-101) + 1, ..facts }), [RightMissing]);
    assert_eq!(right(RightFacts { brand_id: 2, ..facts }), [RightOfAnotherBrand]);
    let all = RightFacts {
        brand_id: 2,
        recorded_at: at(0),
        valid_from: day("2027-01-01"),
        valid_to: Some(day("2026-01-01")),
    };
    assert_eq!(right(all), [RightMissing, RightExpired, RightOfAnotherBrand]);
    let listings =
        |listings_in_claim| judge(TakedownInput { listings_in_claim, right: None, ..sound() }).row.violations;
    assert_eq!((listings(500), listings(501)), (vec![RightMissing], vec![ClaimOver500Listings, RightMissing]));
    // One minute to midnight and midnight in Shanghai are different days, whatever the brand's zone.
    let at_midnight = |submitted_at| {
        let right = Some(RightFacts { brand_id: 2, valid_to: Some(day("2026-11-11")), ..facts });
        judge(TakedownInput { brand_id: 2, submitted_at, right, ..sound() }).row.violations
    };
    assert_eq!((at_midnight(at(-120) - MINUTE), at_midnight(at(-120))), (vec![], vec![RightExpired]));
}

#[test]
fn cohorts_are_days_of_the_brand() {
    // 2026-11-12T12:00Z is the 12th in both zones; 16 hours less is the 12th in Shanghai's night, the 11th in New York.
    let cohort = |brand_id, qualified_at| judge(TakedownInput { brand_id, qualified_at, ..sound() }).cohort_day;
    assert_eq!(cohort(1, Some(at(-120))), day("2026-11-12"));
    assert_eq!(cohort(2, Some(at(-120))), day("2026-11-11"));
    let review = TakedownInput { decision: Decision::InReview, qualified_at: None, submitted_at: at(-121), ..sound() };
    assert_eq!(judge(review).cohort_day, day("2026-11-11"));
    let unknown = [TakedownInput { brand_id: 3, ..sound() }, TakedownInput { claim_id: 2, ..sound() }];
    let assessment = assess(&unknown, &[], &zones(), &parameters()).expect("sound input");
    assert_eq!((assessment.n_unknown_brand, assessment.rows[0].cohort_day), (1, day("2026-11-12")));
}

#[test]
fn broken_input_is_refused() {
    let refuse = |input: &[TakedownInput]| assess(input, &[], &zones(), &parameters()).expect_err("broken").to_string();
    assert_eq!(refuse(&[sound(), sound()]), "takedown of claim 1, listing 1 comes twice");
    let other = TakedownInput { listing_id: 2, qualified_at: Some(at(-1)), ..sound() };
    assert_eq!(refuse(&[sound(), other]), "takedowns of claim 1 disagree about the claim itself");
    let cases = [
        (TakedownInput { qualified_at: None, ..sound() }, "qualified without qualified_at"),
        (TakedownInput { decision: Decision::Withdrawn, ..sound() }, "withdrawn without closed_at"),
        (TakedownInput { outcome: TakedownOutcome::Removed, ..sound() }, "removed without taken_down_at"),
        (TakedownInput { outcome: TakedownOutcome::AlreadyGone, ..sound() }, "already_gone without decided_at"),
    ];
    for (input, words) in cases {
        assert_eq!(refuse(&[input]), format!("takedown of claim 1, listing 1 is {words}"));
    }
    let never = TakedownInput { submitted_at: i64::MIN, ..sound() };
    assert_eq!(refuse(&[never]), "claim 1 has an instant that no calendar day can name");
}

//! Cell by cell: a small cube by hand, and any cube against a plain filter per cell.

use super::*;
use crate::interval::{clustered, wilson};
use crate::survival::{CumulativeIncidence, Follow, KaplanMeier};
use chrono::Datelike;
use mirrorlake_model::takedown::{Period, SlaRow};
use proptest::prelude::*;

fn summary(takedowns: &[TakedownInput], holds: &[Hold]) -> Vec<SlaRow> {
    let assessment = assess(takedowns, holds, &zones(), &parameters()).expect("sound input");
    summarise(&assessment.rows, &parameters())
}

#[test]
fn a_small_cube_by_hand() {
    let in_claim = |claim_id, listing_id, input| TakedownInput { claim_id, listing_id, ..input };
    let kept = TakedownInput { outcome: TakedownOutcome::Kept, decided_at: Some(at(-97)), ..sound() };
    let late = TakedownInput { qualified_at: Some(at(-10)), brand_id: 2, right_type: RightType::Copyright, ..sound() };
    let rows = summary(
        &[
            in_claim(3, 1, late.clone()),
            in_claim(2, 1, removed(at(-60))),
            in_claim(2, 2, sound()),
            in_claim(1, 3, kept),
            in_claim(1, 2, removed(at(-90))),
            in_claim(1, 1, removed(at(-98))),
            // The last day before the window.
            in_claim(4, 1, TakedownInput { qualified_at: Some(at(-28 * 24) - 1), ..removed(at(-600)) }),
        ],
        &[],
    );
    // Claims 1 and 2 are of Thursday 12 November, claim 3 of Monday 16 November, in two brands, one channel.
    let keys: Vec<String> = rows
        .iter()
        .map(|row| {
            let brand = row.brand_id.map_or("all".to_owned(), |brand| brand.to_string());
            let right = row.right_type.map_or("all", RightType::word);
            let channel = row.channel_locale.map_or("all", ChannelLocale::word);
            format!("{brand} {right} {channel} {} {}", row.period.word(), row.period_start)
        })
        .collect();
    assert_eq!(
        keys[..6],
        [
            "all all all week 2026-11-09",
            "all all all week 2026-11-16",
            "all all all window 2026-10-20",
            "all all en week 2026-11-09",
            "all all en week 2026-11-16",
            "all all en window 2026-10-20",
        ]
    );
    assert_eq!(keys[6..8], ["all copyright all week 2026-11-16", "all copyright all window 2026-10-20"]);
    assert_eq!(keys.last().map(String::as_str), Some("2 copyright en window 2026-10-20"));
    // Both weeks under all rights; one week under each right; each once more per channel, and per brand.
    assert_eq!(keys.len(), 2 * (3 + 2 + 2) + 4 * 2 + 4 * 2);

    let all = rows[2].clone();
    assert_eq!((all.takedowns, all.met, all.breached, all.pending, all.excluded), (6, 2, 2, 1, 1));
    assert_eq!((all.claims, all.claims_met), (2, 1));
    assert_eq!(all.compliance_rate, Some(0.5));
    assert_eq!((all.bound_low, all.bound_high), (Some(0.4), Some(0.6)));
    let (simple, by_claim) =
        (wilson(2, 4, 0.95).expect("four"), clustered(&[(2, 2), (0, 2)], 0.95).expect("two claims"));
    assert_eq!((all.ci_low, all.ci_high), (Some(simple.low), Some(simple.high)));
    assert_eq!((all.clustered_low, all.clustered_high), (Some(by_claim.low), Some(by_claim.high)));
    // Net 2, 10, 40 removed, 10 and 100 open: S is 0.8, 0.6, 0.3.
    assert_eq!((all.median_hours, all.p90_hours, all.oldest_open_hours), (Some(40.0), None, Some(100.0)));
    // Gross 3, 11, 41 removed, both open ones 101.
    assert_eq!(all.gross_median_hours, Some(41.0));
    // Six at risk: removed at 2 (1/6), kept at 3, removed at 10 (1/6) with one censored, and 40 is past the limit.
    assert_eq!(all.removed_by_limit_cif, Some(2.0 / 6.0));
    // Claim 1's last at 10; claim 2 open at 100; claim 3 open at 10: S(10) = 2/3.
    assert_eq!(all.last_listing_median_hours, None);
    let claim_1_and_2 = &rows[0];
    assert_eq!(claim_1_and_2.last_listing_median_hours, Some(10.0));
    let pending = &rows[1];
    assert_eq!((pending.claims, pending.compliance_rate, pending.ci_low, pending.clustered_low), (0, None, None, None));
    assert_eq!((pending.bound_low, pending.bound_high), (Some(0.0), Some(1.0)));
}

#[test]
fn nothing_in_nothing_out() {
    assert_eq!(summarise(&[], &parameters()), []);
    let tomorrow_in_the_brands_zone = TakedownInput { qualified_at: Some(at(-1)), ..sound() };
    let mut lake_behind = parameters();
    lake_behind.as_of = AsOf { day: day("2026-11-16"), time_zone: Tz::America__New_York };
    let later = TakedownInput { qualified_at: Some(lake_behind.as_of.micros() - 1), ..tomorrow_in_the_brands_zone };
    let rows = assess(&[later], &[], &zones(), &lake_behind).expect("sound input").rows;
    assert_eq!(rows[0].cohort_day, day("2026-11-17"));
    assert_eq!(summarise(&rows, &lake_behind), []);
}

/// A claim; its listings, each with an outcome and hours to it; its holds.
type AnyClaim = (TakedownInput, Vec<(u8, i64)>, Vec<(i64, Option<i64>)>);

/// One claim with its listings, holds and any mix of states, all within five weeks before T.
fn any_claim() -> impl Strategy<Value = AnyClaim> {
    let claim = (1_i64..4, 0_usize..3, 0_usize..2, 0_usize..8, 24_i64..900, 0_i64..20, 0_i64..100);
    let listings = prop::collection::vec((0_u8..6, -3_i64..60), 1..6);
    let holds = prop::collection::vec((0_i64..60, prop::option::weighted(0.8, 0_i64..30)), 0..3);
    (claim, listings, holds).prop_map(|((brand_id, right, channel, decision, age, review, close), listings, holds)| {
        let qualified = at(review - age);
        let decision = *Decision::ALL.get(decision).unwrap_or(&Decision::Qualified);
        let claim = TakedownInput {
            brand_id,
            right_type: RightType::ALL[right],
            channel_locale: ChannelLocale::ALL[channel],
            decision,
            submitted_at: at(-age),
            qualified_at: matches!(decision, Decision::Qualified | Decision::Withdrawn).then_some(qualified),
            closed_at: matches!(decision, Decision::Rejected | Decision::Withdrawn)
                .then_some((qualified + close * HOUR).min(at(0))),
            ..sound()
        };
        let holds = holds
            .into_iter()
            .map(|(start, length)| (qualified + start * HOUR, length.map(|length| qualified + (start + length) * HOUR)))
            .collect();
        (claim, listings, holds)
    })
}

fn any_lake() -> impl Strategy<Value = (Vec<TakedownInput>, Vec<Hold>)> {
    prop::collection::vec(any_claim(), 1..25).prop_map(|claims| {
        let (mut takedowns, mut holds) = (Vec::new(), Vec::new());
        for (claim_id, (claim, listings, claim_holds)) in (1..).zip(claims) {
            holds.extend(claim_holds.iter().map(|&(started_at, ended_at)| Hold { claim_id, started_at, ended_at }));
            for (listing_id, (outcome, hours)) in (1..).zip(listings) {
                let outcome = *TakedownOutcome::ALL.get(usize::from(outcome)).unwrap_or(&TakedownOutcome::Removed);
                let start = claim.qualified_at.unwrap_or(claim.submitted_at);
                let decided = (outcome != TakedownOutcome::Pending).then_some((start + hours * HOUR).min(at(0)));
                let taken_down_at = decided.filter(|_| outcome == TakedownOutcome::Removed);
                takedowns.push(TakedownInput {
                    claim_id,
                    listing_id,
                    outcome,
                    decided_at: decided,
                    taken_down_at,
                    ..claim.clone()
                });
            }
        }
        (takedowns, holds)
    })
}

/// Whether an assessed row falls into a cell, by the definition.
fn falls_into(a: &Assessed, cell: &SlaRow) -> bool {
    let window_start = parameters().as_of.window_start(parameters().days);
    (window_start..=parameters().as_of.day).contains(&a.cohort_day)
        && cell.brand_id.is_none_or(|brand| brand == a.row.brand_id)
        && cell.right_type.is_none_or(|right| right == a.row.right_type)
        && cell.channel_locale.is_none_or(|channel| channel == a.row.channel_locale)
        && match cell.period {
            Period::Window => cell.period_start == window_start,
            Period::Week => cell.period_start == a.cohort_day.week(chrono::Weekday::Mon).first_day(),
        }
}

/// The curves and claim figures of a cell, each from the rows of that cell alone.
fn check_cell(cell: &SlaRow, rows: &[&Assessed]) -> Result<(), TestCaseError> {
    let count = |outcome| rows.iter().filter(|a| a.row.sla_outcome == outcome).count() as i64;
    prop_assert_eq!(cell.takedowns, rows.len() as i64);
    prop_assert_eq!(cell.met, count(SlaOutcome::Met));
    prop_assert_eq!(cell.breached, count(SlaOutcome::Breached));
    prop_assert_eq!(cell.pending, count(SlaOutcome::Pending));
    prop_assert_eq!(cell.excluded, count(SlaOutcome::Excluded));
    let hours = |micros: Option<i64>| micros.map(|micros| micros as f64 / 3.6e9);
    let curve = |time: fn(&Assessed) -> Option<i64>| {
        let follow = |a: &&Assessed| time(a).map(|t| Follow { time: t.max(0), event: a.row.taken_down_at.is_some() });
        KaplanMeier::fit(&rows.iter().filter_map(follow).collect::<Vec<_>>())
    };
    let net = curve(|a| a.net_micros);
    let quantiles = [cell.median_hours, cell.p90_hours, cell.p95_hours, cell.p99_hours];
    prop_assert_eq!(quantiles, [0.5, 0.9, 0.95, 0.99].map(|q| hours(net.quantile(q))));
    prop_assert_eq!(cell.gross_median_hours, hours(curve(|a| a.gross_micros).quantile(0.5)));
    let transitions: Vec<Transition> = rows.iter().filter_map(|a| a.incidence).collect();
    let incidence = CumulativeIncidence::fit(&transitions).at(24 * HOUR);
    prop_assert_eq!(cell.removed_by_limit_cif, (!transitions.is_empty()).then_some(incidence));
    let open = rows.iter().filter(|a| a.net_micros.is_some() && a.row.taken_down_at.is_none());
    prop_assert_eq!(cell.oldest_open_hours, hours(open.filter_map(|a| a.net_micros).max()));

    let mut claims: BTreeMap<i64, Vec<&Assessed>> = BTreeMap::new();
    for a in rows.iter().filter(|a| a.net_micros.is_some()) {
        claims.entry(a.row.claim_id).or_default().push(a);
    }
    let (mut met, mut breached, mut clusters, mut last) = (0, 0, Vec::new(), Vec::new());
    for claim in claims.values() {
        let any = |outcome| claim.iter().filter(|a| a.row.sla_outcome == outcome).count() as i64;
        let (n_met, n_breached) = (any(SlaOutcome::Met), any(SlaOutcome::Breached));
        breached += i64::from(n_breached > 0);
        met += i64::from(n_breached == 0 && any(SlaOutcome::Pending) == 0);
        clusters.push((n_met, n_met + n_breached));
        let open = claim.iter().any(|a| a.row.taken_down_at.is_none());
        let end = claim.iter().filter(|a| a.row.taken_down_at.is_none() == open).filter_map(|a| a.net_micros).max();
        last.push(Follow { time: end.expect("a row").max(0), event: !open });
    }
    prop_assert_eq!((cell.claims, cell.claims_met), (met + breached, met));
    prop_assert_eq!(cell.last_listing_median_hours, hours(KaplanMeier::fit(&last).quantile(0.5)));
    let by_claim = clustered(&clusters, 0.95);
    prop_assert_eq!((cell.clustered_low, cell.clustered_high), (by_claim.map(|i| i.low), by_claim.map(|i| i.high)));
    let simple = wilson(cell.met, cell.met + cell.breached, 0.95);
    prop_assert_eq!((cell.ci_low, cell.ci_high), (simple.map(|i| i.low), simple.map(|i| i.high)));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_cell_is_what_its_rows_alone_give((takedowns, holds) in any_lake()) {
        let assessed = assess(&takedowns, &holds, &zones(), &parameters()).expect("sound input").rows;
        let cells = summarise(&assessed, &parameters());
        let mut members = 0;
        for cell in &cells {
            prop_assert!(cell.period == Period::Window || cell.period_start.weekday() == chrono::Weekday::Mon);
            let rows: Vec<&Assessed> = assessed.iter().filter(|a| falls_into(a, cell)).collect();
            prop_assert!(!rows.is_empty());
            members += rows.len();
            check_cell(cell, &rows)?;
        }
        let start = parameters().as_of.window_start(parameters().days);
        let in_window = assessed.iter().filter(|a| (start..=parameters().as_of.day).contains(&a.cohort_day)).count();
        prop_assert_eq!(members, 16 * in_window);
    }

    #[test]
    fn the_cube_adds_up((takedowns, holds) in any_lake()) {
        let cells = summary(&takedowns, &holds);
        let counts = |row: &SlaRow| [row.takedowns, row.met, row.breached, row.pending, row.excluded, row.claims, row.claims_met];
        let total = |keep: &dyn Fn(&SlaRow) -> bool| {
            cells.iter().filter(|row| keep(row)).map(counts).fold([0; 7], |sum, row| std::array::from_fn(|i| sum[i] + row[i]))
        };
        for cell in cells.iter().filter(|row| row.period == Period::Window) {
            let same = |row: &SlaRow| (row.brand_id, row.right_type, row.channel_locale);
            prop_assert_eq!(counts(cell), total(&|row| same(row) == same(cell) && row.period == Period::Week));
        }
        for cell in &cells {
            let time = |row: &SlaRow| (row.period, row.period_start);
            let (brand, right, channel) = (cell.brand_id, cell.right_type, cell.channel_locale);
            if brand.is_none() {
                let parts = |row: &SlaRow| time(row) == time(cell) && row.brand_id.is_some() && row.right_type == right && row.channel_locale == channel;
                prop_assert_eq!(counts(cell), total(&parts));
            }
            if right.is_none() {
                let parts = |row: &SlaRow| time(row) == time(cell) && row.right_type.is_some() && row.brand_id == brand && row.channel_locale == channel;
                prop_assert_eq!(counts(cell), total(&parts));
            }
            if channel.is_none() {
                let parts = |row: &SlaRow| time(row) == time(cell) && row.channel_locale.is_some() && row.brand_id == brand && row.right_type == right;
                prop_assert_eq!(counts(cell), total(&parts));
            }
        }
    }

    #[test]
    fn the_order_of_the_input_is_nothing((takedowns, holds) in any_lake(), turn in 0_usize..50) {
        let straight = assess(&takedowns, &holds, &zones(), &parameters()).expect("sound input");
        let (mut other, mut other_holds) = (takedowns, holds);
        let middle = turn % other.len();
        other.rotate_left(middle);
        other.reverse();
        other_holds.reverse();
        let turned = assess(&other, &other_holds, &zones(), &parameters()).expect("sound input");
        prop_assert_eq!(&straight, &turned);
        let mut shuffled = turned.rows;
        shuffled.rotate_left(middle);
        prop_assert_eq!(summarise(&straight.rows, &parameters()), summarise(&shuffled, &parameters()));
    }
}

//! Counterfeit figures that no report is made from: another brand's, and those that contradict themselves.

mod support;

use mirrorlake_reports::{
    BrandReportInput, BrandReportParts, Locale, PrevalenceHistory, PrevalenceInput, PrevalenceRow, ReportError,
    Suppression, Weighting,
};
use support::comments::{CommentShape, with_comments};
use support::prevalence::{Estimates, with_prevalence};
use support::{Shape, parts};

/// Parts whose counterfeit figures are changed.
fn changed(change: impl FnOnce(&mut PrevalenceInput)) -> BrandReportParts {
    let mut parts = with_prevalence(parts(Locale::En, 28, Shape::default()), Estimates::All);
    change(parts.prevalence.as_mut().expect("counterfeit figures"));
    parts
}

#[test]
fn anything_of_another_brand_is_refused() {
    let foreign: [fn(&mut PrevalenceInput); 6] = [
        |p| p.brand_id = 8,
        |p| p.rows[2].brand_id = 8,
        |p| p.history[3].brand_id = 8,
        |p| p.progress_in_window.brand_id = 8,
        |p| p.progress_of_all_time.brand_id = 8,
        |p| p.plan.as_mut().expect("a plan").brand_id = 8,
    ];
    for change in foreign {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert_eq!(refusal, ReportError::AnotherBrand { expected: 7, found: 8, table: "brand_prevalence" });
    }
}

#[test]
fn contradictions_are_refused() {
    let wrong: [fn(&mut PrevalenceInput); 56] = [
        |p| p.rows.truncate(2),
        |p| p.rows[0].weighting = Weighting::Gmv,
        |p| p.rows.push(p.rows[0].clone()),
        |p| p.rows[0].sampled += 1,
        |p| p.rows[0].upheld_takedowns += 1,
        |p| p.rows[1].population = -1,
        |p| p.rows.iter_mut().for_each(|r| r.inconclusive += 1),
        |p| p.rows.iter_mut().for_each(|r| r.counterfeit = r.conclusive + 1),
        |p| p.rows.iter_mut().for_each(|r| r.outstanding = -1),
        |p| p.rows.iter_mut().for_each(|r| r.targeted_conclusive = 43),
        |p| p.rows.iter_mut().for_each(|r| r.targeted_counterfeit = 41),
        |p| p.rows[1].publishable = false,
        |p| p.rows[1].suppressed_because = Some(Suppression::NoWeight),
        |p| p.rows[1].prevalence = None,
        |p| p.rows[1].prevalence = Some(f64::NAN),
        |p| p.rows[1].prevalence = Some(0.5),
        |p| p.rows[1].prevalence_low = None,
        |p| p.rows[1].prevalence_high = Some(0.5),
        |p| p.rows[1].robust_low = None,
        |p| p.rows[1].robust_high = Some(1.2),
        |p| p.rows[1].robust = Some(0.0222),
        |p| p.rows[1].robust = Some(0.0922),
        |p| p.rows[1].robust = Some(f64::NAN),
        |p| p.rows[1].effective_n = Some(29.5),
        |p| p.rows[1].effective_n = None,
        |p| p.rows[1].prob_above_threshold = Some(1.5),
        |p| p.rows[0].units_at_risk = Some(10.0),
        |p| p.rows[1].units_at_risk = Some(-1.0),
        |p| p.rows[2].gmv_at_risk_minor = Some(1e18),
        |p| p.rows.iter_mut().for_each(|r| r.comments = None),
        |p| p.rows.iter_mut().for_each(|r| r.comment_days = Some(29)),
        |p| p.rows.iter_mut().for_each(|r| r.allegations = Some(9_413)),
        |p| p.rows[0].allegations_per_1000 = Some(14.5),
        |p| p.rows[0].counterfeit_refunds_per_10000 = Some(1.5),
        |p| p.rows.iter_mut().for_each(|r| r.counterfeit_refund_units = -1),
        |p| p.rows[0].upheld_per_1000_listings = Some(2.8),
        |p| p.rows[0].targeted_low = Some(0.2),
        |p| p.rows.iter_mut().for_each(|r| r.targeted_low = None),
        |p| p.rows.iter_mut().for_each(|r| (r.targeted_low, r.targeted_high) = (None, None)),
        |p| p.rows.iter_mut().for_each(|r| r.targeted_low = Some(0.36)),
        |p| p.rows.iter_mut().for_each(|r| r.targeted_high = Some(1.1)),
        |p| p.rows.iter_mut().for_each(|r| r.allegations_per_1000_high = None),
        |p| p.rows.iter_mut().for_each(|r| r.allegations_per_1000_high = Some(1_000.1)),
        |p| p.rows.iter_mut().for_each(|r| r.counterfeit_refunds_per_10000_high = Some(f64::INFINITY)),
        |p| p.rows.iter_mut().for_each(|r| r.counterfeit_refunds_per_10000_low = Some(-0.1)),
        |p| p.rows.iter_mut().for_each(|r| r.upheld_per_1000_listings_high = Some(28.4)),
        |p| p.rows.iter_mut().for_each(|r| (r.active_listings, r.upheld_per_1000_listings) = (0, None)),
        |p| p.history.swap(0, 1),
        |p| p.history.insert(0, PrevalenceHistory { as_of: day(2025, 10, 31), ..p.history[0].clone() }),
        |p| p.history[9].as_of = day(2026, 11, 1),
        |p| p.history[5].low = None,
        |p| p.progress_in_window.genuine += 1,
        |p| p.progress_of_all_time.acted_online = 28,
        |p| p.progress_of_all_time.notarised_days = Some(-1.0),
        |p| p.plan.as_mut().expect("a plan").as_of = day(2026, 11, 18),
        |p| p.currency = "<b>".to_owned(),
    ];
    for (n, change) in wrong.into_iter().enumerate() {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert!(matches!(refusal, ReportError::Prevalence { .. }), "{n}: {refusal}");
    }
}

#[test]
fn comments_counted_otherwise_than_in_their_own_section_are_refused() {
    let with = |change: fn(&mut PrevalenceRow)| {
        let mut parts = with_comments(changed(|_| ()), CommentShape::default());
        parts.prevalence.iter_mut().flat_map(|p| &mut p.rows).for_each(change);
        BrandReportInput::new(parts)
    };
    with(|_| ()).expect("sound input");
    let wrong: [fn(&mut PrevalenceRow); 4] = [
        |r| (r.comments, r.allegations_per_1000) = (r.comments.map(|n| n + 1), None),
        |r| r.comment_days = Some(27),
        |r| r.allegations_per_1000_low = r.allegations_per_1000_low.map(|low| low - 0.1),
        |r| (r.allegations_per_1000_low, r.allegations_per_1000_high) = (None, None),
    ];
    for (n, change) in wrong.into_iter().enumerate() {
        let refusal = with(change).expect_err("must be refused");
        assert!(refusal.to_string().contains("run brand-prevalence again"), "{n}: {refusal}");
    }
    // Where the prevalence was estimated before any comment was judged, it says nothing that could differ.
    with(|r| {
        (r.comments, r.allegations, r.comment_days) = (None, None, None);
        (r.allegations_per_1000, r.allegations_per_1000_low, r.allegations_per_1000_high) = (None, None, None);
    })
    .expect("sound input");
}

#[test]
fn refunds_are_taken_as_the_mart_counts_them() {
    // R: 1e4 * poisson.test(c(0, 60000)[i], 57120)$conf.int; refunds may be of earlier sales, and so exceed the units.
    for (refunds, low, high) in [(0, 0.0, 0.645_812_2), (60_000, 10_420.318_0, 10_588.592_7)] {
        let parts = changed(|p| {
            for row in &mut p.rows {
                row.counterfeit_refund_units = refunds;
                row.counterfeit_refunds_per_10000 = Some(refunds as f64 * 1e4 / 57_120.0);
                row.counterfeit_refunds_per_10000_low = Some(low);
                row.counterfeit_refunds_per_10000_high = Some(high);
            }
        });
        BrandReportInput::new(parts).expect("sound input");
    }
    let nothing_sold = changed(|p| {
        for row in &mut p.rows {
            (row.counterfeit_refund_units, row.units_sold) = (3, 0);
            row.counterfeit_refunds_per_10000 = None;
            (row.counterfeit_refunds_per_10000_low, row.counterfeit_refunds_per_10000_high) = (None, None);
        }
    });
    BrandReportInput::new(nothing_sold).expect("sound input");
}

fn day(year: i32, month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

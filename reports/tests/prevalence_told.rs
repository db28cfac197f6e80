//! Which estimate the section "How much is counterfeit" tells: the robust one with its own interval, and only where
//! that interval is narrow enough.

mod support;

use mirrorlake_reports::view::prevalence::trend::MonthState;
use mirrorlake_reports::view::prevalence::{EstimateMethod, PrevalenceFigures, PrevalenceState};
use mirrorlake_reports::{
    BrandReportInput, BrandReportParts, Locale, PrevalenceInput, PrevalenceRow, Renderer, ReportView, Suppression,
    Weighting, report_json,
};
use support::prevalence::{Estimates, with_prevalence};
use support::{Shape, parts};

/// Parts of a shape whose counterfeit figures are changed.
fn changed(locale: Locale, shape: Estimates, change: impl FnOnce(&mut PrevalenceInput)) -> BrandReportParts {
    let mut parts = with_prevalence(parts(locale, 28, Shape::default()), shape);
    change(parts.prevalence.as_mut().expect("counterfeit figures"));
    parts
}

/// The same in English, by changing the row of units of a brand that is told by all weightings.
fn units(change: impl FnOnce(&mut PrevalenceRow)) -> BrandReportParts {
    changed(Locale::En, Estimates::All, |p| change(&mut p.rows[1]))
}

fn view(parts: BrandReportParts) -> ReportView {
    ReportView::build(&BrandReportInput::new(parts).expect("sound input")).expect("a view")
}

fn figures(view: &ReportView) -> &PrevalenceFigures {
    view.prevalence.measured.as_ref().expect("figures")
}

fn day(year: i32, month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

/// The whole page and the whole JSON.
fn formats(view: &ReportView) -> [String; 2] {
    let page = Renderer::new().expect("templates").report_html(view).expect("a page");
    [page, report_json(view).expect("json")]
}

/// A contract's interval 0.20 wide, and a robust one as wide as told, with odd figures throughout.
fn odd(row: &mut PrevalenceRow, robust_high: f64) {
    (row.prevalence, row.prevalence_low, row.prevalence_high) = (Some(0.137_713_7), Some(0.05), Some(0.25));
    (row.apparent, row.apparent_low, row.apparent_high) = (Some(0.138_813_8), Some(0.053), Some(0.246));
    (row.robust, row.robust_low, row.robust_high) = (Some(0.196_919_6), Some(0.056_151_5), Some(robust_high));
    (row.bound_low, row.bound_high) = (Some(0.129_912_9), Some(0.158_815_8));
    (row.outstanding_low, row.outstanding_high) = (Some(0.119_911_9), Some(0.218_821_8));
    row.prob_above_threshold = Some(0.919_191_9);
    let amount = row.population as f64 * 0.137_713_7;
    row.units_at_risk = row.units_at_risk.map(|_| amount);
    row.gmv_at_risk_minor = row.gmv_at_risk_minor.map(|_| amount);
}

#[test]
fn the_robust_estimate_comes_with_its_interval() {
    let view = view(units(|r| {
        (r.robust, r.robust_low, r.robust_high) = (Some(0.0761), Some(0.0191), Some(0.1204));
    }));
    let figures = figures(&view);
    let out_of = figures.headline.out_of.as_ref().expect("a range");
    assert_eq!((out_of.best.value, out_of.text.as_str(), out_of.method), (8, "1–13", EstimateMethod::Robust));
    let row = &figures.weightings.rows[0];
    let estimate = row.estimate.as_ref().expect("an estimate");
    assert_eq!((estimate.share.value, estimate.share.text.as_str()), (0.0761, "7.6%"));
    assert_eq!((estimate.method, estimate.interval_text.as_str()), (EstimateMethod::Robust, "1.9%–12.1%"));
    // 52,318 units times 0.0761, 0.0191 and 0.1204, two digits, the ends outward.
    let at_risk = row.at_risk.as_ref().expect("units at risk");
    assert!((at_risk.value.value - 52_318.0 * 0.0761).abs() < 1e-9);
    assert_eq!((at_risk.value.text.as_str(), at_risk.range_text.as_str()), ("about 4,000 units", "990 to 6,300 units"));
    let month = figures.trend.months.last().expect("a month");
    assert_eq!((month.share.value, month.low, month.high), (Some(0.0761), Some(0.0191), Some(0.1204)));
    // The contract's estimate and its amounts (0.0482 and 2,522 units) stay in the mart.
    for text in formats(&view) {
        for canary in ["0.0482", "4.8%", "2521", "2,5", "0.0247", "0.0861"] {
            assert!(!text.contains(canary), "{canary}");
        }
    }
}

#[test]
fn sales_at_risk_go_by_the_robust_estimate() {
    let view = view(changed(Locale::En, Estimates::All, |_| ()));
    let at_risk = figures(&view).weightings.rows[2].at_risk.clone().expect("sales at risk");
    // Sales of 1,246,318,400 in minor units times 0.0391 × 1.3.
    assert!((at_risk.value.value - 1_246_318_400.0 * 0.0391 * 1.3).abs() < 1e-3);
    assert_eq!(at_risk.value.text, "about CNY\u{a0}630,000");
}

#[test]
fn without_a_robust_estimate_of_its_own_the_contracts_is_told() {
    let alike: [fn(&mut PrevalenceRow); 3] = [
        // Marts of before there was the column.
        |r| r.robust = None,
        |r| (r.robust_low, r.robust_high) = (None, None),
        |r| (r.robust, r.robust_low, r.robust_high) = (r.prevalence, r.prevalence_low, r.prevalence_high),
    ];
    for change in alike {
        let view = view(units(change));
        let row = &figures(&view).weightings.rows[0];
        let estimate = row.estimate.as_ref().expect("an estimate");
        assert_eq!(estimate.method, EstimateMethod::KornGraubard);
        assert_eq!((estimate.share.value, estimate.low, estimate.high), (0.0482, 0.0247, 0.0861));
        assert_eq!(row.at_risk.as_ref().map(|a| a.value.value), Some(0.0482 * 52_318.0));
        assert_eq!(figures(&view).headline.out_of.as_ref().map(|o| o.best.value), Some(5));
        assert_eq!(figures(&view).trend.months[11].share.value, Some(0.0482));
    }
    let note = |shape| figures(&view(changed(Locale::En, shape, |_| ()))).weightings.robust_note.is_some();
    assert!(note(Estimates::All) && !note(Estimates::Tiny));
}

#[test]
fn a_told_interval_that_is_too_wide_is_withheld_though_the_mart_would_tell() {
    // 0.31 wide, against the contract's 0.20; units and sales are withheld, and listings stand in.
    let wide = |p: &mut PrevalenceInput| p.rows[1..].iter_mut().for_each(|r| odd(r, 0.366_151_5));
    for &locale in Locale::ALL {
        let view = view(changed(locale, Estimates::All, wide));
        let figures = figures(&view);
        assert_eq!(
            (figures.state, figures.headline.weighting),
            (PrevalenceState::ListingsOnly, Some(Weighting::Listings))
        );
        let reasons: Vec<_> = figures.weightings.rows.iter().map(|r| r.withheld.as_ref().map(|w| w.reason)).collect();
        assert_eq!(reasons, [Some(Suppression::WideInterval), None, Some(Suppression::WideInterval)]);
        assert!(figures.headline.instead.as_deref().expect("a reason").contains("30"));
        let month = figures.trend.months.last().expect("a month");
        assert_eq!((month.state, month.share.value, month.low), (MonthState::Withheld, None, None));
        let canaries = [
            // Shares, ends and chances, raw and rounded.
            ["0.1377", "0.1969", "0.0561", "0.3661", "0.1388", "0.1299", "0.9191", "13.8%", "19.7%", "36.7%"],
            // Their amounts: 7,205 and 10,302 units, 1,716,351 and 2,454,245 of sales.
            [
                "7204.",
                "7,2",
                "10302",
                "about 10,000 units",
                "1716",
                "CNY\u{a0}1.7",
                "2454",
                "CNY\u{a0}2.5",
                "约 170\u{a0}万",
                "约 250\u{a0}万",
            ],
        ];
        for text in formats(&view) {
            for canary in canaries.iter().flatten() {
                assert!(!text.contains(canary), "{canary} in {}", locale.word());
            }
        }
    }
    // The canaries are there where the interval is 0.30 wide, and so is told.
    let told = view(changed(Locale::En, Estimates::All, |p| p.rows[1..].iter_mut().for_each(|r| odd(r, 0.356_151_5))));
    assert_eq!(figures(&told).state, PrevalenceState::Units);
    let [page, json] = formats(&told);
    assert!(json.contains("0.1969") && json.contains("10302") && page.contains("about 10,000 units"));
    assert!(page.contains("19.7%") && page.contains("CNY\u{a0}2.5"));
}

#[test]
fn with_listings_too_wide_as_well_nothing_is_told() {
    let view = view(changed(Locale::En, Estimates::All, |p| p.rows.iter_mut().for_each(|r| odd(r, 0.366_151_5))));
    let head = &figures(&view).headline;
    assert_eq!(figures(&view).state, PrevalenceState::Withheld);
    assert_eq!(head.sentence, "No estimate is given: the range would span more than 30 of 100, too wide to be of use.");
    assert!(head.out_of.is_none() && head.chance.is_none() && head.open_results.is_none());
    assert!(figures(&view).weightings.robust_note.is_none());
}

#[test]
fn the_contracts_reason_stands_whatever_the_robust_interval_is() {
    let view = view(changed(Locale::En, Estimates::ListingsOnly, |p| {
        (p.rows[1].robust, p.rows[1].robust_low, p.rows[1].robust_high) = (Some(0.05), Some(0.04), Some(0.06));
    }));
    let units = &figures(&view).weightings.rows[0];
    assert!(units.estimate.is_none());
    assert_eq!(units.withheld.as_ref().map(|w| w.reason), Some(Suppression::FewEffective));
}

#[test]
fn an_older_row_becomes_history_as_it_was_told() {
    let of = |row: &PrevalenceRow| {
        let day = row.to_history(day(2026, 10, 31));
        (day.prevalence, day.low, day.high, day.publishable)
    };
    let rows = |shape| changed(Locale::En, shape, |_| ()).prevalence.expect("figures").rows;
    let listings_only = rows(Estimates::ListingsOnly);
    assert_eq!(of(&listings_only[1]), (None, None, None, false));
    assert_eq!(of(&listings_only[0]), (Some(0.0813), Some(0.0452), Some(0.1333), true));
    let mut row = rows(Estimates::All)[1].clone();
    odd(&mut row, 0.3);
    assert_eq!(of(&row), (Some(0.196_919_6), Some(0.056_151_5), Some(0.3), true));
    odd(&mut row, 0.366_151_5);
    assert_eq!(of(&row), (None, None, None, false));
    let withheld = row.to_history(day(2026, 10, 31));
    let view = view(changed(Locale::En, Estimates::All, |p| p.history[9] = withheld));
    assert_eq!(figures(&view).trend.months[10].state, MonthState::Withheld);
}

#[test]
fn a_month_whose_interval_is_too_wide_is_withheld() {
    let of = |high: f64| {
        view(changed(Locale::En, Estimates::All, |p| {
            let october = &mut p.history[9];
            (october.prevalence, october.low, october.high) = (Some(0.183_813_8), Some(0.0707), Some(high));
        }))
    };
    let told = of(0.3707);
    assert_eq!(figures(&told).trend.months[10].state, MonthState::Told);
    assert!(formats(&told).iter().all(|text| text.contains("18.4%")));
    let wide = of(0.3807);
    let month = &figures(&wide).trend.months[10];
    assert_eq!((month.state, month.share.value, month.low, month.high), (MonthState::Withheld, None, None, None));
    for text in formats(&wide) {
        assert!(!text.contains("0.1838") && !text.contains("18.4%") && !text.contains("0.3807"));
    }
}

#[test]
fn what_open_results_could_change_is_rounded_outward() {
    for (locale, words) in [
        (Locale::En, "becomes 12.1% if all are genuine and 15.4% if all are counterfeit"),
        (Locale::ZhCn, "若全部为正品则为 12.1%，若全部为假货则为 15.4%"),
    ] {
        let view = view(changed(locale, Estimates::All, |p| {
            (p.rows[1].outstanding_low, p.rows[1].outstanding_high) = (Some(0.121_873), Some(0.153_201));
        }));
        let said = figures(&view).headline.open_results.as_deref().expect("a sentence");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn the_only_month_is_described_once() {
    for (locale, words) in [
        (Locale::En, "Estimate of one month, Nov\u{a0}2026: 95% interval 2.2%–9.3%."),
        (Locale::ZhCn, "只有一个月有估计值：2026年11月，95% 区间为 2.2%–9.3%。"),
    ] {
        let view = view(changed(locale, Estimates::All, |p| p.history.clear()));
        assert_eq!(figures(&view).trend.description, words);
    }
}

#[test]
fn counts_are_not_said_to_be_drawn_with_different_chances() {
    // Where a plan has one stratum, all listings are drawn with the same chance.
    for (locale, different) in [(Locale::En, "different chances"), (Locale::ZhCn, "概率不同")] {
        for shape in Estimates::ALL {
            let view = view(changed(locale, shape, |_| ()));
            assert!(!formats(&view)[1].contains(different), "{shape:?} in {}", locale.word());
        }
    }
    let withheld = view(changed(Locale::En, Estimates::FewSamples, |_| ()));
    let note = &figures(&withheld).bought.random_note;
    assert!(note.contains("too few or too uncertain to state a share"), "{note}");
}

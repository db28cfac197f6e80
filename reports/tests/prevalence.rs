//! The section "How much is counterfeit": what it says, and what it must never say.
//!
//! Goldens are the section alone, as JSON and as HTML; `UPDATE_GOLDENS=1` writes them anew.

// Goldens are files, and one environment variable renews them.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;

use mirrorlake_reports::view::IntervalMethod;
use mirrorlake_reports::view::prevalence::trend::MonthState;
use mirrorlake_reports::view::prevalence::{PrevalenceFigures, PrevalenceState};
use mirrorlake_reports::{
    BrandReportInput, BrandReportParts, Locale, PrevalenceInput, Renderer, ReportView, Suppression, Weighting,
    report_json,
};
use support::prevalence::{Estimates, with_prevalence};
use support::{Shape, parts};

fn some(locale: Locale, shape: Estimates) -> BrandReportParts {
    with_prevalence(parts(locale, 28, Shape::default()), shape)
}

/// Parts of a shape whose counterfeit figures are changed.
fn changed(shape: Estimates, change: impl FnOnce(&mut PrevalenceInput)) -> BrandReportParts {
    let mut parts = some(Locale::En, shape);
    change(parts.prevalence.as_mut().expect("counterfeit figures"));
    parts
}

fn view(parts: BrandReportParts) -> ReportView {
    ReportView::build(&BrandReportInput::new(parts).expect("sound input")).expect("a view")
}

fn figures(view: &ReportView) -> &PrevalenceFigures {
    view.prevalence.measured.as_ref().expect("figures")
}

fn html(view: &ReportView) -> String {
    Renderer::new().expect("templates").report_html(view).expect("a page")
}

/// The section of the page.
fn section(page: &str) -> &str {
    let from = page.find("<section class=\"chapter\" aria-labelledby=\"prevalence\">").expect("the section");
    let length = page[from..].find("</section>\n").expect("its end") + "</section>\n".len();
    &page[from..from + length]
}

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, text).expect("golden written");
    }
    let golden = std::fs::read_to_string(&path).expect("golden");
    assert!(golden == text, "{} differs; look at it, then UPDATE_GOLDENS=1", path.display());
}

fn day(year: i32, month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

#[test]
fn the_section_matches_its_goldens_in_both_locales() {
    for &locale in Locale::ALL {
        for (name, shape) in [
            ("prevalence", Estimates::All),
            ("prevalence-tiny", Estimates::Tiny),
            ("prevalence-listings", Estimates::ListingsOnly),
            ("prevalence-withheld", Estimates::FewSamples),
            ("prevalence-empty", Estimates::Nothing),
        ] {
            let view = view(some(locale, shape));
            let mut json = serde_json::to_string_pretty(&view.prevalence).expect("json");
            json.push('\n');
            golden(&format!("{name}.{}.json", locale.word()), &json);
            golden(&format!("{name}.{}.html", locale.word()), section(&html(&view)));
        }
    }
}

#[test]
fn every_number_of_the_page_is_in_the_view_and_the_page_is_sound() {
    for &locale in Locale::ALL {
        for shape in Estimates::ALL {
            let view = view(some(locale, shape));
            let page = html(&view);
            support::page::check(&page, locale.word());
            support::page::numbers_are_in(&page, &report_json(&view).expect("json"));
            let charts = if matches!(shape, Estimates::All | Estimates::ListingsOnly) { 3 } else { 0 };
            assert_eq!(section(&page).matches("role=\"img\" aria-labelledby=").count(), charts, "{shape:?}");
            assert!(!page.contains("NaN") && !page.contains("{{") && !page.contains(">inf"));
        }
    }
}

#[test]
fn no_format_holds_a_withheld_figure() {
    for &locale in Locale::ALL {
        for shape in [Estimates::ListingsOnly, Estimates::FewSamples] {
            let view = view(some(locale, shape));
            let texts = [serde_json::to_string(&view.prevalence).expect("json"), section(&html(&view)).to_owned()];
            // The share, its interval and its amounts at risk as the made-up rows have them, raw and rounded.
            for text in texts {
                // The same of the robust ones.
                let robust = ["0.0868", "8686", "1515", "4848", "8.7%", "1.5%", "48.5%", "4,5", "4544", "10826"];
                let contract =
                    ["0.0737", "7171", "7.4%", "1.7%", "47.8%", "3,9", "3856", "920,000", "9187", "92\u{a0}万"];
                for canary in robust.into_iter().chain(contract) {
                    assert!(!text.contains(canary), "{canary} of {shape:?} in {}", locale.word());
                }
            }
        }
    }
}

#[test]
fn the_headline_is_a_sentence_with_its_range() {
    let view = view(some(Locale::En, Estimates::All));
    let head = &figures(&view).headline;
    // Robust: 0.0482 × 1.3, and 0.0247 × 0.9 to 0.0861 × 1.07 rounded outward.
    assert_eq!(
        head.sentence,
        "Between 2 and 10 of 100 units sold in this period are estimated to be counterfeit (best estimate 6)."
    );
    assert_eq!(head.out_of.as_ref().map(|o| (o.text.as_str(), o.unit.as_str())), Some(("2–10", "of 100 units sold")));
    assert!(head.uncertainty.as_deref().expect("a sentence").contains("167 randomly bought samples"));
    assert!(head.open_results.as_deref().expect("a sentence").starts_with("13 samples have no clear verdict"));
    let zh =
        ReportView::build(&BrandReportInput::new(some(Locale::ZhCn, Estimates::All)).expect("sound")).expect("view");
    assert_eq!(
        figures(&zh).headline.sentence,
        "统计期内每售出 100 件商品，估计有 2 至 10 件是假货（最佳估计：6 件）。"
    );
}

#[test]
fn small_shares_are_told_out_of_1000_and_never_as_0_to_0() {
    let sentence = |share: f64, low: f64, high: f64, counterfeit: i64| {
        let view = view(changed(Estimates::Tiny, |p| {
            p.rows.iter_mut().for_each(|r| r.counterfeit = counterfeit);
            let row = &mut p.rows[1];
            (row.prevalence, row.prevalence_low, row.prevalence_high) = (Some(share), Some(low), Some(high));
        }));
        figures(&view).headline.sentence.clone()
    };
    assert!(sentence(0.0031, 0.0009, 0.0072, 6).starts_with("Between 0 and 8 of 1,000 units sold"));
    assert!(sentence(0.0, 0.0, 0.0, 2).starts_with("Between 0 and 1 of 1,000 units sold"));
    assert!(sentence(0.0, 0.0, 0.0, 2).ends_with("(best estimate 0)."));
    assert!(sentence(0.0002, 0.0, 0.02, 2).starts_with("Between 0 and 2 of 100 units sold"));
    assert!(sentence(0.0002, 0.0, 0.02, 2).ends_with("(best estimate below 1)."));
    let none = sentence(0.0, 0.0, 0.0041, 0);
    assert_eq!(
        none,
        "None of the samples was counterfeit: of 1,000 units sold in this period, at most 5 are estimated to be."
    );
}

#[test]
fn listings_stand_in_for_units_and_are_named() {
    for (locale, words) in [(Locale::En, "100 listings offered"), (Locale::ZhCn, "每 100 个在售商品链接")] {
        let view = view(some(locale, Estimates::ListingsOnly));
        let figures = figures(&view);
        assert_eq!(
            (figures.state, figures.headline.weighting),
            (PrevalenceState::ListingsOnly, Some(Weighting::Listings))
        );
        assert!(figures.headline.sentence.contains(words), "{}", figures.headline.sentence);
        let instead = figures.headline.instead.as_deref().expect("a reason");
        assert!(instead.contains("30") && instead.contains("167"), "{instead}");
        let told: Vec<bool> = figures.weightings.rows.iter().map(|r| r.estimate.is_some()).collect();
        assert_eq!(told, [false, true, false]);
        assert!(figures.weightings.rows.iter().all(|r| r.estimate.is_some() != r.withheld.is_some()));
    }
}

#[test]
fn what_is_withheld_has_a_plain_reason() {
    let sentence = |reason: Suppression| {
        let view = view(changed(Estimates::FewSamples, |p| {
            p.rows.iter_mut().for_each(|r| r.suppressed_because = Some(reason));
        }));
        let figures = figures(&view);
        assert_eq!(figures.state, PrevalenceState::Withheld);
        let head = &figures.headline;
        assert!(head.out_of.is_none() && head.chance.is_none() && head.uncertainty.is_none());
        head.sentence.clone()
    };
    assert_eq!(
        sentence(Suppression::FewPurchases),
        "No estimate is given: only 12 randomly bought samples have been authenticated with a clear verdict; 30 are needed."
    );
    assert!(sentence(Suppression::NoWeight).contains("none of the sampled listings sold anything"));
    assert!(sentence(Suppression::FewEffective).contains("outweigh the others"));
    assert!(sentence(Suppression::WideInterval).contains("more than 30 of 100"));
    for reason in Suppression::ALL {
        assert_eq!(Suppression::from_word(reason.word()), Some(*reason));
    }
    let empty = view(some(Locale::En, Estimates::Nothing));
    assert!(figures(&empty).headline.sentence.contains("no randomly bought sample has a clear verdict yet"));
    assert!(figures(&empty).headline.open_results.is_none());
}

#[test]
fn months_have_gaps_where_nothing_is_told() {
    let year = view(some(Locale::En, Estimates::All));
    let trend = &figures(&year).trend;
    let told = |n: usize| trend.months[n].state;
    assert_eq!((trend.months.len(), trend.months[0].month.as_str()), (12, "2025-12"));
    assert_eq!([told(0), told(1), told(8)], [MonthState::Withheld; 3]);
    assert_eq!((told(6), trend.months[6].month.as_str()), (MonthState::NotEstimated, "2026-06"));
    let last = &trend.months[11];
    assert_eq!((last.state, last.as_of.value), (MonthState::Told, Some(day(2026, 11, 17))));
    assert_eq!(
        Some(last.interval_text.as_str()),
        figures(&year).weightings.rows[0].estimate.as_ref().map(|e| e.interval_text.as_str())
    );
    assert!(trend.months.iter().all(|m| (m.state == MonthState::Told) == m.low.is_some()));
    let page = html(&year);
    let wide = section(&page).split("chart-medium").next().expect("the wide chart");
    assert_eq!(wide.matches("<rect class=\"c-interval\"").count(), 1 + 8, "the legend's and one a month told");
    let alone = view(some(Locale::En, Estimates::FewSamples));
    assert!(figures(&alone).trend.no_chart.is_some() && !section(&html(&alone)).contains("<svg"));
}

#[test]
fn the_hit_rate_stands_apart_and_is_no_prevalence() {
    let view = view(some(Locale::En, Estimates::All));
    let figures = figures(&view);
    let targeted = &figures.bought.targeted;
    assert!(targeted.sentence.starts_with("14 of 40 purchases") && targeted.sentence.contains("a hit rate of 35.0%"));
    assert!(targeted.sentence.contains("(95% confidence interval 22.1%–50.5%; authenticated in all: 42"));
    assert!(targeted.warning.as_deref().expect("a warning").starts_with("This is not a prevalence"));
    let rest = [
        serde_json::to_string(&figures.headline),
        serde_json::to_string(&figures.weightings),
        serde_json::to_string(&figures.trend),
        serde_json::to_string(&figures.bought.random),
    ];
    assert!(rest.into_iter().all(|json| !json.expect("json").contains("35.0%")));
    let none = self::view(changed(Estimates::All, |p| {
        for r in &mut p.rows {
            (r.targeted_conclusive, r.targeted_counterfeit) = (0, 0);
            (r.targeted_low, r.targeted_high) = (None, None);
        }
    }));
    let targeted = &self::figures(&none).bought.targeted;
    assert_eq!((targeted.hit_rate.value, targeted.warning.as_deref()), (None, None));
    assert_eq!(targeted.interval, None);
    assert!(targeted.sentence.contains("none with a clear verdict"));
}

#[test]
fn indicators_have_numerator_and_denominator_or_say_why_not() {
    let all = view(some(Locale::En, Estimates::All));
    let rows = &figures(&all).indicators.rows;
    let line =
        |n: usize| (rows[n].numerator.text.as_str(), rows[n].denominator.text.as_str(), rows[n].rate.text.as_str());
    assert_eq!(line(0), ("131 allegations", "9,412 comments", "13.9 per 1,000"));
    assert_eq!(line(1), ("88 units refunded", "57,120 units sold", "15.4 per 10,000"));
    assert_eq!(line(2), ("36 listings removed", "1,264 active listings", "28.5 per 1,000"));
    assert!(figures(&all).indicators.comment_days.is_none());
    let some_days = view(some(Locale::En, Estimates::Tiny));
    let note = figures(&some_days).indicators.comment_days.as_ref().expect("a note");
    assert!(note.text.starts_with("Only 25 of the 28 days"));
    let no_days = view(changed(Estimates::All, |p| p.rows.iter_mut().for_each(|r| r.comment_days = Some(0))));
    for view in [view(some(Locale::En, Estimates::Nothing)), no_days] {
        let row = &figures(&view).indicators.rows[0];
        assert!(row.remark.as_deref().expect("words").starts_with("no comment signals"));
        assert_eq!((row.numerator.value, row.denominator.value, row.rate.value), (None, None, None));
        assert_eq!(row.interval, None);
    }
}

#[test]
fn every_rate_has_its_interval() {
    let all = view(some(Locale::En, Estimates::All));
    let of = |n: usize| figures(&all).indicators.rows[n].interval.as_ref().map(|i| (i.method, i.text.as_str()));
    assert_eq!(of(0), Some((IntervalMethod::Clustered, "9.8–19.1")));
    assert_eq!(of(1), Some((IntervalMethod::Poisson, "12.4–19.0")));
    assert_eq!(of(2), Some((IntervalMethod::Poisson, "19.9–39.4")));
    // One listing alone has a rate and no interval.
    let alone = view(changed(Estimates::All, |p| {
        for r in &mut p.rows {
            (r.allegations_per_1000_low, r.allegations_per_1000_high) = (None, None);
        }
    }));
    let line = &figures(&alone).indicators.rows[0];
    assert!(line.interval.is_none() && line.rate.value.is_some());
    let page = html(&alone);
    assert!(section(&page).contains("<td class=\"num\">13.9 per 1,000</td>\n    <td class=\"num\">—</td>"));
    // Nothing sold and nothing on offer: neither a rate nor an interval.
    let nothing = view(some(Locale::En, Estimates::Nothing));
    for line in &figures(&nothing).indicators.rows {
        assert!(line.rate.value.is_none() && line.interval.is_none(), "{}", line.key);
    }
}

#[test]
fn allegations_have_one_interval_in_both_sections() {
    for &locale in Locale::ALL {
        let view = view(support::comments::with_comments(some(locale, Estimates::All), Default::default()));
        let said =
            view.customer_comments.measured.as_ref().and_then(|c| c.headline.interval.clone()).expect("an interval");
        let line = &figures(&view).indicators.rows[0];
        let told = line.interval.as_ref().expect("an interval");
        assert_eq!((told.low, told.high, told.text.as_str()), (said.low, said.high, said.text.as_str()));
    }
}

#[test]
fn the_plan_is_told_in_counts_alone() {
    let view = view(some(Locale::En, Estimates::All));
    let plan = serde_json::to_value(&figures(&view).plan).expect("json");
    let fields: Vec<&String> = plan.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["as_of", "random", "targeted", "all", "sentence", "note"]);
    assert_eq!(
        figures(&view).plan.sentence,
        "The plan of 16\u{a0}Nov\u{a0}2026 holds 60 purchases: 45 drawn at random, 15 chosen for their risk."
    );
}

#[test]
fn a_chance_that_other_brands_enter_is_told_of_ten_brands_on_and_named() {
    let of = |brands: u32| view(changed(Estimates::All, |p| p.prior_brands = brands));
    assert!(figures(&of(10)).headline.chance.is_some());
    assert!(of(10).made.text.contains("Other brands enter no figure but these: the chance in the section"));
    assert!(figures(&of(9)).headline.chance.is_none());
    assert!(!of(9).made.text.contains("Other brands"));
    let both = support::comments::with_comments(some(Locale::En, Estimates::All), Default::default());
    assert!(view(both).made.text.contains("these: the median in the section \"What customers say\"; the chance in the section \"How much is counterfeit\"."));
}

#[test]
fn a_chance_that_contradicts_the_estimate_is_not_told() {
    // The estimate by units that is told lies above the threshold of 5 %.
    let of = |chance: f64| {
        view(changed(Estimates::All, |p| p.rows.iter_mut().for_each(|r| r.prob_above_threshold = Some(chance))))
    };
    assert!(figures(&of(0.51)).headline.chance.is_some());
    assert!(figures(&of(0.49)).headline.chance.is_none());
    assert!(!of(0.49).made.text.contains("other brands"));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let turned = changed(Estimates::All, |p| p.rows.reverse());
    assert_eq!(view(turned), view(some(Locale::En, Estimates::All)));
}

#[test]
fn what_is_not_estimated_says_so() {
    for (locale, words) in [(Locale::En, "Not estimated: "), (Locale::ZhCn, "未估计：")] {
        let view = view(parts(locale, 28, Shape::default()));
        assert!(view.prevalence.measured.is_none());
        let reason = view.prevalence.not_measured.clone().expect("a reason");
        assert!(reason.starts_with(words));
        let page = html(&view);
        assert!(section(&page).contains(&reason) && !section(&page).contains("<h3"));
    }
}

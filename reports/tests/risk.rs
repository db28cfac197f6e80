//! The section "High-risk merchants": what it refuses, what it says, and what it does not claim.
//!
//! Goldens are the section alone, as JSON and as HTML; `UPDATE_GOLDENS=1` writes them anew.

// Goldens are files, and one environment variable renews them.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;

use mirrorlake_reports::view::risk::{RiskFigures, RiskState};
use mirrorlake_reports::{
    BrandReportInput, BrandReportParts, Locale, ReasonCode, Renderer, ReportError, ReportView, RiskInput, RiskReason,
    RiskTier, SignalGroup, report_json,
};
use support::risk::{RankingShape, with_risk};
use support::{Shape, parts};

const SMALL: RankingShape = RankingShape { merchants: 12, suspicious: 5, few_signals: false, earlier: true };
const NOBODY: RankingShape = RankingShape { merchants: 0, suspicious: 0, few_signals: false, earlier: false };
const CALM: RankingShape = RankingShape { merchants: 9, suspicious: 0, few_signals: true, earlier: false };

fn some(locale: Locale, shape: RankingShape) -> BrandReportParts {
    with_risk(parts(locale, 28, Shape::default()), shape)
}

/// Usual parts whose ranking is changed.
fn changed(change: impl FnOnce(&mut RiskInput)) -> BrandReportParts {
    let mut parts = some(Locale::En, RankingShape::default());
    change(parts.risk.as_mut().expect("a ranking"));
    parts
}

fn view(parts: BrandReportParts) -> ReportView {
    ReportView::build(&BrandReportInput::new(parts).expect("sound input")).expect("a view")
}

fn figures(view: &ReportView) -> &RiskFigures {
    view.risk.measured.as_ref().expect("figures")
}

fn html(view: &ReportView) -> String {
    Renderer::new().expect("templates").report_html(view).expect("a page")
}

/// The section of the page.
fn section(page: &str) -> &str {
    let from = page.find("<section class=\"chapter\" aria-labelledby=\"risk\">").expect("the section");
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

// --- what it refuses -------------------------------------------------------------------------------------------

#[test]
fn anything_of_another_brand_is_refused() {
    let foreign: [fn(&mut RiskInput); 2] = [|r| r.brand_id = 8, |r| r.merchants[311].brand_id = 8];
    for change in foreign {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert_eq!(refusal, ReportError::AnotherBrand { expected: 7, found: 8, table: "merchant_brand_risk" });
    }
    // A count of several brands can only be of others too.
    let several = BrandReportInput::new(changed(|r| r.merchants[3].signals.unauthorised_brands = 2));
    assert!(matches!(several.expect_err("must be refused"), ReportError::Risk { .. }));
}

#[test]
fn contradictions_are_refused() {
    let wrong: &[fn(&mut RiskInput)] = &[
        |r| r.days = 27,
        |r| r.tiers.truncate(3),
        |r| r.tiers[1].tier = RiskTier::Critical,
        |r| r.tiers[0].merchants += 1,
        |r| r.tiers[0].units -= 1,
        |r| r.tiers[3].gmv_minor = -1,
        |r| r.tiers[3].gmv_minor = i64::MAX,
        |r| r.merchants.truncate(19),
        |r| r.merchants.retain(|m| m.rank > 1),
        |r| r.merchants[1].rank = 1,
        |r| r.merchants[1].merchant_id = r.merchants[0].merchant_id,
        |r| r.merchants[8].rank_low = 10,
        |r| r.merchants[8].rank_high = 8,
        |r| r.merchants[8].rank_low = 0,
        |r| r.merchants[8].rank_high = 413,
        |r| r.merchants[8].previous_rank = Some(0),
        |r| r.merchants[8].score += 0.01,
        |r| r.merchants[8].score = f64::NAN,
        |r| r.merchants[8].base_log_odds += 0.01,
        |r| r.merchants[8].reasons[0].contribution += 0.01,
        |r| r.merchants[8].reasons[0].evidence = -1,
        |r| {
            let again = RiskReason { contribution: 0.0, ..r.merchants[8].reasons[0] };
            r.merchants[8].reasons.push(again);
        },
        |r| r.merchants[8].tier = RiskTier::Baseline,
        |r| r.tier_scores.as_mut().expect("scores").critical = r.merchants[8].score + 0.001,
        |r| r.merchants.swap_with(0, 400),
        |r| r.merchants[8].signals.allegations = -1,
        |r| r.merchants[8].signals.upheld_listing_share = 1.1,
        |r| r.merchants[8].signals.price_depth = Some(-0.1),
        |r| r.merchants[8].signals.burst_z = Some(f64::NAN),
        |r| r.merchants[8].signals.pilot_counterfeit = 9,
        |r| r.merchants[8].signals.store_age_days = -1,
        |r| r.previous_day = None,
        |r| r.previous_day = Some(support::as_of().day),
        |r| r.tier_scores.as_mut().expect("scores").high = 0.6,
        |r| r.currency = "yuan".to_owned(),
    ];
    for (n, change) in wrong.iter().enumerate() {
        let refusal = BrandReportInput::new(changed(change)).err();
        assert!(matches!(refusal, Some(ReportError::Risk { .. })), "{n}: {refusal:?}");
    }
    // The first twenty rows are enough, as long as the sums are those of all.
    assert!(BrandReportInput::new(changed(|r| r.merchants.truncate(20))).is_ok());
    // Where tiers go by more than the score, a later row may well be in a higher one.
    assert!(BrandReportInput::new(changed(|r| r.tier_scores = None)).is_ok());
    let later = |r: &mut RiskInput| (r.tier_scores, r.tiers[0].merchants) = (None, r.tiers[0].merchants + 1);
    assert!(BrandReportInput::new(changed(later)).is_ok());
}

/// Exchanges the places of two rows without their scores.
trait SwapWith {
    fn swap_with(&mut self, one: usize, other: usize);
}

impl SwapWith for Vec<mirrorlake_reports::RiskMerchant> {
    fn swap_with(&mut self, one: usize, other: usize) {
        let ranks = (self[one].rank, self[other].rank);
        let high = self[one].rank_high.max(self[other].rank_high);
        (self[one].rank, self[other].rank) = (ranks.1, ranks.0);
        for at in [one, other] {
            (self[at].rank_low, self[at].rank_high) = (1, high);
        }
    }
}

// --- what it says ----------------------------------------------------------------------------------------------

#[test]
fn the_section_matches_its_goldens_in_both_locales() {
    for &locale in Locale::ALL {
        for (name, shape) in [("risk", SMALL), ("risk-calm", CALM), ("risk-empty", NOBODY)] {
            let view = view(some(locale, shape));
            let mut json = serde_json::to_string_pretty(&view.risk).expect("json");
            json.push('\n');
            golden(&format!("{name}.{}.json", locale.word()), &json);
            golden(&format!("{name}.{}.html", locale.word()), section(&html(&view)));
        }
    }
}

#[test]
fn every_number_of_the_page_is_in_the_view_and_the_page_is_sound() {
    let all = RankingShape::default();
    for &locale in Locale::ALL {
        for shape in [all, SMALL, CALM, NOBODY, RankingShape { few_signals: true, earlier: false, ..all }] {
            let view = view(some(locale, shape));
            let page = html(&view);
            support::page::check(&page, locale.word());
            support::page::numbers_are_in(&page, &report_json(&view).expect("json"));
            assert!(!page.contains("NaN") && !page.contains("{{") && !page.contains(">inf"));
        }
    }
}

#[test]
fn the_sentence_has_the_counts_and_the_caution_stands_beside_it() {
    let view = view(some(Locale::En, RankingShape::default()));
    let told = figures(&view);
    assert_eq!(told.state, RiskState::Some);
    let lines = &told.tiers.rows;
    assert_eq!(told.high_risk.merchants.value, lines[0].merchants.value + lines[1].merchants.value);
    assert_eq!(told.ranked.units.value, lines.iter().map(|l| l.units.value).sum::<i64>());
    for text in [&told.high_risk.merchants, &told.ranked.merchants, &told.high_risk.units, &told.ranked.units] {
        assert!(told.sentence.contains(&text.text), "{} is missing in {}", text.text, told.sentence);
    }
    assert!(told.sentence.contains(&told.units_share.text) && told.caution.contains("not a verdict"));
    assert!(section(&html(&view)).contains(&told.caution));
    assert!(told.missing.is_empty() && told.missing_note.is_none());
    let tiers = told.definitions.iter().find(|d| d.term == "Tiers").expect("a definition");
    assert!(tiers.text.contains("Critical: a score of 50.0% or more"), "{}", tiers.text);
    let mut without = some(Locale::En, RankingShape::default());
    without.risk.as_mut().expect("a ranking").tier_scores = None;
    let without = self::view(without);
    assert!(figures(&without).definitions.iter().all(|d| !d.text.contains("50.0%") && !d.text.contains('{')));
}

#[test]
fn where_there_is_nothing_it_says_what_there_is_not() {
    let nobody = view(some(Locale::En, NOBODY));
    assert_eq!(figures(&nobody).state, RiskState::NoMerchants);
    assert!(!section(&html(&nobody)).contains("<table") && !section(&html(&nobody)).contains("<svg"));
    let calm = view(some(Locale::En, CALM));
    let told = figures(&calm);
    assert_eq!((told.state, told.ranking.rows.len()), (RiskState::None, 0));
    assert!(told.sentence.starts_with("None of the 9 merchants"), "{}", told.sentence);
    // What was missing is said, each signal once, whatever the order it came in.
    assert_eq!(told.missing.len(), SignalGroup::ALL.len());
    let note = told.missing_note.as_deref().expect("a note");
    assert!(
        note.contains("what comments say, refunds as counterfeit, upheld takedowns, removed listings that came back"),
        "{note}"
    );
    let absent = view(parts(Locale::En, 28, Shape::default()));
    let page = html(&absent);
    assert!(section(&page).contains("have not been ranked") && !section(&page).contains("<h3"));
    assert!(!page.contains("Rank and likely rank"), "definitions without figures");
}

#[test]
fn without_comments_no_figure_of_them_is_told() {
    let few = view(some(Locale::En, RankingShape { few_signals: true, ..RankingShape::default() }));
    let rows = &figures(&few).ranking.rows;
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|r| r.allegations.value.is_none() && r.comments.is_none() && r.allegations.text == "—"));
}

#[test]
fn allegations_that_were_counted_apart_from_comments_are_no_more_than_all() {
    let mut more = some(Locale::En, SMALL);
    let first = more.risk.as_mut().and_then(|r| r.merchants.first_mut()).expect("a merchant");
    (first.signals.comments, first.signals.allegations) = (3, 5);
    let view = view(more);
    let row = &figures(&view).ranking.rows[0];
    assert_eq!((row.allegations.text.as_str(), row.comments), ("5 of 5", Some(5)));
}

#[test]
fn rows_are_the_first_by_rank_and_the_baseline_is_not_listed() {
    let shape = RankingShape { suspicious: 60, ..RankingShape::default() };
    let straight = view(some(Locale::En, shape));
    let told = figures(&straight);
    assert_eq!(told.ranking.rows.len(), 20);
    assert!(told.ranking.rows.iter().zip(1..).all(|(row, rank)| row.rank.value == rank));
    assert!(told.ranking.note.starts_with(&format!("The first 20 of {}", told.ranking.total.text)));
    let mut turned = some(Locale::En, shape);
    let input = turned.risk.as_mut().expect("a ranking");
    input.merchants.reverse();
    input.tiers.reverse();
    assert_eq!(view(turned), straight);
    let small = view(some(Locale::En, SMALL));
    let told = figures(&small);
    assert!(told.ranking.rows.len() < 12 && told.ranking.rows.iter().all(|r| r.tier.value != RiskTier::Baseline));
    assert_eq!(told.ranking.total.value, told.ranking.rows.len() as i64);
    assert!(told.ranking.note.starts_with("All "), "{}", told.ranking.note);
}

#[test]
fn reasons_are_told_by_weight_from_the_rows_own_numbers() {
    let view = view(some(Locale::En, RankingShape::default()));
    for row in &figures(&view).ranking.rows {
        assert!(row.reasons.is_sorted_by(|a, b| a.contribution >= b.contribution));
        let sum: f64 = row.reasons.iter().map(|r| r.contribution).sum::<f64>() + row.base_log_odds;
        assert!((sum - row.log_odds).abs() < 1e-9);
        assert!(row.reasons_for.len() <= 4 && row.reasons_against.len() <= 1);
        let of = |code| row.reasons.iter().find(|r| r.code == code);
        if let Some(reason) = of(ReasonCode::Allegations) {
            let counted = format!("{} of {} comments allege", reason.evidence, row.comments.expect("comments"));
            assert!(reason.text.starts_with(&counted) || reason.text.starts_with("1 of"), "{}", reason.text);
        }
        let against: Vec<&str> = row.reasons.iter().filter(|r| r.contribution < 0.0).map(|r| r.text.as_str()).collect();
        assert!(row.reasons_for.iter().all(|text| !against.contains(&text.as_str())));
        let told = |text: &String| text.strip_prefix("Lowers the score: ").is_some_and(|t| against.contains(&t));
        assert!(row.reasons_against.iter().all(told), "{:?}", row.reasons_against);
    }
}

#[test]
fn every_reason_has_words_for_something_and_for_nothing() {
    for &locale in Locale::ALL {
        let mut all = some(locale, RankingShape::default());
        let input = all.risk.as_mut().expect("a ranking");
        for (row, signals) in input.merchants.iter_mut().zip([true, false]) {
            row.reasons =
                ReasonCode::ALL.iter().map(|code| RiskReason { code: *code, contribution: 0.0, evidence: 1 }).collect();
            row.base_log_odds = row.log_odds;
            if !signals {
                let (units, gmv_minor) = (row.signals.units, row.signals.gmv_minor);
                row.signals = mirrorlake_reports::RiskSignals { units, gmv_minor, ..Default::default() };
            }
        }
        let view = view(all);
        let rows = &figures(&view).ranking.rows;
        for row in &rows[..2] {
            assert_eq!(row.reasons.len(), ReasonCode::ALL.len());
            assert!(row.reasons.iter().all(|r| !r.text.is_empty() && !r.text.contains('{')));
            assert!(row.reasons_for.is_empty() && row.reasons_against.is_empty(), "what moves nothing is no reason");
        }
        let nothing: Vec<&str> = rows[1].reasons.iter().map(|r| r.text.as_str()).collect();
        let word = if locale == Locale::En { "no test purchase with a verdict" } else { "没有结论明确的购样" };
        assert!(nothing.contains(&word), "{nothing:?}");
    }
}

#[test]
fn that_weights_are_the_marketplaces_is_said_where_scores_are_told() {
    let told = "the scores in the section \"High-risk merchants\", by the weights and usual rates";
    assert!(view(some(Locale::En, SMALL)).made.text.contains(told));
    for shape in [CALM, NOBODY] {
        assert!(!view(some(Locale::En, shape)).made.text.contains("Other brands"));
    }
    let all = support::comments::with_comments(some(Locale::En, SMALL), Default::default());
    assert!(view(all).made.text.contains(&format!("the median in the section \"What customers say\"; {told}")));
}

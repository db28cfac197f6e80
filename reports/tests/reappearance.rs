//! The section "Did removed listings come back?": what it refuses, what it says, and what is in no rate.
//!
//! Goldens are the section alone, as JSON and as HTML; `UPDATE_GOLDENS=1` writes them anew.

// Goldens are files, and one environment variable renews them.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;

use mirrorlake_model::reappearance::{CurveRow, LinkKind, RateTier, ReappearanceRow, ShareBack, Tier};
use mirrorlake_reports::view::IntervalMethod;
use mirrorlake_reports::view::reappearance::{ReappearanceFigures, ReappearanceState};
use mirrorlake_reports::{
    BrandReportInput, BrandReportParts, Locale, ReappearanceInput, Renderer, ReportError, ReportView, report_json,
};
use support::reappearance::{RemovalShape, with_reappearance};
use support::{Shape, parts};

const DAY: i64 = 86_400_000_000;
const SMALL: RemovalShape = RemovalShape {
    removals: 40,
    back_percent: 30,
    span_days: 200,
    look_alike_percent: 10,
    reinstated: 2,
    titled: false,
};
const NOTHING: RemovalShape = RemovalShape { removals: 0, reinstated: 0, ..SMALL };
const NONE_BACK: RemovalShape = RemovalShape { back_percent: 0, ..SMALL };
const EARLY: RemovalShape = RemovalShape { back_percent: 90, span_days: 20, titled: true, ..SMALL };

fn some(locale: Locale, shape: RemovalShape) -> BrandReportParts {
    with_reappearance(parts(locale, 28, Shape::default()), shape)
}

/// Makes usual removals something else.
type Change = fn(&mut ReappearanceInput);

/// A step of the told curve.
fn step(input: &mut ReappearanceInput, n: usize) -> &mut CurveRow {
    input.curve.iter_mut().filter(|p| p.tier == RateTier::ABC).nth(n).expect("a step")
}

/// Usual parts whose removals are changed.
fn changed(change: impl FnOnce(&mut ReappearanceInput)) -> BrandReportParts {
    let mut parts = some(Locale::En, RemovalShape::default());
    change(parts.reappearance.as_mut().expect("removals"));
    parts
}

fn first(input: &mut ReappearanceInput, tier: Tier) -> &mut ReappearanceRow {
    input.pairs.iter_mut().find(|p| p.tier == tier).expect("a pair of every tier")
}

fn view(parts: BrandReportParts) -> ReportView {
    ReportView::build(&BrandReportInput::new(parts).expect("sound input")).expect("a view")
}

fn figures(view: &ReportView) -> &ReappearanceFigures {
    view.reappearance.measured.as_ref().expect("figures")
}

fn html(view: &ReportView) -> String {
    Renderer::new().expect("templates").report_html(view).expect("a page")
}

/// The section of the page.
fn section(page: &str) -> &str {
    let from = page.find("<section class=\"chapter\" aria-labelledby=\"reappearance\">").expect("the section");
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
    let foreign: [(&str, Change); 4] = [
        ("reappearances", |r| r.brand_id = 8),
        ("reappearances", |r| r.pairs[5].brand_id = 8),
        ("reappearance_rates", |r| r.rates[1].brand_id = Some(8)),
        ("reappearance_rates", |r| r.curve[2].brand_id = Some(8)),
    ];
    for (table, change) in foreign {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert_eq!(refusal, ReportError::AnotherBrand { expected: 7, found: 8, table });
    }
    let over_all: [Change; 2] = [|r| r.rates[0].brand_id = None, |r| r.curve[0].brand_id = None];
    for change in over_all {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert_eq!(refusal, ReportError::AllBrands { expected: 7, table: "reappearance_rates" });
    }
}

#[test]
fn contradictions_are_refused() {
    let wrong: &[Change] = &[
        |r| r.rates.truncate(2),
        |r| r.rates[1].tier = RateTier::A,
        |r| r.rates[0].removals += 1,
        |r| r.rates[2].reinstated += 1,
        |r| r.rates[2].reappeared += 1,
        |r| r.rates[0].reappeared = -1,
        |r| r.rates.iter_mut().for_each(|rate| rate.removals = 3),
        |r| r.rates[0].within[0].rate = Some(0.9),
        |r| r.rates[0].within[2].rate = Some(1.1),
        |r| r.rates[2].within[1].rate = r.rates[2].within[1].low,
        |r| r.rates[2].within[1].high = None,
        |r| r.rates[2].within[1].low = r.rates[2].within[1].high,
        |r| r.rates[1].within[1].rate = None,
        |r| r.pairs.push(r.pairs[0].clone()),
        |r| r.pairs.retain(|p| p.tier != Tier::SameListing),
        |r| r.pairs[0].reappeared_at = r.pairs[0].removed_at,
        |r| r.pairs[0].reappeared_at = support::as_of().micros() + 1,
        |r| first(r, Tier::SameListing).new_listing_id += 1,
        |r| first(r, Tier::SameListing).hamming = Some(3),
        |r| first(r, Tier::SameMerchant).new_merchant_id += 1,
        |r| first(r, Tier::LinkedMerchant).link_keys.clear(),
        |r| first(r, Tier::LinkedMerchant).hamming = Some(32),
        |r| first(r, Tier::LinkedMerchant).hamming = None,
        |r| first(r, Tier::OtherMerchant).link_keys = vec![LinkKind::Payout],
        |r| first(r, Tier::OtherMerchant).new_merchant_id = first(r, Tier::OtherMerchant).removed_merchant_id,
        |r| first(r, Tier::OtherMerchant).tier = Tier::LinkedMerchant,
        |r| first(r, Tier::SameMerchant).title_similarity = Some(1.01),
        |r| step(r, 3).day = 0,
        |r| step(r, 3).day = step(r, 4).day,
        |r| step(r, 3).share.rate = None,
        |r| step(r, 3).share.rate = Some(f64::NAN),
        |r| step(r, 3).share.low = Some(0.9),
        |r| step(r, 5).share = step(r, 2).share,
        |r| r.curve.retain(|p| p.day > 7),
        |r| r.oldest_removal_at = r.oldest_removal_at.map(|at| at + 50 * DAY),
        |r| r.excused_images = Some(-1),
    ];
    for (n, change) in wrong.iter().enumerate() {
        let refusal = BrandReportInput::new(changed(change)).err();
        assert!(matches!(refusal, Some(ReportError::Reappearance { .. })), "{n}: {refusal:?}");
    }
    let instant = changed(|r| r.pairs[0].removed_at = i64::MIN);
    assert_eq!(BrandReportInput::new(instant).expect_err("refused"), ReportError::Instant { micros: i64::MIN });
}

#[test]
fn what_the_contract_allows_is_taken() {
    let sound: &[Change] = &[
        |r| r.curve.clear(),
        // A curve can be thinned out, as long as it says the same at 7, 30 and 90 days.
        |r| r.curve.retain(|p| p.day > 1),
        |r| r.curve.retain(|p| p.tier == RateTier::ABC),
        |r| r.oldest_removal_at = None,
        |r| (r.excused_images, r.uncompared_images) = (None, None),
        |r| first(r, Tier::OtherMerchant).hamming = Some(31),
        |r| first(r, Tier::LinkedMerchant).hamming = Some(0),
        |r| r.pairs.iter_mut().for_each(|p| p.title_similarity = None),
        |r| r.pairs.retain(|p| p.tier != Tier::OtherMerchant),
    ];
    for (n, change) in sound.iter().enumerate() {
        assert!(BrandReportInput::new(changed(change)).is_ok(), "{n}");
    }
    // One removed listing may have come back as several others, and still counts once.
    let mut twice = changed(|_| {});
    let pairs = &mut twice.reappearance.as_mut().expect("removals").pairs;
    let mut second = pairs.iter().find(|p| p.tier == Tier::SameMerchant).expect("a pair").clone();
    second.new_listing_id += 1;
    pairs.push(second);
    assert!(BrandReportInput::new(twice).is_ok());
}

// --- what it says ----------------------------------------------------------------------------------------------

#[test]
fn the_section_matches_its_goldens_in_both_locales() {
    for &locale in Locale::ALL {
        for (name, shape) in
            [("reappearance", SMALL), ("reappearance-none", NONE_BACK), ("reappearance-empty", NOTHING)]
        {
            let view = view(some(locale, shape));
            let mut json = serde_json::to_string_pretty(&view.reappearance).expect("json");
            json.push('\n');
            golden(&format!("{name}.{}.json", locale.word()), &json);
            golden(&format!("{name}.{}.html", locale.word()), section(&html(&view)));
        }
    }
}

#[test]
fn every_number_of_the_page_is_in_the_view_and_the_page_is_sound() {
    for &locale in Locale::ALL {
        for shape in [RemovalShape::default(), SMALL, NOTHING, NONE_BACK, EARLY] {
            let view = view(some(locale, shape));
            let page = html(&view);
            support::page::check(&page, locale.word());
            support::page::numbers_are_in(&page, &report_json(&view).expect("json"));
            assert!(!page.contains("NaN") && !page.contains("{{") && !page.contains(">inf"));
        }
    }
}

#[test]
fn the_headline_has_the_share_its_interval_and_its_counts() {
    let parts = some(Locale::En, RemovalShape::default());
    let row = parts.reappearance.as_ref().and_then(|r| r.rate(RateTier::ABC).cloned()).expect("a row");
    let view = view(parts);
    let told = figures(&view);
    assert_eq!(told.state, ReappearanceState::Some);
    let head = &told.headline;
    let rate = head.rate.as_ref().expect("a share");
    assert_eq!((rate.value, head.days.value), (row.within[1].rate.expect("a share"), 30));
    let interval = head.interval.as_ref().expect("an interval");
    assert_eq!((interval.method, Some(interval.low)), (IntervalMethod::LogLog, row.within[1].low));
    for text in [&rate.text, &interval.text, &format!("{} of {} listings", row.reappeared, row.removals)] {
        assert!(head.sentence.contains(text.as_str()), "{text} is missing in {}", head.sentence);
    }
    assert!(head.reinstated.as_deref().expect("a sentence").starts_with("9 more listings were lawfully reinstated"));
    let others = &told.look_alikes;
    assert!(others.total.value > 0 && others.rows.iter().all(|r| r.tier.value == Tier::OtherMerchant));
    assert!(told.pairs.rows.iter().all(|r| r.tier.value != Tier::OtherMerchant));
}

#[test]
fn without_a_share_there_are_words() {
    let early = view(some(Locale::En, EARLY));
    let told = figures(&early);
    assert_eq!((told.state, told.headline.rate.is_none()), (ReappearanceState::TooEarly, true));
    assert!(told.headline.sentence.contains("None has been followed for 30 days"), "{}", told.headline.sentence);
    assert!(told.rates.rows[0].within[1].rate.text == "—" && told.rates.dash_note.is_some());
    assert!(!section(&html(&early)).contains("headline-number"));

    let none = view(some(Locale::En, NONE_BACK));
    let told = figures(&none);
    assert_eq!(told.state, ReappearanceState::None);
    assert!(told.headline.sentence.starts_with("None of the 40 removed listings"), "{}", told.headline.sentence);
    assert!(section(&html(&none)).contains("c-empty"));

    let nothing = view(some(Locale::En, NOTHING));
    assert_eq!(figures(&nothing).state, ReappearanceState::NoRemovals);
    assert!(!section(&html(&nothing)).contains("<table"));
    // A brand without any row of the mart is told the same.
    let mut bare = some(Locale::En, NOTHING);
    bare.reappearance.as_mut().expect("removals").rates.clear();
    let bare = view(bare);
    assert_eq!(section(&html(&bare)), section(&html(&nothing)));

    let absent = view(parts(Locale::En, 28, Shape::default()));
    assert!(absent.reappearance.measured.is_none());
    let page = html(&absent);
    assert!(section(&page).contains("Not measured") && !section(&page).contains("<h3"));
    assert!(!page.contains("Look-alike"), "definitions without figures");
}

#[test]
fn all_that_came_back_have_a_share_and_no_interval() {
    let mut all = some(Locale::En, RemovalShape { removals: 6, back_percent: 100, ..RemovalShape::default() });
    let input = all.reappearance.as_mut().expect("removals");
    let (brand_id, pair) = (input.brand_id, input.pairs[0].clone());
    input.pairs = vec![ReappearanceRow {
        removed_at: support::as_of().micros() - 100 * DAY,
        reappeared_at: support::as_of().micros() - 95 * DAY,
        ..pair
    }];
    let tier = input.pairs[0].tier;
    for rate in &mut input.rates {
        let back = rate.tier.counts(tier);
        (rate.removals, rate.reappeared) = (1, i64::from(back));
        for within in &mut rate.within {
            *within = ShareBack { rate: Some(if back { 1.0 } else { 0.0 }), low: None, high: None };
        }
    }
    let share = ShareBack { rate: Some(1.0), low: None, high: None };
    input.curve = vec![CurveRow { brand_id: Some(brand_id), tier: RateTier::ABC, day: 5, share }];
    input.oldest_removal_at = Some(input.pairs[0].removed_at);
    let view = view(all);
    let head = &figures(&view).headline;
    assert_eq!(head.rate.as_ref().map(|r| r.text.as_str()), Some("100.0%"));
    assert!(head.interval.is_none() && head.sentence.contains("no interval can be given"), "{}", head.sentence);
    assert!(head.sentence.contains("1 of 1 listing has come back"), "{}", head.sentence);
    assert!(!section(&html(&view)).contains("c-band\" points"));
}

#[test]
fn the_curve_is_that_of_the_tiers_a_to_c_and_ends_with_the_days_that_are_told() {
    let parts = some(Locale::En, RemovalShape { removals: 900, ..RemovalShape::default() });
    let rows: Vec<CurveRow> = parts.reappearance.as_ref().expect("removals").curve.clone();
    let view = view(parts);
    let points: Vec<(i64, Option<f64>)> = figures(&view).curve.points.iter().map(|p| (p.day, Some(p.share))).collect();
    let told = rows.iter().filter(|r| r.tier == RateTier::ABC && r.day <= 90);
    assert_eq!(points, told.map(|r| (r.day, r.share.rate)).collect::<Vec<_>>());
    assert!(rows.iter().any(|r| r.day > 90) && points.len() > 20);
    // Where nobody knows when the first removal was, nobody knows where the curve ends.
    let mut unknown = some(Locale::En, RemovalShape::default());
    unknown.reappearance.as_mut().expect("removals").oldest_removal_at = None;
    let unknown = self::view(unknown);
    assert!(figures(&unknown).curve.points.is_empty());
    assert!(section(&html(&unknown)).contains("There is no curve for this day"));
}

#[test]
fn lists_are_cut_and_in_a_total_order() {
    let shape = RemovalShape { removals: 900, look_alike_percent: 30, ..RemovalShape::default() };
    let straight = view(some(Locale::En, shape));
    let told = figures(&straight);
    for list in [&told.pairs, &told.look_alikes] {
        assert_eq!(list.rows.len(), 20);
        let more = list.total.value - 20;
        assert!(
            list.note.starts_with("The 20 newest") && list.note.contains(&format!("and {more} more")),
            "{}",
            list.note
        );
        assert!(list.rows.is_sorted_by(|a, b| a.reappeared_at.value >= b.reappeared_at.value));
    }
    let mut turned = some(Locale::En, shape);
    let input = turned.reappearance.as_mut().expect("removals");
    input.pairs.reverse();
    input.rates.reverse();
    input.curve.reverse();
    assert_eq!(view(turned), straight);
}

#[test]
fn links_are_told_by_kind_and_merchants_by_number() {
    let view = view(some(Locale::En, RemovalShape::default()));
    let linked = figures(&view).pairs.rows.iter().find(|r| r.tier.value == Tier::LinkedMerchant).expect("a linked one");
    assert!(linked.evidence.contains("same address"), "{}", linked.evidence);
    assert_eq!(linked.merchants, format!("{}\u{a0}→\u{a0}{}", linked.removed_merchant_id, linked.new_merchant_id));
    let same = figures(&view).pairs.rows.iter().find(|r| r.tier.value == Tier::SameListing).expect("the same one");
    assert_eq!((same.evidence.as_str(), &same.merchants), ("active again", &same.removed_merchant_id.to_string()));
}

#[test]
fn hostile_titles_print_literally() {
    let mut hostile = some(Locale::En, RemovalShape::default());
    for pair in &mut hostile.reappearance.as_mut().expect("removals").pairs {
        pair.removed_title = Some("</td><script>alert(1)</script>{{ 7*7 }}\u{202e}eltit\u{0}".to_owned());
        pair.new_title = Some("<img src=x>\r\n".to_owned() + &"{% raw %}".repeat(60));
    }
    let view = view(hostile);
    let page = html(&view);
    let section = section(&page);
    assert!(
        section.contains("<bdi>&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}\\u{202e}eltit\\u{0}</bdi>")
    );
    assert!(section.contains("&lt;img src=x&gt;\\u{d}\\u{a}") && section.contains('…'));
    for forbidden in ["<script", "<img", "\u{202e}", "\u{0}", "\r"] {
        assert!(!page.contains(forbidden), "{forbidden:?} is in the page");
    }
}

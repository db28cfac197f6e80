//! The brand report from rows to text: what it refuses, what it says, and that hostile text stays text.
//!
//! Goldens of `report.json` are plain files under `tests/goldens/`; `UPDATE_GOLDENS=1` writes them anew.

// Goldens are files, and one environment variable renews them.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;

use mirrorlake_model::takedown::{Period, SlaOutcome};
use mirrorlake_reports::view::IntervalMethod;
use mirrorlake_reports::view::sla::SlaState;
use mirrorlake_reports::{BrandReportInput, BrandReportParts, Locale, Renderer, ReportError, ReportView, report_json};
use support::{Shape, cells, parts};

const HOUR: i64 = 3_600_000_000;

fn small() -> Shape {
    Shape { claims: 14, late_percent: 30, span_days: 40, ..Shape::default() }
}

fn view(parts: BrandReportParts) -> ReportView {
    ReportView::build(&BrandReportInput::new(parts).expect("sound input")).expect("a view")
}

fn html(view: &ReportView) -> String {
    Renderer::new().expect("templates").report_html(view).expect("a page")
}

fn refusal(parts: BrandReportParts) -> ReportError {
    BrandReportInput::new(parts).expect_err("must be refused")
}

fn parts_again(mut parts: BrandReportParts) -> BrandReportParts {
    parts.sla_rows = cells(&parts.outcomes, &parts.brand, parts.days);
    parts
}

// --- what it refuses -------------------------------------------------------------------------------------------

#[test]
fn a_row_of_another_brand_is_refused() {
    let mut foreign = parts(Locale::En, 28, small());
    foreign.outcomes[3].brand_id = 8;
    assert_eq!(refusal(foreign), ReportError::AnotherBrand { expected: 7, found: 8, table: "takedown_outcomes" });

    let mut foreign = parts(Locale::En, 28, small());
    foreign.sla_rows[3].brand_id = Some(8);
    assert_eq!(refusal(foreign), ReportError::AnotherBrand { expected: 7, found: 8, table: "takedown_sla" });
}

#[test]
fn a_row_over_all_brands_is_refused() {
    let mut foreign = parts(Locale::En, 28, small());
    foreign.sla_rows[0].brand_id = None;
    assert_eq!(refusal(foreign), ReportError::AllBrands { expected: 7, table: "takedown_sla" });
}

#[test]
fn contradictions_are_refused() {
    let mut off = parts(Locale::En, 28, small());
    off.outcomes.pop();
    assert!(matches!(refusal(off), ReportError::Disagreement { figure: "takedowns", .. }));

    let mut off = parts(Locale::En, 28, small());
    off.sla_rows.clear();
    assert!(matches!(refusal(off), ReportError::Disagreement { sla: 0, .. }));

    let mut off = parts(Locale::En, 28, small());
    off.sla_rows.push(off.sla_rows[0].clone());
    assert!(matches!(refusal(off), ReportError::RepeatedCell { .. }));

    let mut off = parts(Locale::En, 28, small());
    off.days = 27;
    assert!(matches!(refusal(off), ReportError::AnotherPeriod { .. }));

    let mut off = parts(Locale::En, 28, small());
    off.outcomes[0].submitted_at = i64::MAX;
    assert_eq!(refusal(off), ReportError::Instant { micros: i64::MAX });

    for days in [0, 3661, u32::MAX] {
        let mut off = parts(Locale::En, 28, small());
        off.days = days;
        assert_eq!(refusal(off), ReportError::Days { days });
    }
    for day in [chrono::NaiveDate::MIN, chrono::NaiveDate::MAX] {
        let mut off = parts(Locale::En, 28, small());
        off.as_of.day = day;
        assert_eq!(refusal(off), ReportError::AsOfDay { day });
    }
}

// --- what it says ----------------------------------------------------------------------------------------------

#[test]
fn report_json_matches_its_golden_in_both_locales() {
    for &locale in Locale::ALL {
        let view = view(parts(locale, 28, small()));
        let json = report_json(&view).expect("json");
        assert!(json.ends_with("}\n"));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/goldens/report.{}.json", locale.word()));
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            std::fs::write(&path, &json).expect("golden written");
        }
        let golden = std::fs::read_to_string(&path).expect("golden");
        assert!(golden == json, "{} differs; look at it, then UPDATE_GOLDENS=1", path.display());
    }
}

#[test]
fn every_number_of_the_page_is_in_the_view() {
    let view = view(parts(Locale::En, 28, small()));
    support::page::numbers_are_in(&html(&view), &report_json(&view).expect("json"));
}

#[test]
fn the_headline_names_rate_counts_interval_and_bounds() {
    let view = view(parts(Locale::En, 91, Shape { claims: 120, ..Shape::default() }));
    let head = &view.takedown_sla.headline;
    let interval = head.interval.as_ref().expect("an interval");
    assert_eq!(interval.method, IntervalMethod::Clustered);
    let rate = head.rate.as_ref().expect("a rate");
    for part in [&rate.text, &head.met.text, &head.judged.text, &interval.text] {
        assert!(head.sentence.contains(part.as_str()), "{part} is missing in {}", head.sentence);
    }
    let bounds = head.bounds.as_ref().expect("bounds");
    let note = head.pending_note.as_deref().expect("a note");
    assert!(note.contains(&bounds.low.text) && note.contains(&bounds.high.text));
    assert!(bounds.low.value <= rate.value && rate.value <= bounds.high.value);
}

#[test]
fn without_a_clustered_interval_wilson_stands_in_and_is_named() {
    let mut parts = parts(Locale::En, 28, small());
    parts.sla_rows.iter_mut().for_each(|row| row.clustered_low = None);
    let view = view(parts);
    let head = &view.takedown_sla.headline;
    assert_eq!(head.interval.as_ref().expect("an interval").method, IntervalMethod::Wilson);
    assert!(head.interval_note.as_deref().expect("a note").contains("Wilson"));
    assert!(html(&view).contains("&nbsp;†"));
}

#[test]
fn a_brand_without_takedowns_gets_words_and_no_rate() {
    for (locale, words) in [(Locale::En, "No takedown was requested"), (Locale::ZhCn, "没有下架请求")] {
        let view = view(parts(locale, 91, Shape { claims: 0, ..Shape::default() }));
        let sla = &view.takedown_sla;
        assert_eq!(sla.state, SlaState::NoTakedowns);
        assert!(sla.headline.rate.is_none() && sla.headline.interval.is_none() && sla.headline.bounds.is_none());
        assert!(sla.headline.sentence.contains(words));
        assert!(sla.trend.weeks.iter().all(|w| w.rate.value.is_none()));
        let page = html(&view);
        assert!(page.contains("c-empty") && !page.contains("NaN") && !page.contains("headline-number\""));
    }
}

#[test]
fn all_pending_prints_no_rate() {
    let view = view(parts(Locale::En, 28, Shape { claims: 3, all_pending: true, ..Shape::default() }));
    let sla = &view.takedown_sla;
    assert_eq!(sla.state, SlaState::NothingToJudge);
    assert!(sla.headline.rate.is_none() && sla.headline.bounds.is_none());
    assert!(sla.headline.sentence.contains("none to judge yet"));
    assert!(sla.headline.pending_note.is_some());
    assert!(sla.breakdowns.iter().flat_map(|b| &b.rows).all(|r| r.rate.text == "none to judge yet"));
    let page = html(&view);
    assert!(page.contains("No takedown to judge yet") && !page.contains("headline-number\""));
}

#[test]
fn open_past_due_covers_every_date_and_the_slowest_only_the_period() {
    let mut rows = parts(Locale::En, 28, small());
    let mut old = rows.outcomes[0].clone();
    let now = rows.as_of.micros();
    old.claim_id = 1;
    old.qualified_at = Some(now - 300 * 24 * HOUR);
    old.submitted_at = now - 300 * 24 * HOUR;
    old.net_hours = Some(7200.0);
    old.sla_outcome = SlaOutcome::Breached;
    old.exclusion_reason = None;
    old.taken_down_at = None;
    let mut done = old.clone();
    done.claim_id = 2;
    done.taken_down_at = Some(now - 9 * HOUR);
    rows.outcomes.extend([old, done]);
    let view = view(parts_again(rows));
    assert_eq!(view.takedown_sla.open_past_due.rows[0].claim_id, 1);
    assert!(view.takedown_sla.open_past_due.note.contains("before this period"));
    assert!(view.takedown_sla.slowest.rows.iter().all(|row| row.claim_id > 2));
}

#[test]
fn lists_say_what_they_are_cut_from() {
    let view = view(parts(Locale::En, 91, Shape { claims: 400, late_percent: 60, ..Shape::default() }));
    let (slow, open) = (&view.takedown_sla.slowest, &view.takedown_sla.open_past_due);
    assert_eq!((slow.rows.len(), open.rows.len()), (10, 50));
    assert!(slow.note.contains(&format!("The 10 slowest of {}", slow.total.text)));
    assert!(open.note.contains(&format!("The 50 longest open of {}", open.total.text)));
    let hours: Vec<f64> = slow.rows.iter().filter_map(|r| r.net_hours.value).collect();
    assert!(hours.is_sorted_by(|a, b| a >= b));
}

#[test]
fn weeks_at_the_edges_are_partial_and_none_is_left_out() {
    let view = view(parts(Locale::En, 28, small()));
    let weeks = &view.takedown_sla.trend.weeks;
    // 2026-10-21 (a Wednesday) to 2026-11-17 (a Tuesday).
    let partial: Vec<bool> = weeks.iter().map(|w| w.partial).collect();
    assert_eq!(partial, [true, false, false, false, true]);
    assert_eq!(weeks[0].iso_week, "2026-W43");
    assert!(weeks[0].sentence.ends_with("Partial week."));
    let judged: i64 = weeks.iter().map(|w| w.judged.value).sum();
    assert_eq!(judged, view.takedown_sla.headline.judged.value);
}

#[test]
fn a_last_day_that_is_not_over_in_the_brands_zone_makes_its_week_partial() {
    let mut rows = parts(Locale::En, 7, Shape { claims: 0, ..Shape::default() });
    rows.as_of.day = chrono::NaiveDate::from_ymd_opt(2026, 11, 15).expect("a Sunday");
    assert!(view(rows.clone()).takedown_sla.trend.weeks[0].partial, "Berlin is behind Shanghai");
    rows.brand.time_zone = chrono_tz::Asia::Shanghai;
    assert!(!view(rows).takedown_sla.trend.weeks[0].partial);
}

#[test]
fn exclusions_and_cells_add_up() {
    let parts = parts(Locale::En, 91, Shape { claims: 200, ..Shape::default() });
    let cell = parts.sla_rows.iter().find(|r| r.period == Period::Window && r.right_type.is_none()).expect("a cell");
    let excluded = cell.excluded;
    let view = view(parts);
    let figure = view.takedown_sla.counts.iter().find(|f| f.key == "excluded").expect("a figure");
    assert!(excluded > 0);
    assert_eq!(figure.parts.iter().map(|p| p.count.value).sum::<i64>(), excluded);
}

// --- hostile text ----------------------------------------------------------------------------------------------

#[test]
fn hostile_names_print_literally() {
    let mut hostile = parts(Locale::En, 28, small());
    hostile.brand.name_en = "<script>alert(1)</script>{{ 7*7 }}{% if %}\u{202e}gnp\u{0}\u{1b}[31m".to_owned();
    hostile.brand.name_zh = Some("</title></style>\"'&{#".to_owned());
    hostile.brand.owner_name = "{owner}<img src=x onerror=alert(2)>\r\nBcc: x".to_owned();
    hostile.generator = "<b>{n}".to_owned();
    let view = view(hostile);
    let page = html(&view);
    assert!(
        page.contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}{% if %}\\u{202e}gnp\\u{0}\\u{1b}[31m</bdi>")
    );
    assert!(page.contains("<bdi>&lt;/title&gt;&lt;/style&gt;&quot;&#39;&amp;{#</bdi>"));
    assert!(page.contains("{owner}&lt;img src=x onerror=alert(2)&gt;\\u{d}\\u{a}Bcc: x"));
    assert!(page.contains("&lt;b&gt;{n}"));
    for forbidden in ["<script", "<img", "<b>{", "\u{202e}", "\u{0}", "\u{1b}", "\r"] {
        assert!(!page.contains(forbidden), "{forbidden:?} is in the page");
    }
    assert_eq!(page.matches("</title></style>").count(), 0);
}

// --- the page itself -------------------------------------------------------------------------------------------

#[test]
fn the_page_is_sound_and_loads_nothing() {
    for &locale in Locale::ALL {
        let view = view(parts(locale, 91, Shape { claims: 150, ..Shape::default() }));
        let page = html(&view);
        support::page::check(&page, locale.word());
        assert_eq!(page, html(&view), "the same view gives the same page");
        assert_eq!(page.matches("<svg class=\"chart chart-").count(), 5);
        assert_eq!(page.matches("role=\"img\" aria-labelledby=").count(), 5);
    }
}

//! The section "What customers say": what it refuses, what it says, and that foreign words stay words.
//!
//! Goldens are the section alone, as JSON and as HTML; `UPDATE_GOLDENS=1` writes them anew.

// Goldens are files, and one environment variable renews them.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;

use mirrorlake_reports::view::comments::{CommentFigures, CommentState, Comparison, LEAST_COMMENTS};
use mirrorlake_reports::{
    BrandReportInput, BrandReportParts, CommentInput, Locale, Renderer, ReportError, ReportView, report_json,
};
use support::comments::{CommentShape, with_comments};
use support::{Shape, parts};

const FEW: CommentShape = CommentShape { per_day: 2, per_1000: 90, median: Some(0.0081) };
const NONE: CommentShape = CommentShape { per_day: 0, per_1000: 0, median: Some(0.0081) };

fn some(locale: Locale, shape: CommentShape) -> BrandReportParts {
    with_comments(parts(locale, 28, Shape::default()), shape)
}

/// Usual parts whose comment figures are changed.
fn changed(change: impl FnOnce(&mut CommentInput)) -> BrandReportParts {
    let mut parts = some(Locale::En, CommentShape::default());
    change(parts.comments.as_mut().expect("comments"));
    parts
}

fn view(parts: BrandReportParts) -> ReportView {
    ReportView::build(&BrandReportInput::new(parts).expect("sound input")).expect("a view")
}

fn figures(view: &ReportView) -> &CommentFigures {
    view.customer_comments.measured.as_ref().expect("figures")
}

fn html(view: &ReportView) -> String {
    Renderer::new().expect("templates").report_html(view).expect("a page")
}

/// The section of the page.
fn section(page: &str) -> &str {
    let from = page.find("<section class=\"chapter\" aria-labelledby=\"customer-comments\">").expect("the section");
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
    let foreign: [fn(&mut CommentInput); 4] =
        [|c| c.brand_id = 8, |c| c.weeks[2].brand_id = 8, |c| c.listings[9].brand_id = 8, |c| c.words[7].brand_id = 8];
    for change in foreign {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert_eq!(refusal, ReportError::AnotherBrand { expected: 7, found: 8, table: "comment_signals" });
    }
}

#[test]
fn contradictions_are_refused() {
    let wrong: [fn(&mut CommentInput); 21] = [
        |c| c.comments += 1,
        |c| c.allegations += 1,
        |c| c.allegations = -1,
        |c| c.affirmations = c.comments,
        |c| c.days_with_signals = 29,
        |c| c.days_with_signals = 0,
        |c| (c.days_with_signals, c.days_in_window) = (27, 27),
        |c| c.share = Some(0.5),
        |c| c.share = Some(f64::NAN),
        |c| c.share_low = Some(0.9),
        |c| c.share_high = Some(1.1),
        |c| c.median_share = Some(-0.1),
        |c| c.median_brands = 2,
        |c| c.weeks.swap(0, 1),
        |c| c.weeks.push(c.weeks[4].clone()),
        |c| c.weeks[0].days = 7,
        |c| c.weeks[1].week_start = c.weeks[1].week_start.succ_opt().expect("a Tuesday"),
        |c| c.weeks[1].low = Some(0.9),
        |c| c.weeks.truncate(2),
        |c| c.listings[0].allegations = c.listings[0].comments + 1,
        |c| c.words[0].comments = c.allegations + 1,
    ];
    for (n, change) in wrong.into_iter().enumerate() {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert!(matches!(refusal, ReportError::Comments { .. }), "{n}: {refusal}");
    }
}

// --- what it says ----------------------------------------------------------------------------------------------

#[test]
fn the_section_matches_its_goldens_in_both_locales() {
    for &locale in Locale::ALL {
        let view = view(some(locale, CommentShape::default()));
        let mut json = serde_json::to_string_pretty(&view.customer_comments).expect("json");
        json.push('\n');
        golden(&format!("comments.{}.json", locale.word()), &json);
        golden(&format!("comments.{}.html", locale.word()), section(&html(&view)));
    }
}

#[test]
fn every_number_of_the_page_is_in_the_view_and_the_page_is_sound() {
    for &locale in Locale::ALL {
        for shape in [CommentShape::default(), CommentShape { median: None, ..CommentShape::default() }, FEW, NONE] {
            let view = view(some(locale, shape));
            let page = html(&view);
            support::page::check(&page, locale.word());
            support::page::numbers_are_in(&page, &report_json(&view).expect("json"));
            assert_eq!(section(&page).matches("role=\"img\" aria-labelledby=").count(), 3);
            assert!(!page.contains("NaN") && !page.contains("{{") && !page.contains("inf"));
        }
    }
}

#[test]
fn the_headline_names_rate_interval_and_counts() {
    let view = view(some(Locale::En, CommentShape::default()));
    let head = &figures(&view).headline;
    let (rate, interval) = (head.per_1000.as_ref().expect("a rate"), head.interval.as_ref().expect("an interval"));
    for part in [&rate.text, &interval.text, &head.allegations.text, &head.comments.text] {
        assert!(head.sentence.contains(part.as_str()), "{part} is missing in {}", head.sentence);
    }
    assert!(interval.low <= rate.value && rate.value <= interval.high && interval.high <= 1000.0);
    assert!(head.interval_note.as_deref().expect("a note").contains("Korn–Graubard"));
}

#[test]
fn words_tell_a_brand_from_the_median_only_where_the_interval_excludes_it() {
    let compare = |low: f64, high: f64, median: Option<f64>| {
        let view = view(changed(|c| {
            (c.share_low, c.share_high, c.median_share) = (Some(low), Some(high), median);
        }));
        let head = figures(&view).headline.clone();
        (head.median.and_then(|m| m.comparison), head.comparison.expect("a sentence"))
    };
    let (above, words) = compare(0.008, 0.04, Some(0.006));
    assert_eq!(above, Some(Comparison::Above));
    assert!(words.contains("lies above it"));
    let (below, words) = compare(0.008, 0.04, Some(0.05));
    assert_eq!(below, Some(Comparison::Below));
    assert!(words.contains("lies below it"));
    // The last two print as 8.0 against 8.0: words must not tell apart what digits do not.
    for median in [0.008, 0.02, 0.04, 0.007_99, 0.040_01] {
        let (unclear, words) = compare(0.008, 0.04, Some(median));
        assert_eq!(unclear, Some(Comparison::NoClearDifference), "{median}");
        assert!(words.contains("No clear difference"));
    }
    assert!(compare(0.008, 0.04, None).1.contains("no median to compare with"));
}

#[test]
fn without_an_interval_nothing_is_said_about_the_difference() {
    let view = view(changed(|c| (c.share_low, c.share_high) = (None, None)));
    let head = &figures(&view).headline;
    assert!(head.sentence.ends_with("No interval can be given for it.") && head.interval_note.is_none());
    assert_eq!(head.median.as_ref().expect("a median").comparison, None);
    assert!(head.comparison.as_deref().expect("a sentence").contains("nothing is said"));
}

#[test]
fn few_comments_get_counts_and_neither_rate_nor_comparison() {
    for (locale, words) in [(Locale::En, "a rate would say little"), (Locale::ZhCn, "比例说明不了什么")] {
        let view = view(some(locale, FEW));
        let figures = figures(&view);
        assert_eq!(figures.state, CommentState::TooFew);
        assert!(
            (1..LEAST_COMMENTS).contains(&figures.headline.comments.value) && figures.headline.allegations.value > 0
        );
        assert!(figures.headline.sentence.contains(words));
        assert!(figures.headline.per_1000.is_none() && figures.headline.median.is_none());
        assert!(figures.headline.comparison.is_none() && figures.counts.iter().all(|f| f.key != "comment_median"));
        assert!(figures.trend.weeks.iter().all(|w| w.per_1000.value.is_none() && w.interval.is_none()));
        assert!(figures.trend.weeks.iter().any(|w| w.comments.value > 0));
        assert!(!figures.listings.rows.is_empty());
        let page = html(&view);
        assert!(section(&page).contains("c-empty") && !section(&page).contains("headline-number\""));
    }
}

#[test]
fn the_hundredth_comment_brings_the_rate() {
    let of = |comments: i64| {
        view(changed(|c| {
            (c.comments, c.allegations, c.affirmations) = (comments, 2, 1);
            (c.share, c.share_low, c.share_high) = (None, None, None);
            c.weeks.truncate(1);
            (c.weeks[0].comments, c.weeks[0].allegations) = (comments, 2);
            (c.weeks[0].low, c.weeks[0].high) = (None, None);
            c.listings.clear();
            c.words.clear();
        }))
    };
    assert_eq!(figures(&of(99)).state, CommentState::TooFew);
    let rated = of(100);
    assert_eq!(figures(&rated).headline.per_1000.as_ref().expect("a rate").text, "20.0");
    assert!(html(&rated).contains("There are no words to quote."));
}

#[test]
fn no_comments_get_words() {
    for (locale, words) in [(Locale::En, "nothing to measure"), (Locale::ZhCn, "没有可统计的数据")] {
        let view = view(some(locale, NONE));
        let figures = figures(&view);
        assert_eq!(figures.state, CommentState::NoComments);
        assert!(figures.headline.sentence.contains(words) && figures.headline.per_1000.is_none());
        assert!(figures.listings.rows.is_empty() && figures.words.rows.is_empty());
        assert_eq!(figures.trend.weeks.len(), 5);
        let page = html(&view);
        assert!(section(&page).contains("c-empty") && !section(&page).contains("<ul class=\"quotes\""));
    }
}

#[test]
fn what_is_not_measured_says_so_with_a_reason() {
    for (locale, words) in [(Locale::En, "Not measured: "), (Locale::ZhCn, "未统计：")] {
        let mut unjudged = some(locale, NONE);
        unjudged.comments.as_mut().expect("comments").days_with_signals = 0;
        for parts in [parts(locale, 28, Shape::default()), unjudged] {
            let view = view(parts);
            assert!(view.customer_comments.measured.is_none());
            let reason = view.customer_comments.not_measured.clone().expect("a reason");
            assert!(reason.starts_with(words));
            let page = html(&view);
            assert!(section(&page).contains(&reason) && !section(&page).contains("<h3"));
            assert!(report_json(&view).expect("json").contains("\"measured\": null,\n    \"not_measured\": \""));
        }
    }
}

#[test]
fn missing_days_are_told() {
    assert!(figures(&view(changed(|_| {}))).coverage.note.is_none());
    let view = view(changed(|c| c.days_with_signals = 25));
    assert!(figures(&view).coverage.note.as_deref().expect("a note").starts_with("Only 25 of the 28 days"));
    assert!(section(&html(&view)).contains("Only 25 of the 28 days"));
}

#[test]
fn a_median_of_other_brands_is_named_in_the_source_line() {
    let told = "Other brands enter no figure but these: the median in the section \"What customers say\".";
    assert!(view(changed(|_| {})).made.text.contains(told));
    assert!(!view(changed(|c| c.median_share = None)).made.text.contains(told));
    assert!(!view(some(Locale::En, FEW)).made.text.contains(told));
}

#[test]
fn weeks_are_the_lakes_and_partial_at_the_edges() {
    let whole = view(changed(|_| {}));
    let trend = &figures(&whole).trend;
    // 2026-10-21 (a Wednesday) to 2026-11-17 (a Tuesday).
    let partial: Vec<bool> = trend.weeks.iter().map(|w| w.partial).collect();
    assert_eq!(partial, [true, false, false, false, true]);
    assert!(trend.weeks[0].sentence.ends_with("Partial week."));
    assert!(trend.source.contains("Asia/Shanghai"), "{}", trend.source);
    let gap = view(changed(|c| {
        let left_out = c.weeks.remove(0);
        c.comments -= left_out.comments;
        c.allegations -= left_out.allegations;
        c.share = None;
    }));
    // A week without signals was not looked at: nothing is said of it.
    let weeks = &figures(&gap).trend.weeks;
    assert_eq!((weeks.len(), weeks[0].partial), (4, false));
    let empty = view(changed(|c| {
        let week = &mut c.weeks[0];
        c.comments -= week.comments;
        c.allegations -= week.allegations;
        (week.comments, week.allegations, week.low, week.high) = (0, 0, None, None);
        c.share = None;
    }));
    let weeks = &figures(&empty).trend.weeks;
    assert_eq!((weeks.len(), weeks[0].partial, weeks[0].comments.value), (5, true, 0));
    assert!(weeks[0].sentence.contains("no comments"));
}

#[test]
fn lists_are_in_order_and_not_longer_than_promised() {
    let view = view(changed(|c| {
        c.listings.reverse();
        c.listings.extend(c.listings.clone());
        c.words.reverse();
        c.words.extend(c.words.clone());
    }));
    let figures = figures(&view);
    assert_eq!((figures.listings.rows.len(), figures.words.rows.len()), (10, 8));
    assert!(figures.listings.rows.is_sorted_by(|a, b| a.allegations.value >= b.allegations.value));
    assert!(figures.words.rows.is_sorted_by(|a, b| a.comments.value >= b.comments.value));
}

// --- hostile text ----------------------------------------------------------------------------------------------

#[test]
fn hostile_words_and_titles_print_literally() {
    let view = view(changed(|c| {
        c.words[0].words = "</li><script>alert(1)</script>{{ 7*7 }}\u{202e}ekaf\u{0}{n}".to_owned();
        c.words[1].words = "w".repeat(5000);
        c.words[2].words = " \n ".to_owned();
        c.listings[0].title = Some("<img src=x onerror=alert(2)>{% raw %}\u{202e}{title}".to_owned());
        c.listings[1].title = Some("题".repeat(5000));
        c.listings[2].title = Some("  ".to_owned());
        c.detector = "<b>{least}\u{202e}".repeat(50);
    }));
    let page = html(&view);
    let quote = "“<bdi>&lt;/li&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}\\u{202e}ekaf\\u{0}{n}</bdi>”";
    assert!(page.contains(quote), "{}", section(&page));
    assert!(page.contains("<bdi>&lt;img src=x onerror=alert(2)&gt;{% raw %}\\u{202e}{title}</bdi>"));
    assert!(page.contains("(version &lt;b&gt;{least}\\u{202e}&lt;b&gt;"));
    for forbidden in ["<script", "<img", "<b>{", "\u{202e}", "\u{0}"] {
        assert!(!page.contains(forbidden), "{forbidden:?} is in the page");
    }
    let longest = |texts: &mut dyn Iterator<Item = &String>| texts.map(|t| t.chars().count()).max();
    assert_eq!(longest(&mut figures(&view).words.rows.iter().map(|w| &w.words)), Some(61));
    assert_eq!(longest(&mut figures(&view).listings.rows.iter().filter_map(|l| l.title.as_ref())), Some(81));
    assert_eq!(figures(&view).words.rows.len(), 7, "blank words are not quoted");
    assert_eq!(figures(&view).listings.rows[2].title, None);
}

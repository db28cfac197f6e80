//! The index over all brands.

mod support;

use mirrorlake_reports::{
    BrandReportInput, IndexBrand, IndexInput, IndexView, Locale, Renderer, ReportView, index_json,
};
use support::{Shape, parts};

fn brand(brand_id: i64, shape: Shape) -> IndexBrand {
    let mut parts = parts(Locale::En, 91, Shape { brand_id, ..shape });
    if brand_id == 3 {
        parts.brand.name_en = "<i>{{ x }}\u{202e}".to_owned();
    }
    IndexBrand::of(&ReportView::build(&BrandReportInput::new(parts).expect("sound")).expect("a view"))
}

fn input(locale: Locale, brands: Vec<IndexBrand>) -> IndexInput {
    let facts = vec![("mart".to_owned(), "<b>dt=2026-11-17".to_owned())];
    let generator = "mirrorlake 0.1.0".to_owned();
    IndexInput { locale, as_of: support::as_of(), days: 91, sla_limit_hours: 24, generator, facts, brands }
}

fn page(view: &IndexView) -> String {
    Renderer::new().expect("templates").index_html(view).expect("a page")
}

#[test]
fn brands_that_need_attention_come_first() {
    let late = Shape { claims: 200, late_percent: 40, ..Shape::default() };
    let brands = vec![
        brand(1, Shape { claims: 0, ..Shape::default() }),
        brand(2, Shape { claims: 200, late_percent: 0, ..Shape::default() }),
        brand(3, late),
    ];
    for &locale in Locale::ALL {
        let view = IndexView::build(&input(locale, brands.clone())).expect("a view");
        assert_eq!(view.brands.iter().map(|b| b.brand_id).collect::<Vec<_>>(), [3, 2, 1]);
        assert!(view.brands[0].needs_attention && !view.brands[1].needs_attention);
        assert!(view.brands[2].rate.value.is_none());
        let page = page(&view);
        support::page::check(&page, locale.word());
        assert!(page.contains("<a href=\"brand=3/report.html\"><bdi>&lt;i&gt;{{ x }}\\u{202e}</bdi></a>"));
        assert!(page.contains("&lt;b&gt;dt=2026-11-17"));
        assert!(!page.contains("<i>") && !page.contains("\u{202e}"));
        assert!(index_json(&view).expect("json").ends_with("}\n"));
    }
}

#[test]
fn an_index_without_brands_says_so() {
    let view = IndexView::build(&input(Locale::En, Vec::new())).expect("a view");
    let page = page(&view);
    support::page::check(&page, "en");
    assert!(page.contains("No brand has a report in this run."));
    assert!(!page.contains("<table"));
}

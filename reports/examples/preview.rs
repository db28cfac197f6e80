//! Writes made-up reports to a folder, to be looked at: `cargo run -p mirrorlake-reports --example preview -- OUT`.

// The one place in this crate that writes files: it is a tool for people, not part of the library.
#![allow(clippy::disallowed_methods)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::PathBuf;

use mirrorlake_reports::{
    BrandReportInput, BrandReportParts, IndexBrand, IndexInput, IndexView, Locale, Renderer, ReportView, index_json,
    report_json,
};
use support::authorisations::{AuthorisationShape, with_authorisations};
use support::comments::{CommentShape, with_comments};
use support::prevalence::{Estimates, with_prevalence};
use support::reappearance::{RemovalShape, with_reappearance};
use support::risk::{RankingShape, with_risk};
use support::{Shape, parts};

const NAMES: [(&str, &str); 10] = [
    ("Nordlicht Optik", "北光光学"),
    ("Kestrel & Rowe", "凯斯特"),
    ("Lumière Nord", "北辰"),
    ("Halden Audio", "海登音响"),
    ("Ostra Watches", "奥斯卓"),
    ("Nordlicht Optik", "北光光学"),
    ("Maple Forge", "枫炉"),
    ("Sora Skincare", "空颜"),
    ("Tindra Toys", "汀德拉玩具"),
    ("Vela Sport", "维拉运动"),
];

fn with_others(parts: BrandReportParts, removals: RemovalShape, ranking: RankingShape) -> BrandReportParts {
    with_risk(with_reappearance(parts, removals), ranking)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(std::env::args().nth(1).ok_or("usage: preview OUT")?);
    std::fs::create_dir_all(&out)?;
    let renderer = Renderer::new()?;
    let page = |name: &str, parts: BrandReportParts| -> Result<ReportView, Box<dyn std::error::Error>> {
        let view = ReportView::build(&BrandReportInput::new(parts)?)?;
        std::fs::write(out.join(format!("{name}.html")), renderer.report_html(&view)?)?;
        std::fs::write(out.join(format!("{name}.json")), report_json(&view)?)?;
        Ok(view)
    };
    let mut brands = Vec::new();
    for &locale in Locale::ALL {
        let word = locale.word();
        let usual = CommentShape::default();
        for (name, shape, days, comments, estimates) in [
            (
                "full",
                Shape { claims: 130, per_claim: 3, late_percent: 6, ..Shape::default() },
                91,
                Some(usual),
                Some(Estimates::All),
            ),
            (
                "empty",
                Shape { claims: 0, ..Shape::default() },
                91,
                Some(CommentShape { per_day: 0, ..usual }),
                Some(Estimates::Nothing),
            ),
            (
                "pending",
                Shape { claims: 2, per_claim: 3, all_pending: true, ..Shape::default() },
                28,
                Some(CommentShape { per_day: 2, per_1000: 90, ..usual }),
                Some(Estimates::FewSamples),
            ),
            (
                "good",
                Shape { claims: 2600, per_claim: 2, late_percent: 2, span_days: 90, ..Shape::default() },
                91,
                None,
                None,
            ),
            (
                "year",
                Shape { claims: 600, per_claim: 2, span_days: 365, late_percent: 9, ..Shape::default() },
                365,
                Some(CommentShape { per_day: 9, per_1000: 6, median: Some(0.012) }),
                Some(Estimates::ListingsOnly),
            ),
            ("tiny", Shape { claims: 40, ..Shape::default() }, 28, Some(usual), Some(Estimates::Tiny)),
        ] {
            let shape = Shape { brand_id: 10 + brands.len() as i64, name: NAMES[brands.len() % NAMES.len()], ..shape };
            let mut parts = parts(locale, days, shape);
            if let Some(comments) = comments {
                parts = with_comments(parts, comments);
            }
            if let Some(estimates) = estimates {
                parts = with_prevalence(parts, estimates);
                parts = with_authorisations(parts, AuthorisationShape::default());
            }
            parts = match name {
                "full" | "year" | "tiny" => with_others(parts, RemovalShape::default(), RankingShape::default()),
                "empty" => with_others(
                    parts,
                    RemovalShape { removals: 0, reinstated: 0, ..RemovalShape::default() },
                    RankingShape { merchants: 0, suspicious: 0, earlier: false, ..RankingShape::default() },
                ),
                "pending" => with_others(
                    parts,
                    RemovalShape { removals: 14, span_days: 21, titled: false, ..RemovalShape::default() },
                    RankingShape { merchants: 9, suspicious: 3, few_signals: true, earlier: false },
                ),
                _ => parts,
            };
            let view = page(&format!("{name}-{word}"), parts)?;
            brands.push(IndexBrand::of(&view));
        }
    }
    let mut hostile = with_comments(
        parts(Locale::En, 91, Shape { claims: 3, ..Shape::default() }),
        CommentShape { median: None, ..CommentShape::default() },
    );
    if let Some(comments) = &mut hostile.comments {
        comments.days_with_signals -= 6;
        comments.words[0].words = "</li><script>alert(3)</script>{{ 7 * 7 }}\u{202e}ekaf".to_owned();
        comments.listings[0].title = Some("<img src=x onerror=alert(4)>{% raw %}\u{202e}eltit ".repeat(4));
    }
    hostile = with_others(hostile, RemovalShape::default(), RankingShape::default());
    for pair in hostile.reappearance.iter_mut().flat_map(|r| &mut r.pairs) {
        pair.new_title = Some("<svg onload=alert(5)>{{ 1 }}\u{202e}eltit ".repeat(5));
    }
    hostile.brand.name_en =
        "<b>Nord</b>{{ 1 }} \u{202e}evil\u{7} a-very-long-name-without-any-place-to-break-it-".repeat(2);
    hostile.brand.owner_name = "O\"wner' & <script>alert(1)</script>".to_owned();
    brands.push(IndexBrand::of(&page("hostile-en", hostile)?));
    for &locale in Locale::ALL {
        let sample = parts(locale, 91, Shape::default());
        let input = IndexInput {
            locale,
            as_of: sample.as_of,
            days: sample.days,
            sla_limit_hours: sample.sla_limit_hours,
            generator: sample.generator,
            facts: vec![("takedown_sla".to_owned(), "dt=2026-11-16, 3,412 rows".to_owned())],
            brands: brands.clone(),
        };
        let view = IndexView::build(&input)?;
        std::fs::write(out.join(format!("index-{}.html", locale.word())), renderer.index_html(&view)?)?;
        std::fs::write(out.join(format!("index-{}.json", locale.word())), index_json(&view)?)?;
    }
    Ok(())
}

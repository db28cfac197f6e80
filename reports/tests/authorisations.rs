//! The section "Authorisations": what it refuses, what it says, and what is in no report.
//!
//! Goldens are the section alone, as JSON and as HTML; `UPDATE_GOLDENS=1` writes them anew.

// Goldens are files, and one environment variable renews them.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;

use chrono::Days;
use mirrorlake_reports::view::authorisations::{AuthorisationFigures, AuthorisationState};
use mirrorlake_reports::{
    AuthorisationInput, BrandReportInput, BrandReportParts, Locale, Renderer, ReportError, ReportView, report_json,
};
use support::authorisations::{AuthorisationShape, with_authorisations};
use support::{Shape, parts};

const NOBODY: AuthorisationShape = AuthorisationShape { unauthorised: 0, expiring: 0, exempt: 0, others: 0 };

fn some(locale: Locale, shape: AuthorisationShape) -> BrandReportParts {
    with_authorisations(parts(locale, 28, Shape::default()), shape)
}

/// Usual parts whose authorisations are changed.
fn changed(change: impl FnOnce(&mut AuthorisationInput)) -> BrandReportParts {
    let mut parts = some(Locale::En, AuthorisationShape::default());
    change(parts.authorisations.as_mut().expect("authorisations"));
    parts
}

fn view(parts: BrandReportParts) -> ReportView {
    ReportView::build(&BrandReportInput::new(parts).expect("sound input")).expect("a view")
}

fn figures(view: &ReportView) -> &AuthorisationFigures {
    view.authorisations.measured.as_ref().expect("figures")
}

fn html(view: &ReportView) -> String {
    Renderer::new().expect("templates").report_html(view).expect("a page")
}

/// The section of the page.
fn section(page: &str) -> &str {
    let from = page.find("<section class=\"chapter\" aria-labelledby=\"authorisations\">").expect("the section");
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

#[test]
fn anything_of_another_brand_is_refused() {
    let foreign: [fn(&mut AuthorisationInput); 3] =
        [|a| a.brand_id = 8, |a| a.unauthorised_merchants[3].brand_id = 8, |a| a.expiring_merchants[2].brand_id = 8];
    for change in foreign {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert_eq!(refusal, ReportError::AnotherBrand { expected: 7, found: 8, table: "seller_vetting" });
    }
}

#[test]
fn contradictions_are_refused() {
    let wrong: [fn(&mut AuthorisationInput); 13] = [
        |a| a.unauthorised.units += 1,
        |a| a.unauthorised.gmv_minor -= 1,
        |a| a.unauthorised.merchants += 1,
        |a| a.expiring.merchants = 0,
        |a| a.selling.units = a.unauthorised.units + a.exempt.units - 1,
        |a| a.selling.merchants = a.unauthorised.merchants,
        |a| a.selling.gmv_minor = 0,
        |a| a.exempt.units = -1,
        |a| a.exempt.gmv_minor = i64::MAX,
        |a| a.unauthorised_merchants[1].merchant_id = a.unauthorised_merchants[0].merchant_id,
        |a| a.unauthorised_merchants[0].day = support::as_of().day - Days::new(28),
        |a| a.unauthorised_merchants[0].day = support::as_of().day + Days::new(1),
        |a| a.expiring_merchants[0].day = support::as_of().day + Days::new(31),
    ];
    for (n, change) in wrong.into_iter().enumerate() {
        let refusal = BrandReportInput::new(changed(change)).expect_err("must be refused");
        assert!(matches!(refusal, ReportError::Authorisations { .. }), "{n}: {refusal}");
    }
    let ended = changed(|a| a.expiring_merchants[0].day = support::as_of().day - Days::new(1));
    assert!(BrandReportInput::new(ended).is_err(), "an authorisation that has ended is not expiring");
    // The edges themselves are sound.
    let first = changed(|a| a.unauthorised_merchants[0].day = support::as_of().day - Days::new(27));
    assert!(BrandReportInput::new(first).is_ok());
    let today = changed(|a| a.expiring_merchants[0].day = support::as_of().day);
    assert!(BrandReportInput::new(today).is_ok());
}

#[test]
fn the_section_matches_its_goldens_in_both_locales() {
    for &locale in Locale::ALL {
        for (name, shape) in [("authorisations", AuthorisationShape::default()), ("authorisations-empty", NOBODY)] {
            let view = view(some(locale, shape));
            let mut json = serde_json::to_string_pretty(&view.authorisations).expect("json");
            json.push('\n');
            golden(&format!("{name}.{}.json", locale.word()), &json);
            golden(&format!("{name}.{}.html", locale.word()), section(&html(&view)));
        }
    }
}

#[test]
fn every_number_of_the_page_is_in_the_view_and_the_page_is_sound() {
    let all = AuthorisationShape::default();
    for &locale in Locale::ALL {
        for shape in [
            all,
            NOBODY,
            AuthorisationShape { unauthorised: 0, ..all },
            AuthorisationShape { unauthorised: 1, expiring: 1, exempt: 1, others: 0 },
            AuthorisationShape { unauthorised: 120, expiring: 60, ..all },
        ] {
            let view = view(some(locale, shape));
            let page = html(&view);
            support::page::check(&page, locale.word());
            support::page::numbers_are_in(&page, &report_json(&view).expect("json"));
            assert!(!page.contains("NaN") && !page.contains("{{") && !page.contains("inf"));
        }
    }
}

#[test]
fn the_sentence_has_the_counts_and_the_share() {
    let view = view(some(Locale::En, AuthorisationShape::default()));
    let told = figures(&view);
    assert_eq!(told.state, AuthorisationState::Some);
    let share = told.unauthorised.units.value as f64 / told.selling.units.value as f64;
    assert_eq!(told.share.value, Some(share));
    let parts = [&told.unauthorised.merchants, &told.selling.merchants, &told.unauthorised.units, &told.selling.units];
    for text in parts.map(|p| &p.text).into_iter().chain([&told.share.text, &told.unauthorised.gmv_minor.text]) {
        assert!(told.sentence.contains(text.as_str()), "{text} is missing in {}", told.sentence);
    }
    let exempt = told.exempt_sentence.as_deref().expect("a sentence");
    assert!(exempt.contains("2 more merchants") && exempt.contains("1,622 units"), "{exempt}");
}

#[test]
fn where_there_is_nothing_it_says_what_there_is_not() {
    let nobody = view(some(Locale::En, NOBODY));
    let told = figures(&nobody);
    assert_eq!((told.state, told.share.value), (AuthorisationState::NoSales, None));
    assert!(told.sentence.contains("No merchant sold this brand") && told.exempt_sentence.is_none());
    let all_sound = view(some(Locale::En, AuthorisationShape { unauthorised: 0, expiring: 0, exempt: 0, others: 3 }));
    let told = figures(&all_sound);
    assert_eq!((told.state, told.share.value), (AuthorisationState::None, Some(0.0)));
    assert!(told.sentence.starts_with("All 3 merchants"), "{}", told.sentence);
    assert!(!section(&html(&all_sound)).contains("<table"));
    let absent = view(parts(Locale::En, 28, Shape::default()));
    assert!(absent.authorisations.measured.is_none());
    let page = html(&absent);
    let note = absent.authorisations.not_measured.as_deref().expect("a note");
    assert!(section(&page).contains(note.split('\'').next().expect("words")) && !section(&page).contains("<h3"));
    assert!(!page.contains("Sold without authorisation"), "definitions without figures");
}

#[test]
fn lists_are_cut_and_in_a_total_order() {
    let shape = AuthorisationShape { unauthorised: 120, expiring: 60, ..AuthorisationShape::default() };
    let straight = view(some(Locale::En, shape));
    let told = figures(&straight);
    let (without, soon) = (&told.unauthorised_merchants, &told.expiring_merchants);
    assert_eq!((without.rows.len(), without.total.value), (50, 120));
    assert!(without.rows.is_sorted_by_key(|r| (std::cmp::Reverse(r.units.value), r.merchant_id)));
    assert!(without.note.starts_with("The 50 with most units of 120"), "{}", without.note);
    assert_eq!((soon.rows.len(), soon.total.value), (50, 60));
    assert!(soon.rows.is_sorted_by_key(|r| (r.day.value, r.merchant_id)));
    let mut turned = some(Locale::En, shape);
    if let Some(input) = &mut turned.authorisations {
        input.unauthorised_merchants.reverse();
        input.expiring_merchants.reverse();
    }
    assert_eq!(view(turned), straight);
}

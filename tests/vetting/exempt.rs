//! Exemptions by configuration: what they take out, until when, and which are refused.

use serde_json::{Value, json};

use super::{BRANDS, EXEMPTED, VETTING, keys, run, seven_merchants};
use crate::support::{Lake, Output};

fn configured(lake: &Lake, text: &str) -> Output {
    let config = lake.config(text);
    lake.job("seller-vetting").with("--config", config).run()
}

/// Configuration of one exemption.
fn exemption(keys: &str) -> String {
    format!("[[seller_vetting.exemption]]\n{keys}\nreason = \"agreed\"\n")
}

#[test]
fn exempted_rows_leave_the_mart_and_are_kept_and_counted() {
    let lake = seven_merchants();
    run(&lake, "").ok();
    let all = lake.rows(VETTING);
    let text = [
        exemption(
            "merchant_id = 901\nissue = \"expired\"\ndocument_type = \"business_licence\"\nuntil = \"2026-11-16\"",
        ),
        exemption("brand_id = 2\nissue = \"unauthorised_brand\""),
        exemption("merchant_id = 905"),
    ];
    configured(&lake, &text.concat()).ok().says(&["published"]);
    let (standing, exempted) = (lake.rows(VETTING), lake.rows(EXEMPTED));
    let of = |merchant: i64, issue: &str, kind: &str, brand| (merchant, issue.to_owned(), kind.to_owned(), brand);
    let expected = [
        of(901, "expired", "business_licence", None),
        of(902, "unauthorised_brand", "brand_authorisation", Some(2)),
        of(905, "missing", "business_licence", None),
        of(905, "unauthorised_brand", "brand_authorisation", Some(2)),
    ];
    assert_eq!(keys(&exempted), expected);
    let told: Vec<Value> = exempted.iter().map(|r| json!([r["exemption"], r["exempt_until"], r["reason"]])).collect();
    // The first that fits is named.
    let agreed = |n: i64, until: Value| json!([n, until, "agreed"]);
    assert_eq!(
        told,
        [agreed(1, json!("2026-11-16")), agreed(2, json!(null)), agreed(3, json!(null)), agreed(2, json!(null))]
    );
    // Nothing is lost, and nothing else is changed.
    let mut together = keys(&standing);
    together.extend(keys(&exempted));
    together.sort();
    assert_eq!(together, keys(&all));
    assert!(standing.iter().all(|row| all.contains(row)));
    let manifest = lake.manifest(VETTING);
    let notes = &manifest["notes"];
    assert_eq!(notes["rows_exempted"], 4);
    assert_eq!((&notes["rows_exempted_unauthorised_brand"], &notes["rows_exempted_missing"]), (&json!(2), &json!(1)));
    assert_eq!(manifest["configuration"]["seller_vetting"]["exemption"].as_array().expect("exemptions").len(), 3);
    let brand = &lake.rows(BRANDS)[1];
    assert_eq!(
        (&brand["unauthorised_merchants"], &brand["exempt_merchants"], &brand["exempt_units"]),
        (&json!(0), &json!(2), &json!(18))
    );
}

#[test]
fn an_exemption_holds_through_its_last_day_and_says_when_it_does_nothing() {
    let lake = seven_merchants();
    let until = |day: &str| exemption(&format!("merchant_id = 902\nuntil = \"{day}\""));
    configured(&lake, &until("2026-11-16")).ok();
    assert_eq!(lake.rows(EXEMPTED).len(), 2);
    configured(&lake, &until("2026-11-15")).ok().says(&["1 are over and 0 exempt nothing"]);
    assert!(lake.rows(EXEMPTED).is_empty());
    assert_eq!(lake.rows(VETTING).len(), 12);
    assert_eq!(lake.manifest(VETTING)["notes"]["exemptions_that_are_over"], 1);
    configured(&lake, &exemption("merchant_id = 999")).ok().says(&["0 are over and 1 exempt nothing"]);
    assert_eq!(lake.manifest(VETTING)["notes"]["exemptions_without_effect"], 1);
}

#[test]
fn an_exemption_that_says_too_little_or_can_never_fit_is_refused() {
    let lake = seven_merchants();
    for (keys, parts) in [
        ("issue = \"missing\"", ["seller_vetting.exemption 1", "it would exempt everybody"]),
        ("merchant_id = 901\nissue = \"expires\"", ["issue is \"expires\"", "did you mean expire"]),
        ("merchant_id = 901\ndocument_type = \"licence\"", ["document_type is \"licence\"", "business_licence"]),
        ("merchant_id = 901\nuntil = \"2026-2-3\"", ["until is \"2026-2-3\"", "2027-03-31"]),
        ("brand_id = 2\nissue = \"missing\"", ["exemption 1", "missing is about no brand_id"]),
        ("brand_id = 2\ndocument_type = \"business_licence\"", ["exemption 1", "about no brand_id"]),
        (
            "merchant_id = 9\nissue = \"missing\"\ndocument_type = \"ip_certificate\"",
            ["exemption 1", "only a business_licence"],
        ),
        (
            "brand_id = 9\nissue = \"unauthorised_brand\"\ndocument_type = \"ip_certificate\"",
            ["exemption 1", "always about a brand_authorisation"],
        ),
        ("merchant = 901", ["configuration", "unknown field"]),
    ] {
        configured(&lake, &exemption(keys)).fails(2, &parts);
    }
    configured(&lake, "[[seller_vetting.exemption]]\nmerchant_id = 1\n").fails(2, &["reason is missing"]);
    let long = format!("[[seller_vetting.exemption]]\nmerchant_id = 1\nreason = \"{}\"\n", "x".repeat(501));
    configured(&lake, &long).fails(2, &["reason is longer than 500 characters"]);
    lake.holds_nothing();
}

//! Sensitivity and specificity of authentication, as configured.

use serde_json::json;

use super::{row, two_strata};
use crate::support::marts::same;
use crate::support::{Lake, Output};

fn run(lake: &Lake, authentication: &str) -> Output {
    let config = lake.config(&format!("[authentication]\n{authentication}\n"));
    lake.job("brand-prevalence").with("--config", config).run()
}

#[test]
fn sensitivity_and_specificity_correct_the_estimate_and_its_interval() {
    let lake = two_strata().lake();
    run(&lake, "sensitivity = 0.9\nspecificity = 0.98").ok();
    // (p + .98 - 1) / (.9 + .98 - 1) of 0.15, 0.0648717 and 0.2793263
    let expected = json!({
        "apparent": 0.15, "apparent_low": 0.064_871_701_150_518_5, "apparent_high": 0.279_326_330_480_926_8,
        "prevalence": 0.147_727_272_727_272_6, "prevalence_low": 0.050_990_569_489_225_5,
        "prevalence_high": 0.294_689_011_910_144_1,
    });
    same(&row(&lake, 1, "listings"), &expected);
    // The same configuration again changes nothing, another one does.
    run(&lake, "sensitivity = 0.9\nspecificity = 0.98").ok().says(&["unchanged"]);
    run(&lake, "sensitivity = 0.9\nspecificity = 0.99").ok().says(&["published"]);
    let written = &lake.manifest("brand_prevalence")["configuration"]["authentication"];
    assert_eq!((&written["sensitivity"], &written["specificity"]), (&json!(0.9), &json!(0.99)));
}

#[test]
fn measured_sensitivity_and_specificity_widen_the_interval() {
    let lake = two_strata().lake();
    run(&lake, "sensitivity = 0.9\nspecificity = 0.98\nsensitivity_n = 200\nspecificity_n = 300").ok();
    // Lang and Reiczigel (2014), as in R's asht::prevSeSp, for p = 0.15 of n = 50:
    // z <- qnorm(.975); P <- (50 * .15 + z^2 / 2) / (50 + z^2); S <- (200 * .9 + 1) / 202; C <- (300 * .98 + 1) / 302
    // J <- S + C - 1; e <- (P + C - 1) / J; d <- 2 * z^2 * (e * S * (1 - S) / 202 - (1 - e) * C * (1 - C) / 302)
    // se <- sqrt(P * (1 - P) / (50 + z^2) + e^2 * S * (1 - S) / 202 + (1 - e)^2 * C * (1 - C) / 302) / J
    // e + d + c(-1, 1) * z * se
    let expected = json!({
        "prevalence": 0.147_727_272_727_272_6, "prevalence_low": 0.056_370_969_547_255_6,
        "prevalence_high": 0.291_715_037_030_025_5,
    });
    same(&row(&lake, 1, "listings"), &expected);
}

#[test]
fn authentication_that_says_nothing_is_refused() {
    let lake = two_strata().lake();
    for (text, says) in [
        ("sensitivity = 1.2", "authentication.sensitivity is 1.2"),
        ("sensitivity = -0.1", "authentication.sensitivity is -0.1"),
        ("specificity = nan", "authentication.specificity is NaN"),
        ("sensitivity = 0.5\nspecificity = 0.5", "add up to 1 or less"),
        ("sensitivity_n = 100", "set together or not at all"),
        ("sensitivity_n = 0\nspecificity_n = 100", "above 0"),
        ("sensitivity = \"high\"", "sensitivity"),
        ("sensitivty = 0.9", "sensitivty"),
    ] {
        run(&lake, text).fails(2, &[says]);
    }
    lake.holds_nothing();
}

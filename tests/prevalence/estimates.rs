//! Estimates, intervals and shrinkage as R has them.
//!
//! The numbers are those of R 4 with survey 4, `options(survey.lonely.psu = "adjust")`, by
//!
//!     figures <- function(y, stratum, N, pi, weight) {
//!       d <- data.frame(y = y, stratum = stratum, N = N, w = weight / pi)
//!       design <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~N, data = d)
//!       m <- svymean(~y, design); p <- coef(m)[[1]]; v <- vcov(m)[1, 1]; n <- nrow(d)
//!       n_eff <- if (p == 0 || p == 1 || v == 0) sum(d$w)^2 / sum(d$w^2)
//!         else min(n, p * (1 - p) / v * (qt(.975, n - 1) / qt(.975, n - length(unique(stratum))))^2)
//!       x <- p * n_eff
//!       low <- if (x <= 0) 0 else qbeta(.025, x, n_eff - x + 1)
//!       high <- if (x >= n_eff) 1 else qbeta(.975, x + 1, n_eff - x)
//!       corrected <- function(p) pmin(1, pmax(0, (p + .995 - 1) / (.97 + .995 - 1)))
//!       c(p, sqrt(v), n_eff, low, high, corrected(c(p, low, high)))
//!     }
//!
//! (R's own `degf(design)` leaves out purchases without weight, of which the definitions' n has no exception.)

use serde_json::json;

use super::{add_brand, judged, row, run, simple, two_strata};
use crate::support::marts::same;
use crate::support::{Listing, Market, Purchase};

#[test]
fn two_strata_weigh_by_their_listings() {
    // stratum <- c(rep("many", 30), rep("few", 20)); N <- c(rep(900, 30), rep(100, 20))
    // pi <- c(rep(30 / 900, 30), rep(20 / 100, 20)); y <- c(rep(1, 3), rep(0, 27), rep(1, 12), rep(0, 8))
    // figures(y, stratum, N, pi, rep(1, 50)); the standard error is 0.0503096, and n = 50 caps its effective n.
    let [listings, ..] = judged(&two_strata());
    let expected = json!({
        "population": 1_000, "sampled": 50, "counterfeit": 15, "inconclusive": 0, "effective_n": 50.0,
        "apparent": 0.15, "apparent_low": 0.064_871_701_150_518_5, "apparent_high": 0.279_326_330_480_926_8,
        "prevalence": 0.150_259_067_357_513, "prevalence_low": 0.062_043_213_627_480_4,
        "prevalence_high": 0.284_275_990_135_675_6,
        // Nothing is open: the bounds are the estimate.
        "bound_low": 0.15, "bound_high": 0.15, "outstanding": 0, "outstanding_low": 0.15, "outstanding_high": 0.15,
        "publishable": true, "suppressed_because": null,
        "units_at_risk": null, "gmv_at_risk_minor": null,
    });
    same(&listings, &expected);
}

#[test]
fn units_and_gmv_weigh_what_was_bought_by_what_it_sold() {
    // i <- c(0:29, 0:19); units <- c((0:29)^2 %% 9, 3 + (7 * 0:19) %% 11); price <- 5000 + 1000 * (i %% 4)
    // figures(y, stratum, N, pi, units); figures(y, stratum, N, pi, units * price)
    let [_, units, gmv] = judged(&two_strata());
    let at_risk = 235.0 * 0.197_058_331_940_498_1;
    let expected = json!({
        "population": 235, "sampled": 50, "counterfeit": 15, "effective_n": 50.0,
        "apparent": 0.195_161_290_322_580_6, "apparent_low": 0.096_743_764_940_308_6,
        "apparent_high": 0.331_700_470_634_682, "prevalence": 0.197_058_331_940_498_1,
        "prevalence_low": 0.095_071_259_005_501_1, "prevalence_high": 0.338_549_710_502_261_3,
        "publishable": true, "units_at_risk": at_risk, "gmv_at_risk_minor": null,
    });
    same(&units, &expected);
    let at_risk = 1_534_000.0 * 0.202_897_635_196_546_9;
    let expected = json!({
        "population": 1_534_000, "sampled": 50, "counterfeit": 15, "effective_n": 48.704_503_219_774_69,
        "apparent": 0.200_796_217_964_667_8, "apparent_low": 0.099_767_085_691_519_5,
        "apparent_high": 0.340_216_081_677_863, "prevalence": 0.202_897_635_196_546_9,
        "prevalence_low": 0.098_204_233_877_222_3, "prevalence_high": 0.347_374_177_904_521_4,
        "publishable": true, "units_at_risk": null, "gmv_at_risk_minor": at_risk,
    });
    same(&gmv, &expected);
}

#[test]
fn a_stratum_of_one_keeps_its_variance() {
    // stratum <- c(rep("a", 40), "b"); N <- c(rep(400, 40), 50); pi <- c(rep(.1, 40), 1 / 50)
    // figures(c(rep(1, 6), rep(0, 34), 1), stratum, N, pi, rep(1, 41))
    let mut market = simple(40, 400, 6);
    market.listings.extend((0..50).map(|n| Listing::new(30_000 + n, 1)));
    market.purchases.push(Purchase::random(30_000, 1, (1, 50), "counterfeit"));
    let [listings, ..] = judged(&market);
    let expected = json!({
        "sampled": 41, "counterfeit": 7, "apparent": 0.244_444_444_444_444_4, "effective_n": 19.974_617_642_921_064,
        "apparent_low": 0.083_079_978_175_084_2, "apparent_high": 0.485_314_510_129_527_3,
        "prevalence": 0.248_128_957_973_517_5, "prevalence_low": 0.080_911_894_481_952_6,
        "prevalence_high": 0.497_735_243_657_541_5, "suppressed_because": "effective_n_below_30",
    });
    same(&listings, &expected);
}

#[test]
fn without_a_recorded_size_the_probabilities_say_how_large_a_stratum_is() {
    let [with, ..] = judged(&two_strata());
    let mut market = two_strata();
    market.purchases.iter_mut().for_each(|p| p.stratum_size = None);
    let [without, ..] = judged(&market);
    // Σ 1/π is the size where all were drawn alike.
    same(&without, &serde_json::Value::Object(with));
}

#[test]
fn no_counterfeit_found_does_not_prove_that_there_is_none() {
    // figures(rep(0, 60), rep("a", 60), rep(600, 60), rep(.1, 60), weight): weight 1, and 1 + 0:59 %% 3 by Kish.
    let mut market = simple(60, 600, 0);
    for (n, sale) in market.sales.iter_mut().enumerate() {
        sale.quantity = 1 + n as i64 % 3;
    }
    let [listings, units, _] = judged(&market);
    let expected = json!({
        "apparent": 0.0, "apparent_low": 0.0, "apparent_high": 0.059_629_492_286_166_9, "effective_n": 60.0,
        "prevalence": 0.0, "prevalence_low": 0.0, "prevalence_high": 0.056_610_872_835_406, "publishable": true,
    });
    same(&listings, &expected);
    let expected = json!({
        "apparent": 0.0, "apparent_high": 0.069_216_162_320_927_5, "effective_n": 51.428_571_428_571_43,
        "prevalence_low": 0.0, "prevalence_high": 0.066_545_245_928_422_2, "publishable": true,
    });
    same(&units, &expected);
}

#[test]
fn strata_are_nested_in_the_brand() {
    // Two brands whose strata have one name: neither knows of the other.
    let alone = judged(&simple(40, 400, 6));
    let mut market = simple(40, 400, 6);
    market.brands.push(crate::support::Brand::new(2, "Other"));
    add_brand(&mut market, 2, (30, 300), 20);
    market.purchases.iter_mut().for_each(|p| p.stratum = "one name".to_owned());
    let [listings, ..] = judged(&market);
    for column in ["apparent", "apparent_low", "apparent_high", "effective_n", "prevalence_high"] {
        assert_eq!(listings[column], alone[0][column], "{column}");
    }
}

#[test]
fn brands_lean_on_each_other_by_the_beta_binomial_prior() {
    // p <- c(.05, .2, .5); n <- c(40, 40, 40); x <- p * n    (n caps the effective n of all three)
    // loss <- function(t) { m <- plogis(t[1]); M <- exp(t[2]); a <- m * M; b <- (1 - m) * M
    //   -sum(lbeta(a + x, b + n - x) - lbeta(a, b)) }
    // best <- optim(c(0, 1), loss, method = "L-BFGS-B", lower = c(-12, log(.1)), upper = c(12, log(1e4)),
    //   control = list(factr = 10, pgtol = 0)); m <- plogis(best$par[1]); M <- exp(best$par[2])
    // m is 0.2483992 and M 5.3694031. a <- m * M + x; b <- (1 - m) * M + n - x
    // cbind(a / (a + b), qbeta(.025, a, b), qbeta(.975, a, b), 1 - pbeta(.05, a, b)); the prior itself for brand 4.
    let mut market = Market::of_brands(4);
    for (brand, counterfeit) in [(1, 2), (2, 8), (3, 20)] {
        add_brand(&mut market, brand, (40, 400), counterfeit);
    }
    let lake = market.lake();
    run(&lake, "").ok();
    let expected = [
        (1, [0.073_480_259, 0.017_611_596, 0.164_293_822, 0.694_824_126]),
        (2, [0.205_727_977, 0.102_647_508, 0.333_313_015, 0.999_828_108]),
        (3, [0.470_223_411, 0.328_512_052, 0.614_423_408, 1.0]),
        (4, [0.248_399_212, 0.017_495_792, 0.647_490_874, 0.904_183_823]),
    ];
    for (brand, figures) in expected {
        let row = row(&lake, brand, "listings");
        for (column, want) in ["shrunk", "shrunk_low", "shrunk_high", "prob_above_threshold"].iter().zip(figures) {
            let got = row[*column].as_f64().expect("a figure");
            // Within what the optimiser above leaves open.
            assert!((got - want).abs() < 2e-6, "brand {brand}: {column} is {got}, R has {want}");
        }
    }
}

//! Against R 4.2.2: `gold/quantiles.R` made `gold/quantiles.txt`.

use super::*;

/// |a − b| relative to |b|, 0 where both are equal.
fn relative(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { ((a - b) / b).abs() }
}

#[test]
fn quantiles_agree_with_r() {
    let mut lines = 0;
    for line in include_str!("../../gold/quantiles.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let n: Vec<f64> = words[1..].iter().map(|word| word.parse().expect("a number")).collect();
        let got = match words[0] {
            "beta" => beta_quantile(n[0], n[1], n[2]),
            "t" => student_t_quantile(n[0], n[1]),
            "gamma" => gamma_quantile(n[0], n[1]),
            _ => normal_quantile(n[0]),
        }
        .expect("inside the domain");
        assert!(relative(got, n[3]) < 1e-10, "{line}: got {got:e}");
        lines += 1;
    }
    assert_eq!(lines, 681);
}

#[test]
fn quantiles_invert_the_distribution() {
    for (a, b) in [(0.02, 7.0), (1.5, 0.4), (33.0, 900.5), (4e6, 6e6), (1e7, 3.3), (1e-3, 2e-3)] {
        for p in [1e-9, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975] {
            let x = beta_quantile(p, a, b).expect("inside the domain");
            // Nearer to 1 than a float can tell, the function is too steep to be inverted.
            if x > 1e-300 && x < 1.0 - 1e-6 {
                let back = beta_cdf(x, a, b).expect("inside the domain");
                assert!(relative(back, p) < 1e-9, "a {a} b {b} p {p}: {back:e}");
            }
        }
    }
}

/// R 4.2.2: `sprintf("%.16g", pbeta(c(0.3,0.5,1e-5,0.999), c(2,5e6,0.01,40), c(5,5.001e6,3,0.2)))`
#[test]
fn distribution_agrees_with_r() {
    let cases = [
        (0.3, 2.0, 5.0, 0.579_825_000_000_000_1),
        (0.5, 5e6, 5.001e6, 0.624_079_188_316_728_5),
        (1e-5, 0.01, 3.0, 0.904_664_085_611_67),
        (0.999, 40.0, 0.2, 0.432_696_035_932_279_1),
    ];
    for (x, a, b, expected) in cases {
        let got = beta_cdf(x, a, b).expect("inside the domain");
        assert!(relative(got, expected) < 1e-10, "{x} {a} {b}: {got:e}");
    }
    assert_eq!(beta_cdf(0.0, 1.0, 2.0), Some(0.0));
    assert_eq!(beta_cdf(1.0, 1.0, 2.0), Some(1.0));
}

/// With shape 1 the gamma distribution is the exponential one, and with shape 1/2 half the square of a normal variable.
#[test]
fn gamma_quantiles_of_known_shapes() {
    for p in [1e-12, 1e-6, 0.025, 0.3, 0.5, 0.7, 0.975, 1.0 - 1e-9] {
        let exponential = gamma_quantile(p, 1.0).expect("inside the domain");
        assert!(relative(exponential, -(-p).ln_1p()) < 1e-13, "{p}: {exponential:e}");
        let z = normal_quantile(0.5 + p / 2.0).expect("inside the domain");
        let half_square = gamma_quantile(p, 0.5).expect("inside the domain");
        if p > 1e-4 && p < 0.999 {
            assert!(relative(half_square, z * z / 2.0) < 1e-10, "{p}: {half_square:e}");
        }
    }
    // Where the expansion for large shapes begins, it goes on from what was solved for: dx/da is 1 + z / (2 √a).
    for p in [1e-12, 0.025, 0.5, 0.975] {
        let solved = gamma_quantile(p, 1e8 - 1.0).expect("inside the domain");
        let expanded = gamma_quantile(p, 1e8).expect("inside the domain");
        let z = normal_quantile(p).expect("inside the domain");
        assert!((expanded - solved - 1.0 - z / 2e4).abs() < 1e-6, "{p}: {solved} {expanded}");
    }
    // And where the quantile is below the smallest number.
    assert_eq!(gamma_quantile(0.025, 1e-5), Some(0.0));
}

#[test]
fn outside_the_domain_is_none() {
    assert_eq!(normal_quantile(0.0), None);
    assert_eq!(normal_quantile(f64::NAN), None);
    assert_eq!(student_t_quantile(1.0, 3.0), None);
    assert_eq!(student_t_quantile(0.3, 0.0), None);
    assert_eq!(student_t_quantile(0.5, 3.0), Some(0.0));
    assert_eq!(beta_quantile(0.5, 0.0, 1.0), None);
    assert_eq!(beta_quantile(0.5, 1.0, f64::INFINITY), None);
    assert_eq!(gamma_quantile(0.0, 1.0), None);
    assert_eq!(gamma_quantile(1.0, 1.0), None);
    assert_eq!(gamma_quantile(f64::NAN, 1.0), None);
    assert_eq!(gamma_quantile(0.5, 0.0), None);
    assert_eq!(gamma_quantile(0.5, 1e101), None);
    assert_eq!(beta_cdf(1.5, 1.0, 1.0), None);
    assert_eq!(beta_cdf(f64::NAN, 1.0, 1.0), None);
}

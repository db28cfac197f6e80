//! Neyman's allocation against published numbers.

use super::super::allocate::{affordable_floor, proportional};

const WIDE: [i64; 4] = [i64::MAX / 8; 4];

/// N·S of the example of R's stratallo (README: N = c(3000, 4000, 5000, 2000), S = c(48, 79, 76, 16)).
fn example() -> [f64; 4] {
    [3_000.0 * 48.0, 4_000.0 * 79.0, 5_000.0 * 76.0, 2_000.0 * 16.0]
}

/// R's stratallo prints `opt(n, a)`: 31.376147 68.853211 82.798165 6.972477; here rounded, as in all the others.
#[test]
fn neyman_without_bounds() {
    assert_eq!(proportional(190, &example(), &[0; 4], &WIDE), [31, 69, 83, 7]);
}

/// `opt(190, a, M = c(100, 90, 70, 80))`: 35.121951 77.073171 70.000000 7.804878.
#[test]
fn neyman_with_upper_bounds() {
    assert_eq!(proportional(190, &example(), &[0; 4], &[100, 90, 70, 80]), [35, 77, 70, 8]);
}

/// `opt(190, a, m = c(50, 120, 1, 2))`: 50 120 18 2.
#[test]
fn neyman_with_lower_bounds() {
    assert_eq!(proportional(190, &example(), &[50, 120, 1, 2], &WIDE), [50, 120, 18, 2]);
}

/// `opt(1284, a, m = c(100, 90, 500, 50), M = c(300, 400, 800, 90))`: 228.9496 400.0000 604.1727 50.8777.
#[test]
fn neyman_between_bounds() {
    let got = proportional(1_284, &example(), &[100, 90, 500, 50], &[300, 400, 800, 90]);
    assert_eq!(got, [229, 400, 604, 51]);
}

/// Cochran, Sampling Techniques (1977), section 5.6, the 64 cities: N = (16, 48), S² = (53843, 5581), n = 24 gives 12.21
/// and 11.79. R: `a <- c(16, 48) * sqrt(c(53843, 5581)); 24 * a / sum(a)`: 12.20842 11.79158.
#[test]
fn cochrans_cities() {
    let weights = [16.0 * 53_843.0_f64.sqrt(), 48.0 * 5_581.0_f64.sqrt()];
    assert_eq!(proportional(24, &weights, &[2, 2], &[16, 48]), [12, 12]);
    // With more to share out than the large cities can take, they are taken whole.
    assert_eq!(proportional(40, &weights, &[2, 2], &[16, 48]), [16, 24]);
}

#[test]
fn largest_remainders_are_rounded_up_and_ties_go_by_place() {
    assert_eq!(proportional(10, &[1.0; 4], &[0; 4], &WIDE), [3, 3, 2, 2]);
    assert_eq!(proportional(1, &[1.0, 1.1, 1.0, 1.0], &[0; 4], &WIDE), [0, 1, 0, 0]);
    // 0.1 + 0.2 and its like are whole numbers here.
    assert_eq!(proportional(3, &[0.3, 0.1 + 0.2, 0.3, 0.0], &[0; 4], &WIDE), [1, 1, 1, 0]);
}

#[test]
fn without_weight_only_what_others_cannot_take() {
    assert_eq!(proportional(5, &[0.0, 1.0, 0.0, 1.0], &[1, 0, 0, 0], &[9; 4]), [1, 2, 0, 2]);
    assert_eq!(proportional(12, &[0.0, 1.0, 0.0, 1.0], &[0; 4], &[6, 3, 3, 3]), [4, 3, 2, 3]);
    assert_eq!(proportional(3, &[0.0; 4], &[0; 4], &[2, 2, 2, 0]), [1, 1, 1, 0]);
    // Out of reach: as near as it goes.
    assert_eq!(proportional(99, &[1.0; 4], &[0; 4], &[6, 3, 3, 3]), [6, 3, 3, 3]);
    assert_eq!(proportional(0, &[1.0; 4], &[1, 2, 0, 0], &[6, 3, 3, 3]), [1, 2, 0, 0]);
    assert_eq!(proportional(5, &[], &[], &[]), Vec::<i64>::new());
}

#[test]
fn the_floor_is_what_the_budget_reaches() {
    assert_eq!(affordable_floor(5, &[10, 10, 10], 15), 5);
    assert_eq!(affordable_floor(5, &[10, 10, 10], 14), 4);
    assert_eq!(affordable_floor(5, &[1, 10, 10], 11), 5);
    assert_eq!(affordable_floor(5, &[10, 10, 10], 2), 0);
    assert_eq!(affordable_floor(i64::MAX, &[3, 4], 6), 3);
    // Brands that are smaller than the floor do not lower it.
    assert_eq!(affordable_floor(100, &[3, 4], 7), 100);
}

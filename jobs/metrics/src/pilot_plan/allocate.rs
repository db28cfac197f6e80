//! Sharing out whole purchases.

/// Shares `total` out in proportion to `weights` between `lower` and `upper`, in whole numbers.
///
/// The real-valued solution is x = clamp(c · weight, lower, upper) with Σx = total, which is Neyman's optimum under box
/// constraints where the weights are N·S (Wesołowski, Wieczorkowski, Wójciak, 2023); it is then rounded down, and the
/// largest remainders, ties by place, get one more. Weights of 0 get their lower bound until all others are full, then a
/// share by room. `total` is first brought within Σ`lower` and Σ`upper`. The slices are of one length, 0 ≤ lower ≤ upper,
/// weights finite and ≥ 0.
pub(super) fn proportional(total: i64, weights: &[f64], lower: &[i64], upper: &[i64]) -> Vec<i64> {
    let total = total.clamp(lower.iter().sum(), upper.iter().sum());
    let full: i64 = (0..weights.len()).map(|i| if weights[i] > 0.0 { upper[i] } else { lower[i] }).sum();
    if total > full {
        // Those with a weight are full: the rest by room.
        let fixed: Vec<i64> = (0..weights.len()).map(|i| if weights[i] > 0.0 { upper[i] } else { lower[i] }).collect();
        let room: Vec<f64> = (0..weights.len()).map(|i| (upper[i] - fixed[i]) as f64).collect();
        let above: Vec<i64> = (0..weights.len()).map(|i| upper[i] - fixed[i]).collect();
        let more = round(total - full, &solve(total - full, &room, &vec![0; room.len()], &above), &above);
        return fixed.iter().zip(more).map(|(fixed, more)| fixed + more).collect();
    }
    round(total, &solve(total, weights, lower, upper), upper)
}

/// The real-valued solution. `total` can be reached by those with a weight.
fn solve(total: i64, weights: &[f64], lower: &[i64], upper: &[i64]) -> Vec<f64> {
    let total = total as f64;
    let clamped = |c: f64, i: usize| {
        if weights[i] > 0.0 { (c * weights[i]).clamp(lower[i] as f64, upper[i] as f64) } else { lower[i] as f64 }
    };
    let sum = |c: f64| -> f64 { (0..weights.len()).map(|i| clamped(c, i)).sum() };
    // Between two neighbouring break points the sum is a straight line in c.
    let mut breaks: Vec<f64> = (0..weights.len())
        .filter(|&i| weights[i] > 0.0)
        .flat_map(|i| [lower[i] as f64 / weights[i], upper[i] as f64 / weights[i]])
        .collect();
    breaks.sort_unstable_by(f64::total_cmp);
    breaks.dedup();
    let above = breaks.partition_point(|&c| sum(c) < total);
    let Some(&high) = breaks.get(above).or(breaks.last()) else {
        return lower.iter().map(|&l| l as f64).collect();
    };
    let low = if above == 0 { high } else { breaks[above - 1] };
    let is_free = |i: usize| {
        low < high && weights[i] > 0.0 && lower[i] as f64 / weights[i] <= low && upper[i] as f64 / weights[i] >= high
    };
    let free: f64 = (0..weights.len()).filter(|&i| is_free(i)).map(|i| weights[i]).sum();
    let fixed: f64 = (0..weights.len()).filter(|&i| !is_free(i)).map(|i| clamped(high, i)).sum();
    (0..weights.len())
        .map(|i| {
            if is_free(i) {
                ((total - fixed) * (weights[i] / free)).clamp(lower[i] as f64, upper[i] as f64)
            } else {
                clamped(high, i)
            }
        })
        .collect()
}

/// Rounds to whole numbers that add up to `total`, none above `upper` and none more than one off.
fn round(total: i64, shares: &[f64], upper: &[i64]) -> Vec<i64> {
    // A share that is whole but for the last bits counts as whole.
    let mut whole: Vec<i64> = shares.iter().zip(upper).map(|(x, &u)| ((x + 1e-9).floor() as i64).min(u)).collect();
    let mut missing = total - whole.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&a, &b| (shares[b] - whole[b] as f64).total_cmp(&(shares[a] - whole[a] as f64)).then(a.cmp(&b)));
    // One pass is enough but for rounding errors in sums of many shares.
    while missing > 0 {
        let before = missing;
        for &i in &order {
            if missing > 0 && whole[i] < upper[i] {
                whole[i] += 1;
                missing -= 1;
            }
        }
        if missing == before {
            break;
        }
    }
    whole
}

/// The greatest floor, at most `asked`, for which Σ min(floor, size) stays within `total`.
pub(super) fn affordable_floor(asked: i64, sizes: &[i64], total: i64) -> i64 {
    let (mut low, mut high) = (0, asked.min(sizes.iter().copied().max().unwrap_or(0)));
    let cost = |floor: i64| sizes.iter().map(|&size| i128::from(size.min(floor))).sum::<i128>();
    if cost(high) <= i128::from(total) {
        return asked;
    }
    while low < high {
        let middle = low + (high - low + 1) / 2;
        if cost(middle) <= i128::from(total) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

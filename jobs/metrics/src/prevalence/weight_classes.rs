//! The weights of all listings of a brand, counted and added up by powers of two: what is known of those not bought.

/// Classes of a 64-bit weight: none, and one for every power of two.
const CLASSES: usize = 64;

/// How many listings a brand has, and what they weigh together, by size class.
///
/// Class 0 holds the listings without weight; class k ≥ 1 those of a weight from 2^(k−1) to 2^k − 1. The weight is the
/// weighting's own measure: 1 for every listing, units, or GMV in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightClasses {
    counts: [i64; CLASSES],
    sums: [i128; CLASSES],
}

impl Default for WeightClasses {
    fn default() -> Self {
        Self { counts: [0; CLASSES], sums: [0; CLASSES] }
    }
}

impl WeightClasses {
    /// The class of a weight; a weight below 0, which the contract rules out, counts as none.
    #[must_use]
    pub const fn class_of(weight: i64) -> usize {
        if weight <= 0 { 0 } else { CLASSES - weight.leading_zeros() as usize }
    }

    /// Adds one listing.
    pub fn add(&mut self, weight: i64) {
        self.add_class(Self::class_of(weight), 1, i128::from(weight.max(0)));
    }

    /// Adds `count` listings of a class that weigh `sum` together, as a reduction counts them.
    ///
    /// What cannot be is left out: a class above 63, fewer than one listing, a negative sum.
    pub fn add_class(&mut self, class: usize, count: i64, sum: i128) {
        if class < CLASSES && count > 0 && sum >= 0 {
            self.counts[class] = self.counts[class].saturating_add(count);
            self.sums[class] = self.sums[class].saturating_add(sum);
        }
    }

    /// What all listings weigh.
    #[must_use]
    pub fn total(&self) -> i128 {
        self.sums.iter().fold(0, |total, sum| total.saturating_add(*sum))
    }

    /// Listings of a class and what they weigh.
    pub(super) fn class(&self, class: usize) -> (f64, f64) {
        (self.counts[class] as f64, self.sums[class] as f64)
    }

    /// The classes that hold a listing, from the lightest.
    pub(super) fn occupied(&self) -> impl Iterator<Item = usize> + '_ {
        (0..CLASSES).filter(|class| self.counts[*class] > 0)
    }
}

/// The largest Σ w² that `count` weights of a class with the sum `sum` can have.
///
/// Within [L, 2L − 1], (w − L)(w − 2L + 1) ≤ 0, so that w² ≤ (3L − 1) w − L (2L − 1): exact for weights of 1, 2 and 3, at
/// most an eighth above the truth elsewhere. One weight is its own sum. A sum that its class cannot have (part of the
/// stock has changed) is kept between that of equal weights and an eighth more.
pub(super) fn largest_square_sum(class: usize, count: f64, sum: f64) -> f64 {
    if count <= 0.0 || sum <= 0.0 {
        return 0.0;
    }
    let equal = sum * sum / count;
    if count <= 1.0 {
        return equal;
    }
    let lowest = 2.0_f64.powi(class as i32 - 1);
    ((3.0 * lowest - 1.0) * sum - lowest * (2.0 * lowest - 1.0) * count).clamp(equal, equal * 1.125)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn classes_are_powers_of_two() {
        let classes = [-5, 0, 1, 2, 3, 4, 7, 8, 1 << 40, i64::MAX].map(WeightClasses::class_of);
        assert_eq!(classes, [0, 0, 1, 2, 2, 3, 3, 4, 41, 63]);
    }

    #[test]
    fn what_cannot_be_is_left_out() {
        let mut classes = WeightClasses::default();
        classes.add_class(64, 1, 1);
        classes.add_class(3, 0, 5);
        classes.add_class(3, 1, -5);
        assert_eq!(classes, WeightClasses::default());
        classes.add_class(63, i64::MAX, i128::MAX);
        classes.add(i64::MAX);
        assert_eq!(classes.total(), i128::MAX);
    }

    proptest! {
        #[test]
        fn squares_are_bounded(class in 1_usize..40, parts in proptest::collection::vec(0.0..1.0_f64, 1..30)) {
            let lowest = 1_i64 << (class - 1);
            let weights: Vec<i64> = parts.iter().map(|part| lowest + (part * lowest as f64) as i64).collect();
            let exact: f64 = weights.iter().map(|weight| (*weight as f64).powi(2)).sum();
            let sum: f64 = weights.iter().map(|weight| *weight as f64).sum();
            let bound = largest_square_sum(class, weights.len() as f64, sum);
            prop_assert!(bound >= exact * (1.0 - 1e-12), "{bound} < {exact}");
            prop_assert!(bound <= exact * 1.125 * (1.0 + 1e-12), "{bound} > {exact}");
        }

        #[test]
        fn listings_and_reduced_classes_agree(weights in proptest::collection::vec(0_i64..5_000, 0..50)) {
            let mut one_by_one = WeightClasses::default();
            let mut reduced = WeightClasses::default();
            for weight in &weights {
                one_by_one.add(*weight);
            }
            for class in 0..64 {
                let members = weights.iter().filter(|weight| WeightClasses::class_of(**weight) == class);
                let (count, sum) = members.fold((0, 0), |(count, sum), weight| (count + 1, sum + i128::from(*weight)));
                reduced.add_class(class, count, sum);
            }
            prop_assert_eq!(&one_by_one, &reduced);
            prop_assert_eq!(one_by_one.total(), weights.iter().map(|weight| i128::from(*weight)).sum::<i128>());
        }
    }
}

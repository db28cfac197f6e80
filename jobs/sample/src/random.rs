//! Randomness that is the same on every machine.
//!
//! Every table, and in it every day or entity, has a stream of its own: the key of a ChaCha8 generator is a hash of
//! the seed and the table's label, its stream number the entity. So a new table shifts no other, and a row can be
//! derived again without the rows before it. Logarithms and exponentials are computed here from additions,
//! multiplications and divisions only, because the ones of the system's library differ in the last bit between machines.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// The streams of one label.
#[derive(Clone)]
pub(crate) struct Family {
    base: ChaCha8Rng,
}

impl Family {
    /// The family of a label under a seed.
    pub(crate) fn new(seed: u64, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"mirrorlake-sample/1/");
        hash.update(seed.to_le_bytes());
        hash.update(label.as_bytes());
        Self { base: ChaCha8Rng::from_seed(hash.finalize().into()) }
    }

    /// The stream of an entity, from its start.
    pub(crate) fn stream(&self, entity: u64) -> Stream {
        let mut generator = self.base.clone();
        generator.set_stream(entity);
        Stream { generator }
    }
}

/// One stream of random numbers.
pub(crate) struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// Goes to a position, counted in 32-bit words from the stream's start.
    pub(crate) fn seek(&mut self, word: u64) {
        self.generator.set_word_pos(u128::from(word));
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A number below `n` (0 for 0). The bias of the multiplication is below n / 2^64.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// An index below `n`.
    pub(crate) fn index(&mut self, n: usize) -> usize {
        self.below(n as u64) as usize
    }

    /// A number from `low` to `high`, both included; `low` where the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        low + self.below((high - low) as u64 + 1) as i64
    }

    /// True with a probability of `permille` / 1000.
    pub(crate) fn chance(&mut self, permille: u64) -> bool {
        self.below(1_000) < permille
    }

    /// One of a slice that is not empty.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.index(from.len())]
    }

    /// An index drawn with the given weights.
    pub(crate) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        weights.len().saturating_sub(1)
    }

    /// A number in (0, 1].
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Roughly standard normal: the sum of twelve uniform numbers less six.
    pub(crate) fn bell(&mut self) -> f64 {
        let mut sum = 0_u64;
        for _ in 0..6 {
            let word = self.next();
            sum += (word >> 32) + (word & 0xffff_ffff);
        }
        sum as f64 / (1_u64 << 32) as f64 - 6.0
    }

    /// Log-normal with this median.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * exp(sigma * self.bell())
    }

    /// Pareto from 1, cut off at `cap`.
    pub(crate) fn pareto(&mut self, alpha: f64, cap: f64) -> f64 {
        exp(-ln(self.unit()) / alpha).min(cap)
    }

    /// Puts a slice in random order.
    pub(crate) fn shuffle<T>(&mut self, slice: &mut [T]) {
        for i in (1..slice.len()).rev() {
            slice.swap(i, self.index(i + 1));
        }
    }
}

/// e^x for |x| below 700, by halving the argument into the series' reach.
pub(crate) fn exp(x: f64) -> f64 {
    let k = (x / std::f64::consts::LN_2).round();
    let r = x - k * std::f64::consts::LN_2;
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..=14 {
        term *= r / f64::from(n);
        sum += term;
    }
    let exponent = (k as i64).clamp(-1_000, 1_000);
    sum * f64::from_bits(((1_023 + exponent) as u64) << 52)
}

/// The natural logarithm of a positive number.
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.max(f64::MIN_POSITIVE).to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1_023;
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1_023 << 52));
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    let (mut sum, mut power) = (0.0, z);
    for n in 0..24 {
        sum += power / f64::from(2 * n + 1);
        power *= square;
    }
    2.0 * sum + exponent as f64 * std::f64::consts::LN_2
}

/// x^y for a positive x.
pub(crate) fn pow(x: f64, y: f64) -> f64 {
    exp(y * ln(x))
}

/// Draws from a fixed distribution in constant time (Walker's alias method).
pub(crate) struct Alias {
    /// Per slot: below this fraction of 2^32 the slot itself, else its alias.
    slots: Vec<(u32, u32)>,
}

impl Alias {
    /// The table for weights, of which at least one is positive.
    pub(crate) fn new(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let n = weights.len();
        let mut scaled: Vec<f64> = weights.iter().map(|w| w / total * n as f64).collect();
        let mut slots: Vec<(u32, u32)> = (0..n).map(|i| (u32::MAX, i as u32)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| scaled[i] < 1.0);
        while let (Some(low), Some(&high)) = (small.pop(), large.last()) {
            slots[low] = ((scaled[low] * (u32::MAX as f64)) as u32, high as u32);
            scaled[high] -= 1.0 - scaled[low];
            if scaled[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        Self { slots }
    }

    /// The draw that a random word decides.
    #[inline]
    pub(crate) fn draw(&self, word: u64) -> usize {
        let slot = ((word >> 32) * self.slots.len() as u64) >> 32;
        let (threshold, alias) = self.slots[slot as usize];
        if (word as u32) < threshold { slot as usize } else { alias as usize }
    }
}

/// A permutation of 0..n that is computed, not stored.
pub(crate) struct Permutation {
    n: u64,
    mask: u64,
    shift: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// The permutation that a stream decides.
    pub(crate) fn new(n: u64, stream: &mut Stream) -> Self {
        let bits = 64 - n.saturating_sub(1).leading_zeros().min(63);
        let mask = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
        Self { n, mask, shift: (bits / 2).max(1), keys: [stream.next(), stream.next(), stream.next(), stream.next()] }
    }

    /// Where `x` goes; `x` must be below n. Walks on until it lands below n, twice at the most on average.
    #[inline]
    pub(crate) fn apply(&self, mut x: u64) -> u64 {
        loop {
            for key in self.keys {
                // An odd factor and a shift to the right are both reversible modulo a power of two.
                x = x.wrapping_mul(key | 1).wrapping_add(key >> 17) & self.mask;
                x ^= x >> self.shift;
            }
            if x < self.n {
                return x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_functions_agree_with_the_library_to_many_digits() {
        for i in 1..400 {
            let x = f64::from(i) * 0.37;
            assert!((ln(x) - x.ln()).abs() < 1e-13 * (1.0 + x.ln().abs()), "ln {x}");
            let y = f64::from(i - 200) * 0.11;
            assert!((exp(y) / y.exp() - 1.0).abs() < 1e-13, "exp {y}");
        }
    }

    #[test]
    fn permutations_hit_every_number_once() {
        for n in [1_u64, 2, 3, 7, 64, 1000, 1025] {
            let permutation = Permutation::new(n, &mut Family::new(1, "test").stream(n));
            let mut seen: Vec<u64> = (0..n).map(|x| permutation.apply(x)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn alias_draws_follow_the_weights() {
        let alias = Alias::new(&[1.0, 0.0, 2.0, 5.0]);
        let mut stream = Family::new(3, "alias").stream(0);
        let mut counts = [0_u32; 4];
        for _ in 0..80_000 {
            counts[alias.draw(stream.next())] += 1;
        }
        assert_eq!(counts[1], 0);
        for (count, expected) in counts.into_iter().zip([10_000_i32, 0, 20_000, 50_000]) {
            assert!((i32::try_from(count).expect("small") - expected).abs() < 700, "{counts:?}");
        }
    }

    #[test]
    fn streams_do_not_depend_on_each_other() {
        let family = Family::new(9, "a");
        let mut first = family.stream(1);
        let mut again = family.stream(1);
        let numbers: Vec<u64> = (0..40).map(|_| first.next()).collect();
        again.seek(2 * 16);
        assert_eq!(again.next(), numbers[16]);
        assert_ne!(family.stream(2).next(), numbers[0]);
        assert_ne!(Family::new(9, "b").stream(1).next(), numbers[0]);
    }
}

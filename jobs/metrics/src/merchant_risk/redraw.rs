//! Evidence drawn again: what else might have been counted.

use super::features::is_burst;
use super::signals::Signals;
use crate::quantiles::normal_quantile;
use mirrorlake_model::risk::Code;

/// Counts above this are drawn by the normal distribution with its first correction, which is then within a thousandth of
/// Poisson's at every quantile that matters.
const MOST_TABLED: i64 = 64;

/// Random numbers of one merchant in one replicate: a function of both and the seed alone.
pub(super) struct Stream(u64);

impl Stream {
    pub(super) fn new(seed: u64, merchant_id: i64, replicate: u32) -> Self {
        Self(mixed(mixed(mixed(seed) ^ merchant_id.cast_unsigned()) ^ u64::from(replicate)))
    }

    /// Uniform within (0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        ((mixed(self.0) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Uniform among the numbers from 0 below `n`, `n` being far below 2^52.
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n - 1)
    }

    /// Standard normal.
    fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform()).unwrap_or(0.0)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014), after its increment, so that 0 is mixed as well.
const fn mixed(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Poisson numbers by inversion: tables of the distribution for small means.
pub(super) struct Poisson {
    /// P(X ≤ k) from k = 0 on, one table for each whole mean from 0 on.
    tables: Vec<Vec<f64>>,
}

impl Poisson {
    pub(super) fn new() -> Self {
        let tables = (0..=MOST_TABLED).map(|mean| {
            let mean = mean as f64;
            let (mut term, mut sum, mut table) = ((-mean).exp(), 0.0, Vec::new());
            // Ten deviations above the mean are never drawn from 52 random bits.
            for k in 0..=(mean + 10.0 * mean.sqrt() + 10.0) as usize {
                sum += term;
                table.push(sum);
                term *= mean / (k as f64 + 1.0);
            }
            table
        });
        Self { tables: tables.collect() }
    }

    /// A number with the mean `count`; 0 for a count that is not above 0.
    pub(super) fn draw(&self, stream: &mut Stream, count: i64) -> i64 {
        if count <= 0 {
            return 0;
        }
        if let Some(table) = usize::try_from(count).ok().and_then(|count| self.tables.get(count)) {
            let uniform = stream.uniform();
            return table.partition_point(|share| *share < uniform) as i64;
        }
        let (mean, z) = (count as f64, stream.normal());
        // Cornish and Fisher's expansion to the skewness 1/√mean.
        (mean + z * mean.sqrt() + (z * z - 1.0) / 6.0).round().max(0.0) as i64
    }
}

/// Whether a signal has evidence that could have come out otherwise. What is on record (documents, links, the shop's age)
/// could not, and where nothing was counted nothing is drawn.
pub(super) fn is_drawn(code: Code, signals: &Signals) -> bool {
    match code {
        Code::Allegations => signals.allegations > 0,
        Code::CounterfeitRefunds => signals.counterfeit_refund_units > 0,
        Code::UpheldTakedowns | Code::EnforcementDays | Code::UpheldListingShare | Code::RepeatInfringer => {
            signals.upheld_takedowns > 0
        }
        Code::Reappearances => signals.reappearances > 0,
        Code::PriceDepth => signals.deep_discount_units > 0,
        Code::SalesBurst => signals.burst_z.is_some_and(is_burst),
        Code::ImageMatches => signals.image_matches > 0,
        Code::LinkedUpheld => signals.linked_upheld > 0,
        Code::PilotVerdicts => signals.pilot_counterfeit > 0,
        Code::StoreAge | Code::UnauthorisedBrands | Code::DocumentIssues | Code::LinkedMerchants => false,
    }
}

/// The signals with all evidence drawn again; always the same numbers of the stream for the same signals.
pub(super) fn redrawn(signals: &Signals, poisson: &Poisson, stream: &mut Stream) -> Signals {
    let mut drawn = *signals;
    // The part and the rest of a whole are drawn apart, so that the part stays a part of it.
    let mut part = |part: i64, whole: i64| {
        if part <= 0 {
            return (part, whole);
        }
        let new = poisson.draw(stream, part);
        (new, new + poisson.draw(stream, whole - part))
    };
    (drawn.allegations, drawn.comments) = part(signals.allegations, signals.comments);
    (drawn.counterfeit_refund_units, drawn.units) = part(signals.counterfeit_refund_units, signals.units);
    (drawn.deep_discount_units, drawn.priced_units) = part(signals.deep_discount_units, signals.priced_units);
    (drawn.pilot_counterfeit, drawn.pilot_sampled) = part(signals.pilot_counterfeit, signals.pilot_sampled);
    if signals.upheld_takedowns > 0 {
        // What was taken down on one day was one finding, and stands or falls together.
        let days = signals.enforcement_days.max(1);
        let new = poisson.draw(stream, days);
        let scaled = |count: i64| ((count as f64 * new as f64) / days as f64).round() as i64;
        drawn.enforcement_days = new;
        drawn.upheld_takedowns = scaled(signals.upheld_takedowns);
        drawn.upheld_listings = scaled(signals.upheld_listings);
    }
    drawn.reappearances = poisson.draw(stream, signals.reappearances);
    drawn.image_matches = poisson.draw(stream, signals.image_matches);
    drawn.linked_upheld = poisson.draw(stream, signals.linked_upheld);
    // A z has by its making the deviation 1.
    drawn.burst_z = signals.burst_z.map(|z| if is_burst(z) { z + stream.normal() } else { z });
    drawn
}

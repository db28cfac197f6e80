//! How sure a rank is: all merchants ranked again and again, with their evidence drawn again each time.

use super::features::{feature, features};
use super::model::Model;
use super::prior::Priors;
use super::redraw::{Poisson, Stream, is_drawn, redrawn};
use super::score::{Standing, score};
use super::signals::{Available, Signals};
use mirrorlake_model::risk::Code;

/// Below this many merchants one thread is faster than starting others.
const LEAST_FOR_THREADS: usize = 20_000;

/// How ranks are drawn again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampling {
    /// Replicates.
    pub replicates: u32,
    /// Level of the interval.
    pub level: f64,
    /// The same seed gives the same intervals.
    pub seed: u64,
    /// Threads to work with; never changes a result.
    pub threads: usize,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { replicates: 200, level: mirrorlake_model::thresholds::CONFIDENCE_LEVEL, seed: 1, threads: 1 }
    }
}

/// A rank and the ranks that other draws of the evidence give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankInterval {
    /// The rank by the evidence as it is, from 1.
    pub rank: i64,
    /// The smallest rank of the interval.
    pub low: i64,
    /// The largest.
    pub high: i64,
}

/// Ranks with percentile intervals by a Poisson bootstrap (Chamandy and others, 2012), in the order given.
///
/// In each replicate every piece of evidence counts a Poisson number of times with mean 1, so that each count is drawn
/// again as Poisson(count): parts and rests of a whole apart, takedowns by their days, and a burst's z with its own
/// deviation of 1. All merchants are then ranked again. The interval leaves (1 − level) / 2 of the replicates
/// below and above, rounded up to one at least counted in; it always holds the rank itself.
///
/// - The priors stay as they are, and so does what is on record: documents, links, the shop's age.
/// - Counts of 0 stay 0: a merchant without evidence moves as others pass it. So at the bottom the intervals say how
///   stable the list is, not what unseen evidence might do.
/// - Random numbers depend on seed, merchant and replicate alone: neither the order nor the threads show.
///
/// `merchants` are identifiers, each once, with their signals.
#[must_use]
pub fn rank_intervals(
    model: &Model,
    priors: &Priors,
    available: &Available,
    merchants: &[(i64, Signals)],
    resampling: &Resampling,
) -> Vec<RankInterval> {
    let field = &Field::new(model, priors, available, merchants, resampling.seed);
    let ranks = super::rank(&field.standings);
    let tail = (1.0 - resampling.level.clamp(0.0, 1.0)) / 2.0;
    let kept = ((tail * f64::from(resampling.replicates)).ceil() as usize).max(1);
    let mut extremes = vec![u32::MAX; 2 * kept * merchants.len()];
    let threads = if merchants.len() < LEAST_FOR_THREADS { 1 } else { resampling.threads.max(1) };
    let mut replicates = 0..resampling.replicates;
    loop {
        // As many replicates at a time as there are threads, so that memory does not grow with their number.
        let round: Vec<u32> = replicates.by_ref().take(threads).collect();
        if round.is_empty() {
            break;
        }
        let drawn = in_parallel(round.into_iter().map(|replicate| move || field.ranks(replicate)).collect());
        let share = merchants.len().div_ceil(threads).max(1);
        let (chunks, drawn) = (extremes.chunks_mut(2 * kept * share), &drawn);
        let chunks = chunks.enumerate().map(|(at, chunk)| move || note(chunk, kept, drawn, at * share));
        in_parallel(chunks.collect());
    }
    let interval = |(rank, extremes): (&i64, &[u32])| {
        let (smallest, largest) = extremes.split_at(kept);
        let (low, high) = (smallest[kept - 1], u32::MAX - largest[kept - 1]);
        let drawn = resampling.replicates as usize >= kept;
        RankInterval {
            rank: *rank,
            low: if drawn { i64::from(low).min(*rank) } else { *rank },
            high: if drawn { i64::from(high).max(*rank) } else { *rank },
        }
    };
    ranks.iter().zip(extremes.chunks(2 * kept)).map(interval).collect()
}

/// Runs tasks, each on a thread of its own where there are several.
fn in_parallel<T: Send>(mut tasks: Vec<impl FnOnce() -> T + Send>) -> Vec<T> {
    if tasks.len() == 1 {
        return tasks.drain(..).map(|task| task()).collect();
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = tasks.drain(..).map(|task| scope.spawn(task)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Puts ranks among the smallest and the largest (kept as distances from the top) of some merchants, from `first` on.
fn note(extremes: &mut [u32], kept: usize, drawn: &[Vec<u32>], first: usize) {
    for (place, extremes) in (first..).zip(extremes.chunks_mut(2 * kept)) {
        let (smallest, largest) = extremes.split_at_mut(kept);
        for rank in drawn.iter().map(|ranks| ranks[place]) {
            insert(smallest, rank);
            insert(largest, u32::MAX - rank);
        }
    }
}

/// Puts a number into a rising list of the smallest, the largest of which falls out.
fn insert(list: &mut [u32], number: u32) {
    let last = list.len() - 1;
    if number >= list[last] {
        return;
    }
    let at = list.partition_point(|other| *other <= number);
    list.copy_within(at..last, at + 1);
    list[at] = number;
}

/// A merchant's key of sorting: rising is falling log-odds, then the order of ties.
type Key = (u64, u32, u32);

/// All merchants, those with evidence to draw apart from those without.
struct Field<'a> {
    model: &'a Model,
    priors: &'a Priors,
    merchants: &'a [(i64, Signals)],
    seed: u64,
    standings: Vec<Standing>,
    drawn: Vec<Drawn>,
    /// Keys of the others, sorted.
    fixed: Vec<Key>,
    poisson: Poisson,
}

/// A merchant with evidence to draw.
struct Drawn {
    place: u32,
    /// Its place where log-odds are equal.
    tie: u32,
    /// One bit for each signal that is drawn.
    codes: u16,
    /// Log-odds without those.
    rest: f64,
}

impl<'a> Field<'a> {
    fn new(
        model: &'a Model,
        priors: &'a Priors,
        available: &Available,
        merchants: &'a [(i64, Signals)],
        seed: u64,
    ) -> Self {
        let mut ties: Vec<u32> = (0..merchants.len() as u32).collect();
        ties.sort_unstable_by_key(|place| {
            let (merchant_id, signals) = &merchants[*place as usize];
            (std::cmp::Reverse(signals.units), *merchant_id)
        });
        let mut tie_of = vec![0; merchants.len()];
        for (tie, place) in (0..).zip(ties) {
            tie_of[place as usize] = tie;
        }
        let (mut standings, mut drawn, mut fixed) = (Vec::with_capacity(merchants.len()), Vec::new(), Vec::new());
        for (place, (merchant_id, signals)) in (0..).zip(merchants) {
            let scored = score(model, &features(signals, priors, available));
            standings.push(Standing { merchant_id: *merchant_id, log_odds: scored.log_odds, units: signals.units });
            let mut codes = 0;
            for code in Code::ALL.iter().filter(|code| available.has(**code) && model.weight(**code) > 0.0) {
                codes |= u16::from(is_drawn(*code, signals)) << code.place();
            }
            let tie = tie_of[place as usize];
            if codes == 0 {
                fixed.push((falling(scored.log_odds), tie, place));
                continue;
            }
            let others = scored.contributions.iter().enumerate().filter(|(at, _)| codes >> at & 1 == 0);
            let rest = others.fold(model.base.value, |sum, (_, contribution)| sum + contribution);
            drawn.push(Drawn { place, tie, codes, rest });
        }
        fixed.sort_unstable();
        Self { model, priors, merchants, seed, standings, drawn, fixed, poisson: Poisson::new() }
    }

    /// The ranks of all merchants in one replicate.
    fn ranks(&self, replicate: u32) -> Vec<u32> {
        let mut keys: Vec<Key> = self.drawn.iter().map(|drawn| self.key(drawn, replicate)).collect();
        keys.sort_unstable();
        let mut ranks = vec![0; self.merchants.len()];
        let (mut fixed, mut keys) = (self.fixed.iter().peekable(), keys.iter().peekable());
        for rank in 1..=self.merchants.len() as u32 {
            let from_fixed = match (fixed.peek(), keys.peek()) {
                (Some(one), Some(other)) => one < other,
                (one, _) => one.is_some(),
            };
            if let Some((_, _, place)) = if from_fixed { fixed.next() } else { keys.next() } {
                ranks[*place as usize] = rank;
            }
        }
        ranks
    }

    fn key(&self, drawn: &Drawn, replicate: u32) -> Key {
        let (merchant_id, signals) = &self.merchants[drawn.place as usize];
        let again = redrawn(signals, &self.poisson, &mut Stream::new(self.seed, *merchant_id, replicate));
        let mut log_odds = drawn.rest;
        let mut codes = drawn.codes;
        while codes != 0 {
            let at = codes.trailing_zeros() as usize;
            codes &= codes - 1;
            log_odds += self.model.weights[at].value * feature(Code::ALL[at], &again, self.priors);
        }
        (falling(log_odds), drawn.tie, drawn.place)
    }
}

/// The bits of a number so mapped that larger numbers come first, in the order of [`f64::total_cmp`].
fn falling(number: f64) -> u64 {
    let bits = number.to_bits();
    let rising = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    !rising
}

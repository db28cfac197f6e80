//! What the intervals covered, by scenario, as tables.

use super::market::{DESIGNS, LINKS, RATES, SHARES, SIZES, STOCKS, Scenario, TAILS};
use mirrorlake_metrics::interval::Interval;

/// By what listings are weighted.
pub const WEIGHTINGS: [&str; 3] = ["listings", "units", "GMV"];

/// Naive pooling, the design-based interval, the robust one.
pub const METHODS: usize = 3;

/// What the three methods say of one brand under one weighting, corrected, and what is true.
pub struct Outcome {
    pub truth: f64,
    pub estimates: [f64; METHODS],
    pub intervals: [Interval; METHODS],
}

#[derive(Clone, Copy, Default)]
struct Sums {
    covered: f64,
    too_low: f64,
    width: f64,
    error: f64,
    squared_error: f64,
}

/// Sums over the brands of one scenario.
#[derive(Clone, Copy, Default)]
struct Cell {
    brands: f64,
    truth: f64,
    methods: [Sums; METHODS],
}

impl Cell {
    fn add(&mut self, outcome: &Outcome) {
        self.brands += 1.0;
        self.truth += outcome.truth;
        for ((sums, interval), estimate) in self.methods.iter_mut().zip(&outcome.intervals).zip(&outcome.estimates) {
            let (below, above) = (outcome.truth < interval.low - 1e-12, outcome.truth > interval.high + 1e-12);
            sums.covered += if below || above { 0.0 } else { 1.0 };
            sums.too_low += if above { 1.0 } else { 0.0 };
            sums.width += interval.high - interval.low;
            sums.error += estimate - outcome.truth;
            sums.squared_error += (estimate - outcome.truth).powi(2);
        }
    }
}

/// Cells by scenario and weighting; the first is all of them.
pub struct Tally {
    cells: Vec<[Cell; 3]>,
    /// The same for pairs of rows.
    pairs: Vec<[Cell; 3]>,
}

/// Fewer brands than this say nothing of a pair of scenarios.
const MIN_BRANDS: f64 = 200.0;

fn labels() -> Vec<(&'static str, &'static str)> {
    let lists: [(&str, &[&str]); 7] = [
        ("sales", &TAILS),
        ("counterfeits", &LINKS),
        ("listing rate", &RATES),
        ("design", &DESIGNS),
        ("purchases", &SIZES),
        ("stock", &STOCKS),
        ("counterfeit listings", &SHARES),
    ];
    let each = lists.iter().flat_map(|(name, list)| list.iter().map(move |label| (*name, *label)));
    std::iter::once(("", "all")).chain(each).collect()
}

/// The rows that a scenario belongs to.
fn rows(scenario: Scenario) -> [usize; 8] {
    let picks = [
        (TAILS.len(), scenario.tail),
        (LINKS.len(), scenario.link),
        (RATES.len(), scenario.rate),
        (DESIGNS.len(), scenario.design),
        (SIZES.len(), scenario.size),
        (STOCKS.len(), scenario.stock),
        (SHARES.len(), scenario.shares),
    ];
    let mut rows = [0; 8];
    let mut first = 1;
    for (row, (count, pick)) in rows[1..].iter_mut().zip(picks) {
        *row = first + pick;
        first += count;
    }
    rows
}

impl Tally {
    pub fn new() -> Self {
        let rows = labels().len();
        Self { cells: vec![[Cell::default(); 3]; rows], pairs: vec![[Cell::default(); 3]; rows * rows] }
    }

    pub fn add(&mut self, scenario: Scenario, weighting: usize, outcome: &Outcome) {
        let rows = rows(scenario);
        let count = self.cells.len();
        for (place, row) in rows.into_iter().enumerate() {
            self.cells[row][weighting].add(outcome);
            for other in &rows[place + 1..] {
                self.pairs[row * count + other][weighting].add(outcome);
            }
        }
    }

    /// Coverage and mean width of the three methods over all brands.
    #[cfg(test)]
    pub fn coverage_and_width(&self, weighting: usize) -> [(f64, f64); METHODS] {
        let cell = &self.cells[0][weighting];
        cell.methods.map(|sums| (sums.covered / cell.brands, sums.width / cell.brands))
    }

    /// One line a weighting: brands, then coverage, width, bias and error of each method.
    pub fn print_summary(&self, title: &str) {
        println!("\n### {title}\n");
        println!("| weighting | brands | true | | coverage | truth above | width | bias | error (RMS) |");
        println!("|---|--:|--:|---|--:|--:|--:|--:|--:|");
        for (cell, weighting) in self.cells[0].iter().zip(WEIGHTINGS) {
            for (sums, method) in cell.methods.iter().zip(["naive pooling", "design-based", "robust"]) {
                let n = cell.brands;
                println!(
                    "| {weighting} | {n} | {:.3} | {method} | {:.3} | {:.3} | {:.3} | {:+.3} | {:.3} |",
                    cell.truth / n,
                    sums.covered / n,
                    sums.too_low / n,
                    sums.width / n,
                    sums.error / n,
                    (sums.squared_error / n).sqrt()
                );
            }
        }
    }

    /// The pairs of scenarios in which the robust interval covers least.
    pub fn print_worst(&self, title: &str) {
        println!("\n### {title}\n\n| weighting | | and | brands | design | robust |\n|---|---|---|--:|--:|--:|");
        let labels = labels();
        for (weighting, name) in WEIGHTINGS.iter().enumerate() {
            let share = |pair: usize, method: usize| {
                let cell = &self.pairs[pair][weighting];
                cell.methods[method].covered / cell.brands
            };
            let mut pairs: Vec<usize> = (labels.len()..self.pairs.len())
                .filter(|pair| self.pairs[*pair][weighting].brands >= MIN_BRANDS)
                .collect();
            pairs.sort_by(|a, b| share(*a, 2).total_cmp(&share(*b, 2)));
            for pair in pairs.into_iter().take(4) {
                let (first, second) = (labels[pair / labels.len()].1, labels[pair % labels.len()].1);
                let brands = self.pairs[pair][weighting].brands;
                println!("| {name} | {first} | {second} | {brands} | {:.3} | {:.3} |", share(pair, 1), share(pair, 2));
            }
        }
    }

    /// Coverage (and width; for naive pooling its bias) by scenario.
    pub fn print_scenarios(&self, title: &str) {
        println!("\n### {title}\n");
        println!(
            "| | | listings: naive | design | robust | units: naive | design | robust | GMV: naive | design | robust |"
        );
        println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for ((kind, label), row) in labels().iter().zip(&self.cells).filter(|(_, row)| row[0].brands > 0.0) {
            let mut line = format!("| {kind} | {label} |");
            for cell in row {
                let n = cell.brands;
                let [naive, design, robust] = cell.methods;
                line += &format!(" {:.2} ({:+.2}) |", naive.covered / n, naive.error / n);
                line += &format!(" {:.3} ({:.2}) |", design.covered / n, design.width / n);
                line += &format!(" {:.3} ({:.2}) |", robust.covered / n, robust.width / n);
            }
            println!("{line}");
        }
    }
}

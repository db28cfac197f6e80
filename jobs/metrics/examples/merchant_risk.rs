//! How well the reviewed weights rank, on merchants whose truth is known:
//! `cargo run --release -p mirrorlake-metrics --example merchant_risk -- SIGNALS.csv... [--weights FILE] [--without GROUPS] [--verbose]`.
//!
//! Each CSV has a header and one merchant a line: `merchant_id`, the counts of `Signals` by their names, `positive` (1 or 0),
//! optionally `share` (the true counterfeit share of its units) and `daily_units` (35 days' units in one field, the oldest
//! first, parted by spaces), from which the burst is computed. Other columns are left alone. `--without` takes groups away, by the names of
//! `Available`, parted by commas: what a run without those marts would see.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a tool at the edge, not part of the library")]

use mirrorlake_metrics::merchant_risk::{
    Available, BetaPrior, Code, Forest, Judged, Model, Priors, RECENT_DAYS, Signals, average_precision, brier, burst_z,
    calibration, features, isolation_forest, market_lift, precision_at, score,
};
use std::collections::BTreeMap;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// A merchant with its truth.
struct Merchant {
    id: i64,
    signals: Signals,
    positive: bool,
    share: Option<f64>,
    daily: Vec<i64>,
}

fn main() -> Fallible<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut files, mut model, mut available, mut verbose) = (Vec::new(), Model::reviewed()?, Available::ALL, false);
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--weights" => model = Model::parse(&std::fs::read_to_string(arguments.next().ok_or("--weights FILE")?)?)?,
            "--without" => without(&mut available, &arguments.next().ok_or("--without GROUPS")?)?,
            "--verbose" => verbose = true,
            _ => files.push(word),
        }
    }
    println!(
        "{:<28} {:>5} {:>5}  {:<16} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "signals", "n", "pos", "ranked by", "AP", "P@10", "P@50", "P@100", "P@1%", "Brier"
    );
    for file in files {
        let merchants = read(&file)?;
        let name = file.rsplit('/').next().unwrap_or(&file).trim_end_matches(".csv").to_owned();
        table(&name, &merchants, &model, &available, verbose);
    }
    Ok(())
}

/// Takes groups of signals away.
fn without(available: &mut Available, groups: &str) -> Fallible<()> {
    for group in groups.split(',') {
        let flag = match group {
            "comments" => &mut available.comments,
            "refunds" => &mut available.refunds,
            "takedowns" => &mut available.takedowns,
            "reappearances" => &mut available.reappearances,
            "image_matches" => &mut available.image_matches,
            "prices" => &mut available.prices,
            "bursts" => &mut available.bursts,
            "store_age" => &mut available.store_age,
            "documents" => &mut available.documents,
            "links" => &mut available.links,
            "pilot" => &mut available.pilot,
            _ => return Err(format!("there is no group {group:?}").into()),
        };
        *flag = false;
    }
    Ok(())
}

/// Reads merchants, with their bursts against what the whole marketplace did.
fn read(file: &str) -> Fallible<Vec<Merchant>> {
    let text = std::fs::read_to_string(file)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().ok_or("an empty file")?.split(',').collect();
    let mut merchants = Vec::new();
    for line in lines {
        let fields: BTreeMap<&str, &str> = header.iter().copied().zip(line.split(',')).collect();
        merchants.push(merchant(&fields)?);
    }
    let market = |from: usize, to: usize| -> Vec<i64> {
        (from..to).map(|day| merchants.iter().filter_map(|m| m.daily.get(day)).sum()).collect()
    };
    let days = merchants.iter().map(|m| m.daily.len()).max().unwrap_or(0);
    let parting = days.saturating_sub(RECENT_DAYS);
    let lift = market_lift(&market(parting, days), &market(0, parting));
    for merchant in &mut merchants {
        if let Some((before, newest)) = merchant.daily.split_at_checked(parting) {
            merchant.signals.burst_z = burst_z(newest, before, lift);
            merchant.signals.recent_units = newest.iter().sum();
            merchant.signals.trailing_units = before.iter().sum();
        }
    }
    Ok(merchants)
}

fn merchant(fields: &BTreeMap<&str, &str>) -> Fallible<Merchant> {
    let count = |name: &str| -> Fallible<i64> {
        let field = fields.get(name).ok_or_else(|| format!("no column {name}"))?;
        field.parse().map_err(|error| format!("{name}: {field:?}: {error}").into())
    };
    let daily = fields.get("daily_units").map_or("", |field| *field).split_whitespace().map(str::parse);
    Ok(Merchant {
        id: count("merchant_id")?,
        signals: Signals {
            units: count("units")?,
            gmv_minor: count("gmv_minor")?,
            comments: count("comments")?,
            allegations: count("allegations")?,
            counterfeit_refund_units: count("counterfeit_refund_units")?,
            listings: count("listings")?,
            listings_active: count("listings_active")?,
            upheld_takedowns: count("upheld_takedowns")?,
            upheld_listings: count("upheld_listings")?,
            enforcement_days: count("enforcement_days")?,
            reappearances: count("reappearances")?,
            priced_units: count("priced_units")?,
            deep_discount_units: count("deep_discount_units")?,
            store_age_days: count("store_age_days")?,
            unauthorised_brands: count("unauthorised_brands")?,
            document_issues: count("document_issues")?,
            image_matches: count("image_matches")?,
            linked_merchants: count("linked_merchants")?,
            linked_upheld: count("linked_upheld")?,
            pilot_sampled: count("pilot_sampled")?,
            pilot_counterfeit: count("pilot_counterfeit")?,
            ..Signals::default()
        },
        positive: count("positive")? == 1,
        share: fields.get("share").map(|field| field.parse()).transpose()?,
        daily: daily.collect::<Result<_, _>>()?,
    })
}

/// Prints what the model and the baselines come to.
fn table(name: &str, merchants: &[Merchant], model: &Model, available: &Available, verbose: bool) {
    let signals: Vec<Signals> = merchants.iter().map(|m| m.signals).collect();
    let priors = Priors::fit(&signals, available);
    let rows: Vec<_> = merchants.iter().map(|m| (m.id, features(&m.signals, &priors, available))).collect();
    let scores: Vec<f64> = rows.iter().map(|(_, features)| score(model, features).score).collect();
    let log_odds: Vec<f64> = rows.iter().map(|(_, features)| score(model, features).log_odds).collect();
    let by = |value: fn(&Signals) -> f64| signals.iter().map(value).collect::<Vec<f64>>();
    let rankings = [
        ("model", log_odds),
        ("takedowns", by(|s| s.upheld_takedowns as f64)),
        ("complaint rate", by(Signals::allegation_rate)),
        ("isolation forest", isolation_forest(&rows, &Forest::default())),
    ];
    for (ranking, values) in &rankings {
        let judge = |(m, score): (&Merchant, &f64)| Judged { score: *score, positive: m.positive, weight: 1.0 };
        let judged: Vec<Judged> = merchants.iter().zip(values).map(judge).collect();
        let [ap, p10, p50, p100, p1] = [
            average_precision(&judged),
            precision_at(&judged, 10),
            precision_at(&judged, 50),
            precision_at(&judged, 100),
            precision_at(&judged, merchants.len().div_ceil(100)),
        ]
        .map(|figure| figure.value.unwrap_or(f64::NAN));
        print!(
            "{name:<28} {:>5} {:>5}  {ranking:<16} {ap:>6.3} {p10:>6.3} {p50:>6.3} {p100:>6.3} {p1:>6.3}",
            merchants.len(),
            merchants.iter().filter(|m| m.positive).count()
        );
        // Against the true share of units, each merchant standing for both parts of what it sells.
        let units = halves(merchants, &scores);
        match (*ranking, brier(&units).value) {
            ("model", Some(brier)) => println!(" {brier:>6.3}"),
            _ => println!(),
        }
    }
    if verbose {
        details(merchants, &scores, &rows, &priors);
    }
}

/// The parts of what each merchant sells.
fn halves(merchants: &[Merchant], scores: &[f64]) -> Vec<Judged> {
    let parts = |(m, score): (&Merchant, &f64)| {
        let share = m.share.unwrap_or_else(|| f64::from(u8::from(m.positive)));
        [(true, share), (false, 1.0 - share)].map(|(positive, weight)| Judged { score: *score, positive, weight })
    };
    merchants.iter().zip(scores).flat_map(parts).collect()
}

/// Prints calibration, priors and what the features are like.
fn details(merchants: &[Merchant], scores: &[f64], rows: &[(i64, [f64; Code::ALL.len()])], priors: &Priors) {
    for bin in calibration(&halves(merchants, scores), 20) {
        println!("    predicted {:.3}, observed {:.3}, n {}", bin.predicted, bin.observed, bin.n);
    }
    let rates = [Code::Allegations, Code::CounterfeitRefunds, Code::UpheldListingShare, Code::PriceDepth];
    for code in rates.into_iter().chain([Code::PilotVerdicts]) {
        if let Some(BetaPrior { alpha, beta }) = priors.of(code) {
            println!("    {}: mean {:.5}, worth {:.2}", code.word(), alpha / (alpha + beta), alpha + beta);
        }
    }
    for code in Code::ALL {
        let mean = |positive: bool| {
            let of: Vec<f64> = rows
                .iter()
                .zip(merchants)
                .filter(|(_, m)| m.positive == positive)
                .map(|(r, _)| r.1[code.place()])
                .collect();
            of.iter().sum::<f64>() / of.len() as f64
        };
        println!(
            "    {:<22} mean feature {:>6.2} of positives, {:>6.2} of others",
            code.word(),
            mean(true),
            mean(false)
        );
    }
}

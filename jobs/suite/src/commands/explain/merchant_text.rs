//! What is known of a merchant, as a person would want to read it.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use mirrorlake_metrics::merchant_risk::detail;
use mirrorlake_model::risk::Code;
use mirrorlake_model::text::printable;

use super::evidence::words;
use super::merchant::{Explained, measure, minute};

/// Rows told of each kind before the rest is only counted.
const TOLD: usize = 12;

/// Characters of a cell.
const CELL_CHARS: usize = 80;

/// The whole explanation.
pub fn text(explained: &Explained) -> String {
    let row = &explained.row;
    let mut text = format!("merchant {} as of {}", row.merchant_id, explained.day);
    let among = match explained.brand() {
        Some(brand) => {
            text.push_str(&format!(", brand {brand} alone"));
            "merchants of the brand"
        }
        None => "merchants",
    };
    text.push_str(&format!(
        "\nrank {} of {} {among} (95 % interval {} to {}), tier {}, {}\nscore {:.4}: by the model, the probability that a random \
         unit it sells is counterfeit\n\n",
        row.rank.rank,
        explained.among,
        row.rank.low,
        row.rank.high,
        row.tier.word(),
        row.status.word(),
        row.score,
    ));
    signals(&mut text, explained);
    takedowns(&mut text, explained);
    returns(&mut text, explained);
    papers(&mut text, explained);
    verdicts(&mut text, explained);
    comments(&mut text, explained);
    history(&mut text, explained);
    text
}

/// A value for people: shares in per cent, z with a decimal, counts whole.
fn told(code: Code, value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match code {
        Code::Allegations
        | Code::CounterfeitRefunds
        | Code::UpheldListingShare
        | Code::PriceDepth
        | Code::PilotVerdicts => format!("{:.1} %", 100.0 * value),
        Code::RepeatInfringer => if value > 0.5 { "yes" } else { "no" }.to_owned(),
        Code::SalesBurst => format!("z {value:.1}"),
        Code::StoreAge => format!("{value:.0} days"),
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        _ => format!("{value:.1}"),
    }
}

fn signals(text: &mut String, explained: &Explained) {
    let row = &explained.row;
    let mut lines = vec![vec![
        "no evidence at all".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        format!("{:+.2}", row.base_log_odds),
    ]];
    let line = |code: Code, contribution: f64| {
        vec![
            code.word().replace('_', " "),
            told(code, measure(code, &row.signals)),
            detail(code, &row.signals),
            told(code, explained.medians[code.place()]),
            format!("{contribution:+.2}"),
        ]
    };
    lines.extend(row.reasons.iter().map(|reason| line(reason.code, reason.contribution)));
    lines.push(vec![
        "log-odds of the score".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        format!("{:+.2}", row.log_odds),
    ]);
    listing(text, &["signal", "this merchant", "counts", "median merchant", "adds"], lines);
    let silent: Vec<String> = Code::ALL
        .iter()
        .filter(|code| !explained.missing.contains(code) && !row.reasons.iter().any(|r| r.code == **code))
        .map(|code| code.word().replace('_', " "))
        .collect();
    if !silent.is_empty() {
        text.push_str(&format!("That add nothing: {}.\n", silent.join(", ")));
    }
    if !explained.missing.is_empty() {
        let missing: Vec<String> = explained.missing.iter().map(|code| code.word().replace('_', " ")).collect();
        text.push_str(&format!("Not known when the ranking was made: {}.\n", missing.join(", ")));
    }
}

/// A heading with the number of rows, then the first of them.
fn section(text: &mut String, title: &str, header: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        text.push_str(&format!("\n{title}: none\n"));
        return;
    }
    let all = rows.len();
    text.push_str(&format!("\n{title}: {all}\n"));
    listing(text, header, rows.into_iter().take(TOLD).collect());
    if all > TOLD {
        text.push_str(&format!("and {} more (--format json has them all)\n", all - TOLD));
    }
}

fn listing(text: &mut String, header: &[&str], rows: Vec<Vec<String>>) {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell, CELL_CHARS)));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    text.push_str(&table.trim_fmt());
    text.push('\n');
}

fn takedowns(text: &mut String, explained: &Explained) {
    let rows = explained.behind.takedowns.iter().map(|(claim, listing, brand, at)| {
        vec![claim.to_string(), listing.to_string(), brand.to_string(), minute(*at)]
    });
    let header = ["claim", "listing", "brand", "taken down (UTC)"];
    section(text, "Takedowns of the last 365 days that stand", &header, rows.collect());
}

fn returns(text: &mut String, explained: &Explained) {
    let Some(returns) = &explained.behind.returns else {
        text.push_str("\nReappearances: not known (reappearance has not been run for the day)\n");
        return;
    };
    let rows = returns.iter().map(|r| {
        vec![
            r.new_listing_id.to_string(),
            r.removed_listing_id.to_string(),
            r.tier.word().to_owned(),
            r.brand_id.to_string(),
            r.removed_merchant_id.to_string(),
            r.hamming.map_or_else(|| "–".to_owned(), |bits| bits.to_string()),
            minute(r.reappeared_at),
        ]
    });
    let header = ["listing", "removed listing", "tier", "brand", "of merchant", "bits apart", "came back (UTC)"];
    section(text, "Removed listings that came back here", &header, rows.collect());
}

fn papers(text: &mut String, explained: &Explained) {
    let Some(papers) = &explained.behind.papers else {
        text.push_str("\nDocuments: not known in detail (seller-vetting has not been run for the day)\n");
        return;
    };
    let day = |d: Option<chrono::NaiveDate>| d.map_or_else(|| "–".to_owned(), |d| d.to_string());
    let rows = papers.iter().map(|p| {
        vec![
            p.issue.replace('_', " "),
            p.document_type.replace('_', " "),
            p.brand_id.map_or_else(|| "–".to_owned(), |b| b.to_string()),
            day(p.since),
            day(p.until),
            p.units.to_string(),
        ]
    });
    let header = ["issue", "document", "brand", "since", "until", "units"];
    section(text, "Issues of documents and authorisations", &header, rows.collect());
}

fn verdicts(text: &mut String, explained: &Explained) {
    let rows = explained.behind.verdicts.iter().map(|v| {
        vec![
            v.sample_id.to_string(),
            v.listing_id.to_string(),
            v.brand_id.to_string(),
            v.selection.replace('_', " "),
            minute(v.at),
            v.verdict.clone(),
        ]
    });
    let header = ["purchase", "listing", "brand", "selection", "authenticated (UTC)", "verdict"];
    section(text, "Pilot purchases with a verdict", &header, rows.collect());
}

fn comments(text: &mut String, explained: &Explained) {
    if explained.missing.contains(&Code::Allegations) {
        text.push_str("\nComments: not known (comment-signals has not been run for the window)\n");
        return;
    }
    let rows = explained.behind.comments.iter().map(|(listing, counts)| {
        vec![listing.to_string(), counts.comments.to_string(), counts.allegations.to_string(), words(counts)]
    });
    let title = format!("Listings whose comments of the last {} days allege counterfeits", explained.window_days);
    section(text, &title, &["listing", "comments", "allegations", "words that decided"], rows.collect());
}

fn history(text: &mut String, explained: &Explained) {
    let rows = explained.history.iter().map(|h| {
        vec![
            h.day.to_string(),
            h.rank.0.to_string(),
            format!("{} to {}", h.rank.1, h.rank.2),
            format!("{:.4}", h.score),
        ]
    });
    section(text, "Its ranks so far", &["as of", "rank", "interval", "score"], rows.collect());
}

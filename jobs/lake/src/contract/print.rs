//! The contract for readers: as text in aligned columns, and as data.

use std::iter;

use mirrorlake_model::thresholds::DEFINITION_VERSION;
use serde_json::{Value, json};

use super::{Column, Kind, Rule, Table};

/// Width of the columns that hold sentences; a whole line then fits into 160 characters.
const RULES_WIDTH: usize = 48;
const DESCRIPTION_WIDTH: usize = 44;

/// A listing of tables for people.
#[must_use]
pub fn text(tables: &[&Table]) -> String {
    let mut out = format!(
        "Lake contract, version {DEFINITION_VERSION}. `*` marks a nullable column, `k` a key column.\n\
         A row is quarantined if it has a null in another column, breaks a rule, repeats a key, refers to a row that \
         is not there,\nor, in a state table, has an instant after its partition's day.\n"
    );
    for table in tables {
        out.push('\n');
        out.push_str(&table_text(table));
    }
    out
}

/// The same as data: everything that the contract says of each table.
#[must_use]
pub fn json(tables: &[&Table]) -> Value {
    json!({
        "contract_version": DEFINITION_VERSION,
        "tables": tables.iter().map(|table| table_json(table)).collect::<Vec<_>>(),
    })
}

/// What a partition of the table holds, and how old it may be.
pub(super) fn kind_words(kind: Kind) -> String {
    match kind {
        Kind::Event { time } => format!("event table: a partition holds the events of one business day, by {time}"),
        Kind::State { tolerance_days } => {
            let days = match tolerance_days {
                0 => "must be of the day itself".to_owned(),
                1 => "may be 1 day old".to_owned(),
                days => format!("may be {days} days old"),
            };
            format!("state table: a partition holds the state at the end of its day; the newest {days}")
        }
    }
}

fn table_text(table: &Table) -> String {
    let mut out = format!("{}: {}\n  {}\n", table.name, table.description, kind_words(table.kind));
    if table.key.is_empty() {
        out.push_str("  key: none\n");
    } else {
        let scope = if table.is_event() { "whole table" } else { "partition" };
        out.push_str(&format!("  key: {} (unique within the {scope})\n", table.key.join(", ")));
    }
    for reference in table.references {
        let (table, key) = (reference.table, reference.key);
        out.push_str(&format!("  reference: {} is a {key} of a sound row of {table}\n", reference.column));
    }
    out.push('\n');

    let header = ["column", "type", "", "", "sensitivity", "rules", "description"].map(str::to_owned);
    let rows: Vec<[String; 7]> =
        iter::once(header).chain(table.columns.iter().map(|column| cells(table, column))).collect();
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    widths[5] = widths[5].min(RULES_WIDTH);
    for row in &rows {
        push_row(&mut out, row, widths);
    }
    out
}

fn cells(table: &Table, column: &Column) -> [String; 7] {
    let mark = |set, mark: &str| if set { mark.to_owned() } else { String::new() };
    let rules: Vec<String> = column.rules.iter().map(Rule::words).collect();
    [
        column.name.to_owned(),
        column.column_type.words(),
        mark(column.nullable, "*"),
        mark(table.key.contains(&column.name), "k"),
        column.sensitivity.word().to_owned(),
        rules.join("; "),
        column.description.to_owned(),
    ]
}

/// Writes one row, in as many lines as its sentences need.
fn push_row(out: &mut String, row: &[String; 7], widths: [usize; 7]) {
    let [short @ .., rules, description] = row;
    let rules = wrap(rules, RULES_WIDTH);
    let description = wrap(description, DESCRIPTION_WIDTH);
    for line in 0..rules.len().max(description.len()).max(1) {
        let mut text = String::from(" ");
        for (cell, width) in short.iter().zip(widths) {
            let cell = if line == 0 { cell.as_str() } else { "" };
            text.push_str(&format!(" {cell:width$}"));
        }
        let part = |lines: &[String]| lines.get(line).cloned().unwrap_or_default();
        text.push_str(&format!("  {:width$}  {}", part(&rules), part(&description), width = widths[5]));
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

/// Breaks a sentence between words into lines of at most `width` characters, where its words allow it.
fn wrap(sentence: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn table_json(table: &Table) -> Value {
    let kind = match table.kind {
        Kind::Event { time } => json!({ "name": "event", "time": time }),
        Kind::State { tolerance_days } => json!({ "name": "state", "tolerance_days": tolerance_days }),
    };
    let reference = |reference: &super::Reference| {
        json!({
            "column": reference.column,
            "table": reference.table,
            "key": reference.key,
        })
    };
    json!({
        "name": table.name,
        "description": table.description,
        "kind": kind,
        "key": table.key,
        "columns": table.columns.iter().map(column_json).collect::<Vec<_>>(),
        "references": table.references.iter().map(reference).collect::<Vec<_>>(),
    })
}

fn column_json(column: &Column) -> Value {
    json!({
        "name": column.name,
        "type": column.column_type.words(),
        "nullable": column.nullable,
        "sensitivity": column.sensitivity.word(),
        "rules": column.rules.iter().map(rule_json).collect::<Vec<_>>(),
        "description": column.description,
    })
}

/// The rule with its parameters; a range without a bound has null there.
fn rule_json(rule: &Rule) -> Value {
    let parameters = match rule {
        Rule::OneOf(values) => json!({ "values": values }),
        Rule::Range(low, high) => {
            json!({ "low": (*low != i64::MIN).then_some(low), "high": (*high != i64::MAX).then_some(high) })
        }
        Rule::Probability | Rule::TimeZoneName | Rule::WithinBusinessDay => json!({}),
        Rule::SetIff { column, values } => json!({ "column": column, "values": values }),
        Rule::SetWhen { column, must, may } => json!({ "column": column, "must": must, "may": may }),
        Rule::SetIffSet(column) => json!({ "column": column }),
        Rule::EqualWhen { other, column, value } => json!({ "other": other, "column": column, "value": value }),
    };
    json!({ "name": rule.name(), "words": rule.words(), "parameters": parameters })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::TABLES;
    use super::*;

    fn all() -> Vec<&'static Table> {
        TABLES.iter().collect()
    }

    #[test]
    fn the_listing_names_everything_in_the_contracts_order_and_stays_narrow() {
        let listing = text(&all());
        let mut rest = listing.as_str();
        for table in TABLES {
            let title = format!("\n{}: {}\n", table.name, table.description);
            rest = rest.split_once(title.as_str()).unwrap_or_else(|| panic!("no {title}")).1;
            for column in table.columns {
                let line = format!("\n  {} ", column.name);
                let at = rest.find(&line).unwrap_or_else(|| panic!("no {} in {}", column.name, table.name));
                rest = &rest[at..];
            }
        }
        for line in listing.lines() {
            assert!(line.chars().count() <= 160, "{line}");
            assert_eq!(line, line.trim_end());
        }
    }

    #[test]
    fn a_table_reads_as_it_should() {
        let takedowns = Table::find("takedowns").unwrap();
        let listing = text(&[takedowns]);
        assert!(listing.contains("  key: claim_id, listing_id (unique within the partition)\n"), "{listing}");
        assert!(listing.contains("  reference: claim_id is a claim_id of a sound row of claims\n"), "{listing}");
        assert!(listing.contains("the newest must be of the day itself\n"), "{listing}");
        let line = |name: &str| listing.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        let words = |name: &str| line(name).split_whitespace().take(4).collect::<Vec<_>>();
        assert_eq!(words("claim_id "), ["claim_id", "int64", "k", "internal"]);
        assert_eq!(words("reinstated_at"), ["reinstated_at", "timestamp[us,", "UTC]", "*"]);
        assert!(line("outcome").contains("one of pending, removed, kept, already_gone"), "{listing}");
        assert!(text(&[Table::find("claim_holds").unwrap()]).contains("  key: none\n"));
    }

    #[test]
    fn sentences_break_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbreakable"]);
        assert_eq!(wrap("", 4), Vec::<String>::new());
    }

    #[test]
    fn the_data_says_everything() {
        let data = json(&all());
        assert_eq!(data["contract_version"], DEFINITION_VERSION);
        let tables = data["tables"].as_array().unwrap();
        assert_eq!(tables.len(), TABLES.len());
        for (written, table) in tables.iter().zip(TABLES) {
            assert_eq!(written["name"], table.name);
            assert_eq!(written["key"], json!(table.key));
            let columns = written["columns"].as_array().unwrap();
            assert_eq!(columns.len(), table.columns.len());
            for (written, column) in columns.iter().zip(table.columns) {
                assert_eq!(written["name"], column.name);
                assert_eq!(written["nullable"], column.nullable);
                assert_eq!(written["rules"].as_array().unwrap().len(), column.rules.len());
            }
        }
    }

    #[test]
    fn rules_keep_their_parameters() {
        assert_eq!(rule_json(&Rule::Range(0, i64::MAX))["parameters"], json!({ "low": 0, "high": null }));
        assert_eq!(rule_json(&Rule::Range(i64::MIN, 5))["parameters"], json!({ "low": null, "high": 5 }));
        let claims = table_json(Table::find("claims").unwrap());
        let qualified = &claims["columns"][5];
        assert_eq!(qualified["name"], "qualified_at");
        assert_eq!(
            qualified["rules"],
            json!([{
                "name": "set_exactly_when",
                "words": "set when decision is qualified; may be set when it is withdrawn",
                "parameters": { "column": "decision", "must": ["qualified"], "may": ["withdrawn"] },
            }])
        );
        assert_eq!(claims["kind"], json!({ "name": "state", "tolerance_days": 0 }));
    }
}

//! What is counted: one folder per reduction, embedded at build time.
//!
//! A reduction turns tables of the lake into one small table, in SQL that any engine of the house understands (the
//! subset is in `README.md`, and `tests/lint` keeps to it). This crate holds the texts and what is declared about them;
//! it runs nothing and depends on no engine.

mod checks;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use checks::{Check, Severity};

/// One reduction: a query, what is declared about it, and the checks that its result must pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reduction {
    /// Its folder's name.
    pub name: &'static str,
    /// The query over the input tables, without a closing semicolon.
    pub query: &'static str,
    /// What `meta.toml` declares.
    pub meta: Meta,
    /// What `checks.sql` asks of the result, in the file's order.
    pub checks: Vec<Check>,
}

/// What is declared about a reduction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// What the result holds, in a sentence.
    pub description: String,
    /// Team that answers for it.
    pub owner: String,
    /// Columns that tell the result's rows apart; empty where equal rows may occur.
    pub grain: Vec<String>,
    /// Tables that the query reads, with every column that it names.
    pub inputs: Vec<Input>,
    /// The result's columns, in order.
    pub columns: Vec<Column>,
}

/// A table that a query reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Table of the lake contract.
    pub table: String,
    /// The columns that are read.
    pub columns: Vec<String>,
    /// An identifier by which the reduction may be run in parts, to need less memory: rows of this table with one value of
    /// it never meet rows with another one, so the parts' rows together are the whole's, but for equal rows of the grain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sliced_by: Option<String>,
    /// Whether the reduction may be run over some files of this event table at a time: what the parts count adds up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub additive: bool,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type, the same on every engine.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Whether nulls may occur.
    pub nullable: bool,
    /// Unit, where a number or an instant has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What it means.
    pub description: String,
}

/// Type of a result's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Signed integer of 64 bits.
    Bigint,
    /// Signed integer of 32 bits.
    Int,
    /// IEEE 754 double.
    Double,
    /// UTF-8 text.
    Text,
    /// True or false.
    Boolean,
    /// Calendar day.
    Date,
    /// UTC instant in microseconds.
    Timestamp,
    /// Bytes.
    Binary,
}

/// Why a reduction's files cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReductionError {
    /// `meta.toml` does not say what [`Meta`] asks.
    #[error("sql/{name}/meta.toml: {source}")]
    Meta {
        /// The reduction.
        name: &'static str,
        /// What is wrong, with its place.
        source: Box<toml::de::Error>,
    },
    /// `checks.sql` is not a list of headed statements.
    #[error("sql/{name}/checks.sql, line {line}: {problem}")]
    Checks {
        /// The reduction.
        name: &'static str,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

/// The three texts of one folder.
struct Source {
    name: &'static str,
    query: &'static str,
    meta: &'static str,
    checks: &'static str,
}

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        &[$(Source {
            name: $name,
            query: include_str!(concat!("../", $name, "/query.sql")),
            meta: include_str!(concat!("../", $name, "/meta.toml")),
            checks: include_str!(concat!("../", $name, "/checks.sql")),
        }),*]
    };
}

/// Every folder by name, sorted; a test compares it with the folders.
static SOURCES: &[Source] = sources![
    "active_listings",
    "brand_directory",
    "brand_indicators",
    "claim_hold_spans",
    "claim_takedowns",
    "list_prices",
    "listing_numbers",
    "listing_pictures",
    "listing_sales",
    "lowest_offers",
    "merchant_brand_sales",
    "merchant_listings",
    "merchant_papers",
    "merchants_on_record",
    "picked_listings",
    "picked_pictures",
    "pilot_purchase_orders",
    "pilot_purchases",
    "plan_candidates",
    "planned_listings",
    "refund_day_sums",
    "removals",
    "repeated_offers",
    "sales_day_sums",
    "verdicts",
    "vetted_merchants",
];

static REDUCTIONS: LazyLock<Vec<Reduction>> = LazyLock::new(|| match SOURCES.iter().map(parse).collect() {
    Ok(reductions) => reductions,
    // The files are embedded and a test parses them all, so that this cannot happen in a build that was tested.
    Err(error) => panic!("{error}"),
});

/// Every reduction, sorted by name.
#[must_use]
pub fn reductions() -> &'static [Reduction] {
    &REDUCTIONS
}

/// The reduction of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Reduction> {
    reductions().iter().find(|reduction| reduction.name == name)
}

impl Meta {
    /// The result's column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The declared input of a table's name.
    #[must_use]
    pub fn input(&self, table: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.table == table)
    }
}

impl ColumnType {
    /// The type as `meta.toml` writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bigint => "bigint",
            Self::Int => "int",
            Self::Double => "double",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Binary => "binary",
        }
    }
}

fn parse(source: &Source) -> Result<Reduction, ReductionError> {
    let Source { name, query, meta, checks } = *source;
    let meta = toml::from_str(meta).map_err(|source| ReductionError::Meta { name, source: Box::new(source) })?;
    let checks = checks::parse(checks).map_err(|(line, problem)| ReductionError::Checks { name, line, problem })?;
    Ok(Reduction { name, query, meta, checks })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_parses() {
        for source in SOURCES {
            parse(source).unwrap_or_else(|error| panic!("{error}"));
        }
        assert_eq!(reductions().len(), SOURCES.len());
    }

    #[test]
    fn reductions_are_sorted_and_found_by_name() {
        let names: Vec<&str> = reductions().iter().map(|reduction| reduction.name).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        for name in names {
            assert_eq!(find(name).map(|reduction| reduction.name), Some(name));
        }
        assert_eq!(find("no_such_reduction"), None);
    }

    #[test]
    fn an_error_names_folder_file_and_place() {
        let bad_meta = Source { name: "x", query: "", meta: "description = 1", checks: "" };
        let message = parse(&bad_meta).unwrap_err().to_string();
        assert!(message.starts_with("sql/x/meta.toml: ") && message.contains("line 1"), "{message}");

        let meta = "description = ''\nowner = ''\ngrain = []\ninputs = []\ncolumns = []";
        let bad_checks = Source { name: "x", query: "", meta, checks: "\nselect 1;" };
        let message = parse(&bad_checks).unwrap_err().to_string();
        assert_eq!(message, "sql/x/checks.sql, line 2: a statement needs a `-- fail:` or `-- warn:` line above it");

        let extra = format!("{meta}\nowned_by = ''");
        assert!(toml::from_str::<Meta>(&extra).is_err(), "an unknown key is a typing error, not a note");
    }
}

//! The portable subset, as a walk over the syntax tree that knows what is allowed and refuses the rest.

mod expressions;
mod queries;

use sqlparser::ast::{Spanned, Statement};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

pub use queries::single;

/// A place where a query leaves the subset.
#[derive(Debug)]
pub struct Finding {
    /// Name of the rule, as in `sql/README.md`.
    pub rule: &'static str,
    /// What to write instead.
    pub message: String,
    /// Line, from 1; 0 where the parser does not say.
    pub line: u64,
}

/// Every rule's name, in the order of `sql/README.md`.
pub const RULES: &[&str] = &[
    "one_query",
    "lower_case",
    "unquoted_names",
    "no_wildcard",
    "explicit_alias",
    "qualified_columns",
    "plain_table",
    "join_kind",
    "join_condition",
    "order_by_outermost",
    "nulls_order",
    "group_by",
    "set_operation",
    "no_recursive_cte",
    "clause",
    "no_scalar_subquery",
    "no_at_time_zone",
    "typed_literal",
    "literal",
    "cast",
    "division",
    "function",
    "bigint_result",
    "integer_sum",
    "window",
    "expression",
];

/// Where a query leaves the subset, in reading order as far as the tree allows.
pub fn lint(sql: &str) -> Vec<Finding> {
    let mut walk = Walk { findings: Vec::new() };
    walk.tokens(sql);
    match Parser::parse_sql(&GenericDialect {}, sql) {
        Err(error) => walk.report("one_query", 0, error.to_string()),
        Ok(statements) => match statements.as_slice() {
            [Statement::Query(query)] => walk.query(query, true),
            _ => walk.report("one_query", 0, "one query and nothing else"),
        },
    }
    walk.findings
}

struct Walk {
    findings: Vec<Finding>,
}

impl Walk {
    fn report(&mut self, rule: &'static str, line: u64, message: impl Into<String>) {
        self.findings.push(Finding { rule, message: message.into(), line });
    }

    fn refuse(&mut self, rule: &'static str, at: &impl Spanned, message: impl Into<String>) {
        self.report(rule, at.span().start.line, message);
    }

    fn tokens(&mut self, sql: &str) {
        // A text that cannot be cut into tokens cannot be parsed either, and is reported there.
        let Ok(tokens) = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location() else { return };
        for token in tokens {
            let Token::Word(word) = token.token else { continue };
            let line = token.span.start.line;
            if word.quote_style.is_some() {
                self.report("unquoted_names", line, format!("write {} without quotes", word.value));
            }
            if word.value.chars().any(char::is_uppercase) {
                self.report("lower_case", line, format!("write {} in lower case", word.value));
            }
        }
    }
}

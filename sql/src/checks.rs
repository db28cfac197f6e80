//! Reading `checks.sql`: statements over the table `result`, each under a line that says what it looks for.

use serde::Serialize;

/// A question to a reduction's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is wrong if the check finds rows.
    pub name: String,
    /// Whether that stops the job.
    pub severity: Severity,
    /// Query over the table `result`; its one row and bigint column `bad_rows` says how many rows are wrong.
    pub query: String,
}

/// What a check that finds rows leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The job fails and publishes nothing.
    Fail,
    /// The job says so and goes on.
    Warn,
}

const NO_HEADER: &str = "a statement needs a `-- fail:` or `-- warn:` line above it";
const NO_NAME: &str = "a check must say what is wrong if rows come back";
const NO_END: &str = "a check must be one statement that ends with a semicolon at a line's end";

/// Splits the file. A header opens a check and a line that ends with a semicolon closes it; blank lines and other
/// comments may stand anywhere. An error is a line, from 1, and what is wrong there.
pub(crate) fn parse(text: &str) -> Result<Vec<Check>, (usize, &'static str)> {
    let mut checks = Vec::new();
    let mut open: Option<(usize, Check)> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some((severity, name)) = header(line) {
            if open.is_some() {
                return Err((number, NO_END));
            }
            if name.is_empty() {
                return Err((number, NO_NAME));
            }
            open = Some((number, Check { name: name.to_owned(), severity, query: String::new() }));
            continue;
        }
        let trimmed = line.trim_end();
        if trimmed.is_empty() || trimmed.trim_start().starts_with("--") {
            continue;
        }
        let Some((opened, mut check)) = open.take() else {
            return Err((number, NO_HEADER));
        };
        let ends = trimmed.ends_with(';');
        check.query.push_str(trimmed.trim_end_matches(';'));
        if ends {
            checks.push(check);
        } else {
            check.query.push('\n');
            open = Some((opened, check));
        }
    }
    match open {
        Some((opened, _)) => Err((opened, NO_END)),
        None => Ok(checks),
    }
}

fn header(line: &str) -> Option<(Severity, &str)> {
    let comment = line.strip_prefix("--")?.trim_start();
    let (severity, name) = match comment.strip_prefix("fail:") {
        Some(name) => (Severity::Fail, name),
        None => (Severity::Warn, comment.strip_prefix("warn:")?),
    };
    Some((severity, name.trim()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn statements_are_split_at_their_headers() {
        let text =
            "-- About this file.\n\n-- fail: twice\nselect 1\n-- a note\nfrom result;\n-- warn: odd\nselect 2;\n";
        let check =
            |name: &str, severity, query: &str| Check { name: name.to_owned(), severity, query: query.to_owned() };
        assert_eq!(
            parse(text),
            Ok(
                vec![check("twice", Severity::Fail, "select 1\nfrom result"), check("odd", Severity::Warn, "select 2"),]
            )
        );
        assert_eq!(parse(""), Ok(Vec::new()));
    }

    #[test]
    fn a_semicolon_inside_a_line_does_not_split() {
        let checks = parse("-- fail: x\nselect ';' as a\nfrom result;").unwrap();
        assert_eq!(checks[0].query, "select ';' as a\nfrom result");
    }

    #[test]
    fn faults_are_found_where_they_are() {
        assert_eq!(parse("select 1;"), Err((1, NO_HEADER)));
        assert_eq!(parse("-- fail: a\nselect 1;\nselect 2;"), Err((3, NO_HEADER)));
        assert_eq!(parse("-- fail:  \nselect 1;"), Err((1, NO_NAME)));
        assert_eq!(parse("-- fail: a\nselect 1\n"), Err((1, NO_END)));
        assert_eq!(parse("-- fail: a\nselect 1\n-- warn: b\nselect 2;"), Err((3, NO_END)));
        assert_eq!(parse("\n-- warn: a\n"), Err((2, NO_END)));
    }
}

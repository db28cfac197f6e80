//! Expressions: literals, operators, casts, functions and windows.

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, DuplicateTreatment, ExactNumberInfo, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArguments, UnaryOperator, Value, WindowType,
};

use super::Walk;

/// Functions that mean the same everywhere. A new one is tried on Polars, DuckDB and DataFusion first.
const FUNCTIONS: &[&str] = &["coalesce", "count", "max", "min", "nullif", "row_number", "sum"];
/// Functions whose result has another type on each engine.
const CAST_FUNCTIONS: &[&str] = &["count", "row_number", "sum"];
/// Functions that one might reach for, and why not.
const TRAPS: &[(&str, &str)] = &[
    ("avg", "a mean of floats depends on the order of rows: sum integers and divide"),
    ("current_date", "the as-of day is a parameter: join the one-row table `run`"),
    ("current_timestamp", "the as-of instant is a parameter: join the one-row table `run`"),
    ("now", "the as-of instant is a parameter: join the one-row table `run`"),
    ("date_trunc", "Polars SQL has none: compare `dt` days, or cut into weeks in the job"),
    ("ntile", "Polars SQL has none"),
    ("percentile_cont", "percentiles differ between engines: they are the job's"),
    ("percentile_disc", "percentiles differ between engines: they are the job's"),
    ("median", "percentiles differ between engines: they are the job's"),
    ("quantile_cont", "percentiles differ between engines: they are the job's"),
    ("approx_percentile_cont", "percentiles differ between engines: they are the job's"),
];

impl Walk {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::CompoundIdentifier(parts) if parts.len() == 2 => {}
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                self.refuse("qualified_columns", expr, format!("write {expr} as `table.column`"));
            }
            Expr::Value(value) => self.literal(&value.value, expr),
            Expr::Nested(inner) | Expr::IsNull(inner) | Expr::IsNotNull(inner) => self.expr(inner),
            Expr::UnaryOp { op: UnaryOperator::Not | UnaryOperator::Minus, expr } => self.expr(expr),
            Expr::Between { expr, low, high, negated: _ } => {
                for part in [expr, low, high] {
                    self.expr(part);
                }
            }
            Expr::InList { expr, list, negated: _ } => {
                self.expr(expr);
                for item in list {
                    self.expr(item);
                }
            }
            Expr::InSubquery { expr, subquery, negated } => {
                if *negated {
                    let message =
                        "`not in (select …)` holds nowhere once the list has a null: left join and test for null";
                    self.refuse("no_scalar_subquery", expr.as_ref(), message);
                }
                self.expr(expr);
                self.query(subquery, false);
            }
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            Expr::Case { operand, conditions, else_result, .. } => {
                for part in operand.iter().chain(else_result) {
                    self.expr(part);
                }
                for when in conditions {
                    self.expr(&when.condition);
                    self.expr(&when.result);
                }
            }
            Expr::Cast { .. } => self.cast(expr),
            Expr::Function(function) => {
                self.function(function);
                let name = function_name(function);
                if CAST_FUNCTIONS.contains(&name.as_str()) {
                    let message = format!("write `cast({name}(…) as bigint)`: its type differs between engines");
                    self.refuse("bigint_result", function, message);
                }
            }
            Expr::Subquery(_) | Expr::Exists { .. } => {
                self.refuse("no_scalar_subquery", expr, "join instead: Polars SQL has no scalar subqueries");
            }
            Expr::AtTimeZone { .. } => {
                self.refuse("no_at_time_zone", expr, "instants stay UTC: civil days are the job's");
            }
            Expr::TypedString(_) | Expr::Interval(_) => {
                self.refuse("typed_literal", expr, "engines differ on typed literals: join the one-row table `run`");
            }
            _ => self.refuse("expression", expr, format!("`{expr}` is not in the subset")),
        }
    }

    fn literal(&mut self, value: &Value, at: &Expr) {
        let allowed = match value {
            Value::Number(digits, _) => digits.bytes().all(|byte| byte.is_ascii_digit()),
            Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => true,
            _ => false,
        };
        if !allowed {
            let message = "whole numbers, 'text', true, false, null: a decimal is a double here and a decimal there";
            self.refuse("literal", at, message);
        }
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) {
        use BinaryOperator as Op;
        match op {
            Op::Divide => {
                let double = matches!(bare(left), Expr::Cast { data_type: DataType::Double(_), .. });
                let guarded = matches!(bare(right), Expr::Function(f) if function_name(f) == "nullif");
                if !double || !guarded {
                    let message = "write `cast(a as double) / nullif(b, 0)`: 7/2 and 1/0 differ between engines";
                    self.refuse("division", left, message);
                }
            }
            Op::Plus | Op::Minus | Op::Multiply | Op::And | Op::Or => {}
            Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq => {}
            _ => self.refuse("expression", left, format!("operator `{op}` is not in the subset")),
        }
        self.expr(left);
        self.expr(right);
    }

    fn cast(&mut self, cast: &Expr) {
        let Expr::Cast { kind, expr, data_type, array, format } = cast else { return };
        if *kind != CastKind::Cast || *array || format.is_some() {
            self.refuse("cast", cast, "write `cast(x as type)`");
        }
        let inner = bare(expr);
        match data_type {
            DataType::BigInt(None)
            | DataType::Int(None)
            | DataType::Double(ExactNumberInfo::None)
            | DataType::String(None)
            | DataType::Boolean => {}
            DataType::Date if !matches!(inner, Expr::Value(_)) => {}
            DataType::Date => self.refuse("typed_literal", cast, "join the one-row table `run` for a date"),
            _ => self.refuse("cast", cast, "cast to bigint, int, double, string, boolean or date only"),
        }
        match inner {
            Expr::Function(function) => self.function(function),
            other => self.expr(other),
        }
    }

    fn function(&mut self, function: &Function) {
        let name = function_name(function);
        if !FUNCTIONS.contains(&name.as_str()) {
            let trap = TRAPS.iter().find(|(trap, _)| *trap == name);
            let reason = trap.map_or("it is not in the subset; try it on all engines first", |(_, reason)| reason);
            return self.refuse("function", function, format!("no `{name}`: {reason}"));
        }
        let FunctionArguments::List(list) = &function.args else {
            return self.refuse("function", function, format!("write `{name}(…)`"));
        };
        let odd = function.filter.is_some()
            || function.null_treatment.is_some()
            || function.uses_odbc_syntax
            || !function.within_group.is_empty()
            || !matches!(function.parameters, FunctionArguments::None)
            || !list.clauses.is_empty()
            || (list.duplicate_treatment == Some(DuplicateTreatment::Distinct) && name != "count");
        if odd {
            self.refuse("function", function, "only arguments, and `distinct` in count: write a case for a filter");
        }
        for arg in &list.args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => {
                    let widened = matches!(bare(expr), Expr::Cast { data_type: DataType::BigInt(None), .. });
                    if name == "sum" && !widened {
                        let message =
                            "write `sum(cast(x as bigint))`: narrow sums wrap, float sums depend on the order";
                        self.refuse("integer_sum", expr, message);
                    }
                    self.expr(expr);
                }
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if name == "count" => {}
                _ => self.refuse("function", function, "only plain arguments"),
            }
        }
        if let Some(window) = &function.over {
            self.window(window, &name, function);
        }
    }

    fn window(&mut self, window: &WindowType, name: &str, function: &Function) {
        let WindowType::WindowSpec(spec) = window else {
            return self.refuse("window", function, "write the window where it is used");
        };
        if spec.window_frame.is_some() || spec.window_name.is_some() {
            self.refuse("window", function, "no frames: Polars SQL has none that are bounded");
        }
        if (name == "row_number") == spec.order_by.is_empty() {
            self.refuse("window", function, "order row_number, and nothing else: running sums differ between engines");
        }
        for key in &spec.partition_by {
            self.expr(key);
        }
        for key in &spec.order_by {
            self.nulls_order(key);
            self.expr(&key.expr);
        }
    }
}

/// The expression without parentheses around it.
pub(super) fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => bare(inner),
        other => other,
    }
}

fn function_name(function: &Function) -> String {
    function.name.to_string()
}

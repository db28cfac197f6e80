//! Queries, selects, tables, joins and orders.

use sqlparser::ast::{
    BinaryOperator, Distinct, Expr, GroupByExpr, Ident, Join, JoinConstraint, JoinOperator, ObjectName, OrderBy,
    OrderByExpr, OrderByKind, Query, Select, SelectFlavor, SelectItem, SetExpr, SetOperator, SetQuantifier, Spanned,
    TableAlias, TableFactor,
};

use super::Walk;
use super::expressions::bare;

impl Walk {
    pub(super) fn query(&mut self, query: &Query, outermost: bool) {
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        if let Some(with) = with {
            if with.recursive {
                self.refuse("no_recursive_cte", query, "Polars SQL has no recursive queries");
            }
            for cte in &with.cte_tables {
                if !cte.alias.columns.is_empty() {
                    self.refuse("explicit_alias", cte, "name the columns inside the query");
                }
                if cte.materialized.is_some() || cte.from.is_some() {
                    self.refuse("clause", cte, "a common table expression is `name as (query)`");
                }
                self.query(&cte.query, false);
            }
        }
        self.body(body);
        if let Some(order_by) = order_by {
            self.query_order(order_by, outermost, query);
        }
        let extras = limit_clause.is_some()
            || fetch.is_some()
            || !locks.is_empty()
            || for_clause.is_some()
            || settings.is_some()
            || format_clause.is_some()
            || !pipe_operators.is_empty();
        if extras {
            self.refuse("clause", query, "a reduction is whole: no limit, offset, fetch or dialect clauses");
        }
    }

    fn query_order(&mut self, order_by: &OrderBy, outermost: bool, query: &Query) {
        if !outermost {
            self.refuse("order_by_outermost", query, "only the outermost query has an order");
        }
        match &order_by.kind {
            OrderByKind::All(_) => self.refuse("clause", query, "name the columns to order by"),
            OrderByKind::Expressions(keys) => {
                for key in keys {
                    self.nulls_order(key);
                    if !matches!(key.expr, Expr::Identifier(_)) {
                        self.refuse("order_by_outermost", &key.expr, "order by names of the result's columns");
                    }
                }
            }
        }
        if order_by.interpolate.is_some() {
            self.refuse("clause", query, "`interpolate` is one dialect's own");
        }
    }

    pub(super) fn nulls_order(&mut self, key: &OrderByExpr) {
        if key.options.nulls_first.is_none() {
            self.refuse(
                "nulls_order",
                &key.expr,
                "engines differ on where nulls go: write `nulls last` or `nulls first`",
            );
        }
        if key.with_fill.is_some() {
            self.refuse("clause", &key.expr, "`with fill` is one dialect's own");
        }
    }

    fn body(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query, false),
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                if *op != SetOperator::Union || *set_quantifier != SetQuantifier::All {
                    self.refuse(
                        "set_operation",
                        body,
                        "only `union all`: the others compare nulls and rows differently",
                    );
                }
                self.body(left);
                self.body(right);
            }
            _ => self.refuse("clause", body, "only selects"),
        }
    }

    fn select(&mut self, select: &Select) {
        let extras = select.projection.is_empty()
            || select.top.is_some()
            || matches!(select.distinct, Some(Distinct::On(_)))
            || select.exclude.is_some()
            || select.into.is_some()
            || !select.lateral_views.is_empty()
            || select.prewhere.is_some()
            || !select.connect_by.is_empty()
            || !select.cluster_by.is_empty()
            || !select.distribute_by.is_empty()
            || !select.sort_by.is_empty()
            || !select.named_window.is_empty()
            || select.qualify.is_some()
            || select.value_table_mode.is_some()
            || select.select_modifiers.is_some()
            || !select.optimizer_hints.is_empty()
            || !matches!(select.flavor, SelectFlavor::Standard);
        if extras {
            self.refuse(
                "clause",
                select,
                "only select [distinct], from, where, group by, having: Spark has no `qualify`",
            );
        }
        for item in &select.projection {
            self.projected(item);
        }
        match select.from.as_slice() {
            [from] => {
                self.table(&from.relation);
                for join in &from.joins {
                    self.join(join);
                }
            }
            [] => self.refuse("plain_table", select, "a select reads a table"),
            _ => self.refuse("join_kind", select, "write `inner join … on` or `cross join`, not a comma"),
        }
        if let Some(condition) = &select.selection {
            self.expr(condition);
        }
        self.group_by(&select.group_by, select);
        if let Some(condition) = &select.having {
            self.expr(condition);
        }
    }

    fn projected(&mut self, item: &SelectItem) {
        match item {
            SelectItem::ExprWithAlias { expr, .. } => {
                if matches!(bare(expr), Expr::Value(_)) {
                    self.refuse("literal", expr, "a constant column's type differs between engines: cast it");
                }
                self.expr(expr);
            }
            SelectItem::UnnamedExpr(expr) => {
                self.refuse("explicit_alias", expr, "give the column its name: `… as name`");
                self.expr(expr);
            }
            SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => {
                self.refuse("no_wildcard", item, "name the columns: the lake may have more of them");
            }
            SelectItem::ExprWithAliases { .. } => self.refuse("explicit_alias", item, "one name per column"),
        }
    }

    fn alias(&mut self, alias: Option<&TableAlias>, at: &impl Spanned) {
        let plain = alias.is_some_and(|alias| alias.explicit && alias.columns.is_empty() && alias.at.is_none());
        if !plain {
            self.refuse("explicit_alias", at, "give the table a name of its own: `… as t`");
        }
    }

    fn table(&mut self, table: &TableFactor) {
        match table {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                self.alias(alias.as_ref(), name);
                if single(name).is_none() {
                    self.refuse("plain_table", name, "tables go by one plain name");
                }
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } => {
                self.alias(alias.as_ref(), subquery.as_ref());
                self.query(subquery, false);
            }
            _ => self.refuse("plain_table", table, "only tables by name and queries in parentheses"),
        }
    }

    fn join(&mut self, join: &Join) {
        self.table(&join.relation);
        let constraint = match &join.join_operator {
            JoinOperator::Inner(on) | JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => on,
            JoinOperator::CrossJoin(JoinConstraint::None) => return,
            _ => {
                let message =
                    "only inner, left and cross joins: engines spell semi joins differently (use `in (select …)`)";
                return self.refuse("join_kind", join, message);
            }
        };
        match constraint {
            JoinConstraint::On(condition) => self.join_condition(condition),
            _ => self.refuse("join_condition", join, "join `on a.x = b.x`: `using` and `natural` merge columns"),
        }
    }

    fn join_condition(&mut self, condition: &Expr) {
        match bare(condition) {
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.join_condition(left);
                self.join_condition(right);
            }
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } if is_column(left) && is_column(right) => {}
            other => self.refuse("join_condition", other, "only `a.x = b.x and …`: no `or`, inequality or constant"),
        }
    }

    fn group_by(&mut self, group_by: &GroupByExpr, select: &Select) {
        match group_by {
            GroupByExpr::Expressions(keys, modifiers) if modifiers.is_empty() => {
                for key in keys {
                    match bare(key) {
                        Expr::Value(_) | Expr::Rollup(_) | Expr::Cube(_) | Expr::GroupingSets(_) | Expr::Tuple(_) => {
                            self.refuse(
                                "group_by",
                                key,
                                "group by columns: no positions, rollup, cube or grouping sets",
                            );
                        }
                        key => self.expr(key),
                    }
                }
            }
            _ => self.refuse("group_by", select, "group by columns: no `all`, rollup, cube or totals"),
        }
    }
}

fn is_column(expr: &Expr) -> bool {
    matches!(bare(expr), Expr::CompoundIdentifier(parts) if parts.len() == 2)
}

/// The name, if it is one plain identifier.
pub fn single(name: &ObjectName) -> Option<&Ident> {
    match name.0.as_slice() {
        [part] => part.as_ident(),
        _ => None,
    }
}

//! Which columns of which tables a query names, and what it calls its own.
//!
//! Works on queries that the lint lets pass: every column is written `table.column`, every result column has a name.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, GroupByExpr, OrderByKind, Query, Select, SelectItem, SetExpr, Statement, TableFactor, Visit, Visitor,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::rules::single;

/// What a query names.
#[derive(Debug, Default)]
pub struct Names {
    /// Tables from outside with the columns read of each.
    pub inputs: BTreeMap<String, BTreeSet<String>>,
    /// The result's columns, in order.
    pub outputs: Vec<String>,
    /// What the result is ordered by, in order.
    pub order: Vec<String>,
    /// The column names of each `group by`.
    pub groups: Vec<BTreeSet<String>>,
    /// Columns tested with `is null`.
    pub null_tests: BTreeSet<String>,
    /// Names that nothing in the query's scope provides.
    pub unknown: Vec<String>,
}

/// Reads a query that passes the lint.
pub fn names(sql: &str) -> Names {
    let statements = Parser::parse_sql(&GenericDialect {}, sql).unwrap();
    let [Statement::Query(query)] = statements.as_slice() else { panic!("not one query: {sql}") };
    let mut names = Names::default();
    names.outputs = names.query(query, &BTreeMap::new());
    if let Some(order_by) = &query.order_by
        && let OrderByKind::Expressions(keys) = &order_by.kind
    {
        names.order = keys.iter().map(|key| key.expr.to_string()).collect();
    }
    for key in names.order.clone() {
        if !names.outputs.contains(&key) {
            names.unknown.push(key);
        }
    }
    names
}

/// What a name in `from` stands for.
enum Source {
    Input(String),
    Query(Vec<String>),
}

type Queries = BTreeMap<String, Vec<String>>;

impl Names {
    fn query(&mut self, query: &Query, outer: &Queries) -> Vec<String> {
        let mut queries = outer.clone();
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            let columns = self.query(&cte.query, &queries);
            queries.insert(cte.alias.name.value.clone(), columns);
        }
        self.body(&query.body, &queries)
    }

    fn body(&mut self, body: &SetExpr, queries: &Queries) -> Vec<String> {
        match body {
            SetExpr::Select(select) => self.select(select, queries),
            SetExpr::Query(query) => self.query(query, queries),
            SetExpr::SetOperation { left, right, .. } => {
                let columns = self.body(left, queries);
                let other = self.body(right, queries);
                assert_eq!(columns, other, "both sides of a `union all` name their columns alike");
                columns
            }
            other => panic!("not in the subset: {other}"),
        }
    }

    fn select(&mut self, select: &Select, queries: &Queries) -> Vec<String> {
        let mut scope = BTreeMap::new();
        for from in &select.from {
            self.table(&from.relation, queries, &mut scope);
            for join in &from.joins {
                self.table(&join.relation, queries, &mut scope);
            }
        }

        let mut seen = Seen::default();
        let _ = select.projection.visit(&mut seen);
        let _ = select.selection.visit(&mut seen);
        let _ = select.group_by.visit(&mut seen);
        let _ = select.having.visit(&mut seen);
        for join in select.from.iter().flat_map(|from| &from.joins) {
            let _ = join.join_operator.visit(&mut seen);
        }
        for (table, column) in &seen.columns {
            self.resolve(table, column, &scope);
        }
        for subquery in &seen.subqueries {
            self.query(subquery, queries);
        }
        self.null_tests.extend(seen.null_tests);
        if let GroupByExpr::Expressions(keys, _) = &select.group_by
            && !keys.is_empty()
        {
            self.groups.push(keys.iter().filter_map(column_name).collect());
        }

        let name = |item: &SelectItem| match item {
            SelectItem::ExprWithAlias { alias, .. } => alias.value.clone(),
            other => panic!("not in the subset: {other}"),
        };
        select.projection.iter().map(name).collect()
    }

    fn table(&mut self, table: &TableFactor, queries: &Queries, scope: &mut BTreeMap<String, Source>) {
        let (alias, source) = match table {
            TableFactor::Table { name, alias: Some(alias), .. } => {
                let name = single(name).unwrap().value.clone();
                let source = match queries.get(&name) {
                    Some(columns) => Source::Query(columns.clone()),
                    None => {
                        self.inputs.entry(name.clone()).or_default();
                        Source::Input(name)
                    }
                };
                (alias, source)
            }
            TableFactor::Derived { subquery, alias: Some(alias), .. } => {
                (alias, Source::Query(self.query(subquery, queries)))
            }
            other => panic!("not in the subset: {other}"),
        };
        let twice = scope.insert(alias.name.value.clone(), source).is_some();
        assert!(!twice, "{} stands for two tables", alias.name);
    }

    fn resolve(&mut self, table: &str, column: &str, scope: &BTreeMap<String, Source>) {
        match scope.get(table) {
            Some(Source::Input(input)) => {
                self.inputs.entry(input.clone()).or_default().insert(column.to_owned());
            }
            Some(Source::Query(columns)) if columns.iter().any(|known| known == column) => {}
            _ => self.unknown.push(format!("{table}.{column}")),
        }
    }
}

/// Collects what one select names itself, and sets its subqueries aside.
#[derive(Default)]
struct Seen {
    depth: usize,
    columns: Vec<(String, String)>,
    null_tests: BTreeSet<String>,
    subqueries: Vec<Query>,
}

impl Visitor for Seen {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if self.depth == 0 {
            self.subqueries.push(query.clone());
        }
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if self.depth == 0 {
            if let Expr::CompoundIdentifier(parts) = expr
                && let [table, column] = parts.as_slice()
            {
                self.columns.push((table.value.clone(), column.value.clone()));
            }
            if let Expr::IsNull(tested) = expr {
                self.null_tests.extend(column_name(tested));
            }
        }
        ControlFlow::Continue(())
    }
}

fn column_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::CompoundIdentifier(parts) => parts.last().map(|part| part.value.clone()),
        _ => None,
    }
}

#[test]
fn names_are_traced_to_their_tables() {
    let sql = "
        with a as (select t.x as x, t.y as y from t as t where t.z in (select u.k as k from u as u))
        select a.x as one, b.w as two, a.nowhere as three
        from a as a left join (select v.w as w, v.x as x from v as v) as b on a.x = b.x
        where b.x is null
        order by one nulls last, four nulls last";
    let found = names(sql);
    let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(found.outputs, ["one", "two", "three"]);
    assert_eq!(found.order, ["one", "four"]);
    assert_eq!(found.unknown, ["a.nowhere", "four"]);
    assert_eq!(found.null_tests, columns(&["x"]));
    assert_eq!(
        found.inputs,
        BTreeMap::from([
            ("t".to_owned(), columns(&["x", "y", "z"])),
            ("u".to_owned(), columns(&["k"])),
            ("v".to_owned(), columns(&["w", "x"])),
        ])
    );
}

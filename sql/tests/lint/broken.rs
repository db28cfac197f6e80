//! One query per rule, and per way around it, that the lint must refuse.

use std::collections::BTreeSet;

use crate::names::names;
use crate::rules::{RULES, lint};

/// A sound query in which each of the broken ones changes one thing.
const SOUND: &str = "
with a as (
    select t.x as x, cast(count(distinct t.y) as bigint) as n, cast(sum(cast(t.z as bigint)) as bigint) as s
    from t as t
    where t.x in (select u.x as x from u as u) and (t.y is not null or not t.y between -1 and 2)
    group by t.x
    having cast(count(*) as bigint) > 1
)
select distinct
    a.x as x,
    cast(a.s as double) / nullif(a.n, 0) as share,
    case when a.x in (1, 2) then 'few' else coalesce(b.name, 'none') end as kind,
    cast(row_number() over (partition by b.name order by a.x desc nulls last) as bigint) as place,
    max(a.n) over (partition by b.name) as most
from a as a
inner join (
    select b.x as x, b.n as n, b.name as name from b as b union all select c.x as x, c.n as n, c.name as name from c as c
) as b
    on a.x = b.x and (a.n = b.n)
left join d as d on a.x = d.x
cross join run as run
order by x nulls last, share desc nulls first
";

const BROKEN: &[(&str, &str)] = &[
    ("one_query", "select t.x as x form t as t"),
    ("one_query", "select t.x as x from t as t; select t.x as x from t as t"),
    ("one_query", "delete from t"),
    ("lower_case", "SELECT t.x as x from t as t"),
    ("lower_case", "select t.X as x from t as t"),
    ("unquoted_names", "select t.\"x\" as x from t as t"),
    ("unquoted_names", "select t.`x` as x from t as t"),
    ("no_wildcard", "select * from t as t"),
    ("no_wildcard", "select t.* from t as t"),
    ("explicit_alias", "select t.x from t as t"),
    ("explicit_alias", "select t.x as x from t"),
    ("explicit_alias", "select t.x as x from t t"),
    ("explicit_alias", "select u.x as x from (select t.x as x from t as t)"),
    ("explicit_alias", "with u(x) as (select t.x as x from t as t) select u.x as x from u as u"),
    ("qualified_columns", "select x as x from t as t"),
    ("qualified_columns", "select s.t.x as x from t as t"),
    ("qualified_columns", "select t.x as x from t as t where y = 1"),
    ("qualified_columns", "select cast(count(*) as bigint) as n from t as t group by x"),
    ("plain_table", "select cast(1 as bigint) as x"),
    ("plain_table", "select t.x as x from lake.t as t"),
    ("plain_table", "select t.x as x from read_parquet('t') as t"),
    ("plain_table", "select t.x as x from lateral (select u.x as x from u as u) as t"),
    ("join_kind", "select t.x as x from t as t, u as u"),
    ("join_kind", "select t.x as x from t as t join u as u on t.x = u.x"),
    ("join_kind", "select t.x as x from t as t right join u as u on t.x = u.x"),
    ("join_kind", "select t.x as x from t as t full join u as u on t.x = u.x"),
    ("join_kind", "select t.x as x from t as t left semi join u as u on t.x = u.x"),
    ("join_kind", "select t.x as x from t as t anti join u as u on t.x = u.x"),
    ("join_condition", "select t.x as x from t as t inner join u as u on t.x = u.x or t.y = u.y"),
    ("join_condition", "select t.x as x from t as t inner join u as u on t.x = u.x and t.y < u.y"),
    ("join_condition", "select t.x as x from t as t left join u as u on t.x = u.x and u.y = 1"),
    ("join_condition", "select t.x as x from t as t inner join u as u using (x)"),
    ("join_condition", "select t.x as x from t as t natural inner join u as u"),
    ("order_by_outermost", "select u.x as x from (select t.x as x from t as t order by x nulls last) as u"),
    ("order_by_outermost", "select t.x as x from t as t order by t.x nulls last"),
    ("order_by_outermost", "select t.x as x from t as t order by 1 nulls last"),
    ("nulls_order", "select t.x as x from t as t order by x"),
    ("nulls_order", "select cast(row_number() over (order by t.x) as bigint) as n from t as t"),
    ("group_by", "select t.x as x from t as t group by 1"),
    ("group_by", "select t.x as x from t as t group by all"),
    ("group_by", "select t.x as x from t as t group by rollup (t.x)"),
    ("group_by", "select t.x as x from t as t group by cube (t.x)"),
    ("group_by", "select t.x as x from t as t group by grouping sets ((t.x), ())"),
    ("group_by", "select t.x as x from t as t group by t.x with rollup"),
    ("set_operation", "select t.x as x from t as t union select u.x as x from u as u"),
    ("set_operation", "select t.x as x from t as t except select u.x as x from u as u"),
    ("set_operation", "select t.x as x from t as t union all by name select u.x as x from u as u"),
    ("no_recursive_cte", "with recursive u as (select t.x as x from t as t) select u.x as x from u as u"),
    ("clause", "select t.x as x from t as t order by x nulls last limit 1"),
    ("clause", "select t.x as x from t as t offset 1"),
    ("clause", "select t.x as x from t as t order by x nulls last fetch first 1 rows only"),
    ("nulls_order", "select t.x as x from t as t order by all"),
    ("clause", "select distinct on (t.x) t.x as x from t as t"),
    ("clause", "select t.x as x from t as t qualify cast(row_number() over (order by t.x nulls last) as bigint) = 1"),
    ("clause", "select max(t.x) over w as x from t as t window w as (partition by t.y)"),
    ("clause", "values (1)"),
    ("clause", "select from t as t"),
    ("one_query", "with u as materialized (select t.x as x from t as t) select u.x as x from u as u"),
    ("no_scalar_subquery", "select (select max(u.x) as x from u as u) as x from t as t"),
    ("no_scalar_subquery", "select t.x as x from t as t where t.x > (select max(u.x) as x from u as u)"),
    ("no_scalar_subquery", "select t.x as x from t as t where exists (select u.x as x from u as u)"),
    ("no_scalar_subquery", "select t.x as x from t as t where t.x not in (select u.x as x from u as u)"),
    ("no_at_time_zone", "select t.x at time zone 'Asia/Shanghai' as x from t as t"),
    ("typed_literal", "select t.x as x from t as t where t.dt > date '2026-01-01'"),
    ("typed_literal", "select t.x as x from t as t where t.at > timestamp '2026-01-01 00:00:00'"),
    ("typed_literal", "select t.x as x from t as t where t.dt > cast('2026-01-01' as date)"),
    ("typed_literal", "select t.x + interval '1' day as x from t as t"),
    ("literal", "select t.x * 0.5 as x from t as t"),
    ("literal", "select t.x as x from t as t where t.y = x'00'"),
    ("literal", "select 1 as x from t as t"),
    ("literal", "select null as x from t as t"),
    ("cast", "select t.x::bigint as x from t as t"),
    ("cast", "select try_cast(t.x as bigint) as x from t as t"),
    ("cast", "select cast(t.x as timestamp) as x from t as t"),
    ("cast", "select cast(t.x as decimal(10, 2)) as x from t as t"),
    ("division", "select t.x / t.y as x from t as t"),
    ("division", "select cast(t.x as double) / t.y as x from t as t"),
    ("division", "select t.x / nullif(t.y, 0) as x from t as t"),
    ("function", "select current_date as x from t as t"),
    ("function", "select date_trunc('week', t.x) as x from t as t"),
    ("function", "select cast(ntile(4) over (order by t.x nulls last) as bigint) as x from t as t"),
    ("function", "select percentile_cont(0.5) within group (order by t.x nulls last) as x from t as t"),
    ("function", "select avg(t.x) as x from t as t"),
    ("function", "select brand_of(t.x) as x from t as t"),
    ("function", "select cast(count(*) filter (where t.x = 1) as bigint) as x from t as t"),
    ("function", "select cast(sum(distinct cast(t.x as bigint)) as bigint) as x from t as t"),
    ("bigint_result", "select count(*) as n from t as t"),
    ("bigint_result", "select sum(cast(t.x as bigint)) as n from t as t"),
    ("bigint_result", "select row_number() over (order by t.x nulls last) as n from t as t"),
    ("bigint_result", "select t.x as x from t as t group by t.x having count(*) > 1"),
    ("integer_sum", "select cast(sum(t.x) as bigint) as n from t as t"),
    ("integer_sum", "select cast(sum(cast(t.x as double)) as bigint) as n from t as t"),
    (
        "window",
        "select cast(sum(cast(t.x as bigint)) over (order by t.y nulls last rows between 1 preceding and current row) \
         as bigint) as n from t as t",
    ),
    ("window", "select max(t.x) over (order by t.y nulls last) as n from t as t"),
    ("window", "select cast(row_number() over (partition by t.y) as bigint) as n from t as t"),
    ("window", "select max(t.x) over w as x from t as t window w as (partition by t.y)"),
    ("expression", "select t.x as x from t as t where t.y like 'a%'"),
    ("expression", "select t.x as x from t as t where t.y is distinct from t.z"),
    ("expression", "select extract(year from t.x) as x from t as t"),
    ("expression", "select t.x || 'a' as x from t as t"),
    ("expression", "select t.x % 2 as x from t as t"),
    ("expression", "select t.x[1] as x from t as t"),
];

#[test]
fn the_sound_query_passes() {
    let findings = lint(SOUND);
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(names(SOUND).unknown, Vec::<String>::new());
}

#[test]
fn each_broken_query_is_refused_by_its_rule() {
    let passed = |(rule, sql): &&(&str, &str)| lint(sql).iter().all(|finding| finding.rule != *rule);
    let passed: Vec<_> = BROKEN.iter().filter(passed).collect();
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn every_rule_has_a_broken_query_and_a_line_in_the_readme() {
    let broken: BTreeSet<&str> = BROKEN.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(broken, RULES.iter().copied().collect());

    let readme = include_str!("../../README.md");
    let documented: Vec<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(rule, _)| rule).collect();
    assert_eq!(documented, RULES);
}

#[test]
fn a_finding_says_where() {
    let findings = lint("select\n    t.x as x,\n    t.y / 2 as y\nfrom t as t");
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((finding.rule, finding.line), ("division", 3));
    assert!(finding.message.contains("nullif"), "{}", finding.message);
}

//! Every folder against the subset and against its own `meta.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mirrorlake_sql::{Reduction, Severity, reductions};

use crate::names::names;
use crate::rules::lint;

fn set(words: &[String]) -> BTreeSet<String> {
    words.iter().cloned().collect()
}

fn column_names(reduction: &Reduction) -> Vec<String> {
    reduction.meta.columns.iter().map(|column| column.name.clone()).collect()
}

#[test]
fn every_folder_is_embedded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = BTreeSet::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let entry = entry.unwrap();
        let files = ["query.sql", "meta.toml", "checks.sql"].map(|file| entry.path().join(file).is_file());
        if files.contains(&true) {
            assert_eq!(files, [true; 3], "{} is not whole", entry.path().display());
            folders.insert(entry.file_name().into_string().unwrap());
        }
    }
    let embedded: BTreeSet<String> = reductions().iter().map(|reduction| reduction.name.to_owned()).collect();
    assert_eq!(embedded, folders, "src/lib.rs lists the folders");
}

#[test]
fn every_query_and_check_is_portable() {
    for reduction in reductions() {
        let findings = lint(reduction.query);
        assert!(findings.is_empty(), "{}/query.sql: {findings:#?}", reduction.name);
        assert!(!reduction.query.contains(';'), "{}: a query is one statement without its semicolon", reduction.name);
        for check in &reduction.checks {
            let findings = lint(&check.query);
            assert!(findings.is_empty(), "{}/checks.sql, {}: {findings:#?}", reduction.name, check.name);
        }
    }
}

#[test]
fn the_query_yields_the_declared_columns_in_order() {
    for reduction in reductions() {
        assert_eq!(names(reduction.query).outputs, column_names(reduction), "{}", reduction.name);
    }
}

#[test]
fn the_query_reads_exactly_the_declared_inputs() {
    for reduction in reductions() {
        let found = names(reduction.query);
        assert_eq!(found.unknown, Vec::<String>::new(), "{}", reduction.name);
        let inputs = &reduction.meta.inputs;
        let declared: BTreeMap<String, BTreeSet<String>> =
            inputs.iter().map(|input| (input.table.clone(), set(&input.columns))).collect();
        assert_eq!(found.inputs, declared, "{}", reduction.name);
        assert_eq!(declared.len(), inputs.len(), "{} declares a table twice", reduction.name);
        for input in inputs {
            assert_eq!(set(&input.columns).len(), input.columns.len(), "{}: {}", reduction.name, input.table);
        }
    }
}

#[test]
fn slices_go_by_a_column_that_is_read_and_one_for_all() {
    for reduction in reductions() {
        let inputs = reduction.meta.inputs.iter();
        let by: BTreeSet<&String> = inputs.clone().filter_map(|input| input.sliced_by.as_ref()).collect();
        assert!(by.len() < 2, "{}: {by:?}", reduction.name);
        for input in inputs.filter(|input| input.sliced_by.is_some()) {
            let column = input.sliced_by.as_ref().unwrap();
            assert!(input.columns.contains(column), "{}: {}.{column}", reduction.name, input.table);
        }
    }
}

#[test]
fn the_grain_is_among_the_columns_ordered_by_and_checked() {
    for reduction in reductions() {
        let grain = set(&reduction.meta.grain);
        for name in &grain {
            let column = reduction.meta.column(name).unwrap_or_else(|| panic!("{}: no {name}", reduction.name));
            assert!(!column.nullable, "{}: {name} tells rows apart and is never null", reduction.name);
        }

        // Without a grain only the order by all columns is total.
        let order = set(&names(reduction.query).order);
        let total = if grain.is_empty() { set(&column_names(reduction)) } else { grain.clone() };
        assert!(order.is_superset(&total), "{}: ordered by {order:?}", reduction.name);

        let fails = reduction.checks.iter().filter(|check| check.severity == Severity::Fail);
        let checked = fails.flat_map(|check| names(&check.query).groups).any(|group| group == grain);
        assert!(grain.is_empty() || checked, "{}: no check groups by the grain", reduction.name);
    }
}

#[test]
fn checks_count_bad_rows_of_the_result_and_nothing_else() {
    for reduction in reductions() {
        let columns = set(&column_names(reduction));
        let mut titles = BTreeSet::new();
        for check in &reduction.checks {
            let found = names(&check.query);
            let place = format!("{}: {}", reduction.name, check.name);
            assert_eq!(found.outputs, ["bad_rows"], "{place}");
            assert!(check.query.contains("cast(count(*) as bigint) as bad_rows"), "{place}");
            assert_eq!(found.unknown, Vec::<String>::new(), "{place}");
            assert_eq!(found.inputs.keys().collect::<Vec<_>>(), ["result"], "{place}");
            assert!(found.inputs["result"].is_subset(&columns), "{place}: {:?}", found.inputs);
            assert!(titles.insert(&check.name), "{place} is there twice");
        }
    }
}

#[test]
fn every_column_that_is_never_null_is_checked() {
    for reduction in reductions() {
        let fails = reduction.checks.iter().filter(|check| check.severity == Severity::Fail);
        let tested: BTreeSet<String> = fails.flat_map(|check| names(&check.query).null_tests).collect();
        let required = reduction.meta.columns.iter().filter(|column| !column.nullable);
        let required: BTreeSet<String> = required.map(|column| column.name.clone()).collect();
        assert_eq!(tested, required, "{}", reduction.name);
    }
}

#[test]
fn every_declaration_says_something() {
    for Reduction { name, meta, .. } in reductions() {
        assert!(!meta.owner.trim().is_empty() && meta.description.ends_with('.'), "{name}");
        assert_eq!(
            set(&meta.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()).len(),
            meta.columns.len()
        );
        for column in &meta.columns {
            assert!(column.description.ends_with('.'), "{name}: {}", column.name);
            assert_ne!(column.unit.as_deref(), Some(""), "{name}: {}", column.name);
        }
    }
}

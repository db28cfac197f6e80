//! What ARCHITECTURE.md promises of the house, held against its files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The crates of the workspace, by folder.
const CRATES: [&str; 9] = [
    "jobs/model",
    "jobs/lake",
    "jobs/engine",
    "jobs/metrics",
    "jobs/signals",
    "jobs/sample",
    "jobs/suite",
    "sql",
    "reports",
];

/// The crates that a crate's Cargo.toml names under a heading.
fn dependencies(folder: &str, heading: &str) -> BTreeSet<String> {
    let text = read(&root().join(folder).join("Cargo.toml"));
    let lines = text.lines().skip_while(|l| *l != heading).skip(1).take_while(|l| !l.starts_with('['));
    let name = |line: &str| line.split(['.', '=', ' ']).next().unwrap_or_default().to_owned();
    lines.filter(|l| !l.starts_with('#') && !l.trim().is_empty()).map(name).collect()
}

/// Every Rust file below a folder.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_list_of_crates_is_the_workspaces() {
    let manifest = read(&root().join("Cargo.toml"));
    let members = manifest.lines().find(|l| l.starts_with("members = ")).expect("members");
    for folder in CRATES {
        assert!(members.contains(&format!("\"{folder}\"")), "{folder} is not a member");
    }
    assert_eq!(members.matches('"').count(), 2 * CRATES.len(), "a crate is missing here: {members}");
}

#[test]
fn only_the_lake_crate_opens_object_stores() {
    for folder in CRATES.iter().filter(|f| **f != "jobs/lake") {
        for name in ["object_store", "reqwest", "rustls"] {
            assert!(!dependencies(folder, "[dependencies]").contains(name), "{folder} depends on {name}");
        }
    }
}

#[test]
fn only_the_engine_crate_knows_polars() {
    for folder in CRATES.iter().filter(|f| **f != "jobs/engine") {
        for heading in ["[dependencies]", "[dev-dependencies]"] {
            let polars: Vec<String> =
                dependencies(folder, heading).into_iter().filter(|d| d.starts_with("polars")).collect();
            assert!(polars.is_empty(), "{folder} depends on {polars:?}");
        }
    }
}

#[test]
fn model_metrics_signals_reports_and_sql_are_free_of_tables_and_input() {
    let heavy = [
        "polars",
        "arrow",
        "parquet",
        "object_store",
        "reqwest",
        "tokio",
        "mirrorlake-lake",
        "mirrorlake-engine",
        "mirrorlake",
    ];
    for folder in ["jobs/model", "jobs/metrics", "jobs/signals", "reports", "sql"] {
        for heading in ["[dependencies]", "[dev-dependencies]"] {
            let found = dependencies(folder, heading);
            for name in heavy {
                assert!(!found.contains(name), "{folder} depends on {name} {heading}");
            }
        }
    }
}

#[test]
fn only_the_data_path_reads_and_writes_parquet() {
    // The sample lake is written, not read; the tests are readers of their own, as development dependencies.
    for folder in CRATES.iter().filter(|f| !matches!(**f, "jobs/lake" | "jobs/sample")) {
        assert!(!dependencies(folder, "[dependencies]").contains("parquet"), "{folder} depends on parquet");
    }
}

#[test]
fn dependencies_point_one_way() {
    let ours = |folder: &str| -> BTreeSet<String> {
        dependencies(folder, "[dependencies]").into_iter().filter(|d| d.starts_with("mirrorlake")).collect()
    };
    let allowed: [(&str, &[&str]); 8] = [
        ("jobs/model", &[]),
        ("sql", &[]),
        ("jobs/metrics", &["mirrorlake-model"]),
        ("jobs/signals", &["mirrorlake-model"]),
        ("jobs/lake", &["mirrorlake-model"]),
        ("reports", &["mirrorlake-model"]),
        ("jobs/engine", &["mirrorlake-lake", "mirrorlake-model", "mirrorlake-sql"]),
        ("jobs/sample", &["mirrorlake-lake", "mirrorlake-model"]),
    ];
    for (folder, allowed) in allowed {
        for name in ours(folder) {
            assert!(allowed.contains(&name.as_str()), "{folder} depends on {name}");
        }
    }
}

#[test]
fn versions_and_features_are_declared_once() {
    for folder in CRATES {
        let text = read(&root().join(folder).join("Cargo.toml"));
        for heading in ["[dependencies]", "[dev-dependencies]"] {
            let lines = text.lines().skip_while(|l| *l != heading).skip(1).take_while(|l| !l.starts_with('['));
            for line in lines.filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
                assert!(line.ends_with(".workspace = true"), "{folder}: {line}");
            }
        }
    }
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let mut long = Vec::new();
    for folder in ["jobs", "reports", "sql", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let lines = read(&file).lines().count();
            if lines > 400 {
                long.push(format!("{} has {lines} lines", file.display()));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_file_says_what_the_room_is_for() {
    for folder in ["jobs", "reports", "sql", "tests"] {
        for file in rust_files(&root().join(folder)) {
            assert!(read(&file).starts_with("//!"), "{} begins without a sentence about itself", file.display());
        }
    }
}

#[test]
fn every_room_is_in_the_architecture() {
    let architecture = read(&root().join("ARCHITECTURE.md"));
    let ignored = read(&root().join(".gitignore"));
    for entry in fs::read_dir(root()).expect("the workspace").flatten().filter(|e| e.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || ignored.lines().any(|l| l.trim_matches('/') == name) {
            continue;
        }
        let named = architecture.contains(&format!("`{name}`")) || architecture.contains(&format!("`{name}/"));
        assert!(named, "ARCHITECTURE.md does not say what {name}/ is for");
    }
    for folder in CRATES {
        assert!(architecture.contains(&format!("`{folder}`")), "ARCHITECTURE.md does not say what {folder} is for");
    }
}

#[test]
fn a_newcomer_finds_the_usual_files() {
    for name in
        ["ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "README.md", "justfile", ".ci/run", "data-samples/README.md"]
    {
        assert!(root().join(name).is_file(), "{name} is missing");
    }
    // Whatever else lies at the top is configuration of a tool, whose name says so.
    let known = ["Cargo.toml", "Cargo.lock", "clippy.toml", "rustfmt.toml", "deny.toml", "rust-toolchain.toml"];
    for entry in fs::read_dir(root()).expect("the workspace").flatten().filter(|e| e.path().is_file()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let plain = name.starts_with('.') || name.ends_with(".md") || ["LICENSE", "justfile"].contains(&name.as_str());
        assert!(plain || known.contains(&name.as_str()), "{name} does not belong at the top");
    }
}

#[test]
fn compute_reads_no_clock_no_environment_and_no_file() {
    // Named modules rather than words: "now" is also a word of comments.
    let banned = ["std::fs", "std::env", "SystemTime", "Utc::now", "Local::now", "std::net", "std::process"];
    for folder in ["jobs/model/src", "jobs/metrics/src", "jobs/signals/src", "reports/src"] {
        for file in rust_files(&root().join(folder)) {
            let text = read(&file);
            for word in banned {
                assert!(!text.contains(word), "{} uses {word}", file.display());
            }
        }
    }
}

#[test]
fn each_job_is_one_file() {
    let folder = root().join("jobs/suite/src/jobs");
    let names: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the jobs")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().trim_end_matches(".rs").replace('_', "-"))
        .collect();
    let listed = crate::support::Call::new("jobs --format json").run().ok().text();
    for line in listed.lines() {
        let job: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let name = job["job"].as_str().expect("a name");
        assert!(names.contains(name), "{name} has no file of its own in {}", folder.display());
    }
}

#[test]
fn each_reduction_is_one_folder() {
    let listed = crate::support::Call::new("sql list --format json").run().ok().text();
    let text = crate::support::Call::new("sql list").run().ok().text();
    for entry in fs::read_dir(root().join("sql")).expect("sql").flatten() {
        if entry.path().join("query.sql").is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            for file in ["meta.toml", "checks.sql"] {
                assert!(entry.path().join(file).is_file(), "{name} has no {file}");
            }
            assert!(text.contains(&name) && listed.contains(&name), "{name} is not listed");
        }
    }
}

# `just` lists the recipes.
default:
    @just --list --unsorted

# Everything on the sample lake, into ./mirrorlake-demo
demo:
    cargo run --release -- demo

# All tests, the same as CI
test:
    cargo test --release --workspace

# Format and lint
lint:
    cargo fmt --all --check
    cargo clippy --release --workspace --all-targets -- -D warnings

# Benchmarks: contract checks beside a bare scan; takedown-sla on a million takedowns; reports
bench sales="10000000":
    cargo run --release -p mirrorlake-engine --example bench_scan -- {{sales}}
    cargo run --release -p mirrorlake-metrics --example one_million
    sh docs/bench.sh

# Make the sample lake of the repository again
samples:
    cargo run --release -- sample-lake data-samples/lake --sales 20000 --days 35 --seed 7 --overwrite

# What a cold build costs: time, CPU and binary size, in a folder of its own
cold-build:
    CARGO_TARGET_DIR=target/cold cargo build --release --timings
    ls -l target/cold/release/mirrorlake

# What CI runs
ci:
    bash .ci/run

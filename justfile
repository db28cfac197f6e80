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

# Benchmarks of the comment detector over real texts: the gate alone, and the job beside a bare scan
bench-comments texts rows="10000000":
    cargo build --release
    cargo run --release -p mirrorlake-engine --example bench_comments -- target/release/mirrorlake {{texts}} {{rows}}

# Benchmark of the image search, beside comparing all; KIND is even, leaning or alike (docs/bench_matching.py asks FAISS)
bench-matching queries="10000000" references="1000000" threads="2" kind="even":
    cargo run --release -p mirrorlake-signals --example bench_matching -- {{queries}} {{references}} {{threads}} {{kind}}

# What the intervals of prevalence cover, on planted marketplaces (the tables of docs/prevalence.md; half a minute)
coverage markets="1000" seed="1":
    cargo run --release -p mirrorlake-metrics --example prevalence_coverage -- --markets {{markets}} --seed {{seed}}

# Train the comment detector again, from the project's labels and the Parquet file of texts that they refer to
train-comments texts out="jobs/signals/data/params.tsv":
    cargo run --release -- train comments --labels jobs/signals/data/labels/pool.jsonl \
        --labels jobs/signals/data/labels/invented.jsonl --labels jobs/signals/data/labels/grammar.jsonl \
        --texts {{texts}} --out {{out}}

# Fuzz the comment detector for some seconds (LLVM's coverage flags work on a stable toolchain; cargo-fuzz is not needed)
fuzz seconds="60":
    cd jobs/signals/fuzz && RUSTFLAGS="-Cpasses=sancov-module -Ccodegen-units=1 -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table" \
        cargo run --release --target "$(rustc -vV | sed -n 's/host: //p')" -- -max_len=4096 -max_total_time={{seconds}}

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

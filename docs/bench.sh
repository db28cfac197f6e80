#!/bin/sh
# Times takedown-sla and brand-report on a lake with a million takedowns, three runs each.
set -eu
program=${MIRRORLAKE:-target/release/mirrorlake}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" -q sample-lake "$folder/lake" --sales 100000 --days 90 --seed 7 --takedowns 1000000 --brands 900 > /dev/null
for run in 1 2 3; do
    for job in takedown-sla brand-report; do
        "$program" -q "$job" --lake "$folder/lake" --marts "$folder/marts" --as-of latest --force --format json | tail -n 1
    done
done

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the release preset and runs the benchmarks, all or the given ones. Each is a program of its
# own; README.md describes what they measure.
#
#   tests/bench/run.sh                   startup, signing, plan_apply, memory, terraform
#   tests/bench/run.sh signing memory    these
set -euo pipefail
cd "$(dirname "$0")/../.."

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  names=(startup signing plan_apply memory terraform)
fi

TMPDIR=$(mktemp -d)
export TMPDIR ENSURE_METADATA=off
trap 'rm -rf "$TMPDIR"' EXIT

cmake --preset release >/dev/null
cmake --build --preset release --target "${names[@]/#/bench_}"

printf '\n%s, %s, %s processors, load %s\n' "$(date -u +%F)" \
  "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
for name in "${names[@]}"; do
  printf '\n=== %s\n' "$name"
  "build/release/tests/bench_$name"
done

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target with libFuzzer (clang), each for the same time, and adds the inputs that
# reach new code to the corpora of this directory.
#
#   tests/fuzz/full.sh [SECONDS_PER_TARGET]
#
# With ENSURE_FULL=1 and without a number all targets together take an hour on two cores; else the
# default is 10 seconds a target. ENSURE_FUZZ_JOBS targets (2) run at a time. A target that finished
# is noted in build/fuzz/fuzz.done, and is skipped when the script is started again; remove that file
# to begin again. An input that breaks a target stays in build/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/../.."

jobs=${ENSURE_FUZZ_JOBS:-2}
build=build/fuzz
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target fuzz_targets
mkdir -p "$build/found" "$build/grown"
touch "$build/fuzz.done"

mapfile -t targets < <(find "$build/tests" -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x -printf '%f\n' | sort)
seconds=${1:-10}
if [ "${ENSURE_FULL:-0}" = 1 ] && [ $# -eq 0 ]; then
  seconds=$((3600 * jobs / ${#targets[@]}))
fi

# The directory that the found inputs of a target go to: targets of three clouds share one.
corpus_of() {
  local name=${1#fuzz_}
  case $name in
    reply_* | profile_* | sign_*) name=${name%_*} ;;
  esac
  printf 'tests/fuzz/corpus/%s' "$name"
}

run_target() {
  local target=$1 corpus
  corpus=$(corpus_of "$target")
  mkdir -p "$build/grown/$target"
  # Grown inputs are kept apart; the corpus gets a small set that reaches the same code.
  if ! "$build/tests/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
    -artifact_prefix="$build/found/$target-" -print_final_stats=1 \
    "$build/grown/$target" "$corpus" >"$build/$target.log" 2>&1; then
    echo "FAILED $target; see $build/$target.log; replay: $build/tests/$target $build/found/$target-*"
    return 1
  fi
  "$build/tests/$target" -merge=1 -use_counters=0 -max_len=4096 "$corpus" "$build/grown/$target" \
    >>"$build/$target.log" 2>&1
  echo "$target" >>"$build/fuzz.done"
  echo "$target: $(grep -m1 -o 'stat::number_of_executed_units:.*' "$build/$target.log" | tr -s ' ')"
}

status=0
for target in "${targets[@]}"; do
  if grep -qx "$target" "$build/fuzz.done"; then
    echo "$target: done before"
    continue
  fi
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
    wait -n || status=1
  done
  run_target "$target" &
done
while [ "$(jobs -rp | wc -l)" -gt 0 ]; do
  wait -n || status=1
done
exit $status

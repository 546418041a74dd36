#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# replay.sh PROGRAM: the same seed gives the same run, to the last line of its trace.
set -euo pipefail

program=$1
for seed in $(seq 1 40); do
  once=$("$program" --seed "$seed" --trace)
  again=$("$program" --seed "$seed" --trace)
  if [ "$once" != "$again" ]; then
    echo "seed $seed does not replay"
    diff <(echo "$once") <(echo "$again") | head -5
    exit 1
  fi
done
echo "40 seeds replayed"

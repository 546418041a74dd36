#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh PROGRAM DIRECTORY: the simulation as CI runs it, 50,000 seeds or two minutes. With ENSURE_FULL=1
# an hour in all: when it is stopped, the next run goes on where it was, and the figures of its parts
# can be added up. SIMULATION_FIRST is the first seed.
set -euo pipefail

program=$1
directory=$2
first=${SIMULATION_FIRST:-1}
if [ "${ENSURE_FULL:-}" != 1 ]; then
  exec "$program" --first "$first" --seeds 50000 --seconds 120
fi
exec "$program" --first "$first" --seeds 1000000000 --seconds 3600 --progress "$directory/progress"

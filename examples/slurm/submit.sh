#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Submits the array that brings up a fleet, and the job that merges the results when all members have
# ended, also after a failure. Prints the directory of the results.
#
# usage: submit.sh FLEET
set -eu
here=$(dirname "$0")
results=$(mktemp -d "$PWD/results.XXXXXX")
array=$(sbatch --parsable "$here/bring-up.sbatch" "$1" "$results")
sbatch --parsable --dependency="afterany:${array%%;*}" "$here/merge.sbatch" "$results" >/dev/null
echo "$results"

#!/usr/bin/env bash
# From a fresh clone to a fleet on three clouds that was previewed and brought up: installs what is
# missing (Debian packages), builds, starts the emulator on loopback, and goes through each door.
# No cloud account is needed and nothing leaves this machine.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '\033[2m$ %s\033[0m\n' "$*"; "$@"; }
# Runs a command whose exit code is part of the story, and tells it.
tell() {
  local code=0
  run "$@" || code=$?
  printf '\033[2m(exit code %d)\033[0m\n' "$code"
}

say "1. Build"
# shellcheck source=examples/packages.sh
. examples/packages.sh
install_packages "${build_packages[@]}"
cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release
PATH=$PWD/build/release/bin:$PATH

stop_emulator() {
  [ -z "${ENSURE_EMULATOR_PID:-}" ] || kill "$ENSURE_EMULATOR_PID" 2>/dev/null || true
  ENSURE_EMULATOR_PID=
}
work=$(mktemp -d)
trap 'stop_emulator; rm -rf "$work"' EXIT

# Starts the three clouds afresh; they print their addresses and demonstration keys as exports, the
# process number last.
start_emulator() {
  local line
  stop_emulator
  exec 3< <(exec ensure-emulator --env --boot-ms 1500)
  while read -r line <&3; do
    eval "$line"
    [[ $line != *ENSURE_EMULATOR_PID* ]] || break
  done
}

say "2. Three clouds on loopback, and a fleet"
start_emulator
run cat examples/fleet.json

say "3. Plan: each cloud's own dry run says what a start would meet"
tell ensure plan examples/fleet.json

say "4. Apply: what can be brought up is brought up; the rest is told apart"
tell ensure apply --yes examples/fleet.json

say "5. Plan again: nothing is left to start"
tell ensure plan examples/fleet.json

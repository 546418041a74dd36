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

work=$(mktemp -d)
emulator=
stop_emulator() {
  [ -z "$emulator" ] || { kill "$emulator" && wait "$emulator"; } 2>/dev/null || true
  emulator=
}
trap 'stop_emulator; rm -rf "$work"' EXIT

# Starts the three clouds afresh, and takes their addresses and demonstration keys.
start_emulator() {
  stop_emulator
  mkfifo "$work/ready"
  ensure-emulator --env --boot-ms 1500 >"$work/ready" &
  emulator=$!
  # shellcheck disable=SC1090
  . "$work/ready"
  rm "$work/ready"
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

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the release preset and runs the benchmarks, all or the given ones. Each is a program of its
# own; README.md describes what they measure.
#
#   tests/bench/run.sh                   startup, signing, reading, plan_apply, waiting, memory, find, terraform
#   tests/bench/run.sh signing memory    these
#   tests/bench/run.sh peer_sdk          this one only if it is named: it needs node, npm and a registry
set -euo pipefail
cd "$(dirname "$0")/../.."

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  names=(startup signing reading plan_apply waiting memory find terraform)
fi

TMPDIR=$(mktemp -d)
export TMPDIR ENSURE_METADATA=off
trap 'rm -rf "$TMPDIR"' EXIT

# What is compared beside the programs of the build: those of the release, as plugin (startup,
# terraform) and as command (plan_apply, peer_sdk), the installed plugin, and a server of go-plugin in
# Go, whose modules the go command downloads. What can't be made is left out.
BENCH_STATIC='' BENCH_STATIC_STUB='' BENCH_TOOL='' BENCH_INSTALLED='' BENCH_GO=''
export BENCH_STATIC BENCH_STATIC_STUB BENCH_TOOL BENCH_INSTALLED BENCH_GO
prepare_release() {
  local log=$TMPDIR/log zip arch
  arch=$(dpkg --print-architecture)
  if cmake --build --preset release --target package_release >"$log" 2>&1; then
    for zip in build/release/release/*.zip; do
      printf '%s: %s bytes\n' "$(basename "$zip")" "$(stat -c %s "$zip")"
    done
    python3 -m zipfile -e build/release/release/*_linux_"$arch".zip "$TMPDIR/zip"
    BENCH_STATIC=$(echo "$TMPDIR"/zip/terraform-provider-ensure_v*)
    chmod +x "$BENCH_STATIC" # Python's zipfile does not keep it
    tar -xzf build/release/release/ensure_*_linux_"$arch".tar.gz -C "$TMPDIR" bin/ensure
    BENCH_TOOL=$TMPDIR/bin/ensure
  else
    printf 'no static program: %s\n' "$(tail -n 1 "$log")"
  fi
}

# The static plugin with the stub engine; stripped, as that of the release is.
prepare_static_stub() {
  local build log=$TMPDIR/log
  build=build/release/release-$(dpkg --print-architecture)
  if [ -n "$BENCH_STATIC" ] &&
    cmake --build "$build" --target bench_terraform_stub >"$log" 2>&1; then
    mkdir "$TMPDIR/stub"
    BENCH_STATIC_STUB=$TMPDIR/stub/terraform-provider-ensure
    strip -o "$BENCH_STATIC_STUB" "$build/tests/bench/stub/terraform-provider-ensure"
  else
    echo 'no static program with the stub engine'
  fi
}

prepare_startup() {
  local log=$TMPDIR/log
  cmake --build --preset release
  cmake --install build/release --prefix "$TMPDIR/installed" >/dev/null
  BENCH_INSTALLED=$TMPDIR/installed/libexec/ensure/terraform-provider-ensure
  if ! command -v go >/dev/null; then
    echo 'no server of go-plugin: there is no go command on PATH'
  elif (cd tests/bench/go_plugin &&
    CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$TMPDIR/go_plugin" .) 2>"$log"; then
    BENCH_GO=$TMPDIR/go_plugin
    printf 'server of go-plugin: %s, %s bytes\n' "$(go env GOVERSION)" "$(stat -c %s "$BENCH_GO")"
  else
    printf 'no server of go-plugin: %s\n' "$(tail -n 1 "$log")"
  fi
}

cmake --preset release >/dev/null
cmake --build --preset release --target "${names[@]/#/bench_}"
if [[ " ${names[*]} " =~ \ (startup|plan_apply|peer_sdk|terraform)\  ]]; then
  prepare_release
fi
if [[ " ${names[*]} " == *' terraform '* ]]; then
  prepare_static_stub
fi
if [[ " ${names[*]} " == *' startup '* ]]; then
  prepare_startup
fi

printf '\n%s, %s, %s processors, load %s\n' "$(date -u +%F)" \
  "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
for name in "${names[@]}"; do
  printf '\n=== %s\n' "$name"
  if [ "$name" = peer_sdk ]; then
    tests/bench/peer_sdk.py build/release/bin build/release/tests/sdk/packages
  else
    "build/release/tests/bench_$name"
  fi
done

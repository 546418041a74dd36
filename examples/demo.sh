#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes what the README shows, from a real run against the emulator: the recording of a terminal
# (demo.cast, for asciinema play), an image of its first command (terminal.svg), and one of the HTML
# page of the same plan (page.png, with Chromium).
#
# usage: examples/demo.sh [BIN_DIRECTORY [OUTPUT_DIRECTORY]]
set -euo pipefail
root=$(realpath "$(dirname "$0")/..")
bin=$(realpath "${1:-$root/build/release/bin}")
out=$(realpath "${2:-$root/examples/demo}")
demo=$root/examples/demo

for program in ensure ensure-emulator; do
  [ -x "$bin/$program" ] || {
    echo "demo.sh: there is no $program in $bin: build it, see .github/CONTRIBUTING.md" >&2
    exit 1
  }
done
work=$(mktemp -d)
emulator=
end() {
  [ -z "$emulator" ] || kill "$emulator" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT

# The emulator prints its addresses and demonstration keys as export commands, its process id last.
exec 3< <(exec "$bin/ensure-emulator" --env --boot-ms 1500)
while read -r line <&3; do
  eval "$line"
  [[ $line != *ENSURE_EMULATOR_PID* ]] || break
done
emulator=$ENSURE_EMULATOR_PID

cp "$demo/fleet.json" "$work"
PATH=$bin:$PATH python3 -B "$demo/record.py" "$work" "$out/demo.cast" \
  "ensure plan --out night.plan fleet.json" "ensure apply night.plan"
python3 -B "$demo/draw.py" "$out/demo.cast" "$out/terminal.svg"
"$bin/ensure" show "$work/night.plan" --format html >"$work/page.html"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$chromium" ]; then
  echo "demo.sh: there is no chromium on PATH: page.png is not made" >&2
else
  HOME=$work "$chromium" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --hide-scrollbars --window-size=1280,820 --screenshot="$out/page.png" \
    "file://$work/page.html" >/dev/null 2>&1
  python3 -B "$demo/draw.py" --mark "$work/page.html" "$out/page.png"
fi

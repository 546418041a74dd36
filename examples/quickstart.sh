#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Demonstrates Ensure from a fresh clone: installs missing Debian packages, builds, starts the emulator
# of the three clouds on loopback, and runs a plan and an apply of a fleet through each front end. The
# Terraform step is skipped if terraform is not on PATH. Needs no cloud account; only the installation
# of packages uses the network.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '\033[2m$ %s\033[0m\n' "$*"; "$@"; }
# The same for a line with pipes.
run_line() { printf '\033[2m$ %s\033[0m\n' "$1"; bash -o pipefail -c "$1"; }
# Runs a command that may fail, and prints its exit code.
try() {
  local code=0
  run "$@" || code=$?
  printf '\033[2m(exit code %d)\033[0m\n' "$code"
}

say "1. Build"
# shellcheck source=examples/packages.sh
. examples/packages.sh
install_packages "${build_packages[@]}" "${quickstart_packages[@]}"
cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release
PATH=$PWD/build/release/bin:$PATH

stop_emulator() {
  [ -z "${ENSURE_EMULATOR_PID:-}" ] || kill "$ENSURE_EMULATOR_PID" 2>/dev/null || true
  ENSURE_EMULATOR_PID=
}
work=$(mktemp -d)
trap 'stop_emulator; rm -rf "$work"' EXIT

# Starts a new emulator and exports its addresses and demonstration keys, which it prints as export
# commands; the line with the process id is the last.
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
echo "$(grep -c '/i-' examples/fleet.json) targets in examples/fleet.json, such as $(
  sed -n 's/.*"\(.*\/i-.*\)".*/\1/p' examples/fleet.json | head -n 1)"

say "3. Find, plan, apply: three commands from an empty directory, and no id is typed"
(
  mkdir "$work/empty" && cd "$work/empty"
  find="ensure find volcengine/cn-beijing alibaba/cn-hangzhou baidu/bj --status stopped --tag env=ci"
  run_line "$find"
  run_line "$find -o targets | ensure plan --out ci.plan -"
  run ensure apply ci.plan
)
echo "The same as a file: examples/fleet-by-tag.json says what the instances are, and each plan finds them."
run ensure plan --detailed-exitcode examples/fleet-by-tag.json

start_emulator
say "4. Plan: checks each start by the cloud's own dry run"
try ensure plan examples/fleet.json

say "5. Apply: starts what can be started; each of the others has its reason"
try ensure apply --yes examples/fleet.json

say "6. Plan again: nothing is left to start"
try ensure plan examples/fleet.json

# Each of the following front ends gets a new emulator.
say "7. The same verdicts from Terraform, inside terraform plan"
if command -v terraform >/dev/null; then
  start_emulator
  cat >"$work/terraformrc" <<EOF
provider_installation {
  dev_overrides {
    "terraform.local/ensure/ensure" = "$PWD/build/release/bin"
  }
}
EOF
  export TF_CLI_CONFIG_FILE=$work/terraformrc CHECKPOINT_DISABLE=1
  cp -r examples/terraform/quickstart "$work/terraform"
  terraform="terraform -chdir=$work/terraform"
  # shellcheck disable=SC2086 # the words of a command
  {
    try $terraform plan -compact-warnings -var instance_id=i-3tiefmkskq3vj0000005
    try $terraform apply -compact-warnings -auto-approve
    try $terraform plan -compact-warnings -detailed-exitcode
  }
else
  echo "Skipped: terraform is not on PATH, and Debian has no package of it" \
    "(see https://developer.hashicorp.com/terraform/install)."
fi

say "8. From Ansible: check mode is the plan"
start_emulator
export ANSIBLE_COLLECTIONS_PATH=$PWD/build/release/ansible ANSIBLE_LOCALHOST_WARNING=False
export ANSIBLE_INVENTORY_UNPARSED_WARNING=False ANSIBLE_NOCOWS=1
try ansible-playbook examples/ansible/bring_up.yml --check --diff
try ansible-playbook examples/ansible/bring_up.yml

say "9. From any program: libensure, here through Python's ctypes"
start_emulator
try env ENSURE_LIBRARY="$PWD/build/release/bin/libensure.so.0" python3 -B \
  examples/python/bring_up.py alibaba/cn-hangzhou/i-bp67acfmxazb4p0001 baidu/bj/i-3mtkTk01

# The emulator and the exported variables end with this script, so the commands below start another
# emulator.
say "Done. The emulator has ended; to go on by hand, with a new one:"
cat <<EOF
  cd $(printf '%q' "$PWD")
  export PATH="\$PWD/build/release/bin:\$PATH"
  ensure-emulator --env >build/emulator.env & sleep 1
  . build/emulator.env
  ensure find alibaba/cn-hangzhou --status stopped
  ensure plan examples/fleet.json
  ensure apply --yes examples/fleet.json
  kill "\$ENSURE_EMULATOR_PID"

Next: README.md, ensure --help, examples/.
EOF

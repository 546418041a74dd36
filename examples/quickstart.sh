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
echo "$(grep -c '/i-' examples/fleet.json) targets in examples/fleet.json, such as $(
  sed -n 's/.*"\(.*\/i-.*\)".*/\1/p' examples/fleet.json | head -n 1)"

say "3. Plan: each cloud's own dry run says what a start would meet"
tell ensure plan examples/fleet.json

say "4. Apply: what can be brought up is brought up; the rest is told apart"
tell ensure apply --yes examples/fleet.json

say "5. Plan again: nothing is left to start"
tell ensure plan examples/fleet.json

# From here on each door is shown on clouds that begin afresh.
say "6. The same verdicts from Terraform, inside terraform plan"
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
    tell $terraform plan -compact-warnings -var instance_id=i-3tiefmkskq3vj0000005
    tell $terraform apply -compact-warnings -auto-approve
    tell $terraform plan -compact-warnings -detailed-exitcode
  }
else
  echo "skipped: terraform is not on PATH"
fi

say "7. From Ansible: check mode is the plan"
if command -v ansible-playbook >/dev/null; then
  start_emulator
  export ANSIBLE_COLLECTIONS_PATH=$PWD/build/release/ansible ANSIBLE_LOCALHOST_WARNING=False
  export ANSIBLE_INVENTORY_UNPARSED_WARNING=False ANSIBLE_NOCOWS=1
  tell ansible-playbook examples/ansible/bring_up.yml --check --diff
  tell ansible-playbook examples/ansible/bring_up.yml
else
  echo "skipped: ansible-playbook is missing (apt-get install ansible-core)"
fi

say "8. From any program: libensure, here through Python's ctypes"
if command -v python3 >/dev/null; then
  start_emulator
  tell env ENSURE_LIBRARY="$PWD/build/release/bin/libensure.so.0" python3 -B \
    examples/python/bring_up.py alibaba/cn-hangzhou/i-bp67acfmxazb4p0001 baidu/bj/i-3mtkTk01
else
  echo "skipped: python3 is missing (apt-get install python3)"
fi

say "Done. Next: README.md, ensure --help, examples/."

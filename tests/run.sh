#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need (Debian packages, as root or with sudo; versions of Terraform and checkers
# of file formats, below the user's cache directory), builds, and runs the tests.
#
#   tests/run.sh                 all tests but those with the label "slow"
#   tests/run.sh --all           all tests
#   tests/run.sh --preset asan   the same with another preset (asan, tsan, dev, release, ci)
#   tests/run.sh -- -L unit      arguments after -- are passed to ctest
#   ENSURE_TEST_HOSTS=/a/tofu:/b/terraform tests/run.sh --all     further hosts of the provider
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=examples/packages.sh
. examples/packages.sh

preset=ci
labels=(-LE slow)
slow_packages=()
hosts=(1.15.5)
while [ $# -gt 0 ]; do
  case $1 in
    --all) labels=(); slow_packages=("${slow_test_packages[@]}"); hosts=(all) ;;
    --preset) preset=${2:?--preset needs a name}; shift ;;
    --) shift; break ;;
    *) echo "tests/run.sh: unknown option $1" >&2; exit 1 ;;
  esac
  shift
done

install_packages "${build_packages[@]}" "${test_packages[@]}" "${slow_packages[@]}"

# Tests of a version of Terraform, or with a checker, that can't be installed are skipped, or fail if CI=true.
/usr/bin/python3 tests/support/terraform/install.py "${hosts[@]}" || true
/usr/bin/python3 tests/support/checkers.py || true

# Keep Terraform and Ansible from using the user's configuration.
export CHECKPOINT_DISABLE=1 ANSIBLE_LOCALHOST_WARNING=False
unset TF_CLI_CONFIG_FILE

cmake --preset "$preset"
cmake --build --preset "$preset"
exec ctest --preset "$preset" --no-tests=error "${labels[@]}" "$@"

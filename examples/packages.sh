# SPDX-License-Identifier: Apache-2.0
# Lists of the Debian 12 packages that Ensure needs, and install_packages. Sourced by
# examples/quickstart.sh and tests/run.sh.
# shellcheck shell=bash

# shellcheck disable=SC2034 # used by the scripts that source this
build_packages=(
  ca-certificates cmake gcc git libc6-dev libcurl4-openssl-dev libgrpc-dev libjansson-dev
  libmicrohttpd-dev libmsgpack-dev libprotobuf-c-dev libssl-dev ninja-build pkg-config
  protobuf-c-compiler
)
# Needed by the Ansible and Python steps of the quickstart.
# shellcheck disable=SC2034
quickstart_packages=(ansible-core python3)
# shellcheck disable=SC2034
test_packages=(
  ansible-core bash-completion clang-format curl fish g++ libcmocka-dev man-db openssl python3
  python3-grpc-tools python3-grpcio python3-jsonschema python3-pip python3-yaml shellcheck zsh
)
# shellcheck disable=SC2034
slow_test_packages=(
  acl busybox-static debootstrap doxygen dpkg-dev gcc-aarch64-linux-gnu gpg gpg-agent lintian openssh-client
  openssh-server python3-venv qemu-user-static sudo
)
# Debian's npm conflicts with a Node.js from another source, which includes npm.
command -v npm >/dev/null || slow_test_packages+=(nodejs npm)

# Installs the given packages that are missing, through sudo if not root.
install_packages() {
  local missing=() package sudo=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "missing packages, and neither root nor sudo: apt-get install ${missing[*]}" >&2
      return 1
    }
    sudo=(sudo)
  fi
  echo "installing: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the vendors' SDKs of package-lock.json below the build tree and runs main.js with them.

usage: sdk_test.py EMULATOR SIGNER DIRECTORY [SEED]

Without node, npm or the packages the test is skipped (exit status 77) with a message that says what to
install; with CI=true it fails."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import surroundings  # pylint: disable=wrong-import-position

FILES = ("package.json", "package-lock.json")
INSTALL_S, RUN_S = 180, 120


def missing(reason):
    print(reason)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


def read(directory, name):
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def install(directory):
    """Installs the SDKs of the lock file unless they are installed already."""
    done = os.path.join(directory, "node_modules", ".installed")
    current = all(read(HERE, name) == read(directory, name) for name in FILES)
    if current and os.path.exists(done):
        return
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    for name in FILES:
        shutil.copy(os.path.join(HERE, name), directory)
    try:
        told = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                               "--loglevel=error"], cwd=directory, capture_output=True, text=True,
                              timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        missing(f"npm ci took longer than {INSTALL_S} s")
    if told.returncode != 0:
        missing(f"npm ci can't install the vendors' SDKs: {told.stderr.strip()[-400:]}")
    with open(done, "w", encoding="utf-8"):
        pass


def make_certificate(directory):
    """A certificate for loopback and its key."""
    certificate, key = (os.path.join(directory, name) for name in ("cert.pem", "key.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key


def main():
    emulator, signer, directory, *seed = sys.argv[1:]
    for program, package in (("node", "nodejs"), ("npm", "npm")):
        if shutil.which(program) is None:
            missing(f"no {program} on PATH (Debian package {package})")
    install(directory)
    certificate, key = make_certificate(directory)
    environment = surroundings.bare(
        NODE_EXTRA_CA_CERTS=certificate, HOME=directory, LANG="C.UTF-8",
        NODE_PATH=os.path.join(directory, "node_modules"),
        # bce-sdk-js uses Buffer() and url.parse(), which newer versions of node deprecate
        NODE_OPTIONS="--no-deprecation")
    try:
        return subprocess.run(["node", os.path.join(HERE, "main.js"), emulator, signer,
                               f"{certificate},{key}", *seed],
                              env=environment, timeout=RUN_S, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"took longer than {RUN_S} s")
        return 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the vendors' SDKs of package-lock.json below the build tree and runs main.js with them.

usage: sdk_test.py EMULATOR SIGNER DIRECTORY [SEED]

Without node, npm or the packages the test is skipped (exit status 77) with a message that says what to
install; with CI=true it fails."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
# pylint: disable=wrong-import-position
import npm  # noqa: E402
import surroundings  # noqa: E402

RUN_S = 120


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
    npm.install(HERE, directory)
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

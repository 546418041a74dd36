#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checkers of file formats, in Python packages: yamllint, check-jsonschema (with the schemas of GitHub's
workflows and of GitLab's pipelines), kubernetes-validate (with those of Kubernetes), and the messages of
OpenTelemetry (opentelemetry-proto).

usage: checkers.py       installs the packages of checkers.txt into the cache of the tests, if they are
                         not there; exits 1 if it can't
"""
import hashlib
import os
import subprocess
import sys
import tempfile

import cache
import needs
import surroundings

REQUIREMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkers.txt")
PYTHON = "/usr/bin/python3"
INSTALL_S = 300
CHECK_S = 120


def directory():
    """Where the packages are, or would be."""
    with open(REQUIREMENTS, "rb") as file:
        return os.path.join(cache.DIRECTORY, "checkers-" + hashlib.sha256(file.read()).hexdigest()[:16])


def install():
    """Raises OSError."""
    place = directory()
    if os.path.isdir(place):
        return
    os.makedirs(cache.DIRECTORY, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.DIRECTORY) as part:
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary=:all:", "--no-cache-dir", "--require-hashes", "--root-user-action=ignore",
                   "--target", os.path.join(part, "packages"), "--requirement", REQUIREMENTS]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=INSTALL_S, check=False)
        except subprocess.TimeoutExpired:
            raise OSError(f"pip took longer than {INSTALL_S} s") from None
        if done.returncode != 0:
            raise OSError(f"pip can't install it: {done.stderr.strip()[-400:]}")
        try:
            os.rename(os.path.join(part, "packages"), place)
        except OSError:  # another process was faster
            if not os.path.isdir(place):
                raise


def run(case, *arguments, text=""):
    """Runs Python with the packages for a test case; returns the finished process."""
    if not os.path.isdir(directory()):
        needs.missing(case, "the checkers of formats are not installed (tests/support/checkers.py)")
    return subprocess.run([PYTHON, *arguments], input=text, timeout=CHECK_S,
                          env=surroundings.bare(PYTHONPATH=directory(), LC_ALL="C.UTF-8"),
                          capture_output=True, text=True, check=False)


def check(case, module, *arguments):
    """Runs a checker for a test case; returns its exit status and what it says."""
    done = run(case, "-m", module, *arguments)
    return done.returncode, done.stdout + done.stderr


def main():
    try:
        install()
    except OSError as reason:
        print(f"the checkers of formats are not installed: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

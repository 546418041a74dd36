#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the release, signed with a key of the tests, and takes a foreign C library into the cache.

usage: make_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION
"""
import os
import subprocess
import sys
import tempfile
import unittest

import release_case
import foreign
import needs  # pylint: disable=wrong-import-position


class Make(unittest.TestCase):
    def test_package_release(self):
        for program, package in (("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
                                 ("dpkg-source", "dpkg-dev"), ("gpg", "gpg")):
            needs.program(self, program, f"apt-get install {package}")
        release_case.make_key()
        subprocess.run(["cmake", "--build", release_case.BUILD, "--target", "package_release"],
                       check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "GNUPGHOME": release_case.GNUPG,
                            "ENSURE_SIGNING_KEY": release_case.KEY})

    def run_release(self, **environment):
        done = subprocess.run(
            [sys.executable, f"{release_case.SOURCE}/plugin/packaging/release.py", "--version", "0",
             "--source", release_case.SOURCE, "--build", self.enterContext(
                 tempfile.TemporaryDirectory())], capture_output=True, text=True, check=False,
            env={**os.environ, **environment})
        self.assertEqual(done.returncode, 1)
        return done.stderr

    def test_what_is_missing_is_told(self):
        """Before anything is built."""
        self.assertEqual(self.run_release(PATH="/nonexistent", ENSURE_SIGNING_KEY=release_case.KEY),
                         "package_release: gpg is missing: apt-get install gpg\n")
        said = self.run_release(ENSURE_SIGNING_KEY="no such key", GNUPGHOME=release_case.GNUPG)
        self.assertIn("--list-secret-keys no such key failed", said)

    def test_foreign_library(self):
        """Here, since the tests that use it have no network."""
        try:
            foreign.make_archive()
        except foreign.Unavailable as reason:
            needs.missing(self, str(reason))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

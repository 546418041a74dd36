#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The libraries in a release are the newest that Debian offers, its security updates included, and
plugin/packaging/outdated.py tells when they no longer are.

usage: offered_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

from release_case import RELEASE, SOURCE, VERSION

LISTED = os.path.join(RELEASE, f"ensure_{VERSION}.spdx.json")


def outdated(path):
    return subprocess.run([os.path.join(SOURCE, "plugin", "packaging", "outdated.py"), path],
                          capture_output=True, text=True, check=False)


class Offered(unittest.TestCase):
    def test_this_release(self):
        done = outdated(LISTED)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_an_older_one(self):
        """A library with an older version, and one that Debian does not have."""
        with open(LISTED, encoding="utf-8") as file:
            document = json.load(file)
        by_id = {package["SPDXID"]: package for package in document["packages"]}
        by_id["SPDXRef-amd64-openssl"]["versionInfo"] = "3.0.11-1~deb12u1"
        by_id["SPDXRef-arm64-curl"]["versionInfo"] = "7.88.1-10+deb12u1"
        by_id["SPDXRef-arm64-zlib"]["name"] = "zlib-of-ours"
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(document, file)
            file.flush()
            done = outdated(file.name)
        lines = done.stdout.splitlines()
        self.assertEqual((done.returncode, len(lines)), (1, 3), done.stdout + done.stderr)
        for line, expected in zip(lines, (
                "linux_amd64: openssl 3.0.11-1~deb12u1 is linked in, and Debian offers 3.0.",
                "linux_arm64: curl 7.88.1-10+deb12u1 is linked in, and Debian offers 7.88.1-10+deb12u",
                "linux_arm64: zlib-of-ours 1:1.2.13.dfsg-1 is linked in, and Debian does not offer it")):
            self.assertTrue(line.startswith(expected), line)

    def test_nothing_listed(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            file.write('{"packages": []}')
            file.flush()
            done = outdated(file.name)
        self.assertEqual(done.returncode, 1)
        self.assertIn("lists no library that is linked in", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

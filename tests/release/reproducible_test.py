#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The release made a second time has the same bytes: elsewhere, at another time, with another umask,
by a user without rights who can change nothing in /etc, /usr and /var.

With ENSURE_FULL=1 its libraries are downloaded and built a second time too.

usage: reproducible_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from release_case import GNUPG, RELEASE, SOURCE, sha256
import needs  # pylint: disable=wrong-import-position

# As root: where the system is read-only, without any of root's rights.
ISOLATE = """
for place in /etc /usr /var; do
  mount --bind $place $place && mount -o remount,bind,ro $place || exit 1
done
exec unshare --user --map-user=12345 --map-group=12345 "$@"
"""
CHECK = """
test "$(id -u)" != 0 || exit 1
for file in /etc/apt/test /var/lib/dpkg/test; do
  if touch $file 2>/dev/null; then rm $file; exit 1; fi
done
exec "$@"
"""


def copy_sources(target):
    listed = subprocess.run(["git", "-C", SOURCE, "ls-files", "-co", "--exclude-standard", "-z"],
                            check=True, capture_output=True, text=True).stdout.split("\0")
    for file in filter(None, listed):
        if os.path.lexists(os.path.join(SOURCE, file)):
            copied = os.path.join(target, file)
            os.makedirs(os.path.dirname(copied), exist_ok=True)
            shutil.copy(os.path.join(SOURCE, file), copied, follow_symlinks=False)


def everything(directory):
    """{path: sha256} of a tree. A signature has its own time, and the keys are named by it alone."""
    found = {os.path.relpath(os.path.join(path, name), directory): sha256(os.path.join(path, name))
             for path, _, names in os.walk(directory) for name in names}
    return {name: digest for name, digest in found.items()
            if not name.endswith(".sig") and "/download/" not in name}


class Reproducible(unittest.TestCase):
    def isolation(self):
        """What a command begins with."""
        without_rights = ["sh", "-c", CHECK, "sh"]
        if os.geteuid() != 0:
            return without_rights
        isolated = ["unshare", "--mount", "sh", "-c", ISOLATE, "sh", *without_rights]
        tried = subprocess.run([*isolated, "true"], capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            needs.missing(self, f"namespaces are not allowed here: {tried.stderr.strip()}")
        return isolated

    def test_a_second_time(self):
        isolated = self.isolation()
        directory = self.enterContext(tempfile.TemporaryDirectory())
        source = os.path.join(directory, "a", "much", "longer", "name", "of", "a", "directory")
        copy_sources(source)
        epoch = subprocess.run(["git", "-C", SOURCE, "log", "-1", "--format=%ct"], check=True,
                               capture_output=True, text=True).stdout.strip()
        environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "TZ": "Asia/Shanghai",
                       "CCACHE_DISABLE": "1", "GNUPGHOME": GNUPG}
        environment.pop("ENSURE_SIGNING_KEY", None)
        if os.environ.get("ENSURE_FULL") == "1":
            environment["XDG_CACHE_HOME"] = os.path.join(directory, "cache")
        for command in (["cmake", "-S", ".", "-B", "b", "-G", "Ninja", "-DBUILD_TESTING=OFF",
                         "-DCMAKE_BUILD_TYPE=RelWithDebInfo"],
                        ["cmake", "--build", "b", "-j2", "--target", "package_release"]):
            done = subprocess.run([*isolated, *command], cwd=source, env=environment, umask=0o077,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        first, second = everything(RELEASE), everything(os.path.join(source, "b", "release"))
        self.assertEqual(set(first), set(second))
        self.assertEqual({n for n in first if first[n] != second[n]}, set())
        self.assertGreater(len(first), 10)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian package installs, works and is removed completely, and is reproducible. (For the release
archives: tests/release.)

usage: packages_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE, EMULATOR, VERSION = sys.argv[1:5]
sys.path[:0] = [os.path.join(SOURCE, "tests", "support"), os.path.join(SOURCE, "tests", "emulator")]
import harness  # pylint: disable=wrong-import-position
import minimal_root  # pylint: disable=wrong-import-position
import needs  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

DEB = f"{BUILD}/package/ensure_{VERSION}_amd64.deb"
UP = "alibaba/cn-hangzhou/i-off"
WORLD = {"accounts": with_emulator.accounts(),
         "instances": [{"cloud": "alibaba", "region": "cn-hangzhou", "id": "i-off",
                        "status": "Stopped"}]}
CONFIGURATION = """
terraform {
  required_providers {
    ensure = { source = "terraform.local/ensure/ensure" }
  }
}
resource "ensure_instance_running" "one" {
  cloud       = "alibaba"
  region      = "cn-hangzhou"
  instance_id = "i-off"
}
"""


def make(*targets, build=BUILD):
    subprocess.run(["cmake", "--build", build, "--target", *targets], check=True,
                   stdout=subprocess.DEVNULL)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Deb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make("package")

    def test_lintian_finds_nothing(self):
        """No errors and warnings but those of three decisions: one package contains the programs and
        the library, CPack writes the scripts that call ldconfig, and Ansible expects the line
        "#!/usr/bin/python" in the documentation of a module, which is never executed."""
        needs.program(self, "lintian", "apt-get install lintian")
        suppressed = ("link-to-shared-library-in-wrong-package", "maintscript-calls-ldconfig",
                      "package-name-doesnt-match-sonames", "unusual-interpreter")
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning",
                               "--suppress-tags", ",".join(suppressed), DEB],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_dependencies_are_named(self):
        fields = subprocess.run(["dpkg-deb", "-f", DEB, "Depends"], check=True, capture_output=True,
                                text=True).stdout
        for package in ("libc6", "libcurl4", "libgrpc29", "libjansson4", "libssl3"):
            self.assertIn(package, fields)


class InMinimalRoot(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        try:
            self.root = minimal_root.MinimalRoot(self.directory)
        except minimal_root.Unavailable as reason:
            needs.missing(self, str(reason))
        terraform = needs.program(self, "terraform", "see the README of examples/terraform")
        self.root.copy(os.path.realpath(terraform), "/usr/local/bin/terraform")
        os.chmod(self.root.file("/usr/local/bin/terraform"), 0o755)
        self.root.write("/fleet/main.tf", CONFIGURATION)

    def start_clouds(self):
        emulator = harness.Emulator(EMULATOR, "--boot-ms", "50", world=WORLD,
                                    directory=self.directory)
        self.addCleanup(emulator.stop)
        environment = with_emulator.environment(emulator, "/home/operator")
        for name in surroundings.KEPT:
            environment.pop(name, None)
        environment.update(CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1")
        return emulator, environment

    def inside(self, *command, expect=0, **environment):
        status, output = self.root.run(*command, cwd="/fleet", **environment)
        self.assertEqual(status, expect, f"{command}\n{output}")
        return output

    def test_deb(self):
        """Installs it by apt with its dependencies, uses the command and Terraform, and purges
        it."""
        make("package")
        shutil.copy("/etc/resolv.conf", self.root.file("/etc/resolv.conf"))
        self.root.copy(DEB, "/fleet/ensure.deb")
        status, output = self.root.run("apt-get", "update", "-q")
        if status != 0:
            needs.missing(self, "no package archive: " + output[-200:])
        before = self.files()
        self.inside("apt-get", "install", "-q", "-y", "--no-install-recommends", "./ensure.deb",
                    DEBIAN_FRONTEND="noninteractive")
        emulator, environment = self.start_clouds()
        self.assertIn("libensure.so.0 (libc6", self.inside("ldconfig", "-p"))
        self.inside("ensure", "plan", UP, **environment)
        self.inside("terraform", "init", "-no-color", **environment)
        self.inside("terraform", "apply", "-no-color", "-auto-approve", **environment)
        self.inside("ensure", "plan", UP, expect=0, **environment)
        self.assertEqual(emulator.control.ledger()["starts"], {UP: 1})
        self.inside("apt-get", "purge", "-q", "-y", "ensure")
        left = {name for name in self.files() - before if "ensure" in name.lower()}
        self.assertEqual(left - {"fleet/ensure.deb"}, set())

    def files(self):
        found = set()
        for path, directories, names in os.walk(self.root.path):
            for name in names + directories:
                found.add(os.path.relpath(os.path.join(path, name), self.root.path))
        return {name for name in found if not name.startswith(("fleet/", "proc/", "var/lib/dpkg/"))}


class Reproducible(unittest.TestCase):
    def test_two_builds_are_the_same_bytes(self):
        """Builds the working tree in two directories whose paths differ in length."""
        hashes = []
        for name in ("a", "a/much/longer/directory"):
            directory = self.enterContext(tempfile.TemporaryDirectory())
            source = os.path.join(directory, name)
            listed = subprocess.run(["git", "-C", SOURCE, "ls-files", "-co", "--exclude-standard"],
                                    check=True, capture_output=True, text=True).stdout.split("\n")
            for file in filter(None, listed):
                if os.path.lexists(os.path.join(SOURCE, file)):
                    target = os.path.join(source, file)
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    shutil.copy(os.path.join(SOURCE, file), target, follow_symlinks=False)
            build = os.path.join(source, "build", "release")
            environment = {**os.environ, "SOURCE_DATE_EPOCH": "1788221350"}
            for command in (["cmake", "--preset", "release"],
                            ["cmake", "--build", "--preset", "release", "-j2", "--target", "all",
                             "--target", "package"]):
                subprocess.run(command, cwd=source, env=environment, check=True,
                               stdout=subprocess.DEVNULL)
            hashes.append(sha256(DEB.replace(BUILD, build)))
        self.assertEqual(hashes[0], hashes[1])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

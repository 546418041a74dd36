#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The static program where there is next to nothing, over TLS, by a name from a name server.

usage: roots_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

from release_case import (CONFIGURATION, EMULATOR, STEM, VERSION, make_certificate, tar_of, zip_of)
import foreign  # pylint: disable=wrong-import-position
import harness  # pylint: disable=wrong-import-position
import needs  # pylint: disable=wrong-import-position
import roots  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

OTHER = "baidu/bj/i-2"
WORLD = {"instances": [
    {"cloud": "alibaba", "region": "cn-hangzhou", "id": "i-off", "status": "Stopped"},
    {"cloud": "baidu", "region": "bj", "id": "i-2", "status": "Stopped"}]}
ONE_EACH = {"alibaba/cn-hangzhou/i-off": 1, OTHER: 1}
names = None  # the name server, once for all tests


class InRoot(unittest.TestCase):
    """A root with terraform and the release; each test adds what makes its root special."""

    authority = "/etc/ssl/certs/ca-certificates.crt"

    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        certificate, key = make_certificate(directory, roots.HOST)
        emulator = harness.Emulator(EMULATOR, "--boot-ms", "50", "--tls", f"{certificate},{key}",
                                    world={"accounts": with_emulator.accounts(), **WORLD},
                                    directory=directory)
        self.addCleanup(emulator.stop)
        self.emulator = emulator
        self.environment = {
            name: value.replace("127.0.0.1", roots.HOST)
            for name, value in with_emulator.environment(emulator, "/tmp").items()
            if name not in with_emulator.KEPT}
        self.environment.update(CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", TMPDIR="/tmp",
                                TF_CLI_CONFIG_FILE="/terraform.rc", TF_DATA_DIR="/fleet/.terraform")
        os.makedirs(os.path.join(directory, "root"))
        self.root = roots.Root(os.path.join(directory, "root"))
        terraform = needs.program(self, "terraform", "see the README of examples/terraform")
        self.root.copy(os.path.realpath(terraform), "/terraform", 0o755)
        self.root.copy(zip_of("amd64"),
                       f"/mirror/terraform.local/ensure/ensure/{STEM}_linux_amd64.zip")
        with tarfile.open(tar_of("amd64")) as archive:
            with open(self.root.file("ensure"), "wb") as file:
                file.write(archive.extractfile("bin/ensure").read())
        os.chmod(self.root.file("ensure"), 0o755)
        self.root.copy(certificate, self.authority)
        self.root.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        self.root.write("/terraform.rc", "provider_installation {\n  filesystem_mirror {\n"
                                         '    path = "/mirror"\n  }\n}\n')
        self.root.write("/fleet/main.tf", CONFIGURATION)

    def run_inside(self, *command, expect=0, **keywords):
        status, output = self.root.run(*command, **keywords, **self.environment)
        allowed = expect if isinstance(expect, tuple) else (expect,)
        self.assertIn(status, allowed, f"{command}\n{output}")
        return output

    def run_all(self, tool=("/ensure",), init=True, **keywords):
        """Terraform starts one instance, the host tool the other."""
        if init:
            self.run_inside("/terraform", "-chdir=/fleet", "init", "-no-color", **keywords)
        planned = self.run_inside("/terraform", "-chdir=/fleet", "plan", "-no-color", **keywords)
        self.assertIn("1 to add", planned)
        shown = self.run_inside(*tool, "plan", OTHER, expect=(0, 2), **keywords)
        self.assertIn("1 to start", shown)
        self.assertEqual(self.emulator.control.ledger()["starts_total"], 0)
        self.run_inside("/terraform", "-chdir=/fleet", "apply", "-no-color", "-auto-approve",
                        **keywords)
        self.run_inside(*tool, "apply", "--yes", OTHER, **keywords)
        self.assertEqual(self.emulator.control.ledger()["starts"], ONE_EACH)

    def add_busybox(self):
        busybox = needs.program(self, "busybox", "apt-get install busybox-static")
        self.root.copy(busybox, "/bin/busybox", 0o755)
        for name in ("sh", "env", "ls"):
            os.symlink("busybox", self.root.file(f"/bin/{name}"))


class Bare(InRoot):
    def test_nothing_else(self):
        """No C library, no shell, no /proc, no /dev, no passwd."""
        self.assertEqual(self.root.names(), {
            "terraform", "ensure", "terraform.rc", "fleet/main.tf", "etc/resolv.conf",
            "etc/ssl/certs/ca-certificates.crt",
            f"mirror/terraform.local/ensure/ensure/{STEM}_linux_amd64.zip"})
        before = names.asked
        self.run_all()
        self.assertGreater(names.asked, before)

    def test_without_authorities(self):
        """Nothing is sent, and the sentence says what is missing."""
        os.remove(self.root.file(self.authority))
        shown = self.run_inside("/ensure", "plan", OTHER, expect=3)
        self.assertIn("certificate", shown)
        self.assertEqual(self.emulator.control.ledger()["requests"], [])

    def test_provider_path_is_one_sentence(self):
        self.environment["ENSURE_PROVIDER_PATH"] = "/somewhere"
        shown = self.run_inside("/ensure", "providers")
        self.assertEqual(shown.count("ENSURE_PROVIDER_PATH"), 1, shown)
        self.assertIn("has its providers inside and loads none", shown)

    def test_read_only_and_unknown_user(self):
        with open("/proc/self/uid_map", encoding="ascii") as file:
            if file.read().split()[2] == "1":
                needs.missing(self, "only root can run programs as another user")
        self.root.freeze()
        self.addCleanup(self.root.thaw)
        self.root.write("/fleet/main.tf", CONFIGURATION)
        self.run_all(user=12345)


class Busybox(InRoot):
    authority = "/etc/ssl/cert.pem"  # Alpine's

    def test_alpine_like(self):
        self.add_busybox()
        self.run_all()
        self.run_inside("/bin/sh", "-c", f"cd / && ./ensure status {OTHER} && PATH=/ ensure version")


class Foreign(InRoot):
    """A newer C library, whose modules a static one must not load, asked for in nsswitch.conf."""

    def test_name_service_switch(self):
        self.add_foreign_library()
        for sources in ("files myhostname dns", "mymachines myhostname dns"):
            self.root.write("/etc/nsswitch.conf",
                            f"hosts: {sources}\npasswd: files systemd\ngroup: files systemd\n")
            self.run_inside("/ensure", "status", OTHER)
        self.run_all()

    def add_foreign_library(self):
        try:
            archive = foreign.make_archive()
        except foreign.Unavailable as reason:
            needs.missing(self, str(reason))
        subprocess.run(["tar", "-C", self.root.path, "-xf", archive], check=True)
        self.assertTrue(any("libnss_myhostname" in name for name in self.root.names()))


class Arm64(InRoot):
    def test_under_emulation(self):
        """No kernel support for foreign programs is needed: qemu is named wherever one starts."""
        qemu = needs.program(self, "qemu-aarch64-static", "apt-get install qemu-user-static")
        self.add_busybox()
        self.root.copy(qemu, "/qemu", 0o755)
        with zipfile.ZipFile(zip_of("arm64")) as archive:
            with open(self.root.file("arm64"), "wb") as file:
                file.write(archive.read(f"terraform-provider-ensure_v{VERSION}"))
        os.chmod(self.root.file("arm64"), 0o755)
        shutil.rmtree(self.root.file("mirror"))
        self.root.write("/override/terraform-provider-ensure", "#!/bin/sh\nexec /qemu /arm64\n", 0o755)
        self.root.write("/terraform.rc", 'provider_installation {\n  dev_overrides {\n'
                                         '    "terraform.local/ensure/ensure" = "/override"\n  }\n}\n')
        self.environment["ENSURE_PLUGIN"] = "/override/terraform-provider-ensure"
        self.run_all(tool=("/qemu", "/arm64"), init=False)


if __name__ == "__main__":
    roots.enter()
    names = roots.Names()
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

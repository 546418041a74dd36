#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The static program where there is next to nothing, over TLS, by a name from a name server.

usage: roots_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import os
import re
import shutil
import subprocess
import sys
import unittest
import zipfile

from release_case import CONFIGURATION, STEM, VERSION, zip_of
import foreign  # pylint: disable=wrong-import-position
import needs  # pylint: disable=wrong-import-position
import roots  # pylint: disable=wrong-import-position
import roots_case  # pylint: disable=wrong-import-position
from roots_case import OTHER, InRoot  # pylint: disable=wrong-import-position


class Bare(InRoot):
    def test_nothing_else(self):
        """No C library, no shell, no /proc, no /dev, no passwd."""
        self.assertEqual(self.root.names(), {
            "terraform", "ensure", "terraform.rc", "fleet/main.tf", "etc/resolv.conf",
            "etc/ssl/certs/ca-certificates.crt",
            f"mirror/terraform.local/ensure/ensure/{STEM}_linux_amd64.zip"})
        before = roots_case.names.asked
        self.run_all()
        self.assertGreater(roots_case.names.asked, before)

    def test_ansible_module(self):
        self.run_ansible_module("x86_64")

    def test_without_authorities(self):
        """Nothing is sent, and the sentence says what is missing."""
        os.remove(self.root.file(self.authority))
        shown = self.run_inside("/ensure", "plan", OTHER, expect=3)
        self.assertIn("certificate", shown)
        self.assertEqual(self.emulator.control.ledger()["requests"], [])

    def test_provider_path_is_one_sentence(self):
        """It changes no exit code."""
        self.environment["ENSURE_PROVIDER_PATH"] = "/somewhere"
        self.run_inside("/terraform", "-chdir=/fleet", "init", "-no-color")
        for command, expect in (
                (("/ensure", "providers"), 0),
                (("/ensure", "plan", "--detailed-exitcode", OTHER), 2),
                (("/ensure", "apply", "--yes", OTHER), 0),
                (("/terraform", "-chdir=/fleet", "plan", "-no-color", "-detailed-exitcode"), 2)):
            shown = self.run_inside(*command, expect=expect)
            self.assertEqual(shown.count("ENSURE_PROVIDER_PATH"), 1, shown)
            self.assertIn("has its providers inside and loads none", re.sub(r"[\s│]+", " ", shown))

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
        for found in ("cd / && ./ensure", "PATH=/ ensure"):
            self.run_inside("/bin/sh", "-c", f"{found} status {OTHER}")


# With it no connection can be made by a process that reads it.
OPENSSL_CONFIGURATION = """
openssl_conf = first
[first]
ssl_conf = second
[second]
system_default = third
[third]
MinProtocol = TLSv1.3
MaxProtocol = TLSv1.2
"""


class Foreign(InRoot):
    """A newer C library, whose modules a static one must not load. nsswitch.conf asks for them, and
    OpenSSL's configuration, which may do so too, is not read."""

    def test_configuration_of_the_system(self):
        self.add_foreign_library()
        self.root.write("/usr/lib/ssl/openssl.cnf", OPENSSL_CONFIGURATION)
        self.environment["OPENSSL_CONF"] = "/usr/lib/ssl/openssl.cnf"
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
    def qemu(self):
        return needs.program(self, "qemu-aarch64-static", "apt-get install qemu-user-static")

    def test_under_emulation(self):
        """No kernel support for foreign programs is needed: qemu is named wherever one starts."""
        self.add_busybox()
        self.root.copy(self.qemu(), "/qemu", 0o755)
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

    def test_ansible_module_under_emulation(self):
        self.root.copy(self.qemu(), "/qemu", 0o755)
        self.run_ansible_module("aarch64", "/qemu")


if __name__ == "__main__":
    roots.enter("net", "mount")
    roots_case.names = roots.Names()
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

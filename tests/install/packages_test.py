#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The packages: the zip for Terraform's filesystem mirror works, over TLS, on a system that has
only the C library; the Debian package installs, works and is removed completely; both are
reproducible.

usage: packages_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

BUILD, SOURCE, EMULATOR, VERSION = sys.argv[1:5]
sys.path[:0] = [os.path.join(SOURCE, "tests", "support"), os.path.join(SOURCE, "tests", "emulator")]
import harness  # pylint: disable=wrong-import-position
import minimal_root  # pylint: disable=wrong-import-position
import needs  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

ZIP = f"{BUILD}/package/terraform-provider-ensure_{VERSION}_linux_amd64.zip"
SUMS = f"{BUILD}/package/terraform-provider-ensure_{VERSION}_SHA256SUMS"
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
# Libraries that the zip must contain, because the root has none of them.
BROUGHT = ("libgrpc", "libcurl", "libjansson", "libprotobuf-c", "libmsgpackc", "libabsl")


def make(*targets, build=BUILD):
    subprocess.run(["cmake", "--build", build, "--target", *targets], check=True,
                   stdout=subprocess.DEVNULL)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Zip(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make("package_terraform")

    def test_contents(self):
        with zipfile.ZipFile(ZIP) as archive:
            modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        program = f"terraform-provider-ensure_v{VERSION}"
        self.assertEqual(modes[program], 0o755)
        self.assertEqual({name for name in modes if "/" not in name}, {program, "LICENSE"})
        self.assertEqual({name for name in modes if name.startswith("providers/")},
                         {f"providers/{cloud}.so" for cloud in ("alibaba", "baidu", "volcengine")})
        libraries = {name for name in modes if name.startswith("lib/lib")}
        for name in ("libssl.so.3", "libcrypto.so.3", "libcurl.so.4", "libjansson.so.4"):
            self.assertIn(f"lib/{name}", libraries)
        self.assertEqual(len([n for n in libraries if "libssl" in n or "libcrypto" in n]), 2)
        self.assertFalse([n for n in libraries if "grpc" in n or "libc.so" in n], libraries)
        self.assertIn("lib/copyright/libgrpc-dev", modes)

    def test_needs_no_newer_c_library_than_debian_12(self):
        """Checks the symbol versions, and that only parts of the C library are needed that every
        system has."""
        allowed = {"libc.so.6", "libm.so.6", "libresolv.so.2", "ld-linux-x86-64.so.2"}
        with tempfile.TemporaryDirectory() as directory, zipfile.ZipFile(ZIP) as archive:
            archive.extractall(directory)
            objects = [name for name in archive.namelist()
                       if ".so" in name or name.startswith("terraform-provider")]
            brought = {os.path.basename(name) for name in objects}
            for name in objects:
                shown = subprocess.run(["readelf", "-W", "-d", "-V", f"{directory}/{name}"],
                                       check=True, capture_output=True, text=True).stdout
                needed = set(re.findall(r"NEEDED.*\[(.*?)\]", shown))
                self.assertEqual(needed - brought - allowed, set(), name)
                versions = {tuple(map(int, v.split(".")))
                            for v in re.findall(r"GLIBC_(\d+\.\d+)", shown)}
                self.assertLessEqual(max(versions), (2, 36), name)

    def test_checksums(self):
        with open(SUMS, encoding="ascii") as file:
            self.assertEqual(file.read(), f"{sha256(ZIP)}  {os.path.basename(ZIP)}\n")


class Deb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make("package")

    def test_lintian_finds_nothing(self):
        """No errors and warnings but those of two decisions: one package contains the programs and
        the library, and CPack writes the scripts that call ldconfig."""
        needs.program(self, "lintian", "apt-get install lintian")
        suppressed = ("link-to-shared-library-in-wrong-package", "maintscript-calls-ldconfig",
                      "package-name-doesnt-match-sonames")
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

    def start_clouds(self, *options):
        emulator = harness.Emulator(EMULATOR, "--boot-ms", "50", *options, world=WORLD,
                                    directory=self.directory)
        self.addCleanup(emulator.stop)
        environment = with_emulator.environment(emulator, "/home/operator")
        for name in surroundings.KEPT:
            environment.pop(name, None)
        environment.update(CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1")
        return emulator, environment

    def make_certificate(self):
        """A self-signed certificate for loopback."""
        certificate = os.path.join(self.directory, "cert.pem")
        key = os.path.join(self.directory, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True,
                       capture_output=True)
        return certificate, key

    def inside(self, *command, expect=0, **environment):
        status, output = self.root.run(*command, cwd="/fleet", **environment)
        self.assertEqual(status, expect, f"{command}\n{output}")
        return output

    def test_zip_over_tls(self):
        make("package_terraform")
        libraries = [name for _, _, names in os.walk(self.root.file("/usr/lib")) for name in names]
        self.assertEqual([n for n in libraries if n.startswith(BROUGHT)], [])
        self.root.copy(ZIP, f"/mirror/terraform.local/ensure/ensure/{os.path.basename(ZIP)}")
        self.root.write("/home/operator/.terraformrc",
                        'provider_installation {\n  filesystem_mirror { path = "/mirror" }\n}\n')
        certificate, key = self.make_certificate()
        emulator, environment = self.start_clouds("--tls", f"{certificate},{key}")

        self.inside("terraform", "init", "-no-color", **environment)
        # The emulator's certificate is not trusted yet, so no request is sent.
        refused = self.inside("terraform", "plan", "-no-color", expect=1, **environment)
        self.assertIn("certificate", refused)
        self.assertEqual(emulator.control.ledger()["requests"], [])

        self.root.copy(certificate, "/fleet/authority.pem")
        trusting = {**environment, "SSL_CERT_FILE": "/fleet/authority.pem"}
        planned = self.inside("terraform", "plan", "-no-color", **trusting)
        self.assertIn("1 to add", planned)
        self.assertEqual(emulator.control.ledger()["starts_total"], 0)
        self.inside("terraform", "apply", "-no-color", "-auto-approve", **trusting)
        self.assertEqual(emulator.control.ledger()["starts"], {UP: 1})

        # Without the variable: the distribution's file of trusted authorities.
        self.root.copy(certificate, "/etc/ssl/certs/ca-certificates.crt")
        again = self.inside("terraform", "plan", "-no-color", **environment)
        self.assertIn("No changes", again)

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
                             "--target", "package", "--target", "package_terraform"]):
                subprocess.run(command, cwd=source, env=environment, check=True,
                               stdout=subprocess.DEVNULL)
            hashes.append([sha256(ZIP.replace(BUILD, build)), sha256(DEB.replace(BUILD, build))])
        self.assertEqual(hashes[0], hashes[1])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

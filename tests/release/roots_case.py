# SPDX-License-Identifier: Apache-2.0
"""A root with terraform, the release and the clouds: what the tests in roots have in common."""
import json
import os
import tarfile
import tempfile
import unittest

from release_case import (CONFIGURATION, EMULATOR, RELEASE, STEM, VERSION, make_certificate, tar_of,
                          zip_of)
import harness  # pylint: disable=wrong-import-position
import needs  # pylint: disable=wrong-import-position
import roots  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

OTHER = "baidu/bj/i-2"
WORLD = {"instances": [
    {"cloud": "alibaba", "region": "cn-hangzhou", "id": "i-off", "status": "Stopped"},
    {"cloud": "baidu", "region": "bj", "id": "i-2", "status": "Stopped"}]}
ONE_EACH = {"alibaba/cn-hangzhou/i-off": 1, OTHER: 1}
names = None  # the name server, once for all tests; set by the main program


class InRoot(unittest.TestCase):
    """A root with terraform and the release; each test adds what makes its root special."""

    authority = "/etc/ssl/certs/ca-certificates.crt"

    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        self.directory = directory
        certificate, key = make_certificate(directory, roots.HOST)
        self.certificate = certificate
        emulator = harness.Emulator(EMULATOR, "--boot-ms", "50", "--tls", f"{certificate},{key}",
                                    world={"accounts": with_emulator.accounts(), **WORLD},
                                    directory=directory)
        self.addCleanup(emulator.stop)
        self.emulator = emulator
        self.environment = {
            name: value.replace("127.0.0.1", roots.HOST)
            for name, value in with_emulator.environment(emulator, "/tmp").items()
            if name not in surroundings.KEPT}
        self.environment.update(CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", TMPDIR="/tmp",
                                TF_CLI_CONFIG_FILE="/terraform.rc", TF_DATA_DIR="/fleet/.terraform")
        self.root = roots.Root(self.new_directory())
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

    def new_directory(self):
        return tempfile.mkdtemp(dir=self.directory)

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

    def run_ansible_module(self, machine, *emulator):
        """Without Ansible, as it would start the module on a target like this."""
        name = "ensure_cloud_instance_running"  # by which it knows which module it is
        with tarfile.open(f"{RELEASE}/ensure-cloud-{VERSION}.tar.gz") as archive:
            with open(self.root.file(name), "wb") as file:
                file.write(archive.extractfile(f"files/linux_{machine}/{name}").read())
        os.chmod(self.root.file(name), 0o755)
        cloud, region, instance = OTHER.split("/")
        self.root.write("/arguments", json.dumps({"cloud": cloud, "region": region,
                                                  "instance_id": instance}))
        done = json.loads(self.run_inside(*emulator, f"/{name}", "/arguments"))
        self.assertEqual((done["changed"], done["msg"]), (True, "1 started"))
        self.assertEqual(self.emulator.control.ledger()["starts"], {OTHER: 1})

    def add_busybox(self):
        busybox = needs.program(self, "busybox", "apt-get install busybox-static")
        self.root.copy(busybox, "/bin/busybox", 0o755)
        for name in ("sh", "env", "ls"):
            os.symlink("busybox", self.root.file(f"/bin/{name}"))

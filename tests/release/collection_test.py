#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The collection of a release with Debian's ansible-core and with the newest that its Python can
run: the playbooks of tests/ansible, and what they leave out: SSH, become, delegation, other targets.

usage: collection_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import ansible_case
from release_case import EMULATOR, SOURCE
import needs  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

place = tempfile.mkdtemp(prefix="ensure-collection-")  # pylint: disable=invalid-name
playbook_test = ansible_case.playbook_module(os.path.join(place, "collections"))


def setUpModule():  # pylint: disable=invalid-name
    if shutil.which("ansible-galaxy", path="/usr/bin") is None:
        print("skipped: no ansible-galaxy (apt-get install ansible-core)")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    ansible_case.install("/usr/bin", place)


def tearDownModule():  # pylint: disable=invalid-name
    shutil.rmtree(place)


class Playbooks(unittest.TestCase):
    """All of tests/ansible, with the files of the release."""

    def run_playbooks(self, programs):
        done = subprocess.run(
            ["/usr/bin/python3", os.path.join(SOURCE, "tests/ansible/playbook_test.py"), EMULATOR,
             os.path.join(place, "collections"), "Playbooks"], capture_output=True, text=True,
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])

    def test_debian(self):
        self.run_playbooks("/usr/bin")

    def test_newest(self):
        self.run_playbooks(ansible_case.venv(self, ansible_case.NEWEST))


class Targets(playbook_test.AnsibleCase):
    """Where a task runs is told by its connection, and the file by what is there."""

    def fake_uname(self, said):
        """Makes the target say that it is of another kind, by a program in a directory of PATH."""
        directory = os.path.join(self.directory, "fake")
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, "uname"), "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{said}\n")
        os.chmod(os.path.join(directory, "uname"), 0o755)
        self.environment["PATH"] = f"{directory}:{self.environment['PATH']}"

    def test_another_system(self):
        for said, expected in (
                ("echo Darwin arm64", "the target runs Darwin, but this module runs on Linux only"),
                ("echo Linux riscv64", "a riscv64 machine, but this collection has files for "
                                       "linux_aarch64, linux_x86_64 only"),
                ("exit 3", "can't tell the target's system")):
            self.fake_uname(said)
            result = self.run_module(playbook_test.alibaba("i-off-1"))
            self.assertTrue(result["failed"])
            self.assertIn(expected, result["msg"])
        self.assertEqual(self.starts(), 0)

    def test_a_file_that_can_not_run(self):
        """That of the other architecture, which stands for a directory mounted with noexec."""
        self.fake_uname("echo Linux aarch64")
        result = self.run_module(playbook_test.alibaba("i-off-1"))
        self.assertTrue(result["failed"])
        self.assertIn("can't execute files in Ansible's temporary directory", result["msg"])

    def test_delegation_and_become(self):
        needs.program(self, "sudo", "apt-get install sudo")
        done = self.run_module(playbook_test.alibaba("i-off-1"), delegate_to="127.0.0.1",
                               become=True, vars={"ansible_connection": "local"},
                               environment=self.clouds())
        self.assertTrue(done["changed"], done)

    def clouds(self):
        return {name: value for name, value in self.environment.items()
                if name.startswith("ENSURE_") or name in sum(
                    with_emulator.KEY_VARIABLES.values(), ())}

    def start_ssh(self):
        """A server on loopback with a key of its own; returns the variables of a host."""
        if os.geteuid() != 0:
            needs.missing(self, "only root can start an SSH server here")
        server = needs.program(self, "/usr/sbin/sshd", "apt-get install openssh-server")
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                            os.path.join(self.directory, name)], check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        os.makedirs("/run/sshd", exist_ok=True)
        os.chmod(self.directory, 0o755)
        with open(os.path.join(self.directory, "sshd"), "w", encoding="utf-8") as file:
            file.write(f"ListenAddress 127.0.0.1:{port}\nHostKey {self.directory}/host\n"
                       f"AuthorizedKeysFile {self.directory}/user.pub\nPidFile none\n"
                       "PermitRootLogin yes\nStrictModes no\nUsePAM no\n"
                       "Subsystem sftp internal-sftp\n")
        process = subprocess.Popen([server, "-D", "-e", "-f", f"{self.directory}/sshd"],
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.assertIn("listening", process.stderr.readline())
        return {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": port,
                "ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3",
                "ansible_ssh_private_key_file": f"{self.directory}/user",
                "ansible_ssh_common_args": "-o StrictHostKeyChecking=no -o ControlMaster=no "
                                           f"-o UserKnownHostsFile={self.directory}/known"}

    def over_ssh(self):
        variables = self.start_ssh()
        tasks = [{playbook_test.MODULE: playbook_test.alibaba("i-off-1"), "check_mode": True},
                 {playbook_test.MODULE: playbook_test.alibaba("i-off-1"), "diff": True},
                 {playbook_test.MODULE: playbook_test.alibaba("i-off-2"), "async": 60, "poll": 1}]
        for pipelining in (False, True):
            self.environment["ANSIBLE_PIPELINING"] = str(pipelining)
            results, status = self.play(tasks, connection="ssh", environment=self.clouds(),
                                        vars=variables)
            self.assertEqual(status, 0, json.dumps(results)[:2000])
        self.assertEqual(self.starts(), 2)
        # After an async task the wrapper on the target cleans up, a little later.
        deadline = time.monotonic() + 60
        while os.listdir(self.environment["ANSIBLE_REMOTE_TEMP"]):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)

    def test_ssh(self):
        self.over_ssh()

    def test_ssh_newest(self):
        programs = ansible_case.venv(self, ansible_case.NEWEST)
        self.environment["PATH"] = f"{programs}:{self.environment['PATH']}"
        self.over_ssh()


class Contents(unittest.TestCase):
    def test_files(self):
        names = set(ansible_case.ansible_files(os.path.join(place, "collections")))
        self.assertEqual({n for n in names if n.startswith(("files/", "plugins/"))}, {
            "files/linux_x86_64/ensure_cloud_instance_running",
            "files/linux_aarch64/ensure_cloud_instance_running",
            "plugins/action/instance_running.py", "plugins/modules/instance_running.py"})
        self.assertLess(os.path.getsize(ansible_case.TARBALL), 20_000_000)

    def test_ansible_doc_lists_it(self):
        with tempfile.TemporaryDirectory() as home:
            shown = subprocess.run(
                ["/usr/bin/ansible-doc", "-l", "ensure.cloud"], check=True, capture_output=True,
                text=True, env={"PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8",
                                "ANSIBLE_COLLECTIONS_PATH": os.path.join(place, "collections")})
        self.assertIn("Make sure that cloud instances are running", shown.stdout)

    def test_installed_as_told(self):
        """Every file is what the manifest says, as ansible-galaxy checks it."""
        with tempfile.TemporaryDirectory() as home:
            shown = subprocess.run(
                ["/usr/bin/ansible-galaxy", "collection", "verify", "--offline", "ensure.cloud"],
                capture_output=True, text=True, check=False,
                env={"PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8",
                     "ANSIBLE_COLLECTIONS_PATH": os.path.join(place, "collections")})
        self.assertIn("Successfully verified", shown.stdout + shown.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

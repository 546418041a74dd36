#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The collection of a release with Debian's ansible-core and with the newest that its Python can
run: the playbooks of tests/ansible, and what they leave out: become, delegation, other targets.

usage: collection_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import ansible_case
from release_case import EMULATOR, SOURCE
import needs  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

place = tempfile.mkdtemp(prefix="ensure-collection-")  # pylint: disable=invalid-name
playbook_test = ansible_case.playbook_module(os.path.join(place, "collections"))


def setUpModule():  # pylint: disable=invalid-name
    ansible_case.install("/usr/bin", place)


def tearDownModule():  # pylint: disable=invalid-name
    shutil.rmtree(place)


class Playbooks(unittest.TestCase):
    """All of tests/ansible, with the files of the release."""

    def run_playbooks(self, programs):
        for suite, *classes in (("playbook_test", "Playbooks"),
                                ("info_test", "Lists", "Denied", "Reads")):
            done = subprocess.run(
                ["/usr/bin/python3", os.path.join(SOURCE, f"tests/ansible/{suite}.py"), EMULATOR,
                 os.path.join(place, "collections"), *classes], capture_output=True, text=True,
                env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}, check=False)
            self.assertEqual(done.returncode, 0, done.stderr[-4000:])

    def test_debian(self):
        self.run_playbooks("/usr/bin")

    def test_newest(self):
        self.run_playbooks(ansible_case.venv(self, ansible_case.NEWEST))


class Targets:
    """Which file runs is told by the target; the classes below say with which version of Ansible."""

    def setUp(self):
        super().setUp()
        self.environment["PATH"] = f"{self.programs()}:/usr/bin:/bin"

    def fake_uname(self, *lines):
        """Makes the target say that it is of another kind, by a program in a directory of PATH. One
        line for each time that it is asked."""
        directory = os.path.join(self.directory, "fake")
        os.makedirs(directory, exist_ok=True)
        for name, text in (("lines", "".join(f"{line}\n" for line in lines)),
                           ("uname", "#!/bin/sh\ncd \"${0%/*}\"\ncase $1 in -sm) ;; *) exec /bin/uname "
                                     "\"$@\" ;; esac\nhead -n 1 lines && sed -i 1d lines\n")):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text)
        os.chmod(os.path.join(directory, "uname"), 0o755)
        self.environment["PATH"] = f"{directory}:{self.environment['PATH']}"

    def test_another_system(self):
        for said, expected in (
                ("Darwin arm64", "the target runs Darwin, but this module runs on Linux only"),
                ("Linux riscv64", "a riscv64 machine, but this collection has files for "
                                  "linux_aarch64, linux_x86_64 only"),
                ("", "can't tell the target's system")):
            self.fake_uname(said)
            result = self.run_module(playbook_test.alibaba("i-off-1"))
            self.assertTrue(result["failed"])
            self.assertIn(expected, result["msg"])
        self.assertEqual(self.starts(), 0)

    def test_a_loop_over_architectures(self):
        """Each item gets the file for its target; here that of another architecture can't run."""
        self.fake_uname("Linux aarch64", "Linux x86_64", "Linux arm64", "Linux amd64")
        results, _ = self.play([{playbook_test.MODULE: playbook_test.alibaba("{{ item }}"),
                                 "loop": ["i-off-1", "i-off-2", "i-on", "i-on"]}])
        done = results[0]["results"]
        self.assertEqual([item["changed"] for item in done], [False, True, False, False])
        self.assertEqual([item.get("failed", False) for item in done], [True, False, True, False])
        for item in done[::2]:
            self.assertIn("can't execute files in Ansible's temporary directory", item["msg"])
            self.assertIn("xec format error", item["msg"])
        self.assertEqual(self.starts(), 1)

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

    def test_provider_path_is_one_warning(self):
        self.environment["ENSURE_PROVIDER_PATH"] = "/somewhere"
        done = self.run_module(playbook_test.alibaba("i-off-1"))
        self.assertTrue(done["changed"])
        self.assertEqual(done["warnings"], ["ENSURE_PROVIDER_PATH: this build has its providers "
                                            "inside and loads none"])


class Debian(Targets, playbook_test.AnsibleCase):
    def programs(self):
        return "/usr/bin"


class Newest(Targets, playbook_test.AnsibleCase):
    def programs(self):
        return ansible_case.venv(self, ansible_case.NEWEST)


class Contents(unittest.TestCase):
    def test_files(self):
        names = set(ansible_case.ansible_files(os.path.join(place, "collections")))
        self.assertEqual({n for n in names if n.startswith(("files/", "plugins/"))}, {
            *(f"files/linux_{machine}/ensure_cloud_{module}" for machine in ("x86_64", "aarch64")
              for module in ("instance_info", "instance_running")),
            "plugins/action/instance_running.py", "plugins/doc_fragments/module.py",
            "plugins/modules/instance_info.py", "plugins/modules/instance_running.py"})
        self.assertLess(os.path.getsize(ansible_case.TARBALL), 20_000_000)

    def test_ansible_doc_lists_it(self):
        with tempfile.TemporaryDirectory() as home:
            shown = subprocess.run(
                ["/usr/bin/ansible-doc", "-l", "ensure.cloud"], check=True, capture_output=True,
                text=True, env={**surroundings.SAFE, "PATH": "/usr/bin:/bin", "HOME": home,
                                "LC_ALL": "C.UTF-8",
                                "ANSIBLE_COLLECTIONS_PATH": os.path.join(place, "collections")})
        self.assertIn("Make sure that cloud instances are running", shown.stdout)
        self.assertIn("Find cloud instances, or read their status", shown.stdout)

    def test_installed_as_told(self):
        """Every file is what the manifest says, as ansible-galaxy checks it."""
        with tempfile.TemporaryDirectory() as home:
            shown = subprocess.run(
                ["/usr/bin/ansible-galaxy", "collection", "verify", "--offline", "ensure.cloud"],
                capture_output=True, text=True, check=False,
                env={**surroundings.SAFE, "PATH": "/usr/bin:/bin", "HOME": home,
                     "LC_ALL": "C.UTF-8",
                     "ANSIBLE_COLLECTIONS_PATH": os.path.join(place, "collections")})
        self.assertIn("Successfully verified", shown.stdout + shown.stderr)


if __name__ == "__main__":
    needs.programs(("/usr/bin/ansible-galaxy", "apt-get install ansible-core"))
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Ansible's own tools say of the collection of a release: ansible-test, Galaxy's importer and
ansible-lint, from PyPI.

usage: sanity_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import ansible_case
from release_case import BUILD, SOURCE
import surroundings  # pylint: disable=wrong-import-position

SANITY = ("action-plugin-docs", "ignores", "import", "pep8", "shebang", "validate-modules",
          "yamllint")
# What ansible-test would download from a place of its own; this does the same with pip from PyPI.
GET_PIP = """\
import sys
sys.path.insert(0, {wheel!r})
from pip._internal.cli.main import main
sys.exit(main(["install", *(o for o in sys.argv[1:] if o not in ("--no-setuptools", "--no-wheel"))]))
"""


class Tools(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        self.home = BUILD + "/release-ansible-home"  # kept: ansible-test makes environments in it
        os.makedirs(self.home, exist_ok=True)

    def run_tool(self, programs, *command, cwd=None, **environment):
        return subprocess.run(
            command, cwd=cwd or self.directory, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False,
            env={**surroundings.SAFE, "PATH": f"{programs}:/usr/bin:/bin", "HOME": self.home,
                 "LC_ALL": "C.UTF-8", **environment})

    def test_ansible_test(self):
        programs = ansible_case.venv(self, ansible_case.NEWEST)
        collection = os.path.join(ansible_case.install(programs, self.directory),
                                  "ansible_collections", "ensure", "cloud")
        self.provide_pip(programs)
        tests = [word for name in SANITY for word in ("--test", name)]
        done = self.run_tool(programs, "ansible-test", "sanity", "--color", "no", "--python", "3.11",
                             *tests, cwd=collection)
        self.assertEqual(done.returncode, 0, done.stdout[-6000:])
        for name in SANITY:
            self.assertIn(f"Running sanity test '{name}'", re.sub(r'"', "'", done.stdout))

    def provide_pip(self, programs):
        place = glob.glob(os.path.join(programs, "..", "lib", "python*", "site-packages",
                                       "ansible_test", "_internal", "python_requirements.py"))
        with open(place[0], encoding="utf-8") as file:
            version = re.search(r"\bpip='([0-9.]+)'", file.read()).group(1)
        cache = os.path.join(self.home, ".ansible", "test", "cache")
        os.makedirs(cache, exist_ok=True)
        subprocess.run([f"{programs}/pip", "download", "-q", "--no-deps", "-d", cache,
                        f"pip=={version}"], check=True)
        with open(f"{cache}/get_pip_{version.replace('.', '_')}.py", "w", encoding="utf-8") as file:
            file.write(GET_PIP.format(wheel=glob.glob(f"{cache}/pip-{version}-*.whl")[0]))

    def test_galaxy_importer(self):
        """Galaxy's page shows the module, with its documentation, and the action plugin."""
        programs = ansible_case.venv(self, "galaxy-importer==0.4.31", ansible_case.NEWEST)
        with open(f"{self.directory}/importer.cfg", "w", encoding="utf-8") as file:
            file.write("[galaxy-importer]\nRUN_ANSIBLE_TEST = False\nRUN_FLAKE8 = False\n"
                       "RUN_ANSIBLE_LINT = False\nRUN_ANSIBLE_DOC = True\n")
        shutil.copy(ansible_case.TARBALL, self.directory)
        done = self.run_tool(programs, "python", "-m", "galaxy_importer.main",
                             os.path.basename(ansible_case.TARBALL),
                             GALAXY_IMPORTER_CONFIG=f"{self.directory}/importer.cfg")
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        self.assertNotIn("ERROR", done.stdout)
        with open(f"{self.directory}/importer_result.json", encoding="utf-8") as file:
            shown = file.read()
        for word in ('"content_type": "module"', '"content_type": "action"',
                     "Make sure that cloud instances are running"):
            self.assertIn(word, shown)

    def test_ansible_lint(self):
        programs = ansible_case.venv(self, "ansible-lint==25.9.2", ansible_case.NEWEST)
        collections = ansible_case.install(programs, self.directory)
        books = ("bring_up.yml", "find.yml")
        for book in books:
            shutil.copy(f"{SOURCE}/examples/ansible/{book}", self.directory)
        done = self.run_tool(programs, "ansible-lint", "--offline", "--nocolor", "--profile",
                             "production", *books, ANSIBLE_COLLECTIONS_PATH=collections)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

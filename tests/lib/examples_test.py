#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the examples in C and Python against the emulator.

usage: examples_test.py VERSION EMULATOR BUILD_BIN EXAMPLES_DIR INCLUDE_DIR CC [COMPILER_FLAG...]
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

VERSION, EMULATOR, BIN, EXAMPLES, INCLUDE, CC, *FLAGS = sys.argv[1:]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "emulator")]
import harness  # pylint: disable=wrong-import-position
import schemas  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

UP = "alibaba/cn-hangzhou/i-off"
ON = "volcengine/cn-beijing/i-on"
POOR = "volcengine/cn-beijing/i-poor"


class Examples(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        with open(os.path.join(HERE, "world.json"), encoding="utf-8") as file:
            world = {"accounts": with_emulator.accounts(), **json.load(file)}
        self.emulator = harness.Emulator(EMULATOR, "--boot-ms", "50", world=world,
                                         directory=self.directory)
        self.addCleanup(self.emulator.stop)
        self.environment = with_emulator.environment(self.emulator, self.directory)
        self.environment["LD_LIBRARY_PATH"] = BIN
        self.environment["ENSURE_LIBRARY"] = os.path.join(BIN, "libensure.so.0")

    def run_example(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True,
                              check=False)

    def starts(self):
        return self.emulator.control.ledger()["starts"]

    def compile_c(self):
        program = os.path.join(self.directory, "bring_up")
        subprocess.run([CC, "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", *FLAGS, "-o",
                        program, os.path.join(EXAMPLES, "c", "bring_up.c"), "-I", INCLUDE, "-L", BIN,
                        "-lensure", "-pthread"], check=True)
        return program

    def test_c(self):
        program = self.compile_c()
        done = self.run_example(program, UP, ON, POOR)
        self.assertEqual(done.returncode, 0, done.stderr)
        plan, end = json.JSONDecoder().raw_decode(done.stdout)
        applied = json.loads(done.stdout[end:])
        schemas.check(plan)
        schemas.check(applied)
        self.assertEqual([i["action"] for i in plan["instances"]], ["start", "none", "refuse"])
        self.assertEqual([i["status"] for i in applied["instances"]],
                         ["running", "running", "stopped"])
        self.assertEqual(self.starts(), {UP: 1})
        bad = self.run_example(program, "nonsense")
        self.assertEqual(bad.returncode, 1)
        self.assertTrue(bad.stderr.startswith("bring_up: request: targets[0]: "), bad.stderr)

    @unittest.skipIf(FLAGS, "an interpreter without the sanitizer can't load the library")
    def test_python(self):
        program = os.path.join(EXAMPLES, "python", "bring_up.py")
        done = self.run_example(sys.executable, program, UP, ON)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{UP}: start (validated, ok)", done.stdout)
        self.assertIn("all running", done.stdout)
        self.assertIn(f"done {UP} running", done.stderr)
        self.assertEqual(self.starts(), {UP: 1})
        late = self.run_example(sys.executable, program, POOR)
        self.assertEqual(late.returncode, 1)
        self.assertIn(f"not running: {POOR}", late.stdout)
        bad = self.run_example(sys.executable, program, "nonsense")
        self.assertTrue(bad.stderr.startswith("bring_up: request: targets[0]: "), bad.stderr)

    @unittest.skipIf(FLAGS, "an interpreter without the sanitizer can't load the library")
    def test_python_binding(self):
        """The other functions of the binding, in a separate interpreter."""
        code = f"""
import ensure, threading
assert ensure.version() == {json.dumps(VERSION)}
lines = []
with ensure.Session({{"log_level": "trace"}}, log=lines.append) as session:
    assert [p["name"] for p in session.providers()["providers"]] == ["alibaba", "baidu", "volcengine"]
    plan = session.plan([{json.dumps(POOR)}], dry_run=False)
    assert plan["instances"][0]["confidence"] == "unverified", plan
    cancel = ensure.Cancel()
    slow = "volcengine/cn-beijing/i-slow-8"
    def event(kind, instance):
        if instance["status"] == "starting":
            threading.Thread(target=cancel.fire).start()
    result = session.apply([slow], cancel=cancel, event=event)["instances"][0]
    assert (result["status"], result["reason"]) == ("starting", "cancelled"), result
    late = session.apply([slow], timeout=0.2)["instances"][0]
    assert late["reason"] == "timed_out", late
assert lines and all("message" in line for line in lines)
try:
    ensure.Session({{"cluods": {{}}}})
except ensure.Error as error:
    assert str(error) == "configuration.cluods: unknown key; known: clouds, defaults, policy, log_level", error
else:
    raise AssertionError("an invalid configuration was accepted")
"""
        self.environment["PYTHONPATH"] = os.path.join(EXAMPLES, "python")
        done = self.run_example(sys.executable, "-B", "-c", code)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

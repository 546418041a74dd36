# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C: the first ends the operation with the results known so far, the second cancels the call."""

import json
import os
import time

import tool
from tool import Case, one, target

A, V = "alibaba", "volcengine"


class Interrupt(Case):
    def interrupted(self, *arguments, until):
        """Starts the tool, interrupts it when until() is true, and returns its outcome."""
        with self.start(*arguments, "--format", "json") as process:
            while not until():
                self.assertIsNone(process.poll())
            tool.interrupt(process)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        return tool.Run(process.returncode, out, err)

    def test_plan(self):
        self.world(one(A, "i-a"), one(V, "i-v"))
        self.emulator.control.call("PUT", "/faults", ["hang,cloud=alibaba"])
        run = self.interrupted("plan", target(A, "i-a"), target(V, "i-v"), "--out", "plan.json",
                               until=lambda: len(self.requests()) >= 3)
        self.assertEqual(run.code, 130, run.err)
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [target(A, "i-a"), target(V, "i-v")])
        self.assertEqual((run.instance("i-a")["reason"], run.instance("i-a")["action"]),
                         ("cancelled", "refuse"))
        self.assertIn("not saved", run.err)
        self.assertFalse(os.path.exists(self.path("plan.json")))

    def test_apply(self):
        self.world(one(A, "i-a", on_start="stays_starting"), one(A, "i-up", "Running"))
        run = self.interrupted("apply", "--yes", "--out", "result.json", target(A, "i-a"),
                               target(A, "i-up"),
                               until=lambda: self.starts() and len(self.requests()) >= 3)
        self.assertEqual(run.code, 130, run.err)
        self.assertEqual((run.instance("i-a")["reason"], run.instance("i-a")["started"]),
                         ("cancelled", True))
        self.assertEqual(run.instance("i-up")["action"], "none")
        self.assertEqual(json.loads(self.read("result.json")), run.document)

    def test_apply_of_three_thousand(self):
        """Targets that were not processed are unfinished, not failed, and all are in the document."""
        count = 3000
        self.world({"cloud": A, "region": "cn-hangzhou", "id": "i-load-{n}", "count": count,
                    "status": "Stopped", "on_start": "stays_starting"})
        names = [target(A, f"i-load-{n + 1}") for n in range(count)]
        self.fleet(*names)
        run = self.interrupted("apply", "--yes", "fleet.json", until=lambda: len(self.starts()) > 50)
        self.assertEqual(run.code, 130, run.err)
        document = run.document
        self.assertEqual([i["target"] for i in document["instances"]], names)
        summary = document["summary"]
        self.assertEqual((summary["total"], summary["unfinished"], summary["failed"],
                          summary["refused"]), (count, count, 0, 0))
        self.assertEqual(summary["started"], sum(i["started"] for i in document["instances"]))
        self.assertGreater(summary["started"], 0)
        self.assertEqual({i["reason"] for i in document["instances"]}, {"cancelled"})
        self.assertFalse([i for i in document["instances"]
                          if i["start_sent"] != (i["action"] == "start")])

    def test_the_table_of_an_interrupted_apply(self):
        self.world(one(A, "i-a", on_start="stays_starting"), one(A, "i-b", on_start="stays_starting"))
        with self.start("apply", "--yes", target(A, "i-a"), target(A, "i-b")) as process:
            while len(self.starts()) < 2 or len(self.requests()) < 3:
                self.assertIsNone(process.poll())
            tool.interrupt(process)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        self.assertEqual(process.returncode, 130, err)
        self.assertRegex(out, r"2 instances: 2 unfinished; 2 started; ")
        self.assertIn("Unfinished: cancelled", out)
        self.assertNotIn("failed", out.lower())

    def test_sigterm_has_the_same_effect(self):
        self.world(one(A, "i-a"))
        self.emulator.control.call("PUT", "/faults", ["hang"])
        with self.start("plan", target(A, "i-a"), "--format", "json") as process:
            while not self.requests():
                self.assertIsNone(process.poll())
            process.terminate()
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        self.assertEqual(process.returncode, 130, err)
        self.assertEqual(tool.Run(130, out, err).instance("i-a")["reason"], "cancelled")

    def test_a_second_one_when_the_plugin_hangs(self):
        self.world(one(A, "i-a"))
        self.emulator.control.call("PUT", "/faults", ["hang"])
        with self.start("plan", target(A, "i-a"), "--format", "json") as process:
            child = tool.wait_for_child(process)
            while not self.requests():
                self.assertIsNone(process.poll())
            tool.freeze(child)
            tool.interrupt(process)
            while tool.pending(process.pid):  # a second signal is merged with a pending one
                pass
            tool.interrupt(process)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 130, err)
        self.assertEqual(run.instance("i-a")["reason"], "cancelled")
        self.assertRaises(ProcessLookupError, os.kill, child, 0)

    def test_the_plugin_ends(self):
        self.world(one(A, "i-a"))
        with self.start("plan", target(A, "i-a")) as process:
            child = tool.wait_for_child(process)
            process.communicate(timeout=tool.TIMEOUT_S)
        self.assertRaises(ProcessLookupError, os.kill, child, 0)

    def test_the_plugin_ends_when_the_tool_is_killed(self):
        self.world(one(A, "i-a"))
        self.emulator.control.call("PUT", "/faults", ["hang"])
        with self.start("plan", target(A, "i-a")) as process:
            child = tool.wait_for_child(process)
            while not self.requests():
                self.assertIsNone(process.poll())
            process.kill()
            process.communicate(timeout=tool.TIMEOUT_S)
        deadline = time.monotonic() + tool.TIMEOUT_S
        while os.path.exists(f"/proc/{child}") and time.monotonic() < deadline:
            pass
        self.assertFalse(os.path.exists(f"/proc/{child}"))


if __name__ == "__main__":
    tool.main()

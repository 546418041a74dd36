# SPDX-License-Identifier: Apache-2.0
"""ensure wait: reads until the instances run, and starts nothing."""

import json
import signal

import tool
from tool import CLOUDS, RUNNING, STATUS_KEYS, STOPPED, Case, one, target

V, A, B = CLOUDS
UP = {cloud: {"becomes": {"status": RUNNING[cloud], "after_reads": 2}} for cloud in CLOUDS}


class Wait(Case):
    def assert_only_reads(self):
        self.assertEqual(self.starts(), {})
        for request in self.requests():
            self.assertTrue(request["action"].startswith(("Describe", "List")), request)

    def reads(self, action="DescribeInstances"):
        return [request for request in self.requests() if request["action"] == action]

    def test_until_all_run(self):
        self.world(one(A, "i-up", RUNNING[A]), one(V, "i-v", "STARTING", **UP[V]),
                   one(A, "i-a", **UP[A]), one(B, "i-b", "Starting", **UP[B]))
        targets = [target(B, "i-b"), target(A, "i-up"), target(A, "i-a"), target(V, "i-v")]
        run = self.json("wait", *targets)
        self.assertEqual((run.code, run.err), (0, ""))
        document = run.document
        self.assertEqual(document["format"], "ensure.status/v1")
        self.assertEqual([i["target"] for i in document["instances"]], targets)
        self.assertEqual(document["summary"]["running"], 4)
        for instance in document["instances"]:
            self.assertEqual(list(instance), STATUS_KEYS)
            self.assertEqual((instance["status"], instance["reason"], instance["message"]),
                             ("running", "ok", ""))
        self.assertIn("4 instances: 4 running", self.ensure("wait", *targets).out)
        self.assert_only_reads()

    def test_the_time_is_up(self):
        self.world(one(V, "i-up", RUNNING[V]), one(V, "i-down"), one(A, "i-comes", "Starting"))
        targets = [target(V, "i-up"), target(V, "i-down"), target(A, "i-comes")]
        run = self.json("wait", "--timeout", "1500ms", *targets)
        self.assertEqual((run.code, run.err), (4, ""))
        self.assertEqual(run.instance("i-up")["reason"], "ok")
        self.assertEqual((run.instance("i-down")["status"], run.instance("i-down")["reason"]),
                         ("stopped", "timed_out"))
        self.assertIn("a wait starts nothing", run.instance("i-down")["message"])
        self.assertEqual(run.instance("i-comes")["status"], "starting")
        self.assertIn("longer timeout", run.instance("i-comes")["advice"])
        table = self.ensure("wait", "--timeout", "300ms", *targets)
        self.assertEqual(table.code, 4)
        self.assertIn("Unfinished: timed_out", table.out)
        self.assert_only_reads()

    def test_ends_sooner_when_the_others_cannot_come_up(self):
        """A timeout that the test would not live to see."""
        self.world(one(V, "i-up", RUNNING[V]), one(V, "i-error", "ERROR"),
                   one(V, "i-going", "DELETING"), one(B, "i-old", "Expired"), one(A, "i-a"))
        for name in (target(V, "i-error"), target(V, "i-going"), target(B, "i-old"),
                     target(V, "i-none"), target(A, "i-none")):
            run = self.json("wait", "--timeout", "24h", target(V, "i-up"), name)
            self.assertEqual(run.code, 3, run.err)
            self.assertTrue(run.document["instances"][1]["message"])
        self.assertEqual(run.instance("i-none")["status"], "absent")
        self.assert_only_reads()

    def test_the_others_are_still_waited_for(self):
        self.world(one(V, "i-error", "ERROR"), one(A, "i-a", **UP[A]))
        run = self.json("wait", "--timeout", "24h", target(V, "i-error"), target(A, "i-a"))
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(run.instance("i-a")["status"], "running")

    def test_unreadable(self):
        """Not permitted: at once. A cloud that does not answer: at the deadline."""
        self.world(one(A, "i-a"), one(V, "i-v"))
        self.environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = "wrong"
        run = self.json("wait", "--timeout", "24h", target(A, "i-a"))
        self.assertEqual((run.code, run.instance("i-a")["reason"]), (3, "unauthenticated"))
        self.emulator.control.call("PUT", "/faults", ["http:503,cloud=volcengine"])
        run = self.json("wait", "--timeout", "1s", target(V, "i-v"))
        self.assertEqual((run.code, run.instance("i-v")["status"], run.instance("i-v")["reason"]),
                         (3, "unknown", "timed_out"))

    def test_faults_pass(self):
        self.world(one(V, "i-v", **UP[V]))
        self.emulator.control.call("PUT", "/faults", ["cut,first=4"])
        run = self.json("wait", target(V, "i-v"))
        self.assertEqual(run.code, 0, run.err)

    def test_no_credentials(self):
        self.world(one(A, "i-a"))
        for name in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"):
            del self.environment[name]
        run = self.json("wait", "--timeout", "24h", target(A, "i-a"))
        self.assertEqual((run.code, run.instance("i-a")["reason"]), (1, "unauthenticated"))
        self.assertEqual(self.requests(), [])

    def test_interrupted(self):
        self.world(one(A, "i-up", RUNNING[A]), one(A, "i-a"))
        with self.start("wait", "-o", "json", "--timeout", "24h", target(A, "i-up"),
                        target(A, "i-a")) as process:
            while not self.reads():
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=tool.TIMEOUT_S)
        self.assertEqual(process.returncode, 130)
        found = {i["target"]: i for i in json.loads(out)["instances"]}
        self.assertEqual(found[target(A, "i-a")]["reason"], "cancelled")

    def test_inputs(self):
        self.world(*(one(A, f"i-{n}", RUNNING[A]) for n in range(4)))
        names = [target(A, f"i-{n}") for n in range(4)]
        self.fleet(names[3])
        self.write("lines", f"{names[2]} # third\n")
        outputs = {"a": {"value": [names[1]]}}
        run = self.json("wait", names[0], "fleet.json", "-f", "lines", "-", text=json.dumps(outputs))
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [names[n] for n in (0, 3, 2, 1)])
        self.fleet()
        self.assertEqual(self.json("wait", "fleet.json").code, 0)

    def test_reads_are_shared(self):
        """250 instances: three calls for each look at all of them."""
        self.world({"cloud": A, "region": "cn-hangzhou", "id": "i-load-{n}", "count": 250,
                    "status": STOPPED[A], **UP[A]})
        run = self.json("wait", *(target(A, f"i-load-{n + 1}") for n in range(250)))
        self.assertEqual(run.code, 0, run.err)
        self.assertLessEqual(len(self.reads()), 12)
        self.assert_only_reads()

    def test_progress(self):
        self.world(one(A, "i-a", "Starting", **UP[A]))
        shown = self.terminal("wait", target(A, "i-a"))
        self.assertEqual(shown.end(), 0)
        self.assertIn("waiting", shown.shown)
        shown = self.terminal("wait", "--quiet", target(A, "i-a"))
        self.assertEqual(shown.end(), 0)
        self.assertNotIn("waiting", shown.shown)


class Targets(Case):
    def test_one_a_line(self):
        self.world(one(A, "i-a"), one(V, "i-v", RUNNING[V]))
        names = [target(V, "i-v"), target(A, "i-a"), target(B, "i-none")]
        run = self.ensure("status", "-o", "targets", *names)
        self.assertEqual((run.code, run.out), (3, "".join(name + "\n" for name in names)))
        again = self.json("status", "-", text=run.out)
        self.assertEqual([i["target"] for i in again.document["instances"]], names)


if __name__ == "__main__":
    tool.main()

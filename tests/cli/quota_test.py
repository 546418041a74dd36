# SPDX-License-Identifier: Apache-2.0
"""Eight shards at a time under one quota and with faults, of which two are killed and run again: each
instance is started once, the merged document has all, and the shards need few more calls than one process
under the same quota does."""

import json
import os
import signal
import subprocess
import time

import tool
import schemas
from tool import Case, one, target

V = "volcengine"  # which starts one instance a call
SHARDS = 8
EACH = 200          # instances of a shard: two batches
KILLED = (2, 5)
STARTS_BEFORE = 15  # that a shard has sent when it is killed
QUOTA = 300         # requests a second
FAULTS = ("http:503,p=0.1", "cut,p=0.05", "cut,effect=yes,p=0.05")  # one of five in all
FULL = 3            # instances that the cloud refuses to start
MOST = 1.3          # times the calls of one process, of all runs that were not killed
THROTTLED = 0.15    # of these


def instances():
    """In each shard are some that run already, and in one those that are refused."""
    for number in range(SHARDS * EACH):
        name = f"i-{number:04}"
        if number % 20 == 0:
            yield one(V, name, "RUNNING")
        elif number < FULL + 1:
            yield one(V, name, flags=["stock"])
        else:
            yield one(V, name)


class Quota(Case):
    def setUp(self):
        super().setUp()
        self.fleet_of = list(instances())
        self.keys = [f"AKLTrun{n:02}" for n in range(SHARDS + len(KILLED) + 1)]
        accounts = [{"cloud": V, "access_key": key, "secret_key": "secret"} for key in self.keys]
        faults = [f"throttle,rate={QUOTA}", *FAULTS]
        self.world(*self.fleet_of, accounts=accounts,
                   options=("--boot-ms", "300", "--seed", os.environ.get("ENSURE_SEED", "1"),
                            *(word for fault in faults for word in ("--fault", fault))))
        self.fleet(*(target(V, i["id"]) for i in self.fleet_of))
        del self.environment["ENSURE_AUDIT_LOG"]

    def launch(self, key, *arguments):
        """A run whose requests are known by its key."""
        environment = {**self.environment, "VOLCENGINE_ACCESS_KEY": key, "VOLCENGINE_SECRET_KEY": "secret",
                       "ENSURE_AUDIT_LOG": self.path(f"audit.{key}")}
        process = subprocess.Popen([tool.ENSURE, "apply", "--yes", "--quiet", *arguments, "fleet.json"],
                                   env=environment, cwd=self.directory, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        """Kills the run with its plugin, as when a machine is lost; one that has ended is left."""
        if process.poll() is None:
            tool.freeze(process.pid)  # it must not see the end of its plugin
            for pid in (*tool.children_of(process.pid), process.pid):
                os.kill(pid, signal.SIGKILL)
            process.communicate(timeout=tool.TIMEOUT_S)

    def sent(self, key):
        """How many starts the run has announced."""
        try:
            return self.read(f"audit.{key}").count('"sending"')
        except FileNotFoundError:
            return 0

    def finish(self, process):
        """The exit code; 0 and 3 are those of runs that were not disturbed."""
        _, err = process.communicate(timeout=tool.TIMEOUT_S)
        self.assertIn(process.returncode, (0, 3), err)
        return process.returncode

    def calls(self, *keys):
        """The number of requests with these keys, and how many of them were throttled."""
        ledger = self.emulator.control.ledger()
        self.assertEqual((ledger["requests_dropped"], ledger["violations"]), (0, []))
        requests = [one for one in ledger["requests"] if one["access_key"] in keys]
        return len(requests), sum("throttle" in one.get("fault", "") for one in requests)

    def check_end(self, document):
        """Each instance that can be started was, once, and the document says so."""
        schemas.check(document)
        startable = {target(V, i["id"]) for i in self.fleet_of
                     if i["status"] != "RUNNING" and "flags" not in i}
        refused = {target(V, i["id"]): "no_capacity" for i in self.fleet_of if "flags" in i}
        self.assertEqual({i["target"]: i["reason"] for i in document["instances"]
                          if i["status"] != "running"}, refused)
        self.assertEqual({i["target"] for i in document["instances"]},
                         {target(V, i["id"]) for i in self.fleet_of})
        self.assertEqual(self.starts(), {name: 1 for name in startable})

    def run_shards(self):
        """Runs all shards at a time, and those that are killed once more; the merged document."""
        key = dict(enumerate(self.keys))
        shards = {index: self.launch(key[index], "--shard", f"{index}/{SHARDS}", "--out", f"{index}.json")
                  for index in range(SHARDS)}
        left = list(KILLED)
        while left:
            index = max(left, key=lambda index: self.sent(key[index]))
            if self.sent(key[index]) < STARTS_BEFORE:
                self.assertIsNone(shards[index].poll())
                time.sleep(0.01)
                continue
            self.end(shards[index])
            self.assertFalse(os.path.exists(self.path(f"{index}.json")))
            left.remove(index)
            shards[index] = self.launch(key[SHARDS + len(left)], "--shard", f"{index}/{SHARDS}", "--out",
                                        f"{index}.json")
        codes = [self.finish(process) for process in shards.values()]
        self.assertEqual(codes, [3] + [0] * (SHARDS - 1))
        run = self.json("merge", *(f"{index}.json" for index in range(SHARDS)))
        self.assertEqual(run.code, 3, run.err)
        self.assertNotIn("missing", run.err)
        return run.document

    def test(self):
        self.assertEqual(self.finish(self.launch(self.keys[-1], "--out", "whole.json")), 3)
        self.check_end(json.loads(self.read("whole.json")))
        alone, _ = self.calls(self.keys[-1])
        self.emulator.control.call("POST", "/reset?world=yes")
        self.check_end(self.run_shards())
        shared, throttled = self.calls(*(key for n, key in enumerate(self.keys) if n not in KILLED))
        told = f"{shared} calls, of which {throttled} were throttled, to {alone} of one process"
        self.assertLessEqual(shared, MOST * alone, told)
        self.assertLessEqual(throttled, THROTTLED * shared, told)


if __name__ == "__main__":
    tool.main()

# SPDX-License-Identifier: Apache-2.0
"""ensure plan and status: every action and confidence, formats, exit codes."""

import json
import os
import stat
import subprocess

import tool
import schemas
from tool import APPLY_KEYS, CLOUDS, PLAN_KEYS, RUNNING, STATUS_KEYS, Case, one, target

# id: (instance, action, confidence, reason, status)
EVERY = {
    "i-start": (one("volcengine", "i-start"), "start", "validated", "ok", "stopped"),
    "i-batch": (one("alibaba", "i-batch"), "start", "validated", "ok", "stopped"),
    "i-guess": (one("baidu", "i-guess"), "start", "simulated", "ok", "stopped"),
    "i-blind": (one("volcengine", "i-blind", flags=["permission@dry_run"]), "start", "unverified",
                "permission_denied", "stopped"),
    "i-runs": (one("alibaba", "i-runs", "Running"), "none", "observed", "already_running",
               "running"),
    "i-comes": (one("baidu", "i-comes", "Starting"), "wait", "observed", "in_progress", "starting"),
    "i-poor": (one("volcengine", "i-poor", flags=["balance"]), "refuse", "validated",
               "insufficient_balance", "stopped"),
    "i-full": (one("alibaba", "i-full", flags=["stock@both"]), "refuse", "validated", "no_capacity",
               "stopped"),
    "i-lock": (one("alibaba", "i-lock", flags=["locked_security"]), "refuse", "observed", "locked",
               "stopped"),
    "i-old": (one("baidu", "i-old", "Expired"), "refuse", "observed", "expired", "failed"),
    "i-odd": (one("volcengine", "i-odd", shows="WARPED"), "refuse", "observed", "wrong_state",
              "unknown"),
}
ABSENT = target("alibaba", "i-absent")


def targets_of(names):
    return [target(EVERY[name][0]["cloud"], name) for name in names]


class Plan(Case):
    def every(self):
        self.world(*(row[0] for row in EVERY.values()))
        return [*targets_of(EVERY), ABSENT]

    def test_every_action_and_confidence(self):
        targets = self.every()
        run = self.json("plan", *targets)
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(run.err, "")
        document = run.document
        self.assertEqual(list(document), ["format", "created_at", "warnings", "policy", "summary",
                                          "instances"])
        self.assertEqual(document["format"], "ensure.plan/v1")
        self.assertRegex(document["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual([i["target"] for i in document["instances"]], targets)
        for name, (_, action, confidence, reason, status) in EVERY.items():
            instance = run.instance(name)
            self.assertEqual(list(instance), PLAN_KEYS)
            self.assertEqual((instance["action"], instance["confidence"], instance["reason"],
                              instance["status"]), (action, confidence, reason, status), name)
        absent = run.instance("i-absent")
        self.assertEqual((absent["status"], absent["action"], absent["reason"]),
                         ("absent", "refuse", "not_found"))
        self.assertEqual(document["summary"],
                         {"total": 12, "none": 1, "start": 4, "wait": 1, "refuse": 6})
        self.assertEqual(self.starts(), {})

    def test_tokens_are_new_for_each_plan(self):
        self.world(one("volcengine", "i-a"), one("volcengine", "i-b"))
        seen = set()
        for _ in range(2):
            for instance in self.json("plan", target("volcengine", "i-a"),
                                      target("volcengine", "i-b")).document["instances"]:
                self.assertRegex(instance["client_token"], r"^[!-~]{16,64}$")
                seen.add(instance["client_token"])
        self.assertEqual(len(seen), 4)

    def test_table_and_markdown_name_every_target(self):
        targets = self.every()
        table = self.ensure("plan", *targets)
        self.assertEqual(table.code, 3)
        self.assertNotIn("\x1b", table.out)
        for name, (_, action, confidence, _, status) in EVERY.items():
            self.assertRegex(table.out, rf"{name} +{status} +{action} +{confidence}")
        self.assertIn("12 instances: 1 running, 4 to start (2 validated, 1 simulated, "
                      "1 unverified), 1 wait, 6 refused", table.out)
        self.assertIn("Insufficient.Balance, HTTP 400, request ", table.out)
        markdown = self.ensure("plan", "--format", "markdown", *targets)
        self.assertEqual(markdown.code, 3)
        for name in targets:
            self.assertIn(f"| `{name}` |", markdown.out)

    def test_no_dry_run(self):
        self.world(one("volcengine", "i-poor", flags=["balance"]), one("baidu", "i-b"))
        run = self.json("plan", "--no-dry-run", target("volcengine", "i-poor"),
                        target("baidu", "i-b"))
        self.assertEqual(run.code, 0, run.err)
        for instance in run.document["instances"]:
            self.assertEqual((instance["action"], instance["confidence"], instance["reason"]),
                             ("start", "unverified", "ok"))
        self.assertFalse([r for r in self.requests() if r["dry_run"]])

    def test_exit_codes(self):
        self.world(*(one(cloud, "i-up", RUNNING[cloud]) for cloud in CLOUDS),
                   one("alibaba", "i-down"), one("alibaba", "i-come", "Starting"),
                   one("alibaba", "i-full", flags=["stock@both"]))
        up = [target(cloud, "i-up") for cloud in CLOUDS]
        down, full = target("alibaba", "i-down"), target("alibaba", "i-full")
        for targets, plain, detailed in ((up, 0, 0), ([*up, target("alibaba", "i-come")], 0, 0),
                                         ([*up, down], 0, 2), ([full, down], 3, 3)):
            self.assertEqual(self.json("plan", *targets).code, plain)
            self.assertEqual(self.json("plan", "--detailed-exitcode", *targets).code, detailed)

    def test_plan_then_apply(self):
        """The README's first commands: the exit code of a plan with starts lets the apply follow."""
        self.world(one("alibaba", "i-b"))
        self.fleet(target("alibaba", "i-b"))
        line = "ensure plan --out fleet.plan fleet.json && ensure apply fleet.plan"
        path = os.path.dirname(tool.ENSURE) + ":" + os.environ["PATH"]
        done = subprocess.run(["sh", "-c", line], env={**self.environment, "PATH": path},
                              cwd=self.directory, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.starts(), {target("alibaba", "i-b"): 1})

    def test_only_filters_what_is_shown(self):
        targets = self.every()
        whole = self.json("plan", *targets)
        for only, shown in (("start", {"i-start", "i-batch", "i-guess", "i-blind"}),
                            ("no_capacity,wait", {"i-full", "i-comes"})):
            table = self.ensure("plan", "--only", only, *targets).out
            markdown = self.ensure("plan", "--only", only, "--format", "markdown", *targets).out
            for name in EVERY:
                self.assertEqual(name in table, name in shown, table)
                self.assertEqual(f"/{name}`" in markdown, name in shown, markdown)
            self.assertIn("12 instances: 1 running, 4 to start", table)
            document = self.json("plan", "--only", only, *targets).document
            self.assertEqual([i["target"] for i in document["instances"]],
                             [i["target"] for i in whole.document["instances"]])

    def test_credentials_of_one_cloud_are_missing(self):
        self.world(one("alibaba", "i-a"), one("baidu", "i-b"))
        for name in ("BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY"):
            del self.environment[name]
        run = self.json("plan", target("baidu", "i-b"), target("alibaba", "i-a"))
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(run.instance("i-a")["action"], "start")
        missing = run.instance("i-b")
        self.assertEqual((missing["status"], missing["action"], missing["reason"],
                          missing["http_status"]), ("unknown", "refuse", "unauthenticated", 0))
        self.assertIn("BCE_ACCESS_KEY_ID", missing["message"] + missing["advice"])
        # No cloud has credentials: a configuration error.
        alone = self.json("plan", target("baidu", "i-b"))
        self.assertEqual(alone.code, 1)
        self.assertEqual(alone.instance("i-b")["reason"], "unauthenticated")

    def test_a_wrong_key_is_a_refusal(self):
        self.world(one("alibaba", "i-a"))
        self.environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = "wrong"
        run = self.json("plan", target("alibaba", "i-a"))
        self.assertEqual(run.code, 3)
        self.assertEqual(run.instance("i-a")["reason"], "unauthenticated")
        self.assertNotEqual(run.instance("i-a")["http_status"], 0)

    def test_timeout(self):
        self.world(one("alibaba", "i-a"))
        self.emulator.control.call("PUT", "/faults", ["hang"])
        run = self.json("plan", "--timeout", "300ms", target("alibaba", "i-a"))
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(run.instance("i-a")["status"], "unknown")
        self.assertEqual(run.instance("i-a")["reason"], "timed_out")

    def test_empty_fleet(self):
        self.fleet()
        for verb in ("plan", "status"):
            run = self.json(verb, "fleet.json")
            self.assertEqual(run.code, 0, run.err)
            self.assertEqual(run.document["instances"], [])
            self.assertEqual(run.document["summary"]["total"], 0)
            self.assertIn("0 instances", self.ensure(verb, "fleet.json").out)

    def test_saved_plan_file(self):
        self.world(one("volcengine", "i-a"), one("alibaba", "i-b"))
        self.write("plan.json", "what was there before")
        os.chmod(self.path("plan.json"), 0o644)
        run = self.json("plan", target("volcengine", "i-a"), target("alibaba", "i-b"),
                        "--out", "plan.json")
        self.assertEqual(run.code, 0, run.err)
        mode = os.stat(self.path("plan.json")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(schemas.check(json.loads(self.read("plan.json"))), run.document)
        self.assertEqual([name for name in os.listdir(self.directory) if "plan.json" in name],
                         ["plan.json"])

    def test_plan_that_cannot_be_saved(self):
        self.world(one("alibaba", "i-b"))
        os.mkdir(self.path("a-directory"))
        for place in ("no/such/place.json", "a-directory", "/dev/null"):
            run = self.json("plan", target("alibaba", "i-b"), "--out", place)
            self.assert_sentence(run, place)
            self.assertEqual(self.requests(), [])  # detected before a request is sent
        self.assertEqual(os.listdir(self.path("a-directory")), [])


class Status(Case):
    def test_status_reads_and_nothing_else(self):
        self.world(one("volcengine", "i-a"), one("alibaba", "i-b", "Running"),
                   one("baidu", "i-c", "Expired"))
        targets = [target("volcengine", "i-a"), target("alibaba", "i-b"), target("baidu", "i-c"),
                   ABSENT]
        run = self.json("status", *targets)
        self.assertEqual(run.code, 3, run.err)  # one is absent
        document = run.document
        self.assertEqual(list(document), ["format", "created_at", "warnings", "summary",
                                          "instances"])
        self.assertEqual(document["format"], "ensure.status/v1")
        self.assertEqual(document["summary"],
                         {"total": 4, "running": 1, "starting": 0, "stopped": 1, "stopping": 0,
                          "busy": 0, "failed": 1, "deleting": 0, "absent": 1, "unknown": 0})
        self.assertEqual([(i["status"], i["reason"]) for i in document["instances"]],
                         [("stopped", "ok"), ("running", "ok"), ("failed", "expired"),
                          ("absent", "not_found")])
        for instance in document["instances"]:
            self.assertEqual(list(instance), STATUS_KEYS)
            self.assertEqual((instance["message"] == "", instance["advice"] == ""),
                             (instance["reason"] == "ok",) * 2)
        self.assertEqual(run.instance("i-b")["http_status"], 200)
        self.assertEqual(self.json("status", *targets[:3]).code, 0)
        table = self.ensure("status", *targets)
        self.assertEqual(table.code, 3)
        self.assertRegex(table.out, r"i-c +failed +Expired")
        self.assertIn("4 instances: 1 running, 1 stopped, 1 failed, 1 absent", table.out)
        for request in self.requests():
            self.assertTrue(request["action"].startswith(("Describe", "List")), request)

    def test_unreadable_instances(self):
        self.world(one("volcengine", "i-a"), one("alibaba", "i-b"))
        self.emulator.control.call("PUT", "/faults", ["html,cloud=alibaba"])
        run = self.json("status", target("volcengine", "i-a"), target("alibaba", "i-b"))
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(run.instance("i-a")["status"], "stopped")
        self.assertEqual((run.instance("i-b")["status"], run.instance("i-b")["reason"]),
                         ("unknown", "malformed_response"))


class Shape(Case):
    def test_apply_has_four_more_members(self):
        self.world(one("alibaba", "i-b", "Running"))
        run = self.json("apply", "--yes", target("alibaba", "i-b"))
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(run.document["format"], "ensure.apply/v1")
        self.assertEqual(list(run.instance("i-b")), APPLY_KEYS)


if __name__ == "__main__":
    tool.main()

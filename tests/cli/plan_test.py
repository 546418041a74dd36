# SPDX-License-Identifier: Apache-2.0
"""ensure plan and status: every action and confidence, formats, exit codes."""

import json
import os
import stat

import ground
from ground import APPLY_KEYS, CLOUDS, PLAN_KEYS, RUNNING, Case, one, target

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
        self.assertEqual(run.code, 2, run.err)
        for instance in run.document["instances"]:
            self.assertEqual((instance["action"], instance["confidence"], instance["reason"]),
                             ("start", "unverified", "ok"))
        self.assertFalse([r for r in self.requests() if r["dry_run"]])

    def test_exit_codes(self):
        self.world(*(one(cloud, "i-up", RUNNING[cloud]) for cloud in CLOUDS),
                   one("alibaba", "i-down"), one("alibaba", "i-come", "Starting"),
                   one("alibaba", "i-full", flags=["stock@both"]))
        up = [target(cloud, "i-up") for cloud in CLOUDS]
        self.assertEqual(self.json("plan", *up).code, 0)
        self.assertEqual(self.json("plan", *up, target("alibaba", "i-come")).code, 0)
        self.assertEqual(self.json("plan", *up, target("alibaba", "i-down")).code, 2)
        self.assertEqual(self.json("plan", target("alibaba", "i-full"),
                                   target("alibaba", "i-down")).code, 3)

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
        # Nobody has credentials: that is a matter of configuration.
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
        self.assertEqual(run.code, 2, run.err)
        mode = os.stat(self.path("plan.json")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(json.loads(self.read("plan.json")), run.document)
        self.assertEqual([name for name in os.listdir(self.directory) if "plan.json" in name],
                         ["plan.json"])

    def test_plan_that_cannot_be_saved(self):
        self.world(one("alibaba", "i-b"))
        run = self.json("plan", target("alibaba", "i-b"), "--out", "no/such/place.json")
        self.assertEqual(run.code, 1)
        self.assertIn("no/such/place.json", run.err)
        self.assertEqual(run.instance("i-b")["action"], "start")  # the result is shown all the same


class Status(Case):
    def test_status_reads_and_nothing_else(self):
        self.world(one("volcengine", "i-a"), one("alibaba", "i-b", "Running"),
                   one("baidu", "i-c", "Expired"))
        targets = [target("volcengine", "i-a"), target("alibaba", "i-b"), target("baidu", "i-c"),
                   ABSENT]
        run = self.json("status", *targets)
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(run.document["format"], "ensure.plan/v1")
        self.assertEqual([i["status"] for i in run.document["instances"]],
                         ["stopped", "running", "failed", "absent"])
        table = self.ensure("status", *targets)
        self.assertRegex(table.out, r"i-c +failed +Expired")
        self.assertIn("4 instances: 1 running, 1 stopped, 1 failed, 1 absent", table.out)
        for request in self.requests():
            self.assertTrue(request["action"].startswith(("Describe", "List")), request)

    def test_what_could_not_be_read(self):
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
    ground.main()

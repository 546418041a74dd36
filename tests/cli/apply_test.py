# SPDX-License-Identifier: Apache-2.0
"""ensure apply: targets and saved plans, and what changed since one."""

import json

import ground
from ground import Case, one, target

V, A, B = "volcengine", "alibaba", "baidu"
ALL = ((V, "i-v"), (A, "i-a"), (B, "i-b"))


class Apply(Case):
    def test_starts_what_is_stopped(self):
        self.world(one(V, "i-v"), one(A, "i-a"), one(B, "i-b"), one(A, "i-up", "Running"),
                   one(B, "i-come", "Starting", becomes={"status": "Running", "after_reads": 2}),
                   one(V, "i-stop", "STOPPING", becomes={"status": "STOPPED", "after_reads": 1}))
        targets = [target(*i) for i in (*ALL, (A, "i-up"), (B, "i-come"), (V, "i-stop"))]
        run = self.json("apply", "--yes", *targets, targets[0])
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([i["target"] for i in run.document["instances"]], targets)
        self.assertEqual({i["status"] for i in run.document["instances"]}, {"running"})
        self.assertEqual([i["started"] for i in run.document["instances"]],
                         [True, True, True, False, False, True])
        self.assertEqual([i["action"] for i in run.document["instances"]],
                         ["start", "start", "start", "none", "wait", "start"])
        self.assertEqual(self.starts(), {target(*i): 1 for i in (*ALL, (V, "i-stop"))})
        again = self.json("plan", *targets)
        self.assertEqual(again.code, 0, again.err)
        self.assertEqual(again.document["summary"]["none"], len(targets))

    def test_one_that_is_refused_holds_nobody_back(self):
        self.world(*(one(A, f"i-{n}") for n in range(39)), one(A, "i-bad", flags=["stock@both"]))
        targets = [target(A, f"i-{n}") for n in range(39)] + [target(A, "i-bad")]
        run = self.json("apply", "--yes", *targets)
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(run.instance("i-bad")["reason"], "no_capacity")
        self.assertFalse(run.instance("i-bad")["started"])
        self.assertEqual(len(self.starts()), 39)

    def test_still_starting_at_the_deadline(self):
        self.world(one(B, "i-b", on_start="stays_starting"))
        run = self.json("apply", "--yes", "--timeout", "5s", target(B, "i-b"))
        self.assertEqual(run.code, 4, run.err)
        late = run.instance("i-b")
        self.assertEqual((late["status"], late["reason"], late["started"]),
                         ("starting", "timed_out", True))

    def test_fell_back(self):
        self.world(one(A, "i-a", on_start="falls_back", boot_reads=1))
        run = self.json("apply", "--yes", target(A, "i-a"))
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual((run.instance("i-a")["status"], run.instance("i-a")["reason"]),
                         ("stopped", "fell_back"))

    def test_no_terminal_and_no_yes(self):
        self.world(one(A, "i-a"))
        self.assert_sentence(self.ensure("apply", target(A, "i-a")), "--yes")
        self.fleet(target(A, "i-a"))
        self.assert_sentence(self.ensure("apply", "-", text=self.read("fleet.json")), "--yes")
        self.assertEqual(self.requests(), [])

    def test_empty_fleet(self):
        self.fleet()
        run = self.json("apply", "--yes", "fleet.json")
        self.assertEqual((run.code, run.document["instances"]), (0, []), run.err)

    def test_no_credentials_at_all(self):
        self.fleet(target(A, "i-a"), target(B, "i-b"))
        run = self.json("apply", "--yes", "fleet.json")
        self.assertEqual(run.code, 1)
        self.assertEqual({i["reason"] for i in run.document["instances"]}, {"unauthenticated"})


class Saved(Case):
    """A plan that was saved is what is done, whatever happened in between."""

    def plan(self, *instances):
        self.world(*instances)
        run = self.json("plan", "--out", "plan.json",
                        *(target(i["cloud"], i["id"]) for i in instances))
        self.assertIn(run.code, (0, 2, 3), run.err)
        return run.document

    def test_applied_as_it_was_planned(self):
        plan = self.plan(*(one(*i) for i in ALL))
        run = self.json("apply", "plan.json")
        self.assertEqual((run.code, run.err), (0, ""))
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [i["target"] for i in plan["instances"]])
        self.assertEqual({i["started"] for i in run.document["instances"]}, {True})
        tokens = {i["client_token"] for i in plan["instances"] if i["target"].startswith(V)}
        sent = {r["client_token"] for r in self.requests()
                if r["cloud"] == V and r["action"] == "StartInstance" and not r["dry_run"]}
        self.assertEqual(sent, tokens)

    def test_applied_twice_starts_nothing_twice(self):
        self.plan(*(one(*i) for i in ALL))
        self.assertEqual(self.json("apply", "plan.json").code, 0)
        again = self.json("apply", "plan.json")
        self.assertEqual(again.code, 0, again.err)
        self.assertEqual({i["action"] for i in again.document["instances"]}, {"none"})
        self.assertEqual(self.starts(), {target(*i): 1 for i in ALL})
        for i in ALL:
            self.assertIn(f"{target(*i)}: changed since the plan: planned start (stopped), now none "
                          "(running)", again.err)

    def test_only_what_the_plan_said_is_started(self):
        self.plan(one(A, "i-up", "Running"), one(A, "i-full", flags=["stock@both"]), one(A, "i-go"))
        self.change(cloud=A, region="cn-hangzhou", id="i-up", status="Stopped")
        self.change(cloud=A, region="cn-hangzhou", id="i-full", flags=[])
        run = self.json("apply", "plan.json")
        self.assertEqual(run.code, 3, run.err)
        for name in ("i-up", "i-full"):
            found = run.instance(name)
            self.assertEqual((found["action"], found["reason"], found["started"]),
                             ("refuse", "wrong_state", False))
            self.assertIn("changed since the plan", found["message"].lower())
        self.assertEqual(self.starts(), {target(A, "i-go"): 1})
        self.assertIn("i-up: changed since the plan: planned none (running), now refuse (stopped)",
                      run.err)

    def test_the_table_says_what_changed(self):
        self.plan(one(A, "i-a"), one(A, "i-b"), one(B, "i-gone"))
        self.change(cloud=A, region="cn-hangzhou", id="i-a", status="Running")
        self.change(cloud=B, region="bj", id="i-gone", deleted=True)
        run = self.ensure("apply", "plan.json")
        self.assertEqual((run.code, run.err), (3, ""))
        changed = run.out[run.out.index("Changed since the plan"):]
        self.assertIn("planned start (stopped), now none (running)", changed)
        self.assertIn("planned start (stopped), now refuse (absent)", changed)
        self.assertNotIn(target(A, "i-b"), changed)
        markdown = self.ensure("apply", "plan.json", "--format", "markdown")
        self.assertIn("**Changed since the plan**", markdown.out)

    def test_edited_into_something_malformed(self):
        plan = self.plan(one(A, "i-a"), one(V, "i-v"))

        def instance(**changes):
            return {**plan, "instances": [{**plan["instances"][0], **changes},
                                          plan["instances"][1]]}

        edits = {
            "action": (instance(action="reboot"), "instances[0].action", "reboot"),
            "target": (instance(target="alibaba/i-a"), "instances[0].target", "not a target"),
            "type": (instance(http_status="400"), "instances[0].http_status", "HTTP status"),
            "token": (instance(client_token="a b"), "instances[0].client_token", "client token"),
            "unknown": (instance(force=True), "instances[0]", "force"),
            "twice": ({**plan, "instances": [plan["instances"][0]] * 2}, "instances[1].target",
                      "the same target"),
            "fewer": ({**plan, "instances": plan["instances"][:1]}, "summary", "add up"),
            "other action": (instance(action="none"), "summary", "add up"),
            "format": ({**plan, "format": "ensure.plan/v9"}, "format", "ensure.plan/v9"),
        }
        for name, (document, where, said) in edits.items():
            with self.subTest(name):
                self.write("edited.json", document)
                self.assert_sentence(self.json("apply", "edited.json"), f"edited.json: {where}",
                                     said)
        whole = self.read("plan.json")
        for name, text in {"cut": whole[:-40], "twice": whole.replace("{", '{"format": "x",', 1),
                           "more": whole + "{}", "empty": "", "binary": "\x00\x01"}.items():
            with self.subTest(name):
                self.write("edited.json", text)
                self.assert_sentence(self.json("apply", "edited.json"), "edited.json", "not JSON")
        self.assertEqual(self.starts(), {})

    def test_what_is_no_plan(self):
        self.plan(one(A, "i-a"))
        self.write("result.json", self.json("apply", "plan.json").out)
        self.assert_sentence(self.json("apply", "result.json"), "result.json", "result of an apply")
        self.fleet(target(A, "i-a"))
        self.assert_sentence(self.json("apply", "plan.json", "fleet.json"), "applied alone")
        self.assert_sentence(self.json("apply", "plan.json", "plan.json"), "applied alone")
        self.write("other.json", {"instances": []})
        self.assert_sentence(self.json("apply", "other.json"), "other.json", "neither a fleet")

    def test_planned_and_read_again(self):
        """plan and status take the targets of a plan."""
        self.plan(one(A, "i-a"), one(B, "i-b"))
        run = self.json("status", "plan.json")
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [target(A, "i-a"), target(B, "i-b")])

    def test_from_standard_input(self):
        plan = self.plan(one(A, "i-a"))
        run = self.json("apply", "-", text=json.dumps(plan))
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(self.starts(), {target(A, "i-a"): 1})


if __name__ == "__main__":
    ground.main()

# SPDX-License-Identifier: Apache-2.0
"""Guards on the command line: of the file that ENSURE_POLICY names and of fleets, in plans, saved plans,
applies and diagnoses; and policy files that can't be used. tests/guards has every front end."""

import os

import tool
import schemas
from tool import CLOUDS, RUNNING, one, target

V, A, B = CLOUDS
STARTS = ("StartInstance", "StartInstances")


class Guards(tool.Case):
    def setUp(self):
        super().setUp()
        self.world(*(one(cloud, name) for cloud in CLOUDS for name in ("i-a", "i-b")),
                   one(A, "i-runs", RUNNING[A]))
        self.names = [target(cloud, name) for cloud in CLOUDS for name in ("i-a", "i-b")]
        self.all = self.names + [target(A, "i-runs")]

    def policy(self, **guards):
        """The file that ENSURE_POLICY names."""
        self.environment["ENSURE_POLICY"] = self.path(self.write("policy.json", guards))
        schemas.assert_valid(guards, "policy")

    def guarded_fleet(self, names, **guards):
        fleet = {"targets": names, "policy": guards}
        schemas.assert_valid(fleet, "fleet")
        return self.write("fleet.json", fleet)

    def assert_untouched(self):
        """No start was sent, and nothing that could start."""
        self.assertEqual([r for r in self.requests()
                          if r["action"] in STARTS and not r["dry_run"]], [])
        self.assertEqual(self.starts(), {})

    def reasons(self, run):
        return {i["target"]: (i["action"], i["reason"])
                for i in schemas.check(run.document)["instances"]}

    def test_too_many_starts(self):
        self.policy(max_starts=5)
        run = self.json("plan", "--out", "saved.plan", *self.all)
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(self.reasons(run), {
            **{name: ("refuse", "policy") for name in self.names},
            target(A, "i-runs"): ("none", "already_running")})
        self.assertIn(f"{self.path('policy.json')}: max_starts 5, this plan would start 6.",
                      run.instance("i-a")["message"])
        self.assertEqual(run.document["policy"],
                         [{"rule": "max_starts", "value": 5, "source": self.path("policy.json")}])
        run = self.json("apply", "--yes", *self.all)
        self.assertEqual(run.code, 3, run.err)
        self.assertIn("max_starts 5, this apply would start 6.", run.instance("i-a")["message"])
        self.assertEqual(run.document["summary"]["refused"], 6)
        self.assertEqual(run.document["policy"][0]["value"], 5)
        self.assert_untouched()
        # A fleet tightens, and does not loosen.
        fleet = self.guarded_fleet(self.names, max_starts=6)
        self.assertIn("policy.json: max_starts 5", self.json("plan", fleet).out)
        fleet = self.guarded_fleet(self.names[:5], max_starts=4)
        self.assertIn("fleet.json: max_starts 4, this plan would start 5",
                      self.json("plan", fleet).out)
        self.assert_untouched()
        run = self.json("apply", "--yes", *self.all[1:])
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(len(self.starts()), 5)

    def test_guards_of_a_fleet_stay_with_its_plan(self):
        fleet = self.guarded_fleet(self.names, max_starts=6, deny=[f"{V}/*/i-b"])
        run = self.json("plan", "--out", "saved.plan", fleet)
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual([g["source"] for g in run.document["policy"]], ["fleet.json"] * 2)
        self.assertEqual(self.reasons(run)[target(V, "i-b")], ("refuse", "policy"))
        # The plan says start where its guard does not allow it: it is judged again.
        self.forge(run.document)
        run = self.json("apply", "forged.plan")
        self.assertEqual(self.reasons(run)[target(V, "i-b")], ("refuse", "policy"))
        self.assertIn("fleet.json in forged.plan: deny", run.instance("i-b")["message"])
        self.assertNotIn(target(V, "i-b"), self.starts())
        self.assertEqual(len(self.starts()), 5)

    def forge(self, plan):
        """forged.plan starts all that the plan refused."""
        for instance in plan["instances"]:
            if instance["action"] == "refuse":
                instance.update(action="start", confidence="validated", reason="ok")
        plan["summary"].update(start=6, refuse=0)
        self.write("forged.plan", plan)
        os.chmod(self.path("forged.plan"), 0o600)

    def test_guards_of_files_stay_with_the_plan(self):
        """Also where the file is gone, is named in another way, or says something else by then."""
        deny = [f"{V}/*/i-b"]
        self.policy(deny=deny)
        run = self.json("plan", "--out", "saved.plan", *self.names)
        file = self.path("policy.json")
        self.assertEqual([g["source"] for g in run.document["policy"]], [file])
        self.forge(run.document)
        kept = {"rule": "deny", "value": deny, "source": f"{file} in forged.plan"}
        held = {"rule": "deny", "value": deny, "source": "./policy.json"}
        for variable, guards, policy in ((None, {"deny": deny}, [kept]),
                                         ("./policy.json", {"deny": deny}, [held]),
                                         (file, {}, [kept])):
            with self.subTest(variable=variable):
                self.policy(**guards)
                self.environment.pop("ENSURE_POLICY")
                if variable:
                    self.environment["ENSURE_POLICY"] = variable
                self.forge(run.document)
                applied = self.json("apply", "forged.plan")
                self.assertEqual(self.reasons(applied)[target(V, "i-b")], ("refuse", "policy"))
                self.assertEqual(applied.document["policy"], policy)
        self.assertNotIn(target(V, "i-b"), self.starts())

    def test_a_fleet_named_like_the_file(self):
        deny = [f"{V}/*/i-b"]
        self.write("policy.json", {"targets": self.names, "policy": {"deny": deny}})
        self.forge(self.json("plan", "policy.json").document)
        self.policy(max_starts=6)
        self.environment["ENSURE_POLICY"] = "policy.json"
        run = self.json("apply", "forged.plan")
        self.assertEqual(self.reasons(run)[target(V, "i-b")], ("refuse", "policy"))
        self.assertEqual([g["rule"] for g in run.document["policy"]], ["max_starts", "deny"])
        self.assertNotIn(target(V, "i-b"), self.starts())

    def test_saved_plan_is_judged_again(self):
        run = self.json("plan", "--out", "saved.plan", *self.names)
        self.assertEqual((run.code, run.document["policy"]), (0, []))
        for guards, said in (({"deny": ["*/*/*"]}, "deny */*/*"),
                             ({"allow": [f"{A}/*/*"]}, f"allow {A}/*/*"),
                             ({"max_starts": 2}, "max_starts 2, this apply would start 6"),
                             ({"min_confidence": "validated"}, "would be simulated")):
            self.policy(**guards)
            run = self.json("apply", "saved.plan")
            self.assertEqual(run.code, 3, (guards, run.err))
            refused = [i for i in run.document["instances"] if i["reason"] == "policy"]
            self.assertTrue(refused and all(said in i["message"] for i in refused), (guards, run.out))
            started = set(self.starts())
            self.assertFalse(started & {i["target"] for i in refused})
            if started:  # the others run by now
                break
            self.assert_untouched()
            self.assertEqual(list(guards), [g["rule"] for g in run.document["policy"]])
            self.assertIn("applied_at", self.read("saved.plan"))  # what is refused is finished
            self.policy()
            self.assertEqual(self.json("plan", "--out", "saved.plan", *self.names).code, 0)

    def test_confidence(self):
        self.policy(min_confidence="simulated")
        run = self.json("plan", "--no-dry-run", *self.names)
        self.assertEqual(set(self.reasons(run).values()), {("refuse", "policy")})
        self.assertIn("min_confidence simulated, this start would be unverified",
                      run.instance("i-a")["message"])
        run = self.json("apply", "--yes", *self.names)
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual({name: 1 for name in self.names}, self.starts())
        kinds = [(r["cloud"], r["dry_run"]) for r in self.requests() if r["action"] in STARTS]
        self.assertLess(kinds.index((A, True)), kinds.index((A, False)))
        self.assertNotIn((B, True), kinds)

    def test_audit(self):
        self.policy(audit_required=True)
        del self.environment["ENSURE_AUDIT_LOG"]
        run = self.json("apply", "--yes", *self.names)
        self.assertEqual(set(self.reasons(run).values()), {("refuse", "policy")})
        self.assertIn("audit_required true, and ENSURE_AUDIT_LOG is not set",
                      run.instance("i-a")["message"])
        self.assert_untouched()
        self.environment["ENSURE_AUDIT_LOG"] = self.path("audit.log")
        self.assertEqual(self.json("apply", "--yes", *self.names).code, 0)

    def test_question(self):
        self.policy(max_starts=1)
        terminal = self.terminal("apply", *self.names)
        self.assertEqual(terminal.end(), 3)  # without a question
        self.assertIn("max_starts 1", terminal.shown)
        self.assert_untouched()

    def test_reads_are_not_guarded(self):
        self.policy(max_starts=0, deny=["*/*/*"], min_confidence="validated", audit_required=True)
        run = self.json("status", *self.all)
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual({i["reason"] for i in run.document["instances"]}, {"ok"})
        self.assertEqual(self.json("wait", target(A, "i-runs")).code, 0)

    def test_doctor(self):
        self.policy(max_starts=5, deny=["*/*/i-b"])
        run = self.json("doctor")
        self.assertEqual([(g["rule"], g["value"]) for g in schemas.check(run.document)["policy"]],
                         [("max_starts", 5), ("deny", ["*/*/i-b"])])
        table = self.ensure("doctor").out
        self.assertIn(f"{self.path('policy.json')}: deny */*/i-b", table)

    def test_merged(self):
        for number, guards in enumerate(({"max_starts": 5}, {"max_starts": 5, "deny": ["*/*/i-z"]})):
            self.policy(**guards)
            run = self.json("plan", self.names[number])
            self.write(f"{number}.json", run.document)
        run = self.json("merge", "0.json", "1.json")
        self.assertEqual([(g["rule"], g["value"]) for g in schemas.check(run.document)["policy"]],
                         [("max_starts", 5), ("deny", ["*/*/i-z"])])

    def test_files_that_cannot_be_used(self):
        path = self.path("policy.json")
        for content, said in (
                ("{", "not JSON"), ("", "not JSON"), ("[]", "expected an object of guards"),
                ({"max_start": 5}, 'unknown key "max_start"'),
                ({"deny": ["i-a"]}, "is not a pattern"),
                ({"max_starts": "5"}, "max_starts: expected a whole number"),
                (" " * (1024 * 1024) + "{}", "larger than")):
            with self.subTest(said=said):
                self.policy()
                self.write("policy.json", content)
                self.assert_refused(path, said)
        self.policy()
        os.chmod(path, 0o646)
        self.assert_refused(path, "others may write the file")
        os.remove(path)
        self.assert_refused(path, "No such file")
        os.mkdir(path)
        self.assert_refused(path, "not a regular file")
        self.assertEqual(self.requests(), [])
        self.environment["ENSURE_POLICY"] = ""  # as if not set
        self.assertEqual(self.json("status", *self.all).code, 0)

    def assert_refused(self, *parts):
        name = self.names[0]
        for verb in (("plan", name), ("apply", "--yes", name), ("status", name), ("wait", name),
                     ("find", f"{A}/{tool.REGION[A]}"), ("doctor",)):
            self.assert_sentence(self.ensure(*verb), f"ENSURE_POLICY: {parts[0]}", *parts[1:])

    def test_fleet_that_cannot_be_used(self):
        for guards, said in (({"max_start": 1}, 'unknown key "max_start"'),
                             ({"allow": ["*"]}, "is not a pattern"),
                             ([], "expected an object of guards")):
            self.write("fleet.json", {"targets": self.names, "policy": guards})
            self.assert_sentence(self.ensure("plan", "fleet.json"), "fleet.json: policy", said)
        self.assertEqual(self.requests(), [])


if __name__ == "__main__":
    tool.main()

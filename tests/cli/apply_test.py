# SPDX-License-Identifier: Apache-2.0
"""ensure apply: targets and saved plans, and changes since the plan."""

import json
import os
import signal
import stat
import threading

import tool
import schemas
from tool import Case, one, target

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

    def test_a_refused_one_does_not_delay_the_others(self):
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
    """Applying a saved plan starts only its planned starts, even if instances changed since."""

    def plan(self, *instances):
        self.world(*instances)
        run = self.json("plan", "--out", "plan.json",
                        *(target(i["cloud"], i["id"]) for i in instances))
        self.assertIn(run.code, (0, 3), run.err)
        return run.document

    def test_applied_as_planned(self):
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

    def test_the_table_has_the_changes(self):
        plan = self.plan(one(A, "i-a"), one(A, "i-b"), one(B, "i-gone"))
        self.change(cloud=A, region="cn-hangzhou", id="i-a", status="Running")
        self.change(cloud=B, region="bj", id="i-gone", deleted=True)
        run = self.ensure("apply", "plan.json")
        self.assertEqual((run.code, run.err), (3, ""))
        changed = run.out[run.out.index("Changed since the plan"):]
        self.assertIn("planned start (stopped), now none (running)", changed)
        self.assertIn("planned start (stopped), now refuse (absent)", changed)
        self.assertNotIn(target(A, "i-b"), changed)
        self.write("plan.json", plan)
        markdown = self.ensure("apply", "plan.json", "--format", "markdown")
        self.assertIn("**Changed since the plan**", markdown.out)

    def test_malformed_by_editing(self):
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
                self.assert_sentence(self.json("apply", "edited.json"), "edited.json",
                                     "not JSON" if text.startswith("{") else "target")
        self.assertEqual(self.starts(), {})

    def test_other_files_are_refused(self):
        self.plan(one(A, "i-a"))
        self.write("result.json", self.json("apply", "plan.json").out)
        self.assert_sentence(self.json("apply", "result.json"), "result.json is an apply document")
        self.fleet(target(A, "i-a"))
        self.assert_sentence(self.json("apply", "plan.json", "fleet.json"), "applied alone")
        self.assert_sentence(self.json("apply", "plan.json", "plan.json"), "applied alone")
        self.write("other.json", {"instances": []})
        self.assert_sentence(self.json("apply", "other.json"), "other.json", "neither a fleet")

    def test_a_status_is_refused(self):
        """With a stopped instance and no terminal for the question."""
        self.plan(one(A, "i-a"))
        self.write("s.json", self.json("status", target(A, "i-a")).out)
        for arguments in ([], ["--yes"]):
            self.assert_sentence(self.ensure("apply", "s.json", *arguments),
                                 "s.json is a status document")
        self.assert_sentence(self.ensure("apply", "--yes", "-", text=self.read("s.json")),
                             "standard input is a status document")
        self.assertEqual(self.starts(), {})

    def test_plan_and_status_of_a_plan(self):
        """plan and status accept a plan as a list of targets."""
        self.plan(one(A, "i-a"), one(B, "i-b"))
        run = self.json("status", "plan.json")
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [target(A, "i-a"), target(B, "i-b")])

    def test_from_standard_input(self):
        plan = self.plan(one(A, "i-a"))
        run = self.json("apply", "-", text=json.dumps(plan))
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(self.starts(), {target(A, "i-a"): 1})


class Once(Case):
    """A saved plan is applied once."""

    def setUp(self):
        super().setUp()
        self.world(one(V, "i-v"), one(A, "i-a"))
        self.targets = [target(V, "i-v"), target(A, "i-a")]
        self.ensure("plan", "--out", "q.plan", *self.targets)
        self.before = self.read("q.plan")

    def stop_again(self):
        self.change(cloud=V, region="cn-beijing", id="i-v", status="STOPPED")
        self.change(cloud=A, region="cn-hangzhou", id="i-a", status="Stopped")

    def test_marked_and_refused_the_second_time(self):
        os.chmod(self.path("q.plan"), 0o640)
        run = self.json("apply", "q.plan")
        self.assertEqual((run.code, run.err), (0, ""))
        marked = schemas.check(json.loads(self.read("q.plan")))
        self.assertEqual({k: v for k, v in marked.items() if k != "applied_at"},
                         json.loads(self.before))
        self.assertRegex(marked["applied_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("q.plan")).st_mode), 0o640)
        lines = self.read("q.plan").splitlines()
        self.assertEqual([line for line in lines if "applied_at" not in line],
                         self.before.splitlines())
        self.stop_again()
        requests = len(self.requests())
        for arguments, text in ((["q.plan"], None), (["-"], self.read("q.plan"))):
            again = self.json("apply", *arguments, text=text)
            self.assert_sentence(again, f"was applied at {marked['applied_at']}", "make a new plan")
        self.assertEqual(len(self.requests()), requests)
        self.assertEqual(self.starts(), {t: 1 for t in self.targets})
        self.assertEqual(self.json("status", "q.plan").code, 0)  # its targets can still be read

    def test_refused_and_failed_targets_are_finished(self):
        self.change(cloud=A, region="cn-hangzhou", id="i-a", flags=["stock"])
        self.assertEqual(self.json("apply", "q.plan").code, 3)
        self.assert_sentence(self.json("apply", "q.plan"), "q.plan was applied at")

    def test_a_symbolic_link_is_kept(self):
        os.rename(self.path("q.plan"), self.path("real.plan"))
        os.symlink("real.plan", self.path("q.plan"))
        self.assertEqual(self.json("apply", "q.plan").code, 0)
        self.assertTrue(os.path.islink(self.path("q.plan")))
        self.assertIn("applied_at", json.loads(self.read("real.plan")))
        self.assertEqual(sorted(n for n in os.listdir(self.directory) if "plan" in n),
                         ["q.plan", "real.plan"])

    def test_resumed_while_it_is_unfinished(self):
        self.change(cloud=A, region="cn-hangzhou", id="i-a", on_start="stays_starting")
        self.assertEqual(self.json("apply", "q.plan", "--timeout", "4s").code, 4)
        self.assertEqual(self.read("q.plan"), self.before)
        self.change(cloud=A, region="cn-hangzhou", id="i-a", status="Running")
        again = self.json("apply", "q.plan")
        self.assertEqual(again.code, 0, again.err)
        self.assertIn("applied_at", json.loads(self.read("q.plan")))
        self.assertEqual(self.starts(), {t: 1 for t in self.targets})

    def test_interrupted_and_killed(self):
        self.change(cloud=A, region="cn-hangzhou", id="i-a", on_start="stays_starting")
        for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
            with self.start("apply", "q.plan") as process:
                while target(A, "i-a") not in self.starts():
                    self.assertIsNone(process.poll())
                process.send_signal(number)
                process.communicate(timeout=tool.TIMEOUT_S)
            self.assertEqual(process.returncode, code)
            self.assertEqual(self.read("q.plan"), self.before)

    def test_concurrent_applies(self):
        self.change(cloud=A, region="cn-hangzhou", id="i-a", on_start="stays_starting")
        with self.start("apply", "q.plan") as first:
            while target(A, "i-a") not in self.starts():
                self.assertIsNone(first.poll())
            self.assert_sentence(self.json("apply", "q.plan"), "q.plan", "being applied by another")
            self.change(cloud=A, region="cn-hangzhou", id="i-a", status="Running")
            first.communicate(timeout=tool.TIMEOUT_S)
        self.assertEqual(first.returncode, 0)
        self.assertEqual(self.starts(), {t: 1 for t in self.targets})

    def test_a_plan_that_can_not_be_marked_is_applied_with_a_warning(self):
        run = self.json("apply", "-", text=self.before)
        self.assertEqual(run.code, 0, run.err)
        self.assertIn("warning: the plan can't be marked as applied", run.err)
        self.assertEqual(len(run.err.splitlines()), 1)
        os.mkfifo(self.path("pipe"))
        writer = threading.Thread(target=self.write, args=("pipe", self.before))
        writer.start()
        run = self.json("apply", "pipe")
        writer.join()
        self.assertEqual(run.code, 0, run.err)
        self.assertIn("warning: the plan can't be marked as applied", run.err)

    def test_read_only_directory(self):
        os.mkdir(self.path("place"))
        os.rename(self.path("q.plan"), self.path("place/q.plan"))
        os.chmod(self.path("place"), 0o555)
        if os.access(self.path("place"), os.W_OK):  # root ignores the mode: use a file name that is too long
            name = "x" * 250
            os.chmod(self.path("place"), 0o755)
            os.rename(self.path("place/q.plan"), self.path(f"place/{name}"))
        else:
            name = "q.plan"
        run = self.json("apply", f"place/{name}")
        self.assertEqual(run.code, 0, run.err)
        self.assertIn("warning: the plan can't be marked as applied", run.err)
        self.assertEqual(self.read(f"place/{name}"), self.before)


class Show(Case):
    def test_every_kind(self):
        self.world(one(A, "i-a"), one(B, "i-b", "Running"))
        targets = [target(A, "i-a"), target(B, "i-b")]
        for verb in (["status"], ["plan"], ["apply", "--yes"]):
            run = self.json(*verb, *targets)
            self.write("saved.json", run.out)
            requests = len(self.requests())
            again = self.json("show", "saved.json")
            self.assertEqual((again.code, again.out), (0, run.out))
            self.assertEqual(self.json("show", "-", text=run.out).out, run.out)
            for form in ("table", "markdown"):
                shown = self.ensure("show", "saved.json", "--format", form)
                self.assertEqual((shown.code, shown.err), (0, ""))
                self.assertIn("2 instances: ", shown.out)
                self.assertIn("i-a", shown.out)
            self.assertEqual(len(self.requests()), requests)
        self.fleet(*targets)
        self.assert_sentence(self.ensure("show", "fleet.json"), "fleet.json is a fleet")

    def test_a_find(self):
        self.world(one(A, "i-a", name="w\u202eeb"), one(B, "i-b", "Running"))
        places = (f"{A}/cn-hangzhou", f"{B}/bj", f"{V}/cn-beijing")
        run = self.json("find", *places)
        self.assertEqual((run.document["summary"]["total"], len(run.document["warnings"])), (2, 1))
        self.write("saved.json", run.out)
        requests = len(self.requests())
        again = self.json("show", "saved.json")
        self.assertEqual((again.code, again.out), (0, run.out))
        self.assertEqual(again.err, f"ensure: warning: {run.document['warnings'][0]}\n")
        self.assertEqual(self.ensure("show", "saved.json", "-o", "targets").out,
                         "".join(one["target"] + "\n" for one in run.document["instances"]))
        self.assertEqual(self.ensure("show", "saved.json").out, self.ensure("find", *places).out)
        self.assertEqual(len(self.requests()), requests + 3)  # of the find alone
        self.assert_sentence(self.ensure("show", "saved.json", "-o", "html"),
                             "saved.json was written by ensure find, which has the formats: "
                             "table json targets")

    def test_a_diagnosis(self):
        self.world(one(A, "i-a"))
        run = self.json("doctor")
        self.write("saved.json", run.out)
        requests = len(self.requests())
        again = self.json("show", "-", text=run.out)
        self.assertEqual((again.code, again.out, again.err), (0, run.out, ""))
        self.assertIn("Alibaba" if "Alibaba" in self.ensure("doctor").out else A,
                      self.ensure("show", "saved.json").out)
        self.assertEqual(self.ensure("show", "saved.json").out, self.ensure("doctor").out)
        self.assertGreater(len(self.requests()), requests)  # of the doctors alone
        for form in ("targets", "html", "junit", "markdown"):
            self.assert_sentence(self.ensure("show", "saved.json", "-o", form),
                                 "written by ensure doctor, which has the formats: table json")

    def test_a_status_as_targets(self):
        self.world(one(A, "i-a"))
        self.write("saved.json", self.json("status", target(A, "i-a")).out)
        self.assertEqual(self.ensure("show", "saved.json", "-o", "targets").out,
                         target(A, "i-a") + "\n")

    def test_empty(self):
        for text in ("", " \n\t\n"):
            self.write("saved.json", text)
            self.assert_sentence(self.ensure("show", "saved.json"),
                                 "saved.json: empty: expected a saved plan, result, status, find or "
                                 "diagnosis")
            self.assert_sentence(self.ensure("show", "-", text=text), "standard input: empty: ")
        self.write("fleet.txt", "")
        self.assert_sentence(self.ensure("plan", "fleet.txt"), "fleet.txt: empty: expected targets")

    def test_changed_documents(self):
        """Each change of a find or a diagnosis is one sentence that names the place."""
        self.world(one(A, "i-a", tags={"k": "v"}))
        find = self.json("find", f"{A}/cn-hangzhou").document
        diagnosis = self.json("doctor", A).document
        for document, change, part in (
                (find, lambda d: d["instances"][0].update(target="x"), "instances[0].target: expected a target"),
                (find, lambda d: d["instances"][0].update(status="odd"), "instances[0].status: expected a status"),
                (find, lambda d: d["instances"][0].pop("zone"), "instances[0].zone: expected text"),
                (find, lambda d: d["instances"][0].update(more=1), "instances[0]: unknown key \"more\""),
                (find, lambda d: d["instances"][0].update(tags=[]), "instances[0].tags: expected an object"),
                (find, lambda d: d["instances"][0].update(tags={"k": 1}), "instances[0].tags: expected texts"),
                (find, lambda d: d["instances"].append(1), "instances[1]: expected an object"),
                (find, lambda d: d["instances"].append(d["instances"][0]), "summary: expected \"total\""),
                (find, lambda d: d.update(instances={}), "instances: expected a list of at most 100000"),
                (find, lambda d: d.update(warnings=[1]), "warnings: expected a list of sentences"),
                (find, lambda d: d.pop("summary"), "summary: expected"),
                (find, lambda d: d.pop("created_at"), "created_at: expected text"),
                (find, lambda d: d.update(more=1), "unknown key \"more\""),
                (find, lambda d: d.update(format="ensure.find/v2"), "not a format known here"),
                (diagnosis, lambda d: d["clouds"][0].update(may_read="maybe"), "clouds[0].may_read: expected yes"),
                (diagnosis, lambda d: d["clouds"][0].update(reason="odd"), "clouds[0].reason: expected a reason"),
                (diagnosis, lambda d: d["clouds"][0].update(clock_skew_ms="1"), "clouds[0].clock_skew_ms: expected"),
                (diagnosis, lambda d: d["clouds"][0].update(looked_at="x"), "clouds[0].looked_at: expected"),
                (diagnosis, lambda d: d.update(clouds=d["clouds"] * 101), "clouds: expected a list of at most 100"),
                (diagnosis, lambda d: d.pop("policy"), "policy: expected a list of guards")):
            with self.subTest(part):
                changed = json.loads(json.dumps(document))
                change(changed)
                self.write("saved.json", changed)
                run = self.ensure("show", "saved.json")
                self.assert_sentence(run, "saved.json: ", part)
                self.assertEqual(run.err.count("ensure: "), 1)
        diagnosis["clouds"] *= 100
        self.write("saved.json", diagnosis)
        self.assertEqual(self.ensure("show", "saved.json").code, 0)

    def test_equal_numbers_in_each_format(self):
        """Every class of an apply, and an instance that was started and fell back."""
        self.world(one(A, "i-a"), one(B, "i-b", "Running"), one(A, "i-full", flags=["stock"]),
                   one(V, "i-back", on_start="falls_back", boot_reads=1),
                   one(B, "i-slow", on_start="stays_starting"))
        run = self.json("apply", "--yes", "--timeout", "6s", target(A, "i-a"), target(B, "i-b"),
                        target(A, "i-full"), target(V, "i-back"), target(B, "i-slow"))
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(run.document["summary"], {"total": 5, "running": 2, "started": 3,
                                                   "refused": 1, "failed": 1, "unfinished": 1})
        self.write("saved.json", run.out)
        for form in ("table", "markdown"):
            self.assertIn("5 instances: 2 running (1 after a start, 1 already), 1 unfinished, "
                          "1 refused, 1 failed; 3 started; ",
                          self.ensure("show", "saved.json", "--format", form).out)

    def test_without_the_plugin(self):
        self.world(one(A, "i-a"))
        self.write("saved.json", self.json("status", target(A, "i-a")).out)
        self.environment["ENSURE_PLUGIN"] = "/nonexistent"
        self.assertEqual(self.ensure("show", "saved.json").code, 0)


if __name__ == "__main__":
    tool.main()

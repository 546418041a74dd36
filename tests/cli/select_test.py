# SPDX-License-Identifier: Apache-2.0
"""Selectors in fleets: resolved before the job of a verb, whole or not at all."""

import json
import os
import subprocess

import tool
import schemas
from tool import CLOUDS, RUNNING, Case, one, target

V, A, B = CLOUDS
VERBS = (["plan"], ["status"], ["wait"], ["apply", "--yes"])


def selector(cloud, **conditions):
    return {"cloud": cloud, "region": tool.REGION[cloud], **conditions}


class Select(Case):
    def select(self, *selectors, targets=(), name="fleet.json"):
        fleet = {"targets": list(targets), "select": list(selectors)}
        schemas.assert_valid(fleet, "fleet")
        return self.write(name, fleet)

    def three(self):
        """Two stopped instances of the tag and a running one in each cloud."""
        self.world(*(instance for cloud in CLOUDS for instance in (
            one(cloud, "i-a", name="web-1", tags={"env": "ci"}),
            one(cloud, "i-b", name="web-2", tags={"env": "ci"}),
            one(cloud, "i-c", RUNNING[cloud], name="db"))))

    def targets_of(self, run, code=0):
        self.assertEqual(run.code, code, run.err)
        return [i["target"] for i in run.document["instances"]]

    def check_nothing_done(self, run, *parts, code=3):
        """The verb ended with one sentence, which a document in JSON has too, and nothing was asked but lists."""
        self.assertEqual(run.code, code, run.err)
        texts = [run.err]
        if run.out:
            document = run.document
            self.assertEqual((document["instances"], document["summary"]["total"]), ([], 0))
            texts += document["warnings"]
            self.assertEqual(len(texts), 2)
        for text in texts:
            self.assertIn("not all of the fleet is known, so nothing was done with it: ", text)
        for part in parts:
            self.assertIn(part, run.err)
        self.assertEqual(len(run.err.splitlines()), 1, run.err)
        self.assertEqual(self.starts(), {})
        for request in self.requests():
            self.assertNotIn("Start", request["action"])


class Resolved(Select):
    def test_order(self):
        """What is listed, then the selectors in order, each instance once, for every verb."""
        self.three()
        self.select(selector(B, tags={"env": "ci"}), selector(A), selector(B),
                    targets=[target(V, "i-c"), target(A, "i-b")])
        self.write("more.txt", target(A, "i-a") + "\n")
        names = [target(V, "i-c"), target(A, "i-b"), target(A, "i-a"),
                 target(B, "i-a"), target(B, "i-b"), target(A, "i-c"), target(B, "i-c")]
        for verb in VERBS[:2] + VERBS[3:] + VERBS[2:3]:  # the wait comes after the apply
            run = self.json(*verb, "fleet.json", "more.txt")
            self.assertEqual(self.targets_of(run), names, verb)
            self.assertEqual((run.err, run.document["warnings"]), ("", []))
        self.assertEqual(self.starts(), {name: 1 for name in names if not name.endswith("i-c")})

    def test_standard_input(self):
        self.three()
        fleet = json.dumps({"select": [selector(A, name="web-*")]})
        self.assertEqual(self.targets_of(self.json("plan", "-", text=fleet)),
                         [target(A, "i-a"), target(A, "i-b")])

    def test_saved_plan_holds_ids(self):
        """The saved plan is of what was found then, whatever the selectors would find later."""
        self.three()
        self.select(selector(A, status=["stopped"]))
        run = self.ensure("plan", "fleet.json", "--out", "fleet.plan")
        self.assertEqual(run.code, 0, run.err)
        plan = json.loads(self.read("fleet.plan"))
        schemas.check(plan)
        self.assertEqual([i["target"] for i in plan["instances"]],
                         [target(A, "i-a"), target(A, "i-b")])
        self.change(**one(A, "i-late"))
        before = len(self.requests())
        self.assertEqual(self.ensure("apply", "fleet.plan").code, 0)
        self.assertEqual(self.starts(), {target(A, "i-a"): 1, target(A, "i-b"): 1})
        self.assertEqual(self.requests()[before]["ids"], ["i-a", "i-b"])  # a read, no list

    def test_asked_on_a_terminal(self):
        self.three()
        self.select(selector(A, tags={"env": "ci"}))
        terminal = self.terminal("apply", "fleet.json")
        terminal.expect("Go on and start 2 instances?")
        terminal.type("yes\n")
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertEqual(self.starts(), {target(A, "i-a"): 1, target(A, "i-b"): 1})

    def test_three_commands_from_an_empty_directory(self):
        """find, plan, apply, as the README has them; no id is typed."""
        self.three()
        os.mkdir(self.path("empty"))
        find = "ensure find volcengine/cn-beijing alibaba/cn-hangzhou baidu/bj --tag env=ci"
        environment = {**self.environment, "PATH": os.path.dirname(tool.ENSURE) + ":/usr/bin:/bin"}
        for line in (find, f"{find} -o targets | ensure plan --out ci.plan -",
                     "ensure apply ci.plan"):
            done = subprocess.run(["bash", "-o", "pipefail", "-c", line], env=environment,
                                  cwd=self.path("empty"), capture_output=True, text=True,
                                  check=False, timeout=tool.TIMEOUT_S)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        names = {target(cloud, ident): 1 for cloud in CLOUDS for ident in ("i-a", "i-b")}
        self.assertEqual(self.starts(), names)

    def test_three_commands_with_a_fleet(self):
        self.three()
        self.select(*(selector(cloud, tags={"env": "ci"}) for cloud in CLOUDS))
        self.assertEqual(self.ensure("status", "fleet.json").code, 0)
        self.assertEqual(self.ensure("plan", "fleet.json", "--out", "fleet.plan").code, 0)
        self.assertEqual(self.ensure("apply", "fleet.plan").code, 0)
        self.assertEqual(len(self.starts()), 6)


class Guarded(Select):
    def test_guards_hold_for_what_is_found(self):
        self.three()
        self.write("fleet.json", {"select": [selector(A, status=["stopped"])],
                                  "policy": {"max_starts": 1}})
        for verb in (["plan"], ["apply", "--yes"]):
            run = self.json(*verb, "fleet.json")
            self.assertEqual(self.targets_of(run, 3), [target(A, "i-a"), target(A, "i-b")])
            self.assertEqual({i["reason"] for i in run.document["instances"]}, {"policy"})
            self.assertIn("max_starts", run.instance("i-a")["message"])
        self.assertEqual(self.starts(), {})

    def test_a_policy_that_can_not_be_read(self):
        self.three()
        self.select(selector(A))
        self.environment["ENSURE_POLICY"] = self.path(self.write("policy.json", {"max_start": 1}))
        for verb in VERBS[:1] + VERBS[3:]:
            self.assert_sentence(self.json(*verb, "fleet.json"), "policy.json", "max_start")
        self.assertEqual(self.requests(), [])


class Empty(Select):
    def test_a_selector_that_finds_nothing(self):
        """A warning that names it; one whose instances were found before has found them."""
        self.three()
        self.select(selector(A), selector(A, name="web-1"), selector(B, name="x-*"))
        warning = "no instance was found in baidu/bj (name x-*)"
        for verb in VERBS[:2]:
            run = self.json(*verb, "fleet.json")
            self.assertEqual(len(self.targets_of(run)), 3)
            self.assertEqual(run.document["warnings"], [warning])
            self.assertEqual(run.err, f"ensure: warning: {warning}\n")

    def test_an_empty_fleet(self):
        self.three()
        empty = "the fleet is empty: there is nothing to do"
        for selectors, warnings in (
                ([selector(A, name="x")], ["no instance was found in alibaba/cn-hangzhou (name x)"]),
                ([], [])):
            self.select(*selectors)
            for verb in VERBS:
                run = self.json(*verb, "fleet.json")
                self.assertEqual(self.targets_of(run), [])
                self.assertEqual(run.document["warnings"], warnings + [empty] if warnings else [])
        for request in self.requests():
            self.assertNotIn("ids", request)  # a list
        self.assertEqual(self.starts(), {})


class Unresolved(Select):
    def test_denied(self):
        """Nothing is planned on half a list, and the right that is missing is named."""
        self.world(*(one(cloud, "i-a") for cloud in CLOUDS),
                   accounts=[{**account, "denied": ["DescribeInstances"]}
                             if account["cloud"] == A else account
                             for account in tool.with_emulator.accounts()])
        self.select(selector(B), selector(A, name="a"), selector(A, name="a"),
                    targets=[target(B, "i-a")])
        for verb in VERBS:
            run = self.json(*verb, "fleet.json")
            self.check_nothing_done(run, "alibaba/cn-hangzhou: permission_denied: ",
                                    "(ecs:DescribeInstances)", "Grant ecs:DescribeInstances")
            kind = {"wait": "status"}.get(verb[0], verb[0])
            self.assertEqual(run.document["format"], f"ensure.{kind}/v1")
        run = self.ensure("plan", "fleet.json", "--out", "fleet.plan")
        self.check_nothing_done(run)
        self.assertEqual(run.out, "")
        self.assertFalse(os.path.exists(self.path("fleet.plan")))

    def test_unreachable(self):
        self.three()
        self.environment["ENSURE_BAIDU_ENDPOINT"] = "http://127.0.0.1:1"
        self.select(selector(A), selector(B))
        self.check_nothing_done(self.json("plan", "fleet.json", "--timeout", "3s"), "baidu/bj: ",
                                "unavailable: The instances of Baidu")

    def test_without_keys(self):
        self.three()
        for name in tool.with_emulator.KEY_VARIABLES[A]:
            del self.environment[name]
        self.select(selector(A))
        self.check_nothing_done(self.json("plan", "fleet.json"), "unauthenticated: ", code=1)
        self.select(selector(A), selector(B))
        self.check_nothing_done(self.json("plan", "fleet.json"), "unauthenticated: ")

    def test_time_runs_out(self):
        """The time of the verb covers its selectors."""
        self.three()
        self.emulator.control.call("PUT", "/faults", ["hang,cloud=baidu"])
        self.select(selector(A), selector(B))
        self.check_nothing_done(self.json("apply", "--yes", "fleet.json", "--timeout", "500ms"),
                                "baidu/bj: timed_out: Time ran out before all instances")

    def pages(self, *pages):
        """Baidu's list answers with these pages, each the ids and the mark of the next one; a page
        that is not believed is asked for again, so the last one stays."""
        faults = []  # each counts the requests that those before it let through
        for number, (ids, mark) in enumerate(pages, 1):
            instances = [{"id": ident, "status": "Stopped"} for ident in ids]
            text = json.dumps({"isTruncated": mark != "", "nextMarker": mark,
                               "instances": instances}, separators=(",", ":"))
            once = ",nth=1" if number < len(pages) else ""
            faults.append(f"json:{tool.harness.quote(text)},cloud=baidu,action=ListInstances{once}")
        reply = self.emulator.control.call("PUT", "/faults", faults)
        self.assertEqual(reply.status, 200, reply.body)

    def test_a_list_that_changes_while_it_is_paged(self):
        """An instance that moved to a later page, or is found by two selectors, is planned once."""
        self.three()
        self.select(selector(B), targets=[target(B, "i-b")])
        self.pages((["i-a", "i-b"], "m"), (["i-b", "i-c", "i-a"], ""))
        run = self.json("plan", "fleet.json")
        self.assertEqual(self.targets_of(run),
                         [target(B, "i-b"), target(B, "i-a"), target(B, "i-c")])

    def test_pages_that_can_not_be(self):
        """One sentence for each, and no page that was read is planned."""
        self.three()
        self.select(selector(B))
        rows = [
            ([(["i-a"], "m"), (["i-b"], "m")], "the next page is the page just read"),
            ([(["i-a"], "m"), (["i-b"], "n"), (["i-c"], "m")],
             "a page of the list names one as next that was read before"),
            ([(["i-a"], "m"), ([], "n")], "an empty page of the list names a next one"),
        ]
        for pages, sentence in rows:
            self.pages(*pages)
            with self.subTest(sentence):
                self.check_nothing_done(self.json("plan", "fleet.json"), "malformed_response: ",
                                        sentence)
        self.select(selector(A))
        page = {"TotalCount": 1, "Instances": {"Instance": [
            {"InstanceId": "i-a", "RegionId": "cn-beijing", "Status": "Stopped"}]}}
        self.emulator.control.call("PUT", "/faults", [
            f"json:{tool.harness.quote(json.dumps(page))},cloud=alibaba"])
        self.check_nothing_done(self.json("plan", "fleet.json"), "malformed_response",
                                "the list shows instances of another region")

    def test_plugin_dies(self):
        self.three()
        self.emulator.control.call("PUT", "/faults", ["hang"])
        self.select(selector(B), targets=[target(A, "i-a")])
        with self.start("apply", "--yes", "fleet.json", "-o", "json") as process:
            child = tool.wait_for_child(process)
            while not self.requests():
                self.assertIsNone(process.poll())
            os.kill(child, 9)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        self.assertEqual((process.returncode, out), (1, ""), err)
        self.assertEqual(self.starts(), {})


class Interrupted(Select):
    def test_while_it_is_resolved(self):
        """The document is written, with what was known; nothing is sent after the first Ctrl-C."""
        self.three()
        self.select(selector(A), selector(B), targets=[target(V, "i-a")])
        for verb in (["apply", "--yes"], ["plan", "--out", "fleet.plan"], ["status"]):
            self.emulator.control.call("PUT", "/faults", ["hang,cloud=baidu"])
            before = len(self.requests())
            with self.start(*verb, "fleet.json", "-o", "json") as process:
                while not any(r["cloud"] == B for r in self.requests()[before:]):
                    self.assertIsNone(process.poll())
                tool.interrupt(process)
                out, err = process.communicate(timeout=tool.TIMEOUT_S)
            run = tool.Run(process.returncode, out, err)
            self.assertEqual(self.targets_of(run, 130)[0], target(V, "i-a"))
            self.assertEqual({i["reason"] for i in run.document["instances"]}, {"cancelled"})
            self.assertIn("baidu/bj: cancelled: ", run.document["warnings"][-1])
            self.assertFalse([r for r in self.requests()[before:] if r["cloud"] == V])
        self.assertFalse(os.path.exists(self.path("fleet.plan")))
        self.assertEqual(self.starts(), {})

    def test_twice_with_a_plugin_that_hangs(self):
        self.three()
        self.emulator.control.call("PUT", "/faults", ["hang"])
        self.select(selector(B), targets=[target(A, "i-a")])
        with self.start("apply", "--yes", "fleet.json", "-o", "json") as process:
            child = tool.wait_for_child(process)
            while not self.requests():
                self.assertIsNone(process.poll())
            tool.freeze(child)
            tool.interrupt(process)
            while tool.pending(process.pid):
                pass
            tool.interrupt(process)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(self.targets_of(run, 130), [target(A, "i-a")])
        self.assertEqual(run.instance("i-a")["reason"], "cancelled")


class Limits(Select):
    def test_malformed(self):
        """Each mistake is told with its place, by the tool and by the schema of fleets."""
        self.three()
        good = selector(A)
        rows = [
            ({"select": {}}, "select: wrong type: expected a list of selectors"),
            ({"select": [1]}, "select[0]: wrong type: expected a selector"),
            ({"select": [good, {"cloud": A}]}, "select[1].region: missing"),
            ({"select": [{**good, "nme": "x"}]}, "select[0]: unknown key \"nme\""),
            ({"select": [{**good, "status": "stopped"}]}, "select[0].status: wrong type"),
            ({"select": [{**good, "status": ["absent"]}]}, "select[0].status: \"absent\""),
            ({"select": [{**good, "tags": {"": "x"}}]}, "select[0].tags: a tag needs a key"),
            ({"select": [{**good, "tags": {"a": 1}}]}, "select[0].tags: wrong type"),
            ({"select": [{**good, "tags": {f"k{n}": "" for n in range(21)}}]},
             "select[0].tags: expected at most 20 tags"),
            ({"select": [{**good, "name": "x" * 257}]}, "select[0].name: expected at most 256"),
            ({"select": [{**good, "limit": 0}]}, "select[0].limit: expected a whole number"),
            ({"select": [{**good, "region": "BJ"}]}, "select[0].region: "),
            ({"select": [good] * 101}, "select: 101 selectors: expected at most 100"),
            ({"select": [good], "slect": []}, "fleet.json: unknown key \"slect\""),
            ({"targets": {}, "select": [good]}, "fleet.json: targets: wrong type"),
        ]
        for fleet, sentence in rows:
            with self.subTest(sentence):
                self.write("fleet.json", fleet)
                self.assert_sentence(self.ensure("plan", "fleet.json"), "fleet.json: ", sentence)
                self.assertRaises(AssertionError, schemas.assert_valid, fleet, "fleet")
        self.select({**good, "cloud": "ghost"})
        self.assert_sentence(self.ensure("plan", "fleet.json"),
                             "ensure: ghost/cn-hangzhou: there is no provider for cloud \"ghost\"")
        self.assertEqual(self.requests(), [])

    def test_most_selectors(self):
        """100 in a run, also of several files."""
        self.three()
        self.select(*[selector(A)] * 60, name="a.json")
        self.select(*[selector(A)] * 40, name="b.json")
        self.select(selector(A), name="c.json")
        self.assertEqual(len(self.targets_of(self.json("status", "a.json", "b.json"))), 3)
        self.assert_sentence(self.json("status", "a.json", "b.json", "c.json"),
                             "c.json: more than 100 selectors")

    def test_most_instances_that_are_kept(self):
        """100,000 of a run: listed and found together."""
        self.world({"cloud": B, "region": "bj", "id": "i-load-{n}", "count": 100000,
                    "status": "Running"})
        names = [target(B, f"i-load-{n + 1}") for n in range(100000)]
        self.select(selector(B, limit=1), targets=names)
        run = self.json("status", "fleet.json", "--out", "status.json")
        self.assertEqual(self.targets_of(run), names)
        self.select(selector(B, limit=1), targets=names[1:] + [target(B, "i-other")])
        self.assert_sentence(self.json("status", "fleet.json", "--out", "status.json"),
                             "100001 targets: --out takes at most 100000")

    def test_shards(self):
        """A division that depended on the time of each member would be none."""
        self.three()
        self.select(selector(A))
        for flag in ("--shard=0/1", "--shard=1/2"):
            for verb in VERBS:
                self.assert_sentence(self.ensure(*verb, flag, "fleet.json"), "fleet.json: --shard",
                                     "save what they find once (ensure status -o targets)")
        self.environment.update(JOB_COMPLETION_INDEX="0", ENSURE_SHARDS="2")
        self.assert_sentence(self.ensure("plan", "--shard", "auto", "fleet.json"), "--shard")
        self.assertEqual(self.requests(), [])
        # What the sentence says.
        self.write("list.txt", self.ensure("status", "-o", "targets", "fleet.json").out)
        self.assertEqual(len(self.targets_of(self.json("plan", "--shard", "0/1", "list.txt"))), 3)


if __name__ == "__main__":
    tool.main()

# SPDX-License-Identifier: Apache-2.0
"""More targets than results are kept of: they are worked on in windows, and written as they come.

ENSURE_FULL=1 plans, applies and reads a million."""

import json
import os
import re
import signal
import time
import unittest

import tool
from tool import CLOUDS, REGION, RUNNING, STOPPED, Case, one, target

V, A, B = CLOUDS
WINDOW = 10000
KEPT = 100000  # results that are kept
MOST = 1000000
COUNT = WINDOW + 2000
LATER = ["instances", "warnings", "policy", "summary"]


def load(cloud, count, status, **more):
    return {"cloud": cloud, "region": REGION[cloud], "id": "i-load-{n}", "count": count,
            "status": status, **more}


def sentences(run):
    """What it said, without the progress that a long run tells."""
    return [line for line in run.err.splitlines()
            if not re.match(r"ensure: (planning|applying|reading|waiting) \d+/", line)]


def names_of(cloud, count):
    return [target(cloud, f"i-load-{n + 1}") for n in range(count)]


class Fleet(Case):
    def lines(self, names):
        return self.write("fleet.txt", "\n".join(names) + "\n")

    def many(self, count=COUNT, status=STOPPED, **more):
        """A world with this many instances on three clouds, whose targets are in fleet.txt."""
        each = count // 3
        self.world(*(load(cloud, each, status[cloud], **more) for cloud in CLOUDS),
                   options=("--boot-ms", "0"))
        lists = [names_of(cloud, each) for cloud in CLOUDS]
        names = [name for row in zip(*lists) for name in row]
        self.lines(names)
        return names

    def assert_all(self, document, names):
        self.assertEqual([i["target"] for i in document["instances"]], names)
        self.assertEqual(document["summary"]["total"], len(names))


class Bulk(Fleet):
    def test_plan(self):
        names = self.many()
        run = self.json("plan", "fleet.txt", "--detailed-exitcode")
        self.assertEqual((run.code, sentences(run)), (2, []))
        document = run.document
        self.assert_all(document, names)
        self.assertEqual(document["summary"]["start"], COUNT)
        self.assertEqual(list(document), ["format", "created_at", *LATER])
        # As many calls as there must be: one read for a hundred, one more where a window ends.
        reads = [r for r in self.requests() if r["action"].startswith(("DescribeInstances", "List"))]
        self.assertLessEqual(len(reads), COUNT // 100 + 6)
        # What was written is read again, though its summary comes last.
        self.write("plan.json", document)
        shown = self.ensure("show", "plan.json")
        self.assertEqual(shown.code, 0, shown.err)
        said = f"{COUNT} instances: {COUNT} to start (8000 validated, 4000 simulated)"
        self.assertIn(said, shown.out)
        # A table is of results that are kept in few bytes, and written in pieces.
        self.assertEqual(self.ensure("plan", "fleet.txt").out, shown.out)
        merged = self.json("merge", "plan.json")
        self.assertEqual((merged.code, merged.document["summary"]), (0, document["summary"]))

    def test_status_and_wait(self):
        names = self.many(status=RUNNING)
        for verb in ("status", "wait"):
            run = self.json(verb, "fleet.txt", names[0], names[-1])
            self.assertEqual((run.code, sentences(run)), (0, []))
            self.assert_all(run.document, names)
            self.assertEqual(list(run.document), ["format", "created_at", *LATER[:2], "summary"])
            self.assertEqual(run.document["summary"]["running"], COUNT)
        run = self.ensure("status", "fleet.txt", "-o", "targets")
        self.assertEqual((run.code, run.out.split()), (0, names))
        self.change(**one(A, "i-load-7"))
        run = self.json("wait", "fleet.txt", "--timeout", "3s")
        self.assertEqual(run.code, 4, run.err)
        self.assert_all(run.document, names)
        self.assertEqual((run.document["summary"]["running"], run.document["summary"]["stopped"]),
                         (COUNT - 1, 1))

    def test_apply(self):
        names = self.many()
        run = self.json("apply", "--yes", "fleet.txt")
        self.assertEqual((run.code, sentences(run)), (0, []))
        self.assert_all(run.document, names)
        self.assertEqual((run.document["summary"]["running"], run.document["summary"]["started"]),
                         (COUNT, COUNT))
        self.assertEqual(set(self.starts().values()), {1})
        self.assertEqual(len(self.starts()), COUNT)

    def test_a_few_of_many_fail(self):
        names = self.many()
        self.change(**one(B, "i-load-4", "Error"))
        self.change(**one(B, "i-load-9", "Recycled"))
        run = self.json("apply", "--yes", "fleet.txt")
        self.assertEqual(run.code, 3, run.err)
        self.assert_all(run.document, names)
        refused = {i["target"]: i["reason"] for i in run.document["instances"]
                   if i["status"] != "running"}
        self.assertEqual(refused, {target(B, "i-load-4"): "wrong_state",
                                   target(B, "i-load-9"): "expired"})

    def test_max_starts(self):
        """All are read before the first start."""
        names = self.many()
        self.environment["ENSURE_POLICY"] = self.path("policy.json")
        for most, code, started in ((COUNT - 1, 3, 0), (COUNT, 0, COUNT)):
            self.write("policy.json", {"max_starts": most})
            os.chmod(self.path("policy.json"), 0o600)
            run = self.json("apply", "--yes", "fleet.txt")
            self.assertEqual((run.code, run.document["summary"]["started"]), (code, started))
            self.assert_all(run.document, names)
            self.assertEqual(run.document["policy"][0]["rule"], "max_starts")
            self.assertEqual(len(self.starts()), started)

    def test_shard(self):
        names = self.many(status=RUNNING)
        parts = [self.json("status", "fleet.txt", "--shard", f"{n}/2").document for n in (0, 1)]
        found = sorted(i["target"] for part in parts for i in part["instances"])
        self.assertEqual(found, sorted(names))
        run = self.json("status", "fleet.txt", "--shard", "0/1")
        self.assert_all(run.document, names)
        self.assertEqual(run.document["shard"], {"index": 0, "count": 1})

    def test_interrupted(self):
        """Those that wait hold no others up: by then each was read."""
        names = self.many(status=dict.fromkeys(CLOUDS, "Starting") | {V: "STARTING"})
        with self.start("wait", "fleet.txt", "--format", "json", "--timeout", "24h") as process:
            while len(self.requests()) < 4 * COUNT // 100:
                self.assertIsNone(process.poll())
                time.sleep(0.1)
            tool.interrupt(process)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 130, run.err)
        self.assert_all(run.document, names)
        self.assertEqual({i["status"] for i in run.document["instances"]}, {"starting"})
        self.assertEqual({i["reason"] for i in run.document["instances"]}, {"cancelled"})

    def test_the_plugin_dies(self):
        """What is known stays, and the document is whole."""
        names = self.many(on_start="stays_starting")
        with self.start("apply", "--yes", "fleet.txt", "--format", "json") as process:
            while len(self.starts()) < 3000:
                self.assertIsNone(process.poll())
            os.kill(tool.wait_for_child(process), signal.SIGKILL)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 1)
        self.assertIn("plugin", run.err)
        self.assert_all(run.document, names)
        self.assertEqual({i["reason"] for i in run.document["instances"]}, {"ambiguous"})
        self.assertTrue([i for i in run.document["instances"] if i["started"]])

    def test_no_reader(self):
        """A plan ends early; an apply does all the same what it began."""
        self.many()
        for arguments, starts in ((["plan"], 0), (["apply", "--yes"], COUNT)):
            with self.start(*arguments, "fleet.txt", "-o", "json") as process:
                process.stdout.read(1000)
                process.stdout.close()
                err = process.stderr.read()
                process.wait(timeout=tool.TIMEOUT_S)
            self.assertEqual(process.returncode, 1)
            self.assertIn("can't be written", err)
            self.assertEqual(len(self.starts()), starts)

    def test_unknown_cloud(self):
        self.lines(names_of(A, COUNT) + ["azure/eu/i-1"])
        self.assert_sentence(self.json("plan", "fleet.txt"), 'ensure: azure/eu/i-1: there is no provider for cloud "azure"')

    def test_a_runner_has_the_summary_of_the_step(self):
        self.many()
        self.environment.update(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=self.path("summary.md"))
        run = self.json("plan", "fleet.txt")
        self.assertEqual(run.code, 0, run.err)
        self.assertIn(f"{COUNT} instances", self.read("summary.md"))


class Limits(Case):
    """Nothing is sent: there is no emulator, and the plugin must not be started."""

    def lines(self, count):
        self.write("fleet.txt", "\n".join(names_of(A, count)))

    def test_what_needs_all_results(self):
        self.environment["ENSURE_PLUGIN"] = "/bin/false"
        self.lines(KEPT + 1)
        for arguments, said in {
                ("plan", "--out", "plan.json"): "--out",
                ("plan", "-o", "markdown"): "--format markdown",
                ("plan", "-o", "html"): "--format html",
                ("plan", "-o", "junit"): "--format junit",
                ("apply", "-o", "html", "--yes"): "--format html",
                ("apply",): "an apply without --yes",
        }.items():
            with self.subTest(said):
                run = self.ensure(*arguments, "fleet.txt")
                self.assert_sentence(run, f"{KEPT + 1} targets: {said}", f"takes at most {KEPT};")
                self.assertEqual(run.err.count("\n"), 1)
        self.assertFalse(os.path.exists(self.path("plan.json")))

    def test_annotations_of_more_than_are_kept(self):
        """Without keys nothing is asked, and all are refused."""
        self.lines(KEPT + 1)
        self.environment["GITHUB_ACTIONS"] = "true"
        run = self.ensure("plan", "fleet.txt")
        self.assertEqual(run.code, 1, run.err[-1000:])
        annotated = [line.split("%3A")[0] for line in run.err.splitlines() if line.startswith("::error ")]
        expected = [f"::error title={name}" for name in names_of(A, KEPT + 1)]
        self.assertTrue(annotated == expected, f"{len(annotated)} annotations")

    def test_as_many_as_are_kept(self):
        """Without keys nothing is asked."""
        self.lines(KEPT)
        run = self.ensure("plan", "fleet.txt", "-o", "junit", "--out", "plan.json")
        self.assertEqual(run.code, 1, run.err)
        self.assertIn(f'tests="{KEPT}"', run.out[:1000])
        self.assertEqual(json.loads(self.read("plan.json"))["summary"]["refuse"], KEPT)

    def test_a_table_of_more_is_its_summary(self):
        self.lines(KEPT + 1)
        run = self.ensure("plan", "fleet.txt")
        self.assertEqual(run.code, 1, run.err)
        self.assertLess(len(run.out.splitlines()), 60)
        self.assertEqual(run.out.count("Refused: unauthenticated"), 1)
        self.assertIn(f"and {KEPT + 1 - 20} more", run.out)
        self.assertIn(f"{KEPT + 1} instances: {KEPT + 1} refused", run.out)

    def test_max_starts_is_of_a_whole_run(self):
        """One sentence, whichever guard it is."""
        self.lines(KEPT + 1)
        self.write("policy.json", {"max_starts": 5})
        os.chmod(self.path("policy.json"), 0o600)
        self.write("fleet.json", {"policy": {"max_starts": 5},
                                  "targets": names_of(A, 1)})
        policy, guarded = self.path("policy.json"), "fleet.json"
        for variable, files, source in ((policy, [], policy), (None, [guarded], guarded)):
            for verb in (["plan"], ["apply", "--yes"], ["plan", "-o", "json"]):
                with self.subTest(source=source, verb=verb):
                    self.environment.pop("ENSURE_POLICY", None)
                    if variable:
                        self.environment["ENSURE_POLICY"] = variable
                    run = self.ensure(*verb, "fleet.txt", *files)
                    self.assert_sentence(run, f"{KEPT + 1} targets: ", source,
                                         f"max_starts 5 takes at most {KEPT}, because")
                    self.assertEqual(run.err.count("\n"), 1)
        # It is no matter to those that start nothing, or to one that allows as many.
        self.environment["ENSURE_POLICY"] = policy
        for verb in ("wait", "status"):
            run = self.ensure(verb, "fleet.txt")
            self.assertEqual((run.out + run.err).count("max_starts"), 0)
            self.assertIn(f"{KEPT + 1} instances", run.out)
        self.write("policy.json", {"max_starts": KEPT + 1})
        self.assertIn(f"{KEPT + 1} refused", self.ensure("plan", "fleet.txt").out)

    def test_more_than_the_most(self):
        """In one file, and in two that are each small enough."""
        names = names_of(A, MOST + 1)
        self.environment["ENSURE_PLUGIN"] = "/bin/false"
        self.write("fleet.txt", "\n".join(names))
        self.assert_sentence(self.json("plan", "fleet.txt"), f"fleet.txt: more than {MOST} targets")
        self.write("fleet.txt", "\n".join(names[KEPT:]))
        self.fleet(*names[:KEPT])
        self.assert_sentence(self.json("plan", "fleet.json", "fleet.txt"),
                             f"more than {MOST} targets")


@unittest.skipUnless(os.environ.get("ENSURE_FULL") == "1", "takes half an hour and 8 GB")
class Million(Fleet):
    def run_million(self, *arguments):
        with open(self.path("out.json"), "w", encoding="utf-8") as out:
            with self.start(*arguments, "fleet.txt", "-o", "json", "--timeout", "1h",
                            stdout=out) as process:
                err = process.stderr.read()
                process.wait(timeout=3600)
        with open(self.path("out.json"), encoding="utf-8") as file:
            return process.returncode, err, json.load(file)

    def test_million(self):
        names = self.many(MOST - 1)
        del self.environment["ENSURE_AUDIT_LOG"]
        for arguments, member in (("plan", "start"), ("apply --yes", "started"),
                                  ("status", "running"), ("wait", "running")):
            code, err, document = self.run_million(*arguments.split())
            self.assertEqual(code, 0, err[-1000:])
            self.assertEqual(sorted(i["target"] for i in document["instances"]), sorted(names))
            self.assertEqual(document["summary"][member], len(names))


if __name__ == "__main__":
    tool.main()

# SPDX-License-Identifier: Apache-2.0
"""--shard and ensure merge: a fleet divided among processes, and put together again."""

import json

import tool
import schemas
from tool import CLOUDS, RUNNING, Case, one, target

V, A, B = CLOUDS
COUNT = 250  # of one cloud: three batches
SHARDS = 3


def load(cloud, status):
    """COUNT instances that are alike."""
    return {"cloud": cloud, "region": tool.REGION[cloud], "id": "i-load-{n}", "count": COUNT,
            "status": status}


def names_of(cloud):
    return [target(cloud, f"i-load-{n + 1}") for n in range(COUNT)]


class Shards(Case):
    def setUp(self):
        super().setUp()
        self.names = names_of(A) + names_of(B)

    def two_clouds(self):
        self.world(load(A, RUNNING[A]), load(B, RUNNING[B]))
        self.fleet(*self.names)

    def test_each_target_is_in_one_shard(self):
        self.two_clouds()
        found, files = [], []
        for index in range(SHARDS):
            run = self.json("status", "--shard", f"{index}/{SHARDS}", "fleet.json")
            self.assertEqual(run.code, 0, run.err)
            document = schemas.check(run.document)
            self.assertEqual(document["shard"], {"index": index, "count": SHARDS})
            part = [i["target"] for i in document["instances"]]
            self.assertEqual(part, [name for name in self.names if name in set(part)])
            found += part
            files.append(self.write(f"{index}.json", document))
        self.assertEqual(sorted(found), sorted(self.names))
        # Whole batches: as many reads as without shards.
        self.assertEqual(len(self.requests()), 6)
        run = self.json("merge", *files)
        self.assertEqual((run.code, run.err), (0, ""))
        document = schemas.check(run.document)
        self.assertEqual([i["target"] for i in document["instances"]], found)
        self.assertEqual((document["summary"]["total"], document["summary"]["running"]),
                         (2 * COUNT, 2 * COUNT))
        self.assertNotIn("shard", document)
        self.assertEqual(document["warnings"], [])

    def test_of_a_job_array(self):
        self.two_clouds()
        whole = self.json("status", "--shard", "2/3", "fleet.json").document
        arrays = ({"JOB_COMPLETION_INDEX": "2", "ENSURE_SHARDS": "3"},
                  {"SLURM_ARRAY_TASK_ID": "12", "SLURM_ARRAY_TASK_MIN": "10",
                   "SLURM_ARRAY_TASK_MAX": "12", "SLURM_ARRAY_TASK_COUNT": "3"})
        base = self.environment
        for variables in arrays:
            self.environment = {**base, **variables}
            document = self.json("status", "--shard", "auto", "fleet.json").document
            self.assertEqual(document["shard"], {"index": 2, "count": 3})
            self.assertEqual([i["target"] for i in document["instances"]],
                             [i["target"] for i in whole["instances"]])
            # Never without the flag.
            document = self.json("status", "fleet.json").document
            self.assertEqual(document["summary"]["total"], 2 * COUNT)
            self.assertNotIn("shard", document)

    def test_depends_on_the_set_alone(self):
        """Not on the order, on repetitions, or on how the targets are given."""
        self.two_clouds()
        lines = "".join(f"{name}\n" for name in [*reversed(self.names), *self.names[:99]])
        whole = self.json("status", "--shard", "1/3", "fleet.json").document
        for run in (self.json("status", "--shard", "1/3", "-", text=lines),
                    self.json("status", "--shard", "1/3", self.names[7], "fleet.json")):
            self.assertEqual(run.code, 0, run.err)
            self.assertEqual({i["target"] for i in run.document["instances"]},
                             {i["target"] for i in whole["instances"]})

    def test_saved_results(self):
        """Without a shell, as in a container, results are saved by --out."""
        self.world(one(V, "i-v"), one(A, "i-a"), one(A, "i-full", flags=["stock@real"]))
        names = target(V, "i-v"), target(A, "i-a"), target(A, "i-full")
        files = []
        for index, code in ((0, 3), (1, 0)):
            run = self.json("apply", "--yes", "--shard", f"{index}/2", "--out", f"{index}.json", *names)
            self.assertEqual(run.code, code, run.err)
            self.assertEqual(schemas.check(json.loads(self.read(f"{index}.json"))), run.document)
            files.append(f"{index}.json")
        merged = self.json("merge", *files)
        self.assertEqual((merged.code, merged.document["summary"]["started"]), (3, 2), merged.err)
        before = len(self.requests())
        for verb in (["apply", "--yes"], ["status"], ["wait"]):
            self.assert_sentence(self.json(*verb, "--out", "no/such/place", names[0]), "no/such/place")
        self.assertEqual(len(self.requests()), before)  # detected before a request is sent
        for verb in ("status", "wait"):
            run = self.json(verb, "--out", "read.json", *names[:2])
            self.assertEqual((run.code, json.loads(self.read("read.json"))), (0, run.document), run.err)

    def test_nonsense(self):
        self.world(one(A, "i-a"))
        for value in ("3/3", "0/0", "-1/3", "x", "1", "1/2/3", "0/100001"):
            run = self.json("plan", f"--shard={value}", target(A, "i-a"))
            self.assert_sentence(run, "--shard", "is not a shard")
        self.assert_sentence(self.json("plan", "--shard", "auto", target(A, "i-a")),
                             "JOB_COMPLETION_INDEX")
        self.environment["JOB_COMPLETION_INDEX"] = "3"
        self.assert_sentence(self.json("plan", "--shard", "auto", target(A, "i-a")),
                             "ENSURE_SHARDS is not set")
        self.environment["ENSURE_SHARDS"] = "3"
        self.assert_sentence(self.json("plan", "--shard", "auto", target(A, "i-a")),
                             "JOB_COMPLETION_INDEX is 3: expected 0 to 2")
        self.assertEqual(self.requests(), [])

    def test_an_empty_shard(self):
        self.world(one(A, "i-a"))
        for verb in (["plan"], ["status"], ["wait"], ["apply", "--yes"]):
            run = self.json(*verb, "--shard", "1/2", target(A, "i-a"))
            self.assertEqual(run.code, 0, run.err)
            self.assertEqual(schemas.check(run.document)["shard"], {"index": 1, "count": 2})
            self.assertEqual(run.document["instances"], [])
        self.assertEqual(self.requests(), [])
        self.assertIn("shard 1/2, 0 instances",
                      self.ensure("plan", "--shard", "1/2", target(A, "i-a")).out)

    def test_plans_of_shards(self):
        """Each is saved and applied by itself; the result is of the same shard."""
        self.world(one(V, "i-v"), one(A, "i-a"))
        results = []
        for index in range(2):
            run = self.json("plan", "--shard", f"{index}/2", "--out", f"{index}.plan",
                            target(V, "i-v"), target(A, "i-a"))
            self.assertEqual(run.document["summary"]["start"], 1, run.err)
            self.assert_sentence(self.json("apply", f"{index}.plan", "--shard", f"{index}/2"),
                                 "a saved plan is applied whole")
            run = self.json("apply", f"{index}.plan")
            self.assertEqual(run.code, 0, run.err)
            self.assertEqual(schemas.check(run.document)["shard"], {"index": index, "count": 2})
            self.assert_sentence(self.json("apply", f"{index}.plan"), "was applied at")
            results.append(self.write(f"{index}.json", run.document))
        merged = self.json("merge", *results)
        self.assertEqual((merged.code, merged.document["summary"]["started"]), (0, 2))
        self.assertEqual(self.starts(), {target(V, "i-v"): 1, target(A, "i-a"): 1})


class Merge(Case):
    def setUp(self):
        super().setUp()
        self.world(one(V, "i-v"), one(A, "i-a", RUNNING[A]), one(A, "i-full", flags=["stock@both"]),
                   one(B, "i-slow", on_start="stays_starting"))

    def made(self, name, verb, *arguments):
        return self.write(name, self.json(*verb, *arguments).document)

    def test_exit_codes(self):
        """Those of the verb that wrote the parts."""
        v, a, full, slow, none = (target(*pair) for pair in (
            (V, "i-v"), (A, "i-a"), (A, "i-full"), (B, "i-slow"), (A, "i-none")))
        rows = [
            (["plan"], (a,), (v,), 0), (["plan"], (a,), (full,), 3), (["plan"], (v,), (none,), 3),
            (["status"], (a,), (v, full), 0), (["status"], (a,), (none,), 3),
            (["wait", "--timeout", "400ms"], (a,), (v,), 4),
            (["wait", "--timeout", "400ms"], (a, v), (none,), 3),
            (["apply", "--yes", "--timeout", "3s"], (v,), (a,), 0),
            (["apply", "--yes", "--timeout", "1s"], (v,), (slow,), 4),
            (["apply", "--yes", "--timeout", "1s"], (full,), (slow,), 3),
        ]
        for verb, first, second, code in rows:
            with self.subTest(verb=verb, second=second):
                files = self.made("1", verb, *first), self.made("2", verb, *second)
                run = self.json("merge", *files)
                self.assertEqual((run.code, run.err), (code, ""))
                schemas.check(run.document)
                self.assertEqual([i["target"] for i in run.document["instances"]],
                                 [*first, *second])
        for name in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"):
            del self.environment[name]
        files = self.made("1", ["plan"], a), self.made("2", ["plan"], full)
        self.assertEqual(self.json("merge", *files).code, 1)

    def test_tables_and_pipes(self):
        files = (self.made("1", ["plan"], target(V, "i-v")),
                 self.made("2", ["plan"], target(A, "i-a")))
        run = self.ensure("merge", files[0], "-", text=self.read(files[1]))
        self.assertEqual((run.code, run.err), (0, ""))
        self.assertIn("2 instances: 1 running, 1 to start", run.out)
        self.assertIn("### Ensure: Plan", self.ensure("merge", "-o", "markdown", *files).out)
        self.assertEqual(self.json("merge", files[0]).document, json.loads(self.read(files[0])))
        # The formats are those of the verb that wrote the parts.
        status = self.made("3", ["status"], target(V, "i-v"))
        self.assertEqual(self.ensure("merge", "-o", "targets", status).out, target(V, "i-v") + "\n")
        for made, format in ((status, "junit"), (status, "html"), (files[0], "targets")):
            self.assert_sentence(self.ensure("merge", "-o", format, made), "which has the formats: ")

    def test_missing_shards(self):
        names = [target(V, "i-v"), target(A, "i-a")]
        self.made("0", ["status"], "--shard", "0/4", *names)
        self.made("2", ["status"], "--shard", "2/4", *names)
        run = self.json("merge", "2", "0")
        self.assertEqual((run.code, run.document["warnings"]),
                         (0, ["2 of 4 shards are missing: 1, 3"]))
        self.assertIn("2 of 4 shards are missing: 1, 3", run.err)
        # What was merged is no shard: which ones it has is not known any more.
        self.write("merged", run.document)
        self.made("1", ["status"], "--shard", "1/4", *names)
        self.assert_sentence(self.json("merge", "merged", "1"), "1 is one of 4 shards",
                             "merged is no shard")
        self.made("other", ["status"], "--shard", "0/3", *names)
        self.assert_sentence(self.json("merge", "2", "other"), "2 is one of 4 shards",
                             "other one of 3")

    def test_refusals(self):
        self.made("plan", ["plan"], target(V, "i-v"))
        self.made("again", ["plan"], target(A, "i-a"), target(V, "i-v"))
        self.made("status", ["status"], target(A, "i-a"))
        self.fleet(target(A, "i-a"))
        self.write("lines", target(A, "i-a"))
        self.write("empty", "\n")
        self.write("broken", self.read("plan")[:-9])
        for files, parts in (
                (("plan", "again"), (target(V, "i-v"), "plan", "again")),
                (("plan", "plan"), (target(V, "i-v"), "plan")),
                (("plan", "status"), ("ensure.plan/v1", "ensure.status/v1", "of one kind")),
                (("fleet.json",), ("fleet.json is a fleet",)),
                (("plan", "empty"), ("empty: empty: expected a plan, a result or a status",)),
                (("plan", "lines"), ("lines: not a document: expected a plan, a result or a status",)),
                (("plan", "broken"), ("broken", "not JSON")),
                (("plan", "missing"), ("missing",)),
                (("plan", "-", "-"), ("standard input is named 2 times",)),
                ((), ("needs files",))):
            with self.subTest(files):
                self.assert_sentence(self.json("merge", *files), *parts)

    def test_a_merged_plan_is_applied_once(self):
        self.ensure("plan", "--out", "v.plan", target(V, "i-v"))
        self.ensure("plan", "--out", "a.plan", target(A, "i-a"))
        self.write("whole.plan", self.json("merge", "v.plan", "a.plan").document)
        self.assertEqual(self.json("apply", "v.plan").code, 0)
        self.write("late.plan", self.json("merge", "v.plan", "a.plan").document)
        self.assert_sentence(self.json("apply", "late.plan"), "was applied at")
        self.assertEqual(self.json("apply", "whole.plan").code, 0)
        self.assertEqual(self.starts(), {target(V, "i-v"): 1})


if __name__ == "__main__":
    tool.main()

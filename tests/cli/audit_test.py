# SPDX-License-Identifier: Apache-2.0
"""The audit log, and that no start is sent without it."""

import json
import resource

import tool
import schemas
from tool import CLOUDS, Case, one, target

V, A, B = CLOUDS


class Audit(Case):
    def lines(self, name="audit.log"):
        return schemas.check_audit(self.path(name))

    def nine(self):
        self.world(*(one(cloud, f"i-{n}") for cloud in (V, A, B) for n in range(3)))
        return [target(cloud, f"i-{n}") for cloud in (V, A, B) for n in range(3)]

    def assert_nothing_started(self, run, path, why):
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual({(i["action"], i["reason"], i["start_sent"])
                          for i in run.document["instances"]}, {("refuse", "policy", False)})
        self.assertEqual(run.document["summary"]["refused"], 9)
        [warning] = run.document["warnings"]
        for part in ("ENSURE_AUDIT_LOG", path, why):
            self.assertIn(part, warning)
        self.assertEqual(run.err.count(warning), 1, run.err)
        self.assertEqual(run.err.count("warning:"), 1, run.err)
        self.assertEqual(self.starts(), {})

    def test_can_not_be_opened(self):
        targets = self.nine()
        self.environment["ENSURE_AUDIT_LOG"] = "/nonexistent/audit.log"
        self.assert_nothing_started(self.json("apply", "--yes", *targets),
                                    "/nonexistent/audit.log", "No such file or directory")

    def test_full(self):
        """A limit of the file size, which fails writes as a full file system does."""
        targets = self.nine()
        self.environment["ENSURE_AUDIT_LOG"] = self.path("audit.log")
        with self.start("apply", "--yes", "--format", "json", *targets,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))) as run:
            run.out, run.err = run.communicate(timeout=120)
        run.code, run.document = run.returncode, json.loads(run.out)
        self.assert_nothing_started(run, self.path("audit.log"), "can't write to the audit log")

    def test_a_plan_only_warns(self):
        targets = self.nine()
        self.environment["ENSURE_AUDIT_LOG"] = "/nonexistent/audit.log"
        run = self.json("plan", *targets)
        self.assertEqual(run.document["summary"]["start"], 9)
        self.assertEqual(len(run.document["warnings"]), 1)

    def test_one_run(self):
        targets = self.nine()
        self.environment.update(ENSURE_AUDIT_LOG=self.path("audit.log"),
                                GITHUB_REPOSITORY="acme/infra", GITHUB_RUN_ID="7")
        self.assertEqual(self.json("apply", "--yes", *targets).code, 0)
        lines = self.lines()
        self.assertEqual(len({line["run_id"] for line in lines}), 1)
        self.assertTrue(lines[0]["actor"].endswith(" via acme/infra/7"), lines[0])
        sent = [line["targets"] for line in lines if line["phase"] == "sending"]
        done = [line["targets"] for line in lines
                if line["phase"] == "done" and line["action"] == "start"]
        self.assertEqual(sorted(sent), sorted(done))
        self.assertEqual(sorted(sum(sent, [])), sorted(targets))

    def test_cancelled(self):
        self.world(one(V, "i-a"), options=("--fault", "hang,action=StartInstance"))
        self.environment["ENSURE_AUDIT_LOG"] = self.path("audit.log")
        run = self.json("apply", "--yes", "--timeout", "2s", target(V, "i-a"))
        self.assertTrue(run.instance("i-a")["start_sent"])
        self.assertEqual([(line["phase"], line["outcome"]) for line in self.lines()
                          if line["action"] == "start"], [("sending", ""), ("done", "timed_out")])


if __name__ == "__main__":
    tool.main()

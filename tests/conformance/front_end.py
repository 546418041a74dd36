# SPDX-License-Identifier: Apache-2.0
"""Base classes for the tests of front ends: a job (a fleet, a mode and an emulator of its own), its
outcome, and the interface of a front end."""

import concurrent.futures
import dataclasses
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", "emulator"), os.path.join(ROOT, "tests", "support")]

# pylint: disable=wrong-import-position
import harness  # noqa: E402
import with_emulator  # noqa: E402

TIMEOUT_S = 120  # for a front end that hangs

# The fields of a plan and of an apply that are equal in every run. VARYING_FIELDS differ, but are
# empty either in all runs or in none. elapsed_ms is not compared.
PLAN_FIELDS = ("target", "status", "provider_status", "action", "confidence", "reason", "message",
               "advice", "provider_code", "http_status")
APPLY_FIELDS = PLAN_FIELDS + ("started", "start_sent")
VARYING_FIELDS = ("request_id", "client_token", "start_request_id")


class Unavailable(Exception):
    """The front end can't be tested on this machine; the text says what to install."""


@dataclasses.dataclass
class Paths:
    bin: str          # programs, libensure, providers
    collections: str  # contains ansible_collections
    directory: str    # temporary
    home: str         # empty; the same for all jobs, because messages contain it


@dataclasses.dataclass
class Outcome:
    """instances: the results, in the order of the output. succeeded: whether the front end reports
    that no target was refused or failed. changed: whether it reports that a target was or would be
    started. summary: its counts. None: it does not report that."""
    instances: list
    succeeded: bool = None
    changed: bool = None
    ordered: bool = True
    summary: dict = None


@dataclasses.dataclass
class Answer:
    """What a front end says to a selector. targets: those that it found, in the order of the output;
    None: it failed. instances: what it shows of them; None: no more than the targets. text: the
    failure, which contains the reason, or the warnings."""
    targets: list
    instances: list = None
    text: str = ""

    @classmethod
    def of(cls, document):
        """Of a document ensure.find/v1 of one selector."""
        return cls([one["target"] for one in document["instances"]], document["instances"],
                   "\n".join(document["warnings"]))


def summary_of(instances, planning):
    """The summary of a document, computed from its results."""
    def is_class(one):
        late = one["reason"] == "timed_out"
        if one["status"] == "running":
            return "running"
        if one["reason"] == "cancelled" or (late and (
                one["start_sent"] or one["status"] in ("starting", "stopping", "busy"))):
            return "unfinished"
        return "refused" if one["action"] == "refuse" and not late else "failed"

    words = ("none", "start", "wait", "refuse") if planning else (
        "running", "refused", "failed", "unfinished")
    found = [one["action"] if planning else is_class(one) for one in instances]
    result = {"total": len(instances), **{word: found.count(word) for word in words}}
    if not planning:
        result["started"] = sum(one["started"] for one in instances)
    return result


class Job:
    """A fleet to be planned or applied, with its own emulator. Use it in a with statement."""

    def __init__(self, fleet, mode, paths, number):
        self.fleet, self.mode = fleet, mode
        self.name = f"{fleet.name}, {mode}"
        self.directory = os.path.join(paths.directory, f"job-{number}")
        os.mkdir(self.directory)
        world = {"accounts": fleet.accounts or with_emulator.accounts(),
                 "instances": [row.instance for row in fleet.rows if row.instance]}
        options = [word for fault in fleet.faults for word in ("--fault", fault)]
        self.emulator = harness.Emulator(os.path.join(paths.bin, "ensure-emulator"), "--boot-ms",
                                         "50", *options, world=world, directory=self.directory)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.emulator.stop()

    @property
    def targets(self):
        once = [row.target for row in self.fleet.rows]
        return once + once if self.fleet.repeated else once

    @property
    def planning(self):
        return self.mode == "plan"

    def groups(self):
        """(cloud, region) -> ids, for front ends that take one region at a time."""
        groups = {}
        for target in self.targets:
            cloud, region, name = target.split("/")
            groups.setdefault((cloud, region), []).append(name)
        return groups

    def settings(self):
        """cloud -> its settings, by the names that most front ends use."""
        result = {}
        for cloud in harness.KEYS:
            names = ("access_key", "secret_key", "security_token")
            result[cloud] = {"endpoint": self.emulator.urls[cloud],
                             **dict(zip(names, self.fleet.key(cloud) or ()))}
        return result

    def verdicts(self):
        """The expected verdicts by target."""
        return {row.target: row.verdict(self.mode) for row in self.fleet.rows}

    def failed(self, verdict):
        return verdict["action"] == "refuse" or (
            not self.planning and verdict["action"] != "none" and verdict["status"] != "running")


class FrontEnd:
    """Interface of a front end: runs a job and returns its Outcome, or its answers to selectors."""

    parallel_jobs = 16  # more than processors, because jobs mostly wait

    def __init__(self, paths):
        self.paths = paths

    def fields(self, job, verdict):  # pylint: disable=unused-argument
        """The fields that the front end shows of a target with this verdict."""
        return PLAN_FIELDS if job.planning else APPLY_FIELDS

    def run(self, job):
        raise NotImplementedError

    def run_all(self, jobs):
        """Outcomes in the order of the jobs."""
        with concurrent.futures.ThreadPoolExecutor(self.parallel_jobs) as pool:
            return list(pool.map(self.run, jobs))

    def find(self, job, selector):
        """The Answer to one selector of the job's search."""
        raise NotImplementedError

    def find_all(self, jobs):
        """For each job, in their order, the answers to the selectors of its search."""
        asked = [(job, question.selector) for job in jobs for question in job.fleet.questions]
        with concurrent.futures.ThreadPoolExecutor(self.parallel_jobs) as pool:
            answers = pool.map(lambda pair: self.find(*pair), asked)
            return [[next(answers) for _ in job.fleet.questions] for job in jobs]

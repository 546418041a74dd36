# SPDX-License-Identifier: Apache-2.0
"""What the doors have in common: a job (a fleet, a mode and a world of its own), and what a door
brings back of it."""

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

PATIENCE_S = 120  # generous: only a hang reaches it

# What a plan says of a target, and what an apply says; without what differs from run to run, of
# which only elapsed_ms may be there in one run and not in another.
PLAN_FIELDS = ("target", "status", "provider_status", "action", "confidence", "reason", "message",
               "advice", "provider_code", "http_status")
APPLY_FIELDS = PLAN_FIELDS + ("started", "start_sent")
PASSING_FIELDS = ("request_id", "client_token", "start_request_id")


class Unfit(Exception):
    """This door can't be tried here; the text says what to install."""


@dataclasses.dataclass
class Places:
    """Where things are."""
    bin: str          # programs, libensure, providers
    collections: str  # ansible_collections is in it
    directory: str    # temporary
    home: str         # empty; one for all, since messages name it


@dataclasses.dataclass
class Outcome:
    """instances: what is shown of each target, in the order shown. well: whether the door as a whole
    says that nothing was refused or failed, changed: that something is or would be started; None: it
    does not say."""
    instances: list
    well: bool = None
    changed: bool = None
    ordered: bool = True
    summary: dict = None


def summary_of(instances, planning):
    """The counts of a document, worked out anew from its results."""
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
    """A fleet, to be planned or applied, on an emulator of its own. Use it in a with statement."""

    def __init__(self, fleet, mode, places, number):
        self.fleet, self.mode = fleet, mode
        self.name = f"{fleet.name}, {mode}"
        self.directory = os.path.join(places.directory, f"job-{number}")
        os.mkdir(self.directory)
        world = {"accounts": fleet.accounts or with_emulator.accounts(),
                 "instances": [row.instance for row in fleet.rows if row.instance]}
        options = [word for fault in fleet.faults for word in ("--fault", fault)]
        self.emulator = harness.Emulator(os.path.join(places.bin, "ensure-emulator"), "--boot-ms",
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
        """(cloud, region) -> ids as given, for doors that take one region at a time."""
        groups = {}
        for target in self.targets:
            cloud, region, name = target.split("/")
            groups.setdefault((cloud, region), []).append(name)
        return groups

    def settings(self):
        """cloud -> members of its settings, in the names that most doors use."""
        result = {}
        for cloud in harness.KEYS:
            names = ("access_key", "secret_key", "security_token")
            result[cloud] = {"endpoint": self.emulator.urls[cloud],
                             **dict(zip(names, self.fleet.key(cloud) or ()))}
        return result

    def verdicts(self):
        """What the table says, by target."""
        return {row.target: row.verdict(self.mode) for row in self.fleet.rows}

    def failed(self, verdict):
        return verdict["action"] == "refuse" or (
            not self.planning and verdict["action"] != "none" and verdict["status"] != "running")


class Door:
    """One way in. A door runs a job and says what it shows."""

    at_once = 16  # jobs; they mostly wait

    def __init__(self, places):
        self.places = places

    def fields(self, job, verdict):  # pylint: disable=unused-argument
        """What the door promises to show of a target with this verdict."""
        return PLAN_FIELDS if job.planning else APPLY_FIELDS

    def run(self, job):
        raise NotImplementedError

    def run_all(self, jobs):
        """Outcomes in the order of the jobs."""
        with concurrent.futures.ThreadPoolExecutor(self.at_once) as pool:
            return list(pool.map(self.run, jobs))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fleet of the table through one door: the verdicts are those of the table, and what is shown
of them is what the ensure command shows, word for word.

usage: conformance_test.py DOOR BIN_DIRECTORY ANSIBLE_DIRECTORY [FLEET]
       DOOR is lib, cli, rpc, terraform or ansible; FLEET: only those with this in their name
"""

import concurrent.futures
import contextlib
import importlib
import os
import re
import sys
import tempfile

import ground
from fleets import FLEETS
from with_emulator import KEPT


def forget_the_user():
    """Nothing of the caller's environment points anywhere."""
    for name in list(os.environ):
        if name not in KEPT and name != "CI":
            del os.environ[name]


def without_port(value):
    """Each run has an emulator of its own, whose ports messages name."""
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", value) if isinstance(value, str) else value


def compare(job, door, outcome, reference):
    """What is wrong, one line each."""
    expected = job.verdicts()
    shown = [one["target"] for one in outcome.instances]
    if sorted(shown) != sorted(expected):
        yield f"shows {shown}, not each of {list(expected)} once"
        return
    if outcome.ordered and shown != list(expected):
        yield f"shows the order {shown}"
    for one in outcome.instances:
        target = one["target"]
        verdict = expected[target]
        for field in door.fields(job, verdict):
            wanted = verdict.get(field, reference.get(target, one).get(field))
            if field not in one or without_port(one[field]) != without_port(wanted):
                yield f"{target}: {field} is {one.get(field)!r}, not {wanted!r} ({one})"
        for field in ground.PASSING_FIELDS:
            if field in one and bool(one[field]) != bool(reference.get(target, one).get(field)):
                yield f"{target}: {field} is {one[field]!r}, elsewhere it is not so"
    if outcome.summary is not None:
        counts = ground.summary_of(outcome.instances, job.planning)
        if outcome.summary != counts:
            yield f"counts {outcome.summary}, not {counts}"
    well = not any(job.failed(verdict) for verdict in expected.values())
    if outcome.well not in (None, well):
        yield f"says that all is {'well' if outcome.well else 'not well'}"
    starts = any(verdict["action"] == "start" if job.planning else verdict["started"]
                 for verdict in expected.values())
    if outcome.changed not in (None, starts):
        yield f"says that {'something' if outcome.changed else 'nothing'} changes"


def compare_deeds(job):
    """The same for what the clouds saw."""
    ledger = job.emulator.control.ledger()
    wanted = {row.target: row.starts[job.mode] for row in job.fleet.rows if row.starts[job.mode]}
    if ledger["starts"] != wanted:
        differs = {target: ledger["starts"].get(target, 0)
                   for target in {**ledger["starts"], **wanted}
                   if ledger["starts"].get(target) != wanted.get(target)}
        yield f"started otherwise: {differs}"
    for violation in ledger["violations"]:
        yield f"the clouds saw {violation}"


def references(jobs, door, places):
    """What the ensure command shows, by target, job for job; nothing when it is the door itself."""
    cli = importlib.import_module("door_cli").Door(places)
    if isinstance(door, type(cli)):
        return [{} for _ in jobs]
    return [{one["target"]: one for one in outcome.instances} for outcome in cli.run_all(jobs)]


def run(name, places, part):
    door = importlib.import_module(f"door_{name}").Door(places)
    with contextlib.ExitStack() as stack:
        wanted = [(fleet, mode) for fleet in FLEETS if part in fleet.name for mode in fleet.modes]
        if not wanted:
            raise SystemExit(f"no fleet has {part!r} in its name")
        jobs, twins = ([stack.enter_context(ground.Job(*pair, places, f"{kind}-{n}"))
                        for n, pair in enumerate(wanted)] for kind in ("door", "reference"))
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            reference = beside.submit(references, twins, door, places)
            outcomes = door.run_all(jobs)
            reference = reference.result()
        wrong = [f"{job.name}: {line}" for job, outcome, shown in zip(jobs, outcomes, reference)
                 for line in (*compare(job, door, outcome, shown), *compare_deeds(job))]
    print("\n".join(wrong or [f"{name}: {len(jobs)} jobs, all as the table says"]))
    return 1 if wrong else 0


def main():
    name, programs, collections = sys.argv[1:4]
    forget_the_user()
    with tempfile.TemporaryDirectory(prefix="ensure-conformance-") as directory:
        os.environ["HOME"] = os.path.join(directory, "home")
        os.mkdir(os.environ["HOME"])
        places = ground.Places(os.path.abspath(programs), os.path.abspath(collections), directory,
                               os.environ["HOME"])
        try:
            return run(name, places, "".join(sys.argv[4:5]))
        except ground.Unfit as missing:
            print(missing)
            return 1 if os.environ.get("CI") == "true" else 77


if __name__ == "__main__":
    sys.exit(main())

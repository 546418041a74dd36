#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every fleet of the table through one front end, and compares the verdicts with the table and
all other fields with the output of the ensure command.

usage: conformance_test.py FRONT_END BIN_DIRECTORY ANSIBLE_DIRECTORY [FLEET]
       FRONT_END is lib, cli, rpc, terraform or ansible; FLEET: only fleets with this in their name
"""

import concurrent.futures
import contextlib
import importlib
import os
import re
import sys
import tempfile

import front_end
import surroundings
import terraform_host
from fleets import FLEETS


def without_port(value):
    """The value without the emulator's port, which differs between jobs."""
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", value) if isinstance(value, str) else value


def compare(job, tested, outcome, reference):
    """Yields one line per difference in the output."""
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
        for field in tested.fields(job, verdict):
            wanted = verdict.get(field, reference.get(target, one).get(field))
            if field not in one or without_port(one[field]) != without_port(wanted):
                yield f"{target}: {field} is {one.get(field)!r}, not {wanted!r} ({one})"
        for field in front_end.VARYING_FIELDS:
            if field in one and bool(one[field]) != bool(reference.get(target, one).get(field)):
                yield f"{target}: {field} is {one[field]!r}, unlike in the output of ensure"
    if outcome.summary is not None:
        counts = front_end.summary_of(outcome.instances, job.planning)
        if outcome.summary != counts:
            yield f"counts {outcome.summary}, not {counts}"
    succeeded = not any(job.failed(verdict) for verdict in expected.values())
    if outcome.succeeded not in (None, succeeded):
        yield f"reports {'success' if outcome.succeeded else 'failure'}"
    starts = any(verdict["action"] == "start" if job.planning else verdict["started"]
                 for verdict in expected.values())
    if outcome.changed not in (None, starts):
        yield f"reports {'a change' if outcome.changed else 'no change'}"


def compare_effects(job):
    """Yields one line per difference in the emulator's ledger."""
    ledger = job.emulator.control.ledger()
    wanted = {row.target: row.starts[job.mode] for row in job.fleet.rows if row.starts[job.mode]}
    if ledger["starts"] != wanted:
        differs = {target: ledger["starts"].get(target, 0)
                   for target in {**ledger["starts"], **wanted}
                   if ledger["starts"].get(target) != wanted.get(target)}
        yield f"other numbers of starts: {differs}"
    for violation in ledger["violations"]:
        yield f"violation: {violation}"


def references(jobs, tested, paths):
    """The output of the ensure command for each job, by target; empty if that is tested itself."""
    cli = importlib.import_module("front_end_cli").FrontEnd(paths)
    if isinstance(tested, type(cli)):
        return [{} for _ in jobs]
    return [{one["target"]: one for one in outcome.instances} for outcome in cli.run_all(jobs)]


def run(name, paths, part):
    tested = importlib.import_module(f"front_end_{name}").FrontEnd(paths)
    with contextlib.ExitStack() as stack:
        wanted = [(fleet, mode) for fleet in FLEETS if part in fleet.name for mode in fleet.modes]
        if not wanted:
            raise SystemExit(f"no fleet has {part!r} in its name")
        jobs, reference_jobs = ([stack.enter_context(front_end.Job(*pair, paths, f"{kind}-{n}"))
                        for n, pair in enumerate(wanted)] for kind in ("tested", "reference"))
        with concurrent.futures.ThreadPoolExecutor(1) as background:
            reference = background.submit(references, reference_jobs, tested, paths)
            outcomes = tested.run_all(jobs)
            reference = reference.result()
        differences = [f"{job.name}: {line}"
                       for job, outcome, shown in zip(jobs, outcomes, reference)
                       for line in (*compare(job, tested, outcome, shown), *compare_effects(job))]
    print("\n".join(differences or [f"{name}: {len(jobs)} jobs, no differences"]))
    return 1 if differences else 0


def main(run_table=run):
    name, programs, collections = sys.argv[1:4]
    surroundings.enter("CI", "ENSURE_TEST_HOST")
    with tempfile.TemporaryDirectory(prefix="ensure-conformance-") as directory:
        os.environ["HOME"] = os.path.join(directory, "home")
        os.mkdir(os.environ["HOME"])
        paths = front_end.Paths(os.path.abspath(programs), os.path.abspath(collections), directory,
                               os.environ["HOME"])
        try:
            return run_table(name, paths, "".join(sys.argv[4:5]))
        except front_end.Unavailable as missing:
            print(missing)
            return 1 if os.environ.get("CI") == "true" else 77
        except terraform_host.Unavailable as missing:
            print(missing)
            return missing.status


if __name__ == "__main__":
    sys.exit(main())

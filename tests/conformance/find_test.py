#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks every selector of the table through one front end, and compares what it finds with the table,
and what is shown of it with the output of ensure find.

usage: find_test.py FRONT_END BIN_DIRECTORY ANSIBLE_DIRECTORY [SEARCH]
       FRONT_END is lib, cli, lines, fleet, rpc, terraform or ansible; SEARCH: only searches with this
       in their name
"""

import contextlib
import importlib
import sys

import conformance_test
import front_end
from searches import SEARCHES


def compare(question, answer, reference):
    """Yields one line per difference."""
    if answer.targets != question.targets:
        yield f"finds {answer.targets}, not {question.targets} ({answer.text.strip()})"
        return
    expected = question.says
    if question.found == []:
        expected = (f"no instance was found in {question.place}",)
    yield from (f"does not say {text!r}: {answer.text}" for text in expected
                if text not in answer.text)
    if question.found and answer.text:
        yield f"warns: {answer.text}"
    if answer.instances is not None and answer.instances != reference.instances:
        yield f"shows {answer.instances}, not {reference.instances}"


def references(name, jobs, answers, paths):
    """The answers of ensure find, where they are others and instances are shown beside the targets."""
    shown = any(one.instances is not None for of_job in answers for one in of_job)
    if name == "cli" or not shown:
        return answers
    return importlib.import_module("front_end_cli").FrontEnd(paths).find_all(jobs)


def compare_effects(job):
    """Yields one line for what a find must never do."""
    ledger = job.emulator.control.ledger()
    if ledger["starts_total"]:
        yield "has started instances"
    yield from (f"violation: {violation}" for violation in ledger["violations"])


def run(name, paths, part):
    tested = importlib.import_module(f"front_end_{name}").FrontEnd(paths)
    wanted = [search for search in SEARCHES if part in search.name]
    if not wanted:
        raise SystemExit(f"no search has {part!r} in its name")
    with contextlib.ExitStack() as stack:
        jobs = [stack.enter_context(front_end.Job(search, "find", paths, n))
                for n, search in enumerate(wanted)]
        answers = tested.find_all(jobs)
        differences = [f"{job.name}: {question.selector}: {line}"
                       for job, *columns in zip(jobs, answers, references(name, jobs, answers, paths))
                       for question, *both in zip(job.fleet.questions, *columns)
                       for line in compare(question, *both)]
        differences += [f"{job.name}: {line}" for job in jobs for line in compare_effects(job)]
    count = sum(len(search.questions) for search in wanted)
    print("\n".join(differences or [f"{name}: {count} selectors, no differences"]))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(conformance_test.main(run))

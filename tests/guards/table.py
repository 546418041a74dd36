# SPDX-License-Identifier: Apache-2.0
"""The table: each rule, as a policy that refuses starts of the fleet, with what is said of them; and one
policy of all rules that lets the fleet through. A case is a rule with a source of guards and an entry."""

import dataclasses
import json
import os
import stat
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", name) for name in ("emulator", "support", "rpc")]
# pylint: disable=wrong-import-position
import harness  # noqa: E402
import with_emulator  # noqa: E402

V, A, B = "volcengine", "alibaba", "baidu"
PLACE = {A: ("cn-hangzhou", "Stopped"), B: ("bj", "Stopped")}
IDS = ("i-a", "i-b", "i-c")
SYSTEM_FILE = "/etc/ensure/policy.json"

# Replaces the system's file for one process: /etc below a file system that no other process sees.
MOUNTED = ('mount -t tmpfs none "$2" && mkdir "$2/upper" "$2/upper/ensure" "$2/work" && '
           'cp "$1" "$2/upper/ensure/policy.json" && mount -t overlay none '
           '-o "lowerdir=/etc,upperdir=$2/upper,workdir=$2/work" /etc && shift 2 && exec "$@"')


@dataclasses.dataclass(frozen=True)
class Rule:
    """said: part of the message of each refused start, after the source. RUN: plan or apply."""
    name: str
    policy: dict
    said: str
    cloud: str = A
    dry_run: bool = True
    audit: bool = True
    counted: bool = False  # where a process is the run, only the starts beyond are refused


ALLOWED = {"max_starts": 3, "allow": ["alibaba/*/*"], "deny": ["baidu/*/*"],
           "min_confidence": "validated", "audit_required": True}
RULES = (
    Rule("max_starts", {"max_starts": 2}, "max_starts 2, this RUN would start 3", counted=True),
    Rule("allow", {"allow": ["baidu/*/*", "alibaba/cn-beijing/*"]},
         "allow, and this instance matches none of its 2 patterns"),
    Rule("deny", {"deny": ["alibaba/*/i-*"]}, "deny alibaba/*/i-*, which this instance matches"),
    Rule("min_confidence", {"min_confidence": "validated"},
         "min_confidence validated, this start would be simulated", cloud=B),
    Rule("min_confidence, no dry run", {"min_confidence": "simulated"},
         "min_confidence simulated, this start would be unverified", dry_run=False),
    Rule("audit_required", {"audit_required": True},
         "audit_required true, and ENSURE_AUDIT_LOG is not set", audit=False),
    Rule("nothing refused", ALLOWED, ""),
)
UNUSABLE = Rule("unknown key", {"max_start": 2}, "")


class Case:
    """An entry with a rule and a source, and an emulator and a directory of its own. Use it in a with
    statement."""

    def __init__(self, entry, rule, source, programs, directory, emulator):
        self.entry, self.rule, self.source, self.programs = entry, rule, source, programs
        self.name = f"{entry}, {rule.name}, {source}"
        self.directory = directory
        os.mkdir(directory)
        region, stopped = PLACE[rule.cloud]
        self.region = region
        self.targets = [f"{rule.cloud}/{region}/{name}" for name in IDS]
        world = {"accounts": with_emulator.accounts(), "instances": [
            {"cloud": rule.cloud, "region": region, "id": name, "status": stopped} for name in IDS]}
        self.emulator = harness.Emulator(emulator, "--boot-ms", "0", world=world, directory=directory)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.emulator.stop()

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return self.path(name)

    def environment(self, guarded=True):
        """guarded: with the file of the source "variable"."""
        result = with_emulator.environment(self.emulator, self.directory)
        if self.rule.audit:
            result["ENSURE_AUDIT_LOG"] = self.path("audit.log")
        if guarded and self.source == "variable":
            result["ENSURE_POLICY"] = self.write("policy.json", self.rule.policy)
        return result

    def given(self, source):
        """The guards if they are of that source, else none."""
        return self.rule.policy if self.source == source else {}

    def command(self, *words, guarded=True):
        """The command, with the guards of the source "system"."""
        if self.source != "system" or not guarded:
            return list(words)
        os.makedirs(self.path("etc"), exist_ok=True)
        return ["unshare", "--mount", "sh", "-c", MOUNTED, "sh",
                self.write("system.json", self.rule.policy), self.path("etc"), *words]

    def program(self, program):
        """A program that runs the given one, with the guards of the source "system"."""
        command = " ".join(f"'{word}'" for word in self.command(program))
        path = self.write("program", f'#!/bin/sh\nexec {command} "$@"\n')
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        return path

    # ---- what must hold -------------------------------------------------------------------------

    def starts(self):
        """The ids that were started, each once; and the number of requests that could start."""
        ledger = self.emulator.control.ledger()
        if ledger["violations"] or set(ledger["starts"].values()) - {1}:
            raise AssertionError(f"{ledger['violations']}, {ledger['starts']}")
        sent = [one for one in ledger["requests"]
                if one["action"] in ("StartInstance", "StartInstances") and not one["dry_run"]]
        return {target.split("/")[2] for target in ledger["starts"]}, len(sent)


def can_mount():
    """Whether a process can have a system's file of its own here."""
    return subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
                          capture_output=True, check=False).returncode == 0

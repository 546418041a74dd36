# SPDX-License-Identifier: Apache-2.0
"""Hand-made documents: mutations of a fleet, a saved plan, an applied plan, the results of an apply
and of a status, lines of targets and the outputs of Terraform. Whatever the file holds, the tool
ends in time with one of its exit codes; a file that it rejects is one sentence; and nothing is started
but what a plan that was read says."""

import copy
import dataclasses
import json
import os
import random

import ground
from ground import CLOUDS, Suite, control_characters, require, target

MUTATIONS = 100
KINDS = ("fleet", "plan", "applied", "apply", "status", "lines", "outputs")
PER_CLOUD = 2
VALUES = (None, True, -1, 1 << 70, 1e300, "", "\u0000", "\u001b[2J", "i-" + "x" * 63, "x" * 100000, [],
          {}, [[]], "alibaba/cn-hangzhou/i-0", "baidu/bj/i-other", "start", "refuse", "stop",
          "ensure.plan/v1", "ensure.status/v1", "2026-01-01T00:00:00Z", "\ud800")


@dataclasses.dataclass(frozen=True)
class Row:
    kind: str
    number: int

    @property
    def name(self):
        return f"{self.kind}.{self.number}."


def places_of(value, path=()):
    """The paths of all values inside."""
    yield path
    children = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, one in children:
        yield from places_of(one, (*path, key))


def mutate_value(draw, document):
    """One value replaced, removed, doubled or moved."""
    paths = [path for path in places_of(document) if path]
    if not paths:
        return
    path = draw.choice(paths)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    key = path[-1]
    what = draw.randrange(5)
    if what == 0:
        del parent[key]
    elif what == 1 and isinstance(parent, list):
        parent.insert(key, json.loads(json.dumps(parent[key])))
    elif what == 2 and isinstance(parent, dict):
        parent[draw.choice(("x", key + "x", "targets", "format", "\u0000"))] = parent[key]
    else:
        parent[key] = copy.deepcopy(draw.choice(VALUES))


def mutate_bytes(draw, data):
    """A few bytes of the file changed, cut, doubled or inserted."""
    data = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(data) + 1)
        what = draw.randrange(5)
        if what == 0:
            data[at:at + 1] = bytes([draw.randrange(256)])
        elif what == 1:
            del data[at:at + draw.randint(1, 40)]
        elif what == 2:
            data[at:at] = data[at:at + draw.randint(1, 200)]
        elif what == 3:
            data[at:at] = draw.choice((b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"]", b'"', b"\\u",
                                       b"[" * 5000, b"9" * 500, b"#", b"\r\n"))
        else:
            data = data[:at] or bytearray(b"{")
    return bytes(data)


class Documents(Suite):
    def __init__(self):
        super().__init__(__file__, __doc__)
        self.names = [(cloud, f"i-{n}") for cloud in CLOUDS for n in range(PER_CLOUD)]
        self.originals = self.make()

    def ensure(self, directory, emulator, *arguments):
        return ground.run([self.places.program("ensure"), *arguments], ground.PATIENCE,
                          env=ground.environment(directory, emulator.urls), cwd=directory)

    def emulator_in(self, directory):
        return ground.emulator(self.places, directory, [ground.one(*name) for name in self.names],
                               "--boot-ms", "10")

    def make(self):
        """The documents as the tool writes them."""
        directory = self.place()
        targets = [target(*name) for name in self.names]
        with self.emulator_in(directory) as emulator:
            made = {"plan": self.ensure(directory, emulator, "plan", "--format", "json", "--out",
                                        "plan.json", *targets).out,
                    "status": self.ensure(directory, emulator, "status", "--format", "json",
                                          *targets).out,
                    "apply": self.ensure(directory, emulator, "apply", "plan.json", "--format",
                                         "json").out}
        with open(os.path.join(directory, "plan.json"), encoding="utf-8") as file:
            made["applied"] = file.read()
        made["fleet"] = json.dumps({"targets": targets})
        made["lines"] = "# a fleet\n" + "\n".join(targets) + "\n"
        made["outputs"] = json.dumps({"web": {"sensitive": False, "type": ["list", "string"],
                                              "value": {"all": targets, "n": 1}}})
        return made

    def mutation(self, row):
        draw = random.Random(f"{ground.SEED}.{row.name}")
        text = self.originals[row.kind]
        if row.kind != "lines" and draw.random() < 0.6:
            document = json.loads(text)
            for _ in range(draw.randint(1, 3)):
                mutate_value(draw, document)
            return json.dumps(document).encode("utf-8", "surrogatepass")
        return mutate_bytes(draw, text.encode())

    def allowed(self, row, data):
        """What may be started: all targets of a fleet, those that a plan says to start."""
        every = {target(*name) for name in self.names}
        if row.kind not in ("plan", "applied"):
            return every
        try:
            plan = json.loads(data)
            if plan.get("applied_at") or plan.get("format") != "ensure.plan/v1":
                return set()
            return {one["target"] for one in plan["instances"] if one["action"] in ("start", "wait")}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            # Lines of targets are no plan, and need --yes.
            return every if row.kind in ("fleet", "lines", "outputs") else set()

    def check(self, row):
        directory = self.place()
        data = self.mutation(row)
        with open(os.path.join(directory, "file"), "wb") as file:
            file.write(data)
        verb = ["apply"] if row.kind in ("plan", "applied", "apply", "status") else ["apply", "--yes"]
        with self.emulator_in(directory) as emulator:
            run = self.ensure(directory, emulator, *verb, "--format", "json", "--timeout", "5s",
                              "file")
            starts = emulator.control.ledger()["starts"]
        require(run.code in (0, 1, 3, 4), run.text)
        for text in (run.out, run.err):
            require(not control_characters(text), "controls in", repr(text))
        if run.code == 1 and not run.out:
            sentence = [line for line in run.err.splitlines() if not line.startswith("warning:")]
            require(len(sentence) == 1 and len(sentence[0]) < 1000, "not one sentence:", run.err)
            require(not starts, "rejected, but started", starts)
        else:
            ground.schemas.check(json.loads(run.out))
        require(set(starts) <= self.allowed(row, data), "started:", starts)
        require(set(starts.values()) <= {1}, starts)

    def main(self):
        rows = [Row(kind, number) for kind in KINDS
                for number in range(MUTATIONS * (20 if ground.FULL else 1))]
        self.each(self.sample(rows, len(rows)), self.check, 4)
        self.end()


if __name__ == "__main__":
    Documents().main()

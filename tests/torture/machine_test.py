# SPDX-License-Identifier: Apache-2.0
"""Faults of the machine that tests/machine does not have: little memory for data, a full disk, a home
that can't be written, standard streams that are closed, and a wall clock that steps. The tool works or
says why not, starts nothing without a line of the audit log, and leaves no half-written file. Needs
root for the mounts; argv[3] is the library that steps the clock."""

import itertools
import json
import os
import sys

import ground
from ground import Case, require, target
from installed import OTHER, Installed

CLOCK = os.path.abspath(sys.argv[3]) if sys.argv[3:] and sys.argv[3].endswith(".so") else ""
NAMES = [(cloud, "i-a") for cloud in ground.CLOUDS]
TARGETS = [target(*name) for name in NAMES]
# Mounts that no other process sees: $1 is the directory, $2 the options.
FULL = 'mount -t tmpfs -o "$2" tmpfs "$1" && shift 2 && exec "$@"'
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift 2 && exec "$@"'


class Machine(Installed):
    def environment(self, emulator, home, **more):
        return {**ground.environment(home, emulator.urls), "TMPDIR": home, **more}

    @staticmethod
    def bash(script, *command):
        return ["bash", "-c", script, "bash", *command]

    def mounted(self, script, directory, options, *command):
        return ["unshare", "--mount", *self.bash(script, directory, options, *command)]

    def run(self, command, environment):
        return ground.run(command, ground.PATIENCE, env=environment, cwd=environment["HOME"])

    @staticmethod
    def check_end(run, codes=(0, 1)):
        """One of the codes; with 1 a sentence."""
        require(run.code in codes, run.text)
        ground.check_text(run.err, "standard error")
        if run.code == 1:
            require(run.err.startswith("ensure: ") and len(run.err.splitlines()) == 1, run.text)
        for word in ("panic", "Assertion", "abort", "Sanitizer"):
            require(word not in run.err, run.text)

    def check_starts(self, emulator, started):
        starts = emulator.control.ledger()["starts"]
        require(set(starts.values()) <= {1}, starts)
        require(starts == {name: 1 for name in TARGETS} if started else not starts, starts)

    # ---- rows ---------------------------------------------------------------------------------------

    def check_data(self, row):
        with self.world(*NAMES) as emulator:
            run = self.run(self.bash(f'ulimit -d {row.values["kib"]} && exec "$@"', self.tool, "apply",
                                     "--yes", *TARGETS), self.environment(emulator, self.room()))
            # Memory that runs out ends the process; what it did stays known.
            require(run.code in (0, 1, 3, 4, 126, 127, -6, -11) or run.code < 0, run.text)
            require(set(emulator.control.ledger()["starts"].values()) <= {1}, "started twice")
            require(run.code == 0 or row.values["kib"] < 100000, run.text)

    def check_full_plan(self, _):
        """The plan does not fit: one sentence, and no part of it."""
        home, disk = self.room(), self.room()
        with self.world(*NAMES) as emulator:
            run = self.run(self.mounted('mount -t tmpfs -o "$2" tmpfs "$1"; cd "$1"; shift 2; "$@"; '
                                        'code=$?; ls -A >"$HOME/left"; exit $code', disk, "size=4k",
                                        self.tool, "plan", "--out", "p.json", *TARGETS * 30),
                           self.environment(emulator, home))
            big = [f"alibaba/cn-hangzhou/i-{n}" for n in range(40)]
            again = self.run(self.mounted('mount -t tmpfs -o "$2" tmpfs "$1"; cd "$1"; shift 2; "$@"; '
                                          'code=$?; ls -A >"$HOME/left2"; exit $code', disk,
                                          "size=4k", self.tool, "plan", "--out", "p.json", *big),
                             self.environment(emulator, home))
        self.check_end(run)
        require(again.code == 1 and "No space left" in again.err, again.text)
        with open(os.path.join(home, "left2"), encoding="ascii") as file:
            require(file.read() == "", "left a file")

    def check_full_audit(self, _):
        home, disk = self.room(), self.room()
        with self.world(*NAMES) as emulator:
            environment = self.environment(emulator, home, ENSURE_AUDIT_LOG=f"{disk}/audit.log")
            script = FULL.replace("shift 2", 'head -c 1M /dev/zero >"$1/full" 2>/dev/null; shift 2')
            run = self.run(self.mounted(script, disk, "size=16k", self.tool, "apply", "--yes",
                                        *TARGETS), environment)
            require(run.code == 3 and "ENSURE_AUDIT_LOG" in run.err, run.text)
            self.check_starts(emulator, False)

    def check_no_inodes(self, _):
        """No room for the socket's directory: another place is taken."""
        home, disk = self.room(), self.room()
        with self.world(*NAMES) as emulator:
            run = self.run(self.mounted(FULL, disk, "nr_inodes=1", self.tool, "apply", "--yes",
                                        *TARGETS), {**self.environment(emulator, home),
                                                    "TMPDIR": disk})
            self.check_end(run, (0,))
            self.check_starts(emulator, True)

    def check_unmarked(self, _):
        """A plan that can't be marked, as its disk is full or read-only, is applied with a warning."""
        home, disk = self.room(), self.room()
        with self.world(*NAMES) as emulator:
            environment = self.environment(emulator, home)
            run = self.run([self.tool, "plan", "--out", f"{disk}/p.json", *TARGETS], environment)
            require(run.code == 0, run.text)
            before = ground.read_json(f"{disk}/p.json")
            run = self.run(self.mounted(READ_ONLY, disk, "", self.tool, "apply", f"{disk}/p.json"),
                           environment)
            require(run.code == 0 and "warning" in run.err, run.text)
            require(ground.read_json(f"{disk}/p.json") == before, "changed")
            self.check_starts(emulator, True)

    def check_home(self, row):
        home = self.room(0, row.values["mode"])
        with self.world(*NAMES) as emulator:
            environment = {**self.environment(emulator, home), "TMPDIR": self.room(OTHER)}
            command = [self.tool, "apply", "--yes", *TARGETS]
            run = ground.run(self.as_other(*command), ground.PATIENCE, env=environment, cwd="/")
            self.check_end(run, (0,))
            self.check_starts(emulator, True)
            require(os.listdir(home) == [], os.listdir(home))

    def check_streams(self, row):
        """Whatever is closed, nothing that was meant for a stream goes to a file or a socket."""
        closed = row.values["closed"]
        home = self.room()
        with self.world(*NAMES) as emulator:
            log = f"{home}/audit.log"
            environment = self.environment(emulator, home, ENSURE_AUDIT_LOG=log)
            script = 'exec "$@" ' + " ".join(f"{fd}>&-" for fd in closed)
            run = self.run(self.bash(script, self.tool, *row.values["arguments"], *TARGETS),
                           environment)
            require(run.code in (0, 1), run.text)
            require(run.code == 1 or 1 not in closed, "said nothing, but ended with 0")
            require(run.code == 0 or 1 in closed, run.text)
            for line in ground.schemas.check_audit(log) if os.path.exists(log) else ():
                require(line["run_id"], line)
            require(set(emulator.control.ledger()["starts"].values()) <= {1}, "started twice")

    def check_clock(self, row):
        """A wall clock that steps: the verdict is right, or nothing was started."""
        home = self.room()
        with self.world(*NAMES, options=("--latency-ms", "150")) as emulator:
            environment = self.environment(
                emulator, home, LD_PRELOAD=CLOCK, CLOCK_STEP_S=str(row.values["step"]),
                CLOCK_STEP_AFTER_MS=str(row.values["after"]))
            run = self.run([self.tool, "apply", "--yes", "--format", "json", "--timeout", "30s",
                            *TARGETS], environment)
            require(run.code in (0, 1), run.text)
            self.check_starts(emulator, run.code == 0)
            if run.code == 0:
                document = ground.schemas.check(json.loads(run.out))
                require(all(0 <= one["elapsed_ms"] < 30000 for one in document["instances"]), run.out)
            else:
                require(row.values["after"] < 400, run.text)

    # ---- the table ----------------------------------------------------------------------------------

    def rows(self):
        for kib in (500, 2000, 8000, 16000, 32000, 64000, 300000):
            yield Case(f"data.{kib}.", self.check_data, {"kib": kib})
        yield Case("full.plan.", self.check_full_plan)
        yield Case("full.audit.", self.check_full_audit)
        yield Case("full.inodes.", self.check_no_inodes)
        yield Case("read_only.plan.", self.check_unmarked)
        for mode in (0o555, 0o000, 0o755):
            yield Case(f"home.{mode:o}.", self.check_home, {"mode": mode})
        for count in range(1, 4):
            for closed in itertools.combinations((0, 1, 2), count):
                for verb in ("plan", "apply"):
                    arguments = [verb, "--yes"] if verb == "apply" else [verb]
                    yield Case(f"streams.{verb}.{''.join(map(str, closed))}.", self.check_streams,
                               {"closed": closed, "arguments": arguments})
        for step in (-50 * 365 * 86400, -86400, -3600, -1, 1, 3600, 86400, 10 * 365 * 86400):
            for after in (0, 20, 400, 600):
                if CLOCK:
                    yield Case(f"clock.{step}.{after}.", self.check_clock,
                               {"step": step, "after": after})

    def main(self):
        if self.prepared():
            self.each(self.sample(self.rows(), 1000), lambda row: row.check(row), 4)
        self.end()


if __name__ == "__main__":
    Machine(__file__, __doc__).main()

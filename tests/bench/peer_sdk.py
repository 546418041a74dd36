#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `ensure plan` of stopped instances with node programs that make the same calls by the vendors'
npm packages (those of tests/sdk, which are installed first), on the same emulator.

usage: peer_sdk.py [--instances N] [--rounds N] [--late-ms N] BIN PACKAGES

BIN: the directory of ensure and ensure-emulator. PACKAGES: where the npm packages are, or are installed.
BENCH_TOOL: the program ensure of the release, if it was made; it is then what the others are compared to.
Without node, npm or the packages nothing is measured: exit status 77, and 1 with CI=true.
"""

import argparse
import json
import math
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "emulator"), str(ROOT / "tests" / "support")]
# pylint: disable=wrong-import-position
from harness import KEYS, Emulator  # noqa: E402
import npm  # noqa: E402
import surroundings  # noqa: E402

SCRIPT = pathlib.Path(__file__).with_suffix(".js")
OWN = "ensure plan"
LINKED = "ensure plan, linked dynamically"  # beside the program of the release
PREFIX = "i-bench-"
IN_FLIGHT = 16  # of peer_sdk.js, and of the engine for each cloud
READ_IDS = 100
LIMIT_S = 120  # of one process
MOST = {"instances": 100_000, "rounds": 1000, "late_ms": 1000}

# cloud -> (region, word for stopped, ids of a dry run, variables of the key, npm packages)
CLOUDS = {
    "volcengine": ("cn-beijing", "STOPPED", 1,
                   ("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY"), ("@volcengine/openapi",)),
    "alibaba": ("cn-hangzhou", "Stopped", 100,
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
                ("@alicloud/ecs20140526", "@alicloud/pop-core")),
}


def ids_of(count):
    return [f"{PREFIX}{number:06}" for number in range(1, count + 1)]


def passed(name, output):
    """How many dry runs passed, as the program tells."""
    told = json.loads(output)
    return told["summary"]["start"] if name in (OWN, LINKED) else told["passed"]


class Race:
    """One emulated cloud, and the programs that run in turn against it."""

    def __init__(self, cloud, options, directory, emulator):
        region, _, batch, variables, packages = CLOUDS[cloud]
        self.cloud, self.instances, self.emulator = cloud, options.instances, emulator
        self.errors = os.path.join(directory, "stderr")
        self.calls = tuple(math.ceil(self.instances / size) for size in (READ_IDS, batch))
        url = emulator.urls[cloud]
        fleet = os.path.join(directory, "fleet.json")
        targets = [f"{cloud}/{region}/{one}" for one in ids_of(self.instances)]
        pathlib.Path(fleet).write_text(json.dumps({"targets": targets}), encoding="utf-8")
        ensure = surroundings.bare(**dict(zip(variables, KEYS[cloud])), HOME=directory,
                                   **{f"ENSURE_{cloud.upper()}_ENDPOINT": url})
        node = surroundings.bare(NODE_PATH=os.path.join(options.packages, "node_modules"),
                                 HOME=directory)
        built, released = os.path.join(options.bin, "ensure"), os.environ.get("BENCH_TOOL")
        tools = {OWN: released, LINKED: built} if released else {OWN: built}
        self.programs = {name: ([path, "plan", "-f", fleet, "--format", "json"], ensure)
                         for name, path in tools.items()}
        for package in packages:
            self.programs[package] = (["node", str(SCRIPT), package, url, *KEYS[cloud], PREFIX,
                                       str(self.instances)], node)

    def least_s(self, late_ms):
        """What the latency and IN_FLIGHT calls at a time allow: no dry run before its read."""
        return late_ms / 1000 * sum(math.ceil(one / IN_FLIGHT) for one in self.calls)

    def seen(self):
        """(reads, dry runs) that the emulator answered."""
        calls = self.emulator.control.ledger()["calls"][self.cloud]
        dry_runs = sum(one["dry_runs"] for one in calls.values())
        if sum(one["calls"] for one in calls.values()) != calls["DescribeInstances"]["calls"] + dry_runs:
            sys.exit(f"there were other calls than reads and dry runs: {calls}")
        return calls["DescribeInstances"]["calls"], dry_runs

    def run(self, name):
        """(seconds, seconds of CPU) of the process and of the children that it waited for."""
        self.emulator.control.call("POST", "/reset?world=yes")
        arguments, environment = self.programs[name]
        with tempfile.TemporaryFile() as output, open(self.errors, "wb") as errors:
            began = time.monotonic()
            # pylint: disable-next=consider-using-with
            process = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=errors)
            limit = threading.Timer(LIMIT_S, os.kill, (process.pid, signal.SIGTERM))
            limit.start()
            _, status, usage = os.wait4(process.pid, 0)
            took = time.monotonic() - began
            limit.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            self.check(name, process.returncode, output.read().decode())
        return took, usage.ru_utime + usage.ru_stime

    def check(self, name, returned, output):
        """Ends if a program did not do what the others do."""
        if returned not in ((0, 2) if name in (OWN, LINKED) else (0,)):
            told = pathlib.Path(self.errors).read_text(encoding="utf-8", errors="replace")
            sys.exit(f"{name} ended with {returned}: {told[-2000:]}{output[-2000:]}")
        if passed(name, output) != self.instances or self.seen() != self.calls:
            sys.exit(f"{name}: {passed(name, output)} of {self.instances} passed, {self.seen()} reads "
                     f"and dry runs, not {self.calls}")

    def race(self, rounds):
        """{program: [(seconds, CPU)]}; every second round is in the opposite order."""
        takes = {name: [] for name in self.programs}
        for number in range(rounds):
            for name in list(takes)[::1 - number % 2 * 2]:
                takes[name].append(self.run(name))
        return takes


def show(cloud, late_ms, least_s, takes):
    """Prints the lines of one race. A ratio is the median of the ratios within the rounds."""
    for name, values in takes.items():
        wall, cpu = (statistics.median(column) * 1000 for column in zip(*values))
        ratios = [f"{statistics.median(own[part] / its[part] for own, its in zip(takes[OWN], values)):.2f}"
                  if name != OWN else "" for part in (0, 1)]
        ratios += [f"{wall / 1000 / least_s:.2f}" if least_s else ""]
        print(f"| {cloud}, {late_ms} ms | {name} | {wall:.0f} ms | {cpu:.0f} ms | {' | '.join(ratios)} |",
              flush=True)


def measure(cloud, late_ms, options):
    region, stopped = CLOUDS[cloud][:2]
    world = {"accounts": [{"cloud": cloud, "access_key": KEYS[cloud][0],
                           "secret_key": KEYS[cloud][1]}],
             "instances": [{"cloud": cloud, "region": region, "id": one, "status": stopped}
                           for one in ids_of(options.instances)]}
    with tempfile.TemporaryDirectory() as directory:
        with Emulator(os.path.join(options.bin, "ensure-emulator"), "--latency-ms", str(late_ms),
                      world=world, directory=directory) as emulator:
            race = Race(cloud, options, directory, emulator)
            takes = race.race(options.rounds)
    show(cloud, late_ms, race.least_s(late_ms), takes)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--late-ms", type=int, default=20)
    parser.add_argument("bin", type=os.path.abspath)
    parser.add_argument("packages", type=os.path.abspath)
    options = parser.parse_args()
    for name, most in MOST.items():
        if not 1 <= getattr(options, name) <= most:
            parser.error(f"--{name.replace('_', '-')} is a number from 1 to {most}")
    return options


def main():
    options = parse()
    npm.install(str(ROOT / "tests" / "sdk"), options.packages)
    print(f"{options.instances} stopped instances, {options.rounds} rounds. Ratios: ensure plan to the "
          f"line's program. The least: what the latency and {IN_FLIGHT} calls at a time allow.\n\n"
          "| cloud, replies late by | program | time | CPU | ratio | of CPU | time to the least |\n"
          "| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for late_ms in (0, options.late_ms):
        for cloud in CLOUDS:
            measure(cloud, late_ms, options)


if __name__ == "__main__":
    main()

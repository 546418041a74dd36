# SPDX-License-Identifier: Apache-2.0
"""The order of what is sent: after an answer to a start that leaves open whether it took effect, a
read comes before the next start; and many applies at a time over one fleet start each instance once."""

import concurrent.futures
import dataclasses
import json
import os

import ground
from ground import CLOUDS, Case, Suite, require, target

AMBIGUOUS = ("cut,effect=no", "cut,effect=yes", "truncate", "garbage,effect=yes",
             "garbage,effect=no", "empty:500,effect=yes", "empty:500,effect=no",
             "html:502,effect=yes", "html:502,effect=no", "http:503,effect=yes",
             "http:503,effect=no", "http:504,effect=yes", "http:504,effect=no",
             "error:500:InternalError,effect=yes", "error:500:InternalError,effect=no",
             "content-type:text/plain", "huge:20,effect=yes",
             "html:200,effect=yes", "redirect,effect=yes")
TIMES = (1, 2, 3)  # how many starts in a row are answered so
RACERS = 30


@dataclasses.dataclass(frozen=True)
class Lost:
    cloud: str
    fault: str
    times: int

    @property
    def name(self):
        return f"lost.{self.cloud}.{self.fault}.{self.times}."


class Order(Suite):
    def world(self, *instances, faults=()):
        directory = self.place()
        options = [word for fault in faults for word in ("--fault", fault)]
        emulator = ground.emulator(self.places, directory, instances, "--boot-ms", "100", *options)
        return directory, emulator

    def ensure(self, directory, emulator, *arguments):
        run = ground.run([self.places.program("ensure"), *arguments], 3 * ground.PATIENCE,
                         env=ground.environment(directory, emulator.urls), cwd=directory)
        return run

    def check_lost(self, row):
        action = "StartInstances" if row.cloud == "alibaba" else "StartInstance"
        fault = f"{row.fault},action={action},dry_run=no,first={row.times}"
        directory, emulator = self.world(ground.one(row.cloud, "i-a"), faults=[fault])
        with emulator:
            run = self.ensure(directory, emulator, "apply", "--yes", "--format", "json", "--timeout",
                              "60s", target(row.cloud, "i-a"))
            ledger = emulator.control.ledger()
        document = ground.schemas.check(json.loads(run.out))
        one = document["instances"][0]
        kinds = ["start" if request["action"].startswith("StartInstance") else "read"
                 for request in ledger["requests"]]
        count = ledger["starts"].get(target(row.cloud, "i-a"), 0)
        require(count <= 1, count, "starts", kinds)
        require(("start", "start") not in zip(kinds, kinds[1:]), "no read between starts:", kinds)
        require(one["start_sent"] or count == 0, "start_sent is false", one)
        require((one["status"] == "running") == (count == 1), "verdict", one, count)
        if one["status"] != "running":  # only a definite refusal may end it before the deadline
            require(run.code == 3 and one["reason"] != "ok", run.text)

    # ---- races --------------------------------------------------------------------------------------

    def race(self, commands):
        """Runs all at a time; (directory, environment, command) each."""
        with concurrent.futures.ThreadPoolExecutor(len(commands)) as pool:
            return list(pool.map(lambda one: ground.run(one[2], 4 * ground.PATIENCE, env=one[1],
                                                        cwd=one[0]), commands))

    def check_race(self, row):
        names = [(cloud, f"i-{n}") for cloud in CLOUDS for n in range(row.values["instances"])]
        directory, emulator = self.world(*(ground.one(*name) for name in names),
                                         faults=row.values["faults"])
        environment = ground.environment(directory, emulator.urls)
        command = [self.places.program("ensure"), "apply", "--yes", "--format", "json",
                   *(target(*name) for name in names)]
        with emulator:
            runs = self.race([(directory, environment, command)] * RACERS)
            ledger = emulator.control.ledger()
        require(ledger["starts"] == {target(*name): 1 for name in names}, ledger["starts"])
        require(ledger["violations"] == [], ledger["violations"])
        for run in runs:
            require(run.code == 0, run.text)
            ground.schemas.check(json.loads(run.out))

    def check_one_plan(self, row):
        """One saved plan, applied many times at once: one apply does it, the others are refused."""
        names = [(cloud, f"i-{n}") for cloud in CLOUDS for n in range(row.values["instances"])]
        directory, emulator = self.world(*(ground.one(*name) for name in names))
        with emulator:
            plan = self.ensure(directory, emulator, "plan", "--out", "plan.json",
                               *(target(*name) for name in names))
            require(plan.code == 0, plan.text)
            command = [self.places.program("ensure"), "apply", "plan.json", "--format", "json"]
            environment = ground.environment(directory, emulator.urls)
            runs = self.race([(directory, environment, command)] * RACERS)
            ledger = emulator.control.ledger()
        require(sorted(run.code for run in runs) == [0] + [1] * (RACERS - 1),
                [run.code for run in runs])
        require(ledger["starts"] == {target(*name): 1 for name in names}, ledger["starts"])
        require("applied_at" in ground.read_json(os.path.join(directory, "plan.json")), "no mark")

    def main(self):
        rows = [Lost(cloud, fault, times) for cloud in CLOUDS for fault in AMBIGUOUS
                for times in TIMES]
        # The sample has one of each cloud and fault; waiting for the reads takes most of the time.
        self.each(self.sample(rows, 60), self.check_lost, 16)
        races = [Case("race.plain.", self.check_race, {"instances": 3, "faults": []}),
                 Case("race.lost.", self.check_race,
                      {"instances": 2, "faults": ["cut,dry_run=no,p=0.1,effect=yes",
                                                  "http:503,p=0.05"]}),
                 Case("race.one_plan.", self.check_one_plan, {"instances": 2})]
        self.each(self.sample(races, 3), lambda row: row.check(row), 1)
        self.end()


if __name__ == "__main__":
    Order(__file__, __doc__).main()

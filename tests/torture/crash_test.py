# SPDX-License-Identifier: Apache-2.0
"""Crash matrix: kill -9 of the tool, the plugin process, Terraform, Ansible and the module at every
25 ms and at every line of the audit log, then the same command again. Each instance is started once
at most, the second run has the right verdicts, the plan file is whole, no process is left behind, and
the audit log names every start."""

import dataclasses
import json
import os
import random
import signal
import subprocess
import time
import uuid

import ground
from ground import CLOUDS, Failure, Suite, require, target

POINTS = 15  # of each front end, in CI
WORKERS = {"cli": 4, "terraform": 3, "ansible": 3}
LEFT_BEHIND_S = 30


@dataclasses.dataclass(frozen=True)
class Point:
    front: str
    victim: str
    trigger: str  # ms or line
    at: int
    round: int

    @property
    def name(self):
        return f"{self.front}.{self.victim}.{self.trigger}{self.at}.{self.round}."


# front end: (victims, last ms, lines of the audit log, rounds of the full form)
MATRIX = {"cli": (("front", "plugin"), 700, 14, 50),
          "terraform": (("front", "plugin"), 1000, 15, 12),
          "ansible": (("front", "plugin"), 2600, 14, 4)}
PROGRAM = {"cli": "terraform-provider-ensure", "terraform": "terraform-provider-ensure",
           "ansible": "instance_running"}


def table(front):
    victims, last_ms, lines, rounds = MATRIX[front]
    return [Point(front, victim, trigger, at, number) for number in range(rounds)
            for victim in victims
            for trigger, ats in (("ms", range(0, last_ms + 1, 25)), ("line", range(1, lines + 1)))
            for at in ats]


class Attack:
    """One kill and what follows."""

    def __init__(self, suite, point):
        self.suite, self.point = suite, point
        self.places = suite.places
        self.directory = suite.place()
        draw = random.Random(f"{ground.SEED}.{point.name}")
        self.names = [(cloud, f"i-{cloud[0]}{n}") for cloud in CLOUDS
                      for n in range(draw.randint(1, 3))]
        self.mark = f"ENSURE_TEST_RUN={uuid.uuid4().hex}"
        self.emulator = ground.emulator(
            self.places, self.directory, [ground.one(*name) for name in self.names],
            "--boot-ms", str(draw.choice((20, 150, 400))),
            "--latency-ms", str(draw.choice((0, 10, 40))))
        self.environment = {**ground.environment(self.directory, self.emulator.urls),
                            "ENSURE_AUDIT_LOG": self.path("audit.log"),
                            "TMPDIR": self.directory,
                            **dict([self.mark.split("=")])}

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))

    def run(self, command):
        return ground.run(command, 2 * ground.PATIENCE, env=self.environment, cwd=self.directory)

    # ---- the front ends -----------------------------------------------------------------------------

    def prepare(self):
        """The command that is killed and repeated."""
        return getattr(self, "prepare_" + self.point.front)()

    def prepare_cli(self):
        ensure = self.places.program("ensure")
        done = self.run([ensure, "plan", "--out", "plan.json",
                         *(target(*name) for name in self.names)])
        require(done.code == 0, "plan:", done.text)
        with open(self.path("audit.log"), "w", encoding="utf-8"):
            pass  # what follows counts
        return [ensure, "apply", "plan.json", "--format", "json"]

    def prepare_terraform(self):
        self.write("main.tf", ground.terraform_text(
            [(name, cloud, name) for cloud, name in self.names], "off"))
        self.environment["TF_CLI_CONFIG_FILE"] = ground.terraform_rc(self.places, self.directory)
        return ["terraform", "apply", "-auto-approve", "-json"]

    def prepare_ansible(self):
        self.environment.update(ground.ansible_environment(self.places, self.directory))
        fleets = {}
        for cloud, name in self.names:
            fleets.setdefault(cloud, []).append(name)
        self.write("play.json", [{
            "hosts": "localhost", "connection": "local", "gather_facts": False,
            "tasks": [{ground.MODULE: {"cloud": cloud, "region": ground.REGION[cloud],
                                       "instance_ids": ids, "wait_timeout": 60}}
                      for cloud, ids in fleets.items()]}])
        return ["ansible-playbook", "-i", "localhost,", "play.json"]

    # ---- the kill -----------------------------------------------------------------------------------

    def audit_lines(self):
        try:
            with open(self.path("audit.log"), "rb") as file:
                return file.read().count(b"\n")
        except FileNotFoundError:
            return 0

    def wait_for_trigger(self, process):
        if self.point.trigger == "ms":
            time.sleep(self.point.at / 1000)
            return
        while process.poll() is None and self.audit_lines() < self.point.at:
            time.sleep(0.001)

    def victims(self, process):
        if self.point.victim == "front":
            return [process.pid] if process.poll() is None else []
        found = []
        for pid, _ in ground.processes_with(self.mark):
            try:
                if PROGRAM[self.point.front] in os.readlink(f"/proc/{pid}/exe"):
                    found.append(pid)
            except OSError:
                pass
        return found

    def kill(self, command):
        """Runs the command, kills the victim; whether there was one."""
        with open(self.path("killed"), "wb") as out, subprocess.Popen(
                command, env=self.environment, cwd=self.directory, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True) as process:
            self.wait_for_trigger(process)
            hit = False
            for pid in self.victims(process):
                try:
                    os.kill(pid, signal.SIGKILL)
                    hit = True
                except ProcessLookupError:
                    pass
            try:
                process.wait(2 * ground.PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise Failure("hangs after the kill") from None
        require(ground.wait_until(lambda: not ground.processes_with(self.mark), LEFT_BEHIND_S),
                "left behind:", ground.processes_with(self.mark))
        return hit

    # ---- the oracle -----------------------------------------------------------------------------------

    def check_second_run(self, run):
        if self.point.front != "cli":
            require(run.code == 0, "second run:", run.text)
            return
        plan = ground.read_json(self.path("plan.json"))  # it is whole
        ground.schemas.check(plan)
        if run.code == 1:  # the first run had already finished
            require("was applied at" in run.err and "applied_at" in plan, "second run:", run.text)
            return
        require(run.code == 0, "second run:", run.text)
        document = ground.schemas.check(json.loads(run.out))
        require({one["status"] for one in document["instances"]} == {"running"}, run.text)
        require("applied_at" in plan, "the plan is not marked")

    def check_world(self):
        ledger = self.emulator.control.ledger()
        require(ledger["starts"] == {target(*name): 1 for name in self.names},
                "starts:", ledger["starts"])
        require(ledger["violations"] == [], ledger["violations"])
        lines = ground.schemas.check_audit(self.path("audit.log"))
        named = {name for entry in lines if entry["phase"] == "sending" for name in entry["targets"]}
        require(set(ledger["starts"]) <= named, "started, but not in the audit log:",
                set(ledger["starts"]) - named)
        self.run([self.places.program("ensure"), "providers"])  # a plugin clears what others left
        sockets = [name for name in os.listdir(self.directory) if name.startswith("ensure-plugin-")]
        require(not sockets, "left behind:", sockets)

    def check(self):
        try:
            command = self.prepare()
            hit = self.kill(command)
            self.check_second_run(self.run(command))
            require(ground.wait_until(lambda: not ground.processes_with(self.mark), LEFT_BEHIND_S),
                    "left behind:", ground.processes_with(self.mark))
            self.check_world()
            return hit
        finally:
            self.emulator.stop()


class Crash(Suite):
    def __init__(self):
        super().__init__(__file__, __doc__)
        self.kills = 0

    def check(self, point):
        attack = Attack(self, point)
        hit = attack.check()
        with self.lock:
            self.kills += hit
            if hit and self.state:
                with open(self.state + ".kills", "a", encoding="utf-8") as file:
                    file.write(point.name + "\n")
        subprocess.run(["rm", "-rf", attack.directory], check=False)

    def main(self):
        for front, program in (("cli", None), ("terraform", "terraform"),
                               ("ansible", "ansible-playbook")):
            if program and ground.missing_program(program):
                continue
            rows = table(front)
            lines = self.sample((row for row in rows if row.trigger == "line"), POINTS - POINTS // 3)
            times = self.sample((row for row in rows if row.trigger == "ms"), POINTS // 3)
            self.each(lines + times, self.check, WORKERS[front])
        print(f"{self.kills} runs were killed under way")
        if self.state and os.path.exists(self.state + ".kills"):
            with open(self.state + ".kills", encoding="utf-8") as file:
                print(f"{len(set(file))} in all parts of the full form")
        self.end()


if __name__ == "__main__":
    Crash().main()

# SPDX-License-Identifier: Apache-2.0
"""Hostile replies: every behaviour of behaviours.py, on every cloud, in answer to the read, the dry
run and the start; all of them through the CLI, a sample through Terraform and through Ansible."""

import collections
import concurrent.futures
import dataclasses
import json
import os
import re

import ground
from behaviours import ROWS, Behaviour
from ground import CLOUDS, Failure, Suite, control_characters, require, target
from proxy import Proxy

TIMEOUT_S = 3
MESSAGE_MAX = 400
SAMPLE = 60  # of each of Terraform and Ansible
WORKERS = int(os.environ.get("ENSURE_WORKERS", "12"))


@dataclasses.dataclass(frozen=True)
class Row:
    front: str
    cloud: str
    kind: str
    behaviour: Behaviour
    number: int

    @property
    def name(self):
        return f"{self.front}.{self.cloud}.{self.kind}.{self.behaviour.name}."

    @property
    def id(self):
        return f"i-{self.front}-{self.number}"

    @property
    def target(self):
        return target(self.cloud, self.id)


def table(front):
    kinds = [(cloud, kind) for cloud in CLOUDS for kind in ("read", "dry_run", "start")
             if (cloud, kind) != ("baidu", "dry_run")]
    pairs = [(cloud, kind, one) for one in ROWS for cloud, kind in kinds]
    return [Row(front, *pair, number) for number, pair in enumerate(pairs)]


class Hostile(Suite):
    def __init__(self):
        super().__init__(__file__, __doc__)
        self.rows = {front: self.sample(table(front), 10 ** 6 if front == "cli" else SAMPLE)
                     for front in ("cli", "terraform", "ansible")}
        every = [row for rows in self.rows.values() for row in rows]
        self.emulator = ground.emulator(
            self.places, self.directory, [ground.one(row.cloud, row.id) for row in every],
            "--boot-ms", "20")
        self.proxy = Proxy({cloud: self.emulator.urls[cloud] for cloud in CLOUDS})
        self.proxy.behaviours = {(row.kind, row.id): row.behaviour.run for row in every}
        self.environment = ground.environment(self.directory, self.proxy.urls)
        self.reasons = collections.Counter()

    # ---- the oracle -------------------------------------------------------------------------------

    def check_words(self, reason, message, advice=""):
        require(reason in ground.REASONS, "reason", reason)
        require(message.strip(), "no message")
        require(len(message) <= MESSAGE_MAX, len(message), "characters:", message)
        for text in (message, advice):
            require(not control_characters(text, ""), "controls in", repr(text))

    def starts(self, row):
        ledger = self.emulator.control.call("GET", "/ledger?requests=no").json
        return ledger["starts"].get(row.target, 0)

    def check_ledger(self, row, start_sent):
        """start_sent: what was told; None where the front end does not tell."""
        count = self.starts(row)
        kinds = [entry["kind"] for entry in self.proxy.of(row.id)]
        require(count <= 1, "started", count, "times")
        if row.kind != "start":
            require("start" not in kinds, "a plan sent a start")
        if row.behaviour.refusal or row.kind != "start":
            return
        if start_sent is not None:
            require(start_sent == ("start" in kinds), "start_sent is", start_sent, "but", kinds)
            require(start_sent or count == 0, "started, but start_sent is false")
        for before, after in zip(kinds, kinds[1:]):
            require((before, after) != ("start", "start"),
                    "no read between an ambiguous answer and the next start:", kinds)

    def check_result(self, row, one):
        self.check_words(one["reason"], one["message"], one["advice"])
        require(one["target"] == row.target, "target", one["target"])
        self.check_ledger(row, one.get("start_sent"))
        with self.lock:
            self.reasons[one["reason"]] += 1

    # ---- the front ends -----------------------------------------------------------------------------

    def check_cli(self, row):
        verb = ["apply", "--yes"] if row.kind == "start" else ["plan"]
        run = ground.run([self.places.program("ensure"), *verb, "--format", "json", "--timeout",
                          f"{TIMEOUT_S}s", row.target], TIMEOUT_S + ground.PATIENCE,
                         env=self.environment, cwd=self.directory)
        require(run.code in (0, 3, 4), run.text)
        ground.check_text(run.out, "standard output")
        ground.check_text(run.err, "standard error")
        try:
            document = ground.schemas.check(json.loads(run.out))
        except (ValueError, AssertionError) as error:
            raise Failure(f"{error}\n{run.text}") from error
        self.check_result(row, document["instances"][0])

    def check_terraform(self, row):
        directory = self.place()
        with open(os.path.join(directory, "main.tf"), "w", encoding="utf-8") as file:
            file.write(ground.terraform_text([("x", row.cloud, row.id)],
                                             "off" if row.kind == "start" else "enforce",
                                             f"{TIMEOUT_S}s"))
        verb = ["apply", "-auto-approve"] if row.kind == "start" else ["plan"]
        rc = ground.terraform_rc(self.places, directory)
        run = ground.run(["terraform", *verb, "-json"], 180 + ground.PATIENCE, cwd=directory,
                         env={**self.environment, "TF_CLI_CONFIG_FILE": rc})
        require(run.code in (0, 1), run.text)
        ground.check_text(run.out, "standard output")
        lines = [json.loads(line) for line in run.out.splitlines()]
        found = [line["diagnostic"] for line in lines if line.get("type") == "diagnostic"
                 and "overrides" not in str(line["diagnostic"])]
        require(run.code == 0 or found, "failed without a diagnostic", run.text)
        for one in found:
            self.check_diagnostic(one)
        self.check_ledger(row, None)

    def check_diagnostic(self, one):
        text = one["summary"] + "\n" + one["detail"]
        require(one["detail"].strip(), "no detail", one)
        require(not control_characters(text), "controls in", repr(text))
        reason = re.search(r"(?::|\(|because of) (\w+)$", one["summary"])
        require(reason is None or reason[1] in ground.REASONS, "reason", one["summary"])
        for text in one["detail"].splitlines():
            require(len(text) <= MESSAGE_MAX + 100, len(text), "characters:", text)

    def play(self, rows):
        """One playbook for all rows, each a host of its own; the result of each."""
        hosts = {f"row-{n}": {"row": row.name, "cloud": row.cloud,
                              "region": ground.REGION[row.cloud], "name": row.id,
                              "checking": row.kind != "start"} for n, row in enumerate(rows)}
        task = {ground.MODULE: {"cloud": "{{ cloud }}", "region": "{{ region }}",
                                "instance_id": "{{ name }}", "wait_timeout": TIMEOUT_S},
                "ignore_errors": True, "check_mode": "{{ checking }}", "name": "{{ row }}"}
        book = [{"hosts": "all", "connection": "local", "gather_facts": False, "strategy": "free",
                 "tasks": [task]}]
        for name, content in (("hosts.json", {"all": {"hosts": hosts}}), ("play.json", book)):
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
                json.dump(content, file)
        run = ground.run(
            ["ansible-playbook", "-i", "hosts.json", "-f", "6", "play.json"],
            len(rows) * TIMEOUT_S + 4 * ground.PATIENCE, cwd=self.directory,
            env={**self.environment, **ground.ansible_environment(self.places, self.directory)})
        with open(os.path.join(self.directory, "results"), encoding="utf-8") as file:
            results = [json.loads(line)["result"] for line in file]
        require(len(results) == len(rows), len(results), "results", run.text)
        return {result["instances"][0]["target"]: result
                for result in results if result.get("instances")}

    def check_ansible(self, rows):
        if not rows or self.arguments.list or ground.missing_program("ansible-playbook"):
            return
        try:
            results = self.play(rows)
        except Failure as error:
            self.report("ansible.", error)
            return

        def check(row):
            require(row.target in results, "no result")
            result = results[row.target]
            ground.check_text(result["msg"], "msg")
            self.check_result(row, result["instances"][0])
        self.each(rows, check, 1)

    def check_terraforms(self, rows):
        if rows and not ground.missing_program("terraform"):
            self.each(rows, self.check_terraform, 4)

    def main(self):
        # Most of the time is spent waiting for time limits, so the front ends run at a time.
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(self.each, self.rows["cli"], self.check_cli, WORKERS),
                    pool.submit(self.check_terraforms, self.rows["terraform"]),
                    pool.submit(self.check_ansible, [row for row in self.rows["ansible"]
                                                     if row.name not in self.done])]
        for job in jobs:
            job.result()
        if any("/stolen" in entry["path"] for entry in self.proxy.log):
            self.report("redirect", "a redirect was followed")
        self.proxy.stop()
        self.emulator.stop()
        print(dict(self.reasons))
        self.end()


if __name__ == "__main__":
    Hostile().main()

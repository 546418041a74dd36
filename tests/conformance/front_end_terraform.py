# SPDX-License-Identifier: Apache-2.0
"""The Terraform provider, in the host of support/terraform_host.py. A plan is the data source
ensure_plan (for a fleet without dry run ensure_instance, which sends none); an apply creates
resources. A resource shows the status in the state, or the reason in a diagnostic."""

import concurrent.futures
import json
import os
import re
import subprocess

import front_end
import surroundings
import terraform_host

SOURCE = "terraform.local/ensure/ensure"
FAILURE = re.compile(r"^(\S+) (?:of \d+ instances )?(?:not running|can't be started|could not be "
                      r"checked): (\w+)$")


def block(head, members):
    lines = [f"  {name} = {json.dumps(value)}" for name, value in members.items()]
    return "\n".join([f"{head} {{", *lines, "}", ""])


class FrontEnd(front_end.FrontEnd):
    parallel_jobs = 6  # processes of Terraform

    def __init__(self, paths):
        super().__init__(paths)
        self.program = terraform_host.get().program
        self.rc = os.path.join(paths.directory, "terraform.rc")
        with open(self.rc, "w", encoding="utf-8") as file:
            file.write(f'provider_installation {{\n  dev_overrides {{\n    "{SOURCE}" = '
                       f'"{paths.bin}"\n  }}\n}}\n')

    def fields(self, job, verdict):
        if job.fleet.reported_as_error or not job.planning:
            return ("reason",) if job.failed(verdict) else ("status",)
        return front_end.PLAN_FIELDS if job.fleet.dry_run else ("status", "provider_status")

    # ---- configuration --------------------------------------------------------------------------

    @staticmethod
    def blocks(job):
        """address -> (members, ids) of each block of the fleet."""
        result = {}
        for n, ((cloud, region), ids) in enumerate(job.groups().items()):
            members = {"cloud": cloud, "region": region, "instance_ids": ids}
            single = {"cloud": cloud, "region": region}
            if job.planning and job.fleet.dry_run:
                result[f"data.ensure_plan.g{n}"] = members, ids
            elif job.planning:
                result.update((f"data.ensure_instance.g{n}-{name}",
                               ({**single, "instance_id": name}, [name])) for name in ids)
            elif len(ids) == 1:
                result[f"ensure_instance_running.g{n}"] = {**single, "instance_id": ids[0]}, ids
            else:
                result[f"ensure_instances_running.g{n}"] = members, ids
        return result

    @staticmethod
    def head(job):
        return (f'terraform {{\n  required_providers {{\n    ensure = {{ source = "{SOURCE}" }}\n'
                "  }\n}\n" + block('provider "ensure"', {"preflight": "off", **job.settings()}))

    def configure(self, job):
        text = self.head(job)
        for address, (members, _) in self.blocks(job).items():
            *kind, noun, label = address.split(".")
            text += block(f'{kind[0] if kind else "resource"} "{noun}" "{label}"', members)
            if job.fleet.timeout_s and not kind:
                text = text[:-2] + f'  timeouts {{ create = "{job.fleet.timeout_s}s" }}\n}}\n'
        self.write(job, text)

    @staticmethod
    def write(job, text):
        with open(os.path.join(job.directory, "main.tf"), "w", encoding="utf-8") as file:
            file.write(text)

    # ---- outcome --------------------------------------------------------------------------------

    @staticmethod
    def state(job):
        """address -> attributes"""
        path = os.path.join(job.directory, "terraform.tfstate")
        if not os.path.exists(path):
            return {}
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        return {("data." if one["mode"] == "data" else "") + f"{one['type']}.{one['name']}":
                one["instances"][0]["attributes"]
                for one in document["resources"] if one["instances"]}

    @staticmethod
    def shown(members, attributes):
        """The results of a block's targets, by its attributes."""
        prefix = f"{members['cloud']}/{members['region']}/"
        if "instances" in attributes:
            return attributes["instances"]
        if "statuses" in attributes:
            return [{"target": prefix + name, "status": status}
                    for name, status in attributes["statuses"].items()]
        return [{"target": prefix + members["instance_id"], "status": attributes["status"],
                 "provider_status": attributes["provider_status"]}]

    @staticmethod
    def reported(diagnostic, members, ids):
        """The results of the targets that a diagnostic reports."""
        match = FAILURE.match(diagnostic["summary"])
        if match is None:
            raise RuntimeError(f"{diagnostic['summary']}: {diagnostic['detail']}")
        names = re.match(r"Instances: (.*)\.\n", diagnostic["detail"])
        names = names[1].split(", ") if names else ids
        prefix = f"{members['cloud']}/{members['region']}/"
        return [{"target": prefix + name, "reason": match[2]} for name in names]

    @staticmethod
    def not_reported(reported, members, ids):
        """The results of the other targets of the block: they are running."""
        prefix = f"{members['cloud']}/{members['region']}/"
        others = {prefix + name for name in ids} - {one["target"] for one in reported}
        return [{"target": target, "status": "running"} for target in sorted(others)]

    def apply(self, job):
        """Applies the configuration; returns the exit code, errors and warnings."""
        environment = surroundings.bare(
            HOME=self.paths.home, LANG="C.UTF-8", TF_CLI_CONFIG_FILE=self.rc,
            CHECKPOINT_DISABLE="1", TF_INPUT="0", TF_IN_AUTOMATION="1")
        done = subprocess.run([self.program, "apply", "-json", "-auto-approve"], cwd=job.directory,
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, timeout=front_end.TIMEOUT_S)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        shown = [line["diagnostic"] for line in lines if line.get("type") == "diagnostic"]
        return done.returncode, *([one for one in shown if one["severity"] == severity]
                                  for severity in ("error", "warning"))

    def run(self, job):
        self.configure(job)
        code, errors, _ = self.apply(job)
        blocks, state = self.blocks(job), self.state(job)
        instances, succeeded = [], code == 0
        for address, attributes in state.items():
            instances += self.shown(blocks[address][0], attributes)
            succeeded &= attributes.get("ok", True)
        named = {}
        for diagnostic in errors:
            address = diagnostic["address"]
            named.setdefault(address, []).extend(self.reported(diagnostic, *blocks[address]))
        for address, reported in named.items():
            instances += reported + self.not_reported(reported, *blocks[address])
        return front_end.Outcome(
            instances, succeeded if job.fleet.dry_run or not job.planning else None, ordered=False)

    # ---- selectors ------------------------------------------------------------------------------

    @staticmethod
    def said(diagnostics, address):
        """The text of what is said about a block."""
        return "\n".join(f"{one['summary']}\n{one['detail']}" for one in diagnostics
                         if one.get("address") == address)

    def find_all(self, jobs):
        with concurrent.futures.ThreadPoolExecutor(self.parallel_jobs) as pool:
            return list(pool.map(self.answers, jobs))

    def answers(self, job):
        """One data source for each selector. An error is the answer to its own; the others are asked
        again without it, because a plan with errors has no state."""
        open_ones = {f"data.ensure_instances.q{n}": question.selector
                     for n, question in enumerate(job.fleet.questions)}
        answers, code, warnings = dict.fromkeys(open_ones), 1, []
        while open_ones and code != 0:
            self.write(job, self.head(job) + "".join(
                block(f'data "ensure_instances" "{address.split(".")[2]}"', selector)
                for address, selector in open_ones.items()))
            code, errors, warnings = self.apply(job)
            failed = {one.get("address") for one in errors}
            if code != 0 and not failed & set(open_ones):
                raise RuntimeError(f"{job.name}: {errors}")
            for address in failed:
                answers[address] = front_end.Answer(None, text=self.said(errors, address))
                del open_ones[address]
        state = self.state(job)
        for address in open_ones:
            found = state[address]["instances"]
            answers[address] = front_end.Answer([one["target"] for one in found], found,
                                                self.said(warnings, address))
        return list(answers.values())

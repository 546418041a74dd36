# SPDX-License-Identifier: Apache-2.0
"""The Ansible module: one host for each job, one run of the module for each cloud and region, in
check mode for a plan. All jobs are one playbook."""

import json
import os
import shutil
import subprocess

import ground
import schemas
from with_emulator import KEPT

MODULE = "ensure.cloud.instance_running"
OPTIONAL = ("access_key", "secret_key", "security_token", "wait_timeout")


class Door(ground.Door):
    at_once = 8  # each is a fork of Ansible

    def __init__(self, places):
        super().__init__(places)
        if shutil.which("ansible-playbook") is None:
            raise ground.Unfit("ansible-playbook is not on PATH: install ansible-core")

    @staticmethod
    def tasks(job):
        tasks = []
        for (cloud, region), ids in job.groups().items():
            task = {"job": job.name, "cloud": cloud, "region": region, "instance_ids": ids,
                    "preflight": job.fleet.dry_run, **job.settings()[cloud]}
            if job.fleet.timeout_s:
                task["wait_timeout"] = job.fleet.timeout_s
            tasks.append(task)
        return tasks

    def write(self, name, content):
        path = os.path.join(self.places.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def play(self, jobs):
        """The raw result of each run of the module."""
        hosts = {f"job-{n}": {"tasks": self.tasks(job), "checking": job.planning}
                 for n, job in enumerate(jobs)}
        arguments = {name: f"{{{{ item.{name} }}}}"
                     for name in ("cloud", "region", "instance_ids", "preflight", "endpoint")}
        arguments.update((name, f"{{{{ item.{name} | default(omit) }}}}") for name in OPTIONAL)
        book = [{"hosts": "all", "connection": "local", "gather_facts": False, "strategy": "free",
                 "tasks": [{MODULE: arguments, "loop": "{{ tasks }}", "ignore_errors": True,
                            "check_mode": "{{ checking }}"}]}]
        results = self.write("results", "")
        own = self.places.directory
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment.update(
            HOME=self.places.home, LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1",
            RESULTS_FILE=results, ANSIBLE_CONFIG=self.write("ansible.cfg", ""), ANSIBLE_NOCOLOR="1",
            ANSIBLE_COLLECTIONS_PATH=self.places.collections, ANSIBLE_FORKS=str(self.at_once),
            ANSIBLE_CALLBACK_PLUGINS=os.path.join(ground.ROOT, "tests", "ansible", "callback"),
            ANSIBLE_STDOUT_CALLBACK="results", ANSIBLE_HOME=os.path.join(own, ".ansible"),
            ANSIBLE_LOCAL_TEMP=os.path.join(own, "local"), ANSIBLE_DEVEL_WARNING="False",
            ANSIBLE_REMOTE_TEMP=os.path.join(own, "remote"))
        done = subprocess.run(
            ["ansible-playbook", "-i", self.write("hosts.json", {"all": {"hosts": hosts}}),
             self.write("play.json", book)], env=environment, cwd=own, capture_output=True,
            text=True, check=False)
        with open(results, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        if len(lines) != len(jobs):
            raise RuntimeError(f"{len(lines)} results: {done.stdout}{done.stderr}")
        return [one for line in lines for one in line["result"]["results"]]

    def run_all(self, jobs):
        outcomes = {job.name: ground.Outcome([], True, False, ordered=False) for job in jobs}
        for result in self.play(jobs):
            name = result["item"]["job"]
            if "instances" not in result:
                raise RuntimeError(f"{name}: {result}")
            outcomes[name].instances += schemas.check_instances(result["instances"])
            outcomes[name].well &= not result.get("failed", False)
            outcomes[name].changed |= result["changed"]
        return [outcomes[job.name] for job in jobs]

# SPDX-License-Identifier: Apache-2.0
"""The Ansible module. All jobs are one playbook: one host per job, one run of the module per cloud
and region, in check mode for a plan."""

import json
import os
import shutil
import subprocess

import front_end
import schemas
import surroundings

MODULE = "ensure.cloud.instance_running"
OPTIONAL = ("access_key", "secret_key", "security_token", "wait_timeout")


class FrontEnd(front_end.FrontEnd):
    parallel_jobs = 8  # forks of Ansible

    def __init__(self, paths):
        super().__init__(paths)
        if shutil.which("ansible-playbook") is None:
            raise front_end.Unavailable("ansible-playbook is not on PATH: install ansible-core")

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
        path = os.path.join(self.paths.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def play(self, jobs):
        """Runs the playbook; returns the raw result of each run of the module."""
        hosts = {f"job-{n}": {"tasks": self.tasks(job), "checking": job.planning}
                 for n, job in enumerate(jobs)}
        arguments = {name: f"{{{{ item.{name} }}}}"
                     for name in ("cloud", "region", "instance_ids", "preflight", "endpoint")}
        arguments.update((name, f"{{{{ item.{name} | default(omit) }}}}") for name in OPTIONAL)
        book = [{"hosts": "all", "connection": "local", "gather_facts": False, "strategy": "free",
                 "tasks": [{MODULE: arguments, "loop": "{{ tasks }}", "ignore_errors": True,
                            "check_mode": "{{ checking }}"}]}]
        results = self.write("results", "")
        own = self.paths.directory
        environment = surroundings.bare(
            HOME=self.paths.home, LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1",
            RESULTS_FILE=results, ANSIBLE_CONFIG=self.write("ansible.cfg", ""), ANSIBLE_NOCOLOR="1",
            ANSIBLE_COLLECTIONS_PATH=self.paths.collections, ANSIBLE_FORKS=str(self.parallel_jobs),
            ANSIBLE_CALLBACK_PLUGINS=os.path.join(front_end.ROOT, "tests", "ansible", "callback"),
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
        outcomes = {job.name: front_end.Outcome([], True, False, ordered=False) for job in jobs}
        for result in self.play(jobs):
            name = result["item"]["job"]
            if "instances" not in result:
                raise RuntimeError(f"{name}: {result}")
            outcomes[name].instances += schemas.check_instances(result["instances"])
            outcomes[name].succeeded &= not result.get("failed", False)
            outcomes[name].changed |= result["changed"]
        return [outcomes[job.name] for job in jobs]

# SPDX-License-Identifier: Apache-2.0
"""The Ansible modules. All jobs are one playbook: one host per job, one run of the module per cloud
and region, in check mode for a plan; for finds some hosts per job, one run of the module per selector."""

import json
import os
import shutil
import subprocess

import front_end
import schemas
import surroundings

RUNNING, INFO = "ensure.cloud.instance_running", "ensure.cloud.instance_info"
COMMON = ("cloud", "region", "endpoint")
OPTIONAL = ("access_key", "secret_key", "security_token", "wait_timeout")
PER_HOST = 16  # selectors


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

    def play(self, module, names, hosts):
        """Runs the playbook, for each host its tasks, whose members of these names are arguments of
        the module; returns the raw result of each run of the module."""
        arguments = {name: f"{{{{ item.{name} }}}}" for name in COMMON + names}
        arguments.update((name, f"{{{{ item.{name} | default(omit) }}}}") for name in OPTIONAL)
        hosts = {f"job-{n}": host for n, host in enumerate(hosts)}
        book = [{"hosts": "all", "connection": "local", "gather_facts": False, "strategy": "free",
                 "tasks": [{module: arguments, "loop": "{{ tasks }}", "ignore_errors": True,
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
        if len(lines) != len(hosts):
            raise RuntimeError(f"{len(lines)} results: {done.stdout}{done.stderr}")
        # Ansible moves the warnings of the items to the loop.
        return [{**one, "warnings": line["result"].get("warnings", [])}
                for line in lines for one in line["result"]["results"]]

    def run_all(self, jobs):
        outcomes = {job.name: front_end.Outcome([], True, False, ordered=False) for job in jobs}
        hosts = [{"tasks": self.tasks(job), "checking": job.planning} for job in jobs]
        for result in self.play(RUNNING, ("instance_ids", "preflight"), hosts):
            name = result["item"]["job"]
            if "instances" not in result:
                raise RuntimeError(f"{name}: {result}")
            outcomes[name].instances += schemas.check_instances(result["instances"])
            outcomes[name].succeeded &= not result.get("failed", False)
            outcomes[name].changed |= result["changed"]
        return [outcomes[job.name] for job in jobs]

    @staticmethod
    def answer(result):
        if result.get("failed", False):
            return front_end.Answer(None, text=result["msg"])
        instances = schemas.check_instances(result["instances"])
        place = "{cloud}/{region}".format(**result["item"])
        warnings = [one for one in result["warnings"] if not instances and place in one]
        return front_end.Answer.of({"instances": instances, "warnings": warnings})

    def find_all(self, jobs):
        tasks = []
        for number, job in enumerate(jobs):
            for at, question in enumerate(job.fleet.questions):
                filters = dict(question.selector)
                place = {name: filters.pop(name) for name in ("cloud", "region")}
                tasks.append({"job": number, "at": at, "filters": filters, **place,
                              **job.settings().get(place["cloud"], {"endpoint": None})})
        hosts = [{"tasks": tasks[at:at + PER_HOST], "checking": False}
                 for at in range(0, len(tasks), PER_HOST)]
        answers = {(result["item"]["job"], result["item"]["at"]): self.answer(result)
                   for result in self.play(INFO, ("filters",), hosts)}
        return [[answers[number, at] for at in range(len(job.fleet.questions))]
                for number, job in enumerate(jobs)]

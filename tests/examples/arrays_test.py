# SPDX-License-Identifier: Apache-2.0
"""A fleet shared out over the pods of an indexed Job and over the members of an array of Slurm, by the
files of examples/kubernetes and examples/slurm: each instance is started once, by the role for applies,
and the merged document has all.

usage: arrays_test.py ENSURE EMULATOR
"""
import json
import os
import re
import shutil
import stat
import subprocess
import unittest

import yaml

import example
import schemas
import tool
from example import ISSUER, A, Example, Pods, V

COUNTS = {V: 120, A: 230}  # two batches and three
IDS = {cloud: [f"i-load-{n}" for n in range(count)] for cloud, count in COUNTS.items()}


def part_of(path):
    with open(path, encoding="utf-8") as file:
        return schemas.check(json.load(file))


class Kubernetes(Pods):
    def read_job(self, name):
        """The objects of the file by their kinds, its pod and its container."""
        objects = list(yaml.safe_load_all(example.read(os.path.join("kubernetes", name))))
        self.assertEqual({one["metadata"]["namespace"] for one in objects}, {"fleet"})
        found = {one["kind"]: one for one in objects}
        pod = found["Job"]["spec"]["template"]["spec"]
        return found, pod, pod["containers"][0]

    def check_claims(self, claim, *pods):
        for pod in pods:
            claims = [one["persistentVolumeClaim"]["claimName"] for one in pod["volumes"]
                      if "persistentVolumeClaim" in one]
            self.assertEqual(claims, [claim["metadata"]["name"]])
        self.assertEqual(claim["spec"]["accessModes"], ["ReadWriteMany"])

    def test(self):
        found, pod, container = self.read_job("bring-up.yml")
        _, merge_pod, merge = self.read_job("merge.yml")
        count = found["Job"]["spec"]["completions"]
        self.assertEqual(pod["serviceAccountName"], found["ServiceAccount"]["metadata"]["name"])
        self.check_claims(found["PersistentVolumeClaim"], pod, merge_pod)
        self.assertEqual(found["Job"]["spec"]["completionMode"], "Indexed")
        self.assertIn({"name": "ENSURE_SHARDS", "value": str(count)}, container["env"])
        self.assertEqual(merge["args"],
                         ["merge", *(f"/results/{index}.json" for index in range(count))])
        self.assertEqual(len({one["image"] for one in (container, merge)}), 1)
        self.world_of(ISSUER + "ack-rrsa-CLUSTER", ids=IDS)
        name = found["ConfigMap"]["metadata"]["name"]
        maps = {name: {"fleet.json": json.dumps({"targets": self.targets})}}
        for index in (5, 0, 7, 1, 3, 2, 6):
            self.run_container(pod, container, maps, JOB_COMPLETION_INDEX=str(index))
        self.run_container(merge_pod, merge, {}, code=1)  # that of the pod 4 is missing
        self.run_container(pod, container, maps, JOB_COMPLETION_INDEX="4")
        table = self.run_container(merge_pod, merge, {})
        self.assertIn(f"{sum(COUNTS.values())} instances: {sum(COUNTS.values())} running", table)
        self.check_applied()

    def test_fleet(self):
        """The fleet of the file is one that the tool reads."""
        found, _, _ = self.read_job("bring-up.yml")
        fleet = found["ConfigMap"]["data"]["fleet.json"]
        self.world_of()
        _ = self.run_command(tool.ENSURE, "status", self.write("fleet.json", fleet), code=1,
                             environment=self.environment)  # no keys: the file was read
        self.assertEqual(set(json.loads(fleet)["targets"]), set(self.targets))


# Records a submission, and answers as sbatch does on a system of several clusters.
SBATCH = """#!/bin/sh
echo "$PWD" "$@" >>{log}
echo "4{lines};cluster"
"""


class Slurm(Example):
    """Without Slurm: submit.sh meets an sbatch of the test, which then runs each script as Slurm does,
    a copy of it in the directory of the submission."""

    def setUp(self):
        super().setUp()
        self.world_of(ids=IDS)
        for cloud, (key, secret) in example.with_emulator.KEY_VARIABLES.items():
            self.environment[key], self.environment[secret] = example.harness.KEYS[cloud]
        self.fleet(*self.targets)
        self.environment["PATH"] = f"{self.installed()}:{self.environment['PATH']}"

    def submit(self):
        """The submissions: a list of options and a list of script and arguments, of each."""
        with open(self.path("bin/sbatch"), "w", encoding="utf-8") as file:
            file.write(SBATCH.format(log=self.path("submitted"), lines=f"$(wc -l <{self.path('submitted')})"))
        os.chmod(self.path("bin/sbatch"), stat.S_IRWXU)
        results = self.run_command(os.path.join(example.EXAMPLES, "slurm", "submit.sh"), "fleet.json",
                                   environment=self.environment).strip()
        jobs = []
        for line in self.read("submitted").splitlines():
            place, *words = line.split()
            self.assertEqual(place, self.directory)
            options = [word for word in words if word.startswith("--")]
            jobs.append((options, words[len(options):]))
        return results, jobs

    def start_script(self, command, **variables):
        """Starts a script as a job."""
        script = self.path("slurm_script")
        shutil.copy(command[0], script)
        os.chmod(script, stat.S_IRWXU)
        return subprocess.Popen([script, *command[1:]], env={**self.environment, **variables},
                                cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run_script(self, command, code=0, **variables):
        with self.start_script(command, **variables) as process:
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        self.assertEqual(process.returncode, code, err)
        return out, err

    def members(self, command):
        """The variables of each member of the array."""
        with open(command[0], encoding="utf-8") as file:
            first, last = map(int, re.search(r"^#SBATCH --array=(\d+)-(\d+)$", file.read(), re.M).groups())
        return [{"SLURM_ARRAY_TASK_ID": str(index), "SLURM_ARRAY_TASK_MIN": str(first),
                 "SLURM_ARRAY_TASK_MAX": str(last), "SLURM_ARRAY_TASK_COUNT": str(last - first + 1)}
                for index in range(first, last + 1)]

    def test(self):
        results, ((options, array), (merge_options, merge)) = self.submit()
        self.assertEqual(options, ["--parsable"])
        self.assertEqual(merge_options, ["--parsable", "--dependency=afterany:41"])
        self.assertEqual((array[1:], merge[1:]), (["fleet.json", results], [results]))
        members = self.members(array)
        lost = members.pop(2)
        for member in members:
            self.run_script(array, **member)
        out, err = self.run_script(merge)  # afterany: also when a member was lost
        self.assertIn(f"1 of {len(members) + 1} shards is missing: 2", err)
        self.run_script(array, **lost)     # requeued
        out, err = self.run_script(merge)
        self.assertEqual(err, "")
        self.assertIn(f"{sum(COUNTS.values())} instances: {sum(COUNTS.values())} running", out)
        document = part_of(os.path.join(results, "all.json"))
        self.assertEqual({i["target"] for i in document["instances"]}, set(self.targets))
        self.assertEqual(self.starts(), {target: 1 for target in self.targets})

    def test_failures(self):
        """A failed part ends its member and the merge with the code of an apply of the whole."""
        self.change(cloud=A, region="cn-hangzhou", id="i-load-7", flags=["stock"])
        results, ((_, array), (_, merge)) = self.submit()
        codes = set()
        for member in self.members(array):
            with self.start_script(array, **member) as process:
                process.communicate(timeout=tool.TIMEOUT_S)
            codes.add(process.returncode)
        self.assertEqual(codes, {0, 3})
        out, _ = self.run_script(merge, code=3)
        self.assertIn("no_capacity", out)
        shutil.rmtree(results)
        os.mkdir(results)
        _, err = self.run_script(merge, code=1)  # no part at all
        self.assertIn("part.*.json", err)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The ensure command: targets in a file, keys in the environment, output as a JSON document."""

import json
import os
import subprocess

import front_end
import schemas
import surroundings
from with_emulator import KEY_VARIABLES

TOKEN_VARIABLES = {"volcengine": "VOLCENGINE_SESSION_TOKEN",
                   "alibaba": "ALIBABA_CLOUD_SECURITY_TOKEN", "baidu": "BCE_SECURITY_TOKEN"}


class FrontEnd(front_end.FrontEnd):
    def environment(self, job):
        result = surroundings.bare(HOME=self.paths.home, LC_ALL="C.UTF-8")
        for cloud, variables in KEY_VARIABLES.items():
            result[f"ENSURE_{cloud.upper()}_ENDPOINT"] = job.emulator.urls[cloud]
            result.update(zip((*variables, TOKEN_VARIABLES[cloud]), job.fleet.key(cloud) or ()))
        return result

    def run(self, job):
        path = os.path.join(job.directory, "fleet.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"targets": job.targets}, file)
        command = [os.path.join(self.paths.bin, "ensure"), job.mode, "--format", "json", "-f",
                   path]
        if not job.planning:
            command.append("--yes")
        if job.planning and not job.fleet.dry_run:
            command.append("--no-dry-run")
        if job.fleet.timeout_s:
            command += ["--timeout", f"{job.fleet.timeout_s}s"]
        done = subprocess.run(command, env=self.environment(job), capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False, timeout=front_end.TIMEOUT_S)
        if not done.stdout:
            raise RuntimeError(f"{job.name}: {done.stderr}")
        document = schemas.check(json.loads(done.stdout))
        return front_end.Outcome(document["instances"], self.succeeded(job, done.returncode),
                                 summary=document["summary"])

    def ensure(self, job, *arguments, text=None):
        """Runs ensure; returns the finished process."""
        return subprocess.run([os.path.join(self.paths.bin, "ensure"), *arguments],
                              env=self.environment(job), input=text or "", capture_output=True,
                              text=True, check=False, timeout=front_end.TIMEOUT_S)

    @staticmethod
    def flags(selector):
        """The arguments of find."""
        yield f"{selector['cloud']}/{selector['region']}"
        for name in ("name", "zone", "group", "limit"):
            if name in selector:
                yield f"--{name}={selector[name]}"
        for key, value in selector.get("tags", {}).items():
            yield f"--tag={key}={value}"
        if "status" in selector:
            yield "--status=" + ",".join(selector["status"])

    def find(self, job, selector):
        done = self.ensure(job, "find", *self.flags(selector), "--format", "json")
        if not done.stdout:
            return front_end.Answer(None, text=done.stderr)
        answer = front_end.Answer.of(schemas.check(json.loads(done.stdout)))
        if done.returncode == 0:
            return answer
        if done.returncode not in (1, 3) or answer.text not in done.stderr:
            raise RuntimeError(f"{job.name}: exit code {done.returncode}: {done.stderr}")
        return front_end.Answer(None, text=answer.text)

    @staticmethod
    def succeeded(job, code):
        """Whether the exit code means success; checks that it is one of the mode."""
        if code not in ((0, 3) if job.planning else (0, 3, 4)):
            raise RuntimeError(f"{job.name}: exit code {code}")
        return code == 0

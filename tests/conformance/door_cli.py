# SPDX-License-Identifier: Apache-2.0
"""ensure: targets in a file, keys in the environment, a JSON document out."""

import json
import os
import subprocess

import ground
import schemas
from with_emulator import KEPT, KEY_VARIABLES

TOKEN_VARIABLES = {"volcengine": "VOLCENGINE_SESSION_TOKEN",
                   "alibaba": "ALIBABA_CLOUD_SECURITY_TOKEN", "baidu": "BCE_SECURITY_TOKEN"}


class Door(ground.Door):
    def environment(self, job):
        result = {name: os.environ[name] for name in KEPT if name in os.environ}
        result.update(HOME=self.places.home, LC_ALL="C.UTF-8")
        for cloud, url in job.emulator.urls.items():
            result[f"ENSURE_{cloud.upper()}_ENDPOINT"] = url
        for cloud, variables in KEY_VARIABLES.items():
            result.update(zip((*variables, TOKEN_VARIABLES[cloud]), job.fleet.key(cloud) or ()))
        return result

    def run(self, job):
        path = os.path.join(job.directory, "fleet.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"targets": job.targets}, file)
        command = [os.path.join(self.places.bin, "ensure"), job.mode, "--format", "json", "-f",
                   path]
        if not job.planning:
            command.append("--yes")
        if job.planning and not job.fleet.dry_run:
            command.append("--no-dry-run")
        if job.fleet.timeout_s:
            command += ["--timeout", f"{job.fleet.timeout_s}s"]
        done = subprocess.run(command, env=self.environment(job), capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False, timeout=ground.PATIENCE_S)
        if not done.stdout:
            raise RuntimeError(f"{job.name}: {done.stderr}")
        document = schemas.check(json.loads(done.stdout))
        return ground.Outcome(document["instances"], self.well(job, done.returncode),
                              summary=document["summary"])

    @staticmethod
    def well(job, code):
        """The exit code in one word, once it is seen that it is one of the mode."""
        if code not in ((0, 3) if job.planning else (0, 3, 4)):
            raise RuntimeError(f"{job.name}: exit code {code}")
        return code == 0

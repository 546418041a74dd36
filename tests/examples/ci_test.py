# SPDX-License-Identifier: Apache-2.0
"""Every example of examples/ci does on the emulator what it is for: each system is played as its
documentation describes it (which steps run, what is in their environment, who gets an identity token),
and the commands of the example are those of the file.

usage: ci_test.py ENSURE EMULATOR BIN_DIR
"""
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import unittest

import yaml

BIN = os.path.abspath(sys.argv.pop(3))
HERE = os.path.dirname(os.path.abspath(__file__))
CI = os.path.join(HERE, "..", "..", "examples", "ci")
sys.path.insert(0, os.path.join(HERE, "..", "cli"))
# pylint: disable=wrong-import-position
import tool  # noqa: E402
from policies_test import NEEDS, rights  # noqa: E402
import harness  # noqa: E402
import needs  # noqa: E402
import surroundings  # noqa: E402
import terraform_host  # noqa: E402
import with_emulator  # noqa: E402

V, A, B = tool.CLOUDS
ISSUER = "acs:ram::1000000000000001:oidc-provider/"
ROLES = {V: "trn:iam::2100000001:role/", A: "acs:ram::1000000000000001:role/",
         B: "c0ffee00000000000000000000000001/"}
AUDIENCES = {V: "sts.volcengine.com", A: "sts.aliyuncs.com"}
IDS = {V: ("i-3tiefmkskq3vj0000001",), A: ("i-bp67acfmxazb4p0001", "i-bp67acfmxazb4p0002"),
       B: ("i-3mtkTk01",)}
VARIABLES = {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": ISSUER + "ci",
             "ALIBABA_PLAN_ROLE": ROLES[A] + "ensure-plan", "ALIBABA_APPLY_ROLE": ROLES[A] + "ensure-apply",
             "VOLCENGINE_PLAN_ROLE": ROLES[V] + "ensure-plan",
             "VOLCENGINE_APPLY_ROLE": ROLES[V] + "ensure-apply"}


def read(name):
    with open(os.path.join(CI, name), encoding="utf-8") as file:
        return file.read()


def role(cloud, phase, issuer):
    """A role with the rights of the policy document for the phase."""
    granted = rights(cloud, phase)
    result = {"cloud": cloud, "role": f"{ROLES[cloud]}ensure-{phase}",
              "denied": [action for action, need in NEEDS[cloud].items() if need not in granted]}
    if cloud != B:
        result["oidc"] = {"audience": AUDIENCES[cloud], "tokens": []}
    if cloud == A:
        result["oidc"]["provider"] = issuer
    return result


class Example(tool.Case):
    def world_of(self, issuer=ISSUER + "ci", clouds=(V, A)):
        """Stopped instances, and roles that trust the issuer; there are no keys in the environment."""
        self.targets = [tool.target(cloud, name) for cloud in clouds for name in IDS[cloud]]
        world = {"accounts": with_emulator.accounts(),
                 "instances": [tool.one(cloud, name) for cloud in clouds for name in IDS[cloud]],
                 "roles": [role(cloud, phase, issuer) for cloud in tool.CLOUDS
                           for phase in ("plan", "apply")],
                 "metadata": {cloud: {"roles": [ROLES[cloud] + "ensure-apply"]}
                              for cloud in tool.CLOUDS}}
        self.emulator = harness.Emulator(tool.EMULATOR, "--boot-ms", "50", world=world,
                                         directory=self.directory)
        self.addCleanup(self.emulator.stop)
        for cloud in tool.CLOUDS:
            self.environment[f"ENSURE_{cloud.upper()}_ENDPOINT"] = self.emulator.urls[cloud]
            self.environment[f"ENSURE_{cloud.upper()}_STS_ENDPOINT"] = self.emulator.urls[f"{cloud}_sts"]
        self.fleet(*self.targets)

    def token(self, audience):
        """An identity token, from the only issuer that the emulator plays."""
        reply = self.emulator.get("github", f"&audience={audience}",
                                  Authorization="bearer github-request-token")
        self.assertEqual(reply.status, 200)
        return reply.json["value"]

    def archive(self):
        """Variables that name an archive like that of a release."""
        launcher = f'#!/bin/sh\nexec {tool.ENSURE} "$@"\n'.encode()
        path = self.path("release.tar.gz")
        with tarfile.open(path, "w:gz") as archive:
            member = tarfile.TarInfo("bin/ensure")
            member.size, member.mode = len(launcher), 0o755
            archive.addfile(member, io.BytesIO(launcher))
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        needs.program(self, "curl", "apt-get install curl")
        return {"ENSURE_ARCHIVE": f"file://{path}", "ENSURE_SHA256": digest}

    def installed(self):
        """A directory for PATH with the program."""
        place = self.path("bin")
        os.makedirs(place, exist_ok=True)
        if not os.path.exists(f"{place}/ensure"):
            os.symlink(tool.ENSURE, f"{place}/ensure")
        return place

    def run_command(self, *command, environment):
        done = subprocess.run(command, env=environment, cwd=self.directory, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=tool.TIMEOUT_S, check=False)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def check_planned(self):
        """Reads and dry runs by the role for plans, and no start."""
        self.assertEqual(self.starts(), {})
        self.check_roles("ensure-plan")

    def check_applied(self, name="ensure-apply"):
        """Each instance was started once, by the role for applies."""
        self.assertEqual(self.starts(), {target: 1 for target in self.targets})
        self.check_roles(name)

    def check_roles(self, name):
        """Whose keys signed; the ledger of the next phase is empty."""
        requests = self.requests()
        handed_out = {one["granted"]["access_key"]: one["granted"]["role"]
                      for one in requests if "access_key" in (one.get("granted") or {})}
        signed = {handed_out.get(one["access_key"], one["access_key"]) for one in requests
                  if one["service"] == "api"}
        self.assertEqual(signed, {ROLES[target.split("/")[0]] + name for target in self.targets})
        self.emulator.control.call("POST", "/reset")


# ---- GitHub -------------------------------------------------------------------------------------

class GitHub(Example):
    def expand(self, text, variables):
        """Expressions of the form ${{ vars.NAME }}."""
        return re.sub(r"\$\{\{ vars\.(\w+) \}\}", lambda found: variables[found[1]], text)

    def run_job(self, workflow, job, variables):
        home = self.path("runner")
        shutil.rmtree(home, ignore_errors=True)
        os.mkdir(home)
        environment = {**self.environment, "RUNNER_TEMP": home, "GITHUB_PATH": f"{home}/path"}
        for source in (workflow["env"], job["env"]):
            environment.update((name, self.expand(value, variables)) for name, value in source.items())
        if workflow["permissions"].get("id-token") == "write":
            environment.update(ACTIONS_ID_TOKEN_REQUEST_URL=self.emulator.urls["github"],
                               ACTIONS_ID_TOKEN_REQUEST_TOKEN="github-request-token")
        self.assertEqual(workflow["defaults"]["run"]["shell"], "bash")
        for step in job["steps"]:
            if "uses" in step:
                self.assertRegex(step["uses"], r"^actions/checkout@[0-9a-f]{40}$")
                continue
            self.assertNotIn("${{", step["run"])
            script = self.path("step.sh")
            with open(script, "w", encoding="utf-8") as file:
                file.write(step["run"])
            self.run_command("bash", "--noprofile", "--norc", "-eo", "pipefail", script,
                             environment=environment)
            if os.path.exists(f"{home}/path"):
                with open(f"{home}/path", encoding="utf-8") as file:
                    environment["PATH"] = ":".join([*file.read().split(), self.environment["PATH"]])

    def test(self):
        workflow = yaml.safe_load(read("github-actions.yml"))
        events = workflow[True]  # "on" is a truth value of YAML 1.1
        self.assertEqual(set(events), {"pull_request", "push"})
        self.assertEqual(events["push"], {"branches": ["main"]})
        self.assertNotIn("secrets.", read("github-actions.yml"))
        self.world_of()
        variables = {**VARIABLES, **self.archive()}
        for event, name, check in (("pull_request", "plan", self.check_planned),
                                   ("push", "apply", self.check_applied)):
            jobs = {one: job for one, job in workflow["jobs"].items()
                    if job["if"] == f"github.event_name == '{event}'"}
            self.assertEqual(set(jobs), {name})
            self.run_job(workflow, jobs[name], variables)
            check()


# ---- GitLab -------------------------------------------------------------------------------------

class GitLab(Example):
    def run_job(self, pipeline, name, variables):
        job = {**pipeline[pipeline[name]["extends"]], **pipeline[name]}
        environment = {**self.environment, **variables, "CI_PROJECT_DIR": self.directory}
        for variable, value in job["variables"].items():
            environment[variable] = re.sub(r"\$(\w+)", lambda found: environment[found[1]], value)
        for variable, asked in job["id_tokens"].items():
            environment[variable] = self.token(asked["aud"])
        lines = "\n".join(job["before_script"] + job["script"])
        self.run_command("bash", "-eo", "pipefail", "-c", lines, environment=environment)

    def test(self):
        pipeline = yaml.safe_load(read("gitlab-ci.yml"))
        self.world_of()
        variables = {**VARIABLES, **self.archive()}
        for name, rule, check in (
                ("plan", '$CI_PIPELINE_SOURCE == "merge_request_event"', self.check_planned),
                ("apply", "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", self.check_applied)):
            self.assertEqual(pipeline[name]["rules"], [{"if": rule}])
            self.run_job(pipeline, name, variables)
            check()


# ---- Kubernetes ---------------------------------------------------------------------------------

class Kubernetes(Example):
    def mount(self, container, volumes, maps):
        """Makes what the container mounts; returns the directory for each place."""
        places = {}
        for mount in container["volumeMounts"]:
            volume = volumes[mount["name"]]
            place = self.path(f"volume-{mount['name']}")
            os.makedirs(place, exist_ok=True)
            files = maps.get(volume.get("configMap", {}).get("name"), {})
            for source in volume.get("projected", {}).get("sources", ()):
                asked = source["serviceAccountToken"]
                files = {asked["path"]: self.token(asked["audience"])}
            for name, text in files.items():
                with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                    file.write(text)
            places[mount["mountPath"]] = place
        return places

    def test(self):
        objects = list(yaml.safe_load_all(read("kubernetes.yml")))
        found = {one["kind"]: one for one in objects}
        pod = found["Job"]["spec"]["template"]["spec"]
        self.assertEqual(pod["serviceAccountName"], found["ServiceAccount"]["metadata"]["name"])
        self.assertEqual(len({one["metadata"]["namespace"] for one in objects}), 1)
        self.world_of(ISSUER + "ack-rrsa-CLUSTER", clouds=(A,))
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        maps = {found["ConfigMap"]["metadata"]["name"]: found["ConfigMap"]["data"]}
        for container in (*pod["initContainers"], *pod["containers"]):
            places = self.mount(container, volumes, maps)

            def inside(text, places=places):
                place = next((one for one in places if text.startswith(one + "/")), None)
                return text if place is None else places[place] + text[len(place):]

            environment = {**self.environment, "TMPDIR": places["/tmp"],
                           **{one["name"]: inside(one["value"]) for one in container["env"]}}
            self.run_command(tool.ENSURE, *map(inside, container["args"]), environment=environment)
        self.assertEqual([one["name"] for one in (*pod["initContainers"], *pod["containers"])],
                         ["doctor", "plan", "apply"])
        self.check_applied()


# ---- roles of instances -------------------------------------------------------------------------

class InstanceRole(Example):
    def test(self):
        for cloud in tool.CLOUDS:
            with self.subTest(cloud):
                self.world_of(clouds=(cloud,))
                environment = surroundings.with_metadata(self.environment, self.emulator.urls)
                environment["PATH"] = f"{self.installed()}:{environment['PATH']}"
                self.run_command(os.path.join(CI, "instance-role.sh"),
                                 f"{cloud}/{tool.REGION[cloud]}", environment=environment)
                self.check_applied()


# ---- HCP Terraform ------------------------------------------------------------------------------

def variables_of(text):
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


class HcpTerraform(Example):
    def phase(self, name, *command):
        """One operation of a run on an agent."""
        workspace = variables_of(read("hcp-terraform/workspace.env"))
        environment = {**self.environment, **workspace, "TFC_AGENT_ENV": self.path(f"{name}.env"),
                       "PATH": f"{self.installed()}:{self.environment['PATH']}"}
        for variable, audience in workspace.items():
            if variable.startswith("TFC_WORKLOAD_IDENTITY_AUDIENCE_"):
                environment[variable.replace("AUDIENCE", "TOKEN")] = self.token(audience)
        self.run_command(os.path.join(CI, "hcp-terraform", "hooks", f"terraform-pre-{name}"),
                         environment=environment)
        environment.update(variables_of(self.read(f"{name}.env")))
        return self.run_command(self.program, *command, environment=environment)

    def test(self):
        try:
            self.program = terraform_host.get().program
        except terraform_host.Unavailable as reason:
            needs.missing(self, str(reason))
        self.world_of(ISSUER + "hcp-terraform")
        self.environment.update(TF_CLI_CONFIG_FILE=self.path("terraform.rc"), CHECKPOINT_DISABLE="1",
                                TF_IN_AUTOMATION="1")
        self.write("terraform.rc", 'provider_installation {\n  dev_overrides {\n'
                   f'    "terraform.local/ensure/ensure" = "{BIN}"\n  }}\n}}\n')
        local, count = re.subn(r"  cloud \{.*?\n  \}\n", "", read("hcp-terraform/main.tf"), flags=re.S)
        self.assertEqual(count, 1)  # the state is in a file
        self.write("main.tf", local)
        said = self.phase("plan", "plan", "-no-color", "-out=run")
        self.assertIn("unverified: permission_denied", said)
        self.check_planned()
        self.phase("apply", "apply", "-no-color", "run")
        self.check_applied()


if __name__ == "__main__":
    unittest.main()

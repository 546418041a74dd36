# SPDX-License-Identifier: Apache-2.0
"""Every example of examples/ci does on the emulator what it is for: each system is played as its
documentation describes it (which steps run, what is in their environment, who gets an identity token),
and the commands of the example are those of the file.

usage: ci_test.py ENSURE EMULATOR BIN_DIR
"""
import os
import re
import shutil
import sys
import unittest

import yaml

BIN = os.path.abspath(sys.argv.pop(3))
# pylint: disable=wrong-import-position
import example  # noqa: E402
import tool  # noqa: E402
from example import ISSUER, ROLES, A, Example, Pods, V  # noqa: E402
import needs  # noqa: E402
import surroundings  # noqa: E402
import terraform_host  # noqa: E402

CI = os.path.join(example.EXAMPLES, "ci")
VARIABLES = {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": ISSUER + "ci",
             "ALIBABA_PLAN_ROLE": ROLES[A] + "ensure-plan", "ALIBABA_APPLY_ROLE": ROLES[A] + "ensure-apply",
             "VOLCENGINE_PLAN_ROLE": ROLES[V] + "ensure-plan",
             "VOLCENGINE_APPLY_ROLE": ROLES[V] + "ensure-apply"}


def read(name):
    return example.read(os.path.join("ci", name))


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

class Kubernetes(Pods):
    def test(self):
        objects = list(yaml.safe_load_all(read("kubernetes.yml")))
        found = {one["kind"]: one for one in objects}
        pod = found["Job"]["spec"]["template"]["spec"]
        self.assertEqual(pod["serviceAccountName"], found["ServiceAccount"]["metadata"]["name"])
        self.assertEqual(len({one["metadata"]["namespace"] for one in objects}), 1)
        self.world_of(ISSUER + "ack-rrsa-CLUSTER", clouds=(A,))
        maps = {found["ConfigMap"]["metadata"]["name"]: found["ConfigMap"]["data"]}
        containers = (*pod["initContainers"], *pod["containers"])
        self.assertEqual([one["name"] for one in containers], ["doctor", "plan", "apply"])
        for container in containers:
            self.run_container(pod, container, maps)
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

# SPDX-License-Identifier: Apache-2.0
"""The front ends. Each reads the instances of some rows, and tells for each cloud what was said: "" where
the instance is running, else the message of what went wrong."""

import json
import os
import subprocess
import sys

import host
import sources
import terraform_host
from ground import ROOT

SOURCE = "terraform.local/ensure/ensure"
COOKIE = ("ENSURE_PLUGIN_MAGIC_COOKIE", "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")
TIMEOUT_S = 120  # only reached by a hang


def said(instances):
    """By the objects of a plan."""
    return {one["target"].split("/")[0]: "" if one["status"] == "running" else one["message"]
            for one in instances}


class Cli:
    """The host tool, which has settings in its environment alone."""

    def __init__(self, ground):
        self.ground = ground
        self.output = ""  # all that the last run wrote

    def run(self, command, environment):
        done = subprocess.run(command, env=environment, cwd=self.ground.home, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=TIMEOUT_S)
        self.output = done.stdout + done.stderr
        return done

    @staticmethod
    def takes(row):
        return row.block is None

    def read(self, rows):
        environment = self.ground.environment(rows)
        done = self.run([os.path.join(self.ground.programs, "ensure"), "plan", "--format", "json",
                         *(sources.TARGET[row.cloud] for row in rows)], environment)
        if not done.stdout:
            raise AssertionError(done.stderr)
        return said(json.loads(done.stdout)["instances"])


class WithSettings(Cli):
    @staticmethod
    def takes(row):
        return row.block is not None


class Rpc(WithSettings):
    """ensure.v1, by a client that is not ours."""

    def __init__(self, ground):
        super().__init__(ground)
        self.pb, self.grpc = host.stubs("proto", "ensure/v1/ensure.proto")

    def read(self, rows):
        environment = self.ground.environment(rows)
        program = os.path.join(self.ground.programs, "terraform-provider-ensure")
        with host.Plugin(program, COOKIE, variables=environment) as plugin:
            stub = self.grpc.EnsureStub(plugin.channel())
            stub.Configure(self.pb.ConfigureRequest(clouds=[
                self.pb.CloudSettings(cloud=row.cloud, **self.ground.block(row)) for row in rows]))
            events = list(stub.Plan(self.pb.PlanRequest(
                targets=[sources.TARGET[row.cloud] for row in rows]), timeout=TIMEOUT_S))
            plugin.shut_down()
        self.output = "".join(map(str, events)) + plugin.stderr.decode()
        return said([{"target": one.instance.target, "status": one.instance.status,
                      "message": one.instance.message}
                     for one in events if one.WhichOneof("event") == "instance"])


class Lib(WithSettings):
    """libensure, in a Python process of its own."""

    PROGRAM = ("import ensure, json, sys\n"
               "with ensure.Session({'clouds': json.loads(sys.argv[1])}) as session:\n"
               "    print(json.dumps(session.plan(sys.argv[2:])))\n")

    def read(self, rows):
        environment = {**self.ground.environment(rows), "PYTHONDONTWRITEBYTECODE": "1",
                       "PYTHONPATH": str(ROOT / "examples" / "python"),
                       "ENSURE_LIBRARY": os.path.join(self.ground.programs, "libensure.so.0")}
        clouds = {row.cloud: self.ground.block(row) for row in rows}
        done = self.run([sys.executable, "-c", self.PROGRAM, json.dumps(clouds),
                         *(sources.TARGET[row.cloud] for row in rows)], environment)
        if not done.stdout:
            raise AssertionError(done.stderr)
        return said(json.loads(done.stdout)["instances"])


class Terraform(Cli):
    """The provider in the host that support/terraform_host.py names, by the data source ensure_instance.
    A host that was named has the rows with settings alone, to save time."""

    def __init__(self, ground):
        super().__init__(ground)
        self.host = terraform_host.get()
        self.rc = os.path.join(ground.directory, "terraform.rc")
        with open(self.rc, "w", encoding="utf-8") as file:
            file.write(f'provider_installation {{\n  dev_overrides {{\n    "{SOURCE}" = '
                       f'"{ground.programs}"\n  }}\n}}\n')

    @staticmethod
    def takes(row):
        return row.block is not None or "ENSURE_TEST_HOST" not in os.environ

    def configure(self, provider, *parts):
        """Writes the configuration; provider: the members of the provider block, as HCL."""
        text = (f'terraform {{\n  required_providers {{\n    ensure = {{ source = "{SOURCE}" }}\n'
                f'  }}\n}}\nprovider "ensure" {{\n{provider}\n}}\n' + "\n".join(parts))
        self.ground.write("main.tf", text)

    def terraform(self, environment, *arguments):
        return self.run([self.host.program, *arguments], {
            **environment, "TF_CLI_CONFIG_FILE": self.rc, "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "TF_LOG_PROVIDER": "TRACE"})

    def settings(self, rows):
        """The members of the provider block: every JSON object is one of HCL too."""
        return "\n".join(f"{row.cloud} = {json.dumps(self.ground.block(row))}"
                         for row in rows if row.block is not None)

    @staticmethod
    def block(kind, cloud):
        _, region, name = sources.TARGET[cloud].split("/")
        return (f'{kind} "{cloud}" {{\n  cloud = "{cloud}"\n  region = "{region}"\n'
                f'  instance_id = "{name}"\n}}\n')

    def read(self, rows):
        environment = self.ground.environment(rows)
        self.configure(self.settings(rows),
                       *(self.block('data "ensure_instance"', row.cloud) for row in rows))
        done = self.terraform(environment, "plan", "-json")
        result = {row.cloud: "" for row in rows}
        for line in done.stdout.splitlines():
            found = json.loads(line).get("diagnostic", {})
            if found.get("severity") == "error":
                cloud = found.get("address", "?").split(".")[-1]
                result[cloud] = f"{found['summary']}\n{found['detail']}"
        return result


class Ansible(WithSettings):
    """The module, with a task for each row."""

    @staticmethod
    def takes(row):
        return row.ansible

    def task(self, row):
        _, region, name = sources.TARGET[row.cloud].split("/")
        return {"ensure.cloud.instance_running": {
            "cloud": row.cloud, "region": region, "instance_id": name, **self.ground.block(row)},
            "check_mode": True, "ignore_errors": True}

    def read(self, rows):
        environment = self.ground.environment(rows)
        self.ground.write("play.json", json.dumps([
            {"hosts": "localhost", "connection": "local", "gather_facts": False,
             "vars": {"ansible_python_interpreter": sys.executable},
             "tasks": [self.task(row) for row in rows]}]))
        for name in ("results", "ansible.cfg"):
            self.ground.write(name, "")
        home = self.ground.home
        environment.update(
            ANSIBLE_COLLECTIONS_PATH=self.ground.collections, ANSIBLE_HOME=home + "/.ansible",
            ANSIBLE_LOCAL_TEMP=home + "/local", ANSIBLE_REMOTE_TEMP=home + "/remote",
            ANSIBLE_CONFIG=home + "/ansible.cfg", ANSIBLE_DEVEL_WARNING="False",
            ANSIBLE_LOCALHOST_WARNING="False", ANSIBLE_STDOUT_CALLBACK="results",
            ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "tests" / "ansible" / "callback"),
            RESULTS_FILE=home + "/results", PYTHONDONTWRITEBYTECODE="1")
        done = self.run(["ansible-playbook", "-vvv", "-i", "localhost,", "play.json"], environment)
        with open(home + "/results", encoding="utf-8") as file:
            results = [json.loads(line)["result"] for line in file]
        if len(results) != len(rows):
            raise AssertionError(done.stdout + done.stderr)
        return {row.cloud: result["msg"] if result["failed"] else ""
                for row, result in zip(rows, results)}


def require_host():
    """Ends the test program if there is no host."""
    try:
        print(f"host: {terraform_host.get().name}", flush=True)
    except terraform_host.Unavailable as reason:
        print(reason)
        sys.exit(reason.status)

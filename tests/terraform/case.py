# SPDX-License-Identifier: Apache-2.0
"""Base class of the end-to-end tests with a real host (Terraform or OpenTofu): an emulator, a directory
with a configuration, and a host that uses the provider under test and no settings of the user.

    [ENSURE_TEST_HOST=PROGRAM] python3 SOME_test.py BIN_DIRECTORY [unittest arguments]

BIN_DIRECTORY contains terraform-provider-ensure, its providers and ensure-emulator.
support/terraform_host.py says which host is tested, and what happens without one.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "emulator"), str(ROOT / "tests" / "support")]
# pylint: disable=wrong-import-position
import terraform_host  # noqa: E402
from harness import KEYS, Emulator  # noqa: E402
import surroundings  # noqa: E402

BIN = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
EXAMPLES = ROOT / "examples" / "terraform"
SOURCE = "terraform.local/ensure/ensure"
REGION = {"volcengine": "cn-beijing", "alibaba": "cn-hangzhou", "baidu": "bj"}
STOPPED = {"volcengine": "STOPPED", "alibaba": "Stopped", "baidu": "Stopped"}
RUNNING = {"volcengine": "RUNNING", "alibaba": "Running", "baidu": "Running"}
KEY_VARIABLES = {
    "volcengine": ("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY"),
    "alibaba": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    "baidu": ("BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY"),
}
REQUIRED = f'terraform {{\n  required_providers {{\n    ensure = {{ source = "{SOURCE}" }}\n  }}\n}}\n'
OVERRIDE_WARNING = "Provider development overrides are in effect"


def account(cloud, **more):
    return {"cloud": cloud, "access_key": KEYS[cloud][0], "secret_key": KEYS[cloud][1], **more}


def instance(cloud, ident, status=None, **more):
    return {"cloud": cloud, "region": REGION[cloud], "id": ident,
            "status": status or STOPPED[cloud], **more}


def resource(cloud, name, label="x", more=""):
    """A resource for one instance, in HCL."""
    return (f'resource "ensure_instance_running" "{label}" {{\n  cloud       = "{cloud}"\n'
            f'  region      = "{REGION[cloud]}"\n  instance_id = "{name}"\n{more}}}\n')


def resource_set(cloud, names, label="x", more=""):
    return (f'resource "ensure_instances_running" "{label}" {{\n  cloud        = "{cloud}"\n'
            f'  region       = "{REGION[cloud]}"\n  instance_ids = {json.dumps(list(names))}\n'
            f'{more}}}\n')


def files_of(plan):
    """The contents of all files in a plan file, as one text."""
    with zipfile.ZipFile(plan) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


class Outcome:
    """The result of a terraform command. With -json its lines are parsed."""

    def __init__(self, process):
        self.code = process.returncode
        self.stdout = process.stdout
        self.stderr = process.stderr
        self.text = process.stdout + process.stderr
        self.lines = []
        for line in process.stdout.splitlines():
            try:
                self.lines.append(json.loads(line))
            except json.JSONDecodeError:
                pass

    def of_type(self, kind):
        return [line for line in self.lines if isinstance(line, dict) and line.get("type") == kind]

    def diagnostics(self, severity):
        found = [line["diagnostic"] for line in self.of_type("diagnostic")]
        return [d for d in found
                if d["severity"] == severity and d["summary"] != OVERRIDE_WARNING]

    @property
    def errors(self):
        return self.diagnostics("error")

    @property
    def warnings(self):
        return self.diagnostics("warning")

    @property
    def changes(self):
        """address -> planned action"""
        return {line["change"]["resource"]["addr"]: line["change"]["action"]
                for line in self.of_type("planned_change")}


class Case(unittest.TestCase):
    maxDiff = None
    needs = None  # a feature of terraform_host.FEATURES; on hosts without it the tests are skipped

    def setUp(self):
        if self.needs is not None and not self.host.has(self.needs):
            self.skipTest(f"{self.host.name} has no {self.needs}")
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ensure-terraform-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.work = self.directory / "work"
        self.work.mkdir()
        self.mark = f"ENSURE_TEST_RUN={uuid.uuid4().hex}"
        self.emulator = None
        rc = self.directory / "terraform.rc"
        rc.write_text(f'provider_installation {{\n  dev_overrides {{\n    "{SOURCE}" = "{BIN}"\n'
                      "  }\n}\n", encoding="utf-8")
        name, value = self.mark.split("=")
        self.environment = surroundings.bare(
            HOME=str(self.directory), LANG="C.UTF-8", TF_CLI_CONFIG_FILE=str(rc),
            CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", TF_INPUT="0", **{name: value})
        for sanitizer in ("ASAN", "TSAN", "UBSAN"):
            given = os.environ.get(f"{sanitizer}_OPTIONS")
            if given:
                self.environment[f"{sanitizer}_OPTIONS"] = (
                    f"{given}:log_path={self.directory}/sanitizer")
        self.addCleanup(self.look_for_leftovers)

    def look_for_leftovers(self):
        reports = [path.read_text(errors="replace")
                   for path in self.directory.glob("sanitizer.*")]
        self.assertEqual(reports, [], "a sanitizer had something to say")
        self.assertEqual(self.processes(), [], "a provider process is left behind")

    def processes(self):
        """The process ids of this test's provider processes."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                environment = (path / "environ").read_bytes().split(b"\0")
                program = os.readlink(path / "exe")
            except OSError:
                continue
            if self.mark.encode() in environment and "terraform-provider-ensure" in program:
                found.append(int(path.name))
        return found

    # ---- the emulator ---------------------------------------------------------------------------

    def start_world(self, *instances, accounts=None, options=()):
        """Starts the emulator, and sets its endpoints and the keys of the first account of each
        cloud in the environment."""
        accounts = accounts or [account(cloud) for cloud in REGION]
        self.emulator = Emulator(str(BIN / "ensure-emulator"), *options,
                                 world={"accounts": accounts, "instances": list(instances)},
                                 directory=self.directory)
        self.addCleanup(self.emulator.stop)
        self.use_world(accounts)

    def use_world(self, accounts):
        for cloud in KEY_VARIABLES:
            self.environment[f"ENSURE_{cloud.upper()}_ENDPOINT"] = self.emulator.urls[cloud]
            self.environment[f"ENSURE_{cloud.upper()}_STS_ENDPOINT"] = (
                self.emulator.urls[f"{cloud}_sts"])
        for one in reversed(accounts):
            for variable, value in zip(KEY_VARIABLES[one["cloud"]],
                                       (one["access_key"], one["secret_key"])):
                self.environment[variable] = value

    def set_instance(self, cloud, name, **members):
        reply = self.emulator.control.call(
            "POST", "/instances",
            {"cloud": cloud, "region": REGION[cloud], "id": name, **members})
        self.assertEqual(reply.status, 200, reply.body)

    def set_faults(self, *specifications):
        reply = self.emulator.control.call("PUT", "/faults", list(specifications))
        self.assertEqual(reply.status, 200, reply.body)

    def reset_ledger(self):
        self.emulator.control.call("POST", "/reset")

    @property
    def starts(self):
        return self.emulator.control.ledger()["starts"]

    def calls(self, cloud=None):
        """The number of requests to all clouds, or to one of them."""
        ledger = self.emulator.control.ledger()
        self.assertEqual(ledger["violations"], [])
        return sum(action["calls"] for name, actions in ledger["calls"].items()
                   for action in actions.values() if cloud in (None, name))

    def dry_runs(self):
        return sum(action["dry_runs"] for actions in
                   self.emulator.control.ledger()["calls"].values() for action in actions.values())

    # ---- terraform ------------------------------------------------------------------------------

    @property
    def host(self):
        return terraform_host.get()

    def configure(self, *parts, provider="", name="main.tf"):
        """Writes the configuration. provider: HCL inside the provider block."""
        text = REQUIRED + f'provider "ensure" {{\n{provider}\n}}\n' + "\n".join(parts)
        (self.work / name).write_text(text, encoding="utf-8")

    def terraform(self, *arguments, environment=None):
        process = subprocess.run([self.host.program, *arguments], cwd=self.work, text=True,
                                 stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                 env={**self.environment, **(environment or {})}, timeout=240)
        self.assertNotRegex(process.stderr, "(TERRAFORM|OPENTOFU) CRASH")
        return Outcome(process)

    @contextlib.contextmanager
    def running(self, *arguments):
        """A command in a process group of its own, as a shell starts it."""
        with subprocess.Popen([self.host.program, *arguments], cwd=self.work,
                              env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              start_new_session=True) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def wait_for_a_start(self):
        deadline = time.monotonic() + 60
        while not self.starts:
            self.assertLess(time.monotonic(), deadline, "no start was ever sent")

    def succeed(self, *arguments, code=0, environment=None):
        outcome = self.terraform(*arguments, environment=environment)
        self.assertEqual(outcome.code, code, outcome.text)
        return outcome

    def validate(self):
        found = json.loads(self.terraform("validate", "-json").stdout)["diagnostics"]
        return [one for one in found if one["summary"] != OVERRIDE_WARNING]

    def plan(self, *arguments, code=None):
        """Plans; code 0: nothing to do, 1: errors, 2: changes."""
        outcome = self.terraform("plan", "-json", "-detailed-exitcode", *arguments)
        if code is not None:
            self.assertEqual(outcome.code, code, outcome.text)
        return outcome

    def planned(self, *arguments):
        """The plan as Terraform's JSON document."""
        outcome = self.terraform("plan", "-out=plan.bin", *arguments)
        self.assertEqual(outcome.code, 0, outcome.text)
        return json.loads(self.succeed("show", "-json", "plan.bin").stdout)

    def apply(self, *arguments, code=0):
        outcome = self.terraform("apply", "-json", "-auto-approve", *arguments)
        self.assertEqual(outcome.code, code, outcome.text)
        return outcome

    def destroy(self, *arguments, code=0):
        outcome = self.terraform("destroy", "-json", "-auto-approve", *arguments)
        self.assertEqual(outcome.code, code, outcome.text)
        return outcome

    def state(self):
        """address -> attributes in the state"""
        path = self.work / "terraform.tfstate"
        document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        found = {}
        for one in document.get("resources", []):
            for item in one["instances"]:
                key = item.get("index_key")
                index = "" if key is None else f"[{json.dumps(key)}]"
                found[f"{one['type']}.{one['name']}{index}"] = item["attributes"]
        return found

    def check_diagnostic(self, diagnostic, code, *parts):
        """Asserts that the diagnostic is for that line of the configuration and contains all
        parts."""
        self.assertIn("snippet", diagnostic, diagnostic)
        self.assertIn(code, diagnostic["snippet"]["code"])
        for part in parts:
            self.assertIn(part, diagnostic["summary"] + "\n" + diagnostic["detail"])


def main():
    try:
        print(f"host: {terraform_host.get().name}", flush=True)
    except terraform_host.Unavailable as reason:
        print(reason)
        sys.exit(reason.status)
    unittest.main(verbosity=2)

# SPDX-License-Identifier: Apache-2.0
"""The entries. Each runs a case, and tells the message of each start that was refused for its guards, by
the instance's id."""

import json
import os
import re
import subprocess
import sys

import host
import schemas
import table
import terraform_host

ADDRESS = "terraform.local/ensure/ensure"
COOKIE = ("ENSURE_PLUGIN_MAGIC_COOKIE", "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")
TF_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE",
             "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
TIMEOUT_S = 120  # only reached by a hang


def run(case, command, environment, **more):
    return subprocess.run(command, env=environment, cwd=case.directory, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=TIMEOUT_S, **more)


def refused(instances):
    """The messages of an instance's results, of which none may be refused for another reason."""
    others = [one for one in instances
              if one["reason"] not in ("ok", "policy", "in_progress", "already_running")]
    if others:
        raise AssertionError(others)
    return {one["target"].split("/")[2]: one["message"] for one in instances
            if one["reason"] == "policy"}


class Entry:
    """sources: where its guards come from, with the name that messages give them."""

    SYSTEM = {"system": table.SYSTEM_FILE, "variable": "policy.json"}
    starts = True     # it starts what is not refused
    process = False   # max_starts counts in a process, not in a run
    run_word = "apply"
    sources = SYSTEM

    @staticmethod
    def takes(rule, source):  # pylint: disable=unused-argument
        return True

    def run_all(self, cases):
        return [self.run(case) for case in cases]

    def run(self, case):
        raise NotImplementedError


# ---- the command line ----------------------------------------------------------------------------

class Cli(Entry):
    sources = {**Entry.SYSTEM, "fleet": "fleet.json"}
    VERB = ("apply", "--yes")

    def ensure(self, case, *words, guarded=True):
        done = run(case, case.command(os.path.join(case.programs, "ensure"), *words, "--format", "json",
                                      guarded=guarded), case.environment(guarded))
        if not done.stdout:
            raise AssertionError(done.stderr)
        return schemas.check(json.loads(done.stdout))

    @staticmethod
    def flags(case):
        return () if case.rule.dry_run else ("--no-dry-run",)

    @staticmethod
    def fleet(case):
        case.write("fleet.json", {"targets": case.targets, "policy": case.given("fleet")})
        return "fleet.json"

    def check_listed(self, case, document):
        """The document lists the guards in force and their source."""
        listed = {one["rule"]: one["value"] for one in document["policy"]}
        source = {os.path.basename(one["source"]) for one in document["policy"]}
        if listed != case.rule.policy or source != {os.path.basename(self.sources[case.source])}:
            raise AssertionError(document["policy"])

    def run(self, case):
        document = self.ensure(case, *self.VERB, *self.flags(case), self.fleet(case))
        self.check_listed(case, document)
        return refused(document["instances"])


class CliPlan(Cli):
    VERB = ("plan",)
    run_word = "plan"
    starts = False


class CliSaved(Cli):
    """A plan that was saved before the guards were there."""

    sources = Entry.SYSTEM

    def run(self, case):
        plan = self.ensure(case, "plan", *self.flags(case), "--out", "saved.plan", self.fleet(case),
                           guarded=False)
        if plan["summary"]["start"] != len(table.IDS) or plan["policy"]:
            raise AssertionError(plan)
        document = self.ensure(case, "apply", "saved.plan")
        self.check_listed(case, document)
        return refused(document["instances"])


class CliSavedWithGuards(Cli):
    """A plan that was saved with the guards of its fleet, and changed to start all the same."""

    sources = {"fleet": "fleet.json in saved.plan"}

    def run(self, case):
        self.ensure(case, "plan", *self.flags(case), "--out", "saved.plan", self.fleet(case))
        with open(case.path("saved.plan"), encoding="utf-8") as file:
            plan = json.load(file)
        sure = "simulated" if case.rule.cloud == table.B else "unverified"
        for one in plan["instances"]:
            if one["action"] != "start":
                one.update(action="start", reason="ok", confidence=sure)
        plan["summary"].update(start=len(table.IDS), refuse=0)
        case.write("saved.plan", plan)
        return refused(self.ensure(case, "apply", *self.flags(case), "saved.plan")["instances"])


# ---- libensure ------------------------------------------------------------------------------------

class Lib(Entry):
    """In a Python process of its own."""

    sources = {**Entry.SYSTEM, "setting": "configuration.policy", "fleet": "request"}
    PROGRAM = """
import ensure, json, sys
config, fleet, call, dry_run = json.loads(sys.argv[1])
with ensure.Session(config) as session:
    if call == "plan":
        document = session.plan(fleet, dry_run=dry_run)
    else:
        document = session.apply(fleet, dry_run=dry_run)
print(json.dumps(document))
"""
    CALL = "apply"

    def call(self, case, call, fleet, guarded=True):
        config = {"policy": case.given("setting")} if guarded else {}
        environment = {**case.environment(guarded), "PYTHONDONTWRITEBYTECODE": "1",
                       "PYTHONPATH": os.path.join(table.ROOT, "examples", "python"),
                       "ENSURE_LIBRARY": os.path.join(case.programs, "libensure.so.0")}
        done = run(case, case.command(sys.executable, "-c", self.PROGRAM, json.dumps(
            [config, fleet, call, case.rule.dry_run]), guarded=guarded), environment)
        if not done.stdout:
            raise AssertionError(done.stderr)
        return schemas.check(json.loads(done.stdout))

    def run(self, case):
        fleet = {"targets": case.targets, "policy": case.given("fleet")}
        return refused(self.call(case, self.CALL, fleet)["instances"])


class LibPlan(Lib):
    CALL = "plan"
    run_word = "plan"
    starts = False


class LibSaved(Lib):
    sources = {**Entry.SYSTEM, "setting": "configuration.policy"}

    def run(self, case):
        plan = self.call(case, "plan", {"targets": case.targets}, guarded=False)
        return refused(self.call(case, "apply", plan)["instances"])


# ---- ensure.v1 ------------------------------------------------------------------------------------

class Rpc(Entry):
    """By a client that is not ours."""

    sources = {**Entry.SYSTEM, "setting": "Configure", "request": "the request"}

    def __init__(self):
        self.pb, self.grpc = host.stubs("proto", "ensure/v1/ensure.proto")

    def guards(self, policy):
        def texts(value):
            if isinstance(value, list):
                return value
            return ["true" if value is True else str(value)]
        return [self.pb.Guard(rule=rule, value=texts(value)) for rule, value in policy.items()]

    def call(self, case, stub):
        return stub.Apply(self.pb.ApplyRequest(
            targets=case.targets, policy=self.guards(case.given("request")),
            no_dry_run=not case.rule.dry_run), timeout=TIMEOUT_S)

    def run(self, case):
        program = case.program(os.path.join(case.programs, "terraform-provider-ensure"))
        with host.Plugin(program, COOKIE, variables=case.environment()) as plugin:
            stub = self.grpc.EnsureStub(plugin.channel())
            stub.Configure(self.pb.ConfigureRequest(policy=self.guards(case.given("setting"))))
            events = list(self.call(case, stub))
            plugin.shut_down()
        return refused([{name: getattr(one.instance, name) for name in ("target", "reason", "message")}
                        for one in events if one.WhichOneof("event") == "instance"])


class RpcPlan(Rpc):
    run_word = "plan"
    starts = False

    def call(self, case, stub):
        return stub.Plan(self.pb.PlanRequest(
            targets=case.targets, policy=self.guards(case.given("request")),
            no_dry_run=not case.rule.dry_run), timeout=TIMEOUT_S)


class RpcSaved(Rpc):
    """A plan that comes with the request."""

    def call(self, case, stub):
        sure = "unverified" if not case.rule.dry_run else {
            table.A: "validated", table.B: "simulated"}[case.rule.cloud]
        return stub.Apply(self.pb.ApplyRequest(
            plan=[self.pb.InstancePlan(target=target, action="start", confidence=sure)
                  for target in case.targets],
            policy=self.guards(case.given("request"))), timeout=TIMEOUT_S)


# ---- Terraform ------------------------------------------------------------------------------------

class Terraform(Entry):
    """The provider in the host that support/terraform_host.py names."""

    sources = {**Entry.SYSTEM, "setting": "the provider block"}
    process = True
    COMMANDS = (("apply", "-auto-approve"),)

    def configure(self, case, guarded=True):
        provider = {"preflight": "warn" if case.rule.dry_run else "off"}
        if case.given("setting") and guarded:
            provider["policy"] = case.rule.policy
        members = {"cloud": case.rule.cloud, "region": case.region, "instance_ids": table.IDS}
        blocks = [("terraform", {"required_providers": {"ensure": {"source": ADDRESS}}}),
                  ('provider "ensure"', provider),
                  ('resource "ensure_instances_running" "r"', members)]
        case.write("main.tf", "".join(
            f"{head} {{\n" + "".join(
                f"  required_providers {{\n    ensure = {json.dumps(value['ensure'])}\n  }}\n"
                if name == "required_providers" else f"  {name} = {json.dumps(value)}\n"
                for name, value in body.items()) + "}\n" for head, body in blocks))
        case.write("terraform.rc", f'provider_installation {{\n  dev_overrides {{\n    "{ADDRESS}" = '
                                   f'"{case.programs}"\n  }}\n}}\n')

    def terraform(self, case, *words, guarded=True):
        done = run(case, case.command(terraform_host.get().program, words[0], "-json", *words[1:],
                                      guarded=guarded), {
            **case.environment(guarded), "TF_CLI_CONFIG_FILE": case.path("terraform.rc"),
            "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"})
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        found = {}
        for line in lines:
            one = line.get("diagnostic")
            if one is None or one["severity"] != "error":
                continue
            if not one["summary"].endswith(": policy"):
                raise AssertionError(one)
            match = re.match(r"Instances: (.*)\.\n\n[^:]*: ", one["detail"])
            found.update(dict.fromkeys(match[1].split(", "), one["detail"][match.end():]))
        if bool(found) == (done.returncode == 0):
            raise AssertionError(done.stdout + done.stderr)
        return found

    def run(self, case):
        self.configure(case)
        found = {}
        for words in self.COMMANDS:
            found = self.terraform(case, *words)
        return found


class TerraformPlan(Terraform):
    COMMANDS = (("plan",),)
    starts = False


class TerraformSaved(Terraform):
    """A plan that was saved before the guards were there."""

    sources = Entry.SYSTEM

    def run(self, case):
        self.configure(case)
        self.terraform(case, "plan", "-out=saved.plan", guarded=False)
        return self.terraform(case, "apply", "saved.plan")


class Provider(Entry):
    """Single calls of tfplugin6, in an order that no host has: an apply without a plan."""

    sources = {**Entry.SYSTEM, "setting": "the provider block"}
    process = True

    @staticmethod
    def dynamic(value):
        from provider import dynamic  # pylint: disable=import-outside-toplevel
        return dynamic(value)

    def __init__(self):
        sys.path.insert(0, os.path.join(table.ROOT, "tests", "terraform"))
        import provider  # pylint: disable=import-outside-toplevel
        self.pb, self.grpc = provider.pb, provider.pb_grpc

    def configuration(self, case):
        names = ("max_starts", "allow", "deny", "min_confidence", "audit_required")
        policy = case.given("setting")
        return {**dict.fromkeys((table.V, table.A, table.B)),
                "preflight": "enforce" if case.rule.dry_run else "off",
                "policy": {**dict.fromkeys(names), **policy} if policy else None}

    def members(self, case):
        return {"cloud": case.rule.cloud, "region": case.region, "instance_ids": list(table.IDS)}

    def call(self, case, stub):
        from provider import UNKNOWN  # pylint: disable=import-outside-toplevel
        planned = {**self.members(case), "id": UNKNOWN, "statuses": UNKNOWN,
                   "timeouts": None}
        return stub.ApplyResourceChange(self.pb.ApplyResourceChange.Request(
            type_name="ensure_instances_running", prior_state=self.dynamic(None),
            planned_state=self.dynamic(planned), config=self.dynamic(
                {**planned, "id": None, "statuses": None})), timeout=TIMEOUT_S).diagnostics

    def run(self, case):
        program = case.program(os.path.join(case.programs, "terraform-provider-ensure"))
        with host.Plugin(program, TF_COOKIE, variables={
                **case.environment(), "PLUGIN_PROTOCOL_VERSIONS": "6"}) as plugin:
            stub = self.grpc.ProviderStub(plugin.channel())
            reply = stub.ConfigureProvider(self.pb.ConfigureProvider.Request(
                terraform_version="1.14.0", config=self.dynamic(self.configuration(case))))
            found = self.errors(reply.diagnostics) or self.errors(self.call(case, stub))
            plugin.shut_down()
        return found

    def errors(self, diagnostics):
        found = {}
        for one in diagnostics:
            if one.severity != self.pb.Diagnostic.ERROR:
                continue
            if not one.summary.endswith(": policy"):
                raise AssertionError(str(one))
            match = re.match(r"Instances: (.*)\.\n\n[^:]*: ", one.detail)
            found.update(dict.fromkeys(match[1].split(", "), one.detail[match.end():]))
        return found


class Invoke(Provider):
    """The action ensure_start."""

    def action(self, case):
        return self.dynamic({**self.members(case), "timeout": None})

    def call(self, case, stub):
        events = list(stub.InvokeAction(self.pb.InvokeAction.Request(
            action_type="ensure_start", config=self.action(case)), timeout=TIMEOUT_S))
        return events[-1].completed.diagnostics


class PlanAction(Invoke):
    starts = False

    def call(self, case, stub):
        return stub.PlanAction(self.pb.PlanAction.Request(
            action_type="ensure_start", config=self.action(case)), timeout=TIMEOUT_S).diagnostics


# ---- Ansible --------------------------------------------------------------------------------------

class Ansible(Entry):
    """The module. The cases of one system's file are one playbook: its hosts are the cases."""

    sources = {**Entry.SYSTEM, "setting": "the option policy"}
    CHECK = False

    def task(self, case):
        options = {"cloud": case.rule.cloud, "region": case.region, "instance_ids": list(table.IDS),
                   "preflight": case.rule.dry_run}
        if case.given("setting"):
            options["policy"] = case.rule.policy
        return {"ensure.cloud.instance_running": options, "check_mode": self.CHECK,
                "ignore_errors": True, "environment": case.environment(),
                "when": f"inventory_hostname == {json.dumps(self.host(case))}"}

    @staticmethod
    def host(case):
        return re.sub("[^a-z0-9]", "-", os.path.basename(case.directory).lower())

    def play(self, cases):
        first = cases[0]
        hosts = {self.host(case): {"ansible_connection": "local",
                                   "ansible_python_interpreter": sys.executable} for case in cases}
        first.write("hosts.json", {"all": {"hosts": hosts}})
        first.write("play.json", [{"hosts": self.host(case), "gather_facts": False,
                                   "tasks": [self.task(case)]} for case in cases])
        first.write("ansible.cfg", "")
        results = first.write("results", "")
        environment = {
            **{name: value for name, value in first.environment().items()
               if not name.startswith(("ENSURE_POLICY", "ENSURE_AUDIT"))},
            "ANSIBLE_COLLECTIONS_PATH": self.collections, "ANSIBLE_HOME": first.path(".ansible"),
            "ANSIBLE_LOCAL_TEMP": first.path("local"), "ANSIBLE_REMOTE_TEMP": first.path("remote"),
            "ANSIBLE_CONFIG": first.path("ansible.cfg"), "ANSIBLE_DEVEL_WARNING": "False",
            "ANSIBLE_STDOUT_CALLBACK": "results", "ANSIBLE_CALLBACK_PLUGINS": os.path.join(
                table.ROOT, "tests", "ansible", "callback"),
            "RESULTS_FILE": results, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
        done = run(first, first.command("ansible-playbook", "-i", "hosts.json", "play.json"),
                   environment)
        with open(results, encoding="utf-8") as file:
            lines = [json.loads(line)["result"] for line in file]
        if len(lines) != len(cases):
            raise AssertionError(done.stdout + done.stderr)
        return [self.read(line) for line in lines]

    @staticmethod
    def read(result):
        if "instances" not in result:
            raise AssertionError(result)
        found = refused(schemas.check_instances(result["instances"]))
        if result["failed"] != bool(found):
            raise AssertionError(result)
        return found

    def __init__(self, collections):
        self.collections = collections

    def run_all(self, cases):
        groups, found = {}, {}
        for case in cases:
            alone = case.rule.name if case.source == "system" else ""
            groups.setdefault(alone, []).append(case)
        for group in groups.values():
            found.update(zip((case.name for case in group), self.play(group)))
        return [found[case.name] for case in cases]


class AnsibleCheck(Ansible):
    CHECK = True

    @staticmethod
    def takes(rule, source):
        """Each system's file is a playbook of its own: to save time, few of them."""
        return source != "system" or rule.counted or not rule.said

    run_word = "plan"
    starts = False

# SPDX-License-Identifier: Apache-2.0
"""What hosts keep beside the attributes, and how states come to this provider: identities, planned data, imports by
identity with a generated configuration, and moved blocks."""

import json
import pathlib
import re
import zipfile

from case import BIN, SOURCE, Case, instance, main, resource, resource_set
from provider import pb

A = "ensure_instance_running.x"
S = "ensure_instances_running.x"
IDENTITY = {"cloud": "volcengine", "region": "cn-beijing", "instance_id": "i-a"}
OTHER = "registry.example.com/ensure/ensure"
VOLCENGINE = "registry.terraform.io/volcengine/volcengine"
SOURCE_PROVIDER = pathlib.Path(__file__).with_name("source_provider.py")


def text_attribute(name, **flags):
    return pb.Schema.Attribute(name=name, type=b'"string"', **flags)


# Of volcengine_ecs_instance_state, as its provider's documentation describes it.
SOURCE_SCHEMA = pb.GetProviderSchema.Response(
    provider=pb.Schema(block=pb.Schema.Block()),
    resource_schemas={"volcengine_ecs_instance_state": pb.Schema(block=pb.Schema.Block(
        attributes=[text_attribute("id", optional=True, computed=True),
                    text_attribute("action", required=True),
                    text_attribute("instance_id", required=True),
                    text_attribute("stopped_mode", optional=True, computed=True),
                    text_attribute("status", computed=True)],
        block_types=[pb.Schema.NestedBlock(
            type_name="timeouts", nesting=pb.Schema.NestedBlock.SINGLE,
            block=pb.Schema.Block(attributes=[text_attribute(name, optional=True)
                                              for name in ("create", "delete", "update")]))]))})


class States(Case):
    def state_file(self):
        return json.loads((self.work / "terraform.tfstate").read_text(encoding="utf-8"))

    def write_state(self, document):
        (self.work / "terraform.tfstate").write_text(json.dumps(document), encoding="utf-8")

    def objects(self):
        """address -> the whole object in the state file"""
        return {f"{one['type']}.{one['name']}": one["instances"][0]
                for one in self.state_file()["resources"]}


class Identities(States):
    needs = "identities"

    def import_block(self, **identity):
        members = "".join(f'    {name} = "{value}"\n' for name, value in identity.items())
        return f"import {{\n  to = {A}\n  identity = {{\n{members}  }}\n}}\n"

    def test_in_the_state(self):
        self.start_world(instance("volcengine", "i-a"), instance("alibaba", "i-b", "Running"),
                         instance("volcengine", "i-c", "RUNNING"))
        self.configure(resource("volcengine", "i-a"), resource_set("alibaba", ["i-b"]))
        self.apply()
        objects = self.objects()
        self.assertEqual((objects[A]["identity"], objects[A]["identity_schema_version"]),
                         (IDENTITY, 0))
        self.assertNotIn("identity", objects[S])
        self.plan(code=0)
        self.set_instance("volcengine", "i-a", status="STOPPED")
        self.apply()
        self.assertEqual(self.objects()[A]["identity"], IDENTITY)
        self.configure(resource("volcengine", "i-c"))
        self.apply()
        self.assertEqual(self.objects()[A]["identity"], {**IDENTITY, "instance_id": "i-c"})

    def test_unknown_parts(self):
        """The plan has no identity then, and is shown."""
        self.start_world(instance("volcengine", "i-a"))
        self.configure('resource "terraform_data" "made" {\n  input = "i-a"\n}\n',
                       resource("volcengine", "i-a").replace('"i-a"', "terraform_data.made.output"))
        for options in (), ("-replace=terraform_data.made",):
            changes = {one["address"]: one["change"]
                       for one in self.planned(*options)["resource_changes"]}
            self.assertIn("create", changes[A]["actions"])
            self.assertNotIn("after_identity", changes[A])
            self.succeed("apply", "plan.bin")
            self.assertEqual(self.objects()[A]["identity"], IDENTITY)
        self.plan(code=0)

    def test_state_of_an_older_version(self):
        """It has none, and gets it with the next change."""
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.configure(resource("volcengine", "i-a"))
        self.apply()
        document = self.state_file()
        one = document["resources"][0]["instances"][0]
        del one["identity"], one["identity_schema_version"]
        self.write_state(document)
        self.plan(code=0)
        self.set_instance("volcengine", "i-a", status="STOPPED")
        self.apply("-refresh-only")
        self.assertEqual(self.objects()[A]["identity"], IDENTITY)

    def test_import(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"), self.import_block(**IDENTITY))
        change = self.planned()["resource_changes"][0]["change"]
        self.assertEqual(change["importing"]["identity"], IDENTITY)
        self.assertEqual((change["actions"], change["before"]["status"]), (["update"], "stopped"))
        self.succeed("apply", "plan.bin")
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
        self.assertEqual(self.objects()[A]["identity"], IDENTITY)
        self.plan(code=0)

    def test_import_with_a_generated_configuration(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.configure(self.import_block(**IDENTITY).replace("  to", "  provider = ensure\n  to"))
        self.succeed("plan", "-generate-config-out=generated.tf")
        text = (self.work / "generated.tf").read_text(encoding="utf-8")
        members = dict(line.split("=") for line in text.splitlines() if "=" in line)
        self.assertEqual({name.strip(): value.strip() for name, value in members.items()},
                         {name: f'"{value}"' for name, value in IDENTITY.items()}, text)
        self.configure(self.import_block(**IDENTITY))
        self.apply()
        self.assertEqual(self.objects()[A]["identity"], IDENTITY)
        self.plan(code=0)
        self.assertEqual(self.starts, {})

    def test_wrong_identities(self):
        self.start_world()
        for identity, says in (({**IDENTITY, "cloud": "aws"}, "aws"),
                               ({**IDENTITY, "instance_id": "x"}, "malformed"),
                               ({**IDENTITY, "instance_id": "i-absent"}, "non-existent"),
                               ({"cloud": "volcengine"}, "instance_id")):
            with self.subTest(identity):
                self.configure(resource("volcengine", "i-a"), self.import_block(**identity))
                outcome = self.plan(code=1)
                self.assertIn(says, json.dumps(outcome.errors))
                self.assertEqual(self.state(), {})


class PlannedData(States):
    """A start that was checked at plan is not checked again, and has the token of the plan."""

    needs = "planned data"

    def tokens(self):
        """The client tokens of the real starts."""
        return [one["client_token"] for one in self.emulator.control.ledger()["requests"]
                if one["action"] == "StartInstance" and not one["dry_run"]]

    def planned_tokens(self):
        with zipfile.ZipFile(self.work / "plan.bin") as plan:
            return re.findall(r'"token":"([0-9a-f-]{36})"', plan.read("tfplan").decode(errors="replace"))

    def test_one_dry_run_for_a_start(self):
        self.start_world(instance("volcengine", "i-a"), instance("volcengine", "i-b"),
                         instance("volcengine", "i-c"))
        self.configure(resource("volcengine", "i-a"), resource_set("volcengine", ["i-b", "i-c"]))
        self.succeed("plan", "-out=plan.bin")
        self.assertEqual(self.dry_runs(), 3)
        self.succeed("apply", "plan.bin")
        self.assertEqual((self.dry_runs(), sum(self.starts.values())), (3, 3))
        self.assertEqual(sorted(self.tokens()), sorted(self.planned_tokens()))
        self.assertEqual(len(set(self.tokens())), 3)
        self.plan(code=0)

        # Drift, in one command; nothing of the plan is in the state.
        self.set_instance("volcengine", "i-a", status="STOPPED")
        self.reset_ledger()
        self.apply()
        self.assertEqual((self.dry_runs(), len(self.tokens())), (1, 1))
        self.assertEqual({one.get("private") for one in self.objects().values()}, {None})

    def test_of_a_replacement(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"), instance("volcengine", "i-b"))
        self.configure(resource("volcengine", "i-a"))
        self.apply()
        self.configure(resource("volcengine", "i-b"))
        self.succeed("plan", "-out=plan.bin")
        self.succeed("apply", "plan.bin")
        self.assertEqual((self.dry_runs(), self.tokens()), (1, self.planned_tokens()))


class Log(States):
    def test_hosts_call_only_what_is_served(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        self.environment["TF_LOG"] = "TRACE"
        for command in ("plan", "apply", "destroy"):
            options = () if command == "plan" else ("-auto-approve",)
            said = self.succeed(command, "-no-color", *options).stderr
            self.assertIn("provider.terraform-provider-ensure: ", said)
            for line in said.splitlines():
                self.assertNotRegex(line, "which is not served|(?i:unimplemented)")
                if "terraform-provider-ensure" in line:
                    self.assertNotRegex(line, r"\[(WARN|ERROR)\]")


class Moves(States):
    needs = "moves across types"

    def use_sources(self):
        """Another address of this provider, and the provider of Volcengine."""
        programs = self.directory / "programs"
        programs.mkdir()
        replies = self.directory / "replies.json"
        replies.write_text(json.dumps({
            "GetProviderSchema": SOURCE_SCHEMA.SerializeToString().hex(),
            "ValidateProviderConfig": "", "ConfigureProvider": ""}), encoding="utf-8")
        program = programs / "terraform-provider-volcengine"
        program.write_text(f'#!/bin/sh\nexec /usr/bin/python3 "{SOURCE_PROVIDER}" "{replies}"\n',
                           encoding="utf-8")
        program.chmod(0o700)
        overrides = "".join(f'    "{address}" = "{directory}"\n' for address, directory in (
            (SOURCE, BIN), (OTHER, BIN), (VOLCENGINE, programs)))
        (self.directory / "terraform.rc").write_text(
            f"provider_installation {{\n  dev_overrides {{\n{overrides}  }}\n}}\n", encoding="utf-8")
        self.environment["TF_DISABLE_PLUGIN_TLS"] = "1"

    def write_object(self, type_name, provider, **members):
        self.write_state({
            "version": 4, "terraform_version": "1.8.0", "serial": 1, "lineage": "hand-written",
            "outputs": {}, "resources": [{
                "mode": "managed", "type": type_name, "name": "old",
                "provider": f'provider["{provider}"]',
                "instances": [{"schema_version": 0, "sensitive_attributes": [], **members}]}]})

    def write_instance_state(self, **attributes):
        """As terraform-provider-volcengine writes it."""
        self.write_object("volcengine_ecs_instance_state", VOLCENGINE, private="bnVsbA==", attributes={
            "action": "Start", "id": "state:i-a", "instance_id": "i-a", "status": "RUNNING",
            "stopped_mode": "", "timeouts": None, **attributes})

    def moved(self, source, target=A):
        return f"moved {{\n  from = {source}\n  to   = {target}\n}}\n"

    def setUp(self):
        super().setUp()
        self.use_sources()

    def test_from_volcengine(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.write_instance_state()
        self.configure(resource("volcengine", "i-a"), self.moved("volcengine_ecs_instance_state.old"),
                       provider='volcengine = { region = "cn-beijing" }')
        change, = self.planned()["resource_changes"]
        self.assertEqual((change["address"], change["previous_address"]),
                         (A, "volcengine_ecs_instance_state.old"))
        self.assertEqual(change["change"]["actions"], ["no-op"])
        self.succeed("apply", "plan.bin")
        self.assertEqual(list(self.state()), [A])
        self.assertEqual(self.state()[A]["id"], "volcengine/cn-beijing/i-a")
        self.plan(code=0)
        self.assertEqual((self.starts, self.dry_runs()), ({}, 0))

    def test_stopped_since(self):
        """What a move brings is checked and started like anything else."""
        self.start_world(instance("volcengine", "i-a"))
        self.write_instance_state()
        self.configure(resource("volcengine", "i-a"), self.moved("volcengine_ecs_instance_state.old"),
                       provider='volcengine = { region = "cn-beijing" }')
        self.assertEqual(self.plan(code=2).changes, {A: "update"})
        self.apply()
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
        self.plan(code=0)

    def test_without_a_region(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.write_instance_state()
        self.configure(resource("volcengine", "i-a"), self.moved("volcengine_ecs_instance_state.old"))
        outcome = self.plan(code=1)
        self.assertEqual(len(outcome.errors), 1)
        self.assertIn('volcengine = { region = "..." }', outcome.errors[0]["detail"])
        self.apply("-refresh=false")
        self.assertEqual(self.state()[A]["id"], "volcengine/cn-beijing/i-a")
        self.plan(code=0)
        self.assertEqual(self.starts, {})

    def test_from_another_address(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"), instance("volcengine", "i-b", "RUNNING"))
        for text, target, attributes in (
                (resource("volcengine", "i-a"), A, {
                    **IDENTITY, "id": "volcengine/cn-beijing/i-a", "status": "running",
                    "provider_status": "RUNNING", "start_request_id": "", "timeouts": None}),
                (resource_set("volcengine", ["i-a", "i-b"]), S, {
                    "cloud": "volcengine", "region": "cn-beijing", "instance_ids": ["i-a", "i-b"],
                    "id": "volcengine/cn-beijing/0123456789abcdef", "timeouts": None,
                    "statuses": {"i-a": "running", "i-b": "running"}})):
            with self.subTest(target):
                type_name = target.split(".")[0]
                self.write_object(type_name, OTHER, attributes=attributes)
                self.configure(text, self.moved(f"{type_name}.old", target))
                self.assertEqual(self.plan(code=2).changes, {target: "move"})
                self.apply()
                self.assertEqual(self.state()[target]["id"], attributes["id"])
                self.plan(code=0)
                self.assertIn(SOURCE, self.state_file()["resources"][0]["provider"])
        self.assertEqual(self.starts, {})

    def test_what_can_t_be_moved(self):
        self.start_world(instance("volcengine", "i-a"))
        for target, text, attributes, says in (
                (A, resource("volcengine", "i-a"), {"action": "Stop"}, 'is "Stop"'),
                (S, resource_set("volcengine", ["i-a"]), {},
                 "volcengine_ecs_instance_state can't be moved to ensure_instances_running")):
            with self.subTest(says):
                self.write_instance_state(**attributes)
                self.configure(text, self.moved("volcengine_ecs_instance_state.old", target))
                outcome = self.plan(code=1)
                self.assertEqual(len(outcome.errors), 1)
                self.assertIn(says, outcome.errors[0]["summary"] + outcome.errors[0]["detail"])
        self.assertEqual(self.calls(), 0)


if __name__ == "__main__":
    main()

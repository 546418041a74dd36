# SPDX-License-Identifier: Apache-2.0
"""The service tfplugin6.Provider with an independent client: calls that Terraform 1.11 does not
make (metadata), invalid requests of a host, and the output of the process."""

import itertools
import json
import subprocess
import unittest

import grpc

from action_case import ActionCase, action_config
from case import BIN, KEYS, instance, surroundings
from provider import dynamic, pb, plain
from provider_case import SETTINGS

ERROR = pb.Diagnostic.ERROR
WARNING = pb.Diagnostic.WARNING


def resource_state(**more):
    return {"id": None, "cloud": "volcengine", "region": "cn-beijing", "instance_id": "i-a",
            "status": None, "provider_status": None, "start_request_id": None, "timeouts": None,
            **more}


class Protocol(ActionCase):
    # ---- GetMetadata, GetFunctions, unimplemented methods ---------------------------------------

    def test_metadata_and_functions(self):
        stub = self.start()
        reply = stub.GetMetadata(pb.GetMetadata.Request())
        self.assertEqual([one.type_name for one in reply.resources],
                         ["ensure_instance_running", "ensure_instances_running"])
        self.assertEqual([one.type_name for one in reply.data_sources],
                         ["ensure_instance", "ensure_instances", "ensure_plan"])
        self.assertEqual([one.type_name for one in reply.list_resources],
                         ["ensure_instance_running"])
        self.assertEqual([one.type_name for one in reply.actions], ["ensure_start"])
        self.assertTrue(reply.server_capabilities.plan_destroy)
        self.assertTrue(reply.server_capabilities.get_provider_schema_optional)
        self.assertEqual(stub.GetFunctions(pb.GetFunctions.Request()), pb.GetFunctions.Response())
        schema = stub.GetProviderSchema(pb.GetProviderSchema.Request())
        self.assertEqual(set(schema.action_schemas), {"ensure_start"})
        rows = {a.name for a in schema.action_schemas["ensure_start"].schema.block.attributes}
        self.assertEqual(rows, {"cloud", "region", "instance_ids", "timeout"})

    def test_unimplemented_methods(self):
        """A host takes only UNIMPLEMENTED for a feature that is not there; nothing is logged."""
        self.start()
        for method in ("CallFunction", "OpenEphemeralResource", "ReadStateBytes",
                       "NoSuchThing"):
            with self.assertRaises(grpc.RpcError) as caught:
                self.provider.raw(method)(b"")
            self.assertEqual(caught.exception.code(), grpc.StatusCode.UNIMPLEMENTED, method)
        provider = self.provider
        self.end()
        self.assertEqual(provider.stderr, b"")

    # ---- invalid requests -----------------------------------------------------------------------

    def test_malformed_values(self):
        """Each call that takes a value returns one diagnostic in its own reply."""
        stub = self.start(instance("volcengine", "i-a"))
        name = "ensure_instance_running"
        calls = [
            lambda v: stub.ValidateProviderConfig(pb.ValidateProviderConfig.Request(config=v)),
            lambda v: stub.ConfigureProvider(pb.ConfigureProvider.Request(config=v)),
            lambda v: stub.ValidateResourceConfig(
                pb.ValidateResourceConfig.Request(type_name=name, config=v)),
            lambda v: stub.ReadResource(
                pb.ReadResource.Request(type_name=name, current_state=v)),
            lambda v: stub.PlanResourceChange(pb.PlanResourceChange.Request(
                type_name=name, prior_state=dynamic(None), proposed_new_state=v, config=v)),
            lambda v: stub.ApplyResourceChange(pb.ApplyResourceChange.Request(
                type_name=name, prior_state=dynamic(None), planned_state=v, config=v)),
            lambda v: stub.ValidateDataResourceConfig(
                pb.ValidateDataResourceConfig.Request(type_name="ensure_plan", config=v)),
            lambda v: stub.ReadDataSource(
                pb.ReadDataSource.Request(type_name="ensure_plan", config=v)),
            lambda v: stub.ValidateListResourceConfig(
                pb.ValidateListResourceConfig.Request(type_name=name, config=v)),
            lambda v: stub.ValidateActionConfig(
                pb.ValidateActionConfig.Request(type_name="ensure_start", config=v)),
            lambda v: stub.PlanAction(
                pb.PlanAction.Request(action_type="ensure_start", config=v)),
        ]
        values = [b"\xc1", b"\xdd\xff\xff\xff\xff", b"\x91" * 40, b"\xa1\xff", b"\x80", b"\x01",
                  b"\xcb\x7f\xf8\0\0\0\0\0\0", dynamic({"color": "red"}).msgpack]
        for call, value in itertools.product(calls, values):
            reply = call(pb.DynamicValue(msgpack=value))
            self.assertEqual([d.severity for d in reply.diagnostics], [ERROR], value)
        reply = calls[3](pb.DynamicValue(json=b"{nonsense"))
        self.assertEqual(len(reply.diagnostics), 1)
        self.assertEqual(self.calls(), 0)

    def test_unknown_types(self):
        stub = self.start()
        value = dynamic(None)
        for reply in (
                stub.ReadResource(pb.ReadResource.Request(type_name="aws_instance",
                                                          current_state=value)),
                stub.ValidateResourceConfig(pb.ValidateResourceConfig.Request(
                    type_name="ensure_plan", config=value)),
                stub.PlanResourceChange(pb.PlanResourceChange.Request(type_name="")),
                stub.ApplyResourceChange(pb.ApplyResourceChange.Request(type_name="x")),
                stub.UpgradeResourceState(pb.UpgradeResourceState.Request(type_name="x")),
                stub.ImportResourceState(pb.ImportResourceState.Request(type_name="x", id="y")),
                stub.UpgradeResourceIdentity(pb.UpgradeResourceIdentity.Request(type_name="x")),
                stub.MoveResourceState(pb.MoveResourceState.Request(target_type_name="x")),
                stub.GenerateResourceConfig(pb.GenerateResourceConfig.Request(type_name="x")),
                stub.ReadDataSource(pb.ReadDataSource.Request(type_name="x")),
                stub.PlanAction(pb.PlanAction.Request(action_type="x"))):
            self.assertEqual(len(reply.diagnostics), 1, reply)
            self.assertIn("has no type", reply.diagnostics[0].summary)

    def test_invalid_environment_variables_are_a_warning_once(self):
        self.environment["ENSURE_LOG"] = "foo"
        self.environment["ENSURE_PROVIDER_PATH"] = "/nowhere/providers"
        stub = self.start(instance("volcengine", "i-a", "RUNNING"))
        request = pb.ReadResource.Request(type_name="ensure_instance_running",
                                          current_state=dynamic(resource_state()))
        diagnostics = stub.ReadResource(request).diagnostics
        self.assertEqual([d.severity for d in diagnostics], [WARNING, WARNING], diagnostics)
        self.assertIn("ENSURE_PROVIDER_PATH: can't search /nowhere/providers", diagnostics[0].detail)
        self.assertIn('ENSURE_LOG: "foo" is none of', diagnostics[1].detail)
        self.assertEqual(list(stub.ReadResource(request).diagnostics), [])

    def test_bad_import_id_is_one_error(self):
        stub = self.start()
        for name, form in (("ensure_instance_running", "cloud/region/instance-id:"),
                           ("ensure_instances_running", "cloud/region/instance-id,instance-id,...:")):
            for text in ("i-a", "volcengine/cn-beijing", "aws/us-east-1/i-a", "a/b/c/d", ""):
                reply = stub.ImportResourceState(
                    pb.ImportResourceState.Request(type_name=name, id=text))
                self.assertEqual(len(reply.diagnostics), 1, reply)
                self.assertEqual(reply.diagnostics[0].summary, "The import id can't be read")
                self.assertIn(form, reply.diagnostics[0].detail)
                self.assertEqual(len(reply.imported_resources), 0)

    def test_empty_settings_are_not_set(self):
        """Modules pass "" for settings that are not set."""
        stub = self.start(instance("volcengine", "i-a", "RUNNING"))
        role = dict.fromkeys(("role", "session_name", "policy"), "")
        cloud = {**dict.fromkeys(SETTINGS, ""),
                 "assume_role": {**role, "duration_seconds": None, "external_id": ""},
                 "assume_role_with_oidc": {**role, "duration_seconds": None, "provider": "",
                                           "token": "", "token_file": ""}}
        block = {"preflight": "", "volcengine": cloud, "alibaba": None, "baidu": None, "policy": None}
        reply = stub.ValidateProviderConfig(
            pb.ValidateProviderConfig.Request(config=dynamic(block)))
        self.assertEqual(list(reply.diagnostics), [])
        reply = stub.ConfigureProvider(pb.ConfigureProvider.Request(config=dynamic(block)))
        self.assertEqual(list(reply.diagnostics), [])
        state = resource_state()
        reply = stub.ReadResource(pb.ReadResource.Request(
            type_name="ensure_instance_running", current_state=dynamic(state)))
        self.assertEqual(list(reply.diagnostics), [])
        self.assertEqual(plain(reply.new_state)["status"], "running")

    def test_states_of_other_versions(self):
        stub = self.start()
        state = {"cloud": "baidu", "region": "bj", "instance_id": "i-a"}

        def upgrade(version, **raw):
            return stub.UpgradeResourceState(pb.UpgradeResourceState.Request(
                type_name="ensure_instance_running", version=version, raw_state=pb.RawState(**raw)))

        reply = upgrade(0, json=json.dumps(state).encode())
        self.assertEqual(plain(reply.upgraded_state), resource_state(**state))
        for reply in (upgrade(1, json=b"{}"), upgrade(0), upgrade(0, flatmap={"cloud": "baidu"}),
                      upgrade(0, json=b"["), upgrade(0, json=b'{"cloud": {}}')):
            self.assertEqual(len(reply.diagnostics), 1)
            self.assertFalse(reply.HasField("upgraded_state"))

    # ---- rules of the protocol ------------------------------------------------------------------

    def test_private_data_comes_back(self):
        stub = self.start(instance("volcengine", "i-a", "RUNNING"))
        state = resource_state(id="volcengine/cn-beijing/i-a", status="running",
                               provider_status="RUNNING", start_request_id="")
        reply = stub.ReadResource(pb.ReadResource.Request(
            type_name="ensure_instance_running", current_state=dynamic(state), private=b"\0\xff"))
        self.assertEqual((reply.private, plain(reply.new_state)), (b"\0\xff", state))
        reply = stub.PlanResourceChange(pb.PlanResourceChange.Request(
            type_name="ensure_instance_running", prior_state=dynamic(state),
            proposed_new_state=dynamic(state), config=dynamic(resource_state()),
            prior_private=b"\0\xff"))
        self.assertEqual((reply.planned_private, plain(reply.planned_state)), (b"\0\xff", state))

    def test_destroy_is_planned_and_applied_as_null(self):
        stub = self.start()
        state = dynamic(resource_state(id="volcengine/cn-beijing/i-a", status="running"))
        reply = stub.PlanResourceChange(pb.PlanResourceChange.Request(
            type_name="ensure_instance_running", prior_state=state,
            proposed_new_state=dynamic(None), config=dynamic(None)))
        self.assertIsNone(plain(reply.planned_state))
        self.assertEqual([d.severity for d in reply.diagnostics], [WARNING])
        reply = stub.ApplyResourceChange(pb.ApplyResourceChange.Request(
            type_name="ensure_instance_running", prior_state=state, planned_state=dynamic(None),
            config=dynamic(None)))
        self.assertIsNone(plain(reply.new_state))
        self.assertEqual(list(reply.diagnostics), [])
        self.assertEqual(self.calls(), 0)

    def test_failed_read_returns_the_state_unchanged(self):
        stub = self.start(instance("volcengine", "i-a", "RUNNING"))
        self.set_faults("html:404,cloud=volcengine")
        state = dynamic(resource_state(status="running", provider_status="RUNNING"))
        reply = stub.ReadResource(pb.ReadResource.Request(
            type_name="ensure_instance_running", current_state=state))
        self.assertEqual(reply.new_state, state)
        self.assertEqual([d.severity for d in reply.diagnostics], [ERROR])

    def test_schema_call_is_optional(self):
        """Other calls work without it; a second configuration replaces the first."""
        stub = self.start(instance("volcengine", "i-a", flags=["stock"]))
        create = pb.PlanResourceChange.Request(
            type_name="ensure_instance_running", prior_state=dynamic(None),
            proposed_new_state=dynamic(resource_state()), config=dynamic(resource_state()))
        self.assertEqual([d.severity for d in stub.PlanResourceChange(create).diagnostics], [ERROR])
        block = {"preflight": "off", "volcengine": None, "alibaba": None, "baidu": None, "policy": None}
        stub.ConfigureProvider(pb.ConfigureProvider.Request(config=dynamic(block)))
        self.assertEqual(list(stub.PlanResourceChange(create).diagnostics), [])

    def test_invalid_utf8_from_a_cloud(self):
        stub = self.start(instance("alibaba", "i-a", shows="Stra\u00dfe\u0301\u202e"))
        config = {"cloud": "alibaba", "region": "cn-hangzhou", "instance_id": "i-a",
                  "status": None, "provider_status": None}
        reply = stub.ReadDataSource(pb.ReadDataSource.Request(
            type_name="ensure_instance", config=dynamic(config)))
        self.assertEqual(plain(reply.state)["status"], "unknown")
        self.set_faults("xml:400,cloud=alibaba", "garbage,cloud=alibaba")
        reply = stub.ReadDataSource(pb.ReadDataSource.Request(
            type_name="ensure_instance", config=dynamic(config)))
        self.assertEqual([d.severity for d in reply.diagnostics], [ERROR])

    def test_logs_are_json_and_contain_no_key(self):
        self.environment["ENSURE_LOG"] = "trace"
        stub = self.start(instance("volcengine", "i-a", flags=["permission"]))
        self.invoke(stub, action_config(["i-a"]))
        provider = self.provider
        self.end()
        self.assertGreater(len(provider.stderr.splitlines()), 3)
        for _, secret in KEYS.values():
            self.assertNotIn(secret.encode(), provider.stderr)

    def test_started_without_a_host(self):
        done = subprocess.run([BIN / "terraform-provider-ensure"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False,
                              env=dict(surroundings.SAFE))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("plugin", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

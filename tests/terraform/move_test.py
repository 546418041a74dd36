# SPDX-License-Identifier: Apache-2.0
"""States that become those of this provider (MoveResourceState), and configurations that are made
from states (GenerateResourceConfig), with a client that behaves as Terraform's core (core.py)."""

import json
import unittest

from case import instance
from core import IDENTITY, SET, SINGLE, CoreCase, Refused
from provider import dynamic, pb, plain
from provider_case import cloud_settings

OURS = "registry.example.com/ensure/ensure"
VOLCENGINE = "registry.terraform.io/volcengine/volcengine"
STATE_TYPE = "volcengine_ecs_instance_state"
STATE = {"id": "state:i-a", "action": "Start", "instance_id": "i-a", "status": "RUNNING",
         "stopped_mode": "", "timeouts": None}
REGION_BLOCK = {"volcengine": cloud_settings(region="cn-beijing")}


class Move(CoreCase):
    def test_is_announced(self):
        stub = self.start(configure=False)
        for reply in (stub.GetProviderSchema(pb.GetProviderSchema.Request()),
                      stub.GetMetadata(pb.GetMetadata.Request())):
            self.assertTrue(reply.server_capabilities.move_resource_state)
            self.assertTrue(reply.server_capabilities.generate_resource_config)

    def test_from_volcengine(self):
        """Before ConfigureProvider; the next read fills what the state does not have."""
        self.start(instance("volcengine", "i-a", "RUNNING"), configure=False)
        core = self.core()
        core.moved(VOLCENGINE, STATE_TYPE, STATE, private=b"of another provider")
        self.assertEqual(core.state, core.config(cloud="volcengine", instance_id="i-a"))
        self.assertEqual((core.identity, core.private), (None, b""))

        self.configure_provider(REGION_BLOCK)
        core.upgrade()
        core.refresh()
        self.assertEqual((core.identity, core.state["status"]), (IDENTITY, "running"))
        self.assertEqual((core.state["id"], core.state["start_request_id"]),
                         ("volcengine/cn-beijing/i-a", ""))
        self.assertEqual(core.plan(core.config(cloud="volcengine", instance_id="i-a")).action,
                         "no-op")
        self.assertEqual(core.plan(core.config(**IDENTITY)).action, "no-op")
        self.assertEqual(self.starts, {})

    def test_without_a_refresh(self):
        """A state that was never read is updated, not replaced."""
        self.start(instance("volcengine", "i-a", "RUNNING"))
        core = self.core()
        core.moved(VOLCENGINE, STATE_TYPE, STATE)
        plan = self.applied(core, **IDENTITY)
        self.assertEqual(plan.action, "update")
        self.assertEqual((core.identity, core.state["status"]), (IDENTITY, "running"))
        self.assertEqual(core.state["id"], "volcengine/cn-beijing/i-a")
        self.assertEqual(self.starts, {})

    def test_region_that_is_not_set(self):
        self.start(instance("volcengine", "i-a", "RUNNING"))
        core = self.core()
        core.moved(VOLCENGINE, STATE_TYPE, STATE)
        with self.assertRaises(Refused) as caught:
            core.refresh()
        self.assertEqual(len(caught.exception.errors), 1)
        self.assertIn('in the provider block: volcengine = { region = "..." }', str(caught.exception))
        self.assertEqual(self.calls(), 0)

    def test_from_another_address(self):
        self.start(instance("volcengine", "i-a", "RUNNING"), instance("volcengine", "i-b", "RUNNING"))
        for type_name, config in ((SINGLE, IDENTITY),
                                  (SET, {"cloud": "volcengine", "region": "cn-beijing",
                                         "instance_ids": ["i-a", "i-b"]})):
            with self.subTest(type_name):
                before = self.core(type_name)
                self.applied(before, **config)
                core = self.core(type_name)
                core.moved(OURS, type_name, before.state, private=b"kept", identity=before.identity)
                self.assertEqual((core.state, core.identity, core.private),
                                 (before.state, before.identity, b"kept"))
                core.refresh()
                self.assertEqual(core.plan(core.config(**config)).action, "no-op")

    def test_what_can_t_be_moved(self):
        self.start(configure=False)
        own = {**IDENTITY, "id": "volcengine/cn-beijing/i-a"}
        for target, provider, source, state, version, says in (
                (SINGLE, VOLCENGINE, STATE_TYPE, {**STATE, "action": "Stop"}, 0, 'is "Stop"'),
                (SINGLE, VOLCENGINE, STATE_TYPE, {**STATE, "action": "ForceStop"}, 0, 'is "ForceStop"'),
                (SINGLE, VOLCENGINE, STATE_TYPE, {"instance_id": "i-a"}, 0, 'is ""'),
                (SINGLE, VOLCENGINE, STATE_TYPE, {**STATE, "instance_id": None}, 0, "instance_id"),
                (SINGLE, VOLCENGINE, STATE_TYPE, {**STATE, "instance_id": "state:i-a"}, 0, "malformed"),
                (SINGLE, VOLCENGINE, STATE_TYPE, {**STATE, "instance_id": 7}, 0, "another type"),
                (SINGLE, VOLCENGINE, STATE_TYPE, STATE, 1, "version 1"),
                (SINGLE, VOLCENGINE, STATE_TYPE, [], 0, "not a JSON object"),
                (SET, VOLCENGINE, STATE_TYPE, STATE, 0, "can't be moved to ensure_instances_running"),
                (SINGLE, VOLCENGINE, "volcengine_ecs_instance", STATE, 0, "volcengine_ecs_instance can't"),
                (SINGLE, "registry.terraform.io/hashicorp/aws", "aws_ec2_instance_state", {}, 0,
                 "of the provider registry.terraform.io/hashicorp/aws"),
                (SINGLE, "registry.terraform.io/x/other", STATE_TYPE, STATE, 0, "can't be moved"),
                (SET, OURS, SINGLE, own, 0, "can't be moved to ensure_instances_running"),
                (SINGLE, OURS, SET, {}, 0, "can't be moved to ensure_instance_running"),
                (SINGLE, OURS, SINGLE, own, 1, "version 1"),
                (SINGLE, OURS, SINGLE, {**own, "color": "red"}, 0, "color"),
                (SINGLE, "", "", {}, 0, "can't be moved")):
            with self.subTest(f"{source} of {provider}, {says}"):
                core = self.core(target)
                with self.assertRaises(Refused) as caught:
                    core.moved(provider, source, state, version=version)
                self.assertEqual(len(caught.exception.errors), 1)
                self.assertIn(says, str(caught.exception))
        self.assertEqual(self.calls(), 0)

    def test_malformed_requests(self):
        stub = self.start(configure=False)
        for source in ({}, {"source_state": pb.RawState(flatmap={"instance_id": "i-a"})},
                       {"source_state": pb.RawState(json=b"{")},
                       {"source_state": pb.RawState(json=b"[" * 100_000)}):
            reply = stub.MoveResourceState(pb.MoveResourceState.Request(
                source_provider_address=VOLCENGINE, source_type_name=STATE_TYPE,
                target_type_name=SINGLE, **source))
            self.assertEqual([one.severity for one in reply.diagnostics], [pb.Diagnostic.ERROR])
            self.assertFalse(reply.HasField("target_state"))


class Generate(CoreCase):
    def generate(self, type_name, state):
        reply = self.provider.stub.GenerateResourceConfig(pb.GenerateResourceConfig.Request(
            type_name=type_name, state=dynamic(state)))
        self.assertEqual(list(reply.diagnostics), [])
        return plain(reply.config)

    def test_what_a_user_can_write(self):
        self.start(instance("volcengine", "i-a"), instance("volcengine", "i-b"))
        for type_name, ids in ((SINGLE, {"instance_id": "i-a"}),
                               (SET, {"instance_ids": ["i-a", "i-b"]})):
            with self.subTest(type_name):
                core = self.core(type_name)
                text = "volcengine/cn-beijing/" + ",".join(
                    ids.get("instance_ids") or [ids["instance_id"]])
                core.imported(id=text)
                config = self.generate(type_name, {**core.state, "timeouts": {
                    "create": "5m", "update": None}})
                self.assertEqual(config, core.config(cloud="volcengine", region="cn-beijing", **ids))
                self.assertEqual(self.applied(core, **config).action, "update")
                self.assertEqual(core.plan(config).action, "no-op")

    def test_of_nothing(self):
        stub = self.start()
        self.assertIsNone(self.generate(SINGLE, None))
        for state in (b"\xc1", dynamic({"color": "red"}).msgpack):
            reply = stub.GenerateResourceConfig(pb.GenerateResourceConfig.Request(
                type_name=SINGLE, state=pb.DynamicValue(msgpack=state)))
            self.assertEqual([one.severity for one in reply.diagnostics], [pb.Diagnostic.ERROR])
        reply = stub.GenerateResourceConfig(pb.GenerateResourceConfig.Request(
            type_name=SINGLE, state=pb.DynamicValue(json=json.dumps(IDENTITY).encode())))
        self.assertEqual(plain(reply.config)["cloud"], "volcengine")


if __name__ == "__main__":
    unittest.main(verbosity=2)

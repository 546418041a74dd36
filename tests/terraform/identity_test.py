# SPDX-License-Identifier: Apache-2.0
"""The identity of ensure_instance_running, with a client that behaves as Terraform's core (core.py):
in each step, by import, and from state files."""

import json
import unittest

from case import instance
from core import IDENTITY, IDS, SET, SINGLE, CoreCase, Refused
from provider import UNKNOWN, dynamic, pb, plain
from provider_case import cloud_settings


class Identity(CoreCase):
    def test_schema(self):
        stub = self.start()
        reply = stub.GetResourceIdentitySchemas(pb.GetResourceIdentitySchemas.Request())
        self.assertEqual(list(reply.identity_schemas), [SINGLE])
        schema = reply.identity_schemas[SINGLE]
        self.assertEqual(schema.version, 0)
        self.assertEqual([(one.name, one.type, one.required_for_import, one.optional_for_import)
                          for one in schema.identity_attributes],
                         [(name, b'"string"', True, False) for name in IDENTITY])
        self.assertTrue(all(one.description for one in schema.identity_attributes))

    def test_in_every_step(self):
        self.start(instance("volcengine", "i-a"), instance("volcengine", "i-b"))
        core = self.core()
        plan = self.applied(core, **IDENTITY)
        self.assertEqual(core.identity_of(plan.identity), IDENTITY)
        self.assertEqual(core.identity, IDENTITY)
        core.refresh()
        self.assertEqual(core.identity, IDENTITY)
        self.set_instance("volcengine", "i-a", status="STOPPED")
        core.refresh()
        self.assertEqual((core.state["status"], core.identity), ("stopped", IDENTITY))
        self.assertEqual(self.applied(core, **IDENTITY).action, "update")
        self.assertEqual(core.identity, IDENTITY)
        self.assertEqual(self.applied(core, **{**IDENTITY, "instance_id": "i-b"}).action, "replace")
        self.assertEqual(core.identity, {**IDENTITY, "instance_id": "i-b"})
        core.apply(None, core.plan(None))
        self.assertEqual((core.state, core.identity), (None, None))

    def test_none_while_a_part_is_unknown(self):
        self.start(config={"volcengine": cloud_settings(region=UNKNOWN)})
        core = self.core()
        for unknown in (IDENTITY["instance_id"], UNKNOWN):
            plan = core.plan(core.config(cloud="volcengine", instance_id=unknown))
            self.assertIsNone(plan.identity)

    def test_state_without_identity_gets_it_at_the_next_read(self):
        self.start(instance("volcengine", "i-a", "RUNNING"))
        core = self.core()
        self.applied(core, **IDENTITY)
        core.identity = None
        core.upgrade()
        core.refresh()
        self.assertEqual(core.identity, IDENTITY)

    def test_of_what_failed_or_vanished(self):
        self.start(instance("volcengine", "i-a", "RUNNING"))
        core = self.core()
        self.applied(core, **IDENTITY)
        self.set_instance("volcengine", "i-a", status="STOPPED", flags=["stock@real"])
        core.refresh()
        with self.assertRaisesRegex(Refused, "no_capacity"):
            self.applied(core, **IDENTITY)
        self.assertEqual((core.state["status"], core.identity), ("stopped", IDENTITY))
        self.set_faults("html:404,cloud=volcengine")
        with self.assertRaises(Refused):
            core.refresh()
        self.set_faults()
        self.set_instance("volcengine", "i-a", deleted=True)
        core.refresh()
        self.assertEqual((core.state, core.identity), (None, None))

    def test_create_that_fails_has_none(self):
        self.start(instance("volcengine", "i-a", flags=["stock@real"]))
        core = self.core()
        with self.assertRaisesRegex(Refused, "no_capacity"):
            self.applied(core, **IDENTITY)
        self.assertEqual((core.state, core.identity), (None, None))

    def test_sets_have_none(self):
        self.start(instance("volcengine", "i-a"))
        core = self.core(SET)
        plan = self.applied(core, **IDS, instance_ids=["i-a"])
        self.assertEqual((plan.identity, core.identity), (None, None))
        core.refresh()
        with self.assertRaisesRegex(Refused, "ensure_instances_running has no identity"):
            core.imported(identity=IDENTITY)

    def test_import(self):
        self.start(instance("volcengine", "i-a"), instance("alibaba", "i-b", "Running"))
        for request in ({"identity": IDENTITY}, {"id": "volcengine/cn-beijing/i-a"}):
            with self.subTest(request):
                core = self.core()
                reply = core.imported(**request)
                self.assertEqual(plain(reply.imported_resources[0].state),
                                 core.config(**IDENTITY, id="volcengine/cn-beijing/i-a"))
                self.assertEqual((core.identity, core.state["status"]), (IDENTITY, "stopped"))

    def test_wrong_identities(self):
        stub = self.start()
        for identity, says in (
                ({**IDENTITY, "cloud": "aws"}, "aws"),
                ({**IDENTITY, "region": "CN"}, "region"),
                ({**IDENTITY, "instance_id": "a"}, "instance_id"),
                ({**IDENTITY, "instance_id": "i-a,i-b"}, "instance_id"),
                ({**IDENTITY, "region": None}, "The identity has no region"),
                ({**IDENTITY, "region": UNKNOWN}, "The identity has no region"),
                ({**IDENTITY, "region": 7}, "region is of another type"),
                ({"cloud": "volcengine"}, "an object of 3 attributes"),
                ({**IDENTITY, "more": "x"}, "an object of 3 attributes"),
                (None, "The identity has no cloud")):
            with self.subTest(identity):
                reply = stub.ImportResourceState(pb.ImportResourceState.Request(
                    type_name=SINGLE, identity=pb.ResourceIdentityData(
                        identity_data=dynamic(identity))))
                self.assertEqual(len(reply.diagnostics), 1, reply)
                self.assertIn(says, reply.diagnostics[0].summary + reply.diagnostics[0].detail)
                self.assertEqual(len(reply.imported_resources), 0)
        self.assertEqual(self.calls(), 0)

    def test_upgrade(self):
        stub = self.start()

        def upgrade(version, type_name=SINGLE, **raw):
            return stub.UpgradeResourceIdentity(pb.UpgradeResourceIdentity.Request(
                type_name=type_name, version=version, raw_identity=pb.RawState(**raw)))

        good = json.dumps(IDENTITY).encode()
        reply = upgrade(0, json=good)
        self.assertEqual(list(reply.diagnostics), [])
        self.assertEqual(plain(reply.upgraded_identity.identity_data), IDENTITY)
        for reply, says in ((upgrade(1, json=good), "version 1"), (upgrade(0), "no JSON"),
                            (upgrade(0, flatmap={"cloud": "baidu"}), "no JSON"),
                            (upgrade(0, json=b"["), "the identity is not JSON"),
                            (upgrade(0, json=b'{"color": 1}'), "color"),
                            (upgrade(0, json=b'{"cloud": "baidu"}'), "no region"),
                            (upgrade(0, SET, json=good), "has no identity")):
            self.assertEqual(len(reply.diagnostics), 1, reply)
            self.assertIn(says, reply.diagnostics[0].summary + reply.diagnostics[0].detail)
            self.assertFalse(reply.HasField("upgraded_identity"))


if __name__ == "__main__":
    unittest.main(verbosity=2)

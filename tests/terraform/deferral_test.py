# SPDX-License-Identifier: Apache-2.0
"""Deferrals: a host that accepts them gets one for what is not known yet, any other host never."""

import unittest

from case import instance
from core import IDENTITY, IDS, SET, SINGLE, CoreCase, errors, warnings
from provider import UNKNOWN, dynamic, pb, plain
from provider_case import cloud_settings

RESOURCE_UNKNOWN = pb.Deferred.RESOURCE_CONFIG_UNKNOWN
PROVIDER_UNKNOWN = pb.Deferred.PROVIDER_CONFIG_UNKNOWN
LATE_KEYS = {"volcengine": cloud_settings(access_key=UNKNOWN, secret_key=UNKNOWN)}
LATE_ROLE = {"volcengine": cloud_settings(assume_role={
    **dict.fromkeys(("session_name", "duration_seconds", "policy", "external_id")),
    "role": UNKNOWN})}
LATE_REGION = {"volcengine": cloud_settings(region=UNKNOWN)}
LATE_OTHER = {"baidu": cloud_settings(access_key=UNKNOWN), "volcengine": UNKNOWN}
LATE_BAIDU = {"baidu": UNKNOWN}
LATE_PREFLIGHT = {"preflight": UNKNOWN}
NO_GUARDS = dict.fromkeys(("max_starts", "allow", "deny", "min_confidence", "audit_required"))
LATE_POLICY = {"policy": {**NO_GUARDS, "max_starts": UNKNOWN}}
LATE_PATTERN = {"policy": {**NO_GUARDS, "deny": ["alibaba/*/*", UNKNOWN]}}
RUNNING = {**IDENTITY, "id": "volcengine/cn-beijing/i-a", "status": "running",
           "provider_status": "RUNNING", "start_request_id": "", "timeouts": None}


def deferral(reply):
    return reply.deferred.reason if reply.HasField("deferred") else None


class Deferral(CoreCase):
    # provider block, type, configuration, reason of the deferral
    CASES = [
        ({}, SINGLE, IDENTITY, None),
        ({}, SINGLE, {**IDENTITY, "instance_id": UNKNOWN}, RESOURCE_UNKNOWN),
        ({}, SINGLE, {**IDENTITY, "region": UNKNOWN}, RESOURCE_UNKNOWN),
        ({}, SINGLE, {**IDENTITY, "cloud": UNKNOWN}, RESOURCE_UNKNOWN),
        ({}, SET, {**IDS, "instance_ids": ["i-a", UNKNOWN]}, RESOURCE_UNKNOWN),
        ({}, SET, {**IDS, "instance_ids": UNKNOWN}, RESOURCE_UNKNOWN),
        (LATE_KEYS, SINGLE, IDENTITY, PROVIDER_UNKNOWN),
        (LATE_ROLE, SINGLE, IDENTITY, PROVIDER_UNKNOWN),
        (LATE_KEYS, SET, {**IDS, "instance_ids": ["i-a"]}, PROVIDER_UNKNOWN),
        (LATE_KEYS, SINGLE, {**IDENTITY, "instance_id": UNKNOWN}, PROVIDER_UNKNOWN),
        (LATE_REGION, SINGLE, {"cloud": "volcengine", "instance_id": "i-a"}, PROVIDER_UNKNOWN),
        (LATE_OTHER, SINGLE, IDENTITY, PROVIDER_UNKNOWN),
        (LATE_BAIDU, SINGLE, IDENTITY, None),
        (LATE_PREFLIGHT, SINGLE, IDENTITY, PROVIDER_UNKNOWN),
        (LATE_POLICY, SINGLE, IDENTITY, PROVIDER_UNKNOWN),
        (LATE_PATTERN, SINGLE, IDENTITY, PROVIDER_UNKNOWN),
    ]

    def test_plans(self):
        self.start(instance("volcengine", "i-a"))
        for block, type_name, config, reason in self.CASES:
            with self.subTest(f"{block} {config}"):
                self.assertEqual(self.configure_provider(block, deferral_allowed=True), [])
                self.reset_ledger()
                core = self.core(type_name, deferral_allowed=True)
                plan = core.plan(core.config(**config))
                self.assertEqual((plan.deferred, plan.warnings), (reason, []))
                self.assertEqual(self.calls() == 0, reason is not None)

    def test_plans_of_hosts_that_do_not_accept_them(self):
        """The client fails on an unexpected deferral."""
        self.start(instance("volcengine", "i-a"))
        for block, type_name, config, _ in self.CASES:
            with self.subTest(f"{block} {config}"):
                warned = self.configure_provider(block)
                late = block in (LATE_PREFLIGHT, LATE_POLICY, LATE_PATTERN)
                self.assertEqual(len(warned), 1 if late else 0)
                core = self.core(type_name)
                self.assertIsNone(core.plan(core.config(**config)).deferred)

    def test_a_block_that_is_unknown_as_a_whole(self):
        stub = self.start(instance("volcengine", "i-a"))
        reply = stub.ConfigureProvider(pb.ConfigureProvider.Request(
            config=dynamic(UNKNOWN),
            client_capabilities=pb.ClientCapabilities(deferral_allowed=True)))
        self.assertEqual(list(reply.diagnostics), [])
        core = self.core(deferral_allowed=True)
        self.assertEqual(core.plan(core.config(**IDENTITY)).deferred, PROVIDER_UNKNOWN)
        self.assertEqual(self.calls(), 0)

    def test_reads(self):
        stub = self.start(instance("volcengine", "i-a"))
        for allowed in (True, False):
            for block, state in ((LATE_KEYS, RUNNING),
                                 (LATE_REGION, {**RUNNING, "region": None, "id": None})):
                with self.subTest(f"{allowed} {state}"):
                    self.configure_provider(block)
                    reply = stub.ReadResource(pb.ReadResource.Request(
                        type_name=SINGLE, current_state=dynamic(state), private=b"kept",
                        client_capabilities=pb.ClientCapabilities(deferral_allowed=allowed)))
                    self.assertEqual(deferral(reply), PROVIDER_UNKNOWN if allowed else None)
                    self.assertEqual(plain(reply.new_state), state)
                    self.assertEqual(reply.private, b"kept")
                    self.assertEqual(reply.HasField("new_identity"), state["region"] is not None)
                    self.assertEqual([one.summary for one in warnings(reply)],
                                     [] if allowed else ["Not refreshed"])
        self.assertEqual(self.calls(), 0)

    def test_a_replacement(self):
        self.start(instance("volcengine", "i-a", "RUNNING"))
        core = self.core(deferral_allowed=True)
        self.applied(core, **IDENTITY)
        plan = core.plan(core.config(**{**IDENTITY, "instance_id": UNKNOWN}))
        self.assertEqual((plan.action, plan.deferred), ("replace", RESOURCE_UNKNOWN))

    def test_a_destroy_is_never_deferred(self):
        self.start(instance("volcengine", "i-a", "RUNNING"))
        core = self.core(deferral_allowed=True)
        self.applied(core, **IDENTITY)
        self.configure_provider(LATE_KEYS, deferral_allowed=True)
        self.assertIsNone(core.plan(None).deferred)

    def test_data_sources(self):
        stub = self.start(instance("volcengine", "i-a"))
        computed = {"status": None, "provider_status": None}
        for block, config, reason in (
                ({}, IDENTITY, None), (LATE_KEYS, IDENTITY, PROVIDER_UNKNOWN),
                (LATE_PREFLIGHT, IDENTITY, None),
                ({}, {**IDENTITY, "instance_id": UNKNOWN}, RESOURCE_UNKNOWN)):
            for allowed in (True, False):
                with self.subTest(f"{block} {config} {allowed}"):
                    self.configure_provider(block, deferral_allowed=True)
                    reply = stub.ReadDataSource(pb.ReadDataSource.Request(
                        type_name="ensure_instance", config=dynamic({**config, **computed}),
                        client_capabilities=pb.ClientCapabilities(deferral_allowed=allowed)))
                    self.assertEqual(deferral(reply), reason if allowed else None)
                    self.assertEqual(len(errors(reply)), 0 if allowed or reason is None else 1)
                    if allowed and reason is not None:
                        self.assertEqual(plain(reply.state), {
                            **config, "status": UNKNOWN, "provider_status": UNKNOWN})

    def test_actions(self):
        stub = self.start(instance("volcengine", "i-a"))
        for block, config, reason in (
                ({}, {**IDS, "instance_ids": ["i-a"]}, None),
                ({}, {**IDS, "instance_ids": UNKNOWN}, RESOURCE_UNKNOWN),
                (LATE_KEYS, {**IDS, "instance_ids": ["i-a"]}, PROVIDER_UNKNOWN)):
            for allowed in (True, False):
                with self.subTest(f"{block} {config} {allowed}"):
                    self.configure_provider(block, deferral_allowed=True)
                    reply = stub.PlanAction(pb.PlanAction.Request(
                        action_type="ensure_start", config=dynamic({**config, "timeout": None}),
                        client_capabilities=pb.ClientCapabilities(deferral_allowed=allowed)))
                    self.assertEqual(deferral(reply), reason if allowed else None)
                    self.assertEqual(list(reply.diagnostics), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

# SPDX-License-Identifier: Apache-2.0
"""Base class of the tests that call the provider with an independent gRPC client, without a host."""

import json

from case import BIN, Case
from provider import Provider, dynamic, pb


def action_config(ids, **more):
    return {"cloud": "volcengine", "region": "cn-beijing", "instance_ids": ids, "timeout": None,
            **more}


def resource_state(**more):
    return {"id": None, "cloud": "volcengine", "region": "cn-beijing", "instance_id": "i-a",
            "status": None, "provider_status": None, "start_request_id": None, "timeouts": None,
            **more}


class RawCase(Case):
    def setUp(self):
        super().setUp()
        self.provider = None

    def start(self, *instances, config=None, accounts=None, options=()):
        """Starts an emulator and a provider, and configures it as by a provider block."""
        self.start_world(*instances, accounts=accounts, options=options)
        self.provider = Provider(str(BIN / "terraform-provider-ensure"), self.environment)
        self.addCleanup(self.end)
        block = {"preflight": None, "volcengine": None, "alibaba": None, "baidu": None,
                 **(config or {})}
        reply = self.provider.stub.ConfigureProvider(
            pb.ConfigureProvider.Request(terraform_version="1.14.0", config=dynamic(block)))
        self.assertEqual(list(reply.diagnostics), [])
        return self.provider.stub

    def end(self):
        """Shuts the provider down; asserts that stdout has only the handshake, stderr only JSON
        lines."""
        if self.provider is None:
            return
        self.assertEqual(self.provider.shut_down(), 0, self.provider.stderr)
        self.assertEqual(self.provider.process.stdout.read(), b"")
        for line in self.provider.stderr.splitlines():
            record = json.loads(line)
            self.assertIn(record["@level"], ("trace", "debug", "info", "warn", "error"))
            self.assertIsInstance(record["@message"], str)
            self.assertRegex(record["@timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.provider.__exit__()
        self.provider = None

    def invoke(self, stub, config):
        """Invokes the action; returns its progress messages and diagnostics."""
        events = list(stub.InvokeAction(pb.InvokeAction.Request(
            action_type="ensure_start", config=dynamic(config))))
        kinds = [event.WhichOneof("type") for event in events]
        self.assertEqual(kinds, ["progress"] * (len(events) - 1) + ["completed"])
        return [e.progress.message for e in events[:-1]], list(events[-1].completed.diagnostics)

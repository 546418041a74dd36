# SPDX-License-Identifier: Apache-2.0
"""Base class of the tests that invoke the action ensure_start without Terraform."""

from provider import dynamic, pb
from provider_case import ProviderCase


def action_config(ids, **more):
    return {"cloud": "volcengine", "region": "cn-beijing", "instance_ids": ids, "timeout": None,
            **more}


class ActionCase(ProviderCase):
    def invoke(self, stub, config):
        """Invokes the action; returns its progress messages and diagnostics."""
        events = list(stub.InvokeAction(pb.InvokeAction.Request(
            action_type="ensure_start", config=dynamic(config))))
        kinds = [event.WhichOneof("type") for event in events]
        self.assertEqual(kinds, ["progress"] * (len(events) - 1) + ["completed"])
        return [e.progress.message for e in events[:-1]], list(events[-1].completed.diagnostics)

# SPDX-License-Identifier: Apache-2.0
"""A client that plans and applies one resource as Terraform's core does, from 1.12 to 1.17, and that
complains where core would: about plans that do not fit the configuration, identities that do not fit
their schema, values that change after they were planned, deferrals that were not allowed."""

import json

from provider import UNKNOWN, dynamic, pb, plain
from provider_case import ProviderCase

SINGLE = "ensure_instance_running"
SET = "ensure_instances_running"
IDENTITY = {"cloud": "volcengine", "region": "cn-beijing", "instance_id": "i-a"}
IDS = {"cloud": "volcengine", "region": "cn-beijing"}

def known(value):
    if isinstance(value, dict):
        return all(known(one) for one in value.values())
    if isinstance(value, list):
        return all(known(one) for one in value)
    return value is not UNKNOWN


def diagnostics(reply, severity):
    return [one for one in reply.diagnostics if one.severity == severity]


def errors(reply):
    return diagnostics(reply, pb.Diagnostic.ERROR)


def warnings(reply):
    return diagnostics(reply, pb.Diagnostic.WARNING)


class Refused(Exception):
    """The provider answered with errors."""

    def __init__(self, reply):
        super().__init__("\n".join(f"{one.summary}: {one.detail}" for one in errors(reply)))
        self.errors = errors(reply)


class Plan:
    """A planned change of the resource, as a plan file holds it."""

    def __init__(self, action, prior, reply):
        self.action = action
        self.prior = prior
        self.planned = plain(reply.planned_state)
        self.private = reply.planned_private
        self.identity = reply.planned_identity if reply.HasField("planned_identity") else None
        self.deferred = reply.deferred.reason if reply.HasField("deferred") else None
        self.warnings = warnings(reply)


class Core:
    """state, identity (a dict) and private are what the state file holds; None: no resource."""

    def __init__(self, stub, type_name, **capabilities):
        self.stub = stub
        self.type = type_name
        self.capabilities = pb.ClientCapabilities(write_only_attributes_allowed=True, **capabilities)
        block = stub.GetProviderSchema(pb.GetProviderSchema.Request()).resource_schemas[type_name].block
        self.computed = {one.name for one in block.attributes if one.computed}
        self.names = [one.name for one in block.attributes] + [one.type_name for one in block.block_types]
        identities = stub.GetResourceIdentitySchemas(
            pb.GetResourceIdentitySchemas.Request()).identity_schemas
        self.identity_names = ([one.name for one in identities[type_name].identity_attributes]
                               if type_name in identities else None)
        self.state = None
        self.identity = None
        self.private = b""

    def config(self, **values):
        return {**dict.fromkeys(self.names), **values}

    # ---- core's checks --------------------------------------------------------------------------

    def identity_of(self, wire):
        """Checks an identity of a reply; returns it. Core takes unknown values in the plan of a create,
        but "show -json" of Terraform 1.14 and 1.15 fails at them."""
        value = plain(wire.identity_data) if wire is not None and wire.HasField("identity_data") else None
        if value is None:
            return None
        assert self.identity_names is not None, "an identity without an identity schema"
        assert sorted(value) == sorted(self.identity_names), value
        assert all(isinstance(one, str) for one in value.values()), value
        return value

    def check_planned(self, prior, config, planned):
        assert (config is None) == (planned is None)
        for name in self.names if config is not None else ():
            if name in self.computed and config[name] is None:
                continue
            before = prior[name] if prior else None
            assert planned[name] == config[name] or (
                before is not None and config[name] is not None and planned[name] == before), name

    def check_deferral(self, reply):
        if reply.HasField("deferred"):
            assert self.capabilities.deferral_allowed, "an unexpected deferral"

    @staticmethod
    def check_follows(first, second):
        """Values that were known in the first stay as they are."""
        for name, value in first.items():
            if known(value):
                assert second[name] == value, f"{name} was {value} and became {second[name]}"

    # ---- core's steps ---------------------------------------------------------------------------

    def wire_identity(self):
        return None if self.identity is None else pb.ResourceIdentityData(
            identity_data=dynamic(self.identity))

    def upgrade(self):
        """Passes the state through its JSON, as at the beginning of every walk."""
        reply = self.stub.UpgradeResourceState(pb.UpgradeResourceState.Request(
            type_name=self.type, version=0,
            raw_state=pb.RawState(json=json.dumps(self.state).encode())))
        if errors(reply):
            raise Refused(reply)
        self.state = plain(reply.upgraded_state)

    def refresh(self):
        """Reads the state; returns the reply."""
        reply = self.stub.ReadResource(pb.ReadResource.Request(
            type_name=self.type, current_state=dynamic(self.state), private=self.private,
            client_capabilities=self.capabilities, current_identity=self.wire_identity()))
        self.check_deferral(reply)
        if errors(reply):
            raise Refused(reply)
        state = plain(reply.new_state)
        assert known(state) or reply.HasField("deferred")
        identity = reply.new_identity if reply.HasField("new_identity") else None
        self.identity = self.identity_of(identity)
        self.state = state
        self.private = reply.private
        return reply

    def proposed(self, prior, config):
        """Core's proposed state: the configuration, and prior values of what is computed."""
        if config is None:
            return None
        return {name: (prior[name] if prior else None)
                if name in self.computed and config[name] is None else config[name]
                for name in self.names}

    def ask_plan(self, prior, config, prior_private, prior_identity, planned_private):
        return self.stub.PlanResourceChange(pb.PlanResourceChange.Request(
            type_name=self.type, prior_state=dynamic(prior),
            proposed_new_state=dynamic(self.proposed(prior, config)), config=dynamic(config),
            prior_private=prior_private, client_capabilities=self.capabilities,
            prior_identity=prior_identity, planned_private=planned_private))

    def plan(self, config, before=None):
        """Plans a change to config (None: a destroy). before: the plan of the plan phase, in the
        apply phase."""
        stored = before.private if before and self.capabilities.store_planned_private else b""
        prior = self.state
        reply = self.ask_plan(prior, config, self.private, self.wire_identity(), stored)
        replaces = [path.steps[0].attribute_name for path in reply.requires_replace]
        self.check_deferral(reply)
        if errors(reply):
            raise Refused(reply)
        planned = plain(reply.planned_state)
        if not reply.HasField("deferred"):
            self.check_planned(prior, config, planned)
        replaced = prior is not None and planned is not None and any(
            planned[name] is UNKNOWN or planned[name] != prior[name] for name in replaces)
        action = ("delete" if config is None else "create" if prior is None else
                  "replace" if replaced else "no-op" if planned == prior else "update")
        self.identity_of(reply.planned_identity)
        if action == "replace":
            reply = self.ask_plan(None, config, reply.planned_private, reply.planned_identity, b"")
            self.check_deferral(reply)
            if errors(reply):
                raise Refused(reply)
            self.check_planned(None, config, plain(reply.planned_state))
            self.identity_of(reply.planned_identity)
        return Plan(action, prior, reply)

    def apply_change(self, prior, config, planned, private, identity):
        reply = self.stub.ApplyResourceChange(pb.ApplyResourceChange.Request(
            type_name=self.type, prior_state=dynamic(prior), planned_state=dynamic(planned),
            config=dynamic(config), planned_private=private, planned_identity=identity))
        state = plain(reply.new_state)
        assert known(state)
        if not errors(reply):
            assert (state is None) == (planned is None)
            if planned is not None:
                self.check_follows(planned, state)
        wire = reply.new_identity if reply.HasField("new_identity") else None
        self.identity = self.identity_of(wire)
        self.state = state
        self.private = reply.private
        if errors(reply):
            raise Refused(reply)

    def apply(self, config, plan):
        """Applies a plan: plans again with what is known by now, then changes."""
        assert plan.deferred is None, "core does not apply what was deferred"
        if plan.action == "no-op":
            return plan
        if plan.action in ("replace", "delete"):
            self.apply_change(self.state, None, None, plan.private, None)
        if plan.action == "delete":
            return plan
        again = self.plan(config, before=plan)
        expected = "create" if plan.action == "replace" else plan.action
        assert again.action in (expected, "no-op"), (plan.action, again.action)
        self.check_follows(plan.planned, again.planned)
        if again.action != "no-op":
            self.apply_change(again.prior, config, again.planned, again.private, again.identity)
        return again

    def imported(self, identity=None, **request):
        """Imports by id or by identity, and reads; returns the reply to the import."""
        if identity is not None:
            request["identity"] = pb.ResourceIdentityData(identity_data=dynamic(identity))
        reply = self.stub.ImportResourceState(pb.ImportResourceState.Request(
            type_name=self.type, client_capabilities=self.capabilities, **request))
        if errors(reply):
            raise Refused(reply)
        one, = reply.imported_resources
        assert one.type_name == self.type
        self.state = plain(one.state)
        self.private = one.private
        self.identity = self.identity_of(one.identity if one.HasField("identity") else None)
        assert identity is None or self.identity is not None, "import by identity without identity"
        self.refresh()
        return reply

    def moved(self, provider, type_name, state, version=0, private=b"", identity=None):
        """Moves the state of another resource to this one; returns the reply."""
        raw = None if identity is None else pb.RawState(json=json.dumps(identity).encode())
        reply = self.stub.MoveResourceState(pb.MoveResourceState.Request(
            source_provider_address=provider, source_type_name=type_name,
            source_schema_version=version, source_state=pb.RawState(json=json.dumps(state).encode()),
            target_type_name=self.type, source_private=private, source_identity=raw))
        if errors(reply):
            raise Refused(reply)
        self.state = plain(reply.target_state)
        assert sorted(self.state) == sorted(self.names) and known(self.state)
        self.private = reply.target_private
        self.identity = self.identity_of(
            reply.target_identity if reply.HasField("target_identity") else None)
        return reply


class CoreCase(ProviderCase):
    def core(self, type_name=SINGLE, **capabilities):
        return Core(self.provider.stub, type_name, **capabilities)

    def applied(self, core, **values):
        """Plans and applies; returns the plan of the plan phase."""
        config = core.config(**values)
        plan = core.plan(config)
        core.apply(config, plan)
        return plan

    def dry_run_ids(self):
        return [one for request in self.emulator.control.ledger()["requests"]
                if request["dry_run"] and request["action"].startswith("Start")
                for one in request["ids"]]

    def tokens(self):
        """id -> client token of its real start"""
        return {request["ids"][0]: request["client_token"]
                for request in self.emulator.control.ledger()["requests"]
                if request["action"] == "StartInstance" and not request["dry_run"]}

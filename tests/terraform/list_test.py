# SPDX-License-Identifier: Apache-2.0
"""The list resource ensure_instance_running with a client of our own: events, pages, limits, ends."""

import time
import unittest

import grpc

from case import REGION, RUNNING, instance
from core import SINGLE, CoreCase
from find_case import CONDITIONS, DENIED, WRONG, accounts_without_right, selector, three
from provider import UNKNOWN, dynamic, pb, plain
from provider_case import cloud_settings

STARTING = {"volcengine": "STARTING", "alibaba": "Starting", "baidu": "Starting"}


class List(CoreCase):
    def stream(self, config, limit=100, objects=False):
        return self.provider.stub.ListResource(pb.ListResource.Request(
            type_name=SINGLE, config=dynamic(config), limit=limit, include_resource_object=objects))

    def events(self, config, **more):
        """The instances that were found, and the diagnostics of the end."""
        *found, end = [*self.stream(config, **more), None]
        if found and not found[-1].HasField("identity"):
            end = found.pop()
        for event in found:
            self.assertEqual(list(event.diagnostic), [])
        return found, list(end.diagnostic) if end is not None else []

    def validate(self, config):
        return list(self.provider.stub.ValidateListResourceConfig(
            pb.ValidateListResourceConfig.Request(type_name=SINGLE,
                                                  config=dynamic(config))).diagnostics)

    def listed(self, cloud, limit=100, **conditions):
        """The ids that the conditions find."""
        config = selector(cloud, conditions)
        self.assertEqual(self.validate(config), [])
        found, diagnostics = self.events(config, limit=limit)
        self.assertEqual(diagnostics, [])
        identities = [plain(event.identity.identity_data) for event in found]
        for one in identities:
            self.assertEqual((one["cloud"], one["region"]), (cloud, REGION[cloud]))
        return [one["instance_id"] for one in identities]

    def settled_calls(self):
        """The number of requests when it does not change any more."""
        seen, before = self.calls(), -1
        while seen != before:
            time.sleep(0.3)
            seen, before = self.calls(), seen
        return seen

    def test_schema(self):
        stub = self.start()
        schema = stub.GetProviderSchema(pb.GetProviderSchema.Request())
        self.assertEqual(list(schema.list_resource_schemas), [SINGLE])
        block = schema.list_resource_schemas[SINGLE].block
        self.assertEqual({one.name: one.required for one in block.attributes},
                         {**dict.fromkeys(selector("baidu", {}), False), "cloud": True,
                          "region": True})
        identities = stub.GetResourceIdentitySchemas(pb.GetResourceIdentitySchemas.Request())
        self.assertIn(SINGLE, identities.identity_schemas)

    def test_events(self):
        """The object is the state that an import of the identity gives, starting instances too."""
        self.start(*(one for cloud in REGION for one in (
            instance(cloud, "i-a", name="web 一"), instance(cloud, "i-b", RUNNING[cloud]),
            instance(cloud, "i-c", STARTING[cloud], becomes={"status": RUNNING[cloud],
                                                             "after_reads": 1000}))))
        for cloud in REGION:
            found, _ = self.events(selector(cloud, {}))
            self.assertEqual([event.display_name for event in found], ["web 一", "i-b", "i-c"])
            self.assertFalse(any(event.HasField("resource_object") for event in found))
            found, _ = self.events(selector(cloud, {}), objects=True)
            for event in found:
                core = self.core()
                core.imported(identity=plain(event.identity.identity_data))
                self.assertEqual(plain(event.resource_object), core.state)

    def test_conditions(self):
        self.start(*(one for cloud in REGION for one in three(cloud)))
        for cloud in REGION:
            for conditions, ids in CONDITIONS:
                with self.subTest(cloud=cloud, **conditions):
                    self.assertEqual(self.listed(cloud, **conditions), ids)
        self.assertEqual((self.starts, self.dry_runs()), ({}, 0))

    def test_limit_stops_the_paging(self):
        self.start(*(instance(cloud, "i-{n}", count=2300) for cloud in REGION))
        every = [f"i-{n}" for n in range(1, 2301)]
        for cloud, page in (("volcengine", 100), ("alibaba", 100), ("baidu", 1000)):
            for limit in (0, 100001, 2 ** 62):  # no limit that a find could have
                self.assertEqual(self.listed(cloud, limit=limit), every)
            self.reset_ledger()
            self.assertEqual(self.listed(cloud, limit=page + 1), every[:page + 1])
            self.assertEqual(self.calls(cloud), 2)

    def test_a_host_that_goes_stops_the_paging(self):
        """As Terraform does when it has as many as its limit."""
        self.start(instance("alibaba", "i-{n}", count=40000, name="x" * 200),
                   options=("--latency-ms", "5"))
        stream = self.stream(selector("alibaba", {}), limit=0)
        for _ in range(150):
            next(stream)
        stream.cancel()
        self.assertLess(self.settled_calls(), 350)  # of 400 pages
        self.assertEqual(self.listed("alibaba", limit=1), ["i-1"])

    def test_a_slow_host_slows_the_paging(self):
        self.start(instance("alibaba", "i-{n}", count=40000, name="x" * 200))
        stream = self.stream(selector("alibaba", {}), limit=0, objects=True)
        next(stream)
        self.assertLess(self.settled_calls(), 350)
        self.assertEqual(len(list(stream)), 39999)

    def test_nothing_found_is_a_warning(self):
        self.start(*(instance(cloud, "i-a") for cloud in REGION))
        for cloud, region in REGION.items():
            found, (warning,) = self.events(selector(cloud, {"name": "x-*"}))
            self.assertEqual((found, warning.severity), ([], pb.Diagnostic.WARNING))
            self.assertEqual(warning.detail,
                             f"no instance was found in {cloud}/{region} (name x-*)")

    def test_without_the_right_to_list(self):
        self.start(*(instance(cloud, "i-a") for cloud in REGION),
                   accounts=accounts_without_right())
        for cloud, (_, action, code) in DENIED.items():
            found, (error,) = self.events(selector(cloud, {}))
            self.assertEqual((found, error.severity), ([], pb.Diagnostic.ERROR))
            self.assertIn("could not be listed: permission_denied", error.summary)
            self.assertIn(action, error.detail)
            self.assertIn(f"{code} (HTTP 403)", error.detail)

    def test_a_failure_in_the_middle_comes_last(self):
        self.start(instance("alibaba", "i-{n}", count=150))
        self.set_faults("error:403:Forbidden.RAM,cloud=alibaba,nth=2")
        found, (error,) = self.events(selector("alibaba", {}), limit=0)
        self.assertEqual((len(found), error.severity), (100, pb.Diagnostic.ERROR))

    def test_wrong_conditions(self):
        """One error, in the validation and in the list, and nothing is sent."""
        self.start()
        for conditions, name, says in WRONG:
            config = selector("baidu", conditions)
            found, diagnostics = self.events(config)
            self.assertEqual(found, [])
            for error, in (self.validate(config), diagnostics):
                with self.subTest(conditions):
                    self.assertEqual((error.severity, error.summary),
                                     (pb.Diagnostic.ERROR, f"Invalid {name}"))
                    self.assertIn(says, error.detail)
                    self.assertEqual(error.attribute.steps[0].attribute_name, name)
        for config, says in ((None, "No config block"),
                             (selector("baidu", {"zone": UNKNOWN}), "not known yet"),
                             ({"cloud": "baidu"}, "an object of 7 attributes")):
            _, (error,) = self.events(config)
            self.assertIn(says, error.summary)
        self.assertEqual(self.validate(selector("baidu", {"zone": UNKNOWN})), [])
        self.assertEqual(self.calls(), 0)

    def test_unknown_types(self):
        stub = self.start()
        for name in ("ensure_instances_running", "ensure_instances", ""):
            event, = stub.ListResource(pb.ListResource.Request(type_name=name))
            self.assertIn("has no type", event.diagnostic[0].summary)
            reply = stub.ValidateListResourceConfig(
                pb.ValidateListResourceConfig.Request(type_name=name))
            self.assertIn("has no type", reply.diagnostics[0].summary)

    def test_unknown_settings(self):
        self.start(instance("baidu", "i-a"),
                   config={"baidu": cloud_settings(access_key=UNKNOWN, secret_key=UNKNOWN)})
        _, (error,) = self.events(selector("baidu", {}))
        self.assertEqual(error.summary, "The provider's settings are not known yet")
        self.assertEqual(self.calls(), 0)

    def test_stopped(self):
        stub = self.start(instance("baidu", "i-a"))
        self.set_faults("hang")
        stream = self.stream(selector("baidu", {}))
        while self.calls() == 0:
            time.sleep(0.01)
        stub.StopProvider(pb.StopProvider.Request())
        for event, in (stream, self.stream(selector("baidu", {}))):
            error, = event.diagnostic
            self.assertEqual(error.summary, "baidu/bj could not be listed: cancelled")

    def test_hostile_names(self):
        """Text of a cloud can't break the table that Terraform prints."""
        self.start(instance("baidu", "i-a", name="a\x1b[2J\nb\u202e"),
                   instance("baidu", "i-b", name="一" * 100), instance("baidu", "i-c", name=" \n"))
        found, diagnostics = self.events(selector("baidu", {}))
        self.assertEqual(diagnostics, [])
        first, second, third = (event.display_name for event in found)
        self.assertEqual(first, "a\ufffd[2J b\ufffd")
        self.assertRegex(second, r"^一+\.\.\.$")
        self.assertLessEqual(len(second.encode()), 256 + len("..."))
        self.assertEqual(third, "i-c")

    def test_malformed_values(self):
        stub = self.start()
        for value in (b"\xc1", b"\x80", b"\x01", b"\xdd\xff\xff\xff\xff", b"\x91" * 40):
            event, = stub.ListResource(pb.ListResource.Request(
                type_name=SINGLE, config=pb.DynamicValue(msgpack=value)))
            self.assertEqual(len(event.diagnostic), 1)
        with self.assertRaises(grpc.RpcError):
            list(self.provider.connection.unary_stream(
                "/tfplugin6.Provider/ListResource")(b"\xff\xff"))


if __name__ == "__main__":
    unittest.main(verbosity=2)

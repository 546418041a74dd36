# SPDX-License-Identifier: Apache-2.0
"""The data source ensure_instances with a client of our own: each condition on each cloud, pages,
limits, refusals and deferrals."""

import threading
import unittest

from case import KEY_VARIABLES, REGION, STOPPED, instance
from core import errors, warnings
from find_case import (CHARGE, CONDITIONS, DENIED, FOUND, WRONG, accounts_without_right, selector,
                       three)
from provider import UNKNOWN, dynamic, pb, plain
from provider_case import ProviderCase, cloud_settings

NAME = "ensure_instances"


class Instances(ProviderCase):
    def config(self, of_cloud, **conditions):
        return {"limit": None, "instance_ids": None, "instances": None,
                **selector(of_cloud, conditions)}

    def read(self, config, **capabilities):
        return self.provider.stub.ReadDataSource(pb.ReadDataSource.Request(
            type_name=NAME, config=dynamic(config),
            client_capabilities=pb.ClientCapabilities(**capabilities)))

    def validate(self, config):
        return list(self.provider.stub.ValidateDataResourceConfig(
            pb.ValidateDataResourceConfig.Request(type_name=NAME,
                                                  config=dynamic(config))).diagnostics)

    def found(self, cloud, **conditions):
        """The ids that the conditions find, in their order."""
        config = self.config(cloud, **conditions)
        self.assertEqual(self.validate(config), [])
        reply = self.read(config)
        self.assertEqual(errors(reply), [])
        state = plain(reply.state)
        self.assertEqual({name: state[name] for name in conditions}, conditions)
        ids = [one["target"].split("/")[2] for one in state["instances"]]
        self.assertEqual(sorted(state["instance_ids"]), sorted(ids))
        return ids

    def put(self, *instances):
        reply = self.emulator.control.call("POST", "/instances", list(instances))
        self.assertEqual(reply.status, 200, reply.body)

    def test_whole_instances(self):
        self.start()
        for cloud, charge in CHARGE.items():
            self.put(instance(cloud, "i-w", name="web 一", zone="zone-b", type="large",
                              group="shop", tags={"team": "red", "empty": ""}))
            state = plain(self.read(self.config(cloud, name="web*")).state)
            self.assertEqual(state["instance_ids"], ["i-w"])
            self.assertEqual(state["instances"], [dict(zip(FOUND, (
                f"{cloud}/{REGION[cloud]}/i-w", "web 一", "stopped", STOPPED[cloud], "zone-b",
                "large", charge, {"team": "red", "empty": ""})))])

    def test_conditions(self):
        self.start(*(one for cloud in REGION for one in three(cloud)))
        for cloud in REGION:
            for conditions, ids in CONDITIONS:
                with self.subTest(cloud=cloud, **conditions):
                    self.assertEqual(self.found(cloud, **conditions), ids)
        self.assertEqual((self.starts, self.dry_runs()), ({}, 0))

    def test_pages_and_limit(self):
        """A limit stops the paging."""
        self.start(*(instance(cloud, "i-{n}", count=2300) for cloud in REGION))
        for cloud, page in (("volcengine", 100), ("alibaba", 100), ("baidu", 1000)):
            every = [f"i-{n}" for n in range(1, 2301)]
            self.assertEqual(self.found(cloud), every)
            self.reset_ledger()
            self.assertEqual(self.found(cloud, limit=page + 1), every[:page + 1])
            self.assertEqual(self.calls(cloud), 2)
            self.assertEqual(self.found(cloud, limit=1), every[:1])

    def test_nothing_found_is_a_warning(self):
        self.start(*(instance(cloud, "i-a") for cloud in REGION))
        for cloud, region in REGION.items():
            reply = self.read(self.config(cloud, name="x-*"))
            self.assertEqual(errors(reply), [])
            warning, = warnings(reply)
            self.assertEqual(warning.detail,
                             f"no instance was found in {cloud}/{region} (name x-*)")
            state = plain(reply.state)
            self.assertEqual((state["instance_ids"], state["instances"]), ([], []))

    def test_without_the_right_to_list(self):
        """An error with the action, never an empty list."""
        self.start(*(instance(cloud, "i-a") for cloud in REGION),
                   accounts=accounts_without_right())
        for cloud, (_, action, code) in DENIED.items():
            reply = self.read(self.config(cloud))
            error, = reply.diagnostics
            self.assertEqual(error.severity, pb.Diagnostic.ERROR)
            self.assertEqual(error.summary,
                             f"{cloud}/{REGION[cloud]} could not be listed: permission_denied")
            self.assertIn(action, error.detail)
            self.assertIn(f"The cloud's code: {code} (HTTP 403); request id: ", error.detail)
            self.assertEqual(error.attribute.steps[0].attribute_name, "region")
            self.assertFalse(reply.HasField("state"))

    def test_without_keys(self):
        self.environment["HOME"] = "/nonexistent"
        self.start_world()
        for name in KEY_VARIABLES["baidu"]:
            del self.environment[name]
        self.start_provider()
        error, = self.read(self.config("baidu")).diagnostics
        self.assertEqual(error.summary, "baidu/bj could not be listed: unauthenticated")
        self.assertEqual(error.attribute.steps[0].attribute_name, "cloud")

    def test_a_failure_in_the_middle_leaves_no_state(self):
        self.start(instance("alibaba", "i-{n}", count=150))
        self.set_faults("error:403:Forbidden.RAM,cloud=alibaba,nth=2")
        reply = self.read(self.config("alibaba"))
        self.assertEqual([one.severity for one in reply.diagnostics], [pb.Diagnostic.ERROR])
        self.assertFalse(reply.HasField("state"))

    def test_wrong_conditions(self):
        """One error at the attribute, in the validation and in the read, and nothing is sent."""
        self.start()
        rows = (*WRONG, *(({"limit": limit}, "limit", "expected a whole number from 1 to 100000")
                          for limit in (0, -1, 100001, "1.5", "1e30")))
        for conditions, name, says in rows:
            config = self.config("baidu", **conditions)
            for found in (self.validate(config), self.read(config).diagnostics):
                with self.subTest(conditions):
                    error, = found
                    self.assertEqual((error.severity, error.summary),
                                     (pb.Diagnostic.ERROR, f"Invalid {name}"))
                    self.assertIn(says, error.detail)
                    self.assertEqual(error.attribute.steps[0].attribute_name, name)
        for conditions in ({"cloud": None}, {"region": None}, {"tags": {"a": None}},
                           {"status": [None]}):
            config = self.config("baidu", **conditions)
            self.assertEqual(len(self.validate(config)), 1, conditions)
            self.assertEqual(len(self.read(config).diagnostics), 1, conditions)
        self.assertEqual(self.calls(), 0)

    def test_unknown_conditions_are_valid(self):
        self.start()
        for name in ("cloud", "region", "status", "tags", "name", "zone", "group", "limit"):
            self.assertEqual(self.validate(self.config("baidu", **{name: UNKNOWN})), [])
        self.assertEqual(self.validate(self.config("baidu", tags={"a": UNKNOWN})), [])

    def test_deferrals(self):
        late = {"baidu": cloud_settings(access_key=UNKNOWN, secret_key=UNKNOWN)}
        self.start(instance("baidu", "i-a"))
        for block, config, reason in (
                ({}, self.config("baidu"), None),
                (late, self.config("baidu"), pb.Deferred.PROVIDER_CONFIG_UNKNOWN),
                ({}, self.config("baidu", tags={"a": UNKNOWN}),
                 pb.Deferred.RESOURCE_CONFIG_UNKNOWN)):
            for allowed in (True, False):
                self.configure_provider(block, deferral_allowed=True)
                reply = self.read(config, deferral_allowed=allowed)
                deferred = reply.deferred.reason if reply.HasField("deferred") else None
                self.assertEqual(deferred, reason if allowed else None)
                self.assertEqual(len(errors(reply)), 0 if allowed or reason is None else 1)
                if deferred is not None:
                    self.assertEqual(plain(reply.state), {
                        **config, "instance_ids": UNKNOWN, "instances": UNKNOWN})

    def test_hostile_text(self):
        """Text of a cloud can't control a terminal."""
        self.start(instance("baidu", "i-a", name="a\x1b[2J\n\"b", tags={"k\x07": "v\u202e"}))
        one, = plain(self.read(self.config("baidu")).state)["instances"]
        self.assertEqual((one["name"], one["tags"]), ("a\ufffd[2J\n\"b", {"k\ufffd": "v\ufffd"}))

    def test_more_than_a_state_holds(self):
        self.start(instance("baidu", "i-{n}", count=45000, name="x" * 200, zone="z" * 60))
        reply = self.read(self.config("baidu"))
        error, = reply.diagnostics
        self.assertEqual(error.summary, "Too many instances were found")
        self.assertIn("45000 instances were found", error.detail)
        self.assertFalse(reply.HasField("state"))
        self.assertEqual(len(self.found("baidu", limit=20000)), 20000)

    def test_stopped(self):
        """StopProvider ends a find that is under way, and those that begin after it."""
        stub = self.start(instance("baidu", "i-a"))
        self.set_faults("hang")
        replies = []
        reading = threading.Thread(target=lambda: replies.append(self.read(self.config("baidu"))))
        reading.start()
        self.addCleanup(reading.join)
        while self.calls() == 0:
            pass
        stub.StopProvider(pb.StopProvider.Request())
        reading.join()
        replies.append(self.read(self.config("baidu")))
        for reply in replies:
            error, = reply.diagnostics
            self.assertEqual(error.summary, "baidu/bj could not be listed: cancelled")


if __name__ == "__main__":
    unittest.main(verbosity=2)

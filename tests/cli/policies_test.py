# SPDX-License-Identifier: Apache-2.0
"""The policy documents of examples/policies: they grant what the tool sends and nothing else, the tool
works with these rights alone, and the advice names them."""

import json
import os
import unittest

import tool
import with_emulator

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
POLICIES = os.path.join("examples", "policies")
V, A, B = tool.CLOUDS

# What a request needs, and all requests that the emulator knows.
NEEDS = {
    V: {"DescribeInstances": "ecs:DescribeInstances", "StartInstance": "ecs:StartInstance",
        "StartInstances": "ecs:StartInstances"},
    A: {"DescribeInstances": "ecs:DescribeInstances", "StartInstance": "ecs:StartInstance",
        "StartInstances": "ecs:StartInstances", "DescribeInstanceStatus": "ecs:DescribeInstanceStatus"},
    B: {"DescribeInstance": "READ", "DescribeInstances": "READ", "ListInstances": "READ",
        "StartInstance": "OPERATE", "StartInstances": "OPERATE"},
}
MEMBERS = {  # of a document, of its list, and of an entry
    V: ({"Statement"}, "Statement", {"Effect", "Action", "Resource"}),
    A: ({"Version", "Statement"}, "Statement", {"Effect", "Action", "Resource"}),
    B: ({"accessControlList"}, "accessControlList",
        {"service", "region", "resource", "effect", "permission"}),
}


def name_of(cloud, role):
    return os.path.join(POLICIES, f"{cloud}-{role}.json")


def document(cloud, role):
    with open(os.path.join(ROOT, name_of(cloud, role)), encoding="utf-8") as file:
        return json.load(file)


def rights(cloud, role):
    """What the document grants, in its order."""
    entries = document(cloud, role)[MEMBERS[cloud][1]]
    return [right for entry in entries for right in entry.get("Action", entry.get("permission"))]


def account(cloud, granted):
    """The account of the tests with these rights alone."""
    one = next(one for one in with_emulator.accounts() if one["cloud"] == cloud)
    return {**one, "denied": [action for action, need in NEEDS[cloud].items() if need not in granted]}


class Policies(tool.Case):
    def fleet_of(self, cloud, granted):
        """A file of two stopped instances of the cloud, for an account with these rights."""
        self.world(*(tool.one(cloud, name) for name in ("i-a", "i-b")),
                   accounts=[account(cloud, granted)])
        return self.fleet(*(tool.target(cloud, name) for name in ("i-a", "i-b")))

    def sent(self, cloud):
        return {NEEDS[cloud][request["action"]] for request in self.requests()}

    def test_documents(self):
        for cloud in tool.CLOUDS:
            top, entries, members = MEMBERS[cloud]
            for role in ("plan", "apply"):
                with self.subTest(cloud, role=role):
                    found = document(cloud, role)
                    self.assertEqual(set(found), top)
                    self.assertEqual(found.get("Version"), "1" if cloud == A else None)
                    for entry in found[entries]:
                        self.assertEqual(set(entry), members)
                        self.assertEqual(entry.get("Effect", entry.get("effect")), "Allow")
                        self.assertTrue(entry.get("Resource", entry.get("resource")))
                    granted = rights(cloud, role)
                    self.assertEqual(len(granted), len(set(granted)))
                    self.assertFalse([right for right in granted if "*" in right])

    def test_plan(self):
        """It reads, and its starts are as sure as they can be without the right to start."""
        for cloud in tool.CLOUDS:
            with self.subTest(cloud):
                granted = rights(cloud, "plan")
                fleet = self.fleet_of(cloud, granted)
                run = self.json("plan", fleet)
                self.assertEqual(run.code, 0, run.err)
                for one in run.document["instances"]:
                    self.assertEqual(
                        (one["action"], one["confidence"], one["reason"]),
                        ("start", "simulated", "ok") if cloud == B
                        else ("start", "unverified", "permission_denied"))
                    if cloud != B:
                        self.assertIn(name_of(cloud, "apply"), one["advice"])
                accepted = {NEEDS[cloud][request["action"]] for request in self.requests()
                            if request["http_status"] == 200}
                self.assertEqual(accepted, set(granted))

    def test_plan_can_start_nothing(self):
        for cloud in tool.CLOUDS:
            with self.subTest(cloud):
                run = self.json("apply", "--yes", self.fleet_of(cloud, rights(cloud, "plan")))
                self.assertEqual((run.code, self.starts()), (3, {}), run.err)
                for one in run.document["instances"]:
                    self.assertEqual((one["action"], one["reason"]), ("refuse", "permission_denied"))
                    self.assertIn(name_of(cloud, "apply"), one["advice"])

    def test_apply(self):
        """A plan and an apply need all of it."""
        for cloud in tool.CLOUDS:
            with self.subTest(cloud):
                granted = rights(cloud, "apply")
                fleet = self.fleet_of(cloud, granted)
                run = self.json("plan", fleet, "--out", self.path("fleet.plan"))
                self.assertEqual(run.code, 0, run.err)
                self.assertEqual({one["confidence"] for one in run.document["instances"]},
                                 {"simulated" if cloud == B else "validated"})
                run = self.json("apply", self.path("fleet.plan"))
                self.assertEqual((run.code, len(self.starts())), (0, 2), run.err)
                self.assertEqual(self.sent(cloud), set(granted))

    def test_doctor(self):
        """It needs what a plan needs, and can do without GetCallerIdentity."""
        for cloud in tool.CLOUDS:
            for denied in ([], ["GetCallerIdentity"]) if cloud != B else ([],):
                with self.subTest(cloud, denied=denied):
                    one = account(cloud, rights(cloud, "plan"))
                    one["denied"] += denied
                    self.world(tool.one(cloud, "i-a"), accounts=[one])
                    run = self.json("doctor", f"{cloud}/{tool.REGION[cloud]}")
                    told = run.document["clouds"][0]
                    self.assertEqual((run.code, told["may_read"]), (0, "yes"), run.err)
                    self.assertEqual(told["identity"] == "", cloud == B or denied != [])
                    self.assertEqual({NEEDS[cloud][request["action"]] for request in self.requests()
                                      if request["service"] == "api"}, set(rights(cloud, "plan")))

    def test_missing_instance(self):
        """An id that is not there is told from one that may not be seen, with the rights of a plan."""
        for cloud in tool.CLOUDS:
            with self.subTest(cloud):
                self.fleet_of(cloud, rights(cloud, "plan"))
                run = self.json("plan", tool.target(cloud, "i-gone"))
                self.assertEqual(run.document["instances"][0]["reason"], "not_found", run.err)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the three APIs, the refusals and the states.

Usage: api_test.py PROGRAM [unittest argument]..."""

import os
import unittest

from case import KINDS, RUNNING, STARTING, STOPPED, Background, Case, key, one
from harness import Alibaba, Baidu, Volcengine


class VolcengineApi(Case):
    def test_start_and_dry_run(self):
        emulator, clients = self.clients(one("volcengine", "i-a", boot_reads=1))
        client = clients["volcengine"]
        self.check(client.start("i-a", dry_run=True), 412, "DryRunOperation")
        self.assertEqual(client.statuses(["i-a"]), {"i-a": "STOPPED"})
        reply = client.start("i-a")
        self.check(reply, 200)
        self.assertEqual(reply.json["Result"], {})
        self.assertEqual(reply.json["ResponseMetadata"]["Region"], "cn-beijing")
        self.assertEqual(client.statuses(["i-a"]), {"i-a": "STARTING"})
        self.assertEqual(client.statuses(["i-a"]), {"i-a": "RUNNING"})
        self.check(client.start("i-a"), 400, "InvalidInstanceStatus")
        self.check(client.start("i-b"), 404, "InvalidInstance.NotFound")
        self.check(client.start("i-a", region="cn-shanghai"), 404, "InvalidInstance.NotFound")
        self.check(client.start(""), 400, "MissingParameter.InstanceId")
        self.assertEqual(emulator.control.ledger()["starts"], {"volcengine/cn-beijing/i-a": 1})

    def test_client_tokens(self):
        emulator, clients = self.clients(one("volcengine", "i-a"), one("volcengine", "i-b"),
                                         one("volcengine", "i-c", flags=["in_progress*1"]))
        client = clients["volcengine"]
        self.check(client.start("i-a", token="t1", dry_run=True), 412, "DryRunOperation")
        self.check(client.start("i-a", token="t1", dry_run=True), 412, "DryRunOperation")
        self.check(client.start("i-a", token="t1"), 400, "IdempotentParameterMismatch")
        self.check(client.start("i-a", token="t2"), 200)
        self.check(client.start("i-a", token="t2"), 200)
        self.check(client.start("i-b", token="t2"), 400, "IdempotentParameterMismatch")
        self.check(client.start("i-c", token="t3"), 412, "IdempotentProcessing")
        self.check(client.start("i-c", token="t3"), 200)
        self.check(client.start("i-b", token="x" * 64), 200)
        self.check(client.start("i-b", token="x" * 65), 400, "InvalidClientToken.Malformed")
        self.check(client.start("i-b", token="a b"), 400, "InvalidClientToken.Malformed")
        self.check(client.start("i-b", token="é"), 400, "InvalidClientToken.Malformed")
        self.assertEqual(emulator.control.ledger()["starts_total"], 3)

    def test_a_token_of_a_pending_request(self):
        emulator, clients = self.clients(one("volcengine", "i-a"),
                                         options=["--fault", "delay:3600000,nth=1"])
        client = clients["volcengine"]
        first = Background(client.start, "i-a", "t1")
        self.wait_for_a_request(emulator)
        self.check(client.start("i-a", "t1"), 412, "IdempotentProcessing")
        self.assertEqual(emulator.stop(), 0)
        self.assertIsNotNone(first.outcome())

    def test_batch(self):
        emulator, clients = self.clients(
            one("volcengine", "i-a"), one("volcengine", "i-b", "RUNNING"),
            one("volcengine", "i-c", flags=["stock"]))
        client = clients["volcengine"]
        reply = client.start_many(["i-a", "i-b", "i-c", "i-d"])
        self.check(reply, 200)
        self.assertEqual([(item["InstanceId"], item.get("Error", {}).get("Code"))
                          for item in reply.json["Result"]["OperationDetails"]],
                         [("i-a", None), ("i-b", "InvalidInstanceStatus"),
                          ("i-c", "Insufficient.InstanceCapacity"),
                          ("i-d", "InvalidInstance.NotFound")])
        self.check(client.start_many([]), 400, "MissingParameter.InstanceIds")
        self.check(client.call("StartInstances", [("InstanceIds.1", "i-a"), ("DryRun", "true")]),
                   400, "InvalidArgument")
        self.assertEqual(emulator.control.ledger()["starts_total"], 1)

    def test_pages_and_limits(self):
        _, clients = self.clients(one("volcengine", "i-{n}", count=120))
        client = clients["volcengine"]
        ids = [f"i-{n}" for n in range(1, 101)]
        reply = client.describe(ids)
        self.assertEqual(len(reply.json["Result"]["Instances"]), 10)
        seen, token = set(), ""
        while True:
            result = client.describe(ids, page={"MaxResults": 30, "NextToken": token}).json["Result"]
            seen |= {item["InstanceId"] for item in result["Instances"]}
            token = result["NextToken"]
            if not token:
                break
        self.assertEqual(seen, set(ids))
        self.check(client.describe(ids, page={"MaxResults": 100}), 200)
        for asked, given in ((1000, 100), (0, 1)):
            result = client.describe(ids, page={"MaxResults": asked}).json["Result"]
            self.assertEqual(len(result["Instances"]), given)
        self.check(client.describe(ids, page={"MaxResults": "x"}), 400, "InvalidArgument")
        self.check(client.describe(ids, page={"NextToken": "made-up"}), 400, "InvalidArgument")
        self.check(client.describe([*ids, "i-101"]), 400, "LimitExceeded.MaximumInstanceIds")
        self.check(client.start_many([*ids, "i-101"]), 400, "LimitExceeded.MaximumInstanceIds")
        old = client.describe(page={"PageSize": 50, "PageNumber": 3}).json["Result"]
        self.assertEqual((len(old["Instances"]), old["TotalCount"]), (20, 120))

    def test_gateway(self):
        emulator, clients = self.clients()
        client = clients["volcengine"]
        self.check(client.call("StopInstance", [("InstanceId", "i-a")]), 404,
                   "InvalidActionOrVersion")
        self.check(client.call("DescribeInstances", version="2019-01-01"), 404,
                   "InvalidActionOrVersion")
        self.check(client.call("DescribeInstances", method="POST"), 405, "MethodNotAllowed")
        reply = client.describe(sign_secret="wrong")
        self.assertEqual(reply.json["ResponseMetadata"]["Error"]["CodeN"], 100010)
        self.assertEqual(reply.json["ResponseMetadata"]["RequestId"], reply.headers["x-tt-logid"])
        self.assertEqual(len(emulator.control.ledger()["violations"]), 3)


class AlibabaApi(Case):
    def test_dry_run_together(self):
        emulator, clients = self.clients(
            one("alibaba", "i-a"), one("alibaba", "i-b"), one("alibaba", "i-run", "Running"),
            one("alibaba", "i-stock", flags=["stock@both"]))
        client = clients["alibaba"]
        self.check(client.start_many(["i-a", "i-b"], dry_run=True), 400, "DRYRUN.SUCCESS")
        self.check(client.start_many(["i-a"], "AllTogether", True), 400, "DRYRUN.SUCCESS")
        self.check(client.start_many(["i-a", "i-run"], dry_run=True), 403,
                   "IncorrectInstanceStatus")
        self.check(client.start_many(["i-a", "i-stock"], dry_run=True), 403,
                   "OperationDenied.NoStock")
        self.check(client.start_many(["i-a", "i-x"], dry_run=True), 404,
                   "InvalidInstanceIds.NotFound")
        self.check(client.start_many(["i-x"], dry_run=True), 404, "InvalidInstanceId.NotFound")
        self.check(client.start("i-a", dry_run=True), 400, "DryRunOperation")
        self.assertEqual(emulator.control.ledger()["violations"], [])
        self.check(client.start_many(["i-run", "i-x"], "SuccessFirst", True), 400,
                   "DRYRUN.SUCCESS")
        ledger = emulator.control.ledger()
        self.assertEqual(ledger["violations"],
                         ["alibaba: a dry run with SuccessFirst says yes to everything"])
        self.assertEqual(ledger["starts"], {})
        self.assertEqual(ledger["requests"][2]["statuses"], ["Stopped", "Running"])
        self.assertEqual(ledger["requests"][-1]["batch_optimization"], "SuccessFirst")

    def test_all_together_is_atomic(self):
        emulator, clients = self.clients(one("alibaba", "i-a"), one("alibaba", "i-b"),
                                         one("alibaba", "i-run", "Running"))
        client = clients["alibaba"]
        self.check(client.start_many(["i-a", "i-run"]), 403, "IncorrectInstanceStatus")
        self.assertEqual(emulator.control.ledger()["starts"], {})
        reply = client.start_many(["i-a", "i-b"])
        self.check(reply, 200)
        items = reply.json["InstanceResponses"]["InstanceResponse"]
        self.assertEqual([(item["InstanceId"], item["Code"], item["CurrentStatus"])
                          for item in items], [("i-a", "200", "Starting"), ("i-b", "200", "Starting")])
        self.assertEqual(emulator.control.ledger()["starts_total"], 2)

    def test_success_first_has_a_result_per_id(self):
        emulator, clients = self.clients(
            one("alibaba", "i-a"), one("alibaba", "i-run", "Running"),
            one("alibaba", "i-lock", flags=["locked_security"]),
            options=["--fault", "number-codes,nth=2"])
        client = clients["alibaba"]
        reply = client.start_many(["i-a", "i-run", "i-lock", "i-x"], "SuccessFirst")
        self.check(reply, 200)
        items = reply.json["InstanceResponses"]["InstanceResponse"]
        self.assertEqual(
            [(item["InstanceId"], item["Code"], item["PreviousStatus"]) for item in items],
            [("i-a", "200", "Stopped"), ("i-run", "IncorrectInstanceStatus", "Running"),
             ("i-lock", "InstanceLockedForSecurity", "Stopped"),
             ("i-x", "InvalidInstanceId.NotFound", "")])
        emulator.control.call("POST", "/instances",
                              {"cloud": "alibaba", "id": "i-a", "status": "Stopped"})
        reply = client.start_many(["i-a"], "SuccessFirst")
        self.assertEqual(reply.json["InstanceResponses"]["InstanceResponse"][0]["Code"], 200)

    def test_describe_shows_locks_and_expiry(self):
        _, clients = self.clients(
            one("alibaba", "i-a", flags=["locked_security", "locked_financial", "recycling"]),
            one("alibaba", "i-b", flags=["expired"]), one("alibaba", "i-c", prepaid=True))
        items = {item["InstanceId"]: item for item in clients["alibaba"].describe(
            ["i-a", "i-b", "i-c"]).json["Instances"]["Instance"]}
        self.assertEqual([lock["LockReason"] for lock in
                          items["i-a"]["OperationLocks"]["LockReason"]],
                         ["security", "financial", "Recycling"])
        self.assertEqual(items["i-b"]["ExpiredTime"], "2020-01-01T00:00Z")
        self.assertEqual((items["i-b"]["Status"], items["i-b"]["InstanceChargeType"]),
                         ("Stopped", "PrePaid"))
        self.assertEqual(items["i-c"]["ExpiredTime"], "2099-12-31T15:59Z")

    def test_a_missing_permission_is_an_empty_list(self):
        accounts = [key("alibaba", denied=["DescribeInstances", "StartInstances@dry_run",
                                           "DescribeInstanceStatus"])]
        emulator = self.emulator(one("alibaba", "i-a"), accounts=accounts)
        client = emulator.client(Alibaba)
        reply = client.describe(["i-a"])
        self.check(reply, 200)
        self.assertEqual(reply.json["Instances"]["Instance"], [])
        reply = client.describe(["i-a"], page={"DryRun": "true"})
        self.check(reply, 403, "Forbidden.RAM")
        self.assertEqual(reply.json["AccessDeniedDetail"]["AuthAction"], "ecs:DescribeInstances")
        self.check(client.describe_status(["i-a"]), 403, "Forbidden.RAM")
        self.check(client.start_many(["i-a"], dry_run=True), 403, "Forbidden.RAM")
        self.check(client.start_many(["i-a"]), 200)

    def test_describe_dry_run(self):
        _, clients = self.clients(one("alibaba", "i-a"))
        self.check(clients["alibaba"].describe(["i-a"], page={"DryRun": "true"}), 400,
                   "DryRunOperation")

    def test_pages_and_limits(self):
        _, clients = self.clients(one("alibaba", "i-{n}", count=120))
        client = clients["alibaba"]
        ids = [f"i-{n}" for n in range(1, 101)]
        self.assertEqual(len(client.describe(ids).json["Instances"]["Instance"]), 10)
        self.assertEqual(client.describe([]).json["Instances"]["Instance"], [])
        seen, token = set(), ""
        while True:
            reply = client.describe(ids, page={"MaxResults": 40, "NextToken": token}).json
            seen |= {item["InstanceId"] for item in reply["Instances"]["Instance"]}
            token = reply["NextToken"]
            if not token:
                break
        self.assertEqual(seen, set(ids))
        self.assertEqual(len(client.statuses(ids)), 100)
        for asked, given in ((9, 10), (101, 100)):
            reply = client.describe(ids, page={"MaxResults": asked}).json
            self.assertEqual((len(reply["Instances"]["Instance"]), reply["PageSize"]),
                             (given, given))
        for page in ({"MaxResults": "x"}, {"PageSize": 101}, {"MaxResults": 10, "NextToken": "x"}):
            with self.subTest(page=page):
                self.check(client.describe(ids, page=page), 400, "InvalidParameter")
        self.assertEqual(len(client.describe_status(ids).json["InstanceStatuses"]["InstanceStatus"]),
                         10)
        self.check(client.describe_status(ids, PageSize=50), 200)
        self.check(client.describe_status(ids, PageSize=51), 400, "InvalidParameter")
        last = client.describe_status(ids, PageSize=50, PageNumber=2).json
        self.assertEqual((last["PageNumber"], last["TotalCount"]), (2, 100))
        too_many = [*ids, "i-101"]
        for reply in (client.describe(too_many), client.describe_status(too_many),
                      client.start_many(too_many)):
            self.check(reply, 403, "InvalidParameter.TooManyInstanceIds")

    def test_bad_parameters(self):
        emulator, clients = self.clients(one("alibaba", "i-a"), regions={"alibaba": ["cn-empty"]})
        client = clients["alibaba"]
        self.check(client.describe(["i-a"], region="cn-nowhere"), 404, "InvalidRegionId.NotFound")
        self.assertEqual(client.statuses(["i-a"], region="cn-empty"), {})
        self.check(client.call("DescribeInstances"), 400, "MissingParameter")
        self.check(client.start_many(["x-1"]), 403, "Abs.InvalidInstanceIds.MalFormed")
        self.check(client.start_many([]), 403, "InvalidInstanceId.NotFound")
        self.check(client.start_many(["i-a"], "Sometimes"), 400, "InvalidParameter")
        self.check(client.call("DescribeInstances", [("RegionId", "cn-hangzhou"),
                                                     ("InstanceIds", "i-a,i-b")]), 403,
                   "Abs.InvalidInstanceIds.MalFormed")
        self.check(client.call("RebootInstances"), 404, "InvalidAction.NotFound")
        self.check(client.call("DescribeInstances", version="2016-03-14"), 400, "InvalidVersion")
        self.check(client.start_many(["i-a", "i-a"], dry_run=True), 400, "DRYRUN.SUCCESS")
        self.assertIn("alibaba: StartInstances names an instance twice",
                      emulator.control.ledger()["violations"])


class BaiduApi(Case):
    def test_start_one(self):
        emulator, clients = self.clients(one("baidu", "i-a"), one("baidu", "i-old", "Expired"))
        client = clients["baidu"]
        reply = client.start("i-a")
        self.check(reply, 200)
        self.assertEqual(reply.body, b"")
        self.assertIn("x-bce-request-id", reply.headers)
        self.check(client.start("i-a"), 409, "Instance.StartInstanceOperationForbidden")
        self.check(client.start("i-old"), 409, "Instance.StartExpiredInstance")
        self.check(client.start("i-x"), 404, "NoSuchObject")
        self.assertEqual(emulator.control.ledger()["starts"], {"baidu/bj/i-a": 1})

    def test_batch_is_atomic(self):
        emulator, clients = self.clients(
            one("baidu", "i-a"), one("baidu", "i-b"), one("baidu", "i-run", "Running"),
            one("baidu", "i-odd", flags=["batch_fails"]))
        client = clients["baidu"]
        self.check(client.start_many(["i-a", "i-run"]), 409,
                   "Instance.StartInstanceOperationForbidden")
        self.check(client.start_many(["i-a", "i-x"]), 404, "NoSuchObject")
        self.assertEqual(emulator.control.ledger()["starts"], {})
        reply = client.start_many(["i-a", "i-odd"])
        self.check(reply, 200)
        self.assertEqual(reply.json["failedInstanceIdList"], ["i-odd"])
        reply = client.start_many(["i-b"], content_type=None)
        self.check(reply, 200)
        self.assertEqual(reply.json, {"requestId": reply.headers["x-bce-request-id"],
                                      "failedInstanceIdList": []})
        self.assertEqual(emulator.control.ledger()["starts"],
                         {"baidu/bj/i-a": 1, "baidu/bj/i-b": 1})

    def test_reads(self):
        _, clients = self.clients(one("baidu", "i-a"), one("baidu", "i-b", "Recycled"))
        client = clients["baidu"]
        self.assertEqual(client.get("i-a").json["instance"]["status"], "Stopped")
        self.check(client.get("i-x"), 404, "NoSuchObject")
        self.assertEqual(client.statuses(["i-a", "i-b", "i-x"]),
                         {"i-a": "Stopped", "i-b": "Recycled"})
        self.assertEqual(len(client.list(["i-a", "i-x"]).json["instances"]), 1)
        self.assertEqual(len(client.list().json["instances"]), 2)
        self.check(client.get("i-a", host="bcc.bj.baidubce.com"), 200)
        self.check(client.get("i-a", host="bcc.gz.baidubce.com"), 404, "NoSuchObject")

    def test_pages_and_limits(self):
        _, clients = self.clients(one("baidu", "i-{n}", count=120))
        client = clients["baidu"]
        ids = [f"i-{n}" for n in range(1, 101)]
        seen, page = set(), {"maxKeys": 30}
        while True:
            reply = client.list_ids(ids, **page).json
            seen |= {item["id"] for item in reply["instances"]}
            if not reply["isTruncated"]:
                self.assertNotIn("nextMarker", reply)
                break
            page["marker"] = reply["nextMarker"]
        self.assertEqual(seen, set(ids))
        self.check(client.list_ids(ids, maxKeys=1000), 200)
        self.check(client.list_ids(ids, maxKeys=1001), 400, "BadRequest")
        self.check(client.list_ids(ids, marker="x"), 400, "BadRequest")
        too_many = [*ids, "i-101"]
        far_too_many = [f"i-{n}" for n in range(20000)]
        for reply in (client.list_ids(too_many), client.list(too_many),
                      client.start_many(too_many), client.list_ids(far_too_many)):
            self.check(reply, 400, "BadRequest")

    def test_bad_requests(self):
        emulator, clients = self.clients(one("baidu", "i-a"))
        client = clients["baidu"]
        path, start = "/v2/instance/batchAction", [("start", "")]
        self.check(client.call("PUT", path, start, b"{"), 400, "MalformedJSON")
        self.check(client.call("PUT", path, start, {"instanceIds": []}), 400, "InappropriateJSON")
        self.check(client.call("PUT", path, start, {"instanceIds": [1]}), 400, "InappropriateJSON")
        self.check(client.call("GET", "/v1/instance"), 404, "InvalidVersion")
        self.check(client.call("PUT", "/v2/instance/i-a", [("stop", "")]), 400, "InvalidURI")
        self.check(client.call("DELETE", "/v2/instance/i-a"), 400, "InvalidURI")
        self.assertEqual(len(emulator.control.ledger()["violations"]), 3)


class Filters(Case):
    """Every filter excludes instances; an unknown one is refused."""

    def fleet(self, cloud):
        traits = {"name": "web-1", "zone": "z-1", "type": "t-1", "group": "g-1",
                  "tags": {"team": "blue", "tier": "web"}}
        other = {"name": "db-1", "zone": "z-2", "type": "t-2", "group": "g-2",
                 "tags": {"team": "red"}}
        return self.clients(one(cloud, "i-a", **traits), one(cloud, "i-b", **other),
                            one(cloud, "i-run", RUNNING[cloud], prepaid=True))[1][cloud]

    def narrows(self, ids, rows):
        for params, expected in rows:
            with self.subTest(params=params):
                self.assertEqual(ids(params), expected)

    def test_volcengine(self):
        client = self.fleet("volcengine")
        self.narrows(lambda page: sorted(
            item["InstanceId"] for item in client.describe(page=page).json["Result"]["Instances"]), [
                ({}, ["i-a", "i-b", "i-run"]), ({"Status": "RUNNING"}, ["i-run"]),
                ({"Status": ""}, ["i-a", "i-b", "i-run"]), ({"InstanceName": "web-1"}, ["i-a"]),
                ({"ZoneId": "z-2"}, ["i-b"]), ({"ZoneId": "cn-beijing-a"}, ["i-run"]),
                ({"ProjectName": "g-1"}, ["i-a"]), ({"ProjectName": "default"}, ["i-run"]),
                ({"InstanceChargeType": "PrePaid"}, ["i-run"]),
                ({"InstanceTypeIds.1": "t-1", "InstanceTypeIds.2": "t-2"}, ["i-a", "i-b"]),
                ({"TagFilters.1.Key": "team"}, ["i-a", "i-b"]),
                ({"TagFilters.1.Key": "team", "TagFilters.1.Values.1": "red"}, ["i-b"]),
                ({"TagFilters.1.Key": "team", "TagFilters.1.Values.1": "red",
                  "TagFilters.1.Values.2": "blue", "TagFilters.2.Key": "tier"}, ["i-a"]),
                ({"Status": "STOPPED", "ZoneId": "z-2"}, ["i-b"])])
        for bad in ({"Status": "Stopped"}, {"VpcId": "vpc-1"}, {"TagFilters.x.Key": "a"},
                    {"TagFilters.1.Colour": "a"}, {"Status.1": "STOPPED"}):
            self.check(client.describe(page=bad), 400, "InvalidArgument")

    def test_alibaba(self):
        client = self.fleet("alibaba")
        self.narrows(lambda page: sorted(
            item["InstanceId"] for item in client.describe(page=page).json["Instances"]["Instance"]),
            [({}, ["i-a", "i-b", "i-run"]), ({"Status": "Running"}, ["i-run"]),
             ({"InstanceName": "*-1"}, ["i-a", "i-b"]), ({"ZoneId": "z-2"}, ["i-b"]),
             ({"ResourceGroupId": "g-1"}, ["i-a"]), ({"InstanceChargeType": "PrePaid"}, ["i-run"]),
             ({"InstanceType": "t-1"}, ["i-a"]), ({"Tag.1.Key": "team"}, ["i-a", "i-b"]),
             ({"Tag.1.Key": "team", "Tag.1.Value": "red"}, ["i-b"])])
        for bad in ({"Status": "STOPPED"}, {"VpcId": "vpc-1"}, {"Filter.1.Key": "ExpiredStartTime"}):
            self.check(client.describe(page=bad), 400, "InvalidParameter")
        reply = client.describe_status([], ZoneId="z-1")
        self.assertEqual(reply.json["TotalCount"], 1)
        self.check(client.describe_status([], Status="Running"), 400, "InvalidParameter")

    def test_baidu(self):
        client = self.fleet("baidu")
        self.narrows(lambda page: sorted(item["id"] for item in client.list(**page).json["instances"]),
                     [({}, ["i-a", "i-b", "i-run"]), ({"status": "Running"}, ["i-run"]),
                      ({"instanceNames": "web-1,db-1"}, ["i-a", "i-b"]),
                      ({"fuzzyInstanceName": "eb-"}, ["i-a"]), ({"zoneName": "z-2"}, ["i-b"]),
                      ({"paymentTiming": "Prepaid"}, ["i-run"]), ({"tags": "team"}, ["i-a", "i-b"]),
                      ({"tags": "team:blue,tier:web"}, ["i-a"])])
        self.check(client.list(status="STOPPED"), 400, "BadRequest")
        self.check(client.list(vpcId="vpc-1"), 400, "BadRequest")
        self.check(client.list_ids(["i-a"], status="Stopped"), 400, "BadRequest")


class AlibabaVersionOne(Case):
    def test_signed_parameters(self):
        emulator, clients = self.clients(one("alibaba", "i-a"), one("alibaba", "i-b"))
        client = clients["alibaba"]
        start = {"RegionId": "cn-hangzhou", "InstanceId": '["i-a", "i-b"]'}
        self.check(client.call_v1("StartInstances", {**start, "DryRun": "true"}), 400,
                   "DRYRUN.SUCCESS")
        self.check(client.call_v1("StartInstances", {**start, "DryRun": "true"}, method="POST"), 400,
                   "DRYRUN.SUCCESS")
        self.check(client.call_v1("StartInstances", {**start, "DryRun": "true"}, nonce="n"), 400,
                   "DRYRUN.SUCCESS")
        self.check(client.call_v1("StartInstances", start, nonce="n"), 400, "SignatureNonceUsed")
        self.check(client.call_v1("StartInstances", start), 200)
        self.assertEqual(emulator.control.ledger()["starts_total"], 2)
        self.assertEqual(emulator.control.ledger()["requests"][-1]["ids"], ["i-a", "i-b"])

    def test_refusals(self):
        _, clients = self.clients(one("alibaba", "i-a"))
        client = clients["alibaba"]
        region = {"RegionId": "cn-hangzhou"}
        for more, code in (({"sign_secret": "x"}, "SignatureDoesNotMatch"),
                           ({"offset_s": -1000}, "InvalidTimeStamp.Expired"),
                           ({"Timestamp": "yesterday"}, "InvalidTimeStamp.Format"),
                           ({"Timestamp": None}, "MissingTimestamp"),
                           ({"SignatureNonce": None}, "MissingSignatureNonce"),
                           ({"AccessKeyId": None}, "MissingAccessKeyId"),
                           ({"SignatureMethod": "HMAC-MD5"}, "IncompleteSignature"),
                           ({"SecurityToken": "t"}, "InvalidSecurityToken.MismatchWithAccessKey"),
                           ({"Version": "2013-01-10"}, "InvalidVersion"),
                           ({"Format": None}, "InvalidParameter")):
            with self.subTest(code=code, **more):
                self.check(client.call_v1("DescribeInstances", region, **more), 400, code)
        self.check(client.call_v1("DescribeInstances", region, AccessKeyId="x"), 404,
                   "InvalidAccessKeyId.NotFound")
        self.check(client.call_v1("RebootInstance", region), 404, "InvalidAction.NotFound")
        self.check(client.call_v1("DescribeInstances", region), 200)


def documented_flags():
    """The rows of README.md's table of flags: name, and one cell per cloud."""
    readme = os.path.join(os.path.dirname(os.path.abspath(__file__)), "README.md")
    with open(readme, encoding="utf-8") as file:
        table = file.read().split("| flag | Volcengine | Alibaba Cloud | Baidu |", 1)[1]
    rows = table.split("\n\n", 1)[0].strip().splitlines()[1:]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]


class Refusals(Case):
    def test_all_flags_are_documented(self):
        for column, cloud in enumerate(KINDS, 1):
            with self.assertRaises(RuntimeError) as told:
                self.emulator(one(cloud, "i-a", flags=["none"]))
            names = str(told.exception).split("expected one of: ")[1].split(", code:")[0]
            self.assertEqual(sorted(names.split(", ")),
                             sorted([row[0] for row in documented_flags() if row[column]]
                                    + (["batch_fails"] if cloud == "baidu" else [])))

    def test_every_flag_of_every_cloud(self):
        """Each row of README.md's table: dry run and start are refused."""
        flags = []
        for name, *cells in documented_flags():
            flags += [(cloud, name, int(cell.split()[0]), cell.split()[1].rstrip(","),
                       cell.endswith("(start)")) for cloud, cell in zip(KINDS, cells) if cell]
        self.assertGreaterEqual(len(flags), 48)
        self.assertEqual(sum(row[4] for row in flags), 9)
        instances = [one(cloud, f"i-{name}", flags=[name]) for cloud, name, *_ in flags]
        instances += [one(cloud, f"i-{name}-both", flags=[f"{name}@both"])
                      for cloud, name, *_ in flags]
        emulator, clients = self.clients(*instances)
        for cloud, name, status, code, start_alone in flags:
            with self.subTest(cloud=cloud, flag=name):
                if cloud != "baidu":
                    reply = clients[cloud].start(f"i-{name}", dry_run=True)
                    self.check(reply, *((400, "DryRunOperation") if start_alone
                                        else (status, code)))
                    self.check(clients[cloud].start(f"i-{name}-both", dry_run=True), status, code)
                self.check(clients[cloud].start(f"i-{name}"), status, code)
        self.assertEqual(emulator.control.ledger()["starts"], {})

    def test_denied_actions(self):
        accounts = [key("volcengine", denied=["StartInstance@dry_run"]),
                    {"cloud": "volcengine", "access_key": "ro", "secret_key": "s",
                     "denied": ["StartInstance@real", "StartInstances"]},
                    key("baidu", denied=["DescribeInstance"])]
        emulator = self.emulator(one("volcengine", "i-a"), one("baidu", "i-b"), accounts=accounts)
        first = emulator.client(Volcengine)
        second = emulator.client(Volcengine, key="ro", secret="s")
        self.check(first.start("i-a", dry_run=True), 403, "AccessDenied")
        self.check(second.start("i-a", dry_run=True), 412, "DryRunOperation")
        self.check(second.start("i-a"), 403, "AccessDenied")
        self.check(second.start_many(["i-a"]), 403, "AccessDenied")
        self.check(first.start("i-a"), 200)
        self.check(emulator.client(Baidu).get("i-b"), 403, "AccessDenied")
        self.check(emulator.client(Baidu).start("i-b"), 200)

    def test_accounts_see_only_their_instances(self):
        accounts = [key("volcengine"), {"cloud": "volcengine", "access_key": "other",
                                        "secret_key": "s", "account": "else"}]
        emulator = self.emulator(one("volcengine", "i-a"),
                                 one("volcengine", "i-b", account="else"), accounts=accounts)
        self.assertEqual(emulator.client(Volcengine).statuses(["i-a", "i-b"]), {"i-a": "STOPPED"})
        other = emulator.client(Volcengine, key="other", secret="s")
        self.assertEqual(other.statuses(["i-a", "i-b"]), {"i-b": "STOPPED"})
        self.check(other.start("i-a"), 404, "InvalidInstance.NotFound")


class States(Case):
    def test_transitions_in_sequence(self):
        rows = [({"on_start": "falls_back", "boot_reads": 1}, [STARTING, STOPPED, STOPPED]),
                ({"on_start": "falls_back_later", "boot_reads": 1}, [STARTING, RUNNING, STOPPED]),
                ({"on_start": "stays_starting", "boot_reads": 0}, [STARTING, STARTING, STARTING]),
                ({"on_start": "ignores"}, [STOPPED, STOPPED, STOPPED]),
                ({"boot_ms": 0}, [RUNNING, RUNNING, RUNNING])]
        instances = [one(cloud, f"i-{n}", **course)
                     for cloud in KINDS for n, (course, _) in enumerate(rows)]
        _, clients = self.clients(*instances)
        for cloud, client in clients.items():
            for n, (course, words) in enumerate(rows):
                with self.subTest(cloud=cloud, course=course):
                    self.check(client.start(f"i-{n}"), 200)
                    seen = [client.statuses([f"i-{n}"])[f"i-{n}"] for _ in words]
                    self.assertEqual(seen, [word[cloud] for word in words])

    def test_transitions_and_unknown_words(self):
        _, clients = self.clients(
            one("volcengine", "i-a", "STOPPING", becomes={"status": "STOPPED", "after_reads": 2}),
            one("volcengine", "i-b", shows="HIBERNATED"))
        client = clients["volcengine"]
        self.assertEqual([client.statuses(["i-a"])["i-a"] for _ in range(3)],
                         ["STOPPING", "STOPPING", "STOPPED"])
        self.assertEqual(client.statuses(["i-b"]), {"i-b": "HIBERNATED"})

    def test_ten_thousand_instances(self):
        emulator, clients = self.clients(one("volcengine", "i-{n}", count=10000))
        for first in range(1, 10001, 100):
            ids = [f"i-{n}" for n in range(first, first + 100)]
            self.assertEqual(len(clients["volcengine"].statuses(ids)), 100)
        self.check(clients["volcengine"].start_many([f"i-{n}" for n in range(9901, 10001)]), 200)
        self.assertEqual(emulator.control.ledger()["starts_total"], 100)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fault injection, and the control listener that sets faults and returns the ledger.

Usage: faults_test.py PROGRAM [unittest argument]..."""

import http.client
import unittest

from case import KINDS, Background, Case, one
from harness import KEYS


class Faults(Case):
    def test_throttling(self):
        emulator, clients = self.clients(one("alibaba", "i-a"))
        rows = [("throttle:1500", {"volcengine": (429, "FlowLimitExceeded", "retry-after", "2"),
                                   "alibaba": (400, "Throttling.User", "x-acs-retry-after",
                                               "1500"),
                                   "baidu": (429, "TooManyRequests", "retry-after", "2")}),
                ("throttle", {"volcengine": (429, "FlowLimitExceeded", "retry-after", None),
                              "alibaba": (400, "Throttling.User", "x-acs-retry-after", None),
                              "baidu": (429, "TooManyRequests", "retry-after", None)})]
        for spec, clouds in rows:
            emulator.control.call("PUT", "/faults", [spec])
            for cloud, (status, code, header, value) in clouds.items():
                with self.subTest(spec=spec, cloud=cloud):
                    reply = clients[cloud].start("i-a")
                    self.check(reply, status, code)
                    self.assertEqual(reply.headers.get(header), value)
        self.assertEqual(emulator.control.ledger()["starts"], {})

    def test_errors_in_the_vendors_form(self):
        emulator, clients = self.clients()
        rows = [("http:500", "volcengine", 500, "InternalError"),
                ("http:502", "volcengine", 502, "FailToConnect"),
                ("http:503", "volcengine", 503, "ServiceUnavailableTemp"),
                ("http:504", "volcengine", 504, "InternalServiceTimeout"),
                ("http:503", "alibaba", 503, "ServiceUnavailable"),
                ("http:500", "baidu", 500, "InternalError"),
                ("error:200:Late.Error", "volcengine", 200, "Late.Error"),
                ("error:418:Tea.Pot", "alibaba", 418, "Tea.Pot"),
                ("error:418:Tea.Pot", "baidu", 418, "Tea.Pot")]
        for spec, cloud, status, code in rows:
            with self.subTest(spec=spec, cloud=cloud):
                emulator.control.call("PUT", "/faults", [spec])
                self.check(clients[cloud].start("i-a"), status, code)
        emulator.control.call("PUT", "/faults", ["http:502"])
        reply = clients["baidu"].start("i-a")
        self.assertEqual((reply.status, reply.headers["content-type"]), (502, "text/html"))

    def test_malformed_bodies(self):
        emulator, clients = self.clients(one("volcengine", "i-a"))
        rows = [("html", 200, "text/html", b"<html>"), ("html:404", 404, "text/html", b"<html>"),
                ("garbage:502", 502, "application/json", b"{\"ResponseMetadata\": \x01"),
                ("xml", 400, "text/xml;charset=utf-8", b"<?xml"),
                ("empty:200", 200, "application/json", b""),
                ("content-type:text/plain", 200, "text/plain", b"{\"ResponseMetadata\"")]
        for spec, status, kind, start in rows:
            with self.subTest(spec=spec):
                emulator.control.call("PUT", "/faults", [spec])
                reply = clients["volcengine"].describe(["i-a"])
                self.assertEqual((reply.status, reply.headers["content-type"]), (status, kind))
                self.assertTrue(reply.body.startswith(start), reply.body)
                self.assertEqual(bool(reply.body), bool(start))
        emulator.control.call("PUT", "/faults", ["redirect:https://example.com/"])
        reply = clients["volcengine"].describe(["i-a"])
        self.assertEqual((reply.status, reply.headers["location"]), (302, "https://example.com/"))
        emulator.control.call("PUT", "/faults", ["huge:50"])
        self.assertEqual(len(clients["volcengine"].describe(["i-a"]).body), 50 * 1024 * 1024)
        emulator.control.call("PUT", "/faults", ["trickle:1"])
        self.check(clients["volcengine"].describe(["i-a"]), 200)
        emulator.control.call("PUT", "/faults", ["truncate"])
        with self.assertRaises(http.client.IncompleteRead) as caught:
            clients["volcengine"].describe(["i-a"])
        self.assertGreater(len(caught.exception.partial), 0)

    def test_cut_before_and_after_the_effect(self):
        for effect, starts in (("no", 0), ("yes", 1)):
            for cloud in KINDS:
                with self.subTest(effect=effect, cloud=cloud):
                    emulator, clients = self.clients(
                        one(cloud, "i-a"), options=["--fault", f"cut,effect={effect},first=1"])
                    with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
                        clients[cloud].start("i-a")
                    ledger = emulator.control.ledger()
                    self.assertEqual(ledger["starts_total"], starts)
                    self.assertEqual(ledger["requests"][0]["http_status"], 0)
                    self.assertEqual(ledger["requests"][0]["fault"],
                                     f"cut,effect={effect},first=1")
                    emulator.stop()

    def test_a_hanging_reply_ends_when_the_emulator_stops(self):
        emulator, clients = self.clients(one("baidu", "i-a"), options=["--fault", "hang"])
        call = Background(clients["baidu"].start, "i-a")
        self.wait_for_a_request(emulator)
        self.assertEqual(emulator.stop(), 0)
        self.assertIsInstance(call.outcome(), (OSError, http.client.HTTPException))

    def test_a_trickle_ends_when_the_emulator_stops(self):
        emulator, clients = self.clients(one("baidu", "i-a"), options=["--fault", "trickle:60000"])
        call = Background(clients["baidu"].get, "i-a")
        self.wait_for_a_request(emulator)
        self.assertEqual(emulator.stop(), 0)
        self.assertIsInstance(call.outcome(), (OSError, http.client.HTTPException))

    def test_stale_reads(self):
        emulator, clients = self.clients(one("volcengine", "i-a", boot_reads=0),
                                         options=["--fault", "stale-reads:2"])
        client = clients["volcengine"]
        self.check(client.start("i-a"), 200)
        self.assertEqual([client.statuses(["i-a"])["i-a"] for _ in range(3)],
                         ["STOPPED", "STOPPED", "RUNNING"])
        self.check(client.start("i-a"), 400, "InvalidInstanceStatus")
        self.assertEqual(emulator.control.ledger()["starts_total"], 1)

    def test_a_dry_run_that_is_not_honoured(self):
        emulator, clients = self.clients(one("volcengine", "i-a"), one("alibaba", "i-b"),
                                         options=["--fault", "start-anyway"])
        self.check(clients["volcengine"].start("i-a", dry_run=True), 200)
        self.check(clients["alibaba"].start_many(["i-b"], dry_run=True), 200)
        ledger = emulator.control.ledger()
        self.assertEqual(ledger["starts_total"], 2)
        self.assertTrue(all(request["dry_run"] for request in ledger["requests"]))

    def test_latency_and_delay(self):
        emulator, clients = self.clients(one("volcengine", "i-a"),
                                         options=["--latency-ms", "20", "--fault", "delay:20"])
        calls = [Background(clients["volcengine"].describe, ["i-a"]) for _ in range(20)]
        self.assertEqual([call.outcome().status for call in calls], [200] * 20)
        self.assertEqual(emulator.stop(), 0)


class ControlListener(Case):
    def test_ledger_counts(self):
        emulator, clients = self.clients(one("volcengine", "i-a"), one("baidu", "i-b"))
        clients["volcengine"].start("i-a", token="t1", dry_run=True)
        clients["volcengine"].start("i-a", token="t2")
        clients["baidu"].start("i-b")
        ledger = emulator.control.ledger()
        self.assertEqual(ledger["calls"], {
            "volcengine": {"StartInstance": {"calls": 2, "dry_runs": 1, "errors": 1}},
            "alibaba": {},
            "baidu": {"StartInstance": {"calls": 1, "dry_runs": 0, "errors": 0}}})
        self.assertEqual(ledger["connections"], {"volcengine": 2, "alibaba": 0, "baidu": 1})
        self.assertEqual([request["number"] for request in ledger["requests"]], [1, 2, 3])
        self.assertEqual(ledger["requests"][1]["client_token"], "t2")
        self.assertEqual(ledger["requests"][1]["access_key"], KEYS["volcengine"][0])
        short = emulator.control.call("GET", "/ledger?requests=no").json
        self.assertNotIn("requests", short)

    def test_reset(self):
        emulator, clients = self.clients(one("volcengine", "i-a"))
        self.check(clients["volcengine"].start("i-a"), 200)
        emulator.control.call("POST", "/reset")
        ledger = emulator.control.ledger()
        self.assertEqual((ledger["starts"], ledger["requests"]), ({}, []))
        self.check(clients["volcengine"].start("i-a"), 400, "InvalidInstanceStatus")
        emulator.control.call("POST", "/reset?world=yes")
        self.check(clients["volcengine"].start("i-a"), 200)

    def test_instances_out_of_band(self):
        emulator, clients = self.clients(one("volcengine", "i-a", "RUNNING"))
        client, control = clients["volcengine"], emulator.control
        control.call("POST", "/instances", {"cloud": "volcengine", "id": "i-a",
                                            "status": "STOPPED", "flags": ["stock"]})
        self.check(client.start("i-a"), 500, "Insufficient.InstanceCapacity")
        control.call("POST", "/instances", [
            {"cloud": "volcengine", "id": "i-a", "flags": []},
            one("volcengine", "i-new")])
        self.check(client.start("i-a"), 200)
        self.check(client.start("i-new"), 200)
        control.call("POST", "/instances", {"cloud": "volcengine", "id": "i-a", "deleted": True})
        self.assertEqual(set(client.statuses(["i-a", "i-new"])), {"i-new"})
        self.assertEqual([item["id"] for item in control.call("GET", "/instances").json],
                         ["i-new"])
        self.assertEqual(emulator.control.ledger()["starts_total"], 2)
        reply = control.call("POST", "/instances", {"cloud": "volcengine", "id": "i-z"})
        self.assertEqual((reply.status, reply.json["error"]),
                         (400, "/instances[0]: member \"region\" is missing"))

    def test_faults_at_run_time(self):
        emulator, clients = self.clients(options=["--fault", "cut"])
        control = emulator.control
        self.assertEqual(control.call("PUT", "/faults", ["http:503,first=1"]).status, 200)
        self.assertEqual(control.call("POST", "/faults", ["http:500"]).status, 200)
        self.check(clients["volcengine"].describe(), 503, "ServiceUnavailableTemp")
        self.check(clients["volcengine"].describe(), 500, "InternalError")
        self.assertEqual(control.call("GET", "/faults").json,
                         [{"spec": "http:503,first=1", "matched": 2, "fired": 1},
                          {"spec": "http:500", "matched": 1, "fired": 1}])
        control.call("DELETE", "/faults")
        self.check(clients["volcengine"].describe(), 200)
        reply = control.call("PUT", "/faults", ["explode"])
        self.assertEqual(reply.status, 400)
        self.assertIn("unknown kind \"explode\"", reply.json["error"])

    def test_bad_requests(self):
        emulator, _ = self.clients()
        for method, target, body in (("GET", "/", None), ("PUT", "/ledger", None),
                                     ("POST", "/faults", {"cut": 1}), ("POST", "/faults", None)):
            with self.subTest(method=method, target=target):
                reply = emulator.control.call(method, target, body)
                self.assertIn(reply.status, (400, 404))
                self.assertIn("error", reply.json)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The schemas are JSON Schemas, accept valid documents and reject each invalid value."""
import copy
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import needs  # noqa: E402
import schemas  # noqa: E402

TARGET = "alibaba/cn-hangzhou/i-a"
READ = {"target": TARGET, "status": "stopped", "provider_status": "Stopped", "reason": "ok",
        "message": "", "advice": "", "provider_code": "", "http_status": 200, "request_id": "R"}
PLANNED = {**READ, "action": "start", "confidence": "validated", "client_token": "t-1"}
APPLIED = {**PLANNED, "started": True, "start_request_id": "R", "start_sent": True, "elapsed_ms": 5}
COUNTS = {"plan": "none start wait refuse", "apply": "running started refused failed unfinished",
          "status": "running starting stopped stopping busy failed deleting absent unknown"}
DIAGNOSIS = {"cloud": "alibaba", "region": "cn-hangzhou", "source": "", "key_id_tail": "1234",
             "expires_at": "2026-09-01T08:09:10Z", "identity": "", "endpoint": "", "clock_skew_ms": -5,
             "may_read": "yes", "reason": "ok", "message": "Good.", "advice": "", "looked_at": ["x"]}
LINE = {"time": "2026-09-01T08:09:10.123456Z", "run_id": "", "phase": "done", "actor": "",
        "source": "", "key_id_tail": "1234", "endpoint": "", "action": "StartInstances",
        "dry_run": False, "targets": [TARGET], "attempt": 1, "outcome": "ok", "http_status": 200,
        "provider_code": "", "request_id": "", "client_token": "", "elapsed_ms": 3, "trace_id": ""}

SELECTOR = {"cloud": "alibaba", "region": "cn-hangzhou", "status": ["stopped", "unknown"],
            "tags": {"env": "ci"}, "name": "web-*", "zone": "b", "group": "rg-1", "limit": 100}


def document(kind, instance):
    result = {"format": f"ensure.{kind}/v1", "created_at": "2026-09-01T08:09:10Z", "warnings": [],
              "summary": {"total": 1, **dict.fromkeys(COUNTS[kind].split(), 0)},
              "instances": [instance]}
    if kind != "status":
        result["policy"] = []
    return result


VALID = {"plan": document("plan", PLANNED), "apply": document("apply", APPLIED),
         "status": document("status", READ),
         "doctor": {"format": "ensure.doctor/v1", "created_at": "2026-09-01T08:09:10Z",
                    "warnings": [], "policy": [], "clouds": [DIAGNOSIS]}, "fleet": {"targets": [TARGET], "select": [SELECTOR]}, "audit": LINE}

# The path of a member of the valid document, and a value that must be rejected there; None: the
# member is removed.
INVALID = {
    "plan": [(("instances", 0, "status"), "Stopped"), (("instances", 0, "action"), "stop"),
             (("instances", 0, "confidence"), "sure"), (("instances", 0, "reason"), "why"),
             (("instances", 0, "target"), "alibaba/i-a"), (("instances", 0, "http_status"), "200"),
             (("instances", 0, "client_token"), "a b"), (("instances", 0, "started"), True),
             (("instances", 0, "message"), None), (("summary", "refuse"), None),
             (("summary", "running"), 0), (("policy",), None), (("warnings",), None),
             (("warnings",), [1]), (("more",), 1), (("created_at",), "today"),
             (("applied_at",), "today"), (("format",), "ensure.plan/v2")],
    "apply": [(("instances", 0, "start_sent"), None), (("instances", 0, "started"), 1),
              (("instances", 0, "reason"), "no"), (("instances", 0, "action"), "started"),
              (("instances", 0, "status"), "up"), (("instances", 0, "confidence"), ""),
              (("instances", 0, "more"), ""), (("summary", "unfinished"), None),
              (("applied_at",), "2026-09-01T08:09:10Z")],
    "status": [(("instances", 0, "action"), "start"), (("instances", 0, "confidence"), "observed"),
               (("instances", 0, "client_token"), ""), (("instances", 0, "status"), "gone"),
               (("instances", 0, "reason"), ""), (("policy",), []), (("summary", "absent"), None)],
    "doctor": [(("clouds", 0, "may_read"), "maybe"), (("clouds", 0, "reason"), "why"),
               (("clouds", 0, "key_id_tail"), "12345"), (("clouds", 0, "expires_at"), "never"),
               (("clouds", 0, "clock_skew_ms"), "0"), (("clouds", 0, "looked_at"), "x"),
               (("clouds", 0, "message"), ""), (("clouds", 0, "identity"), None),
               (("clouds", 0, "secret_key"), ""), (("policy",), None), (("summary",), {}),
               (("format",), "ensure.doctor/v2")],
    "fleet": [(("targets",), {}), (("targets", 0), "i-a"), (("more",), 1),
              (("select",), {}), (("select", 0), "alibaba"), (("select", 0, "cloud"), None),
              (("select", 0, "region"), None), (("select", 0, "more"), 1),
              (("select", 0, "status", 0), "absent"), (("select", 0, "status"), "stopped"),
              (("select", 0, "tags", "env"), 1), (("select", 0, "tags"), {"": "x"}),
              (("select", 0, "name"), "x" * 257), (("select", 0, "limit"), 0),
              (("select", 0, "limit"), 100001)],
    "audit": [(("outcome",), "fine"), (("outcome",), ""), (("phase",), "begun"),
              (("key_id_tail",), "12345"), (("targets", 0), "i-a"), (("trace_id",), None),
              (("secret",), "")],
}


def changed(value, path, new):
    result = copy.deepcopy(value)
    parent = result
    for step in path[:-1]:
        parent = parent[step]
    if new is None:
        del parent[path[-1]]
    else:
        parent[path[-1]] = new
    return result


class Schemas(unittest.TestCase):
    def setUp(self):
        if schemas.validator("plan") is None:
            needs.missing(self, "apt-get install python3-jsonschema")

    def test_schemas_are_valid(self):
        for kind in schemas.KINDS:
            schemas.validator(kind).check_schema(schemas.load(kind))

    def test_valid(self):
        for kind, value in VALID.items():
            schemas.assert_valid(value, kind)
        for member in ("targets", "select"):
            schemas.assert_valid(changed(VALID["fleet"], (member,), None), "fleet")
        schemas.assert_valid({"select": [SELECTOR] * 100}, "fleet")
        schemas.assert_valid(changed(VALID["plan"], ("applied_at",), "2026-09-01T08:09:10Z"), "plan")
        schemas.assert_valid({**LINE, "phase": "sending", "outcome": "", "http_status": 0}, "audit")

    def test_invalid(self):
        for kind, rows in INVALID.items():
            for path, new in rows:
                with self.subTest(kind=kind, path=path):
                    with self.assertRaises(AssertionError):
                        schemas.assert_valid(changed(VALID[kind], path, new), kind)
        for fleet in ({}, {"select": [SELECTOR] * 101}):
            with self.assertRaises(AssertionError):
                schemas.assert_valid(fleet, "fleet")
        with self.assertRaises(AssertionError):  # a line "sending" has no outcome
            schemas.assert_valid({**LINE, "phase": "sending"}, "audit")


if __name__ == "__main__":
    unittest.main()

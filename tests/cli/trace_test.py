# SPDX-License-Identifier: Apache-2.0
"""Traces: what the receiver gets, and that a run is the same whatever the receiver does."""

import json
import os
import time

import tool
from tool import CLOUDS, Case, one, target

import checkers
import receiver
import schemas

V, A, B = CLOUDS
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE, SPAN = PARENT.split("-")[1:3]
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
DECODER = os.path.join(tool.HERE, "..", "support", "otlp_decode.py")
SERVICES = {("volcengine", "ecs"), ("alibaba_cloud", "ecs"), ("baidu", "bcc")}
END_S = 1.0  # the most that the end of a run waits for a receiver


class Traces(Case):
    def receive(self, *arguments, **more):
        receives = receiver.Receiver(*arguments, **more)
        self.addCleanup(receives.stop)
        self.environment[ENDPOINT] = receives.url
        return receives

    def three(self, **more):
        self.world(*(one(cloud, "i-a") for cloud in CLOUDS), **more)
        return [target(cloud, "i-a") for cloud in CLOUDS]

    def lines(self):
        return schemas.check_audit(self.path("audit.log"))

    def run_of(self, receives):
        """The span of the only job, and those of its calls."""
        self.assertEqual(receives.wrong, [])
        [job] = [span for span in receives.spans if span["kind"] == 1]
        return job, [span for span in receives.spans if span["kind"] == 3]

    def warning_of(self, run):
        [warning] = run.document["warnings"]
        self.assertEqual(run.err.count(warning), 1, run.err)
        return warning


class Content(Traces):
    def test_an_apply(self):
        receives = self.receive()
        self.environment["TRACEPARENT"] = PARENT
        run = self.json("apply", "--yes", *self.three())
        self.assertEqual((run.code, run.document["warnings"], run.err.count("warning")), (0, [], 0))
        job, calls = self.run_of(receives)
        lines = self.lines()
        done = [line for line in lines if line["phase"] == "done"]
        self.assertEqual(len(calls), len(done))
        self.assertEqual({line["trace_id"] for line in lines}, {TRACE})
        self.assertEqual((job["name"], job["traceId"], job["parentSpanId"], job["status"]),
                         ("ensure apply", TRACE, SPAN, {}))
        self.assertEqual(job["flags"], 0x301)  # sampled, and the parent is of another process
        self.assertEqual(job["attributes"], {"ensure.run_id": lines[0]["run_id"], "ensure.total": 3,
                                             "ensure.failed": 0, "ensure.cancelled": False})
        self.assertEqual(len({span["spanId"] for span in receives.spans}), len(calls) + 1)
        for span in calls:
            self.assertEqual((span["traceId"], span["parentSpanId"], span["flags"]),
                             (TRACE, job["spanId"], 0x101))
            self.assertLessEqual(int(job["startTimeUnixNano"]), int(span["startTimeUnixNano"]))
            self.assertLessEqual(int(span["endTimeUnixNano"]), int(job["endTimeUnixNano"]))

    def test_the_attributes_of_a_call(self):
        receives = self.receive()
        self.assertEqual(self.json("apply", "--yes", *self.three()).code, 0)
        _, calls = self.run_of(receives)
        starts = {span["attributes"]["cloud.region"]: span for span in calls
                  if span["attributes"]["ensure.action"] == "start"}
        self.assertEqual(set(starts), set(tool.REGION.values()))
        line = next(line for line in self.lines()
                    if line["action"] == "start" and line["phase"] == "done"
                    and line["targets"] == [target(A, "i-a")])
        self.assertEqual(starts["cn-hangzhou"]["attributes"], {
            "rpc.system": "alibaba", "rpc.service": "ecs", "rpc.method": "StartInstances",
            "cloud.provider": "alibaba_cloud", "cloud.region": "cn-hangzhou",
            "ensure.action": "start",
            "server.address": "127.0.0.1",
            "server.port": int(self.environment["ENSURE_ALIBABA_ENDPOINT"].rsplit(":", 1)[1]),
            "http.response.status_code": 200, "ensure.run_id": line["run_id"],
            "ensure.request_id": line["request_id"], "ensure.targets": 1})

    def test_a_refusal(self):
        receives = self.receive()
        self.world(one(V, "i-a", flags=["balance"]))
        run = self.json("apply", "--yes", target(V, "i-a"))
        self.assertEqual(run.code, 3)
        job, calls = self.run_of(receives)
        self.assertEqual((job["status"], job["attributes"]["ensure.failed"]), ({"code": 2}, 1))
        failed = [span for span in calls if span["status"]]
        self.assertEqual([(span["attributes"]["error.type"], span["attributes"]["ensure.provider_code"],
                           span["status"]["code"]) for span in failed],
                         [("insufficient_balance", "Insufficient.Balance", 2)])

    def test_a_passed_dry_run_is_no_error(self):
        """Though it is an HTTP error."""
        receives = self.receive()
        self.world(one(V, "i-a"))
        self.assertEqual(self.json("plan", target(V, "i-a")).code, 0)
        job, calls = self.run_of(receives)
        self.assertEqual({span["attributes"]["http.response.status_code"]: span["status"]
                          for span in calls}, {200: {}, 412: {}})
        self.assertEqual((job["name"], job["status"]), ("ensure plan", {}))

    def test_attempts(self):
        receives = self.receive()
        self.world(one(V, "i-a"), options=("--fault", "throttle,first=1"))
        self.assertEqual(self.json("status", target(V, "i-a")).code, 0)
        _, calls = self.run_of(receives)
        self.assertEqual([(span["attributes"].get("http.request.resend_count"),
                           span["attributes"].get("error.type")) for span in calls],
                         [(None, "throttled"), (1, None)])

    def test_every_verb(self):
        targets = self.three()
        places = [f"{cloud}/{region}" for cloud, region in tool.REGION.items()]
        for name, arguments, total in (("plan", ("plan", *targets), 3), ("read", ("status", *targets), 3),
                                       ("apply", ("apply", "--yes", *targets), 3),
                                       ("wait", ("wait", *targets), 3), ("find", ("find", *places), 3),
                                       ("doctor", ("doctor",), 3)):
            with self.subTest(name):
                receives = self.receive()
                self.assertEqual(self.json(*arguments).code, 0)
                job, calls = self.run_of(receives)
                self.assertEqual((job["name"], job["attributes"]["ensure.total"], job["status"]),
                                 (f"ensure {name}", total, {}))
                self.assertNotIn("parentSpanId", job)
                self.assertEqual(job["flags"], 0x101)
                self.assertEqual({(span["attributes"]["cloud.provider"],
                                   span["attributes"]["rpc.service"]) for span in calls}, SERVICES)
                self.assertGreaterEqual(len(calls), 3)

    def test_by_the_messages_of_opentelemetry(self):
        receives = self.receive()
        self.environment.update(TRACEPARENT=PARENT, OTEL_RESOURCE_ATTRIBUTES="team=infra,stage=a%20b")
        self.world(*(one(cloud, "i-a") for cloud in CLOUDS), one(A, "i-b", flags=["stock@real"]))
        self.json("apply", "--yes", *(target(cloud, "i-a") for cloud in CLOUDS), target(A, "i-b"))
        self.run_of(receives)
        sent = [json.loads(body) for _, _, body in receives.requests]
        decoded = checkers.run(self, DECODER, text=json.dumps(sent))
        self.assertEqual((decoded.returncode, decoded.stderr), (0, ""))
        # Each member arrives where it was meant to be: nothing is lost by decoding, but an empty status.
        for request in sent:
            for group in request["resourceSpans"]:
                for span in group["scopeSpans"][0]["spans"]:
                    span["status"] or span.pop("status")  # pylint: disable=expression-not-assigned
        shown = json.loads(decoded.stdout)
        for request in shown:
            for group in request.get("resourceSpans", []):
                for span in group["scopeSpans"][0]["spans"]:
                    span["status"] or span.pop("status")  # pylint: disable=expression-not-assigned
        self.assertEqual(shown, [request if request["resourceSpans"] else {} for request in sent])

    def test_no_secret(self):
        receives = self.receive()
        self.environment["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20of-the-receiver"
        self.environment["ENSURE_LOG"] = "trace"
        run = self.json("apply", "--yes", *self.three())
        self.run_of(receives)
        secrets = [value for name, value in self.environment.items() if "SECRET" in name]
        self.assertGreaterEqual(len(secrets), 3)
        for _, headers, body in receives.requests:
            self.assertEqual(headers["authorization"], "Bearer of-the-receiver")
            for secret in secrets:
                self.assertNotIn(secret, body)
        for text in (run.out, run.err, self.read("audit.log")):
            self.assertNotIn("of-the-receiver", text)


class Settings(Traces):
    def test_off(self):
        receives = self.receive()
        targets = self.three()
        for variable, value in (("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_TRACES_EXPORTER", "none"),
                                (ENDPOINT, "")):
            with self.subTest(variable):
                before = dict(self.environment)
                self.environment.update({variable: value, "TRACEPARENT": PARENT})
                run = self.json("plan", *targets)
                self.environment = before
                self.assertEqual((run.code, run.document["warnings"]), (0, []))
                self.assertEqual(self.lines()[-1]["trace_id"], TRACE)
        self.assertEqual(self.json("plan", *targets).code, 0)
        self.assertNotIn(self.lines()[-1]["trace_id"], ("", TRACE))
        self.assertEqual({span["traceId"] for span in receives.spans}, {self.lines()[-1]["trace_id"]})
        del self.environment[ENDPOINT]
        self.assertEqual(self.json("plan", *targets).code, 0)
        self.assertEqual(self.lines()[-1]["trace_id"], "")

    def test_paths(self):
        receives = self.receive()
        targets = self.three()
        own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
        for settings, path in (({ENDPOINT: receives.url}, "/v1/traces"),
                               ({ENDPOINT: receives.url + "/"}, "/v1/traces"),
                               ({ENDPOINT: receives.url + "/otlp/"}, "/otlp/v1/traces"),
                               ({ENDPOINT: "http://192.0.2.1", own: receives.url}, "/"),
                               ({own: receives.url + "/in?key=1"}, "/in?key=1")):
            with self.subTest(str(settings)):
                del receives.requests[:]
                self.environment[ENDPOINT] = ""
                self.environment.update(settings)
                self.assertEqual(self.json("status", *targets).document["warnings"], [])
                self.assertEqual({request[0] for request in receives.requests}, {path})

    def test_the_service(self):
        receives = self.receive()
        targets = self.three()
        listed = "deployment.environment.name=prod,service.name=fleet,note=a%2Cb%3Dc"
        for settings, name, rest in (
                ({}, "ensure", {}),
                ({"OTEL_SERVICE_NAME": "night"}, "night", {}),
                ({"OTEL_RESOURCE_ATTRIBUTES": listed}, "fleet",
                 {"deployment.environment.name": "prod", "note": "a,b=c"}),
                ({"OTEL_RESOURCE_ATTRIBUTES": listed, "OTEL_SERVICE_NAME": "night"}, "night",
                 {"deployment.environment.name": "prod", "note": "a,b=c"})):
            with self.subTest(str(settings)):
                before = dict(self.environment)
                self.environment.update(settings)
                self.assertEqual(self.json("status", *targets).code, 0)
                self.environment = before
                resource = dict(receives.resources[-1])
                self.assertRegex(resource.pop("service.version"), r"^\d+\.\d+\.\d+$")
                self.assertEqual(resource, {"service.name": name, **rest})

    def test_what_can_not_be_used_is_one_warning(self):
        receives = self.receive()
        targets = self.three()
        headers, attributes = "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_RESOURCE_ATTRIBUTES"
        protocol = "OTEL_EXPORTER_OTLP_PROTOCOL"
        for name, value, parts, sent in (
                (ENDPOINT, "http://192.0.2.1:4318", ("http://192.0.2.1 is neither https nor on this machine",
                                                     "ENSURE_ALLOW_HTTP=1"), False),
                (ENDPOINT, "collector:4318", ("scheme://host[:port]",), False),
                (ENDPOINT, "http://u:p@127.0.0.1", ("user name",), False),
                (ENDPOINT, receives.url + "/a b", ("path",), False),
                (ENDPOINT, receives.url + "/" + "a" * 2048, ("path",), False),
                (protocol, "grpc", ("http/json",), False),
                (protocol, "http/protobuf", ("http/json",), True),
                (headers, "key", ("NAME=VALUE",), True),
                (headers, "key=a%0d%0aHost: x", ("control character",), True),
                (headers, "key=%2", ("hexadecimal",), True),
                (headers, "a b=c", ("name",), True), (headers, "Host=x", ("name",), True),
                (headers, ",".join(f"k{n}=v" for n in range(65)), ("64 entries",), True),
                (attributes, "key", ("NAME=VALUE",), True),
                (attributes, ",".join(f"k{n}=v" for n in range(65)), ("64 entries",), True),
                ("TRACEPARENT", "00-12", ("00-TRACE_ID-SPAN_ID-FLAGS",), True)):
            with self.subTest(f"{name}={value[:60]}"):
                before = dict(self.environment)
                self.environment[name] = value
                del receives.spans[:]
                run = self.json("plan", *targets)
                self.environment = before
                self.assertEqual((run.code, run.document["summary"]["start"]), (0, 3))
                warning = self.warning_of(run)
                for part in (name, *parts):
                    self.assertIn(part, warning)
                self.assertEqual(receives.spans != [], sent)
        self.assertEqual(receives.wrong, [])

    def test_the_most_headers_and_attributes(self):
        receives = self.receive()
        self.environment["OTEL_EXPORTER_OTLP_HEADERS"] = ",".join(f"k{n}=v{n}" for n in range(64))
        self.environment["OTEL_RESOURCE_ATTRIBUTES"] = ",".join(f"k{n}=v{n}" for n in range(64))
        run = self.json("status", *self.three())
        self.assertEqual(run.document["warnings"], [])
        self.assertEqual([receives.requests[-1][1][f"k{n}"] for n in range(64)],
                         [f"v{n}" for n in range(64)])
        self.assertEqual(len(receives.resources[-1]), 66)

    def test_parents(self):
        """A parent that is not valid is none; one that is not sampled keeps spans from being sent."""
        receives = self.receive()
        targets = self.three()
        for parent, trace, sent in (
                (PARENT, TRACE, True),
                (PARENT[:-2] + "03", TRACE, True),
                ("01" + PARENT[2:] + "-more", TRACE, True),
                (PARENT[:-2] + "00", TRACE, False),
                ("ff" + PARENT[2:], None, True), (PARENT.upper(), None, True),
                (PARENT + "-more", None, True), (PARENT[:-1], None, True),
                (PARENT.replace(TRACE, "0" * 32), None, True),
                (PARENT.replace(SPAN, "0" * 16), None, True)):
            with self.subTest(parent):
                del receives.spans[:]
                self.environment["TRACEPARENT"] = parent
                run = self.json("status", *targets)
                self.assertEqual(len(run.document["warnings"]), 1 if trace is None else 0)
                self.assertEqual(receives.spans != [], sent)
                found = self.lines()[-1]["trace_id"]
                self.assertEqual(found == TRACE, trace == TRACE)
                self.assertEqual({span["traceId"] for span in receives.spans}, {found} if sent else set())


class Trouble(Traces):
    """Each run ends with the result that it has without a receiver, and waits for none: what the
    document has to say of it is known while the clouds take their time."""

    LATE = ("--latency-ms", "500")

    def plan(self, **more):
        targets = self.three(**more)
        run = self.json("plan", *targets)
        self.assertEqual((run.code, run.document["summary"]["start"]), (0, 3))
        return run

    def test_nothing_listens(self):
        holder, self.environment[ENDPOINT] = receiver.refusing_url()
        self.addCleanup(holder.close)
        warning = self.warning_of(self.plan(options=self.LATE))
        for part in (ENDPOINT, self.environment[ENDPOINT], "connect"):
            self.assertIn(part, warning)

    def test_refuses(self):
        for status in (401, 404, 500, 503):
            with self.subTest(status):
                self.receive(lambda number, status=status: (status, {}, {}))
                run = self.plan(options=self.LATE)
                self.assertIn(f"HTTP {status}", self.warning_of(run))
                self.emulator.stop()

    def test_refuses_the_empty_request_only(self):
        receives = self.receive(lambda number: (400 if number == 1 else 200, {}, {}))
        self.assertEqual(self.plan().document["warnings"], [])
        self.run_of(receives)

    def test_recovers(self):
        """A request that may be repeated is, and nothing is lost or told."""
        receives = self.receive(lambda number: (503 if number == 2 else 200, {}, {}))
        run = self.plan()
        job, calls = self.run_of(receives)
        self.assertEqual(len(calls), len(self.lines()))
        self.assertEqual(job["attributes"]["ensure.total"], 3)
        self.assertNotIn("spans lost", run.err)

    def test_rejects_some(self):
        self.receive(lambda number: (200, {}, {} if number == 1 else {
            "partialSuccess": {"rejectedSpans": "2", "errorMessage": "no\u202e room\n"}}))
        run = self.plan()
        self.assertIn("spans lost: ", run.err)
        self.assertIn("it rejects spans: no\ufffd room", run.err)

    def test_hangs(self):
        """The end of the run waits a bounded time, and what is lost is counted."""
        self.receive(lambda number: None)
        begun = time.monotonic()
        run = self.plan()
        took = time.monotonic() - begun
        self.assertEqual(run.document["warnings"], [])
        self.assertEqual(run.err.count("does not answer in time; spans lost: "), 1, run.err)
        self.assertGreaterEqual(took, END_S)  # else nothing was waited for

    def test_is_slow(self):
        receives = self.receive(delay_s=0.2)
        run = self.plan()
        self.run_of(receives)
        self.assertEqual((run.document["warnings"], run.err.count("lost")), ([], 0))

    def test_says_nonsense(self):
        receives = self.receive(lambda number: (200, {}, [["partialSuccess"]]))
        self.assertEqual(self.plan().document["warnings"], [])
        self.run_of(receives)


if __name__ == "__main__":
    tool.main()

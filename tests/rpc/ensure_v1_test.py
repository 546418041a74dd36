# SPDX-License-Identifier: Apache-2.0
"""The methods of ensure.v1 but Find in the real plugin process, on the emulator, from an independent
host in Python (arguments: see ensure_v1_case.py)."""

import concurrent.futures
import json
import os
import subprocess
import unittest

import grpc

import host
from ensure_v1_case import (COOKIE, DAY_MS, KEYS, PROGRAM, TF_COOKIE, VERSION, EnsureCase, pb2,
                            pb2_grpc, target)


class Capabilities(EnsureCase):
    def test_providers(self):
        _, stub = self.start(configured=False)
        reply = stub.GetCapabilities(pb2.GetCapabilitiesRequest())
        self.assertEqual(reply.version, VERSION)
        self.assertEqual([p.name for p in reply.providers], ["alibaba", "baidu", "volcengine"])
        self.assertEqual(list(reply.warnings), [])
        for provider in reply.providers:
            with self.subTest(provider.name):
                self.assertTrue(provider.title)
                self.assertTrue(provider.version)
                self.assertGreaterEqual(provider.abi_major, 1)
                self.assertTrue(provider.origin.endswith(f"/providers/{provider.name}.so"))
                self.assertEqual(provider.dry_run, provider.name != "baidu")
                self.assertEqual(provider.dry_run_limit > 0, provider.dry_run)
                self.assertEqual(provider.client_token, provider.name == "volcengine")
                self.assertGreater(provider.describe_limit, 0)
                self.assertGreater(provider.start_limit, 0)

    def test_warnings(self):
        junk = os.path.join(self.home, "junk.so")
        with open(junk, "w", encoding="ascii") as file:
            file.write("no shared object")
        _, stub = self.start(configured=False, variables={"ENSURE_PROVIDER_PATH": self.home})
        reply = stub.GetCapabilities(pb2.GetCapabilitiesRequest())
        self.assertEqual(len(reply.warnings), 1)
        self.assertIn(junk, reply.warnings[0])
        self.assertEqual(len(reply.providers), 3)


class Configure(EnsureCase):
    def test_refusals(self):
        cloud = pb2.CloudSettings
        many = [cloud(cloud="baidu")] * 2
        rows = [
            (dict(clouds=[cloud(cloud="azure")]), 'clouds[0].cloud: there is no provider for cloud'),
            (dict(clouds=[cloud()]), "clouds[0].cloud: "),
            (dict(clouds=many), "clouds[1].cloud: baidu is configured twice"),
            (dict(clouds=[cloud(cloud="baidu", endpoint="nonsense")]), "endpoint"),
            (dict(clouds=[cloud(cloud="baidu", endpoint="http://example.com")]), "endpoint"),
            (dict(clouds=[cloud(cloud="baidu", secret_key="x" * 8193)]), ""),
            (dict(clouds=[cloud(cloud="baidu", assume_role_with_oidc={"token": "x" * 100})]),
             "baidu.assume_role_with_oidc: Baidu AI Cloud has no roles to assume with an identity"),
            (dict(clouds=[cloud(cloud="alibaba", assume_role={"role": "r", "duration_seconds": 899})]),
             "alibaba.assume_role.duration_seconds: expected 900 to 43200 seconds, got 899"),
            (dict(clouds=[cloud(cloud="volcengine", profile="p", metadata_role="m")]),
             "volcengine.metadata_role: profile is set too: only one of them can be the source"),
        ]
        for name in ("plan_timeout_ms", "apply_timeout_ms"):
            for value in (-1, DAY_MS + 1):
                rows.append((dict(defaults=pb2.Defaults(**{name: value})),
                             f"defaults.{name}: {value} is not between 0 and {DAY_MS}"))
        _, stub = self.start()
        for request, sentence in rows:
            with self.subTest(sentence):
                found = self.refused(lambda request=request: stub.Configure(
                    pb2.ConfigureRequest(**request)))
                self.assertIn(sentence, found)
                self.assertNotIn("x" * 100, found)
        # The previous configuration is still used.
        self.assertEqual(self.plan(stub, [target("baidu", "i-running")])
                         [target("baidu", "i-running")].action, "none")

    def test_replaces(self):
        _, stub = self.start()
        stub.Configure(self.settings(["baidu"]))
        found = self.plan(stub, [target("baidu", "i-running"), target("alibaba", "i-running")])
        self.assertEqual(found[target("baidu", "i-running")].action, "none")
        self.assertEqual(found[target("alibaba", "i-running")].reason, "unauthenticated")

    def test_defaults(self):
        _, stub = self.start(configured=False)
        name = target("volcengine", "i-stopped")
        stub.Configure(self.settings(defaults=pb2.Defaults(no_dry_run=True, plan_timeout_ms=DAY_MS)))
        self.assertEqual(self.plan(stub, [name])[name].confidence, "unverified")
        stub.Configure(self.settings(defaults=pb2.Defaults(plan_timeout_ms=300)))
        self.fault("hang,action=DescribeInstances")
        self.assertEqual(self.plan(stub, [name])[name].action, "refuse")

    def test_environment(self):
        key, secret, token = KEYS["volcengine"]
        _, stub = self.start(configured=False, variables={
            "VOLCENGINE_ACCESS_KEY": key, "VOLCENGINE_SECRET_KEY": secret,
            "VOLCENGINE_SESSION_TOKEN": token,
            "ENSURE_VOLCENGINE_ENDPOINT": self.emulator.urls["volcengine"]})
        name = target("volcengine", "i-running")
        self.assertEqual(self.plan(stub, [name])[name].action, "none")


class Plan(EnsureCase):
    def test_three_clouds(self):
        expected = {
            target("volcengine", "i-stopped"): ("stopped", "start", "validated", "ok"),
            target("volcengine", "i-running"): ("running", "none", "observed", "already_running"),
            target("volcengine", "i-balance"):
                ("stopped", "refuse", "validated", "insufficient_balance"),
            target("volcengine", "i-shy"): ("stopped", "start", "unverified", "permission_denied"),
            target("volcengine", "i-absent"): ("absent", "refuse", "observed", "not_found"),
            target("alibaba", "i-stopped"): ("stopped", "start", "validated", "ok"),
            target("alibaba", "i-running"): ("running", "none", "observed", "already_running"),
            target("alibaba", "i-locked"): ("stopped", "refuse", "observed", "locked"),
            target("baidu", "i-stopped"): ("stopped", "start", "simulated", "ok"),
            target("baidu", "i-running"): ("running", "none", "observed", "already_running"),
            target("baidu", "i-expired"): ("failed", "refuse", "observed", "expired"),
            target("baidu", "i-odd"): ("unknown", "refuse", "observed", "wrong_state"),
        }
        _, stub = self.start()
        found = self.plan(stub, list(expected))
        self.assertEqual({name: (one.status, one.action, one.confidence, one.reason)
                          for name, one in found.items()}, expected)
        self.assertEqual(found[target("baidu", "i-odd")].provider_status, "Dreaming")
        balance = found[target("volcengine", "i-balance")]
        self.assertEqual((balance.provider_code, balance.http_status),
                         ("Insufficient.Balance", 400))
        self.assertTrue(balance.request_id and balance.message and balance.advice)
        self.assertTrue(found[target("volcengine", "i-stopped")].client_token)
        self.assertFalse(any(one.started for one in found.values()))

    def test_each_target_counts_once(self):
        _, stub = self.start()
        name = target("alibaba", "i-running")
        self.assertEqual(list(self.plan(stub, [name] * 5)), [name])
        self.assertEqual(self.plan(stub, []), {})

    def test_refusals_send_nothing(self):
        good = target("alibaba", "i-running")
        rows = [
            (dict(targets=[good, "azure/eu/i-1"]), 'targets[1]: there is no provider for cloud "azure"'),
            (dict(targets=["alibaba/cn-hangzhou"]), "targets[0]: "),
            (dict(targets=[good, good, "alibaba/cn-hangzhou/i-\u00e4"]), "targets[2]: "),
            (dict(targets=["alibaba/cn-hangzhou/i-" + "x" * 63]), "targets[0]: "),
            (dict(targets=[""]), "targets[0]: "),
            (dict(targets=[good], timeout_ms=-1), f"timeout_ms: -1 is not between 0 and {DAY_MS}"),
            (dict(targets=[good], timeout_ms=DAY_MS + 1), "timeout_ms: "),
            (dict(targets=[f"alibaba/cn-hangzhou/i-{n}" for n in range(1000001)]), "1000000"),
        ]
        _, stub = self.start()
        for request, sentence in rows:
            with self.subTest(sentence):
                self.assertIn(sentence, self.refused(
                    lambda request=request: list(stub.Plan(pb2.PlanRequest(**request)))))
        self.assertEqual(self.requests(), [])

    def test_no_dry_run(self):
        _, stub = self.start()
        found = self.plan(stub, [target(cloud, "i-stopped") for cloud in KEYS], no_dry_run=True)
        self.assertEqual({(one.action, one.confidence, one.reason) for one in found.values()},
                         {("start", "unverified", "ok")})
        self.assertFalse([one for one in self.requests() if one.get("dry_run")])

    def test_wait(self):
        """Another call starts the instance that is waited for."""
        name, up, gone = (target("alibaba", one) for one in ("i-stopped", "i-running", "i-absent"))
        _, stub = self.start()
        events, started = [], False
        for event in stub.Plan(pb2.PlanRequest(targets=[up, name, gone], wait=True),
                               timeout=host.TIMEOUT_S):
            events.append(event)
            if not started and event.WhichOneof("event") == "progress":
                self.assertEqual((event.progress.target, event.progress.status,
                                  event.progress.action, event.progress.reason),
                                 (name, "stopped", "wait", "in_progress"))
                started = True
                self.apply(stub, targets=[name])
        found, _, _ = self.read(events)
        self.assertEqual({one: (found[one].status, found[one].action, found[one].reason)
                          for one in found},
                         {up: ("running", "none", "already_running"),
                          name: ("running", "none", "already_running"),
                          gone: ("absent", "refuse", "not_found")})

    def test_wait_until_the_deadline_and_stop(self):
        name = target("baidu", "i-stopped")
        _, stub = self.start()
        for more in ({}, {"no_dry_run": True}):
            one = self.plan(stub, [name], wait=True, timeout_ms=300, **more)[name]
            self.assertEqual((one.status, one.action, one.confidence, one.reason, one.client_token),
                             ("stopped", "wait", "observed", "timed_out", ""))
        stream = stub.Plan(pb2.PlanRequest(targets=[name], wait=True, timeout_ms=DAY_MS))
        next(stream)
        stub.Stop(pb2.StopRequest())
        self.assertEqual(self.read(stream)[0][name].reason, "cancelled")
        self.assertFalse([one for one in self.requests() if "Start" in one["action"]])

    def test_clouds_without_credentials_do_not_delay_others(self):
        _, stub = self.start(configured=False)
        stub.Configure(self.settings(["volcengine", "alibaba"]))
        found = self.plan(stub, [target(cloud, "i-running") for cloud in KEYS])
        self.assertEqual({name: one.reason for name, one in found.items()},
                         {target("volcengine", "i-running"): "already_running",
                          target("alibaba", "i-running"): "already_running",
                          target("baidu", "i-running"): "unauthenticated"})

    def test_maximum_number_of_targets(self):
        """The client reads slowly and begins late."""
        _, stub = self.start(configured=False)
        stream = stub.Plan(pb2.PlanRequest(
            targets=[f"baidu/bj/i-{n}" for n in range(100000)]))
        stub.GetCapabilities(pb2.GetCapabilitiesRequest())
        instances, _, summary = self.read(stream)
        self.assertEqual(len(instances), 100000)
        self.assertEqual(summary.refuse, 100000)

    def test_joined_events(self):
        """Every message carries events and is none itself. There are as many as without, in their order,
        in a fraction of the messages, none of which is large."""
        names = [f"baidu/bj/i-{n:05}" for n in range(20000)]
        _, stub = self.start(configured=False)
        request = pb2.PlanRequest(targets=names, join_events=True)
        messages = list(stub.Plan(request, timeout=host.TIMEOUT_S))
        found, _, _ = self.read(self.events(messages))
        self.assertEqual(list(found), names)
        self.assertLess(len(messages), len(names) / 20)
        self.assertLess(max(message.ByteSize() for message in messages), 32 * 1024 + 1)

    def test_joined_events_and_stop(self):
        """What was gathered comes although nothing follows, and what is gathered at the end with it."""
        up, name = target("alibaba", "i-running"), target("baidu", "i-stopped")
        _, stub = self.start()
        stream = stub.Plan(pb2.PlanRequest(targets=[up, name], wait=True, timeout_ms=DAY_MS,
                                           join_events=True), timeout=host.TIMEOUT_S)
        first = []
        while {"instance", "progress"} - {event.WhichOneof("event") for event in first}:
            first += self.events([next(stream)])
        stub.Stop(pb2.StopRequest())
        found, progress, _ = self.read(first + list(self.events(stream)))
        self.assertEqual({one: found[one].reason for one in found},
                         {up: "already_running", name: "cancelled"})
        self.assertEqual({one.target for one in progress}, {name})

    def test_many_plans_at_once(self):
        _, stub = self.start()
        names = [target(cloud, one) for cloud in KEYS for one in ("i-running", "i-stopped")]
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            plans = list(pool.map(lambda n: self.plan(stub, [names[n % len(names)]]), range(50)))
        for n, found in enumerate(plans):
            name = names[n % len(names)]
            self.assertEqual(found[name].action, "none" if "running" in name else "start")


class Apply(EnsureCase):
    def test_targets(self):
        names = [target(cloud, one) for cloud in KEYS for one in ("i-stopped", "i-running")]
        _, stub = self.start()
        found, progress, _ = self.apply(stub, targets=names)
        for name, one in found.items():
            with self.subTest(name):
                self.assertEqual((one.status, one.started), ("running", name.endswith("i-stopped")))
                self.assertGreaterEqual(one.elapsed_ms, 0)
        self.assertEqual({one.target for one in progress if one.started},
                         {target(cloud, "i-stopped") for cloud in KEYS})
        found, _, summary = self.apply(stub, targets=names)
        self.assertEqual(summary.running, len(names))
        self.assertFalse(any(one.started for one in found.values()))

    def test_plan(self):
        """Planned starts are sent once, with the plan's token; changes are only reported."""
        start, change = target("volcengine", "i-stopped"), target("volcengine", "i-running")
        _, stub = self.start()
        planned = self.plan(stub, [start, change])
        self.emulator.control.call("POST", "/instances", {
            "cloud": "volcengine", "region": "cn-beijing", "id": "i-running", "status": "STOPPED"})
        found, _, _ = self.apply(stub, plan=list(planned.values()))
        self.assertEqual((found[start].status, found[start].started), ("running", True))
        self.assertEqual((found[change].action, found[change].reason, found[change].started),
                         ("refuse", "wrong_state", False))
        self.assertIn("since the plan", found[change].message)
        self.assertEqual(found[start].client_token, planned[start].client_token)
        found, _, _ = self.apply(stub, plan=list(planned.values()))
        self.assertFalse(any(one.started for one in found.values()))

    def test_refusals_send_nothing(self):
        good = pb2.InstancePlan(target=target("baidu", "i-stopped"), action="start")

        def spoilt(**fields):
            bad = pb2.InstancePlan()
            bad.CopyFrom(good)
            for name, value in fields.items():
                setattr(bad, name, value)
            return dict(plan=[pb2.InstancePlan(target=target("baidu", "i-other"), action="wait"), bad])

        rows = [
            (dict(targets=[good.target], plan=[good]), "an apply takes targets or a plan, not both"),
            (dict(targets=["azure/eu/i-1"]), "targets[0]: "),
            (dict(targets=[good.target], timeout_ms=-1), "timeout_ms: "),
            (dict(plan=[good], timeout_ms=DAY_MS + 1), "timeout_ms: "),
            (dict(plan=[good, good]), f"plan[1]: {good.target} is in the plan twice"),
            (spoilt(target="azure/eu/i-1"), 'plan[1]: there is no provider for cloud "azure"'),
            (spoilt(target="baidu"), "plan[1]: "),
            (spoilt(action=""), 'plan[1]: "" is not an action'),
            (spoilt(action="stop"), 'plan[1]: "stop" is not an action'),
            (spoilt(client_token="a b"), 'plan[1]: "a b" is not a client token (at most 64 printable ASCII characters)'),
            (spoilt(client_token="x" * 65), "plan[1]: "),
        ]
        _, stub = self.start()
        for request, sentence in rows:
            with self.subTest(sentence):
                self.assertIn(sentence, self.refused(
                    lambda request=request: list(stub.Apply(pb2.ApplyRequest(**request)))))
        self.assertEqual(self.requests(), [])

    def test_joined_events(self):
        names = [target(cloud, one) for cloud in KEYS for one in ("i-stopped", "i-running")]
        _, stub = self.start()
        stream = stub.Apply(pb2.ApplyRequest(targets=names, join_events=True),
                            timeout=host.TIMEOUT_S)
        found, progress, summary = self.read(
            self.events(stream), counts=("running", "refused", "failed", "unfinished"))
        self.assertEqual((summary.running, summary.started), (len(names), len(KEYS)))
        self.assertEqual(set(found), set(names))
        self.assertEqual({one.target for one in progress if one.started},
                         {target(cloud, "i-stopped") for cloud in KEYS})

    def test_nothing_to_do(self):
        _, stub = self.start()
        self.assertEqual(self.apply(stub)[0], {})


class Diagnose(EnsureCase):
    def diagnose(self, stub, *clouds):
        reply = stub.Diagnose(pb2.DiagnoseRequest(clouds=clouds), timeout=host.TIMEOUT_S)
        self.assertRegex(reply.created_at, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        return reply

    def test_each_cloud(self):
        _, stub = self.start(variables={
            f"ENSURE_{cloud.upper()}_STS_ENDPOINT": self.emulator.urls[f"{cloud}_sts"]
            for cloud in KEYS})
        reply = self.diagnose(stub)
        self.assertEqual([one.cloud for one in reply.clouds], sorted(KEYS))
        for one in reply.clouds:
            self.assertEqual((one.may_read, one.reason, one.source, one.key_id_tail, one.endpoint),
                             ("yes", "ok", f"settings ({one.cloud})", KEYS[one.cloud][0][-4:],
                              self.emulator.urls[one.cloud]))
            self.assertEqual(one.identity == "", one.cloud == "baidu", one.identity)
            self.assertEqual((one.expires_at, one.clock_skew_ms, list(one.looked_at)), ("", 0, []))
        self.assertEqual(self.emulator.control.ledger()["starts"], {})

    def test_regions(self):
        _, stub = self.start()
        request = self.settings()
        request.clouds[2].region = "gz"
        stub.Configure(request, timeout=host.TIMEOUT_S)
        reply = self.diagnose(stub, "baidu", "baidu/bj", "baidu/gz")
        self.assertEqual([(one.cloud, one.region) for one in reply.clouds],
                         [("baidu", "gz"), ("baidu", "bj")])

    def test_refused_requests(self):
        _, stub = self.start()
        for clouds, part in ((["gcp"], 'clouds[0]: there is no provider for cloud "gcp"'),
                             (["baidu", "baidu/"], 'clouds[1]: "baidu/" is neither'),
                             (["baidu/bj/i-a"], 'clouds[0]: "baidu/bj/i-a" is neither'),
                             (["baidu"] * 101, "clouds: expected at most 100, found 101")):
            self.assertIn(part, self.refused(lambda names=clouds: self.diagnose(stub, *names)))
        self.assertEqual(self.requests(), [])
        self.assertEqual(len(self.diagnose(stub, *["baidu"] * 100).clouds), 1)

    def test_deadline_of_the_session(self):
        """A cloud that does not answer ends at the deadline, and hides no other."""
        plugin, stub = self.start()
        stub.Configure(self.settings(defaults=pb2.Defaults(plan_timeout_ms=1000)))
        self.fault("hang,cloud=volcengine")
        reply = self.diagnose(stub, "volcengine", "baidu")
        self.assertEqual([(one.may_read, one.reason) for one in reply.clouds],
                         [("unknown", "timed_out"), ("yes", "ok")])
        self.assertIn("Time ran out", reply.clouds[0].message)
        self.assertEqual(plugin.shut_down(), 0)

    def test_stop_and_cancel(self):
        plugin, stub = self.start()
        self.fault("hang,cloud=alibaba")
        for end in (lambda call: stub.Stop(pb2.StopRequest()), lambda call: call.cancel()):
            before = len(self.requests())
            call = stub.Diagnose.future(pb2.DiagnoseRequest(clouds=["alibaba", "baidu"]))
            while len(self.requests()) < before + 2:
                pass
            end(call)
            if not call.cancelled():
                found = call.result(timeout=host.TIMEOUT_S).clouds
                self.assertEqual([(one.may_read, one.reason) for one in found],
                                 [("unknown", "cancelled"), ("yes", "ok")])
        self.assertEqual(plugin.shut_down(), 0)


class Ending(EnsureCase):
    def hanging(self, stub):
        """An apply that has reported one cloud and waits for another, which does not answer."""
        self.fault("hang,cloud=volcengine")
        stream = stub.Apply(pb2.ApplyRequest(targets=[target("volcengine", "i-stopped"),
                                                      target("baidu", "i-running")]))
        first = next(stream)
        self.assertEqual(first.instance.target, target("baidu", "i-running"))
        return stream

    def test_stop(self):
        _, stub = self.start()
        stream = self.hanging(stub)
        stub.Stop(pb2.StopRequest())
        rest = list(stream)
        self.assertEqual([event.WhichOneof("event") for event in rest], ["instance", "summary"])
        self.assertEqual(rest[0].instance.reason, "cancelled")
        self.assertEqual(rest[1].summary.total, 2)
        # Later calls are not affected.
        self.fault()
        name = target("volcengine", "i-running")
        self.assertEqual(self.plan(stub, [name])[name].action, "none")

    def test_cancel(self):
        plugin, stub = self.start()
        self.hanging(stub).cancel()
        self.fault()
        name = target("volcengine", "i-running")
        self.assertEqual(self.plan(stub, [name])[name].action, "none")
        self.assertEqual(plugin.shut_down(), 0)

    def test_client_disconnects(self):
        plugin, stub = self.start(mtls=False)
        channel = plugin.channel()
        self.hanging(pb2_grpc.EnsureStub(channel))
        channel.close()
        self.fault()
        name = target("volcengine", "i-running")
        self.assertEqual(self.plan(stub, [name])[name].action, "none")
        self.assertEqual(plugin.shut_down(), 0)

    def test_timeout(self):
        _, stub = self.start()
        self.fault("hang,cloud=volcengine")
        name = target("volcengine", "i-stopped")
        found, _, _ = self.apply(stub, targets=[name], timeout_ms=300)
        self.assertEqual((found[name].status, found[name].action, found[name].started),
                         ("unknown", "refuse", False))

    def test_shutdown_during_a_call(self):
        plugin, stub = self.start()
        stream = self.hanging(stub)
        self.assertEqual(plugin.shut_down(), 0)
        self.assertEqual(list(stream)[-1].summary.total, 2)

    def test_host_killed_during_a_call(self):
        plugin, stub = self.start()
        self.hanging(stub)
        plugin.process.terminate()
        self.assertEqual(plugin.wait(), 0)


class Process(EnsureCase):
    def test_both_services_for_each_host(self):
        tf_pb2, tf_grpc = host.stubs("proto", "tfplugin6.proto")
        for cookie, versions, version in ((COOKIE, "1", "1"), (TF_COOKIE, "5,6", "6")):
            with self.subTest(cookie[0]):
                plugin, stub = self.start(configured=False, cookie=cookie,
                                          variables={"PLUGIN_PROTOCOL_VERSIONS": versions})
                self.assertEqual(plugin.fields[1], version)
                self.assertEqual(stub.GetCapabilities(pb2.GetCapabilitiesRequest()).version, VERSION)
                metadata = tf_grpc.ProviderStub(plugin.channel()).GetMetadata(
                    tf_pb2.GetMetadata.Request())
                self.assertTrue(metadata.resources)
                self.assertEqual(plugin.shut_down(), 0)

    def test_by_hand(self):
        for arguments, status, stdout, stderr in (
                ((), 1, "", "terraform-provider-ensure is a plugin"),
                (("--version",), 0, f"terraform-provider-ensure {VERSION}\n", ""),
                (("--help",), 0, "Usage: terraform-provider-ensure", ""),
                (("--nonsense",), 1, "",
                 "terraform-provider-ensure: unknown argument: --nonsense\nUsage: ")):
            with self.subTest(arguments):
                done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True,
                                      check=False)
                self.assertEqual(done.returncode, status)
                for found, wanted in ((done.stdout, stdout), (done.stderr, stderr)):
                    self.assertTrue(found.startswith(wanted) if wanted else found == "", found)

    def test_log(self):
        """JSON lines in the format of go-plugin hosts, without a secret; nothing on stdout."""
        plugin, stub = self.start(variables={"GRPC_VERBOSITY": "debug", "GRPC_TRACE": "all",
                                              "ENSURE_LOG": "trace"})
        self.plan(stub, [target(cloud, "i-stopped") for cloud in KEYS])
        self.apply(stub, targets=[target(cloud, "i-stopped") for cloud in KEYS])
        self.assertEqual(plugin.shut_down(), 0)
        self.assertEqual(plugin.process.stdout.read(), b"")
        lines = plugin.stderr.decode().splitlines()
        self.assertTrue(lines)
        for line in lines:
            record = json.loads(line)
            self.assertIn(record["@level"], ("trace", "debug", "info", "warn", "error"))
            self.assertRegex(record["@timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
            self.assertIsInstance(record["@message"], str)
        for _, secret, token in KEYS.values():
            self.assertNotIn(secret, plugin.stderr.decode())
            self.assertNotIn(token, plugin.stderr.decode())


if __name__ == "__main__":
    unittest.main()

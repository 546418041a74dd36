# SPDX-License-Identifier: Apache-2.0
"""The plugin process on the emulator, for the tests of ensure.v1. argv[1] is
terraform-provider-ensure, argv[2] ensure-emulator, argv[3] the version."""

import os
import sys
import tempfile
import unittest

import grpc

import host

sys.path.insert(0, os.path.join(host.SOURCE, "tests", "emulator"))
from harness import Emulator  # noqa: E402

PROGRAM, EMULATOR, VERSION = sys.argv[1:4]
del sys.argv[1:4]
pb2, pb2_grpc = host.stubs("proto", "ensure/v1/ensure.proto")
COOKIE = ("ENSURE_PLUGIN_MAGIC_COOKIE", "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")
TF_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE",
             "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
DAY_MS = 24 * 3600 * 1000

KEYS = {cloud: (f"key-of-{cloud}", f"secret-of-{cloud}", f"token-of-{cloud}")
        for cloud in ("volcengine", "alibaba", "baidu")}
PREFIX = {"volcengine": "volcengine/cn-beijing/", "alibaba": "alibaba/cn-hangzhou/",
          "baidu": "baidu/bj/"}
WORDS = {"volcengine": ("STOPPED", "RUNNING"), "alibaba": ("Stopped", "Running"),
         "baidu": ("Stopped", "Running")}


def target(cloud, name):
    return PREFIX[cloud] + name


def instance(cloud, ident, status, **more):
    return {"cloud": cloud, "region": PREFIX[cloud].split("/")[1], "id": ident, "status": status,
            "boot_reads": 1, **more}


def world():
    instances = []
    for cloud, (stopped, running) in WORDS.items():
        instances += [instance(cloud, "i-stopped", stopped), instance(cloud, "i-running", running),
                      instance(cloud, "i-other", stopped)]
    instances += [
        instance("volcengine", "i-balance", "STOPPED", flags=["balance"]),
        instance("volcengine", "i-shy", "STOPPED", flags=["permission@dry_run"]),
        instance("alibaba", "i-locked", "Stopped", flags=["locked_security"]),
        instance("baidu", "i-expired", "Expired"),
        instance("baidu", "i-odd", "Stopped", shows="Dreaming"),
    ]
    return {"accounts": [{"cloud": cloud, "access_key": key, "secret_key": secret,
                          "security_token": token} for cloud, (key, secret, token) in KEYS.items()],
            "instances": instances}


class EnsureCase(unittest.TestCase):
    """One plugin per test; one emulator for all, reset before each test."""

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(EMULATOR, world=world(), directory=host.WORK)
        cls.addClassCleanup(cls.emulator.stop)

    def setUp(self):
        self.emulator.control.call("DELETE", "/faults")
        self.emulator.control.call("POST", "/reset?world=yes")
        self.home = tempfile.mkdtemp(dir=host.WORK)

    def start(self, configured=True, **options):
        """The plugin and its stub, with an environment without settings."""
        options.setdefault("cookie", COOKIE)
        variables = {"HOME": self.home, "ENSURE_LOG": "trace", **options.pop("variables", {})}
        plugin = host.Plugin(PROGRAM, variables=variables, **options)
        self.addCleanup(plugin.__exit__)
        stub = pb2_grpc.EnsureStub(plugin.channel())
        if configured:
            stub.Configure(self.settings(), timeout=host.TIMEOUT_S)
        return plugin, stub

    def settings(self, clouds=tuple(KEYS), defaults=None):
        return pb2.ConfigureRequest(
            clouds=[pb2.CloudSettings(cloud=cloud, access_key=KEYS[cloud][0],
                                      secret_key=KEYS[cloud][1], security_token=KEYS[cloud][2],
                                      endpoint=self.emulator.urls[cloud]) for cloud in clouds],
            defaults=defaults)

    def fault(self, *specifications):
        reply = self.emulator.control.call("PUT", "/faults", list(specifications))
        self.assertEqual(reply.status, 200, reply.body)

    def requests(self):
        return self.emulator.control.ledger()["requests"]

    def refused(self, call):
        """The message of the INVALID_ARGUMENT that the call must end with."""
        with self.assertRaises(grpc.RpcError) as caught:
            call()
        self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        return caught.exception.details()

    def read(self, stream, counts=("none", "start", "wait", "refuse")):
        """(instances by target, progress, summary) of a whole stream. Checks that each target comes once,
        that the summary comes last and adds up, and that every message is one event."""
        instances, progress, summary = {}, [], None
        for event in stream:
            self.assertIsNone(summary)
            self.assertFalse(event.events)
            kind = event.WhichOneof("event")
            if kind == "summary":
                summary = event.summary
            elif kind == "progress":
                progress.append(event.progress)
            else:
                self.assertNotIn(event.instance.target, instances)
                instances[event.instance.target] = event.instance
        self.assertEqual(summary.total, len(instances))
        self.assertEqual(sum(getattr(summary, count) for count in counts), summary.total)
        for count in counts if counts[0] == "none" else ():
            self.assertEqual(getattr(summary, count),
                             sum(one.action == count for one in instances.values()))
        self.assertRegex(summary.created_at, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        return instances, progress, summary

    def events(self, messages):
        """The events of messages that have joined them."""
        for message in messages:
            self.assertIsNone(message.WhichOneof("event"))
            self.assertTrue(message.events)
            yield from message.events

    def plan(self, stub, targets, **more):
        return self.read(stub.Plan(pb2.PlanRequest(targets=targets, **more),
                                   timeout=host.TIMEOUT_S))[0]

    def apply(self, stub, **request):
        instances, progress, summary = self.read(
            stub.Apply(pb2.ApplyRequest(**request), timeout=host.TIMEOUT_S),
            counts=("running", "refused", "failed", "unfinished"))
        self.assertEqual(summary.started, sum(one.started for one in instances.values()))
        self.assertEqual(summary.running,
                         sum(one.status == "running" for one in instances.values()))
        for one in instances.values():
            self.assertGreaterEqual(one.start_sent, one.started)
        return instances, progress, summary

# SPDX-License-Identifier: Apache-2.0
"""Nonsense from a gRPC client that is not ours (python3-grpcio): mutated, cut and random messages to
every method of tfplugin6.Provider and ensure.v1.Ensure, unknown methods, odd metadata, calls given up
half-way, and bytes that are no HTTP/2. The process goes on to answer, ends in order, writes nothing
but its log, and starts nothing twice."""

import dataclasses
import faulthandler
import os
import random
import re
import socket
import sys

import ground
from ground import Suite, require

CALLS = 60     # per method and seed
PATIENCE = 20  # seconds for one call; only a call that hangs takes so long


@dataclasses.dataclass(frozen=True)
class Row:
    service: str
    seed: int

    @property
    def name(self):
        return f"{self.service}.{self.seed}."


PLANNED = (b'{"v":1,"at":1800000000,"i":{"i-a":{"reason":"ok","confidence":"validated",'
           b'"token":"01010101-0101-4101-8101-010101010101"}}}')


class Nonsense(Suite):
    def __init__(self):
        super().__init__(__file__, __doc__)
        sys.path[:0] = [os.path.join(ground.ROOT, "tests", "rpc"),
                        os.path.join(ground.ROOT, "tests", "terraform")]
        # pylint: disable=import-outside-toplevel
        import grpc
        import host
        import provider
        if ground.FULL:
            faulthandler.cancel_dump_traceback_later()  # host's, which is shorter
        self.grpc, self.host, self.provider = grpc, host, provider
        self.v1, _ = host.stubs("proto", "ensure/v1/ensure.proto")

    # ---- messages that make sense, to be spoilt -------------------------------------------------

    def seeds(self, service):
        """Serialized requests."""
        if service == "ensure.v1.Ensure":
            names = [ground.target("alibaba", "i-a"), ground.target("baidu", "i-b")]
            plan = [self.v1.InstancePlan(target=name, status="stopped", action="start",
                                         confidence="validated", reason="ok", client_token="t-1")
                    for name in names]
            made = [self.v1.PlanRequest(targets=names, timeout_ms=500),
                    self.v1.ApplyRequest(targets=names, timeout_ms=500),
                    self.v1.DiagnoseRequest(clouds=["baidu", "alibaba/cn-hangzhou"]),
                    self.v1.ApplyRequest(plan=plan, timeout_ms=500),
                    self.v1.FindRequest(timeout_ms=500, select=[self.v1.Selector(
                        cloud="baidu", region="bj", status=["stopped"], tags={"k": "v"},
                        name="web-*", limit=2)]),
                    self.v1.ConfigureRequest(clouds=[self.v1.CloudSettings(
                        cloud="baidu", access_key="a", secret_key="b")],
                                             defaults=self.v1.Defaults(plan_timeout_ms=300))]
        else:
            pb, dynamic = self.provider.pb, self.provider.dynamic
            state = {"id": None, "cloud": "baidu", "region": "bj", "instance_id": "i-a",
                     "status": None, "provider_status": None, "start_request_id": None,
                     "timeouts": None}
            identity = {"cloud": "baidu", "region": "bj", "instance_id": "i-a"}
            kind = "ensure_instance_running"
            made = [pb.ConfigureProvider.Request(config=dynamic({
                        "preflight": "off", "policy": None, "volcengine": None, "alibaba": None,
                        "baidu": None})),
                    pb.PlanResourceChange.Request(
                        type_name=kind, config=dynamic(state), prior_state=dynamic(None),
                        proposed_new_state=dynamic(state)),
                    pb.ApplyResourceChange.Request(
                        type_name=kind, config=dynamic(state), prior_state=dynamic(None),
                        planned_state=dynamic(state), planned_private=b"{}"),
                    pb.PlanResourceChange.Request(
                        type_name=kind, config=dynamic(state), prior_state=dynamic(None),
                        proposed_new_state=dynamic(state), planned_private=PLANNED,
                        client_capabilities=pb.ClientCapabilities(
                            store_planned_private=True, deferral_allowed=True)),
                    pb.ReadResource.Request(type_name=kind, current_state=dynamic(state),
                                            private=b"\xff"),
                    pb.UpgradeResourceState.Request(
                        type_name=kind, version=99, raw_state=pb.RawState(json=b'{"id":[[[1]]]}')),
                    pb.ImportResourceState.Request(type_name=kind, id="baidu/bj/i-a"),
                    pb.ImportResourceState.Request(type_name=kind, identity=pb.ResourceIdentityData(
                        identity_data=dynamic(identity))),
                    pb.UpgradeResourceIdentity.Request(
                        type_name=kind, raw_identity=pb.RawState(json=b'{"cloud":"baidu"}')),
                    pb.MoveResourceState.Request(
                        source_provider_address="x/volcengine/volcengine", target_type_name=kind,
                        source_type_name="volcengine_ecs_instance_state", source_state=pb.RawState(
                            json=b'{"action":"Start","instance_id":"i-a"}')),
                    pb.GenerateResourceConfig.Request(type_name=kind, state=dynamic(state)),
                    pb.ReadDataSource.Request(type_name="ensure_plan", config=dynamic({
                        "cloud": "baidu", "region": "bj", "instance_ids": ["i-a"], "ok": None,
                        "instances": None}))]
        return [(self.owner(message), message.SerializeToString()) for message in made]

    @staticmethod
    def owner(message):
        """The method that takes this message: PlanRequest of Plan, or Request inside of the method's
        own message."""
        name = message.DESCRIPTOR.full_name.removesuffix(".Request").rsplit(".", 1)[-1]
        return name.removesuffix("Request")

    @staticmethod
    def choose(draw, seeds, method):
        """Mostly a message of the method's own."""
        own = [data for owner, data in seeds if owner == method]
        every = [data for _, data in seeds]
        return draw.choice(own if own and draw.random() < 0.8 else every)

    @staticmethod
    def methods(service):
        """All methods of the .proto file, and some that are not there."""
        path = "ensure/v1/ensure.proto" if service == "ensure.v1.Ensure" else "tfplugin6.proto"
        with open(os.path.join(ground.ROOT, "proto", path), encoding="utf-8") as file:
            names = re.findall(r"^\s*rpc (\w+)\s*\(", file.read(), re.M)
        # Stop and StopProvider end what comes after them, so they are called at the end.
        return [name for name in names if not name.startswith("Stop")] + \
            ["Nothing", "", "x" * 5000, "%00", "Plan/Plan"]

    @staticmethod
    def spoil(draw, data):
        data = bytearray(data)
        for _ in range(draw.choice((0, 1, 1, 2, 2, 5))):
            at = draw.randrange(len(data) + 1)
            what = draw.choice((0, 0, 0, 0, 1, 2, 3, 4, 5))
            if what == 0 and data:  # what keeps the lengths, so that more of the message is read
                data[at - 1] ^= 1 << draw.randrange(8)
            elif what == 1:
                del data[at:at + draw.randint(1, 30)]
            elif what == 2:
                data[at:at] = data[at:at + draw.randint(1, 100)]
            elif what == 3:
                data[at:at] = draw.randbytes(draw.randint(1, 30))
            elif what == 4:
                data[at:at] = b"\xff" * 9 + b"\x01"
            else:
                data = data[:at]
        return bytes(data)

    # ---- calls ----------------------------------------------------------------------------------------

    def call(self, draw, channel, method, data):
        """One call of a random kind; any status will do, but an answer must come."""
        plain = {"request_serializer": None, "response_deserializer": None}
        metadata = [("x-" + "y" * draw.randrange(100), "z" * draw.randrange(3000))] \
            if draw.random() < 0.2 else []
        try:
            if draw.random() < 0.7:
                stream = channel.unary_stream(method, **plain)(data, timeout=PATIENCE,
                                                               metadata=metadata)
                if draw.random() < 0.1:
                    stream.cancel()
                for _ in stream:
                    pass
            else:
                messages = [data] * draw.randrange(4)
                list(channel.stream_stream(method, **plain)(iter(messages), timeout=PATIENCE,
                                                            metadata=metadata))
        except self.grpc.RpcError as error:
            code = error.code()  # pylint: disable=no-member
            require(code != self.grpc.StatusCode.DEADLINE_EXCEEDED, method, "does not answer")
            # gRPC core closes a connection whose headers are far too large; the next call opens
            # another. Anywhere else a connection must last.
            require(code != self.grpc.StatusCode.UNAVAILABLE or len(method) > 1000, method, error)

    @staticmethod
    def raw(draw, path):
        """Bytes that are no HTTP/2, or begin like it."""
        begin = draw.choice((b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01",
                             b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                             b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(PATIENCE)
            sock.connect(path)
            try:
                sock.sendall(begin + draw.randbytes(draw.choice((0, 5, 100, 5000))))
                if draw.random() < 0.5:
                    sock.shutdown(socket.SHUT_WR)
                    while sock.recv(65536):
                        pass
            except OSError:
                pass

    def check(self, row):
        draw = random.Random(f"{ground.SEED}.{row.name}")
        directory = self.place()
        names = [("alibaba", "i-a"), ("baidu", "i-a"), ("baidu", "i-b")]
        emulator = ground.emulator(self.places, directory,
                                   [ground.one(*name, boot_reads=1) for name in names])
        environment = ground.environment(directory, emulator.urls)
        environment["ENSURE_LOG"] = "trace"
        terraform = row.service == "tfplugin6.Provider"
        cookie = self.provider.COOKIE if terraform else (
            "ENSURE_PLUGIN_MAGIC_COOKIE",
            "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")
        environment["PLUGIN_PROTOCOL_VERSIONS"] = "6" if terraform else "1"
        with emulator, self.host.Plugin(self.places.program("terraform-provider-ensure"), cookie,
                                        mtls=draw.random() < 0.5, variables=environment) as plugin:
            channel = plugin.channel()
            seeds = self.seeds(row.service)
            for method in self.methods(row.service):
                for _ in range(CALLS):
                    self.call(draw, channel, f"/{row.service}/{method}",
                              self.spoil(draw, self.choose(draw, seeds, method)))
            for _ in range(20):
                self.raw(draw, plugin.socket)
            self.host.health_grpc.HealthStub(plugin.channel()).Check(
                self.host.health_pb2.HealthCheckRequest(service="plugin"), timeout=PATIENCE)
            require(plugin.shut_down() == 0, "exit status", plugin.process.returncode)
            require(plugin.process.stdout.read() == b"", "wrote to standard output")
            ledger = emulator.control.ledger()
            require(set(ledger["starts"].values()) <= {1}, ledger["starts"])
            require(ledger["violations"] == [], ledger["violations"])
            ground.check_text(plugin.stderr.decode("utf-8", "replace"), "the log", "\n\t")

    def main(self):
        rows = [Row(service, seed) for service in ("ensure.v1.Ensure", "tfplugin6.Provider")
                for seed in range(200 if ground.FULL else 3)]
        self.each(self.sample(rows, len(rows)), self.check, 2)
        self.end()


if __name__ == "__main__":
    Nonsense().main()

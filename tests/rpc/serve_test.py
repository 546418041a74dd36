# SPDX-License-Identifier: Apache-2.0
"""Calls to a plugin process: go-plugin's services, sizes, concurrency, cancelling, bad requests."""

import concurrent.futures
import unittest

import grpc

import host
import http2
import toy
from toy import toy_pb2

MIB = 1024 * 1024


def raw(channel, path):
    """A unary call whose request is given as bytes."""
    return channel.unary_unary(path, request_serializer=None, response_deserializer=None)


class Served(unittest.TestCase):
    def setUp(self):
        self.plugin = toy.start()
        self.addCleanup(self.plugin.__exit__)
        self.channel = self.plugin.channel()
        self.stub = toy.toy_grpc.ToyStub(self.channel)

    def fails(self, code, call, *arguments, **options):
        """The message of the status that the call must end with."""
        with self.assertRaises(grpc.RpcError) as caught:
            call(*arguments, timeout=host.TIMEOUT_S, **options)
        self.assertEqual(caught.exception.code(), code)
        return caught.exception.details()


class Services(Served):
    def test_health(self):
        stub = host.health_grpc.HealthStub(self.channel)
        for service in ("plugin", ""):
            reply = stub.Check(host.health_pb2.HealthCheckRequest(service=service))
            self.assertEqual(reply.status, host.health_pb2.HealthCheckResponse.SERVING)
            self.assertEqual(reply.SerializeToString(), b"\x08\x01")
        self.fails(grpc.StatusCode.NOT_FOUND, stub.Check,
                   host.health_pb2.HealthCheckRequest(service="other"))

    def test_unknown_methods(self):
        for path in ("/toy.Toy/Fly", "/no.Such/Service", "/grpc.health.v1.Health/Watch",
                     "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "/",
                     "/toy.Toy/Echo/", "/toy.Toy/" + "x" * 2000):
            with self.subTest(path[:40]):
                self.assertEqual(self.fails(grpc.StatusCode.UNIMPLEMENTED,
                                            raw(self.channel, path), b""),
                                 "the plugin has no such method")

    def test_streams_that_hosts_hold_open(self):
        broker = host.plugin_grpc.GRPCBrokerStub(self.channel).StartStream(iter(()))
        stdio = host.plugin_grpc.GRPCStdioStub(self.channel).StreamStdio(host.plugin_pb2.Empty())
        self.assertEqual(toy.echo(self.stub), "hello")
        for stream in (broker, stdio):
            self.assertTrue(stream.is_active())
            stream.cancel()
        # Only the streams are closed; the host is still connected.
        for _ in range(100):
            self.assertEqual(toy.echo(self.stub), "hello")


class Calls(Served):
    def test_large_messages(self):
        for size in (4 * MIB, 6 * MIB, 40 * MIB):
            payload = toy_pb2.Payload(data=b"\xA5" * size)
            self.assertEqual(self.stub.Echo(payload, timeout=host.TIMEOUT_S), payload)

    def test_many_calls_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            streams = pool.map(
                lambda n: [r.index for r in self.stub.Count(
                    toy_pb2.CountRequest(count=n, size=n), timeout=host.TIMEOUT_S)], range(50))
            echoes = pool.map(lambda n: toy.echo(self.stub, f"call {n}"), range(500))
            self.assertEqual(list(streams), [list(range(n)) for n in range(50)])
            self.assertEqual(list(echoes), [f"call {n}" for n in range(500)])

    def test_many_streams_stay_open(self):
        hanging = [self.stub.Hang(toy_pb2.Empty()) for _ in range(120)]
        for stream in hanging:
            next(stream)
        self.assertEqual(toy.echo(self.stub), "hello")
        self.assertEqual(self.stub.Tally(toy_pb2.Empty()).hanging, 120)
        for stream in hanging:
            stream.cancel()
        self.await_cancelled(120)

    def test_long_stream(self):
        stream = self.stub.Count(toy_pb2.CountRequest(count=100000), timeout=host.TIMEOUT_S)
        self.assertEqual(sum(1 for _ in stream), 100000)

    def test_cancel_between_messages(self):
        stream = self.stub.Count(toy_pb2.CountRequest(count=100000, size=1000))
        for _ in range(10):
            next(stream)
        stream.cancel()
        self.assertEqual(toy.echo(self.stub), "hello")

    def await_cancelled(self, gone):
        """Polls until the plugin has received the cancellation; a hang ends with the test's timeout."""
        while True:
            tally = self.stub.Tally(toy_pb2.Empty())
            if tally.gone >= gone and tally.hanging == 0:
                return

    def test_cancel(self):
        stream = self.stub.Hang(toy_pb2.Empty())
        next(stream)
        self.assertEqual(self.stub.Tally(toy_pb2.Empty()).hanging, 1)
        stream.cancel()
        self.await_cancelled(1)

    def test_deadline(self):
        timeout = 0.2
        stream = self.stub.Hang(toy_pb2.Empty(), timeout=timeout)
        while not self.begins(stream):
            timeout *= 2
            stream = self.stub.Hang(toy_pb2.Empty(), timeout=timeout)
        with self.assertRaises(grpc.RpcError) as caught:
            next(stream)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        self.await_cancelled(1)

    def begins(self, stream):
        """Whether the call reached the plugin before its deadline."""
        try:
            next(stream)
        except grpc.RpcError:
            return False
        return True

    def test_connection_lost(self):
        channel = self.plugin.channel()
        stream = toy.toy_grpc.ToyStub(channel).Hang(toy_pb2.Empty())
        next(stream)
        channel.close()
        self.await_cancelled(1)

    def test_status(self):
        self.assertEqual(
            self.fails(grpc.StatusCode.FAILED_PRECONDITION, self.stub.Refuse,
                       toy_pb2.Refusal(status=9, message="no \u00e4, no \U0001F600, no \n either")),
            "no \u00e4, no \U0001F600, no \n either")


class BadRequests(Served):
    def test_malformed(self):
        nested = toy_pb2.Payload()
        for _ in range(101):
            nested = toy_pb2.Payload(children=[nested])
        for data in (b"\xFF", b"\x0A\x05abc", b"\x0A\x01\x00", b"\x08\x01", b"\x0B",
                     nested.SerializeToString()):
            with self.subTest(data[:8]):
                self.assertEqual(self.fails(grpc.StatusCode.INVALID_ARGUMENT,
                                            raw(self.channel, "/toy.Toy/Echo"), data),
                                 "the request is not a well-formed toy.Payload message")
        self.assertEqual(toy.echo(self.stub), "hello")

    def test_random_bytes(self):
        """The plugin answers all of them and does not crash."""
        seed = 1
        for _ in range(300):
            seed = seed * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
            data = seed.to_bytes(8, "little") * (seed >> 60)
            try:
                raw(self.channel, "/toy.Toy/Echo")(data, timeout=host.TIMEOUT_S)
            except grpc.RpcError as error:
                self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(toy.echo(self.stub), "hello")

    def test_no_request(self):
        call = self.channel.stream_unary("/toy.Toy/Echo")
        self.assertEqual(self.fails(grpc.StatusCode.INVALID_ARGUMENT, call, iter(())),
                         "the call came without a request")

    def test_unknown_fields_are_ignored(self):
        reply = raw(self.channel, "/toy.Toy/Refuse")
        self.assertEqual(self.fails(grpc.StatusCode.INVALID_ARGUMENT, reply,
                                    b"\x08\x03\x12\x02no\x9A\x06\x03abc"), "no")


class Plaintext(unittest.TestCase):
    def test_successive_clients(self):
        """Without a client certificate hosts may disconnect and reattach: the plugin keeps running."""
        with toy.start(mtls=False) as plugin:
            for _ in range(3):
                channel = plugin.channel()
                stream = host.plugin_grpc.GRPCBrokerStub(channel).StartStream(iter(()))
                self.assertEqual(toy.echo(toy.toy_grpc.ToyStub(channel)), "hello")
                stream.cancel()
                channel.close()
            self.assertEqual(plugin.shut_down(), 0)

    def test_reply_is_one_write(self):
        """The status comes with the message, so that it costs the host no further read."""
        message = toy_pb2.Payload(text="hello").SerializeToString()
        with toy.start(mtls=False) as plugin:
            connection = http2.Connection(plugin.socket, host.TIMEOUT_S)
            self.addCleanup(connection.shut)
            connection.send(
                http2.frame(http2.HEADERS, http2.END_HEADERS, 1, http2.headers("/toy.Toy/Echo")) +
                http2.frame(http2.DATA, http2.END_STREAM, 1,
                            b"\0" + len(message).to_bytes(4, "big") + message))
            while message not in connection.unread:
                self.assertTrue(connection.read())
            self.assertIn(b"grpc-status", connection.unread)
            connection.shut()
            self.assertEqual(plugin.shut_down(), 0)


if __name__ == "__main__":
    unittest.main()

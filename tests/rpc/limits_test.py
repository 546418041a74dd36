# SPDX-License-Identifier: Apache-2.0
"""Limits of the resources that a client can make a plugin process use, each tested at the limit and
beyond."""

import threading
import time
import unittest

import grpc

import host
import http2
import toy
from toy import toy_pb2

CALLS_MAX = 1000  # rpc/server.h
MEMORY_MAX_KIB = 1024 * 1024  # without limits the flood below takes 2.5 GiB


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


class Calls(unittest.TestCase):
    def test_at_a_time(self):
        with toy.start() as plugin:
            stub = toy.stub(plugin)
            hanging = [stub.Hang(toy_pb2.Empty()) for _ in range(CALLS_MAX)]
            for call in hanging:
                next(call)
            with self.assertRaises(grpc.RpcError) as caught:
                toy.echo(stub)
            self.assertEqual(caught.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
            self.assertIn("at most 1000 calls", caught.exception.details())
            hanging[0].cancel()
            while True:  # once the plugin has received the cancellation
                try:
                    self.assertEqual(toy.echo(stub), "hello")
                    break
                except grpc.RpcError as error:
                    self.assertEqual(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
            self.assertEqual(plugin.shut_down(), 0)


class Resets(unittest.TestCase):
    def flood(self, plugin, count):
        """Begins calls and resets each at once (rapid reset, CVE-2023-44487)."""
        connection = http2.Connection(plugin.socket, host.TIMEOUT_S)
        reader = threading.Thread(target=lambda: list(connection.frames()))
        reader.start()
        block = http2.headers("/toy.Toy/Hang")
        data = b"".join(http2.frame(http2.HEADERS, http2.END_HEADERS, stream, block) +
                        http2.frame(http2.RST_STREAM, 0, stream, http2.CANCEL)
                        for stream in range(1, 2 * count, 2))
        try:
            connection.send(data)
        except OSError:
            pass  # the server closed the connection
        return connection, reader

    def echo_once_there_is_room(self, stub):
        """While resets are being handled, their calls still count towards the limit."""
        until = time.monotonic() + host.TIMEOUT_S
        while True:
            try:
                return toy.echo(stub)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.RESOURCE_EXHAUSTED or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def test_some(self):
        with toy.start(mtls=False) as plugin:
            connection, reader = self.flood(plugin, 2000)
            self.assertEqual(self.echo_once_there_is_room(toy.stub(plugin)), "hello")
            connection.shut()
            reader.join()
            self.assertEqual(plugin.shut_down(), 0)

    def test_flood(self):
        """The connection is closed, and memory stays bounded."""
        with toy.start(mtls=False) as plugin:
            peak = [0]
            ended = threading.Event()

            def watch():
                while not ended.wait(0.01):
                    try:
                        peak[0] = max(peak[0], peak_kib(plugin.process.pid))
                    except (OSError, StopIteration):
                        return

            watcher = threading.Thread(target=watch)
            watcher.start()
            connection, reader = self.flood(plugin, 200000)
            plugin.wait()
            ended.set()
            watcher.join()
            connection.shut()
            reader.join()
            self.assertIn(b"the server stops", plugin.stderr)
            self.assertLess(peak[0], MEMORY_MAX_KIB)


if __name__ == "__main__":
    unittest.main()

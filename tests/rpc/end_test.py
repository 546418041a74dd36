# SPDX-License-Identifier: Apache-2.0
"""How a plugin process ends: by the Shutdown call, by a signal, when its host ends, or by a crash."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

import grpc

import host
import toy
from toy import toy_pb2


def directory(plugin):
    return os.path.dirname(plugin.socket)


def open_calls(plugin, channel):
    """The streams that hosts keep open, and a call that is in progress."""
    calls = [host.plugin_grpc.GRPCBrokerStub(channel).StartStream(iter(())),
             host.plugin_grpc.GRPCStdioStub(channel).StreamStdio(host.plugin_pb2.Empty())]
    hanging = toy.toy_grpc.ToyStub(channel).Hang(toy_pb2.Empty())
    next(hanging)
    return [*calls, hanging]


class ShutdownCall(unittest.TestCase):
    def test_shutdown(self):
        for mtls in (True, False):
            with self.subTest(mtls), toy.start(mtls=mtls) as plugin:
                self.assertEqual(toy.echo(toy.stub(plugin)), "hello")
                self.assertEqual(plugin.shut_down(), 0)
                self.assertFalse(os.path.exists(directory(plugin)))

    def test_shutdown_with_open_calls(self):
        """Calls end by themselves and are not cancelled."""
        with toy.start() as plugin:
            calls = open_calls(plugin, plugin.channel())
            self.assertEqual(plugin.shut_down(), 0)
            self.assertFalse(os.path.exists(directory(plugin)))
            self.assertEqual([call.code() for call in calls],
                             [grpc.StatusCode.OK, grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE])
            self.assertNotIn(b"cancelled", plugin.stderr)

    def test_shutdown_when_a_call_never_ends(self):
        """The plugin ends nevertheless, because a host waits only two seconds."""
        with toy.start(variables={"TOY_STUBBORN": "1"}) as plugin:
            open_calls(plugin, plugin.channel())
            self.assertEqual(plugin.shut_down(), 1)
            self.assertFalse(os.path.exists(directory(plugin)))
            self.assertIn(b"shutdown took too long", plugin.stderr)

    def test_shutdown_with_an_unread_stream(self):
        """Its results can't be delivered; it is cancelled after a grace period."""
        with toy.start() as plugin:
            stub = toy.stub(plugin)
            stream = stub.Count(toy_pb2.CountRequest(count=15000, size=1000))
            next(stream)
            plugin.shut_down()
            self.assertFalse(os.path.exists(directory(plugin)))
            self.assertIn(b"calls did not end by themselves", plugin.stderr)

    def test_shutdown_twice(self):
        with toy.start() as plugin:
            stub = host.plugin_grpc.GRPCControllerStub(plugin.channel())
            calls = [stub.Shutdown.future(host.plugin_pb2.Empty()) for _ in range(5)]
            self.assertEqual(plugin.wait(), 0)
            self.assertIn(grpc.StatusCode.OK, [call.code() for call in calls])


class Signals(unittest.TestCase):
    def test_sigterm(self):
        for calls in (False, True):
            with self.subTest(calls), toy.start() as plugin:
                if calls:
                    open_calls(plugin, plugin.channel())
                plugin.process.terminate()
                self.assertEqual(plugin.wait(), 0)
                self.assertFalse(os.path.exists(directory(plugin)))

    def test_sigint_is_ignored(self):
        with toy.start() as plugin:
            stub = toy.stub(plugin)
            for _ in range(3):
                plugin.process.send_signal(signal.SIGINT)
                self.assertEqual(toy.echo(stub), "hello")


class HostEnds(unittest.TestCase):
    """The plugin ends when its host ends."""

    @classmethod
    def setUpClass(cls):
        host.adopt_orphans()

    def host_process(self, mtls, connect):
        """Starts a host as a process: (it, the plugin's pid, its directory). It keeps calls open if it
        connects."""
        script = (f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r});"
                  f"sys.argv = ['', {toy.TOY_PLUGIN!r}]\n"
                  "import host, toy, end_test, os\n"
                  f"plugin = toy.start(mtls={mtls})\n"
                  f"calls = end_test.open_calls(plugin, plugin.channel()) if {connect} else []\n"
                  "print(plugin.process.pid, os.path.dirname(plugin.socket), flush=True)\n"
                  "sys.stdin.read()\n")
        process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        pid, place = process.stdout.readline().split()
        return process, int(pid), place

    def test_host_is_killed(self):
        for mtls in (True, False):
            for connect in (True, False):
                with self.subTest(mtls=mtls, connect=connect):
                    process, pid, place = self.host_process(mtls, connect)
                    process.kill()
                    process.communicate()
                    self.assertTrue(host.wait_for_end(pid))
                    os.waitpid(pid, 0)
                    self.assertFalse(os.path.exists(place))

    def test_host_behind_a_wrapper_disconnects(self):
        """The parent is a script that waits for the plugin; only the connection shows the end."""
        with host.Plugin("/bin/sh", toy.COOKIE, arguments=("-c", '"$0"; exit $?', toy.TOY_PLUGIN)
                         ) as plugin:
            channel = plugin.channel()
            open_calls(plugin, channel)
            channel.close()
            self.assertEqual(plugin.wait(), 0)
            self.assertIn(b"the host has disconnected", plugin.stderr)
            self.assertFalse(os.path.exists(directory(plugin)))


    def test_host_ends_before_it_is_watched(self):
        """At any time: before the plugin's main, before the watch begins, before or after the
        handshake."""
        script = ("import os, subprocess, sys, time\n"
                  f"os.environ.update({dict([toy.COOKIE])!r}, PLUGIN_CLIENT_CERT="
                  f"{host.CERTIFICATE.certificate!r})\n"
                  f"plugin = subprocess.Popen([{toy.TOY_PLUGIN!r}], stdout=subprocess.PIPE,\n"
                  "                          stderr=subprocess.DEVNULL)\n"
                  "print(plugin.pid, flush=True)\n"
                  "time.sleep(float(sys.argv[1]))\n"
                  "os._exit(0)\n")
        with tempfile.TemporaryDirectory() as place:
            for attempt in range(40):
                done = subprocess.run([sys.executable, "-c", script, str(attempt / 1000)],
                                      capture_output=True, text=True, check=True,
                                      env={**os.environ, "TMPDIR": place})
                pid = int(done.stdout)
                self.assertTrue(host.wait_for_end(pid), f"died after {attempt} ms")
                os.waitpid(pid, 0)
                self.assertEqual(os.listdir(place), [])


class Crash(unittest.TestCase):
    def test_backtrace(self):
        for number, words in ((signal.SIGSEGV, b"panic: SIGSEGV"), (signal.SIGABRT, b"panic: SIGABRT"),
                              (signal.SIGBUS, b"panic: SIGBUS"), (signal.SIGFPE, b"panic: SIGFPE"),
                              (signal.SIGILL, b"panic: SIGILL")):
            with self.subTest(number), toy.start() as plugin:
                self.assertEqual(toy.echo(toy.stub(plugin)), "hello")
                plugin.process.send_signal(number)
                self.assertNotEqual(plugin.wait(), 0)
                lines = plugin.stderr.splitlines()
                at = next(i for i, line in enumerate(lines) if line.startswith(b"panic: "))
                self.assertTrue(lines[at].startswith(words))
                self.assertIn(b"toy-plugin", b"".join(lines[at + 1:]))  # a backtrace

    def test_in_a_call(self):
        with toy.start() as plugin:
            with self.assertRaises(grpc.RpcError) as caught:
                toy.stub(plugin).Crash(toy_pb2.Empty())
            self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAVAILABLE)
            self.assertNotEqual(plugin.wait(), 0)
            self.assertIn(b"panic: SIGSEGV", plugin.stderr)


if __name__ == "__main__":
    unittest.main()

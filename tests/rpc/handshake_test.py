# SPDX-License-Identifier: Apache-2.0
"""Starting a plugin process: cookie, versions, handshake line, TLS, the socket's directory."""

import grp
import os
import re
import signal
import stat
import subprocess
import tempfile
import unittest

import grpc

import host
import toy


def refuses(call, *codes):
    """Whether the call ends with one of the gRPC statuses."""
    try:
        call()
    except grpc.RpcError as error:
        return error.code() in codes
    return False


class Cookie(unittest.TestCase):
    def test_without_a_host(self):
        for cookie in (None, ("TOY_COOKIE", ""), ("TOY_COOKIE", "let me in please"),
                       ("OTHER_COOKIE", "let me in")):
            with self.subTest(cookie), toy.start(cookie=cookie) as plugin:
                self.assertEqual(plugin.line, "")
                self.assertEqual(plugin.wait(), 1)
                self.assertIn(b"toy-plugin is a plugin", plugin.stderr)

    def test_version(self):
        both = {"OTHER_COOKIE": "me too"}
        for variables, version in (({}, "3"), ({"PLUGIN_PROTOCOL_VERSIONS": "3"}, "3"),
                                   ({"PLUGIN_PROTOCOL_VERSIONS": "5,4"}, "3"),
                                   ({**both, "PLUGIN_PROTOCOL_VERSIONS": "7,3"}, "7"),
                                   ({**both, "TOY_COOKIE": None}, "7"), (both, "3")):
            with self.subTest(variables), toy.start(variables=variables) as plugin:
                self.assertEqual(plugin.fields[1], version)


class Line(unittest.TestCase):
    def test_plaintext(self):
        with toy.start(mtls=False) as plugin:
            self.assertEqual(len(plugin.fields), 6)
            self.assertEqual(plugin.fields[:3], ["1", "3", "unix"])
            self.assertEqual(plugin.fields[4:], ["grpc", ""])
            self.assertEqual(toy.echo(toy.stub(plugin)), "hello")

    def test_mtls(self):
        with toy.start() as plugin:
            self.assertEqual(len(plugin.fields), 6)
            self.assertNotIn("=", plugin.fields[5])
            text = subprocess.run(["openssl", "x509", "-noout", "-text"], check=True,
                                  input=host.pem(plugin.fields[5]), capture_output=True,
                                  text=True).stdout
            self.assertIn("DNS:localhost", text)
            self.assertIn("TLS Web Server Authentication", text)
            self.assertEqual(toy.echo(toy.stub(plugin)), "hello")

    def test_multiplexing_is_answered_only_on_request(self):
        for value, fields in (("true", 7), ("1", 7), ("", 6)):
            with self.subTest(value), toy.start(
                    variables={"PLUGIN_MULTIPLEX_GRPC": value}) as plugin:
                self.assertEqual(len(plugin.fields), fields)
                self.assertEqual(plugin.fields[6:], ["false"] * (fields - 6))

    def test_nothing_follows(self):
        with toy.start() as plugin:
            toy.stub(plugin).Print(toy.toy_pb2.Payload(text="printed by a library"))
            self.assertEqual(plugin.shut_down(), 0)
            self.assertEqual(plugin.process.stdout.read(), b"")
            self.assertIn(b"printed by a library\n", plugin.stderr)

    def test_closed_streams(self):
        """A host may close stdin and stderr; their descriptors must not be reused."""
        for closed in ((0,), (2,), (0, 2)):
            with self.subTest(closed), toy.start(
                    preexec_fn=lambda closed=closed: [os.close(fd) for fd in closed]) as plugin:
                self.assertEqual(toy.echo(toy.stub(plugin)), "hello")
                self.assertEqual(plugin.shut_down(), 0)

    def test_closed_pipe(self):
        """The host ended before the handshake."""
        ours, theirs = os.pipe()
        os.close(ours)
        with toy.start(preexec_fn=lambda: os.dup2(theirs, 1)) as plugin:
            os.close(theirs)
            self.assertEqual(plugin.wait(), 1)
            self.assertIn(b"the host does not read the handshake", plugin.stderr)


class Mtls(unittest.TestCase):
    def test_only_the_host_can_connect(self):
        other = host.Certificate()
        with toy.start() as plugin:
            for name, make in (
                    ("other", lambda: plugin.channel(other.key, other.certificate)),
                    ("none", lambda: plugin.channel(None, None)),
                    ("plaintext", plugin.plain_channel)):
                with self.subTest(name):
                    stub = toy.toy_grpc.ToyStub(make())
                    self.assertTrue(refuses(lambda stub=stub: toy.echo(stub),
                                            grpc.StatusCode.UNAVAILABLE))
            self.assertEqual(toy.echo(toy.stub(plugin)), "hello")

    def test_bad_client_certificate(self):
        cut = host.CERTIFICATE.certificate[:200]
        for value in ("nonsense", host.CERTIFICATE.key, cut, "x" * 100000):
            with self.subTest(value[:20]), toy.start(
                    variables={"PLUGIN_CLIENT_CERT": value}) as plugin:
                self.assertIn("PLUGIN_CLIENT_CERT: ", plugin.line)  # hosts show it to the user
                self.assertEqual(plugin.wait(), 1)
                self.assertIn(b"PLUGIN_CLIENT_CERT: ", plugin.stderr)
                self.assertNotIn(b"PRIVATE KEY", plugin.stderr + plugin.line.encode())


class SocketDirectory(unittest.TestCase):
    def setUp(self):
        self.parent = tempfile.mkdtemp(dir=host.WORK)

    def start(self, **variables):
        return toy.start(mtls=False, variables=variables)

    def test_private_and_removed(self):
        with self.start(TMPDIR=self.parent) as plugin:
            directory = os.path.dirname(plugin.socket)
            self.assertEqual(os.path.dirname(directory), self.parent)
            self.assertEqual(stat.S_IMODE(os.stat(directory).st_mode), 0o700)
            self.assertEqual(stat.S_IMODE(os.stat(plugin.socket).st_mode) & 0o077, 0)
            self.assertEqual(plugin.shut_down(), 0)
            self.assertEqual(os.listdir(self.parent), [])

    def test_named_directory(self):
        with self.start(PLUGIN_UNIX_SOCKET_DIR=self.parent, TMPDIR="/nowhere") as plugin:
            self.assertTrue(plugin.socket.startswith(self.parent + "/"))
            self.assertEqual(toy.echo(toy.stub(plugin)), "hello")

    def test_unusable_tmpdir(self):
        """Too long for a socket's path, missing, no directory, or with characters that the handshake
        line can't have: /tmp is used instead."""
        longer = os.path.join(self.parent, "x" * 100)
        odd = [os.path.join(self.parent, name) for name in ("a|b", "a\nb", "a\rb")]
        for name in (longer, *odd):
            os.mkdir(name)
        for parent in (longer, *odd, "/nowhere", __file__, ""):
            with self.subTest(parent), self.start(TMPDIR=parent) as plugin:
                self.assertTrue(plugin.socket.startswith("/tmp/"))
                self.assertEqual(toy.echo(toy.stub(plugin)), "hello")

    def test_longest_directory(self):
        """The path of a socket has at most 107 bytes."""
        with self.start(PLUGIN_UNIX_SOCKET_DIR=self.parent) as plugin:
            rest = len(plugin.socket) - len(self.parent)
        longest = os.path.join(self.parent, "x" * (107 - rest - len(self.parent) - 1))
        for parent, ok in ((longest, True), (longest + "x", False)):
            os.mkdir(parent)
            with self.subTest(len(parent)), self.start(PLUGIN_UNIX_SOCKET_DIR=parent) as plugin:
                if ok:
                    self.assertEqual(len(plugin.socket), 107)
                    self.assertEqual(toy.echo(toy.stub(plugin)), "hello")
                else:
                    self.assertIn("PLUGIN_UNIX_SOCKET_DIR: is too long", plugin.line)
                    self.assertEqual(plugin.wait(), 1)

    def test_unusable_named_directory(self):
        odd = os.path.join(self.parent, "a|b")
        os.mkdir(odd)
        with self.start(PLUGIN_UNIX_SOCKET_DIR=odd) as plugin:
            self.assertIn('PLUGIN_UNIX_SOCKET_DIR: holds a "|"', plugin.line)
            self.assertEqual(plugin.wait(), 1)
        with self.start(PLUGIN_UNIX_SOCKET_DIR="/nowhere") as plugin:
            self.assertIn("PLUGIN_UNIX_SOCKET_DIR: a directory for the socket can't be made in "
                          "/nowhere: No such file or directory", plugin.line)
            self.assertEqual(plugin.wait(), 1)

    def test_group(self):
        group = os.getgroups()[0] if os.getgroups() else os.getgid()
        for name in (str(group), grp.getgrgid(group).gr_name):
            with self.subTest(name), self.start(TMPDIR=self.parent,
                                                PLUGIN_UNIX_SOCKET_GROUP=name) as plugin:
                for path, mode in ((plugin.socket, 0o660),
                                   (os.path.dirname(plugin.socket), 0o710)):
                    self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), mode)
                    self.assertEqual(os.stat(path).st_gid, group)
                self.assertEqual(toy.echo(toy.stub(plugin)), "hello")

    def test_unknown_group(self):
        with self.start(TMPDIR=self.parent, PLUGIN_UNIX_SOCKET_GROUP="no such group") as plugin:
            self.assertIn('there is no group "no such group"', plugin.line)
            self.assertEqual(plugin.wait(), 1)
            self.assertEqual(os.listdir(self.parent), [])

    def test_stale_directories(self):
        """The directory of a killed plugin is removed at the next start; that of a running one and other
        directories with a similar name are kept."""
        other = os.path.join(self.parent, "ensure-plugin-mine")
        with open(other, "w", encoding="ascii"):
            pass
        with self.start(TMPDIR=self.parent) as killed, self.start(TMPDIR=self.parent) as live:
            left = os.path.dirname(killed.socket)
            killed.process.send_signal(signal.SIGKILL)
            killed.wait()
            self.assertTrue(os.path.exists(killed.socket))
            with self.start(TMPDIR=self.parent) as third:
                self.assertFalse(os.path.exists(left))
                self.assertTrue(os.path.exists(other))
                for plugin in (live, third):
                    self.assertEqual(toy.echo(toy.stub(plugin)), "hello")


class Log(unittest.TestCase):
    def test_core_writes_to_our_log(self):
        with toy.start(variables={"GRPC_VERBOSITY": "debug"}) as plugin:
            self.assertEqual(toy.echo(toy.stub(plugin)), "hello")
            self.assertEqual(plugin.shut_down(), 0)
            lines = plugin.stderr.decode().splitlines()
        self.assertTrue(any(re.match(r"\[(trace|debug|warn)\] grpc: ", line) for line in lines))
        self.assertFalse([line for line in lines if not line.startswith("[")])


if __name__ == "__main__":
    unittest.main()

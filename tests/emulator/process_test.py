#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The process: connections, TLS, options, output, signals.

Usage: process_test.py PROGRAM [unittest argument]..."""

import http.client
import json
import random
import signal
import socket
import ssl
import subprocess
import unittest
import urllib.parse

from case import KINDS, PROGRAM, Background, Case, key, one, world
from harness import KEYS, Emulator


NAMES = ["volcengine", "alibaba", "baidu", "control", "volcengine_sts", "alibaba_sts", "baidu_sts",
         "volcengine_metadata", "alibaba_metadata", "baidu_metadata", "credentials_uri", "github"]
LISTENERS = len(NAMES)


class Wire(Case):
    def test_connection_reuse(self):
        emulator, clients = self.clients(one("volcengine", "i-a"))
        connection = http.client.HTTPConnection(clients["volcengine"].address)
        for _ in range(50):
            connection.request("GET", "/?Action=DescribeInstances")
            self.assertEqual(connection.getresponse().read()[:1], b"{")
        connection.close()
        self.assertEqual(emulator.control.ledger()["connections"]["volcengine"], 1)

    def test_many_connections_at_once(self):
        emulator, clients = self.clients(one("volcengine", "i-{n}", count=64))
        calls = [Background(clients["volcengine"].start, f"i-{n % 64 + 1}") for n in range(128)]
        codes = [call.outcome().status for call in calls]
        self.assertEqual((codes.count(200), codes.count(400)), (64, 64))
        starts = emulator.control.ledger()["starts"]
        self.assertEqual(set(starts.values()), {1})
        self.assertEqual(len(starts), 64)

    def test_unusual_requests_are_answered(self):
        emulator, clients = self.clients()
        address = clients["volcengine"].address
        host, port = address.split(":")
        rows = [b"GET /?Action=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /?Action=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /?Action=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /?" + b"a&=&==&%41=%42&" * 100 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                b"PATCH * HTTP/1.1\r\nHost: x\r\nAuthorization: HMAC-SHA256 Credential=////, "
                b"SignedHeaders=;;, Signature=\r\n\r\n"]
        for row in rows:
            for name in KINDS:
                host, port = clients[name].address.split(":")
                with self.subTest(row=row[:40], cloud=name), \
                        socket.create_connection((host, int(port)), 30) as raw:
                    raw.sendall(row)
                    self.assertTrue(raw.recv(9).startswith(b"HTTP/1.1 "))
        self.assertEqual(emulator.stop(), 0)

    def test_body_limit(self):
        emulator, _ = self.clients()
        limit = 1024 * 1024
        fits = b"[" + b" " * (limit - 2) + b"]"
        control = emulator.control
        self.assertEqual(control.send("PUT", "/faults", {"Host": "x"}, fits).status, 200)
        self.assertEqual(control.send("PUT", "/faults", {"Host": "x"}, fits + b" ").status, 413)

    def test_dates_and_request_ids(self):
        _, clients = self.clients()
        for name, header in (("volcengine", "x-tt-logid"), ("alibaba", "x-acs-request-id"),
                             ("baidu", "x-bce-request-id")):
            reply = clients[name].start("i-a")
            self.assertRegex(reply.headers["date"],
                             r"^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$")
            self.assertTrue(reply.headers[header])


class Tls(Case):
    def test_https(self):
        cert, private = f"{self.directory}/cert.pem", f"{self.directory}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", private, "-out", cert,
                        "-days", "1", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True,
                       capture_output=True)
        emulator = self.emulator(one("baidu", "i-a"),
                                 options=["--tls", f"{cert},{private}", "--listen", "localhost:0"])
        for name in ("control", "volcengine_metadata", "alibaba_metadata", "baidu_metadata",
                     "credentials_uri"):
            self.assertTrue(emulator.urls[name].startswith("http://localhost:"))
        for name in (*KINDS, *(f"{cloud}_sts" for cloud in KINDS), "github"):
            self.assertTrue(emulator.urls[name].startswith("https://localhost:"))
            address = urllib.parse.urlsplit(emulator.urls[name]).netloc
            trusting = ssl.create_default_context(cafile=cert)
            connection = http.client.HTTPSConnection(address, context=trusting)
            connection.request("GET", "/v2/instance")
            self.assertIn(connection.getresponse().status, (400, 401, 403, 404))
            connection.close()
            with self.assertRaises(ssl.SSLCertVerificationError):
                http.client.HTTPSConnection(address,
                                            context=ssl.create_default_context()).connect()
        self.assertEqual(emulator.stop(), 0)


def free_ports():
    """The first of as many consecutive free ports as there are listeners, below those that the kernel
    gives to the tests that run beside this one."""
    candidates = list(range(21000, 32000, LISTENERS))
    random.shuffle(candidates)
    for first in candidates:
        sockets = []
        try:
            for port in range(first, first + LISTENERS):
                sockets.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for one_socket in sockets:
                one_socket.close()
    raise AssertionError("no consecutive free ports")


class Ports(Case):
    def test_fixed_ports_can_be_reused_at_once(self):
        """The server closes first, so that its side of each connection is in TIME_WAIT."""
        first = free_ports()
        for _ in range(3):
            emulator, clients = self.clients(one("volcengine", "i-a"),
                                             options=["--listen", f"127.0.0.1:{first}"])
            addresses = [client.address for client in clients.values()]
            idle = []
            for address in [*addresses, emulator.control.address]:
                connection = http.client.HTTPConnection(address)
                connection.request("GET", "/ledger")
                connection.getresponse().read()
                idle.append(connection)
            self.assertEqual(emulator.stop(), 0)
            for connection in idle:
                connection.close()

    def test_ports_in_use_are_refused(self):
        first = free_ports()
        self.emulator(options=["--listen", f"127.0.0.1:{first}"])
        with self.assertRaises(RuntimeError) as told:
            self.emulator(options=["--listen", f"127.0.0.1:{first}"])
        self.assertIn(f"can't listen on 127.0.0.1:{first}", str(told.exception))


class Process(Case):
    def run_program(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=30,
                              check=False)

    def test_help_and_version(self):
        told = self.run_program("--help")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        for word in ("--listen", "--world", "--tls", "--boot-ms", "--latency-ms", "--fault",
                     "--seed", "--env", "--keys-live-ms", "stale-reads", "/ledger", "/revoke"):
            self.assertIn(word, told.stdout)
        told = self.run_program("--version")
        self.assertEqual(told.returncode, 0)
        self.assertRegex(told.stdout, r"^ensure-emulator \d+\.\d+\.\d+\n$")

    def test_startup_errors_are_one_sentence(self):
        broken = f"{self.directory}/broken.json"
        with open(broken, "w", encoding="utf-8") as file:
            file.write("{\"accounts\": [,]}")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            rows = [(["--listen", "nowhere"], "--listen expects HOST:PORT"),
                    (["--world", f"{self.directory}/none"], "can't read "),
                    (["--world", broken], f"{broken}: line 1, column 15: "),
                    (["--fault", "explode"], "fault \"explode\": unknown kind"),
                    (["--tls", "none.pem,none.pem"], "can't read none.pem: No such file"),
                    (["--tls", f"{broken},{broken}"], "can't listen on 127.0.0.1:0 with this"),
                    (["--listen", f"127.0.0.1:{taken.getsockname()[1]}"], "can't listen on "),
                    (["more"], "unexpected argument \"more\"")]
            for arguments, sentence in rows:
                with self.subTest(arguments=arguments):
                    told = self.run_program(*arguments)
                    self.assertEqual((told.returncode, told.stdout), (1, ""))
                    self.assertTrue(told.stderr.startswith("ensure-emulator: " + sentence),
                                    told.stderr)
                    self.assertEqual(told.stderr.count("\n"), 1)

    def test_termination_by_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                emulator = Emulator(PROGRAM)
                emulator.process.send_signal(number)
                self.assertEqual(emulator.process.communicate(timeout=30), ("", ""))
                self.assertEqual(emulator.process.returncode, 0)

    def test_the_demonstration_world(self):
        with Emulator(PROGRAM) as emulator:
            self.assertEqual(len(emulator.control.call("GET", "/instances").json), 17)

    def test_ports_are_consecutive(self):
        port = free_ports()
        with Emulator(PROGRAM, "--listen", f"127.0.0.1:{port}") as emulator:
            self.assertEqual(list(emulator.urls), NAMES)
            self.assertEqual([urllib.parse.urlsplit(url).port for url in emulator.urls.values()],
                             list(range(port, port + LISTENERS)))

    def test_env_can_be_evaluated(self):
        text = json.dumps(world(accounts=[
            {"cloud": "volcengine", "access_key": "a", "secret_key": "it's $HOME",
             "security_token": "t"}, key("alibaba"), key("baidu")]))
        path = f"{self.directory}/world.json"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        script = ('eval "$("$0" --env --world "$1" &)"; printf "%s\\n" '
                  '"$VOLCENGINE_ACCESS_KEY" "$VOLCENGINE_SECRET_KEY" "$VOLCENGINE_SESSION_TOKEN" '
                  '"$ALIBABA_CLOUD_ACCESS_KEY_ID" "$ALIBABA_CLOUD_ACCESS_KEY_SECRET" '
                  '"$BCE_ACCESS_KEY_ID" "$BCE_SECRET_ACCESS_KEY" "$ENSURE_VOLCENGINE_ENDPOINT" '
                  '"$ENSURE_ALIBABA_ENDPOINT" "$ENSURE_BAIDU_ENDPOINT" '
                  '"$ENSURE_EMULATOR_CONTROL" "$ENSURE_VOLCENGINE_STS_ENDPOINT" '
                  '"$ENSURE_ALIBABA_STS_ENDPOINT" "$ENSURE_BAIDU_STS_ENDPOINT" '
                  '"$ENSURE_VOLCENGINE_METADATA" "$ENSURE_ALIBABA_METADATA" '
                  '"$ENSURE_BAIDU_METADATA" "$ENSURE_EMULATOR_CREDENTIALS_URI" '
                  '"$ENSURE_EMULATOR_GITHUB"; kill "$ENSURE_EMULATOR_PID"')
        told = subprocess.run(["sh", "-c", script, PROGRAM, path], capture_output=True, text=True,
                              timeout=30, check=True)
        lines = told.stdout.splitlines()
        self.assertEqual(lines[:7], ["a", "it's $HOME", "t", *KEYS["alibaba"], *KEYS["baidu"]])
        for line in lines[7:17]:
            self.assertRegex(line, r"^http://127\.0\.0\.1:\d+$")
        self.assertRegex(lines[17], r"^http://127\.0\.0\.1:\d+/credentials$")
        self.assertRegex(lines[18], r"^http://127\.0\.0\.1:\d+/token\?api-version=2\.0$")
        self.assertEqual((len(lines), told.stderr), (19, ""))


if __name__ == "__main__":
    unittest.main()

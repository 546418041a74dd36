# SPDX-License-Identifier: Apache-2.0
"""Network failures: the reported cause, the advice, and retries."""

import datetime
import email.utils
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time

import tool
from tool import Case, target

V = "volcengine"


class Silent:
    """Accepts connections and never answers."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.held = []
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                self.held.append(self.socket.accept()[0])
            except OSError:
                return

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def close(self):
        self.socket.close()
        for held in self.held:
            held.close()


class Busy(http.server.BaseHTTPRequestHandler):
    """Answers 503 with a Retry-After once, and then an empty list."""

    form = staticmethod(str)
    tells_time = True
    times = []

    def do_GET(self):  # pylint: disable=invalid-name
        self.times.append(time.monotonic())
        first = len(self.times) == 1
        body = b'{"ResponseMetadata":{"RequestId":"r"},"Result":{"Instances":[]}}'
        body = b"" if first else body
        self.send_response_only(503 if first else 200)
        if self.tells_time:
            self.send_header("Date", email.utils.formatdate(usegmt=True))
        if first:
            # HTTP dates have whole seconds: 2 to 3 s from now.
            later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
            self.send_header("Retry-After", self.form(later))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


FORMS = {
    "IMF-fixdate": lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    "RFC 850": lambda at: at.strftime("%A, %d-%b-%y %H:%M:%S GMT"),
    "asctime": lambda at: at.strftime("%a %b %e %H:%M:%S %Y"),
}


class Network(Case):
    def setUp(self):
        super().setUp()
        self.environment.update(VOLCENGINE_ACCESS_KEY="AKLTexample",
                                VOLCENGINE_SECRET_KEY="c2VjcmV0LWtleS1mb3ItdGVzdHM=")

    def only(self, *arguments):
        run = self.json(*arguments, target(V, "i-1"))
        return run, run.document["instances"][0]

    def test_never_answers(self):
        silent = Silent()
        self.addCleanup(silent.close)
        self.environment["ENSURE_VOLCENGINE_ENDPOINT"] = f"http://127.0.0.1:{silent.port}"
        run, instance = self.only("plan", "--timeout", "5s")
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual(instance["reason"], "timed_out")
        self.assertIn(f"127.0.0.1:{silent.port}: waiting for its reply", instance["message"])
        self.assertIn(f"no answer from 127.0.0.1:{silent.port} within 2 s", instance["message"])
        self.assertIn("firewall", instance["advice"])
        self.assertGreater(len(silent.held), 1, "one hang must not use the time up")

    def test_no_tls_handshake(self):
        silent = Silent()
        self.addCleanup(silent.close)
        self.environment["ENSURE_VOLCENGINE_ENDPOINT"] = f"https://127.0.0.1:{silent.port}"
        _, instance = self.only("status", "--timeout", "1s")
        self.assertEqual(instance["reason"], "timed_out")
        self.assertIn(f"127.0.0.1:{silent.port}: TLS handshake", instance["message"])
        self.assertIn("firewall", instance["advice"])

    def test_silent_proxy(self):
        silent = Silent()
        self.addCleanup(silent.close)
        self.environment["HTTPS_PROXY"] = f"http://127.0.0.1:{silent.port}"
        _, instance = self.only("status", "--timeout", "1s")
        self.assertEqual(instance["reason"], "timed_out")
        self.assertIn(f"connection through the proxy 127.0.0.1:{silent.port}", instance["message"])
        self.assertIn("NO_PROXY", instance["advice"])

    def test_dead_proxy(self):
        self.environment["HTTPS_PROXY"] = "http://someone:pass-word@127.0.0.1:9"
        run, instance = self.only("status", "--timeout", "20s")
        self.assertEqual(run.code, 3, run.err)
        self.assertIn("the proxy 127.0.0.1:9 (HTTPS_PROXY) refused the connection",
                      instance["message"])
        self.assertNotIn("volcengineapi", instance["message"])
        self.assertIn("proxy", instance["advice"])
        self.assertNotIn("pass-word", run.out + run.err)

    def test_bad_endpoint(self):
        for endpoint, wrong in (("ftp://x", "neither https:// nor http://"),
                                ("https://x/path", "a path"),
                                ("https://x:0", "port from 1 to 65535"),
                                ("http://x.example", "ENSURE_ALLOW_HTTP=1 allows it")):
            with self.subTest(endpoint):
                self.environment["ENSURE_VOLCENGINE_ENDPOINT"] = endpoint
                _, instance = self.only("plan")
                self.assertEqual(instance["reason"], "invalid_argument")
                self.assertIn("ENSURE_VOLCENGINE_ENDPOINT", instance["message"])
                self.assertIn(wrong, instance["message"])
                self.assertIn("endpoint", instance["advice"])
                self.assertNotIn("instance id", instance["advice"])

    def test_endpoint_in_other_forms(self):
        self.world(tool.one(V, "i-1"))
        endpoint = self.environment["ENSURE_VOLCENGINE_ENDPOINT"]
        self.environment["ENSURE_VOLCENGINE_ENDPOINT"] = endpoint.replace("http", "HTTP") + "/"
        run, instance = self.only("plan")
        self.assertEqual((run.code, instance["confidence"]), (0, "validated"), run.out)

    def test_missing_keys(self):
        del self.environment["VOLCENGINE_ACCESS_KEY"], self.environment["VOLCENGINE_SECRET_KEY"]
        _, instance = self.only("plan")
        self.assertEqual(instance["reason"], "unauthenticated")
        self.assertIn("set VOLCENGINE_ACCESS_KEY and VOLCENGINE_SECRET_KEY", instance["message"])
        self.assertIn("Set the keys", instance["advice"])

    def test_line_end_in_a_key(self):
        self.environment["VOLCENGINE_SECRET_KEY"] += "\n"
        _, instance = self.only("plan")
        self.assertEqual(instance["reason"], "unauthenticated")
        self.assertIn("VOLCENGINE_SECRET_KEY", instance["message"])
        self.assertNotIn("VOLCENGINE_ACCESS_KEY", instance["message"])
        self.assertIn("line ends", instance["advice"])

    def test_retry_after_as_a_date(self):
        for name, tells_time in (("IMF-fixdate", True), ("IMF-fixdate", False), ("RFC 850", True),
                                 ("asctime", True)):
            with self.subTest(name, tells_time=tells_time):
                handler = type("Told", (Busy,), {"form": staticmethod(FORMS[name]), "times": [],
                                                 "tells_time": tells_time})
                server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
                thread = threading.Thread(target=server.serve_forever, args=(0.05,))
                thread.start()
                self.environment["ENSURE_VOLCENGINE_ENDPOINT"] = (
                    f"http://127.0.0.1:{server.server_address[1]}")
                self.only("status", "--timeout", "20s")
                server.shutdown()
                thread.join()
                server.server_close()
                self.assertGreater(len(handler.times), 1)
                self.assertGreater(handler.times[1] - handler.times[0], 1.9)

    def test_authorities(self):
        self.environment["SSL_CERT_DIR"] = self.path("nowhere")
        run = self.ensure("plan", target(V, "i-1"))
        self.assert_sentence(run, "SSL_CERT_DIR", "nowhere")
        os.mkdir(self.path("empty"))
        self.environment["SSL_CERT_DIR"] = self.path("empty")
        self.environment["HTTPS_PROXY"] = "http://127.0.0.1:9"
        self.assertEqual(self.ensure("plan", target(V, "i-1")).code, 3)


    def test_name_server_that_never_answers(self):
        """In a network namespace that has only loopback."""
        self.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n")
        # The name server is a socket that is never read.
        script = ("import socket, subprocess, sys; s = socket.socket(type=socket.SOCK_DGRAM); "
                  "s.bind(('127.0.0.1', 53)); sys.exit(subprocess.run(sys.argv[1:]).returncode)")
        done = subprocess.run(
            ["unshare", "--mount", "--net", "sh", "-c",
             'ip link set lo up && mount --bind resolv.conf /etc/resolv.conf && exec "$@"', "sh",
             sys.executable, "-c", script, tool.ENSURE, "status", "--format", "json",
             "--timeout", "1s", target(V, "i-1")],
            env=self.environment, cwd=self.directory, capture_output=True, text=True, check=False,
            timeout=tool.TIMEOUT_S)
        if "unshare" in done.stderr or "ip:" in done.stderr or "mount:" in done.stderr:
            self.skipTest(done.stderr)
        instance = json.loads(done.stdout)["instances"][0]
        self.assertEqual(instance["reason"], "timed_out")
        self.assertIn("volcengineapi.com: name look-up", instance["message"])
        self.assertIn("name server", instance["advice"])


class Trust(Case):
    """The messages about certificates that can't be verified."""

    def setUp(self):
        super().setUp()
        self.authority("Example Corp TLS Inspection CA", "inspector")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-subj", "/CN=cloud", "-keyout", "key.pem", "-out", "request.pem")
        self.write("names", "subjectAltName=IP:127.0.0.1\n")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, check=True,
                       capture_output=True)

    def authority(self, name, file):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-days", "2", "-subj", f"/O=Example Corp/CN={name}",
                     "-keyout", file + ".key", "-out", file + ".pem")

    def serve(self, file, days="1"):
        self.openssl("x509", "-req", "-in", "request.pem", "-CA", file + ".pem", "-CAkey",
                     file + ".key", "-days", days, "-extfile", "names", "-out", "server.pem")
        self.world(tool.one(V, "i-1"),
                   options=("--tls", f"{self.path('server.pem')},{self.path('key.pem')}"))

    def instance(self):
        return self.json("plan", "--timeout", "10s", target(V, "i-1")).document["instances"][0]

    def test_tls_inspection_is_reported(self):
        self.serve("inspector")
        instance = self.instance()
        self.assertEqual(instance["reason"], "unavailable")
        self.assertIn("issued by an unknown authority", instance["message"])
        self.assertIn("CN=Example Corp TLS Inspection CA", instance["message"])
        self.assertIn("inspects TLS", instance["advice"])
        self.assertIn("SSL_CERT_FILE", instance["advice"])

    def test_unknown_authority(self):
        self.authority("Example Root", "root")
        self.serve("root")
        instance = self.instance()
        self.assertIn("CN=Example Root", instance["message"])
        self.assertIn("If you trust the issuer", instance["advice"])

    def test_bad_bundle(self):
        self.serve("inspector")
        self.environment["SSL_CERT_FILE"] = self.path(self.write("bundle.pem", "no certificate\n"))
        instance = self.instance()
        self.assertIn("bundle.pem", instance["message"])
        self.assertIn("PEM file", instance["advice"])

    def test_file_and_directory(self):
        self.serve("inspector")
        self.environment["SSL_CERT_FILE"] = self.path("inspector.pem")
        self.assertEqual(self.instance()["confidence"], "validated")
        del self.environment["SSL_CERT_FILE"]
        os.mkdir(self.path("trusted"))
        os.rename(self.path("inspector.pem"), self.path("trusted/inspector.pem"))
        self.openssl("rehash", "trusted")
        self.environment["SSL_CERT_DIR"] = self.path("trusted")
        self.assertEqual(self.instance()["confidence"], "validated")


if __name__ == "__main__":
    tool.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The trees of a release, served over https as they are, and the real terraform as their client.

usage: registry_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import functools
import http.server
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

from release_case import CONFIGURATION, RELEASE, VERSION, make_certificate
import needs  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Of a file without a suffix it says what the registry protocol wants."""

    def guess_type(self, path):
        return "application/json" if "." not in os.path.basename(path) else super().guess_type(path)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Trees(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        self.terraform = needs.program(self, "terraform", "see the README of examples/terraform")
        self.certificate, self.key = make_certificate(self.directory, "localhost")

    def serve(self, name):
        """Returns the host and port."""
        handler = functools.partial(Quiet, directory=os.path.join(RELEASE, name))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"localhost:{server.server_address[1]}"

    def configure(self, configuration, installation):
        for name, text in (("main.tf", configuration), ("cli.tfrc", installation)):
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
                file.write(text)

    def run_terraform(self, *arguments, expect=0):
        done = subprocess.run(
            [self.terraform, *arguments], cwd=self.directory, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**surroundings.SAFE, "HOME": self.directory, "PATH": "",
                 "SSL_CERT_FILE": self.certificate,
                 "TF_CLI_CONFIG_FILE": os.path.join(self.directory, "cli.tfrc"),
                 "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"})
        self.assertEqual(done.returncode, expect, done.stdout)
        return done.stdout

    def check(self, *lock_options):
        installed = self.run_terraform("init", "-no-color")
        self.assertIn("Installed", installed)
        self.run_terraform("providers", "lock", "-platform=linux_amd64", "-platform=linux_arm64",
                           *lock_options)
        with open(os.path.join(self.directory, ".terraform.lock.hcl"), encoding="utf-8") as file:
            locked = file.read()
        self.assertEqual(locked.count('"h1:'), 2, locked)
        self.assertIn("ensure_instances_running",
                      self.run_terraform("providers", "schema", "-json"))
        self.run_terraform("init", "-no-color", "-upgrade")
        return installed

    def test_registry(self):
        host = self.serve("registry")
        self.configure(CONFIGURATION.replace("terraform.local", host), "")
        self.assertIn("self-signed, key ID", self.check())

    def test_network_mirror(self):
        host = self.serve("mirror")
        self.configure(CONFIGURATION, "provider_installation {\n  network_mirror {\n"
                                      f'    url = "https://{host}/"\n  }}\n}}\n')
        self.assertIn(VERSION, self.check(f"-net-mirror=https://{host}/"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

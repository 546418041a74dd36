# SPDX-License-Identifier: Apache-2.0
"""The provider that was started by hand with -debug: hosts use the running process, one after the
other, and it ends with SIGINT."""

import contextlib
import json
import os
import shlex
import signal
import stat
import subprocess
import time

from case import BIN, SOURCE, Case, instance, main, resource

NAME = "TF_REATTACH_PROVIDERS"
PROVIDER = BIN / "terraform-provider-ensure"
END_S = 60


class Debug(Case):
    def setUp(self):
        super().setUp()
        # Without a place for the provider, so that a host can only use the running one.
        self.environment["TF_CLI_CONFIG_FILE"] = os.devnull
        self.temporary = self.directory / "tmp"
        self.temporary.mkdir()

    @contextlib.contextmanager
    def provider(self, option="-debug", **environment):
        """Starts the provider; it is killed at the end if it still runs."""
        variables = {**self.environment, "TMPDIR": str(self.temporary), **environment}
        with subprocess.Popen([PROVIDER, option], env=variables, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              start_new_session=True) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait(END_S)

    def attach(self, process):
        """Sets the variable that the process prints, as a shell would; returns its value."""
        line = process.stdout.readline()
        words = shlex.split(line)
        self.assertEqual(len(words), 1, line)
        name, value = words[0].split("=", 1)
        self.assertEqual(name, NAME)
        self.environment[NAME] = value
        return json.loads(value)

    def end(self, process, number=signal.SIGINT):
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=END_S)
        self.assertEqual((process.returncode, stdout), (0, ""), stderr)
        self.assertEqual(list(self.temporary.iterdir()), [], "a socket is left behind")

    def await_end(self):
        deadline = time.monotonic() + END_S
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)

    def test_several_runs_use_one_process(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        with self.provider() as process:
            value = self.attach(process)
            address = value[SOURCE].pop("Addr")
            self.assertEqual(value, {SOURCE: {"Protocol": "grpc", "ProtocolVersion": 6,
                                              "Pid": process.pid, "Test": True}})
            self.assertEqual(address["Network"], "unix")
            directory = os.path.dirname(address["String"])
            self.assertEqual(stat.S_IMODE(os.stat(directory).st_mode), 0o700)
            self.succeed("init")
            self.plan(code=2)
            self.apply()
            self.plan(code=0)
            self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
            self.assertEqual(self.processes(), [process.pid])
            self.end(process)
        failed = self.terraform("plan")
        self.assertEqual(failed.code, 1, failed.text)

    def test_ends_by_itself_only_with_a_signal(self):
        """What a host would set has no effect: a certificate, or a parent that ends."""
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), self.provider("--debug", PLUGIN_CLIENT_CERT="none") as process:
                self.attach(process)
                self.end(process, number)

    def test_parent_may_end(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        script = f'"{PROVIDER}" -debug & echo $!'
        started = subprocess.Popen(["/bin/sh", "-c", script], text=True, stdout=subprocess.PIPE,
                                   env={**self.environment, "TMPDIR": str(self.temporary)},
                                   start_new_session=True)
        with started:
            lines = sorted([started.stdout.readline(), started.stdout.readline()])
            pid = int(lines[0])
            try:
                self.assertEqual(started.wait(END_S), 0)
                self.environment[NAME] = shlex.split(lines[1])[0].split("=", 1)[1]
                self.succeed("init")
                self.plan(code=2)
            finally:
                os.kill(pid, signal.SIGTERM)
                self.await_end()

    def test_path_that_the_line_cannot_hold(self):
        self.temporary = self.directory / "it's"
        self.temporary.mkdir()
        with self.provider() as process:
            stdout, _ = process.communicate(timeout=END_S)
        self.assertEqual(process.returncode, 1)
        self.assertIn("the path of the socket, below TMPDIR, has a quote", stdout)
        self.assertEqual(list(self.temporary.iterdir()), [])


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Resource limits. Under each the tool works, or prints one sentence and exits with 1; it never hangs,
and leaves neither a process nor a file behind."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "support")]

# pylint: disable=wrong-import-position
import needs  # noqa: E402
import tool  # noqa: E402
from tool import one, target  # noqa: E402

UNPRIVILEGED_ID = 65534
A = "alibaba"
COUNT = 5
WORKED = (0, 2)  # 2: the plan has starts
TIMEOUT_S = 30  # only reached by a hang


def processes_of(directory):
    """Command lines of processes that run a program of this directory."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().decode(errors="replace")
        except OSError:
            continue
        if line.startswith(directory):
            found.append(line)
    return found


class Limits(tool.Case):
    """Runs the tool as another user if this is root, to which limits do not apply."""

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="ensure-machine-")
        cls.addClassCleanup(shutil.rmtree, cls.place)
        os.chmod(cls.place, 0o755)
        cls.installed = os.path.join(cls.place, "bin")
        build = os.path.dirname(tool.ENSURE)
        os.mkdir(cls.installed)
        for name in ("ensure", "terraform-provider-ensure"):
            shutil.copy(os.path.join(build, name), cls.installed)
        shutil.copytree(os.path.join(build, "providers"), os.path.join(cls.installed, "providers"))
        for path, _, names in os.walk(cls.installed):
            for entry in [path, *(os.path.join(path, name) for name in names)]:
                os.chmod(entry, 0o755)

    def setUp(self):
        super().setUp()
        self.scratch = tempfile.mkdtemp(prefix="scratch-", dir=self.place)
        self.home = os.path.join(self.scratch, "home")
        os.mkdir(self.home)
        self.world(*(one(A, f"i-{n}") for n in range(COUNT)))
        self.environment.update(TMPDIR=self.scratch, HOME=self.home)
        self.environment.pop("ENSURE_AUDIT_LOG", None)  # below a directory of root
        if os.getuid() == 0:
            for path in (self.scratch, self.home):
                os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)

    def run_limited(self, limit, *arguments):
        """Runs the tool under bash's ulimit; returns its outcome."""
        command = ["bash", "-c", f'{limit} && exec "$@"', "bash",
                   os.path.join(self.installed, "ensure"), *arguments]
        if os.getuid() == 0:
            command = [needs.program(self, "setpriv", "util-linux"), f"--reuid={UNPRIVILEGED_ID}",
                       f"--regid={UNPRIVILEGED_ID}", "--clear-groups", *command]
        with subprocess.Popen(command, env=self.environment, cwd=self.home, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, start_new_session=True) as process:
            try:
                out, err = process.communicate(timeout=TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                self.fail(f"{limit}: hangs")
        return tool.Run(process.returncode, out, err)

    def check(self, limit, *arguments):
        """Whether it worked."""
        run = self.run_limited(limit, *arguments)
        shown = f"{limit}: {run.code}: {run.err}"
        if run.code not in WORKED:
            self.assertEqual((run.code, run.out), (1, ""), shown)
            self.assertEqual(len(run.err.splitlines()), 1, shown)
            self.assertTrue(run.err.startswith("ensure: "), shown)
            for word in ("panic", "abort", "ASSERT", "ended before its handshake"):
                self.assertNotIn(word, run.err, shown)
        self.assertEqual(processes_of(self.installed), [], shown)
        self.assertEqual(os.listdir(self.scratch), ["home"], shown)
        self.assertEqual(os.listdir(self.home), [], shown)
        return run.code in WORKED

    def plan(self, limit):
        return self.check(limit, "plan", "--timeout", "5s", *(target(A, f"i-{n}")
                                                               for n in range(COUNT)))

    def apply(self, limit):
        return self.check(limit, "apply", "--yes", "--timeout", "5s", target(A, "i-0"))

    def test_descriptors(self):
        worked = {n: self.plan(f"ulimit -n {n}") for n in (4, 5, 6, 8, 10, 12, 14, 15, 16, 17, 24)}
        self.assertFalse(worked[4])
        self.assertTrue(worked[24])

    def test_processes_and_threads(self):
        """The limit is of all processes of the user; if it has others, fewer rows work."""
        worked = {n: self.apply(f"ulimit -u {n}") for n in range(1, 21)}
        self.assertFalse(worked[1])
        self.assertTrue(self.apply("ulimit -u 200"))

    def test_timers(self):
        """Each timer of a process counts as a pending signal; without one it works as well."""
        self.assertTrue(self.apply("ulimit -i 0"))

    def test_addresses(self):
        for limit in (100000, 130000, 170000, 230000, 300000):
            self.plan(f"ulimit -v {limit}")
        for _ in range(9):
            self.assertTrue(self.apply("ulimit -v 204800"))

    def test_file_size(self):
        """Beyond the limit of file sizes a write fails, and SIGXFSZ ends no process."""
        targets = [target(A, f"i-{n}") for n in range(COUNT)]
        run = self.run_limited("ulimit -f 1", "plan", "--out", "p", *targets)
        self.assertEqual(run.code, 1, run.err)
        self.assertIn("p: can't write the file: File too large", run.err)
        self.assertEqual(os.listdir(self.home), [])
        self.assertEqual(os.listdir(self.scratch), ["home"])

    def test_no_key_log(self):
        """Variables that would log TLS secrets or traces with keys have no effect."""
        path = os.path.join(self.scratch, "keys.log")
        self.environment.update(SSLKEYLOGFILE=path, GRPC_TRACE="all", GRPC_VERBOSITY="debug",
                                ENSURE_LOG="trace")
        run = self.run_limited("true", "plan", target(A, "i-0"))
        self.assertIn(run.code, WORKED, run.err)
        self.assertFalse(os.path.exists(path))
        for secret in ("SecretOfAlibaba",):
            self.assertNotIn(secret, run.err)

    def test_no_core_dump(self):
        """The tool and the plugin have the limit 0 and are not dumpable."""
        self.emulator.control.call("PUT", "/faults", ["hang"])
        with self.start("plan", "--timeout", "20s", target(A, "i-0")) as process:
            child = tool.wait_for_child(process)
            while not self.requests():
                self.assertIsNone(process.poll())
            for pid in (process.pid, child):
                with open(f"/proc/{pid}/limits", encoding="ascii") as file:
                    line = next(line for line in file if line.startswith("Max core file size"))
                self.assertEqual(line.split()[4:6], ["0", "0"])
                # The files of a process that is not dumpable belong to root.
                self.assertEqual(os.stat(f"/proc/{pid}/environ").st_uid, 0)
            process.kill()
            process.communicate()


if __name__ == "__main__":
    unittest.main(verbosity=1)

# SPDX-License-Identifier: Apache-2.0
"""The plugin process as the tool sees it: which program it is, and what is said when it fails."""

import os
import shutil
import signal
import subprocess
import tempfile
import textwrap
import unittest

import tool
import with_emulator
from tool import Case, one, target

A = "alibaba"
PLUGIN = os.path.join(os.path.dirname(tool.ENSURE), "terraform-provider-ensure")


COOKIE = ("ENSURE_PLUGIN_MAGIC_COOKIE",
          "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")


def program_of(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return None  # it has ended


class Found(Case):
    """The tool starts itself again, however it was started."""

    def setUp(self):
        super().setUp()
        os.makedirs(self.path("bin"))
        shutil.copy(tool.ENSURE, self.path("bin/ensure"))
        shutil.copytree(os.path.join(os.path.dirname(tool.ENSURE), "providers"),
                        self.path("bin/providers"))

    def run_as(self, *command, **keywords):
        done = subprocess.run([*command, "providers"], env=self.environment, capture_output=True,
                              text=True, timeout=tool.TIMEOUT_S, check=False, **keywords)
        return tool.Run(done.returncode, done.stdout, done.stderr)

    def assert_found(self, run):
        self.assertEqual(run.code, 0, run.err)
        self.assertIn(self.path("bin/providers/alibaba.so"), run.out)

    def test_by_its_path(self):
        self.assert_found(self.run_as(self.path("bin/ensure")))
        self.assert_found(self.run_as("bin/ensure", cwd=self.path("")))
        self.assert_found(self.run_as("./ensure", cwd=self.path("bin")))

    def test_in_path(self):
        self.environment["PATH"] = self.path("bin") + ":/usr/bin:/bin"
        self.assert_found(self.run_as("ensure", cwd="/"))

    def test_through_a_link_of_another_name(self):
        os.symlink("bin/ensure", self.path("tool"))
        self.assert_found(self.run_as(self.path("tool")))

    def test_by_another_first_argument(self):
        self.assert_found(self.run_as("bash", "-c", 'exec -a any "$0" "$@"', self.path("bin/ensure")))

    def test_by_the_environment(self):
        self.environment["ENSURE_PLUGIN"] = PLUGIN
        run = self.run_as(self.path("bin/ensure"))
        self.assertEqual(run.code, 0, run.err)
        self.assertNotIn(self.path("bin"), run.out)

    def test_named_and_unfit(self):
        named = self.path("named")
        self.environment["ENSURE_PLUGIN"] = named
        os.symlink("/nowhere/plugin", named)
        self.assert_sentence(self.run_as(tool.ENSURE), named, "a symbolic link that leads nowhere")
        os.remove(named)
        os.mkdir(named)
        self.assert_sentence(self.run_as(tool.ENSURE), named, "it is a directory")
        os.rmdir(named)
        shutil.copy(PLUGIN, named)
        os.chmod(named, 0o644)
        self.assert_sentence(self.run_as(tool.ENSURE), named, "Permission denied (mode 0644)")

    def test_input_that_is_refused(self):
        """The plugin starts while the input is read; none is left when that fails."""
        self.write("odd.json", "{")
        for arguments in (("plan", "odd.json"), ("apply", "odd.json"), ("status", "nowhere")):
            done = subprocess.run([self.path("bin/ensure"), *arguments], env=self.environment,
                                  cwd=self.path(""), capture_output=True, text=True,
                                  timeout=tool.TIMEOUT_S, check=False)
            left = [pid for pid in filter(str.isdigit, os.listdir("/proc"))
                    if program_of(pid) == self.path("bin/ensure")]
            self.assert_sentence(tool.Run(done.returncode, done.stdout, done.stderr), arguments[1])
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertEqual(left, [])

    def test_named_file_does_not_exist(self):
        self.environment["ENSURE_PLUGIN"] = "/nonexistent/plugin"
        self.assert_sentence(self.ensure("plan", target(A, "i-a")), "ENSURE_PLUGIN",
                             "/nonexistent/plugin", "No such file")


class Roles(Case):
    """One program: which role it has is told by its name, then by the cookie."""

    def run_as(self, name, *arguments, **environment):
        done = subprocess.run(
            ["bash", "-c", 'exec -a "$0" "$@"', name, tool.ENSURE, *arguments],
            env={**self.environment, **environment}, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=tool.TIMEOUT_S, check=False)
        return tool.Run(done.returncode, done.stdout, done.stderr)

    def test_by_name(self):
        for name in ("terraform-provider-ensure", "/x/terraform-provider-ensure_v1.2.3"):
            self.assertTrue(self.run_as(name, "--version").out.startswith(
                "terraform-provider-ensure "))
            self.assertIn("is a plugin", self.run_as(name).err)
        for name in ("ensure", "/terraform-provider-ensure/x", "terraform-provider", ""):
            self.assertTrue(self.run_as(name, "--version").out.startswith("ensure "), name)

    def test_by_cookie(self):
        key, value = COOKIE
        with subprocess.Popen([tool.ENSURE], env={**self.environment, key: value}, text=True,
                              stdout=subprocess.PIPE) as process:
            self.assertTrue(process.stdout.readline().startswith("1|1|unix|"))
            process.terminate()
        self.assertIn("Usage", self.run_as("ensure", **{key: "another"}).err)
        self.assertTrue(self.run_as("ensure", "version", **{key: value}).out.startswith("ensure "))


class Warnings(Case):
    """Warnings about variables without an effect: in the document, and once on standard error."""

    def setUp(self):
        super().setUp()
        self.world(one(A, "i-a"))

    def warned(self, *parts):
        run = self.json("plan", target(A, "i-a"))
        self.assertEqual((run.code, run.instance("i-a")["confidence"]), (0, "validated"), run.err)
        self.assertEqual(len(run.document["warnings"]), 1, run.out)
        for part in parts:
            self.assertIn(part, run.document["warnings"][0])
            self.assertEqual(run.err.count(part), 1, run.err)
        run = self.ensure("apply", "--yes", target(A, "i-a"))
        self.assertEqual((run.code, run.err.count(parts[0])), (0, 1), run.err)

    def test_log_level(self):
        self.environment["ENSURE_LOG"] = "foo"
        self.warned('ENSURE_LOG: "foo" is none of error')

    def test_provider_path(self):
        self.environment["ENSURE_PROVIDER_PATH"] = self.path("nowhere")
        self.warned("ENSURE_PROVIDER_PATH: can't search", self.path("nowhere"))

    def test_profile_file(self):
        key, secret = with_emulator.KEY_VARIABLES[A]
        keys = {"current": "default", "profiles": [{
            "name": "default", "mode": "AK", "access_key_id": self.environment.pop(key),
            "access_key_secret": self.environment.pop(secret)}]}
        os.mkdir(self.path(".aliyun"))
        self.write(".aliyun/config.json", keys)
        os.chmod(self.path(".aliyun/config.json"), 0o666)
        self.warned("other users may write the profile file (mode 0666)", ".aliyun/config.json")


@unittest.skipIf(os.geteuid() != 0, "runs as another user")
class AnotherUser(Case):
    """Runs a copy of the tool as another user than root."""

    def setUp(self):
        super().setUp()
        self.copy = tempfile.mkdtemp(prefix="ensure-cli-")
        self.addCleanup(shutil.rmtree, self.copy)
        os.chmod(self.copy, 0o755)
        for name in ("ensure", "terraform-provider-ensure"):
            shutil.copy(os.path.join(os.path.dirname(tool.ENSURE), name), self.copy)
        shutil.copytree(os.path.join(os.path.dirname(tool.ENSURE), "providers"),
                        os.path.join(self.copy, "providers"))
        self.home = os.path.join(self.copy, "home")
        os.mkdir(self.home)
        os.chown(self.home, 65534, 65534)

    def provider(self, cloud):
        return os.path.join(self.copy, "providers", cloud + ".so")

    def run_as_other_user(self, *arguments):
        done = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
             os.path.join(self.copy, "ensure"), *arguments],
            env={**self.environment, "HOME": self.home, "TMPDIR": self.home}, cwd="/",
            capture_output=True, text=True, timeout=tool.TIMEOUT_S, check=False)
        return tool.Run(done.returncode, done.stdout, done.stderr)

    def test_one_file_is_refused(self):
        os.chmod(self.provider("alibaba"), 0o666)
        self.assert_sentence(self.run_as_other_user("plan", target(A, "i-a")),
                             'there is no provider for cloud "alibaba"',
                             self.provider("alibaba"), "expected a file that is not world-writable",
                             "found 0666")

    def test_a_file_that_is_no_provider(self):
        with open(self.provider("alibaba"), "wb") as file:
            file.write(b"this is no shared object")
        self.assert_sentence(self.run_as_other_user("plan", target(A, "i-a")),
                             self.provider("alibaba"), "expected a loadable shared object")

    def test_all_files_are_refused(self):
        for cloud in tool.CLOUDS:
            os.chmod(self.provider(cloud), 0o666)
        self.assert_sentence(self.run_as_other_user("plan", target(A, "i-a")),
                             "no cloud provider was found", self.provider("alibaba"), "found 0666")

    def test_directory_is_refused(self):
        os.chmod(os.path.join(self.copy, "providers"), 0o777)
        self.assert_sentence(self.run_as_other_user("plan", target(A, "i-a")),
                             os.path.join(self.copy, "providers"), "expected a directory",
                             "found 0777")

    def test_a_file_of_a_third_user(self):
        os.chown(self.provider("alibaba"), 12345, 12345)
        self.assert_sentence(self.run_as_other_user("plan", target(A, "i-a")),
                             self.provider("alibaba"), "found user id 12345")


class Failing(Case):
    def script(self, text):
        """Makes a script the plugin."""
        self.write("plugin", "#!/usr/bin/python3\n" + textwrap.dedent(text))
        os.chmod(self.path("plugin"), 0o755)
        self.environment["ENSURE_PLUGIN"] = self.path("plugin")

    def test_the_reason_of_a_failed_start(self):
        """The plugin's own message is printed, once."""
        self.environment["SSL_CERT_FILE"] = "/nonexistent/ca.pem"
        run = self.ensure("plan", target(A, "i-a"))
        self.assert_sentence(run, "ensure: can't start: /nonexistent/ca.pem: "
                             "the file of trusted authorities (SSL_CERT_FILE) can't be read")
        self.assertEqual(len(run.err.splitlines()), 1, run.err)

    def test_no_handshake(self):
        for text, said in {
                "": "ended before its handshake",
                "raise SystemExit(3)": "ended before its handshake",
                "print('hello')": "handshake",
                "print('1|1|tcp|127.0.0.1:1|grpc')": "unix socket",
                "print('1|6|unix|/x|grpc|AAAA')": "version",
                "print('x' * 100000)": "",
        }.items():
            with self.subTest(text):
                self.script(text)
                run = self.ensure("plan", target(A, "i-a"))
                self.assert_sentence(run, "plugin", said)
                self.assertEqual(len(run.err.splitlines()), 1, run.err)

    def test_interrupted_while_it_starts(self):
        self.script("""\
            import ctypes, os, signal
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # end with the parent process
            os.mkfifo("started")
            signal.pause()
            """)
        with self.start("plan", target(A, "i-a")) as process:
            while not os.path.exists(self.path("started")):
                self.assertIsNone(process.poll())
            tool.interrupt(process)
            process.communicate(timeout=tool.TIMEOUT_S)
        self.assertEqual(process.returncode, 130)

    def test_crash_during_a_plan(self):
        self.world(one(A, "i-a"))
        self.emulator.control.call("PUT", "/faults", ["hang"])
        with self.start("plan", target(A, "i-a"), "--format", "json") as process:
            child = tool.wait_for_child(process)
            self.wait_for_requests(1)
            os.kill(child, signal.SIGKILL)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        self.assert_sentence(tool.Run(process.returncode, out, err), "the plugin process")

    def test_crash_during_an_apply(self):
        """The results until then are shown, because starts may have been sent."""
        self.world(one(A, "i-a", on_start="stays_starting"), one(A, "i-up", "Running"))
        with self.start("apply", "--yes", "--format", "json", target(A, "i-a"),
                        target(A, "i-up")) as process:
            child = tool.wait_for_child(process)
            while not self.starts():
                self.assertIsNone(process.poll())
            self.wait_for_requests(3)  # read, start, and a read after it
            os.kill(child, signal.SIGKILL)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 1)
        self.assertIn("the plugin process", run.err)
        self.assertEqual(run.instance("i-up")["action"], "none")
        self.assertEqual((run.instance("i-a")["reason"], run.instance("i-a")["started"]),
                         ("ambiguous", True))

    def test_crash_before_the_first_result(self):
        """An accepted start is known from its progress event."""
        self.world(one(A, "i-a", on_start="stays_starting"))
        with self.start("apply", "--yes", "--format", "json", target(A, "i-a")) as process:
            child = tool.wait_for_child(process)
            self.wait_for_requests(3)  # read, start, and a read after it
            os.kill(child, signal.SIGKILL)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 1)
        self.assertEqual((run.instance("i-a")["reason"], run.instance("i-a")["started"]),
                         ("ambiguous", True))

    def wait_for_requests(self, count):
        while len(self.requests()) < count:
            pass


if __name__ == "__main__":
    tool.main()

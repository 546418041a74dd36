# SPDX-License-Identifier: Apache-2.0
"""Base of the end-to-end tests of the host tool: a world on the emulator, and the tool started with
pipes or on a pseudo-terminal."""

import fcntl
import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "emulator"), os.path.join(HERE, "..", "support")]

ENSURE, EMULATOR = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]

# pylint: disable=wrong-import-position
import harness  # noqa: E402
import schemas  # noqa: E402
import surroundings  # noqa: E402
import with_emulator  # noqa: E402

REGION = {"volcengine": "cn-beijing", "alibaba": "cn-hangzhou", "baidu": "bj"}
STOPPED = {"volcengine": "STOPPED", "alibaba": "Stopped", "baidu": "Stopped"}
RUNNING = {"volcengine": "RUNNING", "alibaba": "Running", "baidu": "Running"}
CLOUDS = tuple(REGION)

PLAN_KEYS = ["target", "status", "provider_status", "action", "confidence", "reason", "message",
             "advice", "provider_code", "http_status", "request_id", "client_token"]
APPLY_KEYS = PLAN_KEYS + ["started", "start_request_id", "start_sent", "elapsed_ms"]
STATUS_KEYS = ["target", "status", "provider_status", "reason", "message", "advice",
               "provider_code", "http_status", "request_id"]
TIMEOUT_S = 120  # only reached by a hang


def one(cloud, ident, status=None, **more):
    """An instance of a world, with traits such as its name; stopped by default."""
    return {"cloud": cloud, "region": REGION[cloud], "id": ident,
            "status": status or STOPPED[cloud], **more}


def target(cloud, name):
    return f"{cloud}/{REGION[cloud]}/{name}"


class Run:
    """Exit code and output of a run of the tool."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, schemas.check_output(out), err

    @property
    def document(self):
        """Standard output, which must be exactly one JSON document."""
        return json.loads(self.out)

    def instance(self, name):
        """The result of the target with that id."""
        return next(i for i in self.document["instances"] if i["target"].endswith("/" + name))


class Terminal:
    """The tool on a pseudo-terminal. out: a file for its standard output, instead of the terminal."""

    def __init__(self, arguments, environment, directory, columns, out):
        self.fd, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.process = subprocess.Popen([ENSURE, *arguments], env=environment, cwd=directory,
                                        stdin=side, stdout=side if out is None else out,
                                        stderr=side, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(side)
        self.shown = ""

    def read_more(self):
        """Reads available output; False at its end."""
        ready, _, _ = select.select([self.fd], [], [], TIMEOUT_S)
        if not ready:
            raise TimeoutError(f"nothing more after: {self.shown}")
        try:
            piece = os.read(self.fd, 65536)
        except OSError:  # EIO: the other side of the terminal is closed
            piece = b""
        self.shown += piece.decode("utf-8", "replace")
        return piece != b""

    def expect(self, text):
        while text not in self.shown:
            if not self.read_more():
                raise AssertionError(f"ended without {text!r}: {self.shown}")

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        """Reads to the end of the output; returns the exit code."""
        while self.read_more():
            pass
        os.close(self.fd)
        return self.process.wait(timeout=TIMEOUT_S)


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ensure-cli-")
        self.addCleanup(shutil.rmtree, self.directory)
        self.addCleanup(self.check_audit)
        self.emulator = None
        self.environment = surroundings.bare(HOME=self.directory, LC_ALL="C.UTF-8", TERM="xterm")

    def world(self, *instances, options=("--boot-ms", "50"), accounts=None):
        """Starts the emulator with these instances."""
        world = {"accounts": accounts or with_emulator.accounts(), "instances": list(instances)}
        self.emulator = harness.Emulator(EMULATOR, *options, world=world, directory=self.directory)
        self.addCleanup(self.emulator.stop)
        self.environment.update(with_emulator.environment(self.emulator, self.directory),
                                ENSURE_AUDIT_LOG=self.path("audit.log"))

    def check_audit(self):
        """Checks after each test that all lines of its audit log match the schema."""
        if os.path.exists(self.path("audit.log")):
            schemas.check_audit(self.path("audit.log"))

    def start(self, *arguments, **more):
        return subprocess.Popen([ENSURE, *arguments], env=self.environment, cwd=self.directory,
                                stderr=subprocess.PIPE, text=True,
                                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **more})

    def ensure(self, *arguments, text=None):
        """Runs the tool with pipes; text is its standard input."""
        more = {} if text is None else {"stdin": subprocess.PIPE}
        with self.start(*arguments, **more) as process:
            out, err = process.communicate(text, timeout=TIMEOUT_S)
        return Run(process.returncode, out, err)

    def json(self, *arguments, text=None):
        return self.ensure(*arguments, "--format", "json", text=text)

    def terminal(self, *arguments, columns=100, out=None):
        return Terminal(arguments, self.environment, self.directory, columns, out)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        """Writes a file in the working directory; content that is not text as JSON."""
        text = content if isinstance(content, str) else json.dumps(content)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def fleet(self, *targets):
        return self.write("fleet.json", {"targets": list(targets)})

    def starts(self):
        """The number of real starts of each instance."""
        return self.emulator.control.ledger()["starts"]

    def requests(self):
        return self.emulator.control.ledger()["requests"]

    def change(self, **instance):
        """Changes an instance out of band."""
        reply = self.emulator.control.call("POST", "/instances", instance)
        self.assertEqual(reply.status, 200, reply.body)

    def assert_sentence(self, run, *parts):
        """Asserts exit code 1, no standard output, and one line of error with these parts."""
        self.assertEqual((run.code, run.out), (1, ""), run.err)
        for part in parts:
            self.assertIn(part, run.err)
        self.assertNotIn("panic", run.err)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def wait_for_child(process):
    """The pid of the plugin process of a running tool; waits until it is started."""
    while True:
        children = children_of(process.pid)
        if children:
            return children[0]
        if process.poll() is not None:
            raise AssertionError("ended without a child")


def interrupt(process):
    process.send_signal(signal.SIGINT)


def has_stopped(pid, thread):
    """Whether the thread is stopped, or has ended."""
    try:
        with open(f"/proc/{pid}/task/{thread}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] in "TZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def freeze(pid):
    """Stops the process, and returns when each of its threads has stopped."""
    os.kill(pid, signal.SIGSTOP)
    for thread in os.listdir(f"/proc/{pid}/task"):
        while not has_stopped(pid, thread):
            pass


def pending(pid):
    """Whether a SIGINT is pending for the process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["ShdPnd"], 16) & (1 << (signal.SIGINT - 1)) != 0


def main():
    unittest.main(verbosity=1)

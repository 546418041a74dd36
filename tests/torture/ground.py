# SPDX-License-Identifier: Apache-2.0
"""What the torture suites share: places, a world of three clouds, commands with a time limit, and a
runner for tables of cases.

    python3 SUITE_test.py BIN_DIRECTORY COLLECTIONS [--only PATTERN] [--list]

A suite is a table of cases with unique names. --only runs the cases whose name contains the pattern;
a case that fails prints the command that runs it alone. ENSURE_SEED replaces the seed from which
samples are drawn. ENSURE_FULL=1 runs every case and ENSURE_STATE names a file that remembers the
cases that passed, so that a full run can be stopped and continued."""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", "emulator"), os.path.join(ROOT, "tests", "support")]

# pylint: disable=wrong-import-position
import harness  # noqa: E402
import schemas  # noqa: E402
import surroundings  # noqa: E402
import with_emulator  # noqa: E402

FULL = os.environ.get("ENSURE_FULL") == "1"
SEED = int(os.environ.get("ENSURE_SEED", "12"))
REGION = {"volcengine": "cn-beijing", "alibaba": "cn-hangzhou", "baidu": "bj"}
STOPPED = {"volcengine": "STOPPED", "alibaba": "Stopped", "baidu": "Stopped"}
RUNNING = {"volcengine": "RUNNING", "alibaba": "Running", "baidu": "Running"}
CLOUDS = tuple(REGION)
SOURCE = "terraform.local/ensure/ensure"
MODULE = "ensure.cloud.instance_running"
TOKEN_VARIABLE = {"volcengine": "VOLCENGINE_SESSION_TOKEN",
                  "alibaba": "ALIBABA_CLOUD_SECURITY_TOKEN", "baidu": "BCE_SECURITY_TOKEN"}
KEYS = {cloud: (f"KEYID{cloud}0123456789", f"sEcReT+{cloud}/0123456789==",
                f"tOkEn-{cloud}-0123456789abcdef") for cloud in CLOUDS}
REASONS = frozenset(
    "ok already_running not_found invalid_argument wrong_state locked expired "
    "insufficient_balance no_capacity spot_price key_disabled permission_denied unauthenticated "
    "clock_skew throttled token_mismatch in_progress fell_back timed_out ambiguous "
    "dry_run_not_honoured unavailable internal malformed_response cancelled policy".split())
PATIENCE = 60  # seconds beyond what a command is given; only a command that hangs takes that long


@dataclasses.dataclass
class Places:
    bin: str
    collections: str

    def program(self, name):
        return os.path.join(self.bin, name)


class Failure(Exception):
    """What a case found."""


def require(condition, *what):
    if not condition:
        raise Failure(" ".join(str(one) for one in what))


def one(cloud, name, status=None, **more):
    """An instance of a world; stopped unless told otherwise."""
    return {"cloud": cloud, "region": REGION[cloud], "id": name,
            "status": status or STOPPED[cloud], **more}


def target(cloud, name):
    return f"{cloud}/{REGION[cloud]}/{name}"


def accounts():
    return [{"cloud": cloud, "access_key": key, "secret_key": secret, "security_token": token}
            for cloud, (key, secret, token) in KEYS.items()]


def environment(home, endpoints=None):
    """What a user with temporary keys of the three clouds has set."""
    result = surroundings.bare(HOME=home, LC_ALL="C.UTF-8", CHECKPOINT_DISABLE="1",
                               TF_IN_AUTOMATION="1", TF_INPUT="0", PYTHONDONTWRITEBYTECODE="1")
    for cloud in CLOUDS:
        names = (*with_emulator.KEY_VARIABLES[cloud], TOKEN_VARIABLE[cloud])
        result.update(zip(names, KEYS[cloud]))
        if endpoints:
            result[f"ENSURE_{cloud.upper()}_ENDPOINT"] = endpoints[cloud]
    return result


@dataclasses.dataclass
class Run:
    """How a command ended. code is negative after a signal."""
    code: int
    out: str
    err: str
    seconds: float

    @property
    def text(self):
        return f"exit {self.code}\n{self.out[-2000:]}\n{self.err[-2000:]}"


def run(command, limit, **more):
    """Runs a command in a process group of its own; fails if it takes longer than the limit."""
    begin = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, start_new_session=True, **more) as process:
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Failure(f"did not end within {limit} s: {shlex.join(command)}") from None
    return Run(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"),
               time.monotonic() - begin)


def processes_with(mark):
    """(pid, command line) of the processes that have this text in their environment and are not
    zombies."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if mark.encode() not in file.read():
                    continue
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if line:
            found.append((int(pid), line))
    return found


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def terraform_rc(places, directory):
    path = os.path.join(directory, "terraform.rc")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'provider_installation {{\n  dev_overrides {{\n    "{SOURCE}" = '
                   f'"{places.bin}"\n  }}\n}}\n')
    return path


def terraform_text(resources, preflight="enforce", timeout=None):
    """The configuration of (label, cloud, id) each as one resource."""
    text = [f'terraform {{\n  required_providers {{\n    ensure = {{ source = "{SOURCE}" }}\n  }}\n}}',
            f'provider "ensure" {{\n  preflight = "{preflight}"\n}}']
    limit = f'  timeouts {{ create = "{timeout}" }}\n' if timeout else ""
    for label, cloud, name in resources:
        text.append(f'resource "ensure_instance_running" "{label}" {{\n  cloud = "{cloud}"\n'
                    f'  region = "{REGION[cloud]}"\n  instance_id = "{name}"\n{limit}}}')
    return "\n".join(text) + "\n"


def ansible_environment(places, directory):
    def empty(name):
        path = os.path.join(directory, name)
        with open(path, "w", encoding="utf-8"):
            pass
        return path

    return {"ANSIBLE_COLLECTIONS_PATH": places.collections, "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_DEVEL_WARNING": "False",
            "ANSIBLE_CONFIG": empty("ansible.cfg"), "RESULTS_FILE": empty("results"),
            "ANSIBLE_HOME": os.path.join(directory, ".ansible"),
            "ANSIBLE_LOCAL_TEMP": os.path.join(directory, "local"),
            "ANSIBLE_REMOTE_TEMP": os.path.join(directory, "remote"),
            "ANSIBLE_CALLBACK_PLUGINS": os.path.join(ROOT, "tests", "ansible", "callback"),
            "ANSIBLE_STDOUT_CALLBACK": "results"}


def missing_program(name):
    """Whether a program is not there, which under CI=true is a failure."""
    if shutil.which(name):
        return False
    if os.environ.get("CI") == "true":
        raise Failure(f"{name} is not on PATH")
    print(f"skipped: {name} is not on PATH", flush=True)
    return True


def control_characters(text, allowed="\n"):
    """The characters of a text that can drive a terminal or reorder what it shows."""
    def bad(char):
        code = ord(char)
        return (char not in allowed and (code < 32 or 127 <= code < 160)) or \
            0x202a <= code <= 0x202e or 0x2066 <= code <= 0x2069 or code in (0x2028, 0x2029)
    return sorted({hex(ord(char)) for char in text if bad(char)})


def check_text(text, where, allowed="\n"):
    """No raw control character and no secret."""
    require(not control_characters(text, allowed), where, "holds", control_characters(text, allowed))
    for key, secret, token in KEYS.values():
        for word in (secret, token):
            require(word not in text, where, "holds the secret", word)


class Suite:
    """A table of cases and a pool that runs them."""

    def __init__(self, script, description):
        self.more = sys.argv[3:4] if sys.argv[3:4] and sys.argv[3].endswith(".so") else []
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("bin")
        parser.add_argument("collections")
        parser.add_argument("library", nargs="?", help="what a suite preloads")
        parser.add_argument("--only", default="")
        parser.add_argument("--list", action="store_true")
        self.arguments = parser.parse_args()
        self.script = os.path.abspath(script)
        self.places = Places(os.path.abspath(self.arguments.bin),
                             os.path.abspath(self.arguments.collections))
        self.directory = tempfile.mkdtemp(prefix="ensure-torture-")
        self.random = random.Random(SEED)
        self.failed = []
        self.passed = 0
        self.interrupted = False
        signal.signal(signal.SIGINT, self.interrupt)
        self.lock = threading.Lock()
        self.state = os.environ.get("ENSURE_STATE") if FULL else None
        self.done = set()
        if self.state and os.path.exists(self.state):
            with open(self.state, encoding="utf-8") as file:
                self.done = {line.rstrip("\n") for line in file}

    def sample(self, rows, count):
        """The rows named by --only, all rows in the full form, else a seeded sample."""
        rows = list(rows)
        if self.arguments.only:
            return [row for row in rows if self.arguments.only in row.name]
        return rows if FULL or count >= len(rows) else self.random.sample(rows, count)

    def replay(self, name):
        command = [sys.executable, self.script, self.places.bin, self.places.collections,
                   *self.more, "--only", name]
        full = "ENSURE_FULL=1 " if FULL else ""
        return f"{full}ENSURE_SEED={SEED} {shlex.join(command)}"

    def report(self, name, error=None):
        with self.lock:
            if error is None:
                self.passed += 1
                if self.state:
                    with open(self.state, "a", encoding="utf-8") as file:
                        file.write(name + "\n")
                return
            self.failed.append(name)
            print(f"FAILED {name}: {error}\n  replay: {self.replay(name)}", flush=True)

    def attempt(self, row, check):
        try:
            check(row)
            self.report(row.name)
        except Failure as error:
            self.blame(row.name, error)
        except Exception:  # pylint: disable=broad-except
            self.blame(row.name, traceback.format_exc())

    def blame(self, name, error):
        """Reports, unless it failed since Ctrl-C has ended its emulator too."""
        time.sleep(0.5)
        if not self.interrupted:
            self.report(name, error)

    def interrupt(self, *_):
        self.interrupted = True
        raise KeyboardInterrupt

    def each(self, rows, check, workers):
        """Runs check(row) for each row; check raises Failure."""
        rows = [row for row in rows if row.name not in self.done]
        if self.arguments.list:
            print("\n".join(row.name for row in rows))
            return
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            try:
                list(pool.map(lambda row: self.attempt(row, check), rows))
            except KeyboardInterrupt:  # what is under way ends, what passed is remembered
                pool.shutdown(cancel_futures=True)
                print("interrupted", flush=True)
                sys.exit(130)

    def place(self):
        """A new directory of this suite."""
        return tempfile.mkdtemp(dir=self.directory)

    def end(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        print(f"{self.passed} passed, {len(self.failed)} failed, {len(self.done)} skipped as passed "
              f"before; seed {SEED}", flush=True)
        sys.exit(1 if self.failed else 0)


@dataclasses.dataclass
class Case:
    """A row that needs nothing but a name and a function."""
    name: str
    check: object = None
    values: dict = dataclasses.field(default_factory=dict)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def emulator(places, directory, instances, *options):
    return harness.Emulator(places.program("ensure-emulator"), *options,
                            world={"accounts": accounts(), "instances": list(instances)},
                            directory=directory)


__all__ = [name for name in dir() if not name.startswith("_")] + ["schemas"]

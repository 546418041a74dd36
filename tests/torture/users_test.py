# SPDX-License-Identifier: Apache-2.0
"""Other local users: what uid 65534 can do to a tool that root runs, through its socket, TMPDIR, links,
provider files and /proc, and what odd files in a home do to a tool of their owner. Needs root."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import ground
import surroundings
import with_emulator
from ground import Case, require, target
from installed import OTHER, Installed

A = ("alibaba", "i-a")
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable

CONNECT = """
import os, socket, sys
try:
    os.listdir(os.path.dirname(sys.argv[1])); print("listed")
except PermissionError: pass
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(sys.argv[1]); print("connected")
except PermissionError: print("refused")
"""

# Puts a socket of its own where the plugin made one, and keeps what it is sent.
REPLACE = """
import os, socket, sys, time
parent, kept = sys.argv[1:3]
end = time.monotonic() + 10
while time.monotonic() < end:
    for name in os.listdir(parent):
        path = os.path.join(parent, name)
        if not name.startswith("ensure-plugin-") or not os.path.exists(path): continue
        try: os.rename(path, path + ".taken"); os.mkdir(path, 0o755)
        except OSError: continue
        s = socket.socket(socket.AF_UNIX); s.bind(os.path.join(path, "rpc"))
        os.chmod(os.path.join(path, "rpc"), 0o777); s.listen(); s.settimeout(5)
        print("replaced", flush=True)
        try:
            while True:
                c, _ = s.accept(); c.settimeout(1)
                try: data = c.recv(65536)
                except OSError: data = b""
                open(kept, "ab").write(data); c.close()
        except OSError: sys.exit(0)
"""

PEEK = """
import sys
pid = sys.argv[1]
print(open(f"/proc/{pid}/cmdline", "rb").read().replace(b"\\0", b" ").decode())
for name in ("environ", "maps", "mem"):
    try: open(f"/proc/{pid}/{name}", "rb").read(1); print("READ", name)
    except OSError: pass
"""


class Users(Installed):
    @property
    def good(self):
        """A provider of the tests of the ABI, with a name of its own."""
        return os.path.join(os.path.dirname(self.places.bin), "tests", "abi", "good.so")

    def environment(self, emulator, home, **more):
        return {**ground.environment(home, emulator.urls), **more}

    def by_socket(self, emulator, home, **more):
        """A plugin that is named is not taken for the tool itself, so that it makes a socket."""
        return self.environment(emulator, home, ENSURE_PLUGIN=self.tool, **more)

    def ensure(self, environment, *arguments, other=False):
        command = [self.tool, *arguments]
        return ground.run(self.as_other(*command) if other else command, ground.PATIENCE,
                          env=environment, cwd=environment["HOME"])

    @contextlib.contextmanager
    def hanging(self, emulator, environment):
        """The tool of root, waiting for a cloud; (process, pid of the plugin)."""
        emulator.control.call("PUT", "/faults", ["hang"])
        with subprocess.Popen([self.tool, "plan", "--timeout", "30s", target(*A)],
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL) as process:
            try:
                require(ground.wait_until(lambda: emulator.control.ledger()["requests"], 20),
                        "no request")
                with open(f"/proc/{process.pid}/task/{process.pid}/children",
                          encoding="ascii") as file:
                    yield process, int(file.read().split()[0])
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=ground.PATIENCE)

    def say(self, text, *arguments):
        run = ground.run(self.as_other(PYTHON, "-c", text, *arguments), ground.PATIENCE)
        require(run.code == 0, run.text)
        return run.out

    # ---- rows ---------------------------------------------------------------------------------------

    def check_works(self, _):
        with self.world(A) as emulator:
            home = self.room(OTHER)
            environment = self.environment(emulator, home, TMPDIR=home)
            run = self.ensure(environment, "apply", "--yes", target(*A), other=True)
            require(run.code == 0, run.text)
            require(os.listdir(home) == [], os.listdir(home))

    def check_socket(self, row):
        """Neither listed nor connected to, wherever it is made."""
        parent = self.room(0, row.values["mode"])
        with self.world(A) as emulator:
            environment = self.by_socket(emulator, self.room(), TMPDIR=parent)
            with self.hanging(emulator, environment):
                names = [name for name in os.listdir(parent) if name.startswith("ensure-plugin-")]
                require(len(names) == 1, names)
                said = self.say(CONNECT, os.path.join(parent, names[0], "rpc"))
                require(said.split() == ["refused"], said)

    def check_no_socket(self, _):
        """The tool's own plugin makes none: it has an end of a pair, and listens nowhere."""
        parent = self.room(0, 0o777)
        with self.world(A) as emulator:
            environment = self.environment(emulator, self.room(), TMPDIR=parent)
            with self.hanging(emulator, environment) as (_, plugin):
                require(os.listdir(parent) == [], os.listdir(parent))
                with open(f"/proc/{plugin}/environ", encoding="ascii") as file:
                    variables = file.read().split("\0")
                require("ENSURE_PLUGIN_CONNECTION=3" in variables, variables)
                require(not any(v.startswith("PLUGIN_CLIENT_CERT") for v in variables), variables)
                listening = [line for line in sockets_of(plugin) if line.split()[3] == "00010000"]
                require(not listening, listening)

    def check_replaced(self, _):
        """In a directory that every user may write without the sticky bit, the socket is replaced: the
        other side can't prove that it is the plugin, and learns nothing."""
        parent, kept = self.room(0, 0o777), os.path.join(self.room(OTHER), "kept")
        with self.world(A) as emulator:
            environment = self.by_socket(emulator, self.room(), TMPDIR=parent)
            with subprocess.Popen(self.as_other(PYTHON, "-c", REPLACE, parent, kept),
                                  stdout=subprocess.PIPE) as attacker:
                time.sleep(0.3)
                run = self.ensure(environment, "apply", "--yes", target(*A))
                attacker.terminate()
                replaced = attacker.communicate()[0]
            starts = emulator.control.ledger()["starts"]
        ground.check_text(run.err, "standard error")
        require(run.code in (0, 1), run.text)
        require(run.code == 0 or not starts, "failed, but started")
        require(replaced or run.code == 0, run.text)
        if os.path.exists(kept):
            with open(kept, "rb") as file:
                ground.check_text(file.read().decode("latin-1"), "what was sent",
                                  "".join(map(chr, range(256))))

    def check_links(self, _):
        """Names as those of stale sockets, that belong to another user, are left alone."""
        parent, precious = self.room(0, 0o1777), self.room()
        with open(os.path.join(precious, "rpc"), "w", encoding="ascii") as file:
            file.write("precious")
        os.symlink(precious, os.path.join(parent, "ensure-plugin-AAAAAA"))
        os.lchown(os.path.join(parent, "ensure-plugin-AAAAAA"), OTHER, OTHER)
        other = os.path.join(parent, "ensure-plugin-BBBBBB")
        os.mkdir(other)
        os.symlink(os.path.join(precious, "rpc"), os.path.join(other, "rpc"))
        os.chown(other, OTHER, OTHER)
        for n in range(1000):
            os.mkdir(os.path.join(parent, f"ensure-plugin-C{n:05}"))
            os.chown(os.path.join(parent, f"ensure-plugin-C{n:05}"), OTHER, OTHER)
        with self.world(A) as emulator:
            run = self.ensure(self.by_socket(emulator, self.room(), TMPDIR=parent), "plan",
                              target(*A))
            require(run.code == 0, run.text)
        require(os.listdir(precious) == ["rpc"], "removed through a link")
        require(len(os.listdir(parent)) == 1002, len(os.listdir(parent)))

    def check_provider(self, row):
        """A provider that another user could have written is not loaded."""
        owner, mode, directory_owner, directory_mode, link, loaded = row.values["row"]
        directory = self.room(directory_owner, directory_mode)
        place = self.room() if link else directory
        path = os.path.join(place, "fake.so")
        shutil.copy(self.good, path)
        os.chown(path, owner, owner)
        os.chmod(path, mode)
        if link:
            os.symlink(path, os.path.join(directory, "fake.so"))
        home = self.room()
        run = self.ensure(surroundings.bare(HOME=home, ENSURE_PROVIDER_PATH=directory),
                          "providers", "--format", "json")
        require(run.code in (0, 3), run.text)
        document = json.loads(run.out)
        origins = [one["origin"] for one in document["providers"] if one["name"] == "fake"]
        require(len(origins) == loaded, origins, run.text)
        require(loaded or document["warnings"], "no warning")

    def check_profile(self, row):
        """An odd profile file of the user's own: an answer in time, and nothing of its content."""
        home = self.room(OTHER, 0o700)
        os.mkdir(os.path.join(home, ".aliyun"))
        path = os.path.join(home, ".aliyun", "config.json")
        row.values["make"](path)
        with self.world(A) as emulator:
            environment = self.environment(emulator, home, TMPDIR=home)
            for name in with_emulator.KEY_VARIABLES["alibaba"]:
                del environment[name]
            del environment[ground.TOKEN_VARIABLE["alibaba"]]
            run = self.ensure(environment, "plan", "--format", "json", target(*A), other=True)
            require(run.code in (1, 3), run.text)
            require(run.seconds < 20, run.seconds, "seconds")
            require("CONTENT" not in run.out + run.err, run.text)
            ground.check_text(run.out + run.err, "output")
            require(emulator.control.ledger()["requests"] == [], "a request was sent")

    def check_proc(self, _):
        """No secret on a command line; memory and environment of root's processes are closed."""
        with self.world(A) as emulator:
            environment = self.environment(emulator, self.room(), TMPDIR=self.room())
            with self.hanging(emulator, environment) as (process, plugin):
                for pid in (process.pid, plugin):
                    said = self.say(PEEK, str(pid))
                    require("READ" not in said, said)
                    ground.check_text(said, "the command line")

    def check_files(self, _):
        """Another user can read neither the audit log nor change a saved plan."""
        with self.world(A) as emulator:
            home = self.room()
            os.umask(0)
            try:
                environment = self.environment(emulator, home, ENSURE_AUDIT_LOG=f"{home}/audit.log")
                require(self.ensure(environment, "plan", "--out", "p.json", target(*A)).code == 0)
                require(self.ensure(environment, "apply", "p.json").code == 0)
            finally:
                os.umask(0o022)
            require(os.stat(f"{home}/audit.log").st_mode & 0o077 == 0, "the audit log is open")
            require(os.stat(f"{home}/p.json").st_mode & 0o022 == 0, "the plan may be written",
                    oct(os.stat(f"{home}/p.json").st_mode))

    def check_audit(self, row):
        """An audit log that another user made something else of: no start without its line."""
        home = self.room()
        path = os.path.join(self.room(OTHER), "audit.log")
        row.values["make"](path)
        with self.world(A) as emulator:
            run = self.ensure(self.environment(emulator, home, ENSURE_AUDIT_LOG=path), "apply",
                              "--yes", "--timeout", "10s", target(*A))
            require(run.code == 3 and "policy" in run.out, run.text)
            require(emulator.control.ledger()["starts"] == {}, "started without a line")

    # ---- the table ----------------------------------------------------------------------------------

    def rows(self):
        yield Case("works.", self.check_works)
        for mode in (0o755, 0o777, 0o1777):
            yield Case(f"socket.{mode:o}.", self.check_socket, {"mode": mode})
        yield Case("socket.none.", self.check_no_socket)
        yield Case("socket.replaced.", self.check_replaced)
        yield Case("socket.links.", self.check_links)
        providers = {  # owner and mode of the file, of its directory, whether linked, loaded
            "own": (0, 0o755, 0, 0o755, False, True), "linked": (0, 0o755, 0, 0o755, True, True),
            "of_other": (OTHER, 0o755, 0, 0o755, False, False),
            "linked_of_other": (OTHER, 0o755, 0, 0o755, True, False),
            "open_to_all": (0, 0o777, 0, 0o755, False, False),
            "directory_of_other": (0, 0o755, OTHER, 0o755, False, False),
            "directory_open": (0, 0o755, 0, 0o777, False, False),
            "directory_sticky": (0, 0o755, 0, 0o1777, False, False)}
        for name, values in providers.items():
            yield Case(f"provider.{name}.", self.check_provider, {"row": values})
        for name, make in profile_files().items():
            yield Case(f"profile.{name}.", self.check_profile, {"make": make})
        yield Case("proc.", self.check_proc)
        yield Case("files.", self.check_files)
        for name, make in {"fifo": os.mkfifo, "directory": os.mkdir,
                           "device": lambda path: os.symlink("/dev/full", path),
                           "loop": lambda path: os.symlink(path, path)}.items():
            yield Case(f"audit.{name}.", self.check_audit, {"make": make})

    def main(self):
        if self.prepared():
            self.each(self.sample(self.rows(), 1000), lambda row: row.check(row), 1)
        self.end()


def sockets_of(pid):
    """Those of its unix sockets, as lines of /proc/net/unix."""
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        place = os.readlink(f"/proc/{pid}/fd/{name}")
        if place.startswith("socket:["):
            inodes.add(place[len("socket:["):-1])
    with open("/proc/net/unix", encoding="ascii", errors="replace") as file:
        lines = file.read().splitlines()[1:]
    found = [line for line in lines if line.split()[6] in inodes]
    require(found, "it has no unix socket at all")
    return found


def profile_files():
    def text(content, mode=0o600):
        def make(path):
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            os.chown(path, OTHER, OTHER)
            os.chmod(path, mode)
        return make

    def sparse(path):
        with open(path, "wb") as file:
            file.truncate(1 << 32)
        os.chown(path, OTHER, OTHER)

    def of_root(path):
        text("CONTENT")(path)
        os.chown(path, 0, 0)

    return {"fifo": os.mkfifo, "directory": os.mkdir, "sparse": sparse, "of_root": of_root,
            "zero": lambda path: os.symlink("/dev/zero", path),
            "loop": lambda path: os.symlink(path, path),
            "shadow": lambda path: os.symlink("/etc/shadow", path),
            "unreadable": text("CONTENT", 0), "not_json": text("CONTENT {{{"),
            "deep": text("[" * 300000 + "CONTENT"), "controls": text('{"current":"\\u001b[2J\\u0000"}'),
            "no_keys": text('{"current":"x","profiles":[{"name":"x","mode":"odd",'
                            '"access_key_secret":"CONTENT"}]}')}


if __name__ == "__main__":
    Users(__file__, __doc__).main()

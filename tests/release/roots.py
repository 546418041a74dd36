# SPDX-License-Identifier: Apache-2.0
"""Root directories that hold next to nothing, and a network of their own to reach the clouds by a
name. A test file calls enter() first: the whole process then lives in namespaces of its own, so that
nothing stays mounted and port 53 is free."""
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading

import needs
import surroundings

HOST = "clouds.test"


def enter(*kinds):
    """Starts this program again in namespaces of those kinds (of "net" and "mount"), unless it is
    there already."""
    if os.environ.pop("ENSURE_TEST_INSIDE", None) == "1":
        if "net" in kinds:
            _loopback_up()
        return
    command = ["unshare", *(f"--{kind}" for kind in kinds)]
    if os.geteuid() != 0:
        command.append("--map-root-user")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        needs.end("namespaces are not allowed here (unshare " + " ".join(kinds) + ")")
    os.environ["ENSURE_TEST_INSIDE"] = "1"
    os.execvp(command[0], [*command, sys.executable, *sys.argv])


def _loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 1 | 64)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


class Names:
    """A name server on loopback that knows one name, and counts what it is asked for it."""

    def __init__(self):
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        known = b"".join(bytes([len(part)]) + part.encode() for part in HOST.split(".")) + b"\0"
        while True:
            query, asker = self.socket.recvfrom(512)
            end = query.index(b"\0", 12) + 1
            name, kind = query[12:end], query[end:end + 4]
            answer, code = b"", 0
            if name.lower() != known:
                code = 3
            else:
                self.asked += 1
                if kind == b"\0\x01\0\x01":
                    answer = b"\xc0\x0c" + kind + struct.pack(">IH", 60, 4) + b"\x7f\0\0\x01"
            self.socket.sendto(query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, bool(answer), 0, 0)
                               + name + kind + answer, asker)


class Root:
    """A directory that becomes the root of what runs in it. It has no /proc and no /dev."""

    def __init__(self, path, directories=("tmp", "fleet")):
        self.path = path
        os.chmod(path, 0o755)
        for name in directories:
            os.makedirs(self.file(name))
            os.chmod(self.file(name), 0o1777)

    def file(self, name):
        return os.path.join(self.path, name.lstrip("/"))

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.file(name), mode)

    def copy(self, source, name, mode=0o644):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        shutil.copy(source, self.file(name))
        os.chmod(self.file(name), mode)

    def names(self):
        return {os.path.relpath(os.path.join(path, name), self.path)
                for path, _, names in os.walk(self.path) for name in names}

    def run(self, *command, user=None, **environment):
        """Returns (exit status, output)."""
        options = [f"--userspec={user}:{user}"] if user else []
        done = subprocess.run(["/usr/sbin/chroot", *options, self.path, *command],
                              env={**surroundings.SAFE, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
        return done.returncode, done.stdout

    def freeze(self):
        """Makes it read-only but for /tmp and /fleet."""
        def mount(*arguments):
            subprocess.run(["mount", *arguments], check=True)

        mount("--bind", self.path, self.path)
        for name in ("tmp", "fleet"):
            mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.file(name))
        mount("-o", "remount,bind,ro", self.path)

    def thaw(self):
        for name in ("tmp", "fleet", ""):
            subprocess.run(["umount", self.file(name)], check=True)

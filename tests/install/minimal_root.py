# SPDX-License-Identifier: Apache-2.0
"""A minimal root file system of Debian 12, made by debootstrap and cached."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "support"))
# pylint: disable=wrong-import-position
import surroundings  # noqa: E402
from cache import DIRECTORY as CACHE  # noqa: E402


class Unavailable(Exception):
    """The root can't be made on this machine; the text says why."""


def mirror():
    """The Debian mirror that this machine's apt is configured for."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Codename: bookworm",
                           "Component: main", "Identifier: Packages"], capture_output=True, text=True,
                          check=False)
    found = os.environ.get("ENSURE_TEST_MIRROR") or next(iter(done.stdout.split()), None)
    if found is None:
        raise Unavailable("apt knows no mirror of Debian 12; name one in ENSURE_TEST_MIRROR")
    return found


def make_archive():
    """Makes the root as a tar file, if it is not cached; returns its path."""
    archive = os.path.join(CACHE, "bookworm-minbase.tar")
    if os.path.exists(archive):
        return archive
    if not shutil.which("debootstrap"):
        raise Unavailable("debootstrap is not installed")
    os.makedirs(CACHE, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        root = os.path.join(directory, "root")
        made = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root, mirror()],
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise Unavailable("debootstrap failed: " + made.stdout[-300:])
        part = f"{archive}.{os.getpid()}"
        subprocess.run(["tar", "-C", root, "--exclude=./var/cache/apt/archives/*.deb", "-cf", part,
                        "."], check=True)
        os.rename(part, archive)
    return archive


class MinimalRoot:
    """A root that is unpacked in a directory. Programs run in it by chroot, with /proc mounted in a
    mount namespace of their own, so that no mount is left."""

    def __init__(self, directory):
        if os.geteuid() != 0:
            raise Unavailable("only root can change the root directory")
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True,
                          check=False).returncode != 0:
            raise Unavailable("mount namespaces are not allowed")
        self.path = os.path.join(directory, "root")
        os.makedirs(os.path.join(self.path, "home", "operator"))
        subprocess.run(["tar", "-C", self.path, "-xf", make_archive()], check=True)

    def file(self, name):
        return os.path.join(self.path, name.lstrip("/"))

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)

    def copy(self, source, name):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        shutil.copy(source, self.file(name))

    def run(self, *command, cwd="/", **environment):
        """Returns (exit status, output)."""
        inside = {**surroundings.SAFE, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                  "HOME": "/home/operator", "LC_ALL": "C.UTF-8", **environment}
        script = 'mount -t proc proc "$1/proc" && exec chroot "$1" sh -c \'cd "$1" && shift && ' \
                 'exec "$@"\' sh "$2" env -i "${@:3}"'
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-c", script, "bash", self.path, cwd,
             *(f"{name}={value}" for name, value in inside.items()), *command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

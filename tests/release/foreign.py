# SPDX-License-Identifier: Apache-2.0
"""Debian 13's C library and a module of its name service switch, kept in a cache."""
import os
import subprocess
import sys
import tempfile

from release_case import SOURCE

sys.path.insert(0, os.path.join(SOURCE, "plugin", "packaging"))
import command  # pylint: disable=wrong-import-position
import debian  # pylint: disable=wrong-import-position
from minimal_root import CACHE  # pylint: disable=wrong-import-position

PACKAGES = ("libc6", "libcap2", "libgcc-s1", "libnss-myhostname", "libnss-mymachines",
            "libnss-systemd")


class Unavailable(Exception):
    """Why they can't be had here."""


def make_archive():
    """The path of a tar file that has them in the places where Debian has them."""
    archive = os.path.join(CACHE, "trixie-libc.tar")
    if not os.path.exists(archive):
        os.makedirs(CACHE, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            _download(work)
            root = os.path.join(work, "root")
            os.makedirs(os.path.join(root, "usr"))
            for name in ("lib", "lib64"):
                os.makedirs(os.path.join(root, "usr", name))
                os.symlink(f"usr/{name}", os.path.join(root, name))
            for name in sorted(os.listdir(work)):
                if name.endswith(".deb"):
                    subprocess.run(["dpkg", "-x", os.path.join(work, name), root], check=True)
            part = f"{archive}.{os.getpid()}"
            subprocess.run(["tar", "-C", root, "-cf", part, "lib", "lib64", "usr/lib", "usr/lib64"],
                           check=True)
            os.rename(part, archive)
    return archive


def _download(work):
    try:
        archive = debian.Archive(os.path.join(work, "apt"), "amd64", suite="trixie")
        archive.download(PACKAGES, work)
    except command.Failed as reason:
        raise Unavailable(f"no Debian 13 to take a C library from: {reason}") from reason

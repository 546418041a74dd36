#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tells whether a release has to be made again: compares the versions of what its programs are linked
with, as its SPDX file lists them, with those that Debian offers now, security updates included.

usage: outdated.py ensure_VERSION.spdx.json

Prints a line for each library that is older, and exits 1 if there is one or if apt reads no security
archive here, without which it can't know.
"""
import json
import re
import subprocess
import sys

import sysroot
from command import Failed


def linked(path):
    """{architecture: {source package: version}} of an SPDX file."""
    with open(path, encoding="utf-8") as file:
        packages = json.load(file)["packages"]
    found = {}
    for package in packages:
        match = re.fullmatch(r"linked into the programs for linux_(\w+)", package.get("comment", ""))
        if match:
            found.setdefault(match.group(1), {})[package["name"]] = package["versionInfo"]
    return found


def is_older(version, other):
    return subprocess.run(["dpkg", "--compare-versions", version, "lt", other],
                          check=False).returncode == 0


def outdated(arch, versions):
    """A sentence for each library."""
    with sysroot.archive_of(arch) as archive:
        if not archive.has_security_updates():
            raise Failed("apt reads no security archive of Debian here: add it to /etc/apt")
        offered = sysroot.offered(archive)
    for name, version in sorted(versions.items()):
        if name not in offered:
            yield f"linux_{arch}: {name} {version} is linked in, and Debian does not offer it"
        elif is_older(version, offered[name]):
            yield f"linux_{arch}: {name} {version} is linked in, and Debian offers {offered[name]}"


def main():
    path = sys.argv[1]
    found = linked(path)
    if not found:
        print(f"{path}: lists no library that is linked in", file=sys.stderr)
        return 1
    try:
        sentences = [sentence for arch, versions in sorted(found.items())
                     for sentence in outdated(arch, versions)]
    except Failed as reason:
        print(f"outdated: {reason}", file=sys.stderr)
        return 1
    for sentence in sentences:
        print(sentence)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Installs the npm packages of a lock file below the build tree, for tests that use them."""

import os
import shutil
import subprocess

import needs

FILES = ("package.json", "package-lock.json")
INSTALL_S = 180


def read(directory, name):
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def install(source, directory):
    """Installs what the lock file of source names into directory, unless it is installed already."""
    done = os.path.join(directory, "node_modules", ".installed")
    current = all(read(source, name) == read(directory, name) for name in FILES)
    if current and os.path.exists(done):
        return
    needs.programs(("node", "Debian package nodejs"), ("npm", "Debian package npm"))
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    for name in FILES:
        shutil.copy(os.path.join(source, name), directory)
    try:
        told = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                               "--loglevel=error"], cwd=directory, capture_output=True, text=True,
                              timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        needs.end(f"npm ci took longer than {INSTALL_S} s")
    if told.returncode != 0:
        needs.end(f"npm ci can't install the packages of {source}: {told.stderr.strip()[-400:]}")
    with open(done, "w", encoding="utf-8"):
        pass

# SPDX-License-Identifier: Apache-2.0
"""The collection of a release, installed by ansible-galaxy as a user would, and the versions of
ansible-core that it is tested with."""
import fcntl
import glob
import os
import subprocess
import sys

from release_case import BUILD, EMULATOR, RELEASE, SOURCE, VERSION
import needs  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position

TARBALL = os.path.join(RELEASE, f"ensure-cloud-{VERSION}.tar.gz")
TOOLS = os.path.join(BUILD, "release-ansible")
NEWEST = "ansible-core>=2.19,<2.20"  # the newest for Debian 12's Python


def venv(case, *packages):
    """The directory of programs of a virtual environment that holds them; kept. Several tests may
    want it at a time."""
    directory = TOOLS + "-" + packages[0].split(">")[0].split("=")[0]
    done = os.path.join(directory, "done")
    with open(directory + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (["/usr/bin/python3", "-m", "venv", directory],
                        [f"{directory}/bin/pip", "install", "-q", *packages], ["touch", done]):
            if os.path.exists(done):
                break
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode != 0:
                needs.missing(case, f"no virtual environment with {packages} (apt-get install "
                                    f"python3-venv): {made.stderr[-400:]}")
    return os.path.join(directory, "bin")


def install(programs, directory):
    """With the ansible-galaxy in the directory programs."""
    with open(os.path.join(directory, "galaxy.cfg"), "w", encoding="utf-8"):
        pass
    done = subprocess.run(
        [os.path.join(programs, "ansible-galaxy"), "collection", "install", TARBALL, "--offline",
         "-p", os.path.join(directory, "collections")], capture_output=True, text=True, check=False,
        env={**surroundings.SAFE, "PATH": f"{programs}:/usr/bin:/bin", "HOME": directory,
             "LC_ALL": "C.UTF-8", "ANSIBLE_CONFIG": os.path.join(directory, "galaxy.cfg")})
    assert done.returncode == 0, done.stdout + done.stderr
    return os.path.join(directory, "collections")


def playbook_module(collections):
    """tests/ansible/playbook_test.py, which reads what it tests from its arguments."""
    place = os.path.join(SOURCE, "tests", "ansible")
    if place not in sys.path:
        sys.path.insert(0, place)
    kept, sys.argv = sys.argv, [sys.argv[0], EMULATOR, collections]
    try:
        import playbook_test  # pylint: disable=import-outside-toplevel
    finally:
        sys.argv = kept
    playbook_test.COLLECTIONS = collections
    return playbook_test


def ansible_files(collections):
    root = os.path.join(collections, "ansible_collections", "ensure", "cloud")
    return {os.path.relpath(path, root): path
            for path in glob.glob(root + "/**", recursive=True) if os.path.isfile(path)}

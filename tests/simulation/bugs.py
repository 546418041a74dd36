#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the simulation finds the deliberate bugs of tests/simulation/bugs.

usage: bugs.py SOURCE_DIR apply              each patch still applies
       bugs.py SOURCE_DIR find BUILD_DIR     each bug is found within one CI form's seeds

The second copies the tree to BUILD_DIR, and for each patch applies it, builds, runs
ensure-simulation until it fails, prints the seed and takes the patch away again. It needs ENSURE_FULL=1,
else it ends with 77, which CTest counts as skipped.
"""
import os
import re
import subprocess
import sys

SEEDS, SECONDS = "50000", "120"


def patches(source):
    folder = os.path.join(source, "tests/simulation/bugs")
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".patch")]


def apply(tree, patch, *options):
    return subprocess.run(["git", "apply", *options, patch], cwd=tree, capture_output=True, text=True)


def check_apply(source):
    bad = 0
    for patch in patches(source):
        done = apply(source, patch, "--check")
        if done.returncode != 0:
            print(f"{os.path.basename(patch)} does not apply any more: {done.stderr.strip()}")
            bad += 1
    print(f"{len(patches(source)) - bad} of {len(patches(source))} patches apply")
    return 1 if bad or len(patches(source)) < 17 else 0


def copy_tree(source, tree):
    """The files of the source tree as they are; those that did not change keep their time."""
    names = subprocess.run(["git", "-C", source, "ls-files", "-co", "--exclude-standard", "-z"],
                           check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        old, new = os.path.join(source, name), os.path.join(tree, name)
        if not os.path.isfile(old):
            continue
        with open(old, "rb") as file:
            data = file.read()
        if os.path.exists(new):
            with open(new, "rb") as file:
                if file.read() == data:
                    continue
        os.makedirs(os.path.dirname(new), exist_ok=True)
        with open(new, "wb") as file:
            file.write(data)
        os.chmod(new, os.stat(old).st_mode)


def build(tree):
    if not os.path.exists(os.path.join(tree, "build/CMakeCache.txt")):
        subprocess.run(["cmake", "-S", tree, "-B", os.path.join(tree, "build"), "-G", "Ninja",
                        "-DCMAKE_BUILD_TYPE=RelWithDebInfo"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", os.path.join(tree, "build"), "--target", "ensure-simulation"],
                   check=True, stdout=subprocess.DEVNULL)


def find(tree, patch):
    """Whether the bug is found."""
    name = os.path.basename(patch)[:-len(".patch")]
    if apply(tree, patch).returncode != 0:
        print(f"{name}: does not apply")
        return False
    try:
        build(tree)
        done = subprocess.run([os.path.join(tree, "build/tests/ensure-simulation"), "--seeds", SEEDS,
                               "--seconds", SECONDS], capture_output=True, text=True)
    finally:
        apply(tree, patch, "-R").check_returncode()
    failed = re.search(r"^seed (\d+) failed: (.*)$", done.stdout, re.M)
    print(f"{name}: " + (f"seed {failed[1]}: {failed[2]}" if failed else "not found"), flush=True)
    return failed is not None


def check_find(source, tree):
    if os.environ.get("ENSURE_FULL") != "1":
        print("only with ENSURE_FULL=1")
        return 77
    copy_tree(source, tree)
    if not os.path.isdir(os.path.join(tree, ".git")): # so that git takes the copy for the top
        subprocess.run(["git", "init", "-q", tree], check=True)
    found = [find(tree, patch) for patch in patches(source)]
    print(f"{sum(found)} of {len(found)} bugs found")
    return 0 if all(found) and len(found) >= 17 else 1


def main():
    if sys.argv[2] == "apply":
        return check_apply(sys.argv[1])
    return check_find(sys.argv[1], os.path.abspath(sys.argv[3]))


if __name__ == "__main__":
    sys.exit(main())

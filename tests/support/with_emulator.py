#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts an emulator of the three clouds and runs a program against it.

usage: with_emulator.py EMULATOR WORLD.json PROGRAM [ARGUMENT...]

The environment of the program has endpoints and keys as a user would set them, the address of the
emulator's control listener in ENSURE_EMULATOR_CONTROL, and of the caller's environment only what
surroundings.py keeps. Its home directory is empty. The exit status is that of the program. """
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "emulator")]
import harness  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position

# The vendors' own names for key and secret.
KEY_VARIABLES = {
    "volcengine": ("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY"),
    "alibaba": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    "baidu": ("BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY"),
}


def accounts():
    """One long-lived key for each cloud."""
    return [{"cloud": cloud, "access_key": key, "secret_key": secret}
            for cloud, (key, secret) in harness.KEYS.items()]


def environment(emulator, home):
    """The environment of the program."""
    result = surroundings.bare(HOME=home, LC_ALL="C.UTF-8",
                               ENSURE_EMULATOR_CONTROL=emulator.urls["control"])
    for cloud, (key, secret) in KEY_VARIABLES.items():
        result[f"ENSURE_{cloud.upper()}_ENDPOINT"] = emulator.urls[cloud]
        result[f"ENSURE_{cloud.upper()}_STS_ENDPOINT"] = emulator.urls[f"{cloud}_sts"]
        result[key], result[secret] = harness.KEYS[cloud]
    return result


def main():
    program, world_file, *command = sys.argv[1:]
    with open(world_file, encoding="utf-8") as file:
        world = {"accounts": accounts(), **json.load(file)}
    with tempfile.TemporaryDirectory() as home:
        with harness.Emulator(program, "--boot-ms", "50", world=world, directory=home) as emulator:
            return subprocess.run(command, env=environment(emulator, home), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Commands that a release is made with, and what is reported when one can't be run."""
import os
import shutil
import subprocess


class Failed(Exception):
    """What this machine lacks, or what a command printed."""


def run(*command, cwd=None, **environment):
    """Returns what it prints. A ccache that the caller has set up must not make paths relative: they
    would depend on where the build is."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", "CCACHE_BASEDIR": "", **environment})
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def need(*programs):
    """Pairs of a program and its Debian package."""
    for program, package in programs:
        if shutil.which(program) is None:
            raise Failed(f"{program} is missing: apt-get install {package}")

# SPDX-License-Identifier: Apache-2.0
"""What a test needs of the machine: without it the test is skipped and says so, under CI=true it
fails."""
import os
import shutil


def missing(case, reason):
    if os.environ.get("CI") == "true":
        case.fail(reason)
    case.skipTest(reason)


def program(case, name, package):
    """The path of a program."""
    path = shutil.which(name)
    if path is None:
        missing(case, f"no {name} on PATH ({package})")
    return path

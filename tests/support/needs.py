# SPDX-License-Identifier: Apache-2.0
"""Requirements of tests on the machine: without one a test is skipped with a message, or fails if
CI=true."""
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

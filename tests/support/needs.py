# SPDX-License-Identifier: Apache-2.0
"""Requirements of tests on the machine: without one a test is skipped with a message, or fails if
CI=true."""
import os
import shutil
import sys


def missing(case, reason):
    if os.environ.get("CI") == "true":
        case.fail(reason)
    case.skipTest(reason)


def end(reason):
    """Ends a test program none of whose tests can run, before it starts one."""
    print(reason)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


def programs(*pairs):
    """Ends the test program if one of the programs is not there: (path or name, how to get it)."""
    for name, package in pairs:
        if shutil.which(name) is None:
            end(f"there is no {name} ({package})")


def program(case, name, package):
    """The path of a program."""
    path = shutil.which(name)
    if path is None:
        missing(case, f"no {name} on PATH ({package})")
    return path

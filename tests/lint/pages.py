#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that files and tests named in the contributors' pages, SECURITY.md and tests/README.md exist.

usage: pages.py SOURCE_DIR BUILD_DIR

Links to files and paths in backticks must exist, and CTest must have every test in the tables of
invariants.md and of the promises of SECURITY.md ('*' matches any part of a name). Prints one line per
finding and exits 1 if there is any.
"""
import os
import re
import subprocess
import sys

from lint import read, tracked

TOP = r"(?:plugin|tests|providers|proto|examples)/"


def tests_of(build):
    done = subprocess.run(["ctest", "--test-dir", build, "-N"], check=True, capture_output=True, text=True)
    return re.findall(r"^ *Test +#\d+: (\S+)", done.stdout, re.M)


def missing_paths(source, name, text):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        if not os.path.exists(os.path.join(source, os.path.dirname(name), link)):
            yield f"{name}: links to {link}, which is not there"
    # Words in capitals are placeholders.
    for path in re.findall(rf"`({TOP}[^`\s{{}}*]+)`", text):
        if not re.search(r"[A-Z]{3,}(?!\w*\.md)", path) and not os.path.exists(os.path.join(source, path)):
            yield f"{name}: names {path}, which is not there"


def missing_tests(name, text, tests):
    for row in re.findall(r"^\| (?!---|invariant|promise).* \| (.*) \|$", text, re.M):
        named = re.findall(r"`([^`]+)`(?! *\))", re.sub(r"\([^)]*\)", "", row))
        if not named:
            yield f"{name}: no test in {row!r}"
        for test in named:
            pattern = re.escape(test).replace(r"\*", ".*")
            if not any(re.fullmatch(pattern, one) for one in tests):
                yield f"{name}: names the test {test}, which CTest does not have"


def main():
    source, build = sys.argv[1:]
    tests, findings = tests_of(build), []
    names = [n for n in tracked(source, ".md") if n.startswith(".github/")] + ["README.md", "tests/README.md"]
    for name in names:
        findings += missing_paths(source, name, read(source, name))
    name = ".github/contributing/invariants.md"
    findings += missing_tests(name, read(source, name), tests)
    name = ".github/SECURITY.md"
    findings += missing_tests(name, read(source, name).split("## Promises")[1], tests)
    print("\n".join(findings) if findings else "pages: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every source file names its licence.

usage: spdx.py SOURCE_DIR

The first line is "SPDX-License-Identifier: Apache-2.0" in a comment of the language; the second one
where the first has to be another ("#!", "#compdef", "<!DOCTYPE", "<?xml"). JSON, documents, corpora and golden files are
data. Prints one line per finding and exits 1 if there is any.
"""
import re
import sys

from lint import read, tracked

TEXT = "SPDX-License-Identifier: Apache-2.0"
HASH = (".py", ".sh", ".cmake", "CMakeLists.txt", ".tf", ".hcl", ".yml", ".awk", ".supp", ".ci/run")
COMMENTS = (
    ((".c", ".h", ".inc", ".js", ".css", ".map", ".c.in"), f"/* {TEXT} */"),
    ((".html", ".xsd"), f"<!-- {TEXT} -->"),
    ((".proto", ".go", "go.mod"), f"// {TEXT}"),
    ((".7.in",), f'.\\" {TEXT}'),
    (HASH + (".in",), f"# {TEXT}"),
)
EXEMPT = ()


def comment_of(name):
    """The line that the file must have, or None if it is no source file."""
    return next((comment for suffixes, comment in COMMENTS
                 if name.endswith(suffixes) and name not in EXEMPT), None)


def place_of(lines):
    """The index of the line that it must be on."""
    return 1 if lines and re.match(r"#!|#compdef\b|<!DOCTYPE|<\?xml", lines[0]) else 0


def main():
    source, findings = sys.argv[1], []
    for name in tracked(source, ""):
        comment = comment_of(name)
        if comment is None:
            continue
        lines = read(source, name).split("\n")
        place = place_of(lines)
        if len(lines) <= place or lines[place] != comment:
            findings.append(f"{name}:{place + 1}: expected {comment}")
    print("\n".join(findings) if findings else "spdx: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

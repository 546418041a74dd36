#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Debian's changelog from CHANGES.md, which is the one place where changes are told.

usage: changelog.py CHANGES.md
"""
import datetime
import re
import sys
import textwrap

HEADING = re.compile(r"^## (\S+) \((\d{4}-\d{2}-\d{2})\)$", re.M)
SIGNED = "The Ensure developers <ensure@packages.debian.org>"


def entries(text):
    """(version, date, [changes]), the newest first."""
    parts = HEADING.split(text)[1:]
    for version, date, body in zip(parts[::3], parts[1::3], parts[2::3]):
        yield version, date, [re.sub(r"\s+", " ", item).strip()
                              for item in re.split(r"^- ", body, flags=re.M)[1:]]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    for version, date, changes in entries(text):
        day = datetime.date.fromisoformat(date)
        print(f"ensure ({version}) bookworm; urgency=medium\n")
        for change in changes:
            print(textwrap.fill(change, 76, initial_indent="  * ", subsequent_indent="    "))
        print(f"\n -- {SIGNED}  {day:%a, %d %b %Y} 08:09:10 +0000\n")


if __name__ == "__main__":
    main()

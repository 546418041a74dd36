#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a name means one thing: every header is compiled together with all the others.

usage: homonyms.py SOURCE_DIR BUILD_DIR CC

One C file includes every header below plugin/, the generated ones too; one more per provider
includes its headers and those of the kit. Two different structs, enumerators, typedefs, macros or
functions of one name are then errors of the compiler. It does not see a struct that a .c file
defines, nor a macro that two headers define with the same value; so the text is searched for tags
and macros with the project's prefix that are defined in more than one file. Prints one line per
finding and exits 1 if there is any.
"""
import collections
import os
import re
import subprocess
import sys

from lint import code_only, read, tracked

DEFINITION = re.compile(r"\b(?:struct|union|enum)\s+((?:ens|kit)_\w+)\s*\{"
                        r"|^\s*#\s*define\s+((?:ENS|KIT)_\w+)", re.M)
MESSAGE = re.compile(r"(\S+?):(\d+):\d+: (error|note|fatal error): (.*)")


def programs(source, build):
    """(name, included headers) of each C file to compile."""
    headers = tracked(source, ".h")
    proto = os.path.join(build, "proto")
    generated = sorted(os.path.relpath(os.path.join(folder, name), proto)
                       for folder, _, names in os.walk(proto)
                       for name in names if name.endswith(".pb-c.h"))
    yield "plugin", [n for n in headers if n.startswith("plugin/")] + generated
    clouds = sorted({n.split("/")[1] for n in headers if n.startswith("providers/")} - {"kit"})
    for cloud in clouds:
        places = ("plugin/include/ensure/provider.h", "providers/kit/", f"providers/{cloud}/")
        yield f"providers/{cloud}", [n for n in headers if n.startswith(places)]


def compile_together(source, build, cc, names):
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c"]
    places = [".", "plugin", "plugin/include", "providers"]
    done = subprocess.run(
        [cc, *flags, *(word for place in places for word in ("-I", place)),
         "-isystem", os.path.join(build, "proto"), "-"],
        input="".join(f'#include "{name}"\n' for name in names), cwd=source,
        env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True)
    findings = []
    for line in done.stderr.splitlines():
        match = MESSAGE.match(line)
        if match is None:
            continue
        place = f"{os.path.normpath(match[1])}:{match[2]}"
        if match[3] != "note":
            findings.append(f"{place}: {match[4]}")
        elif findings:
            findings[-1] += f"; {place}: {match[4]}"
    if done.returncode != 0 and not findings:
        findings.append(done.stderr)
    return findings


def defined_twice(source):
    places = collections.defaultdict(set)
    for name in tracked(source, ".c", ".h"):
        if name.startswith(("plugin/", "providers/")):
            for match in DEFINITION.finditer(code_only(read(source, name))):
                places[match[1] or match[2]].add(name)
    for word, names in sorted(places.items()):
        if len(names) > 1:
            yield f"{word} is defined in {', '.join(sorted(names))}"


def one_guard_each(source):
    """The compiler would skip a header that has the include guard of another one."""
    guards = collections.defaultdict(list)
    for name in tracked(source, ".h"):
        if name.startswith(("plugin/", "providers/")):
            guard = re.search(r"^#ifndef (\w+)$", read(source, name), re.M)
            guards[guard[1] if guard else name].append(name)
    for guard, names in sorted(guards.items()):
        if len(names) > 1:
            yield f"include guard {guard}: {', '.join(names)}"


def main():
    source, build, cc = sys.argv[1:]
    findings = [*one_guard_each(source), *defined_twice(source)]
    for program, names in programs(source, build):
        if not names:
            findings.append(f"{program}: has no headers")
        findings += [f"{program}: {finding}"
                     for finding in compile_together(source, build, cc, names)]
    print("\n".join(findings) if findings else "homonyms: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks beyond the compiler's: layers, banned functions, style, machine-specific paths.

usage: lint.py SOURCE_DIR CHECK      (CHECK: layers banned format headers shell text)
Prints one line per finding and exits 1 if there is any.
"""
import os
import re
import subprocess
import sys

from layers import LAYERS, layer_of, may_use

PURE = ("plugin/base/", "plugin/core/", "providers/")
EVERYWHERE = (r"\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atoll|atof|gets|localtime|gmtime"
              r"|asctime|ctime|rand|srand|system|alloca|sscanf|tmpnam|mktemp)\s*\(")
ALLOCATION = r"\b(malloc|calloc|realloc|strdup|strndup|free)\s*\("
IMPURE = (r"\b(getenv|time|clock_gettime|gettimeofday|open|fopen|socket|connect|getrandom|usleep"
          r"|sleep|nanosleep|pthread_\w+|printf|fprintf|puts|fputs)\s*\(")
IMPURE_ALLOWED = {"plugin/base/alloc.c": {"fprintf"}}
ALLOCATION_ALLOWED = ("plugin/base/alloc.c", "tests/", "examples/")


def tracked(source, *suffixes):
    names = subprocess.run(["git", "-C", source, "ls-files", "-co", "--exclude-standard"],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    return [n for n in names if n.endswith(suffixes) and os.path.exists(os.path.join(source, n))]


def read(source, name):
    with open(os.path.join(source, name), encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def code_only(text):
    """The text with comments and string literals blanked, line numbers kept."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_layers(source):
    for name in tracked(source, ".c", ".h"):
        if not name.startswith(("plugin/", "providers/", "tests/emulator/")):
            continue
        layer = layer_of(name)
        if layer is None:
            yield f"{name}: is in no layer of tests/lint/layers.py"
            continue
        for path, other in re.findall(r'^\s*#\s*include\s+"((\w+)/[^"]+)"', read(source, name), re.M):
            if not may_use(layer, other):
                yield f"{name}: may not include {path}"


def check_banned(source):
    for name in tracked(source, ".c", ".h"):
        text = code_only(read(source, name))
        rules = [(EVERYWHERE, "is banned")]
        if not name.startswith(ALLOCATION_ALLOWED):
            rules.append((ALLOCATION, "belongs to base/alloc or the provider's memory"))
        if name.startswith(PURE):
            rules.append((IMPURE, "does I/O in a pure layer"))
        for pattern, why in rules:
            for match in re.finditer(pattern, text):
                if match.group(1) in IMPURE_ALLOWED.get(name, ()):
                    continue
                yield f"{name}:{line_of(text, match.start())}: {match.group(1)}() {why}"
        if name.startswith(PURE):
            for match in re.finditer(r"^static (?!const\b|inline\b|_Noreturn\b)[^()\n]*?[=;]\s*$", text,
                                     re.M):
                if " const " not in match.group(0):
                    yield f"{name}:{line_of(text, match.start())}: a mutable static in a pure layer"


def check_format(source):
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *tracked(source, ".c", ".h")],
                          cwd=source, capture_output=True, text=True)
    for name in sorted(set(re.findall(r"^([^:\n]+):\d+:\d+: error", done.stderr, re.M))):
        yield f"{name}: clang-format would change it"


def check_headers(source):
    """Each header of the project is self-contained: it compiles alone."""
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c",
             "-I", "plugin", "-I", "plugin/include", "-I", "providers", "-I", "tests"]
    for name in tracked(source, ".h"):
        text = read(source, name)
        if not name.startswith(("plugin/", "providers/")) or ".pb-c.h" in text:
            continue
        local = ["-I", os.path.dirname(name)]
        done = subprocess.run(["cc", *flags, *local, name], cwd=source, capture_output=True, text=True)
        if done.returncode != 0:
            yield f"{name}: does not compile alone: {done.stderr.splitlines()[0]}"
        if not re.search(r"^#ifndef ENS[A-Z0-9_]*_H$", text, re.M):
            yield f"{name}: has no include guard ENSURE_..._H"


def check_shell(source):
    names = [n for n in tracked(source, "") if n.endswith(".sh") or n == ".ci/run"]
    done = subprocess.run(["shellcheck", "-x", "-s", "bash", *names], cwd=source, capture_output=True, text=True)
    yield from done.stdout.splitlines()


def check_text(source):
    """No file has paths of one machine, or notes about unfinished work."""
    places = re.compile("/(?:wo" "rk|fa" "rm)/|/ro" "ot/|" r"\.\./sha" r"red|\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
    for name in tracked(source, ".c", ".h", ".sh", ".py", ".txt", ".md", ".cmake", ".proto", ".tf",
                        ".yml", ".json", ".in"):
        if name == "LICENSE":
            continue
        text = read(source, name)
        for match in places.finditer(text):
            yield f"{name}:{line_of(text, match.start())}: {match.group(0)!r} does not belong here"
        limit = 700 if name.endswith((".c", ".h")) else None
        if limit and not name.startswith("tests/") and text.count("\n") > limit:
            yield f"{name}: {text.count(chr(10))} lines; split it by concept (limit {limit})"


def main():
    source, check = sys.argv[1], sys.argv[2]
    findings = list(globals()["check_" + check](source))
    print("\n".join(findings) if findings else f"{check}: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

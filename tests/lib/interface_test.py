#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The interface that programs are built against: the public headers compile alone, the library
exports exactly the declared functions, and its soname is unchanged.

usage: interface_test.py INCLUDE_DIR LIBRARY CC CXX
"""
import os
import re
import subprocess
import sys
import unittest

INCLUDE, LIBRARY, CC, CXX = sys.argv[1:5]
FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fsyntax-only"]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def declared():
    with open(os.path.join(INCLUDE, "ensure", "ensure.h"), encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return set(re.findall(r"^ENSURE_API[^;]*?\b(ensure_\w+)\(", text, re.M))


class Interface(unittest.TestCase):
    def test_headers_compile_alone(self):
        for header in ("ensure.h", "provider.h"):
            path = os.path.join(INCLUDE, "ensure", header)
            for compiler, language, standard in ((CC, "c", "c11"), (CC, "c", "c17"),
                                                 (CXX, "c++", "c++17"), (CXX, "c++", "c++20")):
                with self.subTest(header=header, standard=standard):
                    run(compiler, f"-std={standard}", "-x", language, *FLAGS, path)

    def test_headers_need_only_fixed_width_integers(self):
        for header, allowed in (("ensure.h", {"stdint.h"}), ("provider.h", {"stddef.h",
        "stdint.h"})):
            with open(os.path.join(INCLUDE, "ensure", header), encoding="utf-8") as file:
                self.assertEqual(set(re.findall(r"#include\s+<(.*?)>", file.read())), allowed)

    def test_exactly_the_declared_functions_are_exported(self):
        symbols = {}
        for line in run("nm", "-D", "--defined-only", LIBRARY).splitlines():
            _, kind, name = line.split()
            symbols[name] = kind
        self.assertEqual(symbols.pop("ENSURE_0"), "A")  # the symbol of the version node
        self.assertEqual({name.replace("@@ENSURE_0", "") for name in symbols}, declared())
        self.assertEqual(set(symbols.values()), {"T"})

    def test_soname(self):
        self.assertRegex(run("readelf", "-d", LIBRARY), r"SONAME.*\[libensure\.so\.0\]")

    def test_no_run_path(self):
        self.assertNotRegex(run("readelf", "-d", LIBRARY), r"R(UN)?PATH")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

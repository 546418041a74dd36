#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of homonyms.py on small source trees. usage: homonyms_test.py CC"""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CC = sys.argv.pop(1)


class Homonyms(unittest.TestCase):
    def findings(self, sources):
        """The output of homonyms.py for {path: text}; headers get guards."""
        with tempfile.TemporaryDirectory() as tree:
            subprocess.run(["git", "init", "-q", tree], check=True)
            for name, text in {"plugin/empty.h": "", **sources}.items():
                path = os.path.join(tree, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                if name.endswith(".h") and "#ifndef" not in text:
                    guard = "ENS_" + "".join(c if c.isalnum() else "_" for c in name).upper()
                    text = f"#ifndef {guard}\n#define {guard}\n{text}\n#endif\n"
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
            done = subprocess.run([sys.executable, os.path.join(HERE, "homonyms.py"), tree, tree, CC],
                                  capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            self.assertEqual(done.returncode, 0 if done.stdout == "homonyms: clean\n" else 1)
            return done.stdout

    def assert_found(self, a, b, *words):
        found = self.findings({"plugin/core/a.h": a, "plugin/cli/b.h": b})
        for word in ("plugin/core/a.h", "plugin/cli/b.h", *words):
            self.assertIn(word, found)

    def test_two_structs(self):
        self.assert_found("struct work { int a; };", "struct work { long a; };", "struct work")

    def test_an_enumerator(self):
        self.assert_found("enum a { DONE };", "enum b { LATER, DONE };", "DONE")

    def test_a_typedef(self):
        self.assert_found("typedef int id;", "typedef long id;", "id")

    def test_a_function(self):
        self.assert_found("int parse(int);", "void parse(int);", "parse")

    def test_a_macro_of_another_value_and_of_the_same(self):
        self.assert_found("#define LIMIT 1", "#define LIMIT 2", "LIMIT")
        self.assert_found("#define ENS_LIMIT 64", "#define ENS_LIMIT 64", "ENS_LIMIT")

    def test_a_struct_of_a_header_and_one_of_a_source_file(self):
        found = self.findings({"plugin/core/a.h": "struct ens_a { int a; };",
                               "plugin/cli/b.c": "struct ens_a { long a; };"})
        self.assertEqual(found, "ens_a is defined in plugin/cli/b.c, plugin/core/a.h\n")

    def test_two_headers_with_one_guard(self):
        text = "#ifndef ENS_A_H\n#define ENS_A_H\n#endif\n"
        self.assertIn("include guard ENS_A_H: plugin/a.h, plugin/b.h",
                      self.findings({"plugin/a.h": text, "plugin/b.h": text}))

    def test_a_provider_and_the_kit(self):
        found = self.findings({"providers/kit/text.h": "struct text { int a; };",
                               "providers/baidu/text.h": "struct text { int a; };"})
        self.assertIn("providers/baidu: providers/kit/text.h:3: redefinition of 'struct text'", found)

    def test_two_providers_and_local_structs_may_use_one_name(self):
        self.assertEqual(self.findings({
            "providers/kit/text.h": "",
            "providers/baidu/calls.h": "struct calls { int a; };",
            "providers/alibaba/calls.h": "struct calls { long a; };",
            "plugin/core/a.c": "struct row { int a; };",
            "plugin/cli/b.c": "struct row { long a; };",
        }), "homonyms: clean\n")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of objects.py on small source trees, which are compiled. usage: objects_test.py CC"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CC = sys.argv.pop(1)


class Objects(unittest.TestCase):
    def findings(self, sources):
        """The output of objects.py for {path: C source}, and its exit code."""
        with tempfile.TemporaryDirectory() as tree:
            commands = []
            for name, text in sources.items():
                path = os.path.join(tree, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
                command = [CC, "-o", name + ".o", "-c", path]
                subprocess.run(command, cwd=tree, check=True)
                commands.append({"directory": tree, "file": path, "command": " ".join(command)})
            with open(os.path.join(tree, "compile_commands.json"), "w", encoding="utf-8") as f:
                json.dump(commands, f)
            done = subprocess.run([sys.executable, os.path.join(HERE, "objects.py"), tree, tree],
                                  capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            return done.returncode, done.stdout.splitlines()

    def test_two_files_that_call_each_other(self):
        self.assertEqual(self.findings({
            "plugin/core/ping.c": "void pong(void); void ping(void) { pong(); }",
            "plugin/core/pong.c": "void ping(void); void pong(void) { ping(); }",
        }), (1, ["cycle: plugin/core/ping.c -> plugin/core/pong.c (pong)"
                 " -> plugin/core/ping.c (ping)"]))

    def test_a_longer_cycle_and_other_files_in_it(self):
        self.assertEqual(self.findings({
            "plugin/core/a.c": "void b(void); void a(void) { b(); }",
            "plugin/core/b.c": "void c(void); void b(void) { c(); }",
            "plugin/core/c.c": "void a(void); void d(void); void c(void) { a(); d(); }",
            "plugin/core/d.c": "void e(void); void d(void) { e(); }",
            "plugin/core/e.c": "void f(void); void e(void) { f(); }",
            "plugin/core/f.c": "void c(void); void f(void) { c(); }",
        }), (1, ["cycle: plugin/core/a.c -> plugin/core/b.c (b) -> plugin/core/c.c (c)"
                 " -> plugin/core/a.c (a)",
                 "  and in further cycles with these: plugin/core/d.c, plugin/core/e.c,"
                 " plugin/core/f.c"]))

    def test_a_pointer_to_a_function_is_a_use(self):
        code, lines = self.findings({
            "providers/kit/table.c": "void row(void); void (*const table[])(void) = {row};",
            "providers/kit/row.c": "extern void (*const table[])(void); void row(void) { table[0](); }",
        })
        self.assertEqual((code, len(lines)), (1, 1))
        self.assertIn("providers/kit/row.c (row)", lines[0])

    def test_a_use_of_a_higher_layer_and_of_a_sibling(self):
        self.assertEqual(self.findings({
            "plugin/base/low.c": "void high(void); void low(void) { high(); }",
            "plugin/core/high.c": "void high(void) {}",
            "plugin/http/send.c": "void load(void); void send_it(void) { load(); }",
            "plugin/loader/load.c": "void load(void) {}",
        }), (1, ["layers: plugin/base/low.c may not use plugin/core/high.c (high)",
                 "layers: plugin/http/send.c may not use plugin/loader/load.c (load)"]))

    def test_a_symbol_that_is_defined_twice(self):
        self.assertEqual(self.findings({
            "plugin/cli/duration.c": "void parse(void) {}",
            "plugin/terraform/duration.c": "void parse(void) {}",
            "plugin/terraform/fields.c": "void parse(void); void fields(void) { parse(); }",
        }), (1, ["twice: parse is defined in plugin/cli/duration.c, plugin/terraform/duration.c"]))

    def test_a_file_that_is_in_no_layer(self):
        code, lines = self.findings({"plugin/elsewhere/a.c": "void a(void) {}"})
        self.assertEqual(code, 1)
        self.assertIn("plugin/elsewhere/a.c", lines[0])

    def test_local_functions_programs_and_the_entries_of_providers_do_not_count(self):
        self.assertEqual(self.findings({
            "plugin/core/a.c": "static void helper(void) {} void a(void) { helper(); }",
            "plugin/core/b.c": "void a(void); static void helper(void) { a(); } void b(void) { helper(); }",
            "plugin/cli/main.c": "void b(void); int main(void) { b(); }",
            "plugin/ansible/main.c":
                "int ens_provider_entry_baidu(void); int main(void) { ens_provider_entry_baidu(); }",
            "providers/baidu/provider.c":
                "int ens_provider_entry(void) { return 0; } int ens_provider_entry_baidu(void) { return 0; }",
            "providers/alibaba/provider.c": "int ens_provider_entry(void) { return 0; }",
        }), (0, ["objects: clean"]))


if __name__ == "__main__":
    unittest.main()

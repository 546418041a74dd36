#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of metadata.py on small sources, and of the environment that CTest gives to every test."""
import os
import subprocess
import tempfile
import unittest

from metadata import findings


class Metadata(unittest.TestCase):
    def found(self, text, name="tests/cli/a.py"):
        """The findings about a tree with one file, without its name."""
        with tempfile.TemporaryDirectory() as tree:
            subprocess.run(["git", "init", "-q", tree], check=True)
            path = os.path.join(tree, name)
            os.makedirs(os.path.dirname(path))
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return list(findings(tree))

    def test_ctest_sets_the_variable(self):
        self.assertEqual(os.environ.get("ENSURE_METADATA"), "off",
                         "CTest sets it, by tests/environment.cmake")

    def test_addresses(self):
        for address in ("169.254.169.254", "100.100.100.200", "100.96.0.96"):
            for name in ("tests/cli/a.py", "tests/unit/a_test.c", "tests/cli/world.json", "tests/a.md"):
                with self.subTest(address=address, name=name):
                    self.assertEqual(len(self.found(f'"http://{address}/latest"\n', name)) > 0, True)
            self.assertEqual(self.found(f'"{address}"', "plugin/http/a.c"), [])
        self.assertEqual(self.found('"127.0.0.1", "169.254.1.1"'), [])

    def test_python_that_starts_without_the_variable(self):
        for line in ('run(c, env={})',
                     'run(c, env={"LANG": "C"})',
                     'run(c, env=dict(LANG="C"))',
                     'environment = {"HOME": home}',
                     'self.environment = dict(HOME=home)',
                     'given = {"PATH": os.environ["PATH"]}',
                     'given = dict(PATH="/bin")',
                     'kept = {n: v for n, v in os.environ.items() if n != "ENSURE_LOG"}',
                     'environment.pop("ENSURE_METADATA")',
                     'del environment["ENSURE_METADATA"]',
                     'del os.environ[name]',
                     'environment["ENSURE_METADATA"] = "on"',
                     'environment.update(ENSURE_METADATA="")',
                     'Plugin(program, variables={"ENSURE_METADATA": None})',
                     'os.environ.clear()',
                     'os.environ.pop(name)',
                     'def f(**more):\n  run(c, env=more)',
                     'def f(**more):\n  run(c, env={"LANG": "C", **more})',
                     'def f(**more):\n  given = dict(PATH="/bin", **more)',
                     'os.execve(program, arguments, {})',
                     'os.posix_spawn(program, arguments, {})',
                     'run(["env", "-i", program])',
                     'run(["sh", "-c", "env -i program"])'):
            with self.subTest(line=line):
                self.assertEqual(len(self.found(line)) > 0, True)

    def test_python_that_starts_with_it(self):
        for line in ('run(c)',
                     'run(c, env=surroundings.bare(HOME=home))',
                     'run(c, env=surroundings.unset("TOY_"))',
                     'run(c, env={**self.environment, "LANG": "C"})',
                     'run(c, env=os.environ | {"LANG": "C"})',
                     'run(c, env=surroundings.with_metadata(self.environment, urls))',
                     'self.environment.update(HOME=home, ENSURE_METADATA="off")',
                     'self.environment["HOME"] = home',
                     'os.environ.pop("ENSURE_TEST_INSIDE", None)',
                     'def f(**more):\n  run(c, env={**self.environment, **more})',
                     'def f(**more):\n  run(c, env=surroundings.bare(**more))',
                     'world = {"accounts": [], "path": "PATH"}',
                     'Plugin(program, variables={"ENSURE_METADATA": "off"})',
                     'terraform("plan", environment={"TF_LOG": "trace"})'):
            with self.subTest(line=line):
                self.assertEqual(self.found(line), [])

    def test_c(self):
        engine = "struct ens_engine_options o = {.environment = &environment};\n"
        for text, count in (("(void)execve(path, argv, envp);", 1),
                            ("(void)execv(path, argv);", 0),
                            ("/* execve(path, argv, envp) */", 0),
                            ("(void)posix_spawn(&pid, path, NULL, NULL, argv, envp);", 1),
                            ("clearenv();", 1),
                            (engine, 1),
                            (engine + 'strcmp(name, "ENSURE_METADATA")', 0),
                            ("struct ens_engine_options o = {.environment = &ens_os_environment};", 0),
                            (engine.replace("};", ", .transport = &fake};"), 0),
                            ("int of(const struct ens_engine_options *options);", 0)):
            with self.subTest(text=text):
                self.assertEqual(len(self.found(text, "tests/unit/a_test.c")), count)

    def test_other_languages(self):
        for name, text, count in (
                ("tests/sdk/a.js", "spawn(program, [], { env: { PATH: '/bin' } });", 1),
                ("tests/sdk/a.js", "spawn(program, [], { env: { ...process.env, A: '1' } });", 0),
                ("tests/cli/run.sh", "env -i ensure plan", 1),
                ("tests/cli/run.sh", "env A=1 ensure plan", 0),
                ("tests/cli/CMakeLists.txt", "ENVIRONMENT ENSURE_METADATA=on", 1),
                ("tests/environment.cmake", "set(ENV{ENSURE_METADATA} off)", 0)):
            with self.subTest(name=name, text=text):
                self.assertEqual(len(self.found(text, name)), count)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The quickstart in a copy of the sources, with and without terraform on PATH, and the commands
that it prints at the end, in a new shell.

usage: quickstart_test.py SOURCE_DIR
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = sys.argv[1]
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
import surroundings  # pylint: disable=wrong-import-position


def path_without(program, links):
    """PATH without the program: each directory that has it is replaced by one with links to all
    other files."""
    ret = []
    for index, directory in enumerate(os.environ["PATH"].split(os.pathsep)):
        if not os.path.exists(os.path.join(directory, program)):
            ret.append(directory)
            continue
        ret.append(os.path.join(links, str(index)))
        os.makedirs(ret[-1])
        for name in os.listdir(directory):
            if name != program:
                os.symlink(os.path.join(directory, name), os.path.join(ret[-1], name))
    return os.pathsep.join(ret)


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.mkdtemp(prefix="ensure-quickstart-")
        cls.addClassCleanup(shutil.rmtree, cls.work)
        cls.copy = os.path.join(cls.work, "with a blank")
        names = subprocess.run(["git", "-C", SOURCE, "ls-files", "-co", "--exclude-standard"],
                               check=True, capture_output=True, text=True).stdout.splitlines()
        for name in names:
            if os.path.exists(os.path.join(SOURCE, name)):
                os.makedirs(os.path.dirname(os.path.join(cls.copy, name)), exist_ok=True)
                shutil.copy2(os.path.join(SOURCE, name), os.path.join(cls.copy, name))

    def run_quickstart(self, **environment):
        done = subprocess.run(["examples/quickstart.sh"], cwd=self.copy, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False,
                              env=surroundings.unset(**environment))
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def run_commands_at_the_end(self, output):
        """Runs the commands that the quickstart printed in a new shell; returns their exit
        codes."""
        commands = re.findall(r"^  (.*)$", output[output.index("to go on by hand"):], re.M)
        script = "\n".join(f'{command}\necho "code $?"' for command in commands)
        done = subprocess.run(["bash", "-c", script], cwd="/", capture_output=True, text=True,
                              check=False, env={**surroundings.SAFE, "PATH": "/usr/bin:/bin",
                                                "HOME": self.work})
        return [command.split()[0] for command in commands], done

    def test_without_terraform(self):
        output = self.run_quickstart(PATH=path_without("terraform", os.path.join(self.work, "bin")))
        self.assertRegex(output, r"(?m)^Skipped: terraform is not on PATH, and Debian has no package")
        self.assertEqual(len(re.findall(r"(?m)^localhost .* changed=1 .* failed=0", output)), 2)
        self.assertRegex(output, r"(?m)^all running$")
        self.assertIn("3 found: 3 stopped", output)
        self.assertIn("3 instances: 3 running (3 after a start)", output)
        self.assertIn("4 instances: 4 running", output)  # by their tag; one was running before

        names, done = self.run_commands_at_the_end(output)
        self.assertEqual(names, ["cd", "export", "ensure-emulator", ".", "ensure", "ensure", "ensure",
                                 "kill"])
        # The fleet has instances that can't be started: plan and apply end with 3.
        self.assertEqual(re.findall(r"(?m)^code (\d+)$", done.stdout), list("00000330"),
                         done.stdout + done.stderr)
        self.assertIn("17 instances: 3 running, 7 to start", done.stdout)

    @unittest.skipUnless(shutil.which("terraform"), "terraform is not on PATH")
    def test_with_terraform(self):
        output = self.run_quickstart()
        self.assertNotIn("Skipped:", output)
        self.assertRegex(output, r"Apply complete! Resources: 1 added")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

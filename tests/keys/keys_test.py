# SPDX-License-Identifier: Apache-2.0
"""Every source of keys and every mode of profiles, through each front end: which request reached which
service, and what is said where there are no keys.

usage: keys_test.py FRONT_END BIN_DIRECTORY ANSIBLE_DIRECTORY [unittest argument]...
       FRONT_END is cli, rpc, lib, terraform or ansible
"""

import sys
import unittest

FRONT_END, PROGRAMS, COLLECTIONS = sys.argv[1:4]
del sys.argv[1:4]

# pylint: disable=wrong-import-position
from ground import Ground, expanded  # noqa: E402
import front_ends  # noqa: E402
import needs  # noqa: E402
import sources  # noqa: E402


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ground = cls.enterClassContext(Ground(PROGRAMS, COLLECTIONS))
        made_by = {"cli": front_ends.Cli, "rpc": front_ends.Rpc, "lib": front_ends.Lib,
                   "terraform": front_ends.Terraform, "ansible": front_ends.Ansible}
        cls.front_end = made_by[FRONT_END](cls.ground)

    def test_sources(self):
        rows = [row for row in sources.ROWS if self.front_end.takes(row)]
        self.assertTrue(rows)
        for group in sources.runs(rows):
            found = self.front_end.read(group)
            self.assertEqual(set(found), {row.cloud for row in group}, found)
            self.assertEqual(self.ground.leaks(self.front_end.output), [], [str(row) for row in group])
            for row in group:
                with self.subTest(str(row)):
                    self.check(row, found[row.cloud])
            self.assertEqual(self.ground.emulator.control.ledger()["violations"], [])

    def check(self, row, message):
        self.assertEqual(self.ground.requests(row.cloud), row.requests, message)
        if row.message is None:
            self.assertEqual(message, "")
        else:
            self.assertIn(expanded(row.message, self.ground.texts), message)


def main():
    if FRONT_END == "ansible":
        needs.programs(("ansible-playbook", "apt-get install ansible-core"))
    if FRONT_END == "terraform":
        front_ends.require_host()
    unittest.main(verbosity=1)


if __name__ == "__main__":
    main()

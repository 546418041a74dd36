# SPDX-License-Identifier: Apache-2.0
"""Every source of keys and every mode of profiles, through each front end: which request reached which
service, and what is said where there are no keys.

usage: keys_test.py FRONT_END BIN_DIRECTORY ANSIBLE_DIRECTORY [unittest argument]...
       FRONT_END is cli, rpc, lib, terraform or ansible
"""

import json
import sys
import unittest
import urllib.parse

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

    def test_answer_that_repeats_the_token(self):
        """STS refuses, and says the identity token in its error."""
        row = next(row for row in sources.ROWS if row.cloud == sources.VOLCENGINE and
                   self.front_end.takes(row) and row.requests.startswith("sts AssumeRoleWithOIDC"))
        error = {"Code": "Refused", "Message": f"the tokens {' '.join(sources.SECRETS)}"}
        answer = urllib.parse.quote(json.dumps({"ResponseMetadata": {"Error": error}}))
        control = self.ground.emulator.control
        self.addCleanup(control.call, "DELETE", "/faults")
        reply = control.call("PUT", "/faults", [f"json:{answer},service=sts"])
        self.assertEqual(reply.status, 200, reply.body)
        message = self.front_end.read([row])[row.cloud]
        self.assertIn("Refused: the tokens ", message)
        used = [token for token in (sources.TOKEN[row.cloud], sources.REFUSED_TOKEN)
                if token in json.dumps([row.block, row.files, row.variables])]
        self.assertEqual(len(used), 1)
        self.assertNotIn(used[0], self.front_end.output)

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

# SPDX-License-Identifier: Apache-2.0
"""ensure explain, with the providers of the build; and the page that is made by it."""

import os
import re

import tool
from tool import Case

PAGE = os.path.join(tool.HERE, "..", "..", ".github", "REASONS.md")


class Explain(Case):
    def reasons(self, word):
        """What is told about the word, by reason."""
        run = self.json("explain", word)
        self.assertEqual((run.code, run.err), (0, ""))
        self.assertEqual(run.document["word"], word)
        return {one["reason"]: one for one in run.document["reasons"]}

    def test_reason(self):
        told = self.reasons("no_capacity")["no_capacity"]
        self.assertEqual(told["meaning"], "The zone has no stock of the instance type.")
        self.assertIn("Try again later", told["advice"])
        clouds = {one["cloud"]: one for one in told["clouds"]}
        self.assertEqual(set(clouds), set(tool.CLOUDS))
        self.assertEqual(clouds["volcengine"]["codes"],
                         [{"code": "Insufficient.*", "kind": "error", "advice": ""}])
        self.assertIn("KeepCharging", clouds["alibaba"]["advice"])
        self.assertEqual(clouds["baidu"]["codes"], [])

    def test_code(self):
        for word, reason, cloud, kind in (
                ("Insufficient.Balance", "insufficient_balance", "volcengine", "error"),
                ("insufficient.instancecapacity", "no_capacity", "volcengine", "error"),
                ("Recycled", "expired", "baidu", "status"),
                ("financial", "insufficient_balance", "alibaba", "lock")):
            told = self.reasons(word)
            self.assertEqual(list(told), [reason])
            (found,) = told[reason]["clouds"]
            self.assertEqual((found["cloud"], found["codes"][0]["kind"]), (cloud, kind))

    def test_code_with_advice_of_its_own(self):
        run = self.ensure("explain", "InvalidInstance.NotFoundSystemDisk")
        self.assertEqual((run.code, run.err), (0, ""))
        self.assertIn("> Attach a system disk to the instance", run.out)

    def test_unknown(self):
        self.assert_sentence(self.ensure("explain", "no-capacity"), "did you mean no_capacity?")
        self.assert_sentence(self.ensure("explain", "Instance.StartInstanceOperationForbiden"),
                             "did you mean Instance.StartInstanceOperationForbidden?")
        run = self.ensure("explain", "\x1b]0;x\x07" + "y" * 100000)
        self.assert_sentence(run, "is neither a reason nor a code of a cloud")
        self.assertNotIn("\x1b", run.err)
        self.assertLess(len(run.err), 300)

    def test_all_fit_the_narrowest_terminal(self):
        terminal = self.terminal("explain", columns=40)
        self.assertEqual(terminal.end(), 0)
        shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal.shown)
        self.assertIn("no_capacity", shown)
        self.assertEqual([line for line in shown.splitlines() if len(line) > 40], [])

    def test_page_is_current(self):
        run = self.ensure("explain", "--format", "markdown")
        self.assertEqual((run.code, run.err), (0, ""))
        with open(PAGE, encoding="utf-8") as file:
            self.assertEqual(run.out, file.read(),
                             "renew it: build/ci/bin/ensure explain --format markdown "
                             ">.github/REASONS.md")


if __name__ == "__main__":
    tool.main()

# SPDX-License-Identifier: Apache-2.0
"""Standard output that is closed, full, or a pipe whose reader has ended."""

import os
import subprocess

import tool
from tool import Case, one, target

A = "alibaba"


class Closed(Case):
    def setUp(self):
        super().setUp()
        self.world(one(A, "i-a"))

    def with_output(self, redirection, *arguments):
        """Runs the tool in a shell that redirects its standard output."""
        line = f'exec "$0" "$@" {redirection}'
        done = subprocess.run(["sh", "-c", line, tool.ENSURE, *arguments], env=self.environment,
                              cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, timeout=tool.TIMEOUT_S)
        return tool.Run(done.returncode, done.stdout, done.stderr)

    def assert_one_line(self, run, said):
        self.assertEqual(run.code, 1, run.err)
        self.assertEqual(len(run.err.splitlines()), 1, run.err)
        self.assertTrue(run.err.startswith("ensure: the result can't be written: "), run.err)
        self.assertIn(said, run.err)

    def test_closed(self):
        for arguments in (["status", target(A, "i-a")], ["plan", target(A, "i-a"), "-o", "json"],
                          ["providers"], ["version"], ["help"], ["completion", "bash"]):
            self.assert_one_line(self.with_output(">&-", *arguments), "standard output is closed")

    def test_full(self):
        self.assert_one_line(self.with_output(">/dev/full", "status", target(A, "i-a")),
                             "No space left on device")

    def test_broken_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        with self.start("status", target(A, "i-a"), stdout=writer) as process:
            os.close(writer)
            _, err = process.communicate(timeout=tool.TIMEOUT_S)
        self.assert_one_line(tool.Run(process.returncode, "", err), "standard output is closed")

    def test_all_streams_closed(self):
        """A file that gets the descriptor of a closed stream must not receive its output."""
        self.assertEqual(self.with_output("<&- >&- 2>&-", "plan", target(A, "i-a"), "--out",
                                          "q.plan").code, 1)
        self.assertEqual(self.json("show", "q.plan").document["summary"]["total"], 1)

    def test_an_apply_is_still_marked(self):
        self.ensure("plan", target(A, "i-a"), "--out", "q.plan")
        self.assert_one_line(self.with_output(">&-", "apply", "q.plan"), "standard output is closed")
        self.assertIn("applied_at", self.read("q.plan"))
        self.assertEqual(self.starts(), {target(A, "i-a"): 1})


if __name__ == "__main__":
    tool.main()

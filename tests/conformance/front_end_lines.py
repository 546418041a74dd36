# SPDX-License-Identifier: Apache-2.0
"""What ensure find -o targets prints, piped into ensure status."""

import json

import front_end
import front_end_cli
import schemas


class FrontEnd(front_end_cli.FrontEnd):
    def find(self, job, selector):
        found = self.ensure(job, "find", *self.flags(selector), "-o", "targets")
        if found.returncode != 0:
            return front_end.Answer(None, text=found.stderr)
        targets = found.stdout.splitlines()
        if targets:
            read = self.ensure(job, "status", "--format", "json", "-", text=found.stdout)
            document = schemas.check(json.loads(read.stdout))
            targets = [one["target"] for one in document["instances"]]
        return front_end.Answer(targets, text=found.stderr)

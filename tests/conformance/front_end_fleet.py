# SPDX-License-Identifier: Apache-2.0
"""Selectors in a fleet file, which ensure status resolves. It shows the targets, not what finds show
of them."""

import json

import front_end
import front_end_cli
import schemas


class FrontEnd(front_end_cli.FrontEnd):
    def find(self, job, selector):
        fleet = json.dumps({"select": [selector]})
        done = self.ensure(job, "status", "--format", "json", "-", text=fleet)
        if not done.stdout:
            return front_end.Answer(None, text=done.stderr)
        document = schemas.check(json.loads(done.stdout))
        if done.returncode != 0 and not document["instances"]:
            return front_end.Answer(None, text="\n".join([done.stderr, *document["warnings"]]))
        empty = "the fleet is empty: there is nothing to do"  # a sentence of its own
        return front_end.Answer([one["target"] for one in document["instances"]],
                                text="\n".join(one for one in document["warnings"] if one != empty))

# SPDX-License-Identifier: Apache-2.0
"""The traces of each front end: they arrive, without a word from the front end, below the span that
TRACEPARENT names, and hold no secret.

usage: traces_test.py cli|rpc|lib|terraform|ansible BIN_DIRECTORY ANSIBLE_DIRECTORY [unittest argument]...
"""

import os
import sys
import unittest

FRONT_END, PROGRAMS, COLLECTIONS = sys.argv[1:4]
del sys.argv[1:4]

# pylint: disable=wrong-import-position
from ground import Ground  # noqa: E402
import front_ends  # noqa: E402
import needs  # noqa: E402
import receiver  # noqa: E402
import schemas  # noqa: E402
import sources  # noqa: E402
from sources import ALIBABA, BAIDU, VOLCENGINE, Row  # noqa: E402

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ROWS = [Row(VOLCENGINE, "", "", sources.VOLCENGINE_KEYS), Row(ALIBABA, "", "", sources.ALIBABA_KEYS),
        Row(BAIDU, "", "", {**sources.BAIDU_KEYS, "ENSURE_BAIDU_ROLE": sources.BAIDU_DEPLOY})]


class Traces(unittest.TestCase):
    def setUp(self):
        self.receiver = receiver.Receiver()
        self.addCleanup(self.receiver.stop)
        self.ground = self.enterContext(Ground(PROGRAMS, COLLECTIONS))
        self.front_end = getattr(front_ends, FRONT_END.capitalize())(self.ground)

    def read(self, url):
        """Returns what was said and the lines of the audit log."""
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "TRACEPARENT": f"00-{TRACE}-{PARENT}-01"}
        rows = [Row(VOLCENGINE, "", "", {**ROWS[0].variables, **variables}), *ROWS[1:]]
        said = self.front_end.read(rows)
        return said, schemas.check_audit(os.path.join(self.ground.home, "audit.log"))

    def test_they_arrive(self):
        said, lines = self.read(self.receiver.url)
        self.assertEqual(said, dict.fromkeys((VOLCENGINE, ALIBABA, BAIDU), ""), self.front_end.output)
        self.assertEqual(self.receiver.wrong, [])
        jobs = {span["attributes"]["ensure.run_id"]: span for span in self.receiver.spans
                if span["kind"] == 1}
        calls = [span for span in self.receiver.spans if span["kind"] == 3]
        self.assertEqual({span["traceId"] for span in self.receiver.spans}, {TRACE})
        self.assertEqual({span["parentSpanId"] for span in jobs.values()}, {PARENT})
        for span in calls:
            self.assertEqual(span["parentSpanId"], jobs[span["attributes"]["ensure.run_id"]]["spanId"])
        self.assertEqual(sorted((span["attributes"]["ensure.run_id"], span["attributes"]["ensure.action"])
                                for span in calls),
                         sorted((line["run_id"], line["action"]) for line in lines))
        self.assertEqual({line["trace_id"] for line in lines}, {TRACE})
        self.assertEqual(self.ground.leaks(self.front_end.output), [])
        for _, _, body in self.receiver.requests:
            for secret in self.ground.secrets():
                self.assertNotIn(secret, body)

    def test_nothing_listens(self):
        """The result is the same."""
        holder, url = receiver.refusing_url()
        self.addCleanup(holder.close)
        said, lines = self.read(url)
        self.assertEqual(said, dict.fromkeys((VOLCENGINE, ALIBABA, BAIDU), ""), self.front_end.output)
        self.assertEqual({line["trace_id"] for line in lines}, {TRACE})


if __name__ == "__main__":
    if FRONT_END == "terraform":
        front_ends.require_host()
    if FRONT_END == "ansible":
        needs.programs(("ansible-playbook", "ansible-core"))
    unittest.main(verbosity=1)

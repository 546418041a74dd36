# SPDX-License-Identifier: Apache-2.0
"""--format junit: what common readers take, with the numbers of the document."""

import os

from lxml import etree

import documents
import tool
from tool import Case, one, target

SCHEMA = etree.XMLSchema(etree.parse(os.path.join(tool.HERE, "junit.xsd")))
A, B, V = "alibaba", "baidu", "volcengine"


class JUnit(Case):
    def suite(self, run):
        """The only suite of the output, which fits the schema."""
        tree = etree.fromstring(run.out.encode())
        SCHEMA.assertValid(tree)
        (suite,) = tree
        for name, path in (("tests", "testcase"), ("failures", "testcase/failure"),
                           ("errors", "testcase/error")):
            self.assertEqual(int(suite.get(name)), len(suite.findall(path)))
        return suite

    def defects(self, suite):
        """Type of each test case that did not pass, by kind and name."""
        return {(defect.tag, case.get("name")): defect.get("type")
                for case in suite.iter("testcase") for defect in case}

    def test_plan(self):
        self.world(one(A, "i-full", flags=["stock@both"]), one(B, "i-b"), one(V, "i-v", "RUNNING"))
        targets = [target(A, "i-full"), target(B, "i-b"), target(V, "i-v")]
        run = self.ensure("plan", "--format", "junit", *targets)
        self.assertEqual(run.code, 3, run.err)
        suite = self.suite(run)
        self.assertEqual((suite.get("name"), suite.get("tests")), ("ensure.plan", "3"))
        self.assertEqual(self.defects(suite), {("failure", "i-full"): "no_capacity"})
        failure = suite.find("testcase/failure")
        self.assertIn("OperationDenied.NoStock", failure.text)
        self.assertIn("try later", failure.text)  # the advice
        self.assertIn(", request ", failure.text)
        only = self.suite(self.ensure("plan", "--only", "start", "--format", "junit", *targets))
        self.assertEqual([case.get("name") for case in only.iter("testcase")], ["i-b"])

    def test_apply(self):
        self.world(one(A, "i-a"), one(A, "i-full", flags=["stock"]),
                   one(B, "i-slow", on_start="stays_starting"))
        run = self.ensure("apply", "--yes", "--timeout", "3s", "--format", "junit",
                          target(A, "i-a"), target(A, "i-full"), target(B, "i-slow"))
        self.assertEqual(run.code, 3, run.err)
        suite = self.suite(run)
        self.assertEqual(suite.get("name"), "ensure.apply")
        self.assertEqual(self.defects(suite), {("failure", "i-full"): "no_capacity",
                                               ("error", "i-slow"): "timed_out"})
        self.assertGreater(float(suite.get("time")), 0)

    def test_unverified_starts_pass_and_are_told(self):
        self.write("p", documents.plan(
            documents.instance("a/b/i-1", "start", "permission_denied", confidence="unverified"),
            warnings=["<A> warning."]))
        suite = self.suite(self.ensure("show", "p", "-o", "junit"))
        self.assertEqual(self.defects(suite), {})
        self.assertIn("a/b/i-1: unverified, permission_denied", suite.findtext("system-out"))
        self.assertEqual(suite.findtext("system-err"), "warning: <A> warning.\n")

    def test_texts_of_a_cloud_are_data(self):
        """No character that XML forbids, and none that is markup."""
        texts = {name: documents.HOSTILE for name in ("message", "advice", "provider_code",
                                                      "request_id", "provider_status")}
        self.write("p", documents.plan(documents.instance("a/b/i-1", **texts),
                                       documents.instance("a/b/i-2", "none", "already_running"),
                                       warnings=[documents.HOSTILE]))
        run = self.ensure("show", "p", "-o", "junit")
        self.assertEqual(run.code, 0, run.err)
        suite = self.suite(run)
        self.assertEqual([case.get("name") for case in suite.iter("testcase")], ["i-1", "i-2"])
        self.assertEqual({element.tag for element in suite.iter()},
                         {"testsuite", "properties", "testcase", "failure", "system-out",
                          "system-err"})
        message = suite.find("testcase/failure").get("message")
        self.assertIn("</td></script><script>alert(1)</script>", message)
        for hidden in "\u202e\u202c\u0007\u001b\ufffe":
            self.assertNotIn(hidden, run.out)

    def test_status_has_no_such_format(self):
        self.assert_sentence(self.ensure("status", "a/b/i-1", "-o", "junit"),
                             "expected one of: table json markdown")


if __name__ == "__main__":
    tool.main()

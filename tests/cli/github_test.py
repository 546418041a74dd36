# SPDX-License-Identifier: Apache-2.0
"""In a step of GitHub Actions: annotations, the summary of the step, harmless output; and Markdown
that fits into a comment."""

import json
import os
import re
import stat
import urllib.parse

import documents
import tool
from tool import Case, one, target

A, B, V = "alibaba", "baidu", "volcengine"
COMMENT = 65536  # characters that a comment must stay below


def unescaped(text):
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def commands(text):
    """The workflow commands that the runner finds in a stream: (name, title, data)."""
    found = []
    for line in text.splitlines():
        match = re.match(r"::(\w+)(?: title=([^:,]*))?::(.*)$", line.lstrip())
        if match:
            found.append((match[1], unescaped(match[2] or ""), unescaped(match[3])))
        elif "##[" in line:
            found.append(("legacy", "", line))
    return found


class Runner(Case):
    def setUp(self):
        super().setUp()
        self.environment.update(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=self.path("summary.md"))

    def test_plan(self):
        self.world(one(A, "i-full", flags=["stock@both"]), one(B, "i-b"), one(V, "i-v", "RUNNING"),
                   accounts=None)
        self.write("summary.md", "# before\n")
        run = self.ensure("plan", target(A, "i-full"), target(B, "i-b"), target(V, "i-v"))
        self.assertEqual(run.code, 3, run.err)
        ((name, title, data),) = commands(run.err)
        self.assertEqual((name, title), ("error", target(A, "i-full") + ": no_capacity"))
        self.assertIn("OperationDenied.NoStock", data)
        self.assertIn("try later", data)
        self.assertEqual(commands(run.out), [])
        summary = self.read("summary.md")
        self.assertTrue(summary.startswith("# before\n### Ensure: Plan\n"), summary)
        self.assertIn("**Refused: no_capacity**", summary)
        self.ensure("plan", target(V, "i-v"))
        self.assertEqual(self.read("summary.md").count("### Ensure: Plan"), 2)

    def test_apply(self):
        self.world(one(A, "i-a"), one(A, "i-full", flags=["stock"]), one(V, "i-back",
                   on_start="falls_back", boot_reads=1), one(B, "i-slow", on_start="stays_starting"))
        targets = [target(A, "i-a"), target(A, "i-full"), target(V, "i-back"), target(B, "i-slow")]
        run = self.json("apply", "--yes", "--timeout", "6s", *targets)
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual([(name, title) for name, title, _ in commands(run.err)],
                         [("error", f"{targets[1]}: no_capacity"),
                          ("error", f"{targets[2]}: fell_back"),
                          ("warning", f"{targets[3]}: timed_out")])
        self.assertEqual(run.document["summary"]["total"], 4)
        self.assertIn("### Ensure: Apply", self.read("summary.md"))
        self.assertEqual(stat.S_IMODE(os.stat(self.path("summary.md")).st_mode), 0o600)

    def test_status(self):
        self.world(one(A, "i-a"))
        run = self.ensure("status", target(A, "i-a"), target(A, "i-none"))
        self.assertEqual(run.code, 3)
        self.assertEqual([(name, title) for name, title, _ in commands(run.err)],
                         [("error", target(A, "i-none") + ": not_found")])

    def test_warnings(self):
        """Those of the document."""
        self.world(one(A, "i-a"))
        self.environment["ENSURE_LOG"] = "loud"
        run = self.ensure("plan", target(A, "i-a"))
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([name for name, _, _ in commands(run.err)], ["warning"])
        self.assertIn("ENSURE_LOG", commands(run.err)[0][2])

    def test_find(self):
        """Regions that can't be listed, and warnings; the exit code tells of the first alone."""
        self.world(one(A, "i-a"), one(B, "i-b"),
                   accounts=[{**account, "denied": ["DescribeInstances"]} if account["cloud"] == A else account
                             for account in tool.with_emulator.accounts()])
        place, empty = f"{A}/{tool.REGION[A]}", f"{B}/{tool.REGION[B]}"
        run = self.json("find", place, empty, "--name", "none")
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual([(name, title) for name, title, _ in commands(run.err)],
                         [("error", f"{place}: permission_denied"), ("warning", "")])
        denied, nothing = (data for _, _, data in commands(run.err))
        self.assertIn("Forbidden.RAM, HTTP 403, request ", denied)
        self.assertIn(f"no instance was found in {empty}", nothing)
        # The selectors of a fleet are the same lists: each that fails is told once.
        self.write("fleet.json", {"select": [{"cloud": A, "region": tool.REGION[A], "name": name}
                                             for name in ("a", "b")]})
        run = self.ensure("plan", "fleet.json")
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual([(name, title) for name, title, _ in commands(run.err)],
                         [("error", f"{place}: permission_denied")])

    def test_merge(self):
        """As the verbs that wrote its documents."""
        refused = documents.instance("alibaba/cn-hangzhou/i-1")
        started = documents.instance("alibaba/cn-hangzhou/i-2", "start", "ok")
        self.write("p0", documents.plan(refused, warnings=["odd"]))
        self.write("p1", documents.plan(started))
        run = self.json("merge", "p0", "p1")
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual([(name, title) for name, title, _ in commands(run.err)],
                         [("error", "alibaba/cn-hangzhou/i-1: no_capacity"), ("warning", "")])
        self.assertIn("**Refused: no_capacity**", self.read("summary.md"))

    def test_summary_that_can_not_be_written(self):
        self.world(one(A, "i-a"))
        for place in (self.path("none/summary.md"), self.directory, "/dev/null"):
            self.environment["GITHUB_STEP_SUMMARY"] = place
            run = self.ensure("plan", target(A, "i-a"))
            self.assertEqual(run.code, 0, run.err)
            self.assertIn("GITHUB_STEP_SUMMARY", run.err)
            self.assertIn(place, run.err)

    def test_nothing_without_a_runner(self):
        self.world(one(A, "i-full", flags=["stock@both"]))
        for value in (None, ""):
            self.environment.pop("GITHUB_ACTIONS", None)
            if value is not None:
                self.environment["GITHUB_ACTIONS"] = value
            run = self.ensure("plan", target(A, "i-full"))
            self.assertEqual((run.code, commands(run.err)), (3, []))
            self.assertFalse(os.path.exists(self.path("summary.md")))

    def test_texts_of_a_cloud_are_no_commands(self):
        """The runner obeys "::" at the beginning of a line, after blanks, and "##[" anywhere."""
        texts = ("::stop-commands::x", "##[add-mask]x", "\u3000::error::x", "a ##[error]b", "###[group]x",
                 documents.HOSTILE)
        self.write("p", documents.plan(*(
            documents.instance(f"a/b/i-{number}", message=text, advice=text, provider_code=text,
                               request_id=text, provider_status=text)
            for number, text in enumerate(texts)), warnings=list(texts)))
        for form in ("table", "markdown", "html", "junit", "json"):
            run = self.ensure("show", "p", "-o", form)
            self.assertEqual(run.code, 0, run.err)
            self.assertEqual(commands(run.out), [], form)
            self.assertIn("ensure: warning: ", run.err)
            self.assertEqual(commands(run.err), [], form)
        self.environment.pop("GITHUB_ACTIONS")
        self.assertEqual(self.ensure("show", "p", "-o", "json").document,
                         run.document)  # the same values

    def test_texts_of_a_cloud_in_a_diagnosis(self):
        self.world(one(A, "i-a"))
        answer = urllib.parse.quote(json.dumps({"Code": "Odd", "Message": "x ##[add-mask]y\n::error::z"}))
        reply = self.emulator.control.call("PUT", "/faults", [f"json:{answer},cloud={A}"])
        self.assertEqual(reply.status, 200, reply.body)
        for form in ("table", "json"):
            run = self.ensure("doctor", A, "-o", form)
            self.assertEqual(run.code, 3, run.err)
            self.assertIn("add-mask]y", run.out)
            self.assertEqual(commands(run.out), [], form)


class Comment(Case):
    def markdown(self, plan):
        self.write("p", plan)
        run = self.ensure("show", "p", "-o", "markdown")
        self.assertEqual(run.code, 0, run.err)
        self.assertLess(len(run.out), COMMENT)
        return run.out

    def test_large_plan(self):
        page = self.markdown(documents.large(10000))
        self.assertGreater(len(page), COMMENT - 1000)  # as much as fits
        self.assertIn("10000 instances: ", page)
        for reason in ("no_capacity", "insufficient_balance", "locked", "permission_denied"):
            self.assertIn(f"**Refused: {reason}**", page)
        self.assertIn("- and 230 more", page)
        table = page[page.index("| INSTANCE"):]
        listed = table.count("| `")
        self.assertIn(f"Cut to fit into a comment: {listed} of 10000 instances are in the table.",
                      table)
        self.assertNotIn("| start |", table)  # the refused ones come first

    def test_at_the_limit(self):
        """One instance more is the first that is left out."""
        def rows(count):
            return documents.plan(*(documents.instance(f"a/b/i-{number:060d}", "none", "ok")
                                    for number in range(count)))
        low, high = 1, 2000
        while high - low > 1:
            middle = (low + high) // 2
            if "Cut to fit" in self.markdown(rows(middle)):
                high = middle
            else:
                low = middle
        whole, cut = self.markdown(rows(low)), self.markdown(rows(low + 1))
        self.assertEqual(whole.count("| `"), low)
        self.assertIn(f"{low} of {low + 1} instances are in the table", cut)

    def test_longest_texts(self):
        for text in ("x" * 100000, "\u8d26" * 40000, "`" * 70000):
            page = self.markdown(documents.plan(
                documents.instance("a/b/i-1", message=text, advice=text), warnings=[text]))
            self.assertIn("Cut to fit into a comment: 0 of 1 instances", page)

    def test_warnings_are_shown(self):
        self.write("p", documents.plan(documents.instance("a/b/i-1"), warnings=["A *sharp* one."]))
        run = self.ensure("show", "p", "-o", "markdown")
        self.assertIn("**Warning:** A \\*sharp\\* one.\n", run.out)
        self.assertIn("warning: A *sharp* one.", run.err)


if __name__ == "__main__":
    tool.main()

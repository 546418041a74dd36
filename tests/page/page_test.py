# SPDX-License-Identifier: Apache-2.0
"""The page of --format html: in light and dark, narrow and wide, with the keyboard alone, without
scripts, with hostile texts, and with 10,000 instances.

usage: page_test.py ENSURE EMULATOR DIRECTORY [TEST...]

DIRECTORY gets axe-core and pictures of the page."""

import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", part) for part in ("cli", "support")]
DIRECTORY = os.path.abspath(sys.argv.pop(3))

# pylint: disable=wrong-import-position
import needs  # noqa: E402
import npm  # noqa: E402
import chromium  # noqa: E402
import documents  # noqa: E402
import tool  # noqa: E402

GOLDEN = os.path.join(HERE, "..", "cli", "golden")
VIEWS = [(width, scheme) for width in (360, 1400) for scheme in ("light", "dark")]
AXE = """axe.run(document, {resultTypes: ['violations']}).then((told) => told.violations.map(
  (one) => one.id + ': ' + one.nodes.map((node) => node.html.slice(0, 200)).join(', ')))"""
ROWS = "Array.from(document.querySelectorAll('tbody tr:not(.group)'))"
NAMES = ROWS + ".map((row) => row.cells[0].textContent.split('/')[2])"
GROUPS = "Array.from(document.querySelectorAll('.group')).map((row) => row.textContent)"


class Page(tool.Case):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(DIRECTORY, "packages/node_modules/axe-core/axe.min.js"),
                  encoding="utf-8") as file:
            cls.axe = file.read()
        cls.browser = chromium.Chromium("chromium")
        cls.addClassCleanup(cls.browser.end)

    def page(self, document):
        """Renders a document or file; returns the URL of the page."""
        if not isinstance(document, str):
            document = self.write("document.json", document)
        run = self.ensure("show", document, "--format", "html")
        self.assertEqual(run.code, 0, run.err)
        return "file://" + self.path(self.write("page.html", run.out))

    def visit(self, url, *view):
        self.browser.visit(url, *view)
        self.assert_quiet(url)

    def assert_quiet(self, url):
        """No request but for the page, no violation of its policy, no error, no dialog."""
        asked = {one["request"]["url"] for one in self.browser.of("Network.requestWillBeSent")}
        self.assertEqual(asked, {url})
        self.assertEqual(self.browser.of("Log.entryAdded"), [])
        self.assertEqual(self.browser.of("Runtime.exceptionThrown"), [])
        self.assertEqual(self.browser.of("Page.javascriptDialogOpening"), [])

    def press(self, *keys):
        for key in keys:
            self.browser.press(key)

    def focus(self):
        """The text of the element that has the focus, or its id."""
        return self.browser.run("document.activeElement.id || document.activeElement.textContent")

    def tab_to(self, name):
        for _ in range(40):
            if self.focus() == name:
                return
            self.press("Tab")
        self.fail(f"{name} is not reached by Tab, the last was {self.focus()}")

    def settle(self, script, expected):
        """Waits until the expression has the value; the filter waits a moment for more keys."""
        found = self.browser.run(
            "new Promise((done) => { let left = 200; const look = () => { const value = " + script +
            "; if (JSON.stringify(value) === " + json.dumps(json.dumps(expected, separators=(",", ":")))
            + " || --left === 0) { done(value); } else { setTimeout(look, 50); } }; look(); })")
        self.assertEqual(found, expected)

    def test_every_view(self):
        for name in ("plan", "apply"):
            url = self.page(os.path.join(GOLDEN, name + ".json"))
            for width, scheme in VIEWS:
                with self.subTest(name=name, width=width, scheme=scheme):
                    self.visit(url, width, scheme)
                    self.assertEqual(self.browser.run("document.documentElement.scrollWidth"), width)
                    self.browser.picture(os.path.join(DIRECTORY, f"{name}-{width}-{scheme}.png"))
                    self.browser.run(self.axe + ";0")
                    self.assertEqual(self.browser.run(AXE), [])
                    self.browser.run("document.getElementById('group').value = 'reason'; document"
                                     ".getElementById('group').dispatchEvent(new Event('change'))")
                    self.browser.run("document.getElementById('instances').scrollIntoView()")
                    self.browser.picture(
                        os.path.join(DIRECTORY, f"{name}-{width}-{scheme}-table.png"))
                    self.assertEqual(self.browser.run(AXE), [])
                    self.assert_quiet(url)

    def test_columns(self):
        """Each has room for its words in every width that has columns; below that there are none."""
        url = self.page(os.path.join(GOLDEN, "plan.json"))
        for width in (700, 1000, 1152, 1153, 1280, 1920):
            with self.subTest(width=width):
                self.visit(url, width)
                self.assertEqual(self.browser.run("document.documentElement.scrollWidth"), width)
                least = self.browser.run("Math.min(...[...document.querySelectorAll('thead th')]"
                                         ".map((one) => one.clientWidth))")
                high = self.browser.run("document.querySelector('thead').clientHeight")
                self.assertEqual((least >= 100, 0 < high < 50), (width > 1152,) * 2, (least, high))

    def test_content(self):
        """Counts on top, and of each refusal code, request id and advice."""
        self.visit(self.page(os.path.join(GOLDEN, "plan.json")))
        self.assertEqual(self.browser.run(
            "Array.from(document.querySelectorAll('.counts div')).map((one) => one.innerText)"),
            ["total\n13", "none\n1", "start\n5", "wait\n1", "refuse\n6"])
        note = self.browser.run("document.querySelector('.note').innerText")
        row = self.browser.run(ROWS + "[4].textContent")
        for text in ("insufficient_balance", "i-3tiefmkskq3vj0000005", "Insufficient.Balance",
                     "HTTP 400", "20260901080910000000000000000000V5", "Top up the account"):
            self.assertIn(text, note)
            self.assertIn(text, row)

    def test_keyboard_alone(self):
        self.visit(self.page(os.path.join(GOLDEN, "plan.json")))
        self.press("Tab")
        self.assertEqual(self.focus(), "Skip to the instances")
        self.press("Enter")
        self.assertEqual(self.focus(), "instances")
        self.tab_to("filter")
        self.press(*"REFUSE balance")
        self.settle(NAMES, ["i-3tiefmkskq3vj0000005", "i-3tiefmkskq3vj0000008"])
        self.assertEqual(self.browser.run("document.getElementById('shown').textContent"),
                         "2 of 13 shown")
        self.press(*["Escape"])  # empties a search field
        self.settle(ROWS + ".length", 13)
        self.tab_to("group")
        self.press("ArrowDown")
        self.settle(GROUPS, ["alibaba (2)", "baidu (4)", "volcengine (7)"])
        self.press("ArrowDown")
        self.settle(GROUPS, ["alibaba/cn-hangzhou (2)", "baidu/bj (4)", "volcengine/cn-beijing (7)"])
        self.press("ArrowDown")
        self.settle(GROUPS + "[2]", "in_progress (2)")
        self.tab_to("Instance")
        self.press("Enter")
        self.assertEqual(self.browser.run("document.querySelector('[aria-sort]').ariaSort"),
                         "ascending")
        names = self.browser.run(NAMES + ".slice(2, 4)")  # those in progress
        self.press("Enter")
        self.assertEqual(self.browser.run(NAMES + ".slice(2, 4)"), names[::-1])

    def test_a_note_shows_its_instances(self):
        self.visit(self.page(os.path.join(GOLDEN, "plan.json")))
        self.tab_to("Show expired in the table")
        self.press("Enter")
        self.assertEqual((self.focus(), self.browser.run(NAMES)), ("instances", ["i-3mtkTk03"]))

    def test_time_is_sorted_by_its_value(self):
        self.visit(self.page(os.path.join(GOLDEN, "apply.json")))
        self.tab_to("Time")
        self.press("Enter")
        self.assertEqual(self.browser.run(ROWS + ".map((row) => row.cells[3].textContent)"),
                         ["70 ms", "88 ms", "90 ms", "2.1 s", "5.0 s", "31.0 s", "10m 05s"])

    def test_narrow_page_is_sorted_too(self):
        self.visit(self.page(os.path.join(GOLDEN, "plan.json")), 360)
        self.tab_to("sort")
        self.press("ArrowDown")
        self.settle(NAMES + "[0]", "i-bp67acfmxazb4p0001")

    def test_texts_of_a_cloud_are_data(self):
        texts = {name: documents.HOSTILE for name in ("message", "advice", "provider_code",
                                                      "request_id", "provider_status")}
        plan = documents.plan(documents.instance("a/b/i-1", **texts),
                              documents.instance("a/b/i-2", "none", "already_running"),
                              warnings=[documents.HOSTILE])
        url = self.page(plan)
        text = self.read("page.html")
        for hidden in "\u202e\u202c\u0007\u001b\ufffe":
            self.assertNotIn(hidden, text)
        for view in VIEWS:
            self.visit(url, *view)
            self.assertEqual(self.browser.run("document.querySelectorAll('script, img').length"), 1)
            self.assertEqual(self.browser.run(ROWS + ".length"), 2)
            self.assertIn("<script>alert(1)</script>", self.browser.run(ROWS + "[0].textContent"))
            self.assertEqual(self.browser.run("document.documentElement.scrollWidth"), view[0])

    def test_policy_refuses_what_is_not_of_the_template(self):
        """A script that got into the page all the same would not run, and nothing is fetched."""
        url = self.page(os.path.join(GOLDEN, "plan.json"))
        text = self.read("page.html").replace(
            "<main>", "<main><script>window.entered = 1</script><img src=x.png "
            "onerror='window.entered = 2'><iframe src=page.html></iframe>")
        self.write("page.html", text)
        self.browser.visit(url)
        self.assertIsNone(self.browser.run("window.entered"))
        self.assertGreaterEqual(len(self.browser.of("Log.entryAdded")), 3)

    def test_names_of_buttons(self):
        """No two have one name, also where two notes are of one reason."""
        self.visit(self.page(documents.plan(*(documents.instance(f"baidu/bj/i-{n}", advice=f"Do {n}.")
                                              for n in range(3)))))
        names = self.browser.run("Array.from(document.querySelectorAll('button[data-reason]'))"
                                 ".map((one) => one.ariaLabel)")
        self.assertEqual(names, [f"Show no_capacity in the table (note {n})" for n in (1, 2, 3)])

    def test_without_scripts(self):
        """What the page shows when its script does not run: every instance, no dead control."""
        url = self.page(os.path.join(GOLDEN, "plan.json"))
        self.write("page.html", re.sub(r"<script>.*?</script>", "", self.read("page.html"), flags=re.S))
        self.visit(url)
        self.assertEqual(self.browser.run(ROWS + ".length"), 13)
        self.assertEqual(self.browser.run(
            "Array.from(document.querySelectorAll('button, input, select'))"
            ".filter((one) => one.checkVisibility()).length"), 0)

    def test_only(self):
        self.world(tool.one("alibaba", "i-full", flags=["stock@both"]), tool.one("baidu", "i-b"))
        run = self.ensure("plan", "--only", "refuse", "-o", "html", tool.target("alibaba", "i-full"),
                          tool.target("baidu", "i-b"))
        self.assertEqual(run.code, 3, run.err)
        self.visit("file://" + self.path(self.write("page.html", run.out)))
        self.assertEqual(self.browser.run(NAMES), ["i-full"])

    def test_ten_thousand(self):
        """It works; how long it takes is printed, and not judged on a machine that may be busy."""
        url = self.page(documents.large(10000))
        for width in (360, 1400):
            self.visit(url, width)
            self.settle("performance.getEntriesByType('paint').length > 0", True)
            paint = self.browser.run("performance.getEntriesByType('paint')[0].startTime")
            print(f"10,000 instances, {width} pixels: first paint after {paint:.0f} ms")
            self.assertEqual(self.browser.run(ROWS + ".length"), 10000)
            self.browser.run("document.getElementById('filter').focus()")
            self.press(*"locked")
            self.settle("document.getElementById('shown').textContent", "250 of 10000 shown")


if __name__ == "__main__":
    needs.programs(("chromium", "Debian package chromium"))
    npm.install(HERE, os.path.join(DIRECTORY, "packages"))
    tool.main()

# SPDX-License-Identifier: Apache-2.0
"""The tool on a terminal: the question, colours, progress, width."""

import re
import subprocess
import tempfile

import tool
from tool import Case, one, target

A, B, V = "alibaba", "baidu", "volcengine"
CTRL_C = "\x03"
QUESTION = "Only \"yes\" does: "
ERASE = "\x1b[K"
COLOUR = re.compile(r"\x1b\[\d+m")


def columns_of(line):
    """The width of a line of ASCII and Chinese, without escape sequences."""
    plain = re.sub(r"\x1b\[[0-9;]*[mK]", "", line)
    return sum(2 if "\u2e80" <= c <= "\uffef" else 1 for c in plain)


class Question(Case):
    def setUp(self):
        super().setUp()
        self.world(one(A, "i-a"), one(A, "i-full", flags=["stock@both"]), one(B, "i-b", "Running"))
        self.fleet(target(A, "i-a"), target(A, "i-full"), target(B, "i-b"))

    def test_yes(self):
        terminal = self.terminal("apply", "fleet.json")
        terminal.expect(QUESTION)
        self.assertIn("Go on and start 1 instance?", terminal.shown)
        self.assertIn("validated", terminal.shown)
        self.assertEqual(self.starts(), {})
        terminal.type("yes\n")
        self.assertEqual(terminal.end(), 3, terminal.shown)  # one is refused
        self.assertIn("1 started", terminal.shown)
        self.assertEqual(self.starts(), {target(A, "i-a"): 1})

    def test_only_what_was_shown_is_started(self):
        terminal = self.terminal("apply", "fleet.json")
        terminal.expect(QUESTION)
        self.change(cloud=B, region="bj", id="i-b", status="Stopped")
        terminal.type("yes\n")
        self.assertEqual(terminal.end(), 3, terminal.shown)
        self.assertIn("Changed since the plan", terminal.shown)
        self.assertEqual(self.starts(), {target(A, "i-a"): 1})

    def test_anything_else_is_no(self):
        for answer in ("no\n", "y\n", "\n", "yesterday\n", "\x04"):  # Ctrl-D is the end of input
            terminal = self.terminal("apply", "fleet.json")
            terminal.expect(QUESTION)
            terminal.type(answer)
            self.assertEqual(terminal.end(), 1, terminal.shown)
            self.assertRegex(terminal.shown, r"\r\nensure: nothing was started\r\n$")
        self.assertEqual(self.starts(), {})

    def test_input_before_the_question_is_discarded(self):
        self.emulator.control.call("PUT", "/faults", ["delay:300,first=1"])
        terminal = self.terminal("apply", "fleet.json")
        terminal.expect("planning")
        terminal.type("yes\n")
        terminal.expect(QUESTION)
        terminal.type("no\n")
        self.assertEqual(terminal.end(), 1, terminal.shown)
        self.assertEqual(self.starts(), {})

    def test_interrupted(self):
        terminal = self.terminal("apply", "fleet.json")
        terminal.expect(QUESTION)
        terminal.type(CTRL_C)
        self.assertEqual(terminal.end(), 130, terminal.shown)
        self.assertIn("nothing was started", terminal.shown)
        self.assertEqual(self.starts(), {})

    def test_nothing_to_ask(self):
        terminal = self.terminal("apply", target(B, "i-b"), target(A, "i-full"))
        self.assertEqual(terminal.end(), 3, terminal.shown)
        self.assertNotIn(QUESTION, terminal.shown)
        self.assertEqual(self.terminal("apply", target(B, "i-b")).end(), 0)

    def test_no_question_with_yes_or_a_saved_plan(self):
        self.ensure("plan", "fleet.json", "--out", "plan.json")
        for arguments in (["apply", "plan.json"], ["apply", "--yes", "fleet.json"]):
            terminal = self.terminal(*arguments)
            self.assertEqual(terminal.end(), 3, terminal.shown)
            self.assertNotIn(QUESTION, terminal.shown)

    def test_json_stays_one_document(self):
        for answer, form in (("yes\n", "ensure.apply/v1"), ("no\n", "ensure.plan/v1")):
            with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
                terminal = self.terminal("apply", target(A, "i-a"), "--format", "json", out=out)
                terminal.expect(QUESTION)
                self.assertIn("i-a", terminal.shown)  # the plan, on standard error
                terminal.type(answer)
                self.assertEqual(terminal.end(), 0 if answer == "yes\n" else 1)
                out.seek(0)
                self.assertEqual(tool.Run(0, out.read(), "").document["format"], form)
            self.change(cloud=A, region="cn-hangzhou", id="i-a", status="Stopped")


class Style(Case):
    def setUp(self):
        super().setUp()
        self.world(one(A, "i-a"), one(V, "i-poor", flags=["balance"]), one(B, "i-up", "Running"))
        self.targets = [target(A, "i-a"), target(V, "i-poor"), target(B, "i-up")]

    def test_colours_and_symbols(self):
        terminal = self.terminal("plan", *self.targets)
        self.assertEqual(terminal.end(), 3)
        self.assertRegex(terminal.shown, COLOUR)
        self.assertRegex(terminal.shown, "\u2717\x1b\\[0m i-poor")
        self.assertRegex(terminal.shown, "\u2713\x1b\\[0m i-up")

    def test_none_with_no_color_or_a_dumb_terminal(self):
        coloured = self.terminal("plan", *self.targets)
        coloured.end()
        self.environment["NO_COLOR"] = "1"
        plain = self.terminal("plan", *self.targets)
        plain.end()
        # Only the colours are absent; symbols, progress and width stay.
        self.assertEqual(self.table_of(plain), COLOUR.sub("", self.table_of(coloured)))
        self.assertNotRegex(plain.shown, COLOUR)
        self.assertIn("\u2717 i-poor", plain.shown)
        self.assertIn("planning", plain.shown)
        self.environment["TERM"] = "dumb"
        terminal = self.terminal("plan", *self.targets)
        terminal.end()
        self.assertNotIn("\x1b", terminal.shown)
        self.assertNotIn("\u2717", terminal.shown)
        self.assertIn("i-poor", terminal.shown)

    def table_of(self, terminal):
        """The output without progress and request ids."""
        return re.sub(r"request \S+", "request", terminal.shown.rsplit(ERASE, 1)[-1])

    def test_the_table_depends_on_standard_output_only(self):
        terminal = self.terminal("plan", *self.targets, out=subprocess.PIPE)
        table = terminal.process.stdout.read().decode()
        terminal.end()
        terminal.process.stdout.close()
        self.assertNotIn("\x1b", table)
        self.assertIn("i-poor", table)
        self.assertIn("planning", terminal.shown)  # the progress goes to the terminal

    def test_lines_fit(self):
        long = one(V, "i-" + "3tiefmkskq3vj" * 4, flags=["stock"])
        self.change(**long)
        targets = [*self.targets, target(V, long["id"])]
        for verb in (["plan"], ["status"], ["apply", "--yes"]):
            for columns in (40, 41, 60, 79, 80, 120):
                terminal = self.terminal(*verb, *targets, columns=columns)
                terminal.end()
                last = terminal.shown.rsplit(ERASE, 1)[-1]
                self.assertIn("i-poor", last)
                for line in last.splitlines():
                    self.assertLessEqual(columns_of(line), columns, line)

    def test_a_terminal_without_utf_8(self):
        self.environment["LC_ALL"] = "C"
        terminal = self.terminal("plan", *self.targets)
        terminal.end()
        self.assertNotIn("\u2717", terminal.shown)
        self.assertRegex(terminal.shown, "x\x1b\\[0m i-poor")


class Progress(Case):
    def test_the_line_is_erased(self):
        self.world(one(A, "i-a", boot_reads=2), one(B, "i-up", "Running"))
        terminal = self.terminal("apply", "--yes", target(A, "i-a"), target(B, "i-up"))
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertIn("applying", terminal.shown)
        self.assertIn(" 1/2, 1 starting", terminal.shown)
        before, after = terminal.shown.rsplit("\r" + ERASE, 1)
        self.assertIn(" 2/2", before)
        self.assertNotIn("applying", after)

    def test_it_is_not_redrawn_for_each_result(self):
        many = [one(A, f"i-{number}", "Running") for number in range(2000)]
        self.world(*many)
        self.fleet(*(target(A, instance["id"]) for instance in many))
        terminal = self.terminal("plan", "fleet.json", out=subprocess.DEVNULL)
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertIn(" 2000/2000", terminal.shown)
        self.assertLess(terminal.shown.count("\r"), 500)

    def test_it_is_redrawn_without_events(self):
        self.world(one(A, "i-a"))
        self.emulator.control.call("PUT", "/faults", ["delay:2000,first=1"])
        terminal = self.terminal("plan", target(A, "i-a"))
        self.assertEqual(terminal.end(), 0, terminal.shown)
        drawn = re.findall(r"0/1  (\S+ \S+)\x1b\[K", terminal.shown)
        self.assertGreaterEqual(len(drawn), 8, terminal.shown)
        self.assertGreaterEqual(len(set(drawn)), 8)

    def test_a_line_every_ten_seconds_in_a_log(self):
        self.world(one(A, "i-a"))
        self.emulator.control.call("PUT", "/faults", ["delay:12000,first=3"])
        with self.start("plan", target(A, "i-a")) as loud, \
                self.start("find", "alibaba/cn-hangzhou") as find, \
                self.start("plan", "--quiet", target(A, "i-a")) as quiet:
            runs = (loud, find, quiet)
            said = [process.communicate(timeout=tool.TIMEOUT_S)[1] for process in runs]
        self.assertEqual([process.returncode for process in runs], [0, 0, 0])
        self.assertRegex(said[0], r"^ensure: planning 0/1  10\.\d s\n$")
        self.assertRegex(said[1], r"^ensure: finding: 0 instances  10\.\d s\n$")
        self.assertEqual(said[2], "")

    def test_of_a_find(self):
        """While it reads, also for a fleet; not between the lines of its own output."""
        self.world(one(A, "i-a"))
        self.write("fleet.json", {"select": [{"cloud": A, "region": "cn-hangzhou"}]})
        find = ["find", "alibaba/cn-hangzhou"]
        for arguments, shown in ((find, True), ([*find, "--quiet"], False),
                                 ([*find, "-o", "targets"], False), ([*find, "-o", "json"], False),
                                 (["plan", "fleet.json"], True),
                                 (["plan", "--quiet", "fleet.json"], False)):
            with self.subTest(arguments):
                terminal = self.terminal(*arguments)
                self.assertEqual(terminal.end(), 0, terminal.shown)
                self.assertEqual("finding: 0 instances" in terminal.shown, shown)
                self.assertIn("i-a", terminal.shown)
                self.assertNotIn("finding", terminal.shown.rsplit(ERASE, 1)[-1])
        terminal = self.terminal(*find, "-o", "targets", out=subprocess.PIPE)
        with terminal.process.stdout as out:
            self.assertEqual(out.read(), b"alibaba/cn-hangzhou/i-a\n")
        self.assertEqual(terminal.end(), 0)
        self.assertIn("finding: ", terminal.shown)

    def test_quiet(self):
        self.world(one(A, "i-a"))
        terminal = self.terminal("plan", "--quiet", target(A, "i-a"))
        terminal.end()
        self.assertNotIn("planning", terminal.shown)
        self.assertIn("i-a", terminal.shown)

    def test_interrupted_on_the_terminal(self):
        self.world(one(A, "i-a", on_start="stays_starting"))
        terminal = self.terminal("apply", "--yes", target(A, "i-a"))
        terminal.expect("1 starting")
        terminal.type(CTRL_C)
        self.assertEqual(terminal.end(), 130, terminal.shown)
        self.assertRegex(terminal.shown, "cancelled")

    def test_silent_without_a_terminal(self):
        self.world(one(A, "i-a"))
        self.assertEqual(self.ensure("plan", target(A, "i-a")).err, "")
        self.environment["TERM"] = "dumb"
        terminal = self.terminal("plan", target(A, "i-a"))
        terminal.end()
        self.assertNotIn("planning", terminal.shown)


if __name__ == "__main__":
    tool.main()

# SPDX-License-Identifier: Apache-2.0
"""Arguments, files and environment variables of the tool, and the messages for invalid ones."""

import json
import os
import threading

import tool
from tool import Case, one, target

A, B = "alibaba", "baidu"


class Usage(Case):
    def test_help_and_version(self):
        for arguments in (["--help"], ["-h"], ["help"], ["plan", "--help"], ["help", "apply"],
                          ["apply", "-h"], ["status", "--help"], ["providers", "--help"],
                          ["version", "--help"], ["help", "--help"]):
            run = self.ensure(*arguments)
            self.assertEqual((run.code, run.err), (0, ""), arguments)
            self.assertIn("Usage", run.out)
            self.assertTrue(all(len(line) <= 80 for line in run.out.splitlines()), arguments)
        for arguments in (["version"], ["--version"], ["-V"], ["plan", "-V"]):
            self.assertRegex(self.ensure(*arguments).out, r"^ensure \d+\.\d+\.\d+\n$")
        self.assertIn("version", self.json("version").document)

    def test_completions_and_manual_page(self):
        for arguments in (["help", "--format", "man"], ["completion", "bash"],
                          ["completion", "zsh"], ["completion", "fish"]):
            run = self.ensure(*arguments)
            self.assertEqual(run.code, 0)
            self.assertIn("timeout", run.out)

    def test_no_arguments(self):
        run = self.ensure()
        self.assertEqual((run.code, run.out), (1, ""))
        self.assertIn("Usage", run.err)

    def test_usage_errors(self):
        for arguments, said in {
                ("start", "a/b/i-c"): "not a verb",
                ("plan",): "needs targets",
                ("plan", "--yes", "a/b/i-c"): "no option --yes",
                ("plan", "a/b/i-c", "--format", "xml"): "--format xml",
                ("plan", "a/b/i-c", "--timeout", "soon"): '--timeout: "soon" is not a duration',
                ("plan", "a/b/i-c", "--timeout", "0s"): '--timeout: "0s" is not a duration',
                ("plan", "-f", "missing.json"): "missing.json",
                ("plan", "missing.json"): "neither a file nor a target",
                ("plan", "."): "not a regular file",
                ("plan", "a/b/i-c", "--only", "stop"): '"stop" is neither an action',
                ("completion", "tcsh"): "bash zsh fish",
                ("show", "missing.json"): "missing.json",
                ("help", "start"): "no verb",
        }.items():
            with self.subTest(arguments):
                self.assert_sentence(self.ensure(*arguments), said)

    def test_each_invalid_target_is_reported_and_nothing_is_sent(self):
        self.world(one(A, "i-a"))
        bad = ["alibaba/cn-hangzhou/a", "Alibaba/cn-hangzhou/i-a", "alibaba/CN/i-a",
               "alibaba/cn-hangzhou/i-a/b", "alibaba/cn-hangzhou/i-" + "x" * 63,
               "alibaba/cn-hangzhou/i-a\x1b[2J", "alibaba//i-a"]
        run = self.ensure("plan", target(A, "i-a"), *bad)
        self.assertEqual((run.code, run.out), (1, ""))
        self.assertEqual(len(run.err.splitlines()), len(bad), run.err)
        self.assertNotIn("\x1b", run.err)
        self.assertEqual(self.requests(), [])

    def test_unknown_cloud(self):
        self.world(one(A, "i-a"))
        run = self.ensure("plan", target(A, "i-a"), "azure/westeurope/i-a")
        self.assert_sentence(run, "azure", "alibaba, baidu, volcengine")
        self.assertEqual(self.requests(), [])

    def test_providers(self):
        run = self.json("providers")
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([p["name"] for p in run.document["providers"]],
                         ["alibaba", "baidu", "volcengine"])
        self.assertEqual([p["dry_run"] for p in run.document["providers"]], [True, False, True])
        self.assertEqual(run.document["warnings"], [])
        table = self.ensure("providers")
        self.assertEqual((table.code, table.err), (0, ""))
        self.assertRegex(table.out, r"alibaba +Alibaba Cloud +\d")


class Inputs(Case):
    def test_arguments_and_files_in_order_without_duplicates(self):
        self.world(*(one(A, f"i-{n}", "Running") for n in range(5)))
        names = [target(A, f"i-{n}") for n in range(5)]
        self.write("a.json", {"targets": [names[3], names[1]]})
        self.write("b.json", {"targets": [names[1], names[4], names[0]]})
        run = self.json("plan", names[2], "a.json", "-f", "b.json", names[2])
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [names[n] for n in (2, 3, 1, 4, 0)])

    def test_standard_input_and_pipes(self):
        self.world(one(A, "i-a", "Running"))
        fleet = json.dumps({"targets": [target(A, "i-a")]})
        for arguments in (["-"], ["-f", "-"], ["--file=-"]):
            self.assertEqual(self.json("plan", *arguments, text=fleet).code, 0)
        os.mkfifo(self.path("pipe"))
        writer = threading.Thread(target=self.write, args=("pipe", fleet))
        writer.start()
        self.assertEqual(self.json("plan", "pipe").code, 0)
        writer.join()

    def test_plain_lines(self):
        self.world(*(one(A, f"i-{n}", "Running") for n in range(3)))
        names = [target(A, f"i-{n}") for n in range(3)]
        self.write("fleet.txt", f"# web\n{names[2]}\n\n  {names[0]}  # the old one\r\n")
        for arguments in (["fleet.txt"], ["-f", "fleet.txt"], ["--file=fleet.txt"]):
            run = self.json("status", *arguments, names[1])
            self.assertEqual(run.code, 0, run.err)
            self.assertEqual([i["target"] for i in run.document["instances"]],
                             [names[2], names[0], names[1]])
        self.write("fleet.txt", f"{names[0]}\nweb-1\n")
        self.assert_sentence(self.json("plan", "fleet.txt"), "fleet.txt: line 2", "web-1")

    def test_terraform_outputs(self):
        self.world(*(one(A, f"i-{n}", "Running") for n in range(3)))
        names = [target(A, f"i-{n}") for n in range(3)]
        outputs = {"count": {"sensitive": False, "type": "number", "value": 3},
                   "web": {"sensitive": False, "type": ["tuple", ["string"]],
                           "value": [{"id": names[1], "name": "web-1"}, {"id": names[0]}]},
                   "targets": {"sensitive": True, "type": "string", "value": names[2]}}
        run = self.json("status", "-", text=json.dumps(outputs))
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [names[1], names[0], names[2]])
        del outputs["web"], outputs["targets"]
        self.write("outputs.json", outputs)
        self.assert_sentence(self.json("plan", "outputs.json"), "outputs.json", "has a target")

    def test_standard_input_is_read_once(self):
        self.assert_sentence(self.ensure("plan", "-", "-f", "-", text=target(A, "i-a")),
                             "standard input is named 2 times")

    def test_malformed_fleets(self):
        for text, said in {
                "": "empty: expected targets",
                "[]": "neither a fleet",
                '{"targets": [1]}': "targets[0]",
                '{"targets": ["alibaba/cn-hangzhou/i-a", "x"]}': "targets[1]",
                '{"targets": [], "more": 1}': "more",
                '{"targets": [], "targets": []}': "duplicate",
        }.items():
            with self.subTest(text):
                self.write("fleet.json", text)
                self.assert_sentence(self.ensure("plan", "fleet.json"), "fleet.json", said)
                self.assert_sentence(self.ensure("plan", "-", text=text), "standard input", said)

    def test_ten_thousand_targets(self):
        count = 10000
        self.world({"cloud": A, "region": "cn-hangzhou", "id": "i-load-{n}", "count": count,
                    "status": "Stopped"})
        names = [target(A, f"i-load-{n + 1}") for n in range(count)]
        self.fleet(*names)
        run = self.json("plan", "fleet.json", "--out", "plan.json")
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([i["target"] for i in run.document["instances"]], names)
        self.assertEqual(run.document["summary"]["start"], count)
        table = self.ensure("status", "plan.json")
        self.assertEqual(table.code, 0, table.err)
        self.assertIn("10000 instances: 10000 stopped", table.out)


if __name__ == "__main__":
    tool.main()

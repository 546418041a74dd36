# SPDX-License-Identifier: Apache-2.0
"""ensure find: conditions, formats, exit codes, pipes."""

import os
import re
import subprocess
import unicodedata
import urllib.parse

import tool
from tool import CLOUDS, RUNNING, Case, one, target, wait_for_child

KEYS = ["target", "name", "status", "provider_status", "zone", "instance_type", "charge_type",
        "tags"]
PLACE = {cloud: f"{cloud}/{tool.REGION[cloud]}" for cloud in CLOUDS}


class Find(Case):
    def three(self):
        """Two stopped instances and a running one in each cloud."""
        self.world(*(instance for cloud in CLOUDS for instance in (
            one(cloud, "i-a", name="web-1", zone="zone-b", tags={"env": "ci", "team": "red"}),
            one(cloud, "i-b", RUNNING[cloud], name="web-2", zone="zone-b", tags={"env": "ci"}),
            one(cloud, "i-c", name="db", group="shop"))))

    def targets(self, *arguments):
        run = self.ensure("find", *arguments, "-o", "targets")
        self.assertEqual(run.code, 0, run.err)
        return run.out.splitlines()

    def test_json(self):
        self.three()
        run = self.json("find", *PLACE.values(), "--tag", "env=ci", "--status", "stopped,unknown")
        self.assertEqual((run.code, run.err), (0, ""))
        self.assertEqual([i["target"] for i in run.document["instances"]],
                         [target(cloud, "i-a") for cloud in CLOUDS])
        for instance in run.document["instances"]:
            self.assertEqual(list(instance), KEYS)
        self.assertEqual(run.document["instances"][0]["tags"], {"env": "ci", "team": "red"})
        self.assertEqual(run.document["summary"], {"total": 3})
        self.assertEqual(self.starts(), {})

    def test_conditions(self):
        self.three()
        rows = [
            ([], ["i-a", "i-b", "i-c"]),
            (["--tag", "env=ci", "--tag", "team=red"], ["i-a"]),
            (["--tag=env=other"], []),
            (["--name", "web-*"], ["i-a", "i-b"]),
            (["--name", "*b"], ["i-c"]),
            (["--zone", "zone-b"], ["i-a", "i-b"]),
            (["--group", "shop"], ["i-c"]),
            (["--status", "running"], ["i-b"]),
            (["--status", "running,stopped", "--limit", "2"], ["i-a", "i-b"]),
        ]
        for cloud in CLOUDS:
            for arguments, names in rows:
                with self.subTest(cloud=cloud, arguments=arguments):
                    self.assertEqual(self.targets(PLACE[cloud], *arguments),
                                     [target(cloud, name) for name in names])

    def test_table(self):
        self.three()
        run = self.ensure("find", PLACE["alibaba"], "--name", "web-*")
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(run.out.splitlines(), [
            "  INSTANCE  STATUS   NAME   ZONE    TYPE          PAID      TAGS",
            "alibaba/cn-hangzhou",
            "  i-a       stopped  web-1  zone-b  ecs.g7.large  PostPaid  env=ci team=red",
            "  i-b       running  web-2  zone-b  ecs.g7.large  PostPaid  env=ci",
            "",
            "2 found: 1 running, 1 stopped"])

    def test_terminals(self):
        """Names and zones are shown where they fit, whatever the names are; no line is too wide."""
        self.world(*(one("alibaba", f"i-bp67acfmxazb4p000{n}", name=name, tags={"env": "ci"})
                     for n, name in enumerate(("web-1", "\u5b9e\u4f8b" * 15, "x" * 200,
                                               "a\x1b[2J\x07\n\u202eb"))))
        for columns, titles in ((40, ["INSTANCE", "STATUS"]),
                                (80, ["INSTANCE", "STATUS", "NAME", "ZONE"]),
                                (120, ["INSTANCE", "STATUS", "NAME", "ZONE", "TYPE", "PAID"]),
                                (200, ["INSTANCE", "STATUS", "NAME", "ZONE", "TYPE", "PAID", "TAGS"])):
            with self.subTest(columns=columns):
                terminal = self.terminal("find", "--quiet", PLACE["alibaba"], columns=columns)
                self.assertEqual(terminal.end(), 0)
                lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in
                         terminal.shown.splitlines()]
                self.assertEqual(next(line.split() for line in lines if "INSTANCE" in line), titles)
                for line in lines:
                    self.assertNotRegex(line, "[\x00-\x1f\u202e]")
                    self.assertLessEqual(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
                                             for c in line), columns)
                if columns > 40:
                    self.assertEqual(sum("cn-hangzhou-" in line for line in lines), 4, lines)

    def test_found_planned_and_applied(self):
        """Three commands, and no id typed."""
        self.three()
        self.write("fleet.txt", "\n".join(
            self.targets(*PLACE.values(), "--tag", "env=ci", "--status", "stopped")))
        self.assertEqual(self.ensure("plan", "fleet.txt", "--out", "fleet.plan").code, 0)
        self.assertEqual(self.ensure("apply", "fleet.plan").code, 0)
        self.assertEqual(self.starts(), {target(cloud, "i-a"): 1 for cloud in CLOUDS})

    def test_nothing_found(self):
        self.three()
        warning = "no instance was found in baidu/bj (name x-*)"
        run = self.json("find", PLACE["baidu"], "--name", "x-*")
        self.assertEqual((run.code, run.document["warnings"]), (0, [warning]))
        self.assertEqual(run.err, f"ensure: warning: {warning}\n")
        self.assertEqual(self.targets(PLACE["baidu"], "--name", "x-*"), [])

    def test_nothing_found_is_no_fleet(self):
        """An empty pipe may be that of a find that failed; a fleet with the same selector is none."""
        self.three()
        found = self.ensure("find", PLACE["baidu"], "--name", "x-*", "-o", "targets")
        self.assertEqual((found.code, found.out), (0, ""), found.err)
        self.assert_sentence(self.ensure("plan", "-", text=found.out),
                             "standard input: empty: ",
                             "what writes it has failed, or found nothing, ")
        cloud, region = PLACE["baidu"].split("/")
        self.write("fleet.json", {"select": [{"cloud": cloud, "region": region, "name": "x-*"}]})
        self.assertEqual(self.ensure("plan", "fleet.json").code, 0)

    def test_keys_of_tags(self):
        """The first = ends the key of --tag; a key that has one is named in a fleet."""
        place = PLACE["alibaba"]
        self.world(one("alibaba", "i-a", tags={"env": "a=b"}), one("alibaba", "i-b", tags={"env=a": "b"}))
        self.assertEqual(self.targets(place, "--tag", "env=a=b"), [target("alibaba", "i-a")])
        cloud, region = place.split("/")
        self.write("fleet.json", {"select": [{"cloud": cloud, "region": region, "tags": {"env=a": "b"}}]})
        run = self.ensure("status", "fleet.json", "-o", "targets")
        self.assertEqual((run.code, run.out), (0, target("alibaba", "i-b") + "\n"), run.err)
        self.assertIn("The first = ends the key", " ".join(self.ensure("find", "--help").out.split()))

    def test_denied(self):
        """A region that may not be listed is an error, and the others are shown."""
        self.world(*(one(cloud, "i-a") for cloud in CLOUDS),
                   accounts=[{**account, "denied": ["DescribeInstances"]}
                             if account["cloud"] == "alibaba" else account
                             for account in tool.with_emulator.accounts()])
        run = self.json("find", PLACE["alibaba"], PLACE["baidu"])
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual([i["target"] for i in run.document["instances"]], [target("baidu", "i-a")])
        (warning,) = run.document["warnings"]
        for text in (warning, run.err):
            self.assertIn("alibaba/cn-hangzhou: permission_denied: ", text)
            self.assertIn("(ecs:DescribeInstances)", text)
        self.assertIn("Grant ecs:DescribeInstances", run.err)
        run = self.ensure("find", PLACE["alibaba"], "-o", "targets")
        self.assertEqual((run.code, run.out), (3, ""), run.err)
        run = self.ensure("find", PLACE["alibaba"])
        self.assertEqual((run.code, run.out), (3, "0 found; 1 region could not be listed\n"))

    def test_without_keys(self):
        self.world(one("baidu", "i-a"))
        for name in tool.with_emulator.KEY_VARIABLES["alibaba"]:
            del self.environment[name]
        run = self.json("find", PLACE["alibaba"])
        self.assertEqual(run.code, 1, run.err)
        self.assertIn("alibaba/cn-hangzhou: unauthenticated: ", run.err)
        self.assertEqual(self.json("find", PLACE["alibaba"], PLACE["baidu"]).code, 3)

    def test_usage(self):
        self.three()
        rows = [
            ([], "ensure find needs a cloud and a region"),
            (["alibaba"], "\"alibaba\" is not CLOUD/REGION"),
            (["alibaba/cn-hangzhou/i-1"], "cn-hangzhou/i-1"),
            (["ghost/bj"], "ensure: ghost/bj: there is no provider for cloud \"ghost\""),
            (["baidu/bj", "--status", "Stopped"], "--status: \"Stopped\" is not a status"),
            (["baidu/bj", "--status", "absent"], "--status: \"absent\" is not a status"),
            (["baidu/bj", "--tag", "env"], "--tag: \"env\" is not KEY=VALUE"),
            (["baidu/bj", "--tag", "=ci"], "--tag: a tag needs a key"),
            (["baidu/bj", "--tag", "a=1", "--tag", "a=2"], "--tag: the tag \"a\" is given twice"),
            (["baidu/bj", "--limit", "0"], "--limit: \"0\" is not a whole number from 1 to 100000"),
            (["baidu/bj", "--limit", "100001"], "--limit: \"100001\" is not"),
            (["baidu/bj", "--name", "x" * 257], "baidu/bj.name: expected at most 256 bytes"),
            (["baidu/bj", "--yes"], "ensure find has no option --yes"),
            (["baidu/bj"] * 101, "ensure find takes at most 100 regions"),
        ]
        for arguments, text in rows:
            with self.subTest(arguments=arguments[:3]):
                self.assert_sentence(self.ensure("find", *arguments), text)
        self.assertEqual(self.requests(), [])

    def test_hostile_text(self):
        """Text of a cloud can't break a terminal or JSON."""
        self.world(one("baidu", "i-a", name="a\x1b[2J\n\"b", tags={"k\x07": "v\u202e"}))
        run = self.json("find", PLACE["baidu"])
        self.assertEqual(run.document["instances"][0]["name"], "a\ufffd[2J\n\"b")
        self.assertEqual(run.document["instances"][0]["tags"], {"k\ufffd": "v\ufffd"})
        run = self.ensure("find", PLACE["baidu"])
        self.assertNotIn("\x1b", run.out)
        self.assertEqual(len(run.out.splitlines()), 5)

    def test_interrupted(self):
        """What was found is a whole document."""
        self.three()
        page = urllib.parse.quote('{"isTruncated":true,"nextMarker":"m","instances":'
                                  '[{"id":"i-1","status":"Stopped"}]}')
        self.emulator.control.call("PUT", "/faults", [f"json:{page},cloud=baidu,nth=1",
                                                      "hang,cloud=baidu"])
        with self.start("find", PLACE["baidu"], "-o", "json") as process:
            while len(self.requests()) < 2:
                self.assertIsNone(process.poll())
            tool.interrupt(process)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 130, err)
        self.assertEqual(len(run.document["instances"]), 1)
        self.assertIn("cancelled", run.document["warnings"][0])

    def test_plugin_dies(self):
        self.three()
        self.emulator.control.call("PUT", "/faults", ["hang"])
        with self.start("find", PLACE["baidu"], "-o", "json") as process:
            child = wait_for_child(process)
            while not self.requests():
                self.assertIsNone(process.poll())
            os.kill(child, 9)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 1, err)
        self.assertEqual(run.document["warnings"],
                         ["the find ended before all regions were listed"])

    def test_closed_output(self):
        self.three()
        for form in ("json", "targets", "table"):
            with open("/dev/full", "w", encoding="utf-8") as full:
                process = self.start("find", PLACE["baidu"], "-o", form, stdout=full)
                _, err = process.communicate(timeout=tool.TIMEOUT_S)
            self.assertEqual(process.returncode, 1)
            self.assertEqual(err, "ensure: the result can't be written: "
                                  "No space left on device\n")

    def test_pipe(self):
        """A reader that ends early ends the find with a sentence."""
        self.world(one("baidu", "i-{n}", count=20000))
        reader = subprocess.Popen(["head", "-1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process = self.start("find", PLACE["baidu"], "-o", "targets", stdout=reader.stdin)
        reader.stdin.close()
        _, err = process.communicate(timeout=tool.TIMEOUT_S)
        with reader.stdout:
            self.assertEqual(reader.stdout.read(), b"baidu/bj/i-1\n")
        reader.wait(timeout=tool.TIMEOUT_S)
        self.assertIn("standard output is closed", err)
        self.assertEqual(process.returncode, 1)


if __name__ == "__main__":
    tool.main()

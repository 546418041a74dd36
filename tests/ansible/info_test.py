#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Ansible module instance_info under the real ansible-playbook, against the emulator.

usage: info_test.py EMULATOR ANSIBLE_DIR      (ANSIBLE_DIR contains ansible_collections)
"""
import json
import os
import shutil
import sys
import unittest

import playbook_test
import needs  # pylint: disable=wrong-import-order
import harness  # pylint: disable=wrong-import-order
import with_emulator  # pylint: disable=wrong-import-order

INFO = "ensure.cloud.instance_info"
RUNNING = playbook_test.MODULE
PLACE = {"volcengine": "cn-beijing", "alibaba": "cn-hangzhou", "baidu": "bj"}
LIST_ACTION = {"volcengine": "ecs:DescribeInstances", "alibaba": "ecs:DescribeInstances",
               "baidu": "GET /v2/instance"}
WORLD = [
    {"id": "i-a", "status": "STOPPED", "name": "web-1", "zone": "zone-b",
     "tags": {"env": "ci", "team": "red"}},
    {"id": "i-b", "status": "RUNNING", "name": "web-2", "zone": "zone-b", "tags": {"env": "ci"}},
    {"id": "i-c", "status": "STOPPED", "name": "\u5b9e\u4f8b\u2028\x1b", "group": "shop"},
]


def ids(result):
    return [instance["target"].rsplit("/", 1)[1] for instance in result["instances"]]


def find(cloud, **filters):
    return {"cloud": cloud, "region": PLACE[cloud], "filters": filters}


def read(cloud, *names, **more):
    return {"cloud": cloud, "region": PLACE[cloud], "instance_ids": list(names), **more}


class InfoCase(playbook_test.AnsibleCase):
    MODULE = INFO

    def world(self):
        def word(cloud, text):
            return text if cloud == "volcengine" else text.capitalize()

        return [{**one, "cloud": cloud, "region": region, "status": word(cloud, one["status"])}
                for cloud, region in PLACE.items() for one in WORLD]

    def play(self, tasks, *options, **play):
        results, status = super().play(tasks, *options, **play)
        for result in results:
            self.assertFalse(result["changed"])
        self.assertEqual(self.starts(), 0)
        return results, status


class Lists(InfoCase):
    def test_conditions(self):
        rows = [
            ({}, ["i-a", "i-b", "i-c"]),
            ({"tags": {"env": "ci", "team": "red"}}, ["i-a"]),
            ({"tags": {"env": "other"}}, []),
            ({"name": "web-*", "status": ["running", "stopped"]}, ["i-a", "i-b"]),
            ({"status": "running"}, ["i-b"]),
            ({"zone": "zone-b"}, ["i-a", "i-b"]),
            ({"group": "shop"}, ["i-c"]),
            ({"limit": "{{ 2 }}"}, ["i-a", "i-b"]),
        ]
        cases = [(cloud, *row) for cloud in PLACE for row in rows]
        results = self.run_modules(*((find(cloud, **filters), {}) for cloud, filters, _ in cases))
        for (cloud, filters, expected), result in zip(cases, results):
            with self.subTest(cloud=cloud, filters=filters):
                self.assertFalse(result["failed"], result)
                self.assertEqual(ids(result), expected)
                self.assertEqual("warnings" in result, not expected)

    def test_fields_in_both_modes(self):
        bare = {"cloud": "alibaba", "region": "cn-hangzhou"}
        done, checked = self.run_modules((bare, {"diff": True}), (bare, {"check_mode": True}))
        self.assertEqual(done["instances"], checked["instances"])
        self.assertEqual(done["msg"], "3 found: 1 running, 2 stopped")
        self.assertNotIn("diff", done)
        self.assertEqual(done["instances"][0], {
            "target": "alibaba/cn-hangzhou/i-a", "name": "web-1", "status": "stopped",
            "provider_status": "Stopped", "zone": "zone-b", "instance_type": "ecs.g7.large",
            "charge_type": "PostPaid", "tags": {"env": "ci", "team": "red"}})
        self.assertEqual(done["instances"][2]["name"], "\u5b9e\u4f8b\ufffd\ufffd")

    def test_nothing_found(self):
        result = self.run_module(find("baidu", name="x-*"))
        self.assertEqual((result["msg"], result["instances"]), ("0 found", []))
        self.assertEqual(result["warnings"], ["no instance was found in baidu/bj (name x-*)"])

    def test_found_and_started(self):
        """What was found is the input of the other module; no id is typed."""
        results, status = super(InfoCase, self).play([
            {INFO: find("volcengine", tags={"env": "ci"}), "register": "found"},
            {RUNNING: {"cloud": "volcengine", "region": "cn-beijing", "instance_ids":
                       "{{ found.instances | map(attribute='target') | map('basename') | list }}"}}])
        self.assertEqual(status, 0, results)
        self.assertEqual(results[1]["msg"], "1 started, 1 already running")
        self.assertEqual(self.emulator.control.ledger()["starts"],
                         {"volcengine/cn-beijing/i-a": 1})

    def test_example(self):
        book = os.path.join(playbook_test.HERE, "..", "..", "examples", "ansible", "find.yml")
        command = ("ansible-playbook", "-i", "localhost,", "-e",
                   f"ansible_python_interpreter={sys.executable}", book)
        for options, starts in ((["--check"], {}), ([], {"alibaba/cn-hangzhou/i-a": 1})):
            done = self.run_tool(*command, *options)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(self.emulator.control.ledger()["starts"], starts)

    def test_async_and_defaults(self):
        """Keys from module_defaults, by the group of the collection."""
        key, secret = (self.environment.pop(name) for name in with_emulator.KEY_VARIABLES["baidu"])
        defaults = {"group/ensure.cloud.ensure": {"access_key": key, "secret_key": secret}}
        results, status = self.play([{INFO: find("baidu"), "async": 60, "poll": 1}],
                                    module_defaults=defaults)
        self.assertEqual(status, 0, results)
        self.assertEqual(ids(results[-1]), ["i-a", "i-b", "i-c"])
        self.assertNotIn(secret, json.dumps(results))


class Denied(InfoCase):
    def accounts(self):
        reads = {"baidu": ["DescribeInstance", "DescribeInstances", "ListInstances"]}
        return [{**account, "denied": reads.get(account["cloud"], ["DescribeInstances"])}
                for account in super().accounts()]

    def test_lists(self):
        """Keys that may not list are never told that there is nothing."""
        clouds = list(PLACE)
        results = self.run_modules(*((find(cloud), {}) for cloud in clouds))
        for cloud, result in zip(clouds, results):
            with self.subTest(cloud=cloud):
                self.assertTrue(result["failed"])
                self.assertNotIn("instances", result)
                self.assertTrue(result["msg"].startswith(
                    f"{cloud}/{PLACE[cloud]}: permission_denied: "), result["msg"])
                self.assertIn(LIST_ACTION[cloud], result["msg"])
                self.assertIn("(code ", result["msg"])

    def test_reads(self):
        result = self.run_module(read("alibaba", "i-a", "i-b"))
        self.assertTrue(result["failed"])
        self.assertTrue(result["msg"].startswith("2 read: 2 unknown; i-a, i-b: "), result["msg"])
        self.assertIn("(permission_denied, code Forbidden", result["msg"])
        self.assertEqual([i["status"] for i in result["instances"]], ["unknown"] * 2)


class Reads(InfoCase):
    def test_status_of_named_instances(self):
        done, empty = self.run_modules((read("volcengine", "i-b", "i-gone", "i-a", "i-b"), {}),
                                       (read("volcengine"), {}))
        self.assertFalse(done["failed"])
        self.assertEqual(done["msg"], "3 read: 1 running, 1 stopped, 1 absent")
        self.assertEqual([(i["target"], i["status"], i["reason"]) for i in done["instances"]], [
            ("volcengine/cn-beijing/i-b", "running", "ok"),
            ("volcengine/cn-beijing/i-gone", "absent", "not_found"),
            ("volcengine/cn-beijing/i-a", "stopped", "ok")])
        self.assertEqual((empty["msg"], empty["instances"]), ("0 read", []))

    def test_unreachable(self):
        lost, late = self.run_modules(
            (read("volcengine", "i-a", endpoint="http://127.0.0.1:1", wait_timeout=2), {}),
            ({**find("volcengine"), "endpoint": "http://127.0.0.1:1", "wait_timeout": "2s"}, {}))
        for result in (lost, late):
            self.assertTrue(result["failed"])
            self.assertRegex(result["msg"], "unavailable|timed_out")
        self.assertEqual(lost["instances"][0]["status"], "unknown")
        self.assertNotIn("instances", late)

    def test_arguments(self):
        """Invalid arguments: each is one message, and no request is sent."""
        rows = [
            ({"cloud": "alibaba"}, "missing required argument: region"),
            (read("alibaba", "i-1", filters={"limit": 1}),
             "parameters are mutually exclusive: instance_ids, filters"),
            (read("alibaba", "x"), "instance_ids[0]: "),
            (find("alibaba", status=["Stopped"]),
             'filters.status: "Stopped" is not a status to look for'),
            (find("alibaba", tags=["a"]), "filters.tags: expected a dictionary of texts"),
            (find("alibaba", limit=0), "filters.limit: expected a whole number from 1 to 100000"),
            (find("alibaba", name="x" * 257), "filters.name: expected at most 256 bytes, got 257"),
            (find("alibaba", ids=["i-1"]), 'unsupported parameter "filters.ids"; supported'),
            ({"cloud": "gcp", "region": "r"},
             'cloud: there is no provider for cloud "gcp"; known: alibaba, baidu, volcengine'),
            ({**find("alibaba"), "preflight": True}, 'unsupported parameter "preflight"'),
        ]
        results = self.run_modules(*((arguments, {}) for arguments, _ in rows))
        for (_, message), result in zip(rows, results):
            self.assertTrue(result["failed"])
            self.assertIn(message, result["msg"])
        self.assertEqual(self.emulator.control.ledger()["requests"], [])

    def test_secrets_are_masked(self):
        key, secret = harness.KEYS["alibaba"]
        task = {INFO: {**find("alibaba", status=["running"], tags={"env": "ci"}),
                       "access_key": key, "secret_key": secret}}
        results, _ = self.play([task], "-vvv")
        shown = results[0]["invocation"]["module_args"]
        self.assertEqual(shown["secret_key"], "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
        self.assertEqual(shown["filters"], {"status": ["running"], "tags": {"env": "ci"}, "name": None,
                                            "zone": None, "group": None, "limit": None})
        self.assertNotIn(secret, json.dumps(results))


class Tools(InfoCase):
    def test_ansible_doc(self):
        shown = self.run_tool("ansible-doc", "--json", INFO, RUNNING)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        docs = json.loads(shown.stdout)
        doc, other = docs[INFO], docs[RUNNING]
        options = {name: set(one["doc"]["options"]) for name, one in docs.items()}
        self.assertEqual(options[INFO],
                         options[RUNNING] - {"instance_id", "preflight", "policy"} | {"filters"})
        self.assertEqual(set(doc["doc"]["options"]["filters"]["suboptions"]),
                         {"status", "tags", "name", "zone", "group", "limit"})
        self.assertEqual(doc["doc"]["options"]["profile"], other["doc"]["options"]["profile"])
        found, status = self.run_modules((find("alibaba"), {}), (read("alibaba", "i-a"), {}))
        self.assertEqual(set(doc["return"]["instances"]["contains"]),
                         {*found["instances"][0], *status["instances"][0]})

    def test_module_run_by_another_name(self):
        """The name of the file says which module it is."""
        files = os.path.join(playbook_test.COLLECTION, "files", f"linux_{os.uname().machine}")
        arguments = os.path.join(self.directory, "args")
        with open(arguments, "w", encoding="utf-8") as file:
            json.dump(find("alibaba", limit=1), file)
        copied = os.path.join(self.directory, "AnsiballZ_ensure_cloud_instance_info")
        shutil.copy(os.path.join(files, "ensure_cloud_instance_info"), copied)
        done = self.run_tool(copied, arguments)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(ids(json.loads(done.stdout)), ["i-a"])
        unknown = shutil.copy(copied, os.path.join(self.directory, "module"))
        for command in ([unknown, arguments], [copied]):
            done = self.run_tool(*command)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("ensure.cloud", done.stderr)


if __name__ == "__main__":
    needs.programs(("ansible-playbook", "apt-get install ansible-core"))
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

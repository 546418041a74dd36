#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Ansible module under the real ansible-playbook, against the emulator.

usage: playbook_test.py EMULATOR ANSIBLE_DIR      (ANSIBLE_DIR contains ansible_collections)
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

EMULATOR, COLLECTIONS = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "emulator")]
import harness  # pylint: disable=wrong-import-position
import needs  # pylint: disable=wrong-import-position
import schemas  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

MODULE = "ensure.cloud.instance_running"
COLLECTION = os.path.join(COLLECTIONS, "ansible_collections", "ensure", "cloud")


def alibaba(*ids, **more):
    return {"cloud": "alibaba", "region": "cn-hangzhou", "instance_ids": list(ids), **more}


def volcengine(one, **more):
    return {"cloud": "volcengine", "region": "cn-beijing", "instance_id": one, **more}


def actions(result):
    return {i["target"].rsplit("/", 1)[1]: (i["action"], i["reason"]) for i in result["instances"]}


class AnsibleCase(unittest.TestCase):
    MODULE = MODULE

    def accounts(self):
        return with_emulator.accounts()

    def world(self):
        with open(os.path.join(HERE, "world.json"), encoding="utf-8") as file:
            return json.load(file)["instances"]

    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        world = {"accounts": self.accounts(), "instances": self.world()}
        self.emulator = harness.Emulator(EMULATOR, "--boot-ms", "50", world=world,
                                         directory=self.directory)
        self.addCleanup(self.emulator.stop)
        self.environment = with_emulator.environment(self.emulator, self.directory)
        with open(os.path.join(self.directory, "ansible.cfg"), "w", encoding="utf-8"):
            pass  # empty, so that the machine's configuration is not used
        self.environment.update(
            ANSIBLE_COLLECTIONS_PATH=COLLECTIONS, ANSIBLE_LOCALHOST_WARNING="False",
            ANSIBLE_HOME=os.path.join(self.directory, ".ansible"), ANSIBLE_NOCOLOR="1",
            ANSIBLE_LOCAL_TEMP=os.path.join(self.directory, "local"),
            ANSIBLE_REMOTE_TEMP=os.path.join(self.directory, "remote"),
            ANSIBLE_ASYNC_DIR=os.path.join(self.directory, "async"),
            ANSIBLE_CONFIG=os.path.join(self.directory, "ansible.cfg"),
            ANSIBLE_DEVEL_WARNING="False", PYTHONDONTWRITEBYTECODE="1")

    def run_tool(self, *command, **environment):
        return subprocess.run(command, env={**self.environment, **environment}, cwd=self.directory,
                              capture_output=True, text=True, check=False)

    def play(self, tasks, *options, **play):
        """Runs tasks; returns the raw result of each module run, and the playbook's exit status."""
        book = [{"hosts": "localhost", "connection": "local", "gather_facts": False,
                 "vars": {"ansible_python_interpreter": sys.executable},
                 "tasks": tasks, **play}]
        path = os.path.join(self.directory, "play.yml")
        results = os.path.join(self.directory, "results")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(book, file)
        with open(results, "w", encoding="utf-8"):
            pass
        done = self.run_tool("ansible-playbook", "-i", "localhost,", *options, path,
                             ANSIBLE_CALLBACK_PLUGINS=os.path.join(HERE, "callback"),
                             ANSIBLE_STDOUT_CALLBACK="results", RESULTS_FILE=results)
        with open(results, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.assertTrue(lines, done.stdout + done.stderr)
        for line in lines:
            for result in (line["result"], *line["result"].get("results", ())):
                schemas.check_instances(result.get("instances", ()))
        return [line["result"] for line in lines], done.returncode

    def run_modules(self, *tasks):
        """Runs the module once per (arguments, task keywords), and goes on after failures."""
        results, _ = self.play([{self.MODULE: arguments, "ignore_errors": True, **keywords}
                                for arguments, keywords in tasks])
        self.assertEqual(len(results), len(tasks))
        return results

    def run_module(self, arguments, *options, **task):
        results, status = self.play([{self.MODULE: arguments, **task}], *options)
        self.assertEqual(status != 0, results[0]["failed"], results)
        return results[0]

    def starts(self):
        return self.emulator.control.ledger()["starts_total"]


CHECK = {"check_mode": True}


class Playbooks(AnsibleCase):
    def test_check_starts_nothing(self):
        """The whole playbook in check mode and with a diff."""
        checked = self.run_module(alibaba("i-on", "i-off-1", "i-off-2"), "--check", "--diff")
        self.assertTrue(checked["changed"])
        self.assertEqual(checked["msg"], "2 would be started, 1 already running")
        self.assertEqual(actions(checked), {"i-on": ("none", "already_running"),
                                            "i-off-1": ("start", "ok"), "i-off-2": ("start", "ok")})
        self.assertEqual([i["confidence"] for i in checked["instances"]],
                         ["observed", "validated", "validated"])
        self.assertEqual(checked["diff"], {
            "before_header": "alibaba/cn-hangzhou", "after_header": "alibaba/cn-hangzhou",
            "before": "i-on: running\ni-off-1: stopped\ni-off-2: stopped\n",
            "after": "i-on: running\ni-off-1: running\ni-off-2: running\n"})
        self.assertEqual(self.starts(), 0)

    def test_run_and_run_again(self):
        fleet = alibaba("i-on", "i-off-1", "i-off-2")
        done, again, checked = self.run_modules((fleet, {"diff": True}), (fleet, {"diff": True}),
                                                (fleet, CHECK))
        self.assertTrue(done["changed"])
        self.assertEqual(done["msg"], "2 started, 1 already running")
        self.assertEqual([i["status"] for i in done["instances"]], ["running"] * 3)
        self.assertEqual([i["started"] for i in done["instances"]], [False, True, True])
        self.assertEqual(done["diff"]["before"],
                         "i-on: running\ni-off-1: stopped\ni-off-2: stopped\n")
        self.assertEqual(done["diff"]["after"],
                         "i-on: running\ni-off-1: running\ni-off-2: running\n")
        self.assertFalse(again["changed"])
        self.assertEqual(again["msg"], "3 already running")
        self.assertEqual(again["diff"]["before"], again["diff"]["after"])
        self.assertFalse(checked["changed"])
        self.assertNotIn("diff", checked)
        self.assertEqual(self.starts(), 2)

    def test_refusals(self):
        checked, done = self.run_modules((alibaba("i-locked", "i-poor", "i-gone"), CHECK),
                                         (alibaba("i-poor"), {}))
        self.assertTrue(checked["failed"])
        self.assertFalse(checked["changed"])
        self.assertEqual(actions(checked), {
            "i-locked": ("refuse", "locked"), "i-poor": ("refuse", "insufficient_balance"),
            "i-gone": ("refuse", "not_found")})
        self.assertIn("3 refused; ", checked["msg"])
        self.assertIn("(insufficient_balance, code InsufficientBalance, request ", checked["msg"])
        for instance in checked["instances"]:
            self.assertIn(instance["advice"], checked["msg"])
        self.assertTrue(done["failed"])
        self.assertFalse(done["changed"])
        self.assertEqual(actions(done)["i-poor"][1], "insufficient_balance")
        self.assertEqual(self.starts(), 0)

    def test_mixed_fleet_starts_what_can_be_started(self):
        done = self.run_module(alibaba("i-on", "i-poor", "i-off-1", "i-off-1"))
        self.assertTrue(done["failed"])
        self.assertTrue(done["changed"])
        self.assertEqual([i["target"].rsplit("/", 1)[1] for i in done["instances"]],
                         ["i-on", "i-poor", "i-off-1"])
        self.assertTrue(done["msg"].startswith("1 refused, 1 started, 1 already running; i-poor: "),
                        done["msg"])
        self.assertEqual(self.emulator.control.ledger()["starts"],
                         {"alibaba/cn-hangzhou/i-off-1": 1})

    def test_unreachable_cloud_and_timeout_are_failures(self):
        lost, late = self.run_modules(
            (volcengine("i-off", endpoint="http://127.0.0.1:1", wait_timeout=2), {}),
            (alibaba("i-slow", wait_timeout=1), {}))
        self.assertTrue(lost["failed"])
        self.assertFalse(lost["changed"])
        self.assertEqual(lost["instances"][0]["status"], "unknown")
        self.assertIn(lost["instances"][0]["reason"], ("unavailable", "timed_out"))
        self.assertTrue(late["failed"])
        self.assertTrue(late["changed"])  # the start was accepted
        self.assertEqual(late["instances"][0]["reason"], "timed_out")
        self.assertIn("(timed_out", late["msg"])

    def test_loop_and_defaults(self):
        """Several clouds in a loop; keys for one of them from module_defaults, by group."""
        del self.environment["ALIBABA_CLOUD_ACCESS_KEY_ID"]
        del self.environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
        loop = [alibaba("i-off-1"),
                {"cloud": "baidu", "region": "bj", "instance_ids": ["i-off"]},
                {"cloud": "alibaba", "region": "cn-hangzhou", "instance_ids": ["i-on"]}]
        task = {MODULE: {"cloud": "{{ item.cloud }}", "region": "{{ item.region }}",
                         "instance_ids": "{{ item.instance_ids }}"}, "loop": loop}
        bare, status = self.play([task])
        self.assertNotEqual(status, 0)
        by_item = [r["changed"] for r in bare[0]["results"]]
        self.assertEqual(by_item, [False, True, False])
        self.assertEqual(actions(bare[0]["results"][0])["i-off-1"][1], "unauthenticated")

        key, secret = harness.KEYS["alibaba"]
        defaults = {"group/ensure.cloud.ensure": {"access_key": key, "secret_key": secret}}
        task["loop"] = [loop[0], loop[2]]
        done, status = self.play([task], module_defaults=defaults)
        self.assertEqual(status, 0, done)
        self.assertEqual([r["changed"] for r in done[0]["results"]], [True, False])
        self.assertNotIn(secret, json.dumps(done))

    def test_async(self):
        done, status = self.play([{MODULE: alibaba("i-off-1"), "async": 60, "poll": 1}])
        self.assertEqual(status, 0, done)
        self.assertTrue(done[-1]["changed"])
        self.assertEqual(done[-1]["instances"][0]["status"], "running")

    def test_keys_without_the_permission_to_start_are_a_warning(self):
        checked, quiet = self.run_modules((volcengine("i-reader"), CHECK),
                                          (volcengine("i-reader", preflight=False), CHECK))
        self.assertFalse(checked["failed"])
        self.assertTrue(checked["changed"])
        self.assertEqual(checked["instances"][0]["confidence"], "unverified")
        self.assertEqual(len(checked["warnings"]), 1)
        self.assertIn("(permission_denied", checked["warnings"][0])
        self.assertNotIn("warnings", quiet)
        self.assertEqual(quiet["instances"][0]["reason"], "ok")

    def test_invalid_log_level_is_a_warning(self):
        self.environment["ENSURE_LOG"] = "foo"
        result = self.run_module(alibaba("i-off"), "--check")
        self.assertIn('ENSURE_LOG: "foo" is none of error, warn, info, debug and trace, and is '
                      "ignored", result["warnings"])

    def test_profile_that_others_may_write_is_a_warning(self):
        key, secret = (self.environment.pop(name) for name in with_emulator.KEY_VARIABLES["alibaba"])
        path = os.path.join(self.directory, ".aliyun", "config.json")
        os.mkdir(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"current": "ci", "profiles": [{"name": "ci", "mode": "AK", "access_key_id": key,
                                                      "access_key_secret": secret}]}, file)
        os.chmod(path, 0o646)
        for options in (("--check",), ()):
            result = self.run_module(alibaba("i-off-1"), *options)
            self.assertTrue(result["changed"], result)
            self.assertEqual(result["warnings"], [
                f"{path}: other users may write the profile file (mode 0646): chmod o-rw corrects that"])

    def test_arguments(self):
        """Invalid arguments: each is one message, and no request is sent."""
        rows = [
            ({"cloud": "alibaba", "region": "r"},
             "one of the following is required: instance_id, instance_ids"),
            (alibaba("i-1", instance_id="i-2"),
             "parameters are mutually exclusive: instance_id, instance_ids"),
            (alibaba("i-1", state="running"), 'unsupported parameter "state"; supported'),
            (alibaba("i-1", wait_timeout="soon"), 'wait_timeout: "soon" is not a duration'),
            (alibaba("x"), "instance_ids[0]: "),
            ({"cloud": "gcp", "region": "r", "instance_id": "i-1"},
             'cloud: there is no provider for cloud "gcp"; known: alibaba, baidu, volcengine'),
            (alibaba("i-1", endpoint="https://user:hunter2@host"), "endpoint"),
        ]
        *results, empty = self.run_modules(*((arguments, {}) for arguments, _ in rows),
                                           (alibaba(), {}))
        for (_, message), result in zip(rows, results):
            self.assertTrue(result["failed"])
            self.assertFalse(result["changed"])
            self.assertIn(message, result["msg"])
            self.assertNotIn("hunter2", json.dumps(result))
        self.assertEqual(self.emulator.control.ledger()["requests"], [])
        self.assertFalse(empty["failed"])
        self.assertFalse(empty["changed"])
        self.assertEqual(empty["msg"], "no instances given")

    def test_secrets_are_masked(self):
        key, secret = harness.KEYS["alibaba"]
        task = {MODULE: alibaba("i-on", access_key=key, secret_key=secret)}
        results, _ = self.play([task], "-vvv")
        shown = results[0]["invocation"]["module_args"]
        self.assertEqual(shown["secret_key"], "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
        self.assertEqual(shown["access_key"], "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
        self.assertIsNone(shown["security_token"])
        self.assertIsNone(shown["wait_timeout"])
        self.assertTrue(shown["preflight"])
        self.assertNotIn(secret, json.dumps(results))


class Tools(AnsibleCase):
    def test_ansible_doc(self):
        shown = self.run_tool("ansible-doc", "--json", MODULE)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        doc = json.loads(shown.stdout)[MODULE]
        self.assertEqual(set(doc["doc"]["options"]), {
            "cloud", "region", "instance_id", "instance_ids", "wait_timeout", "access_key",
            "secret_key", "security_token", "endpoint", "profile", "preflight", "assume_role",
            "assume_role_with_oidc", "metadata_role", "policy"})
        self.assertIn("delegate_to: localhost", doc["examples"])
        self.assertEqual(set(doc["return"]), {"msg", "instances"})
        plan = self.run_module(alibaba("i-off-1"))["instances"][0]
        self.assertEqual(set(doc["return"]["instances"]["contains"]), set(plan))
        self.assertEqual(doc["doc"]["short_description"],
                         "Make sure that cloud instances are running")

    def test_galaxy_builds_and_installs_offline(self):
        built = self.run_tool("ansible-galaxy", "collection", "build", COLLECTION, "--output-path",
                              self.directory)
        self.assertEqual(built.returncode, 0, built.stderr)
        tarball = next(n for n in os.listdir(self.directory) if n.startswith("ensure-cloud-"))
        installed = os.path.join(self.directory, "installed")
        done = self.run_tool("ansible-galaxy", "collection", "install", tarball, "--offline", "-p",
                             installed)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.environment["ANSIBLE_COLLECTIONS_PATH"] = installed
        self.assertTrue(self.run_module(alibaba("i-off-1"))["changed"])

    def test_module_run_without_ansible(self):
        module = os.path.join(COLLECTION, "files", f"linux_{os.uname().machine}",
                              "ensure_cloud_instance_running")
        alone = self.run_tool(module)
        self.assertEqual(alone.returncode, 1)
        self.assertIn("Ansible", alone.stderr)
        # A file of arguments of the maximum size is read, a larger one is not.
        arguments = json.dumps({**alibaba("i-on"), "_ansible_check_mode": True})
        for size, expected in ((16 << 20, 0), ((16 << 20) + 1, 1)):
            path = os.path.join(self.directory, "args")
            with open(path, "w", encoding="utf-8") as file:
                file.write(arguments.ljust(size))
            self.assertEqual(self.run_tool(module, path).returncode, expected)
        missing = self.run_tool(module, "/nonexistent/args")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("/nonexistent/args", json.loads(missing.stdout)["msg"])


if __name__ == "__main__":
    needs.programs(("ansible-playbook", "apt-get install ansible-core"))
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

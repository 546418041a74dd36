# SPDX-License-Identifier: Apache-2.0
"""From validate to destroy: single instances, sets, imports and several accounts."""

import json
import shutil

from case import EXAMPLES, Case, account, instance, main, resource, resource_set

A = "ensure_instance_running.x"
S = "ensure_instances_running.x"


class Lifecycle(Case):
    def test_single(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        self.assertEqual(self.validate(), [])
        self.assertEqual(self.calls(), 0)

        change = self.planned()["resource_changes"][0]["change"]
        self.assertEqual(change["actions"], ["create"])
        self.assertEqual(change["after"], {
            "cloud": "volcengine", "region": "cn-beijing", "instance_id": "i-a", "timeouts": None,
            "id": "volcengine/cn-beijing/i-a", "status": "running"})
        self.assertEqual(sorted(change["after_unknown"]), ["provider_status", "start_request_id"])
        self.assertEqual((self.dry_runs(), self.starts), (1, {}))

        self.succeed("apply", "plan.bin")
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1})
        state = self.state()[A]
        self.assertEqual((state["status"], state["provider_status"]), ("running", "RUNNING"))
        start = [r for r in self.emulator.control.ledger()["requests"]
                 if r["action"] == "StartInstance" and not r["dry_run"]]
        self.assertEqual(len(start), 1)
        self.assertNotEqual(state["start_request_id"], "")

        self.reset_ledger()
        self.plan(code=0)
        self.assertEqual((self.dry_runs(), self.calls()), (0, 1)) # one read only
        self.plan("-refresh-only", code=0)
        self.plan("-refresh=false", code=0)
        self.assertEqual(self.calls(), 2)

        outcome = self.plan(f"-replace={A}", code=2)
        self.assertEqual(outcome.changes, {A: "replace"})
        self.apply(f"-replace={A}")
        self.assertEqual(self.starts, {})
        self.assertEqual(self.state()[A]["start_request_id"], "") # no start was needed

        self.reset_ledger()
        outcome = self.destroy()
        self.assertIn("leaves them running", outcome.warnings[0]["summary"])
        self.assertEqual(self.state(), {})
        self.assertEqual((self.starts, self.dry_runs()), ({}, 0))

    def test_already_running(self):
        for cloud, word in (("volcengine", "RUNNING"), ("alibaba", "Running"), ("baidu", "Running")):
            with self.subTest(cloud):
                self.start_world(instance(cloud, "i-a", word))
                self.configure(resource(cloud, "i-a"))
                self.apply()
                self.assertEqual((self.starts, self.dry_runs()), ({}, 0))
                self.assertEqual(self.state()[A]["provider_status"], word)
                self.assertEqual(self.state()[A]["start_request_id"], "")
                self.destroy()

    def test_set(self):
        names = [f"i-{n}" for n in range(5)]
        self.start_world(*(instance("alibaba", name) for name in names),
                         instance("alibaba", "i-on", "Running"))
        self.configure(resource_set("alibaba", names[:3] + ["i-on"]))
        change = self.planned()["resource_changes"][0]["change"]
        self.assertEqual(change["after"]["statuses"],
                         {name: "running" for name in names[:3] + ["i-on"]})
        self.assertRegex(change["after"]["id"], "^alibaba/cn-hangzhou/[0-9a-f]{16}$")
        self.succeed("apply", "plan.bin")
        self.assertEqual(self.starts, {f"alibaba/cn-hangzhou/{name}": 1 for name in names[:3]})
        first = self.state()[S]["id"]
        self.plan(code=0)
        self.plan("-refresh-only", code=0)

        # The set changes in place: added instances are started, removed ones leave the state.
        self.reset_ledger()
        self.configure(resource_set("alibaba", names[1:]))
        self.assertEqual(self.plan(code=2).changes, {S: "update"})
        self.apply()
        self.assertEqual(self.starts, {f"alibaba/cn-hangzhou/{name}": 1 for name in names[3:]})
        self.assertEqual(self.state()[S]["statuses"], {name: "running" for name in names[1:]})
        self.assertEqual(self.state()[S]["id"], first)
        self.plan(code=0)

        outcome = self.plan(f"-replace={S}", code=2)
        self.assertEqual(outcome.changes, {S: "replace"})
        self.apply(f"-replace={S}")
        self.assertNotEqual(self.state()[S]["id"], first)
        self.destroy()
        self.assertEqual(self.state(), {})

    def test_change_of_an_instance_replaces(self):
        self.start_world(instance("baidu", "i-a", "Running"), instance("baidu", "i-b"))
        self.configure(resource("baidu", "i-a"))
        self.apply()
        self.configure(resource("baidu", "i-b"))
        outcome = self.plan(code=2)
        self.assertEqual(outcome.changes, {A: "replace"})
        self.apply()
        self.assertEqual(self.state()[A]["id"], "baidu/bj/i-b")
        self.assertEqual(self.starts, {"baidu/bj/i-b": 1})

    def test_changed_timeouts_send_no_request(self):
        self.start_world(instance("baidu", "i-a", "Running"))
        self.configure(resource("baidu", "i-a"))
        self.apply()
        self.configure(resource("baidu", "i-a", more='  timeouts {\n    create = "1m"\n  }\n'))
        self.reset_ledger()
        outcome = self.apply("-refresh=false")
        self.assertEqual(outcome.changes, {A: "update"})
        self.assertEqual(self.calls(), 0)
        self.assertEqual(self.state()[A]["timeouts"], {"create": "1m", "update": None})
        self.plan(code=0)

    def test_region_comes_from_the_provider_block(self):
        self.start_world(instance("alibaba", "i-a", "Running"))
        bare = resource("alibaba", "i-a").replace('  region      = "cn-hangzhou"\n', "")
        self.configure(bare)
        outcome = self.plan(code=1)
        self.assertIn("no region", outcome.errors[0]["detail"])
        self.assertEqual(self.calls(), 0)
        self.configure(bare, provider='alibaba = { region = "cn-hangzhou" }')
        self.apply()
        self.assertEqual(self.state()[A]["id"], "alibaba/cn-hangzhou/i-a")
        self.plan(code=0)
        self.configure(bare, provider='alibaba = { region = "cn-shanghai" }\npreflight = "off"')
        self.assertEqual(self.plan(code=2).changes, {A: "replace"})

    def test_import(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"),
                         instance("alibaba", "i-b", "Running"), instance("alibaba", "i-c", "Running"))
        self.configure(resource("volcengine", "i-a"), resource_set("alibaba", ["i-b", "i-c"]))
        self.succeed("import", A, "volcengine/cn-beijing/i-a")
        self.succeed("import", S, "alibaba/cn-hangzhou/i-c,i-b")
        self.plan(code=0)
        self.assertEqual(self.state()[A]["id"], "volcengine/cn-beijing/i-a")
        self.assertEqual(self.state()[S]["statuses"], {"i-b": "running", "i-c": "running"})
        self.assertEqual(self.starts, {})

    def test_import_block_of_a_stopped_one(self):
        self.start_world(instance("baidu", "i-a"))
        self.configure(resource("baidu", "i-a"),
                       f'import {{\n  to = {A}\n  id = "baidu/bj/i-a"\n}}\n')
        document = self.planned()
        change = document["resource_changes"][0]["change"]
        self.assertEqual(change["actions"], ["update"])
        self.assertEqual((change["before"]["status"], change["after"]["status"]),
                         ("stopped", "running"))
        self.succeed("apply", "plan.bin")
        self.assertEqual(self.starts, {"baidu/bj/i-a": 1})
        self.plan(code=0)

    def test_invalid_import(self):
        self.start_world(instance("volcengine", "i-a", "RUNNING"))
        self.configure(resource("volcengine", "i-a"), resource_set("alibaba", ["i-b"]))
        for address, text, says in (
                (A, "i-a", "is malformed"),
                (A, "volcengine/cn-beijing", "is malformed"),
                (A, "aws/us-east-1/i-a", "aws"),
                (A, "volcengine/cn-beijing/i-a,i-b", "is malformed"),
                (A, "volcengine/cn-beijing/i-absent", "non-existent"),
                (S, "alibaba/cn-hangzhou/", "is malformed"),
                (S, "alibaba/cn-hangzhou/i-b,,i-c", "is malformed")):
            with self.subTest(text):
                outcome = self.terraform("import", "-no-color", address, text)
                self.assertEqual(outcome.code, 1)
                self.assertIn(says, " ".join(outcome.text.split()))
                self.assertEqual(self.state(), {})

    def test_accounts_by_alias(self):
        accounts = [account("alibaba"), account("volcengine"), account("baidu"),
                    {"cloud": "alibaba", "access_key": "LTAIlab", "secret_key": "lab-secret",
                     "security_token": "lab-token", "account": "lab"}]
        self.start_world(instance("alibaba", "i-main"),
                         instance("alibaba", "i-lab", account="lab"), accounts=accounts)
        lab = resource("alibaba", "i-lab", "lab", "  provider = ensure.lab\n")
        self.configure(
            resource("alibaba", "i-main", "main"), lab,
            'provider "ensure" {\n  alias = "lab"\n  alibaba = {\n    access_key = "LTAIlab"\n'
            '    secret_key = "lab-secret"\n    security_token = "lab-token"\n  }\n}\n')
        self.apply()
        self.assertEqual(self.starts,
                         {"alibaba/cn-hangzhou/i-lab": 1, "alibaba/cn-hangzhou/i-main": 1})
        keys = {(r["access_key"], tuple(r["ids"]))
                for r in self.emulator.control.ledger()["requests"]}
        self.assertEqual(keys, {("LTAIlab", ("i-lab",)), ("LTAItestAlibaba", ("i-main",))})
        self.plan(code=0)

        # The instance does not exist in the other account.
        self.configure(resource("alibaba", "i-main", "main"), resource("alibaba", "i-lab", "lab"),
                       'provider "ensure" {\n  alias = "lab"\n}\n')
        outcome = self.plan(code=1)
        self.assertIn("not_found", outcome.errors[0]["summary"])

    def test_data_source_reads(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure('data "ensure_instance" "a" {\n  cloud = "volcengine"\n'
                       '  region = "cn-beijing"\n  instance_id = each.value\n'
                       '  for_each = toset(["i-a", "i-none"])\n}\n'
                       'output "all" {\n  value = data.ensure_instance.a\n}\n')
        self.apply()
        values = json.loads(self.succeed("output", "-json", "all").stdout)
        self.assertEqual(values["i-a"], {"cloud": "volcengine", "region": "cn-beijing",
                                         "instance_id": "i-a", "status": "stopped",
                                         "provider_status": "STOPPED"})
        self.assertEqual(values["i-none"]["status"], "absent")
        self.assertEqual((self.dry_runs(), self.starts), (0, {}))


class Examples(Case):
    def use(self, name):
        shutil.copytree(EXAMPLES / name, self.work, dirs_exist_ok=True)

    def start_demonstration(self):
        demonstration = json.loads(
            (EXAMPLES.parents[1] / "tests/emulator/demo_world.json").read_text(encoding="utf-8"))
        self.start_world(*demonstration["instances"], accounts=demonstration["accounts"],
                         options=("--boot-ms", "100"))

    NEEDS = {"action.tf": "actions", "import-by-identity.tf": "identities",
             "move.tf": "moves across types"}

    def test_each_is_valid_and_formatted(self):
        for path in sorted(EXAMPLES.glob("**/*.tf")):
            text = path.read_text(encoding="utf-8")
            self.assertIn("required_providers", text, path)
            if path.name in self.NEEDS and not self.host.has(self.NEEDS[path.name]):
                continue
            with self.subTest(str(path.relative_to(EXAMPLES))):
                for old in self.work.glob("*"):
                    old.unlink()
                (self.work / "example.tf").write_text(text, encoding="utf-8")
                self.assertEqual(self.validate(), [])
                self.succeed("fmt", "-check", "example.tf")

    def test_terraform_test(self):
        self.start_demonstration()
        self.use("quickstart")
        outcome = self.succeed("test", "-no-color")
        self.assertIn("3 passed, 0 failed", outcome.stdout)
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-3tiefmkskq3vj0000001": 1})

    def test_fleet(self):
        self.start_demonstration()
        self.use("fleet")
        self.apply()
        values = json.loads(self.succeed("output", "-json", "statuses").stdout)
        self.assertEqual(len(values), 9)
        self.assertEqual(set(values.values()), {"running"})
        self.plan(code=0)

    def test_check_block(self):
        self.start_demonstration()
        self.use("check")
        outcome = self.plan(code=0)
        self.assertIn("Check block assertion failed", outcome.warnings[0]["summary"])
        for part in ("i-bp67acfmxazb4p0004: locked", "i-bp67acfmxazb4p0005: no_capacity"):
            self.assertIn(part, outcome.warnings[0]["detail"])
        self.assertEqual(self.starts, {})
        self.terraform("plan", '-var=standby=["i-bp67acfmxazb4p0001"]', "-detailed-exitcode")
        outcome = self.plan('-var=standby=["i-bp67acfmxazb4p0001"]', code=0)
        self.assertEqual(outcome.warnings, [])


if __name__ == "__main__":
    main()

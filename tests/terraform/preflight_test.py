# SPDX-License-Identifier: Apache-2.0
"""Preflight: refusals by the clouds as errors or warnings of a plan, on the right line, or not at
all."""

import json

from case import Case, account, instance, main, resource, resource_set

A = "ensure_instance_running.x"
S = "ensure_instances_running.x"

# cloud, flag or status of the instance, reason, the cloud's code
REFUSALS = (
    ("volcengine", {"flags": ["balance"]}, "insufficient_balance", "Insufficient.Balance"),
    ("volcengine", {"flags": ["stock"]}, "no_capacity", "Insufficient.InstanceCapacity"),
    ("volcengine", {"flags": ["creating_image"]}, "locked",
     "OperationDenied.InstanceIsCreatingImage"),
    ("volcengine", {"flags": ["other_service"]}, "permission_denied",
     "OperationDenied.ResourceCreatedByOtherService"),
    ("volcengine", {"flags": ["expired"]}, "expired", ""),
    ("volcengine", {"status": "ERROR"}, "wrong_state", ""),
    ("alibaba", {"flags": ["balance@both"]}, "insufficient_balance", "InsufficientBalance"),
    ("alibaba", {"flags": ["arrears@both"]}, "insufficient_balance", "Account.Arrearage"),
    ("alibaba", {"flags": ["stock@both"]}, "no_capacity", "OperationDenied.NoStock"),
    ("alibaba", {"flags": ["spot_price@both"]}, "spot_price",
     "OperationDenied.SpotPriceLowerThanPublicPrice"),
    ("alibaba", {"flags": ["kms_key_disabled@both"]}, "key_disabled",
     "InvalidParameter.KMSKeyId.CMKNotEnabled"),
    ("alibaba", {"flags": ["locked_security"]}, "locked", ""),
    ("alibaba", {"flags": ["locked_financial"]}, "insufficient_balance", ""),
    ("alibaba", {"flags": ["expired"]}, "expired", ""),
    ("baidu", {"status": "Expired"}, "expired", ""),
    ("baidu", {"status": "Error"}, "wrong_state", ""),
)


class Refusals(Case):
    """All refusals in one plan, with one resource each."""

    def setUp(self):
        super().setUp()
        self.start_world(*(instance(cloud, f"i-{n}", **members)
                           for n, (cloud, members, _, _) in enumerate(REFUSALS)))
        self.blocks = [resource(cloud, f"i-{n}", f"r{n}")
                       for n, (cloud, _, _, _) in enumerate(REFUSALS)]

    def check_all(self, found, *hints):
        by_address = {one["address"]: one for one in found}
        for number, (_, _, reason, code) in enumerate(REFUSALS):
            with self.subTest(REFUSALS[number]):
                one = by_address.pop(f"ensure_instance_running.r{number}")
                self.check_diagnostic(one, f'instance_id = "i-{number}"',
                                      f"i-{number} can't be started: {reason}", code, "equest id: ",
                                      *hints)
        self.assertEqual(by_address, {})

    def test_enforce(self):
        self.configure(*self.blocks)
        outcome = self.plan(code=1)
        self.check_all(outcome.errors, 'set preflight = "warn" or "off"',
                       "terraform destroy -refresh=false")
        self.assertEqual(outcome.warnings, [])
        self.assertEqual(self.starts, {})

    def test_warn(self):
        self.configure(*self.blocks, provider='preflight = "warn"')
        outcome = self.plan(code=2)
        self.check_all(outcome.warnings, 'the provider block has preflight = "warn"')
        for one in outcome.warnings:  # which hinders no destroy
            self.assertNotIn("set preflight", one["detail"])
            self.assertNotIn("terraform destroy", one["detail"])
        self.assertEqual(set(outcome.changes.values()), {"create"})
        self.assertEqual(self.starts, {})

    def test_off(self):
        self.configure(*self.blocks, provider='preflight = "off"')
        outcome = self.plan(code=2)
        self.assertEqual((outcome.warnings, outcome.errors), ([], []))
        self.assertEqual(self.calls(), 0)


class Preflight(Case):
    def test_an_instance_that_is_not_stopped_yet(self):
        """It is started later, which is neither "at once" nor "nothing to do"."""
        for status, does in (("STOPPING", "is stopping (STOPPING); it is started once it has"),
                             ("RESIZING", "is changing (RESIZING); it is started if it is")):
            with self.subTest(status):
                self.start_world(instance("volcengine", "i-a", status))
                self.configure(resource("volcengine", "i-a"))
                outcome = self.plan(code=2)
                self.assertEqual(outcome.errors, [])
                self.check_diagnostic(outcome.warnings[0], 'instance_id = "i-a"',
                                      "will be started once stopped, unverified: in_progress", does,
                                      "An apply waits for that and starts it then")
                self.assertNotIn("othing to do", outcome.warnings[0]["detail"])

    def test_missing_permission_is_unverified_at_plan_and_an_error_at_apply(self):
        for cloud, code in (("volcengine", "AccessDenied"), ("alibaba", "Forbidden.RAM")):
            with self.subTest(cloud):
                action = {"volcengine": "StartInstance", "alibaba": "StartInstances"}[cloud]
                accounts = [account(name, **({"denied": [action]} if name == cloud else {}))
                            for name in ("volcengine", "alibaba", "baidu")]
                self.start_world(instance(cloud, "i-a"), accounts=accounts)
                self.configure(resource(cloud, "i-a"))
                outcome = self.plan(code=2)
                self.assertEqual(outcome.errors, [])
                self.check_diagnostic(outcome.warnings[0], 'instance_id = "i-a"',
                                      "unverified: permission_denied", code)
                outcome = self.apply(code=1)
                self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"',
                                      "not running: permission_denied", code)
                self.assertEqual(self.state(), {})
                self.assertEqual(self.starts, {})

    def test_unanswered_dry_run_is_unverified(self):
        self.start_world(instance("volcengine", "i-a"))
        self.set_faults("error:500:InternalError,action=StartInstance,dry_run=yes")
        self.configure(resource("volcengine", "i-a"))
        outcome = self.plan(code=2)
        self.check_diagnostic(outcome.warnings[0], 'instance_id = "i-a"', "unverified: internal")

    def test_simulated_without_noise(self):
        self.start_world(instance("baidu", "i-a"))
        self.configure(resource("baidu", "i-a"))
        outcome = self.plan(code=2)
        self.assertEqual((outcome.errors, outcome.warnings), ([], []))

    def test_dry_run_not_honoured_is_an_error(self):
        self.start_world(instance("volcengine", "i-a"))
        self.set_faults("start-anyway,action=StartInstance,dry_run=yes")
        self.configure(resource("volcengine", "i-a"))
        outcome = self.plan(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"', "dry_run_not_honoured")

    def test_unknown_ids_are_planned_without_a_request(self):
        self.start_world(instance("volcengine", "i-a"), instance("volcengine", "i-b"),
                         instance("volcengine", "i-c"))
        self.configure(
            'resource "terraform_data" "made" {\n  input = "i-a"\n}\n',
            resource("volcengine", "replaced").replace('"replaced"', "terraform_data.made.output"),
            resource_set("volcengine", ["i-b"]).replace('"i-b"', '"i-b", terraform_data.made.output'))
        document = self.planned()
        after = {c["address"]: c["change"]["after_unknown"] for c in document["resource_changes"]}
        self.assertTrue(after[A]["id"])
        self.assertTrue(after[S]["statuses"])
        self.assertEqual(self.calls(), 0)
        self.succeed("apply", "plan.bin")
        self.assertEqual(self.state()[A]["id"], "volcengine/cn-beijing/i-a")
        self.assertEqual(self.state()[S]["statuses"], {"i-a": "running", "i-b": "running"})
        self.assertEqual(self.starts, {"volcengine/cn-beijing/i-a": 1,
                                       "volcengine/cn-beijing/i-b": 1})
        self.plan(code=0)

    def test_unknown_id_that_is_refused_at_apply(self):
        self.start_world(instance("volcengine", "i-a", flags=["stock"]))
        self.configure(
            'resource "terraform_data" "made" {\n  input = "i-a"\n}\n',
            resource("volcengine", "replaced").replace('"replaced"', "terraform_data.made.output"))
        self.assertEqual(self.plan(code=2).errors, [])
        outcome = self.apply(code=1)
        self.assertIn("no_capacity", outcome.errors[0]["summary"])
        self.assertNotIn(A, self.state())

    def test_unknown_provider_settings_send_no_request(self):
        self.start_world(instance("alibaba", "i-a"))
        key, secret = account("alibaba")["access_key"], account("alibaba")["secret_key"]
        self.configure(
            'resource "terraform_data" "secret" {\n  input = "' + secret + '"\n}\n',
            resource("alibaba", "i-a"),
            provider=f'alibaba = {{\n  access_key = "{key}"\n'
                     "  secret_key = terraform_data.secret.output\n}")
        self.plan(code=2)
        self.assertEqual(self.calls(), 0)
        self.apply()
        self.assertEqual(self.starts, {"alibaba/cn-hangzhou/i-a": 1})
        # The settings become unknown until the next apply: the state is kept.
        self.reset_ledger()
        outcome = self.plan("-replace=terraform_data.secret", code=2)
        self.assertEqual(outcome.changes, {"terraform_data.secret": "replace"})
        self.assertIn("Not refreshed", [one["summary"] for one in outcome.warnings])
        self.assertEqual(self.calls(), 0)

    def test_no_credentials_is_about_the_cloud(self):
        self.start_world(instance("baidu", "i-a"))
        self.configure(resource("baidu", "i-a"))
        for variable in ("BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY"):
            del self.environment[variable]
        outcome = self.plan(code=1)
        self.check_diagnostic(outcome.errors[0], 'cloud       = "baidu"', "unauthenticated",
                              "BCE_ACCESS_KEY_ID")

    def test_unreachable_cloud(self):
        self.start_world(instance("baidu", "i-a"))
        self.configure(resource("baidu", "i-a"))
        self.environment["ENSURE_BAIDU_ENDPOINT"] = "http://127.0.0.1:1"
        outcome = self.plan(code=1)
        self.check_diagnostic(outcome.errors[0], 'instance_id = "i-a"',
                              "could not be checked: unavailable")

    def test_set_has_one_diagnostic_per_reason(self):
        self.start_world(instance("alibaba", "i-ok"), instance("alibaba", "i-on", "Running"),
                         instance("alibaba", "i-s1", flags=["stock@both"]),
                         instance("alibaba", "i-s2", flags=["stock@both"]),
                         instance("alibaba", "i-l", flags=["locked_security"]))
        self.configure(resource_set("alibaba", ["i-ok", "i-on", "i-s1", "i-s2", "i-l", "i-gone"]))
        outcome = self.plan(code=1)
        said = {one["summary"]: one for one in outcome.errors}
        self.assertEqual(sorted(said), ["1 of 6 instances can't be started: locked",
                                        "1 of 6 instances can't be started: not_found",
                                        "2 of 6 instances can't be started: no_capacity"])
        self.check_diagnostic(said["2 of 6 instances can't be started: no_capacity"],
                              "instance_ids", "Instances: i-s1, i-s2.", "OperationDenied.NoStock")

    def test_data_source_plan_is_never_an_error(self):
        self.start_world(instance("volcengine", "i-a"), instance("volcengine", "i-b",
                                                                 flags=["balance"]))
        self.configure('data "ensure_plan" "p" {\n  cloud = "volcengine"\n  region = "cn-beijing"\n'
                       '  instance_ids = ["i-a", "i-b", "i-gone"]\n}\n'
                       'output "p" {\n  value = data.ensure_plan.p\n}\n', provider='preflight = "off"')
        outcome = self.apply()
        self.assertEqual((outcome.errors, outcome.warnings), ([], []))
        plan = json.loads(self.succeed("output", "-json", "p").stdout)
        self.assertFalse(plan["ok"])
        verdicts = [(i["target"], i["action"], i["confidence"], i["reason"], i["provider_code"],
                     i["http_status"]) for i in plan["instances"]]
        self.assertEqual(verdicts, [
            ("volcengine/cn-beijing/i-a", "start", "validated", "ok", "DryRunOperation", 412),
            ("volcengine/cn-beijing/i-b", "refuse", "validated", "insufficient_balance",
             "Insufficient.Balance", 400),
            ("volcengine/cn-beijing/i-gone", "refuse", "observed", "not_found", "", 200)])
        self.assertNotIn("client_token", plan["instances"][0])
        self.assertEqual(self.starts, {})


if __name__ == "__main__":
    main()

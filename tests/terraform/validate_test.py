# SPDX-License-Identifier: Apache-2.0
"""Errors of terraform validate, with their lines and without requests; and the schema in
Terraform's output."""

import json
import pathlib

from case import SOURCE, Case, instance, main, resource, resource_set

SNAPSHOT = pathlib.Path(__file__).with_name("schema.json")
# Of the sections that not every host shows.
FEATURE_OF_SECTION = {"action_schemas": "actions", "list_resource_schemas": "queries",
                      "resource_identity_schemas": "identities"}

# a line of the configuration, its invalid replacement, text of the diagnostic, the underlined code
WRONG = (
    ('cloud       = "alibaba"', 'cloud = "aws"', 'known: alibaba, baidu, volcengine', '"aws"'),
    ('cloud       = "alibaba"', 'cloud = "Alibaba Cloud"', "malformed", '"Alibaba Cloud"'),
    ('region      = "cn-hangzhou"', 'region = "CN Hangzhou"', "malformed", '"CN Hangzhou"'),
    ('region      = "cn-hangzhou"', 'region = ""', "malformed", '""'),
    ('cloud       = "alibaba"', "cloud = null", "required", "cloud = null"),
    ('instance_id = "i-a"', "instance_id = null", "required", "instance_id = null"),
    ('instance_id = "i-a"', 'instance_id = "i-a"\n  status = "running"', "can't be set",
     'status = "running"'),
    ('instance_id = "i-a"', 'instance_id = "my-server"', "malformed", '"my-server"'),
    ('instance_id = "i-a"', f'instance_id = "i-{"x" * 63}"', "malformed", "xxx"),
    ('instance_id = "i-a"', 'instance_id = "i-a"\n  timeouts {\n    create = "ten minutes"\n  }',
     "not a duration", '"ten minutes"'),
    ('instance_id = "i-a"', 'instance_id = "i-a"\n  timeouts {\n    update = "25h"\n  }',
     "not a duration", '"25h"'),
)
WRONG_SETS = (
    ("[]", "is empty", "[]"),
    ("null", "required", "null"),
    ('["i-a", null]', "null", "null"),
    ('["i-a", "b"]', "malformed", '"b"'),
    ('[for n in range(1001) : "i-${n}"]', "1001 elements", "range(1001)"),
)
WRONG_PROVIDERS = (
    ('preflight = "maybe"', '"enforce", "warn" or "off"', '"maybe"'),
    ('policy = {\n  max_starts = -1\n}', "Invalid policy.max_startsexpected a whole number from 0",
     "policy = {"),
    ('policy = {\n  max_starts = 1.5\n}', "expected a whole number", "policy = {"),
    ('policy = {\n  deny = ["alibaba"]\n}', '"alibaba" is not a pattern', "policy = {"),
    ('policy = {\n  min_confidence = "observed"\n}', "unverified, simulated or validated",
     "policy = {"),
    ('alibaba = {\n  endpoint = "ftp://x"\n}', "alibaba.endpoint", "alibaba = {"),
    ('alibaba = {\n  region = "Hangzhou"\n}', "malformed", "alibaba = {"),
    ('alibaba = {\n  access_key = "LTAI"\n}', "secret_key", "alibaba = {"),
    ('alibaba = {\n  security_token = "t"\n}', "access_key", "alibaba = {"),
    ('alibaba = {\n  assume_role = { session_name = "s" }\n}',
     "Invalid alibaba.assume_role.session_name", "alibaba = {"),
    ('alibaba = {\n  assume_role = { role = "r", duration_seconds = 899 }\n}',
     "Invalid alibaba.assume_role.duration_secondsexpected a whole number from 900 to 43200",
     "alibaba = {"),
    ('volcengine = {\n  assume_role_with_oidc = { role = "r", duration_seconds = 43201 }\n}',
     "Invalid volcengine.assume_role_with_oidc.duration_seconds", "volcengine = {"),
    ('baidu = {\n  assume_role = { role = "a/r", duration_seconds = 900.5 }\n}',
     "Invalid baidu.assume_role.duration_seconds", "baidu = {"),
    ('baidu = {\n  assume_role_with_oidc = { role = "a/r" }\n}',
     "Invalid baidu.assume_role_with_oidc", "baidu = {"),
    ('alibaba = {\n  assume_role_with_oidc = { token = "t", token_file = "f" }\n}',
     "Invalid alibaba.assume_role_with_oidc.token_file", "alibaba = {"),
    ('alibaba = {\n  assume_role_with_oidc = { token = "t" }\n  metadata_role = "m"\n}',
     "Invalid alibaba.metadata_role", "alibaba = {"),
    ('alibaba = {\n  access_key = "k"\n  secret_key = "s"\n  profile = "p"\n}',
     "Invalid alibaba.profile", "alibaba = {"),
)


class Validate(Case):
    def setUp(self):
        super().setUp()
        self.start_world(instance("alibaba", "i-a"))

    def check_one(self, says, code):
        found = self.validate()
        self.assertEqual(len(found), 1, found)
        self.assertEqual(found[0]["severity"], "error")
        self.assertIn(says, found[0]["summary"] + found[0]["detail"])
        self.assertIn(code, found[0]["snippet"]["code"])
        self.assertEqual(self.calls(), 0)

    def test_wrong_resources(self):
        good = resource("alibaba", "i-a")
        for line, wrong, says, code in WRONG:
            with self.subTest(wrong):
                self.assertIn(line, good)
                self.configure(good.replace(line, wrong))
                self.check_one(says, code)

    def test_wrong_sets(self):
        good = resource_set("alibaba", ["i-a"])
        for wrong, says, code in WRONG_SETS:
            with self.subTest(wrong):
                self.configure(good.replace('["i-a"]', wrong))
                self.check_one(says, code)

    def test_wrong_providers(self):
        for wrong, says, code in WRONG_PROVIDERS:
            with self.subTest(wrong):
                self.configure(resource("alibaba", "i-a"), provider=wrong)
                self.check_one(says, code)

    def test_wrong_data_sources(self):
        self.configure('data "ensure_plan" "p" {\n  cloud = "alibaba"\n  region = "x y"\n'
                       '  instance_ids = ["i-a"]\n}\n')
        self.check_one("malformed", '"x y"')

    def test_limits_hold(self):
        self.configure(resource("alibaba", f'i-{"x" * 62}'),
                       resource_set("alibaba", []).replace(
                           "[]", '[for n in range(1000) : "i-${n}"]'))
        self.assertEqual(self.validate(), [])

    def test_unknown_values_pass(self):
        self.configure('variable "any" {\n  type = string\n}\n'
                       'variable "role" {\n  type = object({ role = string, session_name = string,\n'
                       "    duration_seconds = number, policy = string, external_id = string })\n}\n"
                       'resource "ensure_instance_running" "x" {\n  cloud = var.any\n'
                       '  region = var.any\n  instance_id = var.any\n'
                       "  timeouts {\n    create = var.any\n  }\n}\n"
                       'resource "ensure_instances_running" "x" {\n  cloud = var.any\n'
                       "  instance_ids = [var.any]\n}\n",
                       provider="preflight = var.any\nbaidu = {\n  region = var.any\n  profile = "
                                "var.any\n  metadata_role = var.any\n}\nalibaba = {\n"
                                "  assume_role = { role = var.any, session_name = \"s\" }\n"
                                "  assume_role_with_oidc = { token = var.any, token_file = \"f\",\n"
                                "    duration_seconds = var.any }\n}\n"
                                "volcengine = {\n  assume_role = var.role\n}")
        self.assertEqual(self.validate(), [])

    def test_all_errors_are_reported_together(self):
        self.configure('resource "ensure_instance_running" "x" {\n  cloud = "aws"\n'
                       '  region = "A"\n  instance_id = "b"\n}\n')
        self.assertEqual(len(self.validate()), 3)


class Schema(Case):
    def test_snapshot(self):
        """An intended change of the schema is committed together with the new file. Older hosts show
        fewer sections."""
        self.configure()
        document = json.loads(self.succeed("providers", "schema", "-json").stdout)
        shown = document["provider_schemas"][SOURCE]
        wanted = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
        for section, feature in FEATURE_OF_SECTION.items():
            if not self.host.has(feature):
                del wanted[section]
        if shown != wanted:
            seen = pathlib.Path("schema.json.seen")
            seen.write_text(json.dumps(shown, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            print(f"see {seen.resolve()}")
        self.assertEqual(set(shown), set(wanted))
        for section, schemas in wanted.items():
            with self.subTest(section):
                self.assertEqual(shown[section], schemas)

    def test_secrets_are_sensitive(self):
        provider = json.loads(SNAPSHOT.read_text(encoding="utf-8"))["provider"]["block"]
        for cloud in ("volcengine", "alibaba", "baidu"):
            rows = provider["attributes"][cloud]["nested_type"]["attributes"]
            self.assertEqual({name for name, row in rows.items() if row.get("sensitive")},
                             {"access_key", "secret_key", "security_token"})
            oidc = rows["assume_role_with_oidc"]["nested_type"]["attributes"]
            self.assertEqual({name for name, row in oidc.items() if row.get("sensitive")},
                             {"token"})


if __name__ == "__main__":
    main()

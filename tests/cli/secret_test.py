# SPDX-License-Identifier: Apache-2.0
"""No secret in any output of the tool or its plugin, at any log level."""

import os

import tool
import with_emulator
from tool import CLOUDS, Case, one, target

SECRETS = {cloud: (f"KEYID{cloud}0123456789", f"sEcReT+{cloud}/0123456789==",
                   f"tOkEn-{cloud}-0123456789abcdef") for cloud in CLOUDS}
TOKEN_VARIABLE = {"volcengine": "VOLCENGINE_SESSION_TOKEN",
                  "alibaba": "ALIBABA_CLOUD_SECURITY_TOKEN", "baidu": "BCE_SECURITY_TOKEN"}


class Secret(Case):
    def setUp(self):
        super().setUp()
        accounts = [{"cloud": cloud, "access_key": key, "secret_key": secret,
                     "security_token": token} for cloud, (key, secret, token) in SECRETS.items()]
        instances = [one(cloud, name, flags=flags) for cloud in CLOUDS
                     for name, flags in (("i-a", []), ("i-b", ["internal*2"]))]
        self.world(*instances, accounts=accounts)
        for cloud, (key, secret, token) in SECRETS.items():
            names = with_emulator.KEY_VARIABLES[cloud]
            self.environment.update({names[0]: key, names[1]: secret, TOKEN_VARIABLE[cloud]: token})
        self.environment.update(ENSURE_LOG="trace", ENSURE_AUDIT_LOG=self.path("audit.log"))
        self.targets = [target(cloud, name) for cloud in CLOUDS for name in ("i-a", "i-b")]
        self.seen = {}

    def keep(self, name, run):
        self.seen[name + " stdout"], self.seen[name + " stderr"] = run.out, run.err
        return run

    def assert_no_secret(self):
        for folder, _, files in os.walk(self.directory):
            for name in files:
                if not name.startswith("world-"):  # the emulator's configuration
                    self.seen[name] = self.read(os.path.join(folder, name))
        for where, text in self.seen.items():
            for key, secret, token in SECRETS.values():
                for word in (secret, token, key):
                    self.assertFalse(word in text, f"{word} is in {where}")

    def test_successful_runs(self):
        run = self.keep("plan", self.json("plan", *self.targets, "--out", "plan.json"))
        self.assertEqual(run.code, 0, run.err)
        for form in ("table", "markdown"):
            self.keep(form, self.ensure("status", "--format", form, *self.targets))
        self.keep("providers", self.ensure("providers"))
        run = self.keep("apply", self.json("apply", "plan.json"))
        self.assertEqual(run.code, 0, run.err)
        run = self.keep("doctor", self.json("doctor"))
        self.assertEqual(run.code, 0, run.err)
        self.keep("doctor table", self.ensure("doctor"))
        self.assertIn("debug", self.seen["plan stderr"])  # debug messages are written
        self.assertIn("request_id", self.read("audit.log"))
        self.assert_no_secret()

    def test_refusals(self):
        for number, cloud in enumerate(CLOUDS):
            key, secret, token = SECRETS[cloud]
            names = (*with_emulator.KEY_VARIABLES[cloud], TOKEN_VARIABLE[cloud])
            values = [(key, secret + "x", token), (key + "x", secret, token),
                      (key, secret, token + "x")][number]
            self.environment.update(zip(names, values))
        run = self.keep("plan", self.json("plan", *self.targets))
        self.assertEqual({i["reason"] for i in run.document["instances"]}, {"unauthenticated"})
        self.keep("apply", self.ensure("apply", "--yes", *self.targets))
        run = self.keep("doctor", self.json("doctor"))
        self.assertEqual({c["reason"] for c in run.document["clouds"]}, {"unauthenticated"})
        self.assert_no_secret()

    def test_network_failures(self):
        self.emulator.control.call("PUT", "/faults", ["garbage,cloud=alibaba", "cut,cloud=baidu",
                                                      "html,cloud=volcengine"])
        self.keep("plan", self.json("plan", "--timeout", "3s", *self.targets))
        self.keep("doctor", self.json("doctor"))
        self.assert_no_secret()

    def test_invalid_configuration(self):
        del self.environment[with_emulator.KEY_VARIABLES["baidu"][0]]  # a secret without its key
        self.environment["ENSURE_ALIBABA_ENDPOINT"] = "ftp://127.0.0.1"
        self.keep("plan", self.json("plan", *self.targets))
        self.keep("doctor", self.json("doctor"))
        self.assert_no_secret()


if __name__ == "__main__":
    tool.main()

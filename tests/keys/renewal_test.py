# SPDX-License-Identifier: Apache-2.0
"""An apply that outlives its keys several times over, through the host tool and Terraform: it ends well,
starts each instance once, with the client token of the plan, and no secret of any of the keys is seen. And
ephemeral values of Terraform as an identity token.

usage: renewal_test.py cli|terraform BIN_DIRECTORY ANSIBLE_DIRECTORY [unittest argument]...
"""

import json
import os
import sys
import unittest
import zipfile

FRONT_END, PROGRAMS, COLLECTIONS = sys.argv[1:4]
del sys.argv[1:4]

# pylint: disable=wrong-import-position
from ground import Ground  # noqa: E402
import front_ends  # noqa: E402
import sources  # noqa: E402
from sources import ALIBABA, BAIDU, TARGET, VOLCENGINE, Row  # noqa: E402

STOPPED = {VOLCENGINE: "STOPPED", ALIBABA: "Stopped", BAIDU: "Stopped"}
INSTANCES = [dict(zip(("cloud", "region", "id", "status"), (*TARGET[cloud].split("/"), word)))
             for cloud, word in STOPPED.items()]
OPTIONS = ("--keys-live-ms", "2000", "--boot-ms", "10000")
LOGINS_MIN = 3  # of each cloud, in ten seconds

BY_ENVIRONMENT = [
    Row(ALIBABA, "", "", sources.ALIBABA_OIDC, sources.ALIBABA_TOKEN),
    Row(VOLCENGINE, "", "", sources.VOLCENGINE_OIDC, sources.VOLCENGINE_TOKEN),
    Row(BAIDU, "", "", {**sources.BAIDU_KEYS, "ENSURE_BAIDU_ROLE": sources.BAIDU_DEPLOY}),
]
BY_SETTINGS = [
    Row(ALIBABA, "", "", {}, sources.ALIBABA_TOKEN, block={"assume_role_with_oidc": {
        "role": sources.CI, "provider": sources.ISSUER, "token_file": "{HOME}/alibaba-token"}}),
    Row(VOLCENGINE, "", "", sources.VOLCENGINE_KEYS,
        block={"assume_role": {"role": sources.VOLCENGINE_DEPLOY}}),
    Row(BAIDU, "", "", block={"metadata_role": "machine"}),
]


class Renewal(unittest.TestCase):
    def setUp(self):
        self.ground = self.enterContext(Ground(PROGRAMS, COLLECTIONS, *OPTIONS, instances=INSTANCES))

    def check(self, output):
        """Returns the client tokens of the real starts."""
        ledger = self.ground.emulator.control.ledger()
        self.assertEqual(ledger["starts"], dict.fromkeys(TARGET.values(), 1), output)
        self.assertEqual(ledger["violations"], [])
        for cloud in TARGET:
            logins = [one for one in ledger["requests"] if one["cloud"] == cloud and
                      one["action"] in ("AssumeRole", "AssumeRoleWithOIDC", "GetCredentials")]
            self.assertGreaterEqual(len(logins), LOGINS_MIN, cloud)
        self.assertEqual(self.ground.leaks(output), [])
        return [one["client_token"] for one in ledger["requests"] if one.get("client_token")]

    @unittest.skipUnless(FRONT_END == "cli", "of the host tool")
    def test_cli(self):
        tool = front_ends.Cli(self.ground)
        environment = self.ground.environment(BY_ENVIRONMENT)
        ensure = os.path.join(tool.ground.programs, "ensure")
        planned = tool.run([ensure, "plan", "--format", "json", "--out", "p", *TARGET.values()],
                           environment)
        self.assertEqual(planned.returncode, 0, tool.output)
        said = tool.output
        done = tool.run([ensure, "apply", "--format", "json", "p"], environment)
        self.assertEqual(done.returncode, 0, tool.output)
        sent = self.check(said + tool.output)
        tokens = [{one["target"]: one["client_token"] for one in json.loads(run.stdout)["instances"]}
                  for run in (planned, done)]
        self.assertEqual(*tokens)
        self.assertEqual(sent, [tokens[0][TARGET[VOLCENGINE]]])  # the others have no such tokens

    @unittest.skipUnless(FRONT_END == "terraform", "of Terraform")
    def test_terraform(self):
        tool = front_ends.Terraform(self.ground)
        environment = self.ground.environment(BY_SETTINGS)
        tool.configure(tool.settings(BY_SETTINGS),
                       *(tool.block('resource "ensure_instance_running"', cloud) for cloud in TARGET))
        done = tool.terraform(environment, "apply", "-auto-approve", "-no-color")
        self.assertEqual(done.returncode, 0, tool.output)
        self.assertEqual(len(self.check(tool.output)), 1)


class Ephemeral(unittest.TestCase):
    @unittest.skipUnless(FRONT_END == "terraform", "of Terraform")
    def test_identity_token(self):
        """It is in no file: each command needs it again."""
        ground = self.enterContext(Ground(PROGRAMS, COLLECTIONS, "--boot-ms", "50", instances=INSTANCES))
        tool = front_ends.Terraform(ground)
        if not tool.host.has("ephemeral values"):
            self.skipTest(f"{tool.host.name} has no ephemeral values")
        environment = ground.environment([])
        tool.configure(
            f'alibaba = {{\n  assume_role_with_oidc = {{\n    role = "{sources.CI}"\n'
            f'    provider = "{sources.ISSUER}"\n    token = var.token\n  }}\n}}',
            'variable "token" {\n  type      = string\n  ephemeral = true\n}\n',
            tool.block('resource "ensure_instance_running"', ALIBABA))
        token = {"TF_VAR_token": sources.TOKEN[ALIBABA]}
        said = ""
        for arguments in (("plan", "-out=p"), ("show", "-json", "p"), ("apply", "p"),
                          ("plan", "-detailed-exitcode")):
            done = tool.terraform({**environment, **({} if arguments[0] == "show" else token)},
                                  *arguments)
            self.assertEqual(done.returncode, 0, f"{arguments}: {tool.output}")
            said += tool.output
        self.assertEqual(ground.emulator.control.ledger()["starts"], {TARGET[ALIBABA]: 1})
        with zipfile.ZipFile(os.path.join(ground.home, "p")) as archive:
            said += "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
        self.assertEqual(ground.leaks(said), [])
        other = tool.terraform({**environment, "TF_VAR_token": sources.REFUSED_TOKEN}, "plan",
                               "-no-color")
        self.assertEqual(other.returncode, 1)
        self.assertIn("OIDC token of the settings, role", " ".join(other.stderr.split()))
        self.assertEqual(ground.leaks(tool.output), [])


if __name__ == "__main__":
    if FRONT_END == "terraform":
        front_ends.require_host()
    unittest.main(verbosity=1)

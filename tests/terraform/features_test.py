# SPDX-License-Identifier: Apache-2.0
"""What hosts let users do with a provider besides plan and apply: removed blocks, generated
configuration, ephemeral keys, tests, and a mirror with a lock file."""

import os
import re
import shutil
import subprocess
import zipfile

from case import BIN, SOURCE, Case, account, files_of, instance, main, resource

A = "ensure_instance_running.x"
UP = "volcengine/cn-beijing/i-a"


class Removed(Case):
    needs = "removed blocks"

    def remove(self, destroy):
        self.configure(f"removed {{\n  from = {A}\n  lifecycle {{\n    destroy = {destroy}\n  }}\n}}\n")

    def test_forgotten_and_destroyed(self):
        for destroy, actions in (("false", ["forget"]), ("true", ["delete"])):
            with self.subTest(destroy):
                self.start_world(instance("volcengine", "i-a", "RUNNING"))
                self.configure(resource("volcengine", "i-a"))
                self.apply()
                self.remove(destroy)
                changes = self.planned()["resource_changes"]
                self.assertEqual([one["change"]["actions"] for one in changes], [actions])
                self.succeed("apply", "plan.bin")
                self.assertEqual((self.state(), self.starts), ({}, {}))
                self.assertEqual({one["action"] for one in self.emulator.control.ledger()["requests"]},
                                 {"DescribeInstances"})


class GeneratedConfiguration(Case):
    def test_from_import_blocks(self):
        """It holds what a user sets, and a plan of it changes nothing."""
        self.start_world(instance("volcengine", "i-a", "RUNNING"), instance("baidu", "i-b", "Running"))
        blocks = ((A, UP), ("ensure_instances_running.y", "baidu/bj/i-b"))
        self.configure(*(f'import {{\n  provider = ensure\n  to       = {to}\n  id       = "{name}"\n}}\n'
                         for to, name in blocks))
        self.plan("-generate-config-out=made.tf", "-out=plan.bin", code=2)
        made = (self.work / "made.tf").read_text(encoding="utf-8")
        made = re.sub(r" += ", " = ", re.sub(r"#.*", "", made))
        self.assertEqual({block.strip() for block in made.split("\nresource ")[1:]}, {
            '"ensure_instance_running" "x" {\n  cloud = "volcengine"\n  instance_id = "i-a"\n'
            '  region = "cn-beijing"\n}',
            '"ensure_instances_running" "y" {\n  cloud = "baidu"\n  instance_ids = ["i-b"]\n'
            '  region = "bj"\n}'})
        self.succeed("apply", "plan.bin")
        self.configure()
        self.plan(code=0)
        self.assertEqual((len(self.state()), self.starts, self.dry_runs()), (2, {}, 0))


class EphemeralKeys(Case):
    needs = "ephemeral values"

    def test_keys_are_in_no_file(self):
        """Each command needs the key again; plan file and state have none."""
        self.start_world(instance("alibaba", "i-a"))
        one = account("alibaba")
        for variable in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"):
            del self.environment[variable]
        self.configure(resource("alibaba", "i-a"),
                       'variable "secret" {\n  type      = string\n  ephemeral = true\n}\n',
                       provider=f'alibaba = {{\n  access_key = "{one["access_key"]}"\n'
                                "  secret_key = var.secret\n}")
        key = {"TF_VAR_secret": one["secret_key"]}
        self.succeed("plan", "-out=plan.bin", environment=key)
        self.assertEqual(self.dry_runs(), 1)
        said = self.succeed("show", "-json", "plan.bin").stdout
        outcome = self.terraform("apply", "-no-color", "plan.bin")
        self.assertEqual((outcome.code, self.starts), (1, {}), outcome.text)
        said += self.succeed("apply", "plan.bin", environment=key).text
        self.assertEqual(self.starts, {"alibaba/cn-hangzhou/i-a": 1})
        self.succeed("plan", "-detailed-exitcode", environment=key)
        said += (self.work / "terraform.tfstate").read_text(encoding="utf-8")
        said += files_of(self.work / "plan.bin")
        self.assertNotIn(one["secret_key"], said)


class TestCommand(Case):
    def run_test(self, text, code=0):
        (self.work / "x.tftest.hcl").write_text(text, encoding="utf-8")
        return self.succeed("test", "-no-color", code=code)


class Tests(TestCommand):
    """The host's own test command. The examples have a test that passes."""

    def test_refused_plan_fails(self):
        """expect_failures does not expect it: that is for conditions, not for diagnostics of
        providers."""
        self.start_world(instance("volcengine", "i-a", flags=["balance"]))
        self.configure(resource("volcengine", "i-a"))
        outcome = self.run_test(f'run "refused" {{\n  command = plan\n  expect_failures = [{A}]\n}}\n',
                                code=1)
        self.assertIn("insufficient_balance", outcome.text)
        self.assertEqual(self.starts, {})


class Mocks(TestCommand):
    needs = "mock providers"

    def test_mocked_provider_asks_no_cloud(self):
        self.start_world(instance("volcengine", "i-a"))
        self.configure(resource("volcengine", "i-a"))
        self.run_test('mock_provider "ensure" {\n  mock_resource "ensure_instance_running" {\n'
                      '    defaults = {\n      status = "running"\n    }\n  }\n}\n'
                      f'run "mocked" {{\n  assert {{\n    condition     = {A}.status == "running"\n'
                      '    error_message = "The mock says so."\n  }\n}\n')
        self.assertEqual(self.calls(), 0)


class Mirror(Case):
    """A filesystem mirror with the provider as a zip file, and the lock file for it."""

    def setUp(self):
        super().setUp()
        self.start_world(instance("volcengine", "i-a"))
        self.version = subprocess.run([BIN / "ensure", "version"], capture_output=True, text=True,
                                      check=True).stdout.split()[1]
        self.lock = self.work / ".terraform.lock.hcl"
        self.mirror = self.directory / "mirror"
        self.zip = (self.mirror / SOURCE /
                    f"terraform-provider-ensure_{self.version}_linux_amd64.zip")
        self.zip.parent.mkdir(parents=True)
        self.pack()
        rc = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{self.mirror}"\n  }}\n}}\n'
        (self.directory / "terraform.rc").write_text(rc, encoding="utf-8")

    def pack(self, more=()):
        """Makes the zip file, with more files."""
        with zipfile.ZipFile(self.zip, "w", zipfile.ZIP_STORED) as package:
            package.write(BIN / "terraform-provider-ensure",
                          f"terraform-provider-ensure_v{self.version}")
            for file in sorted((BIN / "providers").glob("*.so")):
                package.write(file, f"providers/{file.name}")
            for name in more:
                package.writestr(name, "")

    def test_lock_file(self):
        self.configure(resource("volcengine", "i-a"))
        self.succeed("init")
        first = self.lock.read_text(encoding="utf-8")
        self.assertIn(f'provider "{SOURCE}"', first)
        self.assertIn(f'version = "{self.version}"', first)
        self.assertIn('"h1:', first)
        self.plan(code=2)
        self.apply()
        self.assertEqual(self.starts, {UP: 1})
        self.plan(code=0)

        # The lock file holds: the same package is accepted, another of the same version is not.
        self.succeed("init", "-lockfile=readonly")
        self.pack(more=["another"])
        shutil.rmtree(self.work / ".terraform")
        outcome = self.terraform("init", "-no-color")
        self.assertEqual(outcome.code, 1, outcome.text)
        self.assertIn("checksums", " ".join(outcome.text.split()))
        self.assertEqual(self.lock.read_text(encoding="utf-8"), first)
        self.lock.unlink()
        self.succeed("init")
        self.assertNotEqual(self.lock.read_text(encoding="utf-8"), first)
        self.plan(code=0)

    def test_lock_before_init(self):
        """As for a platform that is not one's own: providers lock, then init adds nothing."""
        self.configure(resource("volcengine", "i-a"))
        self.succeed("providers", "lock", f"-fs-mirror={self.mirror}", "-platform=linux_amd64")
        locked = self.lock.read_text(encoding="utf-8")
        self.assertIn('"h1:', locked)
        self.succeed("init", "-lockfile=readonly")
        self.assertEqual(self.lock.read_text(encoding="utf-8"), locked)
        self.plan(code=2)

    def test_constraint_that_no_version_meets(self):
        text = resource("volcengine", "i-a")
        self.configure(text)
        path = self.work / "main.tf"
        path.write_text(path.read_text(encoding="utf-8").replace(
            f'source = "{SOURCE}"', f'source = "{SOURCE}", version = "> {self.version}"'),
            encoding="utf-8")
        outcome = self.terraform("init", "-no-color")
        self.assertEqual(outcome.code, 1, outcome.text)
        self.assertFalse(os.path.exists(self.lock))


if __name__ == "__main__":
    main()

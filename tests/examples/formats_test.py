# SPDX-License-Identifier: Apache-2.0
"""Every file of examples/ci has the format that its system reads, as a checker of that format says.

usage: formats_test.py SOURCE_DIR BIN_DIR
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE, BIN = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
# pylint: disable=wrong-import-position
import checkers  # noqa: E402
import needs  # noqa: E402
import surroundings  # noqa: E402
import terraform_host  # noqa: E402

CI = os.path.join(SOURCE, "examples", "ci")
YAML_RULES = ("{extends: default, rules: {line-length: {max: 120}, "
              "truthy: {check-keys: false}}}")  # "on" is a key of GitHub's
KUBERNETES = "1.37"

# The checker of each YAML file, with a change that it must refuse.
YAML = {
    "github-actions.yml": (("check_jsonschema", "--builtin-schema", "vendor.github-workflows"),
                           "runs-on:", "run-on:"),
    "gitlab-ci.yml": (("check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"),
                      "- if:", "- unless:"),
    "kubernetes.yml": (("kubernetes_validate", "--strict", "-k", KUBERNETES),
                       "serviceAccountName:", "serviceAccount_Name:"),
}
SHELL = ("instance-role.sh", "hcp-terraform/hooks/terraform-pre-plan",
         "hcp-terraform/hooks/terraform-pre-apply")
OTHERS = ("README.md", "hcp-terraform/main.tf", "hcp-terraform/workspace.env")


def read(name):
    with open(os.path.join(CI, name), encoding="utf-8") as file:
        return file.read()


class Formats(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ensure-formats-")
        self.addCleanup(shutil.rmtree, self.directory)

    def test_every_file_has_a_checker(self):
        found = {os.path.relpath(os.path.join(path, name), CI)
                 for path, _, names in os.walk(CI) for name in names}
        self.assertEqual(found, {*YAML, *SHELL, *OTHERS})

    def test_yaml_style(self):
        for name in YAML:
            status, said = checkers.check(self, "yamllint", "--strict", "-d", YAML_RULES,
                                          os.path.join(CI, name))
            self.assertEqual(status, 0, said)

    def test_yaml_schemas(self):
        for name, (checker, word, wrong) in YAML.items():
            with self.subTest(name):
                status, said = checkers.check(self, *checker, os.path.join(CI, name))
                self.assertEqual(status, 0, said)
                changed = os.path.join(self.directory, name)
                self.assertIn(word, read(name))
                with open(changed, "w", encoding="utf-8") as file:
                    file.write(read(name).replace(word, wrong))
                status, said = checkers.check(self, *checker, changed)
                self.assertNotEqual(status, 0, said)

    def test_shell(self):
        shellcheck = needs.program(self, "shellcheck", "apt-get install shellcheck")
        for name in SHELL:
            path = os.path.join(CI, name)
            self.assertTrue(os.access(path, os.X_OK), name)
            done = subprocess.run([shellcheck, path], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_variables(self):
        """What a workspace has: NAME=VALUE and comments."""
        for line in read("hcp-terraform/workspace.env").splitlines():
            self.assertRegex(line, r"^(#.*|[A-Z][A-Z0-9_]*=\S+)$")

    def test_terraform(self):
        try:
            program = terraform_host.get().program
        except terraform_host.Unavailable as reason:
            needs.missing(self, str(reason))
        rc = os.path.join(self.directory, "terraform.rc")
        with open(rc, "w", encoding="utf-8") as file:
            file.write(f'provider_installation {{\n  dev_overrides {{\n'
                       f'    "terraform.local/ensure/ensure" = "{BIN}"\n  }}\n}}\n')
        shutil.copy(os.path.join(CI, "hcp-terraform", "main.tf"), self.directory)
        for arguments in (("fmt", "-check", "-diff"), ("validate",)):
            done = subprocess.run([program, *arguments], cwd=self.directory, check=False, text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True,
                                  env=surroundings.bare(HOME=self.directory, CHECKPOINT_DISABLE="1",
                                                        TF_CLI_CONFIG_FILE=rc))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

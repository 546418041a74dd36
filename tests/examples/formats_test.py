# SPDX-License-Identifier: Apache-2.0
"""Every file of the examples for CI systems and arrays of jobs has the format that its system reads, as a
checker of that format says.

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

EXAMPLES = os.path.join(SOURCE, "examples")
DIRECTORIES = ("ci", "kubernetes", "slurm")
YAML_RULES = ("{extends: default, rules: {line-length: {max: 120}, "
              "truthy: {check-keys: false}}}")  # "on" is a key of GitHub's
KUBERNETES = ("kubernetes_validate", "--strict", "-k", "1.37")

# The checker of each YAML file, with a change that it must refuse.
YAML = {
    "ci/github-actions.yml": (("check_jsonschema", "--builtin-schema", "vendor.github-workflows"),
                              "runs-on:", "run-on:"),
    "ci/gitlab-ci.yml": (("check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"),
                         "- if:", "- unless:"),
    "ci/kubernetes.yml": (KUBERNETES, "serviceAccountName:", "serviceAccount_Name:"),
    "kubernetes/bring-up.yml": (KUBERNETES, "backoffLimitPerIndex:", "backoffLimitPerShard:"),
    "kubernetes/merge.yml": (KUBERNETES, "restartPolicy:", "restart_Policy:"),
}
PROGRAMS = ("ci/instance-role.sh", "ci/hcp-terraform/hooks/terraform-pre-plan",
            "ci/hcp-terraform/hooks/terraform-pre-apply", "slurm/submit.sh")
BATCH = ("slurm/bring-up.sbatch", "slurm/merge.sbatch")
OTHERS = ("ci/README.md", "ci/hcp-terraform/main.tf", "ci/hcp-terraform/workspace.env",
          "kubernetes/README.md", "slurm/README.md")


def read(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
        return file.read()


class Formats(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ensure-formats-")
        self.addCleanup(shutil.rmtree, self.directory)

    def test_every_file_has_a_checker(self):
        found = {os.path.relpath(os.path.join(path, name), EXAMPLES) for directory in DIRECTORIES
                 for path, _, names in os.walk(os.path.join(EXAMPLES, directory)) for name in names}
        self.assertEqual(found, {*YAML, *PROGRAMS, *BATCH, *OTHERS})

    def test_yaml_style(self):
        for name in YAML:
            status, said = checkers.check(self, "yamllint", "--strict", "-d", YAML_RULES,
                                          os.path.join(EXAMPLES, name))
            self.assertEqual(status, 0, said)

    def test_yaml_schemas(self):
        for name, (checker, word, wrong) in YAML.items():
            with self.subTest(name):
                status, said = checkers.check(self, *checker, os.path.join(EXAMPLES, name))
                self.assertEqual(status, 0, said)
                changed = os.path.join(self.directory, os.path.basename(name))
                self.assertIn(word, read(name))
                with open(changed, "w", encoding="utf-8") as file:
                    file.write(read(name).replace(word, wrong))
                status, said = checkers.check(self, *checker, changed)
                self.assertNotEqual(status, 0, said)

    def test_shell(self):
        shellcheck = needs.program(self, "shellcheck", "apt-get install shellcheck")
        for name in (*PROGRAMS, *BATCH):
            path = os.path.join(EXAMPLES, name)
            self.assertEqual(os.access(path, os.X_OK), name in PROGRAMS, name)
            done = subprocess.run([shellcheck, path], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_variables(self):
        """What a workspace has: NAME=VALUE and comments."""
        for line in read("ci/hcp-terraform/workspace.env").splitlines():
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
        shutil.copy(os.path.join(EXAMPLES, "ci", "hcp-terraform", "main.tf"), self.directory)
        for arguments in (("fmt", "-check", "-diff"), ("validate",)):
            done = subprocess.run([program, *arguments], cwd=self.directory, check=False, text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True,
                                  env=surroundings.bare(HOME=self.directory, CHECKPOINT_DISABLE="1",
                                                        TF_CLI_CONFIG_FILE=rc))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tree that "cmake --install" installs works after it was moved, through each front end; and
"uninstall" removes all of it.

usage: install_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION LIBDIR
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE, EMULATOR, VERSION, LIBDIR = sys.argv[1:6]
sys.path[:0] = [os.path.join(SOURCE, "tests", "support"), os.path.join(SOURCE, "tests", "emulator")]
import harness  # pylint: disable=wrong-import-position
import needs  # pylint: disable=wrong-import-position
import schemas  # pylint: disable=wrong-import-position
import surroundings  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

MIRROR = f"share/terraform/plugins/terraform.local/ensure/ensure/{VERSION}/linux_amd64"
COLLECTION = "share/ansible/collections/ansible_collections/ensure/cloud"
UP = "alibaba/cn-hangzhou/i-off"

# All installed files; development files, and those that a sanitizer or configuration adds, are
# matched by directory.
EXPECTED = {
    "bin/ensure", "bin/ensure-emulator",
    "libexec/ensure/terraform-provider-ensure",
    *(f"{LIBDIR}/ensure/providers/{cloud}.so" for cloud in ("alibaba", "baidu", "volcengine")),
    f"{LIBDIR}/libensure.so", f"{LIBDIR}/libensure.so.0", f"{LIBDIR}/libensure.so.{VERSION}",
    f"{LIBDIR}/pkgconfig/ensure.pc",
    f"{LIBDIR}/ensure/ansible/ensure_cloud_instance_running",
    *(f"share/ensure/schemas/{kind}.schema.json" for kind in schemas.KINDS),
    "share/doc/ensure/changelog.gz", "share/doc/ensure/copyright",
    *(f"share/doc/ensure/examples/policies/{name}"
      for name in os.listdir(f"{SOURCE}/examples/policies")),
    "share/man/man1/ensure.1.gz", "share/man/man1/ensure-emulator.1.gz",
    "share/man/man7/ensure-provider.7.gz",
    "share/bash-completion/completions/ensure", "share/fish/vendor_completions.d/ensure.fish",
    "share/zsh/vendor-completions/_ensure", "share/zsh/site-functions/_ensure",
    "include/ensure/ensure.h", "include/ensure/provider.h",
    f"{MIRROR}/terraform-provider-ensure_v{VERSION}",
    *(f"{COLLECTION}/{name}" for name in (
        "CHANGELOG.md", "LICENSE", "README.md", "galaxy.yml", "meta/runtime.yml",
        "files/linux_x86_64/ensure_cloud_instance_info",
        "files/linux_x86_64/ensure_cloud_instance_running", "plugins/action/instance_running.py",
        "plugins/doc_fragments/module.py", "plugins/modules/instance_info.py",
        "plugins/modules/instance_running.py")),
    *(f"{LIBDIR}/cmake/ensure/{name}" for name in (
        "EnsureProvider.cmake", "ensureConfig.cmake", "ensureConfigVersion.cmake",
        "ensureTargets.cmake", "ensureTargets-*.cmake")),
}


def files_below(directory):
    found = set()
    for path, _, names in os.walk(directory):
        for name in names:
            relative = os.path.relpath(os.path.join(path, name), directory)
            found.add(relative if "ensureTargets-" not in relative
                      else f"{LIBDIR}/cmake/ensure/ensureTargets-*.cmake")
    return found


def install(prefix):
    subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True,
                   capture_output=True)


class Case(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(tempfile.TemporaryDirectory())

    def run_tool(self, *command, expect=0, cwd=None, **environment):
        done = subprocess.run(command, env=surroundings.bare(**environment),
                              cwd=cwd or self.home, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, expect, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout


class Uninstall(Case):
    def test_uninstall_removes_only_installed_files(self):
        prefix = os.path.join(self.home, "prefix")
        os.makedirs(os.path.join(prefix, "share", "other"))
        with open(os.path.join(prefix, "share", "mine"), "w", encoding="utf-8"):
            pass
        install(prefix)
        cache = os.path.join(prefix, COLLECTION, "plugins", "action", "__pycache__")
        os.mkdir(cache)  # as Ansible writes it
        with open(os.path.join(cache, "instance_running.cpython-311.pyc"), "wb"):
            pass
        self.run_tool("cmake", "--build", BUILD, "--target", "uninstall")
        left = [os.path.join(path, name) for path, directories, names in os.walk(prefix)
                for name in directories + names]
        self.assertEqual(sorted(os.path.relpath(name, prefix) for name in left),
                         ["share", "share/mine", "share/other"])


class Installed(Case):
    """Installed once, then moved: no file may depend on the original prefix."""

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        install(os.path.join(cls.place.name, "before"))
        cls.prefix = os.path.join(cls.place.name, "after")
        os.rename(os.path.join(cls.place.name, "before"), cls.prefix)
        cls.libdir = os.path.join(cls.prefix, LIBDIR)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def start_clouds(self):
        world = {"accounts": with_emulator.accounts(),
                 "instances": [{"cloud": "alibaba", "region": "cn-hangzhou", "id": "i-off",
                                "status": "Stopped"}]}
        emulator = harness.Emulator(EMULATOR, "--boot-ms", "50", world=world, directory=self.home)
        self.addCleanup(emulator.stop)
        return emulator, with_emulator.environment(emulator, self.home)

    def assert_started(self, emulator):
        self.assertEqual(emulator.control.ledger()["starts"], {UP: 1})

    def test_layout(self):
        self.assertEqual(files_below(self.prefix), EXPECTED)

    def test_no_object_names_the_build_tree(self):
        for name in files_below(self.prefix):
            path = os.path.join(self.prefix, name)
            if os.path.isfile(path) and not os.path.islink(path) and "*" not in name:
                with open(path, "rb") as file:
                    text = file.read()
                self.assertFalse(BUILD.encode() in text or SOURCE.encode() in text, name)

    def test_the_host_tool(self):
        emulator, environment = self.start_clouds()
        tool = f"{self.prefix}/bin/ensure"
        shown = self.run_tool(tool, "plan", "--format", "json", UP, **environment)
        self.assertEqual(schemas.check(json.loads(shown))["instances"][0]["confidence"],
                         "validated")
        self.run_tool(tool, "apply", "--yes", UP, **environment)
        self.assert_started(emulator)
        self.assertIn(f"{self.libdir}/ensure/providers/alibaba.so",
                      self.run_tool(tool, "providers", **environment))

    def test_manual_pages(self):
        needs.program(self, "man", "apt-get install man-db")
        for name, section, words in (
                ("ensure", 1, ("SYNOPSIS", "ensure plan", "--no-dry-run", "EXIT STATUS", "FILES", "SEE ALSO",
                               "ensure-provider(7)", "--detailed-exitcode", "alibaba/cn-hangzhou/"
                               "i-bp67acfmxazb4p0001", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")),
                ("ensure-emulator", 1, ("OPTIONS", "--world FILE", "FAULT KINDS", "EXIT STATUS")),
                ("ensure-provider", 7, ("SYNOPSIS", "ens_provider_entry", "THE DESCRIPTOR"))):
            done = subprocess.run(
                ["man", "--warnings", "-l", f"{self.prefix}/share/man/man{section}/{name}.{section}.gz"],
                env=surroundings.bare(LC_ALL="C.UTF-8", MANWIDTH="100"),
                capture_output=True, text=True, check=True)
            self.assertEqual(done.stderr, "")
            for word in words:
                self.assertIn(word, done.stdout)

    def test_manual_page_does_not_hyphenate(self):
        """Commands, options and names, which readers copy, are not split at line ends."""
        needs.program(self, "man", "apt-get install man-db")
        for columns in (60, 80):
            done = subprocess.run(
                ["man", "-l", f"{self.prefix}/share/man/man1/ensure.1.gz"], check=True,
                env=surroundings.bare(LC_ALL="C.UTF-8", MANWIDTH=str(columns)),
                capture_output=True, text=True)
            for word in ("--detailed-exitcode", "ensure plan --out fleet.plan fleet.json",
                         "terraform output -json | ensure wait -", "~/.volcengine/config.json",
                         "alibaba/cn-hangzhou/i-bp67acfmxazb4p0001", "ENSURE_PROVIDER_PATH",
                         "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "terraform-provider-ensure"):
                self.assertIn(word, done.stdout)
            self.assertNotIn("\u2010\n", done.stdout)

    def test_bash_completion(self):
        script = (f"source {self.prefix}/share/bash-completion/completions/ensure; "
                  "complete -p ensure; COMP_WORDS=(ensure pl); COMP_CWORD=1; "
                  "$(complete -p ensure | sed 's/.*-F \\([^ ]*\\).*/\\1/'); echo \"${COMPREPLY[@]}\"")
        self.assertIn("plan", self.run_tool("bash", "--norc", "-c", script).splitlines()[-1])

    def test_pkg_config_and_libensure(self):
        emulator, environment = self.start_clouds()
        flags = self.run_tool("pkg-config", "--cflags", "--libs", "ensure",
                              PKG_CONFIG_PATH=f"{self.libdir}/pkgconfig").split()
        self.run_tool("cc", "-o", "bring_up", f"{SOURCE}/examples/c/bring_up.c", *flags, "-pthread")
        shown = self.run_tool("./bring_up", UP,
                              **{**environment, "LD_LIBRARY_PATH": self.libdir})
        self.assertIn('"status": "running"', shown)
        self.assert_started(emulator)
        self.assertEqual(os.path.realpath(self.run_tool(
            "pkg-config", "--variable=providerdir", "ensure",
            PKG_CONFIG_PATH=f"{self.libdir}/pkgconfig").strip()), f"{self.libdir}/ensure/providers")

    def test_terraform_finds_the_implied_mirror(self):
        """Plain "terraform init", with the tree as the user's data directory instead of
        /usr/share."""
        needs.program(self, "terraform", "see the README of examples/terraform")
        emulator, environment = self.start_clouds()
        data = os.path.join(self.home, ".local", "share")
        os.makedirs(data)
        os.symlink(f"{self.prefix}/share/terraform", f"{data}/terraform")
        with open(os.path.join(self.home, "main.tf"), "w", encoding="utf-8") as file:
            file.write(f"""
terraform {{
  required_providers {{
    ensure = {{ source = "terraform.local/ensure/ensure", version = "{VERSION}" }}
  }}
}}
resource "ensure_instance_running" "one" {{
  cloud       = "alibaba"
  region      = "cn-hangzhou"
  instance_id = "i-off"
}}
output "status" {{ value = ensure_instance_running.one.status }}
""")
        config = os.path.join(self.home, "empty.tfrc")
        with open(config, "w", encoding="utf-8"):
            pass
        environment.update(TF_CLI_CONFIG_FILE=config, CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1")
        self.run_tool("terraform", "init", "-no-color", **environment)
        shown = self.run_tool("terraform", "apply", "-no-color", "-auto-approve", **environment)
        self.assertIn('status = "running"', shown)
        self.assert_started(emulator)

    def test_ansible_finds_the_collection(self):
        needs.program(self, "ansible-playbook", "apt-get install ansible-core")
        emulator, environment = self.start_clouds()
        with open(os.path.join(self.home, "ansible.cfg"), "w", encoding="utf-8"):
            pass
        environment.update(ANSIBLE_COLLECTIONS_PATH=f"{self.prefix}/share/ansible/collections",
                           ANSIBLE_CONFIG=f"{self.home}/ansible.cfg", ANSIBLE_NOCOLOR="1",
                           PYTHONDONTWRITEBYTECODE="1",
                           ANSIBLE_LOCAL_TEMP=f"{self.home}/local",
                           ANSIBLE_REMOTE_TEMP=f"{self.home}/remote")
        shown = self.run_tool("ansible", "localhost", "-c", "local", "-m",
                              "ensure.cloud.instance_running", "-a",
                              "cloud=alibaba region=cn-hangzhou instance_ids=i-off", **environment)
        self.assertIn("CHANGED", shown)
        self.assert_started(emulator)

    def test_the_template_builds_against_the_headers_alone(self):
        """Out of tree: configure, build, its own tests, and a plan with the toy cloud."""
        template = os.path.join(self.home, "template")
        shutil.copytree(f"{SOURCE}/examples/provider-template", template)
        build = os.path.join(self.home, "build")
        self.run_tool("cmake", "-S", template, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                      "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror")
        self.run_tool("cmake", "--build", build)
        self.run_tool("ctest", "--test-dir", build, "--output-on-failure")

        toy = subprocess.Popen([sys.executable, f"{template}/toy_cloud.py"], text=True,
                               stdout=subprocess.PIPE)
        self.addCleanup(toy.stdout.close)
        self.addCleanup(toy.wait)
        self.addCleanup(toy.terminate)
        variables = {
            "ENSURE_TOY_ENDPOINT": toy.stdout.readline().strip(), "HOME": self.home,
            "TOY_ACCESS_KEY": "toykey", "TOY_SECRET_KEY": "toysecret",
            "ENSURE_PROVIDER_PATH": f"{build}/bin/providers",
            "ENSURE_LIBRARY": f"{self.libdir}/libensure.so.0",
            "PYTHONPATH": f"{SOURCE}/examples/python"}
        # The commands of its README.
        tool = f"{self.prefix}/bin/ensure"
        self.assertIn(f"{build}/bin/providers/toy.so", self.run_tool(tool, "providers", **variables))
        self.assertIn("NoPower", self.run_tool(tool, "plan", "toy/attic/i-train", expect=3,
                                               **variables))
        self.run_tool(tool, "plan", "toy/attic/i-lamp", **variables)
        found = self.run_tool(tool, "find", "toy/attic", "--status", "running", "-o", "targets",
                              **variables)
        self.assertEqual(found, "toy/attic/i-radio\n")
        code = """
import ensure, json
fleet = ["toy/attic/i-" + name for name in ("lamp", "radio", "train", "robot", "ghost")]
with ensure.Session() as session:
    plan = session.plan(fleet)
    print(json.dumps([plan, session.apply(plan)]))
"""
        plan, applied = json.loads(self.run_tool(sys.executable, "-B", "-c", code, **variables))
        schemas.check(plan)
        schemas.check(applied)
        self.assertEqual([(i["action"], i["confidence"], i["reason"]) for i in plan["instances"]], [
            ("start", "validated", "ok"), ("none", "observed", "already_running"),
            ("refuse", "validated", "no_capacity"), ("refuse", "observed", "wrong_state"),
            ("refuse", "observed", "not_found")])
        self.assertEqual(plan["instances"][2]["advice"], "Plug the rack in, then plan again.")
        self.assertEqual([i["status"] for i in applied["instances"]],
                         ["running", "running", "stopped", "failed", "absent"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[6:]])

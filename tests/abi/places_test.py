#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The search for providers: a program and a shared object are copied into trees of several layouts,
and must find the providers of their tree and no others.

usage: places_test.py DIRECTORY_OF_THE_CASES LIBDIR SANITIZED
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import surroundings  # pylint: disable=wrong-import-position

CASES, LIBDIR, SANITIZED = sys.argv[1], sys.argv[2], sys.argv[3] == "1"


class Places(unittest.TestCase):
    def setUp(self):
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="ensure-test-"))
        self.addCleanup(shutil.rmtree, self.root)

    def put(self, case, path):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(CASES, case), path)
        os.chmod(path, 0o755)
        return path

    def listed(self, *command, cwd=None, **environment):
        """Runs the program; returns its lines with paths relative to the root."""
        done = subprocess.run(command, cwd=cwd or "/", env=surroundings.unset(**environment),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.stdout.replace(self.root + "/", "").splitlines()

    def expect(self, lines, *expected):
        # Providers that are installed on this machine are found too, last: ignore them.
        self.assertEqual([line for line in lines if "/usr/" not in line], list(expected))

    def test_beside_the_program(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        self.expect(self.listed(program), "provider fake package/providers/x.so")

    def test_through_a_link_to_the_program(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        os.mkdir(os.path.join(self.root, "bin"))
        link = os.path.join(self.root, "bin", "prog")
        os.symlink(program, link)
        self.expect(self.listed(link), "provider fake package/providers/x.so")

    def test_argv_0_is_ignored(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        self.put("another.so", "elsewhere/providers/x.so")
        done = subprocess.run(["elsewhere/prog"], executable=program, cwd=self.root,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout.replace(self.root + "/", ""),
                         "provider fake package/providers/x.so\n")

    def test_installed_trees_that_were_moved(self):
        for place in ("bin/prog", "libexec/ensure/prog"):
            for libdir in {"lib", LIBDIR}:
                with self.subTest(place=place, libdir=libdir):
                    tree = f"{place}-{libdir}".replace("/", "-")
                    program = self.put("abi_list", f"{tree}/{place}")
                    self.put("good.so", f"{tree}/{libdir}/ensure/providers/x.so")
                    self.expect(self.listed(program),
                                f"provider fake {tree}/{libdir}/ensure/providers/x.so")

    def test_relative_to_the_shared_object(self):
        host = self.put("abi_host", "host/bin/host")
        self.put("another.so", "host/bin/providers/x.so")
        library = self.put("abi_lister.so", "tree/lib/libx.so")
        self.put("good.so", "tree/lib/ensure/providers/x.so")
        self.expect(self.listed(host, library), "provider fake tree/lib/ensure/providers/x.so")
        beside = self.put("good.so", "tree/lib/providers/x.so")
        self.expect(self.listed(host, library), "provider fake tree/lib/providers/x.so")
        os.remove(beside)

    def test_named_by_the_environment(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        one = os.path.dirname(self.put("another.so", "one/x.so"))
        two = os.path.dirname(self.put("wrong_magic.so", "two/x.so"))
        self.expect(self.listed(program, ENSURE_PROVIDER_PATH=f"{one}:{two}"),
                    "provider another one/x.so",
                    "provider fake package/providers/x.so",
                    "warning two/x.so: magic: expected 0x31534e45, found 0x12345678")

    def test_named_twice_or_missing(self):
        program = self.put("abi_list", "package/prog")
        beside = os.path.dirname(self.put("good.so", "package/providers/x.so"))
        absent = os.path.join(self.root, "absent")
        self.expect(self.listed(program, ENSURE_PROVIDER_PATH=f"{beside}:{beside}/:{absent}"),
                    "provider fake package/providers/x.so",
                    "warning ENSURE_PROVIDER_PATH: can't search absent for providers: "
                    "No such file or directory")

    def test_never_the_working_directory(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        here = os.path.dirname(self.put("another.so", "here/x.so"))
        self.put("another.so", "here/providers/x.so")
        for path in ("", ":", "::"):
            self.expect(self.listed(program, cwd=here, ENSURE_PROVIDER_PATH=path),
                        "provider fake package/providers/x.so")

    def test_first_directory_wins(self):
        """A second installed copy is skipped silently; one in ENSURE_PROVIDER_PATH with a
        warning."""
        program = self.put("abi_list", "tree/bin/prog")
        self.put("good.so", "tree/bin/providers/x.so")
        self.put("same_name.so", "tree/lib/ensure/providers/x.so")
        self.put("another.so", "tree/lib/ensure/providers/y.so")
        named = os.path.dirname(self.put("same_name.so", "named/x.so"))
        found = ["provider another tree/lib/ensure/providers/y.so",
                 "provider fake tree/bin/providers/x.so"]
        self.expect(self.listed(program), *found)
        self.expect(self.listed(program, ENSURE_PROVIDER_PATH=named), *found,
                    'warning named/x.so: name: expected one that no other provider has, found '
                    '"fake", which is that of tree/bin/providers/x.so')

    def test_twice_in_one_directory(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        self.put("same_name.so", "package/providers/y.so")
        self.expect(self.listed(program), "provider fake package/providers/x.so",
                    'warning package/providers/y.so: name: expected one that no other provider '
                    'has, found "fake", which is that of package/providers/x.so')

    def test_more_directories_than_are_searched(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        names = [os.path.join(self.root, f"d{i:03}") for i in range(64)]
        for name in names:
            os.mkdir(name)
        within = self.listed(program, ENSURE_PROVIDER_PATH=":".join(names[:56]))
        self.expect(within, "provider fake package/providers/x.so")
        beyond = self.listed(program, ENSURE_PROVIDER_PATH=":".join(names))
        self.expect(beyond, "provider fake package/providers/x.so",
                    "warning ENSURE_PROVIDER_PATH: more than 64 directories; the rest is left out")

    def test_world_writable_directory(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        shared = os.path.dirname(self.put("another.so", "shared/x.so"))
        for mode in (0o777, 0o1777, 0o757):
            os.chmod(shared, mode)
            self.expect(self.listed(program, ENSURE_PROVIDER_PATH=shared),
                        "provider fake package/providers/x.so",
                        "warning shared: mode: expected a directory that is not world-writable, "
                        f"found {mode:04o}; no provider is loaded from it")

    @unittest.skipIf(os.geteuid() != 0, "needs another user")
    def test_directory_of_another_user(self):
        program = self.put("abi_list", "package/prog")
        self.put("good.so", "package/providers/x.so")
        other = os.path.dirname(self.put("another.so", "other/x.so"))
        os.chown(other, 65534, 65534)
        self.expect(self.listed(program, ENSURE_PROVIDER_PATH=other),
                    "provider fake package/providers/x.so",
                    "warning other: owner: expected root, this user or the owner of this program, "
                    "found user id 65534; no provider is loaded from it")

    @unittest.skipIf(SANITIZED, "the sanitizer's library must be preloaded first")
    def test_file_replaced_after_the_check(self):
        """The file that was checked is loaded, although another one replaces it before dlopen."""
        program = self.put("abi_list", "package/prog")
        file = self.put("good.so", "package/providers/x.so")
        other = self.put("another.so", "package/other.so")
        done = subprocess.run([program], env=os.environ | {
            "LD_PRELOAD": os.path.join(CASES, "abi_swap.so"), "SWAP": f"{other}:{file}"},
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.stderr, "swapped\n")
        self.assertIn("provider fake ", done.stdout)
        self.assertNotIn("another", done.stdout)

    def test_all_files_refused(self):
        """The error that there is no provider lists the refused files."""
        program = self.put("abi_list", "package/prog")
        for name in "xy":
            os.chmod(self.put("good.so", f"package/providers/{name}.so"), 0o666)
        lines = self.listed(program)
        if any(line.startswith("provider ") for line in lines):
            self.skipTest("Ensure is installed on this machine")
        for name in "xy":
            self.assertIn(f"; package/providers/{name}.so: mode: expected a file that is not "
                          "world-writable, found 0666", lines[0])

    def test_no_provider_found(self):
        program = self.put("abi_list", "package/prog")
        lines = self.listed(program)
        if any(line.startswith("provider ") for line in lines):
            self.skipTest("Ensure is installed on this machine")
        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].startswith(
            "error : no cloud provider was found; looked in package/providers, "), lines[0])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)

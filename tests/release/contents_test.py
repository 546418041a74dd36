#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is in the files of a release.

usage: contents_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import json
import os
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

from release_case import (ARCHITECTURES, BUILD, EMULATOR, GNUPG, RELEASE, SOURCE, STEM, VERSION,
                          sha256, tar_of, zip_of)
import harness  # pylint: disable=wrong-import-position
import with_emulator  # pylint: disable=wrong-import-position

PROGRAM = f"terraform-provider-ensure_v{VERSION}"
LIBRARIES = {"abseil", "c-ares", "curl", "gcc-12", "glibc", "grpc", "jansson", "msgpack-c",
             "openssl", "protobuf-c", "re2", "zlib"}

SELECT_MAX = 1024  # descriptors of a set of select()


class Contents(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())

    def test_zips(self):
        for arch in ARCHITECTURES:
            with zipfile.ZipFile(zip_of(arch)) as archive:
                modes = {i.filename: i.external_attr >> 16 & 0o777 for i in archive.infolist()}
                notice = archive.read("copyright").decode()
            self.assertEqual(modes, {PROGRAM: 0o755, "LICENSE": 0o644, "copyright": 0o644})
            self.assertLess(os.path.getsize(zip_of(arch)), 7_000_000)
            for words in ("GNU LESSER GENERAL PUBLIC LICENSE", "GCC RUNTIME LIBRARY EXCEPTION",
                          "OpenSSL", "Daniel Stenberg", "link the program again"):
                self.assertTrue(words.lower() in re.sub(r"\s+", " ", notice).lower(), words)

    def test_programs_need_nothing(self):
        machines = {"amd64": "X86-64", "arm64": "AArch64"}
        for arch in ARCHITECTURES:
            with zipfile.ZipFile(zip_of(arch)) as archive:
                path = archive.extract(PROGRAM, os.path.join(self.directory, arch))
            shown = subprocess.run(["readelf", "-W", "-h", "-l", "-d", path], check=True,
                                   capture_output=True, text=True).stdout
            self.assertIn(machines[arch], shown)
            for word in ("(NEEDED)", "INTERP"):
                self.assertNotIn(word, shown)
            for word in ("GNU_RELRO", "BIND_NOW", "PIE", "DYN (Position-Independent"):
                self.assertIn(word, shown)
            self.assertNotRegex(shown, r"GNU_STACK.*RWE")
            with open(path, "rb") as file:
                data = file.read()
            for place in (BUILD, SOURCE, os.path.expanduser("~/.cache")):
                self.assertNotIn(place.encode(), data)

    def test_many_descriptors(self):
        """With more descriptors than select() takes: the libcurl that is linked in has to poll()."""
        emulator = harness.Emulator(EMULATOR, world={
            "accounts": with_emulator.accounts(),
            "instances": [{"cloud": "baidu", "region": "bj", "id": "i-1", "status": "Stopped"}]},
                                    directory=self.directory)
        self.addCleanup(emulator.stop)
        with tarfile.open(tar_of("amd64")) as archive:
            archive.extract("bin/ensure", self.directory)
        usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (2 * SELECT_MAX, most))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (usual, most))
        inherited = [os.open(os.devnull, os.O_RDONLY) for _ in range(SELECT_MAX)]
        try:
            done = subprocess.run(
                [os.path.join(self.directory, "bin/ensure"), "plan", "baidu/bj/i-1"], check=False,
                capture_output=True, text=True, pass_fds=inherited,
                env=with_emulator.environment(emulator, self.directory))
        finally:
            for descriptor in inherited:
                os.close(descriptor)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("1 to start", done.stdout)

    def test_tarballs(self):
        for arch in ARCHITECTURES:
            with tarfile.open(tar_of(arch)) as archive, zipfile.ZipFile(zip_of(arch)) as packed:
                self.assertEqual({m.name for m in archive if m.isfile()}, {
                    "bin/ensure", "share/doc/ensure/LICENSE", "share/doc/ensure/copyright",
                    "share/man/man1/ensure.1", "share/bash-completion/completions/ensure",
                    "share/zsh/site-functions/_ensure",
                    "share/fish/vendor_completions.d/ensure.fish",
                    *(f"share/doc/ensure/examples/policies/{name}"
                      for name in os.listdir(f"{SOURCE}/examples/policies"))})
                self.assertEqual(archive.extractfile("bin/ensure").read(), packed.read(PROGRAM))

    def test_version_and_list_agree(self):
        tool = os.path.join(self.directory, "ensure")
        with tarfile.open(tar_of("amd64")) as archive, open(tool, "wb") as file:
            file.write(archive.extractfile("bin/ensure").read())
        os.chmod(tool, 0o755)
        said = json.loads(subprocess.run([tool, "version", "--format", "json"], check=True,
                                         capture_output=True, text=True).stdout)
        self.assertEqual((said["version"], set(said["linked"])), (VERSION, LIBRARIES))
        with open(f"{RELEASE}/ensure_{VERSION}.spdx.json", encoding="utf-8") as file:
            document = json.load(file)
        by_id = {p["SPDXID"]: p for p in document["packages"]}
        self.assertEqual(len(by_id), len(document["packages"]))
        self.assertEqual({n: by_id[f"SPDXRef-amd64-{n}"]["versionInfo"] for n in LIBRARIES},
                         said["linked"])
        linked = {r["relatedSpdxElement"] for r in document["relationships"]
                  if r["relationshipType"] == "STATIC_LINK"}
        self.assertEqual(linked, {f"SPDXRef-{a}-{n}" for a in ARCHITECTURES for n in LIBRARIES})
        for package in document["packages"]:
            if "packageFileName" in package:
                self.assertEqual(package["checksums"][0]["checksumValue"],
                                 sha256(f"{RELEASE}/{package['packageFileName']}"))

    def test_sums_and_signature(self):
        path = f"{RELEASE}/{STEM}_SHA256SUMS"
        with open(path, encoding="ascii") as file:
            listed = dict(reversed(line.split("  ")) for line in file.read().splitlines())
        there = {n for n in os.listdir(RELEASE) if os.path.isfile(f"{RELEASE}/{n}")}
        self.assertEqual(set(listed), {n for n in there if "SHA256SUMS" not in n})
        for name, digest in listed.items():
            self.assertEqual(digest, sha256(f"{RELEASE}/{name}"))
        subprocess.run(["gpg", "--homedir", GNUPG, "--verify", path + ".sig", path], check=True,
                       capture_output=True)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

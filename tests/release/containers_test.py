#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The images of examples/container: no container engine is at hand, so their roots are made here of
what their lines say.

usage: containers_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import os
import shutil
import sys
import tarfile
import unittest

from release_case import RELEASE, SOURCE, VERSION
import needs  # pylint: disable=wrong-import-position
import roots  # pylint: disable=wrong-import-position
import roots_case  # pylint: disable=wrong-import-position


def lines_of(name):
    """[(instruction, [words])] with the arguments put in."""
    with open(f"{SOURCE}/examples/container/{name}", encoding="utf-8") as file:
        text = file.read().replace("${VERSION}", VERSION).replace("${TARGETARCH}", "amd64")
    rows = [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] != "#"]
    return [(word, rest.split()) for word, rest in rows]


class Images(roots_case.InRoot):
    def build(self, name):
        """What the engine does with the lines, into the root."""
        shutil.copy(self.certificate, f"{RELEASE}/ca-certificates.crt")
        self.addCleanup(os.remove, f"{RELEASE}/ca-certificates.crt")
        for instruction, words in lines_of(name):
            if instruction in ("ADD", "COPY"):
                source, target = os.path.join(RELEASE, words[0]), self.root.file(words[1])
                if instruction == "ADD":
                    with tarfile.open(source) as archive:
                        archive.extractall(target)
                elif os.path.isdir(source):
                    shutil.copytree(source, target, dirs_exist_ok=True)
                else:
                    self.root.copy(source, words[1])
            elif instruction == "WORKDIR":
                os.makedirs(self.root.file(words[0]), exist_ok=True)
            else:
                self.assertIn(instruction, ("FROM", "ARG", "ENTRYPOINT"))
        return dict(lines_of(name))

    def test_scratch(self):
        self.root = roots.Root(self.new_directory(), directories=())
        lines = self.build("Dockerfile")
        self.root.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")  # as every engine does
        self.assertEqual(lines["FROM"], ["scratch"])
        tool = lines["ENTRYPOINT"][0].strip('["]')
        self.run_inside(tool, "apply", "--yes", roots_case.OTHER)
        self.assertEqual(self.emulator.control.ledger()["starts"], {roots_case.OTHER: 1})

    def test_terraform(self):
        """On an Alpine-like root, with no configuration of Terraform's."""
        needs.program(self, "busybox", "apt-get install busybox-static")
        self.add_busybox()
        shutil.rmtree(self.root.file("mirror"))
        self.root.write("/terraform.rc", "")
        self.build("Dockerfile.terraform")
        self.run_all()


if __name__ == "__main__":
    roots.enter("net", "mount")
    roots_case.names = roots.Names()
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

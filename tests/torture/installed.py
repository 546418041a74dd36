# SPDX-License-Identifier: Apache-2.0
"""A copy of the tool where every user may read it, and running it as another user."""

import os
import shutil

import ground
from ground import Suite

OTHER = 65534  # a user id that owns nothing


class Installed(Suite):
    """A suite that needs root, since it runs programs as another user and mounts."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        os.chmod(self.directory, 0o755)
        self.installed = os.path.join(self.directory, "bin")
        os.mkdir(self.installed)
        for name in ("ensure", "terraform-provider-ensure"):
            shutil.copy(self.places.program(name), self.installed)
        shutil.copytree(self.places.program("providers"),
                        os.path.join(self.installed, "providers"))
        for path, _, names in os.walk(self.installed):
            for entry in [path, *(os.path.join(path, name) for name in names)]:
                os.chmod(entry, 0o755)
        self.tool = os.path.join(self.installed, "ensure")

    def room(self, owner=0, mode=0o755):
        """A new directory."""
        path = self.place()
        os.chown(path, owner, owner)
        os.chmod(path, mode)
        return path

    @staticmethod
    def as_other(*command):
        return ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups", *command]

    def world(self, *names, options=()):
        directory = self.room()
        return ground.emulator(self.places, directory, [ground.one(*name) for name in names],
                               "--boot-ms", "50", *options)

    def prepared(self):
        """Whether the suite can run here; says why not."""
        if os.getuid() != 0:
            print("skipped: not root, so no other user can be taken on")
            return False
        return not ground.missing_program("setpriv")

# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Ensure developers

# Runs the compiled module for the target's architecture, for every module of the collection
# (meta/runtime.yml). Transfer, arguments, async, become and
# clean-up are Ansible's own.

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import module_loader

FILES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "files")
MACHINES = {"x86_64": "linux_x86_64", "amd64": "linux_x86_64", "aarch64": "linux_aarch64", "arm64": "linux_aarch64"}
PREFIX = "ensure_cloud_"
CAN_NOT_EXECUTE = 126


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = True
    _supports_diff = True

    def _directory(self):
        """Where the files for the target are."""
        shown = self._low_level_execute_command("uname -sm", sudoable=False)
        words = (shown.get("stdout") or "").split()[-2:]
        if shown.get("rc") != 0 or len(words) != 2:
            raise AnsibleActionFail("can't tell the target's system: \"uname -sm\" said %r" % shown.get("stdout"))
        system, machine = words
        if system != "Linux":
            raise AnsibleActionFail("the target runs %s, but this module runs on Linux only: use "
                                    "delegate_to with a Linux host" % system)
        directory = os.path.join(FILES, MACHINES.get(machine, "linux_" + machine))
        if not os.path.isdir(directory):
            raise AnsibleActionFail("the target is a %s machine, but this collection has files for %s only: use "
                                    "delegate_to with another host" % (machine, ", ".join(sorted(os.listdir(FILES)))))
        return directory

    @staticmethod
    def _use(directory):
        """Lets Ansible find the modules of that directory. A loop may delegate to hosts of several
        architectures: then those of the other one are forgotten."""
        others = [os.path.join(FILES, name) for name in os.listdir(FILES)]
        extra = getattr(module_loader, "_extra_dirs", [])
        for other in others:
            if other != directory and other in extra:
                extra.remove(other)
        module_loader.add_directory(directory)

    def run(self, tmp=None, task_vars=None):
        self._supports_async = True  # up to ansible-core 2.14 the base class has its own
        result = super(ActionModule, self).run(tmp, task_vars)
        del tmp
        asynchronous = self._task.async_val
        try:
            self._use(self._directory())
            name = "ansible.legacy." + PREFIX + self._task.action.split(".")[-1]
            result.update(self._execute_module(module_name=name, task_vars=task_vars, wrap_async=asynchronous))
        finally:
            if not asynchronous:
                self._remove_tmp_path(self._connection._shell.tmpdir)
        if result.get("rc") == CAN_NOT_EXECUTE and "instances" not in result:
            setting = "ansible_system_tmpdirs" if self._is_become_unprivileged() else "ansible_remote_tmp"
            said = (result.get("module_stdout") or result.get("module_stderr") or "").strip()
            result["msg"] = ("the target can't execute files in Ansible's temporary directory, for instance because it "
                             "is mounted with noexec: set %s to another one (%s)" % (setting, said))
        return result

# SPDX-License-Identifier: Apache-2.0
"""A callback that writes every task's raw result as one JSON line to the file RESULTS_FILE."""
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results
type: stdout
short_description: raw results as JSON lines
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "results"

    def write(self, kind, result):
        raw = {**result._result, "failed": kind == "failed"}  # Ansible removes "failed"
        line = {"kind": kind, "task": result._task.get_name(), "result": raw}
        with open(os.environ["RESULTS_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self.write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.write("failed", result)

    def v2_runner_on_unreachable(self, result):
        self.write("unreachable", result)

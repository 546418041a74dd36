# SPDX-License-Identifier: Apache-2.0
"""What an older host gets stays the same, byte for byte: session.json has the calls of a Terraform
1.11.4 that was run over many kinds of change, and the replies that it got. This test makes the same
calls, and compares the replies. It needs no Terraform.

    session_test.py BIN_DIRECTORY            compares; writes the differing session to session.json.seen
    session_test.py BIN_DIRECTORY --record   runs the terraform on PATH, and writes session.json

Fields that the protocol got later, which older hosts ignore, are left out of the comparison (LATER)."""

import json
import pathlib
import subprocess
import sys
import unittest

from google.protobuf import text_format

from case import BIN, SOURCE, Case, instance, resource, resource_set
from provider import Provider, pb, pb_grpc

HERE = pathlib.Path(__file__).resolve().parent
SESSION = HERE / "session.json"
STATELESS = ("GetProviderSchema", "ValidateProviderConfig", "ValidateResourceConfig",
             "ValidateDataResourceConfig", "UpgradeResourceState")
# Fields that hosts older than Terraform 1.12 do not know, by method.
LATER = {
    "GetProviderSchema": ("server_capabilities.move_resource_state",
                          "server_capabilities.generate_resource_config",
                          "list_resource_schemas"),
    "ReadResource": ("new_identity",),
    "PlanResourceChange": ("planned_identity",),
    "ApplyResourceChange": ("new_identity",),
    "ImportResourceState": ("imported_resources.identity",),
}

WORLD = [instance("volcengine", "i-a"), instance("volcengine", "i-b", flags=["balance"]),
         instance("alibaba", "i-c"), instance("alibaba", "i-d"), instance("baidu", "i-e"),
         instance("baidu", "i-f", "Running")]
OPTIONS = ("--boot-ms", "0")
A = resource("volcengine", "i-a")
B = resource("volcengine", "i-b")
SET = resource_set("alibaba", ["i-c", "i-d"], "set")
LATE = ('resource "terraform_data" "late" {\n  input = "i-e"\n}\n' +
        resource("baidu", "i-e").replace('"i-e"', "terraform_data.late.output"))
LATE_PROVIDER = 'volcengine = { region = terraform_data.late.output }'
DATA = ('data "ensure_instance" "d" {\n  cloud = "baidu"\n  region = "bj"\n  instance_id = "i-f"\n}\n'
        'data "ensure_plan" "d" {\n  cloud = "volcengine"\n  region = "cn-beijing"\n'
        '  instance_ids = ["i-b"]\n}\n')
ONE_BY_ONE = ("-parallelism=1", "-no-color")
APPLY = ("apply", "-auto-approve", *ONE_BY_ONE)
PLAN = ("plan", *ONE_BY_ONE)


def changed(cloud, name, **members):
    """A change of the world: the arguments of Case.set_instance."""
    return {"cloud": cloud, "name": name, **members}


# What is recorded: (configuration or None: as before, inside the provider block, changes of the world,
# terraform's arguments, its exit status).
COMMANDS = [
    (DATA, "", (), PLAN, 0),
    (A, "", (), PLAN, 0),
    (A, "", (), APPLY, 0),
    (None, "", (), PLAN, 0),
    (None, "", [changed("volcengine", "i-a", status="STARTING")], PLAN, 0),
    (None, "", [changed("volcengine", "i-a", status="STOPPED")], PLAN, 0),
    (None, "", (), APPLY, 0),
    (A.replace("}\n", '  timeouts {\n    update = "5m"\n  }\n}\n'), "", (), APPLY, 0),
    (B, "", (), PLAN, 1),
    (B, 'preflight = "off"', (), PLAN, 0),
    (A, "", [changed("volcengine", "i-a", deleted=True)], ("apply", "-refresh-only", *APPLY[1:]), 0),
    (SET, "", (), APPLY, 0),
    (None, "", [changed("alibaba", "i-d", status="Stopped")], APPLY, 0),
    (None, "", (), ("destroy", *APPLY[1:]), 0),
    (LATE, "", (), APPLY, 0),
    (resource("baidu", "i-f"), "", (), APPLY, 0),
    (None, "", (), ("destroy", *APPLY[1:]), 0),
    (resource("baidu", "i-f"), "", (),
     ("import", "-no-color", "ensure_instance_running.x", "baidu/bj/i-f"), 0),
    (None, "", (), ("destroy", *APPLY[1:]), 0),
    (LATE + A.replace('"x"', '"y"'), LATE_PROVIDER, (), PLAN, 0),
]


def text_of(message):
    return text_format.MessageToString(message).splitlines()


def request_class(method):
    return getattr(pb, method).Request


def reply_class(method):
    return getattr(pb, method).Response


def clear(message, path):
    """Clears the field at a dotted path, in each element of a repeated one."""
    name, _, rest = path.partition(".")
    if not rest:
        message.ClearField(name)
        return
    inner = getattr(message, name)
    for one in inner if hasattr(inner, "append") else [inner]:
        clear(one, rest)


def canonical(method, data):
    """The reply without the fields of LATER; data must be as protobuf's own encoder writes it, so that
    equal texts are equal bytes."""
    reply = reply_class(method).FromString(data)
    if reply.SerializeToString(deterministic=True) != data:
        raise AssertionError(f"{method}: not the canonical encoding: {data.hex()}")
    for path in LATER.get(method, ()):
        clear(reply, path)
    return text_of(reply)


class Session(Case):
    """Runs the calls of the session again."""

    def call(self, provider, step):
        """Makes a call of the session; returns the reply's bytes."""
        method = step["method"]
        request = text_format.Parse("\n".join(step["request"]), request_class(method)())
        connection = provider.connection.unary_unary(f"/tfplugin6.Provider/{method}")
        return connection(request.SerializeToString(deterministic=True))

    def test_replies_are_those_of_the_recorded_session(self):
        recorded = json.loads(SESSION.read_text(encoding="utf-8"))
        seen = []
        self.start_world(*WORLD, options=OPTIONS)
        with Provider(str(BIN / "terraform-provider-ensure"), self.environment) as provider:
            for step in recorded:
                if "method" in step:
                    reply = canonical(step["method"], self.call(provider, step))
                    seen.append({**step, "reply": reply})
                else:
                    self.set_instance(**step["world"])
                    seen.append(step)
            provider.shut_down()
        if seen == recorded:
            return
        path = pathlib.Path.cwd() / "session.json.seen"
        path.write_text(shown(seen), encoding="utf-8")
        for number, (was, now) in enumerate(zip(recorded, seen)):
            self.assertEqual("\n".join(was.get("reply", ())), "\n".join(now.get("reply", ())),
                             f"step {number}, {was.get('method')}; the whole is in {path}")


def shown(steps):
    return json.dumps(steps, indent=1) + "\n"


class Recording(Case):
    """Runs Terraform over the commands and writes the session."""

    def steps_of(self, recording, known):
        """The calls that were recorded; those that change nothing and were seen already are left
        out."""
        steps = []
        for line in recording.read_text(encoding="utf-8").splitlines():
            call = json.loads(line)
            method = call["method"]
            request = request_class(method).FromString(bytes.fromhex(call["requests"][0]))
            step = {"method": method, "request": text_of(request),
                    "reply": canonical(method, bytes.fromhex(call["replies"][0]))}
            repeats = method in STATELESS and step in known
            if method == "ConfigureProvider":
                repeats = step == next((one for one in reversed(known)
                                        if one["method"] == method), None)
            if not repeats:
                steps.append(step)
            known.append(step)
        return steps

    def record(self):
        recording = self.directory / "recording"
        wrapper = self.directory / "bin" / "terraform-provider-ensure"
        wrapper.parent.mkdir()
        wrapper.write_text(f'#!/bin/sh\nexec /usr/bin/python3 "{HERE}/recorder.py" '
                           f'"{BIN}/terraform-provider-ensure" "{recording}"\n', encoding="utf-8")
        wrapper.chmod(0o700)
        rc = pathlib.Path(self.environment["TF_CLI_CONFIG_FILE"])
        rc.write_text('provider_installation {\n  dev_overrides {\n'
                      f'    "{SOURCE}" = "{wrapper.parent}"\n  }}\n}}\n', encoding="utf-8")
        self.environment["TF_DISABLE_PLUGIN_TLS"] = "1"
        self.start_world(*WORLD, options=OPTIONS)
        steps = []
        known = []
        for configuration, provider, changes, arguments, code in COMMANDS:
            if configuration is not None:
                self.configure(configuration, provider=provider)
            for change in changes:
                self.set_instance(**change)
                steps.append({"world": change})
            recording.write_text("")
            outcome = self.terraform(*arguments)
            self.assertEqual(outcome.code, code, outcome.text)
            steps += self.steps_of(recording, known)
        SESSION.write_text(shown(steps), encoding="utf-8")

    def runTest(self):
        self.record()


def main():
    if "--record" in sys.argv:
        version = subprocess.run(["terraform", "version", "-json"], capture_output=True, check=True)
        print("recording with Terraform", json.loads(version.stdout)["terraform_version"])
        suite = unittest.TestSuite([Recording()])
        result = unittest.TextTestRunner(verbosity=2).run(suite)
        sys.exit(not result.wasSuccessful())
    unittest.main(defaultTest="Session", verbosity=2)


if __name__ == "__main__":
    main()

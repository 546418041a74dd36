# SPDX-License-Identifier: Apache-2.0
"""An emulator whose services hand out keys, and what a run of some rows of the table needs: variables,
files, settings. Afterwards it tells which requests came."""

import json
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("emulator", "support", "rpc")]
# pylint: disable=wrong-import-position
import harness  # noqa: E402
import sources  # noqa: E402
import surroundings  # noqa: E402

WORLDS = ROOT / "tests" / "contract" / "worlds"


def world(**more):
    """The world of the test contract_keys, and the temporary keys of the table."""
    document = json.loads((WORLDS / "keys.json").read_text(encoding="utf-8"))
    accounts = json.loads((WORLDS / "accounts.json").read_text(encoding="utf-8"))
    return {**document, "accounts": [*accounts, sources.TEMPORARY], **more}


def expanded(value, texts):
    """The value with "{NAME}" replaced in all its texts."""
    if isinstance(value, dict):
        return {name: expanded(one, texts) for name, one in value.items()}
    if isinstance(value, str):
        for name, text in texts.items():
            value = value.replace("{" + name + "}", text)
    return value


class Ground:
    """Use it in a with statement."""

    def __init__(self, programs, collections, *options, **more):
        """The options are the emulator's; more: members of the world."""
        self.programs, self.collections = os.path.abspath(programs), os.path.abspath(collections)
        self.holder = tempfile.TemporaryDirectory(prefix="ensure-keys-")
        self.directory = self.holder.name
        self.emulator = harness.Emulator(os.path.join(self.programs, "ensure-emulator"), *options,
                                         world=world(**more), directory=self.directory)
        self.number = 0
        self.home = None
        self.inputs = set()  # paths of files that the test wrote

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.emulator.stop()
        self.holder.cleanup()

    @property
    def texts(self):
        return {"HOME": self.home, **self.emulator.urls}

    def environment(self, rows):
        """The environment of a run of these rows, whose files are in a home directory of its own."""
        self.number += 1
        self.home = os.path.join(self.directory, f"home-{self.number}")
        os.mkdir(self.home)
        self.emulator.control.call("POST", "/reset?world=yes")
        self.inputs.clear()
        result = surroundings.bare(HOME=self.home, LC_ALL="C.UTF-8", ENSURE_LOG="trace",
                                   ENSURE_AUDIT_LOG=os.path.join(self.home, "audit.log"))
        for cloud in sources.TARGET:
            result[f"ENSURE_{cloud.upper()}_ENDPOINT"] = self.emulator.urls[cloud]
            result[f"ENSURE_{cloud.upper()}_STS_ENDPOINT"] = self.emulator.urls[f"{cloud}_sts"]
        for row in rows:
            result.update(expanded(row.variables, self.texts))
            for name, text in row.files.items():
                self.write(name, expanded(text, self.texts))
        return surroundings.with_metadata(result, self.emulator.urls)

    def write(self, name, text):
        path = pathlib.Path(self.home, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        self.inputs.add(str(path))

    def block(self, row):
        """The settings of the row's cloud."""
        return expanded(row.block or {}, self.texts)

    def requests(self, cloud):
        """The requests for a cloud, and those for an identity token, in the words of the table."""
        ledger = self.emulator.control.ledger()
        roles = {one["granted"]["access_key"]: one["granted"]["role"]
                 for one in ledger["requests"] if "access_key" in one.get("granted", ())}
        found = []
        for one in ledger["requests"]:
            if one["cloud"] not in ("", cloud):
                continue
            key = one.get("access_key", "")
            words = ("api as " + roles.get(key, key) if one["service"] == "api" else
                     f"{one['service']} {one['action']}")
            if not (words.startswith("api") and found and found[-1] == words):
                found.append(words)
        return ", ".join(found)

    def secrets(self):
        """Those of the table, and those that were handed out in this run."""
        found = set(sources.SECRETS)
        for one in self.emulator.control.ledger()["requests"]:
            granted = one.get("granted", {})
            found.update(granted[name] for name in ("secret_key", "security_token", "token")
                         if name in granted)
        return found

    def leaks(self, output):
        """The places that hold a secret: the output, and files that the test did not write."""
        places = {"output": output}
        for folder, _, names in os.walk(self.home):
            for path in (os.path.join(folder, name) for name in names):
                if path not in self.inputs and os.path.isfile(path):
                    places[path] = pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
        return [f"{secret} is in {place}" for place, text in places.items()
                for secret in self.secrets() if secret in text]

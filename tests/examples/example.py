# SPDX-License-Identifier: Apache-2.0
"""Base of the tests that run the examples: a world on the emulator with roles that are assumed without
secrets, and the places where an example's commands run."""

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, "..", "..", "examples")
sys.path.insert(0, os.path.join(HERE, "..", "cli"))
# pylint: disable=wrong-import-position
import tool  # noqa: E402
from policies_test import NEEDS, rights  # noqa: E402
import harness  # noqa: E402
import needs  # noqa: E402
import with_emulator  # noqa: E402

V, A, B = tool.CLOUDS
ISSUER = "acs:ram::1000000000000001:oidc-provider/"
ROLES = {V: "trn:iam::2100000001:role/", A: "acs:ram::1000000000000001:role/",
         B: "c0ffee00000000000000000000000001/"}
AUDIENCES = {V: "sts.volcengine.com", A: "sts.aliyuncs.com"}
IDS = {V: ("i-3tiefmkskq3vj0000001",), A: ("i-bp67acfmxazb4p0001", "i-bp67acfmxazb4p0002"),
       B: ("i-3mtkTk01",)}


def read(name):
    """A file of the examples."""
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
        return file.read()


def role(cloud, phase, issuer):
    """A role with the rights of the policy document for the phase."""
    granted = rights(cloud, phase)
    result = {"cloud": cloud, "role": f"{ROLES[cloud]}ensure-{phase}",
              "denied": [action for action, need in NEEDS[cloud].items() if need not in granted]}
    if cloud != B:
        result["oidc"] = {"audience": AUDIENCES[cloud], "tokens": []}
    if cloud == A:
        result["oidc"]["provider"] = issuer
    return result


class Example(tool.Case):
    """Runs commands of an example with the roles that it is for."""

    def world_of(self, issuer=ISSUER + "ci", clouds=(V, A), ids=None):
        """Stopped instances, and roles that trust the issuer; there are no keys in the environment."""
        ids = ids or IDS
        self.targets = [tool.target(cloud, name) for cloud in clouds for name in ids[cloud]]
        world = {"accounts": with_emulator.accounts(),
                 "instances": [tool.one(cloud, name) for cloud in clouds for name in ids[cloud]],
                 "roles": [role(cloud, phase, issuer) for cloud in tool.CLOUDS
                           for phase in ("plan", "apply")],
                 "metadata": {cloud: {"roles": [ROLES[cloud] + "ensure-apply"]}
                              for cloud in tool.CLOUDS}}
        self.emulator = harness.Emulator(tool.EMULATOR, "--boot-ms", "50", world=world,
                                         directory=self.directory)
        self.addCleanup(self.emulator.stop)
        for cloud in tool.CLOUDS:
            self.environment[f"ENSURE_{cloud.upper()}_ENDPOINT"] = self.emulator.urls[cloud]
            self.environment[f"ENSURE_{cloud.upper()}_STS_ENDPOINT"] = self.emulator.urls[f"{cloud}_sts"]
        self.fleet(*self.targets)

    def token(self, audience):
        """An identity token, from the only issuer that the emulator plays."""
        reply = self.emulator.get("github", f"&audience={audience}",
                                  Authorization="bearer github-request-token")
        self.assertEqual(reply.status, 200)
        return reply.json["value"]

    def archive(self):
        """Variables that name an archive like that of a release."""
        launcher = f'#!/bin/sh\nexec {tool.ENSURE} "$@"\n'.encode()
        path = self.path("release.tar.gz")
        with tarfile.open(path, "w:gz") as archive:
            member = tarfile.TarInfo("bin/ensure")
            member.size, member.mode = len(launcher), 0o755
            archive.addfile(member, io.BytesIO(launcher))
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        needs.program(self, "curl", "apt-get install curl")
        return {"ENSURE_ARCHIVE": f"file://{path}", "ENSURE_SHA256": digest}

    def installed(self):
        """A directory for PATH with the program."""
        place = self.path("bin")
        os.makedirs(place, exist_ok=True)
        if not os.path.exists(f"{place}/ensure"):
            os.symlink(tool.ENSURE, f"{place}/ensure")
        return place

    def run_command(self, *command, environment, code=0):
        done = subprocess.run(command, env=environment, cwd=self.directory, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=tool.TIMEOUT_S, check=False)
        self.assertEqual(done.returncode, code, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def check_planned(self):
        """Reads and dry runs by the role for plans, and no start."""
        self.assertEqual(self.starts(), {})
        self.check_roles("ensure-plan")

    def check_applied(self, name="ensure-apply"):
        """Each instance was started once, by the role for applies."""
        self.assertEqual(self.starts(), {target: 1 for target in self.targets})
        self.check_roles(name)

    def check_roles(self, name):
        """Whose keys signed; the ledger of the next phase is empty."""
        requests = self.requests()
        handed_out = {one["granted"]["access_key"]: one["granted"]["role"]
                      for one in requests if "access_key" in (one.get("granted") or {})}
        signed = {handed_out.get(one["access_key"], one["access_key"]) for one in requests
                  if one["service"] == "api"}
        self.assertEqual(signed, {ROLES[target.split("/")[0]] + name for target in self.targets})
        self.emulator.control.call("POST", "/reset")


class Pods(Example):
    """Runs containers of a pod one after the other, as processes of this machine."""

    def mount(self, container, volumes, maps):
        """Makes what the container mounts, and keeps what it has; returns the directory for each place."""
        places = {}
        for mount in container["volumeMounts"]:
            volume = volumes[mount["name"]]
            place = self.path(f"volume-{mount['name']}")
            os.makedirs(place, exist_ok=True)
            files = dict(maps.get(volume.get("configMap", {}).get("name"), {}))
            for source in volume.get("projected", {}).get("sources", ()):
                asked = source["serviceAccountToken"]
                files[asked["path"]] = self.token(asked["audience"])
            for name, text in files.items():
                with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                    file.write(text)
            places[mount["mountPath"]] = place
        return places

    def run_container(self, pod, container, maps, *, code=0, **variables):
        """The container's arguments, with what the cluster expands in them; variables are those that
        the cluster adds. Returns the standard output."""
        places = self.mount(container, {volume["name"]: volume for volume in pod["volumes"]}, maps)
        given = {one["name"]: one["value"] for one in container.get("env", ())}

        def inside(text):
            for name, value in {**given, **variables}.items():
                text = text.replace(f"$({name})", value)
            return re.sub(f"(^|=)({'|'.join(map(re.escape, places))})/",
                          lambda found: f"{found[1]}{places[found[2]]}/", text)

        environment = {**self.environment, "TMPDIR": places.get("/tmp", self.directory), **variables,
                       **{name: inside(value) for name, value in given.items()}}
        return self.run_command(tool.ENSURE, *map(inside, container["args"]), environment=environment,
                                code=code)

# SPDX-License-Identifier: Apache-2.0
"""Hostile services that hand out keys: every behaviour of behaviours.py in answer to the requests for
keys (STS, metadata services, credentials URI, GitHub's tokens), in a sample for each service; a token file
that is gone when it is read again, and a command that leaves processes behind."""

import dataclasses
import json
import os
import sys
import urllib.parse

import ground
from behaviours import ROWS, Behaviour
from ground import HERE, Failure, Suite, control_characters, require
from proxy import Proxy

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "keys"))
# pylint: disable=wrong-import-position
import sources  # noqa: E402
from sources import ALIBABA, BAIDU, VOLCENGINE  # noqa: E402

TIMEOUT_S = 3
MESSAGE_MAX = 600
SAMPLE = 12  # of each service
WORKERS = int(os.environ.get("ENSURE_WORKERS", "12"))
WORLDS = os.path.join(os.path.dirname(HERE), "contract", "worlds")

# service: (cloud, the variable that names it, the rest of the variables, files)
SERVICES = {
    "alibaba_sts": (ALIBABA, "ENSURE_ALIBABA_STS_ENDPOINT", sources.ALIBABA_OIDC, sources.ALIBABA_TOKEN),
    "volcengine_sts": (VOLCENGINE, "ENSURE_VOLCENGINE_STS_ENDPOINT", sources.VOLCENGINE_OIDC,
                       sources.VOLCENGINE_TOKEN),
    "baidu_sts": (BAIDU, "ENSURE_BAIDU_STS_ENDPOINT",
                  {**sources.BAIDU_KEYS, "ENSURE_BAIDU_ROLE": sources.BAIDU_DEPLOY}, {}),
    "alibaba_metadata": (ALIBABA, "ENSURE_ALIBABA_METADATA", {}, {}),
    "volcengine_metadata": (VOLCENGINE, "ENSURE_VOLCENGINE_METADATA", {}, {}),
    "baidu_metadata": (BAIDU, "ENSURE_BAIDU_METADATA", {}, {}),
    "credentials_uri": (ALIBABA, "ALIBABA_CLOUD_CREDENTIALS_URI",
                        {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}, {}),
    "github": (ALIBABA, "ACTIONS_ID_TOKEN_REQUEST_URL",
               {**sources.ALIBABA_ROLE, "ENSURE_ALIBABA_OIDC_AUDIENCE": "sts.aliyuncs.com",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": sources.GITHUB_KEY}, {}),
}


@dataclasses.dataclass(frozen=True)
class Row:
    service: str
    behaviour: Behaviour

    @property
    def name(self):
        return f"{self.service}.{self.behaviour.name}."


class Spoiler(Proxy):
    """Answers every request in one way."""

    def __init__(self, url, run):
        super().__init__(dict.fromkeys(ground.CLOUDS, url))
        self.run = run

    def behaviour(self, request):
        return self.run


class Logins(Suite):
    def __init__(self):
        super().__init__(__file__, __doc__)
        world = ground.read_json(os.path.join(WORLDS, "keys.json"))
        world["accounts"] = ground.read_json(os.path.join(WORLDS, "accounts.json"))
        self.emulator = ground.harness.Emulator(
            self.places.program("ensure-emulator"), world=world, directory=self.directory)

    # ---- what a user has set ----------------------------------------------------------------------

    def environment(self, variables, files, more):
        """more: the variables that name services, in place of the emulator's."""
        home = self.place()
        for name, text in files.items():
            self.write(os.path.join(home, name), text.replace("{HOME}", home))
        result = ground.surroundings.bare(HOME=home, LC_ALL="C.UTF-8")
        for cloud in ground.CLOUDS:
            result[f"ENSURE_{cloud.upper()}_ENDPOINT"] = self.emulator.urls[cloud]
            result[f"ENSURE_{cloud.upper()}_STS_ENDPOINT"] = self.emulator.urls[f"{cloud}_sts"]
        result.update({name: text.replace("{HOME}", home) for name, text in variables.items()})
        metadata = {name[len("ENSURE_"):].lower(): url for name, url in more.items()
                    if name.endswith("_METADATA")}
        return {**ground.surroundings.with_metadata(result, metadata), **more}

    @staticmethod
    def write(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)

    # ---- the oracle -------------------------------------------------------------------------------

    def status(self, cloud, environment):
        """The one result of a read, whose texts are fit to be shown."""
        run = ground.run([self.places.program("ensure"), "status", "--format", "json", "--timeout",
                          f"{TIMEOUT_S}s", sources.TARGET[cloud]], TIMEOUT_S + ground.PATIENCE,
                         env=environment, cwd=self.directory)
        require(run.code in (0, 1, 3), run.text)
        for text in (run.out, run.err):
            require(not control_characters(text), "controls in", repr(text))
            for secret in sources.SECRETS:
                require(secret not in text, "the secret", secret, "is in", text)
        try:
            document = ground.schemas.check(json.loads(run.out))
        except (ValueError, AssertionError) as error:
            raise Failure(f"{error}\n{run.text}") from error
        require(len(document["instances"]) == 1, run.text)
        return document["instances"][0]

    @staticmethod
    def check_result(result):
        """There were keys in the end, or one sentence says why not."""
        if result["status"] == "running":
            require(result["reason"] == "ok", result)
            return
        require(result["status"] == "unknown", result)
        require(result["reason"] in ground.REASONS - {"ok", "not_found"}, result)
        require(0 < len(result["message"]) <= MESSAGE_MAX, result)
        require(result["advice"], result)

    def check(self, row):
        cloud, variable, variables, files = SERVICES[row.service]
        real = urllib.parse.urlsplit(self.emulator.urls[row.service])
        spoiler = Spoiler(real.geturl(), row.behaviour.run)
        try:
            url = real._replace(netloc=urllib.parse.urlsplit(spoiler.urls[cloud]).netloc).geturl()
            result = self.status(cloud, self.environment(variables, files, {variable: url}))
            self.check_result(result)
            require(spoiler.log or "(no answer)" in result["message"], "the service was not asked")
            require(not any("/stolen" in entry["path"] for entry in spoiler.log),
                    "a redirect was followed")
        finally:
            spoiler.stop()

    # ---- files and commands -----------------------------------------------------------------------

    def check_token_file(self, _):
        result = self.status(ALIBABA, self.environment(sources.ALIBABA_OIDC, {}, {}))
        require("alibaba-token: there is no such file" in result["message"], result)

    def check_command(self, _):
        """Its processes are gone when the tool ends."""
        files = {"hang": "sleep 1000 & sleep 1000 & exec sleep 1000",
                 **sources.aliyun(mode="External", process_command="sh {HOME}/hang")}
        environment = self.environment({}, files, {})
        result = self.status(ALIBABA, environment)
        require(result["reason"] in ("timed_out", "unauthenticated"), result)
        mark = "HOME=" + environment["HOME"]
        require(ground.wait_until(lambda: not ground.processes_with(mark), ground.PATIENCE),
                "processes are left:", ground.processes_with(mark))

    def main(self):
        for service in SERVICES:
            rows = self.sample([Row(service, one) for one in ROWS], SAMPLE)
            self.each(rows, self.check, WORKERS)
        cases = [ground.Case("token_file.", self.check_token_file),
                 ground.Case("command.", self.check_command)]
        self.each(self.sample(cases, len(cases)), lambda case: case.check(case), 1)
        self.emulator.stop()
        self.end()


if __name__ == "__main__":
    Logins().main()

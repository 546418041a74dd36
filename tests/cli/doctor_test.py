# SPDX-License-Identifier: Apache-2.0
"""The verb doctor: what it finds out about the keys of each cloud, its exit codes, and that it sends
reads and requests for the caller alone."""

import os
import re
import socket
import threading

import tool
import surroundings
import with_emulator
from tool import CLOUDS, REGION, Case, one

KEY_ID = {"volcengine": "AKLTtestVolcengine", "alibaba": "LTAItestAlibaba",
          "baidu": "0123456789abcdef0123456789abcdef"}
IDENTITY = {"volcengine": r"^trn:iam::\d+:user/main$", "alibaba": r"^acs:ram::\d+:user/main$",
            "baidu": "^$"}
HOUR_MS = 3600 * 1000
EACH = [one(cloud, "i-" + cloud) for cloud in CLOUDS]


class Silent:
    """A server on loopback that accepts connections, reads one request and never answers."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.requests, self.open = [], []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:  # it was shut down
                return
            connection.settimeout(tool.TIMEOUT_S)
            self.open.append(connection)
            self.requests.append(connection.recv(65536).decode("latin-1").split("\r\n")[0])

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        for one_socket in (self.socket, *self.open):
            one_socket.close()


class Doctor(Case):
    def doctor(self, *places):
        return self.json("doctor", *places)

    def cloud(self, run, name):
        return next(c for c in run.document["clouds"] if c["cloud"] == name)

    def without_keys(self, *clouds):
        for cloud in clouds:
            for name in with_emulator.KEY_VARIABLES[cloud]:
                self.environment.pop(name, None)

    def denied(self, *actions):
        accounts = with_emulator.accounts()
        for account in accounts:
            account["denied"] = [action for cloud, action in actions if cloud == account["cloud"]]
        return accounts

    def actions(self):
        """What each cloud was asked for."""
        return sorted((request["cloud"], request["action"]) for request in self.requests())

    # ---- keys that may read ----

    def test_all_clouds(self):
        self.world(*EACH)
        run = self.doctor()
        self.assertEqual((run.code, run.err), (0, ""))
        self.assertEqual([c["cloud"] for c in run.document["clouds"]], sorted(CLOUDS))
        for cloud in CLOUDS:
            found = self.cloud(run, cloud)
            self.assertEqual((found["region"], found["may_read"], found["reason"], found["advice"]),
                             (REGION[cloud], "yes", "ok", ""))
            self.assertEqual(found["source"],
                             f"environment ({with_emulator.KEY_VARIABLES[cloud][0]})")
            self.assertEqual(found["key_id_tail"], KEY_ID[cloud][-4:])
            self.assertEqual((found["expires_at"], found["clock_skew_ms"], found["looked_at"]),
                             ("", 0, []))
            self.assertEqual(found["endpoint"], self.emulator.urls[cloud])
            self.assertRegex(found["identity"], IDENTITY[cloud])
        self.assertIn("documents no request", self.cloud(run, "baidu")["message"])
        self.assertEqual(self.actions(), [
            ("alibaba", "DescribeInstances"), ("alibaba", "GetCallerIdentity"),
            ("baidu", "ListInstances"),
            ("volcengine", "DescribeInstances"), ("volcengine", "GetCallerIdentity")])
        self.assertEqual(self.starts(), {})
        audited = tool.schemas.check_audit(self.path("audit.log"))
        self.assertEqual(sorted((line["action"], line["dry_run"], line["outcome"], len(line["targets"]))
                                for line in audited),
                         [("describe", False, "ok", 0), ("describe", False, "ok", 0),
                          ("probe", True, "ok", 0)])

    def test_named_clouds_and_regions(self):
        self.world(one("alibaba", "i-a"), {**one("alibaba", "i-b"), "region": "cn-beijing"})
        run = self.doctor("alibaba/cn-beijing", "volcengine", "alibaba", "alibaba/cn-hangzhou")
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([(c["cloud"], c["region"]) for c in run.document["clouds"]],
                         [("alibaba", "cn-beijing"), ("volcengine", "cn-beijing"),
                          ("alibaba", "cn-hangzhou")])

    def test_a_role(self):
        role = "acs:ram::1000000000000001:role/ci"
        self.write("token", "the-oidc-token")
        self.emulator_with_roles([{"cloud": "alibaba", "role": role,
                                   "oidc": {"provider": "acs:ram::1000000000000001:oidc-provider/ci",
                                            "audience": "sts.aliyuncs.com",
                                            "tokens": ["the-oidc-token"]}}])
        self.without_keys(*CLOUDS)
        self.environment.update(
            ALIBABA_CLOUD_ROLE_ARN=role, ALIBABA_CLOUD_OIDC_TOKEN_FILE=self.path("token"),
            ALIBABA_CLOUD_OIDC_PROVIDER_ARN="acs:ram::1000000000000001:oidc-provider/ci")
        run = self.doctor("alibaba")
        self.assertEqual(run.code, 0, run.out + run.err)
        found = self.cloud(run, "alibaba")
        self.assertIn("OIDC token file " + self.path("token"), found["source"])
        self.assertIn(role, found["source"])
        self.assertNotEqual(found["expires_at"], "")
        self.assertEqual(len(found["key_id_tail"]), 4)
        self.assertRegex(found["identity"], r"^acs:ram::1000000000000001:assumed-role/ci/")
        self.assertEqual(found["looked_at"], ["the environment"])
        self.write("token", "another-token")
        run = self.doctor()  # the others are not set up, this one fails
        found = self.cloud(run, "alibaba")
        self.assertEqual((run.code, found["may_read"], found["reason"]), (1, "unknown", "unauthenticated"))
        self.assertIn(role, found["source"])
        self.assertIn("AuthenticationFail.OIDCToken.Invalid", found["message"])
        self.assertNotIn("another-token", run.out + run.err)

    def emulator_with_roles(self, roles):
        world = {"accounts": with_emulator.accounts(), "instances": EACH, "roles": roles}
        self.emulator = tool.harness.Emulator(tool.EMULATOR, world=world, directory=self.directory)
        self.addCleanup(self.emulator.stop)
        self.environment.update(with_emulator.environment(self.emulator, self.directory))

    # ---- keys that may not ----

    def test_denied_readers(self):
        self.world(*EACH, accounts=self.denied(("volcengine", "DescribeInstances"),
                                        ("alibaba", "DescribeInstances"), ("baidu", "ListInstances")))
        run = self.doctor()
        self.assertEqual(run.code, 3, run.err)
        for cloud in CLOUDS:
            found = self.cloud(run, cloud)
            self.assertEqual((found["may_read"], found["reason"]), ("no", "permission_denied"))
            self.assertNotEqual(found["advice"], "")
            self.assertRegex(found["identity"], IDENTITY[cloud])

    def test_a_denied_request_for_the_caller(self):
        self.world(*EACH, accounts=self.denied(("alibaba", "GetCallerIdentity")))
        run = self.doctor("alibaba")
        found = self.cloud(run, "alibaba")
        self.assertEqual((run.code, found["may_read"], found["identity"], found["advice"]),
                         (0, "yes", "", ""))
        self.assertIn("Whom they belong to could not be found out: NoPermission", found["message"])

    def test_rejected_keys(self):
        self.world(*EACH)
        self.environment[with_emulator.KEY_VARIABLES["volcengine"][1]] = "another-secret"
        run = self.doctor()
        found = self.cloud(run, "volcengine")
        self.assertEqual((run.code, found["may_read"], found["reason"], found["identity"]),
                         (3, "unknown", "unauthenticated", ""))
        self.assertEqual(self.cloud(run, "alibaba")["may_read"], "yes")
        self.assertNotIn("another-secret", run.out + run.err)

    def test_a_dead_endpoint(self):
        self.world(*EACH)
        self.environment["ENSURE_ALIBABA_ENDPOINT"] = "http://127.0.0.1:1"
        run = self.doctor()
        found = self.cloud(run, "alibaba")
        self.assertEqual((run.code, found["may_read"], found["reason"], found["clock_skew_ms"]),
                         (3, "unknown", "unavailable", 0))
        self.assertRegex(found["identity"], IDENTITY["alibaba"])  # another host
        self.assertEqual(self.cloud(run, "baidu")["may_read"], "yes")
        self.environment["ENSURE_ALIBABA_ENDPOINT"] = "ftp://127.0.0.1"
        run = self.doctor()
        found = self.cloud(run, "alibaba")
        self.assertEqual((run.code, found["reason"], found["endpoint"]), (3, "invalid_argument", ""))
        self.assertIn("ENSURE_ALIBABA_ENDPOINT", found["message"])

    # ---- clocks ----

    def test_a_clock_that_is_an_hour_off(self):
        for offset, word in ((HOUR_MS, "behind"), (-HOUR_MS, "ahead of")):
            with self.subTest(word):
                self.world(*EACH, options=("--clock-offset-ms", str(offset)))
                run = self.doctor()
                self.assertEqual(run.code, 0, run.err)  # requests are signed with the cloud's time
                for cloud in CLOUDS:
                    found = self.cloud(run, cloud)
                    self.assertEqual(found["may_read"], "yes")
                    self.assertLess(abs(found["clock_skew_ms"] - offset), 60 * 1000)
                    self.assertRegex(found["message"], rf"clock is \d+ s {word} the cloud's\.")
                    self.assertIn("clock", found["advice"])

    # ---- no keys ----

    def test_no_keys(self):
        self.world(*EACH)
        self.without_keys(*CLOUDS)
        run = self.doctor()
        self.assertEqual(run.code, 1, run.err)
        for cloud in CLOUDS:
            found = self.cloud(run, cloud)
            self.assertEqual((found["may_read"], found["reason"], found["source"],
                              found["key_id_tail"]), ("unknown", "unauthenticated", "", ""))
            self.assertIn(with_emulator.KEY_VARIABLES[cloud][0], found["message"])
        self.assertEqual(self.requests(), [])
        self.without_keys()
        name, secret = with_emulator.KEY_VARIABLES["baidu"]
        self.environment[name], self.environment[secret] = tool.harness.KEYS["baidu"]
        self.assertEqual(self.doctor().code, 0)  # those without keys were not named
        self.assertEqual(self.doctor("baidu", "alibaba").code, 3)
        del self.environment[secret]
        run = self.doctor()
        self.assertEqual((run.code, self.cloud(run, "baidu")["source"]), (1, "environment"))

    def test_silent_metadata(self):
        """Where nothing has keys, it says what was looked at, in order; the services are probed once."""
        silent = {cloud: Silent() for cloud in CLOUDS}
        try:
            self.world(*EACH)
            self.without_keys(*CLOUDS)
            self.environment = surroundings.with_metadata(
                self.environment, {f"{cloud}_metadata": silent[cloud].url for cloud in CLOUDS})
            run = self.doctor()
        finally:
            for server in silent.values():
                server.stop()
        self.assertEqual(run.code, 1, run.err)
        for cloud, files, rest in (
                ("alibaba", (".aliyun/config.json", ".alibabacloud/credentials"), 1),
                ("baidu", (".bce/config.json",), 0),
                ("volcengine", (".volcengine/config.json", ".volc/config",
                                ".volcengine/credentials"), 0)):
            looked_at = self.cloud(run, cloud)["looked_at"]
            oidc = 0 if cloud == "baidu" else 1
            self.assertEqual(len(looked_at), 1 + oidc + len(files) + 1 + rest, looked_at)
            self.assertEqual(looked_at[0], "the environment")
            self.assertTrue(not oidc or looked_at[1].startswith("OIDC ("), looked_at)
            for number, file in enumerate(files):
                self.assertEqual(looked_at[1 + oidc + number],
                                 f"{self.path(file)} (no such file)")
            self.assertTrue(looked_at[1 + oidc + len(files)].startswith(
                f"metadata service {silent[cloud].url} ("), looked_at)
            self.assertTrue(not rest or looked_at[-1].startswith("credentials URI ("), looked_at)
            self.assertEqual(len(silent[cloud].requests), 1, silent[cloud].requests)
        self.assertEqual(self.requests(), [])

    # ---- usage ----

    def test_usage(self):
        self.world(*EACH)
        self.assert_sentence(self.ensure("doctor", "alibaba/CN"), '"alibaba/CN" is neither a cloud')
        self.assert_sentence(self.ensure("doctor", "gcp"), 'ensure: gcp: there is no provider for cloud "gcp"')
        self.assert_sentence(self.ensure("doctor", "--format", "markdown"), "expected one of: table json")
        self.assert_sentence(self.ensure("doctor", *[f"baidu/r{n}" for n in range(101)]),
                             "expected at most 100, found 101")
        self.assertEqual(self.requests(), [])
        self.assertEqual(self.ensure("doctor", *[f"baidu/r{n}" for n in range(100)]).code, 0)

    def test_the_table(self):
        self.world(*EACH, accounts=self.denied(("volcengine", "DescribeInstances")))
        self.without_keys("baidu")
        run = self.ensure("doctor")
        self.assertEqual((run.code, run.err), (3, ""))
        heads = [line for line in run.out.splitlines() if line and not line.startswith(" ")]
        self.assertEqual(heads, ["alibaba/cn-hangzhou: may read", "baidu/bj: no keys",
                                 "volcengine/cn-beijing: may not read"])
        self.assertIn("looked at the environment", run.out)
        self.assertEqual(run.out.count("metadata service"), 1, run.out)
        shown = self.terminal("doctor", columns=40)
        self.assertEqual(shown.end(), 3)
        for line in shown.shown.splitlines():
            plain = re.sub(r"\x1b\[[0-9;]*[mK]", "", line)
            self.assertLessEqual(len(plain), 40, plain)

    # ---- interruption ----

    def interrupted(self, twice):
        self.world(*EACH)
        self.emulator.control.call("PUT", "/faults", ["hang,cloud=alibaba"])
        with self.start("doctor", "--format", "json") as process:
            child = tool.wait_for_child(process)
            while len(self.requests()) < 5:
                self.assertIsNone(process.poll())
            if twice:
                tool.freeze(child)
            tool.interrupt(process)
            while twice and tool.pending(process.pid):
                pass
            if twice:
                tool.interrupt(process)
            out, err = process.communicate(timeout=tool.TIMEOUT_S)
        run = tool.Run(process.returncode, out, err)
        self.assertEqual(run.code, 130, run.err)
        return run

    def test_interrupted(self):
        run = self.interrupted(twice=False)
        found = self.cloud(run, "alibaba")
        self.assertEqual((found["may_read"], found["reason"], found["key_id_tail"]),
                         ("unknown", "cancelled", KEY_ID["alibaba"][-4:]))
        self.assertEqual({self.cloud(run, cloud)["may_read"] for cloud in ("baidu", "volcengine")},
                         {"yes"})

    def test_interrupted_twice(self):
        self.assertEqual(self.interrupted(twice=True).document["clouds"], [])


if __name__ == "__main__":
    tool.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Valid and invalid signatures of the three clouds over HTTP.

Usage: signature_test.py PROGRAM [unittest argument]..."""

import unittest

from case import KINDS, Case, key, one
from harness import KEYS, Alibaba, Baidu, Volcengine


class Signatures(Case):
    def test_wrong_keys_and_clocks(self):
        _, clients = self.clients()
        rows = [
            ("volcengine", {"sign_secret": "wrong"}, 401, "SignatureDoesNotMatch"),
            ("volcengine", {"offset_s": 3600}, 400, "InvalidTimestamp"),
            ("volcengine", {"offset_s": -3600}, 400, "InvalidTimestamp"),
            ("volcengine", {"sign_headers": ["host"]}, 401, "SignatureDoesNotMatch"),
            ("volcengine", {"service": "iam"}, 404, "ServiceNotFound"),
            ("volcengine", {"extra": {"X-Content-Sha256": "0"}}, 401, "SignatureDoesNotMatch"),
            ("volcengine", {"extra": {"X-Security-Token": "t"}}, 401, "InvalidSecretToken"),
            ("alibaba", {"sign_secret": "wrong"}, 400, "SignatureDoesNotMatch"),
            ("alibaba", {"offset_s": 3600}, 400, "InvalidTimeStamp.Expired"),
            ("alibaba", {"offset_s": -3600}, 400, "InvalidTimeStamp.Expired"),
            ("alibaba", {"date": "2026-09-01 08:09:10"}, 400, "InvalidTimeStamp.Format"),
            ("alibaba", {"sign_body_hash": "0"}, 400, "SignatureDoesNotMatch"),
            ("alibaba", {"sign_headers": ["host", "x-acs-action"]}, 400, "SignatureDoesNotMatch"),
        ]
        for cloud, changes, status, code in rows:
            with self.subTest(cloud=cloud, changes=changes):
                self.check(clients[cloud].describe(["i-a"], **changes), status, code)
        rows = [
            ({"sign_secret": "wrong"}, 400, "SignatureDoesNotMatch"),
            ({"offset_s": 3600}, 403, "RequestTimeTooSkewed"),
            ({"offset_s": -3600}, 400, "RequestExpired"),
            ({"offset_s": -1200}, 403, "RequestTimeTooSkewed"),
            ({"offset_s": -20, "expiry": 10}, 400, "RequestExpired"),
            ({"date": "2020-01-01T00:00:00Z"}, 400, "InvalidHTTPAuthHeader"),
            ({"sign_headers": ["x-bce-date"]}, 400, "SignatureDoesNotMatch"),
            ({"expiry": "soon"}, 400, "InvalidHTTPAuthHeader"),
        ]
        for changes, status, code in rows:
            with self.subTest(cloud="baidu", changes=changes):
                self.check(clients["baidu"].get("i-a", **changes), status, code)

    def test_unknown_inactive_and_temporary_keys(self):
        accounts = [key(cloud, state="inactive") for cloud in KINDS]
        accounts += [{"cloud": cloud, "access_key": "STS", "secret_key": "s",
                      "security_token": "tok+en=="} for cloud in KINDS]
        accounts += [{"cloud": cloud, "access_key": "OLD", "secret_key": "s",
                      "security_token": "t", "state": "token_expired"} for cloud in KINDS]
        emulator = self.emulator(accounts=accounts)
        rows = [
            (Volcengine, {"key": "unknown"}, 401, "InvalidAccessKey"),
            (Volcengine, {}, 401, "InvalidAccessKey"),
            (Volcengine, {"key": "STS", "secret": "s", "token": "tok+en=="}, 200, None),
            (Volcengine, {"key": "STS", "secret": "s"}, 401, "InvalidSecretToken"),
            (Volcengine, {"key": "STS", "secret": "s", "token": "x"}, 401, "InvalidSecretToken"),
            (Volcengine, {"key": "OLD", "secret": "s", "token": "t"}, 401, "InvalidSecretToken"),
            (Alibaba, {"key": "unknown"}, 404, "InvalidAccessKeyId.NotFound"),
            (Alibaba, {}, 400, "InvalidAccessKeyId.Inactive"),
            (Alibaba, {"key": "STS", "secret": "s", "token": "tok+en=="}, 404,
             "InvalidRegionId.NotFound"),
            (Alibaba, {"key": "STS", "secret": "s"}, 400, "MissingSecurityToken"),
            (Alibaba, {"key": "STS", "secret": "s", "token": "x"}, 400,
             "InvalidSecurityToken.Malformed"),
            (Alibaba, {"key": "OLD", "secret": "s", "token": "t"}, 400,
             "InvalidSecurityToken.Expired"),
            (Baidu, {"key": "unknown"}, 403, "InvalidAccessKeyId"),
            (Baidu, {}, 403, "InvalidAccessKeyId"),
            (Baidu, {"key": "STS", "secret": "s", "token": "tok+en=="}, 200, None),
            (Baidu, {"key": "STS", "secret": "s"}, 403, "InvalidAccessKeyId"),
            (Baidu, {"key": "OLD", "secret": "s", "token": "t"}, 403, "InvalidAccessKeyId"),
        ]
        for kind, keys, status, code in rows:
            with self.subTest(cloud=kind.cloud, keys=keys):
                client = emulator.client(kind, **keys)
                reply = client.list() if kind is Baidu else client.describe()
                self.check(reply, status, code)

    def test_a_nonce_can_be_used_once(self):
        _, clients = self.clients(one("alibaba", "i-a"))
        self.check(clients["alibaba"].describe(["i-a"], nonce="n1"), 200)
        self.check(clients["alibaba"].describe(["i-a"], nonce="n1"), 400, "SignatureNonceUsed")
        self.check(clients["alibaba"].describe(["i-a"], nonce="n2"), 200)

    def test_alibaba_takes_get_post_and_forms(self):
        _, clients = self.clients(one("alibaba", "i-a"))
        for how in ({"method": "GET"}, {"method": "POST"}, {"form": True}):
            with self.subTest(how=how):
                self.check(clients["alibaba"].start_many(["i-a"], dry_run=True, **how), 400,
                           "DRYRUN.SUCCESS")
        self.check(clients["alibaba"].describe(["i-a"], method="PUT"), 400,
                   "UnsupportedHTTPMethod")

    def test_baidu_signs_the_default_headers_when_none_are_listed(self):
        _, clients = self.clients(one("baidu", "i-a"))
        self.check(clients["baidu"].get("i-a", sign_headers=""), 200)
        self.check(clients["baidu"].start_many(["i-a"], sign_headers=""), 200)

    def test_the_ledger_has_the_canonical_request(self):
        emulator, clients = self.clients()
        self.check(clients["volcengine"].describe(sign_secret="wrong"), 401,
                   "SignatureDoesNotMatch")
        canonical = emulator.control.ledger()["requests"][0]["server_canonical_request"]
        self.assertTrue(canonical.startswith("GET\n/\nAction=DescribeInstances&Version="))
        self.assertNotIn(KEYS["volcengine"][1], canonical)

    def test_the_clock_can_be_moved(self):
        emulator, clients = self.clients(options=["--clock-offset-ms", "3600000"])
        self.check(clients["volcengine"].describe(), 400, "InvalidTimestamp")
        self.check(clients["volcengine"].describe(offset_s=3600), 200)
        self.assertEqual(emulator.control.call("POST", "/clock", {"offset_ms": 0}).status, 200)
        self.check(clients["volcengine"].describe(), 200)
        self.assertEqual(emulator.control.call("POST", "/clock", {}).status, 400)


if __name__ == "__main__":
    unittest.main()

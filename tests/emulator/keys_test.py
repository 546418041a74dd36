#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Temporary keys: STS, metadata services, the credentials URI, GitHub's identity tokens, expiry.

Usage: keys_test.py PROGRAM [unittest argument]..."""

import datetime
import http.client
import time
import unittest

from case import KINDS, Background, Case, key, one
from harness import KEYS, Alibaba, Baidu, Volcengine

ARN = "acs:ram::1000000000000001:role/deploy"
TRN = "trn:iam::2100000001:role/deploy"
BCE = "c0ffee00000000000000000000000001/deploy"
PROVIDER = "acs:ram::1000000000000001:oidc-provider/ci"
ROLES = {"alibaba": ARN, "volcengine": TRN, "baidu": BCE}
TOKEN_HEADER = {"alibaba": "X_aliyun_ecs_metadata_token", "volcengine": "X_volc_ecs_metadata_token"}
ROLE_PATH = {"alibaba": "/latest/meta-data/ram/security-credentials/",
             "volcengine": "/volcstack/latest/iam/security_credentials"}


def role(cloud, **more):
    return {"cloud": cloud, "role": ROLES[cloud], **more}


def oidc(cloud, *tokens, **more):
    provider = {"provider": PROVIDER} if cloud == "alibaba" else {}
    return {"oidc": {**provider, "tokens": list(tokens), **more}}


class Keys:
    """Temporary keys and their expiry, from the reply of any service."""

    def __init__(self, reply):
        document = reply.json
        found = document.get("Result", document)
        found = found.get("Credentials", found)
        lower = {name.lower(): value for name, value in found.items()}
        self.key = lower["accesskeyid"]
        self.secret = lower.get("secretaccesskey") or lower["accesskeysecret"]
        self.token = lower.get("sessiontoken") or lower["securitytoken"]
        expiry = lower.get("expiration") or lower["expiredtime"]
        self.expires = datetime.datetime.fromisoformat(expiry.replace("Z", "+00:00"))

    @property
    def options(self):
        return {"key": self.key, "secret": self.secret, "token": self.token}


class KeysCase(Case):
    def start(self, *roles, options=(), accounts=None, **world):
        """An emulator with one instance for each cloud and these roles."""
        self.emu = self.emulator(*(one(cloud, "i-a") for cloud in KINDS), options=options,
                                 accounts=accounts, roles=list(roles), **world)
        return self.emu

    def sts(self, kind, **options):
        return self.emu.client(kind, "sts", **options)

    def read(self, kind, keys):
        """A read with these keys."""
        client = self.emu.client(kind, **keys.options)
        return client.list_ids(["i-a"]) if kind is Baidu else client.describe(["i-a"])

    def assert_works(self, kind, keys):
        client = self.emu.client(kind, **keys.options)
        self.assertEqual(len(client.statuses(["i-a"])), 1)

    def assume(self, kind, session="ensure", params=(), **options):
        client = self.sts(kind, **options)
        if kind is Baidu:
            account, name = BCE.split("/")
            return client.sts([("accountId", account), ("roleName", name), *params])
        name = "RoleArn" if kind is Alibaba else "RoleTrn"
        return client.sts("AssumeRole", [(name, ROLES[kind.cloud]), ("RoleSessionName", session),
                                         *params])

    def with_token(self, kind, token, session="ensure", params=(), provider=PROVIDER):
        name = "RoleArn" if kind is Alibaba else "RoleTrn"
        given = [(name, ROLES[kind.cloud]), ("RoleSessionName", session), ("OIDCToken", token),
                 *params]
        if kind is Alibaba:
            given.append(("OIDCProviderArn", provider))
        return self.sts(kind).with_oidc(given)

    def metadata(self, cloud, path, token=None):
        headers = {TOKEN_HEADER[cloud]: token} if token is not None else {}
        return self.emu.get(f"{cloud}_metadata", path, **headers)

    def put_token(self, cloud, ttl="21600"):
        return self.emu.get(f"{cloud}_metadata", "/latest/api/token", method="PUT",
                            **{TOKEN_HEADER[cloud] + "_ttl_seconds": ttl})

    def requests(self):
        return [(one["service"], one["cloud"], one["action"], one["http_status"])
                for one in self.emu.control.ledger()["requests"]]


class AssumeRole(KeysCase):
    def test_keys_of_a_role_are_accepted(self):
        self.start(*(role(cloud) for cloud in KINDS))
        for kind in KINDS.values():
            with self.subTest(cloud=kind.cloud):
                keys = Keys(self.assume(kind))
                self.assert_works(kind, keys)
                self.assertGreater(keys.expires, datetime.datetime.now(datetime.timezone.utc))
                wrong = self.emu.client(kind, key=keys.key, secret="wrong", token=keys.token)
                reply = wrong.list() if kind is Baidu else wrong.describe()
                self.assertEqual(reply.code, "SignatureDoesNotMatch")

    def test_alibaba_takes_both_signatures(self):
        self.start(role("alibaba"))
        params = [("RoleArn", ARN), ("RoleSessionName", "ensure")]
        sts = self.sts(Alibaba)
        for how, reply in (("v1", sts.sts_v1("AssumeRole", params)),
                           ("ACS3, query", sts.sts("AssumeRole", params)),
                           ("ACS3, form", sts.sts("AssumeRole", params, form=True)),
                           ("ACS3, GET", sts.sts("AssumeRole", params, method="GET"))):
            with self.subTest(how=how):
                self.assertEqual(reply.status, 200, reply.body)
                self.assert_works(Alibaba, Keys(reply))
        self.assertEqual(sts.sts_v1("AssumeRole", params, Format=None).status, 400)

    def test_signatures_are_checked(self):
        self.start(*(role(cloud) for cloud in KINDS))
        for kind in KINDS.values():
            with self.subTest(cloud=kind.cloud):
                self.assertEqual(self.assume(kind, secret="wrong").code, "SignatureDoesNotMatch")
        self.assertEqual(self.sts(Alibaba).sts_v1("AssumeRole", sign_secret="x").code,
                         "SignatureDoesNotMatch")
        self.assertEqual(self.sts(Volcengine).call("AssumeRole", version="2018-01-01").code,
                         "ServiceNotFound")
        self.assertEqual(self.sts(Volcengine, key="x").sts("AssumeRole").code, "InvalidAccessKey")

    def test_refusals(self):
        self.start(role("alibaba", external_id="x", assumed_by=[KEYS["alibaba"][0]]),
                   role("volcengine", assumed_by=["other"]), role("baidu", assumed_by=[]),
                   {"cloud": "alibaba", "role": ARN + "2", "assumed_by": [ARN]},
                   accounts=[key(cloud) for cloud in KINDS] + [
                       {"cloud": cloud, "access_key": f"{cloud}denied", "secret_key": "s",
                        "denied": ["AssumeRole"]} for cloud in KINDS])
        good = [("RoleArn", ARN), ("RoleSessionName", "ensure"), ("ExternalId", "x")]

        def ask(**changed):
            params = {**dict(good), **changed}
            return self.sts(Alibaba).sts("AssumeRole", [(name, value) for name, value
                                                        in params.items() if value is not None])
        rows = [
            (ask(), 200, None),
            (ask(ExternalId=None), 403, "NoPermission"),
            (ask(ExternalId="y"), 403, "NoPermission"),
            (ask(RoleArn=ARN + "2"), 403, "NoPermission"),
            (ask(RoleArn=ARN + "3"), 404, "EntityNotExist.Role"),
            (ask(RoleArn="deploy"), 400, "InvalidParameter.RoleArn"),
            (ask(RoleArn=None), 400, "MissingRoleArn"),
            (ask(RoleSessionName=None), 400, "MissingRoleSessionName"),
            (ask(RoleSessionName="e"), 400, "InvalidParameter.RoleSessionName"),
            (ask(RoleSessionName="e" * 64), 200, None),
            (ask(RoleSessionName="e" * 65), 400, "InvalidParameter.RoleSessionName"),
            (ask(RoleSessionName="en sure"), 400, "InvalidParameter.RoleSessionName"),
            (ask(DurationSeconds="899"), 400, "InvalidParameter.DurationSeconds"),
            (ask(DurationSeconds="900"), 200, None),
            (ask(DurationSeconds="3600"), 200, None),
            (ask(DurationSeconds="3601"), 400, "InvalidParameter.DurationSeconds"),
            (ask(Policy="{}"), 200, None),
            (ask(Policy="{"), 400, "InvalidParameter.PolicyGrammar"),
            (ask(Policy='{"a":"' + 2048 * "x" + '"}'), 400, "InvalidParameter.PolicySize"),
            (self.sts(Alibaba).sts("AssumeRoleWithSAML"), 404, "InvalidAction.NotFound"),
            (self.sts(Alibaba).call("AssumeRole"), 400, "InvalidVersion"),
            (self.assume(Volcengine), 403, "AccessDenied"),
            (self.sts(Volcengine).sts("AssumeRole", [("RoleTrn", TRN + "2"),
                                                     ("RoleSessionName", "e")]), 404, "RoleNotExist"),
            (self.sts(Volcengine).sts("AssumeRole", [("RoleTrn", "x"), ("RoleSessionName", "e")]),
             400, "InvalidTRN"),
            (self.assume(Volcengine, session="\N{SNOWMAN}"), 400, "InvalidRoleSessionName"),
            (self.sts(Volcengine).sts("AssumeRole", [("RoleTrn", TRN)]), 400, "ParameterNotFound"),
            (self.sts(Volcengine).sts("AssumeRole", [("RoleTrn", TRN)], method="POST"), 405,
             "MethodNotAllowed"),
            (self.sts(Volcengine).call("AssumeRole", service="sts"), 404, "InvalidActionOrVersion"),
            (self.assume(Baidu), 403, "AccessDenied"),
            (self.sts(Baidu).sts([("accountId", "a"), ("roleName", "b")]), 404, "NoSuchObject"),
            (self.sts(Baidu).sts([("accountId", "a")]), 400, "BadRequest"),
            (self.assume(Baidu, params=[("durationSeconds", "7201")]), 400, "BadRequest"),
            (self.sts(Baidu).sts([("accountId", "a"), ("roleName", "b")], b"{"), 400,
             "MalformedJSON"),
            (self.sts(Baidu).call("POST", "/v1/sessionToken"), 400, "InvalidURI"),
            *((self.assume(kind, key=f"{kind.cloud}denied", secret="s"), 403,
               "NoPermission" if kind is Alibaba else "AccessDenied") for kind in KINDS.values()),
        ]
        for reply, status, code in rows:
            with self.subTest(status=status, code=code):
                self.check(reply, status, code)
        self.assertEqual(self.emu.control.ledger()["violations"], [])

    def test_keys_of_a_role_assume_the_next_role(self):
        second = {"cloud": "alibaba", "role": ARN + "2", "assumed_by": [ARN]}
        self.start(role("alibaba"), second)
        keys = Keys(self.assume(Alibaba))
        params = [("RoleArn", ARN + "2"), ("RoleSessionName", "ensure")]
        self.check(self.sts(Alibaba).sts("AssumeRole", params), 403, "NoPermission")
        reply = self.sts(Alibaba, **keys.options).sts_v1("AssumeRole", params)
        self.assert_works(Alibaba, Keys(reply))

    def test_a_role_has_its_account_and_denials(self):
        self.start(role("volcengine", account="other"), role("alibaba", denied=["StartInstances"]))
        keys = Keys(self.assume(Volcengine))
        self.assertEqual(self.read(Volcengine, keys).json["Result"]["Instances"], [])
        keys = Keys(self.assume(Alibaba))
        client = self.emu.client(Alibaba, **keys.options)
        self.check(client.start_many(["i-a"]), 403, "Forbidden.RAM")

    def test_the_life_that_was_asked_for(self):
        self.start(*(role(cloud) for cloud in KINDS))
        rows = [(Alibaba, [], 3600), (Alibaba, [("DurationSeconds", "900")], 900),
                (Volcengine, [("DurationSeconds", "1")], 3600),
                (Volcengine, [("DurationSeconds", "50000")], 43200),
                (Baidu, [], 7200), (Baidu, [("durationSeconds", "60")], 60)]
        for kind, params, seconds in rows:
            with self.subTest(cloud=kind.cloud, params=params):
                asked = datetime.datetime.now(datetime.timezone.utc)
                life = Keys(self.assume(kind, params=params)).expires - asked
                self.assertGreaterEqual(life.total_seconds(), seconds)
                self.assertLess(life.total_seconds(), seconds + 600)
                granted = self.emu.control.ledger()["requests"][-1]["granted"]
                self.assertEqual(granted["duration_s"], seconds)


class WithOidc(KeysCase):
    def test_tokens_of_the_world(self):
        self.start(*(role(cloud, **oidc(cloud, "token-1", {"token": "once", "uses": 1},
                                        {"token": "past", "uses": 0}))
                     for cloud in ("alibaba", "volcengine")), role("baidu"))
        for kind in (Alibaba, Volcengine):
            with self.subTest(cloud=kind.cloud):
                invalid, expired = {
                    Alibaba: ("AuthenticationFail.OIDCToken.Invalid",
                              "AuthenticationFail.OIDCToken.Expired"),
                    Volcengine: ("InvalidOIDCToken", "ExpiredOIDCToken")}[kind]
                self.assert_works(kind, Keys(self.with_token(kind, "token-1")))
                self.assert_works(kind, Keys(self.with_token(kind, "once")))
                self.check(self.with_token(kind, "once"), 400, expired)
                self.check(self.with_token(kind, "past"), 400, expired)
                self.check(self.with_token(kind, "token-1 "), 400, invalid)
        self.emu.control.call("POST", "/reset?world=yes")
        self.assertEqual(self.with_token(Alibaba, "once").status, 200)

    def test_refusals(self):
        self.start(role("alibaba", **oidc("alibaba", "token-1")), role("volcengine"))
        rows = [
            (self.with_token(Alibaba, "token-1", provider=PROVIDER + "2"), 404,
             "EntityNotExist.OIDCProvider"),
            (self.with_token(Alibaba, "t"), 400, "InvalidParameter.OIDCToken"),
            (self.with_token(Alibaba, "t" * 20000), 400, "AuthenticationFail.OIDCToken.Invalid"),
            (self.with_token(Alibaba, "t" * 20001), 400, "InvalidParameter.OIDCToken"),
            (self.with_token(Alibaba, "token-1", params=[("DurationSeconds", "1")]), 400,
             "InvalidParameter.DurationSeconds"),
            (self.sts(Alibaba).with_oidc([("RoleArn", ARN), ("RoleSessionName", "ensure")]), 400,
             "MissingOIDCProviderArn"),
            (self.sts(Alibaba).with_oidc([], Format="XML"), 400, "InvalidParameter"),
            (self.with_token(Volcengine, "token-1"), 403, "AccessDenied"),
            (self.sts(Volcengine).with_oidc([("RoleTrn", TRN), ("RoleSessionName", "e")]), 400,
             "ParameterNotFound"),
        ]
        for reply, status, code in rows:
            with self.subTest(status=status, code=code):
                self.check(reply, status, code)

    def test_a_world_refuses_identity_tokens_of_baidu(self):
        with self.assertRaisesRegex(RuntimeError, 'roles\\[0\\]: baidu has no "oidc"'):
            self.start(role("baidu", oidc={"tokens": ["t"]}))

    def test_tokens_of_github(self):
        self.start(*(role(cloud, **oidc(cloud, audience=f"sts of {cloud}"))
                     for cloud in ("alibaba", "volcengine")), github={"request_token": "job"})
        for kind in (Alibaba, Volcengine):
            with self.subTest(cloud=kind.cloud):
                reply = self.emu.get("github", f"&audience=sts%20of%20{kind.cloud}",
                                     Authorization="bearer job")
                token = reply.json["value"]
                self.assertEqual((reply.status, token.count(".")), (200, 2))
                self.assert_works(kind, Keys(self.with_token(kind, token)))
                for wrong in (token[:-1], token.replace(".", ".e", 1), token + "x"):
                    self.assertEqual(self.with_token(kind, wrong).status, 400)
                other = self.emu.get("github", "&audience=x", Authorization="Bearer job").json
                self.assertEqual(self.with_token(kind, other["value"]).status, 400)
        self.assertEqual(self.emu.get("github", "&audience=x").status, 401)
        self.assertEqual(self.emu.get("github", Authorization="bearer x").status, 401)
        self.emu.control.call("POST", "/clock", {"offset_ms": 301 * 1000})
        self.check(self.with_token(Alibaba, token), 400, "AuthenticationFail.OIDCToken.Invalid")
        self.check(self.with_token(Volcengine, token), 400, "ExpiredOIDCToken")


class Identity(KeysCase):
    def test_who_a_key_is(self):
        self.start(role("alibaba"), role("volcengine"), accounts=[
            {**key("alibaba"), "account_id": "77"}, {**key("volcengine"), "account_id": "2100000007"}])
        seen = self.sts(Alibaba).sts_v1("GetCallerIdentity").json
        self.assertEqual((seen["Arn"], seen["IdentityType"], seen["AccountId"]),
                         ("acs:ram::77:user/main", "RAMUser", "77"))
        keys = Keys(self.assume(Alibaba, session="job-7"))
        seen = self.sts(Alibaba, **keys.options).sts("GetCallerIdentity").json
        self.assertEqual((seen["Arn"], seen["IdentityType"]),
                         ("acs:ram::1000000000000001:assumed-role/deploy/job-7", "AssumedRoleUser"))
        seen = self.sts(Volcengine).sts("GetCallerIdentity").json["Result"]
        self.assertEqual((seen["Trn"], seen["IdentityType"], seen["AccountId"]),
                         ("trn:iam::2100000007:user/main", "User", 2100000007))
        keys = Keys(self.assume(Volcengine, session="job-7"))
        seen = self.sts(Volcengine, **keys.options).sts("GetCallerIdentity").json["Result"]
        self.assertEqual((seen["Trn"], seen["IdentityType"], seen["IdentityId"]),
                         ("trn:sts::2100000001:assumed-role/deploy/job-7", "Role", "20000:job-7"))


class Metadata(KeysCase):
    def begin(self, **more):
        self.start(*(role(cloud) for cloud in KINDS), role("alibaba") | {"role": ARN + "2"},
                   metadata={"alibaba": {"roles": [ARN, ARN + "2"], **more},
                             "volcengine": {"roles": [TRN]}, "baidu": {"roles": [BCE]}},
                   credentials_uri=ARN)

    def test_roles_and_keys(self):
        self.begin()
        for kind in (Alibaba, Volcengine):
            cloud = kind.cloud
            with self.subTest(cloud=cloud):
                token = self.put_token(cloud).body.decode()
                lines = self.metadata(cloud, ROLE_PATH[cloud], token).body.decode()
                self.assertEqual(lines.splitlines(),
                                 ["deploy", "deploy2"] if kind is Alibaba else ["deploy"])
                path = ROLE_PATH[cloud].rstrip("/") + "/deploy"
                keys = Keys(self.metadata(cloud, path, token))
                self.assert_works(kind, keys)
                self.assertNotEqual(Keys(self.metadata(cloud, path, token)).key, keys.key)
                self.assertEqual(self.metadata(cloud, path + "3", token).status, 404)
                self.assertEqual(self.metadata(cloud, "/latest/meta-data/", token).status, 404)
        listed = self.metadata("volcengine", ROLE_PATH["volcengine"] + "?type=user&format=json", token)
        self.assertEqual(listed.json, ["deploy"])
        keys = Keys(self.emu.get("baidu_metadata", "/latest/meta-data/sts-credential"))
        self.assert_works(Baidu, keys)
        reply = self.emu.get("credentials_uri")
        self.assertEqual(reply.json["Code"], "Success")
        self.assert_works(Alibaba, Keys(reply))
        self.assertIn(("metadata", "alibaba", "GetCredentials", 200), self.requests())
        self.assertIn(("credentials_uri", "alibaba", "GetCredentials", 200), self.requests())

    def test_a_token_is_demanded(self):
        self.begin()
        for cloud in TOKEN_HEADER:
            with self.subTest(cloud=cloud):
                path = ROLE_PATH[cloud]
                self.assertEqual(self.metadata(cloud, path).status, 403)
                self.assertEqual(self.metadata(cloud, path, "x").status, 401)
                for ttl, status in (("0", 400), ("1", 200), ("21600", 200), ("21601", 400)):
                    self.assertEqual(self.put_token(cloud, ttl).status, status)
                self.assertEqual(self.emu.get(f"{cloud}_metadata", "/latest/api/token",
                                              method="PUT").status, 400)
                other = self.put_token("alibaba" if cloud == "volcengine" else "volcengine")
                self.assertEqual(self.metadata(cloud, path, other.body.decode()).status, 401)
                token = self.put_token(cloud, "60").body.decode()
                self.assertEqual(self.metadata(cloud, path, token).status, 200)
                self.emu.control.call("POST", "/clock", {"offset_ms": 60 * 1000})
                self.assertEqual(self.metadata(cloud, path, token).status, 401)
                self.emu.control.call("POST", "/clock", {"offset_ms": 0})

    def test_the_older_service_needs_none(self):
        self.begin(without_token=True)
        self.assertEqual(self.metadata("alibaba", ROLE_PATH["alibaba"]).status, 200)
        self.assertEqual(self.metadata("alibaba", ROLE_PATH["alibaba"], "x").status, 401)
        self.assertEqual(self.metadata("volcengine", ROLE_PATH["volcengine"]).status, 403)

    def test_without_a_role(self):
        self.start()
        for cloud in TOKEN_HEADER:
            token = self.put_token(cloud).body.decode()
            self.assertEqual(self.metadata(cloud, ROLE_PATH[cloud], token).status, 404)
        self.assertEqual(self.emu.get("baidu_metadata", "/latest/meta-data/sts-credential").status,
                         404)
        self.assertEqual(self.emu.get("credentials_uri").status, 404)


class Expiry(KeysCase):
    EXPIRED = {"volcengine": (401, "InvalidSecretToken"),
               "alibaba": (400, "InvalidSecurityToken.Expired"),
               "baidu": (403, "InvalidAccessKeyId")}

    def assert_expired(self, kind, keys):
        self.check(self.read(kind, keys), *self.EXPIRED[kind.cloud])

    def test_keys_end_when_the_reply_says(self):
        self.start(*(role(cloud) for cloud in KINDS), options=["--keys-live-ms", "60000"])
        for kind in KINDS.values():
            with self.subTest(cloud=kind.cloud):
                keys = Keys(self.assume(kind))
                self.assertLessEqual(keys.expires.timestamp() - time.time(), 61)
                self.assertEqual(keys.expires.microsecond, 0)
                self.assert_works(kind, keys)
                self.emu.control.call("POST", "/clock", {"offset_ms": 61 * 1000})
                self.assert_expired(kind, keys)
                self.emu.control.call("POST", "/clock", {"offset_ms": 0})

    def test_short_keys_end(self):
        self.start(*(role(cloud) for cloud in KINDS), options=["--keys-live-ms", "1"])
        for kind in KINDS.values():
            with self.subTest(cloud=kind.cloud):
                keys = Keys(self.assume(kind))
                while time.time() <= keys.expires.timestamp():
                    time.sleep(0.05)
                self.assert_expired(kind, keys)
                if kind is not Baidu:
                    self.check(self.sts(kind, **keys.options).sts("GetCallerIdentity"),
                               *self.EXPIRED[kind.cloud])

    def test_keys_can_be_revoked(self):
        self.start(*(role(cloud) for cloud in KINDS))
        for kind in KINDS.values():
            with self.subTest(cloud=kind.cloud):
                old = Keys(self.assume(kind))
                self.assert_works(kind, old)
                self.assertEqual(self.emu.control.call("POST", "/revoke").status, 200)
                new = Keys(self.assume(kind))
                self.assert_expired(kind, old)
                self.assert_works(kind, new)

    def test_the_reply_can_lie(self):
        self.start(*(role(cloud) for cloud in KINDS), metadata={"baidu": {"roles": [BCE]}},
                   options=["--fault", "expires:-60000,service=sts",
                            "--fault", "expires:600000,service=metadata"])
        for kind in KINDS.values():
            with self.subTest(cloud=kind.cloud):
                keys = Keys(self.assume(kind))
                self.assertLessEqual(keys.expires.timestamp(), time.time() - 60)
                self.assert_works(kind, keys)
        asked = time.time()
        keys = Keys(self.emu.get("baidu_metadata", "/latest/meta-data/sts-credential"))
        self.assertGreaterEqual(keys.expires.timestamp(), asked + 599)


class Faults(KeysCase):
    def test_a_fault_names_its_service(self):
        self.start(*(role(cloud, **(oidc(cloud, "token-1") if cloud != "baidu" else {}))
                     for cloud in KINDS),
                   metadata={"alibaba": {"roles": [ARN]}, "volcengine": {"roles": [TRN]},
                             "baidu": {"roles": [BCE]}}, credentials_uri=ARN)
        self.set_faults("http:503,service=sts", "error:429:Slow,service=metadata",
                        "html:502,service=credentials_uri", "garbage,service=github")
        for kind in KINDS.values():
            self.assertEqual(self.assume(kind).status, 503)
            self.assertEqual(len(self.emu.client(kind).statuses(["i-a"])), 1)
        self.assertEqual(self.emu.get("baidu_metadata", "/latest/meta-data/sts-credential").status,
                         429)
        self.assertEqual(self.put_token("alibaba").status, 429)
        self.assertEqual(self.emu.get("credentials_uri").status, 502)
        with self.assertRaises(ValueError):
            self.emu.get("github", Authorization="bearer github-request-token").json
        self.set_faults("error:500:X")
        self.assertEqual(self.assume(Alibaba).status, 200)

    def set_faults(self, *specs):
        reply = self.emu.control.call("PUT", "/faults", list(specs))
        self.assertEqual(reply.status, 200, reply.body)

    def test_services_that_never_answer(self):
        self.start(role("alibaba"), metadata={"alibaba": {"roles": [ARN]}}, credentials_uri=ARN)
        self.set_faults(*(f"hang,service={service}" for service in
                          ("sts", "metadata", "credentials_uri", "github")))
        calls = [Background(self.assume, Alibaba), Background(self.put_token, "alibaba"),
                 Background(self.emu.get, "credentials_uri"),
                 Background(lambda: self.emu.get("github", Authorization="bearer github-request-token"))]
        while len(self.requests()) < len(calls):
            time.sleep(0.01)
        self.assertEqual({status for *_, status in self.requests()}, {0})
        self.assertEqual(self.emu.stop(), 0)
        for call in calls:
            self.assertIsInstance(call.outcome(), (OSError, http.client.HTTPException))

    def test_replies_that_are_too_large(self):
        self.start(role("alibaba"), metadata={"alibaba": {"roles": [ARN]}})
        self.set_faults("huge:2,service=sts", "huge:2,service=metadata")
        for reply in (self.assume(Alibaba), self.put_token("alibaba")):
            self.assertEqual(len(reply.body), 2 * 1024 * 1024)

    def test_other_json(self):
        self.start(*(role(cloud) for cloud in KINDS), metadata={"alibaba": {"roles": [ARN]}})
        self.set_faults("json:%7B%22Credentials%22%3A%5B%5D%7D,service=sts")
        self.assertEqual(self.assume(Alibaba).json, {"Credentials": []})
        self.set_faults("other-cloud,service=sts")
        self.assertIn("Result", self.assume(Alibaba).json)
        self.assertIn("Credentials", self.assume(Volcengine).json)
        self.assertIn("Credentials", self.assume(Baidu).json)
        self.set_faults("other-cloud,service=metadata,action=GetCredentials")
        token = self.put_token("alibaba").body.decode()
        path = ROLE_PATH["alibaba"]
        self.assertEqual(self.metadata("alibaba", path, token).body, b"deploy\n")
        self.assertNotIn("Code", self.metadata("alibaba", path + "deploy", token).json)


class Ledger(KeysCase):
    def test_requests_are_in_order_with_their_service(self):
        self.start(role("alibaba", **oidc("alibaba", audience="sts")))
        token = self.emu.get("github", "&audience=sts",
                             Authorization="bearer github-request-token").json["value"]
        keys = Keys(self.with_token(Alibaba, token, session="job-7"))
        self.assert_works(Alibaba, keys)
        self.assertEqual(self.requests(), [("github", "", "GetToken", 200),
                                           ("sts", "alibaba", "AssumeRoleWithOIDC", 200),
                                           ("api", "alibaba", "DescribeInstances", 200)])
        ledger = self.emu.control.ledger()
        granted = ledger["requests"][1]["granted"]
        self.assertEqual((granted["access_key"], granted["role"], granted["session_name"]),
                         (keys.key, ARN, "job-7"))
        self.assertEqual(ledger["requests"][2]["access_key"], keys.key)
        self.assertEqual(list(ledger["calls"]["alibaba"]), ["DescribeInstances"])
        self.assertEqual(ledger["sts_connections"], {"volcengine": 0, "alibaba": 1, "baidu": 0})
        self.assertEqual(ledger["violations"], [])


if __name__ == "__main__":
    unittest.main()

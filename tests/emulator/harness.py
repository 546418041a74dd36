# SPDX-License-Identifier: Apache-2.0
"""Starts ensure-emulator and sends requests to it, with one small signer per cloud that uses only the
standard library. The signers are written from the vendors' descriptions, independent of the code of
the emulator and of the providers, so that three implementations of each scheme have to agree."""

import base64
import datetime
import hashlib
import hmac
import http.client
import json
import subprocess
import urllib.parse
import uuid

KEYS = {
    "volcengine": ("AKLTtestVolcengine", "c2VjcmV0LW9mLXZvbGNlbmdpbmU="),
    "alibaba": ("LTAItestAlibaba", "SecretOfAlibaba"),
    "baidu": ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"),
}
EMPTY_HASH = hashlib.sha256(b"").hexdigest()


def quote(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


def utc(offset_s=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset_s)


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256)


class Reply:
    """status, headers (lower-case names), body (bytes)"""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The vendor's error code, None if there is none."""
        if not self.body:
            return None
        document = self.json
        if "ResponseMetadata" in document:
            return document["ResponseMetadata"].get("Error", {}).get("Code")
        return document.get("Code", document.get("code"))


class Client:
    """Calls one cloud's listener. Keywords of a call that begin with sign_ replace a part of the
    signature."""

    cloud = ""

    def __init__(self, url, key=None, secret=None, token=None):
        self.address = urllib.parse.urlsplit(url).netloc
        self.key = key or KEYS[self.cloud][0]
        self.secret = secret or KEYS[self.cloud][1]
        self.token = token

    def send(self, method, target, headers, body=b""):
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body or method in ("POST", "PUT"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Reply(connection.getresponse())
        finally:
            connection.close()


def post_form(client, params, query=(), headers=None):
    """Posts an unsigned form, as AssumeRoleWithOIDC is called."""
    target = "/" + "".join("?&"[n > 0] + f"{quote(name)}={quote(value)}"
                           for n, (name, value) in enumerate(query))
    body = "&".join(f"{quote(name)}={quote(value)}" for name, value in params).encode()
    return client.send("POST", target, {
        "Host": client.address, "Content-Type": "application/x-www-form-urlencoded",
        **(headers or {})}, body)


class Volcengine(Client):
    cloud = "volcengine"

    def call(self, action, params=(), region="cn-beijing", service="ecs", version="2020-04-01",
             offset_s=0, method="GET", sign_headers=None, sign_secret=None, extra=None):
        pairs = [("Action", action), ("Version", version)] + list(params)
        query = "&".join(f"{quote(n)}={quote(v)}" for n, v in sorted(pairs))
        date = utc(offset_s).strftime("%Y%m%dT%H%M%SZ")
        headers = {"Host": self.address, "X-Date": date}
        if self.token:
            headers["X-Security-Token"] = self.token
        headers.update(extra or {})
        lower = {name.lower(): value for name, value in headers.items()}
        signed = sorted(sign_headers or lower)
        canonical = "\n".join([method, "/", query, *(f"{n}:{lower[n]}" for n in signed), "",
                               ";".join(signed), EMPTY_HASH])
        scope = f"{date[:8]}/{region}/{service}/request"
        to_sign = "\n".join(["HMAC-SHA256", date, scope,
                             hashlib.sha256(canonical.encode()).hexdigest()])
        key = (sign_secret or self.secret).encode()
        for part in scope.split("/"):
            key = mac(key, part).digest()
        headers["Authorization"] = (f"HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders="
                                    f"{';'.join(signed)}, Signature={mac(key, to_sign).hexdigest()}")
        return self.send(method, "/?" + query, headers)

    def sts(self, action, params=(), **more):
        return self.call(action, params, service="sts", version="2018-01-01", **more)

    def with_oidc(self, params):
        return post_form(self, params, [("Action", "AssumeRoleWithOIDC"), ("Version", "2018-01-01")])

    def start(self, instance, token=None, dry_run=False, **more):
        params = [("InstanceId", instance)]
        params += [("ClientToken", token)] if token else []
        params += [("DryRun", "true")] if dry_run else []
        return self.call("StartInstance", params, **more)

    def start_many(self, ids, **more):
        return self.call("StartInstances",
                         [(f"InstanceIds.{n}", one) for n, one in enumerate(ids, 1)], **more)

    def describe(self, ids=(), **more):
        params = [(f"InstanceIds.{n}", one) for n, one in enumerate(ids, 1)]
        params += [(name, str(value)) for name, value in more.pop("page", {}).items()]
        return self.call("DescribeInstances", params, **more)

    def statuses(self, ids, **more):
        reply = self.describe(ids, page={"MaxResults": 100}, **more)
        return {one["InstanceId"]: one["Status"] for one in reply.json["Result"]["Instances"]}


class Alibaba(Client):
    cloud = "alibaba"

    def call(self, action, params=(), version="2014-05-26", offset_s=0, method="POST", nonce=None,
             form=False, sign_headers=None, sign_secret=None, sign_body_hash=None, date=None):
        pairs = sorted(params)
        encoded = "&".join(f"{quote(n)}={quote(v)}" for n, v in pairs)
        body = encoded.encode() if form else b""
        query = "" if form else encoded
        headers = {
            "host": self.address,
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-date": date or utc(offset_s).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce or uuid.uuid4().hex,
            "x-acs-content-sha256": sign_body_hash or hashlib.sha256(body).hexdigest(),
        }
        if form:
            headers["content-type"] = "application/x-www-form-urlencoded"
        if self.token:
            headers["x-acs-accesskey-id"] = self.key
            headers["x-acs-security-token"] = self.token
        signed = sorted(sign_headers or headers)
        canonical = "\n".join([method, "/", query, *(f"{n}:{headers[n]}" for n in signed), "",
                               ";".join(signed), hashlib.sha256(body).hexdigest()])
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        signature = mac((sign_secret or self.secret).encode(), to_sign).hexdigest()
        headers["Authorization"] = (f"ACS3-HMAC-SHA256 Credential={self.key},"
                                    f"SignedHeaders={';'.join(signed)},Signature={signature}")
        return self.send(method, "/" + ("?" + query if query else ""), headers, body)

    def call_v1(self, action, params=(), method="GET", offset_s=0, nonce=None, sign_secret=None,
                **replaced):
        """SignatureVersion 1.0: HMAC-SHA1 as a parameter."""
        pairs = {"Action": action, "Version": "2014-05-26", "Format": "JSON",
                 "AccessKeyId": self.key, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
                 "SignatureNonce": nonce or uuid.uuid4().hex,
                 "Timestamp": utc(offset_s).strftime("%Y-%m-%dT%H:%M:%SZ"), **dict(params)}
        if self.token:
            pairs["SecurityToken"] = self.token
        pairs = {name: value for name, value in {**pairs, **replaced}.items() if value is not None}
        query = "&".join(f"{quote(n)}={quote(v)}" for n, v in sorted(pairs.items()))
        digest = hmac.new(f"{sign_secret or self.secret}&".encode(),
                          f"{method}&%2F&{quote(query)}".encode(), hashlib.sha1).digest()
        query += "&Signature=" + quote(base64.b64encode(digest).decode())
        headers = {"host": self.address}
        if method == "POST":
            headers["content-type"] = "application/x-www-form-urlencoded"
            return self.send(method, "/", headers, query.encode())
        return self.send(method, "/?" + query, headers)

    def sts(self, action, params=(), **more):
        return self.call(action, params, version="2015-04-01", **more)

    def sts_v1(self, action, params=(), **more):
        return self.call_v1(action, params, method="POST", Version="2015-04-01", **more)

    def with_oidc(self, params, **replaced):
        query = {"Version": "2015-04-01", "Action": "AssumeRoleWithOIDC", "Format": "JSON",
                 "Timestamp": utc().strftime("%Y-%m-%dT%H:%M:%SZ"), **replaced}
        return post_form(self, params, query.items(), {"Accept-Encoding": "identity"})

    def start(self, instance, dry_run=False, **more):
        params = [("InstanceId", instance)] + ([("DryRun", "true")] if dry_run else [])
        return self.call("StartInstance", params, **more)

    def start_many(self, ids, mode=None, dry_run=False, region="cn-hangzhou", **more):
        params = [(f"InstanceId.{n}", one) for n, one in enumerate(ids, 1)]
        params += [("RegionId", region)]
        params += [("BatchOptimization", mode)] if mode else []
        params += [("DryRun", "true")] if dry_run else []
        return self.call("StartInstances", params, **more)

    def describe(self, ids=None, region="cn-hangzhou", **more):
        params = [("RegionId", region)]
        params += [("InstanceIds", json.dumps(ids))] if ids is not None else []
        params += [(name, str(value)) for name, value in more.pop("page", {}).items()]
        return self.call("DescribeInstances", params, **more)

    def statuses(self, ids, **more):
        reply = self.describe(ids, page={"MaxResults": 100}, **more)
        return {one["InstanceId"]: one["Status"] for one in reply.json["Instances"]["Instance"]}

    def describe_status(self, ids, region="cn-hangzhou", **page):
        params = [("RegionId", region)]
        params += [(f"InstanceId.{n}", one) for n, one in enumerate(ids, 1)]
        params += [(name, str(value)) for name, value in page.items()]
        return self.call("DescribeInstanceStatus", params)


class Baidu(Client):
    cloud = "baidu"

    def call(self, method, path, params=(), body=None, offset_s=0, expiry=1800, sign_headers=None,
             sign_secret=None, date=None, host=None, content_type="application/json"):
        time = utc(offset_s).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = sorted(f"{quote(n)}={quote(v)}" for n, v in params)
        headers = {"host": host or self.address, "x-bce-date": date or time}
        data = b""
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            if content_type:
                headers["content-type"] = content_type
        if self.token:
            headers["x-bce-security-token"] = self.token
        default = sign_headers == ""
        signed = sorted(headers if default else sign_headers or headers)
        canonical_headers = {**headers}
        if default and (data or method in ("POST", "PUT")):
            canonical_headers["content-length"] = str(len(data))
            signed = sorted([*signed, "content-length"])
        canonical = "\n".join([method, quote(path, "/-_.~"), "&".join(lines),
                               "\n".join(sorted(f"{quote(n)}:{quote(canonical_headers[n])}"
                                                for n in signed))])
        prefix = f"bce-auth-v1/{self.key}/{time}/{expiry}"
        key = mac((sign_secret or self.secret).encode(), prefix).hexdigest()
        listed = "" if default else ";".join(signed)
        headers["Authorization"] = f"{prefix}/{listed}/{mac(key.encode(), canonical).hexdigest()}"
        query = "&".join(quote(n) + (f"={quote(v)}" if v else "") for n, v in params)
        return self.send(method, path + ("?" + query if query else ""), headers, data)

    def sts(self, params, body=None, **more):
        return self.call("POST", "/v1/credential", [("assumeRole", ""), *params], body, **more)

    def start(self, instance, **more):
        return self.call("PUT", f"/v2/instance/{instance}", [("start", "")], **more)

    def start_many(self, ids, **more):
        return self.call("PUT", "/v2/instance/batchAction", [("start", "")],
                         {"instanceIds": ids}, **more)

    def get(self, instance, **more):
        return self.call("GET", f"/v2/instance/{instance}", **more)

    def list_ids(self, ids, **page):
        return self.call("POST", "/v2/instance/listByInstanceId",
                         [(name, str(value)) for name, value in page.items()],
                         {"instanceIds": ids})

    def list(self, ids=None, **page):
        params = [("instanceIds", ",".join(ids))] if ids else []
        params += [(name, str(value)) for name, value in page.items()]
        return self.call("GET", "/v2/instance", params)

    def statuses(self, ids):
        return {one["id"]: one["status"] for one in self.list_ids(ids).json["instances"]}


class Control(Client):
    def __init__(self, url):  # pylint: disable=super-init-not-called
        self.address = urllib.parse.urlsplit(url).netloc

    def call(self, method, target, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(method, target, {"Host": self.address}, data)

    def ledger(self):
        return self.call("GET", "/ledger").json


class Emulator:
    """A running emulator; use it in a with statement."""

    def __init__(self, program, *options, world=None, directory=None):
        arguments = [program, "--exit-with-parent", *options]
        if world is not None:
            path = f"{directory}/world-{uuid.uuid4().hex}.json"
            with open(path, "w", encoding="utf-8") as file:
                json.dump(world, file)
            arguments += ["--world", path]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)
        self.complaint = None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.communicate()[1])
        self.urls = json.loads(line)
        self.control = Control(self.urls["control"])

    def client(self, kind, service=None, **keys):
        """A client of the cloud's API, or of its "sts"."""
        return kind(self.urls[f"{kind.cloud}_{service}" if service else kind.cloud], **keys)

    def get(self, name, target=None, method="GET", **headers):
        """Sends to the service of that name in the JSON line; '_' in a header's name is '-'."""
        parts = urllib.parse.urlsplit(self.urls[name])
        own = parts.path + ("?" + parts.query if parts.query else "")
        return Control(self.urls[name]).send(
            method, own + (target or ""),
            {"Host": parts.netloc, **{n.replace("_", "-"): v for n, v in headers.items()}})

    def stop(self):
        """Ends it by SIGTERM and returns its exit status; sets `complaint` to its stderr."""
        if self.complaint is None:
            self.process.terminate()
            self.complaint = self.process.communicate(timeout=30)[1]
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()

# SPDX-License-Identifier: Apache-2.0
"""Find of ensure.v1 in the real plugin process, on the emulator, from an independent host in Python
(arguments: see ensure_v1_case.py)."""

import time
import unittest

import host
from ensure_v1_case import (DAY_MS, EMULATOR, KEYS, PREFIX, WORDS, EnsureCase, instance, pb2)
from harness import Emulator, quote


class Find(EnsureCase):
    """Lists of the three clouds, narrowed, paged and refused."""

    def find(self, stub, *selectors, **more):
        """(instances, failures, summary) of a whole stream; the summary comes last."""
        instances, failures, summary = [], [], None
        request = pb2.FindRequest(select=[pb2.Selector(**one) for one in selectors], **more)
        for event in stub.Find(request, timeout=host.TIMEOUT_S):
            self.assertIsNone(summary)
            kind = event.WhichOneof("event")
            if kind == "instance":
                instances.append(event.instance)
            elif kind == "failure":
                failures.append(event.failure)
            else:
                summary = event.summary
        self.assertEqual(summary.total, len(instances))
        self.assertEqual(summary.failed, len(failures))
        self.assertRegex(summary.created_at, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        return instances, failures, summary

    @staticmethod
    def place(cloud):
        return {"cloud": cloud, "region": PREFIX[cloud].split("/")[1]}

    def ids(self, stub, cloud, **conditions):
        instances, failures, _ = self.find(stub, {**self.place(cloud), **conditions})
        self.assertEqual(failures, [])
        return [one.target.removeprefix(PREFIX[cloud]) for one in instances]

    def put(self, *instances):
        reply = self.emulator.control.call("POST", "/instances", list(instances))
        self.assertEqual(reply.status, 200, reply.body)

    def test_whole_instances(self):
        _, stub = self.start()
        words = {"volcengine": "PostPaid", "alibaba": "PostPaid", "baidu": "Postpaid"}
        for cloud, charge in words.items():
            self.put(instance(cloud, "i-whole", WORDS[cloud][0], name="web 一", zone="zone-b",
                              type="large", group="shop", tags={"team": "red", "empty": ""}))
            (one,), failures, summary = self.find(
                stub, {**self.place(cloud), "name": "web*", "tags": {"team": "red"}})
            self.assertEqual(failures, [])
            self.assertEqual(list(summary.warnings), [])
            self.assertEqual(
                (one.target, one.name, one.status, one.provider_status, one.zone,
                 one.instance_type, one.charge_type, dict(one.tags)),
                (PREFIX[cloud] + "i-whole", "web 一", "stopped", WORDS[cloud][0], "zone-b",
                 "large", charge, {"team": "red", "empty": ""}))

    def test_conditions(self):
        """The same conditions give the same instances on each cloud."""
        _, stub = self.start()
        for cloud, (stopped, running) in WORDS.items():
            self.put(instance(cloud, "i-a", stopped, name="web-1", zone="zone-b", group="shop",
                              tags={"team": "red", "env": "ci"}),
                     instance(cloud, "i-b", running, name="web-2", zone="zone-b", group="shop",
                              tags={"team": "red"}),
                     instance(cloud, "i-c", stopped, name="db,1", zone="zone-c", group="other",
                              tags={"team": "a:b,c"}))
            rows = [
                ({"tags": {"team": "red"}}, ["i-a", "i-b"]),
                ({"tags": {"team": "red", "env": "ci"}}, ["i-a"]),
                ({"tags": {"team": "a:b,c"}}, ["i-c"]),
                ({"tags": {"team": "re"}}, []),
                ({"name": "web-1"}, ["i-a"]),
                ({"name": "web-*"}, ["i-a", "i-b"]),
                ({"name": "*-1"}, ["i-a"]),
                ({"name": "WEB-*"}, []),
                ({"name": "db,1"}, ["i-c"]),
                ({"zone": "zone-b"}, ["i-a", "i-b"]),
                ({"group": "shop"}, ["i-a", "i-b"]),
                ({"group": "shop", "status": ["stopped"]}, ["i-a"]),
                ({"group": "shop", "status": ["stopped", "running"]}, ["i-a", "i-b"]),
                ({"group": "shop", "status": ["unknown"]}, []),
                ({"group": "shop", "limit": 1}, ["i-a"]),
            ]
            for conditions, expected in rows:
                with self.subTest(cloud=cloud, **conditions):
                    self.assertEqual(self.ids(stub, cloud, **conditions), expected)

    def test_unknown_word(self):
        _, stub = self.start()
        self.assertEqual(self.ids(stub, "baidu", status=["unknown"]), ["i-odd"])

    def test_pages(self):
        """More than a page of each cloud, and more than Volcengine and Alibaba Cloud show of a list
        that is narrowed by tags."""
        _, stub = self.start()
        for cloud, (stopped, _) in WORDS.items():
            self.put(instance(cloud, "i-many-{n}", stopped, count=2300, tags={"fleet": "x"}))
            expected = [f"i-many-{n}" for n in range(1, 2301)]
            self.assertEqual(self.ids(stub, cloud, tags={"fleet": "x"}), expected)
            self.assertEqual(self.ids(stub, cloud, tags={"fleet": "x"}, limit=1500),
                             expected[:1500])

    def test_limit_stops_paging(self):
        _, stub = self.start()
        self.put(instance("alibaba", "i-many-{n}", "Stopped", count=500))
        self.assertEqual(len(self.ids(stub, "alibaba", limit=150)), 150)
        self.assertEqual(len(self.requests()), 2)

    def test_places_keep_their_order(self):
        _, stub = self.start()
        instances, _, _ = self.find(stub, {**self.place("baidu"), "limit": 1},
                                    self.place("volcengine"), self.place("baidu"))
        clouds = [one.target.split("/")[0] for one in instances]
        self.assertEqual(clouds[0], "baidu")
        self.assertEqual(sorted(set(clouds[1:-4])), ["volcengine"])
        self.assertEqual(clouds[-4:], ["baidu"] * 4)
        self.assertEqual(len({one.target for one in instances}), len(instances))

    def test_nothing_found(self):
        _, stub = self.start()
        _, failures, summary = self.find(stub, {**self.place("alibaba"), "name": "x-*"})
        self.assertEqual(failures, [])
        self.assertEqual(list(summary.warnings),
                         ["no instance was found in alibaba/cn-hangzhou (name x-*)"])
        self.assertEqual([one["dry_run"] for one in self.requests()], [False, True])

    def test_hostile_pages(self):
        """Pages that must end with a sentence, with what was shown before."""
        _, stub = self.start()
        item = '{"InstanceId":"i-1","Status":"Stopped","RegionId":"%s"}'
        page = '{"NextToken":"%s","Instances":{"Instance":[%s]}}'
        rows = [
            ([page % ("t", item % "cn-hangzhou")] * 2,
             "the next page is the page just read"),
            ([page % (token, item % "cn-hangzhou") for token in "aba"],
             "a page of the list names one as next that was read before"),
            ([page % ("t", "")], "an empty page of the list names a next one"),
            ([page % ("", item % "cn-beijing")], "the list shows instances of another region"),
        ]
        for pages, detail in rows:
            with self.subTest(detail=detail):
                self.fault(*(f"json:{quote(one)},cloud=alibaba,nth={n}"
                             for n, one in enumerate(pages, 1)),
                           *(f"json:{quote(pages[-1])},cloud=alibaba" for _ in pages[:1]))
                instances, (failure,), _ = self.find(stub, self.place("alibaba"))
                self.assertEqual(failure.reason, "malformed_response")
                self.assertIn(detail, failure.message)
                self.assertLessEqual(len(instances), 1)

    def test_denied(self):
        """Never an empty list; on Alibaba Cloud, which hides it, the dry run tells."""
        rows = [("volcengine", "ecs:DescribeInstances", "AccessDenied", "DescribeInstances"),
                ("alibaba", "ecs:DescribeInstances", "Forbidden.RAM", "DescribeInstances"),
                ("baidu", "GET /v2/instance", "AccessDenied", "ListInstances")]
        for cloud, action, code, denied in rows:
            self.put(instance(cloud, "i-there", WORDS[cloud][0]))
            world_ = {"accounts": [{"cloud": one, "access_key": key, "secret_key": secret,
                                    "security_token": token, "denied": [denied]}
                                   for one, (key, secret, token) in KEYS.items() if one == cloud],
                      "instances": [instance(cloud, "i-there", WORDS[cloud][0])]}
            with self.subTest(cloud=cloud), \
                    Emulator(EMULATOR, world=world_, directory=host.WORK) as emulator:
                _, stub = self.start(configured=False)
                key, secret, token = KEYS[cloud]
                stub.Configure(pb2.ConfigureRequest(clouds=[pb2.CloudSettings(
                    cloud=cloud, access_key=key, secret_key=secret, security_token=token,
                    endpoint=emulator.urls[cloud])]), timeout=host.TIMEOUT_S)
                instances, (failure,), _ = self.find(stub, self.place(cloud))
                self.assertEqual(instances, [])
                self.assertEqual((failure.cloud, failure.reason, failure.provider_code,
                                  failure.http_status),
                                 (cloud, "permission_denied", code, 403))
                self.assertIn(action, failure.message)
                self.assertIn("Grant" if cloud != "baidu" else " ", failure.advice)

    def test_other_selectors_go_on(self):
        _, stub = self.start(configured=False)
        stub.Configure(self.settings(clouds=("alibaba",)), timeout=host.TIMEOUT_S)
        instances, (failure,), _ = self.find(stub, self.place("baidu"), self.place("alibaba"))
        self.assertEqual((failure.cloud, failure.reason, failure.http_status),
                         ("baidu", "unauthenticated", 0))
        self.assertEqual(len(instances), 4)

    def test_retry(self):
        _, stub = self.start()
        self.fault("throttle:10,first=2", "cut,nth=3")
        self.assertEqual(len(self.ids(stub, "baidu")), 5)

    def test_refusals_send_nothing(self):
        _, stub = self.start()
        good = self.place("baidu")
        rows = [
            ([{"cloud": "ghost", "region": "r"}], {}, "select[0]: there is no provider for"),
            ([good, {"cloud": "baidu"}], {}, "select[1].region"),
            ([{**good, "status": ["Stopped"]}], {}, "select[0].status"),
            ([{**good, "status": ["absent"]}], {}, "select[0].status"),
            ([{**good, "name": "x" * 257}], {}, "select[0].name"),
            ([{**good, "limit": 100001}], {}, "select[0].limit"),
            ([{**good, "tags": {"": "v"}}], {}, "select[0].tags"),
            ([good] * 101, {}, "expected at most 100 selectors, got 101"),
            ([good], {"timeout_ms": DAY_MS + 1}, "timeout_ms"),
        ]
        for selectors, more, text in rows:
            with self.subTest(text=text):
                self.assertIn(text, self.refused(lambda: self.find(stub, *selectors, **more)))
        self.assertEqual(self.requests(), [])
        self.assertEqual(len(self.find(stub, *[good] * 100)[0]), 5)

    def test_slow_client(self):
        """A client that does not read stops the paging, so that nothing piles up in the plugin."""
        _, stub = self.start()
        self.put(instance("alibaba", "i-many-{n}", "Stopped", count=40000, name="x" * 200))
        stream = stub.Find(pb2.FindRequest(select=[pb2.Selector(**self.place("alibaba"))]),
                           timeout=host.TIMEOUT_S)
        next(stream)
        seen, before = len(self.requests()), -1
        while seen != before:
            time.sleep(0.3)
            seen, before = len(self.requests()), seen
        self.assertLess(seen, 350)  # of 401 pages
        events = list(stream)
        self.assertEqual(events[-1].summary.total, 40004)
        self.assertEqual(len(events), 40004)

    def test_stop_and_timeout(self):
        _, stub = self.start()
        self.fault("hang")
        _, (failure,), _ = self.find(stub, self.place("baidu"), timeout_ms=300)
        self.assertEqual(failure.reason, "timed_out")
        self.assertIn("waiting for its reply", failure.message)
        stream = stub.Find(pb2.FindRequest(select=[pb2.Selector(**self.place("baidu"))]),
                           timeout=host.TIMEOUT_S)
        while len(self.requests()) < 2:
            time.sleep(0.01)
        stub.Stop(pb2.StopRequest(), timeout=host.TIMEOUT_S)
        self.assertEqual([event.WhichOneof("event") for event in stream], ["failure", "summary"])


if __name__ == "__main__":
    unittest.main()

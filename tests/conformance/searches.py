# SPDX-License-Identifier: Apache-2.0
"""The table of selectors: worlds, and the instances that each selector finds in them, in the order of
the cloud. A search is one world on one emulator, and the selectors that are asked there."""

import dataclasses
import json
import types

from fleets import A, B, CLOUDS, REGION, RUNNING, STOPPED, V, Fleet, account
from harness import quote

STARTING = {V: "STARTING", A: "Starting", B: "Starting"}
# What each cloud calls the right to list.
LIST_RIGHT = {V: "ecs:DescribeInstances", A: "ecs:DescribeInstances", B: "GET /v2/instance"}
LIST_ACTION = {V: "DescribeInstances", A: "DescribeInstances", B: "ListInstances"}


@dataclasses.dataclass
class Question:
    """A selector. found: the ids of what it finds; None: it fails, with each text of says."""
    selector: dict
    found: list
    says: tuple = ()

    @property
    def place(self):
        return f"{self.selector['cloud']}/{self.selector['region']}"

    @property
    def targets(self):
        return None if self.found is None else [f"{self.place}/{name}" for name in self.found]


@dataclasses.dataclass
class Search(Fleet):
    """rows has the instances only."""
    modes: tuple = ("find",)
    questions: list = dataclasses.field(default_factory=list)


def instance(cloud, ident, status=STOPPED, region=None, **traits):
    return types.SimpleNamespace(instance={
        "cloud": cloud, "region": region or REGION[cloud], "id": ident, "status": status[cloud], **traits})


def ask(cloud, found, says=(), region=None, **conditions):
    return Question({"cloud": cloud, "region": region or REGION[cloud], **conditions}, found, says)


# ---- every condition ----------------------------------------------------------------------------

def world(cloud):
    yield instance(cloud, "i-web-1", name="web-1", zone="zone-b", group="shop",
                   tags={"env": "ci", "team": "red"})
    yield instance(cloud, "i-web-2", RUNNING, name="web-2", zone="zone-b", tags={"env": "ci"})
    yield instance(cloud, "i-db", name="db.1", zone="zone-c", group="shop",
                   tags={"env": "prod", "empty": ""})
    yield instance(cloud, "i-odd", shows="Dreaming", name="WEB-3", tags={"k1,2&x": "a=b:c d*"})
    yield instance(cloud, "i-cn", RUNNING, name="\u5b9e\u4f8b \u4e00", tags={"\u961f": "\u7ea2"})
    yield instance(cloud, "i-up", STARTING, name="up")
    if cloud != B:  # whose region is no part of a request
        yield instance(cloud, "i-far", region="cn-shanghai", name="web-1", tags={"env": "ci"})


CONDITIONS = [
    ({}, ["i-web-1", "i-web-2", "i-db", "i-odd", "i-cn", "i-up"]),
    ({"status": ["stopped"]}, ["i-web-1", "i-db"]),
    ({"status": ["running", "starting"]}, ["i-web-2", "i-cn", "i-up"]),
    ({"status": ["unknown"]}, ["i-odd"]),
    ({"status": ["unknown", "stopped"]}, ["i-web-1", "i-db", "i-odd"]),
    ({"status": ["busy", "deleting"]}, []),
    ({"tags": {"env": "ci"}}, ["i-web-1", "i-web-2"]),
    ({"tags": {"env": "ci", "team": "red"}}, ["i-web-1"]),
    ({"tags": {"env": "c"}}, []),
    ({"tags": {"empty": ""}}, ["i-db"]),
    ({"tags": {"k1,2&x": "a=b:c d*"}}, ["i-odd"]),
    ({"tags": {"\u961f": "\u7ea2"}}, ["i-cn"]),
    ({"name": "web-1"}, ["i-web-1"]),
    ({"name": "web-*"}, ["i-web-1", "i-web-2"]),
    ({"name": "*b*1"}, ["i-web-1", "i-db"]),
    ({"name": "web"}, []),
    ({"name": "db?1"}, []),
    ({"name": "\u5b9e\u4f8b*"}, ["i-cn"]),
    ({"zone": "zone-b"}, ["i-web-1", "i-web-2"]),
    ({"zone": "zone"}, []),
    ({"group": "shop"}, ["i-web-1", "i-db"]),
    ({"limit": 2}, ["i-web-1", "i-web-2"]),
    ({"limit": 1, "status": ["running"]}, ["i-web-2"]),
    ({"limit": 100000, "name": "up"}, ["i-up"]),
    ({"status": ["stopped", "running"], "tags": {"env": "ci"}, "name": "*-*", "zone": "zone-b",
      "group": "shop", "limit": 3}, ["i-web-1"]),
]


# ---- pages --------------------------------------------------------------------------------------

MANY = 230


def pages(cloud):
    """More than a page of each kind, by turns."""
    for n in range(MANY):
        yield instance(cloud, f"i-{n:03}", RUNNING if n % 2 else STOPPED,
                       tags={"env": "ci"} if n % 3 == 0 else {})


def of_pages(cloud):
    every = [f"i-{n:03}" for n in range(MANY)]
    yield ask(cloud, every)
    yield ask(cloud, every[::3], tags={"env": "ci"})
    yield ask(cloud, every[::6], tags={"env": "ci"}, status=["stopped"])
    yield ask(cloud, every[:101], limit=101)


# ---- failures -----------------------------------------------------------------------------------

def denied(cloud, conditions):
    return ask(cloud, None, ("permission_denied", LIST_RIGHT[cloud]), **conditions)


def repeated_page():
    """Baidu's list, whose page names itself as the next one."""
    page = {"isTruncated": True, "nextMarker": "m", "instances": [{"id": "i-a", "status": "Stopped"}]}
    return f"json:{quote(json.dumps(page))},cloud=baidu"


def other_region():
    page = {"TotalCount": 1, "Instances": {"Instance": [
        {"InstanceId": "i-a", "RegionId": "cn-beijing", "Status": "Stopped"}]}}
    return f"json:{quote(json.dumps(page))},cloud=alibaba"


def everywhere(make):
    return [made for cloud in CLOUDS for made in make(cloud)]


SEARCHES = [
    Search("conditions", everywhere(world), questions=[
        ask(cloud, found, **conditions) for cloud in CLOUDS for conditions, found in CONDITIONS]),
    Search("pages", everywhere(pages), questions=everywhere(of_pages)),
    Search("another region", everywhere(world), questions=[
        ask(cloud, ["i-far"], region="cn-shanghai", tags={"env": "ci"}) for cloud in (V, A)] + [
        ask(V, [], region="cn-nowhere"),
        ask(A, None, ("invalid_argument", "InvalidRegionId.NotFound"), region="cn-nowhere")]),
    Search("may not list", everywhere(world), questions=[
        denied(cloud, conditions) for cloud in CLOUDS
        for conditions in ({}, {"tags": {"env": "ci"}, "limit": 1}, {"name": "no-such-*"})],
        accounts=[account(cloud, denied=[LIST_ACTION[cloud]]) for cloud in CLOUDS]),
    Search("no keys for one cloud", everywhere(world), questions=[
        ask(A, None, ("unauthenticated",)), ask(B, ["i-up"], name="up")], keys={A: None}),
    Search("pages that can't be", everywhere(world), faults=(repeated_page(), other_region()),
           questions=[ask(B, None, ("malformed_response", "the next page is the page just read")),
                      ask(A, None, ("malformed_response", "instances of another region"))]),
    Search("no selectors", everywhere(world), questions=[
        ask(A, None, ('"Stopped" is not a status to look for',), status=["Stopped"]),
        ask(A, None, ("a tag needs a key",), tags={"": "ci"}),
        ask(A, None, ("expected at most 20 tags",), tags={f"k{n}": "v" for n in range(21)}),
        ask(A, None, ("expected at most 256 bytes, got 257",), name="x" * 257),
        ask(A, None, ("1 to 100000",), limit=100001),
        ask("ghost", None, ('no provider for cloud "ghost"',), region="bj")]),
]

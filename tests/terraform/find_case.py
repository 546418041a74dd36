# SPDX-License-Identifier: Apache-2.0
"""Selectors for tests of what finds instances, and the worlds that they are for."""

import re

from case import REGION, RUNNING, account, instance

SELECTOR = ("cloud", "region", "status", "tags", "name", "zone", "group")
# The members of an instance in ensure.find/v1.
FOUND = ["target", "name", "status", "provider_status", "zone", "instance_type", "charge_type",
         "tags"]
CHARGE = {"volcengine": "PostPaid", "alibaba": "PostPaid", "baidu": "Postpaid"}
# What each cloud calls the right to list.
DENIED = {"volcengine": ("DescribeInstances", "ecs:DescribeInstances", "AccessDenied"),
          "alibaba": ("DescribeInstances", "ecs:DescribeInstances", "Forbidden.RAM"),
          "baidu": ("ListInstances", "GET /v2/instance", "AccessDenied")}
# Conditions, and the ids of three() that they find.
CONDITIONS = (
    ({}, ["i-a", "i-b", "i-c"]),
    ({"tags": {"env": "ci"}}, ["i-a", "i-b"]),
    ({"tags": {"env": "ci", "team": "red"}}, ["i-a"]),
    ({"tags": {}}, ["i-a", "i-b", "i-c"]),
    ({"name": "web-*"}, ["i-a", "i-b"]),
    ({"name": "*b", "zone": ""}, ["i-c"]),
    ({"zone": "zone-b"}, ["i-a", "i-b"]),
    ({"group": "shop"}, ["i-c"]),
    ({"status": ["running"]}, ["i-b"]),
    ({"status": ["stopped", "failed"]}, ["i-a", "i-c"]),
    ({"status": []}, ["i-a", "i-b", "i-c"]),
    ({"name": "web-*", "status": ["stopped"], "tags": {"env": "ci"}, "zone": "zone-b"}, ["i-a"]),
)
# Conditions that can't be meant: the attribute, and text of the error.
WRONG = (
    ({"cloud": "aws"}, "cloud", "known: alibaba, baidu, volcengine"),
    ({"region": "Beijing 1"}, "region", "malformed"),
    ({"status": ["Stopped"]}, "status", '"Stopped" is not a status to look for'),
    ({"status": ["absent"]}, "status", '"absent" is not a status to look for'),
    ({"tags": {"": "x"}}, "tags", "a tag needs a key"),
    ({"tags": {f"k{n}": "v" for n in range(21)}}, "tags", "expected at most 20 tags"),
    ({"name": "x" * 257}, "name", "expected at most 256 bytes, got 257"),
    ({"zone": "x" * 257}, "zone", "expected at most 256 bytes, got 257"),
    ({"group": "x" * 257}, "group", "expected at most 256 bytes, got 257"),
)


def selector(cloud, conditions):
    return {**dict.fromkeys(SELECTOR), "cloud": cloud, "region": REGION[cloud], **conditions}


def three(cloud):
    """Two stopped instances and a running one."""
    return [instance(cloud, "i-a", name="web-1", zone="zone-b",
                     tags={"env": "ci", "team": "red"}),
            instance(cloud, "i-b", RUNNING[cloud], name="web-2", zone="zone-b", tags={"env": "ci"}),
            instance(cloud, "i-c", name="db", group="shop")]


def accounts_without_right():
    """Accounts that may not list."""
    return [account(cloud, denied=[action]) for cloud, (action, _, _) in DENIED.items()]


def hcl(value):
    """A value in HCL."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {hcl(one)}' for key, one in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(hcl(one) for one in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


def settings(values):
    """The attributes of a block, in HCL, without those that are not set."""
    return "".join(f"  {name} = {hcl(value)}\n" for name, value in values.items()
                   if value is not None)


def words(text):
    """The text as one line, as terminals wrap it."""
    return re.sub(r"[\s│]+", " ", text)

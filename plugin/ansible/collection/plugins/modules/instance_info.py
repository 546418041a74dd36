#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
# -*- coding: utf-8 -*-

# Copyright 2026 The Ensure developers
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

# The documentation of the module. What runs is a compiled file, which the action plugin picks.

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: instance_info
short_description: Find cloud instances, or read their status
version_added: 0.1.0
author: The Ensure developers (@ensure)
description:
  - Lists the instances of a region that meet all conditions of I(filters), or reads the status of those
    in I(instance_ids). Without either it lists all instances of the region.
  - Only reads are sent, so nothing is changed, and check mode is the same.
  - Keys that may not list are a failure, with the action that they need; never an empty list.
options:
  cloud:
    description: The cloud of the instances, one of C(volcengine), C(alibaba) and C(baidu).
    type: str
    required: true
  region:
    description: The region of the instances, such as C(cn-beijing).
    type: str
    required: true
  instance_ids:
    description:
      - The instances to read, up to 100000, each reported once. Not together with I(filters). An empty
        list is allowed and does nothing.
    type: list
    elements: str
  filters:
    description:
      - Conditions, all of which an instance meets. The cloud narrows its list by what it can, and each
        condition is checked again.
    type: dict
    suboptions:
      status:
        description:
          - The status is one of these. C(running), C(starting), C(stopped), C(stopping), C(busy),
            C(failed), C(deleting) or C(unknown).
        type: list
        elements: str
      tags:
        description: The instance has all of these tags, at most 20.
        type: dict
      name:
        description: A pattern for the name, in which C(*) stands for any run of characters.
        type: str
      zone:
        description: The availability zone.
        type: str
      group:
        description: The project (C(volcengine)) or resource group (C(alibaba) and C(baidu)).
        type: str
      limit:
        description:
          - The most instances to find, 1 to 100000. More than 100000 without a limit are a failure.
        type: int
  wait_timeout:
    description:
      - For everything, retries included; without it C(2m).
      - A duration of 1 ms to 24 h with units of h, m, s and ms, such as C(90s) or C(1h30m), or a
        number of seconds.
    type: str
extends_documentation_fragment:
  - ensure.cloud.module
attributes:
  check_mode:
    description: Can run in check_mode, in which it does the same.
    support: full
  diff_mode:
    description: Changes nothing, so there is no diff.
    support: none
"""

EXAMPLES = r"""
- name: Find the stopped CI machines
  ensure.cloud.instance_info:
    cloud: alibaba
    region: cn-hangzhou
    filters:
      status: [stopped]
      tags:
        env: ci
      name: runner-*
  delegate_to: localhost
  register: found

- name: Start them
  ensure.cloud.instance_running:
    cloud: alibaba
    region: cn-hangzhou
    instance_ids: "{{ found.instances | map(attribute='target') | map('basename') | list }}"
  delegate_to: localhost

- name: Read the status of one
  ensure.cloud.instance_info:
    cloud: volcengine
    region: cn-beijing
    instance_ids: [i-3tiefmkskq3vj0000001]
  delegate_to: localhost
"""

RETURN = r"""
msg:
  description: One line that counts the instances by status, or says why there is no answer.
  type: str
  returned: always
  sample: "3 found: 1 running, 2 stopped"
instances:
  description:
    - One object per instance. A list is in the order of the cloud, reads are in the order of
      I(instance_ids). The same fields and words as in the documents of the ensure command.
  type: list
  elements: dict
  returned: when the list is complete, or with I(instance_ids)
  contains:
    target:
      description: The instance as C(cloud/region/id).
      type: str
      sample: alibaba/cn-hangzhou/i-bp67acfmxazb4p0001
    status:
      description:
        - C(running), C(starting), C(stopped), C(stopping), C(busy), C(failed), C(deleting) or
          C(unknown); of I(instance_ids) also C(absent). One that can't be read is C(unknown) and fails
          the task.
      type: str
      sample: stopped
    provider_status:
      description: The cloud's own word for it.
      type: str
      sample: Stopped
    name:
      description: The name that the user gave it. Not with I(instance_ids).
      type: str
      sample: runner-1
    zone:
      description: The availability zone. Not with I(instance_ids).
      type: str
      sample: cn-hangzhou-h
    instance_type:
      description: The cloud's name of its size. Not with I(instance_ids).
      type: str
      sample: ecs.g7.large
    charge_type:
      description: The cloud's word for how it is paid for. Not with I(instance_ids).
      type: str
      sample: PostPaid
    tags:
      description: The tags. Not with I(instance_ids).
      type: dict
      sample: {"env": "ci"}
    reason:
      description: Of a read, why, as a stable word such as C(ok), C(not_found) or C(permission_denied).
      type: str
      sample: ok
    message:
      description: Of a read, what was found; empty where there is nothing to say.
      type: str
    advice:
      description: Of a read, what to do; empty where nothing is to be done.
      type: str
    provider_code:
      description: Of a read, the cloud's own error code.
      type: str
    http_status:
      description: Of a read, that of the cloud's reply that decided; 0 if none came.
      type: int
    request_id:
      description: Of a read, the cloud's id of the request that decided.
      type: str
"""

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
module: instance_running
short_description: Make sure that cloud instances are running
version_added: 0.1.0
author: The Ensure developers (@ensure)
description:
  - Starts the instances that are stopped and waits until they run. Instances that already run are
    left alone; nothing is ever stopped or rebooted.
  - In check mode the cloud itself is asked, by a dry run where it has one, whether each start
    would be accepted; nothing is started. A start that would be refused fails the task, with the
    reason and what to do about it.
  - What runs on the target is one compiled file that holds the engine and the providers; it is picked
    by the target's architecture. It runs where the task runs, usually on the controller with
    C(delegate_to=localhost) or C(connection=local).
options:
  cloud:
    description: The cloud of the instances, one of C(volcengine), C(alibaba) and C(baidu).
    type: str
    required: true
  region:
    description: The region of the instances, such as C(cn-beijing).
    type: str
    required: true
  instance_id:
    description:
      - The instance. Either this or I(instance_ids) is required.
    type: str
  instance_ids:
    description:
      - The instances, up to 100000, each planned and reported once. They share calls to the cloud,
        so a list is much faster than a loop. An empty list is allowed and does nothing.
    type: list
    elements: str
  wait_timeout:
    description:
      - For everything, retries and waiting included; without it C(10m), and C(2m) in check mode.
      - A duration of 1 ms to 24 h with units of h, m, s and ms, such as C(90s) or C(1h30m), or a
        number of seconds.
        An instance that does not run by then fails the task with the reason C(timed_out).
    type: str
  preflight:
    description:
      - In check mode, ask the cloud by dry runs whether starts would be accepted. Without it,
        check mode only reads. It does not soften a guard.
    type: bool
    default: true
  policy:
    description:
      - Guards, what may be started. They hold together with those of C(/etc/ensure/policy.json) and of
        the file that the variable C(ENSURE_POLICY) names, on the host where the task runs; none can
        loosen another. A start that one refuses fails the task with the reason C(policy).
    type: dict
    suboptions:
      max_starts:
        description: A task that would start more instances than this starts none.
        type: int
      allow:
        description:
          - Only instances that match one of these patterns may be started. A pattern is
            C(cloud/region/instance-id), where C(*) matches any run of characters within a segment.
        type: list
        elements: str
      deny:
        description: No instance that matches one of these patterns may be started.
        type: list
        elements: str
      min_confidence:
        description:
          - What a start must rest on at least. With C(validated) and C(simulated) the cloud is asked by
            a dry run, where it has one, before the start.
        type: str
        choices: [unverified, simulated, validated]
      audit_required:
        description: Whether starts need an audit log (C(ENSURE_AUDIT_LOG)).
        type: bool
extends_documentation_fragment:
  - ensure.cloud.module
attributes:
  check_mode:
    description: Can run in check_mode and say what would be done without doing it.
    support: full
  diff_mode:
    description: Shows the status of each instance before and after.
    support: full
"""

EXAMPLES = r"""
- name: The database machines run
  ensure.cloud.instance_running:
    cloud: alibaba
    region: cn-hangzhou
    instance_ids:
      - i-bp67acfmxazb4p0001
      - i-bp67acfmxazb4p0002
  delegate_to: localhost

- name: Would this machine start? (nothing is started)
  ensure.cloud.instance_running:
    cloud: volcengine
    region: cn-beijing
    instance_id: i-3tiefmkskq3vj0000001
  check_mode: true
  register: plan

- name: With a role, by the identity token of the CI system
  ensure.cloud.instance_running:
    cloud: alibaba
    region: cn-hangzhou
    instance_id: i-bp67acfmxazb4p0001
    assume_role_with_oidc:
      role: acs:ram::1000000000000001:role/deploy
      provider: acs:ram::1000000000000001:oidc-provider/ci
      token_file: /var/run/secrets/token
  delegate_to: localhost

- name: Keys once for all tasks
  hosts: localhost
  module_defaults:
    group/ensure.cloud.ensure:
      access_key: "{{ vault_access_key }}"
      secret_key: "{{ vault_secret_key }}"
  tasks:
    - name: A fleet over several clouds
      ensure.cloud.instance_running:
        cloud: "{{ item.cloud }}"
        region: "{{ item.region }}"
        instance_ids: "{{ item.ids }}"
      loop: "{{ fleet }}"
"""

RETURN = r"""
msg:
  description: One line that says what was done, and why what could not be done.
  type: str
  returned: always
  sample: 1 started, 2 already running
instances:
  description:
    - One object per instance, in the order of the arguments. The same fields and words as in the
      documents of the ensure command.
  type: list
  elements: dict
  returned: when the arguments are good
  contains:
    target:
      description: The instance as C(cloud/region/id).
      type: str
      sample: alibaba/cn-hangzhou/i-bp67acfmxazb4p0001
    status:
      description:
        - C(running), C(starting), C(stopped), C(stopping), C(busy), C(failed), C(deleting),
          C(absent) or C(unknown).
      type: str
      sample: running
    provider_status:
      description: The cloud's own word for it.
      type: str
      sample: Running
    action:
      description: C(none) (already running), C(start), C(wait) (starting or changing by itself) or C(refuse).
      type: str
      sample: start
    confidence:
      description:
        - How sure a plan is. C(validated) by the cloud's dry run, C(simulated) from the state,
          C(unverified) if the dry run could not be asked, C(observed) where the read decides.
      type: str
      sample: validated
    reason:
      description: Why, as a stable word such as C(ok), C(insufficient_balance) or C(timed_out).
      type: str
      sample: ok
    message:
      description: What was found.
      type: str
    advice:
      description: What to do; empty where nothing is to be done.
      type: str
    provider_code:
      description: The cloud's own error code.
      type: str
    http_status:
      description: Of the cloud's reply that decided; 0 if none came.
      type: int
    request_id:
      description: The cloud's id of the request that decided.
      type: str
    client_token:
      description: The token that the start carries, where the cloud has such tokens.
      type: str
    started:
      description: Whether this run sent a start that was accepted. Not in check mode.
      type: bool
    start_request_id:
      description: >-
        The cloud's id of the request that was accepted as the start, whatever was read later.
        Not in check mode.
      type: str
    start_sent:
      description: >-
        Whether this run sent a start that was accepted, or that was not answered. Not in check mode.
      type: bool
    elapsed_ms:
      description: Milliseconds until this instance was finished. Not in check mode.
      type: int
"""

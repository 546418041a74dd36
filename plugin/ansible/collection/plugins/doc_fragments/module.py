# SPDX-License-Identifier: Apache-2.0
# -*- coding: utf-8 -*-

# Copyright 2026 The Ensure developers
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

# What the documentation of all modules has in common.

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment(object):
    DOCUMENTATION = r"""
requirements:
  - A Linux target on x86-64 or aarch64.
notes:
  - Keys that are not options are looked for where the task runs.
  - Where one unprivileged user becomes another over SSH, Ansible needs C(setfacl) on the target, or a
    group that both are in (C(ansible_common_remote_group)). Pipelining does not replace them, since a
    compiled module is always transferred as a file.
options:
  access_key:
    description:
      - The access key, together with I(secret_key).
      - At most one of I(access_key), I(assume_role_with_oidc), I(profile) and I(metadata_role) is set.
        Without them, keys are looked for on the host where the task runs, in the vendor's environment
        variables, the profile file of the vendor's command line and the metadata service.
    type: str
  secret_key:
    description: The secret key that belongs to I(access_key).
    type: str
  security_token:
    description: The token of temporary keys.
    type: str
  profile:
    description: The profile to take from the profile file of the vendor's command line.
    type: str
  assume_role:
    description: A role to assume with whatever keys were found.
    type: dict
    suboptions:
      role:
        description:
          - The role. An ARN (C(alibaba)), a TRN (C(volcengine)), or C(ACCOUNT_ID/ROLE) (C(baidu)).
          - Required if another member is set.
        type: str
      session_name:
        description: The name under which the cloud records the calls; without it C(ensure).
        type: str
      duration_seconds:
        description:
          - How many seconds the keys are to live, 900 to 43200, before they are renewed; without it
            3600.
        type: int
      policy:
        description: What the keys may do at most, as JSON.
        type: str
      external_id:
        description: The external id that the role demands.
        type: str
  assume_role_with_oidc:
    description: A role to assume with an identity token (C(volcengine) and C(alibaba)).
    type: dict
    suboptions:
      role:
        description: The role, as in I(assume_role); without it that of the vendor's variable.
        type: str
      provider:
        description:
          - The ARN of the identity provider (C(alibaba)); without it that of the vendor's variable.
        type: str
      token:
        description:
          - The identity token itself. Without it and I(token_file), the variables of CI systems are
            looked at.
        type: str
      token_file:
        description:
          - A file that holds the token, on the host where the task runs. It is read again at each
            renewal. Not together with I(token).
        type: path
      session_name:
        description: The name under which the cloud records the calls; without it C(ensure).
        type: str
      duration_seconds:
        description: As in I(assume_role).
        type: int
      policy:
        description: What the keys may do at most, as JSON.
        type: str
  metadata_role:
    description: The role of the machine, whose keys its metadata service is asked for.
    type: str
  endpoint:
    description:
      - Where the cloud's API is, as C(scheme://host[:port]), instead of the vendor's own place.
    type: str
attributes:
  action:
    description: Has a corresponding action plugin, which picks the file for the target.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: full
"""

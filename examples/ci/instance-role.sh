#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Brings up the fleet of fleet.json from an ECS instance of Alibaba Cloud or Volcengine that has a role,
# or from a BCC instance of Baidu that has one: by cron, a systemd timer, or a runner of a CI system. The
# keys come from the metadata service of the instance.
#
# usage: instance-role.sh CLOUD/REGION
set -eu

# The role is asked for by its name, so that another one, or none, is an error here. Baidu has one role
# for an instance and does not name it.
case $1 in
  alibaba/*) export ALIBABA_CLOUD_ECS_METADATA="${ENSURE_INSTANCE_ROLE:-ensure-apply}" ;;
  volcengine/*) export VOLCENGINE_ECS_METADATA="${ENSURE_INSTANCE_ROLE:-ensure-apply}" ;;
esac

ensure doctor "$1"
ensure plan --out fleet.plan fleet.json
ensure apply fleet.plan

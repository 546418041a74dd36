# SPDX-License-Identifier: Apache-2.0
# cloud/region/instance-id,instance-id,...
terraform import ensure_instances_running.workers \
  volcengine/cn-beijing/i-3tiefmkskq3vj0000001,i-3tiefmkskq3vj0000002

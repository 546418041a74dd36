# SPDX-License-Identifier: Apache-2.0
# cloud/region/instance-id
terraform import ensure_instance_running.web alibaba/cn-hangzhou/i-bp67acfmxazb4p0001

# SPDX-License-Identifier: Apache-2.0
resource "ensure_instance_running" "web" {
  cloud       = "alibaba"
  region      = "cn-hangzhou"
  instance_id = "i-bp67acfmxazb4p0001"

  timeouts {
    create = "5m"
  }
}

# SPDX-License-Identifier: Apache-2.0
resource "ensure_instances_running" "workers" {
  cloud  = "volcengine"
  region = "cn-beijing"
  instance_ids = [
    "i-3tiefmkskq3vj0000001",
    "i-3tiefmkskq3vj0000002",
  ]
}

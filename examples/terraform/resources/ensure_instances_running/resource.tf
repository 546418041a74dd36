# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

resource "ensure_instances_running" "workers" {
  cloud  = "volcengine"
  region = "cn-beijing"
  instance_ids = [
    "i-3tiefmkskq3vj0000001",
    "i-3tiefmkskq3vj0000002",
  ]
}

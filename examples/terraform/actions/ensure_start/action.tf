# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

# terraform apply -invoke=action.ensure_start.night_shift
action "ensure_start" "night_shift" {
  config {
    cloud        = "volcengine"
    region       = "cn-beijing"
    instance_ids = ["i-3tiefmkskq3vj0000001"]
    timeout      = "5m"
  }
}

# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

data "ensure_plan" "standby" {
  cloud        = "alibaba"
  region       = "cn-hangzhou"
  instance_ids = ["i-bp67acfmxazb4p0001", "i-bp67acfmxazb4p0002"]
}

# Says in every plan whether the standby machines could be started now.
check "standby_can_start" {
  assert {
    condition = data.ensure_plan.standby.ok
    error_message = join("\n", [
      for i in data.ensure_plan.standby.instances : "${i.target}: ${i.message} ${i.advice}"
      if i.action == "refuse"
    ])
  }
}

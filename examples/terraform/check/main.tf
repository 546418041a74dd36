# SPDX-License-Identifier: Apache-2.0
# Checks in every plan, by dry runs, whether stopped standby machines could be started. Starts none of
# them.
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

variable "standby" {
  type    = set(string)
  default = ["i-bp67acfmxazb4p0001", "i-bp67acfmxazb4p0004", "i-bp67acfmxazb4p0005"]
}

data "ensure_plan" "standby" {
  cloud        = "alibaba"
  region       = "cn-hangzhou"
  instance_ids = var.standby
}

check "standby_can_start" {
  assert {
    condition = data.ensure_plan.standby.ok
    error_message = join("\n", concat(["Not every standby machine could be started now:"], [
      for i in data.ensure_plan.standby.instances :
      "${i.target}: ${i.reason}. ${i.message} ${i.advice}" if i.action == "refuse"
    ]))
  }
}

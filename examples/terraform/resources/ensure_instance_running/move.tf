# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

# The state of a volcengine_ecs_instance_state has no region: it comes from here.
provider "ensure" {
  volcengine = {
    region = "cn-beijing"
  }
}

moved {
  from = volcengine_ecs_instance_state.web
  to   = ensure_instance_running.web
}

resource "ensure_instance_running" "web" {
  cloud       = "volcengine"
  region      = "cn-beijing"
  instance_id = "i-3tiefmkskq3vj0000001"
}

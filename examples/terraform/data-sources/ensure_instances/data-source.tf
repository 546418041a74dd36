# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

data "ensure_instances" "ci" {
  cloud  = "alibaba"
  region = "cn-hangzhou"
  name   = "runner-*"
  tags = {
    env = "ci"
  }
}

# All of them are to be running; no id is typed.
resource "ensure_instances_running" "ci" {
  cloud        = "alibaba"
  region       = "cn-hangzhou"
  instance_ids = data.ensure_instances.ci.instance_ids
}

output "zones" {
  value = { for i in data.ensure_instances.ci.instances : i.name => i.zone }
}

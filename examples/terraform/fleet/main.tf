# SPDX-License-Identifier: Apache-2.0
# A fleet over three clouds: a resource per named instance, and one per cloud for sets of instances.
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

provider "ensure" {
  volcengine = { region = "cn-beijing" }
  alibaba    = { region = "cn-hangzhou" }
  baidu      = { region = "bj" }
}

locals {
  # Each becomes a separate resource, with its own address, plan and drift.
  named = {
    gateway  = { cloud = "volcengine", id = "i-3tiefmkskq3vj0000001" }
    search   = { cloud = "alibaba", id = "i-bp67acfmxazb4p0001" }
    database = { cloud = "baidu", id = "i-3mtkTk01" }
  }

  # Each cloud's set becomes one resource, whose calls are full batches.
  workers = {
    volcengine = ["i-3tiefmkskq3vj0000002", "i-3tiefmkskq3vj0000003"]
    alibaba    = ["i-bp67acfmxazb4p0002", "i-bp67acfmxazb4p0003"]
    baidu      = ["i-3mtkTk02", "i-3mtkTk04"]
  }
}

resource "ensure_instance_running" "named" {
  for_each = local.named

  cloud       = each.value.cloud
  instance_id = each.value.id
}

resource "ensure_instances_running" "workers" {
  for_each = local.workers

  cloud        = each.key
  instance_ids = each.value

  timeouts {
    create = "15m"
    update = "15m"
  }
}

output "statuses" {
  value = merge(
    { for name, instance in ensure_instance_running.named : name => instance.status },
    merge([for set in ensure_instances_running.workers : set.statuses]...),
  )
}

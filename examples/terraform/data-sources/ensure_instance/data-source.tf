# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

data "ensure_instance" "database" {
  cloud       = "baidu"
  region      = "bj"
  instance_id = "i-3mtkTk02"
}

output "database_status" {
  value = data.ensure_instance.database.status
}

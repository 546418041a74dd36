# SPDX-License-Identifier: Apache-2.0
# One instance. The ids are those of the emulator's demonstration world; see ../README.md.
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

variable "cloud" {
  type    = string
  default = "volcengine"
}

variable "region" {
  type    = string
  default = "cn-beijing"
}

variable "instance_id" {
  type    = string
  default = "i-3tiefmkskq3vj0000001"
}

resource "ensure_instance_running" "web" {
  cloud       = var.cloud
  region      = var.region
  instance_id = var.instance_id
}

output "status" {
  value = ensure_instance_running.web.status
}

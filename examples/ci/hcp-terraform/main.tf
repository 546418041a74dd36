# SPDX-License-Identifier: Apache-2.0
# Runs of HCP Terraform on agents of your own, with workload identity tokens in place of secrets. The
# variables of the workspace are in workspace.env, the roles in the hooks.
terraform {
  cloud {
    organization = "example"
    workspaces {
      name = "fleet"
    }
  }
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

provider "ensure" {
  alibaba = {
    region = "cn-hangzhou"
  }
  volcengine = {
    region = "cn-beijing"
  }
}

resource "ensure_instances_running" "web" {
  cloud        = "alibaba"
  instance_ids = ["i-bp67acfmxazb4p0001", "i-bp67acfmxazb4p0002"]
  region       = "cn-hangzhou"
}

resource "ensure_instances_running" "batch" {
  cloud        = "volcengine"
  instance_ids = ["i-3tiefmkskq3vj0000001"]
  region       = "cn-beijing"
}

# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

import {
  to = ensure_instance_running.web
  identity = {
    cloud       = "alibaba"
    region      = "cn-hangzhou"
    instance_id = "i-bp67acfmxazb4p0001"
  }
}

resource "ensure_instance_running" "web" {
  cloud       = "alibaba"
  region      = "cn-hangzhou"
  instance_id = "i-bp67acfmxazb4p0001"
}

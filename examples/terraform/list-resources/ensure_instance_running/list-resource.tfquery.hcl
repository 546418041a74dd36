# SPDX-License-Identifier: Apache-2.0
list "ensure_instance_running" "stopped" {
  provider = ensure
  config {
    cloud  = "alibaba"
    region = "cn-hangzhou"
    status = ["stopped"]
    tags = {
      env = "ci"
    }
  }
  limit = 1000 # Terraform's default is 100
}

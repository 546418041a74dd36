# SPDX-License-Identifier: Apache-2.0
terraform {
  required_providers {
    ensure = {
      source = "terraform.local/ensure/ensure"
    }
  }
}

# Keys come from the environment or from the profile files of the clouds' own command lines.
provider "ensure" {
  volcengine = {
    region = "cn-beijing"
  }
  alibaba = {
    region  = "cn-hangzhou"
    profile = "platform"
  }
}

# Another account, for which refusals are only warnings.
provider "ensure" {
  alias     = "lab"
  preflight = "warn"
  alibaba = {
    region     = "cn-shanghai"
    access_key = var.lab_access_key
    secret_key = var.lab_secret_key
  }
}

variable "lab_access_key" {
  type      = string
  sensitive = true
}

variable "lab_secret_key" {
  type      = string
  sensitive = true
}

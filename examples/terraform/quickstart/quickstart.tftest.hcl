# SPDX-License-Identifier: Apache-2.0
# terraform test: plans, then applies. The final destroy leaves the instance running.
run "plan_says_running" {
  command = plan

  assert {
    condition     = ensure_instance_running.web.id == "volcengine/cn-beijing/i-3tiefmkskq3vj0000001"
    error_message = "The id is the target."
  }

  assert {
    condition     = output.status == "running"
    error_message = "The planned status is \"running\"."
  }
}

run "apply_starts" {
  assert {
    condition     = ensure_instance_running.web.provider_status == "RUNNING"
    error_message = "provider_status is the cloud's own word."
  }
}

run "apply_again_changes_nothing" {
  assert {
    condition     = output.status == "running"
    error_message = "The instance runs."
  }
}

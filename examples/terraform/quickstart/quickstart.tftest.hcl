# terraform test: plans, applies, and plans a refusal.
run "plan_says_running" {
  command = plan

  assert {
    condition     = ensure_instance_running.web.id == "volcengine/cn-beijing/i-3tiefmkskq3vj0000001"
    error_message = "The id is the target."
  }
}

run "apply_starts" {
  assert {
    condition     = output.status == "running"
    error_message = "The instance runs after an apply."
  }

  assert {
    condition     = ensure_instance_running.web.start_request_id != ""
    error_message = "The cloud's request id of the start is kept."
  }
}

run "apply_again_starts_nothing" {
  assert {
    condition     = ensure_instance_running.web.provider_status == "RUNNING"
    error_message = "The cloud's own word is kept."
  }
}

# SPDX-License-Identifier: Apache-2.0
"""Saved documents for tests of what is rendered: plans and applies of any size, with any texts."""

HOSTILE = ("</td></script><script>alert(1)</script><img src=x onerror=alert(1)> \" ' & ]]> ${7*7} "
           "\u202egnp.exe\u202c \u0007\u001b[31m \ufffe `code` **bold** @everyone\n::error::x ##[error]y")


def instance(target, action="refuse", reason="no_capacity", **more):
    """An instance of a plan."""
    status = {"none": "running", "wait": "starting"}.get(action, "stopped")
    return {"target": target, "status": status, "provider_status": status.upper(), "action": action,
            "confidence": "validated" if action in ("start", "refuse") else "observed",
            "reason": reason, "message": "It is what it is.", "advice": "", "provider_code": "",
            "http_status": 200, "request_id": "r-1", "client_token": "", **more}


def plan(*instances, warnings=()):
    counts = {action: sum(1 for one in instances if one["action"] == action)
              for action in ("none", "start", "wait", "refuse")}
    return {"format": "ensure.plan/v1", "created_at": "2026-09-01T08:09:10Z",
            "warnings": list(warnings), "policy": [],
            "summary": {"total": len(instances), **counts}, "instances": list(instances)}


def large(count):
    """A plan over three clouds with one refusal in ten, for four reasons."""
    places = ("volcengine/cn-beijing", "alibaba/cn-hangzhou", "baidu/bj", "alibaba/cn-shanghai")
    reasons = ("no_capacity", "insufficient_balance", "locked", "permission_denied")
    rest = (("start", "ok"), ("none", "already_running"), ("wait", "in_progress"))
    instances = []
    for number in range(count):
        target = f"{places[number % 4]}/i-{number:08d}abcdefgh"
        if number % 10 == 3:
            reason = reasons[number // 10 % 4]
            instances.append(instance(
                target, "refuse", reason, http_status=400, provider_code="Some.Code",
                message=f"The cloud refused the dry run of the start: Some.Code: number {number}.",
                advice=f"What to do about {reason}.", request_id=f"request-{number}"))
        else:
            action, reason = rest[number % 3]
            instances.append(instance(target, action, reason))
    return plan(*instances)

/* SPDX-License-Identifier: Apache-2.0 */
/* The transitions of a task for each status that a read shows, in a plan, an apply and a wait. */
#include "core/classify.h"
#include "core/task_context.h"

/* After a start was sent, a read without the instance or with an unknown status word is ignored
 * until it is repeated (ENS_INCONCLUSIVE_READS), because lists are eventually consistent. True: it
 * is read again. */
static bool ignore_inconclusive(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;
    const int64_t now = context->event->now_ms;

    if (!ens_task_sent(task)) {
        return false;
    }
    task->inconclusive_since_ms = task->inconclusive_reads == 0 ? now : task->inconclusive_since_ms;
    task->inconclusive_reads =
        task->inconclusive_reads < UINT8_MAX ? task->inconclusive_reads + 1 : UINT8_MAX;
    if (task->inconclusive_reads >= ENS_INCONCLUSIVE_READS &&
        now - task->inconclusive_since_ms >= ENS_INCONCLUSIVE_SPAN_MS) {
        return false;
    }
    ens_task_poll(context);
    return true;
}

void ens_task_absent(const struct ens_task_context *context)
{
    context->task->status = ENS_STATUS_ABSENT;
    context->task->word = NULL;
    if (context->task->not_honoured) { /* takes precedence over what was read since */
        ens_task_refuse(context, ENS_REASON_DRY_RUN_NOT_HONOURED, ENS_MESSAGE_NOT_HONOURED);
        return;
    }
    ens_task_refuse(context, ENS_REASON_NOT_FOUND, ENS_MESSAGE_ABSENT);
}

/* An instance is absent when two reads did not show it. Where a list may be empty because a
 * permission is missing, a probe in between rules that out. */
void ens_task_missing(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    task->failed_reads = 0;
    task->missing = task->missing < UINT8_MAX ? task->missing + 1 : UINT8_MAX;
    if (ignore_inconclusive(context)) {
        return;
    }
    if (ens_task_can(context, ENS_CAP_ABSENCE_PROBE) && !task->probed) {
        ens_task_call(context, ENS_CALL_PROBE, context->event->now_ms);
    } else if (task->missing < 2) {
        ens_task_call(context, ENS_CALL_READ, context->event->now_ms + ENS_ABSENT_REREAD_MS);
    } else {
        ens_task_absent(context);
    }
}

void ens_task_probed(const struct ens_task_context *context)
{
    context->task->probed = true;
    if (context->task->missing >= 2) {
        ens_task_absent(context);
    } else {
        ens_task_call(context, ENS_CALL_READ, context->event->now_ms + ENS_ABSENT_REREAD_MS);
    }
}

/* Seen starting or running: a start whose answer was lost has taken effect. */
static void note_start_effect(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    if (task->lost && !task->started) {
        task->started = true;
        task->started_ms = context->event->now_ms;
        task->poll_ms = 0;
    }
}

static void on_running(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    if (task->started) {
        ens_task_finish_started(context, ENS_REASON_OK, ENS_MESSAGE_STARTED);
    } else if (task->seen_up) {
        ens_task_finish(context, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED, ENS_REASON_OK,
                        ENS_MESSAGE_CAME_UP);
    } else {
        ens_task_finish(context, ENS_ACTION_NONE, ENS_CONFIDENCE_OBSERVED,
                        ENS_REASON_ALREADY_RUNNING, ENS_MESSAGE_RUNNING);
    }
}

static void on_starting(const struct ens_task_context *context)
{
    context->task->seen_up = true;
    if (ens_task_planning(context)) {
        ens_task_finish(context, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED, ENS_REASON_IN_PROGRESS,
                        ENS_MESSAGE_COMING_UP);
        return;
    }
    if (context->task->started) {
        ens_task_report(context, ENS_ACTION_START, ENS_REASON_IN_PROGRESS, ENS_MESSAGE_STARTING);
    } else {
        ens_task_report(context, ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, ENS_MESSAGE_COMING_UP);
    }
    ens_task_poll(context);
}

/* Refuses if the state that was read forbids a start; false: it does not. */
static bool blocked(const struct ens_task_context *context, const struct ens_status_row *row)
{
    const struct ens_observation *seen = context->seen;

    if (row->reason != ENS_REASON_OK) {
        ens_task_refuse(context, (enum ens_reason)row->reason, ENS_MESSAGE_FAILED);
    } else if (seen->lock.len > 0) {
        ens_task_refuse(context, ens_classify_lock(context->task->provider, seen->lock),
                        ENS_MESSAGE_LOCKED);
    } else if (context->task->status == ENS_STATUS_STOPPED && seen->expires_unix_s != 0 &&
               seen->expires_unix_s <= context->event->unix_s) {
        ens_task_refuse(context, ENS_REASON_EXPIRED, ENS_MESSAGE_EXPIRED);
    } else {
        return false;
    }
    return true;
}

static void on_settling(const struct ens_task_context *context)
{
    const struct ens_task *task = context->task;
    const enum ens_message message =
        task->status == ENS_STATUS_STOPPING ? ENS_MESSAGE_STOPPING : ENS_MESSAGE_SETTLING;

    if (ens_task_planning(context)) {
        ens_task_plan_start(context, ens_task_assumed(context), ENS_REASON_IN_PROGRESS, message);
        return;
    }
    if (!task->started && !task->read_only && !ens_task_may_start(context)) {
        return;
    }
    if (task->started) {
        ens_task_report(context, ENS_ACTION_START, ENS_REASON_IN_PROGRESS, ENS_MESSAGE_NOT_SHOWN);
    } else {
        ens_task_report(context, ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, message);
    }
    ens_task_poll(context);
}

/* Stopped in a plan, and the result of the dry run is known. No reply of this job says so. */
static void plan_as_known(const struct ens_task_context *context)
{
    const enum ens_reason reason = context->task->dry_run_reason;
    struct ens_result *result = &context->step->result;

    if (reason == ENS_REASON_OK) {
        ens_task_plan_start(context, ENS_CONFIDENCE_VALIDATED, reason, ENS_MESSAGE_PASSED_BEFORE);
    } else {
        ens_task_finish(context, ENS_ACTION_REFUSE, ENS_CONFIDENCE_VALIDATED, reason,
                        ENS_MESSAGE_REFUSED_BEFORE);
    }
    result->provider_code = ENS_STR("");
    result->http_status = 0;
    result->request_id = ENS_STR("");
}

/* Stopped in a plan: checks the start by a dry run where possible. */
static void plan_stopped(const struct ens_task_context *context)
{
    if (!ens_task_guard_target(context)) {
        return;
    }
    if (context->task->params->no_dry_run) {
        ens_task_plan_start(context, ENS_CONFIDENCE_UNVERIFIED, ENS_REASON_OK,
                            ENS_MESSAGE_NOT_ASKED);
    } else if (!ens_task_can(context, ENS_CAP_DRY_RUN)) {
        ens_task_plan_start(context, ENS_CONFIDENCE_SIMULATED, ENS_REASON_OK,
                            ENS_MESSAGE_SIMULATED);
    } else if (context->task->dry_run_known) {
        plan_as_known(context);
    } else {
        ens_task_call(context, ENS_CALL_DRY_RUN, context->event->now_ms);
    }
}

/* Stopped in an apply after its start: either it has fallen back, or it is not starting yet. */
static void on_stopped_again(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    if (task->seen_up) {
        ens_task_finish_started(context, ENS_REASON_FELL_BACK, ENS_MESSAGE_FELL_BACK);
    } else if (context->event->now_ms - task->started_ms < ENS_STAY_STOPPED_MS) {
        ens_task_report(context, ENS_ACTION_START, ENS_REASON_IN_PROGRESS, ENS_MESSAGE_NOT_SHOWN);
        ens_task_poll(context);
    } else if (task->planned_token && !task->left_stopped &&
               ens_task_can(context, ENS_CAP_CLIENT_TOKEN)) {
        task->repeated = true;
        ens_task_finish_started(context, ENS_REASON_WRONG_STATE, ENS_MESSAGE_TOKEN_REPEATED);
    } else {
        ens_task_finish_started(context, ENS_REASON_FELL_BACK, ENS_MESSAGE_STAYED_STOPPED);
    }
}

/* Without a client token a second start could start the instance twice: after a lost answer it is
 * read until a start that took effect would be visible (ENS_LAG_MS). True: it is read again. */
static bool await_lost_start(const struct ens_task_context *context)
{
    static const int64_t rereads_ms[] = {500, 1500, ENS_LAG_MS}; /* after the loss */
    const struct ens_task *task = context->task;
    const int64_t since = context->event->now_ms - task->lost_ms;

    if (!task->lost || ens_task_can(context, ENS_CAP_CLIENT_TOKEN)) {
        return false;
    }
    for (size_t i = 0; i < ENS_COUNT(rereads_ms); i++) {
        if (since < rereads_ms[i]) {
            ens_task_call(context, ENS_CALL_READ, task->lost_ms + rereads_ms[i]);
            return true;
        }
    }
    return false;
}

static void on_stopped(const struct ens_task_context *context, const struct ens_status_row *row)
{
    struct ens_task *task = context->task;

    if (!ens_task_planning(context) && task->started) {
        on_stopped_again(context);
    } else if (await_lost_start(context) || blocked(context, row)) {
        return;
    } else if (ens_task_planning(context)) {
        plan_stopped(context);
    } else if (task->read_only) {
        ens_task_refuse(context, ENS_REASON_WRONG_STATE, ENS_MESSAGE_CHANGED);
    } else if (task->given_up) {
        ens_task_refuse(context, task->last->reason, ENS_MESSAGE_START_LOST_AGAIN);
    } else if (ens_task_may_start(context)) {
        ens_task_call_start(context);
    }
}

static bool is_capacity_released(const struct ens_observation *seen)
{
    return seen->struct_size >= offsetof(struct ens_observation, flags) + sizeof(seen->flags) &&
           (seen->flags & ENS_SEEN_CAPACITY_RELEASED) != 0;
}

/* Wait: the instance does not run, but may still come up. */
static void wait_on(const struct ens_task_context *context)
{
    ens_task_report(context, ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, ENS_MESSAGE_WAITING);
    ens_task_poll(context);
}

static void on_failed(const struct ens_task_context *context, const struct ens_status_row *row)
{
    ens_task_refuse(context,
                    row->reason != ENS_REASON_OK ? (enum ens_reason)row->reason
                                                 : ENS_REASON_WRONG_STATE,
                    ENS_MESSAGE_FAILED);
}

/* Whether the status ends a wait. */
static bool is_settled(enum ens_status status)
{
    return status == ENS_STATUS_RUNNING || status == ENS_STATUS_FAILED ||
           status == ENS_STATUS_DELETING;
}

static void on_status(const struct ens_task_context *context, const struct ens_status_row *row)
{
    struct ens_task *task = context->task;

    if (task->params->mode == ENS_MODE_WAIT && !is_settled(task->status)) {
        wait_on(context);
        return;
    }
    switch (task->status) {
    case ENS_STATUS_RUNNING:
        note_start_effect(context);
        on_running(context);
        return;
    case ENS_STATUS_STARTING:
        note_start_effect(context);
        on_starting(context);
        return;
    case ENS_STATUS_STOPPED:
        on_stopped(context, row);
        return;
    case ENS_STATUS_STOPPING:
    case ENS_STATUS_BUSY:
        if (task->started || !blocked(context, row)) {
            on_settling(context);
        }
        return;
    case ENS_STATUS_FAILED:
        on_failed(context, row);
        return;
    case ENS_STATUS_DELETING:
        ens_task_refuse(context, ENS_REASON_NOT_FOUND, ENS_MESSAGE_DELETING);
        return;
    case ENS_STATUS_ABSENT: /* ens_task_missing */
    case ENS_STATUS_UNKNOWN:
        break;
    }
    ens_task_refuse(context, ENS_REASON_WRONG_STATE, ENS_MESSAGE_UNKNOWN_STATE);
}

void ens_task_seen(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;
    const struct ens_status_row *row = ens_classify_status(task->provider, context->seen->word);
    const enum ens_status status = row != NULL ? (enum ens_status)row->status : ENS_STATUS_UNKNOWN;

    task->failed_reads = 0;
    if (status == ENS_STATUS_ABSENT && !task->not_honoured) {
        ens_task_missing(context);
        return;
    }
    if (status == ENS_STATUS_UNKNOWN && ignore_inconclusive(context)) {
        return;
    }
    task->status = status;
    task->word = row != NULL ? row->word : NULL;
    task->missing = 0;
    task->inconclusive_reads = 0;
    task->capacity_released = is_capacity_released(context->seen);
    task->left_stopped |= task->started && status != ENS_STATUS_STOPPED;
    if (task->not_honoured) {
        ens_task_refuse(context, ENS_REASON_DRY_RUN_NOT_HONOURED, ENS_MESSAGE_NOT_HONOURED);
    } else {
        on_status(context, row);
    }
}

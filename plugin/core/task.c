/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task.h"

#include "core/retry.h"
#include "core/task_context.h"

#define REREADS_PLAN     2
#define REREADS_APPLY    3   /* limits the starts that are refused for the state to four */
#define LOST_REREAD_MS   500 /* from a lost answer to the read that follows */
#define FAILED_READS_MAX 5   /* in a row, when a start may have taken effect */

/* Whether a failed read is repeated later: while an instance is being polled, transient faults only
 * delay the result. */
static bool may_read_later(const struct ens_task_context *context)
{
    const struct ens_task *task = context->task;

    if (ens_reason_is_answer(context->outcome->reason) ||
        (context->outcome->flags & ENS_CODE_FINAL)) {
        return false;
    }
    if (task->lost && !task->started) {
        return task->failed_reads < FAILED_READS_MAX;
    }
    return task->started || task->poll_ms > 0 || task->params->mode == ENS_MODE_WAIT;
}

static void on_unreadable(const struct ens_task_context *context, enum ens_message message)
{
    struct ens_task *task = context->task;

    task->failed_reads = task->failed_reads < UINT8_MAX ? task->failed_reads + 1 : UINT8_MAX;
    if (!task->not_honoured && may_read_later(context)) {
        ens_task_poll(context);
        return;
    }
    task->status = ENS_STATUS_UNKNOWN;
    task->word = NULL;
    if (task->not_honoured) {
        ens_task_refuse(context, ENS_REASON_DRY_RUN_NOT_HONOURED, ENS_MESSAGE_NOT_HONOURED);
    } else if (task->lost && !task->started) {
        ens_task_refuse(context, ENS_REASON_AMBIGUOUS, message);
    } else {
        ens_task_refuse(context, context->outcome->reason, message);
    }
}

static void on_read(const struct ens_task_context *context)
{
    if (context->seen != NULL) {
        ens_task_seen(context);
    } else if (context->outcome->reason == ENS_REASON_OK ||
               context->outcome->reason == ENS_REASON_NOT_FOUND) {
        ens_task_missing(context);
    } else {
        on_unreadable(context, ENS_MESSAGE_UNREADABLE);
    }
}

static void on_probe(const struct ens_task_context *context)
{
    if (context->outcome->reason == ENS_REASON_OK) {
        ens_task_probed(context);
    } else if (context->outcome->reason == ENS_REASON_NOT_FOUND) {
        ens_task_absent(context);
    } else {
        on_unreadable(context, ENS_MESSAGE_HIDDEN);
    }
}

/* The cloud refused the call for the state, or says that there is no such instance, although the
 * read showed "stopped": the state has changed since, or reads are eventually consistent. Reads
 * again; false: it was read again often enough. */
static bool read_again(const struct ens_task_context *context)
{
    static const int64_t pauses_ms[REREADS_APPLY] = {0, 2000, 5000};
    struct ens_task *task = context->task;
    const unsigned most = ens_task_planning(context) ? REREADS_PLAN : REREADS_APPLY;

    if (context->outcome->reason == ENS_REASON_NOT_FOUND) {
        task->denials++;
    }
    if ((context->outcome->flags & ENS_CODE_FINAL) || task->rereads >= most) {
        return false;
    }
    task->missing = context->outcome->reason == ENS_REASON_NOT_FOUND ? 1 : 0;
    ens_task_call(context, ENS_CALL_READ, context->event->now_ms + pauses_ms[task->rereads]);
    task->rereads++;
    return true;
}

static bool contradicts_the_read(enum ens_reason reason)
{
    return reason == ENS_REASON_WRONG_STATE || reason == ENS_REASON_NOT_FOUND;
}

/* Sets the status to absent if the cloud has answered twice that there is no such instance. */
static void note_absence(const struct ens_task_context *context)
{
    if (context->outcome->reason == ENS_REASON_NOT_FOUND && context->task->denials >= 2) {
        context->task->status = ENS_STATUS_ABSENT;
        context->task->word = NULL;
    }
}

static void keep_reply(struct ens_task *task, const struct ens_outcome *outcome)
{
    task->http_status = outcome->http_status;
    task->request_id = ens_cloud_text(task->params->arena, outcome->request_id, ENS_CLOUD_WORD_MAX);
}

/* Whether the keys may not make the dry run: plans are allowed with read-only keys. HTTP status and
 * code must agree, because a refusal for lack of stock is a 403 too. */
static bool not_permitted(const struct ens_outcome *outcome)
{
    return (outcome->http_status == 401 || outcome->http_status == 403) &&
           (outcome->reason == ENS_REASON_PERMISSION_DENIED ||
            outcome->reason == ENS_REASON_UNAUTHENTICATED) &&
           (outcome->by_code || outcome->code.len == 0);
}

/* Whether the cloud decided on the request; not if there were no keys to send it with. */
static bool is_answer(const struct ens_outcome *outcome)
{
    return outcome->sent && ens_reason_is_answer(outcome->reason);
}

/* The start may be done, as far as the dry run tells. In an apply, which asks only where a guard
 * wants it, the instance is read again right before the start. */
static void on_checked(const struct ens_task_context *context, enum ens_confidence confidence,
                       enum ens_message message)
{
    struct ens_task *task = context->task;

    if (ens_task_planning(context)) {
        ens_task_plan_start(context, confidence, context->outcome->reason, message);
    } else if (ens_task_guard_confidence(context, confidence)) {
        task->confidence = confidence;
        task->confidence_known = true;
        ens_task_call(context, ENS_CALL_READ, context->event->now_ms);
    }
}

static void on_dry_run(const struct ens_task_context *context)
{
    const struct ens_outcome *outcome = context->outcome;

    if (outcome->reason == ENS_REASON_OK) {
        on_checked(context, ENS_CONFIDENCE_VALIDATED, ENS_MESSAGE_PASSED);
    } else if (outcome->reason == ENS_REASON_DRY_RUN_NOT_HONOURED) {
        context->task->not_honoured = true;
        keep_reply(context->task, outcome);
        ens_task_call(context, ENS_CALL_READ, context->event->now_ms);
    } else if (not_permitted(outcome)) {
        on_checked(context, ENS_CONFIDENCE_UNVERIFIED, ENS_MESSAGE_NOT_PERMITTED);
    } else if (!is_answer(outcome)) {
        on_checked(context, ENS_CONFIDENCE_UNVERIFIED, ENS_MESSAGE_NOT_ANSWERED);
    } else if (contradicts_the_read(outcome->reason) && read_again(context)) {
        return;
    } else {
        note_absence(context);
        ens_task_finish(context, ENS_ACTION_REFUSE, ENS_CONFIDENCE_VALIDATED, outcome->reason,
                        ENS_MESSAGE_DRY_RUN_REFUSED);
    }
}

static void on_accepted(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    task->accepted = true;
    task->started = true;
    task->started_ms = context->event->now_ms;
    task->poll_ms = 0;
    task->last = NULL;
    keep_reply(task, context->outcome);
    ens_task_report(context, ENS_ACTION_START, ENS_REASON_IN_PROGRESS, ENS_MESSAGE_ACCEPTED);
    ens_task_poll(context);
}

/* Copies the text unless it equals the kept one, since retries mostly fail with the same text. */
static ens_str keep_text(const struct ens_task_context *context, ens_str kept, ens_str text,
                         size_t max)
{
    text = ens_cloud_text(context->scratch, text, max);
    return ens_str_eq(kept, text) ? kept : ens_arena_dup(context->task->params->arena, text);
}

/* Copies the outcome of a start, which is only valid during the event. */
static void keep_last(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    if (task->last == NULL) {
        task->last = ens_arena_alloc(task->params->arena, sizeof(*task->last));
        *task->last = (struct ens_outcome){0};
    }
    const struct ens_outcome before = *task->last;
    struct ens_outcome *last = task->last;
    *last = *context->outcome;
    last->code = keep_text(context, before.code, last->code, ENS_CLOUD_WORD_MAX);
    last->message = keep_text(context, before.message, last->message, ENS_CLOUD_MESSAGE_MAX);
    last->detail = keep_text(context, before.detail, last->detail, ENS_CLOUD_MESSAGE_MAX);
    last->request_id = keep_text(context, before.request_id, last->request_id, ENS_CLOUD_WORD_MAX);
    last->seen = NULL;
}

/* Schedules a read, after which the start may be repeated; false: no repetition. After a lost
 * answer a read follows in any case. */
static bool retry_start(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;
    const struct ens_outcome *outcome = context->outcome;
    const bool ambiguous = ens_outcome_ambiguous(outcome);
    const bool throttled = outcome->reason == ENS_REASON_THROTTLED;

    /* An attempt that was throttled is none of those that failed, and the other way round. */
    task->throttled += throttled ? 1 : 0;
    int64_t wait = ens_retry_wait_ms(&(struct ens_retry){
        .kind = ENS_CALL_START,
        .reason = outcome->reason,
        .flags = outcome->flags,
        .attempt = throttled ? task->throttled : task->starts - task->throttled,
        .retry_after_ms = outcome->retry_after_ms,
        .remaining_ms = task->params->deadline_ms - context->event->now_ms,
        .random = context->event->random,
    });

    if (wait == ENS_RETRY_NO) {
        if (!ambiguous) {
            return false;
        }
        task->given_up = true;
        wait = 0;
    }
    if (ambiguous) {
        task->lost = true;
        task->unanswered |= outcome->http_status == 0;
        task->lost_ms = context->event->now_ms;
        wait = wait > LOST_REREAD_MS ? wait : LOST_REREAD_MS;
    }
    ens_task_call(context, ENS_CALL_READ, context->event->now_ms + wait);
    return true;
}

/* The result of a start that the cloud, or the engine, refused, and that is not repeated. */
static void on_start_refused(const struct ens_task_context *context)
{
    const enum ens_reason reason = context->outcome->reason;
    const bool lost = context->task->lost;

    if (reason == ENS_REASON_POLICY) {
        ens_task_refuse(context, reason, ENS_MESSAGE_LEFT);
    } else if (reason == ENS_REASON_IN_PROGRESS && !(context->outcome->flags & ENS_CODE_FINAL)) {
        /* It is retried until the deadline, which the next attempt would exceed. */
        ens_task_refuse(context, ENS_REASON_TIMED_OUT,
                        lost ? ENS_MESSAGE_END_SENT : ENS_MESSAGE_END_STOPPED);
    } else if (is_answer(context->outcome)) {
        note_absence(context);
        ens_task_finish(context, ENS_ACTION_REFUSE, ENS_CONFIDENCE_VALIDATED, reason,
                        lost ? ENS_MESSAGE_START_LOST_REFUSED : ENS_MESSAGE_START_REFUSED);
    } else {
        ens_task_refuse(context, reason,
                        lost ? ENS_MESSAGE_START_LOST_AGAIN : ENS_MESSAGE_START_FAILED);
    }
}

static void on_start(const struct ens_task_context *context)
{
    const enum ens_reason reason = context->outcome->reason;

    if (reason == ENS_REASON_OK) {
        on_accepted(context);
        return;
    }
    keep_last(context);
    context->task->alone |=
        reason == ENS_REASON_INTERNAL || reason == ENS_REASON_MALFORMED_RESPONSE;
    if (contradicts_the_read(reason) ? read_again(context) : retry_start(context)) {
        ens_task_report(context, ENS_ACTION_WAIT, reason,
                        context->task->lost ? ENS_MESSAGE_START_LOST : ENS_MESSAGE_START_FAILED);
    } else {
        on_start_refused(context);
    }
}

/* ---- deadline and cancellation --------------------------------------------------------------- */

static void end_apply(const struct ens_task_context *context, enum ens_reason reason)
{
    struct ens_task *task = context->task;

    if (task->awaiting == ENS_CALL_START && context->event->in_flight) {
        task->lost = true;
        task->unanswered = true;
    }
    if (task->started) {
        ens_task_finish_started(context, reason, ENS_MESSAGE_END_STARTED);
    } else if (task->lost) {
        ens_task_refuse(context, reason, ENS_MESSAGE_END_SENT);
    } else if (task->status == ENS_STATUS_STARTING) {
        ens_task_finish(context, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED, reason,
                        ENS_MESSAGE_END_COMING_UP);
    } else if (task->status == ENS_STATUS_STOPPING || task->status == ENS_STATUS_BUSY) {
        ens_task_finish(context, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED, reason,
                        ENS_MESSAGE_END_SETTLING);
    } else {
        ens_task_refuse(context, reason,
                        task->status == ENS_STATUS_STOPPED ? ENS_MESSAGE_END_STOPPED
                                                           : ENS_MESSAGE_END_UNREAD);
    }
}

/* After a cancellation a target without a dry-run result is reported as unread, so that a saved
 * plan does not start it; after the deadline its start is planned as unverified. */
static void end_plan(const struct ens_task_context *context, enum ens_reason reason)
{
    struct ens_task *task = context->task;

    if (task->status != ENS_STATUS_STOPPED) {
        ens_task_refuse(context, reason, ENS_MESSAGE_END_UNREAD);
    } else if (reason == ENS_REASON_CANCELLED) {
        task->status = ENS_STATUS_UNKNOWN;
        task->word = NULL;
        ens_task_refuse(context, reason, ENS_MESSAGE_END_DRY_RUN);
    } else {
        ens_task_plan_start(context, ENS_CONFIDENCE_UNVERIFIED, reason, ENS_MESSAGE_END_DRY_RUN);
    }
}

static void end_wait(const struct ens_task_context *context, enum ens_reason reason)
{
    ens_task_finish(context, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED, reason,
                    context->task->status == ENS_STATUS_STOPPED ? ENS_MESSAGE_END_NOT_STARTED
                                                                : ENS_MESSAGE_END_WAITING);
}

static void end(const struct ens_task_context *context, enum ens_reason reason)
{
    if (context->task->not_honoured) {
        ens_task_refuse(context, ENS_REASON_DRY_RUN_NOT_HONOURED, ENS_MESSAGE_NOT_HONOURED);
        return;
    }
    switch (context->task->params->mode) {
    case ENS_MODE_PLAN:
        end_plan(context, reason);
        return;
    case ENS_MODE_APPLY:
        end_apply(context, reason);
        return;
    case ENS_MODE_WAIT:
        end_wait(context, reason);
        return;
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

void ens_task_begin(struct ens_task *task)
{
    task->awaiting = ENS_CALL_READ;
    task->status = ENS_STATUS_UNKNOWN;
}

static void on_outcome(const struct ens_task_context *context)
{
    ENS_ASSERT(context->outcome != NULL && context->outcome->kind == context->task->awaiting);
    switch (context->task->awaiting) {
    case ENS_CALL_READ:
        on_read(context);
        return;
    case ENS_CALL_PROBE:
        on_probe(context);
        return;
    case ENS_CALL_DRY_RUN:
        on_dry_run(context);
        return;
    case ENS_CALL_START:
        on_start(context);
        return;
    case ENS_CALL_FIND:
    case ENS_CALL_FIND_PROBE:
        break; /* no task asks for a list */
    }
}

void ens_task_step(struct ens_task *task, const struct ens_event *event, struct ens_arena *scratch,
                   struct ens_step *ret)
{
    const struct ens_outcome *outcome = event->outcome;
    const struct ens_task_context context = {
        .task = task,
        .event = event,
        .outcome = outcome,
        .seen = outcome != NULL && outcome->reason == ENS_REASON_OK ? outcome->seen : NULL,
        .scratch = scratch,
        .step = ret,
    };

    *ret = (struct ens_step){0};
    switch (event->kind) {
    case ENS_EVENT_OUTCOME:
        on_outcome(&context);
        return;
    case ENS_EVENT_LEAVE:
        task->leave = true;
        ens_task_call(&context, ENS_CALL_READ, event->now_ms);
        return;
    case ENS_EVENT_REFUSED:
        ens_task_refuse_by_guard(&context, event->refusal);
        return;
    case ENS_EVENT_DEADLINE:
        end(&context, ENS_REASON_TIMED_OUT);
        return;
    case ENS_EVENT_CANCEL:
        end(&context, ENS_REASON_CANCELLED);
        return;
    }
}

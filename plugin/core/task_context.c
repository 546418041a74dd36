/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task_context.h"

#include "core/advice.h"
#include "core/uuid.h"

bool ens_task_planning(const struct ens_task_context *context)
{
    return context->task->params->mode == ENS_MODE_PLAN;
}

bool ens_task_applying(const struct ens_task_context *context)
{
    return context->task->params->mode == ENS_MODE_APPLY;
}

bool ens_task_can(const struct ens_task_context *context, uint32_t capability)
{
    return (context->task->provider->capabilities & capability) != 0;
}

/* The hint of the outcome takes precedence over that of the phase. */
static enum ens_hint hint_of(const struct ens_task_context *context, enum ens_action action,
                             const struct ens_outcome *outcome, enum ens_reason reason)
{
    const struct ens_pending *pending = context->event->pending;

    if (pending != NULL && reason == ENS_REASON_TIMED_OUT) {
        return outcome != NULL && outcome->hint != ENS_HINT_NONE
                   ? outcome->hint
                   : ens_hint_of_phase(pending->phase);
    }
    if (action == ENS_ACTION_REFUSE && reason == ENS_REASON_IN_PROGRESS) {
        return ENS_HINT_STILL_BUSY;
    }
    if (action == ENS_ACTION_START && reason == ENS_REASON_IN_PROGRESS &&
        ens_task_planning(context)) {
        return ENS_HINT_NOT_STOPPED;
    }
    return outcome != NULL && outcome->reason == reason ? outcome->hint : ENS_HINT_NONE;
}

/* The status word of the result: the one just read, else the last one. */
static ens_str word_of(const struct ens_task_context *context)
{
    return context->seen != NULL ? context->seen->word : ens_str_of(context->task->word);
}

bool ens_task_sent(const struct ens_task *task)
{
    return task->accepted || task->started || task->lost;
}

/* The outcome that explains the result. A failed start is explained by its own outcome, not by that
 * of the last read; so is a deadline that passed during its retries. */
static const struct ens_outcome *deciding_outcome(const struct ens_task_context *context,
                                                  enum ens_message message)
{
    const struct ens_task *task = context->task;
    const bool of_start =
        message == ENS_MESSAGE_START_FAILED || message == ENS_MESSAGE_START_LOST_AGAIN;

    if (context->event->pending != NULL && context->event->pending->last != NULL) {
        return context->event->pending->last;
    }
    if (task->last != NULL && (of_start || context->outcome == NULL)) {
        return task->last;
    }
    return context->outcome;
}

static void fill_reply(const struct ens_task_context *context, const struct ens_outcome *outcome)
{
    const struct ens_task *task = context->task;
    struct ens_result *result = &context->step->result;

    if (outcome != NULL) {
        result->provider_code = ens_cloud_text(context->scratch, outcome->code, ENS_CLOUD_WORD_MAX);
        result->http_status = outcome->http_status;
        result->request_id =
            ens_cloud_text(context->scratch, outcome->request_id, ENS_CLOUD_WORD_MAX);
    }
    /* Successful polls do not replace the reply to the start, or to the dry run that was not
     * honoured. */
    if (task->not_honoured ||
        (task->request_id.len > 0 && (outcome == NULL || outcome->reason == ENS_REASON_OK))) {
        result->provider_code = ENS_STR("");
        result->http_status = task->http_status;
        result->request_id = task->request_id;
    }
}

static enum ens_start_sent start_of(const struct ens_task *task)
{
    if (task->accepted) {
        return ENS_START_ACCEPTED;
    }
    if (task->lost) {
        return task->unanswered ? ENS_START_LOST : ENS_START_UNCLEAR;
    }
    return ENS_START_NONE;
}

static void fill(const struct ens_task_context *context, enum ens_action action,
                 enum ens_confidence confidence, enum ens_reason reason, enum ens_message message)
{
    const struct ens_task *task = context->task;
    const struct ens_outcome *outcome = deciding_outcome(context, message);
    const bool unread = task->status == ENS_STATUS_UNKNOWN && context->seen == NULL;
    const struct ens_facts facts = {
        .provider = task->provider,
        .target = &task->target,
        .word = word_of(context),
        .lock = context->seen != NULL ? context->seen->lock : ENS_STR(""),
        .capacity_released = task->capacity_released,
        .expired_unix_s = context->seen != NULL ? context->seen->expires_unix_s : 0,
        .cancelled = context->event->kind == ENS_EVENT_CANCEL,
        .start = start_of(task),
        .outcome = outcome,
        .pending = context->event->pending,
        .refusal = reason == ENS_REASON_POLICY ? task->refusal : ENS_STR(""),
    };
    struct ens_result *result = &context->step->result;

    *result = (struct ens_result){
        .target = task->target,
        .status = task->status,
        .provider_status = ens_cloud_text(context->scratch, facts.word, ENS_CLOUD_WORD_MAX),
        .action = ens_task_sent(task) ? ENS_ACTION_START : action,
        .confidence = unread && !task->not_honoured ? ENS_CONFIDENCE_UNVERIFIED : confidence,
        .reason = reason,
        .message = ens_message_compose(context->scratch, message, &facts),
        .advice = ens_advice_for(task->provider, reason, outcome,
                                 hint_of(context, action, outcome, reason)),
        .started = task->started && !task->repeated,
        .start_request_id = task->accepted ? task->request_id : ENS_STR(""),
        .start_sent = ens_task_sent(task),
        .elapsed_ms =
            ens_task_applying(context) ? context->event->now_ms - task->params->taken_ms : 0,
    };
    fill_reply(context, outcome);
    if (result->action == ENS_ACTION_START) {
        result->client_token = task->client_token;
    }
}

void ens_task_finish(const struct ens_task_context *context, enum ens_action action,
                     enum ens_confidence confidence, enum ens_reason reason,
                     enum ens_message message)
{
    context->step->done = true;
    context->step->report = false;
    fill(context, action, confidence, reason, message);
}

void ens_task_refuse(const struct ens_task_context *context, enum ens_reason reason,
                     enum ens_message message)
{
    const bool started = context->task->started;

    ens_task_finish(context, ENS_ACTION_REFUSE,
                    started ? ENS_CONFIDENCE_VALIDATED : ENS_CONFIDENCE_OBSERVED, reason, message);
}

/* The action is start, whatever the final state of the instance is. */
void ens_task_finish_started(const struct ens_task_context *context, enum ens_reason reason,
                             enum ens_message message)
{
    ens_task_finish(context, ENS_ACTION_START, ENS_CONFIDENCE_VALIDATED, reason, message);
}

void ens_task_call(const struct ens_task_context *context, enum ens_call_kind what, int64_t at_ms)
{
    context->task->awaiting = what;
    context->step->kind = what;
    context->step->at_ms = at_ms;
}

/* The pauses grow; the queue batches polls that are due at about the same time. */
void ens_task_poll(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    task->poll_ms = task->poll_ms == 0 ? ENS_POLL_FIRST_MS : task->poll_ms + task->poll_ms / 4;
    if (task->poll_ms > ENS_POLL_MAX_MS) {
        task->poll_ms = ENS_POLL_MAX_MS;
    }
    ens_task_call(context, ENS_CALL_READ, context->event->now_ms + task->poll_ms);
}

void ens_task_report(const struct ens_task_context *context, enum ens_action action,
                     enum ens_reason reason, enum ens_message message)
{
    context->step->report = true;
    fill(context, action,
         context->task->started ? ENS_CONFIDENCE_VALIDATED : ENS_CONFIDENCE_OBSERVED, reason,
         message);
}

/* Made once per task, from entropy only: derived from the target it would be the same in the next
 * plan, whose start the cloud would then ignore as a repetition. */
void ens_task_need_token(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    if (task->client_token.len == 0 && ens_task_can(context, ENS_CAP_CLIENT_TOKEN)) {
        task->client_token = ens_uuid_random(task->params->arena, task->params->entropy);
    }
}

void ens_task_call_start(const struct ens_task_context *context)
{
    ENS_ASSERT(ens_task_applying(context));
    ens_task_need_token(context);
    context->task->starts++;
    context->task->seen_up = false; /* reads before this start do not show its effect */
    context->step->alone = context->task->alone;
    ens_task_call(context, ENS_CALL_START, context->event->now_ms);
}

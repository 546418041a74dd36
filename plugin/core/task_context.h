/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step of a task being made, and the ways to end it: ask for a call, or finish. Inside core
 * only; task.c decides by what calls came to, task_read.c by what a read showed.
 */
#ifndef ENSURE_CORE_TASK_CONTEXT_H
#define ENSURE_CORE_TASK_CONTEXT_H

#include "core/messages.h"
#include "core/task.h"

struct ens_task_context {
    struct ens_task *task;
    const struct ens_event *event;
    const struct ens_outcome *outcome;  /* the event's */
    const struct ens_observation *seen; /* what a good read showed; NULL: nothing, or no read */
    struct ens_arena *scratch;
    struct ens_step *step;
};

bool ens_task_planning(const struct ens_task_context *context); /* a plan, not an apply */
bool ens_task_can(const struct ens_task_context *context, uint32_t capability);

/* Asks for a call. Each start, planned or done, has its token when it is due. */
void ens_task_call(const struct ens_task_context *context, enum ens_call_kind what, int64_t at_ms);
void ens_task_poll(const struct ens_task_context *context); /* the next read of a wait */
void ens_task_call_start(const struct ens_task_context *context);

/* Apply: tells what is known so far; the step goes on. */
void ens_task_report(const struct ens_task_context *context, enum ens_action action,
                     enum ens_reason reason, enum ens_message message);

/* A start was sent that was accepted, or not answered. */
bool ens_task_sent(const struct ens_task *task);

/*
 * The result. Once a start was sent the action is start, whatever is asked for here. refuse:
 * observed; started: validated.
 */
void ens_task_finish(const struct ens_task_context *context, enum ens_action action,
                     enum ens_confidence confidence, enum ens_reason reason,
                     enum ens_message message);
void ens_task_refuse(const struct ens_task_context *context, enum ens_reason reason,
                     enum ens_message message);
void ens_task_finish_started(const struct ens_task_context *context, enum ens_reason reason,
                             enum ens_message message);
void ens_task_plan_start(const struct ens_task_context *context, enum ens_confidence confidence,
                         enum ens_reason reason, enum ens_message message);

/* What a read showed (task_read.c). missing: not the instance; probed: it may be read. */
void ens_task_seen(const struct ens_task_context *context);
void ens_task_missing(const struct ens_task_context *context);
void ens_task_probed(const struct ens_task_context *context);
void ens_task_absent(const struct ens_task_context *context);

#endif

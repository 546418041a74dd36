/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context of one step of a task, and the functions that end a step: ask for a call, or finish.
 * Private to core; task.c decides by the outcomes of calls, task_read.c by the state that a read
 * showed, task_guard.c by the policy.
 */
#ifndef ENSURE_CORE_TASK_CONTEXT_H
#define ENSURE_CORE_TASK_CONTEXT_H

#include "core/messages.h"
#include "core/task.h"

struct ens_task_context {
    struct ens_task *task;
    const struct ens_event *event;
    const struct ens_outcome *outcome;  /* of the event */
    const struct ens_observation *seen; /* of a successful read; NULL: not listed, or no read */
    struct ens_arena *scratch;
    struct ens_step *step;
};

bool ens_task_planning(const struct ens_task_context *context); /* in a plan */
bool ens_task_applying(const struct ens_task_context *context); /* in an apply */
bool ens_task_can(const struct ens_task_context *context, uint32_t capability);

/* Makes the client token of the start, if there is none yet. */
void ens_task_need_token(const struct ens_task_context *context);

/* Asks for a call. call_start makes the client token. */
void ens_task_call(const struct ens_task_context *context, enum ens_call_kind what, int64_t at_ms);
void ens_task_poll(const struct ens_task_context *context); /* the next read of a wait */
void ens_task_call_start(const struct ens_task_context *context);

/* Apply, wait: reports progress; the step must still end. */
void ens_task_report(const struct ens_task_context *context, enum ens_action action,
                     enum ens_reason reason, enum ens_message message);

/* Whether a start was sent that was accepted, or not answered. */
bool ens_task_sent(const struct ens_task *task);

/*
 * Finish with a result. Once a start was sent the action of the result is start, whatever is passed
 * here. The confidence of refuse is observed, or validated after a start; that of finish_started is
 * validated.
 */
void ens_task_finish(const struct ens_task_context *context, enum ens_action action,
                     enum ens_confidence confidence, enum ens_reason reason,
                     enum ens_message message);
void ens_task_refuse(const struct ens_task_context *context, enum ens_reason reason,
                     enum ens_message message);
void ens_task_finish_started(const struct ens_task_context *context, enum ens_reason reason,
                             enum ens_message message);
/* What a start rests on that no dry run checked. */
enum ens_confidence ens_task_assumed(const struct ens_task_context *context);

/*
 * Judge the start by the guards (task_guard.c). False: the step has ended, by a refusal, or by what
 * has to come first. may_start is for an apply: it judges all, and asks for leave.
 */
bool ens_task_guard_target(const struct ens_task_context *context);
bool ens_task_guard_confidence(const struct ens_task_context *context,
                               enum ens_confidence confidence);
bool ens_task_may_start(const struct ens_task_context *context);
/* Plan: finishes with the start, unless a guard refuses it. */
void ens_task_plan_start(const struct ens_task_context *context, enum ens_confidence confidence,
                         enum ens_reason reason, enum ens_message message);
void ens_task_refuse_by_guard(const struct ens_task_context *context, ens_str clause);

/* Handle a read (task_read.c). seen: it showed the instance; missing: it did not; probed: the
 * permission to read was verified; absent: finish, the instance does not exist. */
void ens_task_seen(const struct ens_task_context *context);
void ens_task_missing(const struct ens_task_context *context);
void ens_task_probed(const struct ens_task_context *context);
void ens_task_absent(const struct ens_task_context *context);

#endif

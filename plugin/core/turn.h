/*
 * One step of a task being made, and the ways to end it: ask for a call, or finish. Inside core
 * only; task.c decides by what calls came to, task_read.c by what a read showed.
 */
#ifndef ENSURE_CORE_TURN_H
#define ENSURE_CORE_TURN_H

#include "core/sentence.h"
#include "core/task.h"

struct ens_turn {
    struct ens_task *task;
    const struct ens_event *event;
    const struct ens_outcome *outcome;  /* NULL: the job ends */
    const struct ens_observation *seen; /* what a good read showed; NULL: nothing, or no read */
    struct ens_arena *scratch;
    struct ens_step *step;
};

bool ens_turn_planning(const struct ens_turn *turn); /* a plan, not an apply */
bool ens_turn_has(const struct ens_turn *turn, uint32_t capability);

/* Asks for a call. Each start, planned or done, has its token when it is due. */
void ens_turn_ask(const struct ens_turn *turn, enum ens_ask what, int64_t at_ms);
void ens_turn_poll(const struct ens_turn *turn); /* the next read of a wait */
void ens_turn_ask_start(const struct ens_turn *turn);

/* Apply: tells what is known so far; the step goes on. */
void ens_turn_report(const struct ens_turn *turn, enum ens_action action, enum ens_reason reason,
                     enum ens_sentence sentence);

/* The result. refuse: observed; started: start, validated. */
void ens_turn_finish(const struct ens_turn *turn, enum ens_action action,
                     enum ens_confidence confidence, enum ens_reason reason,
                     enum ens_sentence sentence);
void ens_turn_refuse(const struct ens_turn *turn, enum ens_reason reason,
                     enum ens_sentence sentence);
void ens_turn_finish_started(const struct ens_turn *turn, enum ens_reason reason,
                             enum ens_sentence sentence);
void ens_turn_plan_start(const struct ens_turn *turn, enum ens_confidence confidence,
                         enum ens_reason reason, enum ens_sentence sentence);

/* What a read showed (task_read.c). */
void ens_turn_seen(const struct ens_turn *turn);
void ens_turn_absent(const struct ens_turn *turn);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine of one target in a plan, an apply or a wait, without I/O. The engine passes it
 * the outcome of the last call; it returns the next call to make or the result.
 *
 * Promises, whatever the clouds answer:
 * - it asks for a real start only in an apply, and only right after a read that showed "stopped";
 * - it never asks for another start once one was accepted or was seen to have taken effect;
 * - a start that was sent is reported, whatever is read or fails afterwards;
 * - what a guard refuses is not started, and no start is sent before the caller gave leave, where
 *   starts are counted;
 * - each event gets exactly one step, and after DEADLINE or CANCEL that step is the last.
 */
#ifndef ENSURE_CORE_TASK_H
#define ENSURE_CORE_TASK_H

#include "base/arena.h"
#include "base/host.h"
#include "core/outcome.h"
#include "core/policy.h"
#include "core/result.h"

/* From an accepted start to the first read; each pause is 1.25 times the one before. So boots of 1,
 * 5 and 60 s are told no later than 0.5 s and a tenth of the boot (by 1.3, 5 s would be told after
 * 6.4 s), with as many reads as by 1.3, or one more. */
#define ENS_POLL_FIRST_MS    500
#define ENS_POLL_MAX_MS      5000
#define ENS_STAY_STOPPED_MS  30000 /* still stopped this long after an accepted start: fell back */
#define ENS_ABSENT_REREAD_MS 500   /* before an id that a list lacks is read again */
#define ENS_LAG_MS           4000  /* from a lost answer to another start, without client tokens */
/* After a start was sent, an absent instance or an unknown status word only counts after: */
#define ENS_INCONCLUSIVE_READS   3    /* this many such reads in a row */
#define ENS_INCONCLUSIVE_SPAN_MS 5000 /* over at least this time */

enum ens_mode {
    ENS_MODE_PLAN,  /* read, then dry runs unless no_dry_run */
    ENS_MODE_APPLY, /* read, start what is stopped, wait until it runs */
    ENS_MODE_WAIT,  /* read until it runs, or can't any more; sends nothing but reads */
};

/* Shared by the tasks of a job. */
struct ens_job_params {
    enum ens_mode mode;
    bool no_dry_run;
    const struct ens_policy *policy; /* the guards in force; NULL: none */
    enum ens_audit_state audit;      /* as known now; the caller keeps it current */
    bool counted;                    /* a start needs the caller's leave (max_starts) */
    int64_t taken_ms;                /* when the job was submitted; all *_ms times are monotonic */
    int64_t deadline_ms;
    const struct ens_entropy *entropy;
    struct ens_arena *arena; /* outlives the tasks; each start takes a few hundred bytes of it */
};

struct ens_task {
    const struct ens_job_params *params;
    const struct ens_provider *provider;
    struct ens_target target;
    ens_str client_token; /* empty until one is needed */
    bool planned_token;   /* the token is from a saved plan, so it may have been used before */
    bool read_only;       /* apply: must not be started */
    bool dry_run_known;   /* plan: from an earlier plan, so that no dry run is sent */
    enum ens_reason dry_run_reason; /* ... its result; OK: it passed */
    bool confidence_known;          /* apply: what the start rests on, by the plan or a dry run */
    enum ens_confidence confidence;
    bool leave; /* the start may be sent: no guard refuses it, and it was counted */

    enum ens_call_kind awaiting;
    enum ens_status status; /* as last read */
    const char *word;       /* the status word, borrowed from the provider's table; NULL: none */
    bool capacity_released; /* as last read: the start may be refused for lack of stock */
    bool seen_up;           /* starting or running was read, since the last start if there is one */
    bool left_stopped;      /* since the accepted start a state other than stopped was read */
    bool lost;              /* a start was sent, and it is not known whether it took effect */
    bool unanswered;        /* ... because no reply came */
    bool accepted;          /* a start was accepted */
    bool started;           /* accepted, or seen to have taken effect after its answer was lost */
    bool repeated;          /* the accepted start had a token that was used before */
    bool given_up;          /* no further start is tried */
    bool alone; /* send the next start in its own call: another id may have failed the last */
    bool not_honoured;          /* a dry run was answered like a start (dry_run_not_honoured) */
    bool probed;                /* a probe showed that the instance may be read */
    uint8_t rereads;            /* reads after the cloud refused a call for the instance's state */
    uint8_t denials;            /* dry runs and starts that were answered with not_found */
    uint8_t failed_reads;       /* in a row */
    uint8_t missing;            /* reads without the instance, since the last one that showed it */
    uint8_t inconclusive_reads; /* in a row, after a start: see ENS_INCONCLUSIVE_READS */
    unsigned starts;            /* sent */
    unsigned throttled;         /* of these */
    int64_t started_ms;
    int64_t lost_ms;               /* when the last answer to a start was lost */
    int64_t inconclusive_since_ms; /* the first of inconclusive_reads */
    int64_t poll_ms;               /* the last pause between polls; 0: none yet */
    ens_str refusal;               /* clause of the guard that refuses the start; empty: none */
    struct ens_outcome *last; /* outcome of the last start, if it was not accepted; else NULL */
    ens_str request_id;   /* of the reply that accepted the start, or did not honour the dry run */
    uint32_t http_status; /* of the same */
};

enum ens_event_kind {
    ENS_EVENT_OUTCOME,
    ENS_EVENT_DEADLINE,
    ENS_EVENT_CANCEL,
    ENS_EVENT_LEAVE,   /* apply: it asked, and may start */
    ENS_EVENT_REFUSED, /* it asked, and a guard refuses; the event has its clause */
};

struct ens_event {
    enum ens_event_kind kind;
    const struct ens_outcome *outcome; /* of the call that the task asked for; DEADLINE, CANCEL: of
                                          its last failed attempt; NULL: there was none */
    int64_t now_ms;
    int64_t unix_s;
    uint32_t random;
    bool in_flight;                    /* DEADLINE, CANCEL: the call was sent and is unanswered */
    const struct ens_pending *pending; /* DEADLINE: the pending request; NULL: not known */
    ens_str refusal;                   /* REFUSED */
};

struct ens_step {
    bool done;   /* result is final; no call follows */
    bool report; /* apply, wait: result is the progress so far */
    bool asks;   /* for leave to start: no call follows. Plan: done, and result is the one to give
                    with it. Apply: the next event is LEAVE, REFUSED, DEADLINE or CANCEL. Where leave
                    is given at once, set task.leave and repeat the event instead */
    enum ens_call_kind kind;
    int64_t at_ms; /* when to make the call; may have passed */
    bool alone;    /* at once, in a call of its own */
    struct ens_result result;
};

/* The caller sets the members before the blank line, the others are 0. The first call is a read, at
 * once. */
void ens_task_begin(struct ens_task *task);

/* Slices of the result point into scratch, the event, the task's target, or static data. */
void ens_task_step(struct ens_task *task, const struct ens_event *event, struct ens_arena *scratch,
                   struct ens_step *ret);

#endif

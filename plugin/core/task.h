/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One target on its way through a plan or an apply: a state machine without I/O. The engine tells
 * it what came of the last call; it answers with the next call to make or with the result.
 *
 * Promises, whatever the clouds answer:
 * - it asks for a real start only in an apply, and only right after a read that showed "stopped";
 * - it never asks for another start once one was accepted or was seen to have taken effect;
 * - a start that was sent is told, whatever is read or fails afterwards;
 * - each event gets exactly one step, and after DEADLINE or CANCEL that step is the last.
 */
#ifndef ENSURE_CORE_TASK_H
#define ENSURE_CORE_TASK_H

#include "base/arena.h"
#include "base/host.h"
#include "core/outcome.h"
#include "core/result.h"

#define ENS_POLL_FIRST_MS   500 /* from the accepted start to the first read */
#define ENS_POLL_MAX_MS     5000
#define ENS_STAY_STOPPED_MS 30000 /* stopped this long after an accepted start: it fell back */
#define ENS_ABSENT_LOOK_MS  500   /* before an id that a list lacks is asked for once more */
#define ENS_LAG_MS          4000  /* without tokens no start follows a lost answer earlier */
/* After a start was sent, reads that show nothing or an unknown word decide by: */
#define ENS_ODD_READS   3    /* as many in a row */
#define ENS_ODD_SPAN_MS 5000 /* over as long */

enum ens_mode {
    ENS_MODE_PLAN,  /* read, then dry runs; without dry runs it is a read that says what it means */
    ENS_MODE_APPLY, /* read, start what is stopped, wait until it runs */
};

/* What the tasks of a job share. */
struct ens_job_params {
    enum ens_mode mode;
    bool no_dry_run;
    int64_t taken_ms; /* monotonic, as all times without another name */
    int64_t deadline_ms;
    const struct ens_entropy *entropy;
    struct ens_arena
        *arena; /* outlives the tasks; each puts a few hundred bytes there for a start */
};

struct ens_task {
    const struct ens_job_params *params;
    const struct ens_provider *provider;
    struct ens_target target;
    ens_str client_token; /* empty until one is needed */
    bool planned_token;   /* it is a saved plan's, and may have been used before */
    bool read_only;       /* apply: must not be started */

    enum ens_call_kind awaiting;
    enum ens_status status; /* as last read */
    const char *word;       /* the row's, so it needs no copy; NULL: none */
    bool capacity_released; /* as last read: its start may find no stock */
    bool seen_up;           /* starting or running was read, since the last start if there is one */
    bool moved;             /* since the accepted start another state than stopped was read */
    bool lost;              /* a start was sent, and whether it took effect was not answered */
    bool unanswered;        /* ... since no answer came at all */
    bool accepted;          /* a start was accepted */
    bool started;           /* accepted, or seen to have taken effect after its answer was lost */
    bool repeated;          /* what was accepted is a token that was used before */
    bool given_up;          /* no further start is tried */
    bool alone;             /* a start failed in a way that another id in its call may explain */
    bool alarmed;           /* a dry run was answered as if it were a start */
    bool probed;            /* the permission to read it was shown */
    uint8_t second_looks;   /* reads after the cloud called the state wrong */
    uint8_t denials;        /* dry runs and starts to which it was said that there is none */
    uint8_t failed_reads;   /* in a row */
    uint8_t missing;        /* reads that did not show it, since one did */
    uint8_t odd_reads;      /* in a row, after a start */
    unsigned starts;        /* sent */
    int64_t started_ms;
    int64_t lost_ms;          /* when the last answer was lost */
    int64_t odd_since_ms;     /* the first of odd_reads */
    int64_t poll_ms;          /* the last pause between polls; 0: none yet */
    struct ens_outcome *last; /* what came of the last start, if it was not accepted; else NULL */
    ens_str request_id;       /* of the reply that accepted the start, or raised the alarm */
    uint32_t http_status;     /* of the same */
};

enum ens_event_kind {
    ENS_EVENT_OUTCOME,
    ENS_EVENT_DEADLINE,
    ENS_EVENT_CANCEL,
};

struct ens_event {
    enum ens_event_kind kind;
    const struct ens_outcome *outcome; /* of what the task asked for last; DEADLINE, CANCEL: of its
                                          last attempt that failed; NULL: none did */
    int64_t now_ms;
    int64_t unix_s;
    uint32_t random;
    bool in_flight; /* DEADLINE, CANCEL: what was asked for was sent and is unanswered */
    const struct ens_pending *pending; /* DEADLINE: what was waited for; NULL: not known */
};

struct ens_step {
    bool done;   /* result is the target's final one; nothing more is asked */
    bool report; /* apply: result is what is known so far */
    enum ens_call_kind kind;
    int64_t at_ms; /* when to ask; may have passed */
    bool alone;    /* at once, in a call without others */
    struct ens_result result;
};

/* The members above the gap and nothing else are set by the caller. The first thing asked for is
 * a read, at once. */
void ens_task_begin(struct ens_task *task);

/* Slices of the result point into scratch, the event, the task's target, or static data. */
void ens_task_step(struct ens_task *task, const struct ens_event *event, struct ens_arena *scratch,
                   struct ens_step *ret);

#endif

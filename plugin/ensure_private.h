/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of libensure share. */
#ifndef ENSURE_ENSURE_PRIVATE_H
#define ENSURE_ENSURE_PRIVATE_H

#include <pthread.h>

#include "core/document.h"
#include "engine/engine.h"
#include "ensure/ensure.h"

#define ENS_EVENT_MAX ((size_t)1024 * 1024) /* bytes of an event or log line */

struct ensure_session {
    struct ens_registry *registry;
    struct ens_engine *engine;
    struct ens_defaults defaults;
    struct ens_log log;
    ensure_log_fn *log_write;
    void *log_ud;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    size_t calls; /* in progress; protected by lock */
};

/* A call in the list of a cancel handle; allocated on the caller's stack. */
struct ens_running {
    struct ens_engine *engine;
    ens_job_id id;
    struct ens_running *next;
};

struct ensure_cancel {
    pthread_mutex_t lock;
    bool fired;
    struct ens_running *running;
};

void ens_error_clear(struct ensure_error *error); /* error may be NULL, as in the next */
/* Sets *error to the first error; the message is truncated at a character boundary. */
void ens_error_fill(struct ensure_error *error, ens_rc rc, const struct ens_diags *diags);

ens_rc ens_argument_require(const void *argument, const char *where, const char *what,
                            struct ens_diags *diags) ENS_MUST_USE;
/* Checks the caller's options and copies the members that this library knows. */
ens_rc ens_call_read(const struct ensure_call *given, struct ensure_call *ret,
                     struct ens_diags *diags) ENS_MUST_USE;

/* Around each call: a session that is closed waits for its calls. */
void ens_session_enter(struct ensure_session *session);
void ens_session_leave(struct ensure_session *session);

/* A find for a call of the host. */
struct ens_find_call {
    const struct ens_selector *selectors;
    size_t count;
    int64_t timeout_ms;
    const struct ensure_call *call;                             /* may cancel it */
    void (*found)(void *ud, const struct ens_finding *finding); /* on the engine's thread */
    void *ud;
};

/* Runs it until its end. ENS_UNANSWERED: a selector has no complete answer, and diags says why. */
ens_rc ens_find_run(struct ensure_session *session, struct ens_arena *arena,
                    const struct ens_find_call *find, struct ens_find_end *ret,
                    struct ens_diags *diags) ENS_MUST_USE;

/* Adds what the selectors of a fleet find to its targets, and what is to be told of it to its
 * warnings; without selectors it does nothing. *timeout_ms becomes what is left of it. */
ens_rc ens_fleet_complete(struct ensure_session *session, struct ens_arena *arena,
                          const struct ensure_call *call, struct ens_document *fleet,
                          int64_t *timeout_ms, struct ens_diags *diags) ENS_MUST_USE;

/* Whether the call is cancelled already. A call asks before it submits its job, so that nothing is
 * sent for one that was cancelled before. */
bool ens_cancel_fired(struct ensure_cancel *cancel); /* may be NULL */
/* Adds a job to those that the handle ends, and removes it. */
void ens_cancel_join(struct ensure_cancel *cancel, struct ens_running *running);
void ens_cancel_leave(struct ensure_cancel *cancel, const struct ens_running *running);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logins: one obtaining of keys, from the first step of the search to its end. Sends the requests
 * and runs the commands that the search needs. Engine thread only.
 */
#ifndef ENSURE_ENGINE_LOGIN_H
#define ENSURE_ENGINE_LOGIN_H

#include "base/log.h"
#include "core/hint.h"
#include "credentials/search.h"
#include "engine/attempt.h"

#define ENS_LOGIN_ATTEMPT_MS   ((int64_t)15 * 1000) /* of a request for keys */
#define ENS_COMMAND_TIMEOUT_MS ((int64_t)60 * 1000)

struct ens_login;

/* Shared by the logins of an engine. Pointers are borrowed. */
struct ens_logins {
    struct ens_timers *timers;
    const struct ens_sender *sender;
    const struct ens_log *log; /* may be NULL */
    struct ens_login *running; /* those whose command runs */
};

/* Borrowed until done is called. */
struct ens_login_end {
    struct ens_keys *keys; /* NULL: none; the reference passes to the owner */
    int64_t life_ms;       /* of the keys, from now on; 0: they do not expire */
    uint32_t source;       /* with keys: enum ens_source_kind; 0: the settings */
    /* Without keys: */
    enum ens_reason reason;
    enum ens_hint hint;
    ens_str error;         /* one clause */
    ens_str failed_source; /* that was to be used; empty: none is set up */
    const struct ens_search *search;
};

/* Who wants the keys. */
struct ens_login_owner {
    /* Until when they are wanted (monotonic). */
    int64_t (*deadline_ms)(void *ud);
    /* Called once; the login is freed after it. */
    void (*done)(void *ud, const struct ens_login_end *end);
    void *ud;
};

struct ens_login *ens_login_new(struct ens_logins *logins, const struct ens_search_options *options,
                                const struct ens_login_owner *owner);

/* Goes as far as possible without waiting; calls done, maybe before it returns. */
void ens_login_begin(struct ens_login *login);

/* Aborts and frees it; done is not called. */
void ens_login_cancel(struct ens_login *login);

/* The host that it waits for, and the phase of the transfer. */
void ens_login_pending(const struct ens_login *login, struct ens_arena *arena,
                       struct ens_pending *ret);

/* Looks after the commands that run; once per turn of the engine. */
void ens_logins_poll(struct ens_logins *logins);

#endif

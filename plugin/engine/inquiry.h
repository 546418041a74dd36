/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inquiries: single requests that tell about an account itself, not about instances. Each waits for
 * the account's keys, is repeated where that helps, and sent once more with other keys where these
 * have expired. Where the provider has no such request, the outcome is that of getting the keys.
 * Engine thread only.
 */
#ifndef ENSURE_ENGINE_INQUIRY_H
#define ENSURE_ENGINE_INQUIRY_H

#include "engine/call.h"

/* One attempt to ask for the caller; without a reply there is no second one. */
#define ENS_CALLER_ATTEMPT_MS ((int64_t)10 * 1000)

enum ens_inquiry_kind {
    ENS_INQUIRY_RIGHT,  /* may it read instances? */
    ENS_INQUIRY_CALLER, /* whom do the keys belong to? */
};
#define ENS_INQUIRY_KIND_COUNT 2

/* The owner sets the members up to done, and keeps the struct in place. */
struct ens_inquiry {
    enum ens_inquiry_kind kind;
    struct ens_calls *calls;
    struct ens_route *route;
    const struct ens_run *run; /* the job; borrowed */
    int64_t deadline_ms;
    /* Called once with the outcome; the inquiry is over then. May be called by ens_inquiry_begin.
     */
    void (*done)(struct ens_inquiry *inquiry, const struct ens_outcome *outcome);

    /* Results. */
    ens_str identity;      /* of CALLER; lives as long as the inquiry */
    bool told_time;        /* a reply told the server's time */
    int64_t clock_skew_ms; /* the server's clock minus ours */
    bool over;

    struct ens_keys *keys; /* that the last attempt was signed with */
    struct ens_key_waiter waiter;
    struct ens_attempt attempt;
    unsigned number; /* of the attempt, from 1 */
    ens_str host;
    int64_t clock_offset_s;
    int64_t sent_unix_ms; /* the attempt, by our clock */
    bool renewing;        /* the cloud says that the keys have expired: others are needed */
    bool renewed;         /* once was enough */
    struct ens_arena *arena;
    const struct ens_outcome *failed; /* of the attempt before, in the arena; NULL: none */
    struct ens_timer retry;
};

void ens_inquiry_begin(struct ens_inquiry *inquiry);

/* Describes what it waits for; copied into the arena. */
void ens_inquiry_pending(const struct ens_inquiry *inquiry, struct ens_arena *arena,
                         struct ens_pending *ret);

/* Ends it without an outcome, if it is not over; it is recorded with the reason. */
void ens_inquiry_stop(struct ens_inquiry *inquiry, enum ens_reason reason);
void ens_inquiry_done(struct ens_inquiry *inquiry); /* it is over, or was never begun */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A cloud with an STS for the fake network: its keys expire, and calls with expired ones are
 * noticed.
 */
#ifndef ENSURE_TESTS_FAKE_STS_H
#define ENSURE_TESTS_FAKE_STS_H

#include "fake_net.h"

#define STS_KEYS_MAX 64

/* The cloud and its STS. The N-th login gives the keys "akN skN". */
struct sts {
    int64_t life_s;
    int64_t boot_ms; /* of an instance, from its start */
    int64_t latency_ms;
    int64_t login_latency_ms;
    int64_t renewal_latency_ms; /* of the second and further logins; 0: the same */
    const char *script;         /* reply to a login; NULL: keys */
    unsigned failures;          /* logins that fail, from the second one on */
    unsigned revoked; /* keys that the cloud refuses although they are alive, from the first */

    int64_t begun_ms[STS_KEYS_MAX]; /* of the N-th keys, from 1 */
    int64_t login_ms[STS_KEYS_MAX]; /* of the N-th login */
    unsigned logins;
    unsigned keys;
    unsigned too_late; /* calls with keys that had expired */
    /* Of a test with an answer of its own: */
    unsigned reads;
    int64_t throttled_ms;
    unsigned too_soon; /* calls before the cloud allowed any */
    int64_t started_ms;
    unsigned starts;
    ens_str token; /* of the start */
    unsigned other_tokens;
    ens_str last_base;
    int64_t last_timeout_ms;
    bool last_direct;
    int64_t last_date_s;
    struct ens_arena *arena;
};

/* Begins net with the provider's sources; FAKE_OIDC asks for keys. */
void sts_begin(struct net *net, struct sts *sts);
void sts_finish(struct net *net, struct sts *sts);

/* Runs one job over i-1. */
void sts_run(struct net *net, struct net_job *job, enum ens_mode mode, int64_t timeout_ms);

/* The functions of net. */
void sts_log_in(void *ud, const struct net_request *request, struct net_reply *ret);
void sts_answer(void *ud, const struct net_request *request, struct net_reply *ret);

/* Asserts that the message of the only target has a part. */
void sts_assert_message(struct net_job *job, const char *part);

#endif

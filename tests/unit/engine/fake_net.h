/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine with the fake provider, a fake transport that passes each request to a function of the
 * test, and a virtual clock that jumps to the next event.
 */
#ifndef ENSURE_TESTS_FAKE_NET_H
#define ENSURE_TESTS_FAKE_NET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "core/batch.h"
#include "engine/engine.h"
#include "support/fake_environment.h"

#define NET_START_MS INT64_C(1788249600000) /* initial value of both clocks */

struct net_request {
    enum ens_call_kind kind;
    ens_str region;
    ens_str *ids;
    size_t id_count;
    ens_str page;
    ens_str token;
    ens_str nonce;
    int64_t date_s;
    int64_t sent_ms;
    bool fresh;  /* on a new connection */
    ens_str key; /* the secret that it was signed with */
    /* Of a request for keys or for the caller ("/caller"), which has none of the above but date,
     * nonce and key, if it is signed:
     */
    bool login;
    ens_str target;
    ens_str base;
    int64_t timeout_ms;
    bool direct;
};

/* The reply of the test. text is the body, in the format of fake_provider.h. */
struct net_reply {
    enum ens_transport_end end;
    uint32_t status;
    bool timed_out; /* with NOT_SENT or LOST */
    struct ens_buf text;
    int64_t retry_after_ms; /* header Retry-After */
    int64_t server_unix_s;  /* header Date */
    bool untrusted;
};

struct net {
    /* Both are called on the engine's thread. latency: time until the reply; NULL: 10 ms. */
    int64_t (*latency)(void *ud, const struct net_request *request);
    void (*answer)(void *ud, const struct net_request *request, struct net_reply *ret);
    void *ud;

    /* Answers a request for keys; NULL: there must be none. */
    void (*log_in)(void *ud, const struct net_request *request, struct net_reply *ret);

    /* May be modified before net_begin. */
    struct ens_provider provider;
    struct variable variables[8]; /* of the environment; default: FAKE_KEY and FAKE_SECRET */

    size_t window; /* see ens_engine_options; set before net_begin, like the next two */
    bool stepped;  /* the engine has no thread */
    const struct ens_audit_writer *audit; /* NULL: none */
    struct ens_transport transport;
    struct ens_environment environment;
    struct ens_registry *registry;
    struct ens_engine *engine;
    unsigned calls[ENS_CALL_KIND_COUNT];  /* replied to */
    unsigned flying[ENS_CALL_KIND_COUNT]; /* currently in flight */
    unsigned most[ENS_CALL_KIND_COUNT];   /* maximum in flight */
    unsigned most_in_all;
    unsigned aborted;
    unsigned logins; /* requests for keys that were replied to */
};

/* Only one net may exist at a time. */
void net_init(struct net *net);
void net_begin(struct net *net);
void net_done(struct net *net); /* frees the engine */

int64_t net_now(void);

/* ---- jobs ---- */

#define NET_EVENTS_MAX 8

/* A job and its recorded events. All jobs of net_run are submitted together on the engine's thread,
 * so that runs are deterministic. */
struct net_job {
    struct ens_job_request job; /* events are set by net_run */
    struct net *net;
    ens_job_id id;
    unsigned *seen; /* number of results per target */
    struct ens_result *results;
    struct ens_arena *arena;
    unsigned events;    /* results and progress */
    unsigned cancel_at; /* number of events after which the job is cancelled; 0: never */
    int64_t cancelled_ms;
    int64_t begun_ms;
    int64_t done_ms; /* 0: not yet */
    unsigned dones;
    struct ens_summary summary;
    size_t warning_count;
    ens_str warning; /* the first */
    /* Called in each event, before cancel_at is checked; may be NULL. */
    void (*hook)(struct net_job *job, size_t index, const struct ens_result *result, bool final);
};

/* Targets "fake/REGION/PREFIXn" for n from 1 to count. */
void net_job_init(struct net_job *job, enum ens_mode mode, const char *region, const char *prefix,
                  size_t count);
void net_job_done(struct net_job *job);

/* Submits all jobs and waits until the last one is done. */
void net_run(struct net *net, struct net_job **jobs, size_t count);

const char *net_brief(struct net_job *job, size_t index);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine without a network and without waiting: the fake provider, a transport that hands each
 * request to a function of the test, and a clock that jumps to the next thing that happens.
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

#define NET_START_MS INT64_C(1788249600000) /* both clocks begin here */

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
    bool fresh; /* over a connection of its own */
};

/* What the test answers. text is the body, in the lines that fake_provider.h describes. */
struct net_reply {
    enum ens_transport_end end;
    uint32_t status;
    struct ens_buf text;
    int64_t retry_after_ms; /* the standard header */
    int64_t server_unix_s;  /* Date */
    bool untrusted;
};

struct net {
    /* Both on the engine's thread. How long until the reply; the default (NULL) is 10 ms. */
    int64_t (*latency)(void *ud, const struct net_request *request);
    void (*answer)(void *ud, const struct net_request *request, struct net_reply *ret);
    void *ud;

    /* The provider may be changed before net_begin. */
    struct ens_provider provider;

    bool stepped;                         /* set before net_begin: the engine has no thread */
    const struct ens_audit_writer *audit; /* likewise; NULL: none */
    struct ens_transport transport;
    struct ens_registry *registry;
    struct ens_engine *engine;
    unsigned calls[ENS_CALL_KIND_COUNT];  /* answered */
    unsigned flying[ENS_CALL_KIND_COUNT]; /* now */
    unsigned most[ENS_CALL_KIND_COUNT];   /* at once */
    unsigned most_in_all;
    unsigned aborted;
};

/* One at a time. */
void net_init(struct net *net);
void net_begin(struct net *net);
void net_done(struct net *net); /* frees the engine */

int64_t net_now(void);

/* ---- jobs ---- */

#define NET_EVENTS_MAX 8

/* A job under watch, submitted from the engine's own thread together with all others, so that each
 * run is the same. */
struct net_job {
    struct ens_job_request job; /* events are set by net_run */
    struct net *net;
    ens_job_id id;
    unsigned *seen; /* results of each target */
    struct ens_result *results;
    struct ens_arena *arena;
    unsigned events;    /* results and progress */
    unsigned cancel_at; /* events; 0: never */
    int64_t cancelled_ms;
    int64_t begun_ms;
    int64_t done_ms; /* 0: not yet */
    unsigned dones;
    struct ens_summary summary;
    size_t warning_count;
    ens_str warning; /* the first */
    /* Called in each event, before cancel_at is looked at; may be NULL. */
    void (*hook)(struct net_job *job, size_t index, const struct ens_result *result, bool final);
};

/* Targets "fake/REGION/PREFIXn" for n from 1 to count. */
void net_job_init(struct net_job *job, enum ens_mode mode, const char *region, const char *prefix,
                  size_t count);
void net_job_done(struct net_job *job);

/* Submits all and waits until the last is done. */
void net_run(struct net *net, struct net_job **jobs, size_t count);

const char *net_brief(struct net_job *job, size_t index);

#endif

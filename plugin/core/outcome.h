/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine asks of a cloud, and what came of it for one target. An outcome is what a whole
 * call came to once its reply was classified and the retries of the call itself were spent.
 */
#ifndef ENSURE_CORE_OUTCOME_H
#define ENSURE_CORE_OUTCOME_H

#include "core/hint.h"
#include "core/vocabulary.h"

/* The kinds of call. Each kind of a (cloud, region, account) is batched by itself. */
enum ens_call_kind {
    ENS_CALL_READ = 0,  /* describe */
    ENS_CALL_PROBE = 1, /* describe as a dry run: is the permission there, when a read was empty? */
    ENS_CALL_DRY_RUN = 2, /* start as a dry run */
    ENS_CALL_START = 3,   /* the real thing */
};
#define ENS_CALL_KIND_COUNT 4

/* As in the audit log: "describe", "probe", "dry_run", "start". */
const char *ens_call_kind_name(enum ens_call_kind kind);

bool ens_call_is_dry(enum ens_call_kind kind); /* PROBE, DRY_RUN: it changes nothing */

struct ens_outcome {
    enum ens_call_kind kind;
    enum ens_reason reason;             /* ENS_REASON_OK: read, passed or accepted */
    uint32_t flags;                     /* ENS_CODE_* */
    enum ens_hint hint;                 /* closer advice; NONE: that of the reason */
    bool by_code;                       /* a row of the provider's code table gave the reason */
    bool sent;                          /* the cloud may have seen the request */
    uint32_t http_status;               /* 0: no reply came */
    ens_str code;                       /* the cloud's */
    ens_str message;                    /* the cloud's */
    ens_str request_id;                 /* the cloud's */
    ens_str detail;                     /* ours, where the cloud said nothing: one clause */
    int64_t retry_after_ms;             /* 0: the cloud did not say */
    const struct ens_observation *seen; /* of a good read; NULL: the target is not in the list */
};

/* What a target was waiting for when its time ran out. */
struct ens_pending {
    enum ens_transport_phase phase; /* NONE: nothing was on its way */
    ens_str host;                   /* of the cloud */
    ens_str proxy;                  /* host:port; empty: none in between */
    const struct ens_outcome *last; /* how the attempt before ended; NULL: there was none */
};

/* A start that may or may not have happened: nothing may be sent again before a read. */
bool ens_outcome_ambiguous(const struct ens_outcome *outcome);

/* The cloud itself took a stand on the request: neither a passing fault nor silence. */
bool ens_reason_is_answer(enum ens_reason reason);

#endif
